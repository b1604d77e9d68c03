"""Exercises of chapter 12 on paper: a step with a pencil, a bias set twice, a count; and a prediction."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid
from lstm_course.checker import Choice, Number, Slip
from lstm_course.lstm_weights import lstm_parameter_count

# --- a step with a pencil ---------------------------------------------------------------------------


def _share(a):
    return float(sigmoid(a))


LN2, LN3, LN4, OLD = math.log(2), math.log(3), math.log(4), -2.0
I_T, F_T, G_T, O_T = _share(0.0), _share(LN3), math.tanh(LN2), _share(-LN4)


def _pencil(*, i=I_T, f=F_T, g=G_T, o=O_T, old=OLD, shown=None, squash=math.tanh):
    """Compute c_t and h_t of a cell that holds -2, with other values if given."""
    c = f * old + i * g
    return c, o * squash(c if shown is None else shown)


STEP_WITH_A_PENCIL = Number(
    label="step-with-a-pencil",
    level="warm-up",
    prompt=(
        "A cell holds c = -2. Its pre-activations, in the order i, f, g, o, are 0, ln 3, ln 2 and -ln 4. What are c_t "
        "and h_t?"
    ),
    names=("c_t", "h_t"),
    answer=_pencil,
    slips=(
        Slip(
            "forget gate the wrong way round",
            "You kept 1 − f of the old state. At f = 1 the forget gate keeps everything.",
            lambda: _pencil(f=1 - F_T),
        ),
        Slip(
            "i and f exchanged",
            "You multiplied the old state by i and the candidate by f. f is what is kept, i is what enters.",
            lambda: _pencil(i=F_T, f=I_T),
        ),
        Slip(
            "order i, f, o, g",
            "You read the third number as the output gate and the fourth as the candidate. The order is i, f, g, o.",
            lambda: _pencil(g=math.tanh(-LN4), o=_share(LN2)),
        ),
        Slip(
            "sigmoid for the candidate",
            "The candidate is no gate. It goes through tanh: (e^a − e^−a)/(e^a + e^−a) at a = ln 2.",
            lambda: _pencil(g=_share(LN2)),
        ),
        Slip(
            "sign lost",
            "The cell holds −2, a negative number. What is kept of it is negative, too.",
            lambda: _pencil(old=-OLD),
        ),
        Slip(
            "f on everything",
            "You multiplied the whole sum by f. The forget gate acts on the old state alone.",
            lambda: _pencil(i=F_T * I_T),
        ),
        Slip(
            "pre-activations as they are",
            "Those are the pre-activations. Each still goes through its function: σ for the gates, tanh for g.",
            lambda: _pencil(i=0.0, f=LN3, g=LN2, o=-LN4),
        ),
        Slip(
            "h without tanh",
            "You multiplied o by the cell state itself. What is shown is squashed first.",
            lambda: _pencil(squash=float),
        ),
        Slip(
            "the old state shown",
            "h_t shows the new cell state, not the one before the step.",
            lambda: _pencil(shown=OLD),
        ),
        Slip(
            "o forgotten",
            "That is tanh(c_t). How much of it does the output gate show?",
            lambda: _pencil(o=1.0),
        ),
    ),
    why="σ(0) = 1/2, σ(ln 3) = 3/4, tanh(ln 2) = 3/5, σ(−ln 4) = 1/5: c = −3/2 + 3/10 = −6/5, and h is a fifth of "
    "tanh(−6/5).",
    hints=(
        "σ(ln 3) = 1/(1 + 1/3). The other logarithms come out as simply.",
        "tanh(ln 2) = (2 − 1/2)/(2 + 1/2).",
        "Then keep some, add some, and show a share of tanh of the sum.",
    ),
)

# --- the forget bias, set twice ---------------------------------------------------------------------

STEPS = 10


def _kept(bias):
    return float(sigmoid(bias)) ** STEPS


BIAS_SET_TWICE = Number(
    label="bias-set-twice",
    prompt=(
        "Somebody wants a forget bias of 1 in a torch.nn.LSTM, and sets the forget block of every parameter whose "
        "name contains 'bias' to 1. Nothing else reaches the forget gates. Which share of a cell's content is left "
        "after 10 steps, and which share was meant to be?"
    ),
    names=("left", "meant"),
    answer=lambda: (_kept(2.0), _kept(1.0)),
    rtol=0.01,
    slips=(
        Slip(
            "one bias",
            "torch has two bias vectors, and both are added. What is the sum after this?",
            lambda: (_kept(1.0), _kept(1.0)),
        ),
        Slip(
            "order exchanged",
            "Right numbers in the other order: first what is left, then what was meant.",
            lambda: (_kept(1.0), _kept(2.0)),
        ),
        Slip(
            "the same twice",
            "You gave the same share twice. Meant was one bias of 1: what would be left with it?",
            lambda: (_kept(2.0), _kept(2.0)),
        ),
        Slip(
            "one step only",
            "Those are the gates. Ten steps multiply ten of them.",
            lambda: (float(sigmoid(2.0)), float(sigmoid(1.0))),
        ),
        Slip(
            "the lost share",
            "That is what is gone. Asked for is what is left.",
            lambda: (1 - _kept(2.0), 1 - _kept(1.0)),
        ),
        Slip(
            "gates added up",
            "You doubled the gate. The biases add before the sigmoid, and σ(1) + σ(1) is no share.",
            lambda: ((2 * float(sigmoid(1.0))) ** STEPS, _kept(1.0)),
        ),
        Slip(
            "tanh for σ",
            "A gate is a sigmoid of its bias.",
            lambda: (math.tanh(2.0) ** STEPS, math.tanh(1.0) ** STEPS),
        ),
    ),
    why="The sum of the two biases is 2, and σ(2) is nearer to 1 than σ(1). A recipe that you copy may mean either.",
    hints=(
        "How many parameters of a torch.nn.LSTM have 'bias' in their name?",
        "The two enter only as their sum. σ of it is the gate, and ten steps multiply ten gates.",
    ),
)

# --- how many numbers -------------------------------------------------------------------------------

INPUTS, CELLS = 100, 50


def _counts(count):
    """One layer, the same with twice as many cells, and the first with coupled gates."""
    one, two = count(INPUTS, CELLS), count(INPUTS, 2 * CELLS)
    return one, two, one * 3 / 4


LSTM_COUNTS = Number(
    label="lstm-counts",
    level="warm-up",
    prompt=(
        "How many numbers does an LSTM layer with 100 inputs and 50 cells learn, with one bias vector? How many with "
        "100 cells? And how many with 50 cells whose gates are coupled, f = 1 - i?"
    ),
    names=("n_50", "n_100", "n_coupled"),
    answer=lambda: _counts(lstm_parameter_count),
    rtol=1e-6,
    slips=(
        Slip(
            "four times for twice the cells",
            "Twice the cells make the matrix from h to the gates four times as large, but not that from x.",
            lambda: (lstm_parameter_count(INPUTS, CELLS), 4 * lstm_parameter_count(INPUTS, CELLS),
                     0.75 * lstm_parameter_count(INPUTS, CELLS)),
        ),
        Slip(
            "twice for twice the cells",
            "Twice the cells make the matrix from x to the gates twice as large; that from h to the gates grows in "
            "both directions.",
            lambda: (lstm_parameter_count(INPUTS, CELLS), 2 * lstm_parameter_count(INPUTS, CELLS),
                     0.75 * lstm_parameter_count(INPUTS, CELLS)),
        ),
        Slip(
            "half for coupled gates",
            "Two gates share their weights, so one block of the four is saved.",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS) / 2),
        ),
        Slip(
            "nothing saved by coupled gates",
            "f = 1 − i needs no weights of its own: one block of the four is saved.",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS)),
        ),
        Slip(
            "torch's second bias",
            "That is torch's count, with two bias vectors. Here there is one.",
            lambda: _counts(lambda n_in, n: lstm_parameter_count(n_in, n, biases=2)),
        ),
        Slip(
            "biases forgotten",
            "The biases are missing: one number for each cell in each block.",
            lambda: _counts(lambda n_in, n: lstm_parameter_count(n_in, n, biases=0)),
        ),
        Slip(
            "three blocks",
            "You counted the gates. The candidate has weights of its own, too.",
            lambda: _counts(lambda n_in, n: 3 * (n * n_in + n * n + n)),
        ),
        Slip(
            "one block",
            "This is a plain RNN. How many blocks of rows does an LSTM stack?",
            lambda: _counts(lambda n_in, n: n * n_in + n * n + n),
        ),
        Slip(
            "recurrent weights forgotten",
            "The weights from the hidden state are missing. Each gate reads the input and all hidden units.",
            lambda: _counts(lambda n_in, n: 4 * (n * n_in + n)),
        ),
        Slip(
            "one vector a gate",
            "You gave each gate one vector of weights. A gate of H cells has a matrix with a row for each cell.",
            lambda: _counts(lambda n_in, n: 4 * (n_in + n + n)),
        ),
    ),
    why="One block has H·I + H² + H numbers, and an LSTM has four. Twice the cells cost here 2.66 times the weights, "
    "between 2 and 4.",
    hints=(
        "Count one block first: a matrix from x, a matrix from h, and the biases.",
        "How many blocks has an LSTM, and how many are left when f is made from i?",
    ),
)  # fmt: skip

# --- a counter with coupled gates -------------------------------------------------------------------

COUPLED_COUNTER = Choice(
    label="coupled-counter",
    kind="predict",
    prompt=(
        "Two hundred times the candidate is +1. In the chapter's counter both gates stand open. Now couple them, "
        "f = 1 - i, and let the input gate stand half open. Where does the cell, which began at 0, end, and why?"
    ),
    options={
        "a": "Near 200.",
        "b": "Near 100.",
        "c": "Near 1.",
        "d": "Near 0.",
    },
    reasons={
        "1": "Each step takes the mean of what was there and of what comes.",
        "2": "f and i add up to 1, so nothing is lost.",
        "3": "Half of every candidate enters.",
        "4": "What enters is halved at every later step.",
    },
    right=("c", "1"),
    replies={
        "a": "For a count of 200 everything must be kept and everything must enter. Can f and i both be 1?",
        "b": "Half of each candidate enters. But what happens to it at the next step?",
        "d": "What entered early has faded. What entered a moment ago has not: add up ½ + ¼ + ⅛ + …",
        "2": "The two shares add up to 1, but they are shares of different things: of the old state and of the new.",
        "3": "True, and it is half of the story: the other half is what becomes of it afterwards.",
        "4": "True of each single candidate. But a new one comes at every step; what do they add up to?",
    },
    why="c ← ½ c + ½ goes to 1 and stays there. A mean of numbers between −1 and 1 lies between −1 and 1: with whole "
    "steps there is no room for a count. A GRU's state is such a mean.",
    hints=(
        "Do the first three steps with a pencil.",
        "Which c stays as it is when c is replaced by ½ c + ½?",
    ),
)

EXERCISES = (STEP_WITH_A_PENCIL, LSTM_COUNTS, BIAS_SET_TWICE, COUPLED_COUNTER)
