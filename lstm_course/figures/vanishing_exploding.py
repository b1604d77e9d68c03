"""The drawings of the chapter on gradients that vanish and explode."""

from __future__ import annotations

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    SERIES,
    log10,
    new_axes,
    powers_of_ten,
    styled,
)


@styled
def plot_norms(
    norms, ax=None, *, floor=-16, ceiling=4, step=4, xlabel="layer l", ylabel="norm of ∂L/∂h", first=0
):
    """Gradient norm layer by layer on a logarithmic axis, one line per label."""
    ax = new_axes(ax)
    dashes = ((0, ()), (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1)))
    for (name, values), dash in zip(norms.items(), dashes, strict=False):
        ax.plot(first + np.arange(len(values)), log10(values, floor), label=name, linestyle=dash)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(ylim=(floor, ceiling), xlabel=xlabel, ylabel=ylabel)
    powers_of_ten(ax.yaxis, floor, ceiling, step)
    if len(norms) > 1:
        ax.legend(loc="best")
    return ax


@styled
def plot_gain_by_width(widths, measured, curve_widths, theory, ax=None):
    """Measured and predicted gain per layer against the width of the layers, both axes logarithmic."""
    ax = new_axes(ax)
    ax.axhline(0, color=MUTED, lw=1)
    ax.text(0.05, 0.02, "above this line the gradient explodes", fontsize=8.5, color=MUTED)
    ax.plot(
        np.log2(curve_widths),
        np.log10(theory),
        label="theory for wide layers",
        linestyle=(0, (5, 2)),
        color=ORANGE,
    )
    ax.plot(np.log2(widths), np.log10(measured), "o", color=BLUE, ms=6, label="measured")
    ax.set(xlim=(-0.3, 11), ylim=(-1.05, 0.45), xlabel="neurons per layer n", ylabel="gain per layer")
    ticks = range(0, 11, 2)
    ax.set_xticks(list(ticks), [str(2**k) for k in ticks])
    gains = (0.1, 0.2, 0.5, 1, 2)
    ax.set_yticks(np.log10(gains), [f"{g:g}" for g in gains])
    ax.legend(loc="lower right")
    return ax


@styled
def plot_explosion_width(w, width, ax=None):
    """Width of the exploding interval against the weight, with its maximum marked."""
    ax = new_axes(ax)
    ax.plot(w, width)
    top = int(np.argmax(width))
    ax.plot([w[top]], [width[top]], "o", color=ORANGE)
    ax.annotate(
        f"{width[top]:.4f} at |w| = {w[top]:.3f}", (w[top], width[top]), xytext=(12, -4),
        textcoords="offset points", color=ORANGE,
    )  # fmt: skip
    ax.set(xlim=(0, w[-1]), ylim=(0, 0.55), xlabel="|w|", ylabel="width of the interval")
    return ax


@styled
def plot_chain_factor(w, b, x, factor, interval, ax=None):
    """The size of w σ′(wx+b) against the input x, with the interval where it is at least one."""
    ax = new_axes(ax)
    ax.axhline(1, color=MUTED, lw=1)
    left, right = interval if interval else (x[0] - 1, x[0] - 1)
    ax.fill([left, right, right, left], [0, 0, 3.2, 3.2], color=ORANGE_TINT, lw=0, zorder=0)
    ax.plot(x, factor, color=BLUE)
    ax.set(xlim=(x[0], x[-1]), ylim=(0, 3.2), xlabel="input x of the neuron", ylabel="factor |w σ′(wx + b)|")
    return ax


@styled
def plot_training_norms(norms, ax=None, *, floor=-16, ceiling=1):
    """Gradient norm per layer while a network trains: one line per layer, labelled at its end.

    Parameters
    ----------
    norms : array_like, shape (epochs, L)
    """
    ax = new_axes(ax)
    ax.figure.subplots_adjust(right=0.84)  # room for the labels
    norms = np.asarray(norms)
    epochs, depth = norms.shape
    chosen = sorted({0, depth // 4, depth // 2, 3 * depth // 4, depth - 1})
    for colour, layer in zip(SERIES, chosen, strict=False):
        values = log10(norms[:, layer], floor)
        ax.plot(np.arange(1, epochs + 1), values, color=colour)
        ax.annotate(
            f"layer {layer + 1}", (epochs, values[-1]), xytext=(5, 0), textcoords="offset points",
            color=colour, va="center", fontsize=8.5,
        )  # fmt: skip
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlim=(1, epochs), ylim=(floor, ceiling), xlabel="epoch", ylabel="norm of ∂L/∂a")
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    return ax
