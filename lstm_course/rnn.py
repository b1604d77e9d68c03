r"""The simple recurrent network :math:`h_t = f(W_{ih}x_t + W_{hh}h_{t-1} + b)`.

`rnn_step` and `rnn_step_backward` are the equations, one a line; `rnn_forward` and `rnn_backward`
give the same numbers over whole sequences, fast. `f` is any activation of `lstm_course.activations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._params import may_overflow, unchecked
from lstm_course._sequences import (
    Sizes,
    as_gradient,
    as_mask,
    as_sequence,
    as_state,
    as_step,
    check_cache,
    check_weights,
    chunk_size,
    chunks_backwards,
    columns,
    draw_weights,
    hold_where_false,
    keep_where_false,
    last_first,
    read_only,
)
from lstm_course.activations import get_activation


@dataclass(frozen=True)
class RNNParams(Sizes):
    """Weights of a simple recurrent network; a gradient is another `RNNParams`.

    Attributes
    ----------
    weight_ih : numpy.ndarray, shape (H, I)
        From the input, as in ``torch.nn.RNN``.
    weight_hh : numpy.ndarray, shape (H, H)
        From the previous hidden state.
    bias : numpy.ndarray, shape (H,)
        The sum of torch's two biases.
    input_size, hidden_size : int
        I and H, read from the weights.
    """

    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray

    def __post_init__(self):
        check_weights(self, gates=1)


class RNNStepCache(NamedTuple):
    """One step: what came in, (B, I) and (B, H), and the pre-activations `a_t` (B, H)."""

    x_t: np.ndarray
    h_prev: np.ndarray
    a_t: np.ndarray
    activation: str


class RNNCache(NamedTuple):
    """A sequence, one column a sample; the properties show it as (T, B, ·).

    `inputs` (T+1, I+1+H, B) holds [x_t; 1; h_{t-1}], `weight` (H, I+1+H) is [W_ih | b | W_hh]. The
    pre-activations are their product, and are not kept.
    """

    inputs: np.ndarray
    weight: np.ndarray
    mask: np.ndarray | None
    activation: str

    @property
    def x(self) -> np.ndarray:
        """Inputs x_1 to x_T, (T, B, I)."""
        return read_only(self.inputs[:-1, : -len(self.weight) - 1])

    @property
    def a(self) -> np.ndarray:
        """Pre-activations, (T, B, H), computed anew at every call."""
        return read_only(np.matmul(self.weight, self.inputs[:-1]))

    @property
    def h(self) -> np.ndarray:
        """Hidden states h_0 to h_T, (T+1, B, H)."""
        return read_only(self.inputs[:, -len(self.weight) :])


def init_rnn(input_size, hidden_size, rng, *, dtype=np.float64) -> RNNParams:
    r"""Random weights, uniform in :math:`\pm 1/\sqrt H` as in torch, and zero biases.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    rng : numpy.random.Generator
        Source of the weights.
    dtype : numpy.dtype
        float64 or float32.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    return RNNParams(*draw_weights(1, input_size, hidden_size, rng, dtype))


def rnn_step(params: RNNParams, x_t, h_prev, activation="tanh"):
    """Compute one time step.

    Parameters
    ----------
    params : RNNParams
    x_t : array_like, shape (B, I)
        Inputs, one sample a row, in the dtype of the weights.
    h_prev : array_like, shape (B, H)
        Hidden state before the step.
    activation : str
        Name of f.

    Returns
    -------
    h_t : numpy.ndarray, shape (B, H)
    cache : RNNStepCache
        For `rnn_step_backward`, and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or f is unknown.
    """
    f = get_activation(activation).f
    x_t, h_prev = as_step(x_t, params, RNNParams, h_prev=h_prev)
    a_t = x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + params.bias  # eq:rnn-preactivation
    h_t = f(a_t)  # eq:rnn-step
    return h_t, RNNStepCache(x_t, h_prev, a_t, activation)


@may_overflow
def rnn_step_backward(params: RNNParams, cache: RNNStepCache, dh_t):
    """Send dL/dh_t back through one step.

    Parameters
    ----------
    params : RNNParams
    cache : RNNStepCache
        What `rnn_step` returned.
    dh_t : array_like, shape (B, H)
        Gradient with respect to h_t: from the loss at t and from step t+1.

    Returns
    -------
    dx_t : numpy.ndarray, shape (B, I)
    dh_prev : numpy.ndarray, shape (B, H)
    dparams : RNNParams
        This step's share of the gradient. Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `dh_t` does not have the shape and dtype of the state, or
        `cache` is not of a step with weights like these.
    """
    check_cache(params, cache, RNNStepCache, RNNParams)
    x_t, h_prev, a_t, activation = cache
    dh_t = as_gradient("dh_t", dh_t, a_t)
    da_t = dh_t * get_activation(activation).f_prime(a_t)  # eq:rnn-delta
    dx_t = da_t @ params.weight_ih  # eq:rnn-inputs
    dh_prev = da_t @ params.weight_hh  # eq:rnn-back
    dparams = unchecked(RNNParams, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0))  # eq:rnn-weights
    return dx_t, dh_prev, dparams


