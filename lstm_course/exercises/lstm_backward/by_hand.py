"""Exercises of chapter 13 on paper: the derivatives at the states of two steps, as numbers."""

from __future__ import annotations

import math

from lstm_course.checker import Number, Slip

# --- two steps of one unit ----------------------------------------------------------------------------

C_0 = 0.5
I_1, F_1, G_1, O_1 = 0.5, 0.8, 0.6, 0.5
I_2, F_2, G_2, O_2 = 0.5, 0.5, -0.3, 0.8
W_I, W_F, W_G, W_O = 1.0, -2.0, 0.5, 1.0
C_1 = F_1 * C_0 + I_1 * G_1
C_2 = F_2 * C_1 + I_2 * G_2
DH_2 = 1.0


def _slope(gate):
    return gate * (1 - gate)


def _step_two(
    *, o=O_2, tanh_slope=None, c_prev=C_1, slopes=True, output=True, all_gates=True, s_g=None, through_o=DH_2
):
    """dL/dc_2, and what step 2 sends to h_1."""
    squashed = 1 - math.tanh(C_2) ** 2 if tanh_slope is None else tanh_slope
    dc = DH_2 * o * squashed
    s_i, s_f, s_o = (_slope(I_2), _slope(F_2), _slope(O_2)) if slopes else (1, 1, 1)
    s_g = s_g if s_g is not None else 1 - G_2**2 if slopes else 1
    da_i, da_f, da_g = dc * G_2 * s_i, dc * c_prev * s_f, dc * I_2 * s_g
    da_o = through_o * math.tanh(C_2) * s_o
    to_h = W_I * da_i + W_F * da_f + W_G * da_g + W_O * da_o * output
    return dc, to_h if all_gates else da_i + da_f + da_g + da_o


def _dc_one(*, f=F_2, o=O_1, tanh_slope=None, arrive=lambda through, onward: through + onward, **step_two):
    """dL/dh_1, what of it reaches c_1, and dL/dc_1."""
    dc_2, dh_1 = _step_two(**step_two)
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
            lambda: _with_step_two(through_o=_step_two()[0]),
        ),
        Slip(
            "sigmoid's slope for the candidate",
            "For the candidate you took g(1 − g). It is a tanh, and tanh has another slope.",
            lambda: _with_step_two(s_g=_slope(G_2)),
        ),
        Slip(
            "output gate left out of dh_1",
            "Three gates send something back to h_1 in your sum. The output gate of step 2 reads h_1 as well.",
            lambda: _with_step_two(output=False),
        ),
        Slip(
            "slopes of the gates forgotten",
            "You carried di, df, dg and do across the weights. The weights lead to the pre-activations, so the slopes "
            "come first.",
            lambda: _with_step_two(slopes=False),
        ),
        Slip(
            "weights forgotten",
            "The four pre-activations are added as they are. Each stands behind its own recurrent weight.",
            lambda: _with_step_two(all_gates=False),
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
    dc_2, dh_1 = _step_two(**changes)
    through = dh_1 * O_1 * (1 - math.tanh(C_1) ** 2)
    return dh_1, through, through + dc_2 * F_2


# --- two losses in one step ---------------------------------------------------------------------------

READ_1 = -0.5  # of h_1


def _two_losses(*, read_h=READ_1, read_c=C_1, passes=True, f=F_1, after=0.0):
    """dL/dh_1, dL/dc_1 and dL/dc_0 when the loss also reads h_1 and half the square of c_1 is added."""
    dc_2, from_two = _step_two()
    dh_1 = read_h + from_two
    dc_1 = read_c + (dh_1 if passes else from_two) * O_1 * (1 - math.tanh(C_1) ** 2) + dc_2 * F_2
    return dh_1, dc_1, dc_1 * f + after


TWO_LOSSES = Number(
    label="two-losses",
    prompt=(
        "The same two steps. Now the loss reads h_1 too, with an immediate derivative of -0.5, and a penalty of half the "
        "square of c_1 is added to it. What are dL/dh_1, dL/dc_1 and dL/dc_0?"
    ),
    names=("dh_1", "dc_1", "dc_0"),
    answer=_two_losses,
    rtol=0.01,
    slips=(
        Slip(
            "penalty forgotten",
            "The penalty uses c_1, so it is a third place of use, with a term of its own.",
            lambda: _two_losses(read_c=0.0),
        ),
        Slip(
            "value of the penalty",
            "You added the penalty itself. What arrives is its derivative by c_1.",
            lambda: _two_losses(read_c=C_1**2 / 2),
        ),
        Slip(
            "derivative without the half",
            "The derivative of ½c² is c: the ½ cancels the 2.",
            lambda: _two_losses(read_c=2 * C_1),
        ),
        Slip(
            "penalty's sign",
            "The penalty is added to the loss, so its derivative comes with a plus.",
            lambda: _two_losses(read_c=-C_1),
        ),
        Slip(
            "loss at h_1 not handed on",
            "The way from h_1 to c_1 carries only what came from step 2. The whole of dh_1 goes on.",
            lambda: _two_losses(passes=False),
        ),
        Slip(
            "loss at h_1 forgotten",
            "dh_1 has only what comes from step 2. The loss reads h_1 directly now.",
            lambda: _two_losses(read_h=0.0),
        ),
        Slip(
            "forget gate of step 2 for c_0",
            "Between c_0 and c_1 stands f_1.",
            lambda: _two_losses(f=F_2),
        ),
        Slip(
            "forget gate forgotten for c_0",
            "c_0 enters c_1 multiplied by f_1, so what goes back is multiplied by it too.",
            lambda: _two_losses(f=1.0),
        ),
        Slip(
            "penalty at c_0 as well",
            "The penalty is on c_1 alone. c_0 hears of it through c_1.",
            lambda: _two_losses(after=C_0),
        ),
    ),
    why="Whatever reads a state is one more place of use and adds one more term, at that state. All the rest stays.",
    hints=(
        "What comes back from step 2 is as in the exercise before: dh₁ = −0.120 from the gates, and 0.384 for c₁.",
        "h₁ has two uses now, c₁ three. Write one term for each.",
        "c₀ is used in c₁, and in nothing else: one term.",
    ),
)
