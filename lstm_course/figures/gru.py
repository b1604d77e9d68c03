"""The drawings of the chapter on the GRU."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SERIES,
    log10,
    new_axes,
    powers_of_ten,
    signed,
    styled,
)  # fmt: skip

GRU_PARTS = ("whole step", "reset r", "update z", "candidate n", "state h")
_R, _Z, _N, _H = GRU_PARTS[1:]
# Wires of the cell: their corners, and the parts that they belong to. Two buses run along the bottom.
_WIRES = {
    "both": (
        (((0.75, 6.2), (0.75, 1.15), (2.05, 1.15)), (_R, _Z, _N)),  # h_{t-1} down to its bus
        (((2.05, 1.15), (3.45, 1.15)), (_R, _N)),
        (((3.45, 1.15), (5.35, 1.15)), (_N,)),
        (((0.1, 0.5), (2.5, 0.5)), (_R, _Z, _N)),  # x_t
        (((2.5, 0.5), (3.9, 0.5)), (_R, _N)),
        (((3.9, 0.5), (7.15, 0.5), (7.15, 3.1)), (_N,)),
        (((2.05, 1.15), (2.05, 1.95)), (_Z,)),  # into the boxes
        (((2.5, 0.5), (2.5, 1.95)), (_Z,)),
        (((3.45, 1.15), (3.45, 1.95)), (_R,)),
        (((3.9, 0.5), (3.9, 1.95)), (_R,)),
        (((2.28, 2.65), (2.28, 6.0)), (_Z, _H)),  # z up to the rail, and to its complement
        (((2.28, 4.75), (4.35, 4.75)), (_H,)),
        (((5.25, 4.75), (6.95, 4.75)), (_H,)),
        (((7.15, 3.8), (7.15, 4.55)), (_N, _H)),  # n
        (((7.15, 4.95), (7.15, 6.0)), (_H,)),
        (((0.1, 6.2), (0.75, 6.2)), (_R, _Z, _N, _H)),  # the rail
        (((0.75, 6.2), (2.08, 6.2)), (_H,)),
        (((2.48, 6.2), (6.95, 6.2)), (_H,)),
        (((7.35, 6.2), (8.75, 6.2)), (_H,)),
    ),
    "after": (
        (((5.35, 1.15), (5.35, 1.95)), (_N,)),
        (((5.35, 2.65), (5.35, 3.25)), (_N,)),
        (((3.68, 2.65), (3.68, 3.45), (5.15, 3.45)), (_R, _N)),
        (((5.55, 3.45), (6.5, 3.45)), (_N,)),
    ),
    "before": (
        (((5.35, 1.15), (5.35, 2.1)), (_N,)),
        (((4.23, 2.3), (5.15, 2.3)), (_R, _N)),
        (((5.35, 2.5), (5.35, 3.1)), (_N,)),
        (((6.0, 3.45), (6.5, 3.45)), (_N,)),
    ),
}
_DOTS = (
    ((0.75, 6.2), (_R, _Z, _N)), ((2.05, 1.15), (_Z,)), ((2.5, 0.5), (_Z,)), ((3.45, 1.15), (_R,)),
    ((3.9, 0.5), (_R,)), ((2.28, 4.75), (_H,)),
)  # fmt: skip


@styled
def plot_gru_cell(cache, h_t, part="whole step", ax=None):
    """The GRU cell with the values of one unit on its wires; the wires of one equation are lit.

    Parameters
    ----------
    cache : lstm_course.gru.GRUStepCache
        One step of one unit, B = I = H = 1; it also says where the reset acts.
    h_t : array_like
        The new state.
    part : {"whole step", "reset r", "update z", "candidate n", "state h"}
    """
    ax = new_axes(ax, figsize=(4.0, 3.3))
    ax.set(xlim=(-0.1, 9.1), ylim=(-0.05, 7.05))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    after = cache.reset == "after"

    def lit(parts):
        return part == GRU_PARTS[0] or part in parts

    for corners, parts in (*_WIRES["both"], *_WIRES[cache.reset]):
        on = lit(parts)
        x, y = np.transpose(corners)
        ax.plot(
            x,
            y,
            color=BLUE if on else GRID,
            lw=2 if on else 1.2,
            solid_capstyle="butt",
            zorder=2 if on else 1,
        )
    for (x, y), parts in _DOTS:
        ax.plot([x], [y], "o", ms=5, color=BLUE if lit(parts) else GRID, zorder=3)
    boxes = [
        (2.28, 2.3, 1.1, "σ", (_Z,)), (3.68, 2.3, 1.1, "σ", (_R,)), (7.15, 3.45, 1.3, "tanh", (_N,)),
        (4.8, 4.75, 1.1, "1 − z", (_H,)),
        (5.35, 2.3, 1.55, "W h + b", (_N,)) if after else (5.35, 3.45, 1.55, "W q + b", (_N,)),
    ]  # fmt: skip
    for x, y, width, text, parts in boxes:
        on = lit(parts)
        ax.add_patch(
            plt.Rectangle(
                (x - width / 2, y - 0.35), width, 0.7, facecolor=BLUE_TINT if on else PAPER,
                edgecolor=INK if on else MUTED, lw=1, zorder=4,
            )
        )  # fmt: skip
        ax.text(x, y, text, ha="center", va="center", fontsize=9.5, color=INK if on else MUTED, zorder=5)
    joints = [(2.28, 6.2, "×", (_H,)), (7.15, 4.75, "×", (_H,)), (7.15, 6.2, "+", (_H,)),
              (5.35, 3.45 if after else 2.3, "×", (_N,))]  # fmt: skip
    for x, y, text, parts in joints:
        on = lit(parts)
        ax.add_patch(
            plt.Circle(
                (x, y), 0.2, facecolor=BLUE_TINT if on else PAPER, edgecolor=INK if on else MUTED, zorder=4
            )
        )
        ax.text(x, y, text, ha="center", va="center", fontsize=11, color=INK if on else MUTED, zorder=5)

    def value(x, y, name, number, parts, **where):
        number = signed(float(np.reshape(number, ())), 2).replace("+", "")
        ax.text(
            x, y, f"{name} = {number}", fontsize=9.5, color=INK if lit(parts) else MUTED, zorder=5,
            **{"ha": "left", "va": "bottom"} | where,
        )  # fmt: skip

    value(0.1, 6.38, "hₜ₋₁", cache.h_prev, (_R, _Z, _N, _H))
    value(0.1, 0.42, "xₜ", cache.x_t, (_R, _Z, _N), va="top")
    value(2.4, 3.75, "z", cache.z_t, (_Z, _H), va="center")
    value(3.8, 2.72, "r", cache.r_t, (_R, _N))
    value(5.5, 2.72 if after else 2.62, "q", cache.q_t, (_N,))
    value(7.3, 4.18, "n", cache.n_t, (_N, _H), va="center")
    value(9.0, 6.38, "hₜ", h_t, (_H,), ha="right")
    return ax


@styled
def plot_gru_unit(h, n, r, z, pulses):
    """One unit over a sequence: its state and candidate above, its gates below.

    Parameters
    ----------
    h : array_like, shape (T + 1,)
        States, the first one before the first step.
    n, r, z : array_like, shape (T,)
    pulses : mapping of int to float
        The steps with an input, and the input.
    """
    _, (top, bottom) = plt.subplots(
        2, 1, sharex=True, figsize=(4.8, 3.7), height_ratios=(2.2, 1),
        gridspec_kw={"hspace": 0.16, "top": 0.97, "bottom": 0.13, "right": 0.9, "left": 0.12},
    )  # fmt: skip
    steps = np.arange(1, len(n) + 1)
    top.plot(np.arange(len(h)), h, color=BLUE, marker="o", ms=3)
    top.plot(steps, n, color=ORANGE, linestyle=(0, (4, 2)), lw=1.3)
    for step, value in pulses.items():
        top.annotate(f"x = {signed(value, 0)}", (step, 1.32), ha="center", va="center", color=INK)
        for ax in (top, bottom):
            ax.plot([step, step], [-2, 1.12], color=MUTED, lw=1, linestyle=(0, (1, 2)), zorder=0)
    top.set(ylim=(-1.15, 1.5), yticks=(-1, 0, 1), ylabel="state")
    bottom.plot(steps, z, color=SERIES[2])
    bottom.plot(steps, r, color=SERIES[3], linestyle=(0, (4, 2)))
    bottom.set(ylim=(-0.08, 1.08), yticks=(0, 1), ylabel="gates", xlabel="step t", xlim=(0, len(n)))
    bottom.xaxis.get_major_locator().set_params(integer=True)
    # The names stay where they are: two lines may meet, two names never.
    for ax, y, text, colour in (
        (top, 0.75, "h —", BLUE), (top, 0.6, "n - -", ORANGE),
        (bottom, 0.85, "z —", SERIES[2]), (bottom, 0.5, "r - -", SERIES[3]),
    ):  # fmt: skip
        ax.text(1.015, y, text, transform=ax.transAxes, color=colour, fontsize=9, va="center")
    return top


@styled
def plot_direct_and_total(total, direct, ax=None, *, floor=-20, ceiling=2):
    """Norm of the Jacobian of h_t by an earlier state against the lag, and of its direct part."""
    ax = new_axes(ax)
    ax.plot(np.arange(len(total)), log10(total, floor), label="all paths")
    ax.plot(np.arange(len(direct)), log10(direct, floor), label="direct path, ∏ z", linestyle=(0, (5, 2)))
    ax.set(
        xlim=(0, len(total) - 1),
        ylim=(floor, ceiling),
        xlabel="lag k",
        ylabel="norm of ∂hₜ/∂hₜ₋ₖ",
    )
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    ax.legend(loc="lower left")
    return ax


@styled
def plot_counts(curves, ax=None):
    """What each counter says after every symbol; one line per label, the first one the right answer."""
    ax = new_axes(ax)
    dashes = ((0, ()), (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))
    for (name, values), dash in zip(curves.items(), dashes, strict=False):
        ax.plot(np.arange(len(values)), values, label=name, linestyle=dash)
    ax.set(xlim=(0, len(values) - 1), ylim=(-75, 345), xlabel="letters read", ylabel="count")
    ax.set_yticks(range(0, 201, 50))
    ax.legend(loc="upper left", ncols=2)
    return ax


@styled
def plot_two_resets(after, before, ax=None):
    """The states of a few units with the reset after the product (lines) and before it (dashes).

    Parameters
    ----------
    after, before : array_like, shape (T + 1, units)
    """
    ax = new_axes(ax)
    steps = np.arange(len(after))
    for k, colour in enumerate(SERIES[: np.shape(after)[1]]):
        ax.plot(steps, np.asarray(after)[:, k], color=colour, label="after" if k == 0 else None)
        ax.plot(
            steps, np.asarray(before)[:, k], color=colour, linestyle=(0, (4, 2)),
            label="before" if k == 0 else None,
        )  # fmt: skip
    ax.set(xlim=(0, steps[-1]), ylim=(-1.05, 1.4), xlabel="step t", ylabel="state h of three units")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="upper left", ncols=2)
    return ax
