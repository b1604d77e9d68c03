"""The first exercise of chapter 1: the slope of the sigmoid."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw


def _sample_sigmoid_prime(rng, size):
    return (
        (np.array([0.0, 1.0, -2.0]),),
        (draw(rng, 2, 3, scale=2),),
        (draw(rng, 4, scale=2, dtype=np.float32),),
        (draw(rng, 2, 1, 2),),
        (np.array([-1000.0, -30.0, 0.0, 30.0, 1000.0]),),
        (draw(rng, 60, 50, scale=3),),
    )[size]


def _as_printed(a):
    return -np.exp(-a) / 1 + np.exp(-a) ** 2


SIGMOID_PRIME = Exercise(
    label="sigmoid-prime",
    level="warm-up",
    prompt=(
        "Compute σ'(a) for an array of pre-activations, entry by entry. It should hold for any a, "
        "also for -1000."
    ),
    inputs=("a",),
    outputs=("slope",),
    reference=sigmoid_prime,
    sample=_sample_sigmoid_prime,
    sizes=6,
    hints=(
        "Which formula of the chapter gives the slope from the activation alone, without another exponential?",
        "Compute h = σ(a) first. The slope is a product of two factors, both made of h.",
        "At a = -1000 the exponential e^{-a} is infinite. σ is symmetric, σ(-a) = 1 - σ(a), so its slope is the "
        "same at a and at -a: you may use |a|.",
    ),
    mistakes=(
        Mistake(
            "formula read without brackets",
            "This is −e^{-a}/1+e^{-a}² as it stands, and without brackets only the first term is divided. "
            "Bracket the whole denominator, then differentiate (1+e^{-a})^{-1} once more: the sign is not "
            "right either.",
            _as_printed,
        ),
        Mistake(
            "sign of the inner derivative lost",
            "The brackets are right and the sign is not. σ rises everywhere, so its slope cannot be "
            "negative: the chain rule gives one minus sign from the power −1 and another from e^{-a}.",
            lambda a: -np.exp(-a) / (1 + np.exp(-a)) ** 2,
        ),
        Mistake(
            "sigmoid applied twice",
            "You have σ' at σ(a) instead of σ' at a: the sigmoid is applied twice. Ask at each step "
            "whether you hold the pre-activation or already the activation.",
            lambda a: sigmoid_prime(sigmoid(a)),
        ),
        Mistake(
            "brackets of 1 − σ forgotten",
            "You get 0 everywhere: σ(a) * 1 − σ(a), without brackets, is σ(a) − σ(a). The second factor is the whole "
            "difference 1 − σ(a).",
            lambda a: sigmoid(a) * 1 - sigmoid(a),
        ),
        Mistake(
            "σ of 1 − a",
            "Your second factor is σ(1 − a). It is 1 − σ(a): first the sigmoid, then the difference to 1.",
            lambda a: sigmoid(a) * sigmoid(1 - a),
        ),
        Mistake(
            "1 − a in place of 1 − σ(a)",
            "Your second factor is 1 − a, made of the pre-activation. Both factors are made of h = σ(a).",
            lambda a: sigmoid(a) * (1 - a),
        ),
        Mistake(
            "a in place of σ(a)",
            "Your first factor is a itself. Both factors are made of h = σ(a).",
            lambda a: a * (1 - sigmoid(a)),
        ),
        Mistake(
            "the two factors added",
            "You get 1 everywhere: h and 1 − h are added. The slope is their product.",
            lambda a: sigmoid(a) + (1 - sigmoid(a)),
        ),
        Mistake(
            "the other factor twice",
            "You have (1 − h)². The two factors of the slope are h and 1 − h.",
            lambda a: (1 - sigmoid(a)) ** 2,
        ),
        Mistake(
            "half of it",
            "Your slope is half of what it should be: at a = 0 it must be ¼.",
            lambda a: sigmoid_prime(a) / 2,
        ),
        Mistake(
            "formula in h applied to a",
            "The formula h(1−h) is meant for the activation h = σ(a), and here it is given a itself. "
            "Activate first.",
            lambda a: a * (1 - a),
        ),
        Mistake(
            "derivative of tanh",
            "1−h² is the derivative of tanh, when h is the tanh. The sigmoid has a formula of its own; "
            "at a = 0 it must give 1/4.",
            lambda a: 1 - sigmoid(a) ** 2,
        ),
        Mistake(
            "the sigmoid itself",
            "This is σ(a), the function. The exercise asks for its slope, which is largest at a = 0 and "
            "vanishes on both sides.",
            lambda a: sigmoid(a),
        ),
        Mistake(
            "the square on a part of the bracket",
            "Only e^{-a} is squared in your denominator. It is the whole bracket, (1+e^{-a})².",
            lambda a: np.exp(-a) / (1 + np.exp(-a) ** 2),
        ),
        Mistake(
            "the square on a part of the bracket, with |a|",
            "Only the exponential is squared in your denominator. It is the whole bracket, (1+e^{-|a|})².",
            lambda a: np.exp(-abs(a)) / (1 + np.exp(-abs(a)) ** 2),
        ),
        Mistake(
            "inner derivative forgotten",
            "You stop at −(1+e^{-a})^{-2}. The bracket is a function of a too: the chain rule asks for its own "
            "derivative, −e^{-a}, as a factor.",
            lambda a: -((1 + np.exp(-a)) ** -2.0),
        ),
        Mistake(
            "inner derivative forgotten, and the sign",
            "You have (1+e^{-a})^{-2}, which is h²: the outer derivative without its sign. The bracket is a function of a too: the "
            "chain rule asks for its own derivative, −e^{-a}, as a factor.",
            lambda a: (1 + np.exp(-a)) ** -2.0,
        ),
        Mistake(
            "inner derivative without its exponential",
            "The derivative of e^{-a} is −e^{-a}: the exponential stays, and only its sign is new. Your numerator "
            "lacks it.",
            lambda a: 1 / (1 + np.exp(-abs(a))) ** 2,
        ),
        Mistake(
            "square of the denominator lost",
            "The power −1 goes down to −2, so the denominator is squared. Yours is not.",
            lambda a: np.exp(-abs(a)) / (1 + np.exp(-abs(a))),
        ),
        Mistake(
            "1 − σ alone",
            "This is 1 − σ(a). The slope is a product of two factors, and that is one of them.",
            lambda a: 1 - sigmoid(a),
        ),
        Mistake(
            "plus in place of minus",
            "You have h(1 + h), which never comes down again. Where the unit is full, h = 1, its slope must vanish.",
            lambda a: sigmoid(a) * (1 + sigmoid(a)),
        ),
        Mistake(
            "square inside the bracket",
            "You have h(1 − h²): the sigmoid's formula and that of tanh in one. The sigmoid's has no square in it.",
            lambda a: sigmoid(a) * (1 - sigmoid(a) ** 2),
        ),
        Mistake(
            "one factor squared",
            "One of the two factors is squared. The slope is h times 1 − h, each once.",
            lambda a: sigmoid(a) ** 2 * (1 - sigmoid(a)),
        ),
        Mistake(
            "clipped",
            "You clip a, so beyond the border every slope is that of the border. It should go on falling: use e^{-|a|}, "
            "which needs no clipping.",
            lambda a: sigmoid_prime(np.clip(a, -10, 10)),
            also=tuple(
                lambda a, most=most: sigmoid_prime(np.clip(a, -most, most)) for most in (3, 4, 5, 6, 8, 15)
            ),
        ),
        Mistake(
            "the other factor squared",
            "You have squared 1 − h. The slope is h times 1 − h, each once.",
            lambda a: sigmoid(a) * (1 - sigmoid(a)) ** 2,
        ),
        Mistake(
            "sign of the difference",
            "You have h(h − 1), which is negative everywhere. σ rises, so its slope is positive.",
            lambda a: sigmoid(a) * (sigmoid(a) - 1),
        ),
        Mistake(
            "the slope of tanh itself",
            "This is the slope of tanh, which is 1 at a = 0. That of the sigmoid is ¼ there.",
            lambda a: 1 - np.tanh(a) ** 2,
        ),
        Mistake(
            "tanh in the sigmoid's formula",
            "h(1 − h) is the right formula, and your h is tanh(a). It must be σ(a).",
            lambda a: np.tanh(a) * (1 - np.tanh(a)),
        ),
        Mistake(
            "e^{-a} of |a| in the sigmoid itself",
            "Your σ is computed from |a|, so it is that of the positive side everywhere. Of the slope you may take |a|, "
            "for it is the same at a and −a; of σ you may not.",
            lambda a: sigmoid(abs(a)),
        ),
        Mistake(
            "overflow at very positive a",
            "Your formula is right, and for a = 1000 it comes out as NaN: e^{1000} is more than a float can hold, and "
            "infinity divided by infinity is no number. With e^{-|a|}, or through h = σ(a), nothing overflows.",
            lambda a: np.exp(a) / (1 + np.exp(a)) ** 2,
        ),
        Mistake(
            "overflow at very negative a",
            "Your formula is right, and for a = -1000 it comes out as NaN: e^{1000} is more than a "
            "float can hold, and infinity divided by infinity is no number. Write the same slope through "
            "h = σ(a), or through e^{-|a|}, which never exceeds 1.",
            lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
        ),
    ),
)
