"""Exercise of chapter 14 on paper: three steps of one cell, route by route."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Number, Slip

D1, D2, D3, A1, A2, B2, B3, E2 = 0.5, 0.8, 0.5, 0.4, 0.5, 0.5, 1.0, 0.5


def _three_steps(highway=D3 * D2 * D1, *, plus=0.0, **changed):
    """Highway, parts with one and two excursions, and the total; with other values of routes, or of what is added."""
    routes = {
        "ddb": B3 * A2 * D2 * D1,
        "dbd": D3 * B2 * A1 * D1,
        "dbb": B3 * A2 * B2 * A1 * D1,
        "deb": B3 * E2 * A1 * D1,
    } | changed
    one, two = routes["ddb"] + routes["dbd"], routes["dbb"] + routes["deb"]
    return highway, one, two, highway + one + two + plus


_ROUTE = _three_steps()
THREE_STEPS = Number(
    label="three-steps",
    prompt=(
        "One cell, three steps, h_0 held: D = 0.5, 0.8, 0.5 in the three steps, A_1 = 0.4, A_2 = 0.5, B_2 = 0.5, B_3 = 1, "
        "E_2 = 0.5. What do the highway, the routes with one excursion, those with two, and all together bring?"
    ),
    names=("highway", "one", "two", "total"),
    answer=_three_steps,
    slips=(
        Slip(
            "way from h to h forgotten",
            "A route may also stay at the hidden state for a step, through the output gate: D, E, B.",
            lambda: _three_steps(deb=0.0),
        ),
        Slip(
            "two B forgotten",
            "With 0.1 for two you have D, E, B alone, and D, B, B is missing; or you went down by A_2 after the E, where the "
            "route is at the hidden state already.",
            lambda: _three_steps(dbb=0.0),
        ),
        Slip(
            "route by E among those with one excursion",
            "You counted D, E, B as one excursion. A step that is entered at h counts, so E is one and B is another.",
            lambda: (D3 * D2 * D1, 0.25 + 0.1, 0.05, 0.6),
        ),
        Slip(
            "only the excursion in the last step",
            "With 0.2 for one you have D, D, B alone, and D, B, D is missing; or B_2 and B_3 have changed places.",
            lambda: _three_steps(dbd=0.0),
        ),
        Slip(
            "only the excursion in the second step",
            "With one excursion there are two routes: it may be made in the second step or in the third.",
            lambda: _three_steps(ddb=0.0),
        ),
        Slip(
            "a factor f beside the excursion",
            "You kept the factor D of the steps in which an excursion is made. B or E stands in its place.",
            lambda: _three_steps(
                ddb=D3 * B3 * A2 * D2 * D1,
                dbd=D3 * D2 * B2 * A1 * D1,
                dbb=D3 * B3 * A2 * D2 * B2 * A1 * D1,
                deb=D3 * B3 * E2 * D2 * A1 * D1,
            ),
        ),
        Slip(
            "way down left out",
            "Your routes get to the hidden state for nothing. Before an excursion that follows a D or a B a route goes "
            "down by A, the A of the step before.",
            lambda: _three_steps(ddb=B3 * D2 * D1, dbd=D3 * B2 * D1, dbb=B3 * B2 * D1, deb=B3 * E2 * D1),
        ),
        Slip(
            "way down before E forgotten",
            "In D, E, B the route begins at the cell state and must go down by A_1 before the E.",
            lambda: _three_steps(deb=B3 * E2 * D1),
        ),
        Slip(
            "way down between two B forgotten",
            "In D, B, B the route comes back to the cell state in step 2, and goes down by A_2 before the last B.",
            lambda: _three_steps(dbb=B3 * B2 * A1 * D1),
        ),
        Slip(
            "way down before the first of two B forgotten",
            "In D, B, B the A_1 is missing: before the B of step 2 the route goes down.",
            lambda: _three_steps(dbb=B3 * A2 * B2 * D1),
        ),
        Slip(
            "way down left out before step 3",
            "In D, D, B the A_2 is missing: before the B of step 3 the route goes down.",
            lambda: _three_steps(ddb=B3 * D2 * D1),
        ),
        Slip(
            "way down left out before step 2",
            "In D, B, D the A_1 is missing: before the B of step 2 the route goes down.",
            lambda: _three_steps(dbd=D3 * B2 * D1),
        ),
        Slip(
            "a step of a route with one excursion left out",
            "One of your routes with one excursion has a step too few, D_2 in D, D, B or D_3 in D, B, D. A route has a "
            "letter for each of the three steps.",
            lambda: _three_steps(ddb=B3 * A2 * D1),
        ),
        Slip(
            "both routes a step too short",
            "Both of your routes with one excursion have a D too few. A route has a letter for each of the three steps.",
            lambda: _three_steps(ddb=B3 * A2 * D1, dbd=B2 * A1 * D1),
        ),
        Slip(
            "first step left out",
            "D_1 is missing: every route begins with the D of step 1.",
            lambda: tuple(part / D1 for part in _three_steps()),
        ),
        Slip(
            "first step left out of the routes",
            "Your routes with excursions begin in step 2. Step 1 has its D in them, too.",
            lambda: _three_steps(ddb=B3 * A2 * D2, dbd=D3 * B2 * A1, dbb=B3 * A2 * B2 * A1, deb=B3 * E2 * A1),
        ),
        Slip(
            "A of the wrong step",
            "A_1 and A_2 have changed places. Before an excursion in step t stands the A of step t − 1.",
            lambda: _three_steps(ddb=B3 * A1 * D2 * D1, dbd=D3 * B2 * A2 * D1, deb=B3 * E2 * A2 * D1),
        ),
        Slip(
            "routes without D",
            "Your routes have their excursions alone. In each of them step 1, and every other step without an excursion, "
            "has its D.",
            lambda: _three_steps(ddb=B3 * A2, dbd=B2 * A1, dbb=B3 * A2 * B2 * A1, deb=B3 * E2 * A1),
        ),
        Slip(
            "highway as a sum",
            "You added the D. A movement of the cell is multiplied by one after another.",
            lambda: _three_steps(D1 + D2 + D3),
        ),
        Slip(
            "highway as a mean",
            "That is the mean of the D. The highway is their product.",
            lambda: _three_steps((D1 + D2 + D3) / 3),
        ),
        Slip(
            "highway a step too short",
            "Your highway has two factors, 0.8 and 0.5. From c_0 to c_3 there are three steps.",
            lambda: _three_steps(D1 * D2),
        ),
        Slip(
            "highway a step too short, without 0.8",
            "Your highway has two factors, 0.5 and 0.5. The D of step 2 belongs to it as well.",
            lambda: _three_steps(D1 * D3),
        ),
        Slip(
            "highway left out of the total",
            "Your total has the excursions alone. The highway is one of the routes.",
            lambda: _three_steps(plus=-D3 * D2 * D1),
        ),
        Slip(
            "highway counted twice",
            "Your total is 0.2 too large: that is the highway, counted twice.",
            lambda: _three_steps(plus=D3 * D2 * D1),
        ),
        Slip(
            "two excursions left out of the total",
            "Your total leaves out the routes with two excursions.",
            lambda: _three_steps(plus=-_ROUTE[2]),
        ),
        Slip(
            "one excursion left out of the total",
            "Your total leaves out the routes with one excursion.",
            lambda: _three_steps(plus=-_ROUTE[1]),
        ),
        Slip(
            "product of the parts",
            "The parts are right and you multiplied them. Routes add.",
            lambda: (*_three_steps()[:3], float(np.prod(_three_steps()[:3]))),
        ),
        Slip(
            "product inside one part",
            "You multiplied the routes of a part. Routes add.",
            lambda: (0.2, 0.2 * 0.05, 0.05 * 0.1, 0.2 + 0.2 * 0.05 + 0.05 * 0.1),
        ),
    ),
    why="Five routes: DDD; DDB and DBD; DBB and DEB.",
    hints=(
        "Write down the five routes, a letter a step. The first letter is D and the last is D or B.",
        "Between a D or a B and the excursion after it stands the A of the earlier step. After an E there is none.",
    ),
)

EXERCISES = (THREE_STEPS,)
