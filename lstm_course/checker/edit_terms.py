"""Slips in a formula: a term or factor left out, a sign turned, a transpose too many.

Each function takes a node of the tree and yields what is done, in words, and the node that comes in its place.
"""

from __future__ import annotations

import ast

from lstm_course.checker.edit_places import bracketed, called, is_transposed, plain, short, transposed


def left_out(node):
    """A term, a factor, a square, a function left out."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add):
            yield f"the term {short(right)} is left out", left
            yield f"the term {short(left)} is left out", right
        elif isinstance(node.op, ast.Sub):
            if isinstance(left, ast.Constant):
                yield f"{short(right)} stands in place of {short(node)}", right
            else:
                yield f"the term −{bracketed(right)} is left out", left
                yield f"the term {short(left)} is left out", ast.UnaryOp(ast.USub(), right)
        elif isinstance(node.op, ast.Mult):
            yield f"the factor {short(right)} is left out", left
            yield f"the factor {short(left)} is left out", right
            yield from _slope_left_out(left, right)
        elif isinstance(node.op, (ast.Div, ast.FloorDiv)):
            yield f"the division by {short(right)} is left out", left
        elif isinstance(node.op, ast.MatMult):
            yield f"the product with {short(right)} is left out", left
            yield f"the product with {short(left)} is left out", right
        elif isinstance(node.op, ast.Pow):
            square = isinstance(right, ast.Constant) and right.value == 2
            yield f"the {'square' if square else 'power'} of {short(left)} is left out", left
    elif (
        isinstance(node, ast.Call)
        and len(node.args) == 1
        and not isinstance(node.args[0], ast.Starred)
        and called(node) not in ("append", "extend")
    ):
        yield f"{called(node)} is left out before {short(node.args[0])}", node.args[0]
    elif isinstance(node, ast.Call) and called(node) in ("sum", "mean", "prod", "cumsum") and not node.args:
        inner = node.func.value  # type: ignore[attr-defined]
        yield f"the {called(node)} of {short(inner)} is left out", inner


def turned(node):
    """Another sign, another operation, a transpose."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == ":, None":
        yield f"{short(node.value)} scales the columns and not the rows", node.value
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "None, :":
        yield (
            f"{short(node.value)} scales the rows and not the columns",
            ast.parse(f"({ast.unparse(node.value)})[:, None]", mode="eval").body,
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield f"the minus before {short(node.operand)} is lost", node.operand
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    if isinstance(node.op, ast.Add):
        yield f"{short(right)} is subtracted and not added", ast.BinOp(left, ast.Sub(), right)
        yield f"{short(left)} is subtracted and not added", ast.BinOp(right, ast.Sub(), left)
        yield (
            f"{short(left)} and {short(right)} are multiplied and not added",
            ast.BinOp(left, ast.Mult(), right),
        )
        half = ast.BinOp(node, ast.Div(), ast.Constant(2))
        yield f"{short(left)} and {short(right)} are averaged and not added", half
    elif isinstance(node.op, ast.Sub):
        yield f"{short(right)} is added and not subtracted", ast.BinOp(left, ast.Add(), right)
        yield f"the sign of {short(node)} is turned", ast.BinOp(right, ast.Sub(), left)
    elif isinstance(node.op, ast.Mult):
        yield f"{short(right)} is added and no factor", ast.BinOp(left, ast.Add(), right)
        yield f"the factor {short(right)} divides", ast.BinOp(left, ast.Div(), right)
        yield f"the factor {short(left)} divides", ast.BinOp(right, ast.Div(), left)
    elif isinstance(node.op, ast.Div):
        yield f"{short(right)} multiplies and does not divide", ast.BinOp(left, ast.Mult(), right)
        yield f"{short(node)} is upside down", ast.BinOp(right, ast.Div(), left)
    elif isinstance(node.op, ast.MatMult):
        for name, side in (("left", left), ("right", right)):
            new = ast.BinOp(left, ast.MatMult(), right)
            setattr(new, name, transposed(side))
            yield f"{short(plain(side))} is {'not ' if is_transposed(side) else ''}transposed", new
        if is_transposed(left):
            count = ast.parse(f"len({ast.unparse(right)})", mode="eval").body
            yield f"{short(node)} is divided by the batch size", ast.BinOp(node, ast.Div(), count)
            for cut, which in (("[-1:]", "last"), ("[:1]", "first")):
                text = f"({ast.unparse(plain(left))}){cut}.T @ ({ast.unparse(right)}){cut}"
                yield f"only the {which} sample counts in {short(node)}", ast.parse(text, mode="eval").body


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
