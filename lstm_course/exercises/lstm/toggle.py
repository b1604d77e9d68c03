"""Exercise of chapter 12 to set a cell by hand: a light switch with one button."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.lstm.cells import NEAR, ORDERS, gate, read_cell, reordered, states
from lstm_course.lstm import LSTMParams

_MARKS = [0, 0, 1, 0, 0, 0, 1, 1, 0, 1, *[0] * 90, 1, *[0] * 9]


def _toggled(params):
    """Where the hidden state is not on the side that the number of marks so far asks for."""
    h, _ = states(params, _MARKS)
    seen = np.cumsum(_MARKS)
    wrong = np.flatnonzero((seen > 0) & (np.where(seen % 2, h, -h) < 0.5))
    if not len(wrong):
        return ""
    t = wrong[0]
    marks = f"{seen[t]} mark" + ("s" if seen[t] > 1 else "")
    side = "above 0.5" if seen[t] % 2 else "below -0.5"
    return f"After {marks}, at step {t + 1}, h is {h[t]:.2f}, and should be {side}.".replace("-", "−")


def _mirrored(params):
    """The same cell with its candidate's start on the other side."""
    bias, weight_ih = params.bias.copy(), params.weight_ih.copy()
    bias[2], weight_ih[2] = -bias[2], -weight_ih[2]
    return LSTMParams(weight_ih, params.weight_hh, bias)


def _first_mark(params):
    h, _ = states(params, [1])
    return "" if h[0] > 0.5 else f"After the first mark h is {h[0]:.2f}.".replace("-", "−")


LSTM_TOGGLE = Built(
    label="lstm-toggle",
    level="hard",
    prompt=(
        "Set one cell by hand that changes sides at every mark, like a light switch with one button. Its input is 1 "
        "at a mark and 0 otherwise. From the first mark on h shall be above 0.5 after an odd number of marks and below "
        "-0.5 after an even number, also when nothing comes for 90 steps."
    ),
    read=read_cell(1),
    form_text="Your answer is an LSTMParams with weight_ih (4, 1), weight_hh (4, 1) and bias (4,).",
    demands=(
        Demand(
            "goes up at the first mark",
            _first_mark,
            "Before the first mark h is 0. Something must then tell the candidate to be positive.",
        ),
        Demand(
            "changes sides at every mark and holds in between",
            _toggled,
            "At a mark: f shut, i open, and a candidate on the other side of h. Between marks: f open, i shut.",
        ),
    ),
    slips=(
        Slip(
            "blocks out of order",
            "With its blocks read in another order this cell would do it. The rows stand in the order i, f, g, o.",
            lambda p: any(not _toggled(reordered(p, order)) for order in ORDERS),
        ),
        Slip(
            "sides exchanged",
            "It changes sides and holds, but begins on the wrong one: at the first mark your candidate is negative.",
            lambda p: gate(p, "g", 1) < 0 and not _toggled(_mirrored(p)),
        ),
        Slip(
            "output gate shut",
            "Nothing is shown: your output gate is shut. It must stand open, for the candidate reads h, too.",
            lambda p: gate(p, "o", 1) < 0.5 and gate(p, "o", 0) < 0.5,
        ),
        Slip(
            "output gate open at marks only",
            "At a mark the output gate is open, and between marks it is not. h must be seen between them, and the "
            "candidate of the next mark reads it.",
            lambda p: gate(p, "o", 0) < 0.9 <= gate(p, "o", 1),
        ),
        Slip(
            "output gate open between marks only",
            "At a mark your output gate is not open enough, so h is too small there.",
            lambda p: gate(p, "o", 1) < 0.7,
        ),
        Slip(
            "a candidate that does not look",
            "Your candidate does not read h, so it offers the same at every mark. To change sides a cell must know on "
            "which it is.",
            lambda p: p.weight_hh[2, 0] == 0,
        ),
        Slip(
            "adds and does not replace",
            "At a mark your forget gate keeps the old state, and the candidate on the other side only cancels it. "
            "Replace: shut f and open i.",
            lambda p: gate(p, "f", 1) > 0.5 + NEAR,
        ),
        Slip(
            "half kept at a mark",
            "At a mark your forget gate stands near one half: the weight from the mark only cancels the bias. It must "
            "shut the gate.",
            lambda p: gate(p, "f", 1) > 0.1,
        ),
        Slip(
            "nothing to start with",
            "At the first mark h is 0, and your candidate is near 0 with it. A bias, small beside the weight from h, says "
            "which side comes first.",
            lambda p: abs(gate(p, "g", 1)) < 0.5,
        ),
        Slip(
            "input gate not open at a mark",
            "At a mark your input gate is not open, so the candidate does not get in whole.",
            lambda p: gate(p, "i", 1) < 0.9,
        ),
        Slip(
            "follows instead of flipping",
            "Your candidate has the sign of h, so the cell confirms what it holds. It needs the other sign.",
            lambda p: p.weight_hh[2, 0] > 0,
        ),
        Slip(
            "writes between marks",
            "Between marks your input gate lets the candidate in. There it must be shut, and f open.",
            lambda p: gate(p, "i", 0) > NEAR,
        ),
        Slip(
            "forget gate not open between marks",
            "Between marks your forget gate is no further open than halfway, and the cell state is gone after a few steps. "
            "It needs a large positive bias.",
            lambda p: gate(p, "f", 0) <= 0.55,
        ),
        Slip(
            "the bias outweighs h",
            "After a mark h is at most 0.76 in size, and there your candidate still has the sign that its bias (or the mark) gives it, or is too "
            "weak on the other side. Make the weight from h larger beside the bias.",
            lambda p: (
                abs(np.tanh(p.weight_ih[2, 0] + p.bias[2] + p.weight_hh[2, 0] * gate(p, "o", 1) * 0.76) + 1)
                > 0.2
            ),
        ),
        Slip(
            "a leak",
            "It changes sides, but does not hold for 90 steps: of the cell state each step keeps f and adds i·g. f must be "
            "nearer to 1, or i nearer to 0.",
            lambda p: gate(p, "f", 0) < 0.999 or gate(p, "i", 0) > 0.001,
        ),
    ),
    example=lambda: LSTMParams(
        np.array([[40.0], [-40.0], [0.0], [0.0]]),
        np.array([[0.0], [0.0], [-6.0], [0.0]]),
        np.array([-20.0, 20.0, 2.0, 20.0]),
    ),
    why="At a mark the cell replaces its content by a candidate of the other sign, tanh(2 − 6h). The hidden state tells "
    "the candidate where the cell stands; that is what the recurrent weight is for.",
    hints=(
        "Between marks the cell must hold: f open, i shut. At a mark it must replace: f shut, i open.",
        "Which sign must the candidate have at a mark, given h? So which sign has the weight from h to g?",
        "At the first mark h is 0. Give g a bias that decides then, and that is too small to decide later.",
    ),
)

EXERCISES = (LSTM_TOGGLE,)
