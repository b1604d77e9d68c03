"""Exercises of chapter 1 on paper: a delta."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker import Number, Slip

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
            "You added the three deltas as they are. Across a line a delta is multiplied by the line's weight.",
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
            "You divided the deltas by their weights. Across a line a delta is multiplied by the line's weight.",
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
