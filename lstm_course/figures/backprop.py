"""The drawings of the chapter on backpropagation."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    log10,
    new_axes,
    powers_of_ten,
    signed,
    styled,
    subscript,
)


@styled
def plot_tiny_net(net, trace, gradient, ax=None):
    """The 2-2-2 network: values on its nodes, each weight with its gradient on its edge.

    Parameters
    ----------
    net, gradient : lstm_course.tiny_network.TinyNet
    trace : lstm_course.tiny_network.TinyTrace
    """
    ax = new_axes(ax, figsize=(4.5, 3.2))
    ax.set(xlim=(-0.3, 2.75), ylim=(-0.62, 1.55))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    at = {"x1": (0, 1), "x2": (0, 0), "h1": (1, 1), "h2": (1, 0), "y1": (2, 1), "y2": (2, 0)}
    edges = [("x1", "h1"), ("x2", "h1"), ("x1", "h2"), ("x2", "h2")]
    edges += [("h1", "y1"), ("h2", "y1"), ("h1", "y2"), ("h2", "y2")]
    for k, (tail, head) in enumerate(edges, start=1):
        (x0, y0), (x1, y1) = at[tail], at[head]
        slope = getattr(gradient, f"w{k}")
        colour = BLUE if slope >= 0 else ORANGE
        ax.plot([x0, x1], [y0, y1], color=colour, lw=0.8 + 1.1 * max(0.0, 4 + np.log10(abs(slope) + 1e-4)))
        share = 0.5 if y0 == y1 else 0.31
        ax.text(
            x0 + share * (x1 - x0),
            y0 + share * (y1 - y0),
            f"w{subscript(k)} = {getattr(net, f'w{k}'):.2f}\n{signed(slope)}".replace("-", "−"),
            color=colour, ha="center", va="center", fontsize=7.5, linespacing=1.25,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.2},
        )  # fmt: skip
    for name, (x, y) in at.items():
        value = getattr(trace, name)
        ax.add_patch(plt.Circle((x, y), 0.17, facecolor=BLUE_TINT, edgecolor=INK, lw=1, zorder=3))
        label = f"{name[0]}{subscript(int(name[1]))}"
        ax.text(
            x, y, f"{label}\n{value:.3f}".replace("-", "−"), ha="center", va="center", fontsize=8, zorder=4
        )
    for j, y in ((1, 1), (2, 0)):
        error = getattr(trace, f"y{j}") - getattr(trace, f"t{j}")
        ax.text(
            2.2, y, f"target {getattr(trace, f't{j}'):.2f}\nerror {signed(error, 3)}",
            va="center", fontsize=8, color=MUTED,
        )  # fmt: skip
    for x, text in ((0, "inputs"), (1, "hidden"), (2, "outputs")):
        ax.text(x, 1.32, text, ha="center", color=MUTED, fontsize=8.5)
    for x, bias in ((1, "b1"), (2, "b2")):
        slope = signed(getattr(gradient, bias))
        text = f"b{subscript(int(bias[1]))} = {getattr(net, bias):.2f}\n{slope}".replace("-", "−")
        ax.text(x, -0.34, text, ha="center", va="center", fontsize=7.5, color=MUTED, linespacing=1.25)
    ax.text(2.2, 0.5, f"L = {trace.loss:.4f}", fontsize=9.5, va="center")
    return ax


@styled
def plot_function_and_slope(f, f_prime, low, high, labels, ax=None):
    """A function and its derivative over an interval."""
    ax = new_axes(ax, figsize=(4.8, 2.6))
    a = np.linspace(low, high, 161)
    ax.plot(a, f(a), label=labels[0])
    ax.plot(a, f_prime(a), label=labels[1], linestyle=(0, (5, 2)))
    ax.set(xlim=(low, high), xlabel="pre-activation a")
    ax.legend(loc="upper left")
    return ax


@styled
def plot_step_errors(steps, errors, ax=None):
    """Relative error of finite differences against the step size, one line per method."""
    ax = new_axes(ax)
    for (name, values), dash in zip(errors.items(), ((0, ()), (0, (5, 2))), strict=False):
        ax.plot(np.log10(steps), log10(values, -13), label=name, linestyle=dash)
    ax.set(ylim=(-13, 1), xlim=(-15, 0), xlabel="step ε", ylabel="relative error")
    powers_of_ten(ax.xaxis, -15, 0, 3)
    powers_of_ten(ax.yaxis, -12, 0, 3)
    ax.legend(loc="lower left")
    return ax


@styled
def plot_losses(curves, ax=None, *, xlabel="step", floor=-5, ceiling=0):
    """Loss curves on a logarithmic axis, one per label; each a pair of steps and losses."""
    ax = new_axes(ax)
    dashes = ((0, ()), (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))
    for (name, (steps, losses)), dash in zip(curves.items(), dashes, strict=False):
        ax.plot(steps, log10(losses, floor), label=name, linestyle=dash)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(ylim=(floor, ceiling), xlabel=xlabel, ylabel="loss L")
    powers_of_ten(ax.yaxis, floor, ceiling, 1 if ceiling - floor < 9 else 2)
    if len(curves) > 1:
        ax.legend(loc="best")
    return ax


@styled
def plot_descent(rates, losses, slope, chosen, ax=None):
    """Loss along the negative gradient, the straight line that the gradient promises, and a step.

    Parameters
    ----------
    rates, losses : array_like, shape (n)
        Step sizes and the loss after each.
    slope : float
        The squared norm of the gradient: how fast the loss falls at first.
    chosen : int
        Index of the step that is marked.
    """
    ax = new_axes(ax)
    rates, losses = np.asarray(rates, float), np.asarray(losses, float)
    ax.plot(rates, losses, color=BLUE, label="the loss itself")
    promise = losses[0] - slope * rates
    ax.plot(rates, promise, color=MUTED, linestyle=(0, (5, 2)), lw=1.2, label="what the gradient promises")
    ax.plot([rates[chosen]] * 2, [0, losses[chosen]], color=ORANGE, lw=1)
    ax.plot([rates[chosen]], [losses[chosen]], "o", color=ORANGE, ms=7)
    ax.set(xlim=(0, rates[-1]), ylim=(0, 0.42), xlabel="step size η", ylabel="loss after the step")
    ax.legend(loc="lower right")
    return ax
