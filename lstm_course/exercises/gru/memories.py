"""Exercise of chapter 15 on paper: what a bias means in two conventions."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.checker import Number, Slip
from lstm_course.gradient_flow import memory_time

BIAS = 3.0


def _both(there=-BIAS, here=BIAS):
    return float(memory_time(np.array(there))), float(memory_time(np.array(here)))


TWO_MEMORIES = Number(
    label="two-memories",
    kind="predict",
    prompt=(
        "A unit's update gate has the bias 3 and sees nothing else, and its candidate does not hear the state. After how "
        "many steps (a fraction counts) is 1/e of its old state left, in a library where z = 1 replaces, and in one where "
        "z = 1 keeps?"
    ),
    names=("where_it_replaces", "where_it_keeps"),
    answer=_both,
    rtol=0.01,
    slips=(
        Slip(
            "one answer for both",
            "You took the gate to keep in both. In the first library the old state gets the share 1 − z.",
            lambda: _both(BIAS, BIAS),
        ),
        Slip(
            "the two exchanged",
            "Right numbers in the other order: where z = 1 replaces, a large bias makes the unit forget.",
            lambda: _both()[::-1],
        ),
        Slip(
            "half-lives",
            "Those are the steps after which half is left, or you took logarithms to base 2. Asked for is 1/e.",
            lambda: tuple(math.log(2) * value for value in _both()),
        ),
        Slip(
            "one over what is lost",
            "1/(1 − f) approximates −1/ln f where f is close to 1, and even there it is half a step too long. Take "
            "the logarithm.",
            lambda: tuple(1 + math.exp(b) for b in (-BIAS, BIAS)),
        ),
        Slip(
            "the bias as the gate",
            "3 is the pre-activation. The gate is σ(3).",
            lambda: (1 / math.log(BIAS), 1 / math.log(BIAS)),
        ),
        Slip(
            "the shares themselves",
            "Those are the shares that are left after one step. After how many steps is it 1/e?",
            lambda: tuple(1 / (1 + math.exp(b)) for b in (BIAS, -BIAS)),
        ),
        Slip(
            "e to the bias",
            "e^b is the share over what is lost, and comes near −1/ln f where b is large. At −3 it is far off: take the "
            "logarithm of the share.",
            lambda: tuple(math.exp(b) for b in (-BIAS, BIAS)),
        ),
        Slip(
            "decimal logarithms",
            "You took logarithms to base 10. 1/e asks for the natural ones.",
            lambda: tuple(math.log(10) * value for value in _both()),
        ),
        Slip(
            "minus lost",
            "Times are positive. The logarithm of a share is negative, and so is that of 1/e.",
            lambda: tuple(-value for value in _both()),
        ),
        Slip(
            "rates for times",
            "Those are −ln f, what is lost a step. A time is one divided by it.",
            lambda: tuple(1 / value for value in _both()),
        ),
        Slip(
            "one answer for both, where it replaces",
            "You took the gate to replace in both. In the second library the old state gets the share z.",
            lambda: _both(-BIAS, -BIAS),
        ),
        Slip(
            "until 1/e is gone",
            "After that many steps 1/e is gone. 1/e is to be left.",
            lambda: tuple(-math.log(1 - 1 / math.e) * value for value in _both()),
        ),
        Slip(
            "whole steps",
            "You rounded up to whole steps. A fraction of a step counts here.",
            lambda: tuple(float(math.ceil(value)) for value in _both()),
        ),
        Slip(
            "bias for the time",
            "You took the bias, or its inverse, for the time. The gate is σ(3), and the time is −1/ln of the share that "
            "stays.",
            lambda: (1 / BIAS, BIAS),
        ),
        Slip(
            "tanh for the gate",
            "You sent the bias through tanh. A gate is a sigmoid of its bias.",
            lambda: (-1 / math.log(1 - math.tanh(BIAS)), -1 / math.log(math.tanh(BIAS))),
        ),
        Slip(
            "e^−b left of a step",
            "You took 1 − e^−3 for the gate. It is σ(3) = 1/(1 + e^−3).",
            lambda: (1 / BIAS, -1 / math.log(1 - math.exp(-BIAS))),
        ),
    ),
    why="The share that stays is σ(−3) a step there and σ(3) here, and f^k = 1/e at k = −1/ln f.",
    hints=(
        "The candidate brings nothing of the state back. What share of it does the gate keep at one step, in each of the two?",
        "If a share f stays at each step, f^k is left after k steps. Set it to 1/e.",
    ),
)
