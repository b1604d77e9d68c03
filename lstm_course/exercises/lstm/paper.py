"""Exercises of chapter 12 on paper: a bias set twice; and a prediction. A step and a count have their own modules."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid
from lstm_course.checker import Choice, Number, Slip
from lstm_course.exercises.lstm.counts import LSTM_COUNTS
from lstm_course.exercises.lstm.pencil import STEP_WITH_A_PENCIL

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
            "two gates of one bias each",
            "You made a gate of each bias and multiplied them. The biases add before the sigmoid; there is one gate.",
            lambda: (_kept(1.0) ** 2, _kept(1.0)),
        ),
        Slip(
            "half of the bias",
            "You took ½ for the sum. Each of the two is set to 1: what do they add up to?",
            lambda: (_kept(0.5), _kept(1.0)),
        ),
        Slip(
            "a bias too many",
            "You added three biases. torch has two vectors.",
            lambda: (_kept(3.0), _kept(1.0)),
        ),
        Slip(
            "four biases",
            "You added four biases. Of each vector only the forget block reaches the forget gates.",
            lambda: (_kept(4.0), _kept(1.0)),
        ),
        Slip(
            "bias zero meant",
            "What was meant is a bias of 1, and not none.",
            lambda: (_kept(2.0), _kept(0.0)),
        ),
        Slip(
            "steps times the gate",
            "You multiplied the gate by the number of steps. Every step takes the share of what is left: that is a power.",
            lambda: (STEPS * float(sigmoid(2.0)), STEPS * float(sigmoid(1.0))),
        ),
        Slip(
            "gate divided by the steps",
            "You divided the gate by the number of steps. Every step takes the share of what is left: that is a power.",
            lambda: (float(sigmoid(2.0)) / STEPS, float(sigmoid(1.0)) / STEPS),
        ),
        Slip(
            "steps inside the sigmoid",
            "You multiplied the bias by the steps. The gate is σ of the bias, and ten of them are multiplied.",
            lambda: (float(sigmoid(2.0 * STEPS)), float(sigmoid(1.0 * STEPS))),
        ),
        Slip(
            "one step too few",
            "You have nine factors. Ten steps are ten gates.",
            lambda: (float(sigmoid(2.0)) ** (STEPS - 1), float(sigmoid(1.0)) ** (STEPS - 1)),
        ),
        Slip(
            "one step too many",
            "You have eleven factors. Ten steps are ten gates.",
            lambda: (float(sigmoid(2.0)) ** (STEPS + 1), float(sigmoid(1.0)) ** (STEPS + 1)),
        ),
        Slip(
            "gate the wrong way round",
            "You multiplied 1 − σ, or σ of minus the bias. A positive bias opens the gate, and open keeps.",
            lambda: (_kept(-2.0), _kept(-1.0)),
        ),
        Slip(
            "in percent",
            "Those are percent. A share lies between 0 and 1.",
            lambda: (100 * _kept(2.0), 100 * _kept(1.0)),
        ),
        Slip(
            "tanh for σ",
            "A gate is a sigmoid of its bias.",
            lambda: (math.tanh(2.0) ** STEPS, math.tanh(1.0) ** STEPS),
        ),
    ),
    why="The sum of the two biases is 2, and σ(2) is nearer to 1 than σ(1). A recipe that you copy may mean either.",
    hints=(
        "How many parameters of a torch.nn.LSTM have 'bias' in their name?",
        "The two enter only as their sum. σ of it is the gate, and ten steps multiply ten gates.",
    ),
)

# --- a counter with coupled gates -------------------------------------------------------------------

COUPLED_COUNTER = Choice(
    label="coupled-counter",
    kind="predict",
    prompt=(
        "Two hundred times the candidate is +1. In the chapter's counter both gates stand open. Now couple them, "
        "f = 1 - i, and let the input gate stand half open. Where does the cell, which began at 0, end, and why?"
    ),
    options={
        "a": "Near 200.",
        "b": "Near 100.",
        "c": "Near 1.",
        "d": "Near 0.",
    },
    reasons={
        "1": "Each step takes the mean of what was there and of what comes.",
        "2": "f and i add up to 1, so nothing is lost.",
        "3": "Half of every candidate enters.",
        "4": "What enters is halved at every later step.",
    },
    right=("c", "1"),
    replies={
        "a": "For a count of 200 everything must be kept and everything must enter. Can f and i both be 1?",
        "b": "Half of each candidate enters. But what happens to it at the next step?",
        "d": "What entered early has faded. What entered a moment ago has not: add up ½ + ¼ + ⅛ + …",
        "2": "The two shares add up to 1, but they are shares of different things: of the old state and of the new.",
        "3": "True, and it is half of the story: the other half is what becomes of it afterwards.",
        "4": "True of each single candidate. But a new one comes at every step; what do they add up to?",
    },
    why="c ← ½ c + ½ goes to 1 and stays there. A mean of numbers between −1 and 1 lies between −1 and 1: with whole "
    "steps there is no room for a count. A GRU's state is such a mean.",
    hints=(
        "Do the first three steps with a pencil.",
        "Which c stays as it is when c is replaced by ½ c + ½?",
    ),
)

EXERCISES = (STEP_WITH_A_PENCIL, LSTM_COUNTS, BIAS_SET_TWICE, COUPLED_COUNTER)
