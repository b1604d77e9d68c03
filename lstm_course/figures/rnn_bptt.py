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
    PAPER,
    log10,
    new_axes,
    powers_of_ten,
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
    ax.text(
        x, y, text, color=colour, ha="center", va="center", fontsize=size, linespacing=1.25,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


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
    ax = new_axes(ax, figsize=(5.6, 3.6))
    low = -1.72 if terms else -1.3
    ax.set(xlim=(-0.45, 3.5), ylim=(low, 1.3))
    round_in_inches = (5.6 / 3.95) / (3.6 / (1.3 - low))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))

    def named(name, index, values, at):
        below = f"\n{values[at]}" if values else ""
        return f"{name}{subscript(index)}{below}"

    for t in range(4):
        if t < 3:
            _arrow(ax, (t, 0.08), (t + 1, 0.08), INK, shrink=19)
            _label(ax, t + 0.5, 0.2, "W_hh", size=8)
            _arrow(ax, (t + 1, -0.1), (t, -0.1), ORANGE, shrink=19)
            if deltas:
                _label(ax, t + 0.5, -0.24, deltas[t], ORANGE, size=8)
        if t:
            _arrow(ax, (t - 0.06, -1), (t - 0.06, 0), INK, shrink=18)
            _arrow(ax, (t - 0.06, 0), (t - 0.06, 1), INK, shrink=18)
            _arrow(ax, (t + 0.08, 1), (t + 0.08, 0), ORANGE, shrink=18)
            _label(ax, t - 0.26, -0.52, "W_ih", size=8)
            _label(ax, t - 0.26, 0.52, "W_y", size=8)
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
            ax.text(t + 0.02, -1.5, terms[t - 1], ha="center", va="center", fontsize=8, color=MUTED)
    return ax


@styled
def plot_by_lag(
    lags, norms, ax=None, *, floor=-16, ceiling=4, step=4, ylabel="norm", references=None, legend="best"
):
    """Norms against the lag on a logarithmic axis, one line per label; references are drawn thin.

    Parameters
    ----------
    lags : array_like, shape (n)
    norms, references : mapping of str to array_like, shape (n)
    """
    ax = new_axes(ax)
    top = 10.0**ceiling * 1e3  # what leaves the picture need not go far
    for (name, values), dash in zip((references or {}).items(), DASHES[1:], strict=False):
        ax.plot(lags, log10(np.minimum(values, top), floor), label=name, color=MUTED, lw=1.1, linestyle=dash)
    for (name, values), dash in zip(norms.items(), DASHES, strict=False):
        ax.plot(lags, log10(np.minimum(values, top), floor), label=name, linestyle=dash)
    ax.set(xlim=(0, lags[-1]), ylim=(floor, ceiling), xlabel="lag k", ylabel=ylabel)
    powers_of_ten(ax.yaxis, floor, ceiling, step)
    if len(norms) + len(references or {}) > 1:
        ax.legend(loc=legend)
    return ax


@styled
def plot_window(norms, total, window, ax=None, *, most=60, floor=-24, ceiling=8):
    """The terms of the sum by lag, the norm of the sum, and the lags that a truncation keeps.

    Parameters
    ----------
    norms : array_like, shape (T,)
        Norm of each term.
    total : float
        Norm of their sum.
    window : int
        Lags below it are kept.
    most : int
        Length of the axis.
    """
    ax = new_axes(ax)
    right = min(window, most) - 0.5
    ax.fill(
        [-0.5, right, right, -0.5],
        [floor, floor, ceiling, ceiling],
        color=GREEN_TINT,
        lw=0,
        zorder=0,
        label="kept",
    )
    ax.plot(
        [-0.5, most],
        log10([total, total], floor),
        color=MUTED,
        linestyle=(0, (5, 2)),
        lw=1.2,
        label="their sum",
    )
    ax.plot(
        np.arange(len(norms)),
        log10(norms, floor),
        color=BLUE,
        marker="o",
        ms=2.5,
        lw=1.2,
        label="term of lag k",
    )
    ax.set(xlim=(-0.5, most), ylim=(floor, ceiling), xlabel="lag k", ylabel="norm of the term of ∂L/∂W_hh")
    powers_of_ten(ax.yaxis, floor, ceiling, 8)
    ax.legend(loc="lower left")
    return ax


@styled
def plot_truncation(windows, errors, ax=None):
    """Relative error of the truncated gradient against the window, one line per label."""
    ax = new_axes(ax)
    x = np.log2(windows)
    for (name, values), dash in zip(errors.items(), DASHES, strict=False):
        ax.plot(x, log10(values, -5), label=name, linestyle=dash, marker="o", ms=3.5)
    ax.set(xlim=(x[0], x[-1]), ylim=(-5, 0.5), xlabel="window", ylabel="relative error")
    ax.set_xticks(x, [f"{w}" for w in windows])
    powers_of_ten(ax.yaxis, -5, 0)
    ax.legend(loc="lower left")
    return ax
