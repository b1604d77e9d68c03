"""The four paths from a GRU's state to the next one, and the direct path over many steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_row, choose
from lstm_course._params import may_overflow
from lstm_course._sequences import as_span, check_cache
from lstm_course.gradient_flow.highway import HighwaySplit
from lstm_course.gru import GRUCache, GRUParams, GRUStepCache


class GRUPaths(NamedTuple):
    """One step's Jacobian of h_t by h_{t-1}, path by path; four matrices (H, H) that add up to it."""

    direct: np.ndarray
    update: np.ndarray
    reset: np.ndarray
    candidate: np.ndarray


class GRUHighway(HighwaySplit):
    """Jacobian of h_t1 by h_t0 and its two parts, the direct path and the rest: as `HighwaySplit` of an LSTM."""


@may_overflow
def gru_jacobian(params: GRUParams, cache: GRUStepCache, row: int = 0) -> np.ndarray:
    r"""The Jacobian :math:`\partial h_t/\partial h_{t-1}` of one step, for one sample.

    Parameters
    ----------
    params : GRUParams
    cache : GRUStepCache
        What `lstm_course.gru.gru_step` returned.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    numpy.ndarray, shape (H, H)

    Raises
    ------
    ValueError, TypeError
        When `row` is not a sample of the batch, or `cache` is not of a step of this network.
    """
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + reset + candidate  # eq:gru-paths


@may_overflow
def gru_paths(params: GRUParams, cache: GRUStepCache, row: int = 0) -> GRUPaths:
    """One step's Jacobian, split into the four ways that lead from h_{t-1} to h_t.

    Parameters and errors are those of `gru_jacobian`.

    Returns
    -------
    GRUPaths
    """
    check_cache(params, cache, GRUStepCache, GRUParams)
    row = as_row(row, len(cache.h_prev))
    h, r, z, n = (array[row] for array in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t))
    return _paths(params, h, r, z, n, cache.reset)


@may_overflow
def gru_highway(params: GRUParams, cache: GRUCache, t0: int, t1: int, row: int = 0) -> GRUHighway:
    r"""Split the Jacobian :math:`\partial h_{t_1}/\partial h_{t_0}` into the direct path and the rest.

    The three parts are computed each on its own: `total` as the product of the steps' Jacobians, `highway`
    as :math:`\mathrm{diag}(\prod_t z_t)`, and `rest` as the sum over the step at which a path comes back to
    the direct one for the last time.

    Parameters
    ----------
    params : GRUParams
    cache : GRUCache
        What `lstm_course.gru.gru_forward` returned, without a mask.
    t0, t1 : int
        From which state to which, :math:`0 \le t_0 < t_1 \le T`.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    GRUHighway
        `highway` is the diagonal matrix of the products of the update gates. Inf and NaN where a part overflows.

    Raises
    ------
    ValueError, TypeError
        When a step or the sample does not exist, the pass had a mask, or `cache` is not of this network.
    """
    check_cache(params, cache, GRUCache, GRUParams, masked=False)
    span, row, n = as_span(t0, t1, len(cache.gates)), as_row(row, cache.gates.shape[-1]), params.hidden_size
    dtype = params.weight_hh.dtype
    total, highway, rest = np.eye(n, dtype=dtype), np.ones(n, dtype), np.zeros((n, n), dtype)
    for t in span:
        h, r, z, n_t = (array[t - 1, row] for array in (cache.h, cache.r, cache.z, cache.n))
        direct, *others = _paths(params, h, r, z, n_t, cache.reset)
        rest = direct @ rest + sum(others) @ total
        highway = np.diag(direct) * highway  # eq:gru-highway
        total = (direct + sum(others)) @ total
    return GRUHighway(total, np.diag(highway), rest)


@may_overflow
def gru_jacobian_without(
    params: GRUParams, cache: GRUCache, t0: int, t1: int, cut: Iterable[str] = (), row: int = 0
) -> np.ndarray:
    r"""The Jacobian :math:`\partial h_{t_1}/\partial h_{t_0}` that is left when some of the four paths are cut.

    A path that is cut is cut at every step: its matrix is left out of the step's sum, and nothing else changes.

    Parameters
    ----------
    params, cache, t0, t1, row
        As in `gru_highway`.
    cut : iterable of {"direct", "update", "reset", "candidate"}
        The paths that are cut. Without any the result is the whole Jacobian; without the last three, the highway.

    Returns
    -------
    numpy.ndarray, shape (H, H)
        Inf and NaN where it overflows.

    Raises
    ------
    ValueError, TypeError
        As `gru_highway`, or when `cut` names no path.
    """
    check_cache(params, cache, GRUCache, GRUParams, masked=False)
    span, row = as_span(t0, t1, len(cache.gates)), as_row(row, cache.gates.shape[-1])
    known = {name: name for name in GRUPaths._fields}
    left_out = {choose("cut", name, known) for name in ((cut,) if isinstance(cut, str) else cut)}
    kept = [name for name in known if name not in left_out]
    total = np.eye(params.hidden_size, dtype=params.weight_hh.dtype)
    for t in span:
        h, r, z, n = (array[t - 1, row] for array in (cache.h, cache.r, cache.z, cache.n))
        paths = _paths(params, h, r, z, n, cache.reset)
        total = sum((getattr(paths, name) for name in kept), np.zeros_like(total)) @ total
    return total


def _paths(params, h, r, z, n, reset):
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    slope = (1 - z) * (1 - n**2)  # of h_t by a_n
    if reset == "after":
        q = w_n @ h + params.bias_hn
        through_r = (slope * q * r * (1 - r))[:, None] * w_r  # eq:gru-paths
        through_n = (slope * r)[:, None] * w_n  # eq:gru-paths
    else:
        through_r = slope[:, None] * w_n @ ((h * r * (1 - r))[:, None] * w_r)
        through_n = slope[:, None] * w_n * r
    through_z = ((h - n) * z * (1 - z))[:, None] * w_z  # eq:gru-paths
    return GRUPaths(np.diag(z), through_z, through_r, through_n)
