"""Exercises of chapter 12 on the weights of an LSTM: somebody else's layout, and an open gate."""

from __future__ import annotations

import functools
import math

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.lstm_weights import forget_bias_for, lstm_from_concatenated

# --- somebody else's layout -------------------------------------------------------------------------


def _sample_from_concatenated(rng, size):
    n_in, n, dtype = ((1, 1, np.float64), (1, 2, np.float64), (2, 2, np.float64), (3, 2, np.float32),
                      (5, 7, np.float64))[size]  # fmt: skip
    return draw(rng, n_in + n, 4 * n, dtype=dtype), draw(rng, 4 * n, dtype=dtype)


def _read_as(order):
    """The conversion of another layout than the one in the task."""
    return functools.partial(lstm_from_concatenated, order=order)


def _forget_bias_raised(params):
    """Add 1 to the forget block of the bias."""
    n = params.weight_hh.shape[1]
    params.bias[n : 2 * n] += 1
    return params


LSTM_FROM_CONCATENATED = Exercise(
    label="lstm-from-concatenated",
    prompt=(
        "Somebody computes [x_t, h_prev] @ weight + bias and splits the columns into g, i, f, o. Return the "
        "LSTMParams of the same network."
    ),
    inputs=("weight", "bias"),
    outputs=("params",),
    reference=lstm_from_concatenated,
    sample=_sample_from_concatenated,
    hints=(
        "Transpose first: their columns are our rows. Then each block of H rows belongs to one gate.",
        "Write both orders below each other, g i f o and i f g o, and ask for each of ours where theirs has it.",
        "The first I rows of their matrix multiply x_t, the other H rows h_prev.",
    ),
    mistakes=(
        Mistake(
            "order left as it was",
            "The blocks are still in the order g, i, f, o. Ours is i, f, g, o, and nothing but the numbers "
            "will tell you: all shapes fit.",
            _read_as("ifgo"),
        ),
        Mistake(
            "permuted the wrong way",
            "You have applied the permutation backwards. Ask for each of our blocks in turn, i, f, g, o, at "
            "which place theirs has it.",
            _read_as("fgio"),
        ),
        Mistake(
            "bias left in its order",
            "The weights are in our order and the bias is still in theirs. Both are stacked by gate.",
            but(lstm_from_concatenated, ours="bias.copy()"),
        ),
        Mistake(
            "hidden state taken first",
            "You take the first rows for the hidden state. The row they multiply is [x_t, h_prev], the input "
            "first.",
            but(
                lstm_from_concatenated,
                return_="LSTMParams(rows[:, n:].copy(), rows[:, :n].copy(), ours)",
            ),
        ),
        Mistake(
            "recurrent blocks not transposed",
            "Each block of weight_hh is still the wrong way round, which no shape betrays because the blocks "
            "are square. Their matrix multiplies from the right, ours has a row for each unit that receives.",
            but(
                lstm_from_concatenated,
                return_="LSTMParams(rows[:, :split].copy(), "
                "np.concatenate([block.T for block in np.split(rows[:, split:], 4)]), ours)",
            ),
        ),
        Mistake(
            "order i, f, o, g",
            "Your blocks come out in the order i, f, o, g. Ours, and torch's, is i, f, g, o.",
            _read_as("oifg"),
        ),
        Mistake(
            "columns interleaved",
            "You take every fourth column for a gate, unit by unit. They split the columns into four blocks.",
            lambda weight, bias: lstm_from_concatenated(
                *(a.reshape(*a.shape[:-1], -1, 4).swapaxes(-1, -2).reshape(a.shape) for a in (weight, bias))
            ),
        ),
        Mistake(
            "i and f exchanged",
            "In your result i and f have each other's blocks. Theirs stand as g, i, f, o; ours as i, f, g, o.",
            _read_as("gfio"),
        ),
        Mistake(
            "recurrent weights left in their order",
            "weight_hh is still in the order g, i, f, o. Its rows are stacked by gate as those of weight_ih are.",
            but(
                lstm_from_concatenated,
                return_="LSTMParams(rows[:, :split].copy(), np.ascontiguousarray(weight[split:].T), ours)",
            ),
        ),
        Mistake(
            "input's weights left in their order",
            "weight_ih is still in the order g, i, f, o. Its rows are stacked by gate as those of weight_hh are.",
            but(
                lstm_from_concatenated,
                return_="LSTMParams(np.ascontiguousarray(weight[:split].T), rows[:, split:].copy(), ours)",
            ),
        ),
        Mistake(
            "reshaped in place of transposed",
            "The shapes fit, and the numbers have come to other places: you reshaped. Rows become columns by a transpose.",
            but(
                lstm_from_concatenated,
                return_="LSTMParams(rows[:, :split].T.reshape(-1, split), "
                "rows[:, split:].T.reshape(-1, rows.shape[1] - split), ours)",
            ),
        ),
        Mistake(
            "one added to the forget bias",
            "You add 1 to the forget bias. That is for the start of a training; these weights are somebody's, as they are.",
            lambda weight, bias: _forget_bias_raised(lstm_from_concatenated(weight, bias)),
        ),
        Mistake(
            "g and i exchanged only",
            "You have exchanged two blocks, and it takes three to move. Write both orders below each other.",
            _read_as("figo"),
        ),
    ),
)

