"""Exercises of chapter 10 on the sum over the steps: immediate and total, terms by lag."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import immediate_and_total, terms_by_lag
from lstm_course.rnn import rnn_step_backward

# --- immediate and total ----------------------------------------------------------------------------


def _sample_immediate_and_total(rng, size):
    w, x, h0 = (
        (0.5, [1.0, 0.5], 0.8),
        (-1.5, [0.3], 0.4),
        (2.0, [0.1, -0.4, 0.2], 0.5),
        (0.9, draw(rng, 8, scale=0.5), -0.7),
        (-1.1, draw(rng, 40, scale=0.3), 0.2),
    )[size]
    return w, np.array(x), h0


def _total_wrong(**changed):
    """`immediate_and_total` with a line in its loop that computes something else."""
    return but(immediate_and_total, **{line: (..., text) for line, text in changed.items()})


IMMEDIATE_AND_TOTAL = Exercise(
    label="immediate-and-total",
    level="warm-up",
    prompt=(
        "For h_t = tanh(w h_{t-1} + x_t) with numbers w, h0 and an array x, return the immediate derivative "
        "of the last state by w (earlier states held fixed) and the total one (earlier states move with w)."
    ),
    inputs=("w", "x", "h0"),
    outputs=("immediate", "total"),
    reference=immediate_and_total,
    sample=_sample_immediate_and_total,
    mistakes=(
        Mistake(
            "total taken to be the immediate one",
            "You return the immediate derivative twice. The state before the last step was computed with the "
            "same w, so it moves too when w moves.",
            _total_wrong(total="immediate"),
        ),
        Mistake(
            "w left out of the way back",
            "Something is missing between one state and the next. How much does h_t move when h_{t-1} moves "
            "by one? Look at what h_{t-1} is multiplied by before it goes through tanh.",
            _total_wrong(total="immediate + float(act.f_prime(a)) * total"),
        ),
        Mistake(
            "slope left out of the way back",
            "On its way from one state to the next a change passes through the weight and through tanh. You "
            "have the weight only.",
            _total_wrong(total="immediate + w * total"),
        ),
        Mistake(
            "immediate derivatives only added up",
            "You add the immediate derivatives of all steps as they are. What step k contributes still has to "
            "travel through every step after k before it reaches h_T.",
            _total_wrong(total="immediate + total"),
        ),
        Mistake(
            "state after the step",
            "The immediate derivative has the state that comes out of the step. In a_t = w h_{t-1} + x_t the "
            "weight multiplies another one.",
            _total_wrong(immediate="float(act.f_prime(a) * act.f(a))"),
        ),
        Mistake(
            "slope left out of the immediate derivative",
            "The immediate derivative stops at the pre-activation: w moves a_t by h_{t-1}. How much of that "
            "gets through tanh?",
            _total_wrong(immediate="h"),
        ),
        Mistake(
            "slope at the wrong place",
            "Your slope of tanh is 1 - a². The short formula 1 - h² takes what comes out of tanh, not what "
            "goes in.",
            _total_wrong(immediate="float(1 - a**2) * h", total="immediate + float(1 - a**2) * w * total"),
        ),
    ),
)

# --- terms by lag -----------------------------------------------------------------------------------


def _sample_steps_and_gradient(rng, size):
    batch, n, m, length, dtype = (
        (1, 2, 1, 3, np.float64),
        (2, 2, 2, 4, np.float64),
        (1, 3, 2, 1, np.float64),
        (2, 3, 2, 5, np.float32),
        (3, 6, 4, 12, np.float64),
    )[size]
    params, steps = draw_steps(rng, length, batch, n, m, "tanh", dtype)
    return params, steps, draw(rng, length, batch, n, dtype=dtype)


def _terms_wrong(**changed):
    """`terms_by_lag` with a line that computes something else."""
    return but(terms_by_lag, **changed)


def _terms_by_position(params, steps, dh):
    terms, arrives = [], 0
    for step, dh_t in zip(steps[::-1], dh[::-1], strict=True):
        _, arrives, share = rnn_step_backward(params, step, dh_t + arrives)
        terms.append(share.weight_hh)
    return np.stack(terms)


TERMS_BY_LAG = Exercise(
    label="terms-by-lag",
    level="hard",
    prompt=(
        "Split dL/dW_hh by lag: entry k, of shape (H, H), collects what the loss at each step t says about "
        "the use of W_hh at step t-k, for k = 0 to T-1. Each of the steps is an RNNStepCache with x_t, h_prev "
        "and a_t, and f is tanh here; dh[t] is dL_t/dh_t."
    ),
    inputs=("params", "steps", "dh"),
    outputs=("terms",),
    shapes=("(T, H, H)",),
    reference=terms_by_lag,
    sample=_sample_steps_and_gradient,
    mistakes=(
        Mistake(
            "split by position instead of lag",
            "Your terms add up to the gradient, but each collects all that arrives at one step, from near "
            "and far losses together. Keep them apart by their distance from the loss.",
            _terms_by_position,
        ),
        Mistake(
            "farthest lag first",
            "The terms are right and in the opposite order. Entry 0 is the term that no W_hh and no step "
            "separates from its loss.",
            _terms_wrong(return_="np.stack(terms[::-1])"),
        ),
        Mistake(
            "only the last loss",
            "You send back the loss of the last step only. Every step has a loss of its own, and each looks "
            "back over all the steps before it.",
            _terms_wrong(arrives=("np.concatenate([np.zeros_like(dh[:-1]), dh[-1:]])", ...)),
        ),
        Mistake(
            "running sums",
            "Entry k holds the terms of lags 0 to k together. Each entry should have its own lag only.",
            _terms_wrong(return_="np.cumsum(terms, axis=0)"),
        ),
        Mistake(
            "state after the step",
            "The terms pair the delta with the state that comes out of the step. W_hh multiplies the state that "
            "goes in.",
            _terms_wrong(
                h_prev=("np.stack([get_activation(step.activation).f(step.a_t) for step in steps])", ...)
            ),
        ),
        Mistake(
            "slopes left out",
            "Only the weights take the gradient back, as in a linear network. At every step it also passes "
            "through f.",
            _terms_wrong(slopes=("np.ones_like(h_prev)", ...)),
        ),
        Mistake(
            "W instead of its transpose",
            "Going back, the gradient crosses W_hh in the forward direction. A row of deltas meets W itself, "
            "a column its transpose.",
            _terms_wrong(arrives=(..., "da[1:] @ params.weight_hh.T")),
        ),
    ),
)

EXERCISES = (IMMEDIATE_AND_TOTAL, TERMS_BY_LAG)
