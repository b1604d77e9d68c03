"""Exercise of chapter 16 to derive: the backward pass of a GRU with one gate for both."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import GRU_SIZES, draw
from lstm_course.gru_variants import one_gate_backward


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
