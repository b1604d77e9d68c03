"""Every numeral and comparison in the book's prose, and what holds it.

    python tools/prose.py [PAGE ...]     list what nothing holds (all pages by default); exit code 1 if any

A numeral is a number in digits or in words: "20", "1e-3", "twice", "a quarter", "sixteen". It is held when

- it is quoted from a cell, {glue:text}`name`, or stands in mathematics, code, a citation or a cross-reference;
- it stands in a sentence, or a part of one, that a cell binds to a condition, ``holds("never below", low > 0)``,
  or to a value, ``given("twenty layers", depth)`` (see `lstm_course.book`);
- the page declares it, in a line ``% given: 2-2-2; three cures`` that the book does not show: for what the
  author sets or counts on the page itself.

A comparison ("larger than", "at most", "never") must be bound by ``holds`` when its sentence has a number. Under
"What to remember" every sentence must be held as a whole, with its conditions.

What is held is held to the letter, as its source has it: with its mathematics, the names of the facts that it quotes,
its references and its code. Numerals inside of these need nothing that holds them where no held words stand around.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from lstm_course.book import NUMERAL

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
SUMMARY = "What to remember"
OPEN, CLOSE, QUOTED = (
    "\ue000",
    "\ue001",
    "\ue002",
)  # around what is no words; QUOTED: around what a cell computes
PIECE = re.compile(f"[{OPEN}{QUOTED}][^{CLOSE}]*{CLOSE}")

COMPARISON = re.compile(
    r"\b(?:never|always|at most|at least|no more than|more than|less than|fewer than|larger|smaller|greater|"
    r"(?<!no )longer|shorter|faster|slower|higher|lower|better|worse|rarer|below|above|beyond|exceeds?|most|nearly all|"
    r"almost all|half of|majority|largest|smallest|outweighs?|dominates?|largest|only|as (?:large|much|many|fast|well))\b",
    re.I,
)
# Words around a numeral that make it a label and no claim: "chapter 12", "step 2 of", "Eq. 3", "[4]".
LABEL = re.compile(
    r"(?:\b(?:chapters?|sections?|exercises?|equations?|figures?|tables?|steps?|parts?|case|version|Python|NumPy|torch|"
    r"Jupyter Book|line|row|page|pages)\s+(?:\d+(?:\s*(?:,|to|and|or|–)\s*)?)*)$",
    re.I,
)


class Text(NamedTuple):
    """A paragraph, heading, cell of a table, caption or alternative text of a page, as its reader sees it."""

    page: str
    place: str  # "cell 12", "line 40"
    section: str
    text: str


class Unheld(NamedTuple):
    """A numeral or comparison that nothing holds."""

    page: str
    place: str
    what: str
    sentence: str

    def __str__(self):
        return f"{self.page}, {self.place}: {self.what!r} in: {self.sentence}"


def parser() -> MarkdownIt:
    """The Markdown of the book."""
    extensions = {"amsmath", "colon_fence", "deflist", "dollarmath", "substitution", "attrs_inline"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


PARSER = parser()
# Directives whose body is no prose, and those whose argument is a name and no title.
NO_PROSE = {
    "bibliography",
    "code",
    "code-block",
    "code-cell",
    "eval-rst",
    "literalinclude",
    "math",
    "raw",
    "toctree",
}
SPOKEN = {"kbd", "learners-zip", "term"}  # roles whose content is read as words
NAMED = {"figure", "glossary", "grid", "image", "mermaid", "solution", "tab-set"}


def piece(kind: str, content: str) -> str:
    """Something in a text that is no words: kept for comparison to the letter, not read for numerals."""
    return f"{QUOTED if kind == 'glue' else OPEN}{kind} {content}{CLOSE}"


def words(text: str) -> str:
    """The words of a text alone, every piece blanked out at its full length."""
    return PIECE.sub(lambda m: ("…" if m[0][0] == QUOTED else "\ufffc") * len(m[0]), text)


def readable(text: str) -> str:
    """A text for the terminal."""
    return PIECE.sub(lambda m: "{" + m[0][1:-1].strip() + "}", text).strip()


def inline_text(children) -> str:
    """The visible text of a paragraph; mathematics, code, roles and what a cell computes as pieces."""
    out = []
    for token in children:
        if token.type == "text":
            out.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            out.append(" ")
        elif token.type == "myst_role" and token.meta["name"] in ("glue:text", "glue"):
            out.append(piece("glue", token.content.partition(":")[0]))
        elif token.type == "myst_role" and (token.meta["name"] in SPOKEN or "<" in token.content):
            out.append(token.content.partition("<")[0])
        elif token.type == "image":
            out.append(inline_text(token.children or []))
        elif token.type == "myst_role":
            out.append(piece(token.meta["name"], token.content))
        elif token.type in ("math_inline", "code_inline", "math_inline_double"):
            out.append(piece(token.type.partition("_")[0], token.content))
    return "".join(out)


def blocks(source: str) -> Iterator[str]:
    """Every piece of prose of a Markdown text, with directives' contents, headings, tables, and listings as pieces."""
    for token in PARSER.parse(source):
        if token.type == "inline":
            yield inline_text(token.children or [])
        elif token.type in ("fence", "colon_fence"):
            directive = re.match(r"\{([\w:-]+)\}\s*(.*)", token.info)
            if not directive:
                yield piece("listing", token.content)
            elif directive[1] not in NO_PROSE:
                if directive[2] and directive[1] not in NAMED:
                    yield from blocks(directive[2])
                body = re.sub(r"\A(?:---\n(?:.*\n)*?---\n|:[\w-]+:.*\n|\s*\n)+", "", token.content)
                yield from blocks(body)


