"""The drawings of the chapter on the LSTM's cell."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from lstm_course.figures._style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    RED,
    new_axes,
    solid,
    styled,
)

COLOURS = {"a": INK, "i": GREEN, "f": BLUE, "g": PURPLE, "o": ORANGE, "c": INK, "h": RED, "x": MUTED}

# --- the cell ---------------------------------------------------------------------------------------

LEVEL, EXIT, BUS, PRODUCT = 7.1, 1.5, 1.5, 5.35  # heights: of c, of h, of the pre-activations, of i ⊙ g
AT = {"f": 2.6, "i": 4.4, "g": 6.4, "o": 8.6}  # where the gates stand
SUM, TURN = 5.4, 10.3  # where i ⊙ g joins c, and where h turns down to its exit
WIRES = {
    # name: (corners, points at which an arrow head stands)
    "h_prev": ([(0.15, BUS), (1.45, BUS)], "→"),
    "x": ([(5.4, -0.3), (5.4, 0.82)], "↑"),
    **{f"a_{k}": ([(x, 2.18), (x, 2.92)], "↑") for k, x in AT.items()},
    "f": ([(AT["f"], 4.08), (AT["f"], LEVEL - 0.36)], "↑"),
    "i": ([(AT["i"], 4.08), (AT["i"], PRODUCT), (SUM - 0.36, PRODUCT)], "→"),
    "g": ([(AT["g"], 4.08), (AT["g"], PRODUCT), (SUM + 0.36, PRODUCT)], "←"),
    "ig": ([(SUM, PRODUCT + 0.36), (SUM, LEVEL - 0.36)], "↑"),
    "c_prev": ([(0.15, LEVEL), (AT["f"] - 0.36, LEVEL)], "→"),
    "fc": ([(AT["f"] + 0.36, LEVEL), (SUM - 0.36, LEVEL)], "→"),
    "c": ([(SUM + 0.36, LEVEL), (11.85, LEVEL)], "→"),
    "c_down": ([(AT["o"], LEVEL), (AT["o"], 6.62)], "↓"),
    "tanh_c": ([(AT["o"], 5.72), (AT["o"], PRODUCT - 0.1)], ""),
    "o": ([(AT["o"], 4.08), (AT["o"], PRODUCT - 0.61)], "↑"),
    "h": ([(AT["o"] + 0.36, PRODUCT - 0.25), (TURN, PRODUCT - 0.25), (TURN, EXIT), (11.85, EXIT)], "→"),
}
BOXES = {
    # name: (centre, width, height, text)
    "a": ((5.55, BUS), 8.1, 1.28, "aₜ = Wᵢₕ xₜ + Wₕₕ hₜ₋₁ + b"),
    **{k: ((x, 3.5), 1.25, 1.1, "tanh" if k == "g" else "σ") for k, x in AT.items()},
    "tanh": ((AT["o"], 6.16), 1.25, 0.84, "tanh"),
}
RINGS = {
    "times_f": ((AT["f"], LEVEL), "×"),
    "times_ig": ((SUM, PRODUCT), "×"),
    "plus": ((SUM, LEVEL), "+"),
    "times_o": ((AT["o"], PRODUCT - 0.25), "×"),
}
NAMES = {
    # name: (place, text, alignment)
    "h_prev": ((0.1, BUS + 0.38), "hₜ₋₁", "left"),
    "x": ((5.75, -0.12), "xₜ", "left"),
    "c_prev": ((0.1, LEVEL + 0.4), "cₜ₋₁", "left"),
    "c": ((11.9, LEVEL + 0.4), "cₜ", "right"),
    "h": ((11.9, EXIT + 0.38), "hₜ", "right"),
    "f": ((AT["f"] - 0.25, 4.75), "fₜ", "right"),
    "i": ((AT["i"] - 0.22, 4.75), "iₜ", "right"),
    "g": ((AT["g"] + 0.22, 4.75), "gₜ", "left"),
    "o": ((AT["o"] - 0.3, 4.42), "oₜ", "right"),
}
LIT = {
    # Which parts an equation speaks of, each in a colour of `COLOURS`.
    "a": {"a": "h_prev x a a_f a_i a_g a_o"},
    "i": {"i": "a_i i"},
    "f": {"f": "a_f f"},
    "g": {"g": "a_g g"},
    "o": {"o": "a_o o"},
    "c": {"c": "c_prev times_f fc plus c", "f": "f", "i": "i times_ig ig", "g": "g"},
    "h": {"h": "times_o h", "o": "o", "c": "c c_down tanh tanh_c"},
    "all": {
        "a": "h_prev x a",
        "c": "c_prev times_f fc plus c c_down tanh tanh_c",
        "i": "a_i i times_ig ig",
        "f": "a_f f",
        "g": "a_g g",
        "o": "a_o o",
        "h": "times_o h",
    },
}
HEADS = {"→": (-1, 0), "←": (1, 0), "↑": (0, -1), "↓": (0, 1)}


@styled
def plot_lstm_cell(lit="all", equation="", ax=None):
    """One step of an LSTM as a wiring diagram, the parts of one equation in colour and the rest muted.

    Parameters
    ----------
    lit : {"all", "a", "i", "f", "g", "o", "c", "h"}
        The quantity whose equation is lit.
    equation : str
        A line under the drawing.
    """
    ax = new_axes(ax, figsize=(4.6, 3.55))
    ax.set(xlim=(-0.1, 12.1), ylim=(-1.5, 7.92), aspect="equal")
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    colour = {part: COLOURS[key] for key, parts in LIT[lit].items() for part in parts.split()}
    for name, (corners, head) in WIRES.items():
        lit_here, here = name in colour, colour.get(name, MUTED)
        style = {"color": here, "alpha": 1 if lit_here else 0.55, "zorder": 2 + lit_here}
        width = 0.8 if not lit_here else 2.6 if name in ("c_prev", "fc", "c") else 1.8
        points = np.array(corners, float)
        if head:
            tip, size = points[-1].copy(), 0.36 if lit_here else 0.27
            back, side = np.array(HEADS[head]), 0.6 * np.array(HEADS[head])[::-1]
            ax.fill(
                *np.transpose([tip, tip + (back + side) * size, tip + (back - side) * size]), lw=0, **style
            )
            points[-1] += 0.8 * size * back  # the line ends inside its head
        ax.plot(*points.T, lw=width, solid_capstyle="butt", solid_joinstyle="round", **style)
    for name, ((x, y), wide, high, text) in BOXES.items():
        place, lit_up = ((x - wide / 2, y - high / 2), wide, high), colour.get(name)
        solid(ax, FancyBboxPatch, place, lit_up, boxstyle="round,pad=0,rounding_size=0.22")
        points_of = 13 if text == "σ" else 10.5
        ax.text(
            x, y - 0.03, text, ha="center", va="center", fontsize=points_of, color=lit_up or MUTED, zorder=7
        )
    for name, (centre, symbol) in RINGS.items():
        lit_up = colour.get(name)
        solid(ax, Circle, (centre, 0.36), lit_up)
        ax.text(
            *centre, symbol, ha="center", va="center_baseline", fontsize=11, color=lit_up or MUTED, zorder=7
        )
    branch, alpha = colour.get("c_down", MUTED), 1 if "c_down" in colour else 0.55
    ax.add_patch(Circle((AT["o"], LEVEL), 0.12, lw=0, facecolor=branch, alpha=alpha, zorder=4))
    for name, (spot, label, align) in NAMES.items():
        ax.text(*spot, label, ha=align, va="center", fontsize=12, color=colour.get(name, MUTED), zorder=7)
    ax.text(6, -1.12, equation, ha="center", va="center", fontsize=11.5)
    return ax


# --- one step in numbers ----------------------------------------------------------------------------


@styled
def plot_one_step(i, f, g, o, c_prev, c, h, ax=None):
    """One cell, one step, moved by hand: three valves, and what passes each of them.

    Parameters
    ----------
    i, f, g, o, c_prev, c, h : float
        As `lstm_course.lstm.lstm_step` has them in its cache. States up to 5 in size fit the drawing.
    """
    ax = new_axes(ax, figsize=(318 / 72, 200 / 72))
    ax.set(xlim=(0, 318), ylim=(0, 200))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    old, forget, add, new = (28, 150), (102, 150), (178, 150), (286, 150)
    candidate, enter, squash, show = (178, 28), (178, 92), (286, 104), (286, 62)
    kept, entered, squashed = f * c_prev, i * g, np.tanh(c)
    for tail, head, value, colour in (
        (old, forget, c_prev, MUTED), (forget, add, kept, COLOURS["f"]), (candidate, enter, g, COLOURS["g"]),
        (enter, add, entered, COLOURS["i"]), (add, new, c, INK), (new, squash, c, INK),
        (squash, show, squashed, INK), (show, (286, 20), h, COLOURS["h"]),
    ):  # fmt: skip
        _flow(ax, tail, head, value, colour)
    for (x, y), share, name in ((forget, f, "f"), (enter, i, "i"), (show, o, "o")):
        _valve(ax, x, y, share, COLOURS[name])
    for (x, y), name, value, colour in (
        (old, "old c", c_prev, MUTED), (new, "new c", c, INK), (candidate, "offered", g, COLOURS["g"]),
        ((286, 16), "h", h, COLOURS["h"]),
    ):  # fmt: skip
        ax.add_patch(FancyBboxPatch((x - 27, y - 15), 54, 30, boxstyle="round,pad=0,rounding_size=6",
                                    facecolor=PAPER, edgecolor=colour, lw=1.4, zorder=5))  # fmt: skip
        ax.text(x, y, f"{name}\n{_short(value)}", ha="center", va="center", fontsize=9.5, color=colour, zorder=6,
                linespacing=1.05)  # fmt: skip
    for (x, y), sign in ((add, "+"), (squash, "tanh")):
        ax.add_patch(Circle((x, y), 11 if sign == "+" else 14, fc=PAPER, ec=MUTED, lw=1, zorder=5))
        ax.text(x, y, sign, ha="center", va="center", fontsize=11 if sign == "+" else 8.5, zorder=6)
    for x, y, text, align, colour in (
        (forget[0], 184, f"forget gate f = {_short(f)}", "center", COLOURS["f"]),
        (forget[0] - 22, 122, f"{_short(kept)} is kept", "center", COLOURS["f"]),
        (enter[0] - 20, enter[1] + 6, "input gate", "right", COLOURS["i"]),
        (enter[0] - 20, enter[1] - 6, f"i = {_short(i)}", "right", COLOURS["i"]),
        (add[0] + 8, 122, f"{_short(entered)} enters", "left", COLOURS["i"]),
        (show[0] - 20, show[1] + 6, "output gate", "right", COLOURS["o"]),
        (show[0] - 20, show[1] - 6, f"o = {_short(o)}", "right", COLOURS["o"]),
    ):
        ax.text(x, y, text, ha=align, va="center", fontsize=9.5, color=colour, zorder=6)
    return ax


def _flow(ax, tail, head, value, colour):
    """A line as thick as the number that it carries; thin, dotted and grey where nothing passes."""
    nothing = abs(value) < 0.005
    ax.plot(
        *np.transpose([tail, head]),
        color=MUTED if nothing else colour,
        lw=1 if nothing else 1 + 1.1 * abs(value),
        linestyle=(0, (1, 2)) if nothing else "-",
        solid_capstyle="butt",
        zorder=1,
    )
    (x0, y0), (x1, y1) = tail, head
    way = ">" if x1 > x0 else "^" if y1 > y0 else "v"
    ax.plot([(x0 + x1) / 2], [(y0 + y1) / 2], way, ms=7, mew=0, color=MUTED if nothing else colour, zorder=2)


def _valve(ax, x, y, share, colour):
    """A gate: a frame that is filled as far as it is open."""
    side = 30
    corner = x - side / 2, y - side / 2
    for height, style in ((side, {"fc": PAPER}), (side * share, {"fc": colour, "alpha": 0.35})):
        ax.add_patch(Rectangle(corner, side, height, ec="none", zorder=3, **style))
    ax.add_patch(Rectangle(corner, side, side, fc="none", ec=colour, lw=1.6, zorder=4))
    ax.text(x, y - 0.5, "×", ha="center", va="center", fontsize=12, color=INK, zorder=6)


def _short(value):
    """Two decimals, a true minus, and no minus before zero."""
    return f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


# --- sequences --------------------------------------------------------------------------------------


class Track(NamedTuple):
    """One strip of `plot_tracks`: its title, its lines by name, and the range of its axis.

    A line's colour follows the first letter of its name: i, f, g, o, c, h, x. A name that ends in ``?``
    is what was wished for: dotted, and the mark left out.
    """

    title: str
    lines: dict[str, np.ndarray]
    low: float
    high: float


@styled
def plot_tracks(tracks, *, first=1, xlabel="step t", height=0.95, ax=None):
    """Quantities over the steps of a sequence, one strip below the other.

    Parameters
    ----------
    tracks : sequence of Track
    first : int
        Number of the first step.
    height : float
        Height of a strip in inches.
    ax : sequence of matplotlib.axes.Axes, optional
        One for each strip.
    """
    if ax is None:
        inches = height * len(tracks) + 0.5
        ax = plt.subplots(len(tracks), 1, sharex=True, squeeze=False, figsize=(4.8, inches))[1][:, 0]
        ax[0].figure.subplots_adjust(
            left=0.1, right=0.97, bottom=0.46 / inches, top=1 - 0.26 / inches, hspace=0.42
        )
    for axes, (title, lines, low, high) in zip(ax, tracks, strict=True):
        for name, values in lines.items():
            t, wished = first + np.arange(len(values)), name.endswith("?")
            dash = (0, (1, 1.3)) if wished else (0, (5, 1.6)) if name[0] == "f" and len(lines) > 1 else "-"
            hue, order = (MUTED, 3) if wished else (COLOURS.get(name[0], MUTED), 2)
            axes.plot(
                t,
                values,
                color=hue,
                lw=1.5,
                linestyle=dash,
                label=name.rstrip("?"),
                zorder=order,
                drawstyle="steps-mid",
            )
        axes.set(ylim=(low, high), xlim=(t[0] - 0.5, t[-1] + 0.5))
        axes.set_title(title, loc="left", fontsize=9, pad=3)
        if len(lines) > 1:
            axes.legend(
                loc="lower right",
                bbox_to_anchor=(1.01, 0.93),
                ncols=len(lines),
                fontsize=8.5,
                borderpad=0,
                borderaxespad=0.1,
                handlelength=1.6,
                columnspacing=1,
            )
    axes.set_xlabel(xlabel)
    return axes
