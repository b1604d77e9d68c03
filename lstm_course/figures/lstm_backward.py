"""The drawings of the chapter on the LSTM's backward pass."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    GREEN_TINT,
    GRID,
    INK,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    PAPER,
    new_axes,
    on_scale,
    powers_of_ten,
    scientific,
    signed,
    styled,
    subscript,
)  # fmt: skip

# --- three steps, unrolled ---------------------------------------------------------------------------

STEPS = 3
STATE_AT = {**{f"c{t}": (2.0 * t, 3.0) for t in range(STEPS + 1)},
            **{f"h{t}": (2.0 * t, 1.0) for t in range(STEPS + 1)}}  # fmt: skip
GATES_AT = {f"a{t}": (2.0 * t - 1, 2.0) for t in range(1, STEPS + 1)}
LOSS_AT = {f"L{t}": (2.0 * t, -0.3) for t in range(1, STEPS + 1)}
# Every edge, tail to head, by which one of the states is used.
EDGES = tuple(
    edge
    for t in range(1, STEPS + 1)
    for edge in (
        (f"c{t - 1}", f"c{t}"), (f"h{t - 1}", f"a{t}"), (f"c{t}", f"h{t}"), (f"h{t}", f"L{t}"),
        (f"a{t}", f"c{t}"), (f"a{t}", f"h{t}"),
    )
)  # fmt: skip


def state_name(key: str) -> str:
    """``"c2"`` → ``"c₂"``."""
    return key[0] + subscript(int(key[1:]))


def _number(value: float) -> str:
    """Three decimals with a sign; what they would round to zero as a power of ten, and zero as 0."""
    if value == 0:
        return "0"
    return signed(value, 3) if abs(value) >= 5e-4 else scientific(value, 0)


@styled
def plot_two_arrivals(totals: Mapping[str, float], parts: Mapping, chosen: str, ax=None):
    """An LSTM of one unit, unrolled over three steps, with what comes back along every edge.

    Parameters
    ----------
    totals : mapping of str to float
        The derivative of the loss by each state, ``{"c0": …, "h0": …, …}``.
    parts : mapping of (str, str) to float
        What comes back along each edge that leaves a state: ``{("c1", "h1"): …, ("h1", "L1"): …}``.
    chosen : str
        The state whose arrivals are lit.
    """
    ax = new_axes(ax, figsize=(4.6, 3.3))
    ax.set(xlim=(-0.5, 6.5), ylim=(-0.65, 3.5))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    places = {**STATE_AT, **GATES_AT, **LOSS_AT}
    for tail, head in EDGES:
        lit = tail == chosen
        start, end = np.array(places[tail]), np.array(places[head])
        way = (end - start) / np.linalg.norm(end - start)
        ax.annotate(
            "", end - 0.4 * way, start + 0.4 * way, zorder=1,
            arrowprops={"arrowstyle": "-|>,head_width=0.2,head_length=0.35", "lw": 2.2 if lit else 1.0,
                        "color": ORANGE if lit else MUTED, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        if (tail, head) in parts:
            up = 0.23 if tail[0] == head[0] == "c" else 0.0  # a number beside a level arrow, else on it
            at = (start + end) / 2 + np.array((0.0, up))
            value = _number(parts[tail, head])
            ax.text(
                *at, value, fontsize=8.5, ha="center", va="center", zorder=6,
                color=ORANGE if lit else MUTED, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    for key, (x, y) in STATE_AT.items():
        lit = key == chosen
        ax.text(
            x, y, f"{state_name(key)}\n{_number(totals[key])}", ha="center", va="center", fontsize=8.5, zorder=5,
            linespacing=1.25,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": ORANGE_TINT if lit else BLUE_TINT,
                  "edgecolor": ORANGE if lit else BLUE, "lw": 1.8 if lit else 0.9},
        )  # fmt: skip
    for boxes, tint in ((GATES_AT, PAPER), (LOSS_AT, GREEN_TINT)):
        for key, (x, y) in boxes.items():
            ax.text(
                x, y, f"gates\n{state_name(key)}" if key[0] == "a" else state_name(key), ha="center", va="center",
                fontsize=8.5, zorder=5, linespacing=1.2,
                bbox={"boxstyle": "round,pad=0.28", "facecolor": tint, "edgecolor": MUTED, "lw": 0.9},
            )  # fmt: skip
    return ax


# --- one step, every variable ------------------------------------------------------------------------

# Where each variable stands, (column, row), and the places where it is used, with the local derivative.
PLACES = {
    "cₜ₋₁": (0, 4), "hₜ₋₁": (0, 1.3), "xₜ": (0, 0), "aᶠ": (1.3, 3), "aⁱ": (1.3, 2), "aᵍ": (1.3, 1),
    "aᵒ": (1.3, 0), "fₜ": (2.6, 3), "iₜ": (2.6, 2), "gₜ": (2.6, 1), "oₜ": (2.6, 0), "cₜ": (4.1, 4),
    "hₜ": (4.1, 0), "cₜ₊₁": (5.6, 4), "aₜ₊₁": (5.6, 1.3), "L": (5.6, 0),
}  # fmt: skip
USES = {
    "hₜ": {"L": "loss at t", "aₜ₊₁": "W_hh"},
    "oₜ": {"hₜ": "tanh cₜ"},
    "cₜ": {"hₜ": "oₜ(1 − tanh²cₜ)", "cₜ₊₁": "fₜ₊₁"},
    "fₜ": {"cₜ": "cₜ₋₁"},
    "iₜ": {"cₜ": "gₜ"},
    "gₜ": {"cₜ": "iₜ"},
    "cₜ₋₁": {"cₜ": "fₜ"},
    "aᶠ": {"fₜ": "f(1 − f)"},
    "aⁱ": {"iₜ": "i(1 − i)"},
    "aᵍ": {"gₜ": "1 − g²"},
    "aᵒ": {"oₜ": "o(1 − o)"},
    "hₜ₋₁": dict.fromkeys(("aᶠ", "aⁱ", "aᵍ", "aᵒ"), ""),
    "xₜ": dict.fromkeys(("aᶠ", "aⁱ", "aᵍ", "aᵒ"), ""),
}
LABEL_AT = {("cₜ", "hₜ"): 0.36, ("oₜ", "hₜ"): 0.5, ("hₜ", "aₜ₊₁"): 0.5, ("gₜ", "cₜ"): 0.3, ("iₜ", "cₜ"): 0.32}


@styled
def plot_uses(chosen, formula, ax=None):
    """One LSTM step as a graph; the places where the chosen variables are used are lit.

    Parameters
    ----------
    chosen : sequence of str
        Names out of `USES`.
    formula : str
        What stands below the graph: the derivative that the lit edges give.
    """
    ax = new_axes(ax, figsize=(5.2, 4.1))
    ax.set(xlim=(-0.45, 6.05), ylim=(-1.25, 4.55))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    lit_ends = {head for tail in chosen for head in USES[tail]}
    edges = [(tail, head, label) for tail, heads in USES.items() for head, label in heads.items()]
    for tail, head, label in sorted(edges, key=lambda edge: edge[0] in chosen):
        lit = tail in chosen
        start, end = np.array(PLACES[tail], float), np.array(PLACES[head], float)
        way = (end - start) / np.linalg.norm(end - start)
        start, end = start + 0.3 * way, end - 0.31 * way
        ax.annotate(
            "", start, end, zorder=2 if lit else 1,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.22,head_length=0.4" if lit else "-", "lw": 2 if lit else 1,
                "color": ORANGE if lit else GRID, "shrinkA": 0, "shrinkB": 0,
            },
        )  # fmt: skip
        if lit and label:
            at = start + LABEL_AT.get((tail, head), 0.5) * (end - start)
            ax.text(
                *at, label, fontsize=8.5, color=ORANGE, ha="center", va="center", zorder=6,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip
    for name, (x, y) in PLACES.items():
        now, used_by = name in chosen, name in lit_ends
        fill = ORANGE_TINT if now else BLUE_TINT if used_by else PAPER
        edge = ORANGE if now else BLUE if used_by else MUTED
        ax.text(
            x, y, name, ha="center", va="center", fontsize=10, zorder=5, color=INK,
            bbox={"boxstyle": "round,pad=0.32", "facecolor": fill, "edgecolor": edge, "lw": 1.6 if now or used_by else 0.9},
        )  # fmt: skip
    ax.text(2.8, -0.92, formula, ha="center", va="center", fontsize=9.5, color=INK)
    return ax


# --- sizes over many steps, and training -------------------------------------------------------------


@styled
def plot_arrivals(through_h, from_next, ax=None, *, floor=-12, ceiling=4):
    """Size of the two parts of the gradient of the cell state, step by step.

    Parameters
    ----------
    through_h, from_next : array_like, shape (T,)
        Norms of what arrives through h_t, and from c_{t+1}.
    floor, ceiling : int
        Exponents of ten at the ends of the axis. What leaves it is a triangle on the edge.
    """
    ax = new_axes(ax)
    steps = np.arange(1, len(through_h) + 1)
    for at, values, colour, dash, label in (
        (steps[:-1], from_next[:-1], BLUE, (0, ()), "from step t+1"),  # none at T
        (steps, through_h, ORANGE, (0, (5, 2)), "through hₜ"),
    ):
        exponents, below, above = on_scale(values, floor, ceiling)
        ax.plot(at, exponents, color=colour, linestyle=dash, label=label)
        for beyond, edge, marker in ((below, floor, "v"), (above, ceiling, "^")):
            ax.plot(
                at[beyond], np.full(beyond.sum(), edge), color=colour, marker=marker,
                ls="", ms=3.5, clip_on=False,
            )  # fmt: skip
    ax.set(xlim=(1, steps[-1]), ylim=(floor, ceiling), xlabel="step t", ylabel="norm of its part of ∂L/∂cₜ")
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    ax.legend(loc="lower right")
    return ax


@styled
def plot_right_and_wrong(panels: Mapping[str, Mapping[str, np.ndarray]], chance: float, axes=None):
    """Accuracy epoch by epoch, a thin line for each start, with the right pass and with a wrong one.

    Parameters
    ----------
    panels : mapping of str to mapping of str to array_like, shape (seeds, epochs)
        A panel for each title; in it the curves of every pass by its name, two at most.
    chance : float
        What guessing scores.
    axes : sequence of Axes, optional
        One a panel.

    Returns
    -------
    list of Axes
    """
    if axes is None:
        axes = plt.subplots(1, len(panels), figsize=(5.6, 2.9), sharey=True)[1]
        axes[0].figure.subplots_adjust(left=0.12, right=0.985, bottom=0.165, top=0.9, wspace=0.1)
    for ax, (title, curves) in zip(axes, panels.items(), strict=True):
        for (name, runs), colour, dash in zip(
            curves.items(), (BLUE, ORANGE), ("-", (0, (4, 1.5))), strict=False
        ):
            epochs = np.arange(1, np.shape(runs)[1] + 1)
            for k, run in enumerate(runs):
                ax.plot(epochs, run, color=colour, lw=1.1, linestyle=dash, label=name if k == 0 else None)
        ax.axhline(chance, color=MUTED, lw=1, linestyle=(0, (1, 1.5)), label="guessing")
        ax.set(title=title, xlabel="epoch", xlim=(1, epochs[-1]), ylim=(0, 1.02))
        ax.xaxis.get_major_locator().set_params(integer=True)
    axes[0].set_ylabel("accuracy on the test set")
    axes[0].legend(loc=(0.35, 0.14))
    return list(axes)
