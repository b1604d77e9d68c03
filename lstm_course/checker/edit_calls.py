"""Slips in calls, loops and numbers: another function or axis, a loop that stops early, an index one off.

Each function takes a node of the tree and yields what is done, in words, and the node that comes in its place.
"""

from __future__ import annotations

import ast
import copy
from itertools import combinations

from lstm_course.checker.edit_places import called, indexed, is_module, short

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


def called_otherwise(node):
    """Another function, another axis, blocks in another order."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
        for a, b in combinations(range(len(node.elts)), 2):
            new = list(node.elts)
            new[a], new[b] = new[b], new[a]
            yield (
                f"{short(node.elts[a])} and {short(node.elts[b])} have changed places",
                ast.Tuple(new, node.ctx),
            )
        return
    if not isinstance(node, ast.Call):
        return
    name = called(node).rsplit(".", 1)[-1]
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
            yield f"{short(parts[a])} and {short(parts[b])} have changed places", call
    if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
        method = not is_module(node.func.value)
        inner = node.func.value if method else node.args[0] if node.args else None
        if inner is None:
            return
        other = "mean" if name == "sum" else "sum"
        yield (
            f"the {other} of {short(inner)} is taken and not the {name}",
            ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords),
        )
        for index, which in ((-1, "last"), (0, "first")):
            if any(keyword.arg == "axis" for keyword in node.keywords):
                yield f"only the {which} row of {short(inner)} counts", indexed(inner, ast.Constant(index))
        for keyword in node.keywords:
            if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                for axis in {0, 1} - {keyword.value.value}:
                    call = copy.deepcopy(node)
                    call.keywords = [ast.keyword("axis", ast.Constant(axis))]
                    yield f"{short(inner)} is summed over axis {axis}", call


_ROUNDS = (
    ("[:-1]", "the loop stops one round early"),
    ("[1:]", "the loop starts one round late"),
    ("[::-1]", "the loop runs the other way round"),
)


def looped_otherwise(node):
    """A loop that stops early, starts late, runs the other way; a sum that is overwritten."""
    if isinstance(node, ast.For):
        whole = f"list({ast.unparse(node.iter)})"
        for cut, what in _ROUNDS:
            over = ast.parse(whole + cut, mode="eval").body
            yield what, ast.For(node.target, over, node.body, node.orelse)
    elif isinstance(node, ast.Call) and called(node) in ("range", "reversed", "zip", "enumerate"):
        for cut, what in _ROUNDS:
            yield what, ast.parse(f"list({ast.unparse(node)}){cut}", mode="eval").body
    elif isinstance(node, ast.Call) and called(node) in ("eye", "zeros", "ones", "zeros_like", "ones_like"):
        name, argument = called(node), ast.unparse(node.args[0])
        shape = f"_np.shape({argument})" if name.endswith("_like") else argument
        shape = f"({argument}, {argument})" if name == "eye" else shape
        for other, words in (("eye", "the identity"), ("zeros", "zeros"), ("ones", "ones")):
            if not name.startswith(other):
                start = f"_np.{other}({'*' if other == 'eye' else ''}{shape})"
                yield f"it starts from {words}", ast.parse(start, mode="eval").body
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield "the total is overwritten and not added to", ast.Assign([node.target], node.value)
        yield "what is added is subtracted", ast.AugAssign(node.target, ast.Sub(), node.value)
        yield "nothing is added", ast.Pass()
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Subscript)):
        yield "each round adds to the last", ast.AugAssign(node.targets[0], ast.Add(), node.value)


def counted_otherwise(node):
    """An index one off, another number."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        index = node.slice
        if isinstance(index, (ast.Name, ast.BinOp, ast.Constant)) and not isinstance(
            getattr(index, "value", 0), str
        ):
            for op, what in ((ast.Add(), "one late"), (ast.Sub(), "one early")):
                shifted = ast.BinOp(index, op, ast.Constant(1))
                yield f"the index of {short(node)} is {what}", indexed(node.value, shifted)
            for fixed, which in ((0, "first"), (-1, "last")):
                if not isinstance(index, ast.Constant):
                    yield (
                        f"the {which} entry of {short(node.value)} is always taken",
                        indexed(node.value, ast.Constant(fixed)),
                    )
    elif isinstance(node, ast.Constant) and type(node.value) is str and 1 < len(node.value) < 7:
        for a, b in combinations(range(len(node.value)), 2):
            letters = list(node.value)
            letters[a], letters[b] = letters[b], letters[a]
            yield f"{''.join(letters)!r} stands in place of {node.value!r}", ast.Constant("".join(letters))
    elif (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        for value in dict.fromkeys((node.value + 1, node.value - 1, 2 * node.value, node.value / 2, 1, 2)):
            if value != node.value and (type(value) is int or type(node.value) is float or value == 0.5):
                yield f"{value} stands in place of {node.value}", ast.Constant(value)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        swaps = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
        if type(node.ops[0]) in swaps:
            new = ast.Compare(node.left, [swaps[type(node.ops[0])]()], node.comparators)
            yield f"{short(new)} stands in place of {short(node)}", new
