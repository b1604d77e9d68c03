"""Exercise of chapter 16 on paper: four contributions, the reset before the product."""

from __future__ import annotations

from lstm_course.checker import Number, Slip

R, Z, N, H_PREV = 0.5, 0.8, 0.6, -0.5
W_HN, B_HN, W_HR, W_HZ = 3.0, 0.2, 1.5, -2.0


def _four(
    share=1 - Z,
    keeps=Z,
    slope=1 - N**2,
    slope_r=R * (1 - R),
    slope_z=Z * (1 - Z),
    meets=H_PREV,
    weight=W_HN,
    **parts,
):
    """What comes back directly, through n, r and z, with other factors if given."""
    da_n = share * slope
    dq = weight * da_n
    da_r, da_z = dq * meets * slope_r, (H_PREV - N) * slope_z
    found = {"direct": keeps, "n": R * dq, "r": W_HR * da_r, "z": W_HZ * da_z} | parts
    return tuple(found.values())


BACK_BEFORE = Number(
    label="back-before",
    level="warm-up",
    prompt=(
        "One unit with the reset BEFORE the product: r = 0.5, z = 0.8, n = 0.6, old state -0.5; W_hn = 3, b_hn = 0.2, "
        "W_hr = 1.5, W_hz = -2. Of a gradient of 1 at the new state, how much comes back to the old one directly, "
        "through n, through r and through z?"
    ),
    names=("directly", "through_n", "through_r", "through_z"),
    answer=_four,
    rtol=0.002,
    slips=(
        Slip(
            "z meets n − h",
            "The sign through z is turned. Either you took n − h, and raising z moves the new state towards the old one, h − n; "
            "or you took W_hz = −2 with a plus.",
            lambda: _four(z=-W_HZ * (H_PREV - N) * Z * (1 - Z)),
        ),
        Slip(
            "z and 1 − z exchanged",
            "You gave the old state the share 1 − z of the gradient. It kept the share z on the way forth.",
            lambda: _four(share=Z, keeps=1 - Z, z=-W_HZ * (H_PREV - N) * Z * (1 - Z)),
        ),
        Slip(
            "slope of tanh forgotten",
            "Between n and its pre-activation stands the tanh, with the slope 1 − n².",
            lambda: _four(slope=1.0),
        ),
        Slip(
            "slopes of the gates forgotten",
            "Between a gate and its pre-activation stands a sigmoid, with the slope gate (1 − gate).",
            lambda: _four(slope_r=1.0, slope_z=1.0),
        ),
        Slip(
            "r meets what the matrix gave",
            "You paired r with W h + b, as for the reset after the product. Here r multiplies the state itself, before "
            "the matrix.",
            lambda: _four(r=W_HR * (1 - Z) * (1 - N**2) * (W_HN * H_PREV + B_HN) * R * (1 - R)),
        ),
        Slip(
            "r meets the scaled state",
            "Through r you have r once too often. In the product r h the partner of r is h, not r h, and r itself is no factor.",
            lambda: _four(meets=R * H_PREV),
        ),
        Slip(
            "matrix missing on the way to r",
            "On its way from the candidate to r the gradient crosses W_hn first.",
            lambda: _four(r=W_HR * (1 - Z) * (1 - N**2) * H_PREV * R * (1 - R)),
        ),
        Slip(
            "r missing on the way through n",
            "The state was scaled by r before it met the matrix; its gradient is scaled too.",
            lambda: _four(n=W_HN * (1 - Z) * (1 - N**2)),
        ),
        Slip(
            "z meets the state alone",
            "z stands in two places, as z and as 1 − z. The second one brings −n.",
            lambda: _four(z=W_HZ * H_PREV * Z * (1 - Z)),
        ),
        Slip(
            "z meets the candidate alone",
            "z stands in two places, as z and as 1 − z. The first one brings h.",
            lambda: _four(z=-W_HZ * N * Z * (1 - Z)),
        ),
        Slip(
            "z meets the sum",
            "z meets h − n: in the term (1 − z) n it stands with a minus.",
            lambda: _four(z=W_HZ * (H_PREV + N) * Z * (1 - Z)),
        ),
        Slip(
            "everything comes back directly",
            "Directly comes back what is kept, the share z, and not the whole gradient.",
            lambda: _four(keeps=1.0),
        ),
        Slip(
            "share of the candidate forgotten",
            "The candidate enters with the share 1 − z, so its gradient has that factor; it is missing through n and r.",
            lambda: _four(share=1.0),
        ),
        Slip(
            "z for the candidate's share",
            "Through n and r you have z where the candidate's share belongs, 1 − z.",
            lambda: _four(share=Z),
        ),
        Slip(
            "W_hn forgotten",
            "Between the candidate's pre-activation and the state stands W_hn. It is missing through n and r.",
            lambda: _four(weight=1.0),
        ),
        Slip(
            "sigmoid's slope at the candidate",
            "n(1 − n) is the slope of the sigmoid. The candidate is a tanh.",
            lambda: _four(slope=N * (1 - N)),
        ),
        Slip(
            "candidate in the slope not squared",
            "You took 1 − n. The slope of tanh is 1 − n².",
            lambda: _four(slope=1 - N),
        ),
        Slip(
            "tanh's slope at the gates",
            "1 − r² and 1 − z² are slopes of tanh. The gates are sigmoids.",
            lambda: _four(slope_r=1 - R**2, slope_z=1 - Z**2),
        ),
        Slip(
            "gates for their slopes",
            "You multiplied by r and z where their slopes belong, r(1 − r) and z(1 − z).",
            lambda: _four(slope_r=R, slope_z=Z),
        ),
        Slip(
            "slope of z at r",
            "The slopes of the two gates are exchanged: each gate has its own.",
            lambda: _four(slope_r=Z * (1 - Z), slope_z=R * (1 - R)),
        ),
        Slip(
            "weights of the gates exchanged",
            "You exchanged W_hr and W_hz.",
            lambda: _four(r=_four()[2] / W_HR * W_HZ, z=_four()[3] / W_HZ * W_HR),
        ),
        Slip(
            "sign of the old state lost at r",
            "Through r the old state is a factor, −0.5. You took it with a plus.",
            lambda: _four(meets=-H_PREV),
        ),
        Slip(
            "old state forgotten at r",
            "r multiplies the old state, so its derivative has the old state in it. That factor is missing.",
            lambda: _four(meets=1.0),
        ),
        Slip(
            "r meets the candidate",
            "Through r you have n as a factor. In the product r h the partner of r is h.",
            lambda: _four(meets=N),
        ),
        Slip(
            "b_hn counted in at n",
            "b_hn is a summand, and does not move with the state.",
            lambda: _four(n=R * (W_HN + B_HN) * (1 - Z) * (1 - N**2)),
        ),
        Slip(
            "r twice on the way through n",
            "The state is scaled by r once on its way into the candidate.",
            lambda: _four(n=R * _four()[1]),
        ),
        Slip(
            "weights of the gates forgotten",
            "da_r and da_z are gradients of pre-activations. To the state they go through W_hr and W_hz.",
            lambda: _four(r=_four()[2] / W_HR, z=_four()[3] / W_HZ),
        ),
    ),
    why="da_n = 0.2 · 0.64 = 0.128 and dq = 3 da_n. Through n: 0.5 dq. Through r: 1.5 · dq · (−0.5) · 0.25. Through z: "
    "−2 · (−1.1) · 0.16. The first is z.",
    hints=(
        "Start with what n receives, 1 − z, and bring it through the tanh.",
        "Then the matrix, and behind it the product r h with its two factors.",
        "For z: the difference of what it mixes, h − n, times z(1 − z), times W_hz.",
    ),
)
