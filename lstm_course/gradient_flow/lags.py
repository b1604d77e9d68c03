"""How far back in time a gradient reaches, for every recurrent network of the course."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course._params import may_overflow, safe_norm
from lstm_course.recurrent import network_of, recurrent_backward, recurrent_forward


@may_overflow
def gradient_by_lag(params, cache, dh_T) -> np.ndarray:
    r"""Norm of :math:`\partial L/\partial x_{T-k}` for each lag k, when the loss reads the last state only.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    cache
        Of the forward pass of that network.
    dh_T : array_like, shape (B, H)
        Gradient of the loss with respect to the last hidden state.

    Returns
    -------
    numpy.ndarray, shape (T,)
        Entry k is the norm at lag k, over the whole batch: entry 0 belongs to the last input. From the lag on
        where the gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `params` is of another kind, `cache` not of that network, or `dh_T` not of the shape and dtype of
        the last state.
    """
    rest = len(network_of(params, cache=cache).states) - 1
    dx, *_ = recurrent_backward(params, cache, np.zeros_like(cache.h[1:]), (dh_T,) + (None,) * rest)
    return np.array([safe_norm(dx_t) for dx_t in dx[::-1]], dx.dtype)


@may_overflow
def state_jacobian(params, x, **options) -> np.ndarray:
    r"""The Jacobian of the last state by the first, for one sequence that starts from zeros.

    The whole sequence is run with one copy for each number of the state, and each copy sends back the
    gradient of one of them.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    x : array_like, shape (T, I)
        One sequence.
    **options
        For the forward pass: ``activation`` of an RNN, ``reset`` of a GRU, ``forget`` and ``squash`` of an LSTM
        variant.

    Returns
    -------
    numpy.ndarray, shape (H, H), of an LSTM (2H, 2H)
        :math:`\partial h_T/\partial h_0`; for an LSTM the state is h above c. Inf and NaN where it overflows.

    Raises
    ------
    TypeError
        When `params` is of another kind.
    ValueError
        When `x` does not have two axes, or the width of the weights.
    """
    states = len(network_of(params, **options).states)
    x, n = as_array("x", x, f"(T, I={params.input_size})", dtype=params.weight_ih.dtype), params.hidden_size
    copies = np.repeat(x[:, None], states * n, axis=1)
    h, _, cache = recurrent_forward(params, copies, **options)
    each = np.split(np.eye(states * n, dtype=x.dtype), states, axis=1)
    _, by_start, _ = recurrent_backward(params, cache, np.zeros_like(h), tuple(each))
    return np.concatenate(by_start, axis=1)


def memory_time(forget_bias):
    r"""Steps after which a cell with this forget bias has lost all but 1/e of its content.

    A forget gate of bias b that sees nothing else keeps :math:`f=\sigma(b)` a step. Then
    :math:`f^k = e^{-k/\tau}` with :math:`\tau = -1/\ln\sigma(b) = 1/\ln(1+e^{-b})`.

    Parameters
    ----------
    forget_bias : array_like
        Biases, any shape, float32 or float64.

    Returns
    -------
    numpy.ndarray
        Time constants of the same shape and dtype, in steps.

    Raises
    ------
    ValueError, TypeError
        When a bias is no number or not finite.
    """
    b = as_array("forget_bias", forget_bias, None)
    with np.errstate(divide="ignore", under="ignore"):  # for b beyond 745 it never forgets
        return 1 / np.logaddexp(0, -b)  # eq:highway-tau
