"""Exercises of chapter 15: the other convention of z."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw_gru_step
from lstm_course.gru import GRUParams
from lstm_course.gru_variants import gru_from_zrn


def _rows_exchanged(params, order=(1, 0, 2)):
    """The blocks of rows in another order: by default the first two in each other's place."""
    arrays = {name: array for name, array in vars(params).items() if name != "bias_hn"}
    exchanged = {name: np.concatenate([np.split(a, 3)[k] for k in order]) for name, a in arrays.items()}
    return GRUParams(**exchanged, bias_hn=params.bias_hn)


def _flip_wrong(
    change=lambda a: -a,
    *,
    rows=1,
    order=(1, 0, 2),
    names=("weight_ih", "weight_hh", "bias"),
    all_rows=False,
    bias_hn=False,
    short=(0, 0),
):
    """`gru_from_zrn` with one thing done differently: the order first, then the sign of the block `rows`."""

    def wrong(params):
        n, params = params.hidden_size, _rows_exchanged(params, order)
        arrays = {name: array.copy() for name, array in vars(params).items()}
        where = slice(None) if all_rows else slice(rows * n + short[0], (rows + 1) * n - short[1])
        for name in names:
            arrays[name][where] = change(arrays[name][where])
        if bias_hn:
            arrays["bias_hn"] = -arrays["bias_hn"]
        return GRUParams(**arrays)

    return wrong


FLIP_UPDATE_GATE = Exercise(
    label="flip-update-gate",
    prompt=(
        "The weights come from a library that stacks its blocks in the order z, r, n and replaces the state at z = 1. "
        "Return a GRUParams with which our GRU (r, z, n; z = 1 keeps) goes through the same states."
    ),
    inputs=("params",),
    outputs=("ours",),
    reference=gru_from_zrn,
    sample=lambda rng, size: draw_gru_step(rng, size)[:1],
    hints=(
        "Two things differ: where the rows of z stand, and what z = 1 means. Take them one after the other.",
        "Find a number that changes the gate z into 1 − z. What must become of the pre-activation of z?",
        "The rows of z are the first of three blocks in theirs and the second in ours, in both matrices and in the bias.",
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
            "blocks left in their order",
            "The right rows have changed their sign, but the blocks still stand in the order z, r, n. Ours is r, z, n.",
            _flip_wrong(order=(0, 1, 2), rows=0),
        ),
        Mistake(
            "the second block flipped, in their order",
            "You changed the sign of the second block. In the order z, r, n that is the reset gate; and the order is "
            "still theirs.",
            _flip_wrong(order=(0, 1, 2)),
        ),
        Mistake(
            "blocks in a wrong order",
            "The rows of z have changed their sign, but the blocks stand in a wrong order: r, z, n is what we need, and "
            "the candidate's block stays where it is.",
            _flip_wrong(order=(0, 2, 1), rows=0),
            also=(
                _flip_wrong(order=(2, 1, 0), rows=2),
                _flip_wrong(order=(1, 2, 0), rows=2),
                _flip_wrong(order=(2, 0, 1)),
            ),
        ),
        Mistake(
            "only the order changed",
            "The blocks stand in our order, and z still means replace. What must change so that the gate becomes 1 − z?",
            _rows_exchanged,
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
            "The weights are as they were. Two things must change: the order of the blocks, and what z = 1 means.",
            lambda params: params,
        ),
    ),
)
