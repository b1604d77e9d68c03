"""The drawings of chapter 2: what is off the scale is an arrow and no line, and layers bear their own numbers."""

import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
import pytest

from lstm_course import figures
from lstm_course.explorers import vanishing_exploding as explorers

SMALLEST = 8.5  # points, at the drawn size


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def lines(ax):
    """The lines with a value in every layer; and the single markers."""
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2]
    arrows = [line for line in ax.lines if line.get_marker() in ("^", "v") and len(line.get_xdata()) == 1]
    return curves, arrows


EVERY = {
    "depth": lambda: explorers.depth().draw(layers=20, activation="relu", scale=16.0),
    "explosion": lambda: explorers.explosion().draw(w=7.0, b=0.0),
    "paths": lambda: explorers.paths().draw(n=4, s=4.0),
    "spikes": lambda: figures.plot_spikes(np.arange(9), {"1 layer": np.ones(9)}).figure,
    "two ways": lambda: figures.plot_two_ways(np.ones(19), np.ones(19), first=1).figure,
    "overflow": lambda: figures.plot_overflow({"a": [[1, 1e9, np.inf]], "b": [[1, 1, 1]]}, 1e308).figure,
    "settling": lambda: figures.plot_settling({"a": [1.0, 4.0], "b": [16.0, 4.0]}).figure,
    "gains": lambda: figures.plot_gain_by_width([1, 4], [0.2, 0.4], [1, 4], [0.2, 0.4]).figure,
}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_no_label_is_too_small(draw):
    shown = [t for t in draw().findobj(matplotlib.text.Text) if t.get_visible() and t.get_text().strip()]
    assert len(shown) >= 2
    assert min(text.get_fontsize() for text in shown) >= SMALLEST


@pytest.mark.parametrize(
    ("norms", "marker", "at"),
    [
        ([1e30, 1e26, 1e10, 1.0], "^", 1),  # from the right, the last layer beyond the axis
        ([1e-40, 1e-10, 1e-5, 1.0], "v", 0),
        ([1e-3, 1e-2, 0.1, 1.0], None, None),
    ],
)
def test_a_norm_beyond_the_axis_is_an_arrow_where_the_line_leaves_it(norms, marker, at):
    (curve,), arrows = lines(figures.plot_way_back(norms))
    assert [(a.get_marker(), a.get_xdata()[0]) for a in arrows] == ([] if marker is None else [(marker, at)])
    drawn = np.asarray(curve.get_ydata(), float)
    inside = [-18 <= np.log10(norm) <= 24 for norm in norms]
    assert np.isfinite(drawn).tolist() == inside
    assert np.allclose(drawn[inside], np.log10(norms)[inside])


def test_a_norm_of_zero_is_no_value_on_the_axis():
    (curve,), arrows = lines(figures.plot_way_back([0.0, 0.0, 1e-2, 1.0]))
    assert np.isnan(curve.get_ydata()[:2]).all()
    assert arrows == []


def test_every_network_has_its_line_from_layer_one():
    ax = figures.plot_several_networks(np.array([[0.1, 0.5, 1.0], [1e-30, 0.5, 1.0]]))
    curves, arrows = lines(ax)
    assert [curve.get_xdata().tolist() for curve in curves] == [[1, 2, 3]] * 2
    assert [(a.get_marker(), a.get_xdata()[0]) for a in arrows] == [("v", 1)]


@pytest.mark.parametrize("first", [0, 1])
def test_the_two_ways_number_the_layers_as_they_are(first):
    ax = figures.plot_two_ways([1.0, 0.1, 0.01], [0.01, 0.1, 1.0], first=first)
    curves, _ = lines(ax)
    assert [curve.get_xdata().tolist() for curve in curves] == [[first, first + 1, first + 2]] * 2
    assert np.allclose(curves[0].get_ydata(), [0, -1, -2])
    assert np.allclose(curves[1].get_ydata(), [-2, -1, 0])


def test_an_overflow_is_an_arrow_above_the_largest_number_at_its_step():
    limit = np.finfo(float).max
    ax = figures.plot_overflow({"large": [[1.0, 1e50, np.inf]], "small": [[1.0, 2.0, 3.0, 4.0]]}, limit)
    _, arrows = lines(ax)
    assert [(a.get_marker(), a.get_xdata()[0]) for a in arrows] == [("^", 3)]
    assert arrows[0].get_ydata()[0] > np.log10(limit)


def test_the_spikes_are_the_logarithms_of_the_slopes():
    curves, _ = lines(figures.plot_spikes(np.arange(3.0), {"1 layer": np.array([1.0, 100.0, 0.1])}))
    assert np.allclose(curves[-1].get_ydata(), [0, 2, -1])


def test_the_variance_settling_is_drawn_in_powers_of_two_from_layer_one():
    ax = figures.plot_settling({"small": [1.0, 4.0, 4.0], "large": [64.0, 8.0, 4.0]})
    curves, _ = lines(ax)
    assert [curve.get_xdata().tolist() for curve in curves] == [[1, 2, 3]] * 2
    assert np.allclose([curve.get_ydata() for curve in curves], [[0, 2, 2], [6, 3, 2]])
    labels = dict(zip(ax.get_yticks(), (t.get_text() for t in ax.get_yticklabels()), strict=True))
    assert (labels[-1], labels[0], labels[6]) == ("0.5", "1", "64")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["small", "large"]
