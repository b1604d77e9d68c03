"""Exercise of chapter 12 on paper: a forget bias that is set twice."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid
from lstm_course.checker import Number, Slip

# --- the forget bias, set twice ---------------------------------------------------------------------

STEPS = 10


def _kept(bias):
    return float(sigmoid(bias)) ** STEPS


BIAS_SET_TWICE = Number(
    label="bias-set-twice",
    prompt=(
        "Somebody wants a forget bias of 1 in a torch.nn.LSTM, and sets the forget block of every parameter whose "
        "name contains 'bias' to 1. Nothing else reaches the forget gates. Which share of a cell's content is left "
        "after 10 steps, and which share was meant to be?"
    ),
    names=("left", "meant"),
    answer=lambda: (_kept(2.0), _kept(1.0)),
    rtol=0.01,
    slips=(
        Slip(
            "one bias",
            "torch has two bias vectors, and both are added. What is the sum after this?",
            lambda: (_kept(1.0), _kept(1.0)),
        ),
        Slip(
            "order exchanged",
            "Right numbers in the other order: first what is left, then what was meant.",
            lambda: (_kept(1.0), _kept(2.0)),
        ),
        Slip(
            "the same twice",
            "You gave the same share twice. Meant was one bias of 1: what would be left with it?",
            lambda: (_kept(2.0), _kept(2.0)),
        ),
        Slip(
            "one step only",
            "Those are the gates. Ten steps multiply ten of them.",
            lambda: (float(sigmoid(2.0)), float(sigmoid(1.0))),
        ),
        Slip(
            "gate divided by the steps",
            "You divided the gate by the number of steps. Each step multiplies by the gate.",
            lambda: (float(sigmoid(2.0)) / STEPS, float(sigmoid(1.0)) / STEPS),
        ),
        Slip(
            "the lost share",
            "That is what is gone. Asked for is what is left.",
            lambda: (1 - _kept(2.0), 1 - _kept(1.0)),
        ),
        Slip(
            "gates added up",
            "You doubled the gate. The biases add before the sigmoid, and σ(1) + σ(1) is no share.",
            lambda: ((2 * float(sigmoid(1.0))) ** STEPS, _kept(1.0)),
        ),
        Slip(
            "tanh for σ",
            "A gate is a sigmoid of its bias.",
            lambda: (math.tanh(2.0) ** STEPS, math.tanh(1.0) ** STEPS),
        ),
        Slip(
            "gates multiplied",
            "You multiplied two gates a step, σ(1)·σ(1). The two biases add before the sigmoid, and there is one gate.",
            lambda: (_kept(1.0) ** 2, _kept(1.0)),
        ),
        Slip(
            "a bias halved",
            "You spread a bias of 1 over the two vectors. Each of them is set to 1, so what is their sum?",
            lambda: (_kept(1.0), _kept(0.5)),
        ),
        Slip(
            "meant without a bias",
            "A bias of 0 would leave one half at each step. Meant was a bias of 1, once.",
            lambda: (_kept(2.0), _kept(0.0)),
        ),
        Slip(
            "one step too few",
            "Nine gates are multiplied in your answer. Each of the ten steps multiplies once.",
            lambda: (float(sigmoid(2.0)) ** (STEPS - 1), float(sigmoid(1.0)) ** (STEPS - 1)),
        ),
        Slip(
            "one step too many",
            "Eleven gates are multiplied in your answer. There are ten steps.",
            lambda: (float(sigmoid(2.0)) ** (STEPS + 1), float(sigmoid(1.0)) ** (STEPS + 1)),
        ),
        Slip(
            "gate turned round",
            "Your gates are 1/(1 + e^b), or 1 − f. A positive bias opens the gate, and what it keeps is f.",
            lambda: (_kept(-2.0), _kept(-1.0)),
        ),
        Slip(
            "steps inside the sigmoid",
            "You multiplied the bias by the number of steps. The gate is multiplied, once a step.",
            lambda: (float(sigmoid(2.0 * STEPS)), float(sigmoid(1.0 * STEPS))),
        ),
        Slip(
            "a root for a power",
            "You took the tenth root of the gate. Ten steps multiply ten gates.",
            lambda: (_kept(2.0) ** (1 / STEPS**2), _kept(1.0) ** (1 / STEPS**2)),
        ),
        Slip(
            "the same loss at every step",
            "You let the same amount go at every step. A gate takes its share of what is left, which is less each time.",
            lambda: (1 - STEPS * float(sigmoid(-2.0)), 1 - STEPS * float(sigmoid(-1.0))),
        ),
        Slip(
            "exponential for the gate",
            "You took e^(−b) as the factor of a step. The gate is σ(b) = 1/(1 + e^(−b)).",
            lambda: (math.exp(-2.0 * STEPS), math.exp(-1.0 * STEPS)),
        ),
    ),
    why="The sum of the two biases is 2, and σ(2) is nearer to 1 than σ(1). A recipe that you copy may mean either.",
    hints=(
        "How many parameters of a torch.nn.LSTM have 'bias' in their name?",
        "The two enter only as their sum. σ of it is the gate, and ten steps multiply ten gates.",
    ),
)

EXERCISES = (BIAS_SET_TWICE,)
