"""The drawings of chapter 1: large enough to read, no patches behind labels, zeros and what is off the scale."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
import pytest

from lstm_course import figures
from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.explorers import backprop
from lstm_course.figures import MUTED, slope_text
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward

SMALLEST = 8.5  # points, at the drawn size


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def drawn(name, **changed):
    explorer = getattr(backprop, name)()
    return explorer.draw(**{**explorer.start, **changed}, **explorer.fixed)


def texts(figure):
    return [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text().strip()]


EVERY = {
    **{name: lambda name=name: drawn(name) for name in ("tiny_net", "two_paths", "mixer", "descent")},
    "slope": lambda: figures.plot_function_and_slope(sigmoid, sigmoid_prime, -8, 8, ("f", "f′")).figure,
    "shapes": lambda: figures.plot_batch_shapes(5, 4, 3).figure,
    "errors": lambda: figures.plot_step_errors(np.logspace(-15, 0, 9), {"central": np.ones(9)}).figure,
    "losses": lambda: figures.plot_losses({"a": (np.arange(9), np.ones(9))}).figure,
    "starts": lambda: figures.plot_starts({"a": [np.ones(9)], "b": [np.ones(9)]}, 1 / 12).figure,
}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_no_label_is_too_small_and_none_has_a_patch_behind_it(draw):
    shown = texts(draw())
    assert len(shown) >= 3
    assert min(text.get_fontsize() for text in shown) >= SMALLEST
    assert [text.get_text() for text in shown if text.get_bbox_patch() is not None] == []


@pytest.mark.parametrize("name", ["tiny_net", "two_paths", "mixer"])
def test_labels_stay_inside_and_do_not_cover_each_other(name):
    explorer = getattr(backprop, name)()
    for stops in explorer.combinations():
        figure = explorer.draw(**stops, **explorer.fixed)
        renderer = figure.canvas.get_renderer()
        boxes = [t.get_window_extent(renderer) for t in texts(figure)]
        width, height = figure.bbox.size
        assert all(b.x0 > -3 and b.x1 < width + 3 and b.y0 > -3 and b.y1 < height + 3 for b in boxes), stops
        pairs = [
            (a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.padded(-1).overlaps(b.padded(-1))
        ]
        assert pairs == [], stops
        plt.close(figure)


def test_a_derivative_that_is_zero_is_no_coloured_line():
    net = TinyNet(0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55, 0.35, 0.60)
    trace = tiny_forward(net, (0.0, 0.1), (0.01, 0.99))
    gradient, _ = tiny_backward(net, trace)
    ax = figures.plot_tiny_net(net, trace, gradient)
    assert {"w₁ 0", "w₃ 0"} <= {text.get_text() for text in texts(ax.figure)}
    dotted = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert len(dotted) == 3  # w₁ in one piece, w₃ in two
    assert all(mpl.colors.same_color(line.get_color(), MUTED) for line in dotted)


def test_a_promise_below_zero_is_shown_as_off_the_scale():
    def labels(rate):
        return [text.get_text() for text in texts(drawn("descent", rate=rate))]

    assert "promised: below 0" not in labels(11)
    assert "promised: below 0" in labels(12)


def test_a_zero_is_written_without_a_sign():
    assert (slope_text(0.0), slope_text(-0.0), slope_text(-0.25, 2)) == ("0", "0", "−0.25")
