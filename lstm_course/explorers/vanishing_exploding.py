"""The explorers of the chapter on gradients that vanish and explode; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.activations import sigmoid_prime
from lstm_course.explorers import Explorer
from lstm_course.figures import (
    plot_chain_factor,
    plot_norms,
    scientific,
    signed,
)
from lstm_course.gradient_flow import explosion_interval, gain_per_layer, gradient_norms
from lstm_course.initializers import normal
from lstm_course.network import init_mlp, mlp_backward, mlp_forward


def depth() -> Explorer:
    """Depth, weight scale and activation: when the gradient survives the way back."""
    width, seed = 64, 7

    @cache
    def norms(layers, scale, activation):
        rng = np.random.default_rng(seed)

        def scaled(shape, rng):
            return normal(shape, rng, std=scale / np.sqrt(shape[1]))

        params = init_mlp([width] * (layers + 1), rng, initializer=scaled)
        y, cache = mlp_forward(
            params, rng.standard_normal((16, width)), activation=activation, output=activation
        )
        dy = rng.standard_normal(y.shape)
        _, _, flow = mlp_backward(params, cache, dy / np.linalg.norm(dy))
        return gradient_norms(flow)

    def draw(layers, scale, activation):
        ax = plot_norms({activation: norms(layers, scale, activation)}, floor=-24, ceiling=12, step=6)
        ax.set_xlim(0, 40)
        ax.axhline(0, color="#5b6675", lw=0.8)
        return ax.figure

    def say(layers, scale, activation):
        values = norms(layers, scale, activation)
        if values[0] == 0:
            return f"{layers} layers of {activation}, weight scale {scale:g}: nothing at all arrives at the input."
        gain = gain_per_layer(values)
        verdict = "vanishes" if values[0] < 1e-3 else "explodes" if values[0] > 1e3 else "survives"
        return (
            f"{layers} layers of {activation}, weight scale {scale:g}: of a gradient of norm 1 the input "
            f"receives {scientific(values[0])}, a factor {gain:.2f} a layer. It {verdict}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norm of the gradient at each layer of a random network of 64 neurons a layer, on a logarithmic "
        "axis. The line starts at 1 at the output on the right and falls or rises towards the input on the left.",
        values={
            "layers": (5, 20, 40),
            "scale": (0.5, 1.0, 1.41, 4.0, 10.15, 16.0),
            "activation": ("sigmoid", "tanh", "relu"),
        },
        start={"layers": 20, "scale": 1.0, "activation": "sigmoid"},
        labels={"layers": "number of layers", "scale": "weight scale s", "activation": "activation"},
        caption="Weights are normal with standard deviation s/√n, n = 64 neurons a layer. Read it from "
        "right, the output, to left, the input.",
    )


def explosion() -> Explorer:
    """One sigmoid neuron: the weights and inputs at which it enlarges the gradient."""
    x = np.linspace(-3, 3, 241)

    def factor(w, b):
        return np.abs(w * sigmoid_prime(w * x + b))

    def say(w, b):
        interval = explosion_interval(w, b)
        if interval is None:
            return f"w = {signed(w, 1)}: the factor is at most |w|/4 = {abs(w) / 4:.2f}. No input explodes."
        left, right = interval
        return (
            f"w = {signed(w, 1)}, b = {signed(b, 0)}: the factor exceeds 1 for inputs from {signed(left, 3)} "
            f"to {signed(right, 3)} only, a window of width {right - left:.3f}."
        )

    return Explorer(
        lambda w, b: plot_chain_factor(w, b, x, factor(w, b), explosion_interval(w, b)).figure,
        say=say,
        alt="The factor |w σ′(wx + b)| against the input x: a bell whose height is |w|/4. The inputs at which it "
        "exceeds 1 are shaded; the shaded window is never wider than 0.45.",
        values={
            "w": (-12.0, -6.9, 2.0, 4.0, 4.5, 5.0, 6.0, 6.9, 8.0, 10.0, 12.0),
            "b": (-6.0, -3.0, 0.0, 3.0, 6.0),
        },
        start={"w": 6.9, "b": 0.0},
        labels={"w": "weight w", "b": "bias b"},
    )
