"""The tools that guard the book, each shown to bite."""

import importlib.metadata
import importlib.util
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]


def load(name, root=ROOT):
    spec = importlib.util.spec_from_file_location(name, root / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


notebooks = load("notebooks")

SMALL = (  # a notebook's code cells
    "import sys\nfrom pathlib import Path\nfrom lstm_course.part import ANSWER\nprint('the number is', ANSWER)",
    "6 * 7",
    "print('warned', file=sys.stderr)",
    "print('quiet')",
    "print('here')",
    "from IPython.display import Markdown\nMarkdown('**bold**')",
    "print('out')",
    "print('first'); display('second')",
    "import time\nprint(time.time())",
    "Path('../benchmarks/results/speed.json').read_text()",
    "import os\nos.environ['LSTM_COURSE_FIGURES'], os.environ['OMP_NUM_THREADS']",
)
FREE = 8  # the cell whose output is not compared


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def tool(root, *arguments):
    """Run a copy of the tool as `make` does."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "OMP_NUM_THREADS")}
    command = [sys.executable, str(root / "tools" / "notebooks.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one chapter, executed and cleaned by the tool, with a package and data of its own."""
    root = tmp_path_factory.mktemp("course")
    for name in ("tools/notebooks.py", *PROFILE):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    files = {"lstm_course/__init__.py": "", "lstm_course/part.py": "ANSWER = 42\n",
             "benchmarks/results/speed.json": "[1, 2]", "elsewhere.txt": "not named"}  # fmt: skip
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    small = notebook(*SMALL)
    small.cells[FREE].metadata["tags"] = ["nbval-ignore-output"]
    small.cells.insert(0, nbformat.v4.new_markdown_cell("# Small"))
    (root / "book").mkdir()
    nbformat.write(small, root / "book" / "small.ipynb")
    done = tool(root, "run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 of 1 notebooks to execute\nexecuted small.ipynb in ")
    return root


PROFILE = [
    f"tools/ipython/profile_default/{name}" for name in ("ipython_kernel_config.py", "startup/00-inputs.py")
]


@pytest.fixture
def small(course):
    """The chapter's path; whatever a test does to the course is undone after it."""
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    yield course / "book" / "small.ipynb"
    for path in {path for path in course.rglob("*") if path.is_file()} - set(before):
        path.unlink()
    for path, content in before.items():
        path.write_bytes(content)


@pytest.fixture
def tools(course, monkeypatch):
    """The course's own copy of the tool, in this process, in the environment that `tool` gave it."""
    for name in ("PYTHONPATH", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return load("notebooks", course)


def outputs(path):
    return [cell.outputs for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_run_keeps_text_and_counts(small, tools):
    cells = [c for c in nbformat.read(small, as_version=4).cells if c.cell_type == "code"]
    assert cells[0].outputs[0].text == "the number is 42\n"
    assert [c.execution_count for c in cells] == list(range(1, len(SMALL) + 1))
    assert list(cells[1].outputs[0].data) == ["text/plain"]
    assert cells[-1].outputs[0].data["text/plain"] == "('html', '1')"
    assert tools.main(["verify"]) == 0


def test_one_execution_serves_the_book_and_the_comparison(small, tools, capsys):
    written = tools.store(small).read_bytes()
    assert tools.main(["execute"]) == 0
    assert tools.main(["compare"]) == 0
    assert tools.main(["run"]) == 0
    assert capsys.readouterr().out == 3 * "0 of 1 notebooks to execute\n"
    assert tools.store(small).read_bytes() == written
    for_the_book = [c.outputs for c in tools.executed(small).cells if c.cell_type == "code"]
    assert for_the_book[:FREE] == outputs(small)[:FREE]


# --- the comparison is strict -----------------------------------------------------------------


def output(kind, **content):
    return nbformat.v4.new_output(kind, **content)


def corrupt(cells):
    """Make what is committed wrong in eight cells, each in another way; returns the others' numbers."""
    cells[0].outputs[0].text = "the number is 43\n"
    cells[1].outputs[0].data["text/plain"] = "43"
    cells[2].outputs = []  # as if nothing had come on stderr
    cells[3].outputs.append(output("stream", name="stderr", text="a warning\n"))
    cells[4].outputs = []
    cells[5].outputs[0].data["text/markdown"] = "**bald**"
    cells[6].outputs[0].name = "stderr"
    cells[7].outputs.reverse()
    cells[FREE].outputs[0].text = "0\n"
    return {8, 9, 10}


def nbval(path, **environment):
    """The numbers of the cells that nbval finds wrong in its own run of a notebook."""
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
    done = subprocess.run(
        [*command, "-rf", "--rootdir", str(path.parent), "-c", os.devnull],
        capture_output=True, text=True, check=False, env=os.environ | environment,
    )  # fmt: skip
    return {int(number) for number in re.findall(r"^FAILED .*::Cell (\d+)", done.stdout, re.M)}, done


def test_the_comparison_sees_whatever_nbval_sees_and_more(small, tools, capsys):
    environment = tools.environment()
    assert tools.main(["compare"]) == 0
    wrong, done = nbval(small, **environment)
    assert (wrong, done.returncode) == (set(), 0), done.stdout
    book = nbformat.read(small, as_version=4)
    true_cells = corrupt([c for c in book.cells if c.cell_type == "code"])
    nbformat.write(book, small)
    capsys.readouterr()
    assert tools.main(["compare"]) == 1
    told = capsys.readouterr()
    assert told.out == "0 of 1 notebooks to execute\n"
    ours = {int(number) - 1 for number in re.findall(r"cell \[(\d+)\] prints something else", told.err)}
    assert ours == set(range(len(SMALL))) - true_cells
    assert '-  "text": "the number is 43' in told.err
    assert '+  "text": "the number is 42' in told.err
    theirs, done = nbval(small, **environment)
    assert done.returncode == 1
    assert len(theirs) >= 6
    assert theirs <= ours  # it asks neither for the name of a stream nor for the order


def test_a_number_that_is_not_compared_may_change_and_nothing_else(small, tools):
    book = nbformat.read(small, as_version=4)
    book.cells[1 + FREE].outputs[0].text = "0\n"
    nbformat.write(book, small)
    assert tools.main(["compare"]) == 0
    book.cells[FREE].outputs = []
    nbformat.write(book, small)
    assert tools.main(["compare"]) == 1


def test_nbval_would_pass_anything_without_execution_counts_so_verify_refuses_that(small, tools, capsys):
    book = nbformat.read(small, as_version=4)
    for cell in book.cells:
        cell.execution_count = None
    nbformat.write(book, small)
    for command in ("verify", "compare"):
        assert tools.main([command]) == 1
        assert "not executed once each, in order" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/vnd.jupyter.widget-view+json"])
def test_verify_refuses_pictures_and_html_left_in_outputs(kind, small, tools, capsys):
    book = nbformat.read(small, as_version=4)
    book.cells[2].outputs[0].data[kind] = "<b>bold</b>"
    nbformat.write(book, small)
    assert tools.main(["verify"]) == 1
    assert "not clean" in capsys.readouterr().err
    assert tools.main(["clean"]) == 0
    assert tools.main(["verify"]) == 0


def test_split_streams_are_joined():
    book = notebook("print(1)")
    book.cells[0].outputs = [output("stream", name="stdout", text=t) for t in ("1\n", "2\n")]
    assert [o.text for o in notebooks.clean(book).cells[0].outputs] == ["1\n2\n"]


def test_nothing_to_do_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main(["verify"]) == 1
    assert "no notebooks found" in capsys.readouterr().err


# --- what counts as up to date ----------------------------------------------------------------


def rewrite(path, change):
    book = nbformat.read(path, as_version=4)
    change(book)
    nbformat.write(book, path)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


CODE = {
    "code": lambda book: book.cells[1].update(source=book.cells[1].source + " "),
    "order": lambda book: book.cells.reverse(),
    "another cell": lambda book: book.cells.append(nbformat.v4.new_code_cell("")),
    "a tag": lambda book: book.cells[2].metadata.update(tags=["raises-exception"]),
}
FILES = {
    "the package": lambda root: write(root / "lstm_course/part.py", "ANSWER = 41\n"),
    "the same bytes in another file": lambda root: (root / "lstm_course/part.py").rename(
        root / "lstm_course/p.py"
    ),
    "a new module": lambda root: write(root / "lstm_course/json.py", ""),
    "no module": lambda root: (root / "lstm_course/part.py").unlink(),
    "data": lambda root: write(root / "benchmarks/results/speed.json", "[1, 3]"),
    "IPython's profile": lambda root: write(root / PROFILE[0], ""),
    "this tool": lambda root: write(root / "tools/notebooks.py", "pass"),
}


@pytest.mark.parametrize("change", CODE.values(), ids=CODE)
def test_a_change_of_the_code_is_executed_again(change, small, tools):
    assert tools.executed(small) is not None
    rewrite(small, change)
    assert tools.executed(small) is None


@pytest.mark.parametrize("change", FILES.values(), ids=FILES)
def test_a_change_of_what_it_reads_is_executed_again(change, small, tools):
    change(small.parents[1])
    assert tools.executed(small) is None


@pytest.mark.parametrize(
    "name", ["OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "PYTHONHASHSEED", "LSTM_COURSE_SPEED"]
)
def test_other_settings_are_executed_again(name, small, tools, monkeypatch):
    monkeypatch.setenv(name, "2")
    assert tools.executed(small) is None


def test_another_python_or_package_is_executed_again(small, tools, monkeypatch):
    found = tools.surroundings()
    monkeypatch.setattr(sys, "version", sys.version + "1")
    tools.surroundings.cache_clear()
    another = tools.surroundings()
    monkeypatch.setattr(importlib.metadata, "distributions", list)
    tools.surroundings.cache_clear()
    assert len({found, another, tools.surroundings()}) == 3
    assert tools.executed(small) is None


def test_prose_outputs_and_caches_change_nothing(small, tools):
    rewrite(small, lambda book: book.cells[0].update(source="# Another title"))
    rewrite(small, lambda book: book.cells[1].update(outputs=[], execution_count=None))
    write(small.parents[1] / "lstm_course/__pycache__/part.cpython-399.pyc", "?")
    write(small.parents[1] / "README.md", "?")
    assert tools.executed(small).cells[0].source == "# Another title"
    assert tools.executed(small).cells[1].outputs[0].text == "the number is 42\n"


@pytest.mark.parametrize("kept", ["", "{", "{}", '{"key": "another"}'])
def test_half_a_file_is_no_execution(kept, small, tools):
    tools.store(small).write_text(kept, encoding="utf-8")
    assert tools.executed(small) is None


def test_what_fails_leaves_nothing_and_stays_red(small):
    """An error; a file of the repository that the key does not name."""
    folder = small.parent
    sources = {"error": "print('so far'); 1 / 0", "reads": "open('../elsewhere.txt')", "right": "1 + 1"}
    for name, source in sources.items():
        nbformat.write(notebook(source), folder / f"{name}.ipynb")
    for stale in (3, 2):
        done = tool(folder.parent, "execute", *(folder / f"{name}.ipynb" for name in sources))
        assert done.returncode == 1
        assert done.stdout.startswith(f"{stale} of 3 notebooks to execute\n")
        assert "ZeroDivisionError" in done.stderr
        assert re.search(
            r"must not open \S+elsewhere.txt, which INPUTS of tools/notebooks.py does not", done.stderr
        )
    assert {path.stem for path in (folder.parent / "_build" / "executed").iterdir()} == {"small", "right"}


def test_nothing_is_kept_when_the_package_changes_meanwhile(small):
    path = small.parent / "changes.ipynb"
    nbformat.write(notebook("open('../lstm_course/part.py', 'a').write('# more')"), path)
    done = tool(small.parents[1], "execute", path)
    assert done.returncode == 1
    assert "changed while it ran; run it again" in done.stderr
    assert not (small.parents[1] / "_build" / "executed" / "changes.json").exists()


def test_the_longest_is_begun_first(small, tools):
    """As last time; where it has never run, those that train first, then by the length of the code."""
    folder = small.parent
    for name, code in {"short": "1", "long": "1 + 1 + 1", "trains": "1"}.items():
        book = notebook(code)
        book.cells[0].metadata["tags"] = ["nbval-ignore-output"] if name == "trains" else []
        nbformat.write(book, folder / f"{name}.ipynb")
    paths = sorted(folder.glob("*.ipynb"), key=tools.length, reverse=True)
    assert [path.stem for path in paths] == ["trains", "small", "long", "short"]
    write(tools.store(folder / "short.ipynb"), '{"seconds": 1e6}')
    assert tools.length(folder / "short.ipynb") > tools.length(small)


def test_sphinx_reads_a_page_again_when_its_text_or_an_output_changed(small, tools, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    extension = importlib.import_module("gradients_book")
    monkeypatch.setattr(extension, "notebooks", tools)
    write(small.parent / "page.md", "# Page")
    pages = {"small": small, "page": small.parent / "page.md"}
    env = SimpleNamespace(found_docs=set(pages), doc2path=lambda name: str(pages[name]))
    app = SimpleNamespace(env=env)

    def outdated():
        return sorted(extension.outdated(app, env, set(), set(), set()))

    assert outdated() == ["page", "small"]
    for name in pages:
        source = ["as Sphinx read it"]
        extension.put_outputs_in(app, name, source)
    assert "the number is 42" in extension.page_text(app, "small")
    assert outdated() == []
    rewrite(small, lambda book: book.cells[1].update(outputs=[]))  # what is committed is not what is shown
    assert outdated() == []
    rewrite(small, lambda book: book.cells[0].update(source="# Another"))
    assert outdated() == ["small"]
    kept = tools.store(small).read_text(encoding="utf-8")
    write(tools.store(small), kept.replace("the number is 42", "the number is 41"))
    extension.put_outputs_in(app, "small", [""])
    assert outdated() == []
    write(tools.store(small), kept)
    assert outdated() == ["small"]
    rewrite(small, lambda book: book.cells[1].update(source="2"))
    with pytest.raises(Exception, match="is not executed: `make book` does it first"):
        outdated()


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


# --- make: what is built once, what again, and what never passes as built -----------------------

PYTHON_STUB = """#!/bin/sh
echo "python $*" >>"$LOG"
case "$*" in
  *"pip install"*) echo noise; echo "WARNING: noise" >&2; test ! -e pip.broken || { echo "no such version" >&2; exit 1; };;
  *"notebooks.py execute"*) mkdir -p _build/executed; for n in a b; do f=_build/executed/$n.json; test -e $f || echo {} >$f; done;;
esac
"""
BOOK_STUB = """#!/bin/sh
test -e _build/.doctrees && echo "build again" >>"$LOG" || echo "build from nothing" >>"$LOG"
mkdir -p _build/html _build/.doctrees
test ! -e edit.now || echo later >>book/page.md
test ! -e killed || kill -9 $PPID
test ! -e broken
"""
OLD = 1_600_000_000  # before anything that the tests write


@pytest.fixture
def workshop(tmp_path):
    """The Makefile among stubs that write down how they were called."""
    for name in ("Makefile", "tools/find_python.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in ("requirements.txt", "pyproject.toml", "_config.yml", "_toc.yml", "tools/notebooks.py", "book/a.ipynb",
                 "book/b.ipynb", "book/page.md", "book/references.bib", "book/_ext/x.py", "lstm_course/__init__.py",
                 "lstm_course/part.py"):  # fmt: skip
        write(tmp_path / name, "")
        os.utime(tmp_path / name, (OLD, OLD))
    write(tmp_path / ".venv/bin/x", "")
    fake(tmp_path / ".venv/bin", "python", PYTHON_STUB.partition("\n")[2])
    fake(tmp_path / ".venv/bin", "jupyter-book", BOOK_STUB.partition("\n")[2])
    return tmp_path


@pytest.fixture
def make(workshop):
    def run(*goals):
        (workshop / "log").unlink(missing_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")} | {"LOG": "log"}
        done = subprocess.run(
            ["make", *goals, f"PYTHON={sys.executable}"],
            cwd=workshop, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        calls = (workshop / "log").read_text(encoding="utf-8") if (workshop / "log").exists() else ""
        return done, re.findall(r"^build .*", calls, re.M), calls

    return run


def newer(path):
    """A change that the clock cannot miss, however coarse it is."""
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    later = max(stamp, *(p.stat().st_mtime_ns for p in path.parents[0].rglob("*"))) + 10**9
    os.utime(path, ns=(later, later))


def test_make_installs_without_noise_and_shows_it_on_failure(workshop, make):
    (workshop / "pip.broken").touch()
    done, _, _ = make("venv")
    assert done.returncode != 0
    assert "no such version" in done.stderr
    assert not (workshop / ".make" / "venv").exists()
    (workshop / "pip.broken").unlink()
    done, _, calls = make("venv")
    assert done.returncode == 0
    assert "noise" not in done.stdout + done.stderr
    assert calls.count("pip install") == 2
    assert make("venv")[2] == ""


def test_make_builds_once_and_again_after_a_change(workshop, make):
    assert make("book")[1] == ["build from nothing"]
    assert make("book")[1] == []
    for changed in ("book/page.md", "lstm_course/part.py", "_build/executed/b.json"):
        newer(workshop / changed)
        os.utime(workshop / ".make" / "book", (OLD + 1, OLD + 1))
        assert make("book")[1] == ["build again"], changed
        os.utime(workshop / changed, (OLD, OLD))


@pytest.mark.parametrize(
    "changed", ["_config.yml", "_toc.yml", "book/_ext/x.py", "book/references.bib", "tools/notebooks.py"]
)
def test_make_builds_from_nothing_what_every_page_depends_on(changed, workshop, make):
    make("book")
    os.utime(workshop / ".make" / "ground", (OLD + 1, OLD + 1))
    os.utime(workshop / changed, (OLD + 2, OLD + 2))
    for earlier in ("venv", "files"):
        os.utime(workshop / ".make" / earlier, (OLD, OLD))
    assert make("book")[1] == ["build from nothing"]


@pytest.mark.parametrize("gone", ["book/page.md", "lstm_course/part.py"])
def test_a_file_that_is_gone_is_a_change(gone, workshop, make):
    make("book")
    for stamp in ("ground", "book"):
        os.utime(workshop / ".make" / stamp, (OLD + 1, OLD + 1))
    (workshop / gone).unlink()
    assert make("book")[1] == ["build from nothing"]


@pytest.mark.parametrize("fate", ["broken", "killed"])
def test_a_build_that_fails_or_is_killed_is_never_fresh(fate, workshop, make):
    make("book")
    newer(workshop / "book" / "page.md")
    os.utime(workshop / ".make" / "book", (OLD + 1, OLD + 1))
    (workshop / fate).touch()
    done, builds, _ = make("book")
    assert (done.returncode != 0, builds) == (True, ["build again"])
    os.utime(workshop / "book" / "page.md", (OLD, OLD))  # undone, as if it had never been touched
    assert make("book")[1] == ["build from nothing"]  # and still broken
    (workshop / fate).unlink()
    assert make("book")[1] == ["build from nothing"]
    assert make("book")[1] == []


def test_what_is_edited_during_a_build_is_built_again(workshop, make):
    (workshop / "edit.now").touch()
    make("book")
    (workshop / "edit.now").unlink()
    assert (workshop / ".make/book").stat().st_mtime_ns <= (workshop / "book/page.md").stat().st_mtime_ns
    newer(workshop / "book" / "page.md")
    assert make("book")[1] == ["build again"]


def test_two_targets_at_a_time_execute_the_notebooks_once(make):
    done, builds, calls = make("-j2", "outputs", "book")
    assert done.returncode == 0, done.stderr
    assert calls.count("notebooks.py execute") == 1
    assert calls.index("notebooks.py execute") < calls.index("notebooks.py compare")
    assert builds == ["build from nothing"]
