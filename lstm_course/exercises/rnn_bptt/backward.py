"""Exercises of chapter 10 on the backward pass of an RNN: one step, and the whole sequence."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import get_activation
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import backward_by_steps
from lstm_course.rnn import RNNParams, rnn_step_backward

# --- one step ---------------------------------------------------------------------------------------


def _sample_rnn_step_backward(rng, size):
    batch, n, m, dtype = (
        (3, 2, 1, np.float64),  # B is never H: a formula for columns fails at once
        (2, 3, 3, np.float64),
        (1, 3, 2, np.float64),
        (2, 3, 2, np.float32),
        (16, 12, 8, np.float64),
    )[size]
    params, (cache,) = draw_steps(rng, 1, batch, n, m, "tanh", dtype)
    return params, cache, draw(rng, batch, n, dtype=dtype)


def _slope(cache):
    return get_activation(cache.activation).f_prime(cache.a_t)


def _slope_at_h(cache):
    act = get_activation(cache.activation)
    return act.f_prime(act.f(cache.a_t))


def _short_formula_at_a(cache):
    return 1 - cache.a_t**2


def _step_wrong(
    *,
    slope=_slope,
    back=lambda da, dh, weight: da @ weight,
    state=lambda cache: cache.h_prev,
    dweight_hh=lambda da, h: da.T @ h,
    over_batch=lambda part, batch: part,
    dbias=lambda da: da.sum(axis=0),
):
    """`rnn_step_backward` with one line written differently."""

    def wrong(params, cache, dh_t):
        da, batch = dh_t * slope(cache), len(dh_t)
        dw_ih, dw_hh = da.T @ cache.x_t, dweight_hh(da, state(cache))
        dparams = RNNParams(over_batch(dw_ih, batch), over_batch(dw_hh, batch), dbias(da))
        return da @ params.weight_ih, back(da, dh_t, params.weight_hh), dparams

    return wrong


RNN_STEP_BACKWARD = Exercise(
    label="rnn-step-backward",
    prompt=(
        "Given params, the cache of one step (x_t, h_prev and a_t; f is tanh here) and dL/dh_t with all that "
        "arrives there, return dL/dx_t, dL/dh_prev and this step's share of the gradient as RNNParams."
    ),
    inputs=("params", "cache", "dh_t"),
    outputs=("dx_t", "dh_prev", "dparams"),
    shapes=("(B, I)", "(B, H)", ""),
    reference=rnn_step_backward,
    sample=_sample_rnn_step_backward,
    mistakes=(
        Mistake(
            "slope of f forgotten",
            "You take dL/dh_t for dL/da_t. Between the two lies the activation, with its slope at each unit.",
            _step_wrong(slope=lambda cache: np.ones_like(cache.a_t)),
        ),
        Mistake(
            "f' at the state",
            "f' is evaluated at h_t, where f has been applied already. The cache keeps the pre-activation "
            "for this.",
            _step_wrong(slope=_slope_at_h),
        ),
        Mistake(
            "short formula with a for h",
            "You write the slope of tanh as 1 - a². The short formula is 1 - h², with what comes out of tanh, not "
            "what goes into it.",
            _step_wrong(slope=_short_formula_at_a),
        ),
        Mistake(
            "W_hh instead of its transpose",
            "On the page, the column dL/dh_{t-1} is the transpose of W_hh times the delta. Batches are rows, so "
            "the whole equation is transposed once more: on which side does W_hh end up, and how?",
            _step_wrong(back=lambda da, dh, weight: da @ weight.T),
        ),
        Mistake(
            "slope forgotten on the way to the previous state",
            "dL/dh_{t-1} is computed from dL/dh_t directly. The previous state acts through the pre-activation, "
            "like the input.",
            _step_wrong(back=lambda da, dh, weight: dh @ weight),
        ),
        Mistake(
            "state after the step",
            "The gradient of W_hh pairs the delta with h_t. W_hh multiplied the state that came in.",
            _step_wrong(state=lambda cache: get_activation(cache.activation).f(cache.a_t)),
        ),
        Mistake(
            "gradient of W_hh transposed",
            "dparams.weight_hh is transposed, which no error reports since it is square. Row i belongs to the "
            "unit whose pre-activation the weights feed.",
            _step_wrong(dweight_hh=lambda da, h: h.T @ da),
        ),
        Mistake(
            "bias averaged over the batch",
            "The bias gradient is a mean over the batch. All samples share the bias, so they add; a mean, if "
            "the loss is one, is already in dh_t.",
            _step_wrong(dbias=lambda da: da.mean(axis=0)),
        ),
        Mistake(
            "weights averaged over the batch",
            "The weight gradients are divided by the batch size. What the samples say is added; the loss has "
            "done its averaging before.",
            _step_wrong(over_batch=lambda part, batch: (part / batch).astype(part.dtype)),
        ),
    ),
)

# --- the whole sequence -----------------------------------------------------------------------------


def _sample_sequence(rng, size):
    batch, n, m, length, dtype = (
        (1, 2, 1, 3, np.float64),
        (2, 2, 2, 3, np.float64),
        (2, 3, 2, 1, np.float64),
        (2, 3, 2, 4, np.float32),
        (4, 8, 5, 20, np.float64),
    )[size]
    params, steps = draw_steps(rng, length, batch, n, m, "tanh", dtype)
    return params, steps, draw(rng, length, batch, n, dtype=dtype)


def _sum(shares):
    return RNNParams(*(sum(parts) for parts in zip(*(vars(s).values() for s in shares), strict=True)))


def _mean(shares):
    total = _sum(shares)
    return RNNParams(*((part / len(shares)).astype(part.dtype) for part in vars(total).values()))


def _sequence_wrong(
    *,
    meets=lambda dh_t, arrives: dh_t + arrives,
    carry=lambda arrives, dh_prev: dh_prev,
    inputs=lambda dx: dx[::-1],
    first=lambda arrived: arrived[-1],
    weights=_sum,
    order=slice(None, None, -1),
):
    """`backward_by_steps` with one line written differently."""

    def wrong(params, steps, dh):
        dx, shares, arrived = [], [], [np.zeros_like(dh[0])]
        for step, dh_t in zip(steps[order], dh[order], strict=True):
            dx_t, dh_prev, share = rnn_step_backward(params, step, meets(dh_t, arrived[-1]))
            arrived.append(carry(arrived[-1], dh_prev))
            dx.append(dx_t)
            shares.append(share)
        return np.stack(inputs(dx)), first(arrived), weights(shares)

    return wrong


def _only_from_the_last(params, steps, dh):
    return backward_by_steps(params, steps, np.concatenate([np.zeros_like(dh[:-1]), dh[-1:]]))


BACKWARD_BY_STEPS = Exercise(
    label="backward-by-steps",
    prompt=(
        "Backpropagate through time: given params, the cache of every step and dh, where dh[t] is what the "
        "loss at step t says about h_t, return dL/dx, dL/dh0 and the gradient as RNNParams. You may call "
        "rnn_step_backward(params, steps[t], dh_t)."
    ),
    inputs=("params", "steps", "dh"),
    outputs=("dx", "dh0", "dparams"),
    shapes=("(T, B, I)", "(B, H)", ""),
    reference=backward_by_steps,
    sample=_sample_sequence,
    mistakes=(
        Mistake(
            "arrival from the next step forgotten",
            "Every step hears of its own loss only. A state also acts on the next state, and through it on all "
            "later losses.",
            _sequence_wrong(meets=lambda dh_t, arrives: dh_t),
        ),
        Mistake(
            "losses before the last forgotten",
            "Only the loss of the last step is sent back. At every step two things arrive: what comes from the "
            "next step, and what the loss here says.",
            _only_from_the_last,
        ),
        Mistake(
            "gradient of one step only",
            "You keep the share of the step that you met last. One matrix is used at every step, and what its "
            "uses say is added.",
            _sequence_wrong(weights=lambda shares: shares[-1]),
        ),
        Mistake(
            "mean over the steps",
            "The steps' shares are averaged. Each use of the weights moves the loss on its own, so the shares "
            "are added, however long the sequence is.",
            _sequence_wrong(weights=_mean),
        ),
        Mistake(
            "from the first step to the last",
            "You walk through the steps in the order of time. What arrives at step t from step t+1 must be "
            "known before step t can be done.",
            _sequence_wrong(order=slice(None), inputs=lambda dx: dx),
        ),
        Mistake(
            "old arrivals kept",
            "You add each new arrival to the old ones. What arrived at step t+1 has gone into its dh_prev "
            "already: the new arrival replaces the old.",
            _sequence_wrong(carry=lambda arrives, dh_prev: arrives + dh_prev),
        ),
        Mistake(
            "inputs last to first",
            "dx is in the order in which you found it, the last step first. It should have the order of x.",
            _sequence_wrong(inputs=lambda dx: dx),
        ),
        Mistake(
            "gradient of h_1 for that of h_0",
            "dh0 is one step short: it is what arrived at h_1. The state before the first step lies behind one "
            "more step.",
            _sequence_wrong(first=lambda arrived: arrived[-2]),
        ),
        Mistake(
            "dh0 summed over the steps",
            "dh0 adds up what arrived at every state. The weights are shared by all steps, the initial state "
            "is used in one.",
            _sequence_wrong(first=lambda arrived: sum(arrived)),
        ),
    ),
)

EXERCISES = (RNN_STEP_BACKWARD, BACKWARD_BY_STEPS)
