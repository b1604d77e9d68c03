"""A function as named lines, so that a mistake is the same function with one line written differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """A function of the learner's arguments.

    Attributes
    ----------
    unpack : callable
        Takes the arguments, returns the names known at the start as a dict.
    lines : dict of str to callable
        Each takes the names known so far and computes the next one.
    result : callable
        Takes all names, returns the answer.
    """

    unpack: Callable[..., dict[str, Any]]
    lines: dict[str, Callable[[Any], Any]]
    result: Callable[[Any], Any]

    def but(self, **changed: Callable[[Any], Any]) -> Callable[..., Any]:
        """Return the function with some of its lines written differently."""
        if unknown := changed.keys() - self.lines.keys():
            raise ValueError(f"changed must name lines of the recipe, got {', '.join(sorted(unknown))}")

        def wrong(*args):
            names = SimpleNamespace(**self.unpack(*args))
            for name, line in (self.lines | changed).items():
                setattr(names, name, line(names))
            return self.result(names)

        return wrong
