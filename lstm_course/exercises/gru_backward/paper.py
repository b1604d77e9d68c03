"""Exercises of chapter 16 on paper: four contributions, a bias for a lag, and a prediction."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.exercises.gru_backward.before import BACK_BEFORE
from lstm_course.gradient_flow import memory_time
from lstm_course.lstm_weights import forget_bias_for

# --- a bias for a lag -------------------------------------------------------------------------------

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
            "ln(T − 1) makes 1 − z equal to 1/T. After T steps about 1/e is left then, and not half.",
            lambda: (math.log(LAG - 1), float(memory_time(np.array(math.log(LAG - 1.0))))),
        ),
        Slip(
            "loss spread evenly",
            "You let half of a hundredth go at every step. z takes the same fraction of what is left: its hundredth power is ½.",
            lambda: (math.log((1 - LEFT / LAG) / (LEFT / LAG)), _bias()[1]),
        ),
        Slip(
            "1/e for one half",
            "This bias leaves 1/e over 100 steps. Half is wanted.",
            lambda: (forget_bias_for(1 / math.e, LAG), float(LAG)),
        ),
        Slip(
            "logarithm of the steps",
            "That is about ln T, or ln(T − 1), with which 1/e is left over T steps. Half is wanted.",
            lambda: (math.log(LAG), _bias()[1]),
        ),
        Slip(
            "logarithm of the gate",
            "That is ln z. The bias is ln z − ln(1 − z).",
            lambda: (math.log(LEFT) / LAG, _bias()[1]),
        ),
        Slip(
            "tau the wrong way round",
            "You multiplied the half-life by ln 2. τ is longer than it: divide.",
            lambda: (_bias()[0], LAG * math.log(2)),
        ),
        Slip(
            "rate for tau",
            "That is −ln z, the loss in the logarithm at each step. τ is one over it.",
            lambda: (_bias()[0], math.log(2) / LAG),
        ),
        Slip(
            "sign of tau",
            "A time is not negative: ln z is, and τ is −1/ln z.",
            lambda: (_bias()[0], -_bias()[1]),
        ),
        Slip(
            "tau from base ten",
            "You took the logarithm to base ten. For 1/e take the natural one.",
            lambda: (_bias()[0], LAG / math.log10(2)),
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
    ),
    why="σ(b)^100 = ½ gives σ(b) = 2^(−1/100) and b = −ln(2^(1/100) − 1); and τ = 100 / ln 2.",
    hints=(
        "After 100 steps z^100 is left. Solve for z first.",
        "b = ln(z / (1 − z)) is the number whose sigmoid is z.",
        "τ = −1 / ln z.",
    ),
)

# --- a start with z near 1 --------------------------------------------------------------------------

Z_STARTS_HIGH = Choice(
    label="z-starts-high",
    kind="predict",
    prompt=(
        "A random GRU, 50 steps, a loss that reads the last state alone. The bias of z is raised from 0 to 8, all else "
        "stays. What becomes of the gradients by the first state h₀ and by the input weights W_in of the candidate?"
    ),
    options={
        "a": "Both grow.",
        "b": "That by h₀ grows, that by W_in shrinks.",
        "c": "Both shrink.",
        "d": "That by h₀ shrinks, that by W_in grows.",
    },
    reasons={
        "1": "z carries the state's gradient, and 1 − z is a factor of all that enters the candidate.",
        "2": "A saturated gate has a slope near 0, so nothing gets through the step.",
        "3": "What arrives at each step grows, and every gradient is made of what arrives.",
        "4": "W_in is not used in the recurrence, so the last step alone counts for it.",
    },
    right=("b", "1"),
    replies={
        "a": "More arrives at each step, true. But how much of it goes on into the candidate?",
        "c": "How much of the gradient stays on the highway at each step when z is near 1?",
        "d": "Take them one by one: which factor does the way along the state have at each step?",
        "2": "The slope of a gate belongs to the ways through the gate. The highway has the gate itself as a factor.",
        "3": "True of what arrives. From there to W_in it is multiplied by 1 − z.",
        "4": "W_in is used at every step, and each use adds its share.",
    },
    why="This is the price of a memory that is set to keep: at first hardly anything can be written, nor learned about "
    "what to write.",
    hints=(
        "Write down dh_{t−1} and da_n in terms of dh_t, for z near 1.",
        "da_n has the factor 1 − z. How large is it at a bias of 8, and at 0?",
    ),
)

EXERCISES = (BACK_BEFORE, BIAS_OF_Z, Z_STARTS_HIGH)
