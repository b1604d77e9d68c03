"""Every small slip in a function of the package: a term left out, a sign turned, another name in its place.

`edits` walks through the lines of a function and yields it again and again, each time with one thing done
otherwise, and says what. Only the package's own code is compiled here, never a learner's.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from itertools import combinations
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from lstm_course.checker.mutant import definition_of

_MOST_ROUNDS = 10_000  # of a `while` loop, which an edit may have made endless
_CHECKS = ("as_", "check_", "choose", "unchecked_")
_TEXT_WIDTH = 46


class Edit(NamedTuple):
    """A function with one thing done otherwise, and that thing in words."""

    what: str
    function: FunctionType


class _Slot:
    """A place in the tree that holds an expression, and can hold another for a while."""

    def __init__(self, parent: ast.AST, name: str, index: int | None = None):
        self.parent, self.name, self.index = parent, name, index

    @property
    def node(self):
        held = getattr(self.parent, self.name)
        return held if self.index is None else held[self.index]

    @node.setter
    def node(self, value):
        if self.index is None:
            setattr(self.parent, self.name, value)
        else:
            getattr(self.parent, self.name)[self.index] = value


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
    places = list(_places(definition))
    for kind in (_left_out, _turned, _called_otherwise, _looped_otherwise, _counted_otherwise):
        for slot, line in places:
            for what, new in kind(slot.node):
                yield from _compiled(function, definition, slot, new, f"{what} in {line}")
    for slot, line in places:
        for what, new in _exchanged(slot, names):
            yield from _compiled(function, definition, slot, new, f"{what} in {line}")


def _compiled(function, definition, slot, new, what) -> Iterator[Edit]:
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


def _places(definition: ast.FunctionDef) -> Iterator[tuple[_Slot, str]]:
    """Every expression in the lines that compute something, with the name of its line."""
    for place in _statements(definition):
        statement = place.node
        yield place, _line_of(statement)
        if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and statement.value is not None:
            pass
        elif isinstance(statement, ast.Return) and statement.value is not None:
            pass
        elif isinstance(statement, (ast.For, ast.If)):
            inner = _Slot(statement, "iter" if isinstance(statement, ast.For) else "test")
            yield from _within(inner, _line_of(statement))
            continue
        elif not isinstance(statement, ast.Expr):
            continue
        value, line = statement.value, _line_of(statement)
        if isinstance(value, ast.Call) and _called(value).startswith(_CHECKS):
            continue
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
            yield _Slot(statement, "targets", 0), line
        yield from _within(_Slot(statement, "value"), line)


def _statements(definition: ast.FunctionDef) -> Iterator[_Slot]:
    """The place of every statement."""
    for parent in ast.walk(definition):
        for name in ("body", "orelse"):
            held = getattr(parent, name, None)
            if isinstance(held, list):
                yield from (_Slot(parent, name, k) for k in range(len(held)))


def _line_of(statement: ast.stmt) -> str:
    """How a line is called: by what it computes."""
    if isinstance(statement, ast.Assign):
        return f"the line of {_short(statement.targets[0])}"
    if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        return f"the line of {_short(statement.target)}"
    if isinstance(statement, ast.For):
        return f"the loop over {_short(statement.target)}"
    return "what is returned" if isinstance(statement, ast.Return) else "a condition"


def _within(slot: _Slot, line: str) -> Iterator[tuple[_Slot, str]]:
    """An expression and all inside it; not the function that a call names."""
    node = slot.node
    yield slot, line
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and name == "func":
            if isinstance(value, ast.Attribute) and not _is_module(value.value):
                yield from _within(_Slot(value, "value"), line)
        elif isinstance(value, ast.expr):
            yield from _within(_Slot(node, name), line)
        elif isinstance(value, list):
            for k, item in enumerate(value):
                if isinstance(item, ast.expr):
                    yield from _within(_Slot(node, name, k), line)
                elif isinstance(item, ast.keyword) and item.arg not in ("axis", "dtype", "out", "strict"):
                    yield from _within(_Slot(item, "value"), line)
                elif isinstance(item, ast.comprehension):
                    yield from _within(_Slot(item, "iter"), line)


# --- the kinds of slips: each takes a node and yields what is done and the node in its place -----------------


def _left_out(node):
    """A term, a factor, a square, a function left out."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add):
            yield f"the term {_short(right)} is left out", left
            yield f"the term {_short(left)} is left out", right
        elif isinstance(node.op, ast.Sub):
            if isinstance(left, ast.Constant):
                yield f"{_short(right)} stands in place of {_short(node)}", right
            else:
                yield f"the term −{_bracketed(right)} is left out", left
                yield f"the term {_short(left)} is left out", ast.UnaryOp(ast.USub(), right)
        elif isinstance(node.op, ast.Mult):
            yield f"the factor {_short(right)} is left out", left
            yield f"the factor {_short(left)} is left out", right
            yield from _slope_left_out(left, right)
        elif isinstance(node.op, (ast.Div, ast.FloorDiv)):
            yield f"the division by {_short(right)} is left out", left
        elif isinstance(node.op, ast.MatMult):
            yield f"the product with {_short(right)} is left out", left
            yield f"the product with {_short(left)} is left out", right
        elif isinstance(node.op, ast.Pow):
            square = isinstance(right, ast.Constant) and right.value == 2
            yield f"the {'square' if square else 'power'} of {_short(left)} is left out", left
    elif isinstance(node, ast.Call) and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield f"{_called(node)} is left out before {_short(node.args[0])}", node.args[0]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        if node.func.attr in ("sum", "mean", "prod", "cumsum"):
            yield f"the {node.func.attr} of {_short(node.func.value)} is left out", node.func.value


