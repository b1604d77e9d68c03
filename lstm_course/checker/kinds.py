"""Exercises whose answer is no function: a number, a choice with its reason, something built, a line found.

Each kind has a `label`, a `level`, a `kind` in words and a ``judge(answer) -> Verdict``, as an `Exercise` has
by way of `judge`. An answer that still is ``...`` (or None) counts as not attempted.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from lstm_course.checker.exercise import LEVELS
from lstm_course.checker.text import listed, wrap
from lstm_course.checker.verdict import Verdict

_NEARLY = 0.02
_RATIOS = {
    k if large else 1 / k: f"{k} times too {'large' if large else 'small'}"
    for k in (2, 3, 4, 10, 100)
    for large in (True, False)
}
KINDS = ("write", "paper", "predict", "set by hand", "find the bug", "design")


@dataclass(frozen=True)
class Slip:
    """A wrong answer that people really give, and the hint that it earns.

    Attributes
    ----------
    name : str
        What went wrong, in a few words.
    hint : str
        One to three sentences that point to the idea and do not give the answer away.
    value : float, tuple of float, or callable
        For a `Number`: the wrong number or numbers, or a function that computes them. For a `Built`:
        a function that takes the answer and says whether it makes this slip.
    """

    name: str
    hint: str
    value: Any


@dataclass(frozen=True, kw_only=True)
class Task:
    """What all kinds have in common.

    Attributes
    ----------
    label : str
        Its name, in lower case with hyphens.
    prompt : str
        The task in one or two sentences.
    level : {"warm-up", "core", "hard"}
    kind : str
        One of `KINDS`.
    why : str
        What a right answer is told: the reason, in a sentence or three.
    hints : tuple of str
        For `lstm_course.exercises.hint`, one at a time, the gentlest first.
    """

    label: str
    prompt: str
    level: str = "core"
    kind: str = "paper"
    why: str = ""
    hints: tuple[str, ...] = ()

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.label):
            raise ValueError(f"label must be lower-case words joined by hyphens, got {self.label!r}")
        if self.level not in LEVELS:
            raise ValueError(f"level of {self.label} must be one of {', '.join(LEVELS)}, got {self.level!r}")
        if self.kind not in KINDS:
            raise ValueError(f"kind of {self.label} must be one of {', '.join(KINDS)}, got {self.kind!r}")

    def judge(self, answer) -> Verdict:
        """Judge an answer; see `lstm_course.exercises.grade`."""
        if answer is None or answer is ...:
            lines = [f"{self.label}: not attempted yet.", wrap(self.prompt), wrap(self.form)]
            return Verdict(self.label, "not attempted", "\n".join(lines))
        return self._judge(answer)

    @property
    def form(self) -> str:
        """What an answer looks like, as a sentence."""
        raise NotImplementedError

    def _judge(self, answer) -> Verdict:
        raise NotImplementedError

    def _right(self) -> Verdict:
        lines = [f"{self.label}: right.", *([wrap(self.why)] if self.why else [])]
        return Verdict(self.label, "right", "\n".join(lines))

    def _wrong(self, *sentences: str, mistakes: tuple[str, ...] = ()) -> Verdict:
        lines = [f"{self.label}: wrong.", *(wrap(sentence) for sentence in sentences if sentence)]
        return Verdict(self.label, "wrong", "\n".join(lines), mistakes)


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


@dataclass(frozen=True, kw_only=True)
class Choice(Task):
    """A choice and its reason, each by its letter or number.

    Attributes
    ----------
    options, reasons : mapping of str to str
        What there is to choose from: ``{"a": "It doubles.", …}`` and ``{"1": "Because …", …}``.
    right : tuple of str
        The right option and the right reason.
    replies : mapping of str to str
        For each wrong option, and each wrong reason, what to think of: ``{"a": …, "2": …}``; a pair such as
        ``"a2"`` comes first where it is given.
    """

    options: Mapping[str, str]
    reasons: Mapping[str, str]
    right: tuple[str, str]
    replies: Mapping[str, str]

    def __post_init__(self):
        super().__post_init__()
        option, reason = self.right
        wanted = ({*self.options} - {option}) | ({*self.reasons} - {reason})
        if option not in self.options or reason not in self.reasons or {*self.options} & {*self.reasons}:
            raise ValueError(
                f"right of {self.label} must name an option and a reason, each named once, got {self.right}"
            )
        if missing := sorted(wanted - {*self.replies}):
            raise ValueError(f"replies of {self.label} must hold one for {', '.join(missing)}")

    @property
    def form(self) -> str:
        """What an answer looks like, as a sentence."""
        one = next(iter(self.options)) + next(iter(self.reasons))
        return (
            f"Your answer names one of {', '.join(self.options)} and the reason, one of "
            f"{', '.join(self.reasons)}, in one string: {one!r}, say."
        )

    def _judge(self, answer) -> Verdict:
        text = (
            "".join(answer)
            if isinstance(answer, (tuple, list)) and all(isinstance(a, str) for a in answer)
            else answer
        )
        text = re.sub(r"[\s,;.]+", "", text).lower() if isinstance(text, str) else ""
        pairs = {option + reason: (option, reason) for option in self.options for reason in self.reasons}
        if text not in pairs:
            return self._wrong(f"{self.form} You gave {answer!r}.", mistakes=("no such choice",))
        option, reason = pairs[text]
        if (option, reason) == self.right:
            return self._right()
        if text in self.replies:
            return self._wrong(self.replies[text], mistakes=(text,))
        if option == self.right[0]:
            return self._wrong(
                "The answer is right, the reason is not.", self.replies[reason], mistakes=(reason,)
            )
        return self._wrong(self.replies[option], mistakes=(option,))


@dataclass(frozen=True)
class Demand:
    """Something that what was built must do.

    Attributes
    ----------
    name : str
        What it is, in a few words: ``"keeps the value over 50 steps"``.
    test : callable
        Takes the answer; returns an empty string when it does, else what was seen instead, as a sentence.
    hint : str
        What to think of when it does not.
    """

    name: str
    test: Callable[[Any], str]
    hint: str


@dataclass(frozen=True, kw_only=True)
class Built(Task):
    """Something set by hand or designed, weights or a counterexample, judged by what it does.

    Attributes
    ----------
    read : callable
        Takes the answer and returns it checked and converted; its ValueError or TypeError is shown.
    form_text : str
        What an answer looks like, as a sentence.
    demands : tuple of Demand
        In the order in which they are tried; the first that fails is told.
    example : callable
        Makes a right answer.
    slips : tuple of Slip
        Wrong answers with a name: their `value` takes the answer and recognises them.
    """

    read: Callable[[Any], Any]
    form_text: str
    demands: tuple[Demand, ...]
    example: Callable[[], Any]
    slips: tuple[Slip, ...] = ()
    kind: str = "set by hand"

    @property
    def form(self) -> str:
        """What an answer looks like, as a sentence."""
        return self.form_text

    def _judge(self, answer) -> Verdict:
        try:
            built = self.read(answer)
        except (ValueError, TypeError) as error:
            return self._wrong(
                f"{self.form} {str(error)[:1].upper()}{str(error)[1:]}.", mistakes=("another form",)
            )
        met = []
        for demand in self.demands:
            with np.errstate(all="ignore"):
                seen = demand.test(built)
            if not seen:
                met.append(demand.name)
                continue
            named = [slip for slip in self.slips if slip.value(built)][:1]
            so_far = f"It {listed(met)}." if met else ""
            hint = named[0].hint if named else demand.hint
            mistakes = (named[0].name if named else f"not: {demand.name}",)
            return self._wrong(
                so_far,
                f"But it must do this: it {demand.name}. {seen}"
                if met
                else f"It must do this: it {demand.name}. {seen}",
                hint,
                mistakes=mistakes,
            )
        return self._right()


@dataclass(frozen=True, kw_only=True)
class Bug(Task):
    """A planted bug to find: the learner names the line, by the variable that it computes.

    Attributes
    ----------
    listing : str
        The code with the bug, as the page shows it.
    line : str
        The name that the wrong line computes.
    tempting : mapping of str to str
        For names of other lines: why that line is right.
    hint : str
        For any other wrong name.
    """

    listing: str
    line: str
    tempting: Mapping[str, str]
    hint: str
    kind: str = "find the bug"

    def __post_init__(self):
        super().__post_init__()
        for name in (self.line, *self.tempting):
            if name not in self.names():
                raise ValueError(f"listing of {self.label} has no line that computes {name!r}")
        if self.line in self.tempting:
            raise ValueError(f"tempting of {self.label} must not hold the wrong line {self.line!r} itself")

    def names(self) -> list[str]:
        """What the lines of the listing compute, in order."""
        targets = re.findall(r"^\s*([\w, ]+?)\s*(?:[-+*/@]|\*\*)?=(?!=)", self.listing, re.M)
        returned = ["return"] if re.search(r"^\s*return\b", self.listing, re.M) else []
        return [name.strip() for target in targets for name in target.split(",")] + returned

    @property
    def form(self) -> str:
        """What an answer looks like, as a sentence."""
        return "Your answer is the name that the wrong line computes, in quotes: 'dc', say."

    def _judge(self, answer) -> Verdict:
        if not isinstance(answer, str) or answer.strip() not in self.names():
            return self._wrong(f"{self.form} You gave {answer!r}.", mistakes=("no such line",))
        name = answer.strip()
        if name == self.line:
            return self._right()
        return self._wrong(self.tempting.get(name, self.hint), mistakes=(name,))


def _is_number(value) -> bool:
    if isinstance(value, np.ndarray):
        return value.size == 1 and value.dtype.kind in "iuf"
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _numbers(value) -> tuple[float, ...]:
    values = value if isinstance(value, (tuple, list, np.ndarray)) else (value,)
    return tuple(float(np.asarray(each).reshape(())) for each in values)
