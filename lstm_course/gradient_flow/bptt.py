r"""Backpropagation through time, one step at a time: its Jacobians, its sum by lag, and what truncation cuts.

`lstm_course.rnn` runs whole sequences fast. Here every step stays visible: `forward_by_steps` keeps one
`RNNStepCache` a step, and the measurements take these.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number
from lstm_course._params import add_params
from lstm_course.activations import get_activation
from lstm_course.rnn import RNNParams, RNNStepCache, rnn_step, rnn_step_backward


def immediate_and_total(w, x, h0=0.0, *, activation="tanh") -> tuple[float, float]:
    r"""Two derivatives of the last state of the scalar network :math:`h_t = f(w h_{t-1} + x_t)` by `w`.

    Parameters
    ----------
    w : float
        The recurrent weight.
    x : array_like, shape (T,)
        What is added at each step.
    h0 : float
        The state before the first.
    activation : str
        Name of f.

    Returns
    -------
    immediate : float
        :math:`\partial^+ h_T/\partial w`: the earlier states held fixed.
    total : float
        :math:`\mathrm dh_T/\mathrm dw`: the earlier states move with `w`.
    """
    w, h, x = as_number("w", w), as_number("h0", h0), as_array("x", x, "(T)").astype(np.float64)
    act = get_activation(activation)
    immediate = total = 0.0
    for x_t in x:
        a = np.array(w * h + x_t)
        immediate = float(act.f_prime(a)) * h  # eq:rnn-scalar-immediate
        total = immediate + float(act.f_prime(a)) * w * total  # eq:rnn-scalar-total
        h = float(act.f(a))
    return immediate, total


def forward_by_steps(params: RNNParams, x, h0=None, *, activation="tanh"):
    """Run an RNN with one call of `rnn_step` a step.

    Parameters
    ----------
    params : RNNParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights.
    h0 : array_like, shape (B, H), optional
        Initial state; zeros by default.
    activation : str
        Name of f.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
    steps : tuple of RNNStepCache
        One a step, the first step first.
    """
    dtype = params.weight_ih.dtype
    x = as_array("x", x, f"(T, B, I={params.input_size})", dtype=dtype)
    shape = (x.shape[1], params.hidden_size)
    h_t = (
        np.zeros(shape, dtype)
        if h0 is None
        else as_array("h0", h0, "(B={}, H={})".format(*shape), dtype=dtype)
    )
    h, steps = [], []
    for x_t in x:
        h_t, step = rnn_step(params, x_t, h_t, activation)
        h.append(h_t)
        steps.append(step)
    return np.stack(h), tuple(steps)


def backward_by_steps(params: RNNParams, steps, dh):
    """Backpropagate through time with one call of `rnn_step_backward` a step, the last step first.

    Parameters
    ----------
    params : RNNParams
    steps : sequence of RNNStepCache, length T
        From `forward_by_steps`.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0 : numpy.ndarray, shape (B, H)
    dparams : RNNParams
        The same numbers as `lstm_course.rnn.rnn_backward`.
    """
    dh = _gradient(steps, dh)
    dx, shares = [], []
    arrives = np.zeros_like(dh[0])  # nothing comes back from beyond the last step
    for step, dh_t in zip(steps[::-1], dh[::-1], strict=True):
        dh_t = dh_t + arrives  # eq:rnn-back
        dx_t, arrives, share = rnn_step_backward(params, step, dh_t)
        dx.append(dx_t)
        shares.append(share)
    return np.stack(dx[::-1]), arrives, add_params(shares)  # eq:rnn-weights


def truncated_backward(params: RNNParams, steps, dh, window) -> RNNParams:
    """Return the gradient of truncated backpropagation: the sequence is cut into windows.

    The state passes from one window to the next as always; the gradient does not pass back.

    Parameters
    ----------
    params, steps, dh
        As for `backward_by_steps`.
    window : int
        Steps in a window; the last window may be shorter.
    """
    dh, window = _gradient(steps, dh), as_integer("window", window, at_least=1)
    shares, arrives = [], np.zeros_like(dh[0])
    for t in range(len(steps) - 1, -1, -1):
        if (t + 1) % window == 0:  # step t+1 is in the next window
            arrives = np.zeros_like(dh[0])
        _, arrives, share = rnn_step_backward(params, steps[t], dh[t] + arrives)
        shares.append(share)
    return add_params(shares)  # eq:rnn-weights


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def terms_by_lag(params: RNNParams, steps, dh) -> np.ndarray:
    r"""Split :math:`\partial L/\partial W_{hh}` by how far the loss looks back.

    Term k collects what the loss at each step t says about the use of :math:`W_{hh}` at step t-k.

    Parameters
    ----------
    params, steps, dh
        As for `backward_by_steps`.

    Returns
    -------
    numpy.ndarray, shape (T, H, H)
        Term k at index k, for lags 0 to T-1. Their sum is the gradient. Terms may overflow to inf.
    """
    arrives = _gradient(steps, dh)
    h_prev = np.stack([step.h_prev for step in steps])
    slopes = _slopes(steps)
    terms = []
    for _ in steps:
        da = arrives * slopes  # what the loss at t+k tells a_t
        terms.append(np.tensordot(da, h_prev, axes=((0, 1), (0, 1))))  # eq:rnn-sum
        arrives = da[1:] @ params.weight_hh  # one step further back
        slopes, h_prev = slopes[:-1], h_prev[:-1]
    return np.stack(terms)


def step_jacobians(params: RNNParams, steps, row: int = 0) -> np.ndarray:
    r"""The Jacobians :math:`\partial h_t/\partial h_{t-1} = \mathrm{diag}(f'(a_t))\,W_{hh}`, first step first.

    Parameters
    ----------
    params, steps
        As for `backward_by_steps`.
    row : int
        Which sample of the batch.

    Returns
    -------
    numpy.ndarray, shape (T, H, H)
    """
    slopes, row = _slopes(steps), as_integer("row", row, at_least=0)
    if row >= slopes.shape[1]:
        raise ValueError(f"row must be below the batch size {slopes.shape[1]}, got {row}")
    return slopes[:, row, :, None] * params.weight_hh  # eq:rnn-jacobian


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def lag_jacobians(params: RNNParams, steps, row: int = 0) -> np.ndarray:
    r"""The Jacobians :math:`\partial h_T/\partial h_{T-k}` for every lag k.

    Parameters are those of `step_jacobians`.

    Returns
    -------
    numpy.ndarray, shape (T+1, H, H)
        Lag k at index k; at lag 0 the identity. Entries may overflow to inf.
    """
    jacobians = step_jacobians(params, steps, row)
    products = [np.eye(params.hidden_size, dtype=jacobians.dtype)]
    for jacobian in jacobians[::-1]:
        products.append(products[-1] @ jacobian)  # eq:rnn-product
    return np.stack(products)


def _slopes(steps) -> np.ndarray:
    """f'(a_t) of every step, (T, B, H)."""
    _check(steps)
    return get_activation(steps[0].activation).f_prime(np.stack([step.a_t for step in steps]))


def _gradient(steps, dh) -> np.ndarray:
    _check(steps)
    batch, n = steps[0].a_t.shape
    return as_array("dh", dh, f"(T={len(steps)}, B={batch}, H={n})", dtype=steps[0].a_t.dtype)


def _check(steps):
    if not isinstance(steps, (tuple, list)) or not steps or not isinstance(steps[0], RNNStepCache):
        raise TypeError(
            f"steps must be the RNNStepCache of every step, as forward_by_steps returns them, got {type(steps).__name__}"
        )