def _turned(node):
    """Another sign, another operation, a transpose."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == ":, None":
        yield f"{_short(node.value)} scales the columns and not the rows", node.value
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "None, :":
        yield f"{_short(node.value)} scales the rows and not the columns", ast.parse(
            f"({ast.unparse(node.value)})[:, None]", mode="eval"
        ).body
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield f"the minus before {_short(node.operand)} is lost", node.operand
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    if isinstance(node.op, ast.Add):
        yield f"{_short(right)} is subtracted and not added", ast.BinOp(left, ast.Sub(), right)
        yield f"{_short(left)} is subtracted and not added", ast.BinOp(right, ast.Sub(), left)
        yield (
            f"{_short(left)} and {_short(right)} are multiplied and not added",
            ast.BinOp(left, ast.Mult(), right),
        )
        half = ast.BinOp(node, ast.Div(), ast.Constant(2))
        yield f"{_short(left)} and {_short(right)} are averaged and not added", half
    elif isinstance(node.op, ast.Sub):
        yield f"{_short(right)} is added and not subtracted", ast.BinOp(left, ast.Add(), right)
        yield f"the sign of {_short(node)} is turned", ast.BinOp(right, ast.Sub(), left)
    elif isinstance(node.op, ast.Mult):
        yield f"{_short(right)} is added and no factor", ast.BinOp(left, ast.Add(), right)
        yield f"the factor {_short(right)} divides", ast.BinOp(left, ast.Div(), right)
        yield f"the factor {_short(left)} divides", ast.BinOp(right, ast.Div(), left)
    elif isinstance(node.op, ast.Div):
        yield f"{_short(right)} multiplies and does not divide", ast.BinOp(left, ast.Mult(), right)
        yield f"{_short(node)} is upside down", ast.BinOp(right, ast.Div(), left)
    elif isinstance(node.op, ast.MatMult):
        for name, side in (("left", left), ("right", right)):
            new = ast.BinOp(left, ast.MatMult(), right)
            setattr(new, name, _transposed(side))
            yield f"{_short(_plain(side))} is {'not ' if _is_transposed(side) else ''}transposed", new
        if _is_transposed(left):
            count = ast.parse(f"len({ast.unparse(right)})", mode="eval").body
            yield f"{_short(node)} is divided by the batch size", ast.BinOp(node, ast.Div(), count)
            for cut, which in (("[-1:]", "last"), ("[:1]", "first")):
                text = f"({ast.unparse(left.value)}){cut}.T @ ({ast.unparse(right)}){cut}"
                yield f"only the {which} sample counts in {_short(node)}", ast.parse(text, mode="eval").body


def _slope_left_out(left, right):
    """The slope v(1 − v) as a whole, or that of tanh in its place, and the other way round."""
    inner = left.right if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult) else left
    name = ast.unparse(inner)
    if ast.unparse(right) == f"1 - {name}":
        before = [left.left] if inner is not left else []
        for what, text in (
            (f"the slope {name}(1 − {name}) is left out", "1"),
            (f"the slope is taken to be 1 − {name}²", f"1 - ({name})**2"),
        ):
            slope = ast.parse(text, mode="eval").body
            yield what, ast.BinOp(before[0], ast.Mult(), slope) if before else slope
    elif ast.unparse(right).startswith("1 - ") and ast.unparse(right).endswith(" ** 2"):
        name = ast.unparse(right)[4:-5]
        slope = ast.parse(f"({name}) * (1 - ({name}))", mode="eval").body
        yield f"the slope is taken to be {name}(1 − {name})", ast.BinOp(left, ast.Mult(), slope)


_NAMESAKES = {
    "tanh": ("1 / (1 + _np.exp(-({})))", "the sigmoid stands in place of tanh"),
    "sigmoid": ("_np.tanh({})", "tanh stands in place of the sigmoid"),
    "log": ("_np.log10({})", "the logarithm is to base 10"),
    "expm1": ("_np.exp({})", "exp stands in place of expm1"),
    "log1p": ("_np.log({})", "log stands in place of log1p"),
    "f_prime": (None, "f stands in place of f′"),
    "floor": ("_np.ceil({})", "it is rounded up and not down"),
    "ceil": ("_np.floor({})", "it is rounded down and not up"),
    "int": ("round({})", "it is rounded to the nearest and not down"),
    "abs": ("-({})", "the minus stands in place of the absolute value"),
}


def _called_otherwise(node):
    """Another function, another axis, blocks in another order."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
        for a, b in combinations(range(len(node.elts)), 2):
            new = list(node.elts)
            new[a], new[b] = new[b], new[a]
            yield (
                f"{_short(node.elts[a])} and {_short(node.elts[b])} have changed places",
                ast.Tuple(new, node.ctx),
            )
        return
    if not isinstance(node, ast.Call):
        return
    name = _called(node).rsplit(".", 1)[-1]
    if name in _NAMESAKES and len(node.args) == 1:
        text, what = _NAMESAKES[name]
        argument = ast.unparse(node.args[0])
        if text is None and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            yield what, ast.parse(f"{owner}.f({argument})", mode="eval").body
            twice = ast.parse(f"{owner}.f_prime({owner}.f({argument}))", mode="eval").body
            yield f"f′ is taken at f({argument}) and not at {argument}", twice
            for other in ("sigmoid", "tanh", "identity", "relu"):
                slope = ast.parse(f"get_activation({other!r}).f_prime({argument})", mode="eval").body
                yield f"f is always taken to be {other}", slope
        elif text is not None:
            yield what, ast.parse(text.format(argument), mode="eval").body
    if name == "concatenate" and node.args and isinstance(node.args[0], (ast.List, ast.Tuple)):
        parts = node.args[0].elts
        for a, b in combinations(range(len(parts)), 2):
            new = list(parts)
            new[a], new[b] = new[b], new[a]
            call = ast.Call(node.func, [type(node.args[0])(new, ast.Load()), *node.args[1:]], node.keywords)
            yield f"{_short(parts[a])} and {_short(parts[b])} have changed places", call
    if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
        method = not _is_module(node.func.value)
        inner = node.func.value if method else node.args[0] if node.args else None
        if inner is None:
            return
        other = "mean" if name == "sum" else "sum"
        yield (
            f"the {other} of {_short(inner)} is taken and not the {name}",
            ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords),
        )
        for index, which in ((-1, "last"), (0, "first")):
            if any(keyword.arg == "axis" for keyword in node.keywords):
                yield f"only the {which} row of {_short(inner)} counts", _indexed(inner, ast.Constant(index))
        for keyword in node.keywords:
            if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                for axis in {0, 1} - {keyword.value.value}:
                    call = copy.deepcopy(node)
                    call.keywords = [ast.keyword("axis", ast.Constant(axis))]
                    yield f"{_short(inner)} is summed over axis {axis}", call


