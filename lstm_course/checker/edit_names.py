"""Slips in names: another array of the same shape, the same one squashed, squared, read one row early."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_course.checker.edit_places import Slot

_DRESSED = (  # what a name is turned into, and in which words
    ("1 - {0}", "1 − {0} stands in place of {0}"),
    ("{0} * (1 - {0})", "{0}(1 − {0}) stands in place of {0}"),
    ("1 - {0}**2", "1 − {0}² stands in place of {0}"),
    ("{0}**2", "{0} is squared"),
    ("_np.tanh({0})", "tanh is applied to {0} once more"),
    ("1 / (1 + _np.exp(-{0}))", "the sigmoid is applied to {0} once more"),
    ("abs({0})", "the absolute value of {0} is taken"),
    ("0 * {0}", "{0} is taken to be 0"),
    ("_np.ones_like({0})", "{0} is taken to be 1"),
    ("_np.sign({0})", "the sign of {0} stands in place of {0}"),
    ("-{0}", "the sign of {0} is turned"),
    ("2 * {0}", "{0} counts twice"),
)
_SEQUENCES = (
    ("_np.roll({0}, 1, axis=0)", "{0} is read one row early"),
    ("_np.roll({0}, -1, axis=0)", "{0} is read one row late"),
    ("{0}[::-1]", "{0} is read last row first"),
)


def other_slopes(node, values: Mapping[str, Any]):
    """The slope of f written out in another function's terms, or taken somewhere else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
        return
    if node.func.attr != "f_prime":
        return
    owner, at = ast.unparse(node.func.value), ast.unparse(node.args[0])
    here: Any = values.get(at)
    others = [
        name
        for name, value in values.items()
        if name != at and is_numeric(value) and np.shape(value) == np.shape(here)
    ]
    written = [(f"{owner}.f({at})", f"f({at})"), (at, at), *((name, name) for name in others)]
    for value, name in written:
        for text, words in (
            ("({0}) * (1 - {0})", "{0}(1 − {0})"),
            ("1 - ({0})**2", "1 − {0}²"),
            ("1 - {0}", "1 − {0}"),
            ("1 * {0}", "{0}"),
        ):
            yield (
                f"{words.format(name)} stands in place of f′({at})",
                ast.parse(text.format(value), mode="eval").body,
            )
    for name in others:
        slope = ast.parse(f"{owner}.f_prime({name})", mode="eval").body
        yield f"f′ is taken at {name} and not at {at}", slope


_COUNTED = (
    ("{0} - 1", "{0} − 1 stands in place of {0}"),
    ("{0} + 1", "{0} + 1 stands in place of {0}"),
    ("1 - {0}", "1 − {0} stands in place of {0}"),
    ("abs({0})", "the absolute value of {0} is taken"),
    ("-{0}", "the sign of {0} is turned"),
    ("2 * {0}", "2 {0} stands in place of {0}"),
    ("{0}**2", "{0} is squared"),
    ("0 * {0}", "{0} is taken to be 0"),
    ("1 + 0 * {0}", "{0} is taken to be 1"),
)


def exchanged(slot: Slot, values: Mapping[str, Any], *, dressed: bool = True):
    """Another name of the same shape in its place, or the same one changed, there or from there on."""
    node = slot.node
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        own: Any = values.get(name)
        if is_numeric(own) and not isinstance(node.value, ast.Name):
            for text, what in _dresses(own):
                value = ast.parse(text.format(f"({ast.unparse(node.value)})"), mode="eval").body
                yield f"{what.format(name)} from there on", ast.Assign(node.targets, value)
    if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return
    name = ast.unparse(node)
    own = _look_up(name, values)
    if own is None or (values and not is_numeric(own)):
        return
    for other, value in values.items():
        if other != name and other != "_" and is_numeric(value) and np.shape(value) == np.shape(own):
            yield f"{other} stands in place of {name}", ast.Name(other, ast.Load())
    for text, what in _dresses(own) if dressed else ():
        yield what.format(name), ast.parse(text.format(name), mode="eval").body


def _dresses(own):
    """What may be done to a value: to a number, to an array, to an array over steps, to a square one."""
    if not np.ndim(own):
        return _COUNTED
    square = (("{0}.T", "{0} is transposed"),) if np.ndim(own) == 2 and len(set(np.shape(own))) == 1 else ()
    return (*_DRESSED, *square, *(_SEQUENCES if np.ndim(own) > 2 else ()))


def _look_up(name: str, values: Mapping[str, Any]):
    first, *rest = name.split(".")
    value = values.get(first)
    for part in rest:
        value = getattr(value, part, None)
    return value


def is_numeric(value) -> bool:
    """Whether a value is an array of numbers, or a number."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind in tuple("fiu") or type(value) in (int, float)
