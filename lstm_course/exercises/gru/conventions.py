"""Exercises of chapter 15: a GRU of the same budget as an LSTM, and the other convention of z."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.gru import GRUParams
from lstm_course.gru_variants import flip_update_gate, matching_gru_size

SIZES = (
    (1, 1, 1, np.float64),  # B, I, H
    (1, 2, 2, np.float64),
    (2, 3, 2, np.float64),
    (3, 2, 4, np.float32),
    (16, 12, 24, np.float64),
)


def draw_step(rng, size):
    """Weights, an input and a state for one step; every bias counts."""
    batch, n_in, n, dtype = SIZES[size]
    params = GRUParams(
        draw(rng, 3 * n, n_in, scale=1 / np.sqrt(n_in), dtype=dtype),
        draw(rng, 3 * n, n, scale=1 / np.sqrt(n), dtype=dtype),
        draw(rng, 3 * n, dtype=dtype),
        draw(rng, n, dtype=dtype),
    )
    return params, draw(rng, batch, n_in, dtype=dtype), draw(rng, batch, n, scale=0.5, dtype=dtype)


# --- matching sizes ---------------------------------------------------------------------------------


def _largest(cost):
    """The largest size whose cost stays within the LSTM's, for a given cost per gate."""

    def wrong(input_size, lstm_size):
        size = 1
        while 3 * cost(input_size, size + 1) <= 4 * cost(input_size, lstm_size):
            size += 1
        return size

    return wrong


MATCHING_GRU_SIZE = Exercise(
    label="matching-gru-size",
    level="warm-up",
    prompt=(
        "An LSTM of torch has `lstm_size` units and inputs of width `input_size`. Return the largest number "
        "of units of a GRU of torch with no more parameters."
    ),
    inputs=("input_size", "lstm_size"),
    outputs=("size",),
    reference=matching_gru_size,
    sample=lambda rng, size: ((2, 5), (3, 5), (1, 18), (20, 2), (28, 100), (300, 16), (8, 250))[size],
    sizes=7,
    rtol=0.0,
    hints=(
        "Count the numbers of one block: weights from the input, weights from the state, two biases.",
        "Three blocks of G units must not need more than four blocks of H units. Either count G up, or solve the "
        "quadratic inequality.",
    ),
    mistakes=(
        Mistake(
            "units taken for parameters",
            "You make the units 4/3 times as many. The parameters do not grow in proportion to the units, "
            "because the recurrent weights are a square.",
            lambda input_size, lstm_size: 4 * lstm_size // 3,
        ),
        Mistake(
            "recurrent weights alone",
            "You count recurrent weights only, and get √(4/3) times as many units. That is the limit for "
            "many "
            "units; the input's weights and the biases count as well.",
            lambda input_size, lstm_size: int(lstm_size * np.sqrt(4 / 3)),
        ),
        Mistake(
            "biases not counted",
            "The weights are counted and the biases are not. A module of torch has two for every row of its "
            "weights.",
            _largest(lambda i, h: h * (i + h)),
        ),
        Mistake(
            "one bias a row",
            "You count one bias a row. torch keeps two, one beside the input's weights and one beside the "
            "recurrent ones, in both modules.",
            _largest(lambda i, h: h * (i + h + 1)),
        ),
        Mistake(
            "one unit too many",
            "This is the first size above the budget. The largest that does not exceed it is asked for.",
            lambda input_size, lstm_size: matching_gru_size(input_size, lstm_size) + 1,
        ),
    ),
)

# --- the other convention ---------------------------------------------------------------------------


def _flip_wrong(
    change=lambda a: -a, *, rows=1, names=("weight_ih", "weight_hh", "bias"), all_rows=False, bias_hn=False
):
    """`flip_update_gate` with one thing done differently."""

    def wrong(params):
        n = params.hidden_size
        arrays = {name: array.copy() for name, array in vars(params).items()}
        where = slice(None) if all_rows else slice(rows * n, (rows + 1) * n)
        for name in names:
            arrays[name][where] = change(arrays[name][where])
        if bias_hn:
            arrays["bias_hn"] = -arrays["bias_hn"]
        return GRUParams(**arrays)

    return wrong


def _rows_exchanged(params):
    """The blocks of r and z in each other's place."""
    arrays = {name: array for name, array in vars(params).items() if name != "bias_hn"}
    exchanged = {name: np.concatenate([np.split(a, 3)[k] for k in (1, 0, 2)]) for name, a in arrays.items()}
    return GRUParams(**exchanged, bias_hn=params.bias_hn)


FLIP_UPDATE_GATE = Exercise(
    label="flip-update-gate",
    prompt=(
        "Translate the weights of a GRU that keeps its state at z = 1 into weights that give the same states "
        "where z = 1 means replace. Return a new GRUParams."
    ),
    inputs=("params",),
    outputs=("flipped",),
    reference=flip_update_gate,
    sample=lambda rng, size: draw_step(rng, size)[:1],
    hints=(
        "Find a number that changes the gate z into 1 − z. What must become of the pre-activation of z?",
        "The rows of the update gate are the second of three blocks, in both matrices and in the bias.",
    ),
    mistakes=(
        Mistake(
            "only the bias flipped",
            "The bias of z has changed its sign and its weights have not. It is the whole pre-activation "
            "that "
            "has to become −a.",
            _flip_wrong(names=("bias",)),
        ),
        Mistake(
            "bias not flipped",
            "The weights of z have changed their sign and its bias has not, but the bias is part of the "
            "pre-activation too.",
            _flip_wrong(names=("weight_ih", "weight_hh")),
        ),
        Mistake(
            "one minus the weights",
            "You take 1 − W. It is the gate that becomes 1 − z; look for what that means for a in σ(a).",
            _flip_wrong(lambda a: 1 - a),
        ),
        Mistake(
            "the reset gate flipped",
            "You changed the rows of the reset gate. In the order r, z, n the update gate is the second "
            "block.",
            _flip_wrong(rows=0),
        ),
        Mistake(
            "candidate flipped",
            "You changed the last block, the candidate's. Flipping the sign of n is quite another network.",
            _flip_wrong(rows=2),
        ),
        Mistake(
            "every row flipped",
            "All three blocks have changed their sign. Only z changes its meaning between the conventions.",
            _flip_wrong(all_rows=True),
        ),
        Mistake(
            "reset and update rows exchanged",
            "You exchanged the blocks of r and z. The gates keep their places; what changes is the "
            "meaning of "
            "z being 1.",
            _rows_exchanged,
        ),
    ),
)

EXERCISES = (MATCHING_GRU_SIZE, FLIP_UPDATE_GATE)
