"""Exercises of chapter 12: how many numbers a layer learns, and a counter with coupled gates."""

from __future__ import annotations

from lstm_course.checker import Choice, Number, Slip
from lstm_course.lstm_weights import lstm_parameter_count

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
            "You counted three blocks. There are three gates, and the candidate has weights of its own, too.",
            lambda: tuple(blocks / 4 * lstm_parameter_count(INPUTS, n) for blocks, n in ((3, CELLS), (3, 2 * CELLS), (2, CELLS))),
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
        Slip(
            "one bias for each input",
            "You counted a bias for each input. A block has one for each cell.",
            lambda: _counts(lambda n_in, n: 4 * (n * n_in + n * n + n_in)),
        ),
        Slip(
            "one bias a block",
            "You counted one bias for a whole block. Each cell has its own.",
            lambda: _counts(lambda n_in, n: 4 * (n * n_in + n * n + 1)),
        ),
        Slip(
            "biases of one block",
            "The biases are counted once, not for each of the blocks.",
            lambda: (*(4 * n * (INPUTS + n) + n for n in (CELLS, 2 * CELLS)), 3 * CELLS * (INPUTS + CELLS) + CELLS),
        ),
        Slip(
            "inputs squared",
            "One of your matrices is I by I. The square one leads from the cells' hidden states to the cells: H by H.",
            lambda: _counts(lambda n_in, n: 4 * (n * n_in + n_in * n_in + n)),
        ),
        Slip(
            "input's weights forgotten",
            "The weights from the input are missing. Each gate reads the input and all hidden units.",
            lambda: _counts(lambda n_in, n: 4 * (n * n + n)),
        ),
        Slip(
            "inputs doubled too",
            "For the second layer you doubled the inputs as well. They stay 100.",
            lambda: (lstm_parameter_count(INPUTS, CELLS), lstm_parameter_count(2 * INPUTS, 2 * CELLS),
                     0.75 * lstm_parameter_count(INPUTS, CELLS)),
        ),
        Slip(
            "coupled gates of the second layer",
            "You coupled the gates of the layer with 100 cells. The last number is for 50 cells.",
            lambda: (*_counts(lstm_parameter_count)[:2], 0.75 * lstm_parameter_count(INPUTS, 2 * CELLS)),
        ),
        Slip(
            "what coupled gates save",
            "That is the block that is saved. Asked for is what is left.",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS) / 4),
        ),
        Slip(
            "coupled gates keep their biases",
            "You saved the weights of a block and kept its biases. f = 1 − i has neither of its own.",
            lambda: (*_counts(lstm_parameter_count)[:2], 0.75 * lstm_parameter_count(INPUTS, CELLS) + CELLS),
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

EXERCISES = (LSTM_COUNTS, COUPLED_COUNTER)
