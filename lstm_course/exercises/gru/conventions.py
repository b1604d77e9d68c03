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


def _largest(cost, *, lstm=None, blocks=(3, 4), strictly=False):
    """The largest size whose cost stays within the LSTM's, for a given cost per gate, that of the LSTM if another."""

    def wrong(input_size, lstm_size):
        size, budget = 1, blocks[1] * (lstm or cost)(input_size, lstm_size) - strictly
        while blocks[0] * cost(input_size, size + 1) <= budget:
            size += 1
        return size

    return wrong


def _solution(input_size, lstm_size) -> float:
    """Where 3 H (I + H + 2) is the LSTM's count."""
    half = (input_size + 2) / 2
    return float(np.sqrt(half**2 + 4 * lstm_size * (input_size + lstm_size + 2) / 3) - half)


# The last three part mistakes that agree on all the others.
BUDGETS = ((2, 5), (3, 5), (1, 18), (20, 2), (28, 100), (300, 16), (8, 250), (1, 3), (3, 11), (1, 6))

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
    sample=lambda rng, size: BUDGETS[size],
    sizes=10,
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
            "no more units than the LSTM",
            "The GRU gets as many units as the LSTM. It has three blocks of rows where the LSTM has four, so there is "
            "room for more.",
            lambda input_size, lstm_size: lstm_size,
        ),
        Mistake(
            "the count itself",
            "This is how many parameters the LSTM has. Asked for are the units of a GRU that fit in it.",
            lambda input_size, lstm_size: 4 * lstm_size * (input_size + lstm_size + 2),
            also=(lambda i, h: 3 * matching_gru_size(i, h) * (i + matching_gru_size(i, h) + 2),),
        ),
        Mistake(
            "one unit too few",
            "One more unit still fits the budget. Equal counts, or a rest, are allowed.",
            lambda input_size, lstm_size: matching_gru_size(input_size, lstm_size) - 1,
        ),
        Mistake(
            "strictly fewer parameters",
            "Where the counts come out equal you stop one short. No more parameters means at most as many.",
            _largest(lambda i, h: h * (i + h + 2), strictly=True),
        ),
        Mistake(
            "rounded to the nearest",
            "You round to the nearest size, and where that is up the GRU is over the budget. Round down.",
            lambda input_size, lstm_size: round(_solution(input_size, lstm_size)),
        ),
        Mistake(
            "rounded up",
            "You round up, so the GRU is over the budget. The largest that does not exceed it is asked for.",
            lambda input_size, lstm_size: int(np.ceil(_solution(input_size, lstm_size) - 1e-9)),
        ),
        Mistake(
            "not rounded",
            "This is where the two counts are equal, and no network has a part of a unit. Take the largest whole size "
            "below.",
            lambda input_size, lstm_size: _solution(input_size, lstm_size),
        ),
        Mistake(
            "one bias for the GRU, two for the LSTM",
            "You count one bias a row in the GRU and two in the LSTM. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h + 1), lstm=lambda i, h: h * (i + h + 2)),
        ),
        Mistake(
            "two biases for the GRU, one for the LSTM",
            "You count two biases a row in the GRU and one in the LSTM. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h + 2), lstm=lambda i, h: h * (i + h + 1)),
        ),
        Mistake(
            "input's weights not counted",
            "The weights of the input are missing in your counts: each row has I of them beside the H recurrent ones.",
            _largest(lambda i, h: h * (h + 2)),
        ),
        Mistake(
            "blocks exchanged",
            "You give the GRU four blocks and the LSTM three. It is the other way round.",
            _largest(lambda i, h: h * (i + h + 2), blocks=(4, 3)),
        ),
        Mistake(
            "three fourths of the units",
            "You make the units three fourths. The GRU has fewer parameters a unit, so for the same budget it has more "
            "units.",
            lambda input_size, lstm_size: 3 * lstm_size // 4,
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
    change=lambda a: -a,
    *,
    rows=1,
    names=("weight_ih", "weight_hh", "bias"),
    all_rows=False,
    bias_hn=False,
    short=(0, 0),
):
    """`flip_update_gate` with one thing done differently."""

    def wrong(params):
        n = params.hidden_size
        arrays = {name: array.copy() for name, array in vars(params).items()}
        where = slice(None) if all_rows else slice(rows * n + short[0], (rows + 1) * n - short[1])
        for name in names:
            arrays[name][where] = change(arrays[name][where])
        if bias_hn:
            arrays["bias_hn"] = -arrays["bias_hn"]
        return GRUParams(**arrays)

    return wrong


def _rows_exchanged(params, order=(1, 0, 2)):
    """The blocks of rows in another order, by default r and z in each other's place."""
    arrays = {name: array for name, array in vars(params).items() if name != "bias_hn"}
    exchanged = {name: np.concatenate([np.split(a, 3)[k] for k in order]) for name, a in arrays.items()}
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
            "update and candidate rows exchanged",
            "You exchanged the blocks of z and n. The gates keep their places; what changes is the meaning of z being "
            "1.",
            lambda params: _rows_exchanged(params, (0, 2, 1)),
            also=(lambda params: _rows_exchanged(params, (2, 1, 0)),),
        ),
        Mistake(
            "only the input's weights flipped",
            "The weights of the input to z have changed their sign, the recurrent ones or the bias have not. It is the "
            "whole pre-activation that has to become −a.",
            _flip_wrong(names=("weight_ih",)),
            also=(_flip_wrong(names=("weight_ih", "bias")),),
        ),
        Mistake(
            "only the recurrent weights flipped",
            "The recurrent weights to z have changed their sign, the input's or the bias have not. It is the whole "
            "pre-activation that has to become −a.",
            _flip_wrong(names=("weight_hh",)),
            also=(_flip_wrong(names=("weight_hh", "bias")),),
        ),
        Mistake(
            "a row short",
            "Not all rows of z are flipped: a slice from n to 2n has n rows, one for each unit.",
            _flip_wrong(short=(0, 1)),
            also=(_flip_wrong(short=(1, 0)),),
        ),
        Mistake(
            "bias_hn flipped too",
            "bias_hn belongs to the candidate. Only what makes z changes its sign.",
            _flip_wrong(bias_hn=True),
        ),
        Mistake(
            "rows of z in reversed order",
            "The rows of z are turned round. Each unit keeps its row, and the numbers in it change their sign.",
            _flip_wrong(lambda a: a[::-1]),
            also=(_flip_wrong(lambda a: -a[::-1]),),
        ),
        Mistake(
            "weights upside down",
            "You took one divided by the weights. What has to be turned is the sign of the pre-activation.",
            _flip_wrong(lambda a: 1 / a),
        ),
        Mistake(
            "rows of z set to zero",
            "The rows of z are 0, so that the gate stands at ½ for ever. It should still see input and state, turned.",
            _flip_wrong(lambda a: 0 * a),
        ),
        Mistake(
            "nothing changed",
            "The weights are as they were. Where z meant keep it now means replace, so the gate must become 1 − z.",
            lambda params: params,
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
