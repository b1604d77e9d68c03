"""The exercises from a terminal: ``python -m lstm_course``.

python -m lstm_course list              every exercise, by chapter
python -m lstm_course progress          what is solved, tried, untouched
python -m lstm_course hint LABEL        the next hint
python -m lstm_course check FILE        judge all answers in a notebook or a Python file
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    from lstm_course.exercises import EXERCISES, check_all, hint, progress

    parser = argparse.ArgumentParser(
        prog="python -m lstm_course",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", choices=("list", "progress", "hint", "check"), nargs="?", default="progress"
    )
    parser.add_argument("what", nargs="?", help="the label of an exercise, or a file with answers")
    options = parser.parse_args(arguments)
    if options.command in ("hint", "check") and options.what is None:
        parser.error(
            f"{options.command} needs {'the label of an exercise' if options.command == 'hint' else 'a file'}"
        )
    try:
        if options.command == "list":
            print(EXERCISES)
        elif options.command == "progress":
            print(progress())
        elif options.command == "hint":
            hint(options.what)
        else:
            check_all(answers_in(Path(options.what)))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def answers_in(path: Path) -> Mapping[str, object]:
    """Run a Python file, or the code cells of a notebook one by one, and return the names it defines.

    Verdicts that the file itself prints are not shown, and a cell that fails does not stop the rest.
    """
    if path.suffix == ".py":
        return runpy.run_path(str(path))
    if path.suffix != ".ipynb":
        raise ValueError(f"the file must be a notebook (.ipynb) or Python (.py), got {path.name}")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path} is no notebook that can be read: {error}") from None
    names: dict[str, object] = {"__name__": "answers", "check": lambda *_, **__: None}
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not ("def my_" in source or "my_" in source or "import" in source):
            continue
        lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
        try:
            exec(compile("\n".join(lines), f"<cell {number} of {path.name}>", "exec"), names)
        except Exception as error:
            print(f"cell {number}: {type(error).__name__}: {error}", file=sys.stderr)
        names["check"] = lambda *_, **__: None  # the notebook's own import of it
    return names


if __name__ == "__main__":
    sys.exit(main())
