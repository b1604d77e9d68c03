"""Exercise of chapter 2 on paper: a chain by hand."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid_prime
from lstm_course.checker import Number, Slip

WEIGHTS, MOST, DEEP = (2.0, -3.0, 4.0), 3.0, 20


def _chain(slope=0.25, weights=WEIGHTS):
    """The derivative of the chain, and the bound for twenty layers, with another slope if given."""
    return math.prod(w * slope for w in weights), (MOST * slope) ** DEEP


CHAIN_BY_HAND = Number(
    label="chain-by-hand",
    level="warm-up",
    prompt=(
        "Three sigmoid neurons in a row have the weights 2, -3 and 4, and biases for which every pre-activation is 0. "
        "What is the derivative of the output by the input? And if twenty weights are at most 3 in size, how "
        "large can the derivative of twenty such neurons be at most?"
    ),
    names=("dh_dx", "bound"),
    answer=_chain,
    slips=(
        Slip(
            "slopes forgotten",
            "You multiplied the weights alone. Each neuron also has its slope in the product.",
            lambda: _chain(slope=1.0),
        ),
        Slip(
            "activation for slope",
            "At a = 0 the sigmoid has the value ½. Its slope there is another number.",
            lambda: _chain(slope=0.5),
        ),
        Slip(
            "slope at the activation",
            "You took σ′ at ½, the activation. It belongs at the pre-activation, which is 0.",
            lambda: _chain(slope=float(sigmoid_prime(0.5))),
        ),
        Slip(
            "sign lost",
            "One of the three weights is negative, and a derivative has a sign.",
            lambda: _chain(weights=tuple(map(abs, WEIGHTS))),
        ),
        Slip(
            "weights left out of the bound",
            "The derivative is right. The bound has weights too: each may be 3 in size.",
            lambda: (_chain()[0], 0.25**DEEP),
        ),
        Slip(
            "added up",
            "You added the factors. Along one path they are multiplied.",
            lambda: (sum(WEIGHTS) / 4, DEEP * MOST / 4),
        ),
        Slip(
            "one slope for all",
            "You divided by 4 once. There is a slope of ¼ in every layer.",
            lambda: (math.prod(WEIGHTS) / 4, MOST**DEEP / 4),
        ),
        Slip(
            "slopes forgotten in the bound",
            "The bound has the weights alone; each of the twenty neurons has a slope, too.",
            lambda: (_chain()[0], MOST**DEEP),
        ),
        Slip(
            "one slope in the bound",
            "In the bound there is one ¼ for all, and each of the twenty neurons has its own.",
            lambda: (_chain()[0], MOST**DEEP / 4),
        ),
        Slip(
            "one weight in the bound",
            "In the bound there is one weight, and each of the twenty neurons has its own.",
            lambda: (_chain()[0], MOST * 0.25**DEEP),
        ),
        Slip(
            "one factor too few in the bound",
            "Your bound has nineteen factors. Twenty neurons are twenty weights and twenty slopes: "
            "the first stands between x and h_1.",
            lambda: (_chain()[0], (MOST / 4) ** (DEEP - 1)),
        ),
        Slip(
            "one factor too many in the bound",
            "Your bound has twenty-one factors: one more than there are neurons.",
            lambda: (_chain()[0], (MOST / 4) ** (DEEP + 1)),
        ),
        Slip(
            "one layer for the bound",
            "¾ bounds one layer. Twenty stand one behind the other.",
            lambda: (_chain()[0], MOST / 4),
        ),
        Slip(
            "three layers for the bound",
            "You bounded three layers. The second question is about twenty.",
            lambda: (_chain()[0], (MOST / 4) ** 3),
        ),
        Slip(
            "the weight 4 in the bound",
            "Your bound takes weights of 4, from the first question. The twenty are at most 3.",
            lambda: (_chain()[0], 1.0),
        ),
        Slip(
            "activation for slope in the bound",
            "In the bound you took ½ for the slope; it is at most ¼.",
            lambda: (_chain()[0], (MOST / 2) ** DEEP),
        ),
        Slip(
            "factors of the bound added",
            "The bound's factors are added in your number; they are multiplied.",
            lambda: (_chain()[0], DEEP * MOST / 4),
        ),
        Slip(
            "first layer left out",
            "The first neuron's factor is missing in the derivative. x lies before it.",
            lambda: (_chain(weights=WEIGHTS[1:])[0], _chain()[1]),
        ),
        Slip(
            "second layer left out",
            "The second neuron's factor is missing in the derivative, and with it a sign.",
            lambda: (_chain(weights=WEIGHTS[::2])[0], _chain()[1]),
        ),
        Slip(
            "slopes alone",
            "You multiplied the slopes alone. Each neuron has its weight in the product, too.",
            lambda: (0.25**3, 0.25**DEEP),
        ),
    ),
    why="Each layer gives w/4: (2/4)(−3/4)(4/4) = −0.375, and no more than (3/4)²⁰ = 0.00317.",
    hints=("What is σ′(0)?", "One factor a layer: its weight times its slope. Multiply, and keep the signs."),
)
