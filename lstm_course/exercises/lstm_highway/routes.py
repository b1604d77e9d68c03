"""Exercise of chapter 14 on paper: routes counted."""

from __future__ import annotations

from math import comb

from lstm_course.checker import Number, Slip
from lstm_course.gradient_flow import route_count

COUNT_STEPS, COUNT_EXCURSIONS, COUNT_CELLS = 5, 2, 3


def _routes(count=None, landings=COUNT_EXCURSIONS - 1, kept=COUNT_STEPS - COUNT_EXCURSIONS):
    routes = route_count(COUNT_STEPS, COUNT_EXCURSIONS) if count is None else count
    return routes, routes * COUNT_CELLS**landings, kept


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
            "B or E in every pair",
            "12 counts each pair twice: as B and E, or in both orders. The order is that of time; and only where the two "
            "steps follow one another may the first be a B or an E.",
            lambda: _routes(2 * comb(COUNT_STEPS - 1, COUNT_EXCURSIONS)),
        ),
        Slip(
            "two steps of five",
            "You chose the two steps among all five. An excursion in the first would start at h_0, which is held; and where "
            "two follow one another, the first may be a B or an E.",
            lambda: _routes(comb(COUNT_STEPS, COUNT_EXCURSIONS)),
        ),
        Slip(
            "neighbours only",
            "You counted the pairs that follow one another, or those that do not; there are three of either, and each of the first "
            "makes two routes.",
            lambda: _routes(COUNT_STEPS - 2),
        ),
        Slip(
            "only the other cells",
            "Between the excursions you let a path be on the other two cells. It may be on its own as well: an excursion is a "
            "full matrix.",
            lambda: (_routes()[0], _routes()[0] * (COUNT_CELLS - 1), _routes()[2]),
        ),
        Slip(
            "a cell in every step",
            "You let a path change its cell in every step. D is diagonal: on the highway it stays on its cell.",
            lambda: (_routes()[0], _routes()[0] * COUNT_CELLS ** (COUNT_STEPS - 1), _routes()[2]),
        ),
        Slip(
            "cells added",
            "You added the cells to the routes. Each route can be followed over any cell in between: that multiplies.",
            lambda: (_routes()[0], _routes()[0] + COUNT_CELLS, _routes()[2]),
        ),
        Slip(
            "one factor D too many",
            "Two excursions take two steps from the five. You took one.",
            lambda: _routes(kept=COUNT_STEPS - 1),
        ),
        Slip(
            "factors of the excursions",
            "Two is the number of excursions. A factor D stands in each of the other steps.",
            lambda: _routes(kept=COUNT_EXCURSIONS),
        ),
        Slip(
            "first step without a D",
            "You took a D from the first step as well. It is a D in every route, since h_0 is held.",
            lambda: (*_routes()[:2], 2 - 1),
        ),
        Slip(
            "every landing free",
            "Each excursion may land on any cell, but the last one has to land on the cell that is given.",
            lambda: _routes(landings=COUNT_EXCURSIONS),
        ),
        Slip(
            "cells forgotten",
            "Between the two excursions a path may be on any of the three cells.",
            lambda: _routes(landings=0),
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
