r"""The LSTM: one step as the equations say it, and whole sequences fast.

`lstm_step` and `lstm_step_backward` are the equations, one a line. `lstm_forward` and
`lstm_backward` give the same numbers over a sequence, in the time of the matrix products: one
product a step for :math:`W_{ih}x_t + b + W_{hh}h_{t-1}`, one tanh for all four gates, and the
gradients of the weights for many steps at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number
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
from lstm_course.activations import sigmoid


@dataclass(frozen=True)
class LSTMParams(Sizes):
    """Weights of an LSTM; a gradient is another `LSTMParams`. The gates i, f, g, o are stacked on rows.

    Attributes
    ----------
    weight_ih : numpy.ndarray, shape (4H, I)
        From the input to the gates, as in ``torch.nn.LSTM``.
    weight_hh : numpy.ndarray, shape (4H, H)
        From the previous hidden state to the gates.
    bias : numpy.ndarray, shape (4H,)
        The sum of torch's two biases.
    input_size, hidden_size : int
        I and H, read from the weights.
    """

    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray

    def __post_init__(self):
        check_weights(self, gates=4)


class LSTMStepCache(NamedTuple):
    """One step: what came in, the four gates, the new cell state and its tanh; (B, I) or (B, H) each."""

    x_t: np.ndarray
    h_prev: np.ndarray
    c_prev: np.ndarray
    i_t: np.ndarray
    f_t: np.ndarray
    g_t: np.ndarray
    o_t: np.ndarray
    c_t: np.ndarray
    tanh_c: np.ndarray


class LSTMCache(NamedTuple):
    """A sequence, one column a sample; the properties show it as (T, B, ·).

    `inputs` (T+1, I+1+H, B) holds [x_t; 1; h_{t-1}], `gates` (T, 4, H, B) holds o, i, f, g, and
    `cells` (T+1, H, B) holds c_0 to c_T. In this order the three sigmoids stand together, o i f, and
    so do the three that act on the cell state, i f g.
    """

    inputs: np.ndarray
    gates: np.ndarray
    cells: np.ndarray
    mask: np.ndarray | None

    @property
    def x(self) -> np.ndarray:
        """Inputs x_1 to x_T, (T, B, I)."""
        return read_only(self.inputs[:-1, : -self.cells.shape[1] - 1])

    @property
    def i(self) -> np.ndarray:
        """Input gates, (T, B, H)."""
        return read_only(self.gates[:, 1])

    @property
    def f(self) -> np.ndarray:
        """Forget gates, (T, B, H)."""
        return read_only(self.gates[:, 2])

    @property
    def g(self) -> np.ndarray:
        """Candidates, (T, B, H)."""
        return read_only(self.gates[:, 3])

    @property
    def o(self) -> np.ndarray:
        """Output gates, (T, B, H)."""
        return read_only(self.gates[:, 0])

    @property
    def c(self) -> np.ndarray:
        """Cell states c_0 to c_T, (T+1, B, H)."""
        return read_only(self.cells)

    @property
    def h(self) -> np.ndarray:
        """Hidden states h_0 to h_T, (T+1, B, H)."""
        return read_only(self.inputs[:, -self.cells.shape[1] :])

    def step(self, t: int) -> LSTMStepCache:
        """Return what `lstm_step` keeps of step `t`, from 0 to T-1, with c[t+1] for its c_t.

        Nothing is counted from the end: any other `t` is a ValueError.
        """
        t = as_integer("t", t, at_least=0, at_most=len(self.gates) - 1)
        gates = self.i[t], self.f[t], self.g[t], self.o[t]
        return LSTMStepCache(self.x[t], self.h[t], self.c[t], *gates, self.c[t + 1], np.tanh(self.c[t + 1]))


def init_lstm(input_size, hidden_size, rng, *, forget_bias=1.0, dtype=np.float64) -> LSTMParams:
    r"""Random weights, uniform in :math:`\pm 1/\sqrt H` as in torch; biases zero but for the forget gate's.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    rng : numpy.random.Generator
        Source of the weights.
    forget_bias : float or array_like, shape (H,)
        Bias of the forget gate. At 1 a new cell keeps about σ(1) = 73 % of its state each step.
    dtype : numpy.dtype
        float64 or float32.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    weight_ih, weight_hh, bias = draw_weights(4, input_size, hidden_size, rng, dtype)
    n = len(bias) // 4
    if np.ndim(forget_bias) == 0:
        bias[n : 2 * n] = as_number("forget_bias", forget_bias)
    else:
        bias[n : 2 * n] = as_array("forget_bias", forget_bias, f"(H={n})")
    return LSTMParams(weight_ih, weight_hh, bias)


