"""The code of the learners' notebooks, their first cell, and the folder in which they are worked on."""

import ast
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from learners import __main__ as command
from learners.book import BookError, Page, read_book
from learners.build import make_wheel
from learners.cells import plan, without_bookkeeping
from learners.myst import ROOT
from learners.scope import bound, disturbs, exposed, random_streams
from learners.start import opening, requirements, wheel_name
from learners.working_copy import hand_out, mark

BOOK = read_book()
RUNNING = [page for page in BOOK.pages.values() if page.runs]


def cell(code, *tags, **outputs):
    return nbformat.v4.new_code_cell(code, metadata={"tags": list(tags)}, **outputs)


def page_of(*cells):
    return Page("07_small", Path("07_small.ipynb"), nbformat.v4.new_notebook(cells=list(cells)))


# --- what runs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ('x = 1\nfact("x", x)\ny = 2', "x = 1\ny = 2"),
        ('fact(\n    "x",\n    x,\n)', ""),
        ('holds("never", x > 0)\ngiven("two", 2)', ""),
        ("from lstm_course.book import fact", ""),
        (
            "from lstm_course.book import benchmark_table, fact, holds",
            "from lstm_course.book import benchmark_table",
        ),
        ('for k in x:\n    fact(f"{k}", k)\nprint(1)', "print(1)"),
        ('for k in x:\n    print(k)\n    fact(f"{k}", k)', "for k in x:\n    print(k)"),
        ('fact = "not ours"\nprint(fact)', 'fact = "not ours"\nprint(fact)'),
    ],
)
def test_bookkeeping_goes_and_everything_else_stays(code, left):
    assert without_bookkeeping(code) == left


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('fact("x", rng.normal())', "moves more than the text"),
        ('if a:\n    fact("x", 1)\nelse:\n    print()', "left without a body"),
    ],
)
def test_bookkeeping_that_does_more_is_an_error(code, message):
    with pytest.raises(ValueError, match=message):
        without_bookkeeping(code, {"rng"})


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ("y = np.sqrt(x)", False),
        ("y = np.random.default_rng(0).normal()", False),
        ("y = []\ny.append(x)", False),
        ("own = {}\nown['a'] = x", False),
        ("x.append(1)", True),
        ("x[0] = 1", True),
        ("x.weight = 1", True),
        ("x += 1", True),
        ("del x", True),
        ("y = rng.normal()", True),
        ("y = draw()", True),
        ("np.random.seed(1)", True),
        ("torch.manual_seed(0)", True),
        ("layer = torch.nn.Linear(2, 2)", True),
        ("m = lstm_to_torch(params)", True),
        ("y = next(it)", True),
    ],
)
def test_what_disturbs_later_cells(code, does):
    streams = random_streams(
        ["rng = np.random.default_rng(0)", "def draw():\n    return rng.normal()", "x = [1]"]
    )
    assert streams == {"rng", "draw"}
    assert disturbs(code, streams) is does


def test_what_code_binds_and_what_it_wants_first():
    code = "import a.b\nx = y\nz = x\ndef f(p):\n    return p + later\nfor k in x:\n    w = k"
    assert bound(code) == {"a", "x", "z", "f", "k", "w"}
    wanted, replaced = exposed(code)
    assert wanted == {"y", "later"}
    assert replaced == {"a", "x", "z", "f"}


def fates(*cells):
    return [fate for fate, _ in plan(page_of(*cells))]


def test_hidden_cells_are_dropped_unless_a_later_one_needs_them():
    hidden = cell('extra = 2\nfact("e", extra)', "remove-cell")
    assert fates(cell("a = 1"), hidden, cell("print(a)")) == ["kept", "dropped", "kept"]
    assert fates(cell("a = 1"), hidden, cell("print(extra)")) == ["kept", "folded", "kept"]
    assert plan(page_of(hidden, cell("extra")))[0] == ("folded", "extra = 2")


def test_a_later_cell_that_makes_the_name_anew_does_not_need_it():
    hidden = cell("extra = 2", "remove-cell")
    assert fates(hidden, cell("extra = 3\nprint(extra)")) == ["dropped", "kept"]


def test_a_function_called_later_needs_it():
    assert fates(
        cell("def f():\n    return extra"), cell("extra = 2", "remove-cell"), cell("extra = f()")
    ) == ["kept", "folded", "kept"]


