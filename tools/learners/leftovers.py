"""What a plain reader of Markdown would not understand: the guard over all that was carried over.

It knows no MyST. A text is rendered as CommonMark with tables and mathematics, which is what
JupyterLab, VS Code and Colab have in common, and the result is searched for what should not be seen.
"""

from __future__ import annotations

import functools
import itertools
import re
from urllib.parse import unquote

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

AT_THE_BEGINNING_OF_A_LINE = {
    r":{3,}": "a raw directive",
    r":[\w-]+:\s": "a raw option",
    r"\([\w:-]+\)=": "a raw target",
    r"%\s": "a comment",
}
ANYWHERE = {
    r"\[\^[^\]]+\]": "a raw footnote",
    r"\{\{": "a raw substitution",
    r"\beq:[\w-]+": "a raw label",
    r"\$\$|\\begin\{": "a formula that is not recognised",
    r"</?(div|details|summary)\b": "HTML that is not recognised",
    r"\*\*": "bold type that is not recognised",
}


@functools.cache
def reader() -> MarkdownIt:
    """CommonMark with tables, HTML and mathematics between dollars."""
    md = MarkdownIt("commonmark").enable("table")
    return dollarmath_plugin(md, double_inline=True) or md


def leftovers(text: str) -> list[str]:
    """Everything in a Markdown cell that its reader would see raw."""
    found = []
    depth = 0
    for token in reader().parse(text):
        if token.type == "fence" and token.info.startswith("{"):
            found.append(f"a raw directive: {token.info}")
        if token.type == "html_block":
            depth += len(re.findall(r"<(?:div|details)\b", token.content))
            depth -= len(re.findall(r"</(?:div|details)>", token.content))
            if "$" in re.sub(r"<[^>]*>", "", token.content) or "`" in token.content:
                found.append(f"Markdown inside HTML, which is not read: {token.content[:60]!r}")
        if token.type == "inline":
            found += _in_line(token.children)
    if depth:
        found.append("a box or fold that is not closed")
    return found


def _in_line(children) -> list[str]:
    found, begins = [], True
    for child, following in itertools.zip_longest(children, children[1:]):
        text = child.content if child.type == "text" else ""
        patterns = [*ANYWHERE.items()]
        if begins:
            patterns += [(f"^{pattern}", what) for pattern, what in AT_THE_BEGINNING_OF_A_LINE.items()]
        if following is not None and following.type == "code_inline":
            patterns.append((r"\{[a-zA-Z][\w:.+-]*\}$", "a raw role"))
        found += [f"{what}: {text[-60:]!r}" for pattern, what in patterns if re.search(pattern, text)]
        begins = child.type in ("softbreak", "hardbreak")
    return found


def anchors(notebook) -> set[str]:
    """Everything in a notebook that a link can point to, by its name."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return {name for name in re.findall(r'<(?:a|div|details)[^>]*\bid="([^"]+)"', text)}


def links(notebook) -> list[str]:
    """The address of every link in the text of a notebook."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for token in reader().parse(cell.source):
                found += [child.attrs["href"] for child in token.children or [] if child.type == "link_open"]
    return [unquote(str(address)) for address in found]


def dead_links(notebooks: dict) -> list[str]:
    """Links that lead nowhere, among notebooks by their page's name; the web is not asked."""
    names = {page: anchors(notebook) for page, notebook in notebooks.items()}
    dead = []
    for page, notebook in notebooks.items():
        for address in links(notebook):
            file, _, anchor = address.partition("#")
            there = file.removesuffix(".ipynb") or page
            if re.match(r"(https?|mailto):", address):
                continue
            if there not in notebooks or (anchor and anchor not in names[there]):
                dead.append(f"{page}: {address}")
    return dead
