"""The explorers of the chapter on backpropagation through time; the mathematics is in the package."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_by_lag, plot_unrolled, plot_window, scientific
from lstm_course.gradient_flow import backward_by_steps, forward_by_steps, lag_jacobians, terms_by_lag
from lstm_course.initializers import normal, orthogonal
from lstm_course.rnn import RNNParams

HAND_X, HAND_W_Y, HAND_TARGET = (1.0, 2.0, 1.0), 3.0, (11.0, 19.0, 14.0)
LAGS = 60


def number(value: float) -> str:
    """A number as a reader of the worked example writes it: ``−0.75``."""
    return f"{value + 0.0:.4g}".replace("-", "−")  # no negative zero


def three_steps() -> Explorer:
    """The worked example: three steps, all numbers, and the two derivatives by w_hh."""

    def run(w_hh, h0, losses):
        params = RNNParams(np.array([[2.0]]), np.array([[w_hh]]), np.zeros(1))
        x = np.reshape(HAND_X, (3, 1, 1))
        h, steps = forward_by_steps(params, x, [[h0]], activation="identity")
        error = HAND_W_Y * h.ravel() - HAND_TARGET
        if losses == "only L₃":
            error[:2] = 0
        dh = HAND_W_Y * error
        dx, _, gradient = backward_by_steps(params, steps, dh.reshape(3, 1, 1))
        deltas = dx.ravel() / 2
        before = np.array([h0, *h.ravel()])
        immediate = float(dh @ before[:-1])
        return before, 0.5 * error**2, deltas, w_hh * deltas, gradient.weight_hh.item(), immediate

    def draw(w_hh, h0, losses):
        h, loss, deltas, back, _, _ = run(w_hh, h0, losses)
        written = [number(value) for value in loss]
        return plot_unrolled(
            [number(value) for value in h],
            [number(value) for value in HAND_X],
            ["–", "–", written[2]] if losses == "only L₃" else written,
            [number(value) for value in back],
            [
                f"{number(d)} × {number(before)} = {number(d * before)}"
                for d, before in zip(deltas, h[:-1], strict=True)
            ],
        ).figure

    def say(w_hh, h0, losses):
        h, _, deltas, _, total, immediate = run(w_hh, h0, losses)
        shares = [number(d * before) for d, before in zip(deltas, h[:-1], strict=True)]
        return (
            f"w_hh = {number(w_hh)}: steps 1, 2 and 3 contribute {shares[0]}, {shares[1]} and {shares[2]}, so "
            f"∂L/∂w_hh = {number(total)}. With the earlier states held fixed one would get {number(immediate)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Three steps of a network with one hidden unit. Circles hold the states, boxes the inputs and losses. "
        "Orange numbers between the states are what comes back from each step; under each step stands its delta "
        "times the state before it, its share of the derivative by w_hh.",
        values={
            "w_hh": (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5),
            "h0": (0.0, 4.0),
            "losses": ("only L₃", "all three"),
        },
        start={"w_hh": 0.5, "h0": 4.0, "losses": "only L₃"},
        labels={"w_hh": "weight w_hh", "h0": "initial state h₀", "losses": "the loss is"},
        caption="In orange what comes back. Below, delta times the state before: each step's share of "
        "∂L/∂w_hh.",
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
            "diagonal": radius * np.eye(32),
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
        bounds = {"‖W‖₂ᵏ, the bound": size ** lags.astype(float), "ρᵏ": radius ** lags.astype(float)}
        return plot_by_lag(
            lags, {"measured": norms}, ceiling=12, ylabel="norm of ∂h_T/∂h_T₋ₖ", references=bounds,
            legend="lower left",
        ).figure  # fmt: skip

    def say(radius, kind, activation):
        norms, size = run(radius, kind, activation)
        last = norms[-1]
        verdict = "vanishes" if last < 1e-2 else "explodes" if last > 1e2 else "survives"
        top = norms.max()
        detour = f" On the way it rises to {scientific(top)}." if top > 3 * max(last, 1) else ""
        return (
            f"{kind}, {activation}: ρ = {radius:g}, ‖W‖₂ = {size:.2f}. Over {LAGS} steps the influence {verdict}: "
            f"norm {scientific(last)}.{detour}"
        )

    return Explorer(
        draw,
        say=say,
        alt="Norm of the Jacobian of the last state by an earlier one against the lag, on a logarithmic axis, beside "
        "two thin lines: the power of the spectral radius, and the power of the largest singular value, which "
        "the measured line never exceeds.",
        values={
            "radius": (0.8, 0.9, 1.0, 1.2, 1.5),
            "kind": ("diagonal", "orthogonal", "random", "one-way"),
            "activation": ("identity", "tanh", "relu"),
        },
        start={"radius": 0.9, "kind": "orthogonal", "activation": "identity"},
        labels={"radius": "spectral radius ρ", "kind": "matrix W_hh", "activation": "activation f"},
        caption="Random inputs of one strength. One-way: ρ on the diagonal and 1 beside it, so that units pass "
        "their state on in one direction.",
    )


def terms() -> Explorer:
    """Weight scale and window: which terms the gradient by W_hh is made of, and what a truncation loses."""

    @cache
    def run(scale):
        rng = np.random.default_rng(0)
        w_ih, w_hh = normal((32, 4), rng, std=0.5), normal((32, 32), rng, std=scale / np.sqrt(32))
        params = RNNParams(w_ih, w_hh, np.zeros(32))
        dh = np.zeros((LAGS, 1, 32))
        dh[-1] = normal((1, 32), rng, std=1 / np.sqrt(32))
        x, h0 = rng.standard_normal((LAGS, 1, 4)), rng.uniform(-1, 1, (1, 32))
        _, steps = forward_by_steps(params, x, h0)
        found = terms_by_lag(params, steps, dh)
        sums = np.cumsum(found, axis=0)
        lost = np.linalg.norm(sums - sums[-1], axis=(1, 2)) / np.linalg.norm(sums[-1])
        return np.linalg.norm(found, axis=(1, 2)), float(np.linalg.norm(sums[-1])), lost

    def draw(scale, window):
        norms, total, _ = run(scale)
        return plot_window(norms, total, window).figure

    def say(scale, window):
        norms, total, lost = run(scale)
        near = f"{total / norms[0]:.2f}" if total < 100 * norms[0] else scientific(total / norms[0])
        start = f"Weight scale {scale:g}, {LAGS} steps: the whole gradient is {near} times its nearest term. "
        if window >= LAGS:
            return start + f"With {window} lags nothing is cut."
        off = lost[window - 1]
        written = "less than 0.1%" if off < 1e-3 else f"{off:.1%}" if off < 0.1 else f"{off:.0%}"
        return start + f"Keep {window} lag{'s' * (window > 1)} and the gradient is off by {written}."

    return Explorer(
        draw,
        say=say,
        alt="Norms of the terms of the gradient by the recurrent weights against their lag, on a logarithmic axis, "
        "with the norm of their sum as a dashed line. For small weights the terms fall steeply, for large ones they "
        "rise. A shaded band marks the lags that a truncation keeps.",
        values={
            "scale": (0.3, 0.58, 1.0, 1.2, 2.0, 3.0),
            "window": (1, 2, 3, 5, 6, 10, 15, 20, 30, 60),
        },
        start={"scale": 0.58, "window": 5},
        labels={"scale": "weight scale s", "window": "lags kept"},
        caption="A tanh network of 32 units, weights from N(0, s²/32), a loss at the last step only.",
    )
