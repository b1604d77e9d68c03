"""Exercises of chapter 1 on paper: a delta, a gate, a weight used twice; and a prediction."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker import Choice, Number, Slip
from lstm_course.nodes import multiply_backward
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward

# --- the delta of a hidden unit ---------------------------------------------------------------------

ACTIVATION, TAIL = 0.8, 2.0
WEIGHTS_UP, DELTAS_UP = (2.0, -1.0, 4.0), (0.1, 0.3, 0.05)


def _delta(slope=ACTIVATION * (1 - ACTIVATION), arrives=None, tail=TAIL):
    """The unit's delta and the derivative by the weight below it, with other factors if given."""
    if arrives is None:
        arrives = sum(w * delta for w, delta in zip(WEIGHTS_UP, DELTAS_UP, strict=True))
    return arrives * slope, arrives * slope * tail


DELTA_BY_HAND = Number(
    label="delta-by-hand",
    level="warm-up",
    prompt=(
        "A sigmoid unit with activation h = 0.8 feeds three units through the weights 2, -1 and 4; their deltas are "
        "0.1, 0.3 and 0.05. What is its own delta, and what is the derivative by a weight that leads into it from an "
        "input x = 2?"
    ),
    names=("delta", "dL_dw"),
    answer=_delta,
    rtol=0.002,
    slips=(
        Slip(
            "what arrives, at the head",
            "You used ∂L/∂h at the head of the weight; take delta, which stands on the other side of the sigmoid.",
            lambda: (_delta()[0], _delta(slope=1.0)[1]),
        ),
        Slip(
            "slope forgotten in delta alone",
            "What you call delta is ∂L/∂h, what arrives. Between h and the pre-activation stands the sigmoid, with its "
            "slope; your dL_dw has it.",
            lambda: (_delta(slope=1.0)[0], _delta()[1]),
        ),
        Slip(
            "slope forgotten",
            "That is the derivative by h. Between h and the pre-activation stands the sigmoid, with its slope.",
            lambda: _delta(slope=1.0),
        ),
        Slip(
            "slope of tanh",
            "1 − h² is the slope of tanh. This unit is a sigmoid.",
            lambda: _delta(slope=1 - ACTIVATION**2),
        ),
        Slip(
            "activation for slope",
            "You multiplied by h. The factor is how fast the unit rises, h(1 − h), and not where it stands.",
            lambda: _delta(slope=ACTIVATION),
        ),
        Slip(
            "one factor of the slope",
            "You multiplied by 1 − h alone. The slope of the sigmoid has two factors, and h is the other.",
            lambda: _delta(slope=1 - ACTIVATION),
        ),
        Slip(
            "a plus in the slope",
            "You multiplied by h(1 + h). The slope of the sigmoid vanishes where the unit is full, at h = 1.",
            lambda: _delta(slope=ACTIVATION * (1 + ACTIVATION)),
        ),
        Slip(
            "slope with a square",
            "You multiplied by h(1 − h²), half sigmoid and half tanh. The sigmoid's slope has no square in it.",
            lambda: _delta(slope=ACTIVATION * (1 - ACTIVATION**2)),
        ),
        Slip(
            "slope added",
            "You added the slope. The chain rule multiplies what arrives by it.",
            lambda: tuple(
                factor * (_delta(slope=1.0)[0] + ACTIVATION * (1 - ACTIVATION)) for factor in (1, TAIL)
            ),
        ),
        Slip(
            "divided by the slope",
            "You divided by the slope. A gradient passes a function by being multiplied by its slope.",
            lambda: _delta(slope=1 / (ACTIVATION * (1 - ACTIVATION))),
        ),
        Slip(
            "slope twice",
            "The slope is in it twice. The path passes this unit once.",
            lambda: _delta(slope=(ACTIVATION * (1 - ACTIVATION)) ** 2),
        ),
        Slip(
            "largest slope",
            "You multiplied by ¼, the slope of the sigmoid at its middle. This unit stands at h = 0.8, where it is "
            "h(1 − h).",
            lambda: _delta(slope=0.25),
        ),
        Slip(
            "slope in the weight once more",
            "dL_dw has the slope once too often. It is in delta already.",
            lambda: (_delta()[0], _delta(slope=(ACTIVATION * (1 - ACTIVATION)) ** 2)[1]),
        ),
        Slip(
            "tail forgotten",
            "That is delta again. The weight multiplies x on the way up, so x is a factor on the way back.",
            lambda: _delta(tail=1.0),
        ),
        Slip(
            "divided by the tail",
            "You divided by x. The weight multiplies x on the way up, so x multiplies on the way back.",
            lambda: _delta(tail=1 / TAIL),
        ),
        Slip(
            "tail added",
            "You added x to delta. They are multiplied.",
            lambda: (_delta()[0], _delta()[0] + TAIL),
        ),
        Slip(
            "tail through the sigmoid",
            "x is an input and comes as it is; no sigmoid stands before the weight.",
            lambda: _delta(tail=float(sigmoid(TAIL))),
        ),
        Slip(
            "slope at the tail",
            "The slope was taken at x. It is that of this unit, at h.",
            lambda: _delta(slope=TAIL * (1 - TAIL)),
        ),
        Slip(
            "numbers exchanged",
            "The two numbers are right and in the other order: delta first, then dL_dw.",
            lambda: _delta()[::-1],
        ),
        Slip(
            "slope at the activation",
            "σ′ is taken at h, so the sigmoid is applied once too often. In terms of h the slope is h(1 − h).",
            lambda: _delta(slope=float(sigmoid_prime(ACTIVATION))),
        ),
        Slip(
            "weights forgotten",
            "You added the three deltas as they are. Across an edge a delta is multiplied by the edge's weight.",
            lambda: _delta(arrives=sum(DELTAS_UP)),
        ),
        Slip(
            "signs lost",
            "One of the weights is negative. That path pulls the other way; do not add sizes.",
            lambda: _delta(
                arrives=sum(abs(w) * delta for w, delta in zip(WEIGHTS_UP, DELTAS_UP, strict=True))
            ),
        ),
        Slip(
            "a path forgotten",
            "One path is missing. The unit feeds three others, so three products are added.",
            lambda: _delta(arrives=WEIGHTS_UP[0] * DELTAS_UP[0] + WEIGHTS_UP[1] * DELTAS_UP[1]),
        ),
        Slip(
            "only one path",
            "Two paths are missing. The unit feeds three others, so three products are added.",
            lambda: _delta(arrives=WEIGHTS_UP[0] * DELTAS_UP[0]),
        ),
        Slip(
            "the second path forgotten",
            "The path through the weight −1 is missing. Three products are added, one of them negative.",
            lambda: _delta(arrives=WEIGHTS_UP[0] * DELTAS_UP[0] + WEIGHTS_UP[2] * DELTAS_UP[2]),
        ),
        Slip(
            "deltas forgotten",
            "You added the weights. Each is multiplied by the delta of the unit that it leads to.",
            lambda: _delta(arrives=sum(WEIGHTS_UP)),
        ),
        Slip(
            "sums multiplied",
            "You multiplied the sum of the weights by the sum of the deltas. Each delta goes with its own weight; then "
            "add.",
            lambda: _delta(arrives=sum(WEIGHTS_UP) * sum(DELTAS_UP)),
        ),
        Slip(
            "paths multiplied",
            "You multiplied the three paths. Along a path one multiplies; the paths add.",
            lambda: _delta(
                arrives=float(np.prod([w * delta for w, delta in zip(WEIGHTS_UP, DELTAS_UP, strict=True)]))
            ),
        ),
        Slip(
            "divided by the weights",
            "You divided the deltas by their weights. Across an edge a delta is multiplied by the edge's weight.",
            lambda: _delta(arrives=sum(delta / w for w, delta in zip(WEIGHTS_UP, DELTAS_UP, strict=True))),
        ),
        Slip(
            "activations in place of deltas",
            "The deltas above do not occur in your number: you sent h up. What comes down is weight times delta.",
            lambda: _delta(arrives=sum(WEIGHTS_UP) * ACTIVATION),
        ),
        Slip(
            "rounded",
            "Nearly. You have rounded on the way: give three digits.",
            lambda: (round(_delta()[0], 2), round(_delta()[1], 2)),
        ),
        Slip(
            "averaged over the paths",
            "You took the mean of the paths. They add.",
            lambda: _delta(
                arrives=sum(w * delta for w, delta in zip(WEIGHTS_UP, DELTAS_UP, strict=True)) / 3
            ),
        ),
        Slip(
            "own activation at the tail",
            "The weight leads from x into this unit. At its head is the unit's delta, at its tail x, and not h.",
            lambda: _delta(tail=ACTIVATION),
        ),
    ),
    why="0.2 − 0.3 + 0.2 arrives, times h(1 − h) = 0.16; then delta at the head times activation at the tail.",
    hints=(
        "First collect what arrives at h from the three units above it.",
        "Then pass the unit itself: in terms of h the sigmoid's slope is h(1 − h).",
        "For the weight: the delta at its head times what stands at its tail.",
    ),
)

