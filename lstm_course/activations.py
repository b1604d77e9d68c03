r"""Activation functions and their first derivatives.

Each function works elementwise on an array of any shape, keeps float32 as float32, and stays
accurate where the textbook formula overflows or cancels: :math:`\sigma(-1000)` is 0 without a
warning, and :math:`\sigma'(40)` is :math:`4.2\cdot 10^{-18}`, not the 0 that
:math:`\sigma(1-\sigma)` gives once :math:`\sigma` has rounded to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import FLOATS, choose

LEAKY_SLOPE = 0.01  # Maas et al. 2013, and torch's default
ELU_ALPHA = 1.0  # Clevert et al. 2016, and torch's default


def _floats(a) -> np.ndarray:
    try:
        array = np.asarray(a)
    except ValueError:
        raise ValueError("a must be an array, got a ragged sequence") from None
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype not in FLOATS:
        raise TypeError(f"a must be an array of float32 or float64, got dtype {array.dtype}")
    return array


def _decay(a: np.ndarray) -> np.ndarray:
    """exp(-|a|), which lies in (0, 1] and may quietly underflow to 0."""
    with np.errstate(under="ignore"):
        return np.exp(-np.abs(a))


def identity(a):
    r"""The linear unit, :math:`f(a) = a`."""
    return _floats(a).copy()


def identity_prime(a):
    """Its derivative, 1 everywhere."""
    return np.ones_like(_floats(a))


def sigmoid(a):
    r"""The logistic function :math:`\sigma(a) = 1/(1+e^{-a})`, written so that no exponential overflows.

    Parameters
    ----------
    a : array_like
        Pre-activations, any shape, float32 or float64 (integers become float64).

    Returns
    -------
    numpy.ndarray
        Values in [0, 1] of the same shape and dtype. Exactly 0 or 1 occurs by rounding only.
    """
    a = _floats(a)
    e = _decay(a)
    with np.errstate(under="ignore"):
        return np.where(a >= 0, 1 / (1 + e), e / (1 + e))[()]


def sigmoid_prime(a):
    r"""Its derivative :math:`\sigma'(a) = \sigma(a)(1-\sigma(a))`, at most ¼, attained at 0.

    Written as :math:`e^{-|a|}/(1+e^{-|a|})^2`, the same number without the cancellation in
    :math:`1-\sigma` for large `a`.
    """
    e = _decay(_floats(a))
    with np.errstate(under="ignore"):
        return (e / (1 + e) ** 2)[()]


def tanh(a):
    r"""The hyperbolic tangent, :math:`\tanh a = 2\sigma(2a) - 1`."""
    return np.tanh(_floats(a))


def tanh_prime(a):
    r"""Its derivative :math:`1-\tanh^2 a = 4\sigma'(2a)`, at most 1, attained at 0."""
    a = _floats(a)
    with np.errstate(over="ignore"):  # 2a may pass the largest float; there the derivative is 0
        return (4 * sigmoid_prime(2 * a))[()]


def hardtanh(a):
    """The piecewise linear tanh: `a` clipped to [-1, 1]."""
    return np.clip(_floats(a), -1, 1)


def hardtanh_prime(a):
    """1 strictly inside (-1, 1), else 0 (at ±1, where it is undefined, 0 as in torch)."""
    a = _floats(a)
    return (np.abs(a) < 1).astype(a.dtype)[()]


def relu(a):
    r"""The rectified linear unit :math:`\max(a, 0)`; NaN stays NaN."""
    return np.maximum(_floats(a), 0)


def relu_prime(a):
    """1 for a > 0, else 0 (at 0, where it is undefined, 0 as in torch)."""
    a = _floats(a)
    return (a > 0).astype(a.dtype)[()]


def leaky_relu(a):
    """`a` for a > 0, else `a` times `LEAKY_SLOPE` (0.01)."""
    a = _floats(a)
    with np.errstate(under="ignore"):
        return np.where(a > 0, a, a.dtype.type(LEAKY_SLOPE) * a)[()]


def leaky_relu_prime(a):
    """1 for a > 0, else `LEAKY_SLOPE` (at 0, where it is undefined, the slope as in torch)."""
    a = _floats(a)
    return np.where(a > 0, a.dtype.type(1), a.dtype.type(LEAKY_SLOPE))[()]


def elu(a):
    r"""The exponential linear unit: `a` for a > 0, else :math:`\alpha(e^{a}-1)` with α = 1."""
    a = _floats(a)
    with np.errstate(under="ignore"):
        return np.where(a > 0, a, ELU_ALPHA * np.expm1(np.minimum(a, 0))).astype(a.dtype)[()]


def elu_prime(a):
    r"""1 for a > 0, else :math:`\alpha e^{a}`."""
    a = _floats(a)
    with np.errstate(under="ignore"):
        return np.where(a > 0, 1, ELU_ALPHA * np.exp(np.minimum(a, 0))).astype(a.dtype)[()]


def g_1997(a):
    r"""The input squashing of the 1997 LSTM, :math:`g(a) = 4\sigma(a)-2 = 2\tanh(a/2)`."""
    a = _floats(a)
    with np.errstate(under="ignore"):
        return 2 * np.tanh(a / 2)


def g_1997_prime(a):
    r"""Its derivative :math:`4\sigma'(a)`, at most 1."""
    return 4 * sigmoid_prime(a)


def h_1997(a):
    r"""The output squashing of the 1997 LSTM, :math:`h(a) = 2\sigma(a)-1 = \tanh(a/2)`."""
    a = _floats(a)
    with np.errstate(under="ignore"):
        return np.tanh(a / 2)


def h_1997_prime(a):
    r"""Its derivative :math:`2\sigma'(a)`, at most ½."""
    return 2 * sigmoid_prime(a)


class Activation(NamedTuple):
    """A named pair: the function and its derivative, both of the pre-activation `a`."""

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    f_prime: Callable[[np.ndarray], np.ndarray]


ACTIVATIONS = {
    f.__name__: Activation(f.__name__, f, f_prime)
    for f, f_prime in (
        (identity, identity_prime),
        (sigmoid, sigmoid_prime),
        (tanh, tanh_prime),
        (hardtanh, hardtanh_prime),
        (relu, relu_prime),
        (leaky_relu, leaky_relu_prime),
        (elu, elu_prime),
        (g_1997, g_1997_prime),
        (h_1997, h_1997_prime),
    )
}


def get_activation(name: str) -> Activation:
    """Look an activation up by name.

    Raises
    ------
    ValueError
        When the name is unknown; the message lists the known ones.
    """
    return choose("activation", name, ACTIVATIONS)
