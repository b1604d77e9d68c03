"""Exercise of chapter 15 to set a unit by hand: a latch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.gru.units import ORDERS, at, read_params, reordered
from lstm_course.gru import GRUParams, gru_forward

STARTS, NOISE = (-0.9, 0.0, 0.9), np.where(np.arange(100) % 3 == 0, 1.0, -1.0)


def _latch_after(params, start, inputs):
    x = np.array(inputs, params.weight_ih.dtype)[:, None]
    return gru_forward(params, x, np.array([[start]], x.dtype))[0][:, 0, 0]


def _takes(params):
    for start in STARTS:
        for value in (1.0, -1.0):
            h = _latch_after(params, start, [(value, 1)])[-1]
            if h * value < 0.9:
                return f"From h = {start} the input ({value:g}, 1) gives {h:.3f}."
    return ""


def _keeps(params):
    for start in STARTS:
        h = _latch_after(params, start, [(value, 0) for value in NOISE])
        far = int(np.argmax(abs(h - start)))
        if abs(h[far] - start) > 0.05:
            return f"From h = {start} the state is {h[far]:.3f} after {far + 1} steps with flag 0."
    return ""


def _does(params):
    return not (_takes(params) or _keeps(params))


def _z(params, flag):
    """The update gate for both values and the three starts."""
    return np.array([at(params, (value, flag), (start,))[1][0] for value in (1.0, -1.0) for start in STARTS])


def _n(params):
    """The candidate at flag 1, in the direction of the value, for both values and the three starts."""
    return np.array(
        [value * at(params, (value, 1), (start,))[2][0] for value in (1.0, -1.0) for start in STARTS]
    )


def _deaf(params):
    """The same unit with a candidate that does not hear the state."""
    weight_hh = params.weight_hh.copy()
    weight_hh[2] = 0
    return replace(params, weight_hh=weight_hh)


def _keeps_at_the_flag(params):
    step = _latch_after(params, 0.9, [(-1.0, 1)])[-1]
    return abs(step - 0.9) < 0.1 and abs(_latch_after(params, 0.9, [(-1.0, 0)])[-1] - 0.9) > 0.5


GRU_LATCH = Built(
    label="gru-latch",
    prompt=(
        "Set the weights of one unit with two inputs, a value that is +1 or -1 and a flag that is 1 or 0. At flag 1 "
        "the state must take the value's sign (beyond 0.9 in size), whatever it was. At flag 0 it must stay within "
        "0.05 of what it was over 100 steps, whatever values come."
    ),
    read=read_params(2, 1),
    form_text="Your answer is a GRUParams with I = 2 and H = 1, or its four arrays.",
    demands=(
        Demand(
            "takes the value at flag 1",
            _takes,
            "At flag 1 the old state must go, so z must be near 0, and the candidate must be the value's sign.",
        ),
        Demand(
            "keeps its state at flag 0",
            _keeps,
            "At flag 0 the update gate must be near 1, whatever the value is.",
        ),
    ),
    slips=(
        Slip(
            "the gate the wrong way round",
            "Your unit keeps at flag 1 and follows the value at flag 0. z near 1 keeps: change the sign of what enters "
            "it.",
            _keeps_at_the_flag,
        ),
        Slip(
            "columns exchanged",
            "With the columns exchanged it would do it. The first column of weight_ih reads the value, the second the flag.",
            lambda p: _does(replace(p, weight_ih=p.weight_ih[:, ::-1].copy())),
        ),
        Slip(
            "blocks out of order",
            "With its blocks read in another order this unit would do it. The rows stand in the order r, z, n.",
            lambda p: any(_does(reordered(p, order)) for order in ORDERS),
        ),
        Slip(
            "the gate looks at the value",
            "Your update gate is not the same for both values, at one of the flags. It is to look at the flag alone.",
            lambda p: any(abs(_z(p, flag)[:3] - _z(p, flag)[3:]).max() > 0.01 for flag in (0, 1)),
        ),
        Slip(
            "half kept at the flag",
            "At flag 1 your update gate stands near one half: bias and weight cancel there. It must come near 0.",
            lambda p: (abs(_z(p, 1) - 0.5) < 0.2).all(),
        ),
        Slip(
            "kept at the flag",
            "At flag 1 your update gate is above one half, so it keeps. There it must be near 0.",
            lambda p: _z(p, 1).min() > 0.5,
        ),
        Slip(
            "gate not near 0 at the flag",
            "At flag 1 your update gate is below one half and not near 0, so part of the old state stays.",
            lambda p: _z(p, 1).max() > 0.05,
        ),
        Slip(
            "the value upside down",
            "At flag 1 your candidate has the sign opposite to the value's.",
            lambda p: _n(p).max() < -0.5,
        ),
        Slip(
            "the candidate hears the state",
            "At flag 1 your candidate also hears the old state, and so strongly that the value does not decide alone. "
            "What was there should not matter.",
            lambda p: _takes(p) and not _takes(_deaf(p)),
        ),
        Slip(
            "candidate not of the value alone",
            "At flag 1 your candidate is stronger for one value than for the other: a bias, or the flag, comes in.",
            lambda p: abs(_n(p)[:3] - _n(p)[3:]).max() > 0.05,
        ),
        Slip(
            "candidate too weak",
            "The candidate has the value's sign and is too small: tanh reaches 0.9 only at about 1.5. Give the value more "
            "weight.",
            lambda p: (_n(p) > 0).all() and _takes(p),
        ),
        Slip(
            "no candidate",
            "At flag 1 your candidate is 0: it does not read the value.",
            lambda p: abs(_n(p)).max() < 1e-6,
        ),
        Slip(
            "replaced without the flag",
            "At flag 0 your update gate is no nearer to 1 than one half. There it must keep: near 1.",
            lambda p: _z(p, 0).max() <= 0.55,
        ),
        Slip(
            "a gate that leaks",
            "At flag 0 a share 1 − z is lost at each of a hundred steps, and your z is not close enough to 1. How close "
            "must it be?",
            lambda p: _z(p, 0).min() > 0.5,
        ),
    ),
    example=lambda: GRUParams(
        np.array([[0.0, 0.0], [0.0, -40.0], [5.0, 0.0]]),
        np.zeros((3, 1)),
        np.array([0.0, 20.0, 0.0]),
        np.zeros(1),
    ),
    why="The bias of z holds the gate near 1, and the flag's weight, twice as large and negative, brings it near 0.",
    hints=(
        "Two equations are enough: what must z be at flag 0 and at flag 1? What must n be?",
        "σ(20) is 1 − 2 · 10⁻⁹. A bias of 20 and a weight of −40 from the flag give both values of z.",
        "Let the candidate see the value alone, with a weight of some size, and the past not at all.",
    ),
)

EXERCISES = (GRU_LATCH,)
