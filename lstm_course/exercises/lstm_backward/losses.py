"""Exercise of chapter 13 on paper: two losses and a penalty in the same two steps."""

from __future__ import annotations

import functools

from lstm_course.checker import Number, Slip
from lstm_course.exercises.lstm_backward.two_steps import (
    AT_1,
    AT_STEP_TWO,
    C_0,
    C_1,
    F_1,
    F_2,
    I_1,
    O_1,
    O_2,
    step_two,
)

READ_1 = -0.5  # of h_1


def _two_losses(
    *,
    read_h=READ_1,
    read_c=C_1,
    passes=None,
    slope_1=AT_1,
    o_1=O_1,
    f=F_1,
    after=0.0,
    gates=1,
    **changes,
):
    """dL/dh_1, dL/dc_1 and dL/dc_0 when the loss also reads h_1 and half the square of c_1 is added."""
    from_two, onward = step_two(**changes)
    dh_1 = read_h + gates * from_two
    through = (dh_1 if passes is None else passes) * o_1 * slope_1
    dc_1 = read_c + through + onward
    return dh_1, dc_1, dc_1 * f + after


TWO_LOSSES = Number(
    label="two-losses",
    prompt=(
        "The same two steps. Now the loss reads h_1 too, with an immediate derivative of -0.5, and a penalty of half the "
        "square of c_1 is added to it. What are dL/dh_1, dL/dc_1 and dL/dc_0?"
    ),
    names=("dh_1", "dc_1", "dc_0"),
    answer=_two_losses,
    rtol=0.004,
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
            "half of the cell state",
            "You took c_1/2. The derivative of ½c² is c: the 2 from the square cancels the ½.",
            lambda: _two_losses(read_c=C_1 / 2),
        ),
        Slip(
            "square of the cell state",
            "You added c_1². The derivative of ½c² is c.",
            lambda: _two_losses(read_c=C_1**2),
        ),
        Slip(
            "penalty's sign",
            "The penalty is added to the loss, so its derivative comes with a plus.",
            lambda: _two_losses(read_c=-C_1),
        ),
        Slip(
            "penalty not handed on",
            "What you send to c_0 leaves out the penalty's term. c_0 gets the whole of dc_1, times f_1.",
            lambda: (*_two_losses()[:2], F_1 * (_two_losses()[1] - C_1)),
        ),
        Slip(
            "penalty alone handed on",
            "You send to c_0 the penalty's term alone. It gets the whole of dc_1, times f_1.",
            lambda: (*_two_losses()[:2], F_1 * C_1),
        ),
        Slip(
            "loss at h_1 not handed on",
            "The way from h_1 to c_1 carries only what came from step 2. The whole of dh_1 goes on.",
            lambda: _two_losses(passes=step_two()[0]),
        ),
        Slip(
            "only the loss at h_1 handed on",
            "The way from h_1 to c_1 carries only what the loss reads. The whole of dh_1 goes on.",
            lambda: _two_losses(passes=READ_1),
        ),
        Slip(
            "loss at h_1 forgotten",
            "dh_1 has only what comes from step 2. The loss reads h_1 directly now.",
            lambda: _two_losses(read_h=0.0),
        ),
        Slip(
            "step 2 forgotten at h_1",
            "dh_1 is only what the loss reads. The gates of step 2 still read h_1, too.",
            lambda: _two_losses(gates=0),
        ),
        Slip(
            "sign of what is read",
            "Your dh_1 is 1 too large. The immediate derivative by h_1 is −0.5, not +0.5, and dh_2 = 1 is no part of dh_1.",
            lambda: _two_losses(read_h=-READ_1),
        ),
        Slip(
            "difference at h_1",
            "What comes from step 2 has the wrong sign in your sum. What arrives adds up.",
            lambda: _two_losses(gates=-1),
        ),
        Slip(
            "through h_1 forgotten",
            "dc_1 has no term through h_1. h_1 was made from c_1, and all that arrives at h_1 goes on.",
            lambda: _two_losses(o_1=0.0),
        ),
        Slip(
            "h_1 added as it is",
            "To dc_1 you added dh_1 itself. On the way from h_1 to c_1 stand o_1 and the slope of the tanh.",
            lambda: _two_losses(o_1=1.0, slope_1=1.0),
        ),
        Slip(
            "output gate of step 2 for c_1",
            "On the way from h_1 to c_1 you used o_2. Which output gate made h_1?",
            lambda: _two_losses(o_1=O_2),
        ),
        Slip(
            "output gate forgotten at c_1",
            "From h_1 to c_1 you have the slope of the tanh alone. h_1 is o_1 tanh c_1.",
            lambda: _two_losses(o_1=1.0),
        ),
        Slip(
            "slope of tanh forgotten at c_1",
            "From h_1 to c_1 the tanh has a slope, 1 − tanh² c_1.",
            lambda: _two_losses(slope_1=1.0),
        ),
        Slip(
            "c_1 in place of its tanh",
            "Your slope at c_1 is 1 − c_1². The square is that of tanh c_1.",
            lambda: _two_losses(slope_1=1 - C_1**2),
        ),
        Slip(
            "arrival from c_2 lost",
            "dc_1 lacks what comes from c_2. As before, c_1 is used there, too.",
            lambda: _two_losses(onward=0.0),
        ),
        Slip(
            "forget gate of step 1 for c_1",
            "Between c_1 and c_2 stands f_2. f_1 stands between c_0 and c_1.",
            lambda: _two_losses(onward=F_1),
        ),
        Slip(
            "forget gate left out at c_1",
            "c_2 has f_2 c_1 in it, so what c_1 gets from it is multiplied by f_2.",
            lambda: _two_losses(onward=1.0),
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
            "1 − f for c_0",
            "You sent the share 1 − f_1 back to c_0. The share that was kept is f_1.",
            lambda: _two_losses(f=1 - F_1),
        ),
        Slip(
            "input gate for c_0",
            "On the way to c_0 you have i_1. It stands beside the candidate; beside c_0 stands f_1.",
            lambda: _two_losses(f=I_1),
        ),
        Slip(
            "two forget gates for c_0",
            "You multiplied dc_1 by f_1 and f_2. From c_1 to c_0 it is one step, and f_2 is in dc_1 already.",
            lambda: _two_losses(f=F_1 * F_2),
        ),
        Slip(
            "penalty at c_0 as well",
            "The penalty is on c_1 alone. c_0 hears of it through c_1.",
            lambda: _two_losses(after=C_0),
        ),
        *(
            Slip(name, hint, functools.partial(_two_losses, **changes))
            for name, hint, changes in AT_STEP_TWO
            if "extra" not in changes
        ),
    ),
    why="Whatever reads a state is one more place of use and adds one more term, at that state. All the rest stays.",
    hints=(
        "What comes back from step 2 is as in the exercise before: dh₁ = −0.149 from the gates, and 0.305 for c₁.",
        "h₁ has two uses now, c₁ three. Write one term for each.",
        "c₀ is used in c₁, and in nothing else: one term.",
    ),
)

EXERCISES = (TWO_LOSSES,)
