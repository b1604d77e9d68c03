"""The house rules: who may import whom, what an import costs, docstrings, equation tags, length.

Each rule is a function that returns its violations, and is itself shown a package that breaks it.
"""

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lstm_course"
LONGEST = 250  # lines of code in one file, docstrings and comments not counted

RANKS = {
    "_arguments": 0, "_sequences": 0, "activations": 0, "initializers": 0, "gradcheck": 0, "tasks": 0,
    "losses": 1, "tiny_network": 1, "network": 1, "rnn": 1, "lstm": 1, "gru": 1, "remedies": 1, "optim": 1,
    "training": 2, "gradient_flow": 2, "experiments": 2, "torch_bridge": 2, "lstm_variants": 2,
    "sequence_training": 2, "lstm_weights": 2,
    "gru_variants": 2,
    "figures": 3, "exercises": 3,
    "svg": 4, "book": 4,
    "explorers": 5,
}  # fmt: skip
FOR_ALL = "_arguments"  # importable from every rank, its own too


def sources(package):
    """Every file of the package with the name of the module, or subpackage, that it belongs to."""
    for path in sorted(package.rglob("*.py")):
        first = path.relative_to(package).parts[0]
        if first != "__init__.py":
            yield path, first.removesuffix(".py")


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_modules(path, package):
    """Modules of the package that a file imports, anywhere in it, however the import is spelled."""
    here = [package.name, *path.relative_to(package).parent.parts]
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            start = ".".join(part for part in (base, node.module) if part)
            dotted = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in dotted:
            top, *rest = name.split(".")
            if top == package.name and rest and not rest[0].startswith("__"):
                found.add(rest[0])
    return found


def unranked(package):
    return sorted({module for _, module in sources(package)} - set(RANKS))


def upward_imports(package):
    return [
        f"{path.relative_to(package)} (rank {RANKS[module]}) imports {other} (rank {RANKS.get(other)})"
        for path, module in sources(package)
        for other in sorted(imported_modules(path, package))
        if other not in (module, FOR_ALL) and RANKS.get(other, 99) >= RANKS[module]
    ]


def undocumented(package):
    """Public modules, functions, classes and methods without a docstring."""

    def members(node, name):
        for child in node.body:
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            if isinstance(child, kinds) and not child.name.startswith("_"):
                yield child, f"{name}.{child.name}"
                if isinstance(child, ast.ClassDef):
                    yield from members(child, f"{name}.{child.name}")

    missing = []
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        tree = tree_of(path)
        missing += [
            name for node, name in [(tree, name), *members(tree, name)] if not ast.get_docstring(node)
        ]
    return missing


def code_lines(path):
    """Lines that hold code: no blank ones, no comments, no docstrings."""
    source = path.read_text(encoding="utf-8")
    silent = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def too_long(package):
    lengths = {str(path.relative_to(package)): code_lines(path) for path in sorted(package.rglob("*.py"))}
    return {name: length for name, length in lengths.items() if length > LONGEST}


def equation_tags(package):
    """Every `eq:label` in a comment of the code, with the place where it stands."""
    tags = {}
    for path in sorted(package.rglob("*.py")):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            if token.type == tokenize.COMMENT:
                for label in re.findall(r"\beq:[\w-]+", token.string):
                    tags.setdefault(label, f"{path.relative_to(package)}:{token.start[0]}")
    return tags


def equation_labels(book):
    """Every label of an equation in the book: `$$ ... $$ (eq:x)`, `:label: eq:x`, a backslash-label."""
    texts = [path.read_text(encoding="utf-8") for path in book.rglob("*.md") if "_build" not in path.parts]
    for path in book.rglob("*.ipynb"):
        if not {"_build", ".ipynb_checkpoints"} & set(path.parts):
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    pattern = r"\$\$[ \t]*\((eq:[\w-]+)\)|^:label:[ \t]*(eq:[\w-]+)|\\label\{(eq:[\w-]+)\}"
    return {
        label for text in texts for groups in re.findall(pattern, text, re.M) for label in groups if label
    }


def unresolved_tags(package, book):
    labels = equation_labels(book)
    return {tag: place for tag, place in equation_tags(package).items() if tag not in labels}


# The rules hold


def test_every_module_has_a_rank():
    assert unranked(PACKAGE) == [], "give the module a rank in RANKS and in DESIGN.md"


def test_modules_import_lower_ranks_only():
    assert upward_imports(PACKAGE) == []


def test_the_package_itself_imports_nothing():
    assert imported_modules(PACKAGE / "__init__.py", PACKAGE) == set()


def test_everything_public_has_a_docstring():
    assert undocumented(PACKAGE) == []


def test_no_file_is_too_long():
    assert too_long(PACKAGE) == {}


def test_every_equation_tag_in_the_code_is_the_label_of_an_equation_in_the_book():
    assert unresolved_tags(PACKAGE, ROOT / "book") == {}


def test_every_subpackage_is_in_the_wheel():
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["setuptools"]["packages"]
    present = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("*.py")}
    assert set(listed) == present


# The rules would notice


@pytest.fixture
def planted(tmp_path):
    """Write a small package with a mistake in it."""

    def plant(**files):
        for name, text in {"__init__": '"""A package."""\n', **files}.items():
            path = tmp_path / "pkg" / f"{name.replace('__in__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "pkg"

    return plant


def test_an_unknown_module_is_noticed(planted):
    assert unranked(planted(losses="", novelty="", inner__in__deep="")) == ["inner", "novelty"]


