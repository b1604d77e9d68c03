"""Whether NumPy is still NumPy: the check computes with the same module as the learner's notebook.

``np.tanh = my_tanh`` in a cell changes what the expected answer is. It is noticed before a verdict is made
from it; and what an answer replaces while it runs is put back.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np

_MODULES: dict[str, ModuleType] = {"np": np, "np.linalg": np.linalg, "np.random": np.random}
_OURS = {
    prefix: {name: value for name, value in vars(module).items() if callable(value)}
    for prefix, module in _MODULES.items()
}


def replaced() -> list[str]:
    """Names of NumPy's functions that are no longer what they were when the checker was loaded."""
    return [
        f"{prefix}.{name}"
        for prefix, ours in _OURS.items()
        for name, value in ours.items()
        if vars(_MODULES[prefix]).get(name) is not value
    ]


def restore() -> None:
    """Put NumPy's own functions back."""
    for prefix, ours in _OURS.items():
        vars(_MODULES[prefix]).update(ours)
