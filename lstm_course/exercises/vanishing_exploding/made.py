"""Exercises of chapter 2 that are made or found: factors below one that keep a gradient alive, a planted bug."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip

# --- a bug in twelve lines --------------------------------------------------------------------------

VANISHING_BUG = Bug(
    label="vanishing-bug",
    prompt=(
        "This is to measure a tanh network of weight scale s√n = 1, whose gain is close to one. With n = 64 and "
        "twenty layers it returns a gradient of norm below 1e-15. Which line is wrong?"
    ),
    listing="""
def gradient_at_the_input(n, layers, rng):
    weights = [rng.normal(0, 1 / n, (n, n)) for _ in range(layers)]
    h, slopes = rng.standard_normal((16, n)), []
    for weight in weights:
        a = h @ weight.T
        h = np.tanh(a)
        slopes.append(1 - h**2)
    dh = rng.standard_normal(h.shape)
    for weight, slope in zip(reversed(weights), reversed(slopes)):
        da = dh * slope
        dh = da @ weight
    return dh
""",
    line="weights",
    tempting={
        "a": "With one example a row, a = h Wᵀ: row i of W collects for neuron i. That is right.",
        "h": "h holds the inputs, and then each layer's activation in turn. That is right.",
        "slopes": "1 − h² is the slope of tanh, kept for every layer in the order of the layers. That is right.",
        "da": "The gradient passes the activation by a product with the slope, entry by entry. That is right.",
        "dh": "Backwards the columns of W collect: da W for one example a row. And it starts with random numbers at "
        "the output. Both are right.",
        "return": "The last dh belongs to the input. That is right.",
    },
    hint="Compute by what factor one layer changes the norm, from the size of the weights that the code draws.",
    why="NumPy's `normal` takes a standard deviation. 1/n is the variance that was wanted; its root is 1/√n.",
    hints=(
        "By what factor should one layer change the norm at weight scale 1, and by what does it here?",
        "Gain is about s√n for tanh near 0. Which s does the code draw with?",
    ),
)

# --- every factor below one, and the gradient stays -------------------------------------------------

MANY, FAR = 100_000, 10**15  # layers that are multiplied; and one far out
LEAST = 0.1


class Factors(NamedTuple):
    """A learner's rule, and what it gives for layers 1 to `MANY`."""

    rule: Callable[[int], float]
    values: np.ndarray


def _read(answer) -> Factors:
    if not callable(answer):
        raise TypeError(f"the answer must be a function of the layer's number, got {type(answer).__name__}")
    try:
        values = [answer(layer) for layer in (*range(1, MANY + 1), FAR)]
    except Exception as error:
        raise ValueError(f"the function raised {type(error).__name__}: {error}") from error
    if not all(isinstance(value, numbers.Real) for value in values):
        raise TypeError("the function must return a number for every layer")
    return Factors(answer, np.array(values, dtype=float))


def _below_one(built: Factors) -> str:
    values = built.values
    early = values[:20]
    for wrong, what in ((~(values > 0), "is not positive"), (values > 1, "exceeds 1")):
        if wrong.any():
            layer = int(np.argmax(wrong)) + 1
            return f"The factor of layer {layer if layer <= MANY else FAR} {what}: {values[layer - 1]:g}."
    if (early == 1).any():
        return f"The factor of layer {int(np.argmax(early == 1)) + 1} is 1."
    return ""


def _stays(built: Factors) -> str:
    product = float(np.exp(np.log(built.values[:MANY]).sum()))
    return "" if product > LEAST else f"After {MANY:,} layers the product is {product:.2g}."


def _goes_on(built: Factors) -> str:
    missing = 1 - built.values[-1]
    if missing * FAR < 0.05:
        return ""
    return f"At layer 10¹⁵ the factor is still {missing:.1g} below 1, and as many such factors leave nothing."


def _of_your_own(built: Factors) -> str:
    layers = np.arange(1, 101)
    texts = np.allclose(1 - built.values[:100], 1 / (layers + 1.0) ** 2, rtol=1e-6, atol=0)
    return "It is 1 − 1/(l+1)², which stands in the text." if texts else ""


