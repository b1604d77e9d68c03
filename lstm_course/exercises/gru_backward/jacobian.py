"""Exercise of chapter 16 to derive: the Jacobian of a GRU's step with the other reset."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw_gru_step
from lstm_course.gradient_flow import gru_jacobian, gru_paths
from lstm_course.gru import gru_step


def _sample_jacobian(rng, size):
    params, x_t, h_prev = draw_gru_step(rng, size)
    return params, gru_step(params, x_t, h_prev, "before")[1], len(x_t) - 1


def _without(lost):
    def wrong(params, cache, row):
        return sum(path for name, path in gru_paths(params, cache, row)._asdict().items() if name != lost)

    return wrong


def _parts(params, cache, row):
    h, r, z, n = (a[row] for a in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t))
    return h, r, z, n, np.split(params.weight_hh, 3)


def _row_scaled(params, cache, row):
    _h, r, z, n, (_w_r, _w_z, w_n) = _parts(params, cache, row)
    direct, update, reset, _ = gru_paths(params, cache, row)
    return direct + update + reset + ((1 - z) * (1 - n**2) * r)[:, None] * w_n


def _no_matrix_to_r(params, cache, row):
    h, r, z, n, (w_r, _w_z, _w_n) = _parts(params, cache, row)
    direct, update, _, candidate = gru_paths(params, cache, row)
    return direct + update + candidate + ((1 - z) * (1 - n**2) * h * r * (1 - r))[:, None] * w_r


def _q_for_h(params, cache, row):
    _h, r, z, n, (w_r, _w_z, w_n) = _parts(params, cache, row)
    direct, update, _, candidate = gru_paths(params, cache, row)
    moved = (cache.q_t[row] * r * (1 - r))[:, None] * w_r
    return direct + update + candidate + ((1 - z) * (1 - n**2))[:, None] * (w_n @ moved)


def _off_the_page(params, cache, row):
    _h, r, z, n, (w_r, _w_z, w_n) = _parts(params, cache, row)
    direct, update, _, _ = gru_paths(params, cache, row)
    nu = (1 - z) * (1 - n**2)
    return direct + update + (nu * r)[:, None] * w_n + (nu * cache.q_t[row] * r * (1 - r))[:, None] * w_r


def _r_of_the_page(params, cache, row):
    _h, r, z, n, (w_r, _w_z, _w_n) = _parts(params, cache, row)
    direct, update, _, candidate = gru_paths(params, cache, row)
    return direct + update + candidate + ((1 - z) * (1 - n**2) * cache.q_t[row] * r * (1 - r))[:, None] * w_r


def _transposed_inside(params, cache, row):
    h, r, z, n, (w_r, _w_z, w_n) = _parts(params, cache, row)
    direct, update, _, candidate = gru_paths(params, cache, row)
    return direct + update + candidate + ((1 - z) * (1 - n**2))[:, None] * w_n @ (w_r * (h * r * (1 - r)))


def _candidate_whole(params, cache, row):
    z = cache.z_t[row][:, None]
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + (reset + candidate) / (1 - z)


def _reset_lost(params, cache, row):
    direct, update, reset, candidate = gru_paths(params, cache, row)
    return direct + update + reset + candidate / cache.r_t[row]


def _only_n_and_z(params, cache, row):
    h, _, z, n, (_, w_z, _) = _parts(params, cache, row)
    direct, _, reset, candidate = gru_paths(params, cache, row)
    return direct + reset + candidate + w_z * ((h - n) * z * (1 - z))


GRU_JACOBIAN = Exercise(
    label="gru-jacobian",
    prompt=(
        "For one sample of a step with the reset BEFORE the product, the one in the given row of the batch, return the "
        "Jacobian dh_t/dh_prev: entry [j, i] is the derivative of unit j of h_t by unit i of h_prev."
    ),
    inputs=("params", "cache", "row"),
    outputs=("jacobian",),
    shapes=("(H, H)",),
    reference=gru_jacobian,
    sample=_sample_jacobian,
    hints=(
        "The page has it for the reset after the product. Two of the four terms stay as they are.",
        "The change of the state reaches a_n through r ⊙ h, so by two ways: h moves, and r moves.",
        "a_n = … + W_hn (r ⊙ h): W_hn meets diag(r) on the one way and diag(h ⊙ r ⊙ (1 − r)) W_hr on the other.",
    ),
    mistakes=(
        Mistake(
            "the Jacobian of the other GRU",
            "This is the Jacobian with the reset after the product. Here r multiplies the state before W_hn does.",
            lambda params, cache, row: gru_jacobian(params, cache._replace(reset="after"), row),
        ),
        Mistake(
            "the page's terms, with the q of this reset",
            "Those are the terms of the reset after the product. Here r stands before it: it scales columns of W_hn, and "
            "what it multiplies is the state.",
            _off_the_page,
        ),
        Mistake(
            "the way through r as on the page",
            "Your way through r is that of the reset after the product. Here r multiplies the state, and W_hn comes after.",
            _r_of_the_page,
        ),
        Mistake(
            "q in place of h on the way through r",
            "In the way through r stands q_t. Before the product r multiplies the state itself: its partner is h_prev.",
            _q_for_h,
        ),
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
            "The reset gate is treated as a constant. It looks at h_prev too, through W_hr.",
            _without("reset"),
        ),
        Mistake(
            "update gate held fixed",
            "The update gate is treated as a constant. It looks at h_prev too, through W_hz.",
            _without("update"),
        ),
        Mistake(
            "candidate's own path lost",
            "The reset gate moves in your Jacobian, and the state inside the brackets of W_hn (r h) does not.",
            _without("candidate"),
        ),
        Mistake(
            "r on the rows of W_hn",
            "You scale the rows of W_hn by r. Before the product each speaking unit is muted: those are the columns.",
            _row_scaled,
        ),
        Mistake(
            "W_hn missing on the way through r",
            "What r changes is r ⊙ h, and that reaches the candidate through W_hn.",
            _no_matrix_to_r,
        ),
        Mistake(
            "slopes of r on the columns of W_hr",
            "The slopes h r (1 − r) belong to the units of r, which are the rows of W_hr.",
            _transposed_inside,
        ),
        Mistake(
            "slopes of z on the columns",
            "The slopes (h − n) z (1 − z) belong to the units of h_t, which are the rows of W_hz.",
            _only_n_and_z,
        ),
        Mistake(
            "candidate's share taken as 1",
            "The candidate's paths lack their share in the mixture: h_t takes only 1 − z of n.",
            _candidate_whole,
        ),
        Mistake(
            "candidate path without r",
            "On the path through W_hn the factor r is missing, which scaled the state.",
            _reset_lost,
        ),
    ),
)
