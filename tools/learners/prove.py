"""Run learners' notebooks as a learner would, and compare what they print with what the book prints."""

from __future__ import annotations

import json
import os
import sys
import tempfile

import nbformat
from nbclient import NotebookClient

from learners.book import read_book
from learners.build import make_notebooks
from learners.myst import ROOT
from learners.pictures import only_for_the_text
from learners.start import requirements

LOADED = """\
import sys, json
json.dumps(sorted({name.partition(".")[0] for name in sys.modules}))"""
WATCHED = {"matplotlib", "ipywidgets", "sklearn", "torch", "sympy", "mpmath", "scipy", "threadpoolctl", "tqdm",
           "myst_nb"}  # fmt: skip
BRINGS = {
    "sklearn": {"scipy", "threadpoolctl", "joblib"},
    "sympy": {"mpmath"},
    "torch": {"sympy", "mpmath", "tqdm"},
}


def run(notebook):
    """Execute a notebook in an empty folder, in text mode; return it and the packages that it loaded."""
    os.environ["LSTM_COURSE_FIGURES"] = "text"
    os.environ.setdefault("IPYTHONDIR", str(ROOT / "tools" / "ipython"))
    copy = nbformat.from_dict(notebook)
    copy.cells.append(nbformat.v4.new_code_cell(LOADED))
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(copy, timeout=300, resources={"metadata": {"path": folder}}).execute()
    loaded = copy.cells.pop().outputs[0].data["text/plain"]
    return copy, set(json.loads(loaded.strip("'")))


def differences(page, notebook, executed) -> list[str]:
    """Where a run prints something else than the committed notebook of the book."""
    committed = {f"cell-{k:03d}": cell for k, cell in enumerate(page.notebook.cells, start=1)}
    found = []
    for made, cell in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type != "code" or made.id.startswith("start"):
            continue
        source = committed[made.id]
        tags = set(source.metadata.get("tags", []))
        if "nbval-ignore-output" in tags or "remove-cell" in tags:
            continue
        ours, theirs = printed(cell.outputs), printed(source.outputs)
        if ours != theirs:
            found.append(f"{page.name}, {made.id}: printed\n{ours}\ninstead of\n{theirs}")
    return found


def printed(outputs) -> str:
    """The text of some outputs, however the kernel cut it into pieces."""
    text = ""
    for output in outputs:
        if not only_for_the_text(output):
            text += output.get("text") or output.get("data", {}).get("text/plain", "") + "\n"
    return text


def undeclared(code: str, loaded: set[str]) -> set[str]:
    """Packages that a notebook loaded and that its first cell does not ask for."""
    asked = set(requirements(code))
    for name in list(asked):
        asked |= BRINGS.get(name, set())
    return (loaded & WATCHED) - asked


def prove(names: list[str]) -> int:
    """Run the named notebooks, or all; print what is wrong."""
    book = read_book()
    notebooks = make_notebooks(book)
    faults = []
    for name in names or [name for name in notebooks if book.pages[name].runs]:
        print(f"running {name}", flush=True)
        executed, loaded = run(notebooks[name])
        code = "\n\n".join(
            c.source for c in notebooks[name].cells if c.cell_type == "code" and c.id != "start-2"
        )
        faults += differences(book.pages[name], notebooks[name], executed)
        faults += [f"{name}: loads {package}, which its first cell does not ask for"
                   for package in sorted(undeclared(code, loaded))]  # fmt: skip
    print("\n".join(faults) or "every output is the book's", file=sys.stderr if faults else sys.stdout)
    return int(bool(faults))