def _short_by(*rules):
    """A test of whether what is missing to 1 is, far out, some multiple of one of these functions of the layer."""
    layers = np.arange(1000, MANY + 1)

    def test(built):
        missing = 1 - built.values[999:MANY]
        if not (missing > 0).all():
            return False
        return any(np.ptp(np.log(missing / rule(layers))) < 0.01 for rule in rules)

    return test


def _stays_low(built):
    if not (built.values > 0).all():
        return False
    product = np.exp(np.log(built.values[:MANY]).cumsum())
    return bool(0 < product[-1] <= LEAST and product[-1] > 0.999 * product[MANY // 10])


ALIVE_BELOW_ONE = Built(
    label="alive-below-one",
    level="hard",
    kind="design",
    prompt=(
        "Find a rule, a function of the layer's number 1, 2, 3, …, that gives each layer a factor between 0 and 1, "
        "below 1, such that the product over the layers stays above 0.1 however deep the network is. It must not be "
        "the text's 1 − 1/(l+1)²."
    ),
    read=_read,
    form_text="Your answer is a function: it takes the layer's number and returns its factor.",
    demands=(
        Demand(
            "keeps every factor between 0 and 1",
            _below_one,
            "Every factor must be positive and below 1; far out it may round to 1.",
        ),
        Demand(
            "keeps the product above 0.1 over 100,000 layers",
            _stays,
            "How far below 1 may the factors lie in all? For small u, ln(1 − u) is close to −u.",
        ),
        Demand(
            "keeps it at any depth",
            _goes_on,
            "The factors must approach 1 so fast that what they are short of 1 has a finite sum.",
        ),
        Demand(
            "is another than the text's",
            _of_your_own,
            "It would do. Now one of your own: which other sums of positive numbers are finite?",
        ),
    ),
    slips=(
        Slip(
            "one itself",
            "1 is not below 1. A factor may come as close to it as you like; which rule comes closer and closer?",
            lambda built: bool((built.values[:100] == 1).all()),
        ),
        Slip(
            "above one",
            "You approach 1 from above. Below it, by the same amounts, is what is asked for.",
            lambda built: bool((built.values[:20] > 1).all()),
        ),
        Slip(
            "one factor for all layers",
            "All layers have the same factor. Its powers go to 0, however close to 1 it is: that is what a uniform "
            "bound means.",
            lambda built: len({*built.values[:100].tolist()}) == 1 and 0 < built.values[0] < 1,
        ),
        Slip(
            "nothing left at the first layer",
            "The rule is a good one from the second layer on. At the first it gives 0, and one factor 0 is enough.",
            lambda built: (
                built.values[0] == 0 and bool(((built.values[1:20] > 0) & (built.values[1:20] < 1)).all())
            ),
        ),
        Slip(
            "short of one by 1/l",
            "You approach 1, and too slowly: 1/2 + 1/3 + 1/4 + … has no finite sum, nor has any multiple of it, so the "
            "product still goes to 0.",
            _short_by(lambda layers: 1 / layers),
        ),
        Slip(
            "short of one by less than 1/l takes",
            "You approach 1, and more slowly than by 1/l. Not even 1 + 1/2 + 1/3 + … has a finite sum: the product goes to 0.",
            _short_by(lambda layers: 1 / np.sqrt(layers), lambda layers: 1 / np.log(layers)),
        ),
        Slip(
            "falls instead of rising",
            "Your factors fall from layer to layer. They must rise towards 1.",
            lambda built: bool((np.diff(built.values[:50]) < 0).all() and built.values[0] <= 1),
        ),
        Slip(
            "stays, and too low",
            "Your product does stay above zero at any depth, and below 0.1. The first layers take too much: begin nearer "
            "to 1.",
            _stays_low,
        ),
    ),
    example=lambda: lambda layer: 1 - 0.5**layer,
    why="Each factor is below 1, and yet no single number below 1 bounds them all. If one did, its powers would "
    "bound the product, and the gradient would vanish.",
    hints=(
        "A constant factor will not do. Let the factors approach 1.",
        "The logarithm of the product is a sum. When is it finite, if layer l is short of 1 by u_l?",
        "1 + 1/4 + 1/9 + 1/16 + … has a finite sum. So has ½ + ¼ + ⅛ + … = 1.",
    ),
)
