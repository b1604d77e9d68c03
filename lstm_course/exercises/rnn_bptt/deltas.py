"""Exercise of chapter 10 on paper: the deltas of three steps."""

from __future__ import annotations

from lstm_course.checker import Number, Slip

STATES, READ, WEIGHT = (0.5, 0.6, -0.5, 0.8), (1.0, -2.0, 1.0), 2.0
SLOPES = tuple(1 - h**2 for h in STATES[1:])


def _deltas(
    *,
    slopes=SLOPES,
    read=READ,
    weight=WEIGHT,
    tails=STATES[:3],
    meet=lambda says, arrives, slope: (says + arrives) * slope,
):
    """delta_3, delta_2, delta_1 and dL/dw_hh, with other factors, or another rule for a delta, if given."""
    deltas, arrives = [], 0.0
    for slope, says in zip(slopes[::-1], read[::-1], strict=True):
        deltas.append(meet(says, arrives, slope))
        arrives = weight * deltas[-1]
    return *deltas, sum(d * h for d, h in zip(deltas[::-1], tails, strict=True))


def _forwards():
    """The same recursion, begun at the first step."""
    first, second, third, _ = _deltas(slopes=SLOPES[::-1], read=READ[::-1])
    return third, second, first, third * STATES[2] + second * STATES[1] + first * STATES[0]


def _step_three_again():
    """Step 3 sends something to step 1 directly, besides what comes through step 2."""
    third, second, _, _ = _deltas()
    first = (READ[0] + WEIGHT * second + WEIGHT**2 * third) * SLOPES[0]
    return third, second, first, third * STATES[2] + second * STATES[1] + first * STATES[0]


def _sum_of(combine):
    """The right deltas; and what `combine` makes of the three products of delta and state, last step first."""
    deltas = _deltas()[:3]
    return *deltas, combine(*(d * h for d, h in zip(deltas, STATES[2::-1], strict=True)))