# --- through a gate ---------------------------------------------------------------------------------

GATE, KEPT, SHARE, NEW, ARRIVES = 0.9, -2.0, 0.5, 0.8, 3.0


def _through_a_gate():
    """The derivatives of c = f q + i g by f, q, i and g."""
    return tuple(
        float(part)
        for factors in ((GATE, KEPT), (SHARE, NEW))
        for part in multiply_backward(*factors, ARRIVES)
    )


THROUGH_A_GATE = Number(
    label="through-a-gate",
    prompt=(
        "Let c = f q + i g with f = 0.9, q = -2, i = 0.5 and g = 0.8, and let the derivative of the loss by c be 3. "
        "What are the derivatives by f, q, i and g?"
    ),
    names=("dL_df", "dL_dq", "dL_di", "dL_dg"),
    answer=_through_a_gate,
    slips=(
        Slip(
            "not swapped",
            "Each factor got its own value. A product swaps: the derivative by one factor has the other one in it.",
            lambda: tuple(ARRIVES * own for own in (GATE, KEPT, SHARE, NEW)),
        ),
        Slip(
            "what arrives forgotten",
            "Those are the derivatives of c. The loss moves 3 times as fast as c, so each is multiplied by 3.",
            lambda: (KEPT, GATE, NEW, SHARE),
        ),
        Slip(
            "as if all were added",
            "A sum hands on what arrives unchanged, but here each term is a product, and it has a rule of its own.",
            lambda: (ARRIVES,) * 4,
        ),
        Slip(
            "factors of the other product",
            "The partner of f is q, and the partner of i is g. The other product is another term of the sum, which "
            "does not move with it.",
            lambda: tuple(ARRIVES * other for other in (NEW, SHARE, KEPT, GATE)),
        ),
        Slip(
            "divided by the factors",
            "You divided by the factor. Hold one factor: the product is then a straight line in the other, and its "
            "slope is the factor that you hold.",
            lambda: (ARRIVES / GATE, ARRIVES / KEPT, ARRIVES / SHARE, ARRIVES / NEW),
        ),
        Slip(
            "divided by the other factor",
            "You divided by the other factor. Hold it: the product is then a straight line, and its slope is that "
            "factor.",
            lambda: (ARRIVES / KEPT, ARRIVES / GATE, ARRIVES / NEW, ARRIVES / SHARE),
        ),
        Slip(
            "what arrives added",
            "You added what arrives to the factor. The chain rule multiplies.",
            lambda: (ARRIVES + KEPT, ARRIVES + GATE, ARRIVES + NEW, ARRIVES + SHARE),
        ),
        Slip(
            "what arrives divides",
            "You divided the factor by what arrives. The loss moves 3 times as fast as c: multiply.",
            lambda: (KEPT / ARRIVES, GATE / ARRIVES, NEW / ARRIVES, SHARE / ARRIVES),
        ),
        Slip(
            "the sum splits",
            "You gave each product half of the 3. A sum does not share out what arrives: each term gets all of it.",
            lambda: tuple(ARRIVES / 2 * other for other in (KEPT, GATE, NEW, SHARE)),
        ),
        Slip(
            "the value of c as a factor",
            "Your numbers have c in place of dL/dc = 3. What arrives is how the loss moves with c, not c itself.",
            lambda: tuple((GATE * KEPT + SHARE * NEW) * other for other in (KEPT, GATE, NEW, SHARE)),
        ),
        Slip(
            "c as one more factor",
            "Your numbers hold the value of c as well. The derivatives are made of the other factor and of what arrives.",
            lambda: tuple(
                ARRIVES * (GATE * KEPT + SHARE * NEW) * other for other in (KEPT, GATE, NEW, SHARE)
            ),
        ),
        Slip(
            "own product",
            "Each derivative got the whole product. By one factor the derivative is the other one: the factor itself "
            "drops out.",
            lambda: tuple(
                ARRIVES * product for product in (GATE * KEPT, GATE * KEPT, SHARE * NEW, SHARE * NEW)
            ),
        ),
        Slip(
            "all factors of c",
            "All four factors stand in your numbers. The other product is another term of the sum and does not move.",
            lambda: tuple(ARRIVES * GATE * KEPT * SHARE * NEW / own for own in (GATE, KEPT, SHARE, NEW)),
        ),
        Slip(
            "slope of σ at the gate",
            "You multiplied by f(1 − f) or i(1 − i). That slope belongs to the way from the gate to its pre-activation; "
            "here f and i themselves are asked for.",
            lambda: (
                ARRIVES * KEPT * GATE * (1 - GATE),
                ARRIVES * GATE,
                ARRIVES * NEW * SHARE * (1 - SHARE),
                ARRIVES * SHARE,
            ),
        ),
        Slip(
            "slope of tanh at g",
            "You multiplied by 1 − g². That slope belongs to the way from g to its pre-activation; here g itself is "
            "asked for.",
            lambda: (ARRIVES * KEPT, ARRIVES * GATE, ARRIVES * NEW, ARRIVES * SHARE * (1 - NEW**2)),
        ),
        Slip(
            "slopes of the gates and of g",
            "Slopes of σ and tanh are in it. They belong to the way on to the pre-activations; here the four values "
            "themselves are asked for.",
            lambda: (
                ARRIVES * KEPT * GATE * (1 - GATE),
                ARRIVES * GATE,
                ARRIVES * NEW * SHARE * (1 - SHARE),
                ARRIVES * SHARE * (1 - NEW**2),
            ),
        ),
        Slip(
            "1 − f in place of f",
            "You used 1 − f. Here the factor of q is f itself, 0.9.",
            lambda: (ARRIVES * KEPT, ARRIVES * (1 - GATE), ARRIVES * NEW, ARRIVES * SHARE),
        ),
        Slip(
            "sign of the derivative by f",
            "By f and q the sign is turned. The product has a plus before it; only q itself is negative.",
            lambda: (-ARRIVES * KEPT, -ARRIVES * GATE, ARRIVES * NEW, ARRIVES * SHARE),
        ),
        Slip(
            "sign lost",
            "q is negative, so a larger f makes c smaller.",
            lambda: (-KEPT * ARRIVES, GATE * ARRIVES, NEW * ARRIVES, SHARE * ARRIVES),
        ),
    ),
    why="The sum hands 3 to both products, and each product swaps its factors. This is the cell of an LSTM.",
    hints=(
        "Draw it: two nodes × and one node +. Write 3 at the line that leaves the sum.",
        "The sum hands the 3 to both products as it is.",
        "In a product the derivative by one factor is the other factor times what arrives.",
    ),
)

