"""What the notebooks need to be a book: numbers that the prose can quote."""

from __future__ import annotations

import numbers

from lstm_course._arguments import as_integer


def fact(name: str, value, digits: int = 6):
    """Make a computed value available to the text as ``{glue:text}`name```.

    Numbers are rounded to `digits` significant digits first, so that the committed notebook does not
    depend on the last bit of somebody's processor.

    Parameters
    ----------
    name : str
        The key under which the text finds it.
    value : float, int or str
        The value, or its text as it should be read.
    digits : int
        Significant digits that are kept of a float.
    """
    from myst_nb import glue

    digits = as_integer("digits", digits, at_least=1)
    if isinstance(value, numbers.Integral):
        value = int(value)
    elif isinstance(value, numbers.Real):
        value = float(f"{float(value):.{digits}g}")
    elif not isinstance(value, str):
        raise TypeError(f"value must be a number or a string, got {type(value).__name__}")
    glue(name, value, display=False)
