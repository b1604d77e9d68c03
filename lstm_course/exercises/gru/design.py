"""An exercise of chapter 15 to design: where the two places of the reset agree."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.checker import Built, Demand

# --- where both resets agree ------------------------------------------------------------------------


def _read_reset(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError("the answer must hold two arrays: weight_hn and r")
    weight, r = (np.asarray(part, dtype=np.float64) for part in answer)
    weight, r = as_array("weight_hn", weight, "(H=3, H=3)"), as_array("r", r, "(H=3,)")
    if not ((r > 0) & (r < 1)).all():
        raise ValueError(f"r must lie between 0 and 1, got {r}")
    return weight, r


def _unequal(answer):
    return "" if np.ptp(answer[1]) >= 0.1 else f"The entries of r are {answer[1]}."


def _not_diagonal(answer):
    weight = answer[0]
    off = abs(weight - np.diag(np.diag(weight)))
    return "" if off.max() >= 0.1 else "There is nothing of size 0.1 or more off its diagonal."


def _agree(answer):
    weight, r = answer
    difference = abs(r[:, None] * weight - weight * r)
    j, i = np.unravel_index(difference.argmax(), difference.shape)
    return (
        ""
        if difference.max() < 1e-12
        else f"They differ by {difference.max():.2g} in what unit {j} hears of unit {i}."
    )


RESETS_AGREE = Built(
    label="resets-agree",
    kind="design",
    prompt=(
        "Without b_hn, the reset after the product and before it agree when r is the same in all units, and when W_hn "
        "is diagonal. Find a third case: W_hn (3, 3) and r (3,), neither of the two, where they agree for every state."
    ),
    read=_read_reset,
    form_text="Your answer is a pair (weight_hn, r) of shapes (3, 3) and (3,), with r between 0 and 1.",
    demands=(
        Demand(
            "has an r that is not the same in all units",
            _unequal,
            "Make two entries of r differ by 0.1 at least.",
        ),
        Demand(
            "has a weight off the diagonal",
            _not_diagonal,
            "Let some unit listen to another one.",
        ),
        Demand(
            "gives the same with the reset after and before",
            _agree,
            "After scales the entry [j, i] by r_j, before by r_i. When are the two the same?",
        ),
    ),
    example=lambda: ([[1.0, 2.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 5.0]], [0.3, 0.3, 0.8]),
    why="r_j W_ji = W_ji r_i for every pair: where r_j and r_i differ the weight between them must be 0. So W_hn may only "
    "join units with equal r.",
    hints=(
        "Write down what unit j hears of unit i in both cases.",
        "It is r_j W_ji after and W_ji r_i before. For each pair one of two things must hold.",
    ),
)
