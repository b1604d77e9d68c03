"""Exercises of chapter 10 to write: immediate and total of one unit, and the total derivative of a matrix."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import rnn_immediate_and_total, rnn_total_derivative

# --- immediate and total ----------------------------------------------------------------------------


def _sample_immediate_and_total(rng, size):
    w, x, h0 = (
        (0.5, [1.0, 0.5], 0.8),
        (-1.5, [0.3], 0.4),
        (2.0, [0.1, -0.4, 0.2], 0.5),
        (0.9, draw(rng, 8, scale=0.5), -0.7),
        (-1.1, draw(rng, 40, scale=0.3), 0.2),
    )[size]
    return w, np.array(x), h0


def _total_wrong(**changed):
    """`rnn_immediate_and_total` with a line in its loop that computes something else."""
    return but(rnn_immediate_and_total, **{line: (..., text) for line, text in changed.items()})


def _immediate_of(which):
    """The right total, and for the immediate derivative what `which` makes of those of all steps."""

    def wrong(w, x, h0):
        every = [rnn_immediate_and_total(w, x[: t + 1], h0)[0] for t in range(len(x))]
        return which(every), rnn_immediate_and_total(w, x, h0)[1]

    return wrong


IMMEDIATE_AND_TOTAL = Exercise(
    label="immediate-and-total",
    level="warm-up",
    prompt=(
        "For h_t = tanh(w h_{t-1} + x_t) with numbers w, h0 and an array x, return the immediate derivative "
        "of the last state by w (earlier states held fixed) and the total one (earlier states move with w)."
    ),
    inputs=("w", "x", "h0"),
    outputs=("immediate", "total"),
    reference=rnn_immediate_and_total,
    sample=_sample_immediate_and_total,
    hints=(
        "Walk through the steps from the first on, and keep three numbers: the state and its two derivatives by w.",
        "The slope of tanh at a is 1 - tanh(a)². The immediate derivative is that slope times the state that came in.",
        "The total is the immediate one, plus slope times w times the total of the step before, which starts at 0.",
    ),
    mistakes=(
        Mistake(
            "total taken to be the immediate one",
            "You return the immediate derivative twice. The state before the last step was computed with the "
            "same w, so it moves too when w moves.",
            _total_wrong(total="immediate"),
        ),
        Mistake(
            "w left out of the way back",
            "Something is missing between one state and the next. How much does h_t move when h_{t-1} moves "
            "by one? Look at what h_{t-1} is multiplied by before it goes through tanh.",
            _total_wrong(total="immediate + float(act.f_prime(a)) * total"),
        ),
        Mistake(
            "slope left out of the way back",
            "On its way from one state to the next a change passes through the weight and through tanh. You "
            "have the weight only.",
            _total_wrong(total="immediate + w * total"),
        ),
        Mistake(
            "immediate derivatives only added up",
            "You add the immediate derivatives of all steps as they are. What step k contributes still has to "
            "travel through every step after k before it reaches h_T.",
            _total_wrong(total="immediate + total"),
        ),
        Mistake(
            "state after the step",
            "The immediate derivative has the state that comes out of the step. In a_t = w h_{t-1} + x_t the "
            "weight multiplies another one.",
            _total_wrong(immediate="float(act.f_prime(a) * act.f(a))"),
        ),
        Mistake(
            "slope left out of the immediate derivative",
            "The immediate derivative stops at the pre-activation: w moves a_t by h_{t-1}. How much of that "
            "gets through tanh?",
            _total_wrong(immediate="h"),
        ),
        Mistake(
            "slope at the wrong place",
            "Your slope of tanh is 1 - a². The short formula 1 - h² takes what comes out of tanh, not what "
            "goes in.",
            _total_wrong(immediate="float(1 - a**2) * h", total="immediate + float(1 - a**2) * w * total"),
        ),
        Mistake(
            "slope at the state before",
            "The slope is 1 - h² at the state that the step makes. You took it at the state before.",
            _total_wrong(immediate="float(1 - h**2) * h", total="immediate + float(1 - h**2) * w * total"),
        ),
        Mistake(
            "immediate derivative of the first step",
            "The total is right. But the immediate derivative asked for is that of the last state: w moves at "
            "the last step alone.",
            _immediate_of(lambda every: every[0]),
        ),
        Mistake(
            "immediate derivatives of all steps",
            "The total is right. But the immediate derivative belongs to one step, the last; you have summed those "
            "of all steps.",
            _immediate_of(sum),
        ),
        Mistake(
            "only the first use carried",
            "You carry what the first step did to the end, and leave out what the later steps add. Each of them uses "
            "w, too.",
            _total_wrong(total="float(act.f_prime(a)) * w * total if total else immediate"),
        ),
    ),
)

# --- forwards in time -------------------------------------------------------------------------------


def _sample_total(rng, size):
    n, m, length, dtype = (
        (2, 1, 2, np.float64),
        (2, 2, 3, np.float64),
        (3, 2, 1, np.float64),
        (3, 2, 4, np.float32),
        (6, 4, 12, np.float64),
    )[size]
    return draw_steps(rng, length, 1, n, m, "tanh", dtype)


def _forward_wrong(**changed):
    """`rnn_total_derivative` with a line of its loop that computes something else."""
    return but(rnn_total_derivative, **changed)


_SLOPE = "get_activation(step.activation).f_prime(step.a_t[row])"
FORWARD_IN_TIME = Exercise(
    label="forward-in-time",
    level="hard",
    prompt=(
        "Compute the derivative of the last state by W_hh of a tanh network without going back: walk through the "
        "steps in the order of time. Entry [n, i, j] belongs to unit n of h_T and the weight from unit j to unit i. "
        "Each of the steps has a_t and h_prev, with one sample in row 0."
    ),
    inputs=("params", "steps"),
    outputs=("total",),
    shapes=("(H, H, H)",),
    reference=rnn_total_derivative,
    sample=_sample_total,
    hints=(
        "Keep an array (H, H, H) with the derivative of the state of now by every entry of W_hh. It starts at zero.",
        "The immediate part of a step is not zero only where n = i: the slope of unit i times unit j of h_prev.",
        "Then each of the derivatives of h_{t-1}, a vector over n, is carried on by the step's Jacobian.",
    ),
    mistakes=(
        Mistake(
            "immediate derivative only",
            "This is the immediate derivative of the last step. The state before it was made with the same matrix.",
            _forward_wrong(total=(..., "immediate")),
        ),
        Mistake(
            "not carried on",
            "You add up the immediate derivatives as they are. What an early step did is changed by every step after "
            "it: multiply by the Jacobian.",
            _forward_wrong(total=(..., "immediate + total")),
        ),
        Mistake(
            "slopes left out of the Jacobian",
            "From one state to the next you multiply by W_hh alone. Each unit's slope belongs to it.",
            _forward_wrong(jacobian="params.weight_hh"),
        ),
        Mistake(
            "slopes on the right of the Jacobian",
            "Your Jacobian has the slopes on its columns. The slope is that of the unit that listens, so it multiplies "
            "a row.",
            _forward_wrong(jacobian=f"params.weight_hh * {_SLOPE}"),
        ),
        Mistake(
            "Jacobian transposed",
            "Your Jacobian is transposed, as it would be on the way back. Here we go forwards.",
            _forward_wrong(jacobian="rnn_step_jacobian(params, step, row).T"),
        ),
        Mistake(
            "slope left out of the immediate derivative",
            "The immediate part stops at the pre-activation. Unit i still has to pass through tanh.",
            _forward_wrong(immediate="one[:, :, None] * step.h_prev[row]"),
        ),
        Mistake(
            "state after the step",
            "In the immediate part stands the state that comes out of the step. W_hh multiplied the one that came in.",
            _forward_wrong(
                immediate="slope[:, None, None] * one[:, :, None] * get_activation(step.activation).f(step.a_t[row])"
            ),
        ),
        Mistake(
            "i and j exchanged",
            "The entries for the weight from j to i and for that from i to j are exchanged.",
            _forward_wrong(return_="total.transpose(0, 2, 1).copy()"),
        ),
        Mistake(
            "immediate derivative carried on as well",
            "You add first and multiply then, so that this step's own part is carried by its own Jacobian, which it "
            "has not passed.",
            _forward_wrong(total=(..., "np.tensordot(jacobian, immediate + total, axes=1)")),
        ),
    ),
)

EXERCISES = (IMMEDIATE_AND_TOTAL, FORWARD_IN_TIME)
