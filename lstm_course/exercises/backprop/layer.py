"""Exercise of chapter 1: the backward pass of one layer."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.network import layer_backward


def _sample_layer_backward(rng, size):
    batch, n, m, activation, dtype = (
        (3, 2, 2, "sigmoid", np.float64),
        (2, 3, 3, "tanh", np.float64),
        (1, 1, 3, "sigmoid", np.float64),
        (2, 3, 2, "tanh", np.float32),
        (4, 3, 5, "relu", np.float64),
        (32, 24, 16, "sigmoid", np.float64),
    )[size]
    weight, h_prev = draw(rng, n, m, dtype=dtype), draw(rng, batch, m, dtype=dtype)
    return weight, h_prev, draw(rng, batch, n, dtype=dtype), draw(rng, batch, n, dtype=dtype), activation


def _without_last(weight, h_prev, a, dh, activation):
    kept = np.arange(len(dh))[:, None] < len(dh) - 1
    return layer_backward(weight, h_prev, a, np.where(kept, dh, 0).astype(dh.dtype), activation)


LAYER_BACKWARD = Exercise(
    label="layer-backward",
    prompt=(
        "Send dL/dh back through one layer a = h_prev Wᵀ + b, h = f(a): return the gradients with respect "
        "to h_prev, the weight, the bias and a. get_activation(activation).f_prime is f'."
    ),
    inputs=("weight", "h_prev", "a", "dh", "activation"),
    outputs=("dh_prev", "dweight", "dbias", "da"),
    shapes=("(B, m)", "(n, m)", "(n)", "(B, n)"),
    reference=layer_backward,
    sample=_sample_layer_backward,
    sizes=6,
    hints=(
        "Begin with da, the layer's delta: what stands between a and what left the layer?",
        "The other three are built from da alone, with the weight or with what came in. Write the shapes beside "
        "each product: there is one order and one transpose that fits.",
        "The bias is shared by all rows of the batch, and so is the weight: sharing adds. The matrix product adds "
        "over the rows by itself; for the bias you say so.",
    ),
    mistakes=(
        Mistake(
            "f' at the activation",
            "f' is evaluated at h = f(a), so f is applied once too often. f_prime expects the "
            "pre-activation, and a is among your arguments.",
            but(
                layer_backward,
                da="dh * get_activation(activation).f_prime(get_activation(activation).f(a))",
            ),
        ),
        Mistake(
            "f' left out",
            "The gradient goes past the activation without noticing it: da equals dh. Between a and h "
            "stands f, so the chain rule asks for a factor f'(a), entry by entry.",
            but(layer_backward, da="dh"),
        ),
        Mistake(
            "f' of the sigmoid for every activation",
            "Right for the sigmoid, and wrong for any other activation: σ' is built in. The argument "
            "activation says which f this layer uses.",
            but(layer_backward, da="dh * get_activation('sigmoid').f_prime(a)"),
        ),
        Mistake(
            "h(1 − h) for every activation",
            "h(1 − h), with h = f(a), is the slope of the sigmoid only. The argument activation says which f this "
            "layer uses, and f_prime knows its slope.",
            but(
                layer_backward,
                da="dh * get_activation(activation).f(a) * (1 - get_activation(activation).f(a))",
            ),
        ),
        Mistake(
            "1 − h² for every activation",
            "1 − h², with h = f(a), is the slope of tanh only. The argument activation says which f this layer uses, "
            "and f_prime knows its slope.",
            but(layer_backward, da="dh * (1 - get_activation(activation).f(a) ** 2)"),
        ),
        Mistake(
            "a(1 − a) for the slope",
            "a(1 − a) is made of the pre-activation. The formula h(1 − h) takes the activation, and it is the "
            "sigmoid's only: f_prime(a) holds for any f.",
            but(layer_backward, da="dh * a * (1 - a)"),
        ),
        Mistake(
            "f in place of f'",
            "da is dh times f(a), the activation itself. The factor is the slope, f'(a).",
            but(layer_backward, da="dh * get_activation(activation).f(a)"),
        ),
        Mistake(
            "divided by the slope",
            "You divide by f'(a). A gradient passes a function by being multiplied by its slope.",
            but(layer_backward, da="dh / get_activation(activation).f_prime(a)"),
        ),
        Mistake(
            "slope of the layer below",
            "dh_prev holds the slope at h_prev as well. That belongs to the layer below, which takes it when its turn "
            "comes, at its own pre-activation.",
            but(layer_backward, dh_prev="(da @ weight) * get_activation(activation).f_prime(h_prev)"),
        ),
        Mistake(
            "last example left out",
            "The last row of the batch is missing everywhere: your loop does not get there.",
            _without_last,
        ),
        Mistake(
            "last example only, in the weights",
            "dweight holds the last example alone: each one overwrites the one before. Their shares add.",
            but(layer_backward, dweight="da[-1:].T @ h_prev[-1:]"),
        ),
        Mistake(
            "first example only, in the weights",
            "dweight holds the first example alone. All examples share the weight, so their shares add.",
            but(layer_backward, dweight="da[:1].T @ h_prev[:1]"),
        ),
        Mistake(
            "last example only, in the bias",
            "dbias holds the last example alone: each one overwrites the one before. Their shares add.",
            but(layer_backward, dbias="da[-1]"),
        ),
        Mistake(
            "first example only, in the bias",
            "dbias holds the first example alone. All examples share the bias, so their shares add.",
            but(layer_backward, dbias="da[0]"),
        ),
        Mistake(
            "weight transposed on the way back",
            "dh_prev is built with the weight the wrong way round, which even runs while the matrix is "
            "square. Write the shapes beside the product: da is (B, n), dh_prev must be (B, m), and the "
            "weight is (n, m).",
            but(layer_backward, dh_prev="da @ weight.T"),
        ),
        Mistake(
            "weight gradient averaged over the batch",
            "dweight is divided by the batch size. The 1/B already sits in dh, because the loss is the "
            "mean; a layer only adds up what its examples contribute.",
            but(layer_backward, dweight="da.T @ h_prev / da.dtype.type(len(da))"),
        ),
        Mistake(
            "weight gradient transposed",
            "dweight comes out as (m, n). A gradient has the shape of what it belongs to, and the weight "
            "is (n, m): the row says to which neuron a weight leads.",
            but(layer_backward, dweight="h_prev.T @ da"),
        ),
        Mistake(
            "bias gradient not summed",
            "dbias still has a row for every example. One and the same bias was added to all of them, so "
            "their contributions add up.",
            but(layer_backward, dbias="da"),
        ),
        Mistake(
            "bias gradient averaged over the batch",
            "dbias is the mean over the batch where the sum is needed. The 1/B already sits in dh, and "
            "here it is taken a second time.",
            but(layer_backward, dbias="da.mean(axis=0)"),
        ),
        Mistake(
            "dh_prev from dh instead of da",
            "dh_prev is computed from dh, so this path skips the activation. What passes back through the "
            "weights is the gradient at their output, and that is a, not h.",
            but(layer_backward, dh_prev="dh @ weight"),
        ),
        Mistake(
            "dweight from dh instead of da",
            "dweight is built from dh, so it does not know of f. A weight acts on a, and the derivative by a is da.",
            but(layer_backward, dweight="dh.T @ h_prev"),
        ),
        Mistake(
            "dbias from dh instead of da",
            "dbias adds up dh, which belongs to what left the layer. A bias is a part of a: add up da.",
            but(layer_backward, dbias="dh.sum(axis=0)"),
        ),
        Mistake(
            "summed over the units",
            "dbias adds over the units and keeps the examples. There is one bias a unit, shared by all examples: the "
            "sum runs over the rows.",
            but(layer_backward, dbias="da.sum(axis=1)"),
        ),
        Mistake(
            "a in place of f' at a",
            "da is dh times a itself. The factor is how fast f rises at a, and not where it stands.",
            but(layer_backward, da="dh * a"),
        ),
    ),
)

EXERCISES = (LAYER_BACKWARD,)
