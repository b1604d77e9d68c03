"""Exercises of chapter 13 on paper: the derivatives at the states of two steps, as numbers."""

from __future__ import annotations

import math

from lstm_course.checker import Number, Slip
from lstm_course.exercises.lstm_backward.steps import (
    C_0,
    C_1,
    C_2,
    DH_2,
    F_1,
    F_2,
    G_2,
    I_2,
    O_1,
    O_2,
    W_F,
    W_G,
    W_I,
    W_O,
    after_step_two,
    slope_of,
    step_two,
    without,
)


def _dc_one(*, f=F_2, o=O_1, tanh_slope=None, arrive=lambda through, onward: through + onward, **at_two):
    """dL/dh_1, what of it reaches c_1, and dL/dc_1."""
    dc_2, dh_1 = step_two(**at_two)
    squashed = 1 - math.tanh(C_1) ** 2 if tanh_slope is None else tanh_slope
    through = dh_1 * o * squashed
    return dh_1, through, arrive(through, dc_2 * f)


DC_BY_HAND = Number(
    label="dc-by-hand",
    prompt=(
        "One unit, two steps; the table has the gates and states, dL/dh_2 = 1, and the loss reads no other state. The "
        "recurrent weights of i, f, g, o are 1, -2, 0.5, 1. Compute dL/dh_1, the part of it that reaches c_1, and "
        "dL/dc_1."
    ),
    names=("dh_1", "through_h_1", "dc_1"),
    answer=_dc_one,
    rtol=0.005,
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
            "forget gate of step 1",
            "Between c_1 and c_2 stands f_2. f_1 stands between c_0 and c_1.",
            lambda: _dc_one(f=F_1),
        ),
        Slip(
            "output gate of step 2 for c_1",
            "On the way from h_1 to c_1 you used o_2. Which output gate made h_1?",
            lambda: _dc_one(o=O_2),
        ),
        Slip(
            "slope of tanh forgotten at c_1",
            "From h_1 to c_1 the tanh has a slope, 1 − tanh² c_1.",
            lambda: _dc_one(tanh_slope=1.0),
        ),
        Slip(
            "difference of the arrivals",
            "The two arrivals add. One of them is negative already.",
            lambda: _dc_one(arrive=lambda through, onward: onward - through),
        ),
        Slip(
            "slope of tanh forgotten at c_2",
            "At step 2 the way from h_2 to c_2 passes a tanh, with the slope 1 − tanh² c_2.",
            lambda: _with_step_two(tanh_slope=1.0),
        ),
        Slip(
            "dc in place of dh for the output gate",
            "You sent dc_2 to the output gate. It acts on h_2 and not on c_2, so what arrives there is dh_2.",
            lambda: _with_step_two(through_o=step_two()[0]),
        ),
        Slip(
            "sigmoid's slope for the candidate",
            "For the candidate you took g(1 − g). It is a tanh, and tanh has another slope.",
            lambda: _with_step_two(slopes=(slope_of(I_2), slope_of(F_2), slope_of(G_2), slope_of(O_2))),
        ),
        Slip(
            "output gate left out of dh_1",
            "Three gates send something back to h_1 in your sum. The output gate of step 2 reads h_1 as well.",
            lambda: _with_step_two(weights=without("o")),
        ),
        Slip(
            "slopes of the gates forgotten",
            "You carried di, df, dg and do across the weights. The weights lead to the pre-activations, so the slopes "
            "come first.",
            lambda: _with_step_two(slopes=(1.0,) * 4),
        ),
        Slip(
            "weights forgotten",
            "The four pre-activations are added as they are. Each stands behind its own recurrent weight.",
            lambda: _with_step_two(weights=(1.0,) * 4),
        ),
        *(
            Slip(
                f"{name} left out of dh_1",
                f"Three of the four send something back to h_1 in your sum. The {name} of step 2 reads h_1 as well.",
                lambda gate=gate: _with_step_two(weights=without(gate)),
            )
            for gate, name in (("i", "input gate"), ("f", "forget gate"), ("g", "candidate"))
        ),
        Slip(
            "sign of the forget gate's weight lost",
            "The recurrent weight of the forget gate is −2. You took it with a plus.",
            lambda: _with_step_two(weights=(W_I, -W_F, W_G, W_O)),
        ),
        Slip(
            "i and g not swapped",
            "In i g each factor's derivative is the other one. You gave each its own value.",
            lambda: _with_step_two(partners=(I_2, G_2)),
        ),
        Slip(
            "sign of g_2 lost",
            "The candidate of step 2 is −0.3. In da_i you took it with a plus.",
            lambda: _with_step_two(partners=(-G_2, I_2)),
        ),
        Slip(
            "h_2 for tanh c_2",
            "The output gate multiplies tanh c_2. You have h_2 in its place, which holds the gate already.",
            lambda: _with_step_two(shown=O_2 * math.tanh(C_2)),
        ),
        Slip(
            "output gate of step 1 at step 2",
            "From h_2 to c_2 leads the output gate that made h_2, o_2. You took o_1.",
            lambda: _with_step_two(o=O_1),
        ),
        Slip(
            "output gate forgotten at c_2",
            "From h_2 to c_2 the output gate is a factor, too: h_2 = o_2 tanh c_2.",
            lambda: _with_step_two(o=1.0),
        ),
        Slip(
            "slope of tanh at c_1 for step 2",
            "At step 2 the slope of tanh is taken at c_2. You took it at c_1.",
            lambda: _with_step_two(tanh_slope=1 - math.tanh(C_1) ** 2),
        ),
        Slip(
            "first cell state for the forget gate",
            "In df_2 you have c_0. The forget gate of step 2 multiplies the state before its own step.",
            lambda: _with_step_two(c_prev=C_0),
        ),
        Slip(
            "squashed cell state for the forget gate",
            "In df_2 you have tanh c_1. The forget gate multiplies the cell state as it is.",
            lambda: _with_step_two(c_prev=math.tanh(C_1)),
        ),
        Slip(
            "slope of the candidate forgotten",
            "The slope of the candidate's tanh, 1 − g², is missing in da_g.",
            lambda: _with_step_two(slopes=(slope_of(I_2), slope_of(F_2), 1.0, slope_of(O_2))),
        ),
        Slip(
            "slope of the candidate not squared",
            "You took 1 − g for the candidate's slope. That of tanh is 1 − g².",
            lambda: _with_step_two(slopes=(slope_of(I_2), slope_of(F_2), 1 - G_2, slope_of(O_2))),
        ),
        Slip(
            "gates for their slopes",
            "You multiplied by the gates where their slopes belong, gate (1 − gate).",
            lambda: _with_step_two(slopes=(I_2, F_2, 1 - G_2**2, O_2)),
        ),
        Slip(
            "dh_2 handed on as it is",
            "Your dh_1 holds dh_2 itself. h_2 does not use h_1 but through the gates and the candidate.",
            lambda: after_step_two(DH_2 + step_two()[1]),
        ),
        Slip(
            "forget gate forgotten",
            "c_1 enters c_2 multiplied by f_2, so what comes back from c_2 is multiplied by it too.",
            lambda: _dc_one(f=1.0),
        ),
        Slip(
            "dh_2 for dc_2",
            "Along the cell state comes dc_2 times f_2. You took dh_2 times f_2.",
            lambda: _dc_one(arrive=lambda through, onward: through + DH_2 * F_2),
        ),
        Slip(
            "slope of the forget gate on the highway",
            "On the way from c_2 to c_1 stands f_2 itself, and not its slope. That belongs to the way through the gate.",
            lambda: _dc_one(f=slope_of(F_2)),
        ),
        Slip(
            "output gate forgotten at c_1",
            "From h_1 to c_1 the output gate is a factor, too: h_1 = o_1 tanh c_1.",
            lambda: _dc_one(o=1.0),
        ),
        Slip(
            "all of dh_1 reaches c_1",
            "You let the whole of dh_1 through. Between h_1 and c_1 stand o_1 and the slope of tanh.",
            lambda: _dc_one(o=1.0, tanh_slope=1.0),
        ),
        Slip(
            "slope of tanh at c_2 for c_1",
            "From h_1 to c_1 the slope of tanh is taken at c_1. You took it at c_2.",
            lambda: _dc_one(tanh_slope=1 - math.tanh(C_2) ** 2),
        ),
        Slip(
            "slope from c_1 not squashed",
            "From h_1 to c_1 you took 1 − c². The short formula takes what comes out of tanh: 1 − tanh² c.",
            lambda: _dc_one(tanh_slope=1 - C_1**2),
        ),
        Slip(
            "arrivals multiplied",
            "You multiplied the two arrivals at c_1. They add.",
            lambda: _dc_one(arrive=lambda through, onward: through * onward),
        ),
        Slip(
            "new cell state for the forget gate",
            "In df_2 you have c_2. The forget gate of step 2 multiplies the old cell state, c_1.",
            lambda: _with_step_two(c_prev=C_2),
        ),
    ),
    why="Without the arrival from c₂ the derivative would have the wrong sign: descent would move c₁ the wrong way.",
    hints=(
        "Step 2 first: ∂L/∂c₂ has one arrival only, through h₂.",
        "Then the four ∂L/∂a₂, each with its slope, and ∂L/∂h₁ is their sum with the recurrent weights.",
        "Now c₁ has two uses: h₁, with o₁(1 − tanh²c₁), and c₂, with f₂.",
    ),
)


def _with_step_two(**changes):
    """The three numbers when something is wrong at step 2."""
    return after_step_two(step_two(**changes)[1], step_two(**changes)[0])
