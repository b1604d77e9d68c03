"""Exercises of chapter 12 on the LSTM forward: one step, and sequences that end at different times."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step


@functools.wraps(lstm_step)
def _step(params, x_t, h_prev, c_prev):
    return lstm_step(params, x_t, h_prev, c_prev)[:2]


@functools.wraps(lstm_forward)
def _forward(params, x, h0, c0, mask):
    h, (_, c_last), _ = lstm_forward(params, x, h0, c0, mask)
    return h, c_last


def _draw_params(rng, n_in, n, dtype=np.float64):
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
    params = _draw_params(rng, n_in, n, dtype)
    return (params, *(draw(rng, batch, width, dtype=dtype) for width in (n_in, n, n)))


def _sample_forward(rng, size):
    steps, batch, n_in, n, dtype = (
        (3, 1, 1, 1, np.float64),
        (3, 2, 2, 2, np.float64),
        (4, 2, 2, 2, np.float64),
        (5, 3, 2, 3, np.float32),
        (12, 6, 5, 8, np.float64),
    )[size]
    params = _draw_params(rng, n_in, n, dtype)
    x = draw(rng, steps, batch, n_in, dtype=dtype)
    mask = np.arange(steps)[:, None] % (batch + 2) != np.arange(
        1, batch + 1
    )  # a gap each, at times of their own
    mask[-1, 0] = steps < 4  # in larger cases one example ends before the others
    return params, x, draw(rng, batch, n, dtype=dtype), draw(rng, batch, n, dtype=dtype), mask


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
            "The forget gate and the input gate have changed places. f decides about what was there before, "
            "i about what is new.",
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
            "c and h returned in the wrong order",
            "The two states are there, in the wrong order. h_t comes first.",
            but(lstm_step, return_="c_t, h_t"),
        ),
    ),
)


# --- sequences of several lengths -------------------------------------------------------------------


def _wrong_forward(
    *,
    start=lambda h0, c0: (h0, c0),
    read=lambda x, mask: (x, mask),
    hold=lambda now, h_t, c_t, h, c: (np.where(now, h_t, h), np.where(now, c_t, c)),
    carry=lambda h, c, h0, c0: (h, c),
    show=lambda now, h: h,
    collect=lambda hs, cs: np.stack(hs),
    last=lambda hs, cs: cs[-1],
):
    """A loop over `lstm_step` with one line written differently."""

    def wrong(params, x, h0, c0, mask):
        h, c = start(h0, c0)
        hs, cs = [], []
        for x_t, now in zip(*read(x, mask), strict=True):
            h_t, c_t, _ = lstm_step(params, x_t, h, c)
            h_t, c_t = hold(now[:, None], h_t, c_t, h, c)
            hs.append(show(now[:, None], h_t))
            cs.append(c_t)
            h, c = carry(h_t, c_t, h0, c0)
        return collect(hs, cs), last(hs, cs)

    return wrong


LSTM_FORWARD = Exercise(
    label="lstm-forward",
    prompt=(
        "Run an LSTM over a batch of sequences x of shape (T, B, I). Where mask (T, B) is False an example has no "
        "step: its two states stay as they were. Return the hidden state at every step and the last cell state. You "
        "may call lstm_step."
    ),
    inputs=("params", "x", "h0", "c0", "mask"),
    outputs=("h", "c_last"),
    shapes=("(T, B, H)", "(B, H)"),
    reference=_forward,
    sample=_sample_forward,
    hints=(
        "First write it for a mask that is True everywhere: a loop over the steps that carries two states.",
        "Let every example make the step, and then decide, example by example, whether it counts: np.where chooses "
        "entry by entry.",
        "mask[t] has shape (B,), the states have shape (B, H). mask[t][:, None] fits beside them.",
    ),
    mistakes=(
        Mistake(
            "mask ignored",
            "Every example makes every step. Where the mask is False it has none, and both of its states stay as they "
            "were.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (h_t, c_t)),
        ),
        Mistake(
            "only the hidden state held",
            "Where the mask is False the hidden state waits, but the cell state goes on without it. Both wait.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (np.where(now, h_t, h), c_t)),
        ),
        Mistake(
            "only the cell state held",
            "Where the mask is False the cell state waits, but the hidden state moves. Both wait: the gates of the "
            "next step read it.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (h_t, np.where(now, c_t, c))),
        ),
        Mistake(
            "states set to zero",
            "Where the mask is False you set the states to zero. To have no step is to stay as one was, not to "
            "forget.",
            _wrong_forward(
                hold=lambda now, h_t, c_t, h, c: tuple(
                    np.where(now, new, np.zeros_like(new)) for new in (h_t, c_t)
                )
            ),
        ),
        Mistake(
            "zeros shown where there is no step",
            "The states are carried on rightly, but in h you write zeros where the mask is False. There h stays what "
            "it was.",
            _wrong_forward(show=lambda now, h: np.where(now, h, np.zeros_like(h))),
        ),
        Mistake(
            "mask the wrong way round",
            "An example steps where the mask is False and waits where it is True. True says that there is a step.",
            _wrong_forward(read=lambda x, mask: (x, ~mask)),
        ),
        Mistake(
            "cell state not carried on",
            "Every step starts with c0 again. A step hands two states to the next one, and the cell state is "
            "the one that remembers.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h, c0)),
        ),
        Mistake(
            "hidden state not carried on",
            "Every step reads h0, so the gates never learn what the network has put out. A step hands two "
            "states to the next one.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h0, c)),
        ),
        Mistake(
            "no state carried on",
            "Every step starts from h0 and c0, as if it were the first. Then the order of the inputs is lost, "
            "and there is nothing recurrent about it.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h0, c0)),
        ),
        Mistake(
            "starts from zeros",
            "The first step starts from zeros. Zeros are only the default: here h0 and c0 are given.",
            _wrong_forward(start=lambda h0, c0: (np.zeros_like(h0), np.zeros_like(c0))),
        ),
        Mistake(
            "states exchanged at the start",
            "The first step gets c0 as its hidden state and h0 as its cell state. The names in the call of "
            "lstm_step tell which comes first.",
            _wrong_forward(start=lambda h0, c0: (c0, h0)),
        ),
        Mistake(
            "reads from the end",
            "The sequence is read from its last step to its first. That is one half of a bidirectional "
            "network; here time runs forward.",
            _wrong_forward(read=lambda x, mask: (x[::-1], mask[::-1])),
        ),
        Mistake(
            "cell states in place of hidden states",
            "You collect the cell states. What an LSTM shows to the outside is h.",
            _wrong_forward(collect=lambda hs, cs: np.stack(cs)),
        ),
        Mistake(
            "last hidden state in place of the last cell state",
            "The second value is the last h, which stands in the first value already. Asked for is the last c.",
            _wrong_forward(last=lambda hs, cs: hs[-1]),
        ),
    ),
)

EXERCISES = (LSTM_STEP, LSTM_FORWARD)
