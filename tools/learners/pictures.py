"""The outputs of a learner's notebook: texts as they were committed, figures as still pictures.

A figure comes from the copy of the notebook that the book's build executed. It travels as an image
inside HTML, which every notebook editor shows without trusting the file; run, the cell draws it anew,
with its sliders.
"""

from __future__ import annotations

import base64
import copy
import html
import re

import nbformat

KEPT = ("text/plain", "text/markdown")
MARGIN = 12  # in points of the drawing
STYLE = "max-width: 46em; width: 100%; background: white"


def outputs(cell, executed=None) -> list:
    """What to show below a code cell before it is run; `executed` is the same cell of the build's copy."""
    if {"remove-output", "remove-outputs", "remove-cell"} & set(cell.metadata.get("tags", [])):
        return []
    shown = []
    for output in copy.deepcopy((executed or cell).outputs):
        if only_for_the_text(output):
            continue
        if output.output_type == "stream" and shown and shown[-1].get("name") == output.name:
            shown[-1].text += output.text  # a kernel cuts what is printed where it likes
            continue
        if output.output_type == "execute_result":
            output.execution_count = None
        if "data" in output:
            picture = still(output.data.get("text/html", ""))
            output.metadata = nbformat.from_dict({})
            output.data = nbformat.from_dict({k: v for k, v in output.data.items() if k in KEPT})
            if picture:
                output.data["text/html"] = picture
        shown.append(output)
    return shown


def only_for_the_text(output) -> bool:
    """Whether an output is a number for the prose, which is not shown."""
    data = output.get("data")
    return bool(data) and all(kind.startswith("application/papermill.record/") for kind in data)


def still(page_html: str) -> str:
    """The first frame of one of our figures as HTML that asks for nothing; empty for anything else."""
    drawing = re.search(r'aria-label="(?P<alt>[^"]*)">(?P<svg><svg.*?</svg>)', page_html, re.S)
    if not drawing or 'class="gx' not in page_html:
        return ""
    svg = drawing["svg"].replace("<svg ", '<svg style="font-family: sans-serif" ', 1)
    svg = re.sub(r'viewBox="([^"]+)"', _with_margin, svg, count=1)
    data = base64.b64encode(svg.encode()).decode()
    parts = [f'<img alt="{drawing["alt"]}" src="data:image/svg+xml;base64,{data}" style="{STYLE}">']
    sentence = re.search(r'<p class="gx-say"[^>]*>(.*?)</p>', page_html, re.S)
    if sentence:
        parts += [f"<p>{sentence[1]}</p>", "<p><em>Run this cell to move the figure.</em></p>"]
    caption = re.search(r"<figcaption>(.*?)</figcaption>", page_html, re.S)
    if caption:
        parts.append(f"<p>{caption[1]}</p>")
    return "".join(parts)


def _with_margin(match) -> str:
    """Room for a label at the edge that is wider in the reader's font; an image clips, a page does not."""
    x, y, width, height = map(float, match[1].split())
    return f'viewBox="{x - MARGIN:g} {y:g} {width + 2 * MARGIN:g} {height:g}"'


def as_markdown(cell) -> str:
    """A cell's committed output as text of the page, for a cell that can only run in the repository."""
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/markdown" in data:
            parts.append(data["text/markdown"])
        elif text := output.get("text") or data.get("text/plain"):
            parts.append(f"```text\n{html.unescape(text).rstrip()}\n```")
    return "\n\n".join(parts)
