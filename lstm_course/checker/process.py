"""Run an answer in a process of its own, a copy of this one, and end that when its time is up.

Only from outside can one end a call that never lets go of the interpreter, ``sum(range(10**10))``. The copy
is made by fork, so the answer needs no pickling and finds everything that its notebook has defined; what
comes back are plain arrays and texts. Whatever else it does, to NumPy, to global variables, to Python
itself, ends with it.

A fork copies one thread. OpenBLAS knows this and starts its threads anew. OpenMP, which torch works with,
would wait for ever for threads that are not there: torch gets along with one. Should an answer still wait
rather than work when its time is up, that is said (`Ending.waits`), and it can be tried in a thread. What
cannot be forked at all: Accelerate (NumPy on a Mac), and CUDA.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import faulthandler
import gc
import io
import os
import select
import signal
import sys
import warnings
from pathlib import Path
from typing import NoReturn

from lstm_course.checker import limits
from lstm_course.checker.limits import Ending, Send, Work
from lstm_course.checker.printed import Printed
from lstm_course.checker.tracebacks import Line, own_line_of_dump

if sys.platform == "linux":
    from multiprocessing.connection import Connection  # a browser does not have it

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl
_ASK = "SIGUSR1"  # at this signal the process says at which line it is, and dies


def is_possible() -> bool:
    """Whether this process can be copied safely: on Linux, unless torch has a GPU."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return sys.platform == "linux" and not (cuda and cuda.is_available())


def in_a_process(work: Work, receive: Send, seconds: float) -> Ending:
    """Run `work` in a copy of this process for at most `seconds`; what it sends is received here.

    An interrupt of the caller (the notebook's stop button) ends the process and goes on to the caller.
    """
    inbox, outbox = os.pipe()
    dump, dump_to = os.pipe()
    here, there = (inbox, dump), (outbox, dump_to)
    # In the copy SIGINT stays so, and the other waits until there is an answer to it.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.Signals[_ASK]})
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on processes with threads
                child = os.fork()
        except OSError:  # no memory, or too many processes
            _close(there)
            return Ending(False, waits=True)
        if not child:
            _live(work, *there)
        try:
            _close(there)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            return _attend(child, *here, receive, seconds)
        finally:
            _end(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _close(here)


def _live(work: Work, outbox: int, dump_to: int) -> NoReturn:
    """The life of the copy: it sends, and never returns."""
    try:
        answers = Connection(outbox, readable=False)
        os.setpgid(0, 0)  # with whatever it starts it can be ended at once
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        ask = signal.Signals[_ASK]
        signal.signal(ask, signal.SIG_DFL)
        faulthandler.register(ask, dump_to, all_threads=False, chain=True)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {ask})
        gc.freeze()  # what the notebook has thrown away is its own to clean up
        sys.stdin, builtins.input = io.StringIO(), _no_input
        sys.stdout = sys.stderr = Printed(answers.send)
        warnings.simplefilter("ignore")
        getattr(sys.modules.get("torch"), "set_num_threads", id)(1)
        work(answers.send)
        answers.send(None)
    except BaseException as error:  # a fault of ours, for the caller to see
        with contextlib.suppress(BaseException):
            answers.send(error)
    finally:
        os._exit(0)


def _no_input(prompt="", /):
    raise EOFError("there is nobody to answer input() while an answer is checked")


def _attend(child: int, inbox: int, dump: int, receive: Send, seconds: float) -> Ending:
    """Receive what the copy sends, until it has done or its time is up."""
    answers = Connection(os.dup(inbox), writable=False)
    with answers:
        limit = limits.Limit(seconds)
        while True:
            left = limit.left()
            if answers.poll(min(left, limits.POLL)):
                try:
                    message = answers.recv()
                except (EOFError, OSError):
                    return Ending(False, died=_cause(child))
                if message is None:
                    return Ending(True)
                if isinstance(message, BaseException):
                    raise message
                receive(message)
            elif not left:
                waits = _is_asleep(child)
                return Ending(False, _position(child, dump), waits=waits)


def _is_asleep(child: int) -> bool:
    """Whether no thread of a process has anything to do."""
    try:
        stats = [path.read_text() for path in Path(f"/proc/{child}/task").glob("*/stat")]
    except OSError:  # it, or a thread of its, has just ended
        return False
    states = {stat.rpartition(")")[2].split()[0] for stat in stats}
    return states == {"S"}


def _position(child: int, dump: int) -> Line | None:
    """Ask for the innermost of the learner's lines; Python need not be able to answer, its runtime does."""
    tgkill = getattr(ctypes.CDLL(None), "tgkill", lambda process, _thread, number: os.kill(process, number))
    with contextlib.suppress(ProcessLookupError):
        tgkill(child, child, signal.Signals[_ASK])  # its main thread: those of OpenBLAS know no line
    grace, text = limits.Grace(), b""
    while left := grace.left():
        if select.select([dump], [], [], min(left, limits.POLL))[0]:
            part = os.read(dump, 65536)
            if not part:  # it is dead
                break
            text += part
    return own_line_of_dump(text.decode("ascii", "replace"))


def _cause(child: int) -> str:
    """How a process has ended that was not told to."""
    grace = limits.Grace()
    while grace.left():
        end = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        if end and end.si_code == os.CLD_EXITED:
            return f"exit code {end.si_status}"
        if end:
            return signal.Signals(end.si_status).name
        select.select([], [], [], 0.01)
    return "no more word from it"


def _end(child: int) -> None:
    """Kill a process and what it has started, and see it buried."""
    for kill in (os.killpg, os.kill):  # it may not have got as far as to have a group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _close(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
