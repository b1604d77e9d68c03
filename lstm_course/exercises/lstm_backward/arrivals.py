"""Exercise of chapter 13: what arrives at the cell of an LSTM."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.gradient_flow import lstm_step_arrivals


def _sample_arrivals(rng, size):
    batch, n, dtype = (
        (1, 1, np.float64),
        (1, 2, np.float64),
        (2, 2, np.float64),
        (2, 3, np.float32),
        (8, 16, np.float64),
    )[size]
    o_t = rng.uniform(0.1, 0.9, (batch, n)).round(2).astype(dtype)
    c_t, dh_t, dc_t = (draw(rng, batch, n, least=0.4, dtype=dtype) for _ in range(3))
    return o_t, c_t, dh_t, dc_t


LSTM_ARRIVALS = Exercise(
    label="lstm-arrivals",
    level="warm-up",
    prompt=(
        "c_t acts on the loss through h_t = o_t tanh(c_t), and through c_{t+1}. Given dL/dh_t and what "
        "step t+1 sends to c_t, compute the part of dL/dc_t that comes through h_t, and all of dL/dc_t."
    ),
    inputs=("o_t", "c_t", "dh_t", "dc_t"),
    outputs=("through_h", "dc"),
    shapes=("(B, H)", "(B, H)"),
    reference=lstm_step_arrivals,
    sample=_sample_arrivals,
    mistakes=(
        Mistake(
            "what comes from t+1 is lost",
            "What comes from step t+1 gets lost: dc holds the way through h_t and nothing else. c_t has two "
            "successors, h_t and c_{t+1}, and each of them sends something back.",
            but(lstm_step_arrivals, return_="through_h, through_h"),
        ),
        Mistake(
            "dc overwritten by what comes from t+1",
            "dc is only what step t+1 sends. The way through h_t, which you have computed, has to count as "
            "well: where two arrows leave a node, two gradients come back.",
            but(lstm_step_arrivals, return_="through_h, dc_t"),
        ),
        Mistake(
            "both sent through the output gate",
            "You send dc_t through o_t and tanh as well. It has already arrived at c_t, along the cell "
            "state; only dh_t still has to find its way from h_t to c_t.",
            but(
                lstm_step_arrivals,
                return_="through_h, (dh_t + dc_t) * o_t * (1 - np.tanh(c_t) ** 2)",
            ),
        ),
        Mistake(
            "tanh has no slope",
            "The slope of the tanh is missing, as if h_t were o_t c_t. Between the cell and the output gate "
            "the cell state is squashed.",
            but(lstm_step_arrivals, through_h="dh_t * o_t"),
        ),
        Mistake(
            "tanh in place of its slope",
            "You multiply by tanh(c_t), the value. A gradient passes a function by way of its slope; the "
            "value tanh(c_t) belongs to the other factor, the output gate.",
            but(lstm_step_arrivals, through_h="dh_t * o_t * np.tanh(c_t)"),
        ),
        Mistake(
            "slope written with c_t itself",
            "You have 1 - c_t². The short form of the slope, one minus a square, is in terms of what comes "
            "out of the tanh, and c_t is what goes in.",
            but(lstm_step_arrivals, through_h="dh_t * o_t * (1 - c_t**2)"),
        ),
        Mistake(
            "tanh not squared",
            "Your slope is 1 - tanh(c_t), steeper on one side of 0 than on the other. The tanh is symmetric, so "
            "its slope is the same at c and -c: a square is missing.",
            but(lstm_step_arrivals, through_h="dh_t * o_t * (1 - np.tanh(c_t))"),
        ),
        Mistake(
            "output gate forgotten",
            "The output gate is missing on the way through h_t. What it holds back of c_t on the way out, it "
            "holds back of the gradient on the way in.",
            but(lstm_step_arrivals, through_h="dh_t * (1 - np.tanh(c_t) ** 2)"),
        ),
        Mistake(
            "slope of the output gate",
            "o_t (1 - o_t) is the slope of the gate, and it belongs to the way to a_o. On the way to c_t the "
            "gate is only a factor: it does not depend on c_t.",
            but(lstm_step_arrivals, through_h="dh_t * o_t * (1 - o_t) * (1 - np.tanh(c_t) ** 2)"),
        ),
    ),
)

EXERCISES = (LSTM_ARRIVALS,)
