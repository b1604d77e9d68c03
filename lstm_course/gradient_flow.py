r"""Measuring what becomes of a gradient on its way back.

The one-neuron chain with its factors :math:`w\,\sigma'(a)`, the input interval in which such a factor
can exceed one, norms and Jacobians of real layers, and the gain per layer that theory predicts for
wide ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number
from lstm_course.activations import get_activation
from lstm_course.network import MLPCache, MLPFlow, MLPParams

MOST_VARIANCE = 1e6  # beyond it the grid of `mean_field_gain` no longer resolves the slope


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


def chain_gradient(weights, biases, x, *, activation="sigmoid") -> float:
    r"""Derivative of a chain's output by its input, :math:`\prod_l w_l f'(a_l)`.

    Parameters are those of `scalar_chain`.
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
        Weights, any shape.

    Returns
    -------
    numpy.ndarray
        Widths of the same shape.
    """
    w = np.abs(np.asarray(w, dtype=np.float64))
    if not np.isfinite(w).all():
        raise ValueError("w must be finite")
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


def gradient_norms(flow: MLPFlow) -> np.ndarray:
    """Norm of dL/dh_l over the whole batch, for l = 0 (the input) to L (the output)."""
    return np.array([_norm(dh) for dh in flow.dh])


def _norm(array):
    """The Euclidean norm, scaled so that the squares of a vanished gradient do not underflow to 0."""
    largest = np.abs(array).max()
    return largest * np.linalg.norm(array / largest) if largest > 0 else largest


def layer_jacobians(params: MLPParams, cache: MLPCache, row: int = 0) -> list[np.ndarray]:
    r"""The Jacobians :math:`\partial h_l/\partial h_{l-1} = \mathrm{diag}(f'(a_l))\,W_l`, first layer first.

    Parameters
    ----------
    params, cache
        Of one `mlp_forward`.
    row : int
        Which example of the batch.

    Returns
    -------
    list of numpy.ndarray
        L matrices of shape (n_l, n_{l-1}). Their product, last layer leftmost, is dh_L/dx.
    """
    row = as_integer("row", row, at_least=0)
    if row >= len(cache.h[0]):
        raise ValueError(f"row must be below the batch size {len(cache.h[0])}, got {row}")
    jacobians = []
    for layer, (weight, a) in enumerate(zip(params.weights, cache.a, strict=True), start=1):
        f_prime = get_activation(cache.output if layer == params.depth else cache.activation).f_prime
        jacobians.append(f_prime(a[row])[:, None] * weight)  # eq:layer-jacobian
    return jacobians


def input_jacobian(params: MLPParams, cache: MLPCache, row: int = 0) -> np.ndarray:
    r"""The Jacobian of the whole network for one example, :math:`J_L J_{L-1}\cdots J_1`.

    Returns
    -------
    numpy.ndarray, shape (n_L, n_0)
    """
    first, *later = layer_jacobians(params, cache, row)
    product = first
    for jacobian in later:
        product = jacobian @ product  # eq:jacobian-product
    return product


def gain_per_layer(norms) -> float:
    r"""Geometric mean of the factors by which the gradient grows from one layer to the one before it.

    Parameters
    ----------
    norms : array_like, shape (n)
        Positive norms in layer order, at least two; the gradient runs from the last to the first.
    """
    norms = as_array("norms", norms, "(n)")
    if len(norms) < 2 or not (norms > 0).all():
        raise ValueError("norms must hold at least two positive numbers")
    first, last = np.log(norms[[0, -1]].astype(np.float64))  # the ratio itself may overflow
    return float(np.exp((first - last) / (len(norms) - 1)))


def mean_field_gain(width, weight_std, *, activation="sigmoid", iterations=200) -> float:
    r"""Gain per layer that theory predicts for a wide layer of independent normal weights.

    In a layer of `n` neurons with weights of standard deviation `s` and no bias, each pre-activation
    is close to normal with variance :math:`q`, which settles at the fixed point
    :math:`q = n s^2\,\mathbb E[f(\sqrt q\,u)^2]`, `u` standard normal. The squared gradient norm then
    grows by :math:`n s^2\,\mathbb E[f'(\sqrt q\,u)^2]` a layer.

    Parameters
    ----------
    width : int
        Neurons per layer, `n`.
    weight_std : float
        Standard deviation of the weights, `s`.
    activation : str
        Name of the activation; a bounded one, so that the fixed point exists.
    iterations : int
        Fixed-point steps at most; fewer when `q` has settled.

    Returns
    -------
    float
        Predicted factor by which the norm of the gradient changes per layer.

    Raises
    ------
    ValueError
        When an unbounded activation lets :math:`q` grow for ever, or the weights are so large that the
        grid over `u` would no longer resolve the slope (:math:`q > 10^6`).
    """
    width = as_integer("width", width, at_least=1)
    s = as_number("weight_std", weight_std, above=0, at_most=1e6)
    iterations = as_integer("iterations", iterations, at_least=1)
    act = get_activation(activation)
    u = np.linspace(-8, 8, 16001)  # fine enough for f' to be resolved when q is large
    density = np.exp(-(u**2) / 2)
    density /= density.sum()

    def mean_square(function, q):
        return float(np.sum(density * function(np.sqrt(q) * u) ** 2))

    q, previous = 1.0, np.inf
    for _ in range(iterations):
        if abs(q - previous) <= 1e-15 * q:
            break
        q, previous = width * s**2 * mean_square(act.f, q), q  # eq:mean-field-q
        if not q <= 1e15:
            raise ValueError(f"activation must settle, but {activation!r} grows without bound here")
    if q > MOST_VARIANCE:
        raise ValueError(
            f"weight_std must keep the pre-activations' variance below {MOST_VARIANCE:.0e}, "
            f"got {q:.1e} with weight_std {s:g} and width {width}"
        )
    return float(np.sqrt(width * s**2 * mean_square(act.f_prime, q)))  # eq:mean-field-gain