THREE_DELTAS = Number(
    label="three-deltas",
    prompt=(
        "One tanh unit with w_hh = 2 ran through the states h_0 = 0.5, h_1 = 0.6, h_2 = -0.5, h_3 = 0.8. The losses "
        "say dL_1/dh_1 = 1, dL_2/dh_2 = -2, dL_3/dh_3 = 1. What are delta_3, delta_2, delta_1 and dL/dw_hh?"
    ),
    names=("delta_3", "delta_2", "delta_1", "dL_dw"),
    answer=_deltas,
    rtol=0.002,
    slips=(
        Slip(
            "slopes forgotten",
            "Those are the derivatives by the states. A delta is the derivative by the pre-activation: the slope of "
            "tanh at that step, 1 − h², lies between.",
            lambda: _deltas(slopes=(1.0, 1.0, 1.0)),
        ),
        Slip(
            "slope at the state before",
            "Your slopes are one step early. The slope of step t is taken where step t ended up, 1 − h_t².",
            lambda: _deltas(slopes=tuple(1 - h**2 for h in STATES[:3])),
        ),
        Slip(
            "slope of the sigmoid",
            "h(1 − h) is the slope of the sigmoid. This unit is a tanh.",
            lambda: _deltas(slopes=tuple(h * (1 - h) for h in STATES[1:])),
        ),
        Slip(
            "next step forgotten",
            "Each of your steps hears its own loss only. A second thing arrives at every state but the last.",
            lambda: _deltas(weight=0.0),
        ),
        Slip(
            "weight forgotten on the way back",
            "What comes back from step t + 1 has crossed an edge. What is its weight?",
            lambda: _deltas(weight=1.0),
        ),
        Slip(
            "slope on the loss only",
            "You multiply the loss's part by the slope, and what comes from the next step not. Both arrive at h_t, and "
            "both must pass the unit.",
            lambda: _deltas(meet=lambda says, arrives, slope: says * slope + arrives),
        ),
        Slip(
            "slope on what comes back only",
            "You multiply what comes back by the slope, and what the loss says not. Both arrive at h_t, and both must "
            "pass the unit. At step 3, too.",
            lambda: _deltas(meet=lambda says, arrives, slope: says + arrives * slope),
        ),
        Slip(
            "slope of step 3 forgotten",
            "Your delta_3 is the derivative by h_3. The last step has a tanh as well, with its slope; the others have "
            "theirs.",
            lambda: _deltas(slopes=(*SLOPES[:2], 1.0)),
        ),
        Slip(
            "square of a negative state",
            "You have 1.25 for a slope. (−0.5)² is positive, and the slope of tanh is never above 1.",
            lambda: _deltas(slopes=tuple(1 - h * abs(h) for h in STATES[1:])),
        ),
        Slip(
            "state in the slope not squared",
            "You took 1 − h for the slope. That of tanh is 1 − h².",
            lambda: _deltas(slopes=tuple(1 - h for h in STATES[1:])),
        ),
        Slip(
            "state for slope",
            "You multiplied by the state. The factor is the slope of tanh there, 1 − h².",
            lambda: _deltas(slopes=STATES[1:]),
        ),
        Slip(
            "square for slope",
            "You multiplied by h². The slope is what is missing to 1.",
            lambda: _deltas(slopes=tuple(h**2 for h in STATES[1:])),
        ),
        Slip(
            "divided by the slope",
            "You divided by the slope. A gradient passes a unit by being multiplied by it.",
            lambda: _deltas(slopes=tuple(1 / (1 - h**2) for h in STATES[1:])),
        ),
        Slip(
            "what comes back subtracted",
            "You took what comes back with a minus. Two things arrive at h_t, and arrivals add; each has its own sign "
            "already.",
            lambda: _deltas(weight=-WEIGHT),
        ),
        Slip(
            "divided by the weight",
            "You divided by w_hh on the way back. The state is multiplied by it on the way forth, and so is the "
            "gradient on the way back.",
            lambda: _deltas(weight=1 / WEIGHT),
        ),
        Slip(
            "arrivals multiplied",
            "You multiplied what the loss says by what comes back. Two arrivals at one state add.",
            lambda: _deltas(meet=lambda says, arrives, slope: says * (arrives or 1.0) * slope),
        ),
        Slip(
            "sign of L_2 lost",
            "L_2 says −2. You took it with a plus.",
            lambda: _deltas(read=tuple(map(abs, READ))),
        ),
        Slip(
            "forwards in time",
            "You began at step 1 and went forwards. What step t hears comes from step t + 1, so the last step is first.",
            _forwards,
        ),
        Slip(
            "step 3 counted twice",
            "In delta_1 you have a term from step 3 as well. What step 3 says reaches step 1 through step 2, and is in "
            "delta_2 already.",
            _step_three_again,
        ),
        Slip(
            "only the last loss",
            "You sent back L_3 alone. The loss is the sum of all three.",
            lambda: _deltas(read=(0.0, 0.0, 1.0)),
        ),
        Slip(
            "state after the step",
            "The deltas are right. But each is paired with the state that its step made; w_hh multiplied the state "
            "before.",
            lambda: _deltas(tails=STATES[1:]),
        ),
        Slip(
            "averaged over the steps",
            "The deltas are right, and then you took a mean. The uses of one weight add up.",
            lambda: (*_deltas()[:3], _deltas()[3] / 3),
        ),
        Slip(
            "sign of h_2 lost",
            "In the products h_2 is −0.5; you have it with a plus.",
            lambda: _sum_of(lambda third, second, first: abs(third) + second + first),
        ),
        Slip(
            "sizes added",
            "You added the sizes of the three products; they have signs.",
            lambda: _sum_of(lambda *products: sum(map(abs, products))),
        ),
        Slip(
            "step 1 left out",
            "dL_dw lacks delta_1 · h_0: step 1 uses w_hh, too, on the state it was given.",
            lambda: _sum_of(lambda third, second, first: third + second),
        ),
        Slip(
            "step 2 left out",
            "dL_dw lacks delta_2 · h_1: each of the three steps uses w_hh.",
            lambda: _sum_of(lambda third, second, first: third + first),
        ),
        Slip(
            "step 3 left out",
            "dL_dw lacks delta_3 · h_2: each of the three steps uses w_hh.",
            lambda: _sum_of(lambda third, second, first: second + first),
        ),
        Slip(
            "step 3 alone",
            "dL_dw is delta_3 · h_2 alone: three steps use w_hh.",
            lambda: _sum_of(lambda third, second, first: third),
        ),
        Slip(
            "step 1 alone",
            "dL_dw is delta_1 · h_0 alone: three steps use w_hh.",
            lambda: _sum_of(lambda third, second, first: first),
        ),
        Slip(
            "states forgotten",
            "You added the three deltas as they are. At each use w_hh multiplied a state.",
            lambda: (*_deltas()[:3], sum(_deltas()[:3])),
        ),
        Slip(
            "w_hh as one more factor",
            "The derivative of w h by w is h; you have w in it as well.",
            lambda: _sum_of(lambda *products: WEIGHT * sum(products)),
        ),
        Slip(
            "slope in the products again",
            "In dL_dw you multiplied by the slopes again; each delta holds its own already.",
            lambda: (
                *_deltas()[:3],
                sum(d * s * h for d, s, h in zip(_deltas()[2::-1], SLOPES, STATES, strict=False)),
            ),
        ),
    ),
    why="From the last step to the first: what the loss says, plus 2 times the later delta, times 1 − h². Then each "
    "delta times the state before its step.",
    hints=(
        "Begin at step 3, where nothing comes back. For tanh the slope in terms of the state is 1 − h².",
        "At step 2 two things arrive: what L_2 says, and w_hh times delta_3. Add them, then multiply by the slope.",
        "For the weight pair delta_t with h_{t−1} and add the three products.",
    ),
)
