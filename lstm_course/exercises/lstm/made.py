"""Exercises of chapter 12 to set a cell by hand: a counter with a reset, and a light switch."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step

# --- a counter that can be reset --------------------------------------------------------------------

NEAR = 0.02


def _read_cell(inputs):
    """A reader of answers: one cell with this many inputs."""

    def read(answer):
        if isinstance(answer, (tuple, list)) and len(answer) == 3:
            answer = LSTMParams(*(np.asarray(part, dtype=np.float64) for part in answer))
        if not isinstance(answer, LSTMParams):
            raise TypeError(f"the answer must be an LSTMParams, got {type(answer).__name__}")
        if (answer.input_size, answer.hidden_size) != (inputs, 1):
            raise ValueError(
                f"the answer must have I={inputs} and H=1, got I={answer.input_size} and H={answer.hidden_size}"
            )
        return answer

    return read


def _states(params, *columns):
    """Hidden and cell state after every step, for inputs given column by column."""
    x = np.array(columns, dtype=params.bias.dtype).T[:, None]
    h, _, cache = lstm_forward(params, x)
    return h[:, 0, 0], cache.c[1:, 0, 0]


def _gate(params, name, *x):
    """A gate, or the candidate, of a cell at rest for one input."""
    x_t = np.array([x], dtype=params.bias.dtype)
    rest = np.zeros((1, 1), params.bias.dtype)
    return getattr(lstm_step(params, x_t, rest, rest)[2], f"{name}_t").item()


def _count_off(tick, reset):
    """Where the cell state differs from the ticks since the last reset, as a sentence."""
    wanted, count = [], 0
    for ticked, cleared in zip(tick, reset, strict=True):
        count = 0 if cleared else count + ticked
        wanted.append(count)

    def test(params):
        _, c = _states(params, tick, reset)
        wrong = np.flatnonzero(abs(c - wanted) > NEAR)
        if not len(wrong):
            return ""
        t = wrong[0]
        after = "1 step" if t == 0 else f"{t + 1} steps"
        return f"After {after} c is {c[t]:.3g}, and should be {wanted[t]}."

    return test


_TICKS = [1, 0, 0, 1, 1, 0, 1, 0, 0, 0] * 8

RESETTABLE_COUNTER = Built(
    label="lstm-reset-counter",
    prompt=(
        "Set one cell by hand that counts ticks and can be reset. Its two inputs are 0 or 1: tick and reset, never "
        "both at once. The cell state shall be the number of ticks since the last reset, to within 0.02."
    ),
    read=_read_cell(2),
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
        Slip(
            "forget gate the wrong way round",
            "Your forget gate opens at a reset and is shut otherwise. Open keeps, shut clears.",
            lambda p: _gate(p, "f", 0, 1) > 0.5 > _gate(p, "f", 0, 0),
        ),
        Slip(
            "counts silence",
            "Your candidate is not 0 when nothing ticks, and the input gate lets it in. A candidate without a bias is "
            "0 where its inputs are 0.",
            lambda p: abs(_gate(p, "i", 0, 0) * _gate(p, "g", 0, 0)) > NEAR,
        ),
        Slip(
            "counts down",
            "Your candidate is negative at a tick: this cell counts downwards.",
            lambda p: _gate(p, "g", 1, 0) < -0.5,
        ),
        Slip(
            "a leak",
            "It is nearly right: at a tick, or between two, a gate or the candidate is not near enough to 0 or 1, and "
            "over many steps that adds up. Make the weights larger.",
            lambda p: (
                _gate(p, "i", 1, 0) * _gate(p, "g", 1, 0) > 0.5
                and _gate(p, "f", 0, 0) > 0.5
                and _gate(p, "f", 0, 0) * _gate(p, "i", 1, 0) * _gate(p, "g", 1, 0) < 0.9999
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

# --- a toggle ---------------------------------------------------------------------------------------

_MARKS = [0, 0, 1, 0, 0, 0, 1, 1, 0, 1, *[0] * 90, 1, *[0] * 9]


def _toggled(params):
    """Where the hidden state is not on the side that the number of marks so far asks for."""
    h, _ = _states(params, _MARKS)
    seen = np.cumsum(_MARKS)
    wrong = np.flatnonzero((seen > 0) & (np.where(seen % 2, h, -h) < 0.5))
    if not len(wrong):
        return ""
    t = wrong[0]
    marks = f"{seen[t]} mark" + ("s" if seen[t] > 1 else "")
    side = "above 0.5" if seen[t] % 2 else "below -0.5"
    return f"After {marks}, at step {t + 1}, h is {h[t]:.2f}, and should be {side}.".replace("-", "−")


def _first_mark(params):
    h, _ = _states(params, [1])
    return "" if h[0] > 0.5 else f"After the first mark h is {h[0]:.2f}.".replace("-", "−")


LSTM_TOGGLE = Built(
    label="lstm-toggle",
    level="hard",
    prompt=(
        "Set one cell by hand that changes sides at every mark, like a light switch with one button. Its input is 1 "
        "at a mark and 0 otherwise. From the first mark on h shall be above 0.5 after an odd number of marks and below "
        "-0.5 after an even number, also when nothing comes for 90 steps."
    ),
    read=_read_cell(1),
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
            "output gate shut",
            "Nothing is shown: your output gate is shut. It must stand open, for the candidate reads h, too.",
            lambda p: _gate(p, "o", 1) < 0.5,
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
            lambda p: _gate(p, "f", 1) > 0.5,
        ),
        Slip(
            "nothing to start with",
            "At the first mark h is 0, and your candidate is 0 with it. A bias, small beside the weight from h, says "
            "which side comes first.",
            lambda p: abs(_gate(p, "g", 1)) < 0.5,
        ),
        Slip(
            "follows instead of flipping",
            "Your candidate has the sign of h, so the cell confirms what it holds. It needs the other sign.",
            lambda p: p.weight_hh[2, 0] > 0,
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

EXERCISES = (RESETTABLE_COUNTER, LSTM_TOGGLE)
