"""Exercises of chapter 1 on paper: one weight in two places."""

from __future__ import annotations

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker import Number, Slip
from lstm_course.exercises.backprop.uses import (
    INPUT,
    WEIGHT,
    lower_otherwise,
    one_weight_twice,
    parts_as,
    upper_otherwise,
)

ONE_WEIGHT_TWICE = Number(
    label="one-weight-twice",
    prompt=(
        "Let h = σ(w x), y = σ(w h) and L = ½ (y - t)², with one and the same w = 2, and x = 1, t = 0. How much do "
        "the upper use of w (in y) and the lower one (in h) contribute to dL/dw, and what is dL/dw?"
    ),
    names=("upper", "lower", "whole"),
    answer=one_weight_twice,
    rtol=0.005,
    slips=(
        Slip(
            "product of the two",
            "The parts are right, and then you multiplied them. Two uses are two paths, and paths add.",
            lambda: parts_as(lambda upper, lower: upper * lower),
        ),
        Slip(
            "only the upper use",
            "You stopped at the upper use. w moves in both places at once, so the whole is the sum.",
            lambda: parts_as(lambda upper, lower: upper),
        ),
        Slip(
            "only the lower use",
            "The whole counts the upper use as well. Paths add.",
            lambda: parts_as(lambda upper, lower: lower),
        ),
        Slip(
            "mean of the two",
            "You took the mean. Two uses of one weight add up.",
            lambda: parts_as(lambda upper, lower: (upper + lower) / 2),
        ),
        Slip(
            "line's weight forgotten",
            "On its way down to h the delta crosses a line, and that line has the weight w too.",
            lambda: one_weight_twice(edge=1),
        ),
        Slip(
            "slope of the lower unit forgotten",
            "The lower path also passes the unit h, with its slope h(1 − h).",
            lambda: one_weight_twice(below=lambda h: 1),
        ),
        Slip(
            "slope of y forgotten",
            "Between L and the pre-activation of y stands the sigmoid of y. Its slope y(1 − y) is a factor of both "
            "parts.",
            lambda: one_weight_twice(slope=lambda v: 1, below=lambda h: h * (1 - h)),
        ),
        Slip(
            "both slopes forgotten",
            "No slope is in your numbers. Each unit that a path passes adds one, h(1 − h) or y(1 − y).",
            lambda: one_weight_twice(slope=lambda v: 1),
        ),
        Slip(
            "slope of y forgotten above",
            "The upper part passes the unit y, with its slope y(1 − y). Your lower part has it.",
            lambda: upper_otherwise(one_weight_twice(slope=lambda v: 1)[0]),
        ),
        Slip(
            "slope of y forgotten below",
            "The lower path begins like the upper one, through the unit y, with its slope y(1 − y).",
            lambda: lower_otherwise(one_weight_twice(slope=lambda v: 1, below=lambda h: h * (1 - h))[1]),
        ),
        Slip(
            "y − t forgotten",
            "The derivative of the loss is missing: both parts begin with y − t.",
            lambda: one_weight_twice(error=lambda y: 1),
        ),
        Slip(
            "the loss in place of its derivative",
            "You begin with L = ½ y². What arrives at y is the derivative of the loss, y − t.",
            lambda: one_weight_twice(error=lambda y: y**2 / 2),
        ),
        Slip(
            "(y − t)² in place of y − t",
            "You begin with (y − t)². The derivative of ½ (y − t)² is y − t.",
            lambda: one_weight_twice(error=lambda y: y**2),
        ),
        Slip(
            "the 2 of the square kept",
            "All parts are twice too large. The 2 that the square brings down is cancelled by the ½.",
            lambda: one_weight_twice(error=lambda y: 2 * y),
        ),
        Slip(
            "the ½ kept",
            "All parts are half of what they should be. The ½ is used up: it cancels the 2 of the square.",
            lambda: one_weight_twice(error=lambda y: y / 2),
        ),
        Slip(
            "sign of y − t",
            "Every sign is turned: the loss begins with y − t, not with t − y.",
            lambda: one_weight_twice(error=lambda y: -y),
        ),
        Slip(
            "target 1",
            "Your numbers are those of the target 1. Here t = 0.",
            lambda: one_weight_twice(error=lambda y: y - 1),
        ),
        Slip(
            "slopes of tanh",
            "1 − h² is the slope of tanh. Both units are sigmoids.",
            lambda: one_weight_twice(slope=lambda v: 1 - v**2),
        ),
        Slip(
            "one factor of the slopes",
            "You took 1 − h and 1 − y for the slopes. The sigmoid's has two factors, h(1 − h).",
            lambda: one_weight_twice(slope=lambda v: 1 - v),
        ),
        Slip(
            "activations for the slopes",
            "You multiplied by h and y where their slopes belong, h(1 − h) and y(1 − y).",
            lambda: one_weight_twice(slope=lambda v: v),
        ),
        Slip(
            "slope at the activation",
            "σ′ is taken at h and y, so the sigmoid is applied once too often. In terms of h the slope is h(1 − h).",
            lambda: one_weight_twice(slope=lambda v: float(sigmoid_prime(v))),
        ),
        Slip(
            "slope of the lower unit at y",
            "On the lower path you took the slope y(1 − y) twice. The second unit that it passes is h.",
            lambda: lower_otherwise(one_weight_twice(below=lambda h: float(sigmoid_prime(WEIGHT * h)))[1]),
        ),
        Slip(
            "lower slope at the activation",
            "On the lower path you took σ′ at h, so the sigmoid is applied once too often. In terms of h the slope is "
            "h(1 − h).",
            lambda: lower_otherwise(one_weight_twice(below=lambda h: float(sigmoid_prime(h)))[1]),
        ),
        Slip(
            "one factor of the lower slope",
            "The slope of the lower unit has two factors, h and 1 − h. One of them is missing.",
            lambda: lower_otherwise(one_weight_twice(below=lambda h: 1 - h)[1]),
        ),
        Slip(
            "activation for the lower slope",
            "On the lower path you multiplied by h. The factor is the slope of that unit, h(1 − h).",
            lambda: lower_otherwise(one_weight_twice(below=lambda h: h)[1]),
        ),
        Slip(
            "slope of tanh below",
            "1 − h² is the slope of tanh. The lower unit is a sigmoid.",
            lambda: lower_otherwise(one_weight_twice(below=lambda h: 1 - h**2)[1]),
        ),
        Slip(
            "x at the upper tail",
            "At the tail of the upper use stands h, and not x.",
            lambda: one_weight_twice(tail=lambda y: INPUT),
        ),
        Slip(
            "y at the upper tail",
            "At the tail of the upper use stands what it multiplies, h. y is what comes out above it.",
            lambda: one_weight_twice(tail=lambda y: y),
        ),
        Slip(
            "w at the upper tail",
            "The derivative of w h by w is h. You have w in that place.",
            lambda: one_weight_twice(tail=lambda y: WEIGHT),
        ),
        Slip(
            "w kept in the upper part",
            "The upper part holds w h. The derivative of w h by w is h alone.",
            lambda: upper_otherwise(WEIGHT * one_weight_twice()[0]),
        ),
        Slip(
            "w twice on the lower path",
            "The lower path holds w twice. It crosses one line with a weight, from y down to h; the lower w is the one "
            "that is differentiated, and x stands in its place.",
            lambda: lower_otherwise(WEIGHT * one_weight_twice()[1]),
        ),
        Slip(
            "h at the lower tail",
            "Your lower part holds h as one more factor. At the tail of the lower use stands x, and its path goes on from the "
            "delta of y, not from the upper part.",
            lambda: lower_otherwise(float(sigmoid(WEIGHT * INPUT)) * one_weight_twice()[1]),
        ),
        Slip(
            "difference of the two",
            "You subtracted the lower part. Two uses are two paths, and paths add.",
            lambda: parts_as(lambda upper, lower: upper - lower),
        ),
        Slip(
            "difference of the two, the other way",
            "You subtracted the upper part. Two uses are two paths, and paths add.",
            lambda: parts_as(lambda upper, lower: lower - upper),
        ),
        Slip(
            "twice the upper use",
            "You doubled the upper part. The two uses stand at different places and contribute different amounts: add "
            "them.",
            lambda: parts_as(lambda upper, lower: 2 * upper),
        ),
        Slip(
            "one factor for both uses",
            "You multiplied the sum by 2 for the two uses. They are both in the sum already.",
            lambda: parts_as(lambda upper, lower: 2 * (upper + lower)),
        ),
        Slip(
            "w forgotten on the way up, in y",
            "Your y is σ(h). On the way up, too, h is multiplied by w before it meets the sigmoid.",
            lambda: one_weight_twice(weights=(WEIGHT, 1.0)),
        ),
        Slip(
            "w forgotten in y, both ways",
            "Your y is σ(h), and no w stands on the way back either. The upper unit is σ(w h).",
            lambda: one_weight_twice(weights=(WEIGHT, 1.0), edge=1),
        ),
        Slip(
            "w forgotten in h",
            "Your h is σ(x). The lower unit is σ(w x), with w = 2.",
            lambda: one_weight_twice(weights=(1.0, WEIGHT)),
        ),
        Slip(
            "w forgotten in both units",
            "Your h and y are σ(x) and σ(h): on the way up each input is multiplied by w.",
            lambda: one_weight_twice(weights=(1.0, 1.0)),
        ),
        Slip(
            "rounded to two digits",
            "The numbers are right as far as they go: give them to three digits.",
            lambda: tuple(round(part, 2) for part in one_weight_twice()),
        ),
        Slip(
            "parts exchanged",
            "Right numbers in the other order: the upper use is the one in y = σ(w h).",
            lambda: (*one_weight_twice()[1::-1], one_weight_twice()[2]),
        ),
    ),
    why="It is b₁ once more: a number used in two places collects what comes from both. Chapter 10 is this sum.",
    hints=(
        "Give the two uses different names, w_upper and w_lower. You have a chain of two weights, which you can do.",
        "The delta of y is (y − t) y (1 − y). Its activation at the tail is h.",
        "For the lower use, carry the delta across the line (times w), through the unit (times h(1 − h)), and "
        "multiply by x.",
    ),
)
