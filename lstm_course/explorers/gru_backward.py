"""The explorers of the chapter on the backward pass of the GRU; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.explorers import Explorer, stop_text
from lstm_course.explorers.gru import WORKED
from lstm_course.figures import plot_contributions, plot_direct_and_total, scientific, signed
from lstm_course.gradient_flow import gru_highway, gru_jacobian_without, gru_paths
from lstm_course.gru import GRUParams, gru_forward, gru_step, init_gru

WAYS = {"directly": "direct", "through n": "candidate", "through r": "reset", "through z": "update"}


def ways() -> Explorer:
    """One unit: what comes back to the old state on each of the four ways."""

    def parts(x, h, reset):
        _, kept = gru_step(WORKED, np.array([[x]]), np.array([[h]]), reset)
        paths = gru_paths(WORKED, kept)
        return {way: getattr(paths, name).item() + 0.0 for way, name in WAYS.items()}

    def text(value):
        return signed(value, 2) if round(value, 2) else "0"

    def say(x, h, reset):
        found = parts(x, h, reset)
        listed = ", ".join(f"{text(value)} {way}" for way, value in found.items())
        return (
            f"At x = {stop_text(x)} and h = {stop_text(h)}: {listed}; together {text(sum(found.values()))}."
        )

    return Explorer(
        lambda **stops: plot_contributions(parts(**stops)).figure,
        say=say,
        alt="Four bars for one unit: what reaches the old state directly, through the candidate, through the reset gate "
        "and through the update gate, of a gradient of 1 at the new state; a fifth bar is their sum.",
        values={
            "x": (-2.0, -1.0, 0.0, 1.0, 2.0),
            "h": (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6),
            "reset": ("after", "before"),
        },
        start={"x": 1.0, "h": 0.6, "reset": "after"},
        labels={"x": "input x", "h": "old state h", "reset": "reset acts … the product"},
        caption="The unit of the derivation. Blue bars are positive, orange ones negative.",
    )


SIZE, STEPS = 16, 60
CUTS = {"through n": "candidate", "through r": "reset", "through z": "update"}


def highway() -> Explorer:
    """The highway, all paths, and what is left when one of the other paths is cut, against the lag."""

    @cache
    def run(b_z, scale):
        rng = np.random.default_rng(4)
        drawn = init_gru(8, SIZE, rng)
        bias = drawn.bias.copy()
        bias[SIZE : 2 * SIZE] = b_z
        params = GRUParams(drawn.weight_ih, scale * drawn.weight_hh, bias, drawn.bias_hn)
        return params, gru_forward(params, rng.standard_normal((STEPS, 1, 8)))[2]

    @cache
    def norms(b_z, scale, cut):
        params, kept = run(b_z, scale)
        starts = range(STEPS - 1, -1, -1)
        splits = [gru_highway(params, kept, t0, STEPS) for t0 in starts]
        left = [gru_jacobian_without(params, kept, t0, STEPS, CUTS[cut]) for t0 in starts]
        curves = {
            "all paths": [s.total for s in splits],
            f"without the path {cut}": left,
            "highway, ∏ z": [s.highway for s in splits],
        }
        return {
            name: np.array([1.0, *(np.linalg.norm(m, 2) for m in found)]) for name, found in curves.items()
        }

    def say(b_z, scale, cut):
        total, left, direct = (values[-1] for values in norms(b_z, scale, cut).values())
        return (
            f"Bias of z {stop_text(b_z)}, recurrent weights × {stop_text(scale)}, over {STEPS} steps: all paths "
            f"{scientific(total)}, without the path {cut} {scientific(left)}, the highway {scientific(direct)}."
        )

    return Explorer(
        lambda **stops: plot_direct_and_total(norms(**stops)).figure,
        say=say,
        alt="Norm of the Jacobian from one state of a random GRU to a later one against the number of steps between "
        "them, on a logarithmic axis: all paths, what is left when one path is cut at every step, and the highway "
        "alone. A triangle at the bottom marks a line that falls out of the picture.",
        values={
            "b_z": (0.0, 2.0, 4.0, 6.0),
            "scale": (0.0, 1.0, 2.0, 3.0, 4.0),
            "cut": tuple(CUTS),
        },
        start={"b_z": 0.0, "scale": 1.0, "cut": "through n"},
        labels={"b_z": "bias of z", "scale": "recurrent weights ×", "cut": "cut the path"},
        caption="Sixteen units with torch’s initial weights and zero biases but that of z, random inputs, before any "
        "training.",
    )
