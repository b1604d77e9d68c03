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
        "A unit's update gate has the bias 3 and sees nothing else. After how many steps (a fraction counts) is 1/e "
        "of its old state left, in a library where z = 1 replaces, and in one where z = 1 keeps?"
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
            "Those are the steps after which half is left. Asked for is 1/e.",
            lambda: tuple(math.log(2) * value for value in _both()),
        ),
        Slip(
            "one over what is lost",
            "1/(1 − f) approximates −1/ln f where f is close to 1, and even there it is half a step too long. Take "
            "the logarithm.",
            lambda: tuple(1 + math.exp(b) for b in (-BIAS, BIAS)),
        ),
        Slip(
            "replaces in both",
            "You took the gate to replace in both. In the second library the old state gets the share z.",
            lambda: _both(-BIAS, -BIAS),
        ),
        Slip(
            "half-life of the gate that keeps",
            "The first is right. The second is a half-life, the time until half is left; asked for is 1/e.",
            lambda: (_both()[0], math.log(2) * _both()[1]),
        ),
        Slip(
            "sign of the logarithm",
            "Your times are negative. The logarithm of a share below 1 is negative, and so is that of 1/e.",
            lambda: tuple(-value for value in _both()),
        ),
        Slip(
            "rates",
            "Those are rates, −ln f, the loss in the logarithm at each step. A time is one over that.",
            lambda: tuple(1 / value for value in _both()),
        ),
        Slip(
            "logarithm to base ten",
            "Your logarithm is to base ten, so a tenth is left. For 1/e take the natural one.",
            lambda: tuple(math.log(10) * value for value in _both()),
        ),
        Slip(
            "e to the bias",
            "e^b is f/(1 − f), which approximates the time where f is close to 1. Take −1/ln f.",
            lambda: (math.exp(-BIAS), math.exp(BIAS)),
        ),
        Slip(
            "time to lose 1/e",
            "After your time 1/e has been lost. Asked for is the time after which 1/e is left.",
            lambda: tuple(-math.log(1 - 1 / math.e) * value for value in _both()),
        ),
        Slip(
            "whole steps",
            "You rounded up to whole steps. A fraction of a step counts here.",
            lambda: tuple(float(math.ceil(value)) for value in _both()),
        ),
        Slip(
            "tanh for the gate",
            "You put the bias through tanh. A gate is a sigmoid.",
            lambda: (-1 / math.log(1 - math.tanh(BIAS)), -1 / math.log(math.tanh(BIAS))),
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
    ),
    why="The share that stays is σ(−3) a step there and σ(3) here, and f^k = 1/e at k = −1/ln f.",
    hints=(
        "What share of the old state stays after one step, in each of the two?",
        "If a share f stays at each step, f^k is left after k steps. Set it to 1/e.",
    ),
)
