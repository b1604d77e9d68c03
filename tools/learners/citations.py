"""The bibliography: what a citation reads, and the list of what was cited."""

from __future__ import annotations

import re
from pathlib import Path

from pybtex.database import parse_file
from pybtex.plugin import find_plugin

OPEN, CLOSE = "[", "]"


class Bibliography:
    """The entries of a BibTeX file, named by author and year as in the book."""

    def __init__(self, path: Path):
        self.entries = parse_file(str(path), bib_format="bibtex").entries
        self.style = find_plugin("pybtex.style.formatting", "plain")()
        self.backend = find_plugin("pybtex.backends", "markdown")()

    def authors(self, key: str) -> str:
        """``Hochreiter and Schmidhuber``; ``Cho et al.`` for three and more."""
        names = [str(person.rich_last_names[0]) for person in self.entries[key].persons["author"]]
        return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)

    def year(self, key: str) -> str:
        """The year that the entry names."""
        return self.entries[key].fields["year"]

    def cite(self, keys: list[str], *, textual: bool) -> str:
        """Authors and year with a link to the list: in brackets, or as part of the sentence."""
        if textual:
            return ", ".join(f"{self.authors(k)} {OPEN}[{self.year(k)}](#ref-{k}){CLOSE}" for k in keys)
        return OPEN + "; ".join(f"[{self.authors(k)}, {self.year(k)}](#ref-{k})" for k in keys) + CLOSE

    def reference(self, key: str) -> str:
        """One entry as an item of a list."""
        text = self.style.format_entry(key, self.entries[key]).text.render(self.backend)
        text = re.sub(
            r"\\([^*_`\[\]\\])", r"\1", text.replace("\n", " ")
        )  # escapes that Markdown does not need
        return f'- <a id="ref-{key}"></a>{text}'

    def references(self, keys) -> str:
        """The list, by author and year."""
        return "\n".join(
            self.reference(k) for k in sorted(keys, key=lambda k: (self.authors(k), self.year(k)))
        )
