"""Exercise of chapter 12 on paper: how many numbers an LSTM learns."""

from __future__ import annotations

from lstm_course.checker import Number, Slip
from lstm_course.lstm_weights import lstm_parameter_count

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
            "three quarters of the larger layer",
            "You took three quarters of the layer with 100 cells. The coupled one has 50.",
            lambda: (*_counts(lstm_parameter_count)[:2], 0.75 * lstm_parameter_count(INPUTS, 2 * CELLS)),
        ),
        Slip(
            "one block for coupled gates",
            "You left one block of the four. Coupled gates save one: which three are left?",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS) / 4),
        ),
        Slip(
            "two thirds for coupled gates",
            "You took one block of three. The candidate is a block, too: one of four is saved.",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS) * 2 / 3),
        ),
        Slip(
            "only the bias saved by coupled gates",
            "f = 1 − i saves more than a bias: the forget gate needs no matrix from x and none from h.",
            lambda: (*_counts(lstm_parameter_count)[:2], lstm_parameter_count(INPUTS, CELLS) - CELLS),
        ),
        Slip(
            "inputs doubled as well",
            "For 100 cells you took 200 inputs. Only the cells are doubled.",
            lambda: (lstm_parameter_count(INPUTS, CELLS), lstm_parameter_count(2 * INPUTS, 2 * CELLS),
                     0.75 * lstm_parameter_count(INPUTS, CELLS)),
        ),
        Slip(
            "inputs and cells exchanged",
            "You exchanged inputs and cells: the square belongs to the cells, and there are as many biases as cells.",
            lambda: _counts(lambda n_in, n: 4 * (n_in * n + n_in**2 + n_in)),
        ),
        Slip(
            "a square of the inputs",
            "You let the inputs read the inputs. The two matrices of a block have sizes H by I and H by H.",
            lambda: _counts(lambda n_in, n: 4 * (n_in * n + n_in**2 + n)),
        ),
        Slip(
            "cell state read as well",
            "You gave the gates a matrix from the cell state. They read x and h.",
            lambda: _counts(lambda n_in, n: 4 * (n_in * n + 2 * n**2 + n)),
        ),
        Slip(
            "five blocks",
            "You counted five blocks. Three gates and the candidate are four; the cell state has no weights.",
            lambda: _counts(lambda n_in, n: 5 * (n_in * n + n**2 + n)),
        ),
        Slip(
            "one vector of biases for all blocks",
            "You counted one number for each cell as bias. Each of the four blocks has its own.",
            lambda: _counts(lambda n_in, n: 4 * (n_in * n + n**2) + n),
        ),
        Slip(
            "one bias number for each block",
            "You gave each block one number as bias. It has one for each cell.",
            lambda: _counts(lambda n_in, n: 4 * (n_in * n + n**2 + 1)),
        ),
        Slip(
            "weights from the input forgotten",
            "The weights from the input are missing. Each gate reads the input and all hidden units.",
            lambda: _counts(lambda n_in, n: 4 * (n**2 + n)),
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
