"""`grade` judges an answer, `check` prints the verdict."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from lstm_course._arguments import as_number
from lstm_course.exercises import _verdict
from lstm_course.exercises._catalog import EXERCISES
from lstm_course.exercises._compare import groups, is_right
from lstm_course.exercises._registry import Exercise
from lstm_course.exercises._runner import Attempt, attempt_all, prepare, run_limited
from lstm_course.exercises._structure import describe
from lstm_course.exercises._verdict import Verdict


def check(label: str, fn: Callable, *, time_limit: float = 5.0) -> None:
    """Judge an answer and print the verdict. Parameters and errors are those of `grade`."""
    print(grade(label, fn, time_limit=time_limit).text)


def grade(label: str, fn: Callable, *, time_limit: float = 5.0) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    label : str
        Name of the exercise, a key of `EXERCISES`.
    fn : callable
        The answer, called with the exercise's inputs: on copies, in a thread of its own.
    time_limit : float
        Seconds that all cases together may take; or four times what the reference takes, if that is
        more on a busy machine.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        When no exercise has this label, or the limit is not positive.
    TypeError
        When `fn` cannot be called, or the label is no string.
    """
    if not isinstance(label, str):
        raise TypeError(f"label must be a string, got {type(label).__name__}")
    if label not in EXERCISES:
        close = difflib.get_close_matches(label.replace("_", "-").lower(), EXERCISES, n=1)
        tip = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"label must be one of {', '.join(EXERCISES)}, got {label!r}{tip}")
    return judge(EXERCISES[label], fn, time_limit=time_limit)


def judge(exercise: Exercise, fn: Callable, *, time_limit: float = 5.0) -> Verdict:
    """Judge an answer to an exercise that need not be in the registry; see `grade`."""
    as_number("time_limit", time_limit, above=0)
    if not callable(fn):
        raise TypeError(
            f"fn must be the function itself, as in check({exercise.label!r}, my_function), not the "
            f"value of a call; got {describe(fn)}"
        )
    cases = prepare(exercise)
    attempts: list[Attempt] = []
    time_limit = max(time_limit, 4 * sum(case.seconds for case in cases))
    ending = run_limited(
        lambda: attempt_all(fn, cases, exercise, attempts), time_limit, f"answer to {exercise.label}"
    )
    made = attempts[: len(cases)]  # a thread that was left behind may still add to the list
    if made and made[0].error and made[0].error.is_stub:
        return _verdict.not_attempted(exercise)
    if not ending.finished and len(made) < len(cases):
        return _verdict.timed_out(exercise, cases[len(made)], ending, time_limit)
    wrong = {
        group: [not is_right(group, case, one, exercise.atol) for case, one in zip(cases, made, strict=True)]
        for group in groups(cases)
    }
    if any(any(flags) for flags in wrong.values()):
        return _verdict.failed(exercise, cases, made, wrong)
    return _verdict.right(exercise, cases, made)
