"""The book as a whole: its pages, and everything in them that other pages can point to."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml

from learners.citations import Bibliography
from learners.myst import ROOT

RECORD = "application/papermill.record/text/plain"


class BookError(ValueError):
    """Something that a page says cannot be carried over; names the page."""


@dataclass(frozen=True)
class Target:
    """A place that text can point to: where it is, and what a reference without words of its own reads."""

    page: str
    anchor: str
    text: str


@dataclass
class Page:
    """One file of the book."""

    name: str
    path: Path
    notebook: nbformat.NotebookNode
    title: str = ""

    @property
    def runs(self) -> bool:
        """Whether it has code."""
        return any(cell.cell_type == "code" for cell in self.notebook.cells)

    @property
    def number(self) -> int | None:
        """The chapter's number, which is that of its file."""
        match = re.match(r"(\d\d)_", self.name)
        return int(match[1]) if match else None

    @property
    def generated(self) -> bool:
        """Whether Sphinx writes it, so that there is nothing to carry over: the list of functions."""
        return any("{eval-rst}" in cell.source for cell in self.notebook.cells)


@dataclass
class Book:
    """All pages, what they can point to, and where the book is published, if it is."""

    pages: dict[str, Page]
    bibliography: Bibliography
    version: str
    address: str = ""
    targets: dict[str, Target] = field(default_factory=dict)

    def register(self, label: str, target: Target):
        """Note where a label is; the same label in two places is an error."""
        known = self.targets.setdefault(label, target)
        if known != target:
            raise BookError(f"the label {label!r} is in {known.page} and in {target.page}")

    def link(self, page: str, anchor: str, source: str) -> str | None:
        """The address of a place, seen from the page `source`; None for what exists in the built book only."""
        there = self.pages[page]
        fragment = f"#{anchor}" if anchor else ""
        if page == source:
            return fragment or f"{page}.ipynb"
        if self.address and not there.runs:
            return f"{self.address}/book/{page}.html{fragment}"
        return None if there.generated else f"{page}.ipynb{fragment}"

    def label_of_page(self, name: str) -> str | None:
        """The page that a link in the sources means: ``12_lstm``, ``./12_lstm.ipynb``, ``notation.md``."""
        name = re.sub(r"\.(ipynb|md)$", "", name.removeprefix("./").removeprefix("/book/"))
        return name if name in self.pages else None


def read_book(root: Path = ROOT) -> Book:
    """Read every page that the table of contents names."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]
    pages = {}
    for file in files:
        path = next(path for suffix in (".ipynb", ".md") if (path := root / f"{file}{suffix}").exists())
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            cell = nbformat.v4.new_markdown_cell(text, id="cell-001")
            notebook = nbformat.v4.new_notebook(cells=[cell])
        else:
            notebook = nbformat.reads(text, as_version=4)
        title = re.search(r"^# (.+)$", "\n".join(cell.source for cell in notebook.cells), re.M)
        pages[path.stem] = Page(path.stem, path, notebook, title[1] if title else path.stem)
    version = re.search(r'__version__ = "(.+)"', (root / "lstm_course" / "__init__.py").read_text("utf-8"))
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    address = settings.get("tool", {}).get("lstm_course", {}).get("address", "").rstrip("/")
    return Book(pages, Bibliography(root / "book" / "references.bib"), version[1], address)


def facts(notebook) -> dict[str, str]:
    """The numbers and words that cells computed for the text, as they stand in the outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return {
        output.metadata["scrapbook"]["name"]: output.data[RECORD]
        for output in outputs
        if RECORD in output.get("data", {})
    }
