"""The explorers of the chapters on feed-forward networks; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.activations import sigmoid_prime
from lstm_course.explorers import Explorer
from lstm_course.figures import (
    plot_chain_factor,
    plot_descent,
    plot_norms,
    plot_tiny_net,
    scientific,
    signed,
    subscript,
)
from lstm_course.gradient_flow import explosion_interval, gain_per_layer, gradient_norms
from lstm_course.initializers import normal
from lstm_course.network import init_mlp, mlp_backward, mlp_forward
from lstm_course.optim import sgd_step
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward

WORKED_NET = TinyNet(w1=0.15, w2=0.20, w3=0.25, w4=0.30, w5=0.40, w6=0.45, w7=0.50, w8=0.55, b1=0.35, b2=0.60)
WORKED_X, WORKED_T = (0.05, 0.10), (0.01, 0.99)


def tiny_net() -> Explorer:
    """The 2-2-2 network: what each weight's gradient does when an input, a target or a weight moves."""

    def run(x1, x2, t1, t2, **weights):
        net = TinyNet(**weights)
        trace = tiny_forward(net, (float(x1), float(x2)), (float(t1), float(t2)))
        return net, trace, *tiny_backward(net, trace)

    def draw(**values):
        net, trace, gradient, _ = run(**values)
        return plot_tiny_net(net, trace, gradient).figure

    def say(**values):
        _, trace, gradient, terms = run(**values)
        return (
            f"Loss {trace.loss:.4f}. ∂L/∂w₅ = {signed(gradient.w5, 6)}; "
            f"∂L/∂w₁ = {signed(gradient.w1, 6)}, of which {signed(terms.w1_via_y1, 6)} through y₁ "
            f"and {signed(terms.w1_via_y2, 6)} through y₂."
        )

    weights = vars(WORKED_NET)
    kinds = {"w": "weight", "b": "bias"}
    return Explorer(
        draw,
        say=say,
        alt="A network of two inputs, two hidden units and two outputs. Each node shows its value, each "
        "edge its weight and the derivative of the loss by that weight; thick edges have large "
        "derivatives, blue ones positive, orange ones negative.",
        values={
            "x1": (0.0, 0.05, 0.5, 1.0, 2.0),
            "t1": (0.01, 0.25, 0.5, 0.75, 0.99),
            "w5": (-4.0, -2.0, 0.0, 0.4, 2.0, 4.0),
        },
        start={
            "x1": 0.05, "t1": 0.01, "x2": 0.10, "t2": 0.99,
            **{name: value for name, value in weights.items()},
        },
        labels={"x1": "input x₁", "x2": "input x₂", "t1": "target t₁", "t2": "target t₂"}
        | {name: f"{kinds[name[0]]} {name[0]}{subscript(int(name[1]))}" for name in weights},
        live={"x2": (-2, 2, 0.05), "t2": (0.01, 0.99, 0.01)}
        | {name: (-6.0, 6.0, 0.05) for name in weights if name != "w5"},
        caption="Edges carry the weight and, below it, ∂L/∂w. Blue is positive, orange negative; the "
        "thicker, the larger.",
    )  # fmt: skip


def descent() -> Explorer:
    """One step of descent: how large it may be and still do what the gradient promises."""
    trace = tiny_forward(WORKED_NET, WORKED_X, WORKED_T)
    gradient, _ = tiny_backward(WORKED_NET, trace)
    slope = sum(value**2 for value in vars(gradient).values())
    rates = np.linspace(0, 40, 161)

    def loss_after(rate):
        net = sgd_step(WORKED_NET, gradient, rate) if rate > 0 else WORKED_NET
        return tiny_forward(net, WORKED_X, WORKED_T).loss

    losses = np.array([loss_after(rate) for rate in rates])

    def index(rate):
        return int(np.argmin(np.abs(rates - rate)))

    def say(rate):
        gain, promised = losses[0] - losses[index(rate)], slope * rate
        return (
            f"A step of η = {rate:g} lowers the loss by {gain:.4f}; the gradient promised {promised:.4f}, "
            f"so {gain / promised:.0%} of it came true."
        )

    return Explorer(
        lambda rate: plot_descent(rates, losses, slope, index(rate)).figure,
        say=say,
        alt="The loss of the 2-2-2 network after one step of size eta along the negative gradient, beside "
        "the straight line that the gradient promises. They touch at zero and part as eta grows.",
        values={"rate": (0.25, 0.5, 1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40)},
        start={"rate": 0.5},
        labels={"rate": "step size η"},
    )


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
            "layers": (5, 10, 20, 40),
            "scale": (0.5, 1.0, 1.41, 2.0, 3.0, 4.0, 6.0, 10.15, 16.0),
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
