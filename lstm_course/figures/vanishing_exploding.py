"""The drawings of the chapter on gradients that vanish and explode."""

from __future__ import annotations

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    DASHES,
    GREEN,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    SERIES,
    log10,
    new_axes,
    on_scale,
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
def plot_way_back(norms, ax=None, *, layers=20, low=-18, high=24, limit=3):
    """The gradient's norm at every layer of one network, and the bands where it has vanished or exploded.

    Parameters
    ----------
    norms : array_like, shape (L+1)
        From the input, layer 0, to the output, layer L.
    layers : int
        Where the axis ends.
    low, high : int
        The axis runs from ``10**low`` to ``10**high``; a norm outside it is an arrow at the edge.
    limit : int
        Below ``10**-limit`` a gradient counts as vanished, above ``10**limit`` as exploded.
    """
    ax = new_axes(ax)
    ax.axhspan(low, -limit, color=BLUE_TINT, lw=0)
    ax.axhspan(limit, high, color=ORANGE_TINT, lw=0)
    for y, word in ((high - 3.2, "explodes"), (-0.9, "survives"), (low + 1.2, "vanishes")):
        ax.text(0.4, y, word, color=MUTED, fontsize=9)
    ax.text(layers / 2, high - 3.2, "← the gradient travels this way", color=MUTED, fontsize=9)
    _draw_on_scale(ax, norms, low, high, color=BLUE, marker="o", ms=3.5)
    ax.set(
        xlim=(0, layers + 0.4), ylim=(low, high), xlabel="layer l (0 is the input)", ylabel="norm of ∂L/∂h"
    )
    ax.set_xticks(range(0, layers + 1, 5))
    powers_of_ten(ax.yaxis, low, high, 6)
    return ax


@styled
def plot_several_networks(norms, ax=None, *, low=-24, high=6):
    """The gradient's norm at every layer of several networks of one kind, each a thin line.

    Parameters
    ----------
    norms : array_like, shape (networks, L)
        From layer 1 to layer L, 1 at layer L. What leaves the scale is an arrow at its edge.
    """
    ax = new_axes(ax)
    ax.axhline(0, color=MUTED, lw=1)
    norms = np.asarray(norms)
    for values in norms:
        _draw_on_scale(ax, values, low, high, first=1, color=BLUE, lw=1)
    layers = norms.shape[1]
    ax.set(xlim=(1, layers + 0.2), ylim=(low, high), xlabel="layer l", ylabel="norm of ∂L/∂h")
    ax.set_xticks(range(1, layers + 1))
    powers_of_ten(ax.yaxis, low, high, 6)
    return ax


def _draw_on_scale(ax, values, low, high, *, first=0, **line):
    """Draw log10 of positive values as far as the axis goes; an arrow stands where they leave it."""
    heights, below, above = on_scale(values, low, high)
    x = first + np.arange(len(heights))
    for outside, edge, marker in ((below, low + 0.6, "v"), (above, high - 0.6, "^")):
        if outside.any():
            last = np.flatnonzero(outside)[-1]  # the gradient comes from the right
            ax.plot([x[last]], [edge], marker, color=ORANGE, ms=6, clip_on=False)
    ax.plot(x, heights, **line)


@styled
def plot_spikes(x, slopes, ax=None, *, low=-12, high=8):
    """The derivative of several chains' output by their input, against the input; one line a chain.

    Parameters
    ----------
    x : array_like, shape (n)
    slopes : mapping of str to array_like, shape (n)
        Label and derivatives, in size.
    """
    ax = new_axes(ax)
    ax.axhline(0, color=MUTED, lw=1)
    for (name, values), dash in zip(slopes.items(), DASHES, strict=False):
        ax.plot(x, np.log10(values), label=name, linestyle=dash, lw=1.5)
    ax.set(xlim=(x[0], x[-1]), ylim=(low, high), xlabel="input x of the chain", ylabel="size of ∂h/∂x")
    powers_of_ten(ax.yaxis, low, high, 4)
    ax.legend(loc="upper right")
    return ax


