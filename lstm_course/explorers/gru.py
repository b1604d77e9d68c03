"""The explorers of the chapter on the GRU; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.activations import sigmoid
from lstm_course.explorers import Explorer, stop_text
from lstm_course.figures import (
    GRU_PARTS,
    plot_direct_and_total,
    plot_gru_cell,
    plot_gru_unit,
    scientific,
    signed,
)
from lstm_course.gradient_flow import gru_highway
from lstm_course.gru import GRUParams, gru_forward, gru_step, init_gru

WORKED = GRUParams(
    np.array([[0.8], [-0.6], [1.0]]),
    np.array([[-1.0], [0.8], [1.5]]),
    np.array([0.3, 0.4, -0.9]),
    np.array([0.5]),
)
WORKED_H = 0.6


def cell() -> Explorer:
    """The GRU cell: which wires belong to which equation, with the numbers of one unit on them."""

    def step(x, reset):
        return gru_step(WORKED, np.array([[x]]), np.array([[WORKED_H]]), reset)

    def draw(part, reset, x):
        h_t, cache = step(x, reset)
        return plot_gru_cell(cache, h_t, part).figure

    def say(part, reset, x):
        h_t, cache = step(x, reset)
        r, z, n, q, h = (
            signed(float(value[0, 0]), 2).replace("+", "")
            for value in (cache.r_t, cache.z_t, cache.n_t, cache.q_t, h_t)
        )
        seen = f"x = {stop_text(x)} and h = {WORKED_H}"
        if part == GRU_PARTS[1]:
            return f"The reset gate looks at {seen} and opens to r = {r}."
        if part == GRU_PARTS[2]:
            return f"The update gate looks at {seen} and will keep z = {z} of the state."
        if part == GRU_PARTS[3] and reset == "before":
            return (
                f"The reset scales the state first, q = r h = {q}; the product with W, its bias and "
                f"the input "
                f"then give n = {n}."
            )
        if part == GRU_PARTS[3]:
            return (
                f"The state offers q = W h + b = {q}; r = {r} of it joins the input, and the tanh of the sum "
                f"is n = {n}."
            )
        if part == GRU_PARTS[4]:
            return f"A mixture: z = {z} of the old state {WORKED_H}, the rest of the candidate {n}, give {h}."
        return f"{seen}, reset {reset} the product: r = {r}, z = {z}, q = {q}, n = {n}; the new state is {h}."

    return Explorer(
        draw,
        say=say,
        alt="A GRU cell. The old state enters at the upper left and runs along a rail, through a "
        "product with z "
        "and a sum, to the new state at the upper right. A branch of it and the input feed the two "
        "sigmoid gates; "
        "the reset gate multiplies what the state contributes to the tanh that makes the candidate. The "
        "wires of "
        "the chosen equation are lit, and each carries its value.",
        values={"part": GRU_PARTS, "reset": ("after", "before"), "x": (-2.0, -1.0, 0.0, 1.0, 2.0)},
        start={"part": GRU_PARTS[0], "reset": "after", "x": 1.0},
        labels={"part": "light up", "reset": "reset acts … the product", "x": "input x"},
        caption="One unit, with fixed weights. A dot is a fork; wires that cross without a dot do not touch.",
    )


STEPS, PULSES = 24, {3: 1.0, 14: -1.0}
WATCHES = ("ignores the input", "opens for an input")


def unit() -> Explorer:
    """One unit reads two pulses: what the biases of r and z let it hear, keep and forget."""
    x = np.zeros((STEPS, 1, 2))  # the pulse, and a flag that there is one
    for at, value in PULSES.items():
        x[at - 1, 0] = value, 1

    def run(b_z, b_r, watch):
        flag = -8.0 if watch == WATCHES[1] else 0.0
        weight_ih = np.array([[0.0, 0.0], [0.0, flag], [2.0, 0.0]])
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
        alt="One GRU unit over 24 steps that reads a pulse of +1 at step 3 and of −1 at step 14. "
        "Above, its state "
        "and its candidate; below, its two gates. With a large bias of z the state hardly moves; with a "
        "small one "
        "it follows the candidate.",
        values={
            "b_z": (-2.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0),
            "b_r": (-6.0, 0.0, 2.0, 6.0),
            "watch": WATCHES,
        },
        start={"b_z": 4.0, "b_r": -6.0, "watch": WATCHES[0]},
        labels={"b_z": "bias of z", "b_r": "bias of r", "watch": "the update gate"},
        caption="n = tanh(2x + r · 1.5h). “Opens for an input” gives z a weight of −8 on a flag that "
        "comes with each pulse.",
    )


def highway() -> Explorer:
    """The direct path and all paths, against the lag, for the bias of z and the scale of the weights."""
    size, steps = 16, 60

    @cache
    def norms(b_z, scale):
        rng = np.random.default_rng(4)
        drawn = init_gru(8, size, rng)
        bias = drawn.bias.copy()
        bias[size : 2 * size] = b_z
        params = GRUParams(drawn.weight_ih, scale * drawn.weight_hh, bias, drawn.bias_hn)
        _, _, c = gru_forward(params, rng.standard_normal((steps, 1, 8)))
        splits = [gru_highway(params, c, steps - k, steps) for k in range(1, steps + 1)]
        return [
            np.array([1.0, *(np.linalg.norm(getattr(split, name), 2) for split in splits)])
            for name in ("total", "highway")
        ]

    def say(b_z, scale):
        total, direct = (values[-1] for values in norms(b_z, scale))
        ratio = total / direct
        compare = (
            "all of it direct"
            if ratio < 1.005
            else f"{scientific(ratio)} times the direct path's {scientific(direct)}"
        )
        return (
            f"Bias of z {stop_text(b_z)}, recurrent weights × {scale:g}: over {steps} steps the "
            f"Jacobian's norm is "
            f"{scientific(total)}, {compare}."
        )

    return Explorer(
        lambda b_z, scale: plot_direct_and_total(*norms(b_z, scale)).figure,
        say=say,
        alt="Norm of the Jacobian from one state of a random GRU to a later one against the number of steps "
        "between them, on a logarithmic axis: all paths, and the direct path alone. Both fall; the "
        "larger the "
        "bias of z, the more slowly, and the larger the weights, the further apart they are.",
        values={"b_z": (0.0, 1.0, 2.0, 3.0, 5.0, 8.0), "scale": (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0)},
        start={"b_z": 0.0, "scale": 1.0},
        labels={"b_z": "bias of z", "scale": "recurrent weights ×"},
        caption="Sixteen units with torch’s initial weights, random inputs, before any training.",
    )