_ROUNDS = (
    ("[:-1]", "the loop stops one round early"),
    ("[1:]", "the loop starts one round late"),
    ("[::-1]", "the loop runs the other way round"),
)


def _looped_otherwise(node):
    """A loop that stops early, starts late, runs the other way; a sum that is overwritten."""
    if isinstance(node, ast.For):
        whole = f"list({ast.unparse(node.iter)})"
        for cut, what in _ROUNDS:
            over = ast.parse(whole + cut, mode="eval").body
            yield what, ast.For(node.target, over, node.body, node.orelse)
    elif isinstance(node, ast.Call) and _called(node) in ("range", "reversed", "zip", "enumerate"):
        for cut, what in _ROUNDS:
            yield what, ast.parse(f"list({ast.unparse(node)}){cut}", mode="eval").body
    elif isinstance(node, ast.Call) and _called(node) in ("eye", "zeros", "ones", "zeros_like", "ones_like"):
        for other, words in (("eye", "the identity"), ("zeros", "zeros"), ("ones", "ones")):
            like = other if _called(node).endswith("_like") else other.removesuffix("_like")
            if not _called(node).startswith(other):
                shape = ast.unparse(node.args[0])
                shape = f"*_np.shape({shape})" if like == "eye" and "like" in _called(node) else shape
                yield f"it starts from {words}", ast.parse(f"_np.{like}({shape})", mode="eval").body
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield "the total is overwritten and not added to", ast.Assign([node.target], node.value)
        yield "what is added is subtracted", ast.AugAssign(node.target, ast.Sub(), node.value)
        yield "nothing is added", ast.Pass()
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Subscript)):
        yield "each round adds to the last", ast.AugAssign(node.targets[0], ast.Add(), node.value)


