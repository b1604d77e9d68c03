"""Exercises of chapter 16 on paper: four contributions, and a prediction."""

from __future__ import annotations

from lstm_course.checker import Choice, Number, Slip

# --- four contributions, the reset before the product -----------------------------------------------

R, Z, N, H_PREV = 0.5, 0.8, 0.6, -0.5
W_HN, B_HN, W_HR, W_HZ = 3.0, 0.2, 1.5, -2.0


def _four(
    share=1 - Z, keeps=Z, slope=1 - N**2, slope_r=R * (1 - R), slope_z=Z * (1 - Z), meets=H_PREV, **parts
):
    """What comes back directly, through n, r and z, with other factors if given."""
    da_n = share * slope
    dq = W_HN * da_n
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
            "The sign of the way through z is lost: that of W_hz, or n − h taken for h − n. Raising z moves the new state "
            "towards the old one.",
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
            "The partner of r in the product r h is h, not r h.",
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
            "weights of the gates forgotten",
            "da_r and da_z are gradients of pre-activations. To the state they go through W_hr and W_hz.",
            lambda: _four(r=_four()[2] / W_HR, z=_four()[3] / W_HZ),
        ),
        Slip(
            "square forgotten",
            "Your slope of the tanh is 1 − n. The candidate is squared: 1 − n².",
            lambda: _four(slope=1 - N),
        ),
        Slip(
            "sigmoid's slope for the candidate",
            "For the candidate you took n(1 − n). It is a tanh, and tanh has another slope.",
            lambda: _four(slope=N * (1 - N)),
        ),
        Slip(
            "square of n for the slope",
            "You multiplied by n². The slope of a tanh is what is left of 1.",
            lambda: _four(slope=N**2),
        ),
        Slip(
            "tanh's slope for the gates",
            "For the gates you took 1 − gate². That is the slope of tanh; a sigmoid has gate (1 − gate).",
            lambda: _four(slope_r=1 - R**2, slope_z=1 - Z**2),
        ),
        Slip(
            "the gates for their slopes",
            "You took the gates where their slopes belong, gate (1 − gate).",
            lambda: _four(slope_r=R, slope_z=Z),
        ),
        Slip(
            "half of the slopes",
            "Your slopes of the gates are 1 − gate. The gate itself is the other factor.",
            lambda: _four(slope_r=1 - R, slope_z=1 - Z),
        ),
        Slip(
            "n gets the share z",
            "The candidate got the share z. On the way forth it came in with 1 − z.",
            lambda: _four(share=Z),
        ),
        Slip(
            "n gets everything",
            "The whole gradient went to the candidate. On the way forth it came in with 1 − z.",
            lambda: _four(share=1.0),
        ),
        Slip(
            "direct share 1 − z",
            "Directly you gave 1 − z. The old state kept the share z on the way forth.",
            lambda: _four(keeps=1 - Z),
        ),
        Slip(
            "direct way whole",
            "Directly you sent all of it. The old state kept the share z.",
            lambda: _four(keeps=1.0),
        ),
        Slip(
            "direct way times the state",
            "Directly you have z h. That is what was kept; its derivative by h is z.",
            lambda: _four(keeps=Z * H_PREV),
        ),
        Slip(
            "sign of the state lost",
            "The old state is −0.5. You lost its sign.",
            lambda: _four(meets=-H_PREV, z=W_HZ * (-H_PREV - N) * Z * (1 - Z)),
        ),
        Slip(
            "sum for the difference",
            "Your z meets n + h. It stands as z and as 1 − z, so it meets the difference.",
            lambda: _four(z=W_HZ * (H_PREV + N) * Z * (1 - Z)),
        ),
        Slip(
            "z meets the candidate alone",
            "z stands in two places, as z and as 1 − z. You have the second one alone.",
            lambda: _four(z=-W_HZ * N * Z * (1 - Z)),
        ),
        Slip(
            "matrix missing",
            "W_hn is missing. From the candidate to r h the gradient crosses the matrix.",
            lambda: _four(n=_four()[1] / W_HN, r=_four()[2] / W_HN),
        ),
        Slip(
            "b_hn on the way back",
            "You let b_hn in on the way back. A bias is added, and what is added does not change a slope.",
            lambda: _four(meets=H_PREV + B_HN),
        ),
        Slip(
            "r meets nothing",
            "On the way through r its partner is missing: r multiplies h.",
            lambda: _four(meets=1.0),
        ),
        Slip(
            "weights of r and z exchanged",
            "W_hr and W_hz have changed places.",
            lambda: _four(r=_four()[2] / W_HR * W_HZ, z=_four()[3] / W_HZ * W_HR),
        ),
        Slip(
            "way through z times the candidate's slope",
            "On the way through z you have the slope of the tanh. z acts behind the tanh, on n itself.",
            lambda: _four(z=_four()[3] * (1 - N**2)),
        ),
        Slip(
            "way through r past the tanh",
            "On the way through r the slope of the tanh is missing. r acts inside the candidate.",
            lambda: _four(r=_four()[2] / (1 - N**2)),
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

# --- a start with z near 1 --------------------------------------------------------------------------

Z_STARTS_HIGH = Choice(
    label="z-starts-high",
    kind="predict",
    prompt=(
        "A random GRU, 50 steps, a loss that reads the last state alone. The bias of z is raised from 0 to 8, all else "
        "stays. What becomes of the gradients by the first state h₀ and by the input weights W_in of the candidate?"
    ),
    options={
        "a": "Both grow.",
        "b": "That by h₀ grows, that by W_in shrinks.",
        "c": "Both shrink.",
        "d": "That by h₀ shrinks, that by W_in grows.",
    },
    reasons={
        "1": "z carries the state's gradient, and 1 − z is a factor of all that enters the candidate.",
        "2": "A saturated gate has a slope near 0, so nothing gets through the step.",
        "3": "What arrives at each step grows, and every gradient is made of what arrives.",
        "4": "W_in is not used in the recurrence, so the last step alone counts for it.",
    },
    right=("b", "1"),
    replies={
        "a": "More arrives at each step, true. But how much of it goes on into the candidate?",
        "c": "How much of the gradient stays on the highway at each step when z is near 1?",
        "d": "Take them one by one: which factor does the way along the state have at each step?",
        "2": "The slope of a gate belongs to the ways through the gate. The highway has the gate itself as a factor.",
        "3": "True of what arrives. From there to W_in it is multiplied by 1 − z.",
        "4": "W_in is used at every step, and each use adds its share.",
    },
    why="This is the price of a memory that is set to keep: at first hardly anything can be written, nor learned about "
    "what to write.",
    hints=(
        "Write down dh_{t−1} and da_n in terms of dh_t, for z near 1.",
        "da_n has the factor 1 − z. How large is it at a bias of 8, and at 0?",
    ),
)

EXERCISES = (BACK_BEFORE, Z_STARTS_HIGH)
