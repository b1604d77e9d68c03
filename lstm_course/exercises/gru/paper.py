"""Exercises of chapter 15 on paper: one step, and what a bias means in two conventions."""

from __future__ import annotations

import math

import numpy as np

from lstm_course.checker import Number, Slip
from lstm_course.gradient_flow import memory_time

# --- one step by hand -------------------------------------------------------------------------------

R, Z, H_PREV, W_HN, B_HN, FROM_INPUT = 0.5, 0.8, -0.5, 2.0, 0.6, 0.3


def _by_hand(a=None, n=None, mix=lambda n: (1 - Z) * n + Z * H_PREV):
    """The candidate and the new state, with another pre-activation, candidate or mixture if given."""
    a = FROM_INPUT + R * (W_HN * H_PREV + B_HN) if a is None else a
    n = math.tanh(a) if n is None else n
    return n, mix(n)


GRU_BY_HAND = Number(
    label="gru-by-hand",
    level="warm-up",
    prompt=(
        "One unit, the reset after the product: r = 0.5, z = 0.8, old state -0.5, W_hn = 2, b_hn = 0.6, and the input "
        "contributes W_in x + b_in = 0.3. What are the candidate n and the new state h?"
    ),
    names=("n", "h"),
    answer=_by_hand,
    rtol=0.002,
    slips=(
        Slip(
            "z and 1 − z exchanged",
            "You gave the old state the share 1 − z. In this book z near 1 keeps it.",
            lambda: _by_hand(mix=lambda n: Z * n + (1 - Z) * H_PREV),
        ),
        Slip(
            "b_hn outside the brackets",
            "r scales W_hn h and its bias b_hn together; you left the bias outside. (With one unit that is also what "
            "the reset before the product gives.)",
            lambda: _by_hand(a=FROM_INPUT + R * W_HN * H_PREV + B_HN),
        ),
        Slip(
            "b_hn left out",
            "The candidate has two biases, and b_hn is missing.",
            lambda: _by_hand(a=FROM_INPUT + R * W_HN * H_PREV),
        ),
        Slip(
            "reset left out",
            "You let the candidate hear all that the state offers. r says which share of it.",
            lambda: _by_hand(a=FROM_INPUT + W_HN * H_PREV + B_HN),
        ),
        Slip(
            "reset scales the input",
            "r multiplied the input's share as well. It scales what the past has to say, and nothing else.",
            lambda: _by_hand(a=R * (FROM_INPUT + W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "tanh left out",
            "That is the pre-activation. The candidate is its tanh.",
            lambda: _by_hand(n=FROM_INPUT + R * (W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "candidate added whole",
            "The candidate came in whole. The two shares of a mixture add up to 1.",
            lambda: _by_hand(mix=lambda n: n + Z * H_PREV),
        ),
        Slip(
            "reset scales the kept state",
            "r also scaled what is kept. It has a say in the candidate; what is kept is for z to say.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n + Z * R * H_PREV),
        ),
    ),
    why="q = 2 · (−0.5) + 0.6 = −0.4; n = tanh(0.3 + 0.5 · (−0.4)) = tanh(0.1); and a fifth of n joins 0.8 · (−0.5).",
    hints=(
        "First what the state offers, q = W_hn h + b_hn.",
        "Half of it joins the input inside the tanh.",
        "The new state is a fifth of n and four fifths of the old state.",
    ),
)

# --- the same bias in two conventions ---------------------------------------------------------------

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
