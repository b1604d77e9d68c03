"""Exercises of chapter 2 on whole layers: the Jacobian of a network, and the gain theory predicts."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.activations import get_activation, sigmoid, sigmoid_prime
from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw_network
from lstm_course.gradient_flow import input_jacobian, layer_jacobians, mean_field_gain

# --- the Jacobian of a network ----------------------------------------------------------------------


def _sample_input_jacobian(rng, size):
    sizes, batch, row, activation, output, dtype = (
        ((2, 2), 2, 1, "sigmoid", "sigmoid", np.float64),
        ((2, 2, 2), 2, 1, "tanh", "sigmoid", np.float64),
        ((2, 2, 2, 2), 3, 2, "sigmoid", "identity", np.float64),
        ((3, 4, 2), 2, 0, "sigmoid", "tanh", np.float32),
        ((10, 20, 20, 20, 5), 6, 3, "tanh", "identity", np.float64),
    )[size]
    params, cache, _ = draw_network(rng, sizes, batch, activation, output, dtype)
    return params, cache, row


def _jacobian_wrong(**changed):
    """`input_jacobian` with a line of `layer_jacobians` that computes something else."""
    jacobians = but(layer_jacobians, **changed)

    def wrong(params, cache, row):
        return functools.reduce(lambda product, jacobian: jacobian @ product, jacobians(params, cache, row))

    return wrong


def _slopes_on_columns(params, cache, row):
    product = np.eye(params.weights[0].shape[1], dtype=params.weights[0].dtype)
    for layer, (weight, a) in enumerate(zip(params.weights, cache.a, strict=True), start=1):
        f = get_activation(cache.output if layer == params.depth else cache.activation)
        product = (weight * f.f_prime(a[row])) @ product
    return product


def _of_the_batch(slope):
    """The product with slopes that `slope` makes of f' and the pre-activations of all examples."""

    def wrong(params, cache, row):
        product = np.eye(params.weights[0].shape[1], dtype=params.weights[0].dtype)
        for layer, (weight, a) in enumerate(zip(params.weights, cache.a, strict=True), start=1):
            f = get_activation(cache.output if layer == params.depth else cache.activation)
            product = (slope(f.f_prime, a)[:, None] * weight) @ product
        return product

    return wrong


_slopes_averaged = _of_the_batch(lambda f_prime, a: f_prime(a).mean(axis=0))
_preactivations_averaged = _of_the_batch(lambda f_prime, a: f_prime(a.mean(axis=0)))


INPUT_JACOBIAN = Exercise(
    label="input-jacobian",
    prompt=(
        "Compute the Jacobian dy/dx of a network for one example of the batch, the product of the layers' "
        "Jacobians diag(f'(a_l)) W_l. Hidden layers use cache.activation, the last one cache.output."
    ),
    inputs=("params", "cache", "row"),
    outputs=("jacobian",),
    shapes=("(n_L, n_0)",),
    reference=input_jacobian,
    sample=_sample_input_jacobian,
    hints=(
        "Write the Jacobian of one layer first: its entry (i, j) is f'(a_i) W_ij, so the slopes scale rows.",
        "x passes through layer 1 first. Which end of the product does its Jacobian stand at?",
        "Take the slopes of the example `row` alone, and the output's own activation for the last layer.",
    ),
    mistakes=(
        Mistake(
            "product in the opposite order",
            "The layers are multiplied in the wrong order, which even runs while all layers are equally "
            "wide. x meets the first layer first, so J_1 stands at the right end of the product.",
            but(input_jacobian, product=(..., "product @ jacobian")),
        ),
        Mistake(
            "f' on the columns",
            "f' scales the columns of W, so you compute W diag(f'). The activation acts on what the "
            "layer puts out, and each output of the layer is a row of its Jacobian.",
            _slopes_on_columns,
        ),
        Mistake(
            "weights only",
            "This is the product of the weights alone, the Jacobian of a linear network. Each layer also "
            "contributes the slopes f'(a_l) of its neurons.",
            _jacobian_wrong(f_prime="np.ones_like"),
        ),
        Mistake(
            "always the first row",
            "You take the first example of the batch, whatever `row` says. Each example has its own "
            "pre-activations, and so a Jacobian of its own.",
            lambda params, cache, row: input_jacobian(params, cache, 0),
        ),
        Mistake(
            "slopes averaged over the batch",
            "You average the slopes over the examples. Each example has slopes of its own; the Jacobian of `row` is made of "
            "those.",
            _slopes_averaged,
        ),
        Mistake(
            "pre-activations averaged over the batch",
            "You average the pre-activations over the examples. Each example has its own; take those of `row`.",
            _preactivations_averaged,
        ),
        Mistake(
            "Jacobians averaged over the batch",
            "This is the mean of the Jacobians of all examples. Asked for is that of `row`.",
            lambda params, cache, row: (
                sum(input_jacobian(params, cache, each) for each in range(len(cache.h[0])))
                / params.weights[0].dtype.type(len(cache.h[0]))
            ),
        ),
        Mistake(
            "f' at the activation",
            "f' is evaluated at h_l, where f has been applied already. Its argument is the pre-activation, "
            "in cache.a.",
            _jacobian_wrong(a="cache.h[layer]"),
        ),
        Mistake(
            "hidden activation used for the output",
            "The last layer is treated like a hidden one. Its activation has a name of its own in the cache.",
            _jacobian_wrong(f_prime="get_activation(cache.activation).f_prime"),
        ),
        Mistake(
            "output's activation used everywhere",
            "Every layer is treated like the last one. The hidden layers have an activation of their own, "
            "cache.activation.",
            _jacobian_wrong(f_prime="get_activation(cache.output).f_prime"),
        ),
        Mistake(
            "slope of the output left out",
            "The last layer's slopes are missing. It may have an activation too, cache.output.",
            _jacobian_wrong(
                f_prime="get_activation(cache.activation).f_prime if layer < params.depth else np.ones_like"
            ),
        ),
        Mistake(
            "the sigmoid's slope everywhere",
            "You take the sigmoid's slope in every layer. Which activation a layer has stands in the cache.",
            _jacobian_wrong(f_prime='get_activation("sigmoid").f_prime'),
        ),
    ),
)

