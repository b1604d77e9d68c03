"""Run a stranger's function: on copies, for a limited time, where it can do no harm.

There are three ways, and the first that this machine offers is taken. In a **process** of its own
(`process`, on Linux): nothing that the answer does outlives it, and even a call that never lets go of the
interpreter, ``sum(range(10**10))``, is ended from outside. In a **thread** (`thread`, on macOS and Windows),
which can be stopped wherever Python code runs. Or **here** (`here`, in a browser, where there is neither),
with an eye on the clock at each line.
"""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_course.checker import intact, process
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.here import in_this_thread
from lstm_course.checker.limits import Ending, Stop
from lstm_course.checker.structure import Answer, changed_inputs, expected_parts, leaves, read_answer
from lstm_course.checker.thread import in_a_thread
from lstm_course.checker.tracebacks import Raised, summarize

SLOW_SECONDS = 0.2  # an answer is slow when its largest case takes longer than this
SLOW_RATIO = 50  # and this many times the reference
SINGLE_RTOL = 1e-4
_WITHOUT_THREADS = ("emscripten", "wasi")

# Of the thread, not on the wall: others may keep the machine busy. A browser has no such clock.
cpu_seconds = getattr(time, "thread_time", time.perf_counter)


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


def prepare(exercise: Exercise) -> tuple[Case, ...]:
    """Draw every case and work out the expected answer before the learner's code runs, at each check anew.

    Nobody else ever holds these arrays: an answer gets copies.
    """
    if changed := intact.replaced():
        raise RuntimeError(
            f"{changed[0]} is no longer NumPy's own in this notebook, and the check computes with it too: "
            "take that back, or restart the kernel"
        )
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
        start = cpu_seconds()
        try:
            value = fn(*args)
            seconds = cpu_seconds() - start
            answer = read_answer(value, case.want, exercise.outputs)
            changed = changed_inputs(exercise.inputs, case.args, args)
        except Stop:
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: they are the answer's
            return Attempt(Answer(), error=summarize(error), alarms=frozenset(alarms))
    return Attempt(answer, None, changed, seconds, frozenset(alarms))


def attempt_all(fn: Callable, cases: Sequence[Case], exercise: Exercise) -> Iterator[tuple[int, Attempt]]:
    """Yield the place of a case and its attempt; end at a stub. A slow last case gets a second chance."""
    made = None
    for place, case in enumerate(cases):
        made = attempt(fn, case, exercise)
        yield place, made
        if not place and made.error and made.error.is_stub:
            return
    if made and is_slow(cases[-1], made):  # perhaps the machine was busy, or something was imported
        again = attempt(fn, cases[-1], exercise)
        if again.error is None and again.seconds < made.seconds:
            yield len(cases) - 1, again


def is_slow(case: Case, made: Attempt) -> bool:
    """Whether an answer to the largest case took far longer than the reference."""
    return made.error is None and made.seconds > max(SLOW_SECONDS, SLOW_RATIO * case.seconds)


def run(
    fn: Callable, cases: Sequence[Case], exercise: Exercise, seconds: float
) -> tuple[list[Attempt], Ending]:
    """Make the attempts, for at most `seconds` in all; what the answer prints goes to `sys.stdout`."""
    attempts: dict[int, Attempt] = {}
    screen = sys.stdout

    def work(send):
        for place_and_attempt in attempt_all(fn, cases, exercise):
            send(place_and_attempt)

    def receive(message):
        if isinstance(message, str):
            screen.write(message)
        else:
            attempts.update([message])

    ending = Ending(False, waits=True)
    if process.is_possible():
        ending = process.in_a_process(work, receive, seconds)
    if ending.waits:
        attempts.clear()
        if sys.platform in _WITHOUT_THREADS:
            ending = in_this_thread(work, receive, seconds)
        else:
            ending = in_a_thread(work, receive, seconds, f"answer to {exercise.label}")
        intact.restore()
    made = dict(attempts)  # a thread that was left behind may still add to it
    return [made[place] for place in sorted(made)], ending