def lstm_step(params: LSTMParams, x_t, h_prev, c_prev):
    """Compute one time step.

    Parameters
    ----------
    params : LSTMParams
    x_t : array_like, shape (B, I)
        Inputs, one sample a row, in the dtype of the weights.
    h_prev, c_prev : array_like, shape (B, H)
        Hidden state and cell state before the step.

    Returns
    -------
    h_t, c_t : numpy.ndarray, shape (B, H)
    cache : LSTMStepCache
        The gates, for `lstm_step_backward` and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite.
    """
    x_t, h_prev, c_prev = as_step(x_t, params, LSTMParams, h_prev=h_prev, c_prev=c_prev)
    # pre-activations, eq:lstm-preactivation
    a_t = x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + params.bias
    a_i, a_f, a_g, a_o = np.split(a_t, 4, axis=1)
    i_t = sigmoid(a_i)  # input gate, eq:lstm-gates
    f_t = sigmoid(a_f)  # forget gate, eq:lstm-gates
    g_t = np.tanh(a_g)  # candidate, eq:lstm-candidate
    o_t = sigmoid(a_o)  # output gate, eq:lstm-gates
    c_t = f_t * c_prev + i_t * g_t  # cell state, eq:lstm-cell
    tanh_c = np.tanh(c_t)
    h_t = o_t * tanh_c  # hidden state, eq:lstm-hidden
    return h_t, c_t, LSTMStepCache(x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, tanh_c)


@may_overflow
def lstm_step_backward(params: LSTMParams, cache: LSTMStepCache, dh_t, dc_t):
    """Send dL/dh_t and dL/dc_t back through one step.

    Parameters
    ----------
    params : LSTMParams
    cache : LSTMStepCache
        What `lstm_step` returned.
    dh_t : array_like, shape (B, H)
        Gradient with respect to h_t: from the loss at t and from step t+1.
    dc_t : array_like, shape (B, H)
        Gradient that reaches c_t from step t+1, not through h_t. Zero at the last step.

    Returns
    -------
    dx_t : numpy.ndarray, shape (B, I)
    dh_prev, dc_prev : numpy.ndarray, shape (B, H)
    dparams : LSTMParams
        This step's share of the gradient. Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `dh_t` or `dc_t` does not have the shape and dtype of the state, or
        `cache` is not of a step with weights like these.
    """
    check_cache(params, cache, LSTMStepCache, LSTMParams)
    x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, tanh_c = cache
    dh_t, dc_t = as_gradient("dh_t", dh_t, c_t), as_gradient("dc_t", dc_t, c_t)
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)  # cell state: from t+1, and through h_t; eq:lstm-dc
    do = dh_t * tanh_c  # output gate; eq:lstm-do
    di = dc * g_t  # input gate; eq:lstm-dgates
    df = dc * c_prev  # forget gate
    dg = dc * i_t  # candidate
    da_i = di * i_t * (1 - i_t)  # pre-activations; eq:lstm-da
    da_f = df * f_t * (1 - f_t)
    da_g = dg * (1 - g_t**2)
    da_o = do * o_t * (1 - o_t)
    da_t = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx_t = da_t @ params.weight_ih  # input; eq:lstm-dprev
    dh_prev = da_t @ params.weight_hh  # previous hidden state
    dc_prev = dc * f_t  # previous cell state
    dparams = unchecked(LSTMParams, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0))  # eq:lstm-dweights
    return dx_t, dh_prev, dc_prev, dparams


