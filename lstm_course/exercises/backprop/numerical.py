"""Exercise of chapter 1: the gradient by central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.gradcheck import numerical_gradient

_STEP = 1e-5
_STEPS = (1e-3, 1e-4, 1e-6, 1e-7)  # others that people take
_LARGE_STEP = 0.1


class Formula:
    """A function of an array that prints as its formula."""

    def __init__(self, text: str, value: Callable[[np.ndarray], np.floating | float]):
        self.text, self.value = text, value

    def __call__(self, x):
        """Evaluate it."""
        return float(self.value(np.asarray(x, dtype=np.float64)))

    def __repr__(self):
        return f"<x -> {self.text}>"


def _sample_central_difference(rng, size):
    return (
        (Formula("x[0]**2 * x[1]", lambda x: x[0] ** 2 * x[1]), np.array([1.0, 2.0])),
        # At the bottom of a steep bowl or valley a central difference is 0 whatever its step, and a
        # one-sided one is not: this tells them apart even when the step is tiny.
        (Formula("500 * sum(x**2)", lambda x: 500 * np.sum(x**2)), np.zeros(3)),
        (Formula("500 * sum(x)**2", lambda x: 500 * np.sum(x) ** 2), np.array([0.5, -0.25, -0.25])),
        (
            Formula("sum(sin(x)) + sum(x)**2 / 2", lambda x: np.sum(np.sin(x)) + np.sum(x) ** 2 / 2),
            draw(rng, 2, 3),
        ),
        (Formula("sum(exp(x / 2) * x[::-1])", lambda x: np.sum(np.exp(x / 2) * x[::-1])), draw(rng, 4)),
        (Formula("log(1 + sum(x**2))", lambda x: np.log(1 + np.sum(x**2))), draw(rng, 6, 5)),
    )[size]


def _moved(x, j, step):
    moved = x.copy()
    moved[j] += step
    return moved


def _each_entry(quotient):
    """A finite difference that uses the given quotient for entry j of x."""

    def wrong(f, x):
        return np.array([quotient(f, x, j) for j in np.ndindex(x.shape)]).reshape(x.shape)

    return wrong


def _never_put_back(f, x):
    point, gradient = x.copy(), np.empty_like(x)
    for j in np.ndindex(x.shape):
        point[j] += _STEP
        above = f(point)
        point[j] -= 2 * _STEP
        gradient[j] = (above - f(point)) / (2 * _STEP)
    return gradient


def _copied_once(f, x):
    up, down, gradient = x.copy(), x.copy(), np.empty_like(x)
    for j in np.ndindex(x.shape):
        up[j] += _STEP
        down[j] -= _STEP
        gradient[j] = (f(up) - f(down)) / (2 * _STEP)
    return gradient


def _row_by_row(f, x):
    gradient = np.empty_like(x)
    for j in range(len(x)):
        gradient[j] = (f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))) / (2 * _STEP)
    return gradient


def _half_forward(step):
    return lambda f, x, j: (f(_moved(x, j, step)) - f(x)) / (2 * step)


def _central(step):
    return lambda f, x, j: (f(_moved(x, j, step)) - f(_moved(x, j, -step))) / (2 * step)


def _without(gradient, place):
    """The gradient without one entry."""
    gradient.flat[place] = 0
    return gradient


def _by_share(f, x, j):
    step = _STEP * x[j]
    return np.float64(f(_moved(x, j, step)) - f(_moved(x, j, -step))) / (2 * step)


def _first_column(f, x):
    gradient = np.zeros_like(x)
    for j in np.ndindex(x.shape):
        if not any(j[1:]):
            gradient[j] = (f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))) / (2 * _STEP)
    return gradient


def _coarse(f, x, j):
    return (f(_moved(x, j, _LARGE_STEP)) - f(_moved(x, j, -_LARGE_STEP))) / (2 * _LARGE_STEP)


CENTRAL_DIFFERENCE = Exercise(
    label="central-difference",
    prompt=(
        "Compute the gradient of f at x by central differences, one entry of x at a time. x has any "
        "shape and must not change; a step near 1e-5 balances truncation against rounding."
    ),
    inputs=("f", "x"),
    outputs=("gradient",),
    reference=numerical_gradient,
    sample=_sample_central_difference,
    sizes=6,
    hints=(
        "The chapter's quotient, once for each entry of x: f a little further up, minus f a little further down, "
        "over the way between the two points.",
        "np.ndindex(x.shape) visits every entry of an array of any shape. Move one entry on a fresh copy.",
        "Give the gradient the shape of x. From x - ε to x + ε it is a way of 2ε.",
    ),
    rtol=1e-6,
    atol=1e-7,
    nearly=(
        "The quotient is right, and your step is too small: f is known to 16 digits only, and that rounding is divided "
        "by 2ε. Take a step near 1e-5, not far below."
    ),
    mistakes=(
        Mistake(
            "one-sided difference",
            "You step to one side only. The error of that quotient shrinks like ε, that of the central "
            "one like ε²: go the same way up and down, and compare the two.",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) - f(x)) / _STEP),
            any_size=True,
        ),
        Mistake(
            "one-sided, divided by two steps",
            "Half of what is wanted: you step to one side only and divide by 2ε. From x to x+ε the way is ε; better, "
            "go to both sides.",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) - f(x)) / (2 * _STEP)),
            also=tuple(_each_entry(_half_forward(step)) for step in _STEPS),
        ),
        Mistake(
            "one-sided downwards, divided by two steps",
            "Half of what is wanted: you step down only and divide by 2ε. From x−ε to x the way is ε; better, go to "
            "both sides.",
            _each_entry(lambda f, x, j: (f(x) - f(_moved(x, j, -_STEP))) / (2 * _STEP)),
        ),
        Mistake(
            "sign of the quotient",
            "Every sign is turned: the value further down comes first in your difference. It is f(x+ε) − f(x−ε).",
            _each_entry(lambda f, x, j: (f(_moved(x, j, -_STEP)) - f(_moved(x, j, _STEP))) / (2 * _STEP)),
        ),
        Mistake(
            "sum of the two values",
            "You add the two values of f. How much f changes between the two points is their difference.",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) + f(_moved(x, j, -_STEP))) / (2 * _STEP)),
            any_size=True,
        ),
        Mistake(
            "absolute value of the difference",
            "The sizes are right and the signs are lost: you take the absolute value of the difference. A slope may be "
            "negative.",
            lambda f, x: abs(numerical_gradient(f, x)),
        ),
        Mistake(
            "last entry forgotten",
            "All is right but the last entry, which is 0: your loop does not get there.",
            lambda f, x: _without(numerical_gradient(f, x), -1),
        ),
        Mistake(
            "first entry forgotten",
            "All is right but the first entry, which is 0: your loop begins one late.",
            lambda f, x: _without(numerical_gradient(f, x), 0),
        ),
        Mistake(
            "divided by one step",
            "Everything is twice as large as it should be. From x−ε to x+ε is a way of 2ε, and that is "
            "what the difference of the two values has to be divided by.",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))) / _STEP),
        ),
        Mistake(
            "entry not put back",
            "An entry that has been moved is not put back before the next one is tried, so the steps "
            "pile up. Each partial derivative moves one entry, and all the others stand where x has them.",
            _never_put_back,
            any_size=True,
        ),
        Mistake(
            "copied once, before the loop",
            "Your two copies are made once and keep every step made so far, so entry j comes out as the "
            "sum of all partial derivatives up to it. Start from a fresh x for each entry.",
            _copied_once,
        ),
        Mistake(
            "all entries moved at once",
            "All entries move at once, so you get the slope along (1, 1, ..., 1), the same number for "
            "every entry. A partial derivative moves a single entry and holds the rest.",
            lambda f, x: np.full_like(x, (f(x + _STEP) - f(x - _STEP)) / (2 * _STEP)),
        ),
        Mistake(
            "rows moved instead of entries",
            "Right for a vector, wrong for a matrix: x[j] is a whole row there, and it moves as one. "
            "np.ndindex(x.shape) visits every entry of an array of any shape.",
            _row_by_row,
        ),
        Mistake(
            "both points are the same array",
            "The gradient is zero everywhere, because f saw the same point twice. `up = x` gives x a "
            "second name and makes no second array, so both steps land in one place. A step below 1e-16 is lost beside "
            "x, too.",
            lambda f, x: np.zeros_like(x),
            exact=True,
        ),
        Mistake(
            "multiplied by the step",
            "Your numbers are nearly zero: `/ 2 * ε` divides by 2 and then multiplies by ε. Bracket the denominator, "
            "(2 * ε).",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))) / 2 * _STEP),
        ),
        Mistake(
            "not divided at all",
            "Your numbers are nearly zero: this is the difference of the two values. Divide it by the way between the "
            "points, 2ε.",
            _each_entry(lambda f, x, j: f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))),
        ),
        Mistake(
            "divided by 2 only",
            "Your numbers are nearly zero: the difference is divided by 2 and not by ε. The way between the points is "
            "2ε.",
            _each_entry(lambda f, x, j: (f(_moved(x, j, _STEP)) - f(_moved(x, j, -_STEP))) / 2),
        ),
        Mistake(
            "step lost in rounding",
            "Your step is so small that rounding swamps it: beside x it has one digit left, or none. Take a step near "
            "1e-5.",
            _each_entry(_central(1e-15)),
            also=tuple(_each_entry(_central(step)) for step in (1e-11, 1e-12, 1e-13, 1e-14, 1e-16, 1e-17)),
        ),
        Mistake(
            "a step that is a share of x",
            "Your step is a share of the entry, so where the entry is 0 the two points are one, and 0/0 is no number. "
            "Take a step that does not vanish.",
            _each_entry(_by_share),
        ),
        Mistake(
            "only the first column of a matrix",
            "Right for a vector; of a matrix only the first entry of each row is moved. np.ndindex(x.shape) visits every "
            "entry.",
            _first_column,
        ),
        Mistake(
            "step too large",
            "The quotient is right and the step is too large: its error ε²f‴/6 is visible here. Try one "
            "near 1e-5.",
            _each_entry(_coarse),
            any_size=True,
        ),
    ),
)

EXERCISES = (CENTRAL_DIFFERENCE,)
