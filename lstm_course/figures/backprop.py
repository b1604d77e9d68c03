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
    canvas,
    log10,
    new_axes,
    powers_of_ten,
    signed,
    styled,
    subscript,
    write,
)

RADIUS = 18  # of a node, in points
GAP = 0.085  # half the part of a line that its label takes


def _node(ax, x, y, text, *, radius=RADIUS, fill=BLUE_TINT):
    ax.add_patch(plt.Circle((x, y), radius, facecolor=fill, edgecolor=INK, lw=1, zorder=3))
    write(ax, x, y, text, zorder=4, linespacing=1.1)


def _line(ax, tail, head, *, gap=None, **kwargs):
    """A line between two places, interrupted at the share `gap` of its way where its label stands."""
    tail, head = np.array(tail, float), np.array(head, float)
    shares = ((0, 1),) if gap is None else ((0, gap - GAP), (gap + GAP, 1))
    for low, high in shares:
        ends = tail + np.outer((low, high), head - tail)
        ax.plot(*ends.T, zorder=1, solid_capstyle="butt", **kwargs)


def _hue(slope):
    return BLUE if slope > 0 else ORANGE if slope < 0 else MUTED


def slope_text(slope: float, digits: int = 4) -> str:
    """A derivative with its sign, and plain 0 for one that is exactly zero."""
    return "0" if slope == 0 else signed(slope, digits)


@styled
def plot_tiny_net(net, trace, gradient, ax=None):
    """The 2-2-2 network: values on its nodes, and at each arrow the derivative of the loss by its weight.

    Parameters
    ----------
    net, gradient : lstm_course.tiny_network.TinyNet
    trace : lstm_course.tiny_network.TinyTrace
    """
    ax = canvas(ax, 266, 212)
    columns, rows = {"x": 26, "h": 128, "y": 230}, {1: 152, 2: 62}
    at = {f"{c}{j}": (x, y) for c, x in columns.items() for j, y in rows.items()}
    edges = [("x1", "h1"), ("x2", "h1"), ("x1", "h2"), ("x2", "h2")]
    edges += [("h1", "y1"), ("h2", "y1"), ("h1", "y2"), ("h2", "y2")]
    for number, (tail, head) in enumerate(edges, start=1):
        (x0, y0), (x1, y1) = at[tail], at[head]
        slope = getattr(gradient, f"w{number}")
        level = y0 == y1
        thick = 0.8 + 1.1 * max(0.0, 4 + np.log10(abs(slope) + 1e-4))
        style = {"lw": thick} if slope else {"lw": 1, "linestyle": (0, (1, 2))}
        _line(ax, (x0, y0), (x1, y1), gap=None if level else 0.31, color=_hue(slope), **style)
        share = 0.5 if level else 0.31
        lift = 0 if not level else 10 if y0 == rows[1] else -10
        write(
            ax, x0 + share * (x1 - x0), y0 + share * (y1 - y0) + lift,
            f"w{subscript(number)} {slope_text(slope)}", color=_hue(slope),
        )  # fmt: skip
    for name, (x, y) in at.items():
        _node(ax, x, y, f"{name[0]}{subscript(int(name[1]))}\n{getattr(trace, name):.3f}")
    for x, text in zip(columns.values(), ("inputs", "hidden", "outputs"), strict=True):
        write(ax, x, 204, text, color=MUTED)
    for j, y in ((1, 182), (2, 32)):
        write(ax, columns["y"], y, f"target {getattr(trace, f't{j}'):.2f}", color=MUTED)
    for x, bias in ((columns["h"], "b1"), (columns["y"], "b2")):
        slope = getattr(gradient, bias)
        write(ax, x, 10, f"b{subscript(int(bias[1]))} {slope_text(slope)}", color=_hue(slope))
    write(ax, columns["y"], sum(rows.values()) / 2, f"L = {trace.loss:.4f}", fontsize=10)
    return ax


