"""Exercise of chapter 13 on paper: the derivatives at the states of two steps, as numbers."""

from __future__ import annotations

import functools
import math

from lstm_course.checker import Number, Slip
from lstm_course.exercises.lstm_backward.two_steps import (
    AT_1,
    AT_2,
    AT_STEP_TWO,
    C_1,
    DH_2,
    F_1,
    F_2,
    I_2,
    O_1,
    O_2,
    slope,
    step_two,
)


def _dc_one(*, to_h=None, o_1=O_1, slope_1=AT_1, arrive=lambda through, onward: through + onward, **changes):
    """dL/dh_1, what of it reaches c_1, and dL/dc_1."""
    dh_1, onward = step_two(**changes)
    through = (dh_1 if to_h is None else to_h) * o_1 * slope_1
    return dh_1, through, arrive(through, onward)


DC_BY_HAND = Number(
    label="dc-by-hand",
    prompt=(
        "One unit, two steps; the table has the gates and states, dL/dh_2 = 1, and the loss reads no other state. The "
        "recurrent weights of i, f, g, o are 1, -2, 0.5, 1. Compute dL/dh_1, the part of it that reaches c_1, and "
        "dL/dc_1."
    ),
    names=("dh_1", "through_h_1", "dc_1"),
    answer=_dc_one,
    rtol=0.004,
    slips=(
        Slip(
            "arrival from c_2 lost",
            "dc_1 is only what comes through h_1. c_1 is used in c_2 as well: that arrival has another sign here.",
            lambda: _dc_one(arrive=lambda through, onward: through),
        ),
        Slip(
            "arrival through h_1 lost",
            "dc_1 is only what comes from c_2. The loss does not read h_1, but the gates of step 2 do.",
            lambda: _dc_one(arrive=lambda through, onward: onward),
        ),
        Slip(
            "h_1 added as it is",
            "To dc_1 you added dh_1 itself. On the way from h_1 to c_1 stand o_1 and the slope of the tanh.",
            lambda: (*_dc_one()[:2], _dc_one()[0] + step_two()[1]),
        ),
        Slip(
            "forget gate of step 1",
            "Between c_1 and c_2 stands f_2. f_1 stands between c_0 and c_1.",
            lambda: _dc_one(onward=F_1),
        ),
        Slip(
            "forget gate left out",
            "c_2 has f_2 c_1 in it, so what c_1 gets from it is multiplied by f_2.",
            lambda: _dc_one(onward=1.0),
        ),
        Slip(
            "1 − f back to c_1",
            "You sent the share 1 − f_2 back to c_1. The share that was kept is f_2.",
            lambda: _dc_one(onward=1 - F_2),
        ),
        Slip(
            "input gate back to c_1",
            "Between c_1 and c_2 you have i_2. It stands beside the candidate; beside c_1 stands f_2.",
            lambda: _dc_one(onward=I_2),
        ),
        Slip(
            "f's slope back to c_1",
            "Between c_1 and c_2 you have f(1 − f). That slope belongs to the way through the gate; c_1 is multiplied by "
            "f_2 itself.",
            lambda: _dc_one(onward=slope(F_2)),
        ),
        Slip(
            "output gate of step 2 for c_1",
            "On the way from h_1 to c_1 you used o_2. Which output gate made h_1?",
            lambda: _dc_one(o_1=O_2),
        ),
        Slip(
            "output gate forgotten at c_1",
            "From h_1 to c_1 you have the slope of the tanh alone. h_1 is o_1 tanh c_1.",
            lambda: _dc_one(o_1=1.0),
        ),
        Slip(
            "slope of tanh forgotten at c_1",
            "From h_1 to c_1 the tanh has a slope, 1 − tanh² c_1.",
            lambda: _dc_one(slope_1=1.0),
        ),
        Slip(
            "c_1 in place of its tanh",
            "Your slope at c_1 is 1 − c_1². The square is that of tanh c_1.",
            lambda: _dc_one(slope_1=1 - C_1**2),
        ),
        Slip(
            "square forgotten at c_1",
            "Your slope at c_1 is 1 − tanh c_1. The tanh is squared.",
            lambda: _dc_one(slope_1=1 - math.tanh(C_1)),
        ),
        Slip(
            "slope at the other cell state",
            "From h_1 to c_1 you took the slope at c_2. h_1 was made from c_1.",
            lambda: _dc_one(slope_1=AT_2),
        ),
        Slip(
            "tanh in place of its slope at c_1",
            "From h_1 to c_1 you multiplied by tanh c_1. A derivative needs the slope of tanh there.",
            lambda: _dc_one(slope_1=math.tanh(C_1)),
        ),
        Slip(
            "dh_2 brought to c_1",
            "Through h_1 you sent dh_2. At h_1 arrives dh_1, the number before.",
            lambda: _dc_one(to_h=DH_2),
        ),
        Slip(
            "difference of the arrivals",
            "The two arrivals add. One of them is negative already.",
            lambda: _dc_one(arrive=lambda through, onward: onward - through),
        ),
        *(Slip(name, hint, functools.partial(_dc_one, **changes)) for name, hint, changes in AT_STEP_TWO),
    ),
    why="Without the arrival from c₂ the derivative would have the wrong sign: descent would move c₁ the wrong way.",
    hints=(
        "Step 2 first: ∂L/∂c₂ has one arrival only, through h₂.",
        "Then the four ∂L/∂a₂, each with its slope, and ∂L/∂h₁ is their sum with the recurrent weights.",
        "Now c₁ has two uses: h₁, with o₁(1 − tanh²c₁), and c₂, with f₂.",
    ),
)

EXERCISES = (DC_BY_HAND,)
