"""Exercises of chapter 2 on paper, and predictions: twice the depth, a blind last layer, a larger step."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.gradient_flow import gradient_norms
from lstm_course.initializers import normal
from lstm_course.network import init_mlp, mlp_backward, mlp_forward

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
            "twice the depth taken for a factor",
            "That is about what twenty layers leave already. Every layer multiplies what is left, so depth is an exponent, "
            "and no factor of 2 will do.",
            lambda: arrives(20) / 2,
        ),
        Slip(
            "ten layers",
            "That is about what ten layers leave, or the root of what twenty leave. Twice the depth goes the other way.",
            lambda: arrives(10),
        ),
        Slip(
            "thirty layers",
            "That is about what thirty layers leave. Twenty more layers multiply by what twenty layers multiply by.",
            lambda: arrives(20) * arrives(10),
        ),
        Slip(
            "fifty layers",
            "That is about what fifty layers leave. How many times must the factor of ten layers, or of twenty, be applied?",
            lambda: arrives(20) ** 2 * arrives(10),
        ),
        Slip(
            "sixty layers",
            "That is about what sixty layers leave. Forty are twice twenty, so the factor of twenty is applied twice.",
            lambda: arrives(20) ** 3,
        ),
        Slip(
            "eighty layers",
            "That is about what eighty layers leave: the fourth power of what twenty leave. Forty are twice twenty.",
            lambda: arrives(20) ** 4,
        ),
        Slip(
            "nothing left",
            "What is lost is not subtracted again. Twenty more layers multiply what is left by a small number, and that is "
            "never 0.",
            0.0,
        ),
        Slip(
            "the exponent alone",
            "That is about the exponent. What is left is 10 to that power.",
            lambda: math.log10(arrives(40)),
        ),
        Slip(
            "the exponent alone, without its sign",
            "That is about the exponent, without its sign. What is left is a power of 10, and far below 1.",
            lambda: -math.log10(arrives(40)),
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
            "accuracy of a guess",
            "A quarter is the accuracy of guessing among four classes. The answer is always the class with "
            "the largest output, and it is always the same.",
            lambda: (_blind()[0], 1 / 4),
        ),
        Slip(
            "accuracy of the worst answer",
            "⅛ is the accuracy of always naming a rare class. Which class has the largest output?",
            lambda: (_blind()[0], 1 / 8),
        ),
        Slip(
            "what the answer misses",
            "¾ of the examples are of the two frequent classes, but the answer names one class only.",
            lambda: (_blind()[0], 3 / 4),
        ),
        Slip(
            "accuracy from the loss",
            "e to the power −loss is a mean probability. The accuracy counts right answers.",
            lambda: (_blind()[0], math.exp(-_blind()[0])),
        ),
        Slip(
            "everything right",
            "An answer that is the same for all cannot be right for all.",
            lambda: (_blind()[0], 1.0),
        ),
        Slip(
            "nothing right",
            "An answer that is the same for all is right for the examples of that class.",
            lambda: (_blind()[0], 0.0),
        ),
        Slip(
            "a rare class left out",
            "One term with ⅛ is missing: two classes have that share, and each has its term.",
            lambda: (_blind()[0] - math.log(8) / 8, 1 / 2),
        ),
        Slip(
            "a frequent class left out",
            "One term is missing, that of class 1 or that of class 2 (they are equal here). All four are in the mean.",
            lambda: (_blind()[0] - math.log(2) / 2, 1 / 2),
        ),
        Slip(
            "shares forgotten before the logarithms",
            "You added the four logarithms as they are. Each counts with the share of its class.",
            lambda: (sum(math.log(1 / share) for share in SHARES), 1 / 2),
        ),
        Slip(
            "mean of the logarithms",
            "You took the plain mean of the four logarithms. A frequent class has more examples: its logarithm counts with "
            "its share.",
            lambda: (sum(math.log(1 / share) for share in SHARES) / 4, 1 / 2),
        ),
        Slip(
            "divided by the classes",
            "You divided by the four classes. The shares make a mean of it already.",
            lambda: (_blind()[0] / 4, 1 / 2),
        ),
        Slip(
            "sign of the cross-entropy",
            "The logarithm of a probability is negative; the loss is minus its mean.",
            lambda: (-_blind()[0], 1 / 2),
        ),
        Slip(
            "logarithm to base ten",
            "The loss is right to base ten. Here the logarithm is the natural one.",
            lambda: (_blind()[0] / math.log(10), 1 / 2),
        ),
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
            "ln 2 is the most frequent class alone, and also what is left without the two rare classes. All four are in "
            "the mean, each with its share and its own logarithm.",
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
