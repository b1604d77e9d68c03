"""The drawings of the chapter on the LSTM's backward pass."""

from __future__ import annotations

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    GREEN,
    GRID,
    INK,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    PAPER,
    log10,
    new_axes,
    powers_of_ten,
    styled,
)  # fmt: skip

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


@styled
def plot_arrivals(through_h, from_next, ax=None, *, floor=-8, ceiling=2):
    """Size of the two parts of the gradient of the cell state, step by step.

    Parameters
    ----------
    through_h, from_next : array_like, shape (T,)
        Norms of what arrives through h_t, and from c_{t+1}.
    """
    ax = new_axes(ax)
    steps = np.arange(1, len(through_h) + 1)
    ax.plot(steps[:-1], log10(from_next[:-1], floor), color=BLUE, label="from step t+1")  # none at T
    ax.plot(steps, log10(through_h, floor), color=ORANGE, linestyle=(0, (5, 2)), label="through hₜ")
    ax.set(xlim=(1, steps[-1]), ylim=(floor, ceiling), xlabel="step t", ylabel="norm of its part of ∂L/∂cₜ")
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, floor, ceiling, 2)
    ax.legend(loc="lower right")
    return ax


@styled
def plot_lost_arrival(steps, errors, ax=None):
    """Relative error of a gradient that forgets one arrival, against the length of the sequence."""
    ax = new_axes(ax, figsize=(4.8, 2.6))
    for (name, values), colour in zip(errors.items(), (ORANGE, BLUE, GREEN), strict=False):
        ax.plot(np.log2(steps), values, "o-", color=colour, ms=4, label=name)
    ax.set(ylim=(0, 1.05), xlabel="steps T in the check", ylabel="relative error of ∂L/∂W")
    ax.set_xticks(np.log2(steps), [str(t) for t in steps])
    ax.legend(loc="best")
    return ax
