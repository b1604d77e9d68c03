"""Run an answer in the caller's own thread, with an eye on the clock at each line that Python runs.

For a browser, where there is neither a process nor a thread to be had. A call that blocks is out of reach:
there the page itself must end the worker.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
import warnings

from lstm_course.checker import limits
from lstm_course.checker.limits import Ending, Send, Stop, Work
from lstm_course.checker.printed import Printed
from lstm_course.checker.tracebacks import Line, own_lines


def in_this_thread(work: Work, receive: Send, seconds: float) -> Ending:
    """Run `work` for at most `seconds`."""
    limit = limits.Limit(seconds)
    where: list[Line] = []

    def watch(frame, event, arg):
        if not limit.left():
            where[:] = own_lines(traceback.walk_stack(frame))[:1]
            raise Stop
        return watch

    before = sys.gettrace()
    with warnings.catch_warnings(), contextlib.redirect_stdout(Printed(receive)):
        warnings.simplefilter("ignore")
        sys.settrace(watch)
        try:
            work(receive)
        except Stop:
            return Ending(False, where[0] if where else None)
        finally:
            sys.settrace(before)
    return Ending(True)