def _counted_otherwise(node):
    """An index one off, another number."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        index = node.slice
        if isinstance(index, (ast.Name, ast.BinOp, ast.Constant)) and not isinstance(
            getattr(index, "value", 0), str
        ):
            for op, what in ((ast.Add(), "one late"), (ast.Sub(), "one early")):
                shifted = ast.BinOp(index, op, ast.Constant(1))
                yield f"the index of {_short(node)} is {what}", _indexed(node.value, shifted)
            for fixed, which in ((0, "first"), (-1, "last")):
                if not isinstance(index, ast.Constant):
                    yield (
                        f"the {which} entry of {_short(node.value)} is always taken",
                        _indexed(node.value, ast.Constant(fixed)),
                    )
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in dict.fromkeys((node.value + 1, node.value - 1, 2 * node.value, node.value / 2)):
            if value != node.value and (type(value) is int or type(node.value) is float or value == 0.5):
                yield f"{value} stands in place of {node.value}", ast.Constant(value)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        swaps = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
        if type(node.ops[0]) in swaps:
            new = ast.Compare(node.left, [swaps[type(node.ops[0])]()], node.comparators)
            yield f"{_short(new)} stands in place of {_short(node)}", new


_DRESSED = (  # what a name is turned into, and in which words
    ("1 - {0}", "1 − {0} stands in place of {0}"),
    ("{0} * (1 - {0})", "{0}(1 − {0}) stands in place of {0}"),
    ("1 - {0}**2", "1 − {0}² stands in place of {0}"),
    ("{0}**2", "{0} is squared"),
    ("_np.tanh({0})", "tanh is applied to {0} once more"),
    ("1 / (1 + _np.exp(-{0}))", "the sigmoid is applied to {0} once more"),
    ("_np.sign({0})", "the sign of {0} stands in place of {0}"),
    ("abs({0})", "the absolute value of {0} is taken"),
    ("0 * {0}", "{0} is taken to be 0"),
    ("_np.ones_like({0})", "{0} is taken to be 1"),
    ("{0}.T", "{0} is transposed"),
    ("-{0}", "the sign of {0} is turned"),
    ("2 * {0}", "{0} counts twice"),
    ("_np.roll({0}, 1, axis=0)", "{0} is read one row early"),
    ("_np.roll({0}, -1, axis=0)", "{0} is read one row late"),
    ("{0}[::-1]", "{0} is read last row first"),
)


_COUNTED = (
    ("{0} - 1", "{0} − 1 stands in place of {0}"),
    ("{0} + 1", "{0} + 1 stands in place of {0}"),
    ("1 - {0}", "1 − {0} stands in place of {0}"),
    ("abs({0})", "the absolute value of {0} is taken"),
    ("-{0}", "the sign of {0} is turned"),
    ("2 * {0}", "2 {0} stands in place of {0}"),
    ("{0}**2", "{0} is squared"),
    ("0 * {0}", "{0} is taken to be 0"),
)


def _exchanged(slot: _Slot, values: Mapping[str, Any]):
    """Another name of the same shape in its place, or the same one changed, there or from there on."""
    node = slot.node
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name, own = node.targets[0].id, values.get(node.targets[0].id)
        if _is_numeric(own) and not isinstance(node.value, ast.Name):
            for text, what in _DRESSED if np.ndim(own) else _COUNTED:
                value = ast.parse(text.format(f"({ast.unparse(node.value)})"), mode="eval").body
                yield f"{what.format(name)} from there on", ast.Assign(node.targets, value)
    if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return
    name = ast.unparse(node)
    own = _look_up(name, values)
    if own is None or (values and not _is_numeric(own)):
        return
    for other, value in values.items():
        if other != name and other != "_" and _is_numeric(value) and np.shape(value) == np.shape(own):
            yield f"{other} stands in place of {name}", ast.Name(other, ast.Load())
    for text, what in _DRESSED if isinstance(own, np.ndarray) and own.ndim else _COUNTED:
        yield what.format(name), ast.parse(text.format(name), mode="eval").body


def _look_up(name: str, values: Mapping[str, Any]):
    first, *rest = name.split(".")
    value = values.get(first)
    for part in rest:
        value = getattr(value, part, None)
    return value


def _is_numeric(value) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind in tuple("fiu") or type(value) in (int, float)


# --- small things --------------------------------------------------------------------------------------


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "math", "functools", "itertools")


def _is_transposed(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


def _plain(node: ast.expr) -> ast.expr:
    return node.value if _is_transposed(node) else node  # type: ignore[attr-defined]


def _transposed(node: ast.expr) -> ast.expr:
    return node.value if _is_transposed(node) else ast.Attribute(node, "T", ast.Load())  # type: ignore[attr-defined]


def _indexed(node: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(node, index, ast.Load())


def _bracketed(node: ast.expr) -> str:
    text = _short(node)
    return f"({text})" if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) else text


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).replace("**2", "²").replace(" ** 2", "²").removeprefix("(").removesuffix(")") \
        if isinstance(node, ast.Tuple) else ast.unparse(node).replace(" ** 2", "²")
    return text if len(text) <= _TEXT_WIDTH else f"{text[: _TEXT_WIDTH - 4]} ..."