def strings(node: ast.AST) -> str:
    """The constant pieces of a string, f-strings and sums included; what is computed becomes a piece."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(strings(value) for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return strings(node.left) + strings(node.right)
    value = node.value if isinstance(node, ast.FormattedValue) else node
    return piece("glue", ast.unparse(value))


def captions(code: str) -> Iterator[str]:
    """The alternative texts and captions that a cell or module passes to a figure."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in ("alt", "caption"):
                    yield strings(keyword.value)


def calls(code: str, name: str) -> list[str]:
    """The texts that a cell binds with ``holds`` or ``given``."""
    return [
        strings(node.args[0])
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == name and node.args
    ]


def constant_conditions(code: str) -> Iterator[str]:
    """The texts that ``holds`` binds to a literal, which could not become false."""
    for node in ast.walk(ast.parse(code)):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", None) == "holds"
            and any(isinstance(argument, ast.Constant) for argument in node.args[1:])
        ):
            yield strings(node.args[0])


class Page(NamedTuple):
    """The prose of a page, the fragments that cells bind by `holds` and `given`, and what it declares."""

    name: str
    texts: list[Text]
    holds: list[str]
    givens: list[str]
    declared: list[str]
    empty: list[str]  # bound to a literal


def plain(text: str) -> str:
    """Fold white space."""
    return re.sub(r"[\s\u00a0]+", " ", text).strip()


def rendered(text: str) -> str:
    """Words of a page as its reader sees them, so that they may be copied from its source as they stand."""
    return plain(" ".join(blocks(text)))


def declarations(source: str) -> list[str]:
    """What the lines ``% given: ...; ...`` of a Markdown text declare."""
    lines = re.findall(r"^% given:(.*)$", source, re.M)
    return [rendered(item) for line in lines for item in re.split(r"(?<!\\);", line) if item.strip()]


