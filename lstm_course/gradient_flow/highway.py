r"""The exact split of an LSTM's gradient: the cell-state highway, and all other paths.

One step moves a small change of the state by :math:`\dot c_t = D_t\dot c_{t-1} + B_t\dot h_{t-1}` and
:math:`\dot h_t = A_t\dot c_t + E_t\dot h_{t-1}`. A path that never leaves the cell state meets the
D's alone, the forget gates; every other path crosses a B or an E, that is, a gate or a candidate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_integer, as_row
from lstm_course._params import may_overflow
from lstm_course._sequences import as_span, check_cache
from lstm_course.lstm import LSTMCache, LSTMParams


class LocalJacobians(NamedTuple):
    r"""The four blocks of one step's Jacobian, (H, H) each.

    `D` is :math:`\partial c_t/\partial c_{t-1}` along the cell state, `B` :math:`\partial c_t/\partial
    h_{t-1}`, `A` :math:`\partial h_t/\partial c_t`, and `E` :math:`\partial h_t/\partial h_{t-1}` with
    c_t held.
    """

    D: np.ndarray
    B: np.ndarray
    A: np.ndarray
    E: np.ndarray


class HighwaySplit(NamedTuple):
    """Jacobian of c_t1 by c_t0 and its two parts, (H, H) each; ``total == highway + rest``.

    The three are computed each on its own: that the parts add up is a check.
    """

    total: np.ndarray
    highway: np.ndarray
    rest: np.ndarray

    @property
    def share(self) -> float:
        r"""How much of the total the highway is, :math:`\langle highway, total\rangle/\|total\|^2`.

        The share of the rest is what is missing to 1. A share can be negative, or above 1 when the two
        parts cancel in part. NaN for a total of zero, and for one that is not finite.
        """
        if not 0 < (largest := np.abs(self.total).max()) < np.inf:
            return np.nan
        total = self.total / largest  # lest the squares underflow
        return float(np.sum(self.highway / largest * total) / np.sum(total**2))


def lstm_local_jacobians(params: LSTMParams, cache: LSTMCache, t: int, row: int = 0) -> LocalJacobians:
    """The blocks of step `t`, which takes (h_{t-1}, c_{t-1}) to (h_t, c_t).

    Parameters
    ----------
    params, cache
        Of one `lstm_forward` without a mask.
    t : int
        The step, 1 to T.
    row : int
        Which sample of the batch, 0 to B-1.

    Raises
    ------
    ValueError, TypeError
        When `t` or `row` does not exist, the cache has a mask, or it is not of this network.
    """
    check_cache(params, cache, LSTMCache, LSTMParams, masked=False)
    t, row = as_integer("t", t, at_least=1, at_most=len(cache.gates)), as_row(row, cache.gates.shape[-1])
    i, f, g, o = (gate[t - 1, row] for gate in (cache.i, cache.f, cache.g, cache.o))
    c_prev, tanh_c = cache.c[t - 1, row], np.tanh(cache.c[t, row])
    w_hi, w_hf, w_hg, w_ho = np.split(params.weight_hh, 4)
    return LocalJacobians(
        D=np.diag(f),  # eq:highway-D
        B=(g * i * (1 - i))[:, None] * w_hi  # eq:highway-B
        + (c_prev * f * (1 - f))[:, None] * w_hf
        + (i * (1 - g**2))[:, None] * w_hg,
        A=np.diag(o * (1 - tanh_c**2)),  # eq:highway-A
        E=(tanh_c * o * (1 - o))[:, None] * w_ho,  # eq:highway-E
    )


@may_overflow
def lstm_highway_split(params: LSTMParams, cache: LSTMCache, t0: int, t1: int, row: int = 0) -> HighwaySplit:
    r"""Split dc_t1/dc_t0 into the product of forget gates and everything else.

    The state (h_t0, c_t0) is taken as the input of the steps t0+1 to t1: c_t0 moves, h_t0 is held.
    The three parts are computed each on its own: `total` by carrying a change of both states along,
    `highway` as :math:`\mathrm{diag}(\prod_t f_t)`, and `rest` as the sum over the step at which a
    path comes back to the highway for the last time, :math:`\sum_t \mathrm{diag}(\prod_{s>t} f_s)\,B_t\,
    \partial h_{t-1}/\partial c_{t_0}`.

    Parameters
    ----------
    params, cache
        Of one `lstm_forward` without a mask.
    t0, t1 : int
        From c_t0 to c_t1, :math:`0 \le t_0 < t_1 \le T`.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    HighwaySplit
        Inf and NaN where a part overflows.

    Raises
    ------
    ValueError, TypeError
        When `t0`, `t1` or `row` does not exist, the cache has a mask, or it is not of this network.
    """
    steps = _steps(params, cache, t0, t1, row)
    n, dtype = params.hidden_size, params.weight_hh.dtype
    c_dot, h_dot = np.eye(n, dtype=dtype), np.zeros((n, n), dtype)
    highway, rest = np.ones(n, dtype), np.zeros((n, n), dtype)
    for D, B, A, E in steps:
        rest = D @ rest + B @ h_dot  # eq:highway-rest
        highway = np.diag(D) * highway  # eq:highway-direct
        c_dot = D @ c_dot + B @ h_dot  # eq:highway-step
        h_dot = A @ c_dot + E @ h_dot
    return HighwaySplit(c_dot, np.diag(highway), rest)


@may_overflow
def lstm_excursions(
    params: LSTMParams, cache: LSTMCache, t0: int, t1: int, row: int = 0, *, most: int | None = None
) -> np.ndarray:
    r"""Sort dc_t1/dc_t0 by the number m of excursions, the steps that a path enters at the hidden state.

    Such a step crosses a B or an E: it comes in through a gate or through the candidate.

    Parameters
    ----------
    params, cache, t0, t1, row
        As in `lstm_highway_split`.
    most : int, optional
        The largest m; all of them, t1 - t0, by default.

    Returns
    -------
    numpy.ndarray, shape (M+1, H, H)
        Entry 0 is the highway; with all m the entries add up to the total. Inf and NaN where one overflows.

    Raises
    ------
    ValueError, TypeError
        As `lstm_highway_split`, or when `most` is negative or no integer.
    """
    steps = _steps(params, cache, t0, t1, row)
    n = params.hidden_size
    most = len(steps) if most is None else min(as_integer("most", most, at_least=0), len(steps))
    J_c, J_h = np.zeros((2, most + 1, n, n), params.weight_hh.dtype)
    J_c[0] = np.eye(n)
    for D, B, A, E in steps:
        fewer = np.concatenate([np.zeros_like(J_h[:1]), J_h[:-1]])  # J_h[m - 1]
        J_c = D @ J_c + B @ fewer  # eq:highway-excursions
        J_h = A @ J_c + E @ fewer
    return J_c


def _steps(params, cache, t0, t1, row):
    check_cache(params, cache, LSTMCache, LSTMParams, masked=False)
    return [lstm_local_jacobians(params, cache, t, row) for t in as_span(t0, t1, len(cache.gates))]
