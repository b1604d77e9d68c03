"""The drawings of the chapter on backpropagation through time."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    DASHES,
    GREEN_TINT,
    INK,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    new_axes,
    styled,
    subscript,
)  # fmt: skip


def _arrow(ax, start, end, colour, *, bend=0.0, width=1.3, shrink=15):
    ax.annotate(
        "", end, start,
        arrowprops={"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": shrink, "shrinkB": shrink,
                    "mutation_scale": 10, "connectionstyle": f"arc3,rad={bend}"},
    )  # fmt: skip


def _label(ax, x, y, text, colour=MUTED, size=8.5):
    ax.text(x, y, text, color=colour, ha="center", va="center", fontsize=size, linespacing=1.25)


@styled
def plot_unrolled(states=None, inputs=None, losses=None, deltas=None, terms=None, ax=None):
    """A recurrent network of three steps, unrolled: what goes forward, and what comes back.

    Parameters
    ----------
    states, inputs, losses : sequence of str, optional
        What is written into the circles h₀ to h₃, the boxes x₁ to x₃ and the boxes L₁ to L₃, below
        their names.
    deltas : sequence of str, optional
        What is written on the backward arrows into h₃, h₂, h₁ and h₀, the first step first.
    terms : sequence of str, optional
        A line under each step.
    """
    ax = new_axes(ax, figsize=(4.8, 3.4))
    low = -1.85 if terms else -1.3
    ax.set(xlim=(-0.45, 3.5), ylim=(low, 1.3))
    round_in_inches = (4.8 / 3.95) / (3.4 / (1.3 - low))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))

    def named(name, index, values, at):
        below = f"\n{values[at]}" if values else ""
        return f"{name}{subscript(index)}{below}"

    for t in range(4):
        if t < 3:
            _arrow(ax, (t, 0.08), (t + 1, 0.08), INK, shrink=19)
            _label(ax, t + 0.5, 0.22, "W_hh", size=8.5)
            _arrow(ax, (t + 1, -0.1), (t, -0.1), ORANGE, shrink=19)
            if deltas:
                _label(ax, t + 0.5, -0.27, deltas[t], ORANGE, size=8.5)
        if t:
            _arrow(ax, (t - 0.06, -1), (t - 0.06, 0), INK, shrink=18)
            _arrow(ax, (t - 0.06, 0), (t - 0.06, 1), INK, shrink=18)
            _arrow(ax, (t + 0.08, 1), (t + 0.08, 0), ORANGE, shrink=18)
            _label(ax, t - 0.28, -0.52, "W_ih", size=8.5)
            _label(ax, t - 0.28, 0.52, "W_y", size=8.5)
            for y, name, values, tint in ((-1, "x", inputs, ORANGE_TINT), (1, "L", losses, GREEN_TINT)):
                ax.add_patch(
                    plt.Rectangle(
                        (t - 0.21, y - 0.19), 0.46, 0.38, facecolor=tint, edgecolor=INK, lw=1, zorder=3
                    )
                )
                ax.text(
                    t + 0.02, y - 0.01, named(name, t, values, t - 1), ha="center", va="center", fontsize=8.5,
                    zorder=4, linespacing=1.15,
                )  # fmt: skip
        ax.add_patch(
            Ellipse((t, 0), 0.42, 0.42 * round_in_inches, facecolor=BLUE_TINT, edgecolor=INK, lw=1, zorder=3)
        )
        ax.text(
            t,
            -0.01,
            named("h", t, states, t),
            ha="center",
            va="center",
            fontsize=8.5,
            zorder=4,
            linespacing=1.15,
        )
        if terms and t:
            ax.text(
                t + 0.02,
                -1.52,
                terms[t - 1],
                ha="center",
                va="center",
                fontsize=8.5,
                color=MUTED,
                linespacing=1.3,
            )
    return ax


@styled
def plot_one_or_all(weights, every, last, at, values, slopes, ax=None):
    """The last state against the recurrent weight: all copies of it moving, or the last copy only.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Where the curves are drawn.
    every, last : array_like, shape (n,)
        The last state when every copy of the weight has that value, and when only the last one has.
    at : float
        The weight at which the curves meet.
    values : float
        The last state there.
    slopes : tuple of float
        Total and immediate derivative there.
    """
    ax = new_axes(ax)
    run = np.array([-0.45, 0.45])
    for line, slope, colour, dash, name in (
        (every, slopes[0], BLUE, DASHES[0], "all copies move"),
        (last, slopes[1], ORANGE, DASHES[1], "only the last moves"),
    ):
        ax.plot(weights, line, color=colour, linestyle=dash, label=name, lw=1.6)
        ax.plot(at + run, values + slope * run, color=colour, lw=3.2, alpha=0.45)
    ax.plot([at], [values], marker="o", color=INK, ms=5, lw=0, zorder=5)
    ax.set(
        xlim=(weights[0], weights[-1]), ylim=(-1.3, 1.3), xlabel="recurrent weight w", ylabel="last state",
        yticks=(-1, -0.5, 0, 0.5, 1),
    )  # fmt: skip
    ax.legend(loc="lower right")
    return ax
