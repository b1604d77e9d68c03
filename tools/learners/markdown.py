"""One page's text in plain Markdown: formulas numbered, everything else handed to its own function."""

from __future__ import annotations

import html
import re
from collections import Counter

from learners import directives
from learners.book import Book, BookError, Page, Target
from learners.myst import Block, MystError, blocks, parser
from learners.references import plain, reference


class Context:
    """What the text of one page needs to know while it is carried over, in order, cell by cell.

    The first time through (`strict` False) the page says what can be pointed to; the second time every
    reference must lead somewhere.
    """

    def __init__(self, book: Book, page: Page, known: dict[str, str], *, strict: bool):
        self.book, self.page, self.strict, self.facts = book, page, strict, known
        self.counters: Counter[str] = Counter()
        self.cited: list[str] = []
        self.notes: dict[str, str] = {}
        self.names: dict[str, str] = {}  # of exercises, for their solutions

    def number(self, kind: str) -> str:
        """The next number of its kind, ``12.4`` in chapter 12."""
        self.counters[kind] += 1
        chapter = self.page.number
        return f"{chapter}.{self.counters[kind]}" if chapter else str(self.counters[kind])

    def register(self, label: str, anchor: str, text: str):
        """Note that something on this page can be pointed to."""
        self.book.register(label, Target(self.page.name, anchor, text))

    def refer(self, label: str, text: str | None = None) -> str:
        """A link to a label of any page."""
        target = self.book.targets.get(label)
        if target is None:
            if self.strict:
                raise MystError(f"a reference to {label!r}, which is nowhere")
            return text or label
        return reference(target, text, self)

    def fact(self, key: str) -> str:
        """What the notebook computed under this name."""
        if key not in self.facts:
            raise MystError(f"the number {key!r}, which no output holds; run `make notebooks`")
        return self.facts[key]

    def cite(self, keys: list[str], *, textual: bool) -> str:
        """A citation, which is remembered for the list at the end."""
        unknown = [key for key in keys if key not in self.book.bibliography.entries]
        if unknown:
            raise MystError(f"the citation {', '.join(unknown)}, which is not in the bibliography")
        self.cited += [key for key in keys if key not in self.cited]
        return self.book.bibliography.cite(keys, textual=textual)

    def footnote(self, label: str) -> str:
        """The mark of a footnote, whose text comes at the end."""
        self.notes.setdefault(label, "")
        return f"<sup>[{list(self.notes).index(label) + 1}](#note-{label})</sup>"

    def markdown(self, text: str) -> str:
        """Carry over the text of a cell, or of a directive."""
        lines, out, at = text.splitlines(), [], 0
        for block in blocks(text):
            out.append(self.prose(lines[at : block.start]))
            replaced = self.block(block, lines)
            if replaced is not None:
                out.append("\n".join((block.indent + line).rstrip() for line in replaced.split("\n")))
            at = block.end
        out.append(self.prose(lines[at:]))
        return re.sub(r"\n{3,}(?=\S)", "\n\n", "\n".join(part for part in out if part is not None)).strip(
            "\n"
        )

    def prose(self, lines: list[str]) -> str | None:
        """Lines that are only text."""
        return plain("\n".join(lines), self) if lines else None

    def block(self, block: Block, lines: list[str]) -> str | None:
        """Lines that are more than text."""
        if block.kind == "verbatim":
            own = "\n".join(lines[block.start : block.end])
            if re.match(r"\s*\\begin\{", own):
                raise MystError("a bare LaTeX environment; put it between $$")
            return "\n".join(line.removeprefix(block.indent) for line in own.split("\n"))
        if block.kind == "math":
            return self.formula(block.body, block.name)
        if block.kind == "target":
            heading = next((line for line in lines[block.end :] if line.strip()), "")
            title = re.match(r"#+\s+(.*)", heading)
            self.register(block.name, block.name, plain(title[1], self) if title else block.name)
            return f'<div id="{html.escape(block.name)}"></div>\n'
        if block.kind == "footnote":
            body = "\n".join(lines[block.start : block.end])
            self.notes[block.name] = plain(re.sub(r"^\[\^[^\]]+\]:\s*", "", body), self)
            return None
        if block.kind == "deflist":
            return self.definitions(lines[block.start : block.end])
        if block.kind == "dropped":
            return None
        if block.name not in directives.DIRECTIVES:
            raise MystError(f"the directive {{{block.name}}}")
        return directives.DIRECTIVES[block.name](block, self)

    def formula(self, body: str, label: str) -> str:
        """A displayed formula: with its number and an anchor before it, if it has a label."""
        body = body.strip("\n").strip()
        if "\n\n" in body:
            raise MystError("a formula with an empty line")
        if breaks_outside(body):
            body = f"\\begin{{split}}\n{body}\n\\end{{split}}"
        if not label:
            return f"$$\n{body}\n$$"
        number = self.number("equation")
        anchor = label.replace(":", "-")
        self.register(label, anchor, f"({number})")
        return f'<div id="{anchor}"></div>\n\n$$\n{body} \\tag{{{number}}}\n$$'

    def definitions(self, lines: list[str]) -> str:
        """A list of terms, each in bold, its explanation below."""
        out = []
        for line in lines:
            explained = re.match(r"\s*:\s+(.*)", line)
            out.append(f"\n{explained[1]}\n" if explained else f"**{line.strip()}**" if line.strip() else "")
        return plain("\n".join(out).strip("\n"), self)

    def heading(self, text: str) -> str:
        """A title as HTML, for places where Markdown is not read."""
        return parser().renderInline(plain(text, self)).strip()


def breaks_outside(formula: str) -> bool:
    r"""Whether a formula has a line break ``\\`` outside of all environments, which Sphinx would wrap."""
    depth = 0
    for token in re.findall(r"\\begin\b|\\end\b|\\\\|\\substack\b", formula):
        depth += (token == r"\begin") - (token == r"\end")
        if token == r"\\" and depth == 0:
            return True
    return False


def page_in_markdown(book: Book, page: Page, known: dict[str, str], *, strict: bool) -> tuple[list[str], str]:
    """Carry over all Markdown cells of a page; `known` are the facts that the text quotes.

    Returns
    -------
    list of str
        One text for each Markdown cell.
    str
        What comes at the end: footnotes and the list of references, or nothing.
    """
    context = Context(book, page, known, strict=strict)
    texts = []
    for k, cell in enumerate(page.notebook.cells):
        if cell.cell_type != "markdown":
            continue
        try:
            texts.append(context.markdown(cell.source))
        except (MystError, BookError, KeyError, ValueError) as error:
            raise BookError(f"{page.path.name}, cell {k}: {error}") from error
    missing = [label for label, text in context.notes.items() if not text]
    if missing:
        raise BookError(f"{page.path.name}: no text for the footnotes {', '.join(missing)}")
    ending = []
    if context.notes:
        notes = [f'{k}. <a id="note-{n}"></a>{t}' for k, (n, t) in enumerate(context.notes.items(), start=1)]
        ending.append("## Notes\n\n" + "\n".join(notes))
    if context.cited and page.name != "bibliography":
        ending.append("## References\n\n" + book.bibliography.references(context.cited))
    return texts, "\n\n".join(ending)
