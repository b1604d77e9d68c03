"""Progress over the course, hints one at a time, all answers at once, and the same from a terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_course.__main__ import answers_in, main
from lstm_course.activations import sigmoid_prime
from lstm_course.checker import Choice
from lstm_course.exercises import (
    CHAPTERS,
    EXERCISES,
    _grading,
    _progress,
    check,
    check_all,
    grade,
    hint,
    progress,
)

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state file of this test's own, in a folder that is not there yet."""
    path = tmp_path / "some" / "where" / "progress.jsonl"
    monkeypatch.setenv("LSTM_COURSE_STATE", str(path))
    monkeypatch.setenv("LSTM_COURSE_FIGURES", "live")
    monkeypatch.setattr(_progress, "_unsaved", [])
    return path


def standing(label):
    return next(s for s in progress().standings if s.label == label)


def stub(*_):
    raise NotImplementedError("your answer")


def test_a_right_answer_is_remembered_by_another_process(state):
    check("sigmoid-prime", sigmoid_prime)
    code = "from lstm_course.exercises import progress; print(progress())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "✓ sigmoid-prime" in done.stdout
    assert "1 try" in done.stdout
    assert f"1 of {len(EXERCISES)} exercises solved. Kept in {state}." in done.stdout


def test_wrong_answers_count_as_tries_and_stubs_as_nothing(state):
    check("sigmoid-prime", stub)
    assert standing("sigmoid-prime").tries == 0
    check("sigmoid-prime", lambda a: a)
    check("sigmoid-prime", lambda a: 2 * a)
    assert standing("sigmoid-prime")[-3:] == (False, 2, 0)
    check("sigmoid-prime", sigmoid_prime)
    check("sigmoid-prime", lambda a: a)  # what is solved stays solved
    assert standing("sigmoid-prime")[-3:] == (True, 4, 0)


def test_grade_leaves_no_trace_and_neither_does_the_book(state, monkeypatch):
    grade("sigmoid-prime", sigmoid_prime)
    monkeypatch.setenv("LSTM_COURSE_FIGURES", "html")
    check("sigmoid-prime", sigmoid_prime)
    assert not state.exists()


def test_a_broken_line_costs_itself_only(state):
    check("sigmoid-prime", sigmoid_prime)
    with state.open("a") as file:
        file.write('{"label": "squared-err\n[]\n17\n{"label": "gone", "event": "right"}\n')
    check("squared-error", lambda y, t: 0)
    assert standing("sigmoid-prime").solved
    assert standing("squared-error").tries == 1


def test_a_place_that_cannot_be_written_is_told_and_breaks_nothing(state, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_STATE", str(ROOT / "README.md" / "progress.jsonl"))
    check("sigmoid-prime", sigmoid_prime)
    assert standing("sigmoid-prime").solved
    assert "cannot be written, so this session's answers will be forgotten" in str(progress())


def test_the_file_lies_in_the_users_own_folder(monkeypatch):
    monkeypatch.delenv("LSTM_COURSE_STATE", raising=False)
    path = _progress.state_file()
    assert path.is_absolute()
    assert ROOT not in path.parents
    assert path.parts[-2:] == ("lstm_course", "progress.jsonl")


def test_hints_come_one_at_a_time_and_are_counted(state, monkeypatch, capsys):
    toy = Choice(
        label="toy", prompt="?", options={"a": "x", "b": "y"}, reasons={"1": "x", "2": "y"}, right=("a", "1"),
        replies={"b": "No.", "2": "No."}, hints=("Look.", "Look again."),
    )  # fmt: skip
    monkeypatch.setattr(_grading, "EXERCISES", {"toy": toy})
    said = []
    for _ in range(3):
        hint("toy")
        said.append(capsys.readouterr().out)
    assert said[0] == "Hint 1 of 2: Look.\n"
    assert said[1] == "Hint 2 of 2: Look again.\n"
    assert said[2].startswith("Hint 1 of 2: Look.\nHint 2 of 2: Look again.\nThere are no more hints.")
    check("toy", "b1")
    assert "wrong" in capsys.readouterr().out
    assert [event for _, event in _progress.events()] == ["hint", "hint", "wrong"]


def test_everything_at_once(state, capsys):
    check_all(
        {
            "my_sigmoid_prime": sigmoid_prime,
            "my_squared_error": stub,
            "my_layer_backward": lambda *_: None,
            "x": 1,
        }
    )
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["sigmoid-prime", "right"]
    assert out[1].startswith("layer-backward")
    assert "wrong" in out[1]
    assert out[2] == f"2 answers judged, of {len(EXERCISES)} exercises."
    assert standing("sigmoid-prime").solved


def test_the_list_and_the_progress_print_as_tables(state):
    text, markup = str(EXERCISES), EXERCISES._repr_html_()
    assert text.splitlines()[1].split() == ["1", "sigmoid-prime", "warm-up", "write"]
    assert markup.count("<tr>") == len(EXERCISES) + 1
    assert progress()._repr_html_().count("<tr>") == len(EXERCISES) + 1
    assert all(f"{number:>2} {slug}: 0 of" in str(progress()) for slug, number in CHAPTERS.items())


# --- from a terminal


def notebook(path, *sources):
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["my_ words"]}, *cells]}))
    return path


def test_a_notebook_is_checked(state, tmp_path, capsys):
    path = notebook(
        tmp_path / "answers.ipynb",
        "%matplotlib inline\nimport numpy as np\nfrom lstm_course.exercises import check",
        "def my_sigmoid_prime(a):\n    s = 1 / (1 + np.exp(-a))\n    return s * (1 - s)\n\n"
        "check('sigmoid-prime', my_sigmoid_prime)",
        "my_other = undefined",
    )
    assert main(["check", str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].split() == ["sigmoid-prime", "right"]
    assert printed.out.splitlines()[1].startswith("1 answer judged")
    assert "cell 3: NameError" in printed.err


def test_a_python_file_is_checked(state, tmp_path, capsys):
    path = tmp_path / "answers.py"
    path.write_text("def my_sigmoid_prime(a):\n    return a\n")
    assert main(["check", str(path)]) == 0
    assert "wrong" in capsys.readouterr().out
    assert set(answers_in(path)) >= {"my_sigmoid_prime"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "answers.txt"], "must be a notebook (.ipynb) or Python (.py), got answers.txt"),
        (["check", "not_there.ipynb"], "No such file"),
        (["hint", "sigmoid-prim"], "did you mean 'sigmoid-prime'"),
    ],
)
def test_what_cannot_be_done_is_said(state, arguments, said, capsys):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_notebook_that_cannot_be_read_is_said(state, tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_text("{")
    assert main(["check", str(path)]) == 2
    assert "is no notebook that can be read" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["check"], ["hint"]])
def test_what_is_missing_is_asked_for(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "needs" in capsys.readouterr().err


def test_list_and_progress_from_a_terminal(state, capsys):
    assert main(["list"]) == 0
    assert main([]) == 0
    out = capsys.readouterr().out
    assert str(EXERCISES) in out
    assert "exercises solved" in out