@np.errstate(under="ignore")
def lstm_forward(params: LSTMParams, x, h0=None, c0=None, mask=None):
    """Run the LSTM over a batch of sequences.

    Parameters
    ----------
    params : LSTMParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights. Time comes first, as in torch unless ``batch_first``.
    h0, c0 : array_like, shape (B, H), optional
        Initial states; zeros by default.
    mask : array_like of bool or of 0 and 1, shape (T, B), optional
        Where it is False the sample has no step: h and c stay as they were. The inputs there are
        ignored, but they must be finite.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
        Hidden states, a read-only view of the cache.
    (h_T, c_T) : tuple of numpy.ndarray, shape (B, H)
        The last states.
    cache : LSTMCache
        The gates and states, for `lstm_backward` and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite.
    """
    x = as_sequence(x, params, LSTMParams, mask=mask, h0=h0, c0=c0)
    (steps, batch, n_in), n, dtype = x.shape, params.hidden_size, x.dtype
    mask = as_mask(mask, steps, batch)
    inputs = np.empty((steps + 1, n_in + 1 + n, batch), dtype)  # [x_t; 1; h_{t-1}]
    inputs[:steps, :n_in], inputs[steps, :n_in], inputs[:, n_in] = x.transpose(0, 2, 1), 0, 1
    h, gates = inputs[:, n_in + 1 :], np.empty((steps, 4, n, batch), dtype)
    cells, tmp = np.empty((steps + 1, n, batch), dtype), np.empty((n, batch), dtype)
    h[0], cells[0] = as_state("h0", h0, batch, n, dtype), as_state("c0", c0, batch, n, dtype)

    weight = _stacked(params)
    weight[: 3 * n] *= 0.5  # sigmoid(a) = (1 + tanh(a / 2)) / 2: halve the rows of o, i and f here,
    by_step = zip(inputs[:-1], gates, cells[:-1], cells[1:], h[1:], strict=True)
    for t, (x_1_h, a, c_prev, c, h_t) in enumerate(by_step):  # and one tanh serves all four gates
        (o, i, f, g), o_i_f = a, a[:3]  # (H, B) each; (3, H, B)
        np.dot(weight, x_1_h, out=a.reshape(4 * n, batch))  # (4H, I+1+H) (I+1+H, B) -> (4H, B)
        np.tanh(a, out=a)  # (4, H, B)
        o_i_f *= 0.5
        o_i_f += 0.5
        np.multiply(f, c_prev, out=c)  # c_t = f c_{t-1} + i g; (H, B), as all that follow
        np.multiply(i, g, out=tmp)
        c += tmp
        np.tanh(c, out=tmp)
        np.multiply(o, tmp, out=h_t)  # h_t = o tanh(c_t)
        if mask is not None:
            keep_where_false(mask[t], c, c_prev)
            keep_where_false(mask[t], h_t, h[t])
    cache = LSTMCache(inputs, gates, cells, mask)
    return read_only(h[1:]), (h[steps].T.copy(), cells[steps].T.copy()), cache


