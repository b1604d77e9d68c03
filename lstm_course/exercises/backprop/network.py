"""Exercise of chapter 1: the backward pass of a network of any depth."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course._params import unchecked
from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw_network
from lstm_course.network import MLPParams, layer_backward, mlp_backward


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


def _mlp_by_layers(**changed):
    """`mlp_backward` with a line of `layer_backward` that computes something else."""
    backward = but(layer_backward, **changed)

    def wrong(params, cache, dy):
        dh, dweights, dbiases = dy, [], []
        for layer in range(params.depth, 0, -1):
            activation = cache.output if layer == params.depth else cache.activation
            below = params.weights[layer - 1], cache.h[layer - 1], cache.a[layer - 1]
            dh, dweight, dbias, _ = backward(*below, dh, activation)
            dweights.append(dweight)
            dbiases.append(dbias)
        return dh, unchecked(MLPParams, tuple(dweights[::-1]), tuple(dbiases[::-1]))

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
            "output activation used for every layer",
            "The hidden layers are treated like the output. They have cache.activation, the last one cache.output.",
            _layer_wrong(activation="cache.output"),
        ),
        Mistake(
            "the two activations exchanged",
            "You give the last layer cache.activation and the hidden ones cache.output. It is the other way round.",
            _layer_wrong(activation="cache.activation if layer == params.depth else cache.output"),
        ),
        Mistake(
            "f in place of f'",
            "The gradient is multiplied by the activation f(a), where the slope f'(a) is wanted.",
            _mlp_by_layers(
                da="dh * get_activation(activation).f(a)",
            ),
        ),
        Mistake(
            "no slope anywhere",
            "No layer multiplies by its slope: the gradient passes the weights alone. Each layer has a factor f'(a).",
            _layer_wrong(activation="'identity'"),
        ),
        Mistake(
            "h(1 − h) for every activation",
            "You take h(1 − h) at every layer, the slope of the sigmoid. The cache names the activations, and "
            "get_activation knows their slopes.",
            _mlp_by_layers(
                da="dh * get_activation(activation).f(a) * (1 - get_activation(activation).f(a))",
            ),
        ),
        Mistake(
            "dh sent down in place of the delta",
            "What goes down through the weights is dh, and it should be the delta: the slope belongs between h and a, "
            "before the weights are crossed.",
            _mlp_by_layers(dh_prev="dh @ weight"),
        ),
        Mistake(
            "dh in the weight gradients",
            "The weight gradients are built from dh, without the slope. A weight acts on a: take the delta.",
            _mlp_by_layers(dweight="dh.T @ h_prev"),
        ),
        Mistake(
            "dh in the bias gradients",
            "The bias gradients add up dh, without the slope. A bias is a part of a: take the delta.",
            _mlp_by_layers(dbias="dh.sum(axis=0)"),
        ),
        Mistake(
            "weight transposed on the way down",
            "The gradient goes down through the weights the wrong way round, which runs while they are square. In rows, "
            "forward was h Wᵀ, so back is da W.",
            _mlp_by_layers(dh_prev="da @ weight.T"),
        ),
        Mistake(
            "weight gradients transposed",
            "The weight gradients come out as (m, n). A gradient has the shape of its weight, (n, m).",
            _mlp_by_layers(dweight="h_prev.T @ da"),
        ),
        Mistake(
            "weight gradients averaged over the batch",
            "The weight gradients are divided by the batch size. The 1/B of the loss is already in dy.",
            _mlp_by_layers(dweight="da.T @ h_prev / da.dtype.type(len(da))"),
        ),
        Mistake(
            "first example only, in the biases",
            "The bias gradients are those of the first example. All examples share a bias: add over the rows.",
            _mlp_by_layers(dbias="da[0]"),
        ),
        Mistake(
            "last example only, in the biases",
            "The bias gradients are those of the last example. All examples share a bias: add over the rows.",
            _mlp_by_layers(dbias="da[-1]"),
        ),
        Mistake(
            "dx is the first layer's delta",
            "What you return as dx belongs to the first layer: the loop ends one product too early. It leads down to the "
            "input.",
            but(mlp_backward, return_="da[-1], dparams"),
            also=(but(mlp_backward, return_="dh[-2], dparams"),),
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
