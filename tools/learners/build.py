"""Make all learners' notebooks, the package's wheel, and a zip of both."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat

from learners.book import RECORD, Book, BookError, read_book
from learners.leftovers import dead_links, leftovers
from learners.myst import ROOT
from learners.notebook import learners_notebook, note_targets
from learners.references import ZIP
from learners.start import wheel_name

FOLDER = "gradients-through-time"
EPOCH = (1980, 1, 1, 0, 0, 0)  # what a zip knows of time: the same files make the same zip
READ_ME = """\
Gradients Through Time: the notebooks

Open index.ipynb in JupyterLab, Jupyter Notebook 7, VS Code or Colab. The first code cell of each
chapter finds or installs the package lstm_course, whose file lies beside the notebooks, and says what else
is missing.
By hand:

    pip install {wheel} matplotlib ipywidgets scikit-learn torch

Code: MIT. Text and figures: CC BY 4.0.
"""


def executed_copy(path: Path, root: Path = ROOT):
    """A page's notebook as the book's build ran it, if it did: kept by tools/notebooks.py, or left by Sphinx."""
    spec = importlib.util.spec_from_file_location("notebooks", root / "tools" / "notebooks.py")
    notebooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebooks)
    if hasattr(notebooks, "executed"):
        return notebooks.executed(path)
    left = root / "_build" / "jupyter_execute" / "book" / path.name
    if not left.exists():
        return None
    notebook = nbformat.read(left, as_version=4)
    glued = left.with_suffix(".glue.json")  # MyST-NB takes them out of the cells
    for output in json.loads(glued.read_text(encoding="utf-8")).values() if glued.exists() else ():
        output["data"] = {RECORD: output["data"]["text/plain"]}
        notebook.cells[-1].setdefault("outputs", []).append(nbformat.from_dict(output))
    return notebook


def make_notebooks(book: Book, root: Path = ROOT) -> dict:
    """All learners' notebooks by their page's name; an error where one would show something raw."""
    note_targets(book)
    notebooks = {}
    for page in book.pages.values():
        if page.generated:
            continue
        drawn = executed_copy(page.path, root) if page.runs else None
        notebooks[page.name] = learners_notebook(book, page, drawn)
    faults = [
        f"{page}, {cell.id}: {fault}"
        for page, notebook in notebooks.items()
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for fault in leftovers(cell.source)
    ]
    faults += [f"dead link in {link}" for link in dead_links(notebooks)]
    if faults:
        raise BookError("the learners' notebooks would show\n  " + "\n  ".join(faults))
    return notebooks


def make_wheel(folder: Path, version: str, root: Path = ROOT) -> Path:
    """Build the package, from a copy, without a network; return the file."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "source"
        copy.mkdir()
        shutil.copytree(
            root / "lstm_course", copy / "lstm_course", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, copy / name)
        program = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
        command = [sys.executable, "-c", program, str(folder.resolve())]
        environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BookError(f"the package's wheel was not built:\n{done.stderr}")
    return folder / wheel_name(version)


def make_zip(folder: Path, files: list[Path]) -> Path:
    """Put files into one zip, the same bytes for the same files."""
    target = folder / ZIP
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{FOLDER}/{path.name}", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return target


def build(folder: Path, root: Path = ROOT, *, wheel: bool = True) -> list[Path]:
    """Make everything anew in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Emptied first.
    root : pathlib.Path
        The repository.
    wheel : bool
        Whether to build the package and the zip too, which takes some seconds.
    """
    book = read_book(root)
    notebooks = make_notebooks(book, root)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = []
    for page, notebook in notebooks.items():
        made.append(folder / f"{page}.ipynb")
        nbformat.write(notebook, made[-1])
    if wheel:
        made.append(make_wheel(folder, book.version, root))
        made.append(folder / "READ_ME.txt")
        made[-1].write_text(READ_ME.format(wheel=wheel_name(book.version)), encoding="utf-8")
        made.append(make_zip(folder, made))
    return made
