"""Answers beside the right one: the reference with one small slip, in itself or in a function that it calls.

Where no named mistake fits, the answer may still be that of a slip that can be said in the package's own names:
"the factor o_t is left out in the line of dc".
"""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType

import numpy as np

from lstm_course.checker.compare import group_of, resembles
from lstm_course.checker.edits import edits
from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.runner import Attempt, Case
from lstm_course.checker.structure import read_answer

_DEPTH = 2  # calls down from the reference


def nearby(exercise: Exercise, case: Case, mine: Attempt, wrong: Sequence[str]) -> Iterator[Mistake]:
    """Slips in the reference that give at least one wrong group of the answer in one case, as mistakes."""
    seen: set[str] = set()
    for what, function in _edited(exercise.reference, case.args):
        if what not in seen and _fits(function, exercise, case, mine, wrong):
            seen.add(what)
            yield Mistake(
                what, f"Your numbers are those of the package's own version with one slip: {what}.", function
            )


def _edited(reference, args) -> Iterator[tuple[str, functools.partial | FunctionType]]:
    """The reference with a slip in it, and that slip in words."""
    given: dict = {}
    if isinstance(reference, functools.partial):
        given, reference = reference.keywords, reference.func
    for chain in _chains(_worker(reference)):
        first = len(chain) == 1
        try:
            for what, function in edits(chain[-1], *_arguments(chain, args, given)):
                for caller, name in _callers(chain):
                    function = _calling(caller, function, name)
                where = "" if first else f" of {chain[-1].__name__}"
                yield f"{what}{where}", functools.partial(function, **given)
        except (ValueError, TypeError):  # no source at hand
            continue


def _arguments(chain, args, given) -> tuple[tuple, dict]:
    """What the last function of a chain is called with first; nothing when it is not called."""
    calls: list[tuple[tuple, dict]] = []

    def record(*args, **given):
        calls.append((args, given))
        return chain[-1](*args, **given)

    function = record
    for caller, name in _callers(chain):
        function = _calling(caller, function, name)
    try:
        with np.errstate(all="ignore"):
            function(*copy.deepcopy(args), **given)
    except Exception:
        pass
    return calls[0] if calls else ((), {})


def _worker(function) -> FunctionType:
    """The function that does the work, below decorators such as ``np.errstate``."""
    while hasattr(function, "__wrapped__") and function.__code__.co_freevars:
        function = function.__wrapped__
    return function


def _chains(function, depth=_DEPTH) -> Iterator[list[FunctionType]]:
    """The function, and the ways from it down to functions of the package that it calls."""
    yield [function]
    if not depth:
        return
    for name in function.__code__.co_names:
        called = function.__globals__.get(name)
        module = getattr(called, "__module__", "") or ""
        if (
            inspect.isfunction(called)
            and module.startswith("lstm_course.")
            and not module.startswith(("lstm_course._", "lstm_course.activations"))
        ):
            for chain in _chains(_worker(called), depth - 1):
                yield [function, *chain]


def _callers(chain) -> list[tuple[FunctionType, str]]:
    """The callers in a chain, the innermost first, each with the name that it calls."""
    return [(caller, called.__name__) for caller, called in itertools.pairwise(chain)][::-1]


def _calling(caller: FunctionType, called: Callable, name: str) -> FunctionType:
    """A function that calls another one in place of its namesake."""
    space = {**caller.__globals__, name: called}
    made = FunctionType(caller.__code__, space, caller.__name__, caller.__defaults__, caller.__closure__)
    made.__kwdefaults__ = caller.__kwdefaults__
    return made


def _fits(function, exercise, case, mine, wrong) -> bool:
    """A quick look at one case, before all of them are run."""
    try:
        with np.errstate(all="ignore"):
            parts = read_answer(function(*copy.deepcopy(case.args)), case.want, exercise.outputs).parts
    except Exception:
        return False
    return any(
        all(
            part in parts
            and part in mine.answer.parts
            and resembles(mine.answer.parts[part], parts[part], want, case.rtol, exercise.atol)
            for part, want in case.parts.items()
            if group_of(part) == group
        )
        for group in wrong
    )
