"""The drawings of the chapter on the cell-state highway."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_course.figures._style import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    RED,
    log10,
    new_axes,
    powers_of_ten,
    styled,
)  # fmt: skip


def _legend_above(ax, columns):
    ax.figure.subplots_adjust(top=0.89)
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.46, 0.99), ncols=columns, columnspacing=1.2, handlelength=1.8
    )


@styled
def plot_split(lags, norms, marked=None, ax=None, *, floor=-16, ceiling=4):
    """Norms of the total Jacobian and of its two parts against the lag.

    Parameters
    ----------
    lags : array_like, shape (K,)
    norms : sequence of three array_like, shape (K,)
        Of the total, of the highway and of the rest.
    marked : int, optional
        The lag at which a vertical line stands.
    """
    ax = new_axes(ax)
    styles: tuple[tuple[str, dict[str, Any]], ...] = (
        ("total", {"color": INK, "lw": 3.2, "alpha": 0.35}),
        ("highway", {"color": BLUE}),
        ("all other paths", {"color": ORANGE, "linestyle": (0, (5, 2))}),
    )
    for values, (label, how) in zip(norms, styles, strict=True):
        ax.plot(lags, log10(values, floor), label=label, **how)
    if marked is not None:
        ax.plot([marked, marked], [floor, ceiling], color=MUTED, lw=1)
    ax.set(
        xlim=(0, lags[-1]),
        ylim=(floor, ceiling),
        xlabel="lag, steps from c₀ to cₜ",
        ylabel="norm of the Jacobian",
    )
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    _legend_above(ax, 3)
    return ax


@styled
def plot_excursions(norms, ax=None, *, floor=-16, ceiling=4, most=20):
    """Norm of the part with k excursions against k, one line per label."""
    ax = new_axes(ax)
    colours = (ORANGE, BLUE, GREEN, PURPLE, RED)
    for (name, values), colour in zip(norms.items(), colours, strict=False):
        values = np.asarray(values)[: most + 1]
        ax.plot(np.arange(len(values)), log10(values, floor), "o-", ms=3.5, lw=1.2, color=colour, label=name)
    ax.set(
        xlim=(-0.5, most + 0.5),
        ylim=(floor, ceiling),
        xlabel="number k of excursions",
        ylabel="norm of its part",
    )
    ax.xaxis.get_major_locator().set_params(integer=True)
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    if len(norms) > 1:
        ax.legend(loc="best")
    return ax


@styled
def plot_reach(norms, ax=None, *, floor=-16, ceiling=8, every=1):
    """Norm of the gradient by the input at each lag, or at every so many, one line per network."""
    ax = new_axes(ax)
    colours = (RED, BLUE, GREEN, PURPLE, ORANGE)
    for (name, values), dash, colour in zip(norms.items(), DASHES, colours, strict=False):
        lags = np.arange(0, len(values), every)
        ax.plot(lags, log10(values, floor)[lags], label=name, linestyle=dash, color=colour)
    ax.set(ylim=(floor, ceiling), xlim=(0, lags[-1]), xlabel="lag k", ylabel="norm of ∂L/∂x at lag k")
    powers_of_ten(ax.yaxis, floor, ceiling, 4)
    _legend_above(ax, 4)
    return ax


@styled
def plot_words(words, gradient, forget, ax=None):
    """A sentence read by one cell: its forget gate at each word, and the gradient that reaches the word."""
    ax = new_axes(ax, figsize=(5.2, 2.7))
    ax.figure.subplots_adjust(bottom=0.12)
    at = np.arange(len(words))
    ax.bar(at - 0.2, forget, 0.38, color=BLUE, label="forget gate")
    ax.bar(at + 0.2, gradient, 0.38, color=ORANGE, label="gradient of the last state by the word")
    ax.set_xticks(at, words)
    ax.set(ylim=(0, 1.25), xlim=(-0.6, len(words) - 0.4))
    ax.grid(axis="x", visible=False)
    ax.legend(loc="upper left", ncols=2)
    return ax


@styled
def plot_accuracy(forget_biases, accuracies, chance, ax=None):
    """Accuracy after training against the forget bias, one line per delay, each run a dot.

    Parameters
    ----------
    accuracies : mapping of str to array_like, shape (biases, seeds)
    """
    ax = new_axes(ax)
    for (name, values), colour, dash in zip(accuracies.items(), (BLUE, ORANGE, GREEN), DASHES, strict=False):
        values = np.asarray(values)
        at = np.arange(len(forget_biases))
        ax.plot(at, values.mean(axis=1), color=colour, linestyle=dash, label=name)
        for run in values.T:
            ax.plot(at, run, "o", color=colour, ms=3.5, alpha=0.7)
    ax.axhline(chance, color=MUTED, lw=1)
    ax.text(len(forget_biases) - 1, chance + 0.015, "guessing", color=MUTED, fontsize=8.5, ha="right")
    ax.set_xticks(np.arange(len(forget_biases)), [str(b) for b in forget_biases])
    ax.set(ylim=(0, 1), xlabel="forget bias at the start", ylabel="test accuracy")
    ax.legend(loc="upper left")
    return ax
