"""Exercise of chapter 14: the four blocks of one step's Jacobian."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, Recipe
from lstm_course.exercises._samples import draw_lstm
from lstm_course.gradient_flow import lstm_local_jacobians


def _sample(rng, size):
    steps, batch, n_in, n, t, row, dtype = (
        (2, 2, 1, 1, 1, 1, np.float64),
        (2, 2, 1, 2, 1, 1, np.float64),
        (3, 1, 2, 2, 3, 0, np.float64),
        (3, 2, 1, 3, 2, 1, np.float32),
        (6, 4, 5, 8, 4, 2, np.float64),
    )[size]
    return *draw_lstm(rng, steps, batch, n_in, n, dtype), t, row


def _unpack(params, cache, t, row, *, gates=-1, states=-1):
    """Names of step t, from the rows t + gates and t + states of the cache."""
    names = {name: getattr(cache, name)[t + gates, row] for name in "ifgo"}
    names |= {"c_prev": cache.c[t + states, row], "c": cache.c[t + states + 1, row]}
    return names | dict(zip(("w_i", "w_f", "w_g", "w_o"), np.split(params.weight_hh, 4), strict=True))


def _on_rows(scale, weight):
    return scale[:, None] * weight


_JACOBIANS = Recipe(
    _unpack,
    {
        "scale": lambda s: _on_rows,
        "s_i": lambda s: s.g * s.i * (1 - s.i),
        "s_f": lambda s: s.c_prev * s.f * (1 - s.f),
        "s_g": lambda s: s.i * (1 - s.g**2),
        "s_o": lambda s: np.tanh(s.c) * s.o * (1 - s.o),
        "s_c": lambda s: s.o * (1 - np.tanh(s.c) ** 2),
        "D": lambda s: np.diag(s.f),
        "B": lambda s: s.scale(s.s_i, s.w_i) + s.scale(s.s_f, s.w_f) + s.scale(s.s_g, s.w_g),
        "A": lambda s: np.diag(s.s_c),
        "E": lambda s: s.scale(s.s_o, s.w_o),
    },
    lambda s: (s.D, s.B, s.A, s.E),
)


def _from_rows(*, row=lambda row: row, **shifts):
    """`lstm_local_jacobians` with its numbers taken from other rows of the cache."""

    def unpack(params, cache, t, example):
        return _unpack(params, cache, t, row(example), **shifts)

    return Recipe(unpack, _JACOBIANS.lines, _JACOBIANS.result).but()


LOCAL_JACOBIANS = Exercise(
    label="local-jacobians",
    prompt=(
        "Compute the four blocks of step t's Jacobian for one example of the batch: D = ∂c_t/∂c_{t-1} with "
        "h_{t-1} held, B = ∂c_t/∂h_{t-1}, A = ∂h_t/∂c_t, and E = ∂h_t/∂h_{t-1} with c_t held. t counts from "
        "1; cache.i, f, g and o are (T, B, H), cache.c and h are (T+1, B, H)."
    ),
    inputs=("params", "cache", "t", "row"),
    outputs=("D", "B", "A", "E"),
    shapes=("(H, H)", "(H, H)", "(H, H)", "(H, H)"),
    reference=lstm_local_jacobians,
    sample=_sample,
    mistakes=(
        Mistake(
            "gates of step t+1",
            "These are the blocks of step t+1. Steps count from 1 and arrays from 0, but cache.c and cache.h "
            "begin with the initial states: which row holds the gates of step 1?",
            _from_rows(gates=0, states=0),
        ),
        Mistake(
            "gates one row late",
            "The gates are those of step t+1, and the states are right. Steps count from 1, but cache.i, f, g and "
            "o have no row for a step 0: which row holds the gates of step 1?",
            _from_rows(gates=0),
        ),
        Mistake(
            "states one row early",
            "The gates are right, and the cell states are one step too old. cache.c begins with c_0, so it has "
            "one row more than the gates: where does c_t stand?",
            _from_rows(states=-2),
        ),
        Mistake(
            "always row 0",
            "You take the first example, whatever `row` says. The gates depend on the example, and with them "
            "every block.",
            _from_rows(row=lambda row: 0),
        ),
        Mistake(
            "vectors in place of diagonal matrices",
            "D and A come back as vectors. They act cell by cell, so as Jacobians they are diagonal matrices; "
            "a vector in a matrix product would do something else.",
            _JACOBIANS.but(D=lambda s: s.f, A=lambda s: s.s_c),
        ),
        Mistake(
            "candidate left out of B",
            "The way through the candidate is missing in B. h_{t-1} enters c_t by three doors, and g_t is one "
            "of them.",
            _JACOBIANS.but(s_g=lambda s: 0 * s.g),
        ),
        Mistake(
            "input gate left out of B",
            "The way through the input gate is missing in B. How much of the candidate is let in depends on "
            "h_{t-1} as well.",
            _JACOBIANS.but(s_i=lambda s: 0 * s.i),
        ),
        Mistake(
            "forget gate left out of B",
            "The way through the forget gate is missing in B. D holds f_t itself; that f_t moves when h_{t-1} "
            "moves belongs here.",
            _JACOBIANS.but(s_f=lambda s: 0 * s.f),
        ),
        Mistake(
            "gates' slopes without their partners",
            "B has the slopes of the gates alone. Each gate is a factor in c_t = f_t c_{t-1} + i_t g_t, so "
            "its slope comes with what it multiplies.",
            _JACOBIANS.but(
                s_i=lambda s: s.i * (1 - s.i), s_f=lambda s: s.f * (1 - s.f), s_g=lambda s: 1 - s.g**2
            ),
        ),
        Mistake(
            "gates' partners without their slopes",
            "B has the factors beside the gates, but not the slopes of σ and tanh. W_hh ends at the "
            "pre-activations.",
            _JACOBIANS.but(s_i=lambda s: s.g, s_f=lambda s: s.c_prev, s_g=lambda s: s.i),
        ),
        Mistake(
            "c_t beside the forget gate",
            "The term of the forget gate in B has c_t. f_t multiplies the state before the step.",
            _JACOBIANS.but(s_f=lambda s: s.c * s.f * (1 - s.f)),
        ),
        Mistake(
            "sigmoid's slope for the candidate in B",
            "In B the candidate has the slope of a sigmoid, g(1 - g). It comes out of a tanh.",
            _JACOBIANS.but(s_g=lambda s: s.i * s.g * (1 - s.g)),
        ),
        Mistake(
            "slopes on the columns",
            "The slopes scale the columns of W_hh, that is, the entries of h_{t-1}. A gate's slope belongs to "
            "the cell whose gate it is, and that is a row.",
            _JACOBIANS.but(scale=lambda s: lambda scale, weight: weight * scale),
        ),
        Mistake(
            "weights transposed",
            "The blocks of W_hh are transposed. In the backward pass the transpose appears because gradients "
            "run against the arrows; a Jacobian runs with them.",
            _JACOBIANS.but(scale=lambda s: lambda scale, weight: scale[:, None] * weight.T),
        ),
        Mistake(
            "weights cut as i, f, o, g",
            "W_hh is cut in the order i, f, o, g. Its rows are those of PyTorch: the candidate is third.",
            _JACOBIANS.but(
                B=lambda s: s.scale(s.s_i, s.w_i) + s.scale(s.s_f, s.w_f) + s.scale(s.s_g, s.w_o),
                E=lambda s: s.scale(s.s_o, s.w_g),
            ),
        ),
        Mistake(
            "E with the way through c_t",
            "E holds the whole of dh_t/dh_{t-1}, the way through c_t included. That way is B followed by A; "
            "counted here, it would be counted twice.",
            _JACOBIANS.but(E=lambda s: s.scale(s.s_o, s.w_o) + s.A @ s.B),
        ),
        Mistake(
            "tanh(c_t) left out of E",
            "E has the slope of the output gate and its weights. In h_t the gate is multiplied by something, "
            "and that stays as a factor.",
            _JACOBIANS.but(s_o=lambda s: s.o * (1 - s.o)),
        ),
        Mistake(
            "c_t in E without its tanh",
            "E has c_t where h_t has tanh(c_t).",
            _JACOBIANS.but(s_o=lambda s: s.c * s.o * (1 - s.o)),
        ),
        Mistake(
            "A without the slope of tanh",
            "A is the output gate alone. Between c_t and the gate there is a tanh, and it is flat where the "
            "cell is full.",
            _JACOBIANS.but(s_c=lambda s: s.o),
        ),
        Mistake(
            "A at c_{t-1}",
            "The slope of the tanh in A is taken at c_{t-1}. It is the new cell state that is put out.",
            _JACOBIANS.but(s_c=lambda s: s.o * (1 - np.tanh(s.c_prev) ** 2)),
        ),
    ),
)

EXERCISES = (LOCAL_JACOBIANS,)