def test_a_hidden_cell_that_draws_random_numbers_stays():
    hidden = cell("extra = rng.normal()", "remove-cell")
    assert fates(cell("rng = np.random.default_rng(0)"), hidden, cell("print(rng.normal())"))[1] == "folded"


def test_hidden_inputs_are_folded():
    assert fates(cell("1", "hide-input"), cell("2", "hide-cell"), cell("3", "remove-input")) == ["folded"] * 3


def test_a_cell_that_reads_the_repository_becomes_its_output():
    reading = cell('T = "../results.json"\nshow(T)')
    assert fates(reading, cell("T", "remove-cell")) == ["shown", "dropped"]
    with pytest.raises(BookError, match=r"cell 0 reads ../results.json, and later cells need \['T'\]"):
        fates(reading, cell("print(T)"))


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_the_code_is_the_sources_but_for_bookkeeping(page):
    """Judged by the syntax tree: what a reader sees in the book is what runs."""

    class Bookkeeping(ast.NodeTransformer):
        def visit_Expr(self, node):
            called = getattr(getattr(node.value, "func", None), "id", None)
            return None if called in ("fact", "holds", "given") else node

        def visit_ImportFrom(self, node):
            if node.module == "lstm_course.book":
                node.names = [alias for alias in node.names if alias.name not in ("fact", "holds", "given")]
            return node if node.names else None

    for source, (fate, code) in zip(page.notebook.cells, plan(page), strict=True):
        if source.cell_type == "code" and fate in ("kept", "folded"):
            assert ast.dump(Bookkeeping().visit(ast.parse(source.source))) == ast.dump(ast.parse(code))
        elif source.cell_type == "code":
            assert fate == "shown" or "remove-cell" in source.metadata.tags
            assert fate == "dropped" or "../" in source.source


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_no_name_is_missing_where_cells_were_dropped(page, tmp_path):
    """By ruff, which knows nothing of our own analysis."""
    path = tmp_path / "code.py"
    path.write_text("\n\n".join(code for _, code in plan(page)), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821,F401", str(path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "F821" not in found, found


# --- the first cell ----------------------------------------------------------------------------


def test_what_a_chapter_needs():
    assert requirements("import numpy as np\nimport json, bisect\nfrom inspect import signature") == {
        "numpy": "numpy>=1.26"
    }
    assert list(requirements("from lstm_course.svg import show")) == ["numpy", "matplotlib", "ipywidgets"]
    assert requirements("from lstm_course.tasks import digits")["sklearn"].startswith("scikit-learn")
    assert requirements("import torch\nimport threadpoolctl") == {
        "numpy": "numpy>=1.26", "threadpoolctl": "threadpoolctl", "torch": "torch"}  # fmt: skip


def first_cell(needs_code="import numpy"):
    page = Page("07_small", ROOT / "book" / "07_small.ipynb", nbformat.v4.new_notebook())
    return opening(BOOK, page, needs_code)


def run(python, code, folder, **environment):
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(python), "-c", code],
        cwd=folder,
        env=kept | {"PIP_NO_INDEX": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_where_everything_is_the_first_cell_says_so(tmp_path):
    words, code = first_cell()
    assert "it looks for NumPy, and for the course's package `lstm_course`" in words
    status, out, _ = run(sys.executable, code, tmp_path)
    assert (status, out) == (0, f"Ready: lstm_course {BOOK.version} and numpy\n")


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A Python of its own, with pip and NumPy and nothing else, and without a network."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    there = next(folder.glob("lib/python*/site-packages"))
    for path in Path(sysconfig.get_path("purelib")).glob("numpy*"):
        (there / path.name).symlink_to(path)
    return folder / "bin" / "python"


def test_without_the_package_the_first_cell_says_what_to_do(bare, tmp_path):
    status, _, err = run(bare, first_cell()[1], tmp_path)
    assert status == 1
    assert (
        f"needs the package lstm_course {BOOK.version}. Put its file {wheel_name(BOOK.version)} beside" in err
    )


def test_what_cannot_be_got_is_named_with_the_command(bare, tmp_path):
    make_wheel(tmp_path, BOOK.version)
    code = first_cell("import sympy\nfrom lstm_course.tasks import digits")[1]
    status, out, err = run(bare, code, tmp_path)
    assert status == 1
    assert "By hand, in a terminal:" in out
    assert ' "scikit-learn>=1.5" sympy\n' in out  # unquoted, a shell would write into a file "=1.5"
    assert "still missing: scikit-learn>=1.5, sympy" in err


def test_the_package_is_installed_from_the_file_beside_the_notebook(bare, tmp_path):
    make_wheel(tmp_path, BOOK.version)
    code = first_cell()[1] + "\nimport lstm_course\nprint(lstm_course.__file__)"
    status, out, err = run(bare, code, tmp_path)
    assert status == 0, err
    assert f"Ready: lstm_course {BOOK.version} and numpy" in out
    assert str(bare.parents[1]) in out.splitlines()[-1]


# --- the learner's folder ----------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path):
    """The notebooks as made, one chapter twice changed by hand, and an empty folder to work in."""
    built = tmp_path / "built"
    built.mkdir()
    for name in ("01_one", "02_two"):
        write(built / f"{name}.ipynb", "as made", "first")
    return built, tmp_path / "work"


def write(path, text, made):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="a")])
    if made:
        notebook.metadata["lstm_course"] = {"made": made}
    nbformat.write(notebook, path)


