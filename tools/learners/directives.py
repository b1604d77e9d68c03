"""Each directive of the sources in plain Markdown: boxes, folds, included code, cards, tables."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from types import SimpleNamespace

from sphinx.directives.code import LiteralInclude, LiteralIncludeReader

from learners.myst import Block, MystError, blocks
from learners.references import picture

BOXES = {"note": "info", "tip": "success", "hint": "success", "important": "warning", "warning": "warning",
         "caution": "warning", "attention": "warning", "danger": "danger", "error": "danger",
         "seealso": "info"}  # fmt: skip
PROOFS = ("theorem", "lemma", "definition", "remark", "conjecture", "corollary", "algorithm", "criterion",
          "example", "property", "observation", "proposition", "assumption", "axiom", "notation")  # fmt: skip
COLOURS = {"info": "#3b6fb5", "success": "#2e8555", "warning": "#c2610c", "danger": "#b3243f"}
DIRECTIVES: dict[str, Callable[[Block, object], str | None]] = {}


def directive(*names):
    """Register a function for some directives."""

    def register(function):
        DIRECTIVES.update(dict.fromkeys(names, function))
        return function

    return register


def box(colour: str, title: str, body: str, anchor: str = "") -> str:
    """A box with a coloured edge. The empty lines let Markdown and mathematics inside be read as such.

    No background, so that it is readable in light and dark; and not JupyterLab's own class ``alert``,
    which prints orange on orange. Where a reader drops the style, a bold title and the text remain.
    """
    name = f' id="{html.escape(anchor)}"' if anchor else ""
    style = f"border: 1px solid #8a8f98; border-left: 6px solid {COLOURS[colour]}; padding: 4px 16px; margin: 14px 0"
    parts = [f'<div{name} style="{style}">', f"**{title}**" if title else "", body]
    return "\n\n".join([part for part in parts if part] + ["</div>"])


def fold(summary: str, body: str, anchor: str = "") -> str:
    """Something to unfold; `summary` is HTML."""
    name = f' id="{html.escape(anchor)}"' if anchor else ""
    return f"<details{name}>\n<summary><b>{summary}</b></summary>\n\n{body}\n\n</details>"


def fence(code: str, language: str = "python") -> str:
    """A listing."""
    marks = "`" * max(3, 1 + max((len(m) for m in re.findall(r"`{3,}", code)), default=0))
    return f"{marks}{language}\n{code.strip(chr(10))}\n{marks}"


@directive("admonition", *BOXES)
def admonition(block, context):
    """A box with a title; folded, where its class says so."""
    classes = block.options.get("class", "").split()
    title = block.argument
    body = block.body
    if block.name != "admonition":
        body = "\n\n".join(part for part in (block.argument, block.body) if part)
        title = {"seealso": "See also"}.get(block.name, block.name.capitalize())
    body = context.markdown(body)
    if "dropdown" in classes:
        return fold(context.heading(title), body)
    colour = BOXES.get(block.name) or next((BOXES[c] for c in classes if c in BOXES), "info")
    return box(colour, context.markdown(title), body)


@directive("dropdown")
def dropdown(block, context):
    """A fold."""
    return fold(context.heading(block.argument or "More"), context.markdown(block.body))


@directive("exercise", "exercise-start")
def exercise(block, context):
    """A box with the number that the exercise has in the book."""
    title = f"Exercise {context.number('exercise')}"
    label = block.options.get("label", "")
    name = f" ({context.markdown(block.argument)})" if block.argument else ""
    if label:
        context.register(label, f"exercise-{label}", title)
        context.names[label] = context.heading(title + name)
    return box("success", title + name, context.markdown(block.body), f"exercise-{label}" if label else "")


@directive("solution")
def solution(block, context):
    """A fold that names its exercise, which stands before it on the page."""
    if block.argument not in context.names:
        raise MystError(f"a solution to {block.argument!r}, which is no exercise above it")
    return fold(f"Solution to {context.names[block.argument]}", context.markdown(block.body))


@directive(*(f"prf:{name}" for name in PROOFS))
def theorem(block, context):
    """A box with its number."""
    kind = block.name.removeprefix("prf:").capitalize()
    title = kind if "nonumber" in block.options else f"{kind} {context.number(block.name)}"
    label = block.options.get("label", "")
    if label:
        context.register(label, label, title)
    name = f" ({context.markdown(block.argument)})" if block.argument else ""
    return box("info", title + name, context.markdown(block.body), label)


@directive("prf:proof")
def proof(block, context):
    """A proof, to its little square."""
    body = "\n\n".join(part for part in (block.argument, block.body) if part)
    return f"*Proof.* {context.markdown(body)} ∎"


@directive("literalinclude")
def included_code(block, context):
    """The lines themselves, read by Sphinx's own reader; an equation's label becomes its number."""
    options = {}
    for name, value in block.options.items():
        if name not in LiteralInclude.option_spec:
            raise MystError(f"the option {name!r} of literalinclude")
        options[name] = LiteralInclude.option_spec[name](value or None)
    path = (context.page.path.parent / block.argument).resolve()
    reader = LiteralIncludeReader(str(path), options, SimpleNamespace(source_encoding="utf-8"))
    code, _ = reader.read()
    return fence(numbered(code, context), block.options.get("language", "python"))


def numbered(code: str, context) -> str:
    """Code whose comments name equations by their numbers."""

    def number(match):
        target = context.book.targets.get(match[0])
        return target.text if target else match[0]

    return re.sub(r"(?<=[\s#;,(])eq:[\w-]+", number, code)


@directive("code-block", "code", "sourcecode", "code-cell")
def code_block(block, context):
    """A listing."""
    return fence(block.body, block.argument)


@directive("math")
def math(block, context):
    """A formula."""
    return context.formula(
        "\n".join(p for p in (block.argument, block.body) if p), block.options.get("label", "")
    )


@directive("image", "figure")
def figure(block, context):
    """A picture, and what stands below it."""
    drawn = picture(block.argument, block.options.get("alt", ""), context, block.options.get("width", ""))
    if block.name == "image" or not block.body:
        return drawn
    label, number = block.options.get("name", ""), context.number("figure")
    if label:
        context.register(label, label, f"Fig. {number}")
    anchor = f'<div id="{html.escape(label)}"></div>\n\n' if label else ""
    return f"{anchor}{drawn}\n\n**Fig. {number}** {context.markdown(block.body)}"


@directive("glossary")
def glossary(block, context):
    """Terms in bold, each an anchor, with their explanations."""
    out = []
    for entry in re.split(r"\n(?=\S)", block.body.strip("\n")):
        term, _, meaning = entry.partition("\n")
        anchor = "term-" + re.sub(r"[^\w]+", "-", term.lower()).strip("-")
        context.register(f"term:{term.lower()}", anchor, term)
        meaning = " ".join(line.strip() for line in meaning.strip().splitlines())
        out.append(f'<div id="{anchor}"></div>\n\n**{context.markdown(term)}**: {context.markdown(meaning)}')
    return "\n\n".join(out)


@directive("bibliography")
def bibliography(block, context):
    """Every entry."""
    return context.book.bibliography.references(context.book.bibliography.entries)


@directive("grid", "tab-set", "card-carousel", "container", "div", "margin", "sidebar", "epigraph", "topic")
def inside(block, context):
    """What a wrapper holds."""
    items = [b for b in blocks(block.body) if b.name in ("grid-item-card", "card")]
    text = context.markdown(block.body)
    return re.sub(r"\n\n(?=- )", "\n", text) if items else text


@directive("grid-item-card", "card")
def card(block, context):
    """An item of a list, whose title is the link."""
    title, link = block.argument, block.options.get("link", "")
    head = context.markdown(f"[{title}]({link})" if link else title)
    return f"- **{head}** {' '.join(context.markdown(block.body).split())}"


@directive("grid-item", "tab-item")
def part(block, context):
    """A part of a wrapper, under its title."""
    return "\n\n".join(
        p for p in (f"**{block.argument}**" if block.argument else "", context.markdown(block.body)) if p
    )


@directive("table", "list-table")
def table(block, context):
    """A table; one written as a list becomes one of columns."""
    caption = f"*{context.markdown(block.argument)}*\n\n" if block.argument else ""
    if block.name == "table":
        return caption + context.markdown(block.body)
    rows = [re.split(r"^\s+- ?", row, flags=re.M) for row in re.split(r"^\* - ?", block.body, flags=re.M)[1:]]
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    cells.insert(1, ["---"] * len(cells[0]))
    return caption + context.markdown("\n".join(f"| {' | '.join(row)} |" for row in cells))


@directive("raw")
def raw(block, context):
    """HTML as it is; other formats are for other builders."""
    return block.body if block.argument == "html" else None


@directive("exercise-end", "toctree", "tableofcontents", "index")
def nothing(block, context):
    """What only the built book has."""
    return None
