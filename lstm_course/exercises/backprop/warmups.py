"""Warm-ups of chapter 1: the slope of the sigmoid, and the squared error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.losses import squared_error

# --- σ' ---------------------------------------------------------------------------------------------


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
            "You have (1+e^{-a})^{-2}, the outer derivative without its sign. The bracket is a function of a too: the "
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

# --- the squared error ------------------------------------------------------------------------------


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
            "the sum squared",
            "You add the errors of an example first and square the sum, so they can cancel. Square each, then add.",
            lambda y, target: (
                float(0.5 * np.sum(np.sum(y - target, axis=1) ** 2) / len(y)),
                np.sum(y - target, axis=1, keepdims=True) * np.ones_like(y) / y.dtype.type(len(y)),
            ),
        ),
    ),
)

EXERCISES = (SIGMOID_PRIME, SQUARED_ERROR)
