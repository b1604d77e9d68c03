"""The explorers of the chapter on the LSTM's backward pass; the mathematics is in the package."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_arrivals, plot_uses, scientific
from lstm_course.gradient_flow import lstm_arrivals
from lstm_course.lstm import init_lstm, lstm_forward

DERIVATIVES = {
    "hₜ": ("hₜ", "∂L/∂hₜ = what the loss reads at t + W_hhᵀ ∂L/∂aₜ₊₁"),
    "oₜ": ("oₜ", "∂L/∂oₜ = ∂L/∂hₜ · tanh cₜ"),
    "cₜ": ("cₜ", "∂L/∂cₜ = ∂L/∂hₜ · oₜ(1 − tanh²cₜ) + ∂L/∂cₜ₊₁ · fₜ₊₁"),
    "fₜ iₜ gₜ": ("fₜ iₜ gₜ", "∂L/∂f = ∂L/∂cₜ · cₜ₋₁    ∂L/∂i = ∂L/∂cₜ · gₜ    ∂L/∂g = ∂L/∂cₜ · iₜ"),
    "aₜ": ("aᶠ aⁱ aᵍ aᵒ", "∂L/∂a = ∂L/∂gate · slope of its σ or tanh"),
    "xₜ": ("xₜ", "∂L/∂xₜ = W_ihᵀ ∂L/∂aₜ, a sum over all four gates"),
    "hₜ₋₁": ("hₜ₋₁", "part of ∂L/∂hₜ₋₁ = W_hhᵀ ∂L/∂aₜ, a sum over all four gates"),
    "cₜ₋₁": ("cₜ₋₁", "part of ∂L/∂cₜ₋₁ = ∂L/∂cₜ · fₜ"),
}


def uses() -> Explorer:
    """One step as a graph: where each variable is used, and so what its derivative is a sum of."""

    def say(variable):
        names, formula = DERIVATIVES[variable]
        one = "is used" if len(names.split()) == 1 else "are each used"
        count = {"hₜ": "in the loss and in all four gates of the next step", "cₜ": "twice: in hₜ and in cₜ₊₁"}
        where = count.get(variable, "in all four gates" if variable in ("xₜ", "hₜ₋₁") else "once")
        return f"{variable} {one} {where}. {formula.replace('    ', '; ')}."

    return Explorer(
        lambda variable: plot_uses(DERIVATIVES[variable][0].split(), DERIVATIVES[variable][1]).figure,
        say=say,
        alt="One step of an LSTM as a graph, from the inputs on the left through the four pre-activations and "
        "gates to the cell state and the hidden state on the right. For the chosen variable the edges to "
        "every place where it is used are lit, with the local derivative on each.",
        values={"variable": tuple(DERIVATIVES)},
        start={"variable": "cₜ"},
        labels={"variable": "derivative by"},
        caption="Each lit edge gives one term. The derivative of the loss by a variable is the sum over all "
        "edges that leave it.",
    )


def arrivals() -> Explorer:
    """Which of its two arrivals feeds the gradient of the cell state, and when."""
    steps, width, batch = 40, 16, 4

    @cache
    def norms(forget_bias, scale, reads):
        rng = np.random.default_rng(5)
        params = init_lstm(4, width, rng, forget_bias=forget_bias)
        params = replace(params, weight_hh=scale * params.weight_hh)
        _, _, cache_ = lstm_forward(params, rng.standard_normal((steps, batch, 4)))
        dh = rng.standard_normal((steps, batch, width))
        if reads == "the last step":
            dh[:-1] = 0
        _, through_h, from_next = lstm_arrivals(params, cache_, dh / np.linalg.norm(dh[-1]))
        return np.linalg.norm(through_h, axis=(1, 2)), np.linalg.norm(from_next, axis=(1, 2))

    def say(**values):
        through_h, from_next = norms(**values)
        half = steps // 2
        larger, name = (
            (from_next[half], "from step t+1")
            if from_next[half] > through_h[half]
            else (through_h[half], "through hₜ")
        )
        ratio = larger / min(from_next[half], through_h[half])
        return (
            f"Halfway, at step {half + 1}, {scientific(from_next[half])} arrives from step t+1 and "
            f"{scientific(through_h[half])} through hₜ: the part {name} is {scientific(ratio)} times the other."
        )

    return Explorer(
        lambda **values: plot_arrivals(*norms(**values)).figure,
        say=say,
        alt="Norms of the two parts of the gradient of the cell state at each of forty steps, on a "
        "logarithmic axis: what arrives through the hidden state of the step, and what arrives from the next step.",
        values={
            "forget_bias": (-2, -1, 0, 1, 2, 3, 5),
            "scale": (0.5, 1, 2, 4),
            "reads": ("the last step", "every step"),
        },
        start={"forget_bias": 1, "scale": 1, "reads": "the last step"},
        labels={
            "forget_bias": "forget bias",
            "scale": "recurrent weights ×",
            "reads": "the loss reads",
        },
    )
