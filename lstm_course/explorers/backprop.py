"""The explorers of the chapter on backpropagation; the mathematics is in the package."""

from __future__ import annotations

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import (
    plot_descent,
    plot_mixer,
    plot_tiny_net,
    plot_two_paths,
    slope_text,
    subscript,
)
from lstm_course.nodes import add_backward, copy_backward, multiply_backward
from lstm_course.optim import sgd_step
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward

WORKED_NET = TinyNet(w1=0.15, w2=0.20, w3=0.25, w4=0.30, w5=0.40, w6=0.45, w7=0.50, w8=0.55, b1=0.35, b2=0.60)
WORKED_X, WORKED_T = (0.05, 0.10), (0.01, 0.99)


def _run(x1=WORKED_X[0], x2=WORKED_X[1], t1=WORKED_T[0], t2=WORKED_T[1], **weights):
    """Forward and backward pass of the worked example with some of its numbers changed."""
    net = TinyNet(**{**vars(WORKED_NET), **weights})
    trace = tiny_forward(net, (float(x1), float(x2)), (float(t1), float(t2)))
    return net, trace, *tiny_backward(net, trace)


def tiny_net() -> Explorer:
    """The 2-2-2 network: what each weight's derivative does when an input, a target or a weight moves."""

    def draw(**values):
        net, trace, gradient, _ = _run(**values)
        return plot_tiny_net(net, trace, gradient).figure

    def say(**values):
        _, trace, gradient, _ = _run(**values)
        slopes = [value for name, value in vars(gradient).items() if name[0] == "w"]
        up, down, rest = sum(v > 0 for v in slopes), sum(v < 0 for v in slopes), sum(v == 0 for v in slopes)
        idle = f", {rest} make no difference" if rest else ""
        return (
            f"The outputs are {trace.y1:.3f} and {trace.y2:.3f}, the loss is {trace.loss:.4f}. To lower it, "
            f"{up} of the eight weights should come down and {down} go up{idle}. By w₅ the loss has the derivative "
            f"{slope_text(gradient.w5)}, by w₁ {slope_text(gradient.w1)}."
        )

    weights = vars(WORKED_NET)
    kinds = {"w": "weight", "b": "bias"}
    return Explorer(
        draw,
        say=say,
        alt="A network of two inputs, two hidden units and two outputs. Each circle holds its value; beside each "
        "line stands its weight's name and the derivative of the loss by that weight. Thick lines have large "
        "derivatives; blue ones are positive, orange ones negative, dotted grey ones zero.",
        values={
            "x1": (0.0, 0.05, 1.0),
            "t1": (0.01, 0.5, 0.99),
            "w5": (-0.8, -0.4, 0.0, 0.4, 0.8, 1.2),
        },
        start={
            "x1": 0.05, "t1": 0.01, "w5": 0.4, "x2": 0.10, "t2": 0.99,
            **{name: value for name, value in weights.items() if name != "w5"},
        },
        labels={"x1": "input x₁", "x2": "input x₂", "t1": "first target", "t2": "second target"}
        | {name: f"{kinds[name[0]]} {name[0]}{subscript(int(name[1]))}" for name in weights},
        live={"x2": (-2, 2, 0.05), "t2": (0.01, 0.99, 0.01)}
        | {name: (-6.0, 6.0, 0.05) for name in weights if name != "w5"},
        caption="Beside each line: how fast the loss grows with its weight. Blue: it grows; orange: it falls; dotted "
        "grey: it does not move. The thickness follows the logarithm of the size. b₁ belongs to both hidden units, "
        "b₂ to both outputs.",
    )  # fmt: skip