def read_page(path: Path) -> Page:
    """Read a notebook or Markdown page."""
    texts, holds, givens, declared, empty, section = [], [], [], [], [], ""
    if path.suffix == ".ipynb":
        cells = [(f"cell {k}", c.cell_type, c.source) for k, c in enumerate(nbformat.read(path, 4).cells)]
    else:
        cells = [("page", "markdown", path.read_text(encoding="utf-8"))]
    for place, kind, source in cells:
        if kind == "markdown":
            declared += declarations(source)
            for piece in re.split(r"(?m)^(?=#{1,4} )", source):
                heading = re.match(r"#{1,4} (.+)", piece)
                section = heading[1] if heading else section
                texts += [
                    Text(path.name, place, section, plain(text)) for text in blocks(piece) if text.strip()
                ]
        elif kind == "code":
            texts += [Text(path.name, place, section, plain(text)) for text in captions(source)]
            holds += [rendered(text) for text in calls(source, "holds")]
            givens += [rendered(text) for text in calls(source, "given")]
            empty += constant_conditions(source)
    return Page(path.name, texts, holds, givens, declared, empty)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end."""
    start = 0
    for stop in re.finditer(r"[.!?:;](?=[\s”\"')*]|$)+\s*", text):
        yield start, stop.end()
        start = stop.end()
    if start < len(text):
        yield start, len(text)


def spans(text: str, fragments: list[str]) -> list[tuple[int, int]]:
    """Where the fragments occur in a text."""
    return [m.span() for fragment in fragments if fragment for m in re.finditer(re.escape(fragment), text)]


def trailing(sentence: str) -> int:
    """How many characters of punctuation and space end a sentence."""
    return len(sentence) - len(sentence.rstrip(" .!?:;"))


def within(match: re.Match, start: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether a numeral or comparison of the sentence at `start` stands wholly inside one of the ranges."""
    first, last = start + match.start(), start + match.start() + len(match[0].rstrip(" .,"))
    return any(a <= first and last <= b for a, b in ranges)


def unheld_of(page: Page) -> list[Unheld]:
    """Numerals and comparisons of a page that nothing holds, and bindings that hold nothing."""
    found = []
    for text in page.texts:
        held = spans(text.text, page.holds + page.givens + page.declared)
        bound = spans(text.text, page.holds)
        visible = words(text.text)
        for start, end in sentences(visible):
            sentence, shown = visible[start:end], readable(text.text[start:end])
            numerals = [m for m in NUMERAL.finditer(sentence) if not LABEL.search(sentence[: m.start()])]
            where = text.page, text.place
            found += [Unheld(*where, m[0], shown) for m in numerals if not within(m, start, held)]
            if text.section == SUMMARY != text.text and not any(
                a <= start and end - trailing(text.text[start:end]) <= b for a, b in held
            ):
                found.append(Unheld(*where, "the sentence as a whole", shown))
            if numerals or "…" in sentence:
                found += [
                    Unheld(*where, m[0], shown)
                    for m in COMPARISON.finditer(sentence)
                    if not within(m, start, bound)
                ]
    everything = " ¶ ".join(text.text for text in page.texts)
    for kind, fragments in (("holds", page.holds), ("given", page.givens), ("% given", page.declared)):
        for fragment in fragments:
            listing = fragment.startswith(OPEN + "listing")
            if not listing and not re.search(r"[^\W\d]{2}|\d\D+\d", words(fragment)):
                found.append(
                    Unheld(
                        page.name,
                        kind,
                        readable(fragment),
                        "a number alone fits everywhere: quote words beside it",
                    )
                )
            if fragment not in everything:
                found.append(Unheld(page.name, kind, readable(fragment), "this text is not on the page"))
    found += [
        Unheld(page.name, "holds", readable(text), "bound to a literal, which cannot become false")
        for text in page.empty
    ]
    return found


def loose_quotations(page: Page) -> list[Unheld]:
    """Facts quoted where two stand in one sentence, outside of held words: they could be exchanged."""
    found = []
    for text in page.texts:
        held = spans(text.text, page.holds + page.givens + page.declared)
        for start, end in sentences(words(text.text)):
            quoted = [m for m in PIECE.finditer(text.text, start, end) if m[0][0] == QUOTED]
            found += [
                Unheld(text.page, text.place, readable(m[0]), readable(text.text[start:end]))
                for m in quoted
                if len(quoted) > 1 and not within(m, 0, held)
            ]
    return found


def pages() -> list[Path]:
    """Every page of the book that has prose of its own."""
    return [
        path
        for path in sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")])
        if path.name not in {"bibliography.md"}
    ]


def main(arguments: list[str]) -> int:
    """Run the command line."""
    paths = [Path(argument) for argument in arguments] or pages()
    read = [read_page(path) for path in paths]
    found = [unheld for page in read for unheld in unheld_of(page)]
    for unheld in found:
        print(unheld)
    print(f"{len(found)} that nothing holds", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
