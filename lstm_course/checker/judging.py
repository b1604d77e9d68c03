"""Judge an answer to an exercise."""

from __future__ import annotations

from collections.abc import Callable

from lstm_course._arguments import as_number
from lstm_course.checker import verdict
from lstm_course.checker.compare import groups, is_right
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.failing import failed
from lstm_course.checker.runner import Attempt, Case, prepare, run
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
        mixed = [_mixes_dtypes(exercise, case, one) for case, one in zip(cases, made, strict=True)]
        fine = [all(not flags[k] for flags in wrong.values()) for k in range(len(cases))]
        if any(fine) and all(good or mix for good, mix in zip(fine, mixed, strict=True)):
            return verdict.right(exercise, cases, made, [next(text for text in mixed if text)])
        return failed(exercise, cases, made, wrong)
    return verdict.right(exercise, cases, made)


def _mixes_dtypes(exercise: Exercise, case: Case, made: Attempt) -> str:
    """A remark when float32 came in and a class of the package refused float64 beside it, else nothing."""
    if (
        made.error is None
        or case.rtol <= exercise.rtol
        or "must have dtype float32" not in made.error.message
    ):
        return ""
    return (
        f"In case {case.number} float32 comes in, and some of your arrays are float64, which the package refuses: "
        f"{made.error.message}. What comes in decides; give np.ones or np.zeros its dtype."
    )