@styled
def plot_two_paths(net, trace, terms, ax=None):
    """The two ways from w₁ to the loss, each factor where it arises, and the two products and their sum as bars.

    Parameters
    ----------
    net : lstm_course.tiny_network.TinyNet
    trace : lstm_course.tiny_network.TinyTrace
    terms : lstm_course.tiny_network.TinyTerms
    """
    ax = canvas(ax, 302, 244)
    x1, h1, loss = (22, 160), (102, 160), (280, 160)
    _line(ax, x1, h1, color=INK, lw=1.2)
    write(ax, 62, 170, "w₁")
    write(ax, 62, 150, f"x₁ = {trace.x1:.2f}")
    paths = (
        (1, 204, f"w₅ = {net.w5:.2f}", terms.dy1_da, terms.dL_dy1, terms.w1_via_y1),
        (2, 116, f"w₇ = {net.w7:.2f}", terms.dy2_da, terms.dL_dy2, terms.w1_via_y2),
    )
    for j, y, weight, slope, error, product in paths:
        outward = 1 if j == 1 else -1
        style = {"color": _hue(product), "lw": 2.2 if product else 1}
        if product == 0:
            style["linestyle"] = (0, (1, 2))
        for tail, head in ((h1, (200, y)), ((200, y), loss)):
            _line(ax, tail, head, **style)
        _node(ax, 200, y, f"y{subscript(j)}")
        write(ax, 142, y - 8 * outward, weight, ha="right")
        write(ax, 200, y + 28 * outward, f"slope {slope:.3f}")
        write(ax, 302, y + 4 * outward, f"error {signed(error, 3)}", ha="right")
    for place, name, fill in ((x1, "x₁", BLUE_TINT), (h1, "h₁", BLUE_TINT), (loss, "L", PAPER)):
        _node(ax, *place, name, fill=fill)
    write(ax, 128, 160, f"slope {terms.dh1_da:.3f}", ha="left")
    zero, scale = 172, 60 / 0.001
    ax.plot([zero, zero], [4, 72], color=MUTED, lw=0.8, zorder=0)
    bars = (("through y₁", terms.w1_via_y1), ("through y₂", terms.w1_via_y2))
    for (name, value), y in zip((*bars, ("their sum", sum(v for _, v in bars))), (62, 38, 14), strict=True):
        ax.add_patch(plt.Rectangle((zero, y - 7), value * scale, 14, color=_hue(value), lw=0))
        write(ax, 4, y, f"{name} {slope_text(value, 6)}", ha="left")
    return ax


@styled
def plot_mixer(u, v, z, nodes, ax=None):
    """The graph of p = z u + (1 − z) v: at each line its value and, below, the derivative of the loss by it.

    Parameters
    ----------
    u, v, z : float
        What comes in.
    nodes : mapping of str to float
        The derivatives: ``dp``, of the result; ``du``, ``dv``, ``dz``; ``dz_up`` and ``dz_down``, of the two
        copies of z; ``dz_turned``, of 1 − z.
    """
    ax = canvas(ax, 302, 250)
    top, middle, bottom, turn, left, right = 216, 130, 36, 88, 90, 232
    for line in (
        ((8, left, right, right), (top, top, top, middle)),
        ((8, left, right, right), (bottom, bottom, bottom, middle)),
        ((8, left, left, left), (middle, middle, top, bottom)),
        ((right, 298), (middle, middle)),
    ):
        ax.plot(*line, color=MUTED, lw=1.2, zorder=1)
    down_the_line, up_the_line = (124, (top + middle) / 2), (124, turn + 24)
    arrows = {down_the_line: "↓", up_the_line: "↑", (132, turn - 25): "↑"}  # the way back to z
    for x, y, text, slope in (
        (44, top, f"u = {u:.4g}", nodes["du"]),
        (44, bottom, f"v = {v:.4g}", nodes["dv"]),
        (44, middle, f"z = {z:.4g}", nodes["dz"]),
        (*down_the_line, f"z = {z:.4g}", nodes["dz_up"]),
        (*up_the_line, "", nodes["dz_down"]),
        (132, turn - 25, f"1−z = {1 - z:.4g}", nodes["dz_turned"]),
        (178, top, f"{z * u + 0.0:.4g}", nodes["dp"]),
        (178, bottom, f"{(1 - z) * v + 0.0:.4g}", nodes["dp"]),
        (268, middle, f"p = {z * u + (1 - z) * v:.4g}", nodes["dp"]),
    ):
        write(ax, x, y + 9, text)
        arrow = arrows.get((x, y), "←")
        write(ax, x, y - 9 if text else y, f"{arrow} {slope_text(slope, 2)}", color=_hue(slope))
    ax.add_patch(plt.Circle((left, middle), 4, facecolor=INK, edgecolor=INK, zorder=3))
    for x, y, sign in ((left, top, "×"), (left, bottom, "×"), (right, middle, "+"), (left, turn, "1−")):
        _node(ax, x, y, sign, radius=11)
    return ax


