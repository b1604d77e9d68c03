"""The four paths from a GRU's state to the next one, and the direct path over many steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_integer
from lstm_course.gru import GRUCache, GRUParams, GRUStepCache


class GRUPaths(NamedTuple):
    """One step's Jacobian of h_t by h_{t-1}, path by path; four matrices (H, H) that add up to it."""

    direct: np.ndarray
    update: np.ndarray
    reset: np.ndarray
    candidate: np.ndarray


class GRUHighway(NamedTuple):
    """The Jacobian of h_t1 by h_t0: all of it, the direct path's part, and the rest; (H, H) each."""

    total: np.ndarray
    direct: np.ndarray
    other: np.ndarray


def gru_jacobian(params: GRUParams, cache: GRUStepCache, row: int = 0) -> np.ndarray:
    r"""The Jacobian :math:`\partial h_t/\partial h_{t-1}` of one step, for one sample.

    Parameters
    ----------
    params : GRUParams
    cache : GRUStepCache
        What `lstm_course.gru.gru_step` returned.
    row : int
        Which sample of the batch.

    Returns
    -------
    numpy.ndarray, shape (H, H)

    Raises
    ------
    ValueError, TypeError
        When `row` is not a sample of the batch.
    """
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + reset + candidate  # eq:gru-paths


def gru_paths(params: GRUParams, cache: GRUStepCache, row: int = 0) -> GRUPaths:
    """One step's Jacobian, split into the four ways that lead from h_{t-1} to h_t.

    Parameters and errors are those of `gru_jacobian`.

    Returns
    -------
    GRUPaths
    """
    row = _row(row, len(cache.h_prev))
    h, r, z, n = (array[row] for array in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t))
    return _paths(params, h, r, z, n, cache.reset)


def gru_highway(params: GRUParams, cache: GRUCache, t0: int, t1: int, row: int = 0) -> GRUHighway:
    r"""Split the Jacobian :math:`\partial h_{t_1}/\partial h_{t_0}` into the direct path and the rest.

    Parameters
    ----------
    params : GRUParams
    cache : GRUCache
        What `lstm_course.gru.gru_forward` returned, without a mask.
    t0, t1 : int
        From which state to which, :math:`0 \le t_0 < t_1 \le T`.
    row : int
        Which sample of the batch.

    Returns
    -------
    GRUHighway
        `direct` is the diagonal matrix of the products of the update gates.

    Raises
    ------
    ValueError, TypeError
        When a step or the sample does not exist, or the pass had a mask.
    """
    if cache.mask is not None:
        raise ValueError("cache must come from a pass without a mask")
    steps, batch, size = cache.z.shape
    t0, t1 = as_integer("t0", t0, at_least=0), as_integer("t1", t1, at_least=1)
    if not t0 < t1 <= steps:
        raise ValueError(f"t0 and t1 must satisfy t0 < t1 <= T={steps}, got {t0} and {t1}")
    row = _row(row, batch)
    total, direct = np.eye(size), np.ones(size)
    for t in range(t0, t1):
        h, r, z, n = (array[t][row] for array in (cache.h, cache.r, cache.z, cache.n))
        total = sum(_paths(params, h, r, z, n, cache.reset)) @ total
        direct = direct * z  # eq:gru-highway
    return GRUHighway(total, np.diag(direct), total - np.diag(direct))


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


def _row(row, batch):
    row = as_integer("row", row, at_least=0)
    if row >= batch:
        raise ValueError(f"row must be below the batch size {batch}, got {row}")
    return row
