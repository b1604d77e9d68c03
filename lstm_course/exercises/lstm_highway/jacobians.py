"""Exercise of chapter 14: the four blocks of one step's Jacobian."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
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


_TO_I, _TO_F, _TO_G = "g * i * (1 - i)", "c_prev * f * (1 - f)", "i * (1 - g**2)"
_TO_O = "tanh_c * o * (1 - o)"
_GATES_LATE_BUT_THE_LAST = {
    "i, f, g, o": "(gate[min(t, len(gate) - 1), row] for gate in (cache.i, cache.f, cache.g, cache.o))"
}
_GATES_LATE = {"i, f, g, o": "(gate[t, row] for gate in (cache.i, cache.f, cache.g, cache.o))"}


def _wrong(**changed):
    """`lstm_local_jacobians` with a line that computes something else."""
    return but(lstm_local_jacobians, **changed)


def _scaled(scale, weight, how="({})[:, None] * {}"):
    """The weights of a gate, scaled by its slope; on the rows, if nothing else is said."""
    return how.format(scale, weight)


def _b(i=_TO_I, f=_TO_F, g=_TO_G, **how):
    """B with other slopes."""
    return " + ".join(_scaled(*pair, **how) for pair in ((i, "w_hi"), (f, "w_hf"), (g, "w_hg")))


def _e_through_c(params, cache, t, row):
    D, B, A, E = lstm_local_jacobians(params, cache, t, row)
    return D, B, A, E + A @ B


LOCAL_JACOBIANS = Exercise(
    label="local-jacobians",
    hints=(
        "Begin with D and A, which are diagonal: which of the four gates stands beside c_{t-1}, which before tanh(c_t)?",
        "For B and E: a block of W_hh, and each of its rows times the slope of that gate and what the gate is multiplied by.",
        "Step t has its gates in row t - 1 of cache.i and the others. c_{t-1} is cache.c[t - 1], c_t is cache.c[t].",
    ),
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
            _wrong(**_GATES_LATE, c_prev="cache.c[t, row]", tanh_c="np.tanh(cache.c[t + 1, row])"),
        ),
        Mistake(
            "gates one row late",
            "The gates are those of step t+1, and the states are right. Steps count from 1, but cache.i, f, g and "
            "o have no row for a step 0: which row holds the gates of step 1?",
            _wrong(**_GATES_LATE),
            also=(_wrong(**_GATES_LATE_BUT_THE_LAST),),
        ),
        Mistake(
            "states one row early",
            "The gates are right, and the cell states are one step too old. cache.c begins with c_0, so it has "
            "one row more than the gates: where does c_t stand?",
            _wrong(c_prev="cache.c[t - 2, row]", tanh_c="np.tanh(cache.c[t - 1, row])"),
        ),
        Mistake(
            "always row 0",
            "You take the first example, whatever `row` says. The gates depend on the example, and with them "
            "every block.",
            _wrong(row="0"),
        ),
        Mistake(
            "vectors in place of diagonal matrices",
            "D and A come back as vectors. They act cell by cell, so as Jacobians they are diagonal matrices; "
            "a vector in a matrix product would do something else.",
            _wrong(D="f", A="o * (1 - tanh_c**2)"),
        ),
        Mistake(
            "candidate left out of B",
            "The way through the candidate is missing in B. h_{t-1} enters c_t by three doors, and g_t is one "
            "of them.",
            _wrong(w_hg="0 * w_hg"),
        ),
        Mistake(
            "input gate left out of B",
            "The way through the input gate is missing in B. How much of the candidate is let in depends on "
            "h_{t-1} as well.",
            _wrong(w_hi="0 * w_hi"),
        ),
        Mistake(
            "forget gate left out of B",
            "The way through the forget gate is missing in B. D holds f_t itself; that f_t moves when h_{t-1} "
            "moves belongs here.",
            _wrong(w_hf="0 * w_hf"),
        ),
        Mistake(
            "gates' slopes without their partners",
            "B has the slopes of the gates alone. Each gate is a factor in c_t = f_t c_{t-1} + i_t g_t, so "
            "its slope comes with what it multiplies.",
            _wrong(B=_b("i * (1 - i)", "f * (1 - f)", "1 - g**2")),
        ),
        Mistake(
            "gates' partners without their slopes",
            "B has the factors beside the gates, but not the slopes of σ and tanh. W_hh ends at the "
            "pre-activations.",
            _wrong(B=_b("g", "c_prev", "i")),
        ),
        Mistake(
            "c_t beside the forget gate",
            "The term of the forget gate in B has c_t. f_t multiplies the state before the step.",
            _wrong(c_prev="cache.c[t, row]"),
        ),
        Mistake(
            "sigmoid's slope for the candidate in B",
            "In B the candidate has the slope of a sigmoid, g(1 - g). It comes out of a tanh.",
            _wrong(B=_b(g="i * g * (1 - g)")),
        ),
        Mistake(
            "slopes on the columns",
            "The slopes scale the columns of W_hh, that is, the entries of h_{t-1}. A gate's slope belongs to "
            "the cell whose gate it is, and that is a row.",
            _wrong(B=_b(how="({}) * {}"), E=_scaled(_TO_O, "w_ho", "({}) * {}")),
        ),
        Mistake(
            "weights transposed",
            "The blocks of W_hh are transposed. In the backward pass the transpose appears because gradients "
            "run against the arrows; a Jacobian runs with them.",
            _wrong(w_hi="w_hi.T", w_hf="w_hf.T", w_hg="w_hg.T", w_ho="w_ho.T"),
        ),
        Mistake(
            "weights cut as i, f, o, g",
            "W_hh is cut in the order i, f, o, g. Its rows are those of PyTorch: the candidate is third.",
            _wrong(w_hg="w_ho", w_ho="w_hg"),
        ),
        Mistake(
            "E with the way through c_t",
            "E holds the whole of dh_t/dh_{t-1}, the way through c_t included. That way is B followed by A; "
            "counted here, it would be counted twice.",
            _e_through_c,
        ),
        Mistake(
            "tanh(c_t) left out of E",
            "E has the slope of the output gate and its weights. In h_t the gate is multiplied by something, "
            "and that stays as a factor.",
            _wrong(E=_scaled("o * (1 - o)", "w_ho")),
        ),
        Mistake(
            "c_t in E without its tanh",
            "E has c_t where h_t has tanh(c_t).",
            _wrong(E=_scaled("cache.c[t, row] * o * (1 - o)", "w_ho")),
        ),
        Mistake(
            "A without the slope of tanh",
            "A is the output gate alone. Between c_t and the gate there is a tanh, and it is flat where the "
            "cell is full.",
            _wrong(A="np.diag(o)"),
        ),
        Mistake(
            "A without the output gate",
            "A is the slope of the tanh alone. h_t = o_t tanh(c_t): the output gate stands before it.",
            _wrong(A="np.diag(1 - tanh_c**2)"),
        ),
        Mistake(
            "A with c_t in place of its tanh",
            "In A the slope is 1 − c_t². The square is that of tanh(c_t).",
            _wrong(A="np.diag(o * (1 - cache.c[t, row] ** 2))"),
        ),
        Mistake(
            "D with the input gate",
            "D holds the input gate. Beside c_{t-1} stands the forget gate.",
            _wrong(D="np.diag(i)"),
        ),
        Mistake(
            "all ways in D",
            "D holds the slope of the forget gate as well. With h_{t-1} held the gate does not move: D is f_t.",
            _wrong(D="np.diag(f * (1 - f))"),
        ),
        Mistake(
            "c_{t-1} in the tanh",
            "In A and in E the tanh is that of c_{t-1}. h_t is made from the new cell state.",
            _wrong(tanh_c="np.tanh(c_prev)"),
        ),
        Mistake(
            "E without the slope of the output gate",
            "E has the weights and tanh(c_t), but not the slope of the gate, o(1 − o).",
            _wrong(E=_scaled("tanh_c", "w_ho")),
        ),
        Mistake(
            "E with the output gate for its slope",
            "E has o where the slope of the gate, o(1 − o), belongs: h_{t-1} moves the gate, and o is not held.",
            _wrong(E=_scaled("tanh_c * o", "w_ho")),
        ),
        Mistake(
            "partners of i and g exchanged",
            "In B the input gate's slope has i beside it and the candidate's has g. Each stands beside what it multiplies.",
            _wrong(B=_b("i * i * (1 - i)", g="g * (1 - g**2)")),
        ),
        Mistake(
            "weights of the gates cut as f, i, g, o",
            "W_hh is cut in the order f, i, g, o. Its rows are those of PyTorch: i first.",
            _wrong(w_hi="w_hf", w_hf="w_hi"),
        ),
        Mistake(
            "A at c_{t-1}",
            "The slope of the tanh in A is taken at c_{t-1}. It is the new cell state that is put out.",
            _wrong(A="np.diag(o * (1 - np.tanh(c_prev) ** 2))"),
        ),
    ),
)

EXERCISES = (LOCAL_JACOBIANS,)
