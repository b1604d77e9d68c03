"""The drawings of chapters 15 and 16: large enough to read, inside the picture, values off the scale marked."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawings import assert_labels_apart, assert_readable, drawn, texts

from lstm_course import figures
from lstm_course.explorers import gru, gru_backward
from lstm_course.gru import gru_step


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def cell_before():
    h, cache = gru_step(gru.WORKED, np.array([[1.0]]), np.array([[0.6]]), "before")
    return figures.plot_gru_cell(cache, h, "candidate n").figure


EVERY = {
    **{name: lambda name=name: drawn(getattr(gru, name)()) for name in ("cell", "unit", "counter")},
    **{name: lambda name=name: drawn(getattr(gru_backward, name)()) for name in ("ways", "highway")},
    "before": cell_before,
    "counts": lambda: figures.plot_counts({"LSTM": np.arange(9), "GRU": np.arange(9)}).figure,
    "resets": lambda: figures.plot_two_resets(np.zeros((9, 3)), np.ones((9, 3))).figure,
    "kept": lambda: figures.plot_kept([0, 5, 9], {"b": [1, 0.5, 0.1]}, {"b": [1, 0.4, 0]}).figure,
}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_no_label_is_too_small_and_none_has_a_patch_behind_it(draw):
    assert_readable(draw())


@pytest.mark.parametrize(("module", "name"), [(gru, "cell"), (gru, "counter")])
def test_labels_stay_inside_and_do_not_cover_each_other(module, name):
    assert_labels_apart(getattr(module, name)())


def test_every_bar_fits_its_axis():
    explorer = gru_backward.ways()
    for stops in explorer.combinations():
        [ax] = explorer.draw(**stops).axes
        low, high = ax.get_xlim()
        ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
        assert low < min(ends) <= max(ends) < high
        plt.close(ax.figure)


def test_what_leaves_the_picture_is_marked_and_what_does_not_is_not():
    ax = figures.plot_direct_and_total(
        {"stays": [1, 1e-3, 1e-6], "falls": [1, 1e-30, 1e-60], "zero": [1, 0, 0]}
    )
    stays, falls, mark, zero, second = ax.lines
    assert len(stays.get_xdata()) == 3
    assert [len(line.get_xdata()) for line in (falls, zero)] == [1, 1]
    assert [(line.get_marker(), list(line.get_xdata())) for line in (mark, second)] == [
        ("v", [1]),
        ("v", [1]),
    ]
    assert len(ax.get_legend().get_texts()) == 3


def test_the_parts_of_an_equation_are_in_colour_and_the_rest_is_not():
    whole = {t.get_text(): t.get_color() for t in texts(drawn(gru.cell(), part="whole step"))}
    reset = {t.get_text(): t.get_color() for t in texts(drawn(gru.cell(), part="reset r"))}
    assert whole["r = 0.62"] == reset["r = 0.62"] == figures.ORANGE
    assert whole["z = 0.57"] == figures.BLUE
    assert reset["z = 0.57"] == figures.MUTED


def test_the_counter_shows_which_digits_flip():
    words = [
        t.get_text()
        for t in texts(figures.plot_counter(np.array([1.0, -1, 1]), np.array([0.0, 0, 1])).figure)
    ]
    assert [words.count(word) for word in ("flip", "keep", "+1", "−1")] == [2, 1, 2, 1]


def test_a_curve_of_what_is_kept_ends_in_a_triangle_where_it_leaves_the_picture():
    ax = figures.plot_kept([0, 5, 9], {"b": [1, 1e-3, 1e-20]}, {"b": [1, 1e-15, 0]})
    assert [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "v"] == [9, 5]
