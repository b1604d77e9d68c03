"""What all exercises have in common whose answer is no function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lstm_course.checker.exercise import LEVELS
from lstm_course.checker.text import wrap
from lstm_course.checker.verdict import Verdict

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
