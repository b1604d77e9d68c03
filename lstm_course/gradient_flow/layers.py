r"""Layers of neurons: norms and Jacobians of real ones, and the gain that theory predicts for wide ones."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number, as_row
from lstm_course._params import may_overflow, safe_norm
from lstm_course.activations import get_activation
from lstm_course.network import MLPCache, MLPFlow, MLPParams, check_mlp_cache

MOST_VARIANCE = 1e6  # beyond it the grid of `mean_field_gain` no longer resolves the slope


def gradient_norms(flow: MLPFlow) -> np.ndarray:
    """Norm of dL/dh_l over the whole batch, for l = 0 (the input) to L (the output)."""
    return np.array([safe_norm(dh) for dh in flow.dh])


@may_overflow
def layer_jacobians(params: MLPParams, cache: MLPCache, row: int = 0) -> list[np.ndarray]:
    r"""The Jacobians :math:`\partial h_l/\partial h_{l-1} = \mathrm{diag}(f'(a_l))\,W_l`, first layer first.

    Parameters
    ----------
    params, cache
        Of one `mlp_forward`.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    list of numpy.ndarray
        L matrices of shape (n_l, n_{l-1}). Their product, last layer leftmost, is dh_L/dx.

    Raises
    ------
    ValueError, TypeError
        When `row` is no sample of the batch, or `cache` is not of a pass with weights like these.
    """
    check_mlp_cache(params, cache)
    row = as_row(row, len(cache.h[0]))
    jacobians = []
    for layer, (weight, a) in enumerate(zip(params.weights, cache.a, strict=True), start=1):
        f_prime = get_activation(cache.output if layer == params.depth else cache.activation).f_prime
        jacobians.append(f_prime(a[row])[:, None] * weight)  # eq:layer-jacobian
    return jacobians


@may_overflow
def input_jacobian(params: MLPParams, cache: MLPCache, row: int = 0) -> np.ndarray:
    r"""The Jacobian of the whole network for one example, :math:`J_L J_{L-1}\cdots J_1`.

    Parameters and errors are those of `layer_jacobians`.

    Returns
    -------
    numpy.ndarray, shape (n_L, n_0)
        Inf and NaN where the product overflows.
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
