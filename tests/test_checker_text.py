"""Numbers and arrays as short text."""

import numpy as np
import pytest

from lstm_course.checker.text import comparison


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
