"""Judge an answer to an exercise."""

from __future__ import annotations

from collections.abc import Callable

from lstm_course._arguments import as_number
from lstm_course.checker import verdict
from lstm_course.checker.compare import groups, is_right
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.failing import failed
from lstm_course.checker.runner import prepare, run
from lstm_course.checker.structure import describe
from lstm_course.checker.verdict import Verdict


def judge(exercise: Exercise, fn: Callable, *, time_limit: float = 5.0) -> Verdict:
    """Judge an answer to an exercise; see `lstm_course.exercises.grade`."""
    as_number("time_limit", time_limit, above=0)
    if not callable(fn):
        raise TypeError(
            f"fn must be the function itself, as in check({exercise.label!r}, my_function), not the "
            f"value of a call; got {describe(fn)}"
        )
    cases = prepare(exercise)
    time_limit = max(time_limit, 4 * sum(case.seconds for case in cases))
    made, ending = run(fn, cases, exercise, time_limit)
    if made and made[0].error and made[0].error.is_stub:
        return verdict.not_attempted(exercise, made[0].error)
    if ending.died:
        return verdict.died(exercise, cases[min(len(made), len(cases) - 1)], ending)
    if not ending.finished and len(made) < len(cases):
        return verdict.timed_out(exercise, cases[len(made)], ending, time_limit)
    wrong = {
        group: [not is_right(group, case, one, exercise.atol) for case, one in zip(cases, made, strict=True)]
        for group in groups(cases)
    }
    if any(any(flags) for flags in wrong.values()):
        return failed(exercise, cases, made, wrong)
    return verdict.right(exercise, cases, made)
