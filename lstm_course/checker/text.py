"""Numbers, arrays and whole cases as short text: at most 78 columns, no line that depends on the machine."""

from __future__ import annotations

import textwrap

import numpy as np

from lstm_course.checker.structure import describe, shown_leaves

WIDTH = 78
_MOST_ENTRIES = 24
_MOST_LINES = 18


def wrap(text: str, indent: str = "") -> str:
    """Break a sentence or three at `WIDTH` columns."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def listed(words) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def array_text(array: np.ndarray, digits: int, indent: int, after: int = 0) -> str | None:
    """An array as nested lists, on several lines if it must be; None when it is too large to read.

    It begins in column `indent`, and leaves room for `after` characters behind it.
    """
    array = np.asarray(array)
    if array.size > _MOST_ENTRIES or array.size == 0:
        return None
    text = _nested(array, digits)
    if indent + len(text) + after <= WIDTH:
        return text
    if array.ndim < 2:
        return None
    rows = [_nested(row, digits) for row in array]
    if indent + 3 + max(map(len, rows)) + after > WIDTH:
        return None
    return "[" + (",\n" + " " * (indent + 1)).join(rows) + "]"


def _nested(array, digits) -> str:
    if array.ndim == 0:
        return f"{array:.{digits}g}"
    return "[" + ", ".join(_nested(item, digits) for item in array) + "]"


def size_text(array: np.ndarray) -> str:
    """What can be said of an array that is too large to print."""
    return f"array of shape {array.shape}, {array.dtype}"


def inputs_block(inputs: tuple[str, ...], args: tuple) -> str:
    """The arguments of a case, one a line, nested ones taken apart."""
    pairs = [pair for name, arg in zip(inputs, args, strict=True) for pair in shown_leaves(name, arg)]
    hidden = max(0, len(pairs) - _MOST_LINES)
    pairs = pairs[: len(pairs) - hidden]
    width = max(len(name) for name, _ in pairs)
    lines = []
    for name, value in pairs:
        start = f"    {name:<{width}} = "
        lines.append(start + _value_text(value, len(start)))
    if hidden:
        lines.append(f"    ... and {hidden} more")
    return "\n".join(lines)


def _value_text(value, indent) -> str:
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype == np.float64 else f" ({value.dtype})"
        text = array_text(value, 6, indent, len(kind))
        return size_text(value) if text is None else text + kind
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value) if isinstance(value, (str, int)) or callable(value) else describe(value)


def comparison(part: str, want: np.ndarray, got: np.ndarray) -> str:
    """Expected and got, printed in full when small, else at the entry that is furthest off.

    As many digits as it takes to see that they differ.
    """
    indent = len(f"    got      {part} = ")
    for digits in (6, 9, 12, 17):
        shown = [array_text(array, digits, indent) for array in (want, got)]
        if None in shown or shown[0] != shown[1]:
            break
    if None not in shown:
        return f"    expected {part} = {shown[0]}\n    got      {part} = {shown[1]}"
    if want.shape != got.shape:
        return f"    expected {part}: {size_text(want)}\n    got      {part}: {size_text(got)}"
    with np.errstate(all="ignore"):
        off = np.abs(np.asarray(got, float) - np.asarray(want, float))
    off[(got == want) | (np.isnan(got) & np.isnan(want))] = 0  # two infinities are no NaN apart
    worst = np.unravel_index(int(np.argmax(off)), want.shape)  # NaN counts as the largest
    at = f"{part}[{', '.join(str(int(k)) for k in worst)}]"
    return f"    expected {at} = {want[worst]:.9g}\n    got      {at} = {got[worst]:.9g}\n" + (
        f"    (the entry that is furthest off, in an {size_text(want)})"
    )
