"""The drawings of the chapter on how far back the gradient of a recurrent network reaches."""

from __future__ import annotations

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    DASHES,
    GREEN_TINT,
    MUTED,
    ORANGE,
    SERIES,
    log10,
    new_axes,
    on_scale,
    powers_of_ten,
    styled,
)


def _draw_within(ax, x, values, floor, ceiling, **look):
    """A line on a logarithmic axis as far as it is on the scale; a triangle where it leaves it for good."""
    x = np.asarray(x, dtype=float)
    heights, _, above = on_scale(values, floor, ceiling)
    inside = ~np.isnan(heights)
    [line] = ax.plot(x, heights, **look)
    if inside.any() and not inside[-1]:
        at = int(np.flatnonzero(inside)[-1])
        below = not above[at + 1]
        ax.plot(
            [x[at]], [floor if below else ceiling], marker="v" if below else "^", ms=6, lw=0, clip_on=False,
            color=line.get_color(), zorder=5,
        )  # fmt: skip


@styled
def plot_by_lag(
    lags, norms, ax=None, *, floor=-16, ceiling=4, step=4, ylabel="norm", references=None, legend="best"
):
    """Norms against the lag on a logarithmic axis, one line per label; references are drawn thin.

    A line that leaves the scale ends in a triangle there.

    Parameters
    ----------
    lags : array_like, shape (n)
    norms, references : mapping of str to array_like, shape (n)
    """
    ax = new_axes(ax)
    for (name, values), dash in zip((references or {}).items(), DASHES[1:], strict=False):
        _draw_within(ax, lags, values, floor, ceiling, label=name, color=MUTED, lw=1.1, linestyle=dash)
    for (name, values), dash, colour in zip(norms.items(), DASHES, SERIES, strict=False):
        _draw_within(ax, lags, values, floor, ceiling, label=name, color=colour, linestyle=dash)
    ax.set(xlim=(0, lags[-1]), ylim=(floor, ceiling), xlabel="lag k", ylabel=ylabel)
    powers_of_ten(ax.yaxis, floor, ceiling, step)
    if len(norms) + len(references or {}) > 1:
        ax.legend(loc=legend)
    return ax


@styled
def plot_window(norms, total, window, ax=None, *, floor=-16, ceiling=8):
    """The terms of the sum by lag, the norm of the sum, and the lags that a truncation keeps.

    Parameters
    ----------
    norms : array_like, shape (T,)
        Norm of each term.
    total : float
        Norm of their sum.
    window : int
        Lags below it are kept.
    """
    ax, length = new_axes(ax), len(norms)
    right = min(window, length) - 0.5
    ax.fill(
        [-0.5, right, right, -0.5], [floor, floor, ceiling, ceiling], color=GREEN_TINT, lw=0, zorder=0, label="kept"
    )  # fmt: skip
    ax.plot(
        [-0.5, length], log10([total, total], floor), color=MUTED, linestyle=DASHES[1], lw=1.2,
        label="norm of their sum",
    )  # fmt: skip
    _draw_within(
        ax, np.arange(length), norms, floor, ceiling, color=BLUE, marker="o", ms=2.5, lw=1.2, label="term of lag k"
    )  # fmt: skip
    ax.set(xlim=(-0.5, length), ylim=(floor, ceiling), xlabel="lag k", ylabel="norm of the term of ∂L/∂W_hh")
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    ax.legend(loc="upper left" if norms[-1] < norms[0] else "lower right", bbox_to_anchor=(0.12, 1.0) if
              norms[-1] < norms[0] else None, ncols=1)  # fmt: skip
    return ax


@styled
def plot_twins(distance, predicted, ax=None, *, floor=-16, ceiling=4):
    """How far two runs from nearby states are apart, and what the gradient predicts.

    Parameters
    ----------
    distance, predicted : array_like, shape (T+1,)
        Of the states at steps 0 to T; zeros are left out.
    """
    ax, steps = new_axes(ax), np.arange(len(distance))
    _draw_within(
        ax,
        steps,
        predicted,
        floor,
        ceiling,
        color=ORANGE,
        linestyle=DASHES[1],
        label="the gradient's forecast",
    )
    _draw_within(ax, steps, distance, floor, ceiling, color=BLUE, label="distance of the two runs")
    ax.set(xlim=(0, steps[-1]), ylim=(floor, ceiling), xlabel="step t", ylabel="distance")
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    ax.legend(loc="lower right")
    return ax


@styled
def plot_truncation(windows, errors, ax=None):
    """Relative error of the truncated gradient against the window, one line per label."""
    ax = new_axes(ax)
    x = np.log2(windows)
    for (name, values), dash, colour in zip(errors.items(), DASHES, SERIES, strict=False):
        _draw_within(ax, x, values, -5, 0.5, label=name, linestyle=dash, color=colour, marker="o", ms=3.5)
    ax.set(xlim=(x[0], x[-1]), ylim=(-5, 0.5), xlabel="steps K that are kept", ylabel="relative error")
    ax.set_xticks(x, [f"{w}" for w in windows])
    powers_of_ten(ax.yaxis, -5, 0)
    ax.legend(loc="lower left")
    return ax
