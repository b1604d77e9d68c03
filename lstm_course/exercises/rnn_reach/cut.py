"""Exercise of chapter 11 on paper: a gradient cut by hand."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Number, Slip
from lstm_course.gradient_flow import forward_by_steps, terms_by_lag, truncated_backward
from lstm_course.rnn import RNNParams

HAND = RNNParams(np.array([[2.0]]), np.array([[0.5]]), np.zeros(1))
READ = (3.0, -3.0, 3.0)


def _parts():
    """The hand example's derivative by w_hh: whole, windows of 2, look-back of 2."""
    _, steps = forward_by_steps(HAND, [[[1.0]], [[2.0]], [[1.0]]], [[4.0]], activation="identity")
    dh = np.reshape(READ, (3, 1, 1))
    terms = terms_by_lag(HAND, steps, dh).ravel()
    cut = truncated_backward(HAND, steps, dh, 2).weight_hh.item()
    return float(terms.sum()), cut, float(terms[:2].sum())


# One number alone is wrong: its place, the number, and what it says. Six terms have many sums that are alike, and where
# two slips lead to one number the hint names both.
ALONE = (
    (0, 27.0, "L_2's look back left out of the whole",
     "27 is what L₃ says alone; it is also the sum without L₂'s look back to step 1. The whole has six terms, from three "
     "losses."),
    (0, 9.0, "L_1 left out of the whole", "In the whole 12 is missing, the one term of L₁."),
    (0, 33.0, "own step of L_2 left out of the whole", "In the whole −12 is missing, what L₂ says of its own step."),
    (0, 3.0, "own step of L_3 left out of the whole", "In the whole 18 is missing, what L₃ says of its own step."),
    (0, 15.0, "middle term of L_3 left out of the whole", "In the whole 6 is missing, L₃'s look back to step 2."),
    (0, 18.0, "last term of L_3 left out of the whole",
     "18 is lag 0 alone, and also the sum without L₃'s look back to step 1. The whole holds every lag."),
    (0, 0.0, "L_1 and L_2 cancel",
     "12 and −12 cancel, but they are two terms of six. Write all of them down."),
    (1, 18.0, "only lag 0 kept in the windows",
     "18 is lag 0 alone, or the last window alone, and it comes out as well when the border is crossed once. Inside the "
     "first window the loss at step 2 still looks back to step 1, −6; and from step 3 nothing passes."),
    (1, 24.0, "windows from the end",
     "24 has its border between steps 1 and 2 (or lacks the −12 of L₂). Windows are counted from the start: steps 1 and "
     "2, then step 3."),
    (1, -6.0, "L_3's own step lost at the border",
     "L₃'s own step, 18, is missing. The border cuts the way back; the state h₂ crosses it, and step 3 multiplies it by "
     "w_hh as always."),
    (1, 0.0, "L_1 left out of the windows",
     "12 is missing, the term of L₁. Every step of a window has its own loss, not its last one alone."),
    (1, 6.0, "mean of the windows",
     "6 is the mean of the two windows, −6 and 18. They add, as the steps do."),
    (1, 15.0, "last term kept in the windows",
     "3 is still in the windows, L₃'s look back to step 1. It crosses the border, too."),
    (1, 21.0, "windows not cut", "In the windows nothing is cut. What passes from step 3 back to step 2 is dropped."),
    (2, 21.0, "look-back not cut",
     "Your look-back drops nothing. Two steps, the loss's own included, are lags 0 and 1."),
    (2, 15.0, "lag 1 dropped for lag 2",
     "In the look-back you dropped 6, L₃'s lag 1. The farthest goes first: which of L₃'s three terms is that?"),
    (2, 12.0, "lag 1 and 2 dropped for L_3",
     "In the look-back L₃ has its own step alone, as in the windows. It may look back one step further."),
    (2, 24.0, "look-back of L_2 left out",
     "24 is L₃'s look-back alone, and also the sum without L₂'s −6. All three losses look back."),
    (2, 6.0, "L_1 left out of the look-back", "In the look-back 12 is missing, the one term of L₁."),
    (2, 30.0, "own step of L_2 left out of the look-back", "In the look-back −12 is missing, what L₂ says of its own step."),
    (2, 0.0, "own step of L_3 left out of the look-back", "In the look-back 18 is missing, what L₃ says of its own step."),
)  # fmt: skip

CUT_BY_HAND = Number(
    label="cut-by-hand",
    level="warm-up",
    prompt=(
        "Take the three steps of chapter 10: h_t = 2 x_t + ½ h_{t-1} with states h_0 to h_3 = 4, 4, 6, 5 and "
        "dL_t/dh_t = 3, -3, 3. What is the derivative of L by w_hh, whole; cut into windows of 2 steps; and with a "
        "look-back of 2 steps for every loss, its own included?"
    ),
    names=("whole", "windows", "look_back"),
    answer=_parts,
    atol=1e-9,
    slips=(
        Slip(
            "nothing cut",
            "All three are the whole. A cut drops the terms that cross it.",
            lambda: (_parts()[0],) * 3,
        ),
        *(
            Slip(
                name,
                hint,
                lambda at=at, value=value: tuple(value if k == at else v for k, v in enumerate(_parts())),
            )
            for at, value, name, hint in ALONE
        ),
        Slip(
            "two kinds of cut exchanged",
            "The two are exchanged. Windows cut at a fixed border, here between steps 2 and 3; a look-back goes with "
            "the loss.",
            lambda: (_parts()[0], _parts()[2], _parts()[1]),
        ),
        Slip(
            "signs lost",
            "You added sizes. L₂ wants a larger output, so its terms are negative.",
            lambda: (57.0, 48.0, 54.0),
        ),
        Slip(
            "L_3 alone",
            "You followed L₃ alone. Each of the three losses has terms of its own.",
            lambda: (27.0, 18.0, 24.0),
        ),
        Slip(
            "factor a half forgotten",
            "Your terms do not shrink on the way back. Each step further back brings a factor w_hh = ½.",
            lambda: (30.0, 6.0, 18.0),
        ),
        Slip(
            "state after the step",
            "Each delta is paired with the state that its step made. w_hh multiplied the state before.",
            lambda: (15.0, 3.0, 12.0),
        ),
        Slip(
            "dL_t/dh_t forgotten",
            "All are a third of what they should be: either the 3 of dL_t/dh_t is missing, or you took a mean over the "
            "three losses. They add.",
            lambda: tuple(value / 3 for value in _parts()),
        ),
    ),
    why="Six terms: 12 from L₁; −12 and −6 from L₂; 18, 6 and 3 from L₃. Windows of 2 lose the 6 and the 3 of L₃; a "
    "look-back of 2 loses the 3 alone.",
    hints=(
        "Write the six terms down: for each loss, and each use of w_hh before it, what comes back times the state.",
        "L₁ has one term, L₂ two, L₃ three; each further lag brings a factor ½.",
        "Then strike out: for windows all that passes from step 3 to step 2; for the look-back all of lag 2.",
    ),
)
