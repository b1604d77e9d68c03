"""Exercises of chapter 1: the loss of a batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.losses import squared_error


def _sample_squared_error(rng, size):
    batch, n_out, dtype = (
        (1, 1, np.float64),
        (2, 3, np.float64),
        (4, 1, np.float64),
        (3, 2, np.float32),
        (1, 4, np.float64),
        (64, 10, np.float64),
    )[size]
    y, target = draw(rng, batch, n_out, dtype=dtype), draw(rng, batch, n_out, dtype=dtype)
    y[-1, 1:] = target[-1, 1:]  # some outputs are right already
    return y, target


def _squared_error_by(loss_factor: Callable, gradient_factor: Callable):
    """The squared error with other factors before the sum of squares and before y − t."""

    def wrong(y, target):
        error = y - target
        return float(loss_factor(*y.shape) * np.sum(error**2)), error * y.dtype.type(
            gradient_factor(*y.shape)
        )

    return wrong


SQUARED_ERROR = Exercise(
    label="squared-error",
    level="warm-up",
    prompt=(
        "Compute half the squared error, summed over the outputs and averaged over the batch, and its "
        "gradient with respect to y."
    ),
    inputs=("y", "target"),
    outputs=("loss", "dy"),
    shapes=("", "(B, O)"),
    reference=squared_error,
    sample=_sample_squared_error,
    sizes=6,
    hints=(
        "Write the loss of one example first, as in the chapter. Then average over the B rows.",
        "Each y stands in one term of the double sum. What does the square bring down, and what cancels it?",
        "The factor 1/B stands before the whole sum, so the derivative has it too.",
    ),
    mistakes=(
        Mistake(
            "sum over the batch instead of mean",
            "The examples of the batch are summed. Our loss is their mean, so that the size of a step "
            "does not depend on the batch size: loss and gradient both need a 1/B.",
            _squared_error_by(lambda B, K: 0.5, lambda B, K: 1),
        ),
        Mistake(
            "gradient without 1/B",
            "The loss is a mean over the batch, but its gradient is that of the sum. Each y stands in a "
            "single one of the B terms, and that term carries the factor 1/B.",
            _squared_error_by(lambda B, K: 0.5 / B, lambda B, K: 1),
        ),
        Mistake(
            "the ½ is missing",
            "The ½ is missing. It is there to cancel the 2 that comes down when the square is "
            "differentiated, so without it the result is twice as large.",
            _squared_error_by(lambda B, K: 1 / B, lambda B, K: 2 / B),
        ),
        Mistake(
            "sign of the gradient",
            "Your gradient points from y to the target. It should point uphill, to where the loss grows: "
            "if y is above t, a larger y makes matters worse.",
            _squared_error_by(lambda B, K: 0.5 / B, lambda B, K: -1 / B),
        ),
        Mistake(
            "mean over the outputs too",
            "You average over the outputs as well as over the batch, as np.mean does. Only the batch is "
            "averaged here; the outputs of one example are summed.",
            _squared_error_by(lambda B, K: 0.5 / (B * K), lambda B, K: 1 / (B * K)),
        ),
        Mistake(
            "the 2 of the square kept",
            "Your gradient is twice what it should be. The square brings down a 2, and the ½ before it is there to "
            "cancel it.",
            _squared_error_by(lambda B, K: 0.5 / B, lambda B, K: 2 / B),
        ),
        Mistake(
            "divided by the outputs",
            "You divide by the number of outputs. The mean runs over the examples, the rows: divide by B.",
            _squared_error_by(lambda B, K: 0.5 / K, lambda B, K: 1 / K),
        ),
        Mistake(
            "norm in place of its square",
            "You take the length of the error, and the loss is made of squares: no root.",
            lambda y, target: (
                float(0.5 * np.linalg.norm(y - target) / len(y)),
                (y - target) / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "norm of each example in place of its square",
            "You take the length of each example's error, and the loss is made of squares: no root.",
            lambda y, target: (
                float(0.5 * np.sum(np.linalg.norm(y - target, axis=1)) / len(y)),
                (y - target) / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "absolute errors",
            "You add up the sizes of the errors. Square them: twice the error counts four times.",
            lambda y, target: (
                float(0.5 * np.sum(abs(y - target)) / len(y)),
                np.sign(y - target) / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "the ½ in the gradient again",
            "Your gradient has the ½ still in it. It is used up: it cancels the 2 that the square brings down.",
            _squared_error_by(lambda B, K: 0.5 / B, lambda B, K: 0.5 / B),
        ),
        Mistake(
            "1/B twice",
            "You divide by B twice. One mean over the batch is enough.",
            _squared_error_by(lambda B, K: 0.5 / B**2, lambda B, K: 1 / B**2),
        ),
        Mistake(
            "target forgotten",
            "The target does not occur. The error is how far y is from t.",
            lambda y, target: (float(0.5 * np.sum(y**2) / len(y)), y / y.dtype.type(len(y))),
        ),
        Mistake(
            "difference of the squares",
            "You subtract y² and t². The error is y − t, and that is what is squared.",
            lambda y, target: (
                float(0.5 * np.sum(y**2 - target**2) / len(y)),
                y / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "first example only",
            "Only the first row of the batch counts. The loss is the mean over all B rows.",
            lambda y, target: (
                float(0.5 * np.sum((y[0] - target[0]) ** 2)),
                np.where(np.arange(len(y))[:, None] == 0, y - target, 0),
            ),
        ),
        Mistake(
            "the error not squared",
            "The loss adds up the errors themselves, so one that is too high pays for one that is too low. Square "
            "each before you add.",
            lambda y, target: (float(0.5 * np.sum(y - target) / len(y)), (y - target) / y.dtype.type(len(y))),
        ),
        Mistake(
            "the sum over everything squared",
            "In the loss you add all errors first and square the sum, so that they can cancel. Square each, then add.",
            lambda y, target: (
                float(0.5 * np.sum(y - target) ** 2 / len(y)),
                (y - target) / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "the mean squared",
            "In the loss you take the mean of the errors and square that, so that they can cancel. Square each, then take the "
            "mean over the batch.",
            lambda y, target: (
                float(0.5 * np.sum(np.mean(y - target, axis=0) ** 2)),
                (y - target) / y.dtype.type(len(y)),
            ),
        ),
        Mistake(
            "the sum squared",
            "You add the errors of an example first and square the sum, so they can cancel. Square each, then add.",
            lambda y, target: (
                float(0.5 * np.sum(np.sum(y - target, axis=1) ** 2) / len(y)),
                np.sum(y - target, axis=1, keepdims=True) * np.ones_like(y) / y.dtype.type(len(y)),
            ),
        ),
    ),
)
