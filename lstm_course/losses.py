"""Losses: each returns its value and its gradient with respect to the network's output.

Both are means over the batch, so that the size of a step does not depend on the batch size. Where a loss is
beyond the largest number of the dtype it is inf, without a warning.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_labels
from lstm_course._params import may_overflow


@may_overflow
def squared_error(y, target):
    r"""Half the squared error, :math:`L = \frac{1}{B}\sum_{b}\frac12\sum_k (y_{bk}-t_{bk})^2`.

    The ½ cancels the 2 of the derivative.

    Parameters
    ----------
    y, target : array_like, shape (B, O)
        Outputs and targets, float32 or float64.

    Returns
    -------
    loss : float
    dy : numpy.ndarray, shape (B, O)
        :math:`\partial L/\partial y = (y-t)/B`, in the dtype of `y`; inf where y - t overflows.

    Raises
    ------
    ValueError, TypeError
        When shapes or dtypes differ, the batch is empty or an entry is not finite.
    """
    y = as_array("y", y, "(B, O)")
    target = as_array("target", target, f"(B={y.shape[0]}, O={y.shape[1]})", dtype=y.dtype)
    error = y - target
    return float(0.5 * np.sum(error**2) / len(y)), error / len(y)


@may_overflow
def softmax_cross_entropy(logits, labels):
    r"""Cross-entropy of a softmax, :math:`L = -\frac1B\sum_b \log p_{b,\,\mathrm{label}_b}`.

    Parameters
    ----------
    logits : array_like, shape (B, K)
        Scores before the softmax, float32 or float64, of any size: the largest of each row is
        subtracted first, so no exponential overflows.
    labels : array_like of int, shape (B,)
        The right class of each row, 0..K-1.

    Returns
    -------
    loss : float
    dlogits : numpy.ndarray, shape (B, K)
        :math:`(p - \mathrm{onehot})/B`, in the dtype of `logits`.

    Raises
    ------
    ValueError, TypeError
        When shapes differ, the batch is empty, a label is out of range or a logit is not finite.
    """
    logits = as_array("logits", logits, "(B, K)")
    batch, classes = logits.shape
    labels = as_labels("labels", labels, batch, classes)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)
    dlogits = exps / sums
    rows = np.arange(batch)
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    dlogits[rows, labels] -= 1
    return loss, dlogits / logits.dtype.type(batch)
