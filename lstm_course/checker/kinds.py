"""Exercises whose answer is no function: a number, a choice with its reason, something built, a line found.

Each kind has a `label`, a `level`, a `kind` in words and a ``judge(answer) -> Verdict``, as an `Exercise` has
by way of `judge`. An answer that still is ``...`` (or None) counts as not attempted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_course.checker.number import Number
from lstm_course.checker.task import KINDS, Slip, Task
from lstm_course.checker.text import listed
from lstm_course.checker.verdict import Verdict

__all__ = ["KINDS", "Bug", "Built", "Choice", "Demand", "Number", "Slip", "Task"]


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
