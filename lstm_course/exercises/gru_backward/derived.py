"""Exercises of chapter 16 to derive: the Jacobian with the other reset, and a GRU with one gate."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import GRU_SIZES, draw, draw_gru_step
from lstm_course.gradient_flow import gru_jacobian, gru_paths
from lstm_course.gru import gru_step
from lstm_course.gru_variants import one_gate_backward

# --- the Jacobian, the reset before the product -----------------------------------------------------


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

# --- one gate for both ------------------------------------------------------------------------------


def _sample_one_gate(rng, size):
    batch, _, n, dtype = GRU_SIZES[size]
    weight_z, weight_n = (draw(rng, n, n, scale=1 / np.sqrt(n), least=0.3, dtype=dtype) for _ in range(2))
    z_t = rng.uniform(0.2, 0.8, (batch, n)).round(2).astype(dtype)
    n_t = (rng.choice([-1, 1], (batch, n)) * rng.uniform(0.2, 0.8, (batch, n)).round(2)).astype(dtype)
    others = (draw(rng, batch, n, scale=0.5, least=0.2, dtype=dtype) for _ in range(2))
    return weight_z, weight_n, z_t, n_t, *others, draw(rng, batch, n, least=0.3, dtype=dtype)


def _wrong(**changed):
    return but(one_gate_backward, **changed)


ONE_GATE_BACKWARD = Exercise(
    label="one-gate-backward",
    level="hard",
    prompt=(
        "A GRU with one gate: r = 1 - z. Forward z = σ(… + W_z h_prev), q = W_n h_prev + b, n = tanh(… + (1 - z) q), "
        "h = (1 - z) n + z h_prev. Given dh_t, return the gradient by the pre-activation of z and that by h_prev."
    ),
    inputs=("weight_z", "weight_n", "z_t", "n_t", "q_t", "h_prev", "dh_t"),
    outputs=("da_z", "dh_prev"),
    shapes=("(B, H)", "(B, H)"),
    reference=one_gate_backward,
    sample=_sample_one_gate,
    hints=(
        "Count the places where z stands. There are three.",
        "Go back as on the page: the mixture, the tanh, the product (1 − z) q. That product is where z stands for r.",
        "A copy adds: dz has the part (h − n) dh from the mixture and a part from the product, with a minus sign.",
    ),
    mistakes=(
        Mistake(
            "z's part in the candidate forgotten",
            "dz has what comes from the mixture alone. z also stands in the candidate, in the place of the reset gate.",
            _wrong(dz_reset="0 * dz_mixture"),
        ),
        Mistake(
            "sign of the reset's part",
            "In the candidate stands 1 − z, and its slope by z is −1.",
            _wrong(dz_reset="da_n * q_t"),
        ),
        Mistake(
            "the mixture's part forgotten",
            "dz has what comes from the candidate alone. z also mixes old and new.",
            _wrong(dz_mixture="0 * da_n"),
        ),
        Mistake(
            "mixture: z meets h alone",
            "In the mixture z stands twice, as z and as 1 − z. The second brings −n.",
            _wrong(dz_mixture="dh_t * h_prev"),
        ),
        Mistake(
            "mixture the wrong way round",
            "Raising z moves the new state towards h_prev, so it is h_prev − n.",
            _wrong(dz_mixture="dh_t * (n_t - h_prev)"),
        ),
        Mistake(
            "z for 1 − z at q",
            "What multiplied q on the way forth was 1 − z, and so it is on the way back.",
            _wrong(dq="da_n * z_t"),
        ),
        Mistake(
            "q takes the whole",
            "q was multiplied before it reached the tanh. The same factor belongs on the way back.",
            _wrong(dq="da_n"),
        ),
        Mistake(
            "reset's part meets the state",
            "What 1 − z multiplied in the candidate was q = W_n h_prev + b, and not h_prev.",
            _wrong(dz_reset="-da_n * h_prev"),
        ),
        Mistake(
            "shares of the gradient exchanged",
            "The candidate gets the share 1 − z of dh_t and the old state the share z.",
            _wrong(
                da_n="dh_t * z_t * (1 - n_t**2)", dh_prev="dh_t * (1 - z_t) + dq @ weight_n + da_z @ weight_z"
            ),
        ),
        Mistake(
            "slope of the tanh left out",
            "Between n and the product stands the tanh: 1 − n² is missing.",
            _wrong(da_n="dh_t * (1 - z_t)"),
        ),
        Mistake(
            "slope of the sigmoid left out",
            "What you call da_z is the gradient by z. To its pre-activation there is a sigmoid to pass.",
            _wrong(da_z="dz_mixture + dz_reset"),
        ),
        Mistake(
            "direct path lost in dh_prev",
            "z ⊙ h_prev stands in h itself. That path crosses no matrix.",
            _wrong(dh_prev="dq @ weight_n + da_z @ weight_z"),
        ),
        Mistake(
            "path through the gate lost",
            "h_prev also moved the gate, through W_z.",
            _wrong(dh_prev="dh_t * z_t + dq @ weight_n"),
        ),
        Mistake(
            "path through q lost",
            "h_prev also entered q, through W_n.",
            _wrong(dh_prev="dh_t * z_t + da_z @ weight_z"),
        ),
        Mistake(
            "both matrices transposed",
            "Forward a row met Wᵀ, so on the way back it meets W. Yours runs because the matrices are square.",
            _wrong(dh_prev="dh_t * z_t + dq @ weight_n.T + da_z @ weight_z.T"),
        ),
    ),
)

EXERCISES = (GRU_JACOBIAN, ONE_GATE_BACKWARD)
