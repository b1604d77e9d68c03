"""Exercises of chapter 1: a check that sees nothing."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.checker import Built, Demand, Slip, but
from lstm_course.gradcheck import relative_error
from lstm_course.network import layer_backward

WRONG_PASSES = {
    "the transposed weight": but(layer_backward, dh_prev="da @ weight.T"),
    "the transposed weight gradient": but(layer_backward, dweight="h_prev.T @ da"),
    "the averaged bias gradient": but(layer_backward, dbias="da.mean(axis=0)"),
}


def _read_case(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 4:
        raise ValueError("the answer must hold four arrays: weight, h_prev, a, dh")
    weight, h_prev, a, dh = (np.asarray(part, dtype=np.float64) for part in answer)
    weight = as_array("weight", weight, "(n=2, m=2)")
    h_prev = as_array("h_prev", h_prev, "(B, m=2)")
    batch = f"(B={len(h_prev)}, n=2)"
    return weight, h_prev, as_array("a", a, batch), as_array("dh", dh, batch)


def _has_zeros(case):
    weight, h_prev, _, dh = case
    names = [n for n, v in (("weight", weight), ("h_prev", h_prev), ("dh", dh)) if not np.all(v)]
    return f"There is a zero in {' and in '.join(names)}." if names else ""


def _is_seen(wrong):
    def test(case):
        weight, h_prev, a, dh = case
        ours, theirs = (fn(weight, h_prev, a, dh, "sigmoid") for fn in (layer_backward, wrong))
        worst = max(
            relative_error(mine, their) if mine.shape == their.shape else 1.0
            for mine, their in zip(ours, theirs, strict=True)
        )
        return "" if worst < 1e-9 else f"Here the wrong pass is off by {worst:.2g}."

    return test


BLIND_CHECK = Built(
    label="blind-check",
    level="hard",
    kind="design",
    prompt=(
        "Three wrong versions of layer_backward are about: one with the weight transposed on the way back, one with "
        "the weight's gradient transposed, one that averages the bias gradient over the batch. Find a case, weight "
        "(2, 2), h_prev (B, 2), a (B, 2), dh (B, 2) for a sigmoid layer, without a zero in weight, h_prev and dh, "
        "where all three pass."
    ),
    read=_read_case,
    form_text="Your answer is a tuple of four arrays: (weight, h_prev, a, dh).",
    demands=(
        Demand("has no zero in it", _has_zeros, "Zeros would hide almost anything. Use other numbers."),
        *(
            Demand(f"hides {name}", _is_seen(wrong), hint)
            for (name, wrong), hint in zip(
                WRONG_PASSES.items(),
                (
                    "Which matrices are their own transpose?",
                    "With one example the gradient is a column times a row, δᵢ hⱼ. When is that symmetric in i and j?",
                    "For which batch size are mean and sum the same?",
                ),
                strict=True,
            )
        ),
    ),
    slips=(
        Slip(
            "more than one example",
            "You have more than one example. With one, the weight's gradient is a column times a row, which may be "
            "symmetric; and the mean of the bias gradient is the sum over B, the same when B is 1.",
            lambda case: len(case[1]) > 1 and not _is_seen(WRONG_PASSES["the transposed weight"])(case),
        ),
    ),
    example=lambda: ([[1.0, 2.0], [2.0, 3.0]], [[1.0, 2.0]], [[0.0, 0.0]], [[3.0, 6.0]]),
    why="So a check must not be symmetric: random numbers, sizes that differ, more than one example.",
    hints=(
        "Take the three one by one. Each asks for a coincidence; look for a case that has all three.",
        "One example makes mean and sum the same, and it makes the weight's gradient a column times a row.",
        "A column δ times a row h is symmetric when δ is a multiple of h. With a = (0, 0) all slopes are ¼.",
    ),
)