# --- how open is open -------------------------------------------------------------------------------


def _logit(p):
    return math.log(p) - math.log1p(-p)


FORGET_BIAS_FOR = Exercise(
    label="forget-bias-for",
    prompt=(
        "A cell's input gate is shut and its forget gate has weights of zero and the bias b. Return the b with "
        "which the share `share` of the cell state is left after `steps` steps."
    ),
    inputs=("share", "steps"),
    outputs=("forget_bias",),
    reference=forget_bias_for,
    hints=(
        "Each step multiplies by the gate f = σ(b). What is the product of `steps` of them?",
        "Solve for f first: which root of the share is it?",
        "Then turn the sigmoid round: from f = 1/(1 + e^(-b)) get b.",
    ),
    sample=lambda rng, size: ((0.5, 1), (0.5, 2), (0.9, 10), (0.368, 1000), (0.05, 30))[size],
    mistakes=(
        Mistake(
            "one step only",
            "This bias keeps the share over one step. The gate multiplies at every step, so `steps` factors "
            "must make the share together.",
            lambda share, steps: _logit(share),
        ),
        Mistake(
            "the gate in place of its bias",
            "This is the value of the open gate. The bias is what must go into the sigmoid to get it.",
            lambda share, steps: share ** (1 / steps),
        ),
        Mistake(
            "share divided by the steps",
            "You divide the share by the number of steps. Repeated multiplication makes a power, so a root "
            "undoes it.",
            lambda share, steps: _logit(share / steps),
        ),
        Mistake(
            "loss spread evenly",
            "You let the same amount go at every step. A gate takes the same fraction of what is left, "
            "which is less each time.",
            lambda share, steps: _logit(1 - (1 - share) / steps),
        ),
        Mistake(
            "sign",
            "The sign is the wrong way round: this gate forgets what it should keep. A positive bias opens a "
            "gate, and open keeps.",
            lambda share, steps: -_logit(share ** (1 / steps)),
        ),
        Mistake(
            "tanh for the sigmoid",
            "You invert tanh. A gate is a sigmoid, and its inverse is another logarithm.",
            lambda share, steps: math.atanh(share ** (1 / steps)),
        ),
        Mistake(
            "the formula for one half and many steps",
            "That is ln(steps) + 0.37, the formula for one half and many steps. Here the share is any, and the steps may "
            "be few.",
            lambda share, steps: math.log(steps) + 0.37,
        ),
        Mistake(
            "the formula for one half and many steps, with all its digits",
            "That is ln(steps) − ln ln 2, the formula for one half and many steps. Here the share is any, and the steps "
            "may be few.",
            lambda share, steps: math.log(steps) - math.log(math.log(2)),
        ),
        Mistake(
            "the formula for many steps",
            "That is ln(steps/(−ln share)), which is right for many steps. For few of them 1 − f is not −ln f.",
            lambda share, steps: math.log(steps / -math.log(share)),
        ),
        Mistake(
            "sigmoid in place of its inverse",
            "You put the gate through the sigmoid once more. Its bias is what the sigmoid makes the gate of: turn it round.",
            lambda share, steps: 1 / (1 + math.exp(-(share ** (1 / steps)))),
        ),
        Mistake(
            "logarithm of the gate",
            "That is ln f. The bias is ln f − ln(1 − f).",
            lambda share, steps: math.log(share) / steps,
        ),
        Mistake(
            "one step more",
            "This bias keeps the share over one step more. Each of the `steps` steps multiplies once.",
            lambda share, steps: _logit(share ** (1 / (steps + 1))),
        ),
        Mistake(
            "what is forgotten",
            "You take the share for what is lost. It is what is left.",
            lambda share, steps: _logit((1 - share) ** (1 / steps)),
        ),
        Mistake(
            "power for the root",
            "You raise the share to the number of steps. The gate itself is raised to it, and the result is "
            "the share; solve that for the gate.",
            lambda share, steps: _logit(share**steps) if share**steps > 0 else -700.0,
        ),
    ),
)

EXERCISES = (LSTM_FROM_CONCATENATED, FORGET_BIAS_FOR)