# --- one weight in two places -----------------------------------------------------------------------

WEIGHT, INPUT = 2.0, 1.0


def _one_weight_twice(*, error=lambda y: y, slope=lambda v: v * (1 - v), below=None, edge=WEIGHT, tail=None):
    """What the upper and the lower use of w contribute to dL/dw, and their sum; with other factors if given.

    `error` is dL/dy and `slope` the unit's slope in terms of its value, `below` that of the lower unit if it is
    another; `edge` is what the delta is multiplied by on its way to h, `tail` what stands at the upper tail.
    """
    h = float(sigmoid(WEIGHT * INPUT))
    y = float(sigmoid(WEIGHT * h))
    delta = error(y) * slope(y)  # the target is 0
    upper = delta * (h if tail is None else tail(y))
    lower = delta * edge * (below or slope)(h) * INPUT
    return upper, lower, upper + lower


def _upper_otherwise(upper):
    """The upper contribution alone is another, and with it the sum."""
    lower = _one_weight_twice()[1]
    return upper, lower, upper + lower


def _lower_otherwise(lower):
    upper = _one_weight_twice()[0]
    return upper, lower, upper + lower


def _parts(combine):
    upper, lower, _ = _one_weight_twice()
    return upper, lower, combine(upper, lower)


ONE_WEIGHT_TWICE = Number(
    label="one-weight-twice",
    prompt=(
        "Let h = σ(w x), y = σ(w h) and L = ½ (y - t)², with one and the same w = 2, and x = 1, t = 0. How much do "
        "the upper use of w (in y) and the lower one (in h) contribute to dL/dw, and what is dL/dw?"
    ),
    names=("upper", "lower", "whole"),
    answer=_one_weight_twice,
    rtol=0.005,
    slips=(
        Slip(
            "product of the two",
            "The parts are right, and then you multiplied them. Two uses are two paths, and paths add.",
            lambda: _parts(lambda upper, lower: upper * lower),
        ),
        Slip(
            "only the upper use",
            "You stopped at the upper use. w moves in both places at once, so the whole is the sum.",
            lambda: _parts(lambda upper, lower: upper),
        ),
        Slip(
            "only the lower use",
            "The whole counts the upper use as well. Paths add.",
            lambda: _parts(lambda upper, lower: lower),
        ),
        Slip(
            "mean of the two",
            "You took the mean. Two uses of one weight add up.",
            lambda: _parts(lambda upper, lower: (upper + lower) / 2),
        ),
        Slip(
            "edge's weight forgotten",
            "On its way down to h the delta crosses an edge, and that edge has the weight w too.",
            lambda: _one_weight_twice(edge=1),
        ),
        Slip(
            "slope of the lower unit forgotten",
            "The lower path also passes the unit h, with its slope h(1 − h).",
            lambda: _one_weight_twice(below=lambda h: 1),
        ),
        Slip(
            "slope of y forgotten",
            "Between L and the pre-activation of y stands the sigmoid of y. Its slope y(1 − y) is a factor of both "
            "parts.",
            lambda: _one_weight_twice(slope=lambda v: 1, below=lambda h: h * (1 - h)),
        ),
        Slip(
            "both slopes forgotten",
            "No slope is in your numbers. Each unit that a path passes adds one, h(1 − h) or y(1 − y).",
            lambda: _one_weight_twice(slope=lambda v: 1),
        ),
        Slip(
            "slope of y forgotten above",
            "The upper part passes the unit y, with its slope y(1 − y). Your lower part has it.",
            lambda: _upper_otherwise(_one_weight_twice(slope=lambda v: 1)[0]),
        ),
        Slip(
            "slope of y forgotten below",
            "The lower path begins like the upper one, through the unit y, with its slope y(1 − y).",
            lambda: _lower_otherwise(_one_weight_twice(slope=lambda v: 1, below=lambda h: h * (1 - h))[1]),
        ),
        Slip(
            "y − t forgotten",
            "The derivative of the loss is missing: both parts begin with y − t.",
            lambda: _one_weight_twice(error=lambda y: 1),
        ),
        Slip(
            "the loss in place of its derivative",
            "You begin with L = ½ y². What arrives at y is the derivative of the loss, y − t.",
            lambda: _one_weight_twice(error=lambda y: y**2 / 2),
        ),
        Slip(
            "(y − t)² in place of y − t",
            "You begin with (y − t)². The derivative of ½ (y − t)² is y − t.",
            lambda: _one_weight_twice(error=lambda y: y**2),
        ),
        Slip(
            "the 2 of the square kept",
            "All parts are twice too large. The 2 that the square brings down is cancelled by the ½.",
            lambda: _one_weight_twice(error=lambda y: 2 * y),
        ),
        Slip(
            "the ½ kept",
            "All parts are half of what they should be. The ½ is used up: it cancels the 2 of the square.",
            lambda: _one_weight_twice(error=lambda y: y / 2),
        ),
        Slip(
            "sign of y − t",
            "Every sign is turned: the loss begins with y − t, not with t − y.",
            lambda: _one_weight_twice(error=lambda y: -y),
        ),
        Slip(
            "target 1",
            "Your numbers are those of the target 1. Here t = 0.",
            lambda: _one_weight_twice(error=lambda y: y - 1),
        ),
        Slip(
            "slopes of tanh",
            "1 − h² is the slope of tanh. Both units are sigmoids.",
            lambda: _one_weight_twice(slope=lambda v: 1 - v**2),
        ),
        Slip(
            "one factor of the slopes",
            "You took 1 − h and 1 − y for the slopes. The sigmoid's has two factors, h(1 − h).",
            lambda: _one_weight_twice(slope=lambda v: 1 - v),
        ),
        Slip(
            "activations for the slopes",
            "You multiplied by h and y where their slopes belong, h(1 − h) and y(1 − y).",
            lambda: _one_weight_twice(slope=lambda v: v),
        ),
        Slip(
            "slope at the activation",
            "σ′ is taken at h and y, so the sigmoid is applied once too often. In terms of h the slope is h(1 − h).",
            lambda: _one_weight_twice(slope=lambda v: float(sigmoid_prime(v))),
        ),
        Slip(
            "slope of the lower unit at y",
            "On the lower path you took the slope y(1 − y) twice. The second unit that it passes is h.",
            lambda: _lower_otherwise(_one_weight_twice(below=lambda h: float(sigmoid_prime(WEIGHT * h)))[1]),
        ),
        Slip(
            "lower slope at the activation",
            "On the lower path you took σ′ at h, so the sigmoid is applied once too often. In terms of h the slope is "
            "h(1 − h).",
            lambda: _lower_otherwise(_one_weight_twice(below=lambda h: float(sigmoid_prime(h)))[1]),
        ),
        Slip(
            "one factor of the lower slope",
            "The slope of the lower unit has two factors, h and 1 − h. One of them is missing.",
            lambda: _lower_otherwise(_one_weight_twice(below=lambda h: 1 - h)[1]),
        ),
        Slip(
            "activation for the lower slope",
            "On the lower path you multiplied by h. The factor is the slope of that unit, h(1 − h).",
            lambda: _lower_otherwise(_one_weight_twice(below=lambda h: h)[1]),
        ),
        Slip(
            "slope of tanh below",
            "1 − h² is the slope of tanh. The lower unit is a sigmoid.",
            lambda: _lower_otherwise(_one_weight_twice(below=lambda h: 1 - h**2)[1]),
        ),
        Slip(
            "x at the upper tail",
            "At the tail of the upper use stands h, and not x.",
            lambda: _one_weight_twice(tail=lambda y: INPUT),
        ),
        Slip(
            "y at the upper tail",
            "At the tail of the upper use stands what it multiplies, h. y is what comes out above it.",
            lambda: _one_weight_twice(tail=lambda y: y),
        ),
        Slip(
            "w at the upper tail",
            "The derivative of w h by w is h. You have w in that place.",
            lambda: _one_weight_twice(tail=lambda y: WEIGHT),
        ),
        Slip(
            "w kept in the upper part",
            "The upper part holds w h. The derivative of w h by w is h alone.",
            lambda: _upper_otherwise(WEIGHT * _one_weight_twice()[0]),
        ),
        Slip(
            "w twice on the lower path",
            "The lower path holds w twice. It crosses one edge with a weight, from y down to h; the lower w is the one "
            "that is differentiated, and x stands in its place.",
            lambda: _lower_otherwise(WEIGHT * _one_weight_twice()[1]),
        ),
        Slip(
            "h at the lower tail",
            "Your lower part holds h as one more factor. At the tail of the lower use stands x, and its path goes on from the "
            "delta of y, not from the upper part.",
            lambda: _lower_otherwise(float(sigmoid(WEIGHT * INPUT)) * _one_weight_twice()[1]),
        ),
        Slip(
            "difference of the two",
            "You subtracted the lower part. Two uses are two paths, and paths add.",
            lambda: _parts(lambda upper, lower: upper - lower),
        ),
        Slip(
            "difference of the two, the other way",
            "You subtracted the upper part. Two uses are two paths, and paths add.",
            lambda: _parts(lambda upper, lower: lower - upper),
        ),
        Slip(
            "twice the upper use",
            "You doubled the upper part. The two uses stand at different places and contribute different amounts: add "
            "them.",
            lambda: _parts(lambda upper, lower: 2 * upper),
        ),
        Slip(
            "one factor for both uses",
            "You multiplied the sum by 2 for the two uses. They are both in the sum already.",
            lambda: _parts(lambda upper, lower: 2 * (upper + lower)),
        ),
        Slip(
            "rounded to two digits",
            "The numbers are right as far as they go: give them to three digits.",
            lambda: tuple(round(part, 2) for part in _one_weight_twice()),
        ),
        Slip(
            "parts exchanged",
            "Right numbers in the other order: the upper use is the one in y = σ(w h).",
            lambda: (*_one_weight_twice()[1::-1], _one_weight_twice()[2]),
        ),
    ),
    why="It is b₁ once more: a number used in two places collects what comes from both. Chapter 10 is this sum.",
    hints=(
        "Give the two uses different names, w_upper and w_lower. You have a chain of two weights, which you can do.",
        "The delta of y is (y − t) y (1 − y). Its activation at the tail is h.",
        "For the lower use, carry the delta across the edge (times w), through the unit (times h(1 − h)), and "
        "multiply by x.",
    ),
)

