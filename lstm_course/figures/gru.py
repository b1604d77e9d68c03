"""The drawings of the chapter on the GRU."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    RED,
    SERIES,
    new_axes,
    signed,
    solid,
    styled,
)

GRU_PARTS = ("whole step", "reset r", "update z", "candidate n", "state h")

# --- the cell, drawn as the LSTM's ------------------------------------------------------------------

LEVEL, TURNED = 7.1, 5.75  # heights: of the state, and of the 1 - z that the candidate meets
AT = {"z": 2.5, "r": 4.5, "q": 6.75, "n": 9.0}  # where gates, offer and candidate stand
_WIRES = {
    # name: (corners, points at which an arrow head stands)
    "h_prev": ([(0.15, LEVEL), (0.8, LEVEL)], ""),
    "h_keep": ([(0.8, LEVEL), (AT["z"] - 0.36, LEVEL)], "→"),
    "h_down": ([(0.8, LEVEL), (0.8, 0.25), (AT["z"], 0.25)], ""),
    "h_to_z": ([(AT["z"], 0.25), (AT["z"], 0.95)], "↑"),
    "h_to_r": ([(AT["z"], 0.25), (3.9, 0.25), (3.9, 0.95)], "↑"),
    "x": ([(0.15, -0.5), (3.1, -0.5)], ""),
    "x_to_z": ([(3.1, -0.5), (3.1, 0.95)], "↑"),
    "x_to_r": ([(3.1, -0.5), (AT["r"], -0.5), (AT["r"], 0.95)], "↑"),
    "x_to_n": ([(AT["r"], -0.5), (AT["n"], -0.5), (AT["n"], 0.95)], "↑"),
    "a_z": ([(AT["z"], 2.05), (AT["z"], 2.75)], "↑"),
    "a_r": ([(AT["r"], 2.05), (AT["r"], 2.75)], "↑"),
    "z": ([(AT["z"], 3.85), (AT["z"], LEVEL - 0.36)], "↑"),
    "z_to_turn": ([(AT["z"], TURNED), (5.3, TURNED)], "→"),
    "turned": ([(6.9, TURNED), (AT["n"] - 0.36, TURNED)], "→"),
    "a_x": ([(AT["n"], 2.05), (AT["n"], 2.94)], "↑"),
    "a_n": ([(AT["n"], 3.66), (AT["n"], 4.03)], ""),
    "n": ([(AT["n"], 4.87), (AT["n"], TURNED - 0.36)], "↑"),
    "n_share": ([(AT["n"], TURNED + 0.36), (AT["n"], LEVEL - 0.36)], "↑"),
    "kept": ([(AT["z"] + 0.36, LEVEL), (AT["n"] - 0.36, LEVEL)], "→"),
    "h": ([(AT["n"] + 0.36, LEVEL), (11.85, LEVEL)], "→"),
}
_RESET_WIRES = {
    "after": {
        "h_to_q": ([(3.9, 0.25), (AT["q"], 0.25), (AT["q"], 0.95)], "↑"),
        "q": ([(AT["q"], 2.05), (AT["q"], 2.94)], "↑"),
        "r": ([(AT["r"] + 0.6, 3.3), (AT["q"] - 0.36, 3.3)], "→"),
        "rq": ([(AT["q"] + 0.36, 3.3), (AT["n"] - 0.36, 3.3)], "→"),
    },
    "before": {
        "h_to_q": ([(3.9, 0.25), (AT["q"], 0.25), (AT["q"], 1.14)], "↑"),
        "r": ([(AT["r"] + 0.6, 3.3), (5.75, 3.3), (5.75, 1.5), (AT["q"] - 0.36, 1.5)], "→"),
        "q": ([(AT["q"], 1.86), (AT["q"], 2.75)], "↑"),
        "rq": ([(AT["q"] + 0.95, 3.3), (AT["n"] - 0.36, 3.3)], "→"),
    },
}
_HEADS = {"→": (-1, 0), "←": (1, 0), "↑": (0, -1)}
_COLOURS = {"z": BLUE, "r": ORANGE, "n": PURPLE, "h": RED, "in": INK}
_LIT = {
    # Which wires and boxes an equation speaks of, each in a colour of `_COLOURS`.
    "reset r": {"in": "h_prev h_down h_to_r x x_to_r", "r": "W_r a_r sigma_r r"},
    "update z": {"in": "h_prev h_down h_to_z x x_to_z", "z": "W_z a_z sigma_z z"},
    "candidate n": {"in": "h_prev h_down h_to_q x x_to_n", "r": "r times_r",
                    "n": "W_q q rq W_x a_x plus_n a_n tanh n"},
    "state h": {"h": "h_prev h_keep times_z kept plus_h h", "z": "z z_to_turn turn turned",
                "n": "n times_n n_share"},
}  # fmt: skip
_LIT["whole step"] = {
    "in": "h_down h_to_z h_to_r h_to_q x x_to_z x_to_r x_to_n", "h": "h_prev h_keep times_z kept plus_h h",
    "r": "W_r a_r sigma_r r times_r", "z": "W_z a_z sigma_z z z_to_turn turn turned",
    "n": "W_q q rq W_x a_x plus_n a_n tanh n times_n n_share",
}  # fmt: skip
_FORKS = (
    ((0.8, LEVEL), "h_down"), ((AT["z"], 0.25), "h_down"), ((3.9, 0.25), "h_to_q"), ((3.1, -0.5), "x"),
    ((AT["r"], -0.5), "x_to_n"), ((AT["z"], TURNED), "z_to_turn"),
)  # fmt: skip


@styled
def plot_gru_cell(cache, h_t, part="whole step", ax=None):
    """The GRU cell with the values of one unit on its wires; the parts of one equation are in colour.

    Parameters
    ----------
    cache : lstm_course.gru.GRUStepCache
        One step of one unit, B = I = H = 1; it also says where the reset acts.
    h_t : array_like
        The new state.
    part : {"whole step", "reset r", "update z", "candidate n", "state h"}
    """
    ax = new_axes(ax, figsize=(4.6, 3.55))
    ax.set(xlim=(-0.1, 12.1), ylim=(-1.3, 8.1), aspect="equal")
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    after = cache.reset == "after"
    colour = {name: _COLOURS[key] for key, names in _LIT[part].items() for name in names.split()}
    for name, (corners, head) in (_WIRES | _RESET_WIRES[cache.reset]).items():
        _wire(ax, corners, head, colour.get(name), thick=name in ("h_prev", "h_keep", "kept", "h"))
    for spot, name in _FORKS:
        ax.add_patch(Circle(spot, 0.11, lw=0, facecolor=colour.get(name, MUTED), zorder=4))
    q_box, q_ring = ((AT["q"], 1.5), (AT["q"], 3.3)) if after else ((AT["q"], 3.3), (AT["q"], 1.5))
    for name, (x, y), wide, high, text in (
        ("W_z", (2.8, 1.5), 1.35, 1.1, "W, b"), ("W_r", (4.3, 1.5), 1.35, 1.1, "W, b"),
        ("W_q", q_box, 1.9, 1.1, "W h + b" if after else "W q + b"), ("W_x", (AT["n"], 1.5), 1.9, 1.1, "W x + b"),
        ("sigma_z", (AT["z"], 3.3), 1.2, 1.1, "σ"), ("sigma_r", (AT["r"], 3.3), 1.2, 1.1, "σ"),
        ("tanh", (AT["n"], 4.45), 1.35, 0.84, "tanh"), ("turn", (6.1, TURNED), 1.6, 0.8, "1 − z"),
    ):  # fmt: skip
        box = (x - wide / 2, y - high / 2), wide, high
        solid(ax, FancyBboxPatch, box, colour.get(name), boxstyle="round,pad=0,rounding_size=0.22")
        ax.text(x, y - 0.03, text, ha="center", va="center", fontsize=12 if text == "σ" else 9.5,
                color=colour.get(name, MUTED), zorder=7)  # fmt: skip
    for name, centre, symbol in (
        ("times_z", (AT["z"], LEVEL), "×"), ("times_n", (AT["n"], TURNED), "×"), ("plus_h", (AT["n"], LEVEL), "+"),
        ("times_r", q_ring, "×"), ("plus_n", (AT["n"], 3.3), "+"),
    ):  # fmt: skip
        solid(ax, Circle, (centre, 0.36), colour.get(name))
        ax.text(*centre, symbol, ha="center", va="center_baseline", fontsize=11,
                color=colour.get(name, MUTED), zorder=7)  # fmt: skip

    for name, spot, label, number, align in (
        ("h_prev", (0.1, LEVEL + 0.5), "hₜ₋₁", cache.h_prev, "left"), ("x", (0.1, -0.95), "xₜ", cache.x_t, "left"),
        ("z", (AT["z"] + 0.2, 4.75), "z", cache.z_t, "left"),
        ("r", (5.2, 4.05), "r", cache.r_t, "left"),
        ("q", (AT["q"] + 0.2, 2.42), "q", cache.q_t, "left"), ("n", (AT["n"] + 0.38, 5.13), "n", cache.n_t, "left"),
        ("h", (11.9, LEVEL + 0.5), "hₜ", h_t, "right"),
    ):  # fmt: skip
        number = signed(float(np.reshape(number, ())), 2).replace("+", "")
        ax.text(*spot, f"{label} = {number}", ha=align, va="center", fontsize=9.5,
                color=colour.get(name, MUTED), zorder=7)  # fmt: skip
    return ax


def _wire(ax, corners, head, lit, *, thick):
    """Draw a line with its arrow head, in colour where it is lit."""
    style = {"color": lit or MUTED, "alpha": 1 if lit else 0.55, "zorder": 2 + bool(lit)}
    points = np.array(corners, float)
    if head:
        tip, size = points[-1].copy(), 0.34 if lit else 0.27
        back, side = np.array(_HEADS[head]), 0.6 * np.array(_HEADS[head])[::-1]
        ax.fill(*np.transpose([tip, tip + (back + side) * size, tip + (back - side) * size]), lw=0, **style)
        points[-1] += 0.8 * size * back  # the line ends inside its head
    width = 0.8 if not lit else 2.6 if thick else 1.8
    ax.plot(*points.T, lw=width, solid_capstyle="butt", solid_joinstyle="round", **style)


# --- units over time --------------------------------------------------------------------------------


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


@styled
def plot_counter(h, z, ax=None):
    """The units of a binary counter after some letters, lowest digit on the right, and what each will do next.

    Parameters
    ----------
    h : array_like, shape (H,)
        States, +1 for the digit 1 and −1 for the digit 0.
    z : array_like, shape (H,)
        The update gates of the next step.
    """
    ax = new_axes(ax, figsize=(4.6, 2.5))
    n = len(h)
    ax.set(xlim=(-1.35, n - 0.4), ylim=(-0.75, 1.95), aspect="equal")
    ax.axis("off")
    ax.set_position((0.01, 0.01, 0.98, 0.98))
    for j, (state, gate) in enumerate(zip(h, z, strict=True)):
        x, on, keeps = n - 1 - j, state > 0, gate > 0.5
        ax.add_patch(Circle((x, 0.75), 0.36, fc=BLUE_TINT if on else PAPER, ec=BLUE if on else MUTED, lw=1.6))
        ax.text(x, 0.75, "+1" if on else "−1", ha="center", va="center", color=INK, fontsize=11)
        ax.text(x, 1.45, str(2**j), ha="center", va="center", color=MUTED)
        ax.text(x, -0.05, f"z = {gate:.0f}", ha="center", va="center", color=MUTED if keeps else ORANGE)
        ax.text(
            x, -0.45, "keep" if keeps else "flip", ha="center", va="center", color=MUTED if keeps else ORANGE
        )
    for y, text in ((1.45, "worth"), (0.75, "state"), (-0.05, "next"), (-0.45, "step")):
        ax.text(-1.3, y, text, ha="left", va="center", color=MUTED)
    return ax
