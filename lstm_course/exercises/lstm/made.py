"""Exercises of chapter 12 to set a cell by hand: a counter with a reset; the light switch has its own module."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.lstm.cells import (
    fits,
    gate,
    in_another_order,
    inputs_exchanged,
    read_cell,
    states,
    without_recurrence,
)
from lstm_course.exercises.lstm.switch import LSTM_TOGGLE
from lstm_course.lstm import LSTMParams

# --- a counter that can be reset --------------------------------------------------------------------

NEAR = 0.02


def _count_off(tick, reset):
    """Where the cell state differs from the ticks since the last reset, as a sentence."""
    wanted, count = [], 0
    for ticked, cleared in zip(tick, reset, strict=True):
        count = 0 if cleared else count + ticked
        wanted.append(count)

    def test(params):
        _, c = states(params, tick, reset)
        wrong = np.flatnonzero(abs(c - wanted) > NEAR)
        if not len(wrong):
            return ""
        t = wrong[0]
        after = "1 step" if t == 0 else f"{t + 1} steps"
        return f"After {after} c is {c[t]:.3g}, and should be {wanted[t]}."

    return test


_TICKS = [1, 0, 0, 1, 1, 0, 1, 0, 0, 0] * 8


def _only_the_reset_fails(params):
    return not any(demand.test(params) for demand in RESETTABLE_COUNTER.demands[:2])


RESETTABLE_COUNTER: Built = Built(
    label="lstm-reset-counter",
    prompt=(
        "Set one cell by hand that counts ticks and can be reset. Its two inputs are 0 or 1: tick and reset, never "
        "both at once. The cell state shall be the number of ticks since the last reset, to within 0.02."
    ),
    read=read_cell(2),
    form_text="Your answer is an LSTMParams with weight_ih (4, 2), weight_hh (4, 1) and bias (4,).",
    demands=(
        Demand(
            "counts ticks that follow one another",
            _count_off([1] * 30, [0] * 30),
            "At a tick the candidate must be 1, the input gate open, and the forget gate open to keep the count.",
        ),
        Demand(
            "waits while nothing ticks",
            _count_off(_TICKS, [0] * 80),
            "Without a tick nothing may be added and nothing may be lost: candidate or input gate at 0, f at 1.",
        ),
        Demand(
            "starts anew at a reset",
            _count_off(_TICKS, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0] * 8),
            "At a reset the old count must go: what is f then?",
        ),
    ),
    slips=(
        in_another_order(lambda: RESETTABLE_COUNTER),
        Slip(
            "inputs exchanged",
            "The columns of W_ih are exchanged: the first belongs to the tick, the second to the reset.",
            lambda p: fits(RESETTABLE_COUNTER, inputs_exchanged(p)),
        ),
        Slip(
            "hears its past",
            "Your recurrent weights let h into the gates or the candidate, and h grows with the count. Does this cell need "
            "to know what it shows?",
            lambda p: bool(p.weight_hh.any()) and fits(RESETTABLE_COUNTER, without_recurrence(p)),
        ),
        Slip(
            "forget gate open at a reset",
            "At a reset your forget gate stays open, and the old count must go.",
            lambda p: _only_the_reset_fails(p) and gate(p, "f", 0, 1) > 0.9,
        ),
        Slip(
            "forget gate not shut enough",
            "At a reset your forget gate shuts, but not far enough: a share of the count is left. A larger weight from the "
            "reset shuts it.",
            lambda p: _only_the_reset_fails(p) and gate(p, "f", 0, 1) > 1e-5,
        ),
        Slip(
            "a reset lets something in",
            "At a reset the old count goes, but something new comes in: candidate times input gate is not 0 there.",
            lambda p: _only_the_reset_fails(p) and abs(gate(p, "i", 0, 1) * gate(p, "g", 0, 1)) > NEAR,
        ),
        Slip(
            "forget gate the wrong way round",
            "Your forget gate opens at a reset and is shut otherwise. Open keeps, shut clears.",
            lambda p: gate(p, "f", 0, 1) > 0.5 > gate(p, "f", 0, 0),
        ),
        Slip(
            "forget gate half open",
            "When nothing happens your forget gate stands about half open, and half of the count is lost at each step. "
            "With bias 0 a gate is ½.",
            lambda p: 0.3 < gate(p, "f", 0, 0) < 0.7,
        ),
        Slip(
            "forget gate shut at rest",
            "When nothing happens your forget gate is shut, and the count is lost. Open keeps.",
            lambda p: gate(p, "f", 0, 0) < 0.5,
        ),
        Slip(
            "forget gate shut at a tick",
            "At a tick your forget gate shuts, and the count so far is lost. It has to shut at a reset only.",
            lambda p: gate(p, "f", 1, 0) < 0.5,
        ),
        Slip(
            "counts silence",
            "Your candidate is not 0 when nothing ticks, and the input gate lets it in. A candidate without a bias is "
            "0 where its inputs are 0.",
            lambda p: abs(gate(p, "i", 0, 0) * gate(p, "g", 0, 0)) > NEAR,
        ),
        Slip(
            "counts down",
            "Your candidate is negative at a tick: this cell counts downwards.",
            lambda p: gate(p, "g", 1, 0) < -0.5,
        ),
        Slip(
            "input gate half open",
            "At a tick your input gate stands about half open, so a tick counts half. With bias 0 and no weight a gate is ½.",
            lambda p: 0.3 < gate(p, "i", 1, 0) < 0.7,
        ),
        Slip(
            "input gate shut at a tick",
            "At a tick your input gate is shut, so the candidate does not get in.",
            lambda p: gate(p, "i", 1, 0) < 0.5,
        ),
        Slip(
            "candidate deaf to the tick",
            "Your candidate is 0 at a tick: it does not hear the first input.",
            lambda p: abs(gate(p, "g", 1, 0)) < 0.05,
        ),
        Slip(
            "a leak",
            "It is nearly right: at a tick, or between two, a gate or the candidate is not near enough to 0 or 1, and "
            "over many steps that adds up. Make the weights larger.",
            lambda p: (
                gate(p, "i", 1, 0) * gate(p, "g", 1, 0) > 0.5
                and gate(p, "f", 0, 0) > 0.5
                and gate(p, "f", 0, 0) * gate(p, "i", 1, 0) * gate(p, "g", 1, 0) < 1 - 1e-6
            ),
        ),
    ),
    example=lambda: LSTMParams(
        np.array([[0.0, 0.0], [0.0, -40.0], [20.0, 0.0], [0.0, 0.0]]),
        np.zeros((4, 1)),
        np.array([20.0, 20.0, 0.0, 20.0]),
    ),
    why="The input gate stands open all the time; the candidate says whether there is something to add. Without a reset "
    "f is as good as 1, with one as good as 0.",
    hints=(
        "Go through the three situations, nothing, tick, reset, and write down what i, f and g must be in each.",
        "The candidate can do the counting: tanh of a large weight times tick is 1 or 0. Then i may stay open.",
        "A gate that is open at rest has a large positive bias. A weight from reset, twice as large and negative, "
        "shuts it.",
    ),
)

EXERCISES = (RESETTABLE_COUNTER, LSTM_TOGGLE)