@pytest.mark.parametrize(
    "line",
    [
        "import pkg.training",
        "import pkg.training as t",
        "from pkg import training",
        "from pkg.training import History",
        "from . import training",
        "from .training import History",
        "def f():\n    from pkg.training import History",
        "if True:\n    import pkg.training",
    ],
)
def test_an_upward_import_is_noticed_however_it_is_spelled(planted, line):
    package = planted(network=line, training="import pkg.network")
    assert upward_imports(package) == ["network.py (rank 1) imports training (rank 2)"]


@pytest.mark.parametrize(
    "line", ["from .. import explorers", "from ..explorers import draw", "import pkg.explorers"]
)
def test_an_upward_import_from_a_subpackage_is_noticed(planted, line):
    package = planted(exercises__in__chapter01=line)
    assert upward_imports(package) == ["exercises/chapter01.py (rank 3) imports explorers (rank 5)"]


def test_the_same_rank_and_the_unranked_are_noticed(planted):
    package = planted(losses="from pkg import network, novelty", network="")
    assert upward_imports(package) == [
        "losses.py (rank 1) imports network (rank 1)",
        "losses.py (rank 1) imports novelty (rank None)",
    ]


def test_what_is_allowed_is_not_complained_of(planted):
    package = planted(
        activations="from pkg._arguments import choose\nfrom pkg import __version__\nimport numpy",
        training="from . import losses\nimport pkg.network\nfrom pkg.gradcheck import numerical_gradient",
        exercises__in__chapter01="from pkg.exercises._registry import Exercise\nfrom . import _text\nimport pkg.training",
    )
    assert upward_imports(package) == []


def test_missing_docstrings_are_noticed(planted):
    text = '"""Doc."""\ndef a(): ...\ndef _b(): ...\nclass C:\n    """Doc."""\n    def d(self): ...\n'
    assert undocumented(planted(losses=text, network="")) == ["pkg.losses.a", "pkg.losses.C.d", "pkg.network"]


def test_code_lines_are_counted_without_docstrings_comments_and_blanks(planted):
    text = '"""Doc\nof two lines."""\n\n# a comment\nx = """a\nstring"""\n\n\ndef f():\n    """Doc."""\n    return (\n        1\n    )\n'
    package = planted(losses=text, network="x = 1\n" * (LONGEST + 1), optim="x = 1\n\n" * LONGEST)
    assert code_lines(package / "losses.py") == 6
    assert too_long(package) == {"network.py": LONGEST + 1}


def test_tags_and_labels_are_found_in_every_spelling(planted, tmp_path):
    package = planted(
        losses='"""See ``# eq:in-docstring``."""\nx = "# eq:in-string"\ny = 1  # eq:md, eq:notebook\n',
        network="z = 1  # eq:directive\n# eq:ams and eq:missing\n",
    )
    book = tmp_path / "book"
    (book / "_build").mkdir(parents=True)
    (book / "a.md").write_text("$$\nx = 1\n$$ (eq:md)\n\n```{math}\n:label: eq:directive\nx\n```\n")
    (book / "_build" / "b.md").write_text("$$x$$ (eq:missing)")
    cells = [
        {
            "cell_type": "markdown",
            "source": ["text\n", "$$ y $$ (eq:notebook)\n", "\\label{eq:ams} {eq}`eq:missing`"],
        },
        {"cell_type": "code", "source": ["# $$ x $$ (eq:missing)"]},
    ]
    (book / "c.ipynb").write_text(json.dumps({"cells": cells}))
    assert sorted(equation_tags(package)) == ["eq:ams", "eq:directive", "eq:md", "eq:missing", "eq:notebook"]
    assert unresolved_tags(package, book) == {"eq:missing": "network.py:2"}


# What an import costs. Each in a fresh interpreter.

NUMPY_ONLY = sorted(
    module
    for _, module in sources(PACKAGE)
    if RANKS.get(module, 99) <= 2 and module != "torch_bridge"  # torch_bridge is there to know torch
)
IMPORT_ALL = f"""
import importlib
for module in {NUMPY_ONLY!r}:
    importlib.import_module("lstm_course." + module)
"""
BLOCK = """
import sys

class NumPyOnly:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "lstm_course"):
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

sys.meta_path.insert(0, NumPyOnly())
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)


def heavy_modules(code):
    done = run(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    return loaded & {"torch", "matplotlib", "ipywidgets", "jupyter", "IPython", "sklearn", "scipy", "sympy", "tqdm",
                     "joblib", "dask"}  # fmt: skip


def test_importing_the_package_and_all_of_its_mathematics_loads_nothing_heavy():
    assert heavy_modules("import lstm_course") == set()
    assert heavy_modules(IMPORT_ALL) == set()


def test_a_heavy_import_would_be_noticed():
    assert heavy_modules("import scipy.special") == {"scipy"}


def test_all_of_the_mathematics_imports_in_well_under_a_second():
    done = run(
        f"import time, numpy, numpy.random\nt = time.process_time()\n{IMPORT_ALL}\nprint(time.process_time() - t)"
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1.0  # about 0.05 s of CPU; the bound is for a busy machine


def test_numpy_alone_is_enough_to_train_a_network():
    done = run(f"""
{BLOCK}
{IMPORT_ALL}
from types import SimpleNamespace
import numpy as np
from lstm_course.network import init_mlp
from lstm_course.training import train_classifier

rng = np.random.default_rng(0)
x, labels = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
data = SimpleNamespace(x_train=x, labels_train=labels, x_test=x, labels_test=labels)
_, history = train_classifier(init_mlp((3, 4, 2), rng), data, rng, epochs=2)
print(len(history.loss))
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2"]


@pytest.mark.parametrize("package", ["scipy", "tqdm", "matplotlib"])
def test_the_blocker_really_blocks(package):
    done = run(f"{BLOCK}\nimport {package}")
    assert done.returncode == 1
    assert f"ModuleNotFoundError: blocked: {package}" in done.stderr