@may_overflow
def lstm_backward(params: LSTMParams, cache: LSTMCache, dh, dh_T=None, dc_T=None):
    """Backpropagate through time.

    Parameters
    ----------
    params : LSTMParams
        The weights of the forward pass.
    cache : LSTMCache
        What `lstm_forward` returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.
    dh_T, dc_T : array_like, shape (B, H), optional
        Gradient with respect to the last states, beyond what `dh` holds; zeros by default.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0, dc0 : numpy.ndarray, shape (B, H)
    dparams : LSTMParams
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When a gradient does not have the shape and dtype of what it belongs to, or `cache` is not of a pass
        with weights like these.
    """
    check_cache(params, cache, LSTMCache, LSTMParams)
    inputs, gates, cells, mask = cache
    (steps, _, n, batch), n_in, dtype = gates.shape, params.input_size, gates.dtype
    dout = as_gradient("dh", dh, cache.h[1:])
    dh, dc = as_state("dh_T", dh_T, batch, n, dtype), as_state("dc_T", dc_T, batch, n, dtype)
    h, size = inputs[:, n_in + 1 :], chunk_size(steps, batch)
    weight, dx = _stacked(params), np.empty((steps, batch, n_in), dtype)
    transposed = np.concatenate([weight[:, :n_in].T, weight[:, n_in + 1 :].T])  # [W_ih | W_hh]^T
    dweight, dinputs = np.zeros_like(weight), np.empty((size, n_in + n, batch), dtype)
    local, local_c = np.empty((size, 4, n, batch), dtype), np.empty((size, n, batch), dtype)
    reads = np.empty((size, n, batch), dtype)  # what the loss sends to h_t itself
    tmp = np.empty((n, batch), dtype)
    for start, end in chunks_backwards(steps, batch):
        # 1. Local derivatives, for all steps of the chunk at once: nothing here is recurrent.
        count = end - start
        o, i, f, g = gates[start:end].swapaxes(0, 1)  # (T', H, B) each, T' steps in this chunk
        j_o, j_i, j_f, j_g = local[:count].swapaxes(0, 1)
        j_c, h_t = local_c[:count], h[start + 1 : end + 1]
        reads[:count] = dout[start:end].transpose(0, 2, 1)  # (T', B, H) -> (T', H, B)
        np.tanh(cells[start + 1 : end + 1], out=j_c)
        j_c *= h_t
        np.subtract(o, j_c, out=j_c)  # dh/dc = o (1 - tanh(c)^2) = o - h tanh(c)
        np.subtract(1, o, out=j_o)
        j_o *= h_t  # dh/da_o = tanh(c) o (1 - o) = h (1 - o)
        np.multiply(i, g, out=j_i)
        np.multiply(j_i, g, out=j_g)
        np.subtract(i, j_g, out=j_g)  # dc/da_g = i (1 - g^2)
        np.subtract(1, i, out=j_f)
        j_i *= j_f  # dc/da_i = g i (1 - i)
        np.subtract(1, f, out=j_f)
        j_f *= f
        j_f *= cells[start:end]  # dc/da_f = c_{t-1} f (1 - f)
        # 2. The recurrence, from the last step to the first.
        for t, da, dh_dc, f_t, read, dinput in last_first(range(start, end), local, j_c, f, reads, dinputs):
            dh += read  # (H, B)
            if mask is not None:
                dh_held, dc_held = hold_where_false(mask[t], dh), hold_where_false(mask[t], dc)
            np.multiply(dh, dh_dc, out=tmp)
            dc += tmp  # c_t acts through h_t and through c_{t+1}; (H, B)
            da[1:] *= dc  # i, f and g act through c_t; (3, H, B),
            da[0] *= dh  # o acts on h_t; (H, B)
            dc *= f_t  # dL/dc_{t-1}
            np.dot(transposed, da.reshape(4 * n, batch), out=dinput)  # (I+H, 4H) (4H, B) -> (I+H, B)
            dh = dinput[n_in:]  # dL/dh_{t-1}
            if mask is not None:
                dh += dh_held
                dc += dc_held
        # 3. Inputs and weights, for all steps of the chunk at once.
        dx[start:end] = dinputs[:count, :n_in].transpose(0, 2, 1)  # (T', I, B) -> (T', B, I)
        da, x_1_h = columns(local[:count].reshape(count, 4 * n, batch)), columns(inputs[start:end])
        dweight += da @ x_1_h.T  # (4H, T'B) (T'B, I+1+H) -> (4H, I+1+H)
    dweight = np.roll(dweight, -n, axis=0)  # o, i, f, g -> i, f, g, o
    parts = dweight[:, :n_in], dweight[:, n_in + 1 :], dweight[:, n_in]
    return dx, dh.T.copy(), dc.T.copy(), unchecked(LSTMParams, *(part.copy() for part in parts))


def _stacked(params: LSTMParams) -> np.ndarray:
    """[W_ih | b | W_hh] with the gates on its rows in the order of the cache, o, i, f, g."""
    weight = np.concatenate([params.weight_ih, params.bias[:, None], params.weight_hh], axis=1)
    return np.roll(weight, params.hidden_size, axis=0)
