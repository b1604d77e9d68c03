"""Exercises of chapter 15: the backward pass of one step of a GRU, and the Jacobian of a step."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.exercises.gru.forward import SIZES, draw_step
from lstm_course.gradient_flow import gru_jacobian, gru_paths
from lstm_course.gru import gru_step, gru_step_backward

# --- one step back ----------------------------------------------------------------------------------


def _sample_backward(rng, size):
    params, x_t, h_prev = draw_step(rng, size)
    _, cache = gru_step(params, x_t, h_prev)
    return params, cache, draw(rng, *h_prev.shape, dtype=SIZES[size][3])


def _wrong(**changed):
    """`gru_step_backward` with a line that computes something else."""
    return but(gru_step_backward, **changed)


def _reset_elsewhere(params, cache, dh_t):
    """What comes of the equations for the other place of the reset."""
    return gru_step_backward(params, cache._replace(q_t=cache.r_t * cache.h_prev, reset="before"), dh_t)


GRU_STEP_BACKWARD = Exercise(
    label="gru-step-backward",
    level="hard",
    prompt=(
        "Send dL/dh_t back through one step with the reset after the product. Return dx_t, dh_prev and the "
        "gradients of all weights and biases as a GRUParams."
    ),
    inputs=("params", "cache", "dh_t"),
    outputs=("dx_t", "dh_prev", "dparams"),
    shapes=("(B, I)", "(B, H)", ""),
    reference=gru_step_backward,
    sample=_sample_backward,
    mistakes=(
        Mistake(
            "direct path lost",
            "dh_prev has what comes through the gates and the candidate, but z ⊙ h_prev stands in h_t "
            "itself. "
            "That path crosses no matrix, and it is the one that lasts.",
            _wrong(dh_prev="dh_n + da_r @ w_r + da_z @ w_z"),
        ),
        Mistake(
            "direct path without z",
            "The gradient goes from h_t to h_prev undiminished. Of the old state only the share z was kept.",
            _wrong(dh_prev="dh_t + dh_n + da_r @ w_r + da_z @ w_z"),
        ),
        Mistake(
            "path through r lost",
            "h_prev also decided how far the reset gate opened, and dh_prev must say so. One more term is "
            "missing.",
            _wrong(dh_prev="dh_t * z_t + dh_n + da_z @ w_z"),
        ),
        Mistake(
            "path through z lost",
            "h_prev also decided how far the update gate opened. That contribution to dh_prev is missing.",
            _wrong(dh_prev="dh_t * z_t + dh_n + da_r @ w_r"),
        ),
        Mistake(
            "path through the candidate lost",
            "h_prev enters the candidate by way of W_hn. Nothing comes back along that way.",
            _wrong(dh_prev="dh_t * z_t + da_r @ w_r + da_z @ w_z"),
        ),
        Mistake(
            "bias_hn as if it were a plain bias",
            "The gradient of bias_hn is the one of bias. Between bias_hn and the pre-activation stands a "
            "factor, "
            "and it also belongs on the way back.",
            _wrong(dbias_hn=("da_n.sum(axis=0)", ...)),
        ),
        Mistake(
            "reset forgotten on the way back",
            "W_hn h + bias_hn was multiplied by r before it reached the tanh. Its gradient must be "
            "multiplied "
            "by r too: in the weights, the bias and dh_prev.",
            _wrong(dq=("da_n", ...)),
        ),
        Mistake(
            "z and 1 − z exchanged on the way back",
            "The candidate gets the share z of the gradient and the old state gets 1 − z. In h_t it was the "
            "other way round.",
            _wrong(
                dn="dh_t * z_t",
                dz="dh_t * (n_t - h_prev)",
                dh_prev="dh_t * (1 - z_t) + dh_n + da_r @ w_r + da_z @ w_z",
            ),
        ),
        Mistake(
            "dz without the candidate",
            "You differentiate z ⊙ h_prev by z and stop. z stands in 1 − z as well.",
            _wrong(dz="dh_t * h_prev"),
        ),
        Mistake(
            "dr meets h",
            "dr is paired with h_prev. What r multiplied was W_hn h + bias_hn, and the cache keeps it as "
            "q_t.",
            _wrong(dr=("da_n * h_prev", ...)),
        ),
        Mistake(
            "the backward pass of the other GRU",
            "These are the gradients of the reset before the product. Here r acts on what W_hn has given.",
            _reset_elsewhere,
        ),
        Mistake(
            "slope of σ taken at the gate",
            "You evaluate σ' at z and r, where σ has been applied already. With the gate at hand its "
            "slope is "
            "gate (1 − gate).",
            _wrong(
                da_z="dz * sigmoid(z_t) * (1 - sigmoid(z_t))", da_r="dr * sigmoid(r_t) * (1 - sigmoid(r_t))"
            ),
        ),
        Mistake(
            "slope of tanh without the square",
            "The slope of the candidate is taken as 1 − n. Write tanh' in terms of tanh once more.",
            _wrong(da_n="dn * (1 - n_t)"),
        ),
        Mistake(
            "recurrent weights transposed",
            "The gradient goes back through the blocks of weight_hh the wrong way round, which runs "
            "because they "
            "are square. In rows, forward was h Wᵀ, so back is da W.",
            _wrong(w_r="w_r.T", w_z="w_z.T", w_n="w_n.T"),
        ),
        Mistake(
            "gradients stacked as z, r, n",
            "The rows of your gradients come in the order z, r, n. A gradient must lie as its weights "
            "do: r, z, n.",
            _wrong(
                da_t="np.concatenate([da_z, da_r, da_n], axis=1)",
                dx_t="np.concatenate([da_r, da_z, da_n], axis=1) @ params.weight_ih",
                dweight_hh="np.concatenate([da_z.T @ h_prev, da_r.T @ h_prev, dw_n])",
            ),
        ),
        Mistake(
            "new state in the weight gradients",
            "The gradient of weight_hh pairs the deltas with h_t. The weights multiplied the state "
            "before the step.",
            _wrong(
                dweight_hh="np.concatenate([da_r, da_z, dq], axis=1).T @ ((1 - z_t) * n_t + z_t * h_prev)"
            ),
        ),
        Mistake(
            "biases not summed over the batch",
            "The gradient of the bias still has a row for every sample. They all had the same bias added, so "
            "their shares add.",
            _wrong(return_="dx_t, dh_prev, GRUParams(da_t.T @ x_t, dweight_hh, da_t, dbias_hn)"),
        ),
    ),
)

# --- the Jacobian -----------------------------------------------------------------------------------


def _sample_jacobian(rng, size):
    params, x_t, h_prev = draw_step(rng, size)
    return params, gru_step(params, x_t, h_prev)[1], len(x_t) - 1


def _without(lost):
    def wrong(params, cache, row):
        return sum(path for name, path in gru_paths(params, cache, row)._asdict().items() if name != lost)

    return wrong


def _on_columns(params, cache, row):
    h, r, z, n, q = (a[row] for a in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t, cache.q_t))
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    slope = (1 - z) * (1 - n**2)
    return np.diag(z) + w_z * ((h - n) * z * (1 - z)) + w_r * (slope * q * r * (1 - r)) + w_n * (slope * r)


def _with_path(**changed):
    """The sum of the paths, of which one is computed otherwise, from h, r, z, n and q of a row."""

    def wrong(params, cache, row):
        values = [a[row] for a in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t, cache.q_t)]
        blocks = np.split(params.weight_hh, 3)
        paths = gru_paths(params, cache, row)._asdict()
        return sum((paths | {name: path(*values, *blocks) for name, path in changed.items()}).values())

    return wrong


_reset_on_columns = _with_path(
    candidate=lambda h, r, z, n, q, w_r, w_z, w_n: ((1 - z) * (1 - n**2))[:, None] * w_n * r
)
_update_on_columns = _with_path(update=lambda h, r, z, n, q, w_r, w_z, w_n: w_z * ((h - n) * z * (1 - z)))
_reset_gate_on_columns = _with_path(
    reset=lambda h, r, z, n, q, w_r, w_z, w_n: w_r * ((1 - z) * (1 - n**2) * q * r * (1 - r))
)


def _candidate_whole(params, cache, row):
    z = cache.z_t[row][:, None]
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + (reset + candidate) / (1 - z)


def _reset_outside(params, cache, row):
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + reset + candidate / cache.r_t[row][:, None]


GRU_JACOBIAN = Exercise(
    label="gru-jacobian",
    level="hard",
    prompt=(
        "For one sample of a step with the reset after the product, the one in the given row of the batch, "
        "return the Jacobian dh_t/dh_prev: entry [i, j] is the derivative of unit i of h_t by unit j of "
        "h_prev."
    ),
    inputs=("params", "cache", "row"),
    outputs=("jacobian",),
    shapes=("(H, H)",),
    reference=gru_jacobian,
    sample=_sample_jacobian,
    mistakes=(
        Mistake(
            "no direct path in the Jacobian",
            "The diagonal matrix of z is missing: each unit of h_t holds a share of the same unit of h_prev.",
            _without("direct"),
        ),
        Mistake(
            "direct path alone",
            "This is the direct path only, the gates and the candidate held fixed. They see h_prev too, each "
            "through its own block of weights.",
            lambda params, cache, row: gru_paths(params, cache, row).direct,
        ),
        Mistake(
            "reset gate held fixed",
            "The reset gate is treated as a constant. It opened as far as h_prev told it to, through W_hr.",
            _without("reset"),
        ),
        Mistake(
            "update gate held fixed",
            "The update gate is treated as a constant. It opened as far as h_prev told it to, through W_hz.",
            _without("update"),
        ),
        Mistake(
            "slopes on the columns",
            "The slopes scale the columns of the weights. They belong to the units of h_t, and those are the "
            "rows of the Jacobian.",
            _on_columns,
        ),
        Mistake(
            "columns of W_hn scaled by r",
            "r scales the columns of W_hn, as it does when the reset stands before the product. Here r acts on what W_hn "
            "has given: on the rows.",
            _reset_on_columns,
        ),
        Mistake(
            "columns in the update gate's path",
            "On the way through the update gate the slopes scale the columns of W_hz. They belong to the units of h_t, "
            "the rows.",
            _update_on_columns,
        ),
        Mistake(
            "columns in the reset gate's path",
            "On the way through the reset gate the slopes scale the columns of W_hr. They belong to the units of h_t, "
            "the rows.",
            _reset_gate_on_columns,
        ),
        Mistake(
            "candidate's share taken as 1",
            "The candidate's paths lack their share in the mixture: h_t takes only 1 − z of n.",
            _candidate_whole,
        ),
        Mistake(
            "candidate path without r",
            "On the path through W_hn the factor r is missing, which scaled what the product gave.",
            _reset_outside,
        ),
    ),
)

EXERCISES = (GRU_STEP_BACKWARD, GRU_JACOBIAN)
