"""Numbers and arrays as short text."""

import numpy as np
import pytest
from torch_answers import AUTOGRAD

from lstm_course.checker.text import comparison, inputs_block
from lstm_course.exercises import EXERCISES
from lstm_course.exercises._samples import draw_lstm


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_furthest_off(strange):
    want = np.arange(100.0).reshape(20, 5)
    got = want.copy()
    got[1, 1] += 1e9
    got[7, 3] = strange
    text = comparison("y", want, got)
    assert f"expected y[7, 3] = 38\n    got      y[7, 3] = {strange:g}\n" in text


def test_an_expected_nan_that_did_not_come_is_furthest_off():
    want = np.zeros(30)
    want[4] = np.nan
    assert "expected y[4] = nan\n    got      y[4] = 0\n" in comparison("y", want, np.linspace(9, 0, 30) * 0)


def test_what_is_not_finite_and_should_be_so_is_not_off_at_all():
    want = np.zeros(30)
    want[:2] = np.inf, np.nan
    got = want.copy()
    got[20] = 0.5
    assert "expected y[20] = 0\n    got      y[20] = 0.5\n" in comparison("y", want, got)


def test_among_finite_entries_the_one_with_the_largest_error_is_shown():
    want = np.linspace(-1, 1, 50)
    got = want.copy()
    got[[3, 31]] += (2.0, -5.0)
    text = comparison("y", want, got)
    assert f"expected y[31] = {want[31]:.9g}\n    got      y[31] = {got[31]:.9g}\n" in text
    assert text.endswith("(the entry that is furthest off, in an array of shape (50,), float64)")


# --- the arguments of a case -------------------------------------------------------------------------


def test_a_cache_of_the_fast_pass_is_shown_as_the_page_has_it():
    params, cache = draw_lstm(np.random.default_rng(0), 2, 1, 1, 1)
    text = inputs_block(("params", "cache"), (params, cache))
    names = [line.split("=")[0].strip() for line in text.splitlines()]
    shown = [f"cache.{name}" for name in ("x", "i", "f", "g", "o", "c", "h")]
    assert names == ["params.weight_ih", "params.weight_hh", "params.bias", *shown]
    assert f"cache.x          = [[[{cache.x[0, 0, 0]:g}]], [[{cache.x[1, 0, 0]:g}]]]" in text


def test_the_lines_of_an_array_stand_below_one_another():
    exercise = EXERCISES["peephole-backward"]
    for size in (2, 3):  # the second of them in float32, with a note behind the array
        lines = inputs_block(exercise.inputs, exercise.cases()[size]).splitlines()
        first = next(k for k, line in enumerate(lines) if "params.weight_ih" in line)
        assert lines[first].index("[[") + 1 == lines[first + 1].index("[")
        assert max(map(len, lines)) <= 78


def test_every_argument_of_the_smallest_case_is_shown():
    for label in AUTOGRAD:
        text = inputs_block(EXERCISES[label].inputs, EXERCISES[label].cases()[0])
        assert "more" not in text
        assert "shape" not in text


def test_small_cases_show_the_squashing():
    for args in EXERCISES["coupled-backward"].cases()[:2]:
        assert (abs(args[1].c_t) > 0.3).all()
