"""What the tests share: a seeded generator, one comparison, time without end, and the settings of hypothesis.

`pytest --hypothesis-profile=explore` looks further than the run that everybody makes.
"""

import io
import itertools
import os
import signal
import sys
import threading

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is loaded: the workers share the cores

import numpy as np
import pytest
from hypothesis import settings

from lstm_course.checker import limits, runner, thread

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    and threading.current_thread() is threading.main_thread()
):
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # under nohup it is ignored, and interrupts are tested

settings.register_profile("course", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("course")

LONG = 600.0  # seconds


@pytest.fixture
def rng():
    """The same stream of random numbers for every test."""
    return np.random.default_rng(0)


class Endless:
    """A limit of time that is never reached."""

    def __init__(self, *seconds):
        pass

    def left(self):
        return LONG


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Answers have all the time that a busy machine may need; what tests a limit brings its own."""
    monkeypatch.setattr(limits, "Limit", Endless)
    monkeypatch.setattr(limits, "Grace", Endless)
    monkeypatch.setattr(thread, "TRIES", LONG * 50)
    monkeypatch.setattr(runner, "SLOW_SECONDS", LONG)


@pytest.fixture
def screen(monkeypatch):
    """What is printed once it is `on`, which only the test itself can do: pytest sets `sys.stdout` before it."""

    class Screen(io.StringIO):
        def on(self):
            monkeypatch.setattr(sys, "stdout", self)
            return self

    return Screen()


@pytest.fixture
def time_is_up(monkeypatch, screen):
    """Let the time of the next answer, and of no later one, be up when this has been printed."""

    def when(printed):
        runs = itertools.count()

        class Until(Endless):
            def __init__(self, *seconds):
                self.first = not next(runs)

            def left(self):
                return 0.0 if self.first and printed in screen.getvalue() else LONG

        monkeypatch.setattr(limits, "Limit", Until)
        screen.on()

    return when


@pytest.fixture(scope="session")
def assert_close():
    """Compare two arrays: same shape, and no entry off by more than `relative` times the largest one."""

    def compare(ours, theirs, relative=1e-12):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=relative * np.abs(theirs).max(initial=0))

    return compare
