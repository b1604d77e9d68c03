"""Exercises whose answer is a number, or a few: worked out on paper, or predicted."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from lstm_course.checker.task import Slip, Task
from lstm_course.checker.text import listed
from lstm_course.checker.verdict import Verdict

_NEARLY = 0.02
_RATIOS = {
    k if large else 1 / k: f"{k} times too {'large' if large else 'small'}"
    for k in (2, 3, 4, 10, 100)
    for large in (True, False)
}


@dataclass(frozen=True, kw_only=True)
class Number(Task):
    """A number, or some numbers, worked out on paper or predicted before anything runs.

    Attributes
    ----------
    answer : callable
        Computes the right number, or a tuple of them.
    names : tuple of str
        What the numbers are, in order: ``("c_1", "h_1")``.
    slips : tuple of Slip
        Wrong numbers with a name.
    rtol, atol : float
        How far off still counts as right. A prediction may have a wide `factor` instead.
    factor : float, optional
        An answer within this factor of the right one counts: 3 accepts a third of it to three times it.
    factors : tuple of float
        Factors that a single wrong number of this exercise may be off by, 2 or 0.5 say. Others are chance.
    """

    answer: Callable[[], Any]
    names: tuple[str, ...]
    slips: tuple[Slip, ...]
    rtol: float = 0.005
    atol: float = 0.0
    factor: float | None = None
    factors: tuple[float, ...] = ()

    def __post_init__(self):
        super().__post_init__()
        if strange := [factor for factor in self.factors if factor not in _RATIOS]:
            raise ValueError(
                f"factors of {self.label} must be among {listed(map(str, _RATIOS))}, got {strange}"
            )

    @property
    def form(self) -> str:
        """What an answer looks like, as a sentence."""
        if len(self.names) == 1:
            return f"Your answer is a number, {self.names[0]}."
        return f"Your answer is a tuple of {len(self.names)} numbers: ({', '.join(self.names)})."

    def right_values(self) -> tuple[float, ...]:
        """The right numbers, as a tuple."""
        return _numbers(self.answer())

    def _judge(self, answer) -> Verdict:
        want = self.right_values()
        values = answer if isinstance(answer, (tuple, list)) else (answer,)
        if isinstance(answer, np.ndarray):
            values = list(answer.reshape(-1))
        if len(values) != len(want):
            return self._wrong(f"{self.form} You gave {len(values)}.", mistakes=("another count of numbers",))
        for name, value in zip(self.names, values, strict=True):
            if not _is_number(value):
                return self._wrong(
                    f"{name} must be a real number, got {type(value).__name__}.", mistakes=("not a number",)
                )
        got = _numbers(values)
        off = [not self._agrees(mine, right) for mine, right in zip(got, want, strict=True)]
        if not any(off):
            return self._right()
        fine = [name for name, wrong in zip(self.names, off, strict=True) if not wrong]
        partly = f"{listed(fine)} {'is' if len(fine) == 1 else 'are'} right." if fine else ""
        wrong_at = [k for k, wrong in enumerate(off) if wrong]
        slips = [
            (slip, _numbers(slip.value() if callable(slip.value) else slip.value)) for slip in self.slips
        ]
        for at in (range(len(want)), wrong_at):  # the whole answer of a slip, before a part of one
            for slip, wrong in slips:
                apart = all(not self._agrees(wrong[k], want[k]) for k in wrong_at)
                if apart and all(self._agrees(got[k], wrong[k]) for k in at):
                    return self._wrong(partly, slip.hint, mistakes=(slip.name,))
        together = self._together(got, want, wrong_at)
        if together:
            return self._wrong(partly, together)
        return self._wrong(partly, *(self._general(self.names[k], got[k], want[k]) for k in wrong_at[:1]))

    def _together(self, got, want, wrong_at) -> str:
        """What several wrong numbers have in common: their order, a sign, a factor."""
        if len(wrong_at) < 2 or self.factor is not None:
            return ""
        names = listed([self.names[k] for k in wrong_at])
        for order in permutations(wrong_at):
            if list(order) != wrong_at and all(
                self._agrees(got[k], want[other]) for k, other in zip(wrong_at, order, strict=True)
            ):
                return f"Right numbers in each other's places: {names}."
        if all(self._agrees(-got[k], want[k]) for k in wrong_at):
            return f"{names} have the right size and the wrong sign."
        for ratio, words in _RATIOS.items():
            if all(self._agrees(got[k], want[k] * ratio) for k in wrong_at):
                return f"{names} are all {words}."
        return ""

    def _agrees(self, got: float, right: float) -> bool:
        if not math.isfinite(got) or not math.isfinite(right):
            return got == right
        if self.factor is not None and right != 0:
            return got * right > 0 and 1 / self.factor <= got / right <= self.factor
        return abs(got - right) <= self.rtol * abs(right) + self.atol

    def _general(self, name: str, got: float, want: float) -> str:
        """A hint from the numbers alone: sign, whole factor, size."""
        if self._agrees(-got, want):
            return f"{name} has the right size and the wrong sign."
        if want and got and self._agrees(1 / got, want):
            return f"{name} is upside down: it is one divided by what is wanted."
        if want and abs(got - want) < _NEARLY * abs(want):
            return f"{name} is nearly right: {got:.6g} is off by less than 2 %. Have you rounded on the way? Give three digits."
        for factor in self.factors:  # by chance any single number is some multiple of another
            if want and self._agrees(got, want * factor):
                return f"{name} is {_RATIOS[factor]}."
        return f"You say {name} = {got:.4g}. It is {'larger' if want > got else 'smaller'} than that."


def _is_number(value) -> bool:
    if isinstance(value, np.ndarray):
        return value.size == 1 and value.dtype.kind in "iuf"
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _numbers(value) -> tuple[float, ...]:
    values = value if isinstance(value, (tuple, list, np.ndarray)) else (value,)
    return tuple(float(np.asarray(each).reshape(())) for each in values)
