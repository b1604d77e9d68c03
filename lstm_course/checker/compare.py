"""Compare what came with what was expected, array by array.

Arrays are judged in groups: a group is an output, or a field of a structured output over all layers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_course.checker.runner import Attempt, Case


class Pair(NamedTuple):
    """One array of one case: what was expected and what came."""

    part: str
    want: np.ndarray
    got: np.ndarray
    case: Case
    alarms: frozenset[str]


def allowed(want: np.ndarray, rtol: float, atol: float) -> float:
    """The largest error that passes: relative to the largest expected entry."""
    return rtol * float(abs(want[np.isfinite(want)]).max(initial=0.0)) + atol


def agrees(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether two arrays have the same shape and numbers; NaN and infinities must be in the same places."""
    if got.shape != want.shape:
        return False
    got, want = got.astype(np.float64), want.astype(np.float64)
    finite = np.isfinite(want)
    if not np.array_equal(np.where(finite, 0, want), np.where(finite, 0, got), equal_nan=True):
        return False
    return bool((abs(got[finite] - want[finite]) <= allowed(want, rtol, atol)).all())


def resembles(got: np.ndarray, wrong: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether an answer is that of a mistake.

    Where the mistake does not show, the answer must be right. Where it does, `atol` is no larger than the
    numbers allow: it would let any tiny number pass for that of any mistake.
    """
    if agrees(wrong, want, rtol, atol):
        return agrees(got, want, rtol, atol)
    scale = max(allowed(array, rtol, 0.0) for array in (wrong, want))
    return agrees(got, wrong, rtol, min(atol, scale))


def group_of(part: str) -> str:
    """The group of an array: ``dparams.weights`` for ``dparams.weights[2]``."""
    return re.sub(r"\[\d+\]", "", part)


def groups(cases: Sequence[Case]) -> list[str]:
    """Every group, in the order of the outputs."""
    return list(dict.fromkeys(group_of(part) for case in cases for part in case.parts))


def is_right(group: str, case: Case, made: Attempt, atol: float) -> bool:
    """Whether the arrays of a group agree with the expected ones in one case."""
    return made.error is None and all(
        part in made.answer.parts and agrees(made.answer.parts[part], want, case.rtol, atol)
        for part, want in case.parts.items()
        if group_of(part) == group
    )
