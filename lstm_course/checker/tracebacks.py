"""An exception in a learner's function, cut down to the lines that they wrote themselves."""

from __future__ import annotations

import linecache
import os
import re
import sysconfig
import traceback
from dataclasses import dataclass

import numpy as np

from lstm_course.checker.text import WIDTH, wrap

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LIBRARIES = tuple(
    os.path.join(os.path.abspath(folder), "")
    for folder in {
        _PACKAGE,
        os.path.dirname(np.__file__),
        *(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)
_SHOWN_AT_EACH_END = 3
_COLUMNS = WIDTH - 4


@dataclass(frozen=True)
class Line:
    """A line of the learner's: its number, the function it stands in, its text if known."""

    number: int
    function: str
    text: str

    def __str__(self):
        where = f"line {self.number}, in {self.function}"
        line = f"{where}: {self.text}" if self.text else where
        return line if len(line) <= _COLUMNS else f"{line[: _COLUMNS - 4]} ..."


@dataclass(frozen=True)
class Raised:
    """What an answer raised, and the way there through the learner's own lines, outermost first."""

    kind: str
    message: str
    lines: tuple[Line, ...]
    omitted: int = 0

    @property
    def is_stub(self) -> bool:
        """Whether the learner's own last line is ``raise NotImplementedError``, as in an untouched stub."""
        last = self.lines[-1].text if self.lines else ""
        return self.kind == "NotImplementedError" and (not last or self.kind in last)

    def __str__(self):
        shown = [f"    {line}" for line in self.lines]
        if self.omitted:
            shown.insert(_SHOWN_AT_EACH_END, f"    ... {self.omitted} more of these ...")
        error = f"{self.kind}: {self.message}" if self.message else self.kind
        return "\n".join([*shown, wrap(error, "    ")])


def _is_own(frame) -> bool:
    filename = frame.f_code.co_filename
    if filename.startswith("<"):  # code from a string: a learner's cell, or a dataclass's own __init__
        module = str(frame.f_globals.get("__name__", ""))
        return module.partition(".")[0] not in ("lstm_course", "numpy", "importlib")
    return _is_own_file(filename)


def _is_own_file(filename: str) -> bool:
    return not os.path.abspath(filename).startswith(_LIBRARIES)


def own_lines(walk) -> list[Line]:
    """The learner's lines among the frames of `traceback.walk_tb` or `traceback.walk_stack`."""
    own = [(frame, number) for frame, number in walk if _is_own(frame)]
    summary = traceback.StackSummary.extract(iter(own))
    return [Line(frame.lineno or 0, frame.name, (frame.line or "").strip()) for frame in summary]


def own_line_of_dump(text: str) -> Line | None:
    """The innermost of the learner's lines in what `faulthandler` has written, which is all in ASCII."""
    for filename, number, function in re.findall(r'^  File "(.*)", line (\d+) in (.*)$', text, re.M):
        filename, function = (name.encode().decode("unicode_escape") for name in (filename, function))
        made_up = filename == "<string>" or filename.startswith(("<frozen", "<__array"))
        if not made_up and (filename.startswith("<") or _is_own_file(filename)):
            return Line(int(number), function, linecache.getline(filename, int(number)).strip())
    return None


def summarize(error: BaseException) -> Raised:
    """Keep the text of an exception and let go of its frames."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # a learner's own exception class may do anything
        message = ""
    if len(message) > 300:
        message = f"{message[:300]} ..."
    lines = own_lines(traceback.walk_tb(error.__traceback__))
    omitted = max(0, len(lines) - 2 * _SHOWN_AT_EACH_END)
    if omitted:
        lines = lines[:_SHOWN_AT_EACH_END] + lines[-_SHOWN_AT_EACH_END:]
    return Raised(type(error).__name__, message, tuple(lines), omitted)
