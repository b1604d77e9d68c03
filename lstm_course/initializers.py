"""Random weight matrices with a chosen scale.

Each function takes the shape ``(n_out, n_in)`` of a weight matrix and a NumPy random generator,
and returns a float64 array (or the dtype asked for). The same generator state gives the same
weights.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_dtype, as_generator, as_integer, as_number


def _fans(shape, rng, dtype):
    as_dtype("dtype", dtype)
    as_generator("rng", rng)
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise ValueError(f"shape must be a tuple (n_out, n_in), got {shape!r}")
    n_out = as_integer("shape[0]", shape[0], at_least=1)
    n_in = as_integer("shape[1]", shape[1], at_least=1)
    return n_out, n_in


def normal(shape, rng, *, std=1.0, dtype=np.float64):
    r"""Independent entries from :math:`N(0, \mathrm{std}^2)`."""
    _fans(shape, rng, dtype)
    std = as_number("std", std, at_least=0)
    return (std * rng.standard_normal(shape)).astype(dtype, copy=False)


def uniform(shape, rng, *, low=0.0, high=1.0, dtype=np.float64):
    """Independent entries from the uniform distribution on [low, high)."""
    _fans(shape, rng, dtype)
    low = as_number("low", low)
    high = as_number("high", high, above=low)
    return rng.uniform(low, high, shape).astype(dtype, copy=False)


def xavier(shape, rng, *, dtype=np.float64):
    r"""Normal entries of variance :math:`2/(n_\mathrm{in}+n_\mathrm{out})` (Glorot & Bengio 2010)."""
    n_out, n_in = _fans(shape, rng, dtype)
    return normal(shape, rng, std=np.sqrt(2 / (n_in + n_out)), dtype=dtype)


def he(shape, rng, *, dtype=np.float64):
    r"""Normal entries of variance :math:`2/n_\mathrm{in}` (He et al. 2015, eq. 10)."""
    _, n_in = _fans(shape, rng, dtype)
    return normal(shape, rng, std=np.sqrt(2 / n_in), dtype=dtype)


def orthogonal(shape, rng, *, gain=1.0, dtype=np.float64):
    """A random matrix with orthonormal rows or columns (whichever are fewer), times `gain`.

    Drawn uniformly: QR of a Gaussian matrix with the signs of R's diagonal fixed (Saxe et al. 2014).
    """
    n_out, n_in = _fans(shape, rng, dtype)
    gain = as_number("gain", gain)
    q, r = np.linalg.qr(rng.standard_normal((max(n_out, n_in), min(n_out, n_in))))
    q *= np.sign(np.diagonal(r))
    return (gain * (q if n_out >= n_in else q.T)).astype(dtype, copy=False)


def identity(shape, rng=None, *, gain=1.0, dtype=np.float64):
    """`gain` on the diagonal, zero elsewhere; `rng` is accepted for a uniform signature, and unused."""
    _fans(shape, rng if rng is not None else np.random.default_rng(0), dtype)
    return as_number("gain", gain) * np.eye(*shape, dtype=dtype)


def chrono(hidden_size, longest, rng, *, dtype=np.float64):
    r"""Forget biases :math:`b_f = \ln U[1, T-1]`, for memories of every length up to `longest` = T.

    A cell with forget bias :math:`\ln u` keeps its content for about u steps. The rule sets the input
    biases to :math:`-b_f` (Tallec & Ollivier 2018, sec. 2).

    Parameters
    ----------
    hidden_size : int
        Number of cells, H.
    longest : int
        The longest dependence to be expected, in steps; 3 or more.
    rng : numpy.random.Generator
        Source of the biases.
    dtype : numpy.dtype
        float64 or float32.

    Returns
    -------
    numpy.ndarray, shape (H,)
    """
    hidden_size = as_integer("hidden_size", hidden_size, at_least=1)
    longest = as_integer("longest", longest, at_least=3)
    rng, dtype = as_generator("rng", rng), as_dtype("dtype", dtype)
    return np.log(rng.uniform(1, longest - 1, hidden_size)).astype(dtype, copy=False)  # eq:highway-chrono
