"""Exercises of chapter 2: on how many inputs a factor of tanh exceeds 1."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.gradient_flow import explosion_width, tanh_explosion_width


def _sample_explosion_width(rng, size):
    return (
        (np.array([2.0, 4.0]),),
        (np.array([3.0, -3.0]),),
        (np.array([0.0, 0.5, -1.0, 1.0, 2.5]),),
        (draw(rng, 3, 4, scale=4),),
        (np.concatenate([np.linspace(-200, 200, 81), np.array([1.01, -1.01])]),),
    )[size]


def _width(w, *, share=2.0, inside=np.sqrt, inverse=np.arccosh):
    return share / w * inverse(inside(w))


def _outside(w, width, threshold=1):
    return np.where(abs(w) > threshold, width, 0.0)


EXPLOSION_WIDTH = Exercise(
    label="explosion-width",
    prompt=(
        "For an array of weights, compute the width of the set of inputs x for which |w tanh'(wx+b)| is at "
        "least 1. Where no x reaches it, the width is 0."
    ),
    inputs=("w",),
    outputs=("width",),
    reference=tanh_explosion_width,
    sample=_sample_explosion_width,
    hints=(
        "Where is the slope of tanh largest, and how large is it there? That gives the least |w|.",
        "1 − tanh²(a) = 1/cosh²(a). Solve |w|/cosh²(a) = 1 for a; `np.arccosh` is the inverse of cosh.",
        "An interval in a is |w| times as wide as the one in x, and the slope is symmetric about a = 0.",
    ),
    mistakes=(
        Mistake(
            "width in a instead of x",
            "This is the width in the pre-activation a. x is asked for, and a = wx + b runs |w| times as "
            "fast as x.",
            lambda w: _outside(w, _width(abs(w)) * abs(w)),
        ),
        Mistake(
            "half the width",
            "This is the distance from the centre of the interval to one end. The slope is symmetric, "
            "so the interval reaches as far to the other side.",
            lambda w: _outside(w, _width(abs(w), share=1.0)),
        ),
        Mistake(
            "half of the inverse forgotten",
            "Twice the width. If you wrote the inverse of tanh as a logarithm, it has a ½ in front: "
            "artanh(t) = ½ ln((1 + t)/(1 − t)).",
            lambda w: _outside(w, _width(abs(w), share=4.0)),
        ),
        Mistake(
            "negative weights give zero",
            "Negative weights come out with width 0. Only the size of the factor counts, so w and -w have the "
            "same width: |w| decides.",
            lambda w: np.where(w > 1, _width(w), 0.0),
        ),
        Mistake(
            "no absolute value of w",
            "Positive weights are right and negative ones give NaN. The condition is about the size of the "
            "factor, so the formula needs |w| at every place.",
            lambda w: _outside(w, _width(w)),
        ),
        Mistake(
            "not zero for small weights",
            "For |w| < 1 you get NaN: no a has cosh(a) < 1. The slope of tanh is at most 1, so there the factor "
            "never reaches 1 and the set is empty.",
            lambda w: _width(abs(w)),
        ),
        Mistake(
            "formula used outside its range",
            "The formula stands for w > 1 alone, and you use it for every w. Two things are left to see "
            "to: what a negative weight changes, and what remains of the set when |w| is below 1.",
            lambda w: _width(w),
        ),
        Mistake(
            "square root forgotten",
            "You solved |w| = cosh(a). The slope of tanh is one over the square of cosh.",
            lambda w: _outside(w, _width(abs(w), inside=np.abs)),
        ),
        Mistake(
            "the sigmoid's window",
            "This is the window of the sigmoid, from the text. tanh has another slope: 1 − tanh² instead of σ(1 − σ).",
            explosion_width,
        ),
        Mistake(
            "tanh at half the speed",
            "You took tanh for a sigmoid stretched to twice the height, and forgot that it also runs twice as fast: "
            "tanh(a) = 2σ(2a) − 1.",
            lambda w: 2 * explosion_width(2 * np.asarray(w, float)),
        ),
        Mistake(
            "the sigmoid's threshold",
            "Weights between 1 and 4 come out with width 0. The 4 belongs to the sigmoid, whose slope is at most ¼.",
            lambda w: _outside(w, _width(abs(w)), threshold=4),
            also=(lambda w: np.where(abs(w) >= 4, _width(abs(w)), 0.0),),
        ),
    ),
)
