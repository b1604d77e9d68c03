"""What the lines of a page are, as the book's own parser reads them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.options import options_to_items

ROOT = Path(__file__).resolve().parents[2]
VERBATIM = ("fence", "colon_fence", "code_block", "html_block", "amsmath")


class MystError(ValueError):
    """A construct of a page that has no counterpart in plain Markdown yet."""


@dataclass(frozen=True)
class Block:
    """Some lines of a page, from `start` up to `end`, that are more than text.

    `kind` is directive, math, verbatim, target, footnote or dropped; `name` is the directive's name or
    the label; `indent` is what stands before each line, in a list for example.
    """

    kind: str
    start: int
    end: int
    indent: str = ""
    name: str = ""
    argument: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@functools.cache
def parser() -> MarkdownIt:
    """The parser that the book is built with."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(settings["parse"]["myst_enable_extensions"])
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def blocks(text: str) -> list[Block]:
    """Find, in their order, all lines of a page that are not just text; none lies in another."""
    lines = text.splitlines()
    found: list[Block] = []
    for token in parser().parse(text):
        if token.map is None:
            continue
        start, end = token.map
        if found and start < found[-1].end:
            continue
        end = max(end, start + 1)
        while end > start + 1 and not lines[end - 1].strip():
            end -= 1
        first = lines[start] if start < len(lines) else ""
        block = _block(token, start, end, first[: len(first) - len(first.lstrip(" "))])
        if block is not None:
            if first.lstrip().startswith((">", "- ", "* ")) and block.kind != "verbatim":
                raise MystError(f"a {block.kind} that shares its line with a list or quotation: {first!r}")
            found.append(block)
    return found


def _block(token, start, end, indent) -> Block | None:
    if token.type in ("fence", "colon_fence") and (head := re.match(r"\{([^}]+)\}\s*(.*)", token.info)):
        options, body = split_options(token.content)
        return Block("directive", start, end, indent, head[1], head[2].strip(), options, body)
    if token.type in VERBATIM:
        return Block("verbatim", start, end, indent)
    if token.type in ("math_block", "math_block_label"):
        return Block("math", start, end, indent, name=token.info, body=token.content)
    if token.type == "myst_target":
        return Block("target", start, end, indent, name=token.content)
    if token.type == "footnote_reference_open":
        return Block("footnote", start, end, indent, name=token.meta["label"])
    if token.type in ("myst_line_comment", "myst_block_break"):
        return Block("dropped", start, end, indent)
    if token.type == "dl_open":
        return Block("deflist", start, end, indent)
    return None


def split_options(content: str) -> tuple[dict[str, str], str]:
    """Separate a directive's options, lines ``:name: value`` or a block between ``---``, from its body."""
    lines = content.splitlines()
    if lines and lines[0].strip() == "---":
        end = lines.index("---", 1)
        options, rest = lines[1:end], lines[end + 1 :]
    else:
        end = next((k for k, line in enumerate(lines) if not re.match(r":[\w-]+:", line)), len(lines))
        options, rest = [line[1:] for line in lines[:end]], lines[end:]
    items = options_to_items("\n".join(options))[0] if options else []
    return dict(items), "\n".join(rest).strip("\n")
