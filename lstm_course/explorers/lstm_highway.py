"""The explorers of the chapter on the cell-state highway; the mathematics is in the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_excursions, plot_reach, plot_split, scientific
from lstm_course.gradient_flow import gradient_by_lag, lstm_excursions, lstm_highway_split
from lstm_course.gru import gru_forward, init_gru
from lstm_course.initializers import identity
from lstm_course.lstm import init_lstm, lstm_forward
from lstm_course.rnn import init_rnn, rnn_forward

WIDTH, INPUTS, SEED = 16, 8, 0


@cache
def _rollout(forget_bias, scale, steps):
    params = init_lstm(INPUTS, WIDTH, np.random.default_rng(SEED), forget_bias=forget_bias)
    params = replace(params, weight_hh=scale * params.weight_hh)
    x = np.random.default_rng(SEED + 1).standard_normal((steps, 1, INPUTS))
    return params, lstm_forward(params, x)[2]


@cache
def _splits(forget_bias, scale, lags):
    params, cache_ = _rollout(forget_bias, scale, lags[-1])
    return [lstm_highway_split(params, cache_, 0, lag) for lag in lags]


def split() -> Explorer:
    """Forget bias, weight scale and lag: what the highway carries, and what all other paths carry."""
    lags = (2, 3, 5, 7, 10, 15, 20, 30, 40, 60)  # at lag 1 there is the highway alone

    def draw(forget_bias, scale, lag):
        parts = _splits(forget_bias, scale, lags)
        norms = [[np.linalg.norm(part[k]) for part in parts] for k in range(3)]
        return plot_split(lags, norms, lag).figure

    def say(forget_bias, scale, lag):
        parts = _splits(forget_bias, scale, lags)[lags.index(lag)]
        total, highway, rest = (float(np.linalg.norm(part)) for part in parts)
        return (
            f"Lag {lag}: highway {scientific(highway)}, all other paths {scientific(rest)}, total "
            f"{scientific(total)}. Share of the highway in the total: {_share(parts.share)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norms of the Jacobian from the first cell state to a later one, of its highway part and of "
        "all other paths, against the number of steps between them, on a logarithmic axis.",
        values={"forget_bias": (0, 1, 3), "scale": (0.05, 0.1, 0.25, 1, 2), "lag": (5, 10, 20, 60)},
        start={"forget_bias": 1, "scale": 1, "lag": 20},
        labels={"forget_bias": "forget bias", "scale": "recurrent weights ×"},
    )  # fmt: skip


def _share(value) -> str:
    """A share in per cent, as the reader sees it."""
    percent = 100 * value
    return f"{percent:.0f} %".replace("-", "−") if abs(percent) >= 1 else "less than 1 %"


def excursions() -> Explorer:
    """How many times a path leaves the highway: the parts of the gradient by that number."""
    steps = 50

    @cache
    def norms(forget_bias, scale):
        params, cache_ = _rollout(forget_bias, scale, steps)
        return np.linalg.norm(lstm_excursions(params, cache_, 0, steps, most=20), axis=(1, 2))

    def say(forget_bias, scale):
        values = norms(forget_bias, scale)
        top = int(np.argmax(values))
        if not top:
            return f"The largest part is the highway itself, {scientific(values[0])}."
        return (
            f"The largest part has {top} excursions, {scientific(values[top])}; the highway alone has "
            f"{scientific(values[0])}. Such a path rides the highway for {steps - top} of its {steps} steps."
        )

    return Explorer(
        lambda **values: plot_excursions({"": norms(**values)}).figure,
        say=say,
        alt="Norm of the part of the gradient that leaves the cell state k times, against k, on a "
        "logarithmic axis, for a lag of 50 steps. The part at k = 0 is the highway.",
        values={"forget_bias": (-1, 0, 1, 2, 3, 5), "scale": (0.05, 0.1, 0.25, 0.5, 1, 2, 4)},
        start={"forget_bias": 1, "scale": 1},
        labels={"forget_bias": "forget bias", "scale": "recurrent weights ×"},
    )


def reach() -> Explorer:
    """How far back the gradient of four networks reaches, at one scale of the recurrent weights."""
    steps, batch = 100, 4

    @cache
    def norms(kind, scale, forget_bias=0.0):
        rng = np.random.default_rng(SEED)
        x = np.random.default_rng(SEED + 1).standard_normal((steps, batch, INPUTS))
        dh_T = np.random.default_rng(SEED + 2).standard_normal((batch, WIDTH))
        options = {"activation": "relu"} if kind == "IRNN" else {}
        params: Any
        forward: Callable
        if kind == "LSTM":
            params, forward = init_lstm(INPUTS, WIDTH, rng, forget_bias=forget_bias), lstm_forward
        elif kind == "GRU":
            params, forward = init_gru(INPUTS, WIDTH, rng), gru_forward
        else:
            params, forward = init_rnn(INPUTS, WIDTH, rng), rnn_forward
        weight_hh = identity((WIDTH, WIDTH)) if kind == "IRNN" else params.weight_hh
        params = replace(params, weight_hh=scale * weight_hh)
        _, _, cache_ = forward(params, x, **options)
        values = gradient_by_lag(params, cache_, dh_T)
        return values / values[0]

    def lines(scale, forget_bias):
        return {
            "RNN (tanh)": norms("RNN", scale),
            "LSTM": norms("LSTM", scale, forget_bias),
            "GRU": norms("GRU", scale),
            "IRNN": norms("IRNN", scale),
        }

    def say(scale, forget_bias):
        far = ", ".join(
            f"{name} {scientific(values[50])}" for name, values in lines(scale, forget_bias).items()
        )
        return f"Of the gradient at lag 0, this much reaches lag 50: {far}."

    return Explorer(
        lambda **values: plot_reach(lines(**values), every=3).figure,
        say=say,
        alt="Gradient of the last state by the input of each earlier step, for a plain recurrent network, an "
        "LSTM, a GRU and an IRNN, against the lag, on a logarithmic axis; each starts at 1.",
        values={"scale": (0.5, 0.9, 1, 1.1, 2, 3, 4, 6), "forget_bias": (-1, 0, 1, 2, 3, 5)},
        start={"scale": 1, "forget_bias": 1},
        labels={"scale": "recurrent weights ×", "forget_bias": "forget bias of the LSTM"},
    )
