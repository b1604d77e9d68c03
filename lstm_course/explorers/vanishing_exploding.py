"""The explorers of the chapter on gradients that vanish and explode; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.activations import sigmoid_prime
from lstm_course.explorers import Explorer
from lstm_course.figures import (
    plot_chain_factor,
    plot_several_networks,
    plot_way_back,
    scientific,
    signed,
)
from lstm_course.gradient_flow import explosion_interval, gain_per_layer, gradient_norms
from lstm_course.initializers import normal
from lstm_course.network import init_mlp, mlp_backward, mlp_forward

VERDICTS = ("vanishes", "survives", "explodes")
LIMIT = 1e3  # a gradient that shrinks or grows by more than this has vanished or exploded


def way_back(width, layers, std, activation, rng, batch):
    """Norms of the gradient at layers 0 to L of one random network, 1 at the output.

    Parameters
    ----------
    width, layers : int
        Neurons a layer, and L.
    std : float
        Standard deviation of the weights, s.
    activation : str
        Of every layer.
    rng : numpy.random.Generator
        Draws the weights, the inputs and the gradient at the output, in this order.
    batch : int
        Number of inputs.

    Returns
    -------
    numpy.ndarray, shape (L+1,)
    """
    params = init_mlp([width] * (layers + 1), rng, initializer=lambda shape, rng: normal(shape, rng, std=std))
    y, cache = mlp_forward(
        params, rng.standard_normal((batch, width)), activation=activation, output=activation
    )
    dy = rng.standard_normal(y.shape)
    _, _, flow = mlp_backward(params, cache, dy / np.linalg.norm(dy))
    return gradient_norms(flow)


def depth(*, seed: int = 7) -> Explorer:
    """Depth, weight scale and activation: when the gradient survives the way back.

    Parameters
    ----------
    seed : int
        Of the networks that are drawn.
    """
    width = 64

    @cache
    def norms(layers, scale, activation):
        std = scale / np.sqrt(width)
        return way_back(width, layers, std, activation, np.random.default_rng(seed), 16)

    def draw(layers, scale, activation):
        return plot_way_back(norms(layers, scale, activation)).figure

    def say(layers, scale, activation):
        values = norms(layers, scale, activation)
        if values[0] == 0:
            return f"{layers} layers of {activation}, weight scale {scale:g}: nothing at all arrives at the input."
        verdict = VERDICTS[int(values[0] >= 1 / LIMIT) + int(values[0] > LIMIT)]
        return (
            f"{layers} layers of {activation}, weight scale {scale:g}: of a gradient of norm 1 the input "
            f"receives {scientific(values[0])}, a factor {gain_per_layer(values):.2f} a layer. It {verdict}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norm of the gradient at each layer of a random network of 64 neurons a layer, on a logarithmic "
        "axis. The line starts at 1 at the output on the right and falls or rises towards the input on the left.",
        values={
            "layers": (10, 20),
            "activation": ("sigmoid", "tanh", "relu"),
            "scale": (0.71, 1.0, 1.41, 2.0, 2.83, 4.0, 5.66, 8.0, 11.3, 16.0),
        },
        start={"layers": 20, "activation": "sigmoid", "scale": 1.0},
        labels={"layers": "number of layers", "activation": "activation", "scale": "weight scale s√n"},
        caption="One random network for each setting, of 64 neurons a layer, with 16 inputs. From one stop of the "
        "weight scale to the next it grows by a factor √2.",
    )


def explosion() -> Explorer:
    """One sigmoid neuron: the weights and inputs at which it enlarges the gradient."""
    x = np.linspace(-3, 3, 241)

    def factor(w, b):
        return np.abs(w * sigmoid_prime(w * x + b))

    def say(w, b):
        interval = explosion_interval(w, b)
        if interval is None:
            return f"w = {w:g}: the factor is at most |w|/4 = {abs(w) / 4:.2f}. It reaches 1 for no input."
        left, right = interval
        if left == right:
            return (
                f"w = {w:g}, b = {signed(b, 0)}: the factor reaches 1 at a single input, {signed(left, 3)}."
            )
        return (
            f"w = {w:g}, b = {signed(b, 0)}: the factor is 1 or more for inputs from {signed(left, 3)} "
            f"to {signed(right, 3)} only, a window of width {right - left:.3f}."
        )

    return Explorer(
        lambda w, b: plot_chain_factor(w, b, x, factor(w, b), explosion_interval(w, b)).figure,
        say=say,
        alt="The factor |w σ′(wx + b)| against the input x: a bell whose height is |w|/4. The inputs at which it "
        "is 1 or more are shaded.",
        values={"w": tuple(map(float, range(2, 13))), "b": (-6.0, -3.0, 0.0, 3.0, 6.0)},
        start={"w": 7.0, "b": 0.0},
        labels={"w": "weight w", "b": "bias b"},
        caption="A negative weight mirrors the picture, and changes no width.",
    )


def paths(*, networks: int = 10) -> Explorer:
    """Neurons per layer and size of the weights: sigmoid networks of twelve layers, ten of each kind.

    Parameters
    ----------
    networks : int
        How many are drawn for each setting.
    """
    layers = 12

    @cache
    def norms(n, s):
        rows = [
            way_back(n, layers, s, "sigmoid", np.random.default_rng([n, k]), 8)[1:] for k in range(networks)
        ]
        return np.array(rows)

    def say(n, s):
        values = norms(n, s)
        gains = [gain_per_layer(row) for row in values]
        grown = sum(gain > 1 for gain in gains)
        typical = float(np.exp(np.mean(np.log(gains))))
        return (
            f"{n} neuron{'s' * (n > 1)} a layer, s = {s:g}: a factor {typical:.2f} a layer, typically. In "
            f"{grown} of {networks} networks the gradient grows on its way back."
        )

    return Explorer(
        lambda n, s: plot_several_networks(norms(n, s)).figure,
        say=say,
        alt="Norm of the gradient at each of twelve layers for ten random sigmoid networks, on a logarithmic axis. "
        "All begin at 1 at the last layer, on the right. With few neurons a layer they fall towards the first layer, "
        "and scatter; with many they lie close together, and with large weights they rise.",
        values={"n": (1, 4, 16, 64, 256), "s": (0.25, 0.5, 1.0, 2.0, 4.0)},
        start={"n": 1, "s": 1.0},
        labels={"n": "neurons a layer n", "s": "standard deviation s"},
        caption="Weights from N(0, s²), no biases. Each stop of n is four times the one before, each stop of s twice.",
    )
