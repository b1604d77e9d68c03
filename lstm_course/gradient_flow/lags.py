"""How far back in time a gradient reaches, for every recurrent network of the course."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.gradient_flow.layers import scaled_norm
from lstm_course.gru import GRUParams, gru_backward, gru_forward
from lstm_course.lstm import LSTMParams, lstm_backward, lstm_forward
from lstm_course.rnn import RNNParams, rnn_backward, rnn_forward

FORWARD: dict[type, Callable] = {RNNParams: rnn_forward, LSTMParams: lstm_forward, GRUParams: gru_forward}
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
    _known(params)
    dx, *_ = BACKWARD[type(params)](params, cache, np.zeros_like(cache.h[1:]), dh_T)
    return np.array([scaled_norm(dx_t) for dx_t in dx[::-1]])


def state_jacobian(params, x, **options) -> np.ndarray:
    r"""The Jacobian of the last state by the first, for one sequence that starts from zeros.

    The whole sequence is run with one copy for each number of the state, and each copy sends back the
    gradient of one of them.

    Parameters
    ----------
    params : RNNParams, LSTMParams or GRUParams
    x : array_like, shape (T, I)
        One sequence.
    **options
        For the forward pass: ``activation`` of an RNN, ``reset`` of a GRU.

    Returns
    -------
    numpy.ndarray, shape (H, H), of an LSTM (2H, 2H)
        :math:`\partial h_T/\partial h_0`; for an LSTM the state is h above c.

    Raises
    ------
    TypeError
        When `params` is of another kind.
    ValueError
        When `x` does not have two axes, or the width of the weights.
    """
    _known(params)
    x = as_array("x", x, f"(T, I={params.input_size})", dtype=params.weight_ih.dtype)
    n, states = params.hidden_size, 2 if isinstance(params, LSTMParams) else 1
    copies = np.repeat(x[:, None], states * n, axis=1)
    h, _, cache = FORWARD[type(params)](params, copies, **options)
    each = np.split(np.eye(states * n, dtype=x.dtype), states, axis=1)
    _, *by_start, _ = BACKWARD[type(params)](params, cache, np.zeros_like(h), *each)
    return np.concatenate(by_start, axis=1)


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
        return 1 / np.logaddexp(0, -b)  # eq:highway-tau


def _known(params):
    if type(params) not in BACKWARD:
        raise TypeError(f"params must be RNNParams, LSTMParams or GRUParams, got {type(params).__name__}")
