"""The explorers of the chapter on backpropagation; the mathematics is in the package."""

from __future__ import annotations

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import (
    plot_descent,
    plot_tiny_net,
    signed,
    subscript,
)
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
            "x1": (0.0, 0.05, 1.0),
            "t1": (0.01, 0.5, 0.75, 0.99),
            "w5": (-4.0, -2.0, 0.0, 0.4, 4.0),
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
