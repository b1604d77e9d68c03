"""Recognise named mistakes in an answer.

A group of the answer shows a mistake when it equals what that mistake gives, in every case. One mistake
may give the whole answer; or several may each have spoilt a part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lstm_course.checker.compare import allowed, group_of, groups, is_right, resembles
from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.runner import Attempt, Case, attempt

_SAME_DIRECTION = 0.05  # how far an error of any size may stray from the mistake's own


def explain(exercise: Exercise, cases: Sequence[Case], attempts: Sequence[Attempt], wrong: list[str]):
    """Named mistakes that account for the wrong groups.

    Returns
    -------
    found : list of (Mistake, list of str)
        The fewest mistakes found, each with the groups that it explains.
    whole : bool
        Whether one mistake gives the whole answer, exceptions included.
    """
    everything = set(groups(cases))
    shown: list[tuple[Mistake, set[str], int]] = []
    for mistake in exercise.mistakes:
        made, same = _follow(mistake, exercise, cases, attempts, everything, set(wrong))
        if not same.intersection(wrong):
            continue
        spoilt = {
            group
            for group in everything
            if not all(
                is_right(group, case, theirs, exercise.atol) for case, theirs in zip(cases, made, strict=True)
            )
        }
        if spoilt and same == everything and _same_errors(attempts, made):
            return [(mistake, wrong)], True
        shown.append((mistake, same & spoilt, len(spoilt)))
    found, left = [], list(wrong)
    while (
        left and shown
    ):  # the mistake that explains most goes first, and among equals the one that spoils least
        mistake, at, _ = max(shown, key=lambda item: (len(item[1].intersection(left)), -item[2]))
        explained = [group for group in left if group in at]
        if not explained:
            break
        found.append((mistake, explained))
        left = [group for group in left if group not in explained]
    return sorted(found, key=lambda item: wrong.index(item[1][0])), False


def _follow(mistake, exercise, cases, attempts, everything, wrong) -> tuple[list[Attempt], set[str]]:
    """Make a mistake case by case, for as long as it may be the answer's own in a group that is wrong.

    Returns what came of it, and the groups in which it equals the answer in every case that has one.
    """
    made: list[Attempt] = []
    same = set(everything)
    for case, mine in zip(cases, attempts, strict=True):
        theirs = attempt(mistake.wrong, case, exercise)
        made.append(theirs)
        same = {group for group in same if mine.error or _same(mistake, exercise, group, case, mine, theirs)}
        if not same & wrong:
            break
    return made, same


def _same_errors(attempts, made) -> bool:
    """Whether both raise in the same cases: the same message too, when the mistake raises everywhere."""
    always = all(theirs.error for theirs in made)
    return all(
        bool(mine.error) == bool(theirs.error)
        and (not mine.error or mine.error.kind == theirs.error.kind)
        and (not always or mine.error.message == theirs.error.message)
        for mine, theirs in zip(attempts, made, strict=True)
    )


def _same(mistake, exercise, group, case, mine, theirs) -> bool:
    """Whether a group of the answer equals that of the mistake."""
    close: Callable = _same_direction if mistake.any_size else resembles
    return all(
        part in mine.answer.parts
        and part in theirs.answer.parts
        and close(mine.answer.parts[part], theirs.answer.parts[part], want, case.rtol, exercise.atol)
        for part, want in case.parts.items()
        if group_of(part) == group
    )


def _same_direction(got, wrong, want, rtol, atol) -> bool:
    if not got.shape == wrong.shape == want.shape or not np.isfinite(got).all():
        return False
    error, direction = (got - want).ravel(), (wrong - want).ravel()
    tolerance = allowed(want, rtol, atol)
    size = float(direction @ direction)
    factor = float(error @ direction) / size if size > 0 else 0.0
    stray = abs(error - factor * direction).max(initial=0.0)
    return bool(stray <= tolerance + _SAME_DIRECTION * abs(factor * direction).max(initial=0.0))
