"""Data sets and synthetic tasks, all available without a network connection."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_dtype, as_integer


class Split(NamedTuple):
    """A labelled data set, split in two: one example a row, or (T, B, I) where examples are sequences."""

    x_train: np.ndarray
    labels_train: np.ndarray
    x_test: np.ndarray
    labels_test: np.ndarray


def digits(*, test_size=360, seed=0, dtype=np.float64) -> Split:
    """The 1,797 handwritten digits of 8×8 pixels that ship with scikit-learn.

    Pixels are shifted and scaled by the training set's overall mean and standard deviation.

    Parameters
    ----------
    test_size : int
        Number of examples held out, 1 to 1796.
    seed : int
        Seed of the shuffle.
    dtype : numpy.dtype
        float64 or float32.

    Returns
    -------
    Split
        `x_*` of shape (B, 64), `labels_*` of shape (B,) with digits 0 to 9.

    Raises
    ------
    ImportError
        When scikit-learn is missing, with the command that installs it.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError("tasks.digits needs scikit-learn: pip install scikit-learn") from error

    x, labels = load_digits(return_X_y=True)
    dtype = as_dtype("dtype", dtype)
    seed = as_integer("seed", seed, at_least=0)
    if not 1 <= as_integer("test_size", test_size) < len(x):
        raise ValueError(f"test_size must lie in 1..{len(x) - 1}, got {test_size}")
    order = np.random.default_rng(seed).permutation(len(x))
    x, labels = x[order], labels[order]
    x_test, x_train = x[:test_size], x[test_size:]
    mean, std = x_train.mean(), x_train.std()
    return Split(
        ((x_train - mean) / std).astype(dtype),
        labels[test_size:],
        ((x_test - mean) / std).astype(dtype),
        labels[:test_size],
    )


def delayed_digits(delay, *, test_size=360, seed=0, dtype=np.float64) -> Split:
    """The digits read row by row, then a wait: the answer is asked for after `delay` blank steps.

    A step is one row of 8 pixels, so a network reads for 8 steps, gets zeros (the mean grey) for
    `delay` steps, and must still know at the last one which digit it was.

    Parameters
    ----------
    delay : int
        Blank steps after the picture, 0 or more.
    test_size, seed, dtype
        As for `digits`: the same examples in the same order.

    Returns
    -------
    Split
        `x_*` of shape (T, B, 8) with T = 8 + delay, `labels_*` of shape (B,).

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    ImportError
        When scikit-learn is missing.
    """
    delay = as_integer("delay", delay, at_least=0)
    split = digits(test_size=test_size, seed=seed, dtype=dtype)

    def rows(x):
        sequence = np.zeros((8 + delay, len(x), 8), x.dtype)
        sequence[:8] = x.reshape(-1, 8, 8).transpose(1, 0, 2)  # row t of every picture
        return sequence

    return split._replace(x_train=rows(split.x_train), x_test=rows(split.x_test))
