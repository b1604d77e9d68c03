"""The tools that guard the book, each shown to bite."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


notebooks = load("notebooks")


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """A small notebook, executed and cleaned by the tool."""
    monkeypatch.setenv("IPYTHONDIR", str(ROOT / "tools" / "ipython"))
    monkeypatch.setenv("LSTM_COURSE_FIGURES", "text")
    path = tmp_path / "small.ipynb"
    source = "import sys\nprint('the number is', 40 + 2)"
    nbformat.write(notebook(source, "6 * 7"), path)
    assert notebooks.main(["run", str(path)]) == 0
    return path


def nbval(path):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        str(path),
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:cov",
    ]
    return subprocess.run(
        [*command, "--rootdir", str(path.parent), "-c", os.devnull],
        capture_output=True,
        text=True,
        check=False,
    )


def test_run_keeps_text_and_counts(executed):
    first, second = nbformat.read(executed, as_version=4).cells
    assert first.outputs[0].text == "the number is 42\n"
    assert [first.execution_count, second.execution_count] == [1, 2]
    assert list(second.outputs[0].data) == ["text/plain"]
    assert notebooks.main(["verify", str(executed)]) == 0


def test_nbval_passes_the_true_number_and_fails_a_corrupted_one(executed):
    assert nbval(executed).returncode == 0
    text = executed.read_text(encoding="utf-8")
    assert "is 42" in text
    executed.write_text(text.replace("is 42", "is 43"), encoding="utf-8")
    result = nbval(executed)
    assert result.returncode == 1
    assert "1 failed" in result.stdout


def test_nbval_would_pass_anything_without_execution_counts_so_verify_refuses_that(executed, capsys):
    book = nbformat.read(executed, as_version=4)
    for cell in book.cells:
        cell.execution_count = None
    nbformat.write(book, executed)
    assert notebooks.main(["verify", str(executed)]) == 1
    assert "not executed once each, in order" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/vnd.jupyter.widget-view+json"])
def test_verify_refuses_pictures_and_html_left_in_outputs(kind, executed, capsys):
    book = nbformat.read(executed, as_version=4)
    book.cells[1].outputs[0].data[kind] = "<b>bold</b>"
    nbformat.write(book, executed)
    assert notebooks.main(["verify", str(executed)]) == 1
    assert "not clean" in capsys.readouterr().err
    assert notebooks.main(["clean", str(executed)]) == 0
    assert notebooks.main(["verify", str(executed)]) == 0


def test_split_streams_are_joined():
    book = notebook("print(1)")
    book.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=t) for t in ("1\n", "2\n")]
    assert [o.text for o in notebooks.clean(book).cells[0].outputs] == ["1\n2\n"]


def test_nothing_to_do_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main(["verify"]) == 1
    assert "no notebooks found" in capsys.readouterr().err


# --- finding what the machine has ---------------------------------------------------------------


def fake(folder, name, script):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def find_python(path):
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "find_python.sh")],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_refused_with_the_way_out(tmp_path):
    fake(tmp_path, "python3", 'test "$1" = --version && echo Python 3.9.2; test "$1" = --version')
    result = find_python(tmp_path)
    assert result.returncode == 1
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in result.stderr
    assert "make book PYTHON=" in result.stderr


def test_no_python_is_refused(tmp_path):
    assert "found: no python3" in find_python(tmp_path).stderr


def test_a_newer_python_is_found_beside_an_old_one(tmp_path):
    fake(tmp_path, "python3", "exit 1")
    newer = fake(tmp_path, "python3.12", "exit 0")
    assert find_python(tmp_path).stdout.strip() == str(newer)


def test_a_missing_venv_module_is_named(tmp_path):
    fake(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "find_python.sh").write_bytes((ROOT / "tools" / "find_python.sh").read_bytes())
    result = subprocess.run(
        ["make", "venv", f"PYTHON={tmp_path / 'python3'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "has no venv module" in result.stderr
    assert "python3-venv" in result.stderr


def test_a_named_browser_that_does_not_start_is_an_error(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(SystemExit, match="does not start"):
        load("browser").installed()


def test_without_a_browser_the_command_to_type_is_printed(tmp_path):
    stub = tmp_path / "sitecustomize.py"
    stub.write_text(
        "import shutil, subprocess\nshutil.which = lambda name: None\n"
        "class Failed:\n    returncode = 1\nsubprocess.run = lambda *a, **k: Failed()\n",
        encoding="utf-8",
    )
    environment = {k: v for k, v in os.environ.items() if k != "CHROMIUM"} | {"PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "browser.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "sudo apt-get install chromium" in result.stderr
    assert result.stdout == ""