def text(path):
    return nbformat.read(path, as_version=4).cells[0].source


def test_a_copy_is_made_once_and_never_overwritten(folders):
    built, work = folders
    assert hand_out(built, work) == []
    assert sorted(path.name for path in work.iterdir()) == ["01_one.ipynb", "02_two.ipynb"]
    write(work / "01_one.ipynb", "my answer", "first")
    assert hand_out(built, work) == []
    assert text(work / "01_one.ipynb") == "my answer"


def test_a_changed_chapter_is_told_and_taken_only_when_asked_for(folders):
    built, work = folders
    hand_out(built, work)
    write(work / "01_one.ipynb", "my answer", "first")
    write(built / "01_one.ipynb", "new text", "second")
    told = hand_out(built, work)
    assert told[0] == "Changed since you got your copy: 01_one. Yours stay as they are."
    assert "make lab-new CHAPTER=01_one" in told[1]
    assert text(work / "01_one.ipynb") == "my answer"
    assert hand_out(built, work, ["01_one"]) == [
        "01_one.ipynb is the new version; yours is 01_one.mine.ipynb"
    ]
    assert text(work / "01_one.ipynb") == "new text"
    assert text(work / "01_one.mine.ipynb") == "my answer"
    assert hand_out(built, work) == []
    write(built / "01_one.ipynb", "newer text", "third")
    hand_out(built, work, ["all"])
    assert text(work / "01_one.mine-2.ipynb") == "new text"
    assert text(work / "01_one.mine.ipynb") == "my answer"


@pytest.mark.parametrize("content", ["not a notebook", None])
def test_a_file_that_is_not_ours_is_left_alone(folders, content):
    built, work = folders
    work.mkdir()
    if content:
        (work / "01_one.ipynb").write_text(content, encoding="utf-8")
    else:
        write(work / "01_one.ipynb", "somebody's", None)
    before = (work / "01_one.ipynb").read_bytes()
    assert "left alone" in hand_out(built, work, ["all"])[0]
    assert (work / "01_one.ipynb").read_bytes() == before


def test_an_unknown_chapter_is_an_error(folders):
    with pytest.raises(ValueError, match="no chapter is called 03_three; there are 01_one, 02_two"):
        hand_out(*folders, ["03_three"])


def test_the_command_fills_a_folder_and_refuses_an_unknown_chapter(tmp_path, capsys):
    assert command.main(["copy", "--to", str(tmp_path / "work")]) == 0
    assert (tmp_path / "work" / "12_lstm.ipynb").exists()
    assert mark(tmp_path / "work" / "12_lstm.ipynb")
    assert command.main(["copy", "--to", str(tmp_path / "work"), "--take", "12_lstn"]) == 1
    assert "no chapter is called 12_lstn" in capsys.readouterr().err


def test_work_is_outside_version_control():
    assert "work/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    settings = json.loads((ROOT / "tools" / "jupyter" / "labconfig" / "page_config.json").read_text())
    assert settings["disabledExtensions"]["jupyterlab-myst"] is True  # it would read our plain text as MyST
