"""`grade` judges an answer to an exercise of the book, `check` prints the verdict."""

from __future__ import annotations

import difflib

from lstm_course.checker import Exercise, Task, Verdict, judge
from lstm_course.exercises._catalog import EXERCISES


def check(label: str, answer, *, time_limit: float = 5.0) -> None:
    """Judge an answer, print the verdict, and note it for `progress`; see `grade`."""
    from lstm_course.exercises._progress import record

    verdict = grade(label, answer, time_limit=time_limit)
    record(label, verdict.status)
    print(verdict.text)


def grade(label: str, answer, *, time_limit: float = 5.0) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    label : str
        Name of the exercise, a key of `EXERCISES`.
    answer : callable, or whatever the exercise asks for
        A function is called with the exercise's inputs, on copies, on Linux in a process of its own,
        elsewhere in a thread. Other kinds take a number, a choice, weights, the name of a line; ``...``
        counts as not attempted.
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
        When a function is asked for and `answer` cannot be called, or the label is no string.
    RuntimeError
        When a function of NumPy's has been replaced in this Python, ``np.tanh = ...``.
    """
    task = find(label)
    return judge(task, answer, time_limit=time_limit) if isinstance(task, Exercise) else task.judge(answer)


def find(label: str) -> Exercise | Task:
    """Return the exercise with this label, or say which one may be meant."""
    if not isinstance(label, str):
        raise TypeError(f"label must be a string, got {type(label).__name__}")
    if label not in EXERCISES:
        close = difflib.get_close_matches(label.replace("_", "-").lower(), EXERCISES, n=1)
        tip = f"did you mean {close[0]!r}? " if close else ""
        raise ValueError(f"{tip}label must be one of {', '.join(EXERCISES)}, got {label!r}")
    return EXERCISES[label]
