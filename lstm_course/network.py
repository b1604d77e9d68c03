r"""Feed-forward networks of any depth, width and batch, and their backward pass.

The four rules of chapter 1 in matrix form: `layer_backward` is the whole of backpropagation, and
`mlp_backward` applies it from the last layer to the first. The comments ``# eq:...`` name the
equation of the chapter that a line computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_dtype, as_integer
from lstm_course._params import may_overflow, unchecked
from lstm_course.activations import get_activation
from lstm_course.initializers import xavier


@dataclass(frozen=True)
class MLPParams:
    """Weights and biases of a multilayer perceptron; a gradient is another `MLPParams`.

    Attributes
    ----------
    weights : tuple of numpy.ndarray
        ``weights[l-1]`` has shape (n_l, n_{l-1}), for l = 1..L, as in ``torch.nn.Linear``.
    biases : tuple of numpy.ndarray
        ``biases[l-1]`` has shape (n_l,), for l = 1..L.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]

    def __post_init__(self):
        weights, biases = tuple(self.weights), tuple(self.biases)
        if not weights:
            raise ValueError("weights must hold at least one layer, got none")
        if len(biases) != len(weights):
            raise ValueError(f"biases must hold {len(weights)} arrays, one a layer, got {len(biases)}")
        checked_w, checked_b, n_in, dtype = [], [], "n_0", None
        for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
            weight = as_array(f"weights[{layer - 1}]", weight, f"(n_{layer}, {n_in})", dtype=dtype)
            dtype = weight.dtype
            bias = as_array(f"biases[{layer - 1}]", bias, f"(n_{layer}={weight.shape[0]})", dtype=dtype)
            checked_w.append(weight)
            checked_b.append(bias)
            n_in = f"n_{layer}={weight.shape[0]}"
        object.__setattr__(self, "weights", tuple(checked_w))
        object.__setattr__(self, "biases", tuple(checked_b))

    @property
    def depth(self) -> int:
        """Number of weight layers, L."""
        return len(self.weights)


class MLPCache(NamedTuple):
    """What the backward pass needs: activations `h` (L+1 arrays, the input first), pre-activations `a`."""

    h: tuple[np.ndarray, ...]
    a: tuple[np.ndarray, ...]
    activation: str
    output: str


class MLPFlow(NamedTuple):
    """The gradient on its way back: `dh[l]` is dL/dh_l for l = 0..L, `da[l]` is dL/da_{l+1}."""

    dh: tuple[np.ndarray, ...]
    da: tuple[np.ndarray, ...]


def init_mlp(sizes, rng, *, initializer=xavier, dtype=np.float64) -> MLPParams:
    """Random weights, zero biases.

    Parameters
    ----------
    sizes : sequence of int
        Widths from input to output, ``(n_0, ..., n_L)``: at least two, each at least one.
    rng : numpy.random.Generator
        Source of the weights.
    initializer : callable
        Maps ``((n_out, n_in), rng)`` to a weight matrix; see `lstm_course.initializers`.
    dtype : numpy.dtype
        float64 or float32.
    """
    sizes = [as_integer(f"sizes[{k}]", n, at_least=1) for k, n in enumerate(sizes)]
    if len(sizes) < 2:
        raise ValueError(f"sizes must name an input and at least one layer, got {sizes}")
    dtype = as_dtype("dtype", dtype)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    return MLPParams(
        weights=tuple(np.asarray(initializer(shape, rng), dtype=dtype) for shape in shapes),
        biases=tuple(np.zeros(n_out, dtype) for n_out, _ in shapes),
    )


def layer_forward(weight, bias, h_prev, activation):
    r"""One fully connected layer, :math:`a = h_\mathrm{prev}W^\top + b`, :math:`h = f(a)`.

    Parameters
    ----------
    weight : numpy.ndarray, shape (n, m)
    bias : numpy.ndarray, shape (n,)
    h_prev : numpy.ndarray, shape (B, m)
        One example a row.
    activation : str
        Name of f.

    Returns
    -------
    h, a : numpy.ndarray, shape (B, n)
    """
    weight = as_array("weight", weight, "(n, m)")
    n, m = weight.shape
    bias = as_array("bias", bias, f"(n={n})", dtype=weight.dtype)
    h_prev = as_array("h_prev", h_prev, f"(B, m={m})", dtype=weight.dtype)
    a = h_prev @ weight.T + bias  # eq:layer-forward
    return get_activation(activation).f(a), a  # eq:layer-forward


