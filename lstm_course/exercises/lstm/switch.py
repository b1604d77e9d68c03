"""Exercise of chapter 12: a light switch set by hand."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.lstm.cells import fits, gate, in_another_order, read_cell, states
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


def _first_mark(params):
    h, _ = states(params, [1])
    return "" if h[0] > 0.5 else f"After the first mark h is {h[0]:.2f}.".replace("-", "−")


def _candidate_scaled(params, by):
    """The cell with all weights of its candidate larger by a factor."""
    factor = np.array([1.0, 1.0, by, 1.0])
    return LSTMParams(
        params.weight_ih * factor[:, None], params.weight_hh * factor[:, None], params.bias * factor
    )


def _outweighed(params):
    """Whether the candidate has one sign at a mark, whatever h is in reach."""
    own = params.weight_ih[2, 0] + params.bias[2]
    return abs(own) > 0.76 * abs(params.weight_hh[2, 0])


LSTM_TOGGLE: Built = Built(
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
        in_another_order(lambda: LSTM_TOGGLE),
        Slip(
            "output gate shut",
            "Nothing is shown: your output gate is shut. It must stand open, for the candidate reads h, too.",
            lambda p: gate(p, "o", 1) < 0.4,
        ),
        Slip(
            "output gate half open",
            "Your output gate stands about half open, and h gets no farther than half of tanh c. With bias 0 a gate is ½.",
            lambda p: gate(p, "o", 1) < 0.66,
        ),
        Slip(
            "output gate shut between marks",
            "Between marks your output gate is not open, and h does not show the side. At the next mark the candidate must "
            "read it, too.",
            lambda p: gate(p, "o", 0) < 0.66,
        ),
        Slip(
            "a candidate that does not look",
            "Your candidate does not read h, so it offers the same at every mark. To change sides a cell must know on "
            "which it is.",
            lambda p: p.weight_hh[2, 0] == 0,
        ),
        Slip(
            "input gate shut at a mark",
            "At a mark your input gate is not open, so the candidate hardly gets in. Replace: shut f and open i.",
            lambda p: gate(p, "i", 1) < 0.7,
        ),
        Slip(
            "adds and does not replace",
            "At a mark your forget gate keeps the old state, or half of it, and the candidate on the other side only cancels it. "
            "Replace: shut f and open i.",
            lambda p: gate(p, "f", 1) > 0.3,
        ),
        Slip(
            "nothing to start with",
            "At the first mark h is 0, and your candidate is 0 with it. A bias, small beside the weight from h, says "
            "which side comes first.",
            lambda p: abs(gate(p, "g", 1)) < 0.1,
        ),
        Slip(
            "the other side first",
            "At the first mark your candidate is negative, and the cell is to go up first. What decides while h is 0?",
            lambda p: gate(p, "g", 1) < -0.1,
        ),
        Slip(
            "follows instead of flipping",
            "Your candidate has the sign of h, so the cell confirms what it holds. It needs the other sign.",
            lambda p: p.weight_hh[2, 0] > 0,
        ),
        Slip(
            "forget gate shut between marks",
            "Between marks your forget gate is not open, and the cell loses its side. Open keeps; with bias 0 a gate is ½.",
            lambda p: gate(p, "f", 0) < 0.7,
        ),
        Slip(
            "input gate open between marks",
            "Between marks your input gate is not shut, and the candidate, on the other side, comes in at every step.",
            lambda p: gate(p, "i", 0) > 0.3,
        ),
        Slip(
            "leaks between marks",
            "Between marks your forget gate is nearly 1, and a share 1 − f is lost at every step. Over 90 steps it must "
            "still hold.",
            lambda p: gate(p, "f", 0) < 0.995,
        ),
        Slip(
            "lets in between marks",
            "Between marks your input gate is nearly 0, and a little of the candidate, on the other side, comes in at every "
            "step. Over 90 steps that adds up.",
            lambda p: gate(p, "i", 0) > 1e-3,
        ),
        Slip(
            "a bias that outweighs h",
            "What your candidate adds to the weight times h is larger than that, so it offers the same side at every mark. It "
            "is to decide while h is 0, and not later.",
            _outweighed,
        ),
        Slip(
            "a candidate too small",
            "The plan is right, and the candidate too small: h must pass 0.5 on both sides, and it is squashed twice. Make "
            "its weights larger by one factor.",
            lambda p: any(fits(LSTM_TOGGLE, _candidate_scaled(p, by)) for by in (2.0, 4.0, 8.0)),
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
