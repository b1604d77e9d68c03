"""Run a stranger's function: in a thread of its own, on copies, for a limited time.

An endless loop would hang the notebook. So the answer runs in a daemon thread, and when its time is
up an exception is raised inside that thread, again and again until it ends. `Stop` derives from
BaseException, so ``except Exception`` does not hold it. A call that blocks in C cannot be reached:
its thread is left behind, and the notebook goes on.
"""

from __future__ import annotations

import copy
import ctypes
import functools
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_course.checker.exercise import Exercise
from lstm_course.checker.structure import Answer, changed_inputs, expected_parts, leaves, read_answer
from lstm_course.checker.tracebacks import Line, Raised, own_lines, summarize

SLOW_SECONDS = 0.2  # an answer is slow when its largest case takes longer than this
SLOW_RATIO = 50  # and this many times the reference
SINGLE_RTOL = 1e-4
_GRACE = 1.0  # seconds in which a stopped thread has to end
_PAUSE = 0.02  # seconds between two attempts to stop it
_POLL = 0.1  # seconds after which the caller looks whether it has been interrupted


class Stop(BaseException):
    """Raised inside the thread of an answer whose time is up."""


class Case(NamedTuple):
    """Arguments and the expected answer, whole and as named arrays; `seconds` is the reference's time."""

    number: int
    args: tuple
    want: Any
    parts: dict[str, np.ndarray]
    rtol: float
    seconds: float


@dataclass(frozen=True)
class Attempt:
    """What came of one call: an answer or an exception, and what was noticed on the way."""

    answer: Answer
    error: Raised | None = None
    changed: tuple[str, ...] = ()
    seconds: float = 0.0
    alarms: frozenset[str] = frozenset()


class Ending(NamedTuple):
    """How a run ended; when it was stopped, at which of the learner's lines and whether it obeyed."""

    finished: bool
    where: Line | None = None
    alive: bool = False


@functools.lru_cache(maxsize=128)
def prepare(exercise: Exercise) -> tuple[Case, ...]:
    """Draw every case and work out the expected answer before the learner's code has run.

    Nobody else ever holds these arrays: an answer gets copies.
    """
    cases = []
    for number, args in enumerate(exercise.cases(), start=1):
        given = copy.deepcopy(args)
        start = time.perf_counter()
        want = exercise.reference(*given)
        seconds = time.perf_counter() - start
        parts = expected_parts(want, exercise.outputs)
        arrays = [leaf for k, arg in enumerate(args) for _, leaf in leaves(str(k), arg)]
        single = any(getattr(array, "dtype", None) == np.float32 for array in [*arrays, *parts.values()])
        rtol = max(exercise.rtol, SINGLE_RTOL) if single else exercise.rtol
        cases.append(Case(number, args, want, parts, rtol, seconds))
    return tuple(cases)


def attempt(fn: Callable, case: Case, exercise: Exercise) -> Attempt:
    """Call `fn` on a copy of one case; floating-point alarms are noted, not printed."""
    args = copy.deepcopy(case.args)
    alarms: set[str] = set()
    note = {"over": "call", "divide": "call", "invalid": "call", "under": "ignore"}
    with np.errstate(**note, call=lambda kind, _: alarms.add(kind)):  # type: ignore[arg-type]
        start = time.thread_time()  # not the clock on the wall: others may keep the machine busy
        try:
            value = fn(*args)
            seconds = time.thread_time() - start
            answer = read_answer(value, case.want, exercise.outputs)
            changed = changed_inputs(exercise.inputs, case.args, args)
        except Stop:
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: they are the answer's
            return Attempt(Answer(), error=summarize(error), alarms=frozenset(alarms))
    return Attempt(answer, None, changed, seconds, frozenset(alarms))


def attempt_all(fn: Callable, cases: Sequence[Case], exercise: Exercise, attempts: list[Attempt]) -> None:
    """Fill `attempts` case by case; stop at a stub. A slow last case gets a second chance."""
    for case in cases:
        attempts.append(attempt(fn, case, exercise))
        if attempts[0].error and attempts[0].error.is_stub:
            return
    if is_slow(cases[-1], attempts[-1]):  # perhaps the machine was busy, or something was imported
        again = attempt(fn, cases[-1], exercise)
        if again.error is None and again.seconds < attempts[-1].seconds:
            attempts[-1] = again


def is_slow(case: Case, made: Attempt) -> bool:
    """Whether an answer to the largest case took far longer than the reference."""
    return made.error is None and made.seconds > max(SLOW_SECONDS, SLOW_RATIO * case.seconds)


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
        deadline = time.monotonic() + seconds
        while not self.closed and (left := deadline - time.monotonic()) > 0:
            if self.done.acquire(timeout=min(left, _POLL)):
                return True
        return self.closed

    def stop(self) -> bool:
        """Raise `Stop` in the thread until it ends; False when it has not ended in time.

        While a Stop waits for a blocked thread, Python 3.11 hangs at the next call of a Python function
        if a tracer is on (coverage, a debugger). So the loop calls none, and then takes the Stop back;
        only a Stop that arrives clears the interpreter's flag, so one is sent to the caller itself.
        """
        raise_in, ident = ctypes.pythonapi.PyThreadState_SetAsyncExc, self.ident or 0
        take_back = sys.gettrace() is not None and sys.version_info < (3, 12)
        deadline = time.monotonic() + _GRACE
        while not self.closed and time.monotonic() < deadline:
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


def run_limited(work: Callable[[], None], seconds: float, name: str = "answer") -> Ending:
    """Run `work` in a thread for at most `seconds`, then stop it.

    An interrupt of the caller (the notebook's stop button) stops the thread and goes on to the caller.
    """
    worker = _Worker(work, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        worker.start()
        try:
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
