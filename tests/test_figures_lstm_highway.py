"""The drawings of chapter 14: what an axis cannot show is not drawn on it as if it could."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course import figures


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def markers(ax, marker):
    """Where such markers stand."""
    found = [line for line in ax.lines if line.get_marker() == marker]
    return [tuple(map(float, point)) for line in found for point in zip(*line.get_data(), strict=True)]


def test_a_zero_is_not_drawn_and_what_is_too_small_has_a_triangle_on_the_edge():
    ax = figures.plot_excursions({"": [1.0, 1e-3, 1e-30, 0.0]}, floor=-20, ceiling=4)
    [line] = [line for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(line.get_ydata(), [0, -3, np.nan, np.nan])
    assert [x for x, _ in markers(ax, "v")] == [2]
    assert markers(ax, "^") == []


def test_the_ring_is_on_the_largest_part():
    [ring] = figures.plot_excursions({"": [1e-7, 1e-4, 1e-3, 1e-5]}).collections
    np.testing.assert_allclose(ring.get_offsets(), [[2, -3]])


def test_a_line_that_leaves_the_axis_says_so_once():
    lags = [2, 3, 5, 7]
    norms = [[1.0, 1e-18, 1e-19, 1e-20], [1e-2] * 4, [1.0, 1e5, np.inf, 1e6]]
    ax = figures.plot_split(lags, norms, 5)
    assert [x for x, _ in markers(ax, "v")] == [3]
    assert [x for x, _ in markers(ax, "^")] == [3]


def test_the_map_draws_the_route_it_is_given():
    names = ("the route drawn", "all", "the highway", "total")
    ax = figures.plot_roads("DDBDBEBD", dict(zip(names, (1e-40, 1e9, 1.0, 0.0), strict=True)))
    blue, orange = ax.lines[2], ax.lines[3]
    assert np.isfinite(blue.get_xdata()).sum() == 2 * 4  # a piece for every D
    heights = orange.get_ydata()
    assert np.nanmin(heights) < np.nanmax(heights) == blue.get_ydata()[0]
    assert len(markers(ax, "v")) == len(markers(ax, "^")) == 1
    assert ax.lines[-1].get_marker() == "o"
    assert np.isnan(ax.lines[-1].get_xdata()).all()  # a zero has no place
    straight = figures.plot_roads("DDD", {"the highway": 1.0})
    assert np.ptp(straight.lines[3].get_xdata()) == np.ptp(straight.lines[3].get_ydata()) == 0


def test_one_step_names_its_doors():
    texts = {text.get_text() for text in figures.plot_step_roads().texts}
    assert {"forget gate", "input gate", "candidate", "output gate", "A", "B", "E"} <= texts


def test_what_the_chapter_draws_has_labels():
    ax = figures.plot_accuracy((0, 1), {"a": [[0.1, 0.2], [0.3, 0.4]]}, 0.1)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a"]
    ax = figures.plot_words(["a", "but"], np.array([0.1, 0.2]), np.array([1.0, 0.0]))
    assert len(ax.patches) == 4
