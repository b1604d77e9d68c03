"""Run an answer in a thread, and stop the thread when its time is up.

An exception is raised inside the thread, again and again until it ends. A call that blocks in C cannot be
reached so: its thread is left behind, and the notebook goes on. A call that does not let go of the
interpreter stops everything, this module too; `process` is for that.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import traceback
import warnings
from collections.abc import Callable

from lstm_course.checker import limits
from lstm_course.checker.limits import Ending, Send, Stop, Work
from lstm_course.checker.printed import Printed
from lstm_course.checker.tracebacks import Line, own_lines

TRIES = 50  # how often a thread is told to stop
_PAUSE = 0.02  # seconds that it is given each time


class _Worker(threading.Thread):
    """A daemon thread that can be stopped, but only while it runs the work it was given.

    It tells when it is done by a lock of its own: an interrupt during `Thread.join` with a timeout makes
    Python 3.11 take a running thread for a stopped one.
    """

    def __init__(self, work: Callable[[], None], name: str):
        super().__init__(name=name, daemon=True)
        self.work = work
        self.gate, self.done = threading.Lock(), threading.Lock()
        self.done.acquire()
        self.entered = self.closed = False
        self.crash: BaseException | None = None

    def run(self):
        started = False
        while True:
            try:
                if not started:
                    started = True
                    with self.gate:
                        self.entered = True
                    self.work()
                with self.gate:
                    self.closed = True
                for _ in range(4):  # a Stop that is still on its way arrives here
                    pass
                self.done.release()
                return
            except Stop:
                continue
            except BaseException as error:  # a fault of ours, for the caller to see
                self.crash = error

    def wait(self, seconds: float) -> bool:
        """Wait for the work to end; False when it has not ended in time."""
        limit = limits.Limit(seconds)
        while not self.closed and (left := limit.left()) > 0:
            if self.done.acquire(timeout=min(left, limits.POLL)):
                return True
        return self.closed

    def stop(self) -> bool:
        """Raise `Stop` in the thread until it ends; False when it has not ended after `TRIES` times.

        While a Stop waits for a blocked thread, Python 3.11 hangs at the next call of a Python function
        if a tracer is on (coverage, a debugger). So the loop calls none, and then takes the Stop back;
        only a Stop that arrives clears the interpreter's flag, so one is sent to the caller itself.
        """
        raise_in, ident = ctypes.pythonapi.PyThreadState_SetAsyncExc, self.ident or 0
        take_back = sys.gettrace() is not None and sys.version_info < (3, 12)
        tries = TRIES
        while not self.closed and tries > 0:
            tries -= 1
            with self.gate:
                if self.entered and not self.closed:
                    raise_in(ctypes.c_ulong(ident), ctypes.py_object(Stop))
            self.done.acquire(timeout=_PAUSE)
        if take_back and not self.closed:
            raise_in(ctypes.c_ulong(ident), None)
            try:
                raise_in(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(Stop))
                while True:
                    pass
            except Stop:
                pass
        return self.closed


def in_a_thread(work: Work, receive: Send, seconds: float, name: str = "answer") -> Ending:
    """Run `work` in a thread for at most `seconds`, then stop it.

    An interrupt of the caller (the notebook's stop button) stops the thread and goes on to the caller.
    """
    worker = _Worker(lambda: work(receive), name)
    with warnings.catch_warnings(), contextlib.redirect_stdout(Printed(receive)):
        warnings.simplefilter("ignore")
        try:
            worker.start()  # an interrupt may come as soon as it runs
            finished = worker.wait(seconds)
            where = None if finished else _position(worker)
        except BaseException:
            worker.stop()
            raise
        alive = not finished and not worker.stop()
    if worker.crash is not None:
        raise worker.crash
    return Ending(finished, where, alive)


def _position(worker: _Worker) -> Line | None:
    """The innermost of the learner's lines that the thread is at."""
    frame = sys._current_frames().get(worker.ident or 0)
    lines = own_lines(traceback.walk_stack(frame)) if frame else []
    return lines[0] if lines else None
