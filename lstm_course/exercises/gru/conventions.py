"""Exercises of chapter 15: the other convention of z."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw_gru_step
from lstm_course.gru import GRUParams
from lstm_course.gru_variants import flip_update_gate


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


def _signs(*signs):
    """The blocks r, z, n with these signs."""

    def wrong(params):
        arrays = {name: array for name, array in vars(params).items() if name != "bias_hn"}
        sign = np.repeat(np.array(signs, params.bias.dtype), params.hidden_size)
        return GRUParams(
            **{name: (a.T * sign).T.copy() for name, a in arrays.items()}, bias_hn=params.bias_hn.copy()
        )

    return wrong


def _every_third(first):
    def wrong(params):
        arrays = {name: array.copy() for name, array in vars(params).items()}
        for name in ("weight_ih", "weight_hh", "bias"):
            arrays[name][first::3] *= -1
        return GRUParams(**arrays)

    return wrong


def _columns(params):
    arrays = {name: array.copy() for name, array in vars(params).items()}
    n = params.hidden_size
    arrays["bias"][n : 2 * n] *= -1
    arrays["weight_ih"][n : 2 * n] *= -1
    arrays["weight_hh"][n : 2 * n] = -arrays["weight_hh"][n : 2 * n].T
    return GRUParams(**arrays)


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
    sample=lambda rng, size: draw_gru_step(rng, size)[:1],
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
            "candidate flipped too",
            "The candidate's block has changed its sign as well as that of z. Only z changes its meaning.",
            _signs(1, -1, -1),
        ),
        Mistake(
            "reset gate flipped too",
            "The block of r has changed its sign as well as that of z. Only z changes its meaning.",
            _signs(-1, -1, 1),
        ),
        Mistake(
            "all but the update gate",
            "You flipped the blocks of r and n and left z. It is the other way round.",
            _signs(-1, 1, -1),
        ),
        Mistake(
            "every third row",
            "You flipped every third row. The rows stand in three blocks: all of r, then all of z, then all of n.",
            _every_third(1),
            also=(_every_third(0), _every_third(2)),
        ),
        Mistake(
            "recurrent block transposed",
            "Besides the sign you transposed the recurrent block of z. Its rows stay its rows.",
            _columns,
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
