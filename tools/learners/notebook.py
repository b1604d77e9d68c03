"""One learner's notebook, put together from a page of the book."""

from __future__ import annotations

import hashlib
import json

import nbformat

from learners.book import Book, Page, facts
from learners.cells import plan
from learners.markdown import page_in_markdown
from learners.pictures import as_markdown, outputs
from learners.start import opening

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLD = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # JupyterLab and VS Code; Colab


def learners_notebook(book: Book, page: Page, executed=None):
    """Make the notebook.

    Parameters
    ----------
    book, page
        As read by `read_book`, after `note_targets`.
    executed : nbformat.NotebookNode, optional
        The copy that the book's build executed: its figures, and its numbers where a training ends
        differently on every processor. Without it the committed numbers, and words for the figures.
    """
    drawn = _same_cells(page.notebook, executed)
    committed = facts(page.notebook)
    known = committed | facts(executed) if drawn else committed
    texts, ending = page_in_markdown(book, page, known, strict=True)
    made = texts if known == committed else page_in_markdown(book, page, committed, strict=True)[0]
    fates = plan(page)
    cells = []
    if page.runs:
        code = "\n\n".join(code for _, code in fates)
        words, setup = opening(book, page, code)
        cells += [_text("start-1", words), _code("start-2", setup, [], folded=True)]
    remaining = iter(texts)
    for k, (cell, (fate, code)) in enumerate(zip(page.notebook.cells, fates, strict=True)):
        name = f"cell-{k + 1:03d}"
        if fate == "text":
            if text := next(remaining):
                cells.append(_text(name, text))
        elif fate == "shown":
            cells.append(_text(name, as_markdown(cell)))
        elif fate != "dropped":
            cells.append(_code(name, code, outputs(cell, drawn.get(k)), folded=fate == "folded"))
    if ending:
        cells.append(_text("ending", ending))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA))
    notebook.metadata["lstm_course"] = {
        "page": page.name,
        "version": book.version,
        "made": fingerprint([*made, *(code for _, code in fates)]),
    }
    return notebook


def fingerprint(texts: list[str]) -> str:
    """A hash of a chapter's text and code, by which a copy knows whether the chapter has changed."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]


def note_targets(book: Book):
    """Go through all pages once, to learn what can be pointed to."""
    for page in book.pages.values():
        if not page.generated:
            page_in_markdown(book, page, facts(page.notebook), strict=False)


def _same_cells(notebook, executed) -> dict:
    """The executed cells by number, if the copy is of this source."""
    if executed is None or [c.source for c in executed.cells] != [c.source for c in notebook.cells]:
        return {}
    return dict(enumerate(executed.cells))


def _text(name: str, source: str):
    return nbformat.v4.new_markdown_cell(source, id=name)


def _code(name: str, source: str, shown, *, folded: bool):
    cell = nbformat.v4.new_code_cell(source, id=name, outputs=shown)
    if folded:
        cell.metadata = nbformat.from_dict(FOLD)
    return cell
