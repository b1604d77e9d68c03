"""Exercises of chapter 14: a planted bug, and an open highway on which no gradient arrives."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.activations import sigmoid
from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.gradient_flow import HighwaySplit, lstm_highway_split
from lstm_course.lstm import LSTMParams, lstm_forward

# --- a sum that always fits -------------------------------------------------------------------------

SUM_THAT_FITS = Bug(
    label="sum-that-fits",
    prompt=(
        "The listing splits the gradient of an LSTM of one cell. Highway and rest always add up to the total, and yet one "
        "line is wrong. Name it by the variable that it computes."
    ),
    listing="""\
def split(i, f, g, o, c, w_i, w_f, w_g, w_o):
    # gates of the steps 1 to T; c holds c_0 to c_T
    total, highway, h_dot = 1.0, 1.0, 0.0
    for t in range(len(f)):
        to_i = i[t] * (1 - i[t]) * g[t] * w_i
        to_f = f[t] * (1 - f[t]) * c[t] * w_f
        to_g = i[t] * (1 - g[t] ** 2) * w_g
        back = to_i + to_f + to_g
        highway = f[t] * highway
        total = f[t] * total + back * h_dot
        show = o[t] * (1 - np.tanh(c[t]) ** 2)
        to_o = o[t] * (1 - o[t]) * np.tanh(c[t + 1]) * w_o
        h_dot = show * total + to_o * h_dot
    rest = total - highway
    return total, highway, rest
