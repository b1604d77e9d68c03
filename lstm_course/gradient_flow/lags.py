"""How far back in time a gradient reaches, for every recurrent network of the course."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_course.gru import GRUParams, gru_backward
from lstm_course.lstm import LSTMParams, lstm_backward
from lstm_course.rnn import RNNParams, rnn_backward

BACKWARD: dict[type, Callable] = {RNNParams: rnn_backward, LSTMParams: lstm_backward, GRUParams: gru_backward}


def gradient_by_lag(params, cache, dh_T) -> np.ndarray:
    r"""Norm of :math:`\partial L/\partial x_{T-k}` for each lag k, when the loss reads the last state only.

    Parameters
    ----------
    params : RNNParams, LSTMParams or GRUParams
    cache
        Of the forward pass of that network.
    dh_T : array_like, shape (B, H)
        Gradient of the loss with respect to the last hidden state.

    Returns
    -------
    numpy.ndarray, shape (T,)
        Entry k is the norm at lag k, over the whole batch: entry 0 belongs to the last input.

    Raises
    ------
    TypeError
        When `params` is of another kind.
    ValueError
        When `dh_T` does not have the shape of the last state.
    """
    if type(params) not in BACKWARD:
        raise TypeError(f"params must be RNNParams, LSTMParams or GRUParams, got {type(params).__name__}")
    dx, *_ = BACKWARD[type(params)](params, cache, np.zeros_like(cache.h[1:]), dh_T)
    scale = np.abs(dx).max(axis=(1, 2), keepdims=True)  # lest the squares of a vanished gradient underflow
    shares = np.divide(dx, scale, out=np.zeros_like(dx), where=scale > 0)
    return (scale[:, 0, 0] * np.linalg.norm(shares, axis=(1, 2)))[::-1]


def memory_time(forget_bias):
    r"""Steps after which a cell with this forget bias has lost all but 1/e of its content.

    A forget gate of bias b that sees nothing else keeps :math:`f=\sigma(b)` a step. Then
    :math:`f^k = e^{-k/\tau}` with :math:`\tau = -1/\ln\sigma(b) = 1/\ln(1+e^{-b})`.

    Parameters
    ----------
    forget_bias : array_like
        Biases, any shape.

    Returns
    -------
    numpy.ndarray
        Time constants of the same shape, in steps.

    Raises
    ------
    ValueError
        When a bias is not finite.
    """
    b = np.asarray(forget_bias, dtype=np.float64)
    if not np.isfinite(b).all():
        raise ValueError("forget_bias must be finite")
    with np.errstate(divide="ignore", under="ignore"):  # for b beyond 745 it never forgets
        return 1 / np.logaddexp(0, -b)
