"""Exercise of chapter 13 on paper: two losses in one step."""

from __future__ import annotations

import math

from lstm_course.checker import Number, Slip
from lstm_course.exercises.lstm_backward.steps import C_0, C_1, F_1, F_2, O_1, O_2, step_two

READ_1 = -0.5  # of h_1


def _two_losses(
    *, read_h=READ_1, read_c=C_1, passes=True, f=F_1, after=0.0, o=O_1, slope=None, onward=F_2, back=1.0
):
    """dL/dh_1, dL/dc_1 and dL/dc_0 when the loss also reads h_1 and half the square of c_1 is added."""
    dc_2, from_two = step_two()
    dh_1 = read_h + back * from_two
    squashed = 1 - math.tanh(C_1) ** 2 if slope is None else slope
    dc_1 = read_c + (dh_1 if passes else from_two) * o * squashed + dc_2 * onward
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
            "sign of what the loss reads",
            "The loss reads h_1 with −0.5. You took it with a plus.",
            lambda: _two_losses(read_h=-READ_1),
        ),
        Slip(
            "only the loss at h_1",
            "dh_1 has only what the loss reads. What comes back from step 2 arrives there, too.",
            lambda: _two_losses(back=0.0),
        ),
        Slip(
            "what comes back subtracted",
            "You subtracted what comes back from step 2. Arrivals add, and it is negative already.",
            lambda: _two_losses(back=-1.0),
        ),
        Slip(
            "arrival from c_2 lost",
            "What comes from c_2, times f_2, is missing in dc_1. c_1 has three uses.",
            lambda: _two_losses(onward=0.0),
        ),
        Slip(
            "forget gate forgotten on the way from c_2",
            "What comes from c_2 is multiplied by f_2 on its way to c_1.",
            lambda: _two_losses(onward=1.0),
        ),
        Slip(
            "forget gate of step 1 for c_1",
            "Between c_1 and c_2 stands f_2.",
            lambda: _two_losses(onward=F_1),
        ),
        Slip(
            "arrival through h_1 lost",
            "What comes through h_1 is missing in dc_1. c_1 has three uses.",
            lambda: _two_losses(o=0.0),
        ),
        Slip(
            "output gate forgotten at c_1",
            "From h_1 to c_1 the output gate o_1 is a factor.",
            lambda: _two_losses(o=1.0),
        ),
        Slip(
            "output gate of step 2 for c_1",
            "On the way from h_1 to c_1 you have o_2, or o_1 without the slope of tanh (nearly the same number). Which output "
            "gate made h_1, and what stands behind it?",
            lambda: _two_losses(o=O_2),
        ),
        Slip(
            "all of dh_1 reaches c_1",
            "You let the whole of dh_1 through. Between h_1 and c_1 stand o_1 and the slope of tanh.",
            lambda: _two_losses(o=1.0, slope=1.0),
        ),
        Slip(
            "penalty squashed",
            "The penalty reads c_1 as it is. No tanh stands between.",
            lambda: _two_losses(read_c=math.tanh(C_1)),
        ),
        Slip(
            "penalty through the output gate",
            "You sent the penalty through h_1. It reads c_1 itself.",
            lambda: _two_losses(read_c=C_1 * O_1 * (1 - math.tanh(C_1) ** 2)),
        ),
        Slip(
            "both forget gates for c_0",
            "Between c_0 and c_1 stands f_1 alone. f_2 is in dc_1 already, where it belongs.",
            lambda: _two_losses(f=F_1 * F_2),
        ),
        Slip(
            "penalty does not reach c_0",
            "c_0 has what comes from step 2 and from h_1. The penalty at c_1 goes on to it as well.",
            lambda: (*_two_losses()[:2], _two_losses(read_c=0.0)[2]),
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
