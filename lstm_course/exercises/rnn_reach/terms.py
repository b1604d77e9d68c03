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
    entry=lambda loss, use: loss - use,
    last=0,
    own=lambda dh, use: 0,
    finish=lambda terms: terms,
):
    """`terms_by_lag` as two loops, with one line written differently."""

    def wrong(params, steps, dh):
        terms = np.zeros((len(steps), *params.weight_hh.shape), dh.dtype)
        for t, arrives in enumerate(start(dh)):
            for k in range(t, last - 1, -1):
                da = arrives * slope(steps[k])
                terms[entry(t, k)] += da.T @ state(steps[k])
                arrives = back(da, params.weight_hh) + own(dh, k)
        return finish(terms)

    return wrong


def _first_sample(params, steps, dh):
    return terms_by_lag(params, [_first(step) for step in steps], dh[:, :1])


def _first(step):
    return type(step)(*(part[:1] if isinstance(part, np.ndarray) else part for part in step))


def _slope_of_the_loss(params, steps, dh):
    terms = np.zeros((len(steps), *params.weight_hh.shape), dh.dtype)
    for t, arrives in enumerate(dh):
        for k in range(t + 1):
            da = arrives * _slope(steps[t])
            terms[k] += da.T @ steps[t - k].h_prev
            arrives = da @ params.weight_hh
    return terms


def _slopes_not_handed_on(params, steps, dh):
    terms = np.zeros((len(steps), *params.weight_hh.shape), dh.dtype)
    for t, arrives in enumerate(dh):
        for k in range(t, -1, -1):
            terms[t - k] += (arrives * _slope(steps[k])).T @ steps[k].h_prev
            arrives = arrives @ params.weight_hh
    return terms


def _mean_over_losses(terms):
    count = np.arange(len(terms), 0, -1, dtype=terms.dtype)
    return terms / count[:, None, None]


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
            "slope left out of the way back",
            "Each use has its slope, but what you hand on to the step before has none. Before it meets W_hh it passes "
            "through f, as it did for this use.",
            _slopes_not_handed_on,
        ),
        Mistake(
            "split by position instead of lag",
            "Your terms add up to the gradient, but each collects all that arrives at one step, from near "
            "and far losses together. Keep them apart by their distance from the loss.",
            _terms_by_position,
        ),
        Mistake(
            "filed by the step of the use",
            "Your entry k holds what is said about the use at step k. The lag is the distance from there to the loss.",
            _terms_wrong(entry=lambda loss, use: use),
        ),
        Mistake(
            "filed by the step of the loss",
            "Your entry t holds all terms of the loss at step t. The lag is the distance from the loss to the use.",
            _terms_wrong(entry=lambda loss, use: loss),
        ),
        Mistake(
            "other losses added on the way",
            "On the way back you add the losses of the steps you pass. Each of them goes its own way from its own step: "
            "here they are counted again.",
            _terms_wrong(own=lambda dh, use: dh[use - 1] if use else 0),
        ),
        Mistake(
            "first use left out",
            "Your way back ends one step early. The very first step uses W_hh as well, on the state it was given.",
            _terms_wrong(last=1),
        ),
        Mistake(
            "first sample only",
            "You followed the first sample of the batch. An entry adds up all of them.",
            _first_sample,
        ),
        Mistake(
            "slope of the step of the loss",
            "At every step back you take the slope of the step where the loss stands. Each step has a slope of its own.",
            _slope_of_the_loss,
        ),
        Mistake(
            "averaged over the losses",
            "You divide each entry by the number of losses that have this lag. A gradient adds up.",
            _terms_wrong(finish=_mean_over_losses),
        ),
        Mistake(
            "farthest lag first",
            "The terms are right and in the opposite order. Entry 0 is the term that no W_hh and no step "
            "separates from its loss.",
            _terms_wrong(finish=lambda terms: terms[::-1].copy()),
        ),
        Mistake(
            "only the last loss",
            "Only what the last loss says is in your terms. Every step has a loss of its own, and each looks back over all "
            "the steps before it. If you do send them all, does each overwrite what the one before has left?",
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
