"""`but`: a function with a named line that computes something else."""

import ast
import functools
import inspect
import re
import shutil
import subprocess
import sys
import traceback
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lstm_course import checker
from lstm_course.checker import but
from lstm_course.gru import gru_step
from lstm_course.lstm import lstm_step_backward

ROOT = Path(__file__).parents[1]


def plain(x, y=3):
    """The docstring."""
    a = x + 1
    b = a * y
    return b - a


def unpacking(x):
    (a, b), *c = x
    low, high = divmod(a, b)
    return low, high, c


def chained(x):
    first = second = x + 1
    first += 10 * x
    noted: int = second
    return first, noted


def looping(steps):
    total = 0
    for k, step in enumerate(steps):
        if k % 2 == 0:
            total += step
        else:
            total -= step
    return total


def branching(x, way):
    if way == "up":
        y = x + 1
        z = 2 * y
    else:
        y = x - 1
        z = 3 * y
    return y, z


def structured(x):
    def inner(a):
        b = a + 1
        return b

    made = [inner(a) for a in x]
    made[0] = 0
    return dict(
        first=made[0],
        last=made[-1],
    )


@np.errstate(divide="ignore")
def decorated(x):
    y = np.array(x)
    return 1 / y


def around(x):
    def enclosed(y):
        z = x + y
        return z

    return enclosed


@pytest.mark.parametrize(
    ("function", "changed", "args", "expected"),
    [
        (plain, {"a": "x + 2"}, (5,), 21 - 7),  # a = 7, b = 7 * 3
        (plain, {"a": "x", "b": "a + y"}, (5, 1), 1),  # the new a is used in the new b
        (plain, {"b": "  (lambda k: k + a)(y)\n"}, (5,), 3),
        (plain, {"return_": "a, b"}, (5,), (6, 18)),
        (unpacking, {"a": "a + b"}, (((7, 2), 5, 6),), (4, 1, [5, 6])),  # 9 = 4 * 2 + 1
        (unpacking, {"c": "len(c)"}, (((7, 2), 5, 6),), (3, 1, 2)),
        (unpacking, {"low": "high", "high": "low"}, (((7, 2),),), (1, 3, [])),  # both at once: an exchange
        (unpacking, {"low, high": "(a, b)"}, (((7, 2),),), (7, 2, [])),
        (unpacking, {"(a, b), *c": "((1, 1), 8)"}, (((7, 2),),), (1, 0, [8])),
        (chained, {"first": ("0", ...)}, (4,), (40, 5)),
        (chained, {"first": (..., "x")}, (4,), (9, 5)),  # what is added
        (chained, {"second": "7"}, (4,), (45, 7)),
        (chained, {"noted": "-second"}, (4,), (45, -5)),
        (looping, {"total": (..., "0", ...)}, ((1, 2, 4),), -2),
        (looping, {"total": ("100", ..., "2 * step")}, ((1, 2, 4),), 101),
        (looping, {"k, step": "enumerate(steps, start=1)"}, ((1, 2, 4),), -3),
        (looping, {"step": "10 * step"}, ((1, 2, 4),), 30),
        (looping, {"if_": "True"}, ((1, 2, 4),), 7),
        (branching, {"y": ("x + 5", ...)}, (1, "up"), (6, 12)),
        (branching, {"y": (..., "x"), "z": (..., "y")}, (1, "down"), (1, 1)),
        (structured, {"made[0]": "made[1]"}, ((1, 2),), {"first": 3, "last": 3}),
        (structured, {"last": "-1"}, ((1, 2),), {"first": 0, "last": -1}),
        (structured, {"return_": "dict(first=1, last=2)"}, ((1, 2),), {"first": 1, "last": 2}),
    ],
)  # fmt: skip
def test_a_line_computes_something_else(function, changed, args, expected):
    before = function(*args)
    assert but(function, **changed)(*args) == expected
    assert before != expected
    assert function(*args) == before


def test_only_the_line_that_is_meant_is_changed():
    assert but(branching, y=("x + 5", ...))(1, "down") == branching(1, "down") == (0, 0)


def test_the_rest_of_the_function_is_as_it_was():
    wrong = but(lstm_step_backward, dc="dc_t")
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__defaults__"):
        assert getattr(wrong, name) == getattr(lstm_step_backward, name)
    assert inspect.signature(wrong) == inspect.signature(lstm_step_backward)
    assert wrong.__globals__ is lstm_step_backward.__globals__
    assert but(plain, a="x + 2")(1, y=1) == 0
    wrong = but(decorated, y="np.zeros(2)")  # with its decorator: a division by zero would be an error here
    assert wrong([1]).tolist() == [np.inf, np.inf]


