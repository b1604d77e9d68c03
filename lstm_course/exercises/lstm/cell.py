"""Exercise of chapter 12: one step of an LSTM."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.lstm import LSTMParams, lstm_step


@functools.wraps(lstm_step)
def _step(params, x_t, h_prev, c_prev):
    return lstm_step(params, x_t, h_prev, c_prev)[:2]


def draw_params(rng, n_in, n, dtype=np.float64):
    """Weights of an LSTM, small numbers to look at."""
    return LSTMParams(
        draw(rng, 4 * n, n_in, dtype=dtype),
        draw(rng, 4 * n, n, dtype=dtype),
        draw(rng, 4 * n, dtype=dtype),
    )


def _sample_step(rng, size):
    if size == 0:  # the step that the chapter works out by hand
        weight_ih, weight_hh = (
            np.array([[0.5], [-1.0], [1.5], [0.3]]),
            np.array([[1.0], [0.4], [-2.0], [0.2]]),
        )
        params = LSTMParams(weight_ih, weight_hh, np.array([-0.5, 1.0, 0.2, -0.1]))
        return params, np.array([[1.0]]), np.array([[0.5]]), np.array([[2.0]])
    batch, n_in, n, dtype = (
        (1, 2, 2, np.float64),
        (2, 2, 2, np.float64),
        (3, 4, 3, np.float32),
        (8, 5, 16, np.float64),
    )[size - 1]
    params = draw_params(rng, n_in, n, dtype)
    return (params, *(draw(rng, batch, width, dtype=dtype) for width in (n_in, n, n)))


def _wrong_step(**changed):
    """`lstm_step` with a line that computes something else, without the cache."""
    return but(lstm_step, return_="h_t, c_t", **changed)


LSTM_STEP = Exercise(
    label="lstm-step",
    prompt=(
        "Compute one step of an LSTM: return h_t and c_t. The rows of params.weight_ih, params.weight_hh and "
        "params.bias are stacked in the order i, f, g, o; examples are rows."
    ),
    inputs=("params", "x_t", "h_prev", "c_prev"),
    outputs=("h_t", "c_t"),
    shapes=("(B, H)", "(B, H)"),
    reference=_step,
    sample=_sample_step,
    hints=(
        "Begin with all four pre-activations at once, one matrix product for x_t, one for h_prev, and the bias: an "
        "array of shape (B, 4H).",
        "Cut it into four blocks of H columns. Which blocks are gates, and which is the candidate?",
        "c_t is a sum of two products, entry by entry. h_t is made from the new cell state.",
    ),
    mistakes=(
        Mistake(
            "gates in the order i, f, o, g",
            "You read the third block as the output gate and the fourth as the candidate. Here, as in torch, "
            "the order of the rows is i, f, g, o; other libraries have others.",
            _wrong_step(a_g="a_o", a_o="a_g"),
        ),
        Mistake(
            "sigmoid for the candidate",
            "The candidate goes through a sigmoid. It is no gate: it says what to add, and that may be "
            "negative, so it needs a function with values on both sides of zero.",
            _wrong_step(g_t="sigmoid(a_g)"),
        ),
        Mistake(
            "tanh for the gates",
            "The gates go through tanh. A gate is a share between shut and open, so its values must lie "
            "between 0 and 1.",
            _wrong_step(i_t="np.tanh(a_i)", f_t="np.tanh(a_f)", o_t="np.tanh(a_o)"),
        ),
        Mistake(
            "h without tanh",
            "You multiply o by the cell state itself. What leaves the cell is squashed first, or else h could "
            "grow as c does.",
            _wrong_step(h_t="o_t * c_t"),
        ),
        Mistake(
            "the old cell state in h",
            "h_t is made from the cell state before the step. The output gate shows what the cell holds now, "
            "with this step's input already in it.",
            _wrong_step(h_t="o_t * np.tanh(c_prev)"),
        ),
        Mistake(
            "forget gate on the candidate",
            "The forget gate and the input gate have changed places, in the order of the rows or in c_t. The rows "
            "stand as i, f, g, o; f decides about what was there before, i about what is new.",
            _wrong_step(c_t="i_t * c_prev + f_t * g_t"),
        ),
        Mistake(
            "forget gate the wrong way round",
            "You keep the share 1 − f of the old state. Despite its name the forget gate at 1 keeps "
            "everything, and at 0 it clears.",
            _wrong_step(c_t="(1 - f_t) * c_prev + i_t * g_t"),
        ),
        Mistake(
            "forget gate for everything",
            "The forget gate multiplies the whole sum. It acts on the old state alone; what enters has the "
            "input gate and passes no second one.",
            _wrong_step(c_t="f_t * (c_prev + i_t * g_t)"),
        ),
        Mistake(
            "old state overwritten",
            "Nothing of the old cell state is left in c_t. The new state is a sum, and one of its terms is "
            "what the forget gate keeps.",
            _wrong_step(c_t="i_t * g_t"),
        ),
        Mistake(
            "coupled gates",
            "The input gate lets 1 − f in. That is the variant with coupled gates; here the input gate has weights of "
            "its own, and both may be open.",
            _wrong_step(i_t="1 - sigmoid(a_f)"),
        ),
        Mistake(
            "no forget gate",
            "The whole old state is kept. That is the LSTM of 1997; here the forget gate says which share of it.",
            _wrong_step(c_t="c_prev + i_t * g_t"),
        ),
        Mistake(
            "no input gate",
            "The whole candidate enters. The input gate says which share of it.",
            _wrong_step(c_t="f_t * c_prev + g_t"),
        ),
        Mistake(
            "no output gate",
            "The whole squashed state is shown. The output gate says which share of it.",
            _wrong_step(h_t="tanh_c"),
        ),
        Mistake(
            "recurrent part forgotten",
            "The pre-activations do not read h_prev. Each is a weighted sum of the input and of the last hidden state.",
            _wrong_step(a_t="x_t @ params.weight_ih.T + params.bias"),
        ),
        Mistake(
            "squashed cell state returned",
            "You return tanh(c_t) as the cell state. Squashed is only what is shown; the state goes on as it is.",
            but(lstm_step, return_="h_t, tanh_c"),
        ),
        Mistake(
            "bias missing",
            "The pre-activations lack their bias. Without it the forget gate of a new network could not start "
            "open.",
            _wrong_step(a_t="x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T"),
        ),
        Mistake(
            "bias added twice",
            "The bias is added once for the input and once for the hidden state. torch has two vectors, one "
            "for each; our one is already their sum.",
            _wrong_step(a_t="x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + 2 * params.bias"),
        ),
        Mistake(
            "weight_hh transposed within its blocks",
            "Each gate's square block of weight_hh stands the wrong way round. Its rows belong to the unit "
            "that receives, its columns to the unit that sends, as in weight_ih.",
            _wrong_step(
                a_t="x_t @ params.weight_ih.T + params.bias"
                "+ h_prev @ np.concatenate([block.T for block in np.split(params.weight_hh, 4)]).T"
            ),
        ),
        Mistake(
            "cell state into the gates",
            "The gates read c_prev where they should read h_prev. What the output gate hides is hidden from "
            "the gates, too.",
            _wrong_step(h_prev="c_prev"),
        ),
        Mistake(
            "gates interleaved",
            "You take every fourth column for a gate. Each gate has a block of H columns that stand side by side.",
            _wrong_step(a_i="a_t[:, 0::4]", a_f="a_t[:, 1::4]", a_g="a_t[:, 2::4]", a_o="a_t[:, 3::4]"),
        ),
        Mistake(
            "output gate inside the tanh",
            "You squash o·c_t. First comes the tanh of the cell state, then the output gate's share of it.",
            _wrong_step(h_t="np.tanh(o_t * c_t)"),
        ),
        Mistake(
            "sigmoid for the squashing",
            "You show a share of σ(c_t). The cell state is squashed by tanh, which keeps its sign.",
            _wrong_step(h_t="o_t * sigmoid(c_t)"),
        ),
        Mistake(
            "candidate without tanh",
            "The candidate is left as its pre-activation. A tanh keeps what may be added between −1 and 1.",
            _wrong_step(g_t="a_g"),
        ),
        Mistake(
            "input left out",
            "The pre-activations do not read x_t. Each is a weighted sum of the input and of the last hidden state.",
            _wrong_step(a_t="h_prev @ params.weight_hh.T + params.bias"),
        ),
        Mistake(
            "forget gate made of the input gate",
            "Your forget gate is 1 − i. That is the variant with coupled gates; here f has weights of its own.",
            _wrong_step(f_t="1 - sigmoid(a_i)"),
        ),
        Mistake(
            "hidden state kept in the cell",
            "The forget gate multiplies h_prev. What it keeps is the cell state, c_prev.",
            _wrong_step(c_t="f_t * h_prev + i_t * g_t"),
        ),
        Mistake(
            "old cell state squashed",
            "The forget gate multiplies tanh(c_prev). The cell state is carried on as it is; only what is shown is squashed.",
            _wrong_step(c_t="f_t * np.tanh(c_prev) + i_t * g_t"),
        ),
        Mistake(
            "new cell state squashed",
            "c_t goes through a tanh before it is carried on and shown. The cell state is a plain sum.",
            _wrong_step(c_t="np.tanh(f_t * c_prev + i_t * g_t)"),
        ),
        Mistake(
            "the candidate shown",
            "h_t shows the candidate. It shows the cell state, which holds what was kept as well.",
            _wrong_step(h_t="o_t * g_t"),
        ),
        Mistake(
            "c and h returned in the wrong order",
            "The two states are there, in the wrong order. h_t comes first.",
            but(lstm_step, return_="c_t, h_t"),
        ),
    ),
)

EXERCISES = (LSTM_STEP,)
