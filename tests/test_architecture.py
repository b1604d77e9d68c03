"""The house rules: who may import whom, what an import costs, docstrings, equation tags, length.

Each rule is a function that returns its violations, and is itself shown a package that breaks it.
"""

import ast
import io
import json
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

from lstm_course.exercises import CHAPTERS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lstm_course"
LONGEST = 250  # lines of code in one file, docstrings and comments not counted


def lint_imports(folder):
    """Run import-linter on the package and the contract that a folder holds."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, capture_output=True, text=True, env=environment
    )


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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


def test_every_arrow_of_the_package_points_down():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


def test_the_package_itself_imports_nothing():
    tree = tree_of(PACKAGE / "__init__.py")
    assert not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree))


def test_everything_public_has_a_docstring():
    assert undocumented(PACKAGE) == []


def test_no_file_is_too_long():
    assert too_long(PACKAGE) == {}


def test_every_equation_tag_in_the_code_is_the_label_of_an_equation_in_the_book():
    assert unresolved_tags(PACKAGE, ROOT / "book") == {}


def test_no_module_is_named_after_the_number_of_a_chapter():
    names = [
        p.name for p in [*PACKAGE.rglob("*"), *(ROOT / "tests").rglob("*")] if "__pycache__" not in p.parts
    ]
    assert [name for name in names if re.search(r"chapter_?\d|^\d", name)] == []


def test_one_slug_everywhere():
    """What belongs to a chapter bears the name of its notebook, without the number."""
    slugs = {path.stem.partition("_")[2]: int(path.stem[:2]) for path in (ROOT / "book").glob("[0-9]*.ipynb")}
    assert slugs == CHAPTERS
    for folder in ("lstm_course/exercises", "lstm_course/explorers", "lstm_course/figures", "tests/answers"):
        entries = {path.name.removesuffix(".py") for path in (ROOT / folder).iterdir()}
        chapters = {entry for entry in entries if not entry.startswith("_")}
        assert chapters == set(slugs), folder


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


LAYERS = """[importlinter]
root_package = pkg
[importlinter:contract:layers]
name = Every arrow points down
type = layers
containers = pkg
exhaustive = true
layers =
    exercises | explorers
    training
    losses | network
    _arguments
"""


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"network": "from pkg import training", "training": ""},
            "pkg.network is not allowed to import pkg.training",
        ),
        (
            {"network": "def f():\n    from .training import History", "training": ""},
            "pkg.network -> pkg.training",
        ),
        ({"exercises__in__gru": "from .. import explorers"}, "pkg.exercises.gru -> pkg.explorers"),
        ({"losses": "from pkg import network"}, "pkg.losses -> pkg.network"),
        ({"novelty": ""}, "novelty"),
    ],
)
def test_an_arrow_that_points_up_or_sideways_is_noticed(planted, files, said):
    everything = dict.fromkeys(("_arguments", "losses", "network", "training", "explorers"), "")
    if "exercises__in__gru" not in files:
        everything["exercises"] = ""
    package = planted(**everything | files)
    if "exercises__in__gru" in files:
        (package / "exercises" / "__init__.py").touch()
    (package.parent / ".importlinter").write_text(LAYERS, encoding="utf-8")
    done = lint_imports(package.parent)
    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())


def test_arrows_that_point_down_are_not_complained_of(planted):
    package = planted(
        _arguments="", losses="from pkg._arguments import x", network="import pkg._arguments",
        training="from pkg import losses, network", explorers="import pkg.losses", exercises="from . import training",
    )  # fmt: skip
    (package.parent / ".importlinter").write_text(LAYERS, encoding="utf-8")
    assert lint_imports(package.parent).returncode == 0


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

CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
][0]
MATHEMATICS = CONTRACT["layers"][
    CONTRACT["layers"].index("torch_bridge") + 1 :
]  # torch_bridge is there to know torch
NUMPY_ONLY = sorted(module.strip() for layer in MATHEMATICS for module in layer.split("|"))
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
        if top not in (*sys.stdlib_module_names, "numpy", "lstm_course") and not top.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

sys.meta_path.insert(0, NumPyOnly())
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def modules(code):
    """The names of all modules that are loaded after some code has run."""
    done = run(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def heavy_modules(code):
    loaded = {name.partition(".")[0] for name in modules(code)}
    return loaded & {"torch", "matplotlib", "ipywidgets", "jupyter", "IPython", "sklearn", "scipy", "sympy", "tqdm",
                     "joblib", "dask"}  # fmt: skip


def beyond_numpy(code):
    """What some code loads besides NumPy, what NumPy loads, and this package."""
    more = modules(f"import numpy, numpy.random\n{code}") - modules("import numpy, numpy.random")
    return {name for name in more if name.partition(".")[0] not in ("numpy", "lstm_course")}


def test_importing_the_package_and_all_of_its_mathematics_loads_nothing_heavy():
    assert heavy_modules("import lstm_course") == set()
    assert heavy_modules(IMPORT_ALL) == set()


def test_a_heavy_import_would_be_noticed():
    assert heavy_modules("import scipy.special") == {"scipy"}


IMPORT_MATHEMATICS = IMPORT_ALL.replace("'checker', ", "")  # the checker starts processes, which takes more

FEW = 20  # eight at present: dataclasses, fractions and what they need


def test_all_of_the_mathematics_loads_few_modules_beyond_numpys():
    """An import costs what it loads; no clock is asked."""
    assert IMPORT_MATHEMATICS != IMPORT_ALL
    loaded = beyond_numpy(IMPORT_MATHEMATICS)
    assert len(loaded) <= FEW, sorted(loaded)


def test_a_costly_import_of_the_standard_library_would_be_noticed():
    assert len(beyond_numpy("import asyncio")) > FEW


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
