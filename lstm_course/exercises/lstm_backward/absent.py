"""Exercises of chapter 13 on what is not there: zeros at the start, and a step that a mask leaves out."""

from __future__ import annotations

import math

from lstm_course.checker import Choice, Number, Slip

# --- which gradients are zero -------------------------------------------------------------------------

WHICH_ARE_ZERO = Choice(
    label="which-are-zero",
    level="warm-up",
    kind="predict",
    prompt=(
        "A sequence of one step starts from h_0 = 0 and c_0 = 0; the input is not zero, and the loss reads h_1. Which "
        "gradients of the weights are zero at once, whatever the weights are, and why?"
    ),
    options={
        "a": "None.",
        "b": "All of the gradient by W_hh, and no other.",
        "c": "All of the gradient by W_hh, and the forget gate's rows of those by W_ih and b.",
        "d": "Only the forget gate's rows, in W_ih, W_hh and b.",
        "e": "All of the gradient by W_hh, and the output gate's rows of those by W_ih and b.",
    },
    reasons={
        "1": "A product's derivative by one factor is the other factor: f_1 multiplies c_0, and W_hh multiplies h_0.",
        "2": "Nothing comes back from a second step.",
        "3": "The slope of the forget gate is zero at the start.",
        "4": "With c_0 = 0 nothing arrives at c_1.",
    },
    right=("c", "1"),
    replies={
        "a": "Write ∂L/∂f₁ down. One of its factors is zero here.",
        "b": "Right for W_hh. But what does f₁ multiply in the first step?",
        "d": "The forget gate learns nothing, that is right. And what does W_hh multiply in the first step?",
        "e": "The output gate multiplies tanh c₁, which is i₁g₁ squashed and not zero. Another gate multiplies a zero.",
        "2": "True, and it silences no gate: the loss reads h₁, so something arrives at h₁ and at c₁.",
        "3": "The slope is f(1 − f), which is above zero for every finite pre-activation.",
        "4": "Something arrives at c₁ through h₁. It is what comes after that has a zero in it.",
    },
    why="So a check of one step from zero states sees no wrong factor beside these zeros, such as a slope that is missing "
    "in da_f. A mistake that replaces a zero, c_1 for c_0, it does see. torch and this package start from zeros unless "
    "told otherwise.",
    hints=(
        "Go through the gates: which factor stands beside each of them in the forward pass?",
        "∂L/∂W_hh is ∂L/∂a₁ times h₀, transposed.",
    ),
)

# --- a step that a mask leaves out --------------------------------------------------------------------

READ_2, BACK_TO_H, BACK_TO_C = 0.5, -0.2, 0.6
REAL_O, TANH_1 = 0.5, 0.6  # of step 1
PADDED_O, PADDED_F = 0.8, 0.9  # what the gates would be at the step that is not there


def _held_step(
    *, read=READ_2, back_h=BACK_TO_H, back_c=BACK_TO_C, o=REAL_O, f=1.0, extra=0.0, tanh_slope=None, da=0.0
):
    """dL/dh_1, dL/dc_1 and dL/da_f at step 2 when that step is left out."""
    dh_1 = read + back_h
    slope = 1 - TANH_1**2 if tanh_slope is None else tanh_slope
    return dh_1, back_c * f + extra + dh_1 * o * slope, da