@may_overflow
def layer_backward(weight, h_prev, a, dh, activation):
    """Send dL/dh back through one layer.

    Parameters
    ----------
    weight : numpy.ndarray, shape (n, m)
    h_prev : numpy.ndarray, shape (B, m)
        What came into the layer.
    a : numpy.ndarray, shape (B, n)
        Its pre-activations.
    dh : numpy.ndarray, shape (B, n)
        Gradient of the loss with respect to what left the layer.
    activation : str
        Name of f.

    Returns
    -------
    dh_prev : numpy.ndarray, shape (B, m)
    dweight : numpy.ndarray, shape (n, m)
    dbias : numpy.ndarray, shape (n,)
    da : numpy.ndarray, shape (B, n)
        The layer's delta.
    """
    weight = as_array("weight", weight, "(n, m)")
    n, m = weight.shape
    a = as_array("a", a, f"(B, n={n})", dtype=weight.dtype)
    h_prev = as_array("h_prev", h_prev, f"(B={len(a)}, m={m})", dtype=weight.dtype)
    dh = as_array("dh", dh, f"(B={len(a)}, n={n})", dtype=weight.dtype, finite=False)
    da = dh * get_activation(activation).f_prime(a)  # eq:layer-delta
    dweight = da.T @ h_prev  # eq:layer-weight
    dbias = da.sum(axis=0)  # eq:layer-bias
    dh_prev = da @ weight  # eq:layer-back
    return dh_prev, dweight, dbias, da


def mlp_forward(params: MLPParams, x, *, activation="sigmoid", output="identity"):
    """Run the network on a batch.

    Parameters
    ----------
    params : MLPParams
        Weights and biases of L layers.
    x : array_like, shape (B, n_0)
        One example a row, in the dtype of the weights.
    activation, output : str
        Names of the hidden layers' and the last layer's activation (`lstm_course.activations`).

    Returns
    -------
    y : numpy.ndarray, shape (B, n_L)
    cache : MLPCache
        For `mlp_backward`, and for figures.

    Raises
    ------
    ValueError, TypeError
        When `x` has another width or dtype, is empty or not finite, or an activation is unknown.
    """
    dtype = params.weights[0].dtype
    h = [as_array("x", x, f"(B, n_0={params.weights[0].shape[1]})", dtype=dtype)]
    a = []
    for layer, (weight, bias) in enumerate(zip(params.weights, params.biases, strict=True), start=1):
        h_l, a_l = layer_forward(weight, bias, h[-1], output if layer == params.depth else activation)
        h.append(h_l)
        a.append(a_l)
    return h[-1], MLPCache(tuple(h), tuple(a), activation, output)


@may_overflow
def mlp_backward(params: MLPParams, cache: MLPCache, dy):
    """Send dL/dy back through the network.

    Parameters
    ----------
    params : MLPParams
        The weights of the forward pass.
    cache : MLPCache
        What `mlp_forward` returned.
    dy : array_like, shape (B, n_L)
        Gradient of the loss with respect to the output.

    Returns
    -------
    dx : numpy.ndarray, shape (B, n_0)
    dparams : MLPParams
    flow : MLPFlow
        The gradient at every layer. It holds inf and NaN where it overflows.

    Raises
    ------
    ValueError, TypeError
        When `dy` does not have the shape and dtype of the output, or `cache` is not of a pass with weights
        like these.
    """
    check_mlp_cache(params, cache)
    batch, n_out = cache.h[-1].shape
    shape = f"(B={batch}, n_{params.depth}={n_out})"
    dh = [as_array("dy", dy, shape, dtype=cache.h[-1].dtype, finite=False)]
    da, dweights, dbiases = [], [], []
    for layer in range(params.depth, 0, -1):
        dh_prev, dweight, dbias, da_l = layer_backward(
            params.weights[layer - 1],
            cache.h[layer - 1],
            cache.a[layer - 1],
            dh[-1],
            cache.output if layer == params.depth else cache.activation,
        )
        dh.append(dh_prev)
        da.append(da_l)
        dweights.append(dweight)
        dbiases.append(dbias)
    dparams = unchecked(MLPParams, tuple(dweights[::-1]), tuple(dbiases[::-1]))
    return dh[-1], dparams, MLPFlow(tuple(dh[::-1]), tuple(da[::-1]))


def check_mlp_cache(params: MLPParams, cache) -> None:
    """Refuse a cache that is not of a forward pass with weights like these.

    Raises
    ------
    ValueError, TypeError
        When the cache is of another class, depth, dtype or width, naming what was expected and what came.
    """
    if not isinstance(params, MLPParams):
        raise TypeError(f"params must be MLPParams, got {type(params).__name__}")
    if not isinstance(cache, MLPCache):
        raise TypeError(
            f"cache must be MLPCache, the last of what mlp_forward returns, got {type(cache).__name__}"
        )
    widths = [weight.shape[1] for weight in params.weights] + [len(params.biases[-1])]
    found = [h.shape[1] for h in cache.h]
    if widths != found:
        raise ValueError(f"cache must have the widths {widths} like params, got {found}")
    if (dtype := params.weights[0].dtype) != cache.h[0].dtype:
        raise TypeError(f"cache must have dtype {dtype} like params, got {cache.h[0].dtype}")
