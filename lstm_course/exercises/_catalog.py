"""All exercises of the book by label, in the order of the chapters."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping

from lstm_course.checker import Exercise, Task

# Every chapter that has exercises, by the name of its notebook.
CHAPTERS = {
    "backprop": 1, "vanishing_exploding": 2, "rnn_bptt": 10, "rnn_reach": 11, "lstm": 12, "lstm_backward": 13,
    "lstm_highway": 14, "gru": 15, "gru_backward": 16,
}  # fmt: skip


class Catalog(Mapping):
    """Every exercise by its label; prints as a table by chapter."""

    def __init__(self, slugs: Iterable[str]):
        self._tasks: dict[str, Exercise | Task] = {}
        self._slugs: dict[str, str] = {}
        for slug in slugs:
            for task in importlib.import_module(f"lstm_course.exercises.{slug}").EXERCISES:
                if task.label in self._tasks:
                    raise ValueError(f"label must be unique, but {task.label!r} is there twice")
                self._tasks[task.label], self._slugs[task.label] = task, slug

    def __getitem__(self, label: str) -> Exercise | Task:
        return self._tasks[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)

    def slug(self, label: str) -> str:
        """The chapter of an exercise, by its slug."""
        return self._slugs[label]

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Chapter, label, level and kind of every exercise."""
        return [(str(CHAPTERS[self._slugs[k]]), k, task.level, task.kind) for k, task in self._tasks.items()]

    def __str__(self):
        head = ("ch", "exercise", "level", "kind")
        return "\n".join(f"{a:>2}  {b:<32} {c:<8} {d}" for a, b, c, d in (head, *self.rows()))

    __repr__ = __str__

    def _repr_html_(self):
        rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in self.rows())
        heads = "".join(f"<th>{text}</th>" for text in ("chapter", "exercise", "level", "kind"))
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


EXERCISES = Catalog(CHAPTERS)


def chapter_of(label: str) -> int:
    """The number of the chapter that an exercise belongs to."""
    return CHAPTERS[EXERCISES.slug(label)]
