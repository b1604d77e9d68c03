"""Exercises of chapter 14 on paper: routes counted, three steps multiplied out; and a prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.exercises.lstm_highway.routes import ROUTES_BY_HAND
from lstm_course.gradient_flow import HighwaySplit, lstm_highway_split
from lstm_course.lstm import init_lstm, lstm_forward

# --- one cell, three steps --------------------------------------------------------------------------

D1, D2, D3, A1, A2, B2, B3, E2 = 0.5, 0.8, 0.5, 0.4, 0.5, 0.5, 1.0, 0.5


def _three_steps(*, ddb=1.0, dbd=1.0, deb=1.0, f_too=False, shown=(A1, A2)):
    """Highway, parts with one and two excursions, and the total; routes may be left out."""
    f2, f3 = (D2, D3) if f_too else (1.0, 1.0)
    a1, a2 = shown
    highway = D3 * D2 * D1
    one = ddb * B3 * f3 * a2 * D2 * D1 + dbd * D3 * B2 * f2 * a1 * D1
    two = (B3 * f3 * a2 * B2 * f2 * a1 + deb * B3 * f3 * E2 * f2 * a1) * D1
    return highway, one, two, highway + one + two


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
            "only the excursion in the last step",
            "With one excursion there are two routes: it may be made in the third step or in the second.",
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
            lambda: _three_steps(f_too=True),
        ),
        Slip(
            "way down left out",
            "Your routes get to the hidden state for nothing. Before an excursion that follows a D or a B a route goes "
            "down by A, the A of the step before.",
            lambda: _three_steps(shown=(1.0, 1.0)),
        ),
        Slip(
            "first step left out",
            "Every route begins with D in step 1, and in yours it is missing.",
            lambda: tuple(part / D1 for part in _three_steps()),
        ),
        Slip(
            "ways down exchanged",
            "You exchanged A_1 and A_2. An excursion goes down by the A of the step before it.",
            lambda: _three_steps(shown=(A2, A1)),
        ),
        Slip(
            "the route of two excursions by way of the cell forgotten",
            "With two excursions you have 0.1. Two routes make them, DBB and DEB; and after an E no A stands, for the route is "
            "at h already.",
            lambda: (*_three_steps()[:2], 0.1, _three_steps()[3] - 0.05),
        ),
        Slip(
            "highway added up",
            "You added the three D. A route multiplies its factors.",
            lambda: (
                D1 + D2 + D3,
                *_three_steps()[1:3],
                _three_steps()[3] - _three_steps()[0] + D1 + D2 + D3,
            ),
        ),
        Slip(
            "highway without its last step",
            "The highway has a D in each of the three steps. You have two.",
            lambda: (D1 * D2, *_three_steps()[1:3], _three_steps()[3] - _three_steps()[0] + D1 * D2),
        ),
        Slip(
            "highway left out of the total",
            "The parts are right. All together is with the highway.",
            lambda: (*_three_steps()[:3], _three_steps()[3] - _three_steps()[0]),
        ),
        Slip(
            "one excursion left out of the total",
            "The parts are right. In the total the routes with one excursion are missing.",
            lambda: (*_three_steps()[:3], _three_steps()[3] - _three_steps()[1]),
        ),
        Slip(
            "two excursions left out of the total",
            "The parts are right. In the total the routes with two excursions are missing.",
            lambda: (*_three_steps()[:3], _three_steps()[3] - _three_steps()[2]),
        ),
        Slip(
            "mean of the parts",
            "The parts are right and you took their mean. Routes add.",
            lambda: (*_three_steps()[:3], _three_steps()[3] / 3),
        ),
        Slip(
            "product of the parts",
            "The parts are right and you multiplied them. Routes add.",
            lambda: (*_three_steps()[:3], float(np.prod(_three_steps()[:3]))),
        ),
    ),
    why="Five routes: DDD; DDB and DBD; DBB and DEB.",
    hints=(
        "Write down the five routes, a letter a step. The first letter is D and the last is D or B.",
        "Between a D or a B and the excursion after it stands the A of the earlier step. After an E there is none.",
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
    "in. With i near zero all three are, and the highway is left. Chrono initialisation sets the input bias to minus "
    "the forget bias: it, too, starts with few excursions.",
    hints=(
        "Which of D, A, B and E have the input gate as a factor?",
        "The cell started at zero. If nothing is let in, what is c_{t-1} in the term of the forget gate?",
    ),
)

EXERCISES = (ROUTES_BY_HAND, THREE_STEPS, CLOSED_INPUT_GATES)
