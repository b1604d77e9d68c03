"""The explorers of the chapter on backpropagation through time; the mathematics is in the package."""

from __future__ import annotations

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_one_or_all, plot_unrolled
from lstm_course.gradient_flow import backward_by_steps, forward_by_steps, rnn_immediate_and_total
from lstm_course.rnn import RNNParams

HAND_X, HAND_W_IH, HAND_W_Y, HAND_TARGET = (1.0, 2.0, 1.0), 2.0, 3.0, (11.0, 19.0, 14.0)
UNIT_X, UNIT_H0 = 0.2, 0.5


def number(value: float) -> str:
    """A number as a reader of the worked example writes it: ``−0.75``."""
    return f"{value + 0.0:.4g}".replace("-", "−")  # no negative zero


def three_steps() -> Explorer:
    """The worked example: three steps, all numbers, and the two derivatives by w_hh."""

    def run(w_hh, h0, losses):
        params = RNNParams(np.array([[HAND_W_IH]]), np.array([[w_hh]]), np.zeros(1))
        x = np.reshape(HAND_X, (3, 1, 1))
        h, steps = forward_by_steps(params, x, [[h0]], activation="identity")
        error = HAND_W_Y * h.ravel() - HAND_TARGET
        if losses == "only L₃":
            error[:2] = 0
        dh = HAND_W_Y * error
        dx, _, gradient = backward_by_steps(params, steps, dh.reshape(3, 1, 1))
        deltas = dx.ravel() / HAND_W_IH
        before = np.array([h0, *h.ravel()])
        immediate = float(dh @ before[:-1])
        return before, 0.5 * error**2, deltas, w_hh * deltas, gradient.weight_hh.item(), immediate

    def draw(w_hh, h0, losses):
        h, loss, deltas, back, _, _ = run(w_hh, h0, losses)
        written = [number(value) for value in loss]
        return plot_unrolled(
            [number(value) for value in h],
            [number(value) for value in HAND_X],
            ["–", "–", written[2]] if losses == "only L₃" else written,
            [number(value) for value in back],
            [
                f"{number(d)} × {number(before)}\n= {number(d * before)}"
                for d, before in zip(deltas, h[:-1], strict=True)
            ],
        ).figure

    def say(w_hh, h0, losses):
        h, _, deltas, _, total, immediate = run(w_hh, h0, losses)
        shares = [number(d * before) for d, before in zip(deltas, h[:-1], strict=True)]
        return (
            f"w_hh = {number(w_hh)}: the uses at steps 1, 2 and 3 contribute {shares[0]}, {shares[1]} and "
            f"{shares[2]}, so ∂L/∂w_hh = {number(total)}. With the earlier states held fixed one would get "
            f"{number(immediate)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Three steps of a network with one hidden unit. Circles hold the states, boxes the inputs and losses. "
        "Orange numbers between the states are what each step sends back to the state before it; under each step "
        "stands its delta times the state before it, its share of the derivative by w_hh.",
        values={
            "w_hh": (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5),
            "h0": (0.0, 4.0),
            "losses": ("only L₃", "all three"),
        },
        start={"w_hh": 0.5, "h0": 4.0, "losses": "only L₃"},
        labels={"w_hh": "weight w_hh", "h0": "initial state h₀", "losses": "the loss is"},
        caption="Black arrows go forward, orange ones back. Below each step: its delta times the state before, "
        "its share of ∂L/∂w_hh.",
    )


def one_or_all() -> Explorer:
    """One tanh unit: the last state against w, when every copy of w moves and when only the last one does."""

    def states(weights, steps, only_last=None):
        h = np.full_like(weights, UNIT_H0)
        for t in range(steps):
            w = weights if only_last is None or t == steps - 1 else only_last
            h = np.tanh(w * h + UNIT_X)
        return h

    def slopes(steps, w):
        immediate, total = rnn_immediate_and_total(w, np.full(steps, UNIT_X), UNIT_H0)
        return total, immediate

    def draw(steps, w):
        weights = np.linspace(-2, 3, 101)
        every, last = states(weights, steps), states(weights, steps, w)
        value = float(states(np.array([w]), steps)[0])
        return plot_one_or_all(weights, every, last, w, value, slopes(steps, w)).figure

    def say(steps, w):
        total, immediate = slopes(steps, w)
        if steps == 1:
            return f"One step, w = {number(w)}: both slopes are {number(total)}, since nothing lies before the last step."
        against = " They point opposite ways." if total * immediate < 0 else ""
        return (
            f"{steps} steps, w = {number(w)}: with all copies moving the slope is {number(total)}, with only the "
            f"last one {number(immediate)}.{against}"
        )

    return Explorer(
        draw,
        say=say,
        alt="The last state of a network with one tanh unit against its recurrent weight, as two curves that meet in a "
        "dot: all copies of the weight move, or only that of the last step. A thick straight piece marks the slope "
        "of each at the dot.",
        values={"steps": (1, 2, 3, 4, 5), "w": tuple(np.arange(-4, 7) / 2.0)},
        start={"steps": 3, "w": 1.0},
        labels={"steps": "steps T", "w": "weight w"},
        caption=f"hₜ = tanh(w hₜ₋₁ + {UNIT_X}), h₀ = {UNIT_H0}. The slope of the solid curve is the total derivative, "
        "that of the dashed one the immediate.",
    )
