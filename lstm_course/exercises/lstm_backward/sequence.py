"""Exercise of chapter 13: the backward pass of the LSTM through a whole sequence."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_lstm
from lstm_course.lstm import LSTMParams, lstm_backward, lstm_step_backward


def _sample_sequence(rng, size):
    steps, batch, n_in, n, dtype = (
        (2, 1, 1, 1, np.float64),
        (3, 1, 1, 1, np.float64),
        (3, 2, 2, 2, np.float64),
        (4, 2, 1, 3, np.float32),
        (9, 4, 5, 8, np.float64),
    )[size]
    params, cache = draw_lstm(rng, steps, batch, n_in, n, dtype)
    dh = draw(rng, steps, batch, n, least=0.4, dtype=dtype)
    return params, cache, dh, *(draw(rng, batch, n, least=0.4, dtype=dtype) for _ in range(2))


def _first_to_last(by_step):
    return [by_step[t] for t in sorted(by_step)]


def _sequence_wrong(
    *,
    step=lstm_step_backward,
    start=lambda dh_T, dc_T: (dh_T, dc_T),
    arrives=lambda dh_t, dh_next, dh_T: dh_t + dh_next,
    carried=lambda dc_next, cache, t: dc_next,
    order=reversed,
    collect=sum,
    dx=_first_to_last,
    states=lambda dh0, dc0, dh_1, dc_1: (dh0, dc0),
):
    """`lstm_backward` with one line written differently."""

    def wrong(params, cache, dh, dh_T, dc_T):
        by_step, shares = {}, []
        dh_next, dc_next = start(dh_T, dc_T)
        for t in order(range(len(dh))):
            at = cache.step(t)
            dh_t, dc_t = arrives(dh[t], dh_next, dh_T), carried(dc_next, cache, t)
            dc_all = dc_t + dh_t * at.o_t * (1 - at.tanh_c**2)
            by_step[t], dh_next, dc_next, share = step(params, at, dh_t, dc_t)
            shares.append(share)
        dparams = LSTMParams(
            *(collect(parts) for parts in zip(*(vars(s).values() for s in shares), strict=True))
        )
        return np.array(dx(by_step)), *states(dh_next, dc_next, dh_t, dc_all), dparams

    return wrong


def _wrong_forget_gate(dc_next, cache, t):
    """What reaches c_t, multiplied by the forget gate of step t where that of step t+1 has been at work."""
    passed = cache.f[t + 1] if t + 1 < len(cache.f) else 1
    return dc_next / passed * cache.f[t]


LSTM_BACKWARD = Exercise(
    label="lstm-backward",
    level="hard",
    prompt=(
        "Backpropagate through a whole sequence. The cache has x, i, f, g, o of shape (T, B, ·), h and c of "
        "shape (T+1, B, H) with the initial states first, and cache.step(t) gives what lstm_step_backward "
        "wants of step t, counted from 0. Return dL/dx, dL/dh_0, dL/dc_0 and the weights' gradients as an "
        "LSTMParams."
    ),
    inputs=("params", "cache", "dh", "dh_T", "dc_T"),
    outputs=("dx", "dh0", "dc0", "dparams"),
    shapes=("(T, B, I)", "(B, H)", "(B, H)", ""),
    reference=lstm_backward,
    sample=_sample_sequence,
    mistakes=(
        Mistake(
            "dh of the next step forgotten",
            "Each step gets its own dh[t] and nothing of what step t+1 sends to h_t. h_t is read twice: by "
            "the loss, and by the gates of the next step.",
            _sequence_wrong(arrives=lambda dh_t, dh_next, dh_T: dh_t),
        ),
        Mistake(
            "dc of the next step forgotten",
            "Every step starts with no gradient from the cell state behind it. What comes back for c_{t-1} "
            "must be handed to step t-1, or the highway is closed.",
            _sequence_wrong(carried=lambda dc_next, cache, t: np.zeros_like(dc_next)),
        ),
        Mistake(
            "dh of the steps ignored",
            "Only the last step hears of the loss. It may read every hidden state, so each dh[t] joins in "
            "where the walk comes by.",
            _sequence_wrong(arrives=lambda dh_t, dh_next, dh_T: dh_next),
        ),
        Mistake(
            "dh_T and dc_T ignored",
            "dh_T and dc_T are never used. Something behind the sequence may read its last states, a decoder "
            "for instance; what it sends back is where the walk begins.",
            _sequence_wrong(start=lambda dh_T, dc_T: (np.zeros_like(dh_T), np.zeros_like(dc_T))),
        ),
        Mistake(
            "dh_T ignored",
            "dh_T is never used. It is a gradient for the last hidden state beyond what dh holds, so both of "
            "them arrive there.",
            _sequence_wrong(start=lambda dh_T, dc_T: (np.zeros_like(dh_T), dc_T)),
        ),
        Mistake(
            "dc_T ignored",
            "dc_T is never used: the walk begins with no gradient at the last cell state. That is so when "
            "nothing reads c_T, but here something does.",
            _sequence_wrong(start=lambda dh_T, dc_T: (dh_T, np.zeros_like(dc_T))),
        ),
        Mistake(
            "dh_T added at every step",
            "dh_T comes in at every step. It belongs to the last hidden state alone; from there on, what step "
            "t+1 sends takes its place.",
            _sequence_wrong(
                arrives=lambda dh_t, dh_next, dh_T: dh_t + dh_next + (dh_next is not dh_T) * dh_T
            ),
        ),
        Mistake(
            "last dh counted twice",
            "The loss at the last step counts twice. dh already holds a gradient for the last hidden state; dh_T "
            "is what comes on top of it, once.",
            _sequence_wrong(arrives=lambda dh_t, dh_next, dh_T: dh_t + dh_next + (dh_next is dh_T) * dh_t),
        ),
        Mistake(
            "steps taken first to last",
            "You walk from the first step to the last. The gradient of a state needs what comes after it, so "
            "the walk is from the end.",
            _sequence_wrong(order=iter),
        ),
        Mistake(
            "dx last to first",
            "dx is in the order in which you met the steps, last one first. Row t of dx belongs to x[t].",
            _sequence_wrong(dx=lambda by_step: list(by_step.values())),
        ),
        Mistake(
            "weight gradients overwritten",
            "The gradients of the weights are those of a single step: each step overwrites the one before. "
            "The same weights were at work at every step, and every step has a say.",
            _sequence_wrong(collect=lambda parts: parts[-1]),
        ),
        Mistake(
            "weight gradients averaged over time",
            "The gradients of the weights are means over the steps. A weight that is used T times has T ways "
            "to the loss, and ways add up.",
            _sequence_wrong(collect=lambda parts: sum(parts) / parts[0].dtype.type(len(parts))),
        ),
        Mistake(
            "initial states one step early",
            "dh0 and dc0 are the gradients of h_1 and c_1. There is one more step in between, the first one, "
            "and it ends at the initial states.",
            _sequence_wrong(states=lambda dh0, dc0, dh_1, dc_1: (dh_1, dc_1)),
        ),
        Mistake(
            "forget gate of the wrong step",
            "Your dc goes through the forget gate f_t before it arrives at c_t. f_t stands between c_{t-1} and "
            "c_t: which gate lies between c_t and c_{t+1}, and which is the last one before c_0?",
            _sequence_wrong(carried=_wrong_forget_gate, states=lambda dh0, dc0, dh_1, dc_1: (dh0, dc_1)),
        ),
        Mistake(
            "way through h lost on the highway",
            "What is handed on to c_{t-1} holds dc_T and no dh: the loss never gets onto the cell state. The "
            "sum that arrives at c_t, from both sides, is what goes on.",
            _sequence_wrong(step=but(lstm_step_backward, dc_prev="dc_t * f_t")),
        ),
        Mistake(
            "h of the same step in weight_hh",
            "The gradient of weight_hh pairs step t with h_t. cache.h starts with h_0, so what a step read "
            "and what it wrote are one index apart.",
            _sequence_wrong(
                step=but(
                    lstm_step_backward,
                    dparams="LSTMParams(da_t.T @ x_t, da_t.T @ (o_t * tanh_c), da_t.sum(axis=0))",
                )
            ),
        ),
        Mistake(
            "c of the same step in the forget gate",
            "The forget gate's gradient is made with c_t. cache.c starts with c_0, so the state before a step "
            "and the one after it are one index apart: which one did the gate act on?",
            _sequence_wrong(step=but(lstm_step_backward, df="dc * c_t")),
        ),
        Mistake(
            "bias averaged over the batch in the sequence",
            "The gradient of the bias is summed over time and averaged over the batch. Samples add up as "
            "steps do; a mean, if there is one, is already in dh.",
            _sequence_wrong(
                step=but(
                    lstm_step_backward,
                    dparams="LSTMParams(da_t.T @ x_t, da_t.T @ h_prev, da_t.mean(axis=0))",
                )
            ),
        ),
    ),
)

EXERCISES = (LSTM_BACKWARD,)
