"""The palette and style that all drawings of the book share, and how they write numbers."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler

INK, MUTED, GRID, PAPER = "#1b2430", "#5b6675", "#d5dae1", "#fdfdfe"
BLUE, ORANGE, GREEN, RED, PURPLE = "#1f63c8", "#b8560b", "#177a4c", "#c02942", "#7446c2"
BLUE_TINT, ORANGE_TINT, GREEN_TINT = "#dce8fa", "#fbe6d3", "#d6efe1"
DASHES: tuple[Any, ...] = ((0, ()), (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1)))
SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED)
# The page's CSS gives each name a light and a dark value (book/assets/gradients.css).
PALETTE = {
    INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper", BLUE: "blue", ORANGE: "orange",
    GREEN: "green", RED: "red", PURPLE: "purple", BLUE_TINT: "blue-tint", ORANGE_TINT: "orange-tint",
    GREEN_TINT: "green-tint",
}  # fmt: skip
# Outside the book: JupyterLab's own theme variables, then the plain colour. A tint is mixed with the page, and
# a colour with the text on it, so that both are readable in JupyterLab's dark theme too.
FALLBACK = {
    **{PALETTE[c]: f"color-mix(in srgb, {c} 75%, var(--jp-content-font-color1, {c}))" for c in SERIES},
    **{
        PALETTE[tint]: f"color-mix(in srgb, {c} 16%, var(--jp-layout-color0, {PAPER}))"
        for tint, c in ((BLUE_TINT, BLUE), (ORANGE_TINT, ORANGE), (GREEN_TINT, GREEN))
    },
    "ink": f"var(--jp-content-font-color1, {INK})",
    "muted": f"var(--jp-content-font-color2, {MUTED})",
    "grid": f"var(--jp-border-color2, {GRID})",
    "paper": f"var(--jp-layout-color0, {PAPER})",
}

STYLE: dict[Any, Any] = {
    "axes.edgecolor": MUTED, "axes.labelcolor": INK, "axes.titlecolor": INK, "axes.grid": True,
    "axes.spines.top": False, "axes.spines.right": False, "axes.facecolor": "none",
    "axes.prop_cycle": cycler(color=SERIES), "axes.titlesize": 10, "axes.labelsize": 9.5,
    "axes.axisbelow": True, "figure.facecolor": "none", "figure.subplot.left": 0.155, "figure.subplot.right": 0.97,
    "figure.subplot.bottom": 0.175, "figure.subplot.top": 0.96, "figure.figsize": (4.8, 2.95), "font.size": 9.5,
    "font.family": "DejaVu Sans", "grid.color": GRID, "grid.linewidth": 0.7, "legend.frameon": False,
    "legend.fontsize": 9, "legend.labelcolor": INK, "lines.linewidth": 1.8, "savefig.facecolor": "none",
    "svg.fonttype": "none", "svg.hashsalt": "gradients-through-time", "text.color": INK,
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "axes.unicode_minus": True,
    "path.simplify_threshold": 0.3,
}  # fmt: skip


def style():
    """A context manager that sets matplotlib to the house style, and back."""
    stack = contextlib.ExitStack()
    stack.enter_context(mpl.rc_context())
    mpl.rcdefaults()
    mpl.rcParams.update(STYLE)
    return stack


def styled(plot):
    """Run a drawing function in the house style."""

    @functools.wraps(plot)
    def in_style(*args, **kwargs):
        with style():
            return plot(*args, **kwargs)

    return in_style


def new_axes(ax=None, **kwargs):
    """`ax`, or the Axes of a new figure."""
    return ax if ax is not None else plt.subplots(**kwargs)[1]


def canvas(ax, width, height):
    """Axes that fill their figure, with points for units, so that labels and gaps can be placed by size."""
    ax = new_axes(ax, figsize=(width / 72, height / 72))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    ax.set_position((0, 0, 1, 1))
    return ax


def write(ax, x, y, text, **kwargs):
    """Text around a place, with true minus signs."""
    ax.text(x, y, text.replace("-", "−"), **({"ha": "center", "va": "center", "fontsize": 9} | kwargs))


def superscript(number: int) -> str:
    """An integer as a Unicode exponent, ``-12`` → ``⁻¹²``."""
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def subscript(number: int) -> str:
    """An integer as a Unicode index, ``12`` → ``₁₂``."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def signed(value: float, digits: int = 4) -> str:
    """A number with its sign, and a true minus: ``+0.0822``, ``−0.0002``."""
    return f"{value:+.{digits}f}".replace("-", "−")


def scientific(value: float, digits: int = 1) -> str:
    """A number as people write it: ``2.3 × 10⁻²⁴``."""
    if value == 0 or 1e-2 <= abs(value) < 1e4:
        return (f"{value:.3g}" if abs(value) < 999.5 else f"{value:.0f}").replace("-", "−")
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa.replace('-', '−')} × 10{superscript(int(exponent))}"


def powers_of_ten(axis, low: int, high: int, step: int = 1):
    """Label a linear axis that shows log10 of something with powers of ten."""
    ticks = range(low, high + 1, step)
    axis.set_ticks(list(ticks), [f"10{superscript(k)}" if k else "1" for k in ticks])


def log10(values, floor: float):
    """log10 with everything at or below ``10**floor`` drawn on the floor."""
    return np.log10(np.maximum(np.abs(np.asarray(values, dtype=float)), 10.0**floor))


def on_scale(values, low, high):
    """What a logarithmic axis from ``10**low`` to ``10**high`` can show of an array.

    Returns
    -------
    heights : numpy.ndarray
        log10 of the absolute values, NaN where they are off the axis.
    below, above : numpy.ndarray of bool
        Where they are too small and too large for it. A zero is neither: it has no place on such an axis.
    """
    values = np.abs(np.asarray(values, dtype=float))
    with np.errstate(divide="ignore"):
        heights = np.log10(values)
    below, above = (heights < low) & (values > 0), heights > high
    return np.where((heights < low) | above, np.nan, heights), below, above


def solid(ax, shape, place, colour, **how):
    """Draw a shape that hides the wires behind it and is tinted where it is lit."""
    tint, edge, width = (0.16, 1.0, 1.7) if colour else (0.25, 0.6, 0.7)
    ax.add_patch(shape(*place, fc=PAPER, ec="none", zorder=5, **how))
    ax.add_patch(shape(*place, fc=colour or GRID, ec="none", alpha=tint, zorder=5.5, **how))
    ax.add_patch(shape(*place, fc="none", ec=colour or MUTED, alpha=edge, lw=width, zorder=6, **how))
