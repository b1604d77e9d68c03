"""Exercises of chapter 14 on paper: routes counted; and a prediction."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.gradient_flow import HighwaySplit, lstm_highway_split, route_count
from lstm_course.lstm import init_lstm, lstm_forward

# --- how many routes --------------------------------------------------------------------------------

COUNT_STEPS, COUNT_EXCURSIONS, COUNT_CELLS = 5, 2, 3


def _routes(count=None, landings=COUNT_EXCURSIONS - 1, kept=COUNT_STEPS - COUNT_EXCURSIONS, paths=None):
    routes = route_count(COUNT_STEPS, COUNT_EXCURSIONS) if count is None else count
    return routes, routes * COUNT_CELLS**landings if paths is None else paths, kept


ROUTES_BY_HAND = Number(
    label="routes-by-hand",
    level="warm-up",
    prompt=(
        "From c_0 to c_5, with h_0 held: how many routes make two excursions? In a network of three cells, how many "
        "paths do they make from one given cell to another given cell? And how many factors D has each?"
    ),
    names=("routes", "paths", "factors_D"),
    answer=_routes,
    rtol=0.001,
    slips=(
        Slip(
            "places only",
            "You chose the two steps and stopped. Where they follow one another, the first may be a B or an E.",
            lambda: _routes(comb(COUNT_STEPS - 1, COUNT_EXCURSIONS)),
        ),
        Slip(
            "B or E everywhere",
            "You let every excursion be a B or an E. After an E the route is at h, and the next step is an excursion "
            "again; it cannot end there, nor go on with a D.",
            lambda: _routes(comb(COUNT_STEPS - 1, COUNT_EXCURSIONS) * 2**COUNT_EXCURSIONS),
        ),
        Slip(
            "excursion in the first step",
            "You allow an excursion in the first step. It would start at h_0, which is held.",
            lambda: _routes(route_count(COUNT_STEPS + 1, COUNT_EXCURSIONS)),
        ),
        Slip(
            "every landing free",
            "You have a factor 3 too many. The first cell is given, and so is the one on which the last excursion lands.",
            lambda: _routes(landings=COUNT_EXCURSIONS),
        ),
        Slip(
            "cells forgotten",
            "Between the two excursions a path may be on any of the three cells.",
            lambda: _routes(landings=0),
        ),
        Slip(
            "two for every pair",
            "You counted each pair of steps twice. Only where the two follow one another may the first be a B or an E.",
            lambda: _routes(2 * comb(COUNT_STEPS - 1, COUNT_EXCURSIONS)),
        ),
        Slip(
            "pairs among all five steps",
            "You chose two of five steps. In the first step there is no excursion: it would start at h_0, which is held.",
            lambda: _routes(comb(COUNT_STEPS, COUNT_EXCURSIONS)),
        ),
        Slip(
            "neighbours only",
            "You counted pairs that follow one another, or E routes, alone. Two excursions may lie apart, too.",
            lambda: _routes(COUNT_STEPS - 2),
        ),
        Slip(
            "choices for one route",
            "Those are the paths of a single route. Every route has as many.",
            lambda: _routes(paths=COUNT_CELLS ** (COUNT_EXCURSIONS - 1)),
        ),
        Slip(
            "cells added",
            "You added the choices of a cell to the routes. Each route has all of these choices, so they multiply.",
            lambda: _routes(paths=_routes()[0] + COUNT_CELLS),
        ),
        Slip(
            "another cell at the landing",
            "You let an excursion land on one of the two other cells. A full matrix also leads back to the same cell.",
            lambda: _routes(paths=_routes()[0] * (COUNT_CELLS - 1)),
        ),
        Slip(
            "any cell after every step",
            "You let a path change its cell at every step. D is diagonal, so only B and E lead to another cell.",
            lambda: _routes(landings=COUNT_STEPS - 1),
        ),
        Slip(
            "excursions counted",
            "Two is the number of excursions; the other steps have a D. The first one, too.",
            lambda: _routes(kept=COUNT_EXCURSIONS),
        ),
        Slip(
            "one factor D too many",
            "A route has a letter a step: of the five, two are a B or an E. How many are left?",
            lambda: _routes(kept=COUNT_STEPS - 1),
        ),
        Slip(
            "a factor D in every step",
            "A step that is entered at h has no factor D: it has a B or an E in its place.",
            lambda: _routes(kept=COUNT_STEPS),
        ),
    ),
    why="Six ways to place two excursions among the steps 2 to 5; in three of them they follow one another, and the first "
    "may be a B or an E. Each route has a factor D for each of its other three steps.",
    hints=(
        "The first step is a D. Which pairs of steps are left for the excursions? Write them down.",
        "In which pairs do the two steps follow one another? There the first may be a B or an E, since both lead to a "
        "place from which the next excursion can start.",
        "For the paths: an excursion is a full matrix, so it may land on any cell; where must the last one land?",
    ),
)

# --- closed input gates -----------------------------------------------------------------------------


def closed_input_gates(bias: float, seed: int = 0, lag: int = 50) -> HighwaySplit:
    """The split of an untrained LSTM, forget bias 1, whose input gates have this bias."""
    rng = np.random.default_rng(seed)
    params = init_lstm(8, 32, rng, forget_bias=1.0)
    shut = params.bias.copy()
    shut[:32] = bias
    params = replace(params, bias=shut)
    return lstm_highway_split(params, lstm_forward(params, rng.standard_normal((lag, 1, 8)))[2], 0, lag)


CLOSED_INPUT_GATES = Choice(
    label="closed-input-gates",
    kind="predict",
    prompt=(
        "The untrained LSTM of the chapter, forget bias 1, lag 50, states that start at zero: we set the bias of its input "
        "gates to -10. What becomes of the gradient from c_0 to c_50, and why?"
    ),
    options={
        "a": "Highway and total both shrink by orders of magnitude.",
        "b": "The total shrinks to about the highway, which stays about what it was.",
        "c": "The total stays about what it was, and so does the highway.",
        "d": "The total grows, since nothing new disturbs the old content.",
    },
    reasons={
        "1": "Every way back from h to the cell has as a factor the input gate or what it has let in.",
        "2": "The input gate multiplies the candidate, and the highway does not pass it.",
        "3": "A path through the input gate has the slope of a sigmoid, at most a quarter.",
        "4": "With small states all gates stand at the same value.",
    },
    right=("b", "1"),
    replies={
        "a": "What is the highway made of? The input gate is not among its factors.",
        "c": "At this lag nearly all of the total comes by the other routes. Look at the three terms of B: where is i in "
        "each of them, seen or hidden?",
        "d": "Less content may be good for the memory, but no factor of the gradient grows by it. What happens to B?",
        "2": "True, and it explains why the highway stays. It does not say what becomes of the other routes, which also "
        "come in through the forget gate.",
        "3": "The slope of this gate is tiny now, but most of the total came by the candidate. What stands before its slope?",
        "4": "That is so, but gates that stand at some value still let a path through. Which factor shuts it?",
    },
    why="In B the candidate's term has i, the input gate's i(1 - i), and the forget gate's c_{t-1}, which is what i has let "
    "in. With i near zero all three are, and the highway is left. And E? Its tanh(c_t) is small as well, and it leads "
    "to h alone. Chrono initialisation sets the input bias to minus the forget bias: it, too, starts with few excursions.",
    hints=(
        "Which of D, A, B and E have the input gate as a factor?",
        "The cell started at zero. If nothing is let in, what is c_{t-1} in the term of the forget gate, and what is "
        "tanh(c_t) in E?",
    ),
)

EXERCISES = (ROUTES_BY_HAND, CLOSED_INPUT_GATES)