# --- the gain that theory predicts ------------------------------------------------------------------

_NODES = np.linspace(-8, 8, 801)
_DENSITY = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()


def _sample_mean_field_gain(rng, size):
    return ((100, 0.1), (25, 0.3), (9, 0.1), (400, 0.2))[size]


def _mean_field_wrong(
    *,
    scale=lambda n, s: n * s**2,
    settle=lambda q, scale: scale * float(_DENSITY @ sigmoid(np.sqrt(q) * _NODES) ** 2),
    slope=lambda a: sigmoid_prime(a) ** 2,
    root=np.sqrt,
    steps=30,
):
    """`mean_field_gain` with one line written differently, on a coarser grid."""

    def wrong(width, weight_std):
        variance, q = scale(width, weight_std), 1.0
        for _ in range(steps):
            q = settle(q, variance)
        return float(root(variance * (_DENSITY @ slope(np.sqrt(q) * _NODES))))

    return wrong


MEAN_FIELD_GAIN = Exercise(
    label="mean-field-gain",
    level="hard",
    prompt=(
        "For a wide sigmoid layer without bias, iterate q = n s² E[σ(√q u)²] from q = 1 until it settles, "
        "then return the gain √(n s² E[σ'(√q u)²]), u standard normal. Any quadrature that is good to "
        "three digits will do; random sampling rarely is."
    ),
    inputs=("width", "weight_std"),
    outputs=("gain",),
    reference=functools.partial(mean_field_gain, iterations=30),  # settled to the last digit by then
    sample=_sample_mean_field_gain,
    sizes=4,
    rtol=1e-3,
    hints=(
        "An expectation over a standard normal u is a weighted mean: a grid of u from −8 to 8 with weights "
        "exp(−u²/2), divided by their sum.",
        "First let q settle, some thirty rounds of its own equation. Only then take the slope's expectation.",
        "Inside the functions stands √q u, a normal number of variance q.",
    ),
    mistakes=(
        Mistake(
            "square root forgotten",
            "This is the growth of the squared norm. The gain is that of the norm itself, so a root is "
            "left to take.",
            _mean_field_wrong(root=lambda squared: squared),
        ),
        Mistake(
            "f instead of f'",
            "The last expectation is over σ², as in the forward pass. A gradient is scaled by the slopes "
            "of the neurons, not by their activations.",
            _mean_field_wrong(slope=lambda a: sigmoid(a) ** 2),
        ),
        Mistake(
            "variance not iterated",
            "You stay with q = 1. The variance of the pre-activations settles at a value that depends on "
            "n s²; feed it back into its own equation until it no longer moves.",
            _mean_field_wrong(steps=0),
        ),
        Mistake(
            "standard deviation not squared",
            "The formula has n s, and the theory asks for n s². Variances of independent terms add up, "
            "and the variance of a weight is s².",
            _mean_field_wrong(scale=lambda n, s: n * s),
        ),
        Mistake(
            "f' not squared",
            "The expectation is over σ', and σ'² is needed. Norms are roots of sums of squares, so it is "
            "the squared factors that are averaged.",
            _mean_field_wrong(slope=sigmoid_prime),
        ),
        Mistake(
            "largest slope everywhere",
            "You take ¼ for every slope, its value at 0. The pre-activations spread with variance q, and away from 0 the "
            "slope is smaller.",
            _mean_field_wrong(slope=lambda a: np.full_like(a, 1 / 16)),
        ),
        Mistake(
            "average squared in the equation of q",
            "You square the average of σ. It is the square that is averaged: E[σ²], not E[σ]².",
            _mean_field_wrong(
                settle=lambda q, scale: scale * float(_DENSITY @ sigmoid(np.sqrt(q) * _NODES)) ** 2
            ),
        ),
        Mistake(
            "average squared in the gain",
            "You square the average of σ'. It is the square that is averaged: E[σ'²], not E[σ']².",
            lambda width, weight_std: (
                _mean_field_wrong(slope=sigmoid_prime, root=float)(width, weight_std)
                / (np.sqrt(width) * weight_std)
            ),
        ),
        Mistake(
            "weights that do not add up to one",
            "Your averages are too large by √(2π): the weights do not add up to 1. Divide them by their sum.",
            _mean_field_wrong(
                settle=lambda q, scale: (
                    scale * float(_DENSITY @ sigmoid(np.sqrt(q) * _NODES) ** 2) * np.sqrt(2 * np.pi)
                ),
                slope=lambda a: np.sqrt(2 * np.pi) * sigmoid_prime(a) ** 2,
            ),
        ),
        Mistake(
            "standard deviation for variance",
            "You scale u by q, the variance. A standard normal u becomes one of variance q when it is "
            "multiplied by the standard deviation √q.",
            lambda width, weight_std: _with_variance_as_scale(width * weight_std**2),
        ),
    ),
)


def _with_variance_as_scale(variance):
    q = 1.0
    for _ in range(30):
        q = variance * float(_DENSITY @ sigmoid(q * _NODES) ** 2)
    return float(np.sqrt(variance * (_DENSITY @ sigmoid_prime(q * _NODES) ** 2)))
