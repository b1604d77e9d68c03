"""The explorers of the chapter on the GRU; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.activations import sigmoid
from lstm_course.explorers import Explorer, stop_text
from lstm_course.figures import GRU_PARTS, plot_counter, plot_gru_cell, plot_gru_unit, signed
from lstm_course.gru import GRUParams, gru_forward, gru_step
from lstm_course.gru_variants import counter_gru

WORKED = GRUParams(
    np.array([[0.8], [-0.6], [1.0]]),
    np.array([[-1.0], [0.8], [1.5]]),
    np.array([0.3, 0.4, -0.9]),
    np.array([0.5]),
)


def _plain(value, digits=2):
    return signed(float(np.reshape(value, ())), digits).replace("+", "")


def cell() -> Explorer:
    """The GRU cell, moved by hand: which wires belong to which equation, with the numbers of one unit on them."""

    def step(x, h):
        return gru_step(WORKED, np.array([[x]]), np.array([[h]]))

    def draw(part, x, h):
        h_t, kept = step(x, h)
        return plot_gru_cell(kept, h_t, part).figure

    def say(part, x, h):
        h_t, kept = step(x, h)
        r, z, n, q, new = (_plain(value) for value in (kept.r_t, kept.z_t, kept.n_t, kept.q_t, h_t))
        seen = f"x = {stop_text(x)} and h = {stop_text(h)}"
        if part == GRU_PARTS[1]:
            return f"The reset gate looks at {seen}: of what the past offers the candidate will hear r = {r}."
        if part == GRU_PARTS[2]:
            return f"The update gate looks at {seen} and will keep z = {z} of the state."
        if part == GRU_PARTS[3]:
            return (
                f"The state offers q = W h + b = {q}; r = {r} of it joins the input, and the tanh of the sum "
                f"is n = {n}."
            )
        if part == GRU_PARTS[4]:
            return f"A mixture: z = {z} of the old state {stop_text(h)}, the rest of the candidate {n}, give {new}."
        return f"With {seen}: r = {r}, z = {z}, q = {q}, n = {n}; the new state is {new}."

    return Explorer(
        draw,
        say=say,
        alt="A GRU cell. The old state enters at the upper left and runs along the upper line, through a product with "
        "z and a sum, to the new state at the upper right. A branch of it and the input lead to the sigmoid gates z "
        "and r and to the candidate; r multiplies what the state offers the tanh, and 1 minus z multiplies the "
        "candidate on its way up to the sum. The parts of the chosen equation are coloured, each with its value.",
        values={"part": GRU_PARTS, "x": (-1.0, 0.0, 1.0, 2.0), "h": (-0.6, 0.0, 0.6)},
        start={"part": GRU_PARTS[0], "x": 1.0, "h": 0.6},
        labels={"part": "equation", "x": "input x", "h": "old state h"},
        caption="One unit with fixed weights. “W, b”: both that come in, each times its weight, and a bias. A dot is a "
        "fork; lines that cross without one do not touch.",
    )


STEPS, PULSES = 24, {3: 1.0, 14: -1.0}
WATCHES = ("ignores the input", "falls at an input")


def unit() -> Explorer:
    """One unit reads two pulses: what the biases of r and z let it hear, keep and forget."""
    x = np.zeros((STEPS, 1, 2))  # the pulse, and a flag that there is one
    for at, value in PULSES.items():
        x[at - 1, 0] = value, 1

    def run(b_z, b_r, watch):
        flag = -8.0 if watch == WATCHES[1] else 0.0
        weight_ih = np.array([[0.0, 0.0], [0.0, flag], [4.0, 0.0]])
        weight_hh = np.array([[0.0], [0.0], [1.5]])
        params = GRUParams(weight_ih, weight_hh, np.array([b_r, b_z, 0.0]), np.zeros(1))
        return gru_forward(params, x)[2]

    def draw(b_z, b_r, watch):
        c = run(b_z, b_r, watch)
        return plot_gru_unit(c.h[:, 0, 0], c.n[:, 0, 0], c.r[:, 0, 0], c.z[:, 0, 0], PULSES).figure

    def say(b_z, b_r, watch):
        h = run(b_z, b_r, watch).h[:, 0, 0]
        gates = f"z = {sigmoid(b_z):.2f} and r = {sigmoid(b_r):.2f} between the pulses: "
        return (
            f"{gates}after the pulse +1 the state is {signed(h[3], 3)}, ten steps later {signed(h[13], 3)}; "
            f"after the pulse −1 it is {signed(h[14], 3)}, at the end {signed(h[-1], 3)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="One GRU unit over 24 steps that reads a pulse of +1 at step 3 and of −1 at step 14. Above, its state "
        "and its candidate; below, its two gates. With a large bias of z the state hardly moves; with a small one "
        "it follows the candidate.",
        values={
            "b_z": (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
            "b_r": (-6.0, -2.0, 2.0, 6.0),
            "watch": WATCHES,
        },
        start={"b_z": 4.0, "b_r": -6.0, "watch": WATCHES[0]},
        labels={"b_z": "bias of z", "b_r": "bias of r", "watch": "the update gate"},
        caption="n = tanh(4x + r · 1.5h). “Falls at an input” gives z a weight of −8 on a flag that comes with each "
        "pulse.",
    )


DIGITS = 4


def counter() -> Explorer:
    """Four units set by hand count letters in binary."""

    @cache
    def run():
        params = counter_gru(DIGITS)
        _, _, kept = gru_forward(params, np.zeros((2**DIGITS + 1, 1, 1)), -np.ones((1, DIGITS)))
        return kept.h[:, 0], kept.z[:, 0]

    def number(h):
        return int((h > 0) @ 2 ** np.arange(DIGITS))

    def say(letters):
        h, z = run()
        flips = [str(2**j) for j in range(DIGITS) if z[letters, j] < 0.5]
        noun = "digit" if len(flips) == 1 else "digits"
        return (
            f"After {letters} letters the four states read {number(h[letters])}. At the next letter the {noun} worth "
            f"{', '.join(flips)} will flip."
        )

    def draw(letters):
        h, z = run()
        return plot_counter(h[letters], z[letters]).figure

    return Explorer(
        draw,
        say=say,
        alt="Four circles in a row, one for each unit, worth 8, 4, 2 and 1 from left to right. Each holds its state, "
        "+1 or −1; below it stand the update gate of the next step, 1 or 0, and whether the unit will keep or flip.",
        values={"letters": tuple(range(2**DIGITS + 1))},
        start={"letters": 7},
        labels={"letters": "letters read"},
        caption="A state of +1 is the digit 1, a state of −1 the digit 0. Where z is 0 the unit is replaced by its "
        "candidate, which is its opposite.",
    )
