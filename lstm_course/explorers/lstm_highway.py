"""The explorers of the chapter on the cell-state highway; the mathematics is in the package."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import plot_excursions, plot_roads, plot_split, scientific
from lstm_course.gradient_flow import (
    keep_doors,
    lstm_excursions,
    lstm_highway_split,
    lstm_route,
    route_count,
)
from lstm_course.lstm import init_lstm, lstm_forward

CELLS, INPUTS, SEED, STEPS = 32, 8, 0, 50


@cache
def _rollout(forget_bias, scale=1.0):
    """The network of the page, which draws its inputs after its weights."""
    rng = np.random.default_rng(SEED)
    params = init_lstm(INPUTS, CELLS, rng, forget_bias=forget_bias)
    params = replace(params, weight_hh=scale * params.weight_hh)
    return params, lstm_forward(params, rng.standard_normal((STEPS, 1, INPUTS)))[2]


@cache
def _parts(forget_bias, scale=1.0, doors="ifgo"):
    """Size of the total, and of the parts by the number of excursions, through some of the doors."""
    params, cache_ = _rollout(forget_bias, scale)
    parts = lstm_excursions(keep_doors(params, doors), cache_, 0, STEPS)
    return float(np.linalg.norm(parts.sum(axis=0))), np.linalg.norm(parts, axis=(1, 2))


def route_with(m: int, where: str, steps: int = STEPS) -> str:
    """A route of so many steps with m excursions, spread over them or all in a row."""
    if where == "in a row":
        first = (steps - m) // 2 + 1
        row = "E" * (m - 1) + "B" if m else ""
        return "D" * first + row + "D" * (steps - first - m)
    leaves = {round(j * steps / (m + 1)) for j in range(1, m + 1)}
    return "".join("B" if t in leaves else "D" for t in range(steps))


def roads() -> Explorer:
    """The map: one route drawn, how many there are of its kind, and what they bring."""

    @cache
    def sizes(m, forget_bias, where):
        params, cache_ = _rollout(forget_bias)
        one = np.linalg.norm(lstm_route(params, cache_, route_with(m, where)))
        total, parts = _parts(forget_bias)
        return float(one), float(parts[m]), float(parts[0]), total

    def draw(m, forget_bias, where):
        one, kind, highway, total = sizes(m, forget_bias, where)
        rows = {"the route drawn": one, f"all with m = {m}": kind, "the highway": highway}
        return plot_roads(route_with(m, where), rows | {"all routes together": total}).figure

    def say(m, forget_bias, where):
        one, kind, highway, total = map(scientific, sizes(m, forget_bias, where))
        if m == 0:
            return (
                f"No excursion: a single route, the highway. It brings {highway}; all routes bring {total}."
            )
        return (
            f"{m} excursion{'s' * (m > 1)}: {route_count(STEPS, m):,} routes. The one drawn brings {one}, all "
            f"of this kind together {kind}; the highway brings {highway}, and all routes {total}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Above, a map: a line for the cell state over fifty steps and one below it for the hidden state. A "
        "route runs along the upper line in blue and dips to the lower one in orange. Below, on a logarithmic "
        "scale, what this route brings, all routes with as many excursions, the highway, and all routes together.",
        values={"m": (0, *range(3, 11), 12), "forget_bias": (0, 1, 3), "where": ("spread", "in a row")},
        start={"m": 7, "forget_bias": 1, "where": "spread"},
        labels={"m": "excursions m", "forget_bias": "forget bias", "where": "excursions"},
        caption="An untrained LSTM of 32 cells, 50 steps. Blue: the route stays on the cell state, and is multiplied by "
        "a forget gate. Orange: an excursion, down to the hidden state and back through a door. The scale is "
        "logarithmic; a triangle on its left edge means less.",
    )  # fmt: skip


def split() -> Explorer:
    """Forget bias, weight scale and lag: what the highway carries, and what all other routes carry."""
    lags = (2, 3, 5, 7, 10, 15, 20, 30, 40, 50)  # at lag 1 there is the highway alone

    @cache
    def splits(forget_bias, scale):
        params, cache_ = _rollout(forget_bias, scale)
        return [lstm_highway_split(params, cache_, 0, lag) for lag in lags]

    def draw(forget_bias, scale, lag):
        parts = splits(forget_bias, scale)
        norms = [[np.linalg.norm(part[j]) for part in parts] for j in range(3)]
        return plot_split(lags, norms, lag).figure

    def say(forget_bias, scale, lag):
        parts = splits(forget_bias, scale)[lags.index(lag)]
        total, highway, rest = (scientific(float(np.linalg.norm(part))) for part in parts)
        return (
            f"Lag {lag}: highway {highway}, all other routes {rest}, total {total}. "
            f"Share of the highway in the total: {share_text(parts.share)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norms of the Jacobian from the first cell state to a later one, of its highway part and of "
        "all other routes, against the number of steps between them, on a logarithmic axis.",
        values={"forget_bias": (0, 1, 3), "scale": (0.0625, 0.125, 0.25, 0.5, 1), "lag": (5, 10, 50)},
        start={"forget_bias": 1, "scale": 1, "lag": 10},
        labels={"forget_bias": "forget bias", "scale": "recurrent weights ×"},
        caption="The network of the map. The vertical line marks the lag. A triangle on the edge: the line goes on below it.",
    )  # fmt: skip


def share_text(share: float) -> str:
    """A share in per cent, as the reader sees it."""
    percent = 100 * share
    return f"{percent:.0f} %".replace("-", "−") if abs(percent) >= 1 else "less than 1 % in size"


def doors() -> Explorer:
    """How often a route leaves the cell state, and through which doors it comes back."""
    kept = {"all four": "ifgo", "candidate": "g", "three gates": "ifo"}

    def draw(through, forget_bias, scale):
        shown = dict.fromkeys(("all four", through))  # what is left is compared with all of it
        return plot_excursions({name: _parts(forget_bias, scale, kept[name])[1] for name in shown}).figure

    def say(through, forget_bias, scale):
        total, values = _parts(forget_bias, scale, kept[through])
        top = int(np.argmax(values))
        size, highway = scientific(values[top]), scientific(values[0])
        largest = f"has {top} excursion{'s' * (top > 1)}, {size}; the highway alone has {highway}"
        return (
            f"Through {'the ' * (through != 'all four')}{through}: the largest part "
            f"{largest if top else f'is the highway, {highway}'}; all parts together have {scientific(total)}."
        )

    return Explorer(
        draw,
        say=say,
        alt="Norm of the part of the gradient with m excursions, against m, on a logarithmic axis, for a lag of "
        "50 steps, with a dot at m = 0, the highway, and a ring on the largest part. Where doors are shut, a second "
        "line beside that of all four.",
        values={  # the doors last: frames that share a line stand together, and the page is lighter
            "forget_bias": (0, 1, 3),
            "scale": (0.5, 1, 2, 4),
            "through": tuple(kept),
        },
        start={"through": "all four", "forget_bias": 1, "scale": 1},
        labels={"through": "doors", "forget_bias": "forget bias", "scale": "recurrent weights ×"},
        caption="The network of the map. The dot is the highway, the ring marks the largest part of a line. Parts that are "
        "exactly zero are not drawn; a triangle on the lower edge means less than the axis shows.",
    )
