"""A mistake as the package's own function, with a named line that computes something else.

``but(lstm_step_backward, dc="dc_t")`` is `lstm_step_backward`, its checks included, but for the line of
dc, which reads ``dc = dc_t``. A line that is renamed, or one more line of the same name, is an error at
once, so a mistake cannot drift away from the function that it is a mistake in.

The expressions are written in this package and compiled as they stand: nothing of a learner's may come
here.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable
from types import EllipsisType, FunctionType
from typing import Any

Change = str | tuple[str | EllipsisType, ...]


def but(function: Callable[..., Any], **changed: Change) -> Callable[..., Any]:
    """Return the function with some of its lines computing something else.

    Parameters
    ----------
    function : callable
        Made by ``def`` at the top of a module whose source is at hand, be it in a zip file.
    **changed : str or tuple
        A line, by what it assigns to, and the expression that it computes now, in the names of the
        function and its module. Of ``total += part`` the part is replaced, of a ``for`` loop what it runs
        over. A name that is unpacked with others, ``a, b = ...``, is computed anew after its line; the
        line as a whole has the name ``"a, b"``. ``return_`` is the returned expression, and each keyword
        of a returned call is a line of its own; ``if_`` is the condition of an ``if``.
        A name with several lines takes a tuple, one entry a line, ``...`` where it stays.

    Returns
    -------
    callable
        It has the name, the docstring and the file of the original.

    Raises
    ------
    ValueError
        When the function has no such line, several of them, or no source; when an expression does not
        parse, uses a name that is not known there, or is the one that the line has already.
    TypeError
        When `function` is not made by ``def``, or a change is of another kind.
    """
    original = inspect.unwrap(function) if callable(function) else function
    if not isinstance(original, FunctionType):
        raise TypeError(f"function must be made by def, got {type(original).__name__}")
    name = original.__qualname__
    definition = definition_of(original)
    if original is not function and not definition.decorator_list:
        raise ValueError(f"function must be the one that does the work, got a wrapper of {name}")
    if original.__code__.co_freevars:
        raise ValueError(f"function must stand at the top of a module, but {name} uses names around it")
    if not changed:
        raise ValueError(f"changed must name at least one line of {name}, got none")
    rewrite = _Rewrite({line: _expressions(line, change) for line, change in changed.items()})
    definition.body = [part for statement in definition.body for part in rewrite.statement(statement)]
    rewrite.check(original)
    code = compile(ast.Module([definition], type_ignores=[]), original.__code__.co_filename, "exec")
    names: dict[str, Any] = {}
    exec(code, original.__globals__, names)
    return names[original.__name__]


@functools.lru_cache(maxsize=256)
def _source(function: FunctionType) -> str:
    """The text of a function, below as many empty lines as its file has lines above it."""
    try:
        lines, first = inspect.getsourcelines(function)
    except OSError as error:
        raise ValueError(
            f"function must come with its source, but that of {function.__qualname__} cannot be read: is the "
            f".py file of {function.__module__} missing?"
        ) from error
    return "\n" * (first - 1) + textwrap.dedent("".join(lines))


def definition_of(function: FunctionType) -> ast.FunctionDef:
    """The ``def`` of a function."""
    text = _source(function)
    try:
        [definition] = ast.parse(text).body
    except (SyntaxError, ValueError):  # a lambda inside an expression
        definition = None
    if not isinstance(definition, ast.FunctionDef) or definition.name != function.__name__:
        raise TypeError(f"function must be made by def, got {function.__qualname__}")
    return definition


def _expressions(line: str, change: Change) -> tuple[ast.expr | None, ...]:
    """What is written for each line of a name; None where it stays."""
    entries = change if isinstance(change, tuple) else (change,)
    written = [isinstance(entry, str) for entry in entries]
    if not any(written) or not all(
        entry is ... or text for entry, text in zip(entries, written, strict=True)
    ):
        raise TypeError(
            f"{line} must be an expression as a string, or a tuple of them and ..., got {change!r}"
        )
    return tuple(None if entry is ... else _parsed(line, entry) for entry in entries)


def _parsed(line: str, text: Any) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{line} must be an expression, got {text!r}: {error.msg}") from None


class _Rewrite(ast.NodeTransformer):
    """Put the new expressions in their places, and note which places there are."""

    def __init__(self, changed: dict[str, tuple[ast.expr | None, ...]]):
        self.changed = changed
        self.found: dict[str, list[int]] = {}  # the numbers of the lines of each name
        self.same: list[str] = []

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        """What stands in the place of a statement."""
        made = self.visit(node)
        return made if isinstance(made, list) else [made]

    def check(self, function: FunctionType) -> None:
        """See that every change has found its line, and that every name in it is known."""
        name, code = function.__qualname__, function.__code__
        if unknown := [line for line in self.changed if line not in self.found]:
            raise ValueError(
                f"changed must name lines of {name}, which are {'; '.join(self.found)}; got {'; '.join(unknown)}"
            )
        for line, expressions in self.changed.items():
            if len(expressions) != len(self.found[line]):
                numbers = ", ".join(map(str, self.found[line]))
                raise ValueError(
                    f"{line} must have one expression for each line of its name in {name} (lines {numbers}), "
                    f"in a tuple with ... where one stays; got {len(expressions)}"
                )
            used = set().union(*(_free_names(expression) for expression in expressions if expression))
            known = {*code.co_varnames, *code.co_cellvars, *function.__globals__, *vars(builtins)}
            if strange := sorted(used - known):
                raise ValueError(f"{line} must use names of {name}, got {', '.join(strange)}")
        if self.same:
            raise ValueError(f"{self.same[0]} must compute something else than it does in {name} already")

    def take(self, line: str, node: ast.AST, old: ast.expr | None) -> ast.expr | None:
        """What this line computes from now on, given what it has computed."""
        numbers = self.found.setdefault(line, [])
        numbers.append(getattr(node, "lineno", 0))
        expressions = self.changed.get(line, ())
        new = expressions[len(numbers) - 1] if len(numbers) <= len(expressions) else None
        if new is None:
            return old
        if old is not None and ast.dump(new) == ast.dump(old):
            self.same.append(line)
        return _moved(new, node)

    def anew(self, node: ast.stmt, targets: list[ast.expr]) -> list[ast.stmt]:
        """One assignment for those of the unpacked names that are computed otherwise."""
        members = [name for target in targets for name in _members(target)]
        if len(targets) == 1 and members == targets:
            return []
        pairs = [(target, self.take(_text(target), node, None)) for target in members]
        pairs = [(target, value) for target, value in pairs if value is not None]
        if not pairs:
            return []
        into, values = zip(*pairs, strict=True)
        line = ast.Assign([ast.Tuple(list(into), ast.Store())], ast.Tuple(list(values), ast.Load()))
        return [_moved(line, node)]

    def visit_Assign(self, node):
        if len(node.targets) == 1:
            node.value = self.take(_text(node.targets[0]), node, node.value)
        return [node, *self.anew(node, node.targets)]

    def visit_AugAssign(self, node):
        node.value = self.take(_text(node.target), node, node.value)
        return node

    visit_AnnAssign = visit_AugAssign

    def visit_For(self, node):
        node.iter = self.take(_text(node.target), node, node.iter)
        first = self.anew(node, [node.target])
        self.generic_visit(node)
        node.body[:0] = first
        return node

    def visit_If(self, node):
        node.test = self.take("if_", node, node.test)
        return self.generic_visit(node)

    def visit_Return(self, node):
        node.value = self.take("return_", node, node.value)
        for keyword in getattr(node.value, "keywords", []):
            if keyword.arg is not None:
                keyword.value = self.take(keyword.arg, keyword, keyword.value)
        return node

    def visit_FunctionDef(self, node):
        """Leave functions inside the function as they are."""
        return node

    visit_ClassDef = visit_Lambda = visit_AsyncFunctionDef = visit_FunctionDef


def _members(target: ast.expr) -> list[ast.expr]:
    """What a target assigns to, one by one."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for part in target.elts for name in _members(part)]
    return [target.value if isinstance(target, ast.Starred) else target]


def _text(target: ast.expr) -> str:
    """A target as it stands in the code, without brackets around a tuple."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return ", ".join(map(ast.unparse, target.elts))
    return ast.unparse(target)


def _moved(new: Any, node: ast.AST) -> Any:
    """Code that is to stand where `node` stands."""
    for part in ast.walk(new):
        ast.copy_location(part, node)
    return new


def _free_names(expression: ast.expr) -> set[str]:
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(expression) if isinstance(node, ast.arg)}
    return {name.id for name in names} - bound
