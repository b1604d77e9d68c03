"""The code of a learner's notebook: what the reader sees in the book runs, what only the book needs goes.

``fact``, ``holds`` and ``given`` hand numbers and sentences to the book; they want myst-nb, which a
learner has not. Cells tagged ``remove-cell`` exist for them. Such a cell is dropped unless a later one
wants a name of it, or it may have moved something that a later one sees; then it stays, folded.
"""

from __future__ import annotations

import ast
import re

from learners.book import BookError, Page
from learners.scope import bound, deferred, disturbs, exposed, random_streams

BOOKKEEPING = {"fact", "holds", "given"}
FOLDED = {"hide-cell", "hide-input", "remove-input", "remove-cell"}


def without_bookkeeping(code: str, streams: set[str] = frozenset()) -> str:
    """The code without what it does for the book only."""
    tree = ast.parse(code)
    lines = code.split("\n")
    for node, replacement in reversed(_bookkeeping(tree.body, streams)):
        lines[node.lineno - 1 : node.end_lineno] = replacement
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def _bookkeeping(body: list[ast.stmt], streams) -> list[tuple[ast.stmt, list[str]]]:
    """Statements to replace, in their order, each with the lines that come instead."""
    found: list[tuple[ast.stmt, list[str]]] = []
    for node in body:
        if _only_for_the_book(node):
            if disturbs(ast.unparse(node), streams):
                raise ValueError(
                    f"`{ast.unparse(node)}` moves more than the text; compute it in a line of its own"
                )
            found.append((node, []))
        elif isinstance(node, ast.ImportFrom) and node.module == "lstm_course.book":
            names = [alias for alias in node.names if alias.name not in BOOKKEEPING]
            if len(names) < len(node.names):
                kept = ast.ImportFrom(node.module, names, 0)
                found.append((node, [ast.unparse(kept)] if names else []))
        elif isinstance(node, (ast.For, ast.If, ast.With, ast.While)):
            inner = _bookkeeping(node.body, streams)
            if len([1 for _, lines in inner if not lines]) == len(node.body):
                raise ValueError(f"`{ast.unparse(node).splitlines()[0]}` would be left without a body")
            found += inner + _bookkeeping(getattr(node, "orelse", []), streams)
    return found


def _only_for_the_book(node: ast.stmt) -> bool:
    """A call of fact, holds or given; or a loop or condition with nothing else in it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return isinstance(node.value.func, ast.Name) and node.value.func.id in BOOKKEEPING
    if isinstance(node, (ast.For, ast.If, ast.With, ast.While)):
        return all(map(_only_for_the_book, [*node.body, *getattr(node, "orelse", [])]))
    return False


def files_of_the_repository(code: str) -> list[str]:
    """Paths beside ``book/`` that the code names: a learner has none of them."""
    texts = [
        n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    return [text for text in texts if text.startswith("../")]


def plan(page: Page) -> list[tuple[str, str]]:
    """What becomes of each cell of a page.

    Returns
    -------
    list of (fate, code)
        `fate` is text (a Markdown cell), kept, folded, dropped, or shown: the cell reads a file of the
        repository, so its committed output stands for it. `code` is what runs instead of the source.
    """
    streams = random_streams([cell.source for cell in page.notebook.cells if cell.cell_type == "code"])
    codes = []
    for k, cell in enumerate(page.notebook.cells):
        try:
            codes.append(without_bookkeeping(cell.source, streams) if cell.cell_type == "code" else "")
        except (SyntaxError, ValueError) as error:
            raise BookError(f"{page.path.name}, cell {k}: {error}") from error
    looked_up: set[str] = set()  # by functions of cells that stay, whenever they are called
    while True:
        fates = _fates(page, codes, streams, looked_up)
        now = set().union(*(deferred(code) for _, code in fates))
        if now == looked_up:
            return fates
        looked_up = now


def _fates(page, codes, streams, looked_up) -> list[tuple[str, str]]:
    """One way through, from the end: `wanted` are the names that the cells after this one need."""
    wanted: set[str] = set()
    fates = []
    for k, (cell, code) in reversed(list(enumerate(zip(page.notebook.cells, codes, strict=True)))):
        if cell.cell_type != "code":
            fates.append(("text", ""))
            continue
        tags = set(cell.metadata.get("tags", []))
        needed = (wanted | looked_up) & bound(code)
        files = files_of_the_repository(code)
        if not code or ("remove-cell" in tags and not needed and not disturbs(code, streams)):
            fates.append(("dropped", ""))
        elif files and needed:
            raise BookError(
                f"{page.path.name}, cell {k} reads {files[0]}, and later cells need {sorted(needed)}"
            )
        elif files:
            fates.append(("shown", ""))
        else:
            fates.append(("folded" if tags & FOLDED else "kept", code))
            before, replaced = exposed(code)
            wanted = (wanted - replaced) | before
    return fates[::-1]
