"""Exercise of chapter 1: the backward pass of a network of any depth."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.activations import get_activation
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw_network
from lstm_course.network import MLPParams, mlp_backward


@functools.wraps(mlp_backward)
def _mlp_gradient(params, cache, dy):
    dx, dparams, _ = mlp_backward(params, cache, dy)
    return dx, dparams


def _sample_mlp_backward(rng, size):
    sizes, batch, activation, output, dtype = (
        ((2, 2), 1, "tanh", "sigmoid", np.float64),
        ((2, 2, 2), 2, "tanh", "sigmoid", np.float64),
        ((2, 2, 2, 2), 2, "sigmoid", "identity", np.float64),
        ((2, 3, 1), 3, "sigmoid", "tanh", np.float32),
        ((4, 6, 5, 3), 4, "relu", "identity", np.float64),
        ((12, 24, 24, 16, 10), 16, "tanh", "sigmoid", np.float64),
    )[size]
    return draw_network(rng, sizes, batch, activation, output, dtype)


def _slope(cache, layer, last):
    return get_activation(cache.output if layer == last else cache.activation).f_prime(cache.a[layer - 1])


def _slope_at_h(cache, layer, last):
    return get_activation(cache.output if layer == last else cache.activation).f_prime(cache.h[layer])


def _no_slope_at_output(cache, layer, last):
    return np.ones_like(cache.a[-1]) if layer == last else _slope(cache, layer, last)


def _no_slope_in_between(cache, layer, last):
    return _slope(cache, layer, last) if layer == last else np.ones_like(cache.a[layer - 1])


def _hidden_slope_everywhere(cache, layer, last):
    return get_activation(cache.activation).f_prime(cache.a[layer - 1])


def _mlp_wrong(
    *,
    start=lambda cache, dy: dy,
    slope=_slope,
    incoming=lambda cache, layer: cache.h[layer - 1],
    dbias=lambda da: da.sum(axis=0),
    way_back=lambda layer: layer - 1,
    order=slice(None, None, -1),
):
    """`mlp_backward` with one line written differently."""

    def wrong(params, cache, dy):
        dh, dweights, dbiases = start(cache, dy), [], []
        for layer in range(params.depth, 0, -1):
            da = dh * slope(cache, layer, params.depth)
            dweights.append(da.T @ incoming(cache, layer))
            dbiases.append(dbias(da))
            dh = da @ params.weights[way_back(layer)]
        return dh, MLPParams(tuple(dweights[order]), tuple(dbiases[order]))

    return wrong


MLP_BACKWARD = Exercise(
    label="mlp-backward",
    level="hard",
    prompt=(
        "Send dL/dy back through all layers: return dL/dx and the gradients of weights and biases as an "
        "MLPParams. The hidden layers use cache.activation, the last one cache.output."
    ),
    inputs=("params", "cache", "dy"),
    outputs=("dx", "dparams"),
    shapes=("(B, n_0)", ""),
    reference=_mlp_gradient,
    sample=_sample_mlp_backward,
    sizes=6,
    mistakes=(
        Mistake(
            "f' of the output forgotten",
            "The last layer's activation is left out: dy is taken for da_L. dy belongs to y = f(a_L), so "
            "the output layer needs its factor f'(a_L) like any other.",
            _mlp_wrong(slope=_no_slope_at_output),
        ),
        Mistake(
            "f' between the layers forgotten",
            "Between the hidden layers the gradient passes through the weights alone. Each hidden layer "
            "also multiplies it by f'(a), and that factor is what chapter 2 is about.",
            _mlp_wrong(slope=_no_slope_in_between),
        ),
        Mistake(
            "hidden activation used for the output",
            "The output layer is treated like a hidden one. It may have another activation: look into "
            "the cache for both names.",
            _mlp_wrong(slope=_hidden_slope_everywhere),
        ),
        Mistake(
            "f' at the activation",
            "f' is evaluated at h, where f has been applied already. cache.a keeps the pre-activations "
            "for this very purpose.",
            _mlp_wrong(slope=_slope_at_h),
        ),
        Mistake(
            "weight of the wrong layer",
            "The gradient goes back through the weight of the layer below. The lists count from 0 and "
            "the layers from 1, and Python reads index -1 without complaint as the last layer.",
            _mlp_wrong(way_back=lambda layer: layer - 2),
        ),
        Mistake(
            "starts from y",
            "You start from the output y. What travels back is the gradient dL/dy, and it came in as dy; "
            "the outputs themselves have done their work in the loss.",
            _mlp_wrong(start=lambda cache, dy: cache.h[-1]),
        ),
        Mistake(
            "layers returned last to first",
            "The gradients are in the order in which you found them, last layer first. dparams must have "
            "the order of params, so turn the lists round at the end.",
            _mlp_wrong(order=slice(None)),
        ),
        Mistake(
            "a layer's output in place of its input",
            "The weight gradient uses what left the layer. A weight multiplies what came in, so dweight "
            "pairs da_l with the activations of the layer before, and cache.h starts with the input x.",
            _mlp_wrong(incoming=lambda cache, layer: cache.h[layer]),
        ),
        Mistake(
            "bias gradients not summed",
            "The bias gradients still have a row for every example. One and the same bias was added to "
            "all of them, so their contributions add up.",
            _mlp_wrong(dbias=lambda da: da),
        ),
        Mistake(
            "bias gradients averaged over the batch",
            "The bias gradients are means over the batch, and sums are needed. The 1/B of the loss is "
            "already in dy.",
            _mlp_wrong(dbias=lambda da: da.mean(axis=0)),
        ),
    ),
)

EXERCISES = (MLP_BACKWARD,)
