"""Data sets and synthetic tasks, all available without a network connection."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_dtype, as_integer


class Split(NamedTuple):
    """A labelled data set, split in two."""

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
