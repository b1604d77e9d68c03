"""The drawings of the chapter on the cell-state highway."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    DASHES,
    GREEN,
    GRID,
    INK,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    PURPLE,
    RED,
    canvas,
    new_axes,
    on_scale,
    powers_of_ten,
    scientific,
    styled,
    subscript,
    superscript,
    write,
)  # fmt: skip


def _legend_above(ax, columns):
    ax.figure.subplots_adjust(top=0.89)
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.46, 0.99), ncols=columns, columnspacing=1.2, handlelength=1.8
    )


def _off_scale(ax, at, low, high, floor, ceiling, colour):
    """A triangle at the edge where a line leaves the axis."""
    span = ceiling - floor
    for beyond, edge, marker in ((low, floor + 0.02 * span, "v"), (high, ceiling - 0.02 * span, "^")):
        first = beyond & ~np.concatenate([[False], beyond[:-1]])
        ax.plot(np.asarray(at)[first], np.full(first.sum(), edge), marker, color=colour, ms=5)


def _arrow(ax, tail, head, **kwargs):
    style = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9, "lw": 1.4}
    ax.annotate("", head, tail, arrowprops=style | kwargs)


@styled
def plot_step_roads(ax=None):
    """The ways through one step: along the cell state, and through the four doors at which h comes in."""
    ax = canvas(ax, 302, 196)
    left, right, top, bottom, middle = 22, 262, 166, 30, 142
    _arrow(ax, (left + 15, top), (right - 15, top), color=BLUE, lw=2.6)
    _arrow(ax, (right, top - 15), (right, bottom + 15), color=INK)
    write(ax, middle, top + 11, "D: times f", color=BLUE)
    write(ax, right + 8, (top + bottom) / 2, "A", ha="left")
    for y, name in ((132, "forget gate"), (102, "input gate"), (72, "candidate"), (bottom, "output gate")):
        colour = PURPLE if name == "candidate" else ORANGE
        end = (right - 15, bottom) if y == bottom else (right - 12, top - 9)
        ax.plot((left + 15, middle - 40), (bottom, y), color=colour, lw=1.4, zorder=1)
        _arrow(ax, (middle + 40, y), end, color=colour)
        box = plt.Rectangle((middle - 40, y - 10), 80, 20, facecolor=ORANGE_TINT, edgecolor=colour, zorder=3)
        ax.add_patch(box)
        write(ax, middle, y, name, zorder=4)
    write(ax, 230, 112, "B", color=ORANGE)
    write(ax, 214, bottom - 9, "E", color=ORANGE)
    for x, y, name in (
        (left, top, "cₜ₋₁"), (left, bottom, "hₜ₋₁"), (right, top, "cₜ"), (right, bottom, "hₜ"),
    ):  # fmt: skip
        ax.add_patch(plt.Circle((x, y), 15, facecolor=BLUE_TINT, edgecolor=INK, lw=1, zorder=3))
        write(ax, x, y, name, zorder=4)
    return ax


@styled
def plot_roads(route, sizes, ax=None, *, floor=-28, ceiling=4):
    """A route through the unrolled LSTM on a map of its two states, and what it and others carry.

    Parameters
    ----------
    route : str
        A letter a step, D, B or E; see `lstm_course.gradient_flow.lstm_route`.
    sizes : mapping of str to float
        Names and sizes, one a row, on a logarithmic scale. A zero has no dot.
    """
    ax = canvas(ax, 302, 226)
    left, right, top, bottom, steps = 20, 284, 194, 164, len(route)
    at = np.linspace(left, right, steps + 1)
    ax.plot((left, right), (top, top), color=MUTED, lw=1, zorder=1)
    ax.plot((at[1], right), (bottom, bottom), color=MUTED, lw=1, zorder=1)
    stays: list[tuple[float, float]] = []
    leaves: list[tuple[float, float]] = [
        (left, top),
        (left, top),
    ]  # nothing to see, where no excursion is made
    for t, letter in enumerate(route):
        if letter == "D":
            stays += [(at[t], top), (at[t + 1], top), (np.nan, np.nan)]
        else:
            if route[t - 1] != "E":
                leaves += [(np.nan, np.nan), (at[t], top)]
            leaves += [(at[t], bottom), (at[t + 1], top if letter == "B" else bottom)]
    ax.plot(*np.transpose(stays), color=BLUE, lw=3.6, solid_capstyle="butt", zorder=2)
    ax.plot(*np.transpose(leaves), color=ORANGE, lw=2, zorder=3)
    for x, name in ((left, "c₀"), (right, f"c{subscript(steps)}")):
        ax.plot([x], [top], "o", color=INK, ms=5, zorder=4)
        write(ax, x, top + 13, name)
    write(ax, (left + right) / 2, top + 13, "cell state", color=MUTED)
    write(ax, (left + right) / 2, bottom - 11, "hidden state", color=MUTED)
    low, high = 148, 292
    decade = (high - low) / (ceiling - floor)
    for power in range(floor, ceiling + 1, 8):
        x = low + (power - floor) * decade
        ax.plot((x, x), (22, 136), color=GRID, lw=0.8, zorder=0)
        write(ax, x, 11, "1" if power == 0 else f"10{superscript(power)}", color=MUTED, fontsize=8.5)
    for row, (name, size) in enumerate(sizes.items()):
        y = 124 - 30 * row
        colour = (ORANGE, ORANGE, BLUE, INK)[row % 4]
        [x], [below], [above] = on_scale([size], floor, ceiling)
        marker = "v" if below else "^" if above else "o"
        place = low if below else high if above else low + (x - floor) * decade
        write(ax, 6, y, f"{name}\n{scientific(size)}", ha="left", linespacing=1.25)
        ax.plot((low, high), (y, y), color=GRID, lw=0.8, zorder=0)
        ax.plot([place], [y], marker, color=colour, ms=7, zorder=3)
    return ax


@styled
def plot_split(lags, norms, marked=None, ax=None, *, floor=-16, ceiling=4):
    """Norms of the total Jacobian and of its two parts against the lag.

    Parameters
    ----------
    lags : array_like, shape (K,)
    norms : sequence of three array_like, shape (K,)
        Of the total, of the highway and of the rest.
    marked : int, optional
        The lag at which a vertical line stands.
    """
    ax = new_axes(ax)
    styles: tuple[tuple[str, dict[str, Any]], ...] = (
        ("total", {"color": INK, "lw": 3.2, "alpha": 0.35}),
        ("highway", {"color": BLUE}),
        ("all other routes", {"color": ORANGE, "linestyle": (0, (5, 2))}),
    )
    for values, (label, how) in zip(norms, styles, strict=True):
        heights, low, high = on_scale(values, floor, ceiling)
        ax.plot(lags, heights, label=label, **how)
        _off_scale(ax, lags, low, high, floor, ceiling, how["color"])
    if marked is not None:
        ax.plot([marked, marked], [floor, ceiling], color=MUTED, lw=1)
    ax.set(
        xlim=(0, lags[-1]),
        ylim=(floor, ceiling),
        xlabel="lag, steps from c₀ to cₜ",
        ylabel="norm of the Jacobian",
    )
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    _legend_above(ax, 3)
    return ax


@styled
def plot_excursions(norms, ax=None, *, floor=-20, ceiling=4, most=50):
    """Norm of the part with m excursions against m, one line per label, with a ring on its largest.

    A dot marks the part with none, the highway. A zero is not drawn; where a line falls below what the axis
    shows there is a triangle on the edge.
    """
    ax = new_axes(ax)
    colours = (ORANGE, BLUE, GREEN, PURPLE, RED)
    for (name, values), colour in zip(norms.items(), colours, strict=False):
        at = np.arange(len(values))[: most + 1]
        heights, low, high = on_scale(np.asarray(values)[: most + 1], floor, ceiling)
        ax.plot(at, heights, "o-", markevery=[0], ms=5, lw=1.6, color=colour, label=name)
        if np.isfinite(heights).any():
            top = int(np.nanargmax(heights))
            ax.scatter(at[top], heights[top], 70, facecolors="none", edgecolors=INK, linewidths=1.2, zorder=4)
        _off_scale(ax, at, low, high, floor, ceiling, colour)
    ax.set(
        xlim=(-0.5, most + 0.5),
        ylim=(floor, ceiling),
        xlabel="number m of excursions",
        ylabel="norm of its part",
    )
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    if len(norms) > 1:
        ax.legend(loc="best")
    return ax


@styled
def plot_words(words, gradient, forget, ax=None):
    """A sentence read by one cell: its forget gate at each word, and the gradient that reaches the word."""
    ax = new_axes(ax, figsize=(5.2, 2.7))
    ax.figure.subplots_adjust(bottom=0.12)
    at = np.arange(len(words))
    ax.bar(at - 0.2, forget, 0.38, color=BLUE, label="forget gate")
    ax.bar(at + 0.2, gradient, 0.38, color=ORANGE, label="gradient of the last state by the word")
    ax.set_xticks(at, words)
    ax.set(ylim=(0, 1.25), xlim=(-0.6, len(words) - 0.4))
    ax.grid(axis="x", visible=False)
    ax.legend(loc="upper left", ncols=2)
    return ax


@styled
def plot_accuracy(forget_biases, accuracies, chance, ax=None):
    """Accuracy after training against the forget bias, one line per delay, each run a dot.

    Parameters
    ----------
    accuracies : mapping of str to array_like, shape (biases, seeds)
    """
    ax = new_axes(ax)
    for (name, values), colour, dash in zip(accuracies.items(), (BLUE, ORANGE, GREEN), DASHES, strict=False):
        values = np.asarray(values)
        at = np.arange(len(forget_biases))
        ax.plot(at, values.mean(axis=1), color=colour, linestyle=dash, label=name)
        for run in values.T:
            ax.plot(at, run, "o", color=colour, ms=3.5, alpha=0.7)
    ax.axhline(chance, color=MUTED, lw=1)
    ax.text(len(forget_biases) - 1, chance + 0.015, "guessing", color=MUTED, fontsize=8.5, ha="right")
    ax.set_xticks(np.arange(len(forget_biases)), [str(b) for b in forget_biases])
    ax.set(ylim=(0, 1), xlabel="forget bias at the start", ylabel="test accuracy")
    ax.legend(loc="upper left")
    return ax
