"""Exercise of chapter 11: the terms of the gradient by lag."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import get_activation
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import terms_by_lag
from lstm_course.rnn import rnn_step_backward


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


def _slope(step):
    return get_activation(step.activation).f_prime(step.a_t)


def _terms_wrong(
    *,
    start=lambda dh: dh,
    slope=_slope,
    state=lambda step: step.h_prev,
    back=lambda da, weight: da @ weight,
    finish=lambda terms: terms,
):
    """`terms_by_lag` as two loops, with one line written differently."""

    def wrong(params, steps, dh):
        terms = np.zeros((len(steps), *params.weight_hh.shape), dh.dtype)
        for t, arrives in enumerate(start(dh)):
            for k in range(t, -1, -1):
                da = arrives * slope(steps[k])
                terms[t - k] += da.T @ state(steps[k])
                arrives = back(da, params.weight_hh)
        return finish(terms)

    return wrong


def _last_loss_only(dh):
    return np.concatenate([np.zeros_like(dh[:-1]), dh[-1:]])


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
    hints=(
        "Two loops will do: one over the losses t, one that goes back from t with a lag that counts up.",
        "From t take dh[t] alone back: slope, then the outer product with h_prev for this lag, then W_hh.",
        "With a batch the sum over the samples is the product da.T @ h_prev. No other loss is added on the way.",
    ),
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
            _terms_wrong(finish=lambda terms: terms[::-1].copy()),
        ),
        Mistake(
            "only the last loss",
            "You send back the loss of the last step only. Every step has a loss of its own, and each looks "
            "back over all the steps before it.",
            _terms_wrong(start=_last_loss_only),
        ),
        Mistake(
            "running sums",
            "Entry k holds the terms of lags 0 to k together. Each entry should have its own lag only.",
            _terms_wrong(finish=lambda terms: np.cumsum(terms, axis=0)),
        ),
        Mistake(
            "state after the step",
            "The terms pair the delta with the state that comes out of the step. W_hh multiplies the state that "
            "goes in.",
            _terms_wrong(state=lambda step: get_activation(step.activation).f(step.a_t)),
        ),
        Mistake(
            "slopes left out",
            "Only the weights take the gradient back, as in a linear network. At every step it also passes "
            "through f.",
            _terms_wrong(slope=lambda step: np.ones_like(step.a_t)),
        ),
        Mistake(
            "W instead of its transpose",
            "Going back, the gradient crosses W_hh in the forward direction. A row of deltas meets W itself, "
            "a column its transpose.",
            _terms_wrong(back=lambda da, weight: da @ weight.T),
        ),
    ),
)

EXERCISES = (TERMS_BY_LAG,)
