"""The drawings of the chapter on the backward pass of the GRU."""

from __future__ import annotations

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    DASHES,
    INK,
    MUTED,
    ORANGE,
    SERIES,
    log10,
    new_axes,
    on_scale,
    powers_of_ten,
    signed,
    styled,
)


@styled
def plot_contributions(ways, ax=None):
    """What reaches the previous state on each way, and the sum, as bars on one scale.

    Parameters
    ----------
    ways : mapping of str to float
        The derivative that comes along each way, between −2 and 2; their sum is drawn below them.
    """
    ax = new_axes(ax, figsize=(4.6, 2.5))
    rows = {**ways, "sum, ∂hₜ/∂hₜ₋₁": sum(ways.values())}
    ax.set_position((0.3, 0.17, 0.67, 0.8))
    ax.set(xlim=(-1.3, 2.3), ylim=(len(rows) - 0.4, -0.6), xlabel="of 1 that arrives at hₜ")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.axvline(0, color=MUTED, lw=0.8)
    for y, value in enumerate(rows.values()):
        last = y == len(rows) - 1
        ax.barh(y, value, height=0.55, color=INK if last else BLUE if value > 0 else ORANGE)
        side = 1 if value >= 0 else -1
        ax.text(
            value + 0.05 * side, y, signed(value, 2) if round(value, 2) else "0", va="center",
            ha="left" if side > 0 else "right",
        )  # fmt: skip
    ax.axhline(len(rows) - 1.5, color=MUTED, lw=0.8)
    ax.grid(axis="y", visible=False)
    return ax


@styled
def plot_direct_and_total(curves, ax=None, *, floor=-20, ceiling=2):
    """Norms against the lag on a logarithmic axis; a triangle where a curve ends, by leaving it or as a zero.

    Parameters
    ----------
    curves : mapping of str to array_like
        A norm for each lag from 0 on.
    """
    ax = new_axes(ax)
    for (name, values), colour, dash in zip(curves.items(), SERIES, DASHES, strict=False):
        values = np.asarray(values, float)
        inside = values > 10.0**floor
        end = len(values) if inside.all() else int(np.argmin(inside))
        ax.plot(np.arange(end), log10(values[:end], floor), label=name, color=colour, linestyle=dash)
        if end < len(values):
            ax.plot([end], [floor + 0.6], marker="v", ms=6, color=colour, linestyle="none")
    ax.set(xlim=(0, len(values) - 1), ylim=(floor, ceiling), xlabel="lag k", ylabel="norm of ∂hₜ/∂hₜ₋ₖ")
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    ax.legend(loc="lower left")
    return ax


@styled
def plot_kept(lags, total, highway, ax=None, *, floor=-12, ceiling=1):
    """What is left of a gradient against the lag, for several biases of z: all paths, and the highway as dashes.

    A curve that leaves the axis ends in a triangle.

    Parameters
    ----------
    lags : array_like of int
    total, highway : mapping of str to array_like
        A norm for each lag, by the name of the start.
    """
    ax = new_axes(ax)
    for (name, values), colour in zip(total.items(), SERIES, strict=False):
        for curve, dash in ((values, "-"), (highway[name], (0, (3, 2)))):
            heights, below, _ = on_scale(curve, floor, ceiling)
            ax.plot(
                lags, heights, color=colour, linestyle=dash, label=name if dash == "-" else None,
            )  # fmt: skip
            if below.any():
                at = np.asarray(lags)[np.argmax(below)]
                ax.plot([at], [floor + 0.3], marker="v", ms=6, color=colour, linestyle="none")
    ax.set(xlim=(0, max(lags)), ylim=(floor, ceiling), xlabel="lag k", ylabel="what is left")
    powers_of_ten(ax.yaxis, floor, ceiling, 3)
    ax.legend(loc="lower right")
    return ax
