"""What all ways of running an answer have in common: how long they wait, and how a run ends.

Time goes by the clock on the wall. A test puts something in the place of `Limit` that goes by events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_course.checker.tracebacks import Line

POLL = 0.1  # seconds after which whoever waits looks whether something else has happened

Send = Callable[[Any], None]
Work = Callable[[Send], None]  # does everything, and sends what it finds


class Stop(BaseException):
    """Raised inside an answer whose time is up; ``except Exception`` does not hold it."""


class Limit:
    """The time that an answer has, in seconds from now."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self._end - time.monotonic())


class Grace(Limit):
    """The time in which a process that is told to end has to say its last word."""

    def __init__(self):
        super().__init__(5.0)  # a busy machine may need one before it runs it at all


class Ending(NamedTuple):
    """How a run ended.

    Attributes
    ----------
    finished : bool
        Whether it came to its end.
    where : Line or None
        At which of the learner's lines it was when it was stopped.
    alive : bool
        Whether it goes on behind the notebook's back.
    waits : bool
        Whether it was waiting rather than working, perhaps for something that is not there in a process.
    died : str
        How its process ended when nobody had ended it, else empty.
    """

    finished: bool
    where: Line | None = None
    alive: bool = False
    waits: bool = False
    died: str = ""
