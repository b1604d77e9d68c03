"""Exercise of chapter 12 to set a cell by hand: a counter with a reset."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.lstm.cells import (
    NEAR,
    ORDERS,
    gate,
    read_cell,
    reordered,
    states,
    swapped,
    without_h,
)
from lstm_course.lstm import LSTMParams


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

_RESETS = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0] * 8


def _waits(params):
    return not (_count_off([1] * 30, [0] * 30)(params) or _count_off(_TICKS, [0] * 80)(params))


def _does(params):
    return _waits(params) and not _count_off(_TICKS, _RESETS)(params)


RESETTABLE_COUNTER = Built(
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
            _count_off(_TICKS, _RESETS),
            "At a reset the old count must go: what is f then?",
        ),
    ),
    slips=(
        Slip(
            "columns exchanged",
            "Your cell counts resets, and a tick clears it. The first column of weight_ih reads the tick, the second the "
            "reset.",
            lambda p: _does(swapped(p)),
        ),
        Slip(
            "blocks out of order",
            "With its blocks read in another order this cell would count. The rows stand in the order i, f, g, o.",
            lambda p: any(_does(reordered(p, order)) for order in ORDERS if order != [1, 0, 2, 3]),
        ),
        Slip(
            "the hidden state meddles",
            "Without its recurrent weights this cell would count. With them h enters the gates or the candidate, and h "
            "grows with the count.",
            lambda p: p.weight_hh.any() and _does(without_h(p)),
        ),
        Slip(
            "forget gate the wrong way round",
            "Your forget gate opens at a reset and is shut otherwise. Open keeps, shut clears.",
            lambda p: gate(p, "f", 0, 1) > 0.5 > gate(p, "f", 0, 0),
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
            "At a tick your input gate stands near one half: there its bias and its weight add up to about 0, or both are 0.",
            lambda p: 0.3 < gate(p, "i", 1, 0) < 0.7 and gate(p, "g", 1, 0) > 0.5,
        ),
        Slip(
            "input gate shut",
            "Your input gate is shut at a tick, so the candidate does not get in.",
            lambda p: gate(p, "i", 1, 0) <= 0.3 and gate(p, "g", 1, 0) > 0.5,
        ),
        Slip(
            "no candidate",
            "At a tick your candidate is near 0, and there is nothing to let in.",
            lambda p: gate(p, "g", 1, 0) < 0.5,
        ),
        Slip(
            "forgets at a tick",
            "Your forget gate is shut at a tick, so each tick wipes out the count before it.",
            lambda p: gate(p, "f", 1, 0) < 0.5 < gate(p, "f", 0, 0),
        ),
        Slip(
            "forget gate not open",
            "Where neither comes your forget gate is no further open than halfway, and the count melts. An open gate has a "
            "large positive bias.",
            lambda p: gate(p, "f", 0, 0) <= 0.5 + NEAR,
        ),
        Slip(
            "a leak",
            "It is nearly right: at a tick, or between two, a gate or the candidate is not near enough to 0 or 1, and "
            "over many steps that adds up. Make the weights larger.",
            lambda p: (
                gate(p, "f", 0, 0) * gate(p, "f", 1, 0) * gate(p, "i", 1, 0) * gate(p, "g", 1, 0) < 0.99999
            ),
        ),
        Slip(
            "reset adds",
            "At a reset the old count goes, and something else comes in: i·g is not 0 there.",
            lambda p: (
                _waits(p)
                and gate(p, "f", 0, 1) < NEAR
                and abs(gate(p, "i", 0, 1) * gate(p, "g", 0, 1)) > NEAR
            ),
        ),
        Slip(
            "reset half open",
            "At a reset your forget gate stands near one half, or is not shut enough: the weight must do more than "
            "cancel the bias.",
            lambda p: _waits(p) and NEAR / 10 < gate(p, "f", 0, 1) < 0.7,
        ),
        Slip(
            "reset shuts another gate",
            "At a reset your input gate shuts and the forget gate stays open: have their rows changed places? A shut input "
            "gate lets nothing in, but the count is in the cell already.",
            lambda p: (
                _waits(p) and gate(p, "f", 0, 1) > 0.5 and gate(p, "i", 0, 1) < 0.1 < gate(p, "i", 0, 0)
            ),
        ),
        Slip(
            "reset subtracts",
            "At a reset your candidate is negative, which takes away one tick. All of them are to go, however many: "
            "which gate can do that?",
            lambda p: _waits(p) and gate(p, "f", 0, 1) > 0.5 and gate(p, "g", 0, 1) < -0.5,
        ),
        Slip(
            "reset clears nothing",
            "At a reset your forget gate stays open: its weight from the reset is 0, too small, or has the wrong sign.",
            lambda p: _waits(p) and gate(p, "f", 0, 1) > 0.5,
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

EXERCISES = (RESETTABLE_COUNTER,)
