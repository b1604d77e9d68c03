"""The places in a function of the package where a slip may happen, and how they are called in words."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

_CHECKS = ("as_", "check_", "choose", "unchecked_")
_TEXT_WIDTH = 46


class Slot:
    """A place in the tree that holds an expression, and can hold another for a while."""

    def __init__(self, parent: ast.AST, name: str, index: int | None = None):
        self.parent, self.name, self.index = parent, name, index

    @property
    def node(self):
        """What it holds."""
        held = getattr(self.parent, self.name)
        return held if self.index is None else held[self.index]

    @node.setter
    def node(self, value):
        """Let it hold something else."""
        if self.index is None:
            setattr(self.parent, self.name, value)
        else:
            getattr(self.parent, self.name)[self.index] = value


def places_of(definition: ast.FunctionDef) -> Iterator[tuple[Slot, str]]:
    """Every expression in the lines that compute something, with the name of its line."""
    for k in range(len(definition.args.defaults)):
        yield Slot(definition.args, "defaults", k), "the default"
    for place in _statements(definition):
        statement = place.node
        yield place, _line_of(statement)
        if isinstance(statement, (ast.For, ast.If)):
            inner = Slot(statement, "iter" if isinstance(statement, ast.For) else "test")
            yield from within(inner, _line_of(statement))
        if getattr(statement, "value", None) is None:
            continue
        value, line = statement.value, _line_of(statement)
        if isinstance(value, ast.Call) and called(value).startswith(_CHECKS):
            continue
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
            yield Slot(statement, "targets", 0), line
        yield from within(Slot(statement, "value"), line)


def _statements(definition: ast.FunctionDef) -> Iterator[Slot]:
    """The place of every statement."""
    for parent in ast.walk(definition):
        for name in ("body", "orelse"):
            held = getattr(parent, name, None)
            if isinstance(held, list):
                yield from (Slot(parent, name, k) for k in range(len(held)))


def _line_of(statement: ast.stmt) -> str:
    """How a line is called: by what it computes."""
    if isinstance(statement, ast.Assign):
        return f"the line of {short(statement.targets[0])}"
    if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        return f"the line of {short(statement.target)}"
    if isinstance(statement, ast.For):
        return f"the loop over {short(statement.target)}"
    if isinstance(statement, ast.Return):
        return "what is returned"
    return f"the line {short(statement)}" if isinstance(statement, ast.Expr) else "a condition"


def within(slot: Slot, line: str) -> Iterator[tuple[Slot, str]]:
    """An expression and all inside it; not the function that a call names."""
    node = slot.node
    yield slot, line
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and name == "func":
            if isinstance(value, ast.Attribute) and not is_module(value.value):
                yield from within(Slot(value, "value"), line)
        elif isinstance(value, ast.expr):
            yield from within(Slot(node, name), line)
        elif isinstance(value, list):
            for k, item in enumerate(value):
                if isinstance(item, ast.expr):
                    yield from within(Slot(node, name, k), line)
                elif isinstance(item, ast.keyword) and item.arg not in ("axis", "dtype", "out", "strict"):
                    yield from within(Slot(item, "value"), line)
                elif isinstance(item, ast.comprehension):
                    yield from within(Slot(item, "iter"), line)


def called(node: ast.Call) -> str:
    """The name of a function or method that is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def is_module(node: ast.expr) -> bool:
    """Whether this is a module, so that what follows the dot is no method."""
    return isinstance(node, ast.Name) and node.id in ("np", "math", "functools", "itertools")


def is_transposed(node: ast.expr) -> bool:
    """Whether this ends in ``.T``."""
    return isinstance(node, ast.Attribute) and node.attr == "T"


def plain(node: ast.expr) -> ast.expr:
    """The same without ``.T``."""
    return node.value if isinstance(node, ast.Attribute) and is_transposed(node) else node


def transposed(node: ast.expr) -> ast.expr:
    """The same with ``.T``, or without it where it has one."""
    return plain(node) if is_transposed(node) else ast.Attribute(node, "T", ast.Load())


def indexed(node: ast.expr, index: ast.expr) -> ast.expr:
    """An entry of it."""
    return ast.Subscript(node, index, ast.Load())


def bracketed(node: ast.expr) -> str:
    """It as text, in brackets where it is a sum."""
    text = short(node)
    return f"({text})" if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) else text


class _Unchecked(ast.NodeTransformer):
    """Put an argument itself in the place of its check, ``as_array("x", x, ...)``."""

    def visit_Call(self, node):
        if called(node).startswith("as_") and len(node.args) > 1:
            return self.visit(node.args[1])
        return self.generic_visit(node)


def short(node: ast.AST) -> str:
    """It as text, cut where it is long."""
    text = ast.unparse(_Unchecked().visit(copy.deepcopy(node))).replace(" ** 2", "²")
    if isinstance(node, ast.Tuple):
        text = text.removeprefix("(").removesuffix(")")
    return text if len(text) <= _TEXT_WIDTH else f"{text[: _TEXT_WIDTH - 4]} ..."
