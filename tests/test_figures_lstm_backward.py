"""The drawings of the chapter on the LSTM's backward pass: what is lit, what is zero, what leaves the axis."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.figures import ORANGE, ORANGE_TINT, plot_arrivals, plot_right_and_wrong, plot_two_arrivals
from lstm_course.figures.lstm_backward import EDGES, STATE_AT


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_arrows_of_the_chosen_state_are_lit_and_numbers_are_what_they_are():
    totals = dict.fromkeys(STATE_AT, -0.25) | {"h2": 2e-5}
    parts = {("c1", "h1"): 0.0, ("c1", "c2"): -0.25, ("h2", "L2"): 2e-5}
    ax = plot_two_arrivals(totals, parts, "c1")
    texts = {text.get_text(): text for text in ax.texts}
    assert texts["0"].get_color() == ORANGE  # through h₁ comes nothing, and it says so
    assert texts["h₂\n2 × 10⁻⁵"] is not None  # small is not zero
    assert matplotlib.colors.to_hex(texts["c₁\n−0.250"].get_bbox_patch().get_facecolor()) == ORANGE_TINT
    arrows = [a.arrow_patch for a in ax.texts if getattr(a, "arrow_patch", None)]
    lit = [
        edge
        for edge, arrow in zip(EDGES, arrows, strict=True)
        if matplotlib.colors.to_hex(arrow.get_edgecolor()) == ORANGE
    ]
    assert lit == [("c1", "h1"), ("c1", "c2")]


def test_every_state_has_the_arrows_that_the_equations_give_it():
    uses = {state: [head for tail, head in EDGES if tail == state] for state in STATE_AT}
    assert uses["c0"] == ["c1"]
    assert uses["h0"] == ["a1"]
    assert uses["c1"] == ["h1", "c2"]
    assert uses["h1"] == ["L1", "a2"]
    assert uses["c3"] == ["h3"]
    assert uses["h3"] == ["L3"]


def test_what_leaves_the_axis_is_a_triangle_on_its_edge_and_zero_is_nothing():
    ax = plot_arrivals([1e-20, 1e-3, 1.0], [1e9, 0.0, 0.0], floor=-12, ceiling=4)
    lines = {line.get_label(): line for line in ax.lines}
    np.testing.assert_array_equal(np.isnan(lines["through hₜ"].get_ydata()), [True, False, False])
    assert np.isnan(lines["from step t+1"].get_ydata()).all()
    marks = [(line.get_marker(), list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines]
    assert ("v", [1], [-12]) in marks
    assert ("^", [1], [4]) in marks
    assert sum(len(x) for marker, x, _ in marks if marker in ("v", "^")) == 2


def test_right_and_wrong_draw_a_line_for_every_start():
    runs = np.linspace(0, 1, 8).reshape(2, 4)
    left, right = plot_right_and_wrong({"a": {"right": runs, "lost": runs / 2}, "b": {"right": runs}}, 0.1)
    assert [left.get_title(), right.get_title()] == ["a", "b"]
    assert [len(left.lines), len(right.lines)] == [5, 3]  # two starts each, and guessing
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["right", "lost", "guessing"]
