"""Exercises of chapter 1 on paper: a delta, a gate, a weight used twice; and a prediction."""

from __future__ import annotations

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


def _one_weight_twice(*, passes_weight=True, passes_slope=True):
    """What the upper and the lower use of w contribute to dL/dw, and their sum."""
    h = float(sigmoid(WEIGHT * INPUT))
    y = float(sigmoid(WEIGHT * h))
    delta = y * y * (1 - y)  # the target is 0
    upper = delta * h
    lower = delta * (WEIGHT if passes_weight else 1) * (h * (1 - h) if passes_slope else 1) * INPUT
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
            lambda: _one_weight_twice(passes_weight=False),
        ),
        Slip(
            "slope of the lower unit forgotten",
            "The lower path also passes the unit h, with its slope h(1 − h).",
            lambda: _one_weight_twice(passes_slope=False),
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
        "2": "It is true, and it does not say which products have a zero in them, and for how long.",
        "3": "A slope above zero is not enough: the path also crosses weights.",
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
