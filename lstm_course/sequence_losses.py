"""Losses over sequences: a mean over every time step of every sample that has one.

They are the losses of `lstm_course.losses` on the steps that the mask leaves, so a long sequence counts
for more than a short one. Where the mask is False nothing is read, not even a label out of range, and the
gradient is zero.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_integers
from lstm_course._sequences import as_mask
from lstm_course.losses import softmax_cross_entropy, squared_error


def sequence_cross_entropy(logits, labels, mask=None):
    r"""Cross-entropy of a softmax at each step, :math:`L = -\frac1N\sum_{t,b} \log p_{tb,\,\mathrm{label}_{tb}}`.

    Parameters
    ----------
    logits : array_like, shape (T, B, K)
        Scores before the softmax, float32 or float64.
    labels : array_like of int, shape (T, B)
        The right classes, 0..K-1.
    mask : array_like of bool, shape (T, B), optional
        True where the sample has a step: N of them, at least one.

    Returns
    -------
    loss : float
    dlogits : numpy.ndarray, shape (T, B, K)
        :math:`(p - \mathrm{onehot})/N`, in the dtype of `logits`.

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, a label that is read is out of range, a logit is not finite, or
        the mask leaves nothing.
    """
    logits = as_array("logits", logits, "(T, B, K)")
    steps, batch, _ = logits.shape
    labels = as_integers("labels", labels, f"(T={steps}, B={batch})")
    here = _steps(mask, steps, batch)
    loss, slopes = softmax_cross_entropy(logits[here], labels[here])
    return loss, _at(here, slopes)


def sequence_squared_error(y, target, mask=None):
    r"""Half the squared error at each step, :math:`L = \frac1N\sum_{t,b}\frac12\sum_k (y_{tbk}-t_{tbk})^2`.

    Parameters
    ----------
    y, target : array_like, shape (T, B, O)
        Outputs and targets, float32 or float64, finite everywhere.
    mask : array_like of bool, shape (T, B), optional
        True where the sample has a step: N of them, at least one.

    Returns
    -------
    loss : float
    dy : numpy.ndarray, shape (T, B, O)
        :math:`(y-t)/N`, in the dtype of `y`.

    Raises
    ------
    ValueError, TypeError
        When shapes or dtypes differ, an entry is not finite, or the mask leaves nothing.
    """
    y = as_array("y", y, "(T, B, O)")
    steps, batch, n = y.shape
    target = as_array("target", target, f"(T={steps}, B={batch}, O={n})", dtype=y.dtype)
    here = _steps(mask, steps, batch)
    loss, slopes = squared_error(y[here], target[here])
    return loss, _at(here, slopes)


def _steps(mask, steps, batch):
    """Return which steps there are, (T, B)."""
    mask = as_mask(mask, steps, batch)
    if mask is None:
        return np.ones((steps, batch), bool)
    if not mask.any():
        raise ValueError("mask must be True somewhere, got False for every step")
    return mask


def _at(here, slopes):
    """Put the gradients of the steps that there are, (N, K), into their places, (T, B, K)."""
    full = np.zeros((*here.shape, slopes.shape[1]), slopes.dtype)
    full[here] = slopes
    return full
