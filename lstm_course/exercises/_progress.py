"""What a learner has done so far, kept in a small file of their own, outside of every repository.

Every verdict and every hint is a line that is added to the file, so that two notebooks open at once lose
nothing of each other's, and a line that cannot be read costs itself only.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lstm_course.exercises._catalog import CHAPTERS, EXERCISES, chapter_of
from lstm_course.exercises._grading import find, grade

SOLVED = ("right", "right, but")
_unsaved: list[dict] = []  # what could not be written, for this session


class Standing(NamedTuple):
    """How far a learner is with one exercise."""

    label: str
    chapter: int
    kind: str
    level: str
    solved: bool
    tries: int
    hints: int

    @property
    def mark(self) -> str:
        """One character: solved, tried, untouched."""
        return "✓" if self.solved else "·" if self.tries else " "


class Progress:
    """The standing with every exercise of the book; prints as a table.

    Attributes
    ----------
    standings : tuple of Standing
        In the order of the chapters.
    note : str
        Where it is kept, or why it is not.
    """

    def __init__(self, standings: tuple[Standing, ...], note: str):
        self.standings, self.note = standings, note

    @property
    def solved(self) -> int:
        """How many exercises are solved."""
        return sum(standing.solved for standing in self.standings)

    def __str__(self):
        lines = []
        for slug, number in CHAPTERS.items():
            of_chapter = [s for s in self.standings if s.chapter == number]
            done = sum(s.solved for s in of_chapter)
            lines.append(f"{number:>2} {slug}: {done} of {len(of_chapter)}")
            for s in of_chapter:
                extras = [f"{s.tries} tr{'y' if s.tries == 1 else 'ies'}"] * bool(s.tries)
                extras += [f"{s.hints} hint{'s' * (s.hints > 1)}"] * bool(s.hints)
                lines.append(
                    f"   {s.mark} {s.label:<32} {s.level:<8} {s.kind:<13} {', '.join(extras)}".rstrip()
                )
        lines.append(f"{self.solved} of {len(self.standings)} exercises solved. {self.note}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td>{s.chapter}</td><td>{html.escape(s.label)}</td><td>{s.level}</td><td>{s.kind}</td>"
            f"<td>{'solved' if s.solved else 'tried' if s.tries else ''}</td><td>{s.tries or ''}</td>"
            f"<td>{s.hints or ''}</td></tr>"
            for s in self.standings
        )
        heads = "".join(
            f"<th>{t}</th>" for t in ("chapter", "exercise", "level", "kind", "", "tries", "hints")
        )
        return (
            f"<p>{self.solved} of {len(self.standings)} exercises solved. {html.escape(self.note)}</p>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def state_file() -> Path:
    """The file that keeps the progress: ``LSTM_COURSE_STATE``, or one in the user's own state folder."""
    if named := os.environ.get("LSTM_COURSE_STATE"):
        return Path(named)
    try:
        from platformdirs import user_state_path
    except ImportError:  # it comes with Jupyter
        return Path.home() / ".local" / "state" / "lstm_course" / "progress.jsonl"
    return user_state_path("lstm_course", appauthor=False) / "progress.jsonl"


def record(label: str, event: str) -> None:
    """Add a verdict's status, or ``"hint"``, to the file; what cannot be written is kept for this session.

    An untouched answer leaves no line, nor does a notebook that is run for the book or its tests.
    """
    if event == "not attempted" or os.environ.get("LSTM_COURSE_FIGURES", "live") != "live":
        return
    line = {"label": label, "event": event}
    try:
        state_file().parent.mkdir(parents=True, exist_ok=True)
        with state_file().open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError:
        _unsaved.append(line)


def events() -> list[tuple[str, str]]:
    """Every label and event so far, oldest first."""
    try:
        text = state_file().read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    found = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            found.append((str(entry["label"]), str(entry["event"])))
        except (ValueError, KeyError, TypeError):
            continue  # a line that was cut off when a machine stopped
    return found + [(line["label"], line["event"]) for line in _unsaved]


def progress() -> Progress:
    """How far the learner is with every exercise of the book.

    Returns
    -------
    Progress
        It prints as a table by chapter.
    """
    happened: dict[str, list[str]] = {label: [] for label in EXERCISES}
    for label, event in events():
        happened.setdefault(label, []).append(event)
    standings = tuple(
        Standing(
            label, chapter_of(label), task.kind, task.level,
            any(event in SOLVED for event in happened[label]),
            sum(event != "hint" for event in happened[label]),
            happened[label].count("hint"),
        )
        for label, task in EXERCISES.items()
    )  # fmt: skip
    note = f"Kept in {state_file()}."
    if _unsaved:
        note = f"{state_file()} cannot be written, so this session's answers will be forgotten."
    return Progress(standings, note)


def hint(label: str) -> None:
    """Print the next hint of an exercise: each call tells one more, the gentlest first.

    Parameters
    ----------
    label : str
        Name of the exercise.

    Raises
    ------
    ValueError, TypeError
        When no exercise has this label.
    """
    hints = find(label).hints
    told = [event for name, event in events() if name == label].count("hint")
    if told < len(hints):
        record(label, "hint")
        print(f"Hint {told + 1} of {len(hints)}: {hints[told]}")
        return
    for number, text in enumerate(hints, start=1):
        print(f"Hint {number} of {len(hints)}: {text}")
    print("There are no more hints. The solution is folded below the exercise.")


def check_all(answers: Mapping[str, object]) -> None:
    """Judge every answer that there is, and print a line for each.

    Parameters
    ----------
    answers : mapping of str to object
        Names and answers, such as ``globals()``: the answer to ``layer-backward`` is looked for as
        ``my_layer_backward``.
    """
    attempted = 0
    for label in EXERCISES:
        name = "my_" + label.replace("-", "_")
        if name not in answers:
            continue
        verdict = grade(label, answers[name])
        if verdict.status == "not attempted":
            continue
        attempted += 1
        record(label, verdict.status)
        told = verdict.text.split("\n")[1] if verdict.status not in SOLVED and "\n" in verdict.text else ""
        print(f"{label:<32} {verdict.status:<10} {told}".rstrip())
    print(f"{attempted} answer{'s' * (attempted != 1)} judged, of {len(EXERCISES)} exercises.")
