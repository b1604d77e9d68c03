"""What a piece of a notebook's code binds, needs and disturbs, without running it."""

from __future__ import annotations

import ast
import symtable

MUTATING = {"append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "add", "sort",
            "fill", "load_state_dict", "backward", "step", "shuffle"}  # fmt: skip
GENERATORS = ("default_rng", "RandomState", "Generator")
GLOBAL_STREAMS = ("np.random.", "numpy.random.", "random.", "torch.rand", "torch.nn.", "torch.manual_seed",
                  "torch.normal", "torch.set_")  # fmt: skip
DRAWING = ("_to_torch",)  # building a torch module draws its first weights


def bound(code: str) -> set[str]:
    """Names that the code gives a value, where everybody can see them."""
    top = symtable.symtable(code, "cell", "exec")
    return {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}


def deferred(code: str) -> set[str]:
    """Names that functions of the code look up outside of themselves, whenever they are called."""
    names: set[str] = set()

    def visit(table):
        for child in table.get_children():
            names.update(s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced())
            visit(child)

    visit(symtable.symtable(code, "cell", "exec"))
    return names


def loaded(code: str) -> set[str]:
    """Names whose value the code wants, at once or in its functions."""
    top = symtable.symtable(code, "cell", "exec")
    grown = {root(n.target) for n in ast.walk(ast.parse(code)) if isinstance(n, ast.AugAssign)}
    referenced = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    return referenced | (grown & {s.get_name() for s in top.get_symbols()}) | deferred(code)


def exposed(code: str) -> tuple[set[str], set[str]]:
    """Names that must have a value before the code runs, and names that it replaces for certain."""
    wanted: set[str] = set()
    replaced: set[str] = set()
    for statement in ast.parse(code).body:
        source = ast.unparse(statement)
        loops = bound(f"{ast.unparse(statement.target)} = 0") if isinstance(statement, ast.For) else set()
        wanted |= loaded(source) - replaced - loops
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef)):
            replaced |= bound(source) - loaded(source)
    return wanted | deferred(code), replaced


def dotted(node: ast.AST) -> str:
    """``np.random.normal`` for the expression of that name; empty for others."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def random_streams(codes: list[str]) -> set[str]:
    """Names, in any of these cells, of random generators and of functions that use one of them."""
    streams: set[str] = set()
    for code in codes:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Assign) and any(
                isinstance(part, ast.Call) and dotted(part.func).rpartition(".")[2] in GENERATORS
                for part in [node.value]
            ):
                streams |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    size = -1
    while len(streams) > size:
        size = len(streams)
        for code in codes:
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.FunctionDef) and deferred(ast.unparse(node)) & streams:
                    streams.add(node.name)
    return streams


def disturbs(code: str, streams: set[str]) -> bool:
    """Whether the code may change what later cells see, beside binding names; True when in doubt."""
    own = bound(code) - exposed(code)[0]  # made here, and not from what was there
    if (loaded(code) - own) & streams:
        return True
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Global, ast.Delete)):
            return True
        if isinstance(node, ast.AugAssign) and root(node.target) not in own:
            return True
        if (
            isinstance(node, (ast.Subscript, ast.Attribute))
            and isinstance(node.ctx, ast.Store)
            and root(node) not in own
        ):
            return True
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            last = name.rpartition(".")[2] or getattr(node.func, "attr", "")
            if last in GENERATORS or last == "SeedSequence":
                continue
            if name.startswith(GLOBAL_STREAMS) or name == "next" or last.endswith(DRAWING):
                return True
            if isinstance(node.func, ast.Attribute) and last in MUTATING and root(node.func) not in own:
                return True
    return False


def root(node: ast.AST) -> str:
    """The name at the beginning of ``a.b[0].c``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
