"""What an answer prints: shown, up to a limit, so that a loop which prints cannot flood the notebook."""

from __future__ import annotations

import io
from collections.abc import Callable

MOST = 2000  # characters


class Printed(io.TextIOBase):
    """A stand-in for `sys.stdout` that passes the first `MOST` characters on."""

    encoding = "utf-8"

    def __init__(self, pass_on: Callable[[str], object]):
        self._pass_on, self._left, self._cut = pass_on, MOST, False

    def writable(self) -> bool:
        """Whether one can write to it: yes."""
        return True

    def write(self, text: str) -> int:
        """Pass on what fits; say once that something is left out."""
        shown = text[: self._left]
        if shown:
            self._pass_on(shown)
            self._left -= len(shown)
        if len(shown) < len(text) and not self._cut:
            self._cut = True
            self._pass_on(f"\n... (only the first {MOST} characters of what your function prints)\n")
        return len(text)
