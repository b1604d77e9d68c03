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


def _does(cell):
    return not (_is_open(cell) or _is_gone(cell))


def _per_step(cell):
    """What a step multiplies by, after the first, when the cell rests at zero."""
    (_, _, w_g, _), (i, f, _, o) = cell[0], sigmoid(cell[1])
    return f + i * o * w_g


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
            "the two lists exchanged",
            "With the lists exchanged it would do it. The recurrent weights come first, then the biases.",
            lambda cell: _does(cell[::-1]),
        ),
        Slip(
            "order i, f, o, g",
            "With the last two numbers of each list exchanged it would do it. The order is i, f, g, o.",
            lambda cell: _does([part[[0, 1, 3, 2]] for part in cell]),
        ),
        Slip(
            "order f, i, g, o",
            "With the first two numbers of each list exchanged it would do it. The order is i, f, g, o.",
            lambda cell: _does([part[[1, 0, 2, 3]] for part in cell]),
        ),
        Slip(
            "forget gate shut",
            "Your forget gate is half open at most. Each step multiplies the highway by f: give it a large positive bias.",
            lambda cell: sigmoid(cell[1][1]) <= 0.5 and bool(_is_open(cell)),
        ),
        Slip(
            "no recurrent weights",
            "Without recurrent weights there is the highway and nothing else. Something must work against it.",
            lambda cell: not cell[0].any() and not _is_open(cell),
        ),
        Slip(
            "a candidate that is not zero",
            "With a bias on the candidate the cell fills, and the gates move. It can be done, but it is easier to keep the "
            "cell at zero.",
            lambda cell: cell[1][2] != 0 and not _is_open(cell),
        ),
        Slip(
            "a weight at a gate that multiplies zero",
            "The candidate has no recurrent weight. The cell rests at zero, so what moves i and f is multiplied by g = 0 or "
            "c = 0, and what moves o by tanh c = 0.",
            lambda cell: cell[0][2] == 0 and not _is_open(cell),
        ),
        Slip(
            "other routes that help",
            "With a positive weight to the candidate the other routes add to the highway. They are to work against it.",
            lambda cell: cell[0][2] > 0 and not _is_open(cell),
        ),
        Slip(
            "input gate shut",
            "Your input gate is nearly shut, so what the candidate brings does not get in, whatever its weight.",
            lambda cell: sigmoid(cell[1][0]) < 0.1 and not _is_open(cell) and _per_step(cell) > 0,
        ),
        Slip(
            "output gate shut",
            "Your output gate is nearly shut, so h hardly moves and no other route begins.",
            lambda cell: sigmoid(cell[1][3]) < 0.1 and not _is_open(cell) and _per_step(cell) > 0,
        ),
        Slip(
            "too weak",
            "The sign is right, and it is too weak: after the first step each step multiplies by f + i o W_hg, which is "
            "still well above 0 in your cell.",
            lambda cell: _per_step(cell) > 0 and not _is_open(cell),
        ),
        Slip(
            "too strong",
            "The sign is right, and it is too strong: after the first step each step multiplies by f + i o W_hg, which is "
            "well below 0 in your cell.",
            lambda cell: _per_step(cell) < 0 and not _is_open(cell),
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
