"""Exercises for the tests of the checker only: the steps of the cells, which the chapters print."""

import functools

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import GRU_SIZES, draw, draw_gru_step
from lstm_course.exercises._samples import draw_step as draw_lstm_step
from lstm_course.gradient_flow import gru_jacobian
from lstm_course.gru import gru_step, gru_step_backward
from lstm_course.lstm import lstm_step_backward

LSTM_SIZES = ((1, 1, 1), (1, 2, 2), (2, 3, 2), (3, 2, 4, "float32"), (16, 12, 24))


@functools.wraps(gru_step)
def _step(params, x_t, h_prev):
    return gru_step(params, x_t, h_prev)[0]


def _back(rng, size):
    params, x_t, h_prev = draw_gru_step(rng, size)
    return params, gru_step(params, x_t, h_prev)[1], draw(rng, *h_prev.shape, dtype=GRU_SIZES[size][3])


def _jacobian(rng, size):
    params, x_t, h_prev = draw_gru_step(rng, size)
    return params, gru_step(params, x_t, h_prev)[1], int(rng.integers(len(x_t)))


def _exercise(label, reference, sample, outputs, **mistakes):
    named = tuple(
        Mistake(name, f"Hint of {name}.", wrong) for name, wrong in mistakes.pop("mistakes").items()
    )
    return Exercise(
        label=label, prompt="Do it.", reference=reference, sample=sample, outputs=outputs, mistakes=named, **mistakes
    )  # fmt: skip


GRU_STEP = _exercise(
    "a-gru-step",
    _step,
    draw_gru_step,
    ("h_t",),
    inputs=("params", "x_t", "h_prev"),
    mistakes={
        "gates exchanged": but(
            gru_step, return_="h_t", r_t="sigmoid(x_z + h_prev @ w_z.T)", z_t="sigmoid(x_r + h_prev @ w_r.T)"
        ),
        "z turned": but(gru_step, return_="h_t", z_t="1 - sigmoid(x_z + h_prev @ w_z.T)"),
        "reset before": but(gru_step, return_="h_t", reset="'before'"),
    },
)
GRU_STEP_BACKWARD = _exercise(
    "a-gru-step-back",
    gru_step_backward,
    _back,
    ("dx_t", "dh_prev", "dparams"),
    inputs=("params", "cache", "dh_t"),
    mistakes={
        "direct path lost": but(gru_step_backward, dh_prev="dh_n + da_r @ w_r + da_z @ w_z"),
        "dz without the candidate": but(gru_step_backward, dz="dh_t * h_prev"),
        "z and 1 − z exchanged": but(
            gru_step_backward,
            dn="dh_t * z_t",
            dz="dh_t * (n_t - h_prev)",
            dh_prev="dh_t * (1 - z_t) + dh_n + da_r @ w_r + da_z @ w_z",
        ),
    },
)
GRU_JACOBIAN = _exercise(
    "a-gru-jacobian",
    gru_jacobian,
    _jacobian,
    ("jacobian",),
    inputs=("params", "cache", "row"),
    mistakes={
        "transposed": lambda params, cache, row: gru_jacobian(params, cache, row).T + 1e-3,
        "sign": lambda params, cache, row: 1 - gru_jacobian(params, cache, row),
        "twice": lambda params, cache, row: 2 * gru_jacobian(params, cache, row) + 1,
    },
)
LSTM_STEP_BACKWARD = _exercise(
    "an-lstm-step-back",
    lstm_step_backward,
    lambda rng, size: draw_lstm_step(rng, *LSTM_SIZES[size]),
    ("dx_t", "dh_prev", "dc_prev", "dparams"),
    inputs=("params", "cache", "dh_t", "dc_t"),
    mistakes={
        "dc lost": but(lstm_step_backward, dc="dh_t * o_t * (1 - tanh_c**2)"),
        "way through h lost": but(lstm_step_backward, dc="dc_t"),
        "slope of tanh lost": but(lstm_step_backward, dc="dc_t + dh_t * o_t"),
    },
)
