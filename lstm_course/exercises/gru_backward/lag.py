"""Exercise of chapter 16 on paper: a bias for a lag."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.checker import Number, Slip
from lstm_course.gradient_flow import memory_time
from lstm_course.lstm_weights import forget_bias_for

LAG, LEFT = 100, 0.5


def _bias(share=LEFT, lag=LAG):
    return forget_bias_for(share, lag), -lag / math.log(share)


BIAS_OF_Z = Number(
    label="bias-of-z",
    prompt=(
        "The update gate of a unit sees nothing but its bias. Which bias keeps half of the gradient on the highway over "
        "100 steps, and which time constant tau (steps until 1/e is left) does it give?"
    ),
    names=("bias", "tau"),
    answer=_bias,
    rtol=0.003,
    slips=(
        Slip(
            "half a step",
            "With a bias of 0 half is left after one step. Half is wanted after a hundred.",
            lambda: (0.0, 1 / math.log(2)),
        ),
        Slip(
            "chrono's value",
            "With the chrono rule's ln(T − 1), or with ln T, 1 − z is about 1/T. After T steps about 1/e is left then, and not half.",
            lambda: (math.log(LAG - 1), float(memory_time(np.array(math.log(LAG - 1.0))))),
        ),
        Slip(
            "sign of the bias",
            "With this sign the gate is near 0. In this book z near 1 keeps.",
            lambda: (-_bias()[0], _bias()[1]),
        ),
        Slip(
            "the gate for its bias",
            "That is the gate, 0.5^(1/100). Its bias is the number whose sigmoid it is.",
            lambda: (LEFT ** (1 / LAG), _bias()[1]),
        ),
        Slip(
            "half-life for tau",
            "100 steps are the half-life. τ is the time until 1/e is left, which is longer.",
            lambda: (_bias()[0], float(LAG)),
        ),
        Slip(
            "1/e after a hundred steps",
            "With this bias 1/e is left after 100 steps, so τ is 100. Half is wanted then.",
            lambda: _bias(1 / math.e),
        ),
        Slip(
            "the same loss at every step",
            "You let 1/200 go at every step, of what there was at the start. A gate takes its share of what is left, so "
            "half is the hundredth power of z.",
            lambda: (math.log(2 * LAG - 1), float(memory_time(np.array(math.log(2 * LAG - 1.0))))),
        ),
        Slip(
            "share divided by the steps",
            "You divided one half by the steps. A power is undone by a root.",
            lambda: (math.log(LEFT / LAG) - math.log1p(-LEFT / LAG), _bias()[1]),
        ),
        Slip(
            "a power for the root",
            "You raised one half to the hundredth power. It is z that is raised to it: take the root.",
            lambda: (LAG * math.log(LEFT), _bias()[1]),
        ),
        Slip(
            "logarithm of the gate",
            "That is ln z. The bias is ln(z/(1 − z)).",
            lambda: (math.log(LEFT) / LAG, _bias()[1]),
        ),
        Slip(
            "decimal logarithm",
            "You took logarithms to base 10. σ is made with e.",
            lambda: (_bias()[0] / math.log(10), LAG / math.log10(2)),
        ),
        Slip(
            "tanh for the gate",
            "You inverted tanh. A gate is a sigmoid, and its inverse is ln(z/(1 − z)).",
            lambda: (math.atanh(LEFT ** (1 / LAG)), _bias()[1]),
        ),
        Slip(
            "half of the steps",
            "This bias keeps half over 50 steps.",
            lambda: _bias(lag=LAG // 2),
        ),
        Slip(
            "multiplied by ln 2",
            "You multiplied the half-life by ln 2. 1/e is less than a half, so τ is longer than the half-life.",
            lambda: (_bias()[0], LAG * math.log(2)),
        ),
        Slip(
            "minus lost",
            "Times are positive: the logarithm of z is negative, and so is that of 1/e.",
            lambda: (_bias()[0], -_bias()[1]),
        ),
        Slip(
            "1/(1 − z)",
            "1/(1 − z) comes near −1/ln z, and is half a step too long. Take the logarithm.",
            lambda: (_bias()[0], 1 / (1 - LEFT ** (1 / LAG))),
        ),
        Slip(
            "e to the bias for tau",
            "e^b comes near −1/ln z, and is half a step too short. Take the logarithm of z.",
            lambda: (_bias()[0], math.exp(_bias()[0])),
        ),
        Slip(
            "one step too few",
            "You took the root, or τ, for 99 steps.",
            lambda: (_bias(lag=LAG - 1)[0], _bias(lag=LAG - 1)[1]),
        ),
        Slip(
            "one step too many",
            "You took the root, or τ, for 101 steps.",
            lambda: (_bias(lag=LAG + 1)[0], _bias(lag=LAG + 1)[1]),
        ),
        Slip(
            "twice the half-life",
            "After two half-lives a quarter is left. 1/e lies between a half and a quarter.",
            lambda: (_bias()[0], 2.0 * LAG),
        ),
        Slip(
            "e times the half-life",
            "You multiplied the half-life by e. The time until 1/e is left is −1/ln z.",
            lambda: (_bias()[0], math.e * LAG),
        ),
    ),
    why="σ(b)^100 = ½ gives σ(b) = 2^(−1/100) and b = −ln(2^(1/100) − 1); and τ = 100 / ln 2.",
    hints=(
        "After 100 steps z^100 is left. Solve for z first.",
        "b = ln(z / (1 − z)) is the number whose sigmoid is z.",
        "τ = −1 / ln z.",
    ),
)

EXERCISES = (BIAS_OF_Z,)
