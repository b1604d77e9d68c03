"""Exercises of chapter 10 on the backward pass of an RNN: one step, and the whole sequence."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import backward_by_steps
from lstm_course.rnn import rnn_step_backward

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


def _step_wrong(**changed):
    """`rnn_step_backward` with a line that computes something else."""
    return but(rnn_step_backward, **changed)


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
            _step_wrong(da_t="dh_t"),
        ),
        Mistake(
            "f' at the state",
            "f' is evaluated at h_t, where f has been applied already. The cache keeps the pre-activation "
            "for this.",
            _step_wrong(da_t="dh_t * get_activation(activation).f_prime(get_activation(activation).f(a_t))"),
        ),
        Mistake(
            "short formula with a for h",
            "You write the slope of tanh as 1 - a². The short formula is 1 - h², with what comes out of tanh, not "
            "what goes into it.",
            _step_wrong(da_t="dh_t * (1 - a_t**2)"),
        ),
        Mistake(
            "W_hh instead of its transpose",
            "On the page, the column dL/dh_{t-1} is the transpose of W_hh times the delta. Batches are rows, so "
            "the whole equation is transposed once more: on which side does W_hh end up, and how?",
            _step_wrong(dh_prev="da_t @ params.weight_hh.T"),
        ),
        Mistake(
            "slope forgotten on the way to the previous state",
            "dL/dh_{t-1} is computed from dL/dh_t directly. The previous state acts through the pre-activation, "
            "like the input.",
            _step_wrong(dh_prev="dh_t @ params.weight_hh"),
        ),
        Mistake(
            "state after the step",
            "The gradient of W_hh pairs the delta with h_t. W_hh multiplied the state that came in.",
            _step_wrong(h_prev="get_activation(activation).f(a_t)"),
        ),
        Mistake(
            "gradient of W_hh transposed",
            "dparams.weight_hh is transposed, which no error reports since it is square. Row i belongs to the "
            "unit whose pre-activation the weights feed.",
            _step_wrong(dparams="RNNParams(da_t.T @ x_t, h_prev.T @ da_t, da_t.sum(axis=0))"),
        ),
        Mistake(
            "bias averaged over the batch",
            "The bias gradient is a mean over the batch. All samples share the bias, so they add; a mean, if "
            "the loss is one, is already in dh_t.",
            _step_wrong(dparams="RNNParams(da_t.T @ x_t, da_t.T @ h_prev, da_t.mean(axis=0))"),
        ),
        Mistake(
            "weights averaged over the batch",
            "The weight gradients are divided by the batch size. What the samples say is added; the loss has "
            "done its averaging before.",
            _step_wrong(
                dparams="RNNParams(*(part / part.dtype.type(len(da_t)) for part in "
                "(da_t.T @ x_t, da_t.T @ h_prev)), da_t.sum(axis=0))"
            ),
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


def _sequence_wrong(**changed):
    """`backward_by_steps` with a line that computes something else."""
    return but(backward_by_steps, **changed)


def _dh0_summed(params, steps, dh):
    dx, _, dparams = backward_by_steps(params, steps, dh)
    starts = [backward_by_steps(params, steps[t:], dh[t:])[1] for t in range(len(steps))]
    return dx, sum(starts), dparams


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
            _sequence_wrong(dh_t=(..., "dh_t")),
        ),
        Mistake(
            "losses before the last forgotten",
            "Only the loss of the last step is sent back. At every step two things arrive: what comes from the "
            "next step, and what the loss here says.",
            _sequence_wrong(dh="np.concatenate([np.zeros_like(dh[:-1]), dh[-1:]])"),
        ),
        Mistake(
            "gradient of one step only",
            "You keep the share of the step that you met last. One matrix is used at every step, and what its "
            "uses say is added.",
            _sequence_wrong(return_="np.stack(dx[::-1]), arrives, shares[-1]"),
        ),
        Mistake(
            "mean over the steps",
            "The steps' shares are averaged. Each use of the weights moves the loss on its own, so the shares "
            "are added, however long the sequence is.",
            _sequence_wrong(
                return_="np.stack(dx[::-1]), arrives, RNNParams("
                "*(part / part.dtype.type(len(dx)) for part in vars(add_params(shares)).values()))"
            ),
        ),
        Mistake(
            "from the first step to the last",
            "You walk through the steps in the order of time. What arrives at step t from step t+1 must be "
            "known before step t can be done.",
            _sequence_wrong(
                **{"step, dh_t": "zip(steps, dh, strict=True)"},
                return_="np.stack(dx), arrives, add_params(shares)",
            ),
        ),
        Mistake(
            "old arrivals kept",
            "You add each new arrival to the old ones. What arrived at step t+1 has gone into its dh_prev "
            "already: the new arrival replaces the old.",
            _sequence_wrong(
                **{
                    "dx_t, arrives, share": "(lambda dx_t, dh_prev, share: (dx_t, arrives + dh_prev, share))"
                    "(*rnn_step_backward(params, step, dh_t))"
                }
            ),
        ),
        Mistake(
            "inputs last to first",
            "dx is in the order in which you found it, the last step first. It should have the order of x.",
            _sequence_wrong(return_="np.stack(dx), arrives, add_params(shares)"),
        ),
        Mistake(
            "gradient of h_1 for that of h_0",
            "dh0 is one step short: it is what arrived at h_1. The state before the first step lies behind one "
            "more step.",
            _sequence_wrong(return_="np.stack(dx[::-1]), dh_t - dh[0], add_params(shares)"),
        ),
        Mistake(
            "dh0 summed over the steps",
            "dh0 adds up what arrived at every state. The weights are shared by all steps, the initial state "
            "is used in one.",
            _dh0_summed,
        ),
    ),
)

EXERCISES = (RNN_STEP_BACKWARD, BACKWARD_BY_STEPS)