HELD_STEP = Number(
    label="held-step",
    prompt=(
        "One unit, three steps, and the mask says True, False, True. From step 3 come back -0.2 to h_2 and 0.6 to c_2; "
        "the loss reads h_2 with 0.5 and no other state. o_1 = 0.5 and tanh(c_1) = 0.6; computed from the padding, o_2 "
        "would be 0.8 and f_2 0.9. What are dL/dh_1, dL/dc_1 and dL/da_f at step 2?"
    ),
    names=("dh_1", "dc_1", "da_f_2"),
    answer=_held_step,
    rtol=0.002,
    atol=1e-9,
    slips=(
        Slip(
            "stopped at the step that is not there",
            "Nothing gets past step 2 in your answer. There the states are copied, and a copy hands the gradient on.",
            lambda: _held_step(read=0.0, back_h=0.0, back_c=0.0),
        ),
        Slip(
            "what reads the held state dropped",
            "The loss does read h_2, mask or no mask. h_2 is h_1, so what it says arrives at h_1.",
            lambda: _held_step(read=0.0),
        ),
        Slip(
            "forget gate of the padding",
            "You multiplied by f_2. At step 2 c_2 is c_1, copied; the gate that would have been takes no part.",
            lambda: _held_step(f=PADDED_F),
        ),
        Slip(
            "from h_2 to c_2 as at a real step",
            "You sent dL/dh_2 to c_2 through the output gate of step 2. h_2 was not made from c_2: it was copied from h_1.",
            lambda: _held_step(extra=(READ_2 + BACK_TO_H) * PADDED_O * (1 - TANH_1**2)),
        ),
        Slip(
            "gates of the padding learn",
            "The gates of step 2 made nothing that counts. What they would have learned from the padding is no gradient.",
            lambda: _held_step(da=BACK_TO_C * math.atanh(TANH_1) * PADDED_F * (1 - PADDED_F)),
        ),
        Slip(
            "what comes back to h_2 dropped",
            "Step 3 is real and hears h_2: −0.2 comes back. A held state hands on all that arrives.",
            lambda: _held_step(back_h=0.0),
        ),
        Slip(
            "sign of what comes back lost",
            "What comes back to h_2 is −0.2. You took it with a plus.",
            lambda: _held_step(back_h=-BACK_TO_H),
        ),
        Slip(
            "arrivals subtracted",
            "The two arrivals at h_2, 0.5 and −0.2, add. You subtracted the other way.",
            lambda: _held_step(read=-READ_2),
        ),
        Slip(
            "arrivals multiplied",
            "You multiplied the two arrivals at h_2. They add.",
            lambda: _held_step(read=READ_2 * BACK_TO_H, back_h=0.0),
        ),
        Slip(
            "along the cell state forgotten",
            "dc_1 is only what comes through h_1. From step 3 0.6 arrives at c_2, and c_2 is c_1.",
            lambda: _held_step(back_c=0.0),
        ),
        Slip(
            "difference at c_1",
            "The two arrivals at c_1 add; you subtracted one.",
            lambda: _held_step(o=-REAL_O),
        ),
        Slip(
            "output gate forgotten at a real step",
            "From h_1 to c_1 the output gate o_1 is a factor.",
            lambda: _held_step(o=1.0),
        ),
        Slip(
            "all of dh_1 reaches c_1",
            "You let the whole of dh_1 through. Step 1 is real: between h_1 and c_1 stand o_1 and the slope of tanh.",
            lambda: _held_step(o=1.0, tanh_slope=1.0),
        ),
        Slip(
            "tanh for its slope",
            "You multiplied by tanh c_1. The factor is its slope, 1 − tanh² c_1.",
            lambda: _held_step(tanh_slope=TANH_1),
        ),
        Slip(
            "square for the slope",
            "You multiplied by tanh² c_1. The slope is what is missing to 1.",
            lambda: _held_step(tanh_slope=TANH_1**2),
        ),
        Slip(
            "tanh in the slope not squared",
            "You took 1 − tanh c_1. The slope is 1 − tanh² c_1.",
            lambda: _held_step(tanh_slope=1 - TANH_1),
        ),
        Slip(
            "tanh once more in the slope",
            "tanh c_1 is given, 0.6. You took tanh of it once more.",
            lambda: _held_step(tanh_slope=1 - math.tanh(TANH_1) ** 2),
        ),
        Slip(
            "gates of the padding learn from the gate's slope alone",
            "The gates of step 2 made nothing that counts, so nothing arrives at them: neither with the cell state as a "
            "factor nor without.",
            lambda: _held_step(da=BACK_TO_C * PADDED_F * (1 - PADDED_F)),
        ),
        Slip(
            "through h_1 forgotten",
            "dc_1 is only what came along the cell state. Step 1 is a real step: h_1 was made from c_1.",
            lambda: _held_step(o=0.0),
        ),
        Slip(
            "output gate of the padding",
            "From h_1 to c_1 leads the output gate that made h_1: o_1.",
            lambda: _held_step(o=PADDED_O),
        ),
        Slip(
            "slope of tanh forgotten at a real step",
            "From h_1 to c_1 the tanh has a slope, 1 − 0.6².",
            lambda: _held_step(tanh_slope=1.0),
        ),
    ),
    why="A step that is not there copies both states, so both gradients pass it unchanged, and its gates learn nothing.",
    hints=(
        "What are h₂ and c₂, as formulas, when the mask is False?",
        "A copy hands on what arrives. So ∂L/∂h₁ is all that arrives at h₂, and c₁ gets all that arrives at c₂.",
        "Step 1 is real: c₁ also hears of the loss through h₁.",
    ),
)
