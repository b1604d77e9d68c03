"""What the tests of the checker share: a small exercise of our own, and a choice of where answers run."""

import sys
import time

import numpy as np

from lstm_course.checker import Exercise, Mistake, process, runner
from lstm_course.checker.here import in_this_thread
from lstm_course.checker.structure import leaves
from lstm_course.checker.thread import in_a_thread
from lstm_course.exercises import EXERCISES

# Those that ask for a function; the other kinds are in test_exercise_tasks.py.
FUNCTIONS = {label: task for label, task in EXERCISES.items() if isinstance(task, Exercise)}

WAYS = {"thread": in_a_thread, "here": in_this_thread}
if sys.platform == "linux":
    WAYS["process"] = process.in_a_process


def take(monkeypatch, name):
    """Let answers run in one of the ways."""
    monkeypatch.setattr(process, "is_possible", lambda: name == "process")
    monkeypatch.setattr(runner, "_WITHOUT_THREADS", (sys.platform,) if name == "here" else ())


def until(condition, seconds=600.0):
    """Wait for something that must come, however slow the machine is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.01)


def double(x):
    return 2 * x


def toy(**changes):
    """An exercise of our own, sound unless changed."""
    made = {
        "label": "toy",
        "prompt": "Double x.",
        "inputs": ("x",),
        "outputs": ("y",),
        "reference": double,
        "sample": lambda rng, size: (rng.standard_normal((2, size + 1)),),
        "mistakes": tuple(
            Mistake(name, f"Hint of {name}.", wrong)
            for name, wrong in (
                ("square", lambda x: x**2),
                ("plus two", lambda x: x + 2),
                ("cube", lambda x: x**3),
            )
        ),
    } | changes
    return Exercise(**made)


def planted(wrong, hint="Hint of the planted one."):
    """The mistakes of the toy, and one more."""
    return (*toy().mistakes, Mistake("planted", hint, wrong))


def flat(text):
    """A verdict without its line breaks."""
    return " ".join(text.split())


def fingerprint(args):
    """Everything in the arguments of a case that must not change."""
    return [
        (name, leaf.dtype.str, leaf.shape, leaf.tobytes())
        if isinstance(leaf, np.ndarray)
        else (name, str(leaf))
        for k, arg in enumerate(args)
        for name, leaf in leaves(str(k), arg)
    ]
