"""The data sets against where they come from."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from lstm_course.tasks import delayed_digits, digits


def rows(x):
    return sorted(map(tuple, x))


def test_train_and_test_together_are_scikit_learns_1797_digits_each_once():
    split = digits()
    x, labels = load_digits(return_X_y=True)
    both = np.concatenate([split.x_train, split.x_test])
    assert both.shape == (1797, 64)
    assert split.x_test.shape == (360, 64)
    step = np.diff(np.unique(both)).min()  # a pixel is 0..16; undo the scaling
    pixels = np.rint((both - both.min()) / step)
    ours = np.column_stack([pixels, np.concatenate([split.labels_train, split.labels_test])])
    assert rows(ours) == rows(np.column_stack([x, labels]))


def test_training_pixels_have_mean_0_and_variance_1_and_the_test_set_did_not_help():
    split = digits(test_size=1000)
    assert split.x_train.mean() == pytest.approx(0, abs=1e-12)
    assert split.x_train.std() == pytest.approx(1, rel=1e-12)
    assert abs(split.x_test.mean()) > 1e-6


def test_one_seed_gives_one_split_and_another_seed_another():
    for ours, again in zip(digits(seed=3), digits(seed=3), strict=True):
        np.testing.assert_array_equal(ours, again)
    assert (digits(seed=3).labels_test != digits(seed=4).labels_test).any()
    np.testing.assert_array_equal(digits().labels_test, digits(seed=0, test_size=360).labels_test)


def test_every_digit_occurs_on_both_sides():
    split = digits()
    assert np.unique(split.labels_train).tolist() == np.unique(split.labels_test).tolist() == list(range(10))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_the_one_asked_for(dtype):
    split = digits(dtype=dtype)
    assert split.x_train.dtype == split.x_test.dtype == dtype
    assert split.labels_train.dtype.kind == "i"


@pytest.mark.parametrize("test_size", [1, 1796])
def test_the_smallest_and_the_largest_test_set_work(test_size):
    split = digits(test_size=test_size)
    assert len(split.x_test) == len(split.labels_test) == test_size
    assert len(split.x_train) == len(split.labels_train) == 1797 - test_size


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"test_size": 0}, ValueError, r"test_size must lie in 1\.\.1796, got 0"),
        ({"test_size": 1797}, ValueError, r"test_size must lie in 1\.\.1796, got 1797"),
        ({"test_size": 0.2}, TypeError, "test_size must be an integer, got float"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"seed": None}, TypeError, "seed must be an integer, got NoneType"),
        ({"dtype": int}, TypeError, "dtype must be float32 or float64"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        digits(**arguments)


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"tasks\.digits needs scikit-learn: pip install scikit-learn"):
        digits()


@pytest.mark.parametrize("delay", [0, 1, 30])
def test_delayed_digits_are_the_digits_row_by_row_and_then_nothing(delay):
    split, flat = delayed_digits(delay, test_size=100, seed=2), digits(test_size=100, seed=2)
    assert split.x_train.shape == (8 + delay, 1697, 8)
    for ours, theirs in ((split.x_train, flat.x_train), (split.x_test, flat.x_test)):
        for row in range(8):
            np.testing.assert_array_equal(ours[row], theirs[:, 8 * row : 8 * row + 8])
        assert not ours[8:].any()
    np.testing.assert_array_equal(split.labels_train, flat.labels_train)
    np.testing.assert_array_equal(split.labels_test, flat.labels_test)


def test_delayed_digits_have_the_dtype_asked_for_and_name_bad_arguments():
    assert delayed_digits(2, dtype=np.float32).x_test.dtype == np.float32
    with pytest.raises(ValueError, match="delay must be at least 0, got -1"):
        delayed_digits(-1)
    with pytest.raises(TypeError, match="delay must be an integer, got float"):
        delayed_digits(2.0)
    with pytest.raises(ValueError, match="test_size must lie in"):
        delayed_digits(2, test_size=0)