@styled
def plot_batch_shapes(batch, inputs, units, ax=None):
    """The shapes of a layer for a batch: H (B, n_{l-1}), W (n_l, n_{l-1}) and A, or Δ (B, n_l), as grids.

    Parameters
    ----------
    batch, inputs, units : int
        B, n_{l-1} and n_l, two or more each.
    """
    ax = canvas(ax, 320, 150)
    side, top = 16, 112

    def grid(x, rows, columns, name, labels, marked):
        for i in range(rows):
            for j in range(columns):
                fill = BLUE_TINT if marked(i, j) else PAPER
                place = (x + j * side, top - (i + 1) * side)
                ax.add_patch(plt.Rectangle(place, side, side, facecolor=fill, edgecolor=INK, lw=0.8))
        centre = x + columns * side / 2
        write(ax, centre, top + 26, name, fontsize=11)
        write(ax, centre, top + 9, labels[1], color=MUTED)
        write(ax, x - 6, top - rows * side / 2, labels[0], color=MUTED, ha="right")

    below = "nₗ₋₁"
    grid(34, batch, inputs, "Hˡ⁻¹", ("B", below), lambda i, j: i == 1)
    grid(142, units, inputs, "Wˡ", ("nₗ", below), lambda i, j: i == 1)
    grid(254, batch, units, "Aˡ, Δˡ", ("B", "nₗ"), lambda i, j: i == 1 == j)
    write(ax, 34 + inputs * side + 6, top - 1.5 * side, "b", ha="left")
    write(ax, 142 + inputs * side + 6, top - 1.5 * side, "i", ha="left")
    write(ax, 254 + units * side + 6, top - 1.5 * side, "bi", ha="left")
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
    if promise[chosen] >= 0:
        ax.plot([rates[chosen]], [promise[chosen]], "o", color=MUTED, ms=6, markerfacecolor="none")
    else:
        ax.plot([rates[chosen]], [0.012], "v", color=MUTED, ms=7)
        ax.text(
            rates[chosen] + (0.8 if rates[chosen] < 22 else -0.8),
            0.014,
            "promised: below 0",
            fontsize=9,
            color=INK,
            ha="left" if rates[chosen] < 22 else "right",
            va="center",
        )
    ax.set(xlim=(0, rates[-1]), ylim=(0, 0.46), xlabel="step size η", ylabel="loss after the step")
    ax.legend(loc="upper left")
    return ax


@styled
def plot_starts(groups, floor, ax=None):
    """Loss curves of several groups of runs on a logarithmic axis, and a level that one group cannot pass.

    Parameters
    ----------
    groups : mapping of str to array_like, shape (runs, steps)
        The losses of each group's runs, one a step.
    floor : float
        The level.
    """
    ax = new_axes(ax)
    colours, dashes = (BLUE, ORANGE), ((0, ()), (0, (5, 2)))
    for (name, runs), colour, dash in zip(groups.items(), colours, dashes, strict=True):
        for number, losses in enumerate(runs):
            label = name if number == 0 else None
            ax.plot(log10(losses, -5), color=colour, linestyle=dash, lw=1.1, label=label)
        steps = len(losses)
    ax.axhline(np.log10(floor), color=INK, lw=1, linestyle=(0, (1, 1.5)))
    ax.set(xlim=(0, steps), ylim=(-4.5, 0), xlabel="epoch", ylabel="loss L")
    powers_of_ten(ax.yaxis, -4, 0)
    ax.legend(loc="lower left")
    return ax
