"""An exercise of chapter 15 to design: where the two places of the reset agree."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.checker import Built, Demand, Slip

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


def _allowed(answer):
    return not (_unequal(answer) or _not_diagonal(answer))


def _links(answer):
    """Where unit j hears of another unit i whose r is not its own."""
    weight, r = answer
    return (weight != 0) & (abs(r[:, None] - r) > 1e-12)


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
    slips=(
        Slip(
            "equal r at the wrong units",
            "With the same numbers of r at other units they would agree. Which units hear of one another, and which have "
            "the same r?",
            lambda answer: (
                _allowed(answer)
                and any(not _agree((answer[0], answer[1][list(order)])) for order in permutations(range(3)))
            ),
        ),
        Slip(
            "three different r",
            "All three r differ, so the two agree for no weight off the diagonal. Some units must share an r.",
            lambda answer: _allowed(answer) and len({*answer[1]}) == 3,
        ),
        Slip(
            "one way of a link left",
            "You cut the link between units of different r one way, and the other way is left: it counts, too.",
            lambda answer: _allowed(answer) and not (_links(answer) & _links(answer).T).any(),
        ),
        Slip(
            "links between all",
            "Units with different r hear of one another. Symmetry does not help: compare r_j and r_i for each weight "
            "W_ji alone.",
            lambda answer: _allowed(answer) and bool(_links(answer).any()),
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
