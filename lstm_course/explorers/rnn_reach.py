"""The explorers of the chapter on how far back the gradient reaches; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_by_lag, plot_twins, plot_window, scientific, superscript
from lstm_course.gradient_flow import forward_by_steps, lag_jacobians, step_jacobians, terms_by_lag
from lstm_course.initializers import normal, orthogonal, uniform
from lstm_course.rnn import RNNParams, rnn_forward

LAGS, TWIN_STEPS, APART = 60, 60, 0.1


def terms() -> Explorer:
    """The recurrent matrix and a window: which terms the gradient is made of, and what a truncation loses."""

    @cache
    def run(times):
        rng, n, n_in = np.random.default_rng(0), 64, 8
        edge = n**-0.5  # torch draws everything between ±1/√H
        w_ih, w_hh = (uniform((n, m), rng, low=-edge, high=edge) for m in (n_in, n))
        bias = uniform((2, n), rng, low=-edge, high=edge).sum(axis=0)
        params = RNNParams(w_ih, times * w_hh, bias)
        x, h0 = rng.standard_normal((LAGS, 1, n_in)), rng.uniform(-1, 1, (1, n))
        dh = np.zeros((LAGS, 1, n))
        dh[-1] = normal((1, n), rng, std=n**-0.5)
        found = terms_by_lag(params, forward_by_steps(params, x, h0)[1], dh)
        sums = np.cumsum(found, axis=0)
        lost = np.linalg.norm(sums - sums[-1], axis=(1, 2)) / np.linalg.norm(sums[-1])
        return np.linalg.norm(found, axis=(1, 2)), float(np.linalg.norm(sums[-1])), lost

    def draw(times, window):
        norms, total, _ = run(times)
        return plot_window(norms, total, window).figure

    def say(times, window):
        norms, total, lost = run(times)
        near, off = scientific(total / norms[0], 0), lost[window - 1]
        written = f"{off:.2%}" if off < 0.1 else f"{off:.0%}"
        return (
            f"W_hh is {'as torch draws it' if times == 1 else f'{times} times as large as torch draws it'}: the whole "
            f"gradient has {near} times the norm of its nearest term. With {window} "
            f"lag{'s' * (window > 1)} kept it is off by {written.rstrip()}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norms of the terms of the gradient by the recurrent weights against their lag, on a logarithmic axis, "
        "with the norm of their sum as a dashed line. At torch's start the terms fall steeply, with a matrix four "
        "times as large they rise. A shaded band marks the lags that a truncation keeps.",
        values={"times": (1, 2, 4), "window": tuple(range(1, 21))},
        start={"times": 1, "window": 2},
        labels={"times": "W_hh, times torch's", "window": "lags kept"},
        caption="A tanh network of 64 units and 8 random inputs over 60 steps, with a loss at the last step only.",
    )


def jacobian() -> Explorer:
    """Spectral radius, kind of matrix and activation: what is left of a state's influence after k steps."""
    lags = np.arange(0, LAGS + 1, 2)
    small = 4

    def matrix(radius, kind):
        rng = np.random.default_rng(4)
        if kind == "random":
            W = normal((32, 32), rng)
            return radius * W / np.abs(np.linalg.eigvals(W)).max()
        return {
            "identity": radius * np.eye(32),
            "orthogonal": radius * orthogonal((32, 32), rng),
            "one-way": radius * np.eye(small) + np.eye(small, k=1),
        }[kind]

    @cache
    def run(radius, kind, activation):
        W = matrix(radius, kind)
        rng, n = np.random.default_rng(6), len(W)
        params = RNNParams(normal((n, n), rng, std=0.5 / np.sqrt(n)), W, np.zeros(n))
        x = rng.standard_normal((LAGS, 1, n))
        _, steps = forward_by_steps(params, x, activation=activation)
        norms = np.linalg.norm(lag_jacobians(params, steps)[lags], 2, axis=(1, 2))
        return norms, float(np.linalg.norm(W, 2))

    def draw(radius, kind, activation):
        norms, size = run(radius, kind, activation)
        bounds = {"‖W‖₂ᵏ": size ** lags.astype(float), "ρᵏ": radius ** lags.astype(float)}
        return plot_by_lag(
            lags, {"measured": norms}, floor=-12, ceiling=12, ylabel="norm of ∂h_T/∂h_T₋ₖ", references=bounds,
            legend="lower left",
        ).figure  # fmt: skip

    def say(radius, kind, activation):
        norms, size = run(radius, kind, activation)
        last, top = norms[-1], norms.max()
        change = "stays at 1" if abs(last - 1) < 1e-6 else f"goes from 1 to {scientific(last)}"
        detour = f" On the way it rises to {scientific(top)}." if top > 3 * max(last, 1) else ""
        return f"{kind}, {activation}: ρ = {radius:g}, ‖W‖₂ = {size:.2f}. Over {LAGS} steps the norm {change}.{detour}"

    return Explorer(
        draw,
        say=say,
        alt="Norm of the Jacobian of the last state by an earlier one against the lag, on a logarithmic axis, beside "
        "two thin lines: the power of the spectral radius, and the power of the largest singular value, which "
        "the measured line never exceeds. A line that leaves the scale ends in a triangle.",
        values={
            "radius": (0.8, 0.9, 1.0, 1.1, 1.2),
            "kind": ("identity", "orthogonal", "random", "one-way"),
            "activation": ("identity", "tanh", "relu"),
        },
        start={"radius": 0.9, "kind": "orthogonal", "activation": "identity"},
        labels={"radius": "spectral radius ρ", "kind": "matrix W_hh", "activation": "activation f"},
        caption="Random inputs of one strength. Identity: ρ times the identity matrix. One-way: four units, ρ on the "
        "diagonal and 1 beside it, so that each unit but the first passes its state on to the one before.",
    )


