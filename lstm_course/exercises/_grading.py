"""`grade` judges an answer to an exercise of the book, `check` prints the verdict."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from lstm_course.checker import Verdict, judge
from lstm_course.exercises._catalog import EXERCISES


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
        The answer, called with the exercise's inputs: on copies, on Linux in a process of its own, elsewhere
        in a thread.
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
    RuntimeError
        When a function of NumPy's has been replaced in this Python, ``np.tanh = ...``.
    """
    if not isinstance(label, str):
        raise TypeError(f"label must be a string, got {type(label).__name__}")
    if label not in EXERCISES:
        close = difflib.get_close_matches(label.replace("_", "-").lower(), EXERCISES, n=1)
        tip = f"did you mean {close[0]!r}? " if close else ""
        raise ValueError(f"{tip}label must be one of {', '.join(EXERCISES)}, got {label!r}")
    return judge(EXERCISES[label], fn, time_limit=time_limit)
