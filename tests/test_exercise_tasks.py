"""Exercises of the book that ask for no function: right answers, wrong ones and their hints, and the page."""

from pathlib import Path

import nbformat
import pytest
from toy import flat

from lstm_course.checker import Bug, Built, Choice, Exercise, Number
from lstm_course.exercises import EXERCISES, grade

BOOK = Path(__file__).resolve().parents[1] / "book"
TASKS = {label: task for label, task in EXERCISES.items() if not isinstance(task, Exercise)}
SHORT = 300  # characters of a hint


def of(kind):
    chosen = {label: task for label, task in TASKS.items() if isinstance(task, kind)}
    return pytest.mark.parametrize("task", chosen.values(), ids=chosen)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_it_says_why_and_hints_in_full_sentences(task):
    assert task.prompt.endswith((".", "?"))
    assert task.why.endswith(".")
    assert len(task.hints) >= 2
    assert all(hint.endswith((".", "?")) and len(hint) <= SHORT for hint in task.hints)


@of(Number)
def test_the_right_numbers_are_right_and_each_slip_earns_its_own_hint(task):
    assert grade(task.label, task.right_values()).status == "right"
    for slip in task.slips:
        verdict = grade(task.label, slip.value() if callable(slip.value) else slip.value)
        assert verdict.mistakes == (slip.name,)
        assert flat(slip.hint) in flat(verdict.text)
    assert len({slip.hint for slip in task.slips}) == len(task.slips) >= 3


@of(Choice)
def test_one_choice_is_right_and_every_other_is_answered(task):
    for option in task.options:
        for reason in task.reasons:
            verdict = grade(task.label, option + reason)
            assert (verdict.status == "right") == ((option, reason) == task.right)
            assert len(verdict.text.splitlines()) > 1


@of(Bug)
def test_the_wrong_line_is_right_and_every_other_is_answered(task):
    assert grade(task.label, task.line).status == "right"
    for name in {*task.names()} - {task.line}:
        assert grade(task.label, name).status == "wrong"


@of(Bug)
def test_the_listing_is_the_one_on_the_page(task):
    [path] = BOOK.glob(f"*_{EXERCISES.slug(task.label)}.ipynb")
    page = "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
    assert f"```python\n{task.listing.strip()}\n```" in page


@of(Built)
def test_the_example_does_all_that_is_demanded(task):
    assert grade(task.label, task.example()).status == "right"
    assert all(demand.hint for demand in task.demands)