@np.errstate(under="ignore")
def rnn_forward(params: RNNParams, x, h0=None, mask=None, *, activation="tanh"):
    """Run the network over a batch of sequences.

    Parameters
    ----------
    params : RNNParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights. Time comes first, as in torch unless ``batch_first``.
    h0 : array_like, shape (B, H), optional
        Initial state; zeros by default.
    mask : array_like of bool or of 0 and 1, shape (T, B), optional
        Where it is False the sample has no step: h stays as it was. The inputs there are ignored,
        but they must be finite.
    activation : str
        Name of f.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
        Hidden states, a read-only view of the cache.
    h_T : numpy.ndarray, shape (B, H)
        The last state.
    cache : RNNCache
        For `rnn_backward`, and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or f is unknown.
    """
    f = get_activation(activation).f
    x = as_sequence(x, params, RNNParams, mask=mask, h0=h0)
    (steps, batch, n_in), n, dtype = x.shape, params.hidden_size, x.dtype
    mask = as_mask(mask, steps, batch)
    inputs = np.empty((steps + 1, n_in + 1 + n, batch), dtype)  # [x_t; 1; h_{t-1}]
    inputs[:steps, :n_in], inputs[steps, :n_in], inputs[:, n_in] = x.transpose(0, 2, 1), 0, 1
    h, a = inputs[:, n_in + 1 :], np.empty((n, batch), dtype)
    h[0] = as_state("h0", h0, batch, n, dtype)
    weight = np.concatenate([params.weight_ih, params.bias[:, None], params.weight_hh], axis=1)
    for t, (x_1_h, h_t) in enumerate(zip(inputs[:-1], h[1:], strict=True)):
        np.dot(weight, x_1_h, out=a)  # (H, I+1+H) (I+1+H, B) -> (H, B); eq:rnn-preactivation
        h_t[:] = f(a)  # eq:rnn-step
        if mask is not None:
            keep_where_false(mask[t], h_t, h[t])
    return read_only(h[1:]), h[steps].T.copy(), RNNCache(inputs, weight, mask, activation)


@may_overflow
def rnn_backward(params: RNNParams, cache: RNNCache, dh, dh_T=None):
    """Backpropagate through time.

    Parameters
    ----------
    params : RNNParams
        The weights of the forward pass.
    cache : RNNCache
        What `rnn_forward` returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.
    dh_T : array_like, shape (B, H), optional
        Gradient with respect to the last state, beyond what `dh` holds; zeros by default.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0 : numpy.ndarray, shape (B, H)
    dparams : RNNParams
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When a gradient does not have the shape and dtype of what it belongs to, or `cache` is not of a pass
        with weights like these.
    """
    check_cache(params, cache, RNNCache, RNNParams)
    inputs, _, mask, activation = cache
    dout = as_gradient("dh", dh, cache.h[1:])
    (steps, batch, n), n_in, dtype = dout.shape, params.input_size, dout.dtype
    dh, h = as_state("dh_T", dh_T, batch, n, dtype), inputs[:, n_in + 1 :]
    weight = np.concatenate([params.weight_ih, params.bias[:, None], params.weight_hh], axis=1)
    transposed = np.concatenate([weight[:, :n_in].T, weight[:, n_in + 1 :].T])  # [W_ih | W_hh]^T
    dweight, dx = np.zeros_like(weight), np.empty((steps, batch, n_in), dtype)
    size = chunk_size(steps, batch)
    dinputs = np.empty((size, n_in + n, batch), dtype)
    reads = np.empty((size, n, batch), dtype)  # what the loss sends to h_t itself
    for start, end in chunks_backwards(steps, batch):
        # 1. The derivative of f, for all steps of the chunk at once.
        count = end - start
        reads[:count] = dout[start:end].transpose(0, 2, 1)  # (T', B, H) -> (T', H, B)
        if activation == "tanh":
            da = 1 - h[start + 1 : end + 1] ** 2  # from h: no second tanh; (T', H, B), T' steps in this chunk
        else:
            da = get_activation(activation).f_prime(np.matmul(weight, inputs[start:end]))
        # 2. The recurrence, from the last step to the first.
        for t, da_t, read, dinput in last_first(range(start, end), da, reads, dinputs):
            dh += read  # (H, B); eq:rnn-delta
            if mask is not None:
                dh_held = hold_where_false(mask[t], dh)
            da_t *= dh
            np.dot(transposed, da_t, out=dinput)  # (I+H, H) (H, B) -> (I+H, B)
            dh = dinput[n_in:]  # dL/dh_{t-1}; eq:rnn-back
            if mask is not None:
                dh += dh_held
        # 3. Inputs and weights, for all steps of the chunk at once.
        dx[start:end] = dinputs[:count, :n_in].transpose(0, 2, 1)  # (T', I, B) -> (T', B, I)
        dweight += columns(da) @ columns(inputs[start:end]).T  # (H, T'B) (T'B, I+1+H); eq:rnn-weights
    parts = dweight[:, :n_in], dweight[:, n_in + 1 :], dweight[:, n_in]
    return dx, dh.T.copy(), unchecked(RNNParams, *(part.copy() for part in parts))
