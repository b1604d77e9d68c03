"""From a matplotlib figure to an SVG that a page can wear.

The drawing follows the page: every colour of the house palette becomes a CSS variable, so one SVG
serves light mode, dark mode and JupyterLab's themes. Several drawings of one figure become one SVG
and a table of the places where they differ, which is what the sliders of the book move.
"""

from __future__ import annotations

import html
import io
import itertools
import os
import re
import xml.etree.ElementTree as ET

from lstm_course.figures import FALLBACK, PALETTE, style

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
GEOMETRY = {"d", "x", "y", "x1", "x2", "y1", "y2", "transform", "width", "height", "points"}
MODES = ("live", "html", "text")
_uids = itertools.count(1)


def mode() -> str:
    """How figures show themselves: ``live`` (Jupyter), ``html`` (the book) or ``text`` (tests).

    Chosen by the environment variable ``LSTM_COURSE_FIGURES``; ``live`` unless it is set.
    """
    value = os.environ.get("LSTM_COURSE_FIGURES", "live")
    if value not in MODES:
        raise ValueError(f"LSTM_COURSE_FIGURES must be one of {', '.join(MODES)}, got {value!r}")
    return value


def next_uid() -> str:
    """A name that no other figure of this page has (one page is one kernel)."""
    return f"gx{next(_uids)}"


def themed_svg(figure, uid: str) -> ET.Element:
    """Draw a figure as a small SVG tree whose colours and ids belong to the page.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn with `lstm_course.figures.style`; text must be plain Unicode (no ``$…$``), since it
        stays text in the page.
    uid : str
        Prefix of every id in the drawing.

    Returns
    -------
    xml.etree.ElementTree.Element
        The ``<svg>`` element.

    Raises
    ------
    ValueError
        When a visible text of the figure contains mathtext.
    """
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    plt.close(figure)  # or else it would stay open, and Jupyter would show it once more
    if mathtext := re.search(
        r"<!-- (.*?) -->", buffer.getvalue(), re.S
    ):  # what matplotlib comments on, alone
        raise ValueError(f"figure texts must be plain Unicode, got mathtext {mathtext[1]!r}")
    root = ET.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        parent.tail = None
        parent.text = parent.text if parent.tag == f"{{{SVG}}}text" else None
        for child in list(parent):
            if child.tag == f"{{{SVG}}}metadata":
                parent.remove(child)
    _drop_empty(root)
    kept = {e.get("id") for d in root.iter(f"{{{SVG}}}defs") for e in d.iter()}
    for element in root.iter():
        element.tag = element.tag.replace(f"{{{SVG}}}", "")
        if XLINK in element.attrib:
            element.set("href", element.attrib.pop(XLINK))
        if element.get("id") not in kept:
            element.attrib.pop("id", None)
        for name, value in element.attrib.items():
            element.set(name, _theme(name, value, uid))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("xmlns", SVG)
    root.set("overflow", "visible")  # a label at the edge is wider in some fonts
    return root


def _drop_empty(element):
    """Remove groups and definitions without content, such as matplotlib's repeated style sheet."""
    for child in list(element):
        _drop_empty(child)
        tag = child.tag.replace(f"{{{SVG}}}", "")
        if tag in ("g", "defs", "style") and len(child) == 0:
            element.remove(child)


def _theme(name, value, uid):
    if name in GEOMETRY:
        value = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
        return re.sub(r"\s+", " ", value).strip()
    if name == "id":
        return f"{uid}-{value}"
    if name in ("href", "clip-path"):
        return value.replace("#", f"#{uid}-")
    if name == "style":
        value = re.sub(r"#[0-9a-f]{6}", lambda m: _variable(m[0]), value)
        value = re.sub(r"(-?\d+\.\d{2})\d+", r"\1", value)
        # matplotlib names its own font; the page's is the one that is there
        return re.sub(r"font(-family)?: [^;]*; *", lambda m: _font_size(m[0]), value)
    return value


def _font_size(font):
    size = re.search(r"[\d.]+px", font)
    return f"font-size: {size[0]}; " if size else ""


def _variable(colour):
    name = PALETTE.get(colour)
    return f"var(--gx-{name}, {FALLBACK.get(name, colour)})" if name else colour


def to_text(element: ET.Element) -> str:
    """Serialise a drawing for a page."""
    return ET.tostring(element, encoding="unicode", short_empty_elements=True)


def differences(frames: list[ET.Element]) -> list[tuple[str, str, list[str], list[int]]]:
    """Where several drawings of one figure differ.

    Parameters
    ----------
    frames : list of xml.etree.ElementTree.Element
        Drawings from `themed_svg` with the same `uid`.

    Returns
    -------
    list of (path, attribute, values, index)
        `path` leads from the root to an element by child numbers, ``"0.2.1"``. `attribute` is its
        name, ``""`` for the element's text, ``"*"`` for everything inside (where the structure itself
        differs). Frame k has ``values[index[k]]`` there; None stands for an absent attribute.
    """
    slots: list[tuple[str, str, list[str], list[int]]] = []

    def note(path, attribute, values):
        unique = list(dict.fromkeys(values))
        if len(unique) > 1:
            slots.append((path, attribute, unique, [unique.index(v) for v in values]))

    def walk(path, elements):
        for name in sorted(set().union(*(e.attrib for e in elements))):
            note(path, name, [e.get(name) for e in elements])
        if len({tuple(child.tag for child in e) for e in elements}) > 1:
            note(path, "*", ["".join(to_text(child) for child in e) for e in elements])
            return
        note(path, "", [e.text for e in elements])
        for k, children in enumerate(zip(*elements, strict=True)):
            walk(f"{path}.{k}" if path else str(k), children)

    walk("", frames)
    return slots


class Still:
    """A drawing without sliders, with its alternative text and caption."""

    def __init__(self, figure, alt: str, caption: str = ""):
        if not alt.strip():
            raise ValueError("alt must describe the figure, got an empty string")
        self.figure, self.alt, self.caption = figure, alt, caption

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": f"<Figure: {self.alt}>"}
        svg = to_text(themed_svg(self.figure, next_uid()))
        if mode() != "text":
            width = ' style="max-width: 46em; margin: 0"' if mode() == "live" else ""
            bundle["text/html"] = (
                f'<figure class="gx"{width}><div class="gx-view" role="img" aria-label="{html.escape(self.alt)}">'
                f"{svg}</div>{caption_html(self.caption)}</figure>"
            )
        return bundle


def caption_html(caption: str) -> str:
    """The caption's element, or nothing."""
    return f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""


def show(axes, *, alt: str, caption: str = "") -> Still:
    """Show a matplotlib Axes or Figure in the notebook and in the book.

    Parameters
    ----------
    axes : matplotlib.axes.Axes or matplotlib.figure.Figure
        What a ``plot_…`` function of `lstm_course.figures` returned.
    alt : str
        What the picture shows, for those who do not see it.
    caption : str
        A line under the picture.
    """
    import matplotlib.pyplot as plt

    figure = getattr(axes, "figure", axes)
    plt.close(figure)  # or else Jupyter would show it once more
    return Still(figure, alt, caption)
