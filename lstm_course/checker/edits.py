"""Every small slip in a function of the package: a term left out, a sign turned, another name in its place.

`edits` walks through the lines of a function and yields it again and again, each time with one thing done
otherwise, and says what. Only the package's own code is compiled here, never a learner's.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from lstm_course.checker.edit_calls import called_otherwise, counted_otherwise, looped_otherwise
from lstm_course.checker.edit_names import exchanged, other_slopes
from lstm_course.checker.edit_places import Slot, called, places_of, within
from lstm_course.checker.edit_terms import left_out, turned
from lstm_course.checker.mutant import definition_of

_MOST_ROUNDS = 10_000  # of a `while` loop, which an edit may have made endless


class Edit(NamedTuple):
    """A function with one thing done otherwise, and that thing in words."""

    what: str
    function: FunctionType


def edits(function: FunctionType, args: tuple = (), given: Mapping[str, Any] | None = None) -> Iterator[Edit]:
    """Yield a function with one small slip at a time, the likeliest kinds first.

    Parameters
    ----------
    function : function
        Made by ``def`` at the top of a module, without its decorators.
    args, given : tuple and mapping, optional
        Arguments of a call, by place and by name. A name is exchanged for others of the same shape in it.
    """
    definition = definition_of(function)
    definition.decorator_list, definition.returns = [], None
    for argument in (node for node in ast.walk(definition.args) if isinstance(node, ast.arg)):
        argument.annotation = None
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:] or [ast.Pass()]
    _end_loops(definition)
    names = _values(function, definition, args, given or {})
    places = list(places_of(definition))
    for kind in (left_out, turned, called_otherwise, looped_otherwise, counted_otherwise):
        for slot, line in places:
            for what, new in kind(slot.node):
                yield from _compiled(function, definition, slot, new, _said(what, line))
    for slot, line in places:
        for what, new in (*other_slopes(slot.node, names), *exchanged(slot, names)):
            yield from _compiled(function, definition, slot, new, _said(what, line))
    yield from _slopes_everywhere(function, definition, places, names)
    yield from _in_one_line_alone(function, definition, places, names)


def _in_one_line_alone(function, definition, places, names) -> Iterator[Edit]:
    """A slip in what a name stands for, where it is used in one of its lines; in the others it is right."""
    values: dict[str, list[ast.expr]] = {}
    for slot, _ in places:
        if isinstance(slot.node, ast.Assign) and isinstance(slot.node.targets[0], ast.Name):
            values.setdefault(slot.node.targets[0].id, []).append(slot.node.value)
    uses: dict[str, list[tuple[Slot, str]]] = {}
    for slot, line in places:
        if isinstance(slot.node, ast.Name) and isinstance(slot.node.ctx, ast.Load):
            uses.setdefault(slot.node.id, []).append((slot, line))
    for name, at in uses.items():
        if len(at) < 2 or len(values.get(name, ())) != 1:
            continue
        for use, line in at:
            old, use.node = use.node, copy.deepcopy(values[name][0])
            for slot, _ in list(within(use, line)):
                changed = (*left_out(slot.node), *turned(slot.node), *called_otherwise(slot.node))
                for what, new in (*changed, *exchanged(slot, names, dressed=False)):
                    yield from _compiled(
                        function, definition, slot, new, f"{what}, of {name}, in {line} alone"
                    )
            use.node = old


def _said(what: str, line: str) -> str:
    """What is done, and in which line."""
    return what.replace("the loop", line, 1) if line.startswith("the loop") else f"{what} in {line}"


def _compiled(function, definition, slot, new, what) -> Iterator[Edit]:
    if re.search(r"\de-\d", what):  # the tolerance of a loop is no one's slip
        return
    old = slot.node
    slot.node = new
    try:
        made = _function(function, definition)
    except (SyntaxError, ValueError, TypeError):
        return
    finally:
        slot.node = old
    yield Edit(what, made)


def _function(function: FunctionType, definition: ast.FunctionDef) -> FunctionType:
    """What a definition makes, with the globals and defaults of a function."""
    tree = ast.fix_missing_locations(ast.Module([definition], type_ignores=[]))
    names: dict[str, Any] = {}
    space = {**function.__globals__, "_np": np}
    exec(compile(tree, function.__code__.co_filename, "exec", dont_inherit=True), space, names)
    return names[definition.name]


def _end_loops(definition: ast.FunctionDef) -> None:
    """Turn each ``while`` into a ``for`` that ends."""

    class Ends(ast.NodeTransformer):
        def visit_While(self, node):
            self.generic_visit(node)
            stop = ast.If(ast.UnaryOp(ast.Not(), node.test), [ast.Break()], [])
            rounds = ast.parse(f"range({_MOST_ROUNDS})", mode="eval").body
            return ast.For(ast.Name("_", ast.Store()), rounds, [stop, *node.body], [], lineno=node.lineno)

    Ends().visit(definition)


def _values(function, definition, args, given) -> dict[str, Any]:
    """What the names of a function stand for when it returns; empty when it raises."""

    class Locals(ast.NodeTransformer):
        def visit_Return(self, node):
            return ast.copy_location(ast.Return(ast.parse("dict(locals())", mode="eval").body), node)

        def visit_Lambda(self, node):
            return node

        visit_FunctionDef = visit_Lambda

    changed = copy.deepcopy(definition)
    changed.body = [Locals().visit(statement) for statement in changed.body]
    try:
        with np.errstate(all="ignore"):
            found = _function(function, changed)(*copy.deepcopy(args), **given)
    except Exception:  # it may call for arguments that are not at hand
        return {}
    return found if isinstance(found, dict) else {}


def _slopes_everywhere(function, definition, places, values) -> Iterator[Edit]:
    """The same in every line at once, where the slope stands in several."""
    calls: dict[str, list[Slot]] = {}
    for slot, _ in places:
        if isinstance(slot.node, ast.Call) and called(slot.node) == "f_prime":
            calls.setdefault(ast.unparse(slot.node), []).append(slot)
    for slots in calls.values():
        if len(slots) > 1:
            node = slots[0].node
            for what, new in (*called_otherwise(node), *other_slopes(node, values)):
                for slot in slots:
                    slot.node = new
                yield from _compiled(function, definition, slots[0], new, what)
                for slot in slots:
                    slot.node = node