TWINS = {
    "contracts": ([[0.5]], [0.3], [0.0]),
    "unstable point": ([[4.0]], [0.0], [0.0]),
    "chaos": ([[3.0, 3.0], [-3.0, -3.0]], [1.5, -3.0], [0.1, 0.2]),
}


def products(params, steps):
    """The derivatives of h_0 to h_T by h_0, one after the other."""
    found = [np.eye(params.hidden_size)]
    for jacobian in step_jacobians(params, steps):
        found.append(jacobian @ found[-1])
    return found


def twins() -> Explorer:
    """Two runs from nearby states: how far they are apart, and what the gradient forecasts."""

    @cache
    def run(net, exponent):
        weight_hh, bias, start = (np.array(part) for part in TWINS[net])
        params = RNNParams(np.zeros((len(bias), 1)), weight_hh, bias)
        nudge = np.zeros_like(start)
        nudge[0] = 10.0**exponent
        h0 = np.stack([start, start + nudge])
        h, _, _ = rnn_forward(params, np.zeros((TWIN_STEPS, 2, 1)), h0)
        states = np.concatenate([h0[None], h])
        distance = np.linalg.norm(states[:, 1] - states[:, 0], axis=1)
        _, steps = forward_by_steps(params, np.zeros((TWIN_STEPS, 1, 1)), [start])
        forecast = np.linalg.norm([J @ nudge for J in products(params, steps)], axis=1)
        return distance, forecast

    def draw(net, exponent):
        return plot_twins(*run(net, exponent)).figure

    def say(net, exponent):
        distance, forecast = run(net, exponent)
        far = np.flatnonzero(distance > APART)
        met = f"are not {APART} apart within {TWIN_STEPS} steps"
        if len(far):
            met = f"are more than {APART} apart for the first time at step {far[0]}"
        return (
            f"{net}, nudged by 10{superscript(exponent)}: the two runs {met}. For step {TWIN_STEPS} the gradient "
            f"forecasts about 10{superscript(round(np.log10(forecast[-1])))}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Distance of two runs from nearby states against the step, on a logarithmic axis, beside the gradient's "
        "forecast. Where the network contracts both fall. At an unstable point and in chaos both rise together until "
        "the distance is about 1; there it stays, and the forecast rises on, off the scale.",
        values={"net": tuple(TWINS), "exponent": (-14, -12, -10, -8, -6, -4, -2)},
        start={"net": "chaos", "exponent": -8},
        labels={"net": "the network", "exponent": "nudge, as a power of ten"},
        caption="Contracts: hₜ = tanh(½hₜ₋₁ + 0.3). Unstable point: hₜ = tanh(4hₜ₋₁) from 0. Chaos: the matrix of "
        "radius 0.",
    )
