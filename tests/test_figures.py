"""How the figures write numbers, and what drawing leaves unchanged."""

import matplotlib as mpl
import numpy as np
import pytest

from lstm_course import figures
from lstm_course.figures._style import on_scale


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.706, "0.706"),
        (-0.05, "−0.05"),
        (999.4, "999"),
        (999.6, "1000"),
        (4230.4, "4230"),
        (12_345.0, "1.2 × 10⁴"),
        (2.31e-24, "2.3 × 10⁻²⁴"),
        (-3e-5, "−3.0 × 10⁻⁵"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert figures.scientific(value) == text


def test_signs_and_indices():
    assert figures.signed(-0.0002) == "−0.0002"
    assert figures.signed(0.5, 1) == "+0.5"
    assert figures.superscript(-12) == "⁻¹²"
    assert figures.subscript(10) == "₁₀"


def test_drawing_changes_no_global_setting():
    before = dict(mpl.rcParams)
    figures.plot_excursions({"a": [1.0, 0.5]})
    assert dict(mpl.rcParams) == before


def test_what_a_logarithmic_axis_can_show():
    heights, below, above = on_scale([0, 1e-30, -1e-3, 1, 1e9], -20, 4)
    np.testing.assert_allclose(heights, [np.nan, np.nan, -3, 0, np.nan], atol=1e-12)
    assert below.tolist() == [False, True, False, False, False]
    assert above.tolist() == [False, False, False, False, True]