""",
    line="show",
    tempting={
        "to_i": "The gate's slope, times what the gate is multiplied by, times its weight: right.",
        "to_f": "f[t] holds the gate of step t + 1, and c[t] the cell state before that step. They belong together.",
        "to_g": "The candidate has a tanh, so its slope is 1 − g², and the input gate stands before it. Right.",
        "back": "Three doors lead from h back to the cell state, and they add up.",
        "highway": "The highway is the product of the forget gates. Right.",
        "total": "The cell moves by what it keeps of its own movement and by what comes back from h before the step. Right.",
        "to_o": "h of the new step has tanh of the new cell state, c[t + 1]. Right.",
        "h_dot": "The hidden state moves with the new cell state and through the output gate. Right, if its factors are.",
        "rest": "As a definition that is right. Only, it makes the sum fit whatever the total is.",
        "return": "Three numbers in a sensible order.",
    },
    hint="Go through the lines and ask of each factor: of which step is it?",
    why="h_t shows the new cell state, so its slope is taken at c[t + 1]. That the parts add up proves nothing here, since "
    "the rest is defined as what is missing: compute the three parts each on its own, or ask torch.",
    hints=(
        "That highway and rest add up is no check: look at the last line but one.",
        "c[t] is the cell state before the step, c[t + 1] the one after it. Which of the two does each factor need?",
    ),
)

# --- an open highway and no gradient ----------------------------------------------------------------

STEPS, OPEN, GONE = 10, 0.9, 0.01


def _read_cell(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError("the answer must hold two lists, weight_hh and bias")
    weight_hh, bias = (np.asarray(part, dtype=np.float64).reshape(-1) for part in answer)
    return as_array("weight_hh", weight_hh, "(gates=4)"), as_array("bias", bias, "(gates=4)")


def one_cell_split(weight_hh, bias) -> HighwaySplit:
    """The split over ten steps of an LSTM of one cell that reads zeros and starts from zeros."""
    params = LSTMParams(np.zeros((4, 1)), np.reshape(weight_hh, (4, 1)), np.asarray(bias, float))
    return lstm_highway_split(params, lstm_forward(params, np.zeros((STEPS, 1, 1)))[2], 0, STEPS)


def _is_open(cell):
    highway = one_cell_split(*cell).highway.item()
    return "" if highway >= OPEN else f"Its highway is {highway:.3g}."


def _is_gone(cell):
    total = one_cell_split(*cell).total.item()
    return "" if abs(total) <= GONE else f"Its total is {total:.3g}."


def _rest(cell):
    """The gates i, f and o of the cell while it rests at zero."""
    return tuple(float(gate) for gate in sigmoid(cell[1][[0, 1, 3]]))


def _one_step(cell):
    """What a step multiplies the movement of a cell that rests at zero by, after the first."""
    i, f, o = _rest(cell)
    return f + i * o * cell[0][2]


def _highway_open(test):
    """A test where the highway is open already, so that the total is what fails."""
    return lambda cell: not _is_open(cell) and bool(test(cell))


def _highway_shut(test):
    return lambda cell: bool(_is_open(cell)) and bool(test(_rest(cell)[1]))


OPEN_ROAD = Built(
    label="open-road",
    level="hard",
    kind="design",
    prompt=(
        "An LSTM of one cell reads zeros for ten steps and starts from zeros. Choose its four recurrent weights and four "
        "biases so that the highway from c_0 to c_10 keeps at least 0.9, and the total gradient is at most 0.01 in size."
    ),
    read=_read_cell,
    form_text="Your answer is a pair of lists in the order i, f, g, o: (weight_hh, bias), four numbers each.",
    demands=(
        Demand(
            "has an open highway",
            _is_open,
            "Ten factors f must make 0.9. How near to 1 must f be, and which bias does that?",
        ),
        Demand(
            "has no gradient in total",
            _is_gone,
            "The other routes must take away what the highway brings. Which door leads back to a cell that is zero, and "
            "which sign must its weight have?",
        ),
    ),
    slips=(
        Slip(
            "forget gate shut",
            "Your forget gate is shut, or no more than half open. Open keeps: which sign must its bias have?",
            _highway_shut(lambda f: f <= 0.5),
        ),
        Slip(
            "open enough for one step",
            "Your forget gate would do for a step or two. Ten factors f must make 0.9 together: f is its tenth root.",
            _highway_shut(lambda f: f > 0.5),
        ),
        Slip(
            "no recurrent weights",
            "Without recurrent weights there is the highway and nothing else. Something must work against it.",
            _highway_open(lambda cell: not cell[0].any()),
        ),
        Slip(
            "other routes that help",
            "With a positive weight to the candidate the other routes add to the highway. They are to work against it.",
            _highway_open(lambda cell: cell[0][2] > 0),
        ),
        Slip(
            "no way through the candidate",
            "The candidate has no recurrent weight. At a cell that rests at zero the ways through the gates are shut, for what "
            "they multiply is 0; which door is left?",
            _highway_open(lambda cell: cell[0][2] == 0 and cell[1][2] == 0),
        ),
        Slip(
            "a candidate that is not zero",
            "With a bias on the candidate the cell fills, and the gates move. It can be done, but it is easier to keep the "
            "cell at zero.",
            _highway_open(lambda cell: cell[1][2] != 0),
        ),
        Slip(
            "input or output gate shut",
            "The weight to the candidate has the right sign, but a way by h leads out through o and in through i, and one of "
            "them is hardly open.",
            _highway_open(lambda cell: _one_step(cell) > 0.6 and min(_rest(cell)[0], _rest(cell)[2]) < 0.4),
        ),
        Slip(
            "other routes too weak",
            "The weight to the candidate has the right sign and is too small: a step still multiplies by f + i o W_hg, and "
            "that is far from 0.",
            _highway_open(lambda cell: _one_step(cell) > 0),
        ),
        Slip(
            "other routes too strong",
            "The weight to the candidate has the right sign and is too large: f + i o W_hg is below 0 and far from it, so the "
            "movement swings to and fro.",
            _highway_open(lambda cell: _one_step(cell) < 0),
        ),
    ),
    example=lambda: ([0.0, 0.0, -1.0, 0.0], [2.0, 7.0, 0.0, 2.0]),
    why="The cell rests at zero, so the candidate is the only door back that is not shut, and after the first step each "
    "step multiplies by f + i o W_hg. With W_hg negative that is far below f: a sum of routes may cancel.",
    hints=(
        "With inputs, states and the candidate's bias at zero the cell stays at zero. Which terms of B are left "
        "then? And is E?",
        "c moves by f of its own and by i W_hg of the movement of h, and h moves by o of that of c. What does a step "
        "multiply by?",
        "f must be near 1, and f + i o W_hg near 0: open i and o with biases, and take a negative W_hg.",
    ),
)

EXERCISES = (SUM_THAT_FITS, OPEN_ROAD)
