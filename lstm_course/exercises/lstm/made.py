"""Exercises of chapter 12 to find a bug, to set a cell by hand, and to design a squashed counter."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_number
from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step

# --- a planted bug ----------------------------------------------------------------------------------

PEEPHOLE_LISTING = Bug(
    label="peephole-listing",
    prompt=(
        "A colleague has written a step of an LSTM with peepholes. It runs, every shape fits, it even learns, but it "
        "is not the network of the equations. Which line is wrong? Name it by the variable that it computes."
    ),
    listing="""\
def peephole_step(params, x_t, h_prev, c_prev):
    p_i, p_f, p_o = params.peephole
    a_t = x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + params.bias
    a_i, a_f, a_g, a_o = np.split(a_t, 4, axis=1)
    i_t = sigmoid(a_i + p_i * c_prev)
    f_t = sigmoid(a_f + p_f * c_prev)
    o_t = sigmoid(a_o + p_o * c_prev)
    g_t = np.tanh(a_g)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t
""",
    line="o_t",
    tempting={
        "p_i": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "p_f": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "p_o": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "a_t": "The cell state comes in further down, gate by gate. This line is that of any LSTM.",
        "a_i": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_f": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_g": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_o": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "i_t": "The input gate decides before the cell has changed, and sees the old state. Right.",
        "f_t": "The forget gate decides before the cell has changed, and sees the old state. Right.",
        "g_t": "The candidate is no gate and has no peephole. Right.",
        "c_t": "Keep some, add some: right.",
        "h_t": "A share of the squashed new state: right.",
        "return": "Hidden state first, cell state second: as everywhere in this package.",
    },
    hint="Say of each line which equation it is, and compare the indices.",
    why="The output gate comes last and sees the new cell state, c_t. So its line must also stand below that of c_t.",
    hints=(
        "Each line is an equation of this chapter. Look at what each gate sees, and when.",
        "Which gate acts after the cell state has changed?",
    ),
)

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
        return f"After {t + 1} steps c is {c[t]:.3g}, and should be {wanted[t]}."

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

# --- a squashed counter -----------------------------------------------------------------------------


def _read_pair(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError("the answer must hold two numbers: w and u")
    w, u = (as_number(name, value) for name, value in zip("wu", answer, strict=True))
    if u == 0:
        raise ValueError("u must not be 0")
    return w, u


def _misread(count, silent=0):
    """Where h/u, rounded, is not the number of ones so far: `count` ones, then `silent` zeros."""

    def test(pair):
        w, u = pair
        h = 0.0
        for t in range(1, count + silent + 1):
            h = np.tanh(w * h + u * (t <= count))
            if round(float(h / u)) != min(t, count):
                after = f"after {t} ones" if t <= count else f"after {count} ones and {t - count} zeros"
                return f"h/u is {h / u:.2f} {after}."
        return ""

    return test


SQUASHED_COUNTER = Built(
    label="squashed-counter",
    level="hard",
    kind="design",
    prompt=(
        "A counterexample to 'a squashed state cannot count': choose w and u so that h = tanh(w h + u x), from h = 0, "
        "counts the ones in its input to 2,000, read off as h/u rounded, and holds the count over 1,000 zeros."
    ),
    read=_read_pair,
    form_text="Your answer is a pair of numbers: (w, u).",
    demands=(
        Demand(
            "counts to 200",
            _misread(200),
            "Each one should add u to h, whatever h is. Where is tanh so straight that it does?",
        ),
        Demand(
            "counts to 2,000",
            _misread(2000),
            "tanh takes about h³/3 away at every step. Over 2,000 steps that must stay below half of u.",
        ),
        Demand(
            "holds its count over 1,000 zeros",
            _misread(2000, 1000),
            "Without input h should stay where it is. What does w do to it at every step?",
        ),
    ),
    slips=(
        Slip(
            "forgets", "With w below 1 every step takes a share of the count away.", lambda p: p[0] < 1 - 1e-6
        ),
        Slip(
            "runs away",
            "With w above 1 every step makes the count larger by a share.",
            lambda p: p[0] > 1 + 1e-6,
        ),
        Slip(
            "steps too large",
            "w is right. But u is so large that h leaves the straight part of tanh before the count is done.",
            lambda p: abs(p[1]) > 5e-7,
        ),
    ),
    example=lambda: (1.0, 1e-7),
    why="It counts because a double has some sixteen digits. tanh loses h³/3 a step, so a count to n needs u well below "
    "1/n², and a reader that tells numbers apart that are u apart. With a precision given beforehand there is an end.",
    hints=(
        "Which w neither shrinks nor enlarges h, as long as h is small?",
        "For small a, tanh a ≈ a − a³/3. How much is lost over n steps when h grows to n·u?",
        "Σ (j u)³/3 over j up to n is about u³n⁴/12. That must be below u/2.",
    ),
)

EXERCISES = (PEEPHOLE_LISTING, RESETTABLE_COUNTER, LSTM_TOGGLE, SQUASHED_COUNTER)
