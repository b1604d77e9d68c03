"""Exercises of chapter 2 on paper, and predictions: a chain, twice the depth, a blind last layer, a larger step."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.activations import sigmoid_prime
from lstm_course.checker import Choice, Number, Slip
from lstm_course.gradient_flow import gradient_norms
from lstm_course.initializers import normal
from lstm_course.network import init_mlp, mlp_backward, mlp_forward

# --- a chain by hand --------------------------------------------------------------------------------

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
    ),
    why="Each layer gives w/4: (2/4)(−3/4)(4/4) = −0.375, and no more than (3/4)²⁰ = 0.00317.",
    hints=("What is σ′(0)?", "One factor a layer: its weight times its slope. Multiply, and keep the signs."),
)

# --- twice the depth --------------------------------------------------------------------------------


def arrives(layers, scale=2.0, width=64, seed=7):
    """What is left at the input, in the networks of the chapter's first figure."""
    rng = np.random.default_rng(seed)
    std = scale / np.sqrt(width)
    params = init_mlp([width] * (layers + 1), rng, initializer=lambda shape, rng: normal(shape, rng, std=std))
    y, cache = mlp_forward(params, rng.standard_normal((16, width)), output="sigmoid")
    dy = rng.standard_normal(y.shape)
    _, _, flow = mlp_backward(params, cache, dy / np.linalg.norm(dy))
    return float(gradient_norms(flow)[0])


FORTY_LAYERS = Number(
    label="forty-layers",
    level="warm-up",
    kind="predict",
    prompt=(
        "At weight scale 2, ten sigmoid layers leave 1.3e-4 of the gradient, twenty leave 1.7e-8. How much do forty "
        "leave? Anything within a factor of ten counts."
    ),
    names=("left",),
    answer=lambda: arrives(40),
    factor=10.0,
    slips=(
        Slip(
            "halved for twice the depth",
            "You let it fall in proportion to the depth. Every layer multiplies what is left, so depth is an exponent.",
            lambda: arrives(20) / 2,
        ),
        Slip(
            "thirty layers",
            "That is about what thirty layers leave. Twenty more layers multiply by what twenty layers multiply by.",
            lambda: arrives(20) * arrives(10),
        ),
        Slip(
            "upside down",
            "Your gradient grows. The factor of twenty layers is far below 1, and it is applied twice.",
            lambda: 1 / arrives(40),
        ),
    ),
    why="Twenty layers multiply by 1.7e-8, so forty multiply by its square, about 3e-16.",
    hints=(
        "How does the number for twenty layers follow from the one for ten?",
        "The second twenty layers do to the gradient what the first twenty did.",
    ),
)

# --- a last layer that sees one vector --------------------------------------------------------------

SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 8)


def _blind():
    """The entropy of the shares, and the largest share."""
    return -sum(share * math.log(share) for share in SHARES), max(SHARES)


BLIND_LAYER = Number(
    label="blind-layer",
    prompt=(
        "A classifier's last layer receives the same vector for every example. Of the examples ½ are of class 1, ¼ of "
        "class 2, and ⅛ each of classes 3 and 4. How small can the mean cross-entropy become (natural "
        "logarithm), and what is then the accuracy?"
    ),
    names=("loss", "accuracy"),
    answer=_blind,
    slips=(
        Slip(
            "equal shares",
            "That is what equal probabilities cost. The last layer has biases, and can learn which class is frequent.",
            lambda: (math.log(4), 1 / 4),
        ),
        Slip(
            "logarithm to base two",
            "The loss is right in bits. Here the logarithm is the natural one.",
            lambda: (_blind()[0] / math.log(2), 1 / 2),
        ),
        Slip(
            "the frequent class alone",
            "You count only the most frequent class. The others are also in the mean, each with its own logarithm.",
            lambda: (math.log(2), 1 / 2),
        ),
        Slip(
            "it can learn everything",
            "It sees the same vector every time, so it gives every example the same answer.",
            lambda: (0.0, 1.0),
        ),
        Slip(
            "guesses in proportion",
            "The loss is right. As for the accuracy, the class with the largest output is the answer: always the same.",
            lambda: (_blind()[0], sum(share**2 for share in SHARES)),
        ),
    ),
    atol=1e-3,
    why="The best constant answer is the vector of shares; it costs −Σ f ln f = 1.75 ln 2, and the answer is always "
    "class 1.",
    hints=(
        "What the layer puts out cannot depend on the example. Call its probabilities p₁ to p₄.",
        "The mean cross-entropy is −½ ln p₁ − ¼ ln p₂ − ⅛ ln p₃ − ⅛ ln p₄. Which p, of sum 1, makes it smallest?",
        "The shares themselves do.",
    ),
)

# --- a step large enough for the first layer --------------------------------------------------------

LARGER_STEP = Choice(
    label="larger-step",
    kind="predict",
    prompt=(
        "In the sigmoid network of twenty layers the first layer's gradient is too small by about a factor 10¹². So "
        "someone trains it with a step size 10¹² times as large. What happens?"
    ),
    options={
        "a": "It learns: now the first layer moves.",
        "b": "Nothing: the gradient is still too small.",
        "c": "It does not learn, and the loss becomes enormous.",
    },
    reasons={
        "1": "The step makes up for the gradient.",
        "2": "The last layers' gradients are not small, and they take the same step.",
        "3": "A vanished gradient points nowhere.",
        "4": "The sigmoid is bounded, so the step size makes no difference.",
    },
    right=("c", "2"),
    replies={
        "a": "The first layer does move. What becomes of the last layer, whose gradient was never small?",
        "b": "One of the layers has a gradient of ordinary size. How far does it move now?",
        "1": "In one layer, yes. But all layers take the same step.",
        "3": "It is small, and it has a direction. Multiplied by a large enough number it would be as long as any.",
        "4": "Hidden activations are bounded, the weights and the outputs are not.",
    },
    why="One step size serves all layers. What would be right for the first throws the last away.",
    hints=(
        "How large is the gradient of the last layer, compared with that of the first?",
        "How far does the last layer move in one step of that size?",
    ),
)
