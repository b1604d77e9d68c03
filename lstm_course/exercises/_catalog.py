"""All exercises of the book by label, in the order of the chapters."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from lstm_course.checker import Exercise

# Every chapter that has exercises, by the name of its notebook.
CHAPTERS = {
    "backprop": 1, "vanishing_exploding": 2, "rnn_bptt": 10, "lstm": 12, "lstm_backward": 13,
    "lstm_highway": 14, "gru": 15,
}  # fmt: skip


def _collect(slugs) -> Mapping[str, Exercise]:
    collected: dict[str, Exercise] = {}
    for slug in slugs:
        for exercise in importlib.import_module(f"lstm_course.exercises.{slug}").EXERCISES:
            if exercise.label in collected:
                raise ValueError(f"label must be unique, but {exercise.label!r} is there twice")
            collected[exercise.label] = exercise
    return MappingProxyType(collected)


EXERCISES = _collect(CHAPTERS)
