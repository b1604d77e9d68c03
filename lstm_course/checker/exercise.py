"""What an exercise is: its reference solution, its cases, and the mistakes that people really make."""

from __future__ import annotations

import inspect
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

LEVELS = ("warm-up", "core", "hard")


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, and the hint that it earns.

    Attributes
    ----------
    name : str
        What went wrong, in a few words: ``"bias gradient not summed"``.
    hint : str
        One to three sentences that point to the idea. They do not print the code.
    wrong : callable
        Takes the learner's arguments and makes the mistake.
    any_size : bool
        True when the learner chooses how large the error is, say by a step ε. Then only the
        direction of the error must agree with that of `wrong`, case by case.
    exact : bool
        True when the numbers must be those of `wrong` bit by bit: an exact 0, say, and not a tiny number.
    also : tuple of callable
        Other ways to make the same mistake, each as `wrong`.
    """

    name: str
    hint: str
    wrong: Callable[..., Any]
    any_size: bool = False
    exact: bool = False
    also: tuple[Callable[..., Any], ...] = ()


@dataclass(frozen=True)
class Exercise:
    """A task that `grade` can judge.

    Attributes
    ----------
    label : str
        Its name, in lower case with hyphens: ``"layer-backward"``.
    prompt : str
        The task in one or two sentences.
    inputs, outputs : tuple of str
        Names of the arguments and of the returned values, in order.
    reference : callable
        The right answer: the package's own function.
    sample : callable
        Maps ``(rng, size)`` to the arguments of one case. `size` counts up from 0, the most legible
        case, and the last is the largest.
    mistakes : tuple of Mistake
        At least three, each with its own name and hint.
    shapes : tuple of str
        Shapes of the outputs in symbols, ``("(B, m)", "(n, m)")``; ``""`` for a number or a structure.
    level : {"warm-up", "core", "hard"}
        How much it asks.
    kind : str
        "write" for a function to write; a formula is of the kind "paper".
    hints : tuple of str
        For `lstm_course.exercises.hint`, one at a time, the gentlest first.
    sizes : int
        Number of cases.
    rtol, atol : float
        An output passes when no entry is off by more than `rtol` times the largest expected entry
        plus `atol`. A case with float32 in it allows at least 1e-4 for `rtol`.
    nearly : str
        What an answer is told that is off by less than a hundredth, and by no mistake with a name.
    """

    label: str
    prompt: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reference: Callable[..., Any]
    sample: Callable[[np.random.Generator, int], tuple]
    mistakes: tuple[Mistake, ...]
    shapes: tuple[str, ...] = ()
    level: str = "core"
    kind: str = "write"
    hints: tuple[str, ...] = ()
    sizes: int = 5
    rtol: float = 1e-7
    atol: float = 1e-12
    nearly: str = ""

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.label):
            raise ValueError(f"label must be lower-case words joined by hyphens, got {self.label!r}")
        if self.level not in LEVELS:
            raise ValueError(f"level of {self.label} must be one of {', '.join(LEVELS)}, got {self.level!r}")
        if len(self.mistakes) < 3:
            raise ValueError(f"mistakes of {self.label} must be at least 3, got {len(self.mistakes)}")
        for field in ("name", "hint"):
            texts = [getattr(mistake, field).strip() for mistake in self.mistakes]
            if not all(texts) or len(set(texts)) < len(texts):
                raise ValueError(f"mistakes of {self.label} must each have a {field} of their own")
        if self.shapes and len(self.shapes) != len(self.outputs):
            raise ValueError(
                f"shapes of {self.label} must be one for each of {self.outputs}, got {self.shapes}"
            )

    def cases(self) -> list[tuple]:
        """Fresh arguments of every case, the largest last; the same numbers at every call."""
        seed = zlib.crc32(self.label.encode())
        return [tuple(self.sample(np.random.default_rng([seed, size]), size)) for size in range(self.sizes)]

    @property
    def call(self) -> str:
        """How the answer is called and what it returns: ``(a) -> da``."""
        returned = ", ".join(self.outputs)
        return f"({', '.join(self.inputs)}) -> {f'({returned})' if len(self.outputs) > 1 else returned}"

    @property
    def solution(self) -> str:
        """Where the reference solution stands: ``lstm_course.network.layer_backward``."""
        function = inspect.unwrap(getattr(self.reference, "func", self.reference))  # of a partial
        return f"{function.__module__}.{function.__qualname__}"