def test_a_traceback_leads_to_the_line_in_the_file():
    for wrong in (but(plain, b="a / 0"), but(unpacking, low="1 / 0")):
        with pytest.raises(ZeroDivisionError) as caught:
            wrong(((1, 1),) if wrong.__name__ == "unpacking" else 1)
        last = traceback.extract_tb(caught.value.__traceback__)[-1]
        assert last.filename == __file__
        assert last.line == {"plain": "b = a * y", "unpacking": "low, high = divmod(a, b)"}[wrong.__name__]


NO_FUNCTION = "function must be made by def, got"


@pytest.mark.parametrize(
    ("function", "changed", "error", "message"),
    [
        (plain, {"c": "1"}, ValueError, "changed must name lines of plain, which are a; b; return_; got c$"),
        (structured, {"b": "1"}, ValueError, "got b$"),  # inside another function
        (plain, {}, ValueError, "changed must name at least one line of plain, got none"),
        (plain, {"a": "x +"}, ValueError, r"a must be an expression, got 'x \+': invalid syntax"),
        (plain, {"a": "y = 3"}, ValueError, "a must be an expression, got 'y = 3'"),
        (plain, {"a": "x + z"}, ValueError, "a must use names of plain, got z"),
        (plain, {"a": "x+1"}, ValueError, "a must compute something else than it does in plain already"),
        (plain, {"a": 3}, TypeError, "a must be an expression as a string, or a tuple of them and ..., got 3"),
        (plain, {"a": (...,)}, TypeError, "a must be an expression as a string"),
        (plain, {"a": ("x", 3)}, TypeError, "a must be an expression as a string"),
        (branching, {"y": "x"}, ValueError, r"y must have one expression for each line .* \(lines \d+, \d+\), .*; got 1"),
        (branching, {"y": ("x", ..., ...)}, ValueError, "got 3"),
        (plain, {"a": ("x", ...)}, ValueError, "got 2"),
        (len, {"a": "x"}, TypeError, f"{NO_FUNCTION} builtin_function_or_method"),
        (np.tanh, {"a": "x"}, TypeError, f"{NO_FUNCTION} ufunc"),
        (3, {"a": "x"}, TypeError, f"{NO_FUNCTION} int"),
        (lambda x: x, {"a": "x"}, TypeError, f"{NO_FUNCTION} <lambda>"),
        (around(1), {"z": "y"}, ValueError, "must stand at the top of a module, but .*enclosed uses names around it"),
        (functools.wraps(gru_step)(lambda *args: gru_step(*args)[0]), {"h_t": "n_t"}, ValueError, "the one that does the work, got a wrapper of gru_step"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(function, changed, error, message):
    with pytest.raises(error, match=message):
        but(function, **changed)


def run(code, folder):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60
    )


MODULE = "def f(x):\n    y = x + 1\n    return y\n"
CHANGE = f"import sys; sys.path[:0] = [{str(ROOT)!r}, %r]; from lstm_course.checker import but; import small; print(but(small.f, y='7')(1))"


def test_a_function_in_a_zip_will_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("small.py", MODULE)
    done = run(CHANGE % "all.zip", tmp_path)
    assert done.stdout == "7\n", done.stderr


def test_without_the_source_it_says_so(tmp_path):
    (tmp_path / "small.py").write_text(MODULE)
    run("import compileall; compileall.compile_dir('.', legacy=True, quiet=1)", tmp_path)
    (tmp_path / "small.py").unlink()
    done = run(CHANGE % ".", tmp_path)
    assert done.returncode == 1
    said = (
        "function must come with its source, but that of f cannot be read: is the .py file of small missing?"
    )
    assert f"ValueError: {said}" in done.stderr


@pytest.mark.parametrize(
    ("module", "line", "instead", "said"),
    [
        ("network", "    dbias = da.sum", "    db = da.sum", "name lines of layer_backward, .* got dbias"),
        ("gru_variants", "    dq = da_n * (1 - z_t)", "    dq = da_n\n    dq = dq * (1 - z_t)", "dq must have one expression"),
    ],
)  # fmt: skip
def test_a_line_renamed_or_added_in_the_package_breaks_its_mistakes_at_import(
    tmp_path, module, line, instead, said
):
    shutil.copytree(
        ROOT / "lstm_course", tmp_path / "lstm_course", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = tmp_path / "lstm_course" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(f"{line}") >= 1
    path.write_text(text.replace(line, instead), encoding="utf-8")
    done = run(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import lstm_course.exercises", tmp_path)
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr


def importers(folder):
    """Modules below a folder of the package that import `but`."""
    found = []
    for path in sorted((ROOT / "lstm_course" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and any(
                name.name in ("but", "mutant") for name in node.names
            ):
                found.append(path.name)
    return found


def test_only_the_exercises_use_it_and_never_on_an_answer():
    assert importers("checker") == ["__init__.py"]
    assert "_grading.py" not in importers("exercises")
    assert len(importers("exercises")) > 9
    assert checker.but is but
