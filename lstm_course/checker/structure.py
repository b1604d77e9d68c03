"""Take nested values apart, into arrays with names: the expected answer, and whatever came instead.

Nothing of a learner's is trusted. What comes in is copied at once into plain NumPy arrays of real
numbers; its own methods never take part in a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np


def _field_names(value) -> list[str] | None:
    """Names of the fields of a dataclass or NamedTuple, else None."""
    if is_dataclass(value) and not isinstance(value, type):
        return [f.name for f in fields(value)]
    return list(value._fields) if isinstance(value, tuple) and hasattr(value, "_fields") else None


def leaves(name: str, value) -> Iterator[tuple[str, Any]]:
    """Everything in a nested value that is not itself a container, as ``params.weights[0]``, array."""
    names = _field_names(value)
    if names is not None:
        for key in names:
            yield from leaves(f"{name}.{key}", getattr(value, key))
    elif isinstance(value, (tuple, list)):
        for k, item in enumerate(value):
            yield from leaves(f"{name}[{k}]", item)
    else:
        yield name, value


def shown_leaves(name: str, value) -> Iterator[tuple[str, Any]]:
    """As `leaves`, but a cache in the layout of the fast passes shows its properties, x, h and the gates.

    Its fields are made for speed; the properties hold the same numbers as the page has them.
    """
    if isinstance(value, tuple) and isinstance(getattr(type(value), "x", None), property):
        names = [key for key, item in vars(type(value)).items() if isinstance(item, property)]
        yield from ((f"{name}.{key}", getattr(value, key)) for key in names)
    else:
        yield from leaves(name, value)


def expected_parts(want, outputs: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The expected answer as named arrays."""
    values = want if len(outputs) > 1 else (want,)
    pairs = zip(outputs, values, strict=True)
    return {part: np.asarray(leaf) for name, value in pairs for part, leaf in leaves(name, value)}


def changed_inputs(inputs: tuple[str, ...], before: tuple, after: tuple) -> tuple[str, ...]:
    """Names of the arguments, or their parts, that a call has written to."""
    changed = []
    for name, old, new in zip(inputs, before, after, strict=True):
        was, now = dict(leaves(name, old)), dict(leaves(name, new))
        if list(was) != list(now):
            changed.append(name)
        changed += [key for key in was if key in now and _differs(was[key], now[key])]
    return tuple(changed)


def _differs(old, new) -> bool:
    if type(old) is not type(new):
        return True
    if type(old) is np.ndarray:
        return old.shape != new.shape or old.dtype != new.dtype or old.tobytes() != new.tobytes()
    return isinstance(old, (int, float, str)) and old != new


@dataclass
class Answer:
    """A learner's answer to one case, as plain arrays.

    `faults` says which parts could not be read, and why; `remarks` says what is odd about the rest, in words
    that follow the names: ``as float64 where float32 is expected``.
    """

    parts: dict[str, np.ndarray] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)


def read_answer(got, want, outputs: tuple[str, ...]) -> Answer:
    """Copy what came into plain arrays, guided by the structure of what was expected.

    Runs in the worker thread: converting a stranger's object may call its methods.
    """
    answer = Answer()
    if len(outputs) == 1:
        _read(outputs[0], got, want, answer)
        return answer
    names = f"({', '.join(outputs)})"
    if got is None:
        fault = f"It returns None instead of {names}. Is the `return` line missing?"
    elif not issubclass(type(got), (tuple, list)):
        fault = f"It returns {describe(got)}, but {len(outputs)} values are expected: {names}."
    elif len(got) != len(outputs):
        fault = f"It returns {_count(len(got))}, but {len(outputs)} are expected: {names}."
    else:
        for name, item, wanted in zip(outputs, got, want, strict=True):
            _read(name, item, wanted, answer)
        return answer
    for name, wanted in zip(outputs, want, strict=True):
        _fail(name, wanted, fault, answer)
    return answer


def _count(n: int) -> str:
    return "1 value" if n == 1 else f"{n} values"


def _fail(name, want, fault, answer):
    answer.faults.update((part, fault) for part, _ in leaves(name, want))


def _read(name, got, want, answer):
    keys = _field_names(want)
    if keys is None and not isinstance(want, (tuple, list)):
        _read_array(name, got, want, answer)
        return
    wanted = [getattr(want, key) for key in keys] if keys else list(want)
    names = [f"{name}.{key}" for key in keys] if keys else [f"{name}[{k}]" for k in range(len(wanted))]
    try:
        items = None if got is None else [getattr(got, key) for key in keys] if keys else None
    except Exception:  # no such attribute, or one that refuses
        items = None
    if items is None and issubclass(type(got), (tuple, list)):
        items = list(got)
        if keys:
            answer.remarks[name] = f"as {describe(got)} where {describe(want)} is expected"
    if items is None or len(items) != len(wanted):
        came = (
            "None"
            if got is None
            else describe(got)
            if items is None
            else f"a {type(got).__name__} of {_count(len(items))}"
        )
        kind = describe(want) if keys else f"a tuple of {_count(len(wanted))}"
        hint = " Is the `return` line missing?" if got is None else ""
        _fail(name, want, f"{name} is {came}, but {kind} is expected.{hint}", answer)
        return
    for child, item, inner in zip(names, items, wanted, strict=True):
        _read(child, item, inner, answer)


def _read_array(name, got, want, answer):
    if got is None:
        answer.faults[name] = f"{name} is None. Is the `return` line missing, or a value in it?"
        return
    if type(got) is tuple and len(got) == 1:
        answer.faults[name] = f"{name} is a tuple of one value. Is there a comma after the returned value?"
        return
    if type(got) is tuple and any(_dimensions(item) >= np.ndim(want) for item in got):
        kind = "one array" if np.ndim(want) else "one number"
        answer.faults[name] = f"{name} is a tuple of {_count(len(got))}, but {kind} is expected."
        return
    try:
        array = np.array(got, copy=True, subok=False)
        readable = type(array) is np.ndarray and array.dtype.kind in "fiub"
    except Exception as error:
        answer.faults[name] = f"{name} is {describe(got)} that NumPy cannot read: {_first_line(error)}"
        return
    if not readable:
        answer.faults[name] = f"{name} is {describe(got)}, but {_kind(want)} is expected."
        return
    answer.parts[name] = array
    if isinstance(want, np.ndarray) and type(got) is not np.ndarray and want.ndim:
        answer.remarks[name] = f"as {describe(got)}, not as a NumPy array"
    elif isinstance(want, (np.ndarray, np.generic)) and array.dtype != want.dtype:
        answer.remarks[name] = f"as {array.dtype} where {want.dtype} is expected: what comes in decides"


def _dimensions(item) -> int:
    """How many axes an array or a number has; -1 for anything else."""
    if type(item) is np.ndarray:
        return item.ndim
    return 0 if isinstance(item, (int, float, np.generic)) else -1


def _first_line(error) -> str:
    try:
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    except Exception:
        return type(error).__name__


def _kind(want) -> str:
    return "an array of real numbers" if np.ndim(want) else "a real number"


def describe(value) -> str:
    """The type of a value in words: "a list", "an array of complex128", "MLPParams"."""
    kind = type(value).__name__
    if type(value) is np.ndarray:
        return f"an array of {value.dtype}"
    if kind[0].isupper():
        return kind
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
