"""The drawings of chapter 1: large enough to read, no patches behind labels, zeros and what is off the scale."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
import pytest
from drawings import assert_labels_apart, assert_readable, drawn, texts

from lstm_course import figures
from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.explorers import backprop
from lstm_course.figures import MUTED, slope_text
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


EVERY = {
    **{
        name: lambda name=name: drawn(getattr(backprop, name)())
        for name in ("tiny_net", "two_paths", "mixer", "descent")
    },
    "slope": lambda: figures.plot_function_and_slope(sigmoid, sigmoid_prime, -8, 8, ("f", "f′")).figure,
    "shapes": lambda: figures.plot_batch_shapes(5, 4, 3).figure,
    "errors": lambda: figures.plot_step_errors(np.logspace(-15, 0, 9), {"central": np.ones(9)}).figure,
    "losses": lambda: figures.plot_losses({"a": (np.arange(9), np.ones(9))}).figure,
    "starts": lambda: figures.plot_starts({"a": [np.ones(9)], "b": [np.ones(9)]}, 1 / 12).figure,
}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_no_label_is_too_small_and_none_has_a_patch_behind_it(draw):
    assert_readable(draw())


@pytest.mark.parametrize("name", ["tiny_net", "two_paths", "mixer"])
def test_labels_stay_inside_and_do_not_cover_each_other(name):
    assert_labels_apart(getattr(backprop, name)())


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
        return [text.get_text() for text in texts(drawn(backprop.descent(), rate=rate))]

    assert "promised: below 0" not in labels(11)
    assert "promised: below 0" in labels(12)


def test_a_zero_is_written_without_a_sign():
    assert (slope_text(0.0), slope_text(-0.0), slope_text(-0.25, 2)) == ("0", "0", "−0.25")
