"""Exercise of chapter 1: the backward pass of a network of any depth."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw_network
from lstm_course.network import mlp_backward


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


def _mlp_wrong(**changed):
    """`mlp_backward` with a line that computes something else, without the flow."""
    return but(mlp_backward, return_="dh[-1], dparams", **changed)


def _layer_wrong(
    *, activation="cache.output if layer == params.depth else cache.activation", a="cache.a[layer - 1]"
):
    """`mlp_backward` with other arguments for `layer_backward`."""
    call = f"layer_backward(params.weights[layer - 1], cache.h[layer - 1], {a}, dh[-1], {activation})"
    return _mlp_wrong(**{"dh_prev, dweight, dbias, da_l": call})


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
    hints=(
        "You need the rules of one layer, and a loop over the layers from the last to the first.",
        "Layer number l used params.weights[l - 1], read cache.h[l - 1] and made cache.a[l - 1]. What comes out of "
        "its backward pass as dh_prev is the next layer's dh.",
        "layer_backward from lstm_course.network does one layer. Collect its gradients in two lists, and turn the "
        "lists round at the end.",
    ),
    mistakes=(
        Mistake(
            "f' of the output forgotten",
            "The last layer's activation is left out: dy is taken for da_L. dy belongs to y = f(a_L), so "
            "the output layer needs its factor f'(a_L) like any other.",
            _layer_wrong(activation="'identity' if layer == params.depth else cache.activation"),
        ),
        Mistake(
            "f' between the layers forgotten",
            "Between the hidden layers the gradient passes through the weights alone. Each hidden layer "
            "also multiplies it by f'(a), and that factor is what chapter 2 is about.",
            _layer_wrong(activation="cache.output if layer == params.depth else 'identity'"),
        ),
        Mistake(
            "hidden activation used for the output",
            "The output layer is treated like a hidden one. It may have another activation: look into "
            "the cache for both names.",
            _layer_wrong(activation="cache.activation"),
        ),
        Mistake(
            "f' at the activation",
            "f' is evaluated at h, where f has been applied already. cache.a keeps the pre-activations "
            "for this very purpose.",
            _layer_wrong(a="cache.h[layer]"),
        ),
        Mistake(
            "weight of the wrong layer",
            "The gradient goes back through the weight of the layer below. The lists count from 0 and "
            "the layers from 1, and Python reads index -1 without complaint as the last layer.",
            _mlp_wrong(dh_prev="da_l @ params.weights[layer - 2]"),
        ),
        Mistake(
            "starts from y",
            "You start from the output y. What travels back is the gradient dL/dy, and it came in as dy; "
            "the outputs themselves have done their work in the loss.",
            _mlp_wrong(dh="[cache.h[-1]]"),
        ),
        Mistake(
            "layers returned last to first",
            "The gradients are in the order in which you found them, last layer first. dparams must have "
            "the order of params, so turn the lists round at the end.",
            _mlp_wrong(dparams="MLPParams(tuple(dweights), tuple(dbiases))"),
        ),
        Mistake(
            "a layer's output in place of its input",
            "The weight gradient uses what left the layer. A weight multiplies what came in, so dweight "
            "pairs da_l with the activations of the layer before, and cache.h starts with the input x.",
            _mlp_wrong(dweight="da_l.T @ cache.h[layer]"),
        ),
        Mistake(
            "bias gradients not summed",
            "The bias gradients still have a row for every example. One and the same bias was added to "
            "all of them, so their contributions add up.",
            _mlp_wrong(dbias="da_l", dparams="MLPParams(tuple(dweights[::-1]), tuple(dbiases[::-1]))"),
        ),
        Mistake(
            "bias gradients averaged over the batch",
            "The bias gradients are means over the batch, and sums are needed. The 1/B of the loss is "
            "already in dy.",
            _mlp_wrong(dbias="da_l.mean(axis=0)"),
        ),
    ),
)

EXERCISES = (MLP_BACKWARD,)
