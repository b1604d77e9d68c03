"""The explorers of the chapter on the LSTM's backward pass; the mathematics is in the package."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_arrivals, plot_two_arrivals, plot_uses, scientific, signed
from lstm_course.gradient_flow import lstm_arrivals
from lstm_course.lstm import LSTMParams, init_lstm, lstm_backward, lstm_forward

# The network of one unit that the chapter also works by hand: weights in the order i, f, g, o.
WORKED_LSTM = LSTMParams(
    weight_ih=np.array([[1.0], [0.0], [1.0], [0.5]]),
    weight_hh=np.array([[0.5], [-1.0], [1.0], [2.0]]),
    bias=np.array([0.0, 1.0, 0.0, 0.0]),
)
WORKED_X, WORKED_STATE, TARGET = (1.0, -1.0, 1.0), 0.5, 1.0
STATES = {"h₃": "h3", "c₃": "c3", "h₂": "h2", "c₂": "c2", "h₁": "h1", "c₁": "c1", "h₀": "h0", "c₀": "c0"}


def two_arrivals() -> Explorer:
    """Three steps unrolled: what comes back to each state along each of the edges that leave it."""

    @cache
    def walk(forget_bias, reads):
        bias = WORKED_LSTM.bias.copy()
        bias[1] = forget_bias
        params, start = replace(WORKED_LSTM, bias=bias), np.array([[WORKED_STATE]])
        x = np.array(WORKED_X)[:, None, None]
        h, _, cache_ = lstm_forward(params, x, start, start)
        dh = h - TARGET  # of half the squared distance
        if reads == "the last step":
            dh[:-1] = 0
        found = lstm_arrivals(params, cache_, dh)
        _, dh0, dc0, _ = lstm_backward(params, cache_, dh)
        totals, parts = {"h0": dh0.item(), "c0": dc0.item()}, {}
        parts["h0", "a1"], parts["c0", "c1"] = dh0.item(), dc0.item()
        for t in range(1, len(x) + 1):
            read, whole, through_h, from_next = (
                v[t - 1].item() for v in (dh, found.dh, found.through_h, found.from_next)
            )
            totals[f"h{t}"], totals[f"c{t}"] = whole, through_h + from_next
            parts[f"h{t}", f"L{t}"], parts[f"c{t}", f"h{t}"] = read, through_h
            if t < len(x):
                parts[f"h{t}", f"a{t + 1}"], parts[f"c{t}", f"c{t + 1}"] = whole - read, from_next
        return totals, parts

    def draw(state, forget_bias, reads):
        return plot_two_arrivals(*walk(forget_bias, reads), STATES[state]).figure

    def say(state, forget_bias, reads):
        key = STATES[state]
        totals, parts = walk(forget_bias, reads)
        where = {"L": "from the loss", "a": "from the gates of step {}", "h": "through {}", "c": "from {}"}
        names = {v: k for k, v in STATES.items()}
        arrive = [
            f"{_signed(value)} {where[head[0]].format(head[1] if head[0] == 'a' else names.get(head, ''))}"
            for (tail, head), value in parts.items()
            if tail == key
        ]
        if len(arrive) == 1:
            return f"One part arrives at {state}: {arrive[0]}. ∂L/∂{state} = {_signed(totals[key])}."
        return f"Two parts arrive at {state}: {' and '.join(arrive)}. ∂L/∂{state} = {_signed(totals[key])}."

    return Explorer(
        draw,
        say=say,
        alt="An LSTM of one unit unrolled over three steps: the cell states c0 to c3 in a row above, the hidden "
        "states h0 to h3 in a row below, between them the gates of each step, and the losses at the bottom. In each "
        "state stands the derivative of the loss by it, on each arrow that leaves a state the part that comes back "
        "along it. The chosen state and its arrows are lit.",
        values={"state": tuple(STATES), "forget_bias": (-2, 1, 4), "reads": ("the last step", "every step")},
        start={"state": "c₁", "forget_bias": 1, "reads": "the last step"},
        labels={"state": "derivative by", "forget_bias": "forget bias", "reads": "the loss reads"},
        caption="Arrows show who uses whom; the gradient runs against them. In each state: the derivative of the loss "
        "by it. On each arrow that leaves a state: the part of that derivative that comes back along it. The parts add.",
    )


def _signed(value: float) -> str:
    """Four decimals with a sign; zero as 0, and what would round to it as a power of ten."""
    if value == 0:
        return "0"
    return signed(value) if abs(value) >= 5e-5 else scientific(value)


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
PLACES_OF_USE = {
    "hₜ": "is used in 5 places, the loss at t and the four gates of step t+1",
    "oₜ": "is used in 1 place, hₜ",
    "cₜ": "is used in 2 places, hₜ and cₜ₊₁",
    "fₜ iₜ gₜ": "are each used in 1 place, cₜ",
    "aₜ": "has four blocks, each used in 1 place, its own gate",
    "xₜ": "is used in 4 places, the four gates of step t",
    "hₜ₋₁": "is used by step t in 4 places, its four gates",
    "cₜ₋₁": "is used by step t in 1 place, cₜ",
}


def uses() -> Explorer:
    """One step as a graph: where each variable is used, and so what its derivative is a sum of."""

    def say(variable):
        formula = DERIVATIVES[variable][1].replace("    ", "; ")
        return f"{variable} {PLACES_OF_USE[variable]}. {formula}."

    return Explorer(
        lambda variable: plot_uses(DERIVATIVES[variable][0].split(), DERIVATIVES[variable][1]).figure,
        say=say,
        alt="One step of an LSTM as a graph, from the inputs on the left through the four pre-activations and "
        "gates to the cell state and the hidden state on the right. For the chosen variable the edges to "
        "every place where it is used are lit, with the local derivative on each.",
        values={"variable": tuple(DERIVATIVES)},
        start={"variable": "cₜ"},
        labels={"variable": "derivative by"},
        caption="Lit arrows run as the gradient does, from what uses the variable back to it. Each gives one term, or, at "
        "the box of the next step's gates, one for each of the four. The derivative by the variable is their sum.",
    )


ARRIVAL_STEPS, ARRIVAL_WIDTH, ARRIVAL_BATCH = 30, 16, 4


def arrival_norms(forget_bias, scale, reads, seed=5):
    """Norms of the two parts of dL/dc_t in a random LSTM, for every step; the last read has norm 1."""
    rng = np.random.default_rng(seed)
    params = init_lstm(4, ARRIVAL_WIDTH, rng, forget_bias=forget_bias)
    params = replace(params, weight_hh=scale * params.weight_hh)
    _, _, cache_ = lstm_forward(params, rng.standard_normal((ARRIVAL_STEPS, ARRIVAL_BATCH, 4)))
    dh = rng.standard_normal((ARRIVAL_STEPS, ARRIVAL_BATCH, ARRIVAL_WIDTH))
    if reads == "the last step":
        dh[:-1] = 0
    _, through_h, from_next = lstm_arrivals(params, cache_, dh / np.linalg.norm(dh[-1]))
    return np.linalg.norm(through_h, axis=(1, 2)), np.linalg.norm(from_next, axis=(1, 2))


def arrivals() -> Explorer:
    """Which of its two arrivals feeds the gradient of the cell state, and when."""
    norms = cache(arrival_norms)

    def say(**values):
        through_h, from_next = norms(**values)
        half = ARRIVAL_STEPS // 2 - 1
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
        alt="Norms of the two parts of the gradient of the cell state at each of thirty steps, on a "
        "logarithmic axis: what arrives through the hidden state of the step, and what arrives from the next step.",
        values={
            "forget_bias": (-2, -1, 0, 1, 2, 3, 4),
            "scale": (0.5, 1, 2, 4),
            "reads": ("the last step", "every step"),
        },
        start={"forget_bias": 1, "scale": 1, "reads": "the last step"},
        labels={
            "forget_bias": "forget bias",
            "scale": "recurrent weights ×",
            "reads": "the loss reads",
        },
        caption="One random LSTM of 16 units. The gradient that the loss sends to the last hidden state has norm 1. "
        "A triangle on the edge stands for a value beyond the axis.",
    )