# --- what a start at zero does ----------------------------------------------------------------------


def moves_from_zero(steps: int = 3, rate: float = 0.5) -> list[tuple[bool, ...]]:
    """Which of the eight weights move at each step when all of them start at zero (worked example)."""
    net = TinyNet(*(0.0,) * 8, b1=0.35, b2=0.60)
    moved = []
    for _ in range(steps):
        gradient, _ = tiny_backward(net, tiny_forward(net, (0.05, 0.10), (0.01, 0.99)))
        values = {name: value - rate * getattr(gradient, name) for name, value in vars(net).items()}
        moved.append(tuple(values[f"w{j}"] != getattr(net, f"w{j}") for j in range(1, 9)))
        net = TinyNet(**values)
    return moved


ZERO_START = Choice(
    label="zero-start",
    kind="predict",
    prompt=(
        "In the worked example all eight weights start at 0; biases, input and targets are as they were. Which "
        "weights move when we descend, and why?"
    ),
    options={
        "a": "None ever moves.",
        "b": "At the first step only w5 to w8 move; from the second on, all eight.",
        "c": "All eight move from the first step on.",
        "d": "Only w5 to w8 move, at every step.",
    },
    reasons={
        "1": "A weight's derivative has the weights above it as factors, and the activation at its tail.",
        "2": "A product with a zero in it is zero.",
        "3": "Every unit has a slope above zero, so something arrives everywhere.",
        "4": "Equal units get equal gradients.",
    },
    right=("b", "1"),
    replies={
        "a": "Zero weights do not make zero activations: the biases see to it that h₁ and h₂ are above zero. What is "
        "the derivative by w₅ then?",
        "c": "The slopes are above zero, but on its way to w₁ the delta crosses w₅ and w₇. What are these at first?",
        "d": "True of the first step. But after it w₅ to w₈ are no longer zero.",
        "2": "That is true. Which products have a zero in them, and for how long?",
        "b2": "The choice is right. The reason is true, but it does not decide: it does not say which products have a "
        "zero in them, and for how long.",
        "b4": "The choice is right. The reason is true, but it does not decide: it tells which weights stay equal, not "
        "which ones move.",
        "3": "The slopes are above zero, but the path also crosses weights.",
        "4": "That is true, and it tells which weights stay equal, not which ones move.",
    },
    why="The two hidden units stay equal for ever, though: w₁ = w₃, w₂ = w₄, w₅ = w₆, w₇ = w₈ at every step.",
    hints=(
        "Compute h₁ and h₂ with all weights zero. Are they zero?",
        "Write down ∂L/∂w₅ and ∂L/∂w₁ as products. Which factors are zero at the first step?",
        "After the first step w₅ has moved. Look at ∂L/∂w₁ again.",
    ),
)

EXERCISES = (DELTA_BY_HAND, THROUGH_A_GATE, ONE_WEIGHT_TWICE, ZERO_START)