@styled
def plot_two_ways(spread, norms, ax=None, *, first=0, low=-14, high=2):
    """How far apart the examples lie at each layer, and the gradient there: the two ways through a network.

    Parameters
    ----------
    spread : array_like, shape (layers)
        Of the activations over the examples, layer by layer.
    norms : array_like, shape (layers)
        Of the gradient, at the same layers.
    first : int
        The number of the first of them; 0 is the input.
    """
    ax = new_axes(ax)
    for values, colour, dash, label in (
        (spread, GREEN, DASHES[0], "difference of the images →"),
        (norms, BLUE, DASHES[1], "← gradient ∂L/∂h"),
    ):
        layers = first + np.arange(len(values))
        ax.plot(layers, np.log10(values), color=colour, linestyle=dash, label=label)
    ax.set(xlim=(first, first + len(spread) - 1), ylim=(low, high), xlabel="layer l", ylabel="size")
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, low, high, 2)
    ax.legend(loc="lower center")
    return ax


@styled
def plot_overflow(runs, limit, ax=None, *, steps=10, high=320):
    """The largest number in a forward pass, step by step of training, until it is beyond the largest float.

    Parameters
    ----------
    runs : mapping of str to sequence of array_like
        Label, and for each of its networks the sizes at step 1, 2, …; the last is infinite where the
        network has overflowed, and is drawn as an arrow above the limit.
    limit : float
        The largest number that there is.
    """
    ax = new_axes(ax)
    ax.axhline(np.log10(limit), color=MUTED, lw=1)
    ax.text(
        steps,
        np.log10(limit) - 4,
        "largest number of float64",
        color=MUTED,
        fontsize=8.5,
        ha="right",
        va="top",
    )
    for (name, networks), colour, dash in zip(runs.items(), (ORANGE, BLUE), DASHES, strict=False):
        for k, sizes in enumerate(networks):
            sizes = np.asarray(sizes, dtype=float)[:steps]
            seen = np.where(np.isfinite(sizes), np.log10(np.maximum(sizes, 1e-300)), np.log10(limit))
            x = np.arange(1, len(sizes) + 1)
            ax.plot(x, seen, color=colour, linestyle=dash, lw=1.1, label=name if k == 0 else None)
            if not np.isfinite(sizes[-1]):
                ax.plot([x[-1]], [np.log10(limit) + 4], "^", color=colour, ms=6, clip_on=False)
    ax.set(xlim=(1, steps), ylim=(-5, high), xlabel="step of training", ylabel="largest number inside")
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, 0, 300, 50)
    ax.legend(loc="center right")
    return ax


@styled
def plot_settling(variances, ax=None, *, low=-1, high=7):
    """Variance of the pre-activations layer by layer, one line per label.

    Parameters
    ----------
    variances : mapping of str to array_like, shape (layers)
        The label, and a positive value for each layer from layer 1 on.
    low, high : int
        The axis runs from ``2**low`` to ``2**high``.
    """
    ax = new_axes(ax)
    for (name, values), colour, dash in zip(variances.items(), SERIES, DASHES, strict=False):
        layers = np.arange(1, len(values) + 1)
        ax.plot(layers, np.log2(values), color=colour, linestyle=dash, marker="o", ms=4, label=name)
    ax.set(ylim=(low, high), xlabel="layer l", ylabel="variance q of the pre-activations")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_yticks(range(low, high + 1), [f"{2.0**k:g}" for k in range(low, high + 1)])
    ax.legend(loc="upper right")
    return ax


@styled
def plot_gain_by_width(widths, measured, curve_widths, theory, ax=None):
    """Measured and predicted gain per layer against the width of the layers, both axes logarithmic."""
    ax = new_axes(ax)
    ax.axhline(0, color=MUTED, lw=1)
    ax.text(0.05, 0.02, "above this line the gradient grows", fontsize=8.5, color=MUTED)
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
