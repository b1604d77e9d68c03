"""What two uses of one weight contribute to its derivative, right and with a slip."""

from __future__ import annotations

from lstm_course.activations import sigmoid

WEIGHT, INPUT = 2.0, 1.0


def one_weight_twice(
    *,
    error=lambda y: y,
    slope=lambda v: v * (1 - v),
    below=None,
    edge=WEIGHT,
    tail=None,
    weights=(WEIGHT, WEIGHT),
):
    """What the upper and the lower use of w contribute to dL/dw, and their sum; with other factors if given.

    `error` is dL/dy and `slope` the unit's slope in terms of its value, `below` that of the lower unit if it is
    another; `edge` is what the delta is multiplied by on its way to h, `tail` what stands at the upper tail;
    `weights` are those of the lower and the upper unit on the way up.
    """
    h = float(sigmoid(weights[0] * INPUT))
    y = float(sigmoid(weights[1] * h))
    delta = error(y) * slope(y)  # the target is 0
    upper = delta * (h if tail is None else tail(y))
    lower = delta * edge * (below or slope)(h) * INPUT
    return upper, lower, upper + lower


def upper_otherwise(upper):
    """The upper contribution alone is another, and with it the sum."""
    lower = one_weight_twice()[1]
    return upper, lower, upper + lower


def lower_otherwise(lower):
    """The lower contribution alone is another, and with it the sum."""
    upper = one_weight_twice()[0]
    return upper, lower, upper + lower


def parts_as(combine):
    """The contributions are right, and the whole is what `combine` makes of them."""
    upper, lower, _ = one_weight_twice()
    return upper, lower, combine(upper, lower)
