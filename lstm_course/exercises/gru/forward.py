"""Exercises of chapter 15: one step of a GRU in both places of the reset."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.gru import GRUParams, gru_step

SIZES = (
    (1, 1, 1, np.float64),  # B, I, H
    (1, 2, 2, np.float64),
    (2, 3, 2, np.float64),
    (3, 2, 4, np.float32),
    (16, 12, 24, np.float64),
)


def draw_step(rng, size):
    """Weights, an input and a state for one step; every bias counts."""
    batch, n_in, n, dtype = SIZES[size]
    params = GRUParams(
        draw(rng, 3 * n, n_in, scale=1 / np.sqrt(n_in), dtype=dtype),
        draw(rng, 3 * n, n, scale=1 / np.sqrt(n), dtype=dtype),
        draw(rng, 3 * n, dtype=dtype),
        draw(rng, n, dtype=dtype),
    )
    return params, draw(rng, batch, n_in, dtype=dtype), draw(rng, batch, n, scale=0.5, dtype=dtype)


# --- one step ---------------------------------------------------------------------------------------


@functools.wraps(gru_step)
def _step_after(params, x_t, h_prev):
    return gru_step(params, x_t, h_prev)[0]


@functools.wraps(gru_step)
def _step_before(params, x_t, h_prev):
    return gru_step(params, x_t, h_prev, reset="before")[0]


def _wrong(**changed):
    """`gru_step` with a line that computes something else, without the cache."""
    return but(gru_step, return_="h_t", **changed)


def _wrong_before(**changed):
    """The same of the step with the reset before the product."""
    return _wrong(reset="'before'", **changed)


_GATES_EXCHANGED = {"r_t": "sigmoid(x_z + h_prev @ w_z.T)", "z_t": "sigmoid(x_r + h_prev @ w_r.T)"}

GRU_STEP = Exercise(
    label="gru-step",
    prompt="Compute one step of a GRU with the reset after the product, as torch does, and return h_t.",
    inputs=("params", "x_t", "h_prev"),
    outputs=("h_t",),
    shapes=("(B, H)",),
    reference=_step_after,
    sample=draw_step,
    mistakes=(
        Mistake(
            "z and 1 − z exchanged",
            "Your update gate replaces where it should keep. In torch's convention z = 1 leaves the state as "
            "it was; you have the other one.",
            _wrong(h_t="z_t * n_t + (1 - z_t) * h_prev"),
        ),
        Mistake(
            "reset before the product",
            "You scale h by r and then multiply by W_hn. That is the other GRU; here r acts on what the "
            "product has given.",
            _wrong_before(),
        ),
        Mistake(
            "reset misses the bias",
            "r scales W_hn h but not bias_hn. That bias has a name of its own because it stands inside the "
            "brackets that r multiplies.",
            _wrong(n_t=("np.tanh(x_n + r_t * (h_prev @ w_n.T) + params.bias_hn)", ...)),
        ),
        Mistake(
            "bias_hn left out",
            "There are two biases in the candidate, and the one beside W_hn is missing.",
            _wrong(q_t=("h_prev @ w_n.T", ...)),
        ),
        Mistake(
            "reset scales the input too",
            "r multiplies the whole argument of the tanh. It may silence the past only; the input's share "
            "W_in x + b_in stays outside.",
            _wrong(n_t=("np.tanh(r_t * (x_n + q_t))", ...)),
        ),
        Mistake(
            "blocks read as z, r, n",
            "You take the first block of rows for the update gate. Our arrays have the order of "
            "torch: r, z, n. Keras is the one with z first.",
            _wrong(**_GATES_EXCHANGED),
        ),
        Mistake(
            "candidate through the sigmoid",
            "The candidate goes through σ like a gate. It is a proposal for the state and must be able to be "
            "negative.",
            _wrong(n_t=("sigmoid(x_n + r_t * q_t)", ...)),
        ),
        Mistake(
            "sum in place of a mixture",
            "You add the whole candidate to the part of the state that is kept. The two shares of a mixture "
            "add up to 1.",
            _wrong(h_t="n_t + z_t * h_prev"),
        ),
        Mistake(
            "reset scales the kept state too",
            "r also multiplies the state that z carries over. The reset gate has a say in the candidate "
            "only.",
            _wrong(h_t="(1 - z_t) * n_t + z_t * (r_t * h_prev)"),
        ),
        Mistake(
            "recurrent weights not transposed",
            "The blocks of weight_hh act without a transpose, which runs because they are square. A "
            "sample is "
            "a row here, so W h becomes h Wᵀ.",
            _wrong(w_r="w_r.T", w_z="w_z.T", w_n="w_n.T"),
        ),
    ),
)

GRU_STEP_BEFORE = Exercise(
    label="gru-step-before",
    level="warm-up",
    prompt=(
        "Compute one step of a GRU with the reset before the product, as Cho et al. published it, and "
        "return h_t."
    ),
    inputs=("params", "x_t", "h_prev"),
    outputs=("h_t",),
    shapes=("(B, H)",),
    reference=_step_before,
    sample=draw_step,
    mistakes=(
        Mistake(
            "reset after the product",
            "This is torch's GRU: r meets W_hn h + bias_hn. Here it has to meet h, before the matrix does.",
            _step_after,
        ),
        Mistake(
            "product, then reset, then bias",
            "You moved the bias out of the brackets, but r still acts after the product. Scaling the units "
            "before they are mixed by W_hn is not scaling them after.",
            _wrong(n_t=("np.tanh(x_n + r_t * (h_prev @ w_n.T) + params.bias_hn)", ...)),
        ),
        Mistake(
            "reset scales the bias",
            "r meets the state and bias_hn. With the reset before the product only the state is scaled, and "
            "the bias joins afterwards, whole.",
            _wrong_before(n_t=(..., "np.tanh(x_n + q_t @ w_n.T + r_t * params.bias_hn)")),
        ),
        Mistake(
            "the kept state is the reset one",
            "z carries over r ⊙ h. What is kept is the state itself; the reset one is for the candidate "
            "alone.",
            _wrong_before(h_t="(1 - z_t) * n_t + z_t * (r_t * h_prev)"),
        ),
        Mistake(
            "update gate sees the reset state",
            "Your z is computed from r ⊙ h. Both gates look at the full state; only the candidate gets the "
            "reset one.",
            _wrong_before(z_t="sigmoid(x_z + (r_t * h_prev) @ w_z.T)"),
        ),
        Mistake(
            "the other convention of z",
            "The place of the reset is right, the mixture is not. In the published paper, as in torch, z "
            "multiplies the old state.",
            _wrong_before(h_t="z_t * n_t + (1 - z_t) * h_prev"),
        ),
        Mistake(
            "r and z exchanged",
            "The two gates have changed places: the second block of rows is z. Moving the reset does not "
            "change the order r, z, n.",
            _wrong_before(**_GATES_EXCHANGED),
        ),
    ),
)

EXERCISES = (GRU_STEP, GRU_STEP_BEFORE)
