r"""The one-neuron chain: its factors :math:`w\,\sigma'(a)`, and the inputs for which one exceeds 1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_number
from lstm_course._params import may_overflow
from lstm_course.activations import get_activation


class Chain(NamedTuple):
    """A chain of L neurons: pre-activations, activations (input first), factors :math:`w_l f'(a_l)`."""

    a: np.ndarray
    h: np.ndarray
    factors: np.ndarray


def scalar_chain(weights, biases, x, *, activation="sigmoid") -> Chain:
    """Run a network with one neuron per layer and record each layer's derivative.

    Parameters
    ----------
    weights, biases : array_like, shape (L,)
        One number a layer.
    x : float
        The input.
    activation : str
        Name of every layer's activation.

    Returns
    -------
    Chain
        `a` and `factors` of length L, `h` of length L+1. The product of `factors` is dh_L/dx.
    """
    weights = as_array("weights", weights, "(L)")
    biases = as_array("biases", biases, f"(L={len(weights)})", dtype=weights.dtype)
    act = get_activation(activation)
    h, a = [as_number("x", x)], []
    for w, b in zip(weights, biases, strict=True):
        a.append(w * h[-1] + b)  # eq:chain-forward
        h.append(float(act.f(a[-1])))
    factors = weights * act.f_prime(np.array(a))  # eq:chain-factor
    return Chain(np.array(a), np.array(h, dtype=weights.dtype), factors)


@may_overflow
def chain_gradient(weights, biases, x, *, activation="sigmoid") -> float:
    r"""Derivative of a chain's output by its input, :math:`\prod_l w_l f'(a_l)`.

    Parameters are those of `scalar_chain`. Inf where the product overflows.
    """
    return float(np.prod(scalar_chain(weights, biases, x, activation=activation).factors))  # eq:chain-product


def explosion_width(w):
    r"""Width of the set of inputs `x` for which :math:`|w\,\sigma'(wx+b)| \ge 1`.

    Zero for :math:`|w| \le 4`, else
    :math:`\frac{2}{|w|}\ln\bigl(\tfrac{|w|(1+\sqrt{1-4/|w|})}{2}-1\bigr)` (Nielsen 2015, ch. 5,
    eq. 123). For any bias: `b` moves the interval and leaves its width alone.

    Parameters
    ----------
    w : array_like
        Weights, any shape, float32 or float64.

    Returns
    -------
    numpy.ndarray
        Widths of the same shape and dtype.

    Raises
    ------
    ValueError, TypeError
        When a weight is no number or not finite.
    """
    w = np.abs(as_array("w", w, None))
    safe = np.maximum(w, 4)
    root = np.sqrt(1 - 4 / safe)
    return (2 / safe * np.log(safe * (1 + root) / 2 - 1))[()]  # eq:explosion-width


def explosion_interval(w, b=0.0) -> tuple[float, float] | None:
    r"""Ends of the interval of `x` with :math:`|w\,\sigma'(wx+b)| \ge 1`, or None for :math:`|w| < 4`."""
    w, b = as_number("w", w), as_number("b", b)
    if abs(w) < 4:
        return None
    centre, half = -b / w, float(explosion_width(w)) / 2
    return centre - half, centre + half


def tanh_explosion_width(w):
    r"""Width of the set of inputs `x` for which :math:`|w\,\tanh'(wx+b)| \ge 1`.

    Zero for :math:`|w| \le 1`, else :math:`\frac{2}{|w|}\operatorname{arcosh}\sqrt{|w|}`, for any bias: the
    slope of tanh is :math:`1/\cosh^2`.

    Parameters
    ----------
    w : array_like
        Weights, any shape, float32 or float64.

    Returns
    -------
    numpy.ndarray
        Widths of the same shape and dtype.

    Raises
    ------
    ValueError, TypeError
        When a weight is no number or not finite.
    """
    w = np.abs(as_array("w", w, None))
    safe = np.maximum(w, 1)
    return (2 / safe * np.arccosh(np.sqrt(safe)))[()]