def two_paths() -> Explorer:
    """The two paths from w₁ to the loss: their factors, their products, and the sum."""

    def draw(w5, t2):
        net, trace, _, terms = _run(w5=w5, t2=t2)
        return plot_two_paths(net, trace, terms).figure

    def say(w5, t2):
        _, _, gradient, terms = _run(w5=w5, t2=t2)
        first, second = terms.w1_via_y1, terms.w1_via_y2
        verdict = "is cut" if first == 0 else "agree" if first * second > 0 else "pull against each other"
        who = "The first path" if first == 0 else "The two paths"
        return (
            f"{who} {verdict}: {slope_text(first, 6)} through y₁ and {slope_text(second, 6)} through y₂ make "
            f"{slope_text(gradient.w1, 6)}. The derivative by w₅ itself is {slope_text(gradient.w5)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Two paths lead from w1 over the hidden unit h1 to the loss, one through each output. At each line and "
        "circle stands the factor that arises there; below, bars show the two products and their sum.",
        values={"w5": (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), "t2": (0.01, 0.5, 0.99)},
        start={"w5": 0.4, "t2": 0.99},
        labels={"w5": "weight w₅", "t2": "second target"},
        caption="The derivative by w₁ is the product of the factors along each path, added over the two. Blue bars are "
        "positive, orange ones negative, all on one scale.",
    )


def mixer() -> Explorer:
    """Forward and backward through p = z u + (1 − z) v, node by node."""

    def nodes(z, u, v, dp=1.0):
        du_up, dv_down = add_backward(dp)
        du, dz_up = multiply_backward(u, z, du_up)
        dv, dz_turned = multiply_backward(v, 1 - z, dv_down)
        dz_down = -dz_turned  # the slope of 1 − z
        dz = copy_backward(dz_up, dz_down)
        named = {"dp": dp, "du": du, "dv": dv, "dz": dz}
        named |= {"dz_up": dz_up, "dz_down": dz_down, "dz_turned": dz_turned}
        return {name: float(value) + 0.0 for name, value in named.items()}  # 0.0: no minus before a zero

    def say(z, u, v):
        d = nodes(z, u, v)
        return (
            f"p = {z * u + (1 - z) * v:.4g}".replace("-", "−")
            + f". Of a derivative of 1 at p, u gets {d['du']:g} and v gets {d['dv']:g}; the two copies of z hear "
            + f"{slope_text(d['dz_up'], 2)} and {slope_text(d['dz_down'], 2)}, together {slope_text(d['dz'], 2)}."
        )

    return Explorer(
        lambda z, u, v: plot_mixer(u, v, z, nodes(z, u, v)).figure,
        say=say,
        alt="A graph: z is copied; one copy is multiplied by u, the other is turned into 1 minus z and multiplied by "
        "v; the two products are added and give p. On every line stands its value and below it the derivative.",
        values={"z": (0.0, 0.25, 0.5, 0.75, 1.0), "u": (-1.0, 0.5, 2.0), "v": (-1.0, 0.5, 2.0)},
        start={"z": 0.75, "u": 2.0, "v": -1.0},
        labels={"z": "mixing share z", "u": "u", "v": "v"},
        caption="On each line: the value on its way forward, and below it, with an arrow, the derivative on its way "
        "back. The dot is a copy. At p the derivative is set to 1.",
    )


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
        after, promised = losses[index(rate)], losses[0] - slope * rate
        moved = "lowers" if after < losses[0] else "raises"
        promise = (
            f"the gradient promised {promised:.4f}"
            if promised >= 0
            else "the gradient promised less than 0, which no squared error can be"
        )
        return f"A step of η = {rate:g} {moved} the loss from {losses[0]:.4f} to {after:.4f}; {promise}."

    return Explorer(
        lambda rate: plot_descent(rates, losses, slope, index(rate)).figure,
        say=say,
        alt="The loss of the 2-2-2 network after one step of size eta along the negative gradient, beside "
        "the straight line that the gradient promises. They touch at zero and part as eta grows.",
        values={"rate": tuple(range(1, 41))},
        start={"rate": 1},
        labels={"rate": "step size η"},
        caption="The full dot is the loss after the step, the ring what the gradient promised; where the promise falls "
        "below zero, a triangle stands on the axis instead.",
    )
