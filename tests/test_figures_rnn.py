"""The drawings of chapters 10 and 11: large enough to read, nothing cut or covered, and what is off the scale."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawings import assert_labels_apart, assert_readable, drawn

from lstm_course import figures
from lstm_course.explorers import rnn_bptt, rnn_reach

EXPLORERS = {
    "three_steps": rnn_bptt.three_steps,
    "one_or_all": rnn_bptt.one_or_all,
    "terms": rnn_reach.terms,
    "jacobian": rnn_reach.jacobian,
    "twins": rnn_reach.twins,
}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("make", EXPLORERS.values(), ids=EXPLORERS)
def test_no_label_is_too_small_and_none_has_a_patch_behind_it(make):
    assert_readable(drawn(make()))


def test_labels_of_the_three_steps_stay_inside_and_do_not_cover_each_other():
    assert_labels_apart(rnn_bptt.three_steps())


def marks(ax):
    """The triangles at which lines leave the scale: mark, place and height."""
    return [
        (line.get_marker(), *line.get_xydata()[0].tolist()) for line in ax.lines if line.get_marker() in "v^"
    ]


def test_a_line_ends_in_a_triangle_where_it_leaves_the_scale():
    ax = figures.plot_by_lag(
        [0, 1, 2, 3], {"up": [1, 10, 1e6, 1e9], "down": [1, 1e-2, 0, 0]}, floor=-4, ceiling=4
    )
    assert marks(ax) == [("^", 1, 4), ("v", 1, -4)]
    drawn = [line.get_ydata() for line in ax.lines if len(line.get_ydata()) == 4]
    assert [np.isfinite(y).tolist() for y in drawn] == [[True, True, False, False]] * 2  # no zero on the axis


def test_a_line_that_stays_has_no_triangle():
    assert marks(figures.plot_by_lag([0, 1], {"a": [1, 10]})) == []


def test_twins_leave_out_what_is_zero_and_the_band_ends_where_the_window_does():
    ax = figures.plot_twins([1e-8, 0.0, 0.0], [1e-8, 1e-4, 1e9])
    assert sorted(mark for mark, _, _ in marks(ax)) == ["^", "v"]
    ax = figures.plot_window(np.full(10, 1e-3), 1.0, 4)
    assert max(ax.patches[0].get_xy()[:, 0]) == 3.5


def test_the_two_slopes_touch_their_curves():
    explorer = rnn_bptt.one_or_all()
    for stops in explorer.combinations():
        ax = explorer.draw(**stops).axes[0]
        every, tangent, last, other, dot = ax.lines
        [x], [y] = dot.get_data()
        for line in (every, last, tangent, other):
            assert np.interp(x, *line.get_data()) == pytest.approx(y, abs=0.01)
        plt.close(ax.figure)
