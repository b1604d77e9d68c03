r"""The routes of an LSTM's gradient: how many there are, what one carries, and through which doors they lead.

A route leads from c_t0 to c_t1. Each step is crossed by one letter: D stays on the cell state, B comes from
h_{t-1} back to it, E goes from h_{t-1} to h_t. Before a B or an E the route goes down A from the cell state to
the hidden state, unless an E has brought it there. B and E are its excursions.
"""

from __future__ import annotations

from math import comb

import numpy as np

from lstm_course._arguments import as_integer, as_row
from lstm_course._params import may_overflow, unchecked
from lstm_course._sequences import as_span, check_cache, check_kind
from lstm_course.gradient_flow.highway import lstm_local_jacobians
from lstm_course.lstm import LSTMCache, LSTMParams

DOORS = "ifgo"


def route_count(steps: int, excursions: int) -> int:
    r"""Count the routes from c_0 to c_T that make a given number of excursions.

    The first step is a D, since h_0 is held; so the m excursions lie among T-1 steps. Where they form j runs
    of steps in a row, all but the last of each run may be a B or an E, and the last is a B.

    Parameters
    ----------
    steps : int
        T, at least 1.
    excursions : int
        m, at least 0.

    Returns
    -------
    int
        :math:`\sum_{j} \binom{m-1}{j-1}\binom{T-m}{j}\,2^{m-j}`, and 1 for m = 0. Exact, however large.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or no integer.
    """
    T, m = as_integer("steps", steps, at_least=1), as_integer("excursions", excursions, at_least=0)
    if m == 0:
        return 1
    if m >= T:
        return 0
    return sum(comb(m - 1, j - 1) * comb(T - m, j) * 2 ** (m - j) for j in range(1, m + 1))  # eq:route-count


@may_overflow
def lstm_route(params: LSTMParams, cache: LSTMCache, route: str, t0: int = 0, row: int = 0) -> np.ndarray:
    """Multiply the blocks along one route.

    Parameters
    ----------
    params, cache
        Of one `lstm_forward` without a mask.
    route : str
        A letter a step, D, B or E, from step t0+1 on: ``"DDBD"`` leaves the cell state once.
    t0 : int
        The route starts at c_t0.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    numpy.ndarray, shape (H, H)
        Its part of dc_t1/dc_t0. Inf and NaN where it overflows.

    Raises
    ------
    ValueError, TypeError
        When it is no route, leads beyond the last step, or `cache` is not of this network.
    """
    check_cache(params, cache, LSTMCache, LSTMParams, masked=False)
    if not isinstance(route, str):
        raise TypeError(f"route must be a string of the letters D, B, E, got {type(route).__name__}")
    if not route or set(route) - set("DBE") or route[0] != "D" or route[-1] == "E" or "ED" in route:
        raise ValueError(
            "route must consist of the letters D, B, E, begin with D, not end with E, and have no D after an E, "
            f"got {route!r}"
        )
    t0 = as_integer("t0", t0, at_least=0)
    span, row = as_span(t0, t0 + len(route), len(cache.gates)), as_row(row, cache.gates.shape[-1])
    product, shown = np.eye(params.hidden_size, dtype=params.weight_hh.dtype), None
    for letter, t in zip(route, span, strict=True):
        D, B, A, E = lstm_local_jacobians(params, cache, t, row)
        if letter == "D":
            product = D @ product
        elif letter == "B":
            product = B @ (product if shown is None else shown @ product)
        else:
            product = E @ (product if shown is None else shown @ product)
        shown = None if letter == "E" else A  # how a route on the cell state gets to the hidden state
    return product


def keep_doors(params: LSTMParams, doors: str) -> LSTMParams:
    """Return weights that let a derivative pass from h_{t-1} by some of the four doors only.

    Given to `lstm_local_jacobians`, `lstm_highway_split` or `lstm_excursions` together with the cache of the
    network as it is, they hold h_{t-1} where the other gates, or the candidate, read it. The states stay.

    Parameters
    ----------
    params : LSTMParams
    doors : str
        Some of the letters i, f, g, o: ``"g"`` is the candidate, ``"ifo"`` are the gates.

    Returns
    -------
    LSTMParams
        With zeros in the blocks of `weight_hh` that belong to the other doors.

    Raises
    ------
    ValueError, TypeError
        When `params` is of another kind, or `doors` has another letter or one of them twice.
    """
    check_kind(params, LSTMParams)
    if not isinstance(doors, str):
        raise TypeError(f"doors must be a string of the letters i, f, g, o, got {type(doors).__name__}")
    if set(doors) - set(DOORS) or len(set(doors)) < len(doors):
        raise ValueError(f"doors must consist of the letters i, f, g, o, each at most once, got {doors!r}")
    kept = np.repeat([door in doors for door in DOORS], params.hidden_size)[:, None]
    weight_hh = np.where(kept, params.weight_hh, params.weight_hh.dtype.type(0))
    return unchecked(LSTMParams, params.weight_ih, weight_hh, params.bias)
