r"""The GRU: one step as the equations say it, and whole sequences fast.

The state is :math:`h_t = (1-z_t)\,n_t + z_t\,h_{t-1}`, with z = 1 to keep (torch; Cho et al. 2014).
The reset gate stands in one of two places: ``reset="after"`` the product, as in torch,

.. math:: n_t = \tanh(W_{in}x_t + b_n + r_t(W_{hn}h_{t-1} + b_{hn})),

or ``"before"`` it, as in Cho et al.,

.. math:: n_t = \tanh(W_{in}x_t + b_n + W_{hn}(r_t h_{t-1}) + b_{hn}).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, choose
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

RESETS = {"after": "after", "before": "before"}


@dataclass(frozen=True)
class GRUParams(Sizes):
    """Weights of a GRU; a gradient is another `GRUParams`. The gates r, z, n are stacked on rows.

    Attributes
    ----------
    weight_ih : numpy.ndarray, shape (3H, I)
        From the input to the gates, as in ``torch.nn.GRU``.
    weight_hh : numpy.ndarray, shape (3H, H)
        From the previous hidden state to the gates.
    bias : numpy.ndarray, shape (3H,)
        For r and z the sum of torch's two biases, for n its ``bias_ih``.
    bias_hn : numpy.ndarray, shape (H,)
        The bias that the reset gate scales: the n part of torch's ``bias_hh``.
    input_size, hidden_size : int
        I and H, read from the weights.
    """

    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray
    bias_hn: np.ndarray

    def __post_init__(self):
        check_weights(self, gates=3)
        bias_hn = as_array("bias_hn", self.bias_hn, f"(H={self.hidden_size})", dtype=self.weight_ih.dtype)
        object.__setattr__(self, "bias_hn", bias_hn)


class GRUStepCache(NamedTuple):
    """One step: what came in, the gates, and `q_t`, which is W_hn h + b_hn ("after") or r h ("before")."""

    x_t: np.ndarray
    h_prev: np.ndarray
    r_t: np.ndarray
    z_t: np.ndarray
    n_t: np.ndarray
    q_t: np.ndarray
    reset: str


class GRUCache(NamedTuple):
    """A sequence, one column a sample; the properties show it as (T, B, ·).

    `inputs` (T, I+1, B) holds [x_t; 1], `gates` (T, 3, H, B) holds r, z, n, `states` (T+1, H, B) holds
    h_0 to h_T, and `q` (T, H, B) is q_t of `GRUStepCache`. `inputs` and `states` are parts of one block
    [x_t; 1; h_{t-1}], so that a product may read [x; 1; h], [x; 1] or [1; h] without a copy.
    """

    inputs: np.ndarray
    gates: np.ndarray
    states: np.ndarray
    q: np.ndarray
    mask: np.ndarray | None
    reset: str

    @property
    def x(self) -> np.ndarray:
        """Inputs x_1 to x_T, (T, B, I)."""
        return read_only(self.inputs[:, :-1])

    @property
    def r(self) -> np.ndarray:
        """Reset gates, (T, B, H)."""
        return read_only(self.gates[:, 0])

    @property
    def z(self) -> np.ndarray:
        """Update gates, (T, B, H)."""
        return read_only(self.gates[:, 1])

    @property
    def n(self) -> np.ndarray:
        """Candidates, (T, B, H)."""
        return read_only(self.gates[:, 2])

    @property
    def h(self) -> np.ndarray:
        """Hidden states h_0 to h_T, (T+1, B, H)."""
        return read_only(self.states)


def init_gru(input_size, hidden_size, rng, *, dtype=np.float64) -> GRUParams:
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
    weight_ih, weight_hh, bias = draw_weights(3, input_size, hidden_size, rng, dtype)
    return GRUParams(weight_ih, weight_hh, bias, np.zeros(len(bias) // 3, bias.dtype))


def gru_step(params: GRUParams, x_t, h_prev, reset="after"):
    """Compute one time step.

    Parameters
    ----------
    params : GRUParams
    x_t : array_like, shape (B, I)
        Inputs, one sample a row, in the dtype of the weights.
    h_prev : array_like, shape (B, H)
        Hidden state before the step.
    reset : {"after", "before"}
        Where the reset gate acts: on W_hn h + b_hn, or on h.

    Returns
    -------
    h_t : numpy.ndarray, shape (B, H)
    cache : GRUStepCache
        The gates, for `gru_step_backward` and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or `reset` is unknown.
    """
    reset = choose("reset", reset, RESETS)
    x_t, h_prev = as_step(x_t, params, GRUParams, h_prev=h_prev)
    x_r, x_z, x_n = np.split(x_t @ params.weight_ih.T + params.bias, 3, axis=1)
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    r_t = sigmoid(x_r + h_prev @ w_r.T)  # reset gate, eq:gru-gates
    z_t = sigmoid(x_z + h_prev @ w_z.T)  # update gate, eq:gru-gates
    if reset == "after":
        q_t = h_prev @ w_n.T + params.bias_hn  # eq:gru-candidate
        n_t = np.tanh(x_n + r_t * q_t)  # candidate, eq:gru-candidate
    else:
        q_t = r_t * h_prev  # eq:gru-before
        n_t = np.tanh(x_n + q_t @ w_n.T + params.bias_hn)  # eq:gru-before
    h_t = (1 - z_t) * n_t + z_t * h_prev  # hidden state, eq:gru-state
    return h_t, GRUStepCache(x_t, h_prev, r_t, z_t, n_t, q_t, reset)


@may_overflow
def gru_step_backward(params: GRUParams, cache: GRUStepCache, dh_t):
    """Send dL/dh_t back through one step.

    Parameters
    ----------
    params : GRUParams
    cache : GRUStepCache
        What `gru_step` returned.
    dh_t : array_like, shape (B, H)
        Gradient with respect to h_t: from the loss at t and from step t+1.

    Returns
    -------
    dx_t : numpy.ndarray, shape (B, I)
    dh_prev : numpy.ndarray, shape (B, H)
    dparams : GRUParams
        This step's share of the gradient. Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `dh_t` does not have the shape and dtype of the state, or
        `cache` is not of a step with weights like these.
    """
    check_cache(params, cache, GRUStepCache, GRUParams)
    x_t, h_prev, r_t, z_t, n_t, q_t, reset = cache
    dh_t = as_gradient("dh_t", dh_t, n_t)
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    dn = dh_t * (1 - z_t)  # candidate, eq:gru-dh
    dz = dh_t * (h_prev - n_t)  # update gate, eq:gru-dh
    da_n = dn * (1 - n_t**2)  # through the tanh, eq:gru-da-n
    da_z = dz * z_t * (1 - z_t)  # through a sigmoid, eq:gru-da
    if reset == "after":
        dr = da_n * q_t  # reset gate, eq:gru-dr
        dq = da_n * r_t  # W_hn h + b_hn, eq:gru-dr
        dh_n = dq @ w_n  # state, through the candidate, eq:gru-dprev
        dw_n, dbias_hn = dq.T @ h_prev, dq.sum(axis=0)  # eq:gru-dweights
    else:
        dq = da_n @ w_n  # r h, eq:gru-before-dr
        dr = dq * h_prev  # reset gate, eq:gru-before-dr
        dh_n = dq * r_t  # state, through the candidate, eq:gru-before-dprev
        dw_n, dbias_hn = da_n.T @ q_t, da_n.sum(axis=0)  # eq:gru-before-dweights
    da_r = dr * r_t * (1 - r_t)  # through the other sigmoid, eq:gru-da
    da_t = np.concatenate([da_r, da_z, da_n], axis=1)
    dx_t = da_t @ params.weight_ih  # input, eq:gru-dx
    dh_prev = dh_t * z_t + dh_n + da_r @ w_r + da_z @ w_z  # eq:gru-dprev
    dweight_hh = np.concatenate([da_r.T @ h_prev, da_z.T @ h_prev, dw_n])  # eq:gru-dweights
    return dx_t, dh_prev, unchecked(GRUParams, da_t.T @ x_t, dweight_hh, da_t.sum(axis=0), dbias_hn)


@np.errstate(under="ignore")
def gru_forward(params: GRUParams, x, h0=None, mask=None, *, reset="after"):
    """Run the GRU over a batch of sequences.

    Parameters
    ----------
    params : GRUParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights. Time comes first, as in torch unless ``batch_first``.
    h0 : array_like, shape (B, H), optional
        Initial state; zeros by default.
    mask : array_like of bool or of 0 and 1, shape (T, B), optional
        Where it is False the sample has no step: h stays as it was. The inputs there are ignored,
        but they must be finite.
    reset : {"after", "before"}
        Where the reset gate acts: on W_hn h + b_hn, or on h.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
        Hidden states, a read-only view of the cache.
    h_T : numpy.ndarray, shape (B, H)
        The last state.
    cache : GRUCache
        The gates and states, for `gru_backward` and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or `reset` is unknown.
    """
    after = choose("reset", reset, RESETS) == "after"
    x = as_sequence(x, params, GRUParams, mask=mask, h0=h0)
    (steps, batch, n_in), n, dtype = x.shape, params.hidden_size, x.dtype
    mask = as_mask(mask, steps, batch)
    block = np.empty((steps + 1, n_in + 1 + n, batch), dtype)  # [x_t; 1; h_{t-1}]
    block[:steps, :n_in], block[steps, :n_in], block[:, n_in] = x.transpose(0, 2, 1), 0, 1
    inputs, one_h, h = block[:steps, : n_in + 1], block[:steps, n_in:], block[:, n_in + 1 :]
    gates, q = np.empty((steps, 3, n, batch), dtype), np.empty((steps, n, batch), dtype)
    h[0], tmp = as_state("h0", h0, batch, n, dtype), np.empty((n, batch), dtype)

    weight = np.concatenate([params.weight_ih, params.bias[:, None], params.weight_hh], axis=1)
    weight_rz = 0.5 * weight[: 2 * n]  # sigmoid(a) = (1 + tanh(a / 2)) / 2: halve the rows of r and z here
    weight_n = weight[2 * n :, : n_in + 1].copy()  # [W_in | b_n], (H, I+1)
    weight_q = np.concatenate([params.bias_hn[:, None], params.weight_hh[2 * n :]], axis=1)  # [b_hn | W_hn]
    if not after:
        weight_n[:, n_in] += params.bias_hn
        weight_q = params.weight_hh[2 * n :]
    by_step = zip(block[:steps], inputs, one_h, gates, q, h[:-1], h[1:], strict=True)
    for t, (x_1_h, x_1, one_h_t, gates_t, q_t, h_prev, h_t) in enumerate(by_step):
        r_and_z, (r, z, n_t) = gates_t[:2], gates_t  # (2, H, B); (H, B) each
        np.dot(weight_rz, x_1_h, out=r_and_z.reshape(2 * n, batch))  # (2H, I+1+H) (I+1+H, B) -> (2H, B)
        np.tanh(r_and_z, out=r_and_z)
        r_and_z *= 0.5
        r_and_z += 0.5
        np.dot(weight_n, x_1, out=n_t)  # (H, I+1) (I+1, B) -> (H, B), as all that follow
        if after:
            np.dot(weight_q, one_h_t, out=q_t)  # q = W_hn h + b_hn
            np.multiply(r, q_t, out=tmp)
        else:
            np.multiply(r, h_prev, out=q_t)  # q = r h
            np.dot(weight_q, q_t, out=tmp)
        n_t += tmp
        np.tanh(n_t, out=n_t)
        np.subtract(h_prev, n_t, out=h_t)  # h_t = n + z (h_{t-1} - n)
        h_t *= z
        h_t += n_t
        if mask is not None:
            keep_where_false(mask[t], h_t, h_prev)
    return read_only(h[1:]), h[steps].T.copy(), GRUCache(inputs, gates, h, q, mask, reset)


@may_overflow
def gru_backward(params: GRUParams, cache: GRUCache, dh, dh_T=None):
    """Backpropagate through time.

    Parameters
    ----------
    params : GRUParams
        The weights of the forward pass.
    cache : GRUCache
        What `gru_forward` returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.
    dh_T : array_like, shape (B, H), optional
        Gradient with respect to the last state, beyond what `dh` holds; zeros by default.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0 : numpy.ndarray, shape (B, H)
    dparams : GRUParams
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When a gradient does not have the shape and dtype of what it belongs to, or `cache` is not of a pass
        with weights like these.
    """
    check_cache(params, cache, GRUCache, GRUParams)
    inputs, gates, h, q, mask, reset = cache
    (steps, _, n, batch), n_in, dtype = gates.shape, params.input_size, gates.dtype
    dout, after = as_gradient("dh", dh, cache.h[1:]), reset == "after"
    dh, tmp = as_state("dh_T", dh_T, batch, n, dtype), np.empty((n, batch), dtype)
    size, dx = chunk_size(steps, batch), np.empty((steps, batch, n_in), dtype)
    # Rows q, r, z, n: the first three go back to h in one product, the last three to x in another.
    local, dinputs = np.empty((size, 4, n, batch), dtype), np.empty((size, n_in, batch), dtype)
    reads = np.empty((size, n, batch), dtype)  # what the loss sends to h_t itself
    w_rz, w_n = params.weight_hh[: 2 * n], params.weight_hh[2 * n :]
    back_x, back_h = params.weight_ih.T.copy(), np.concatenate([w_n.T, w_rz.T], axis=1)
    back_n, back_rz = w_n.T.copy(), w_rz.T.copy()
    dweight, dweight_q = (
        np.zeros((3 * n, n_in + 1 + n), dtype),
        np.zeros((n, 1 + n), dtype),
    )  # q: [b_hn | W_hn]
    for start, end in chunks_backwards(steps, batch):
        # 1. Local derivatives, for all steps of the chunk at once: nothing here is recurrent.
        count, h_prev = end - start, h[start:end]
        r, z, n_t = gates[start:end].swapaxes(0, 1)  # (T', H, B) each, T' steps in this chunk
        j_q, j_r, j_z, j_n = local[:count].swapaxes(0, 1)
        reads[:count] = dout[start:end].transpose(0, 2, 1)  # (T', B, H) -> (T', H, B)
        np.subtract(1, r, out=j_r)
        j_r *= r
        j_r *= q[start:end] if after else h_prev  # r (1 - r) times what r scales
        np.subtract(1, z, out=j_q)
        np.subtract(h_prev, n_t, out=j_z)
        j_z *= z
        j_z *= j_q  # dh/da_z = (h_{t-1} - n) z (1 - z)
        np.multiply(n_t, n_t, out=j_n)
        np.subtract(1, j_n, out=j_n)
        j_n *= j_q  # dh/da_n = (1 - z) (1 - n^2)
        # 2. The recurrence, from the last step to the first.
        for t, da, r_t, z_t, read in last_first(range(start, end), local, r, z, reads):
            dq, da_r, da_z, da_n = da  # (H, B) each
            dh += read
            if mask is not None:
                dh_held = hold_where_false(mask[t], dh)
            da_z *= dh
            da_n *= dh
            dh *= z_t  # h_{t-1} acts directly, times z,
            if after:
                da_r *= da_n
                np.multiply(da_n, r_t, out=dq)
                np.dot(back_h, da[:3].reshape(3 * n, batch), out=tmp)  # (H, 3H) (3H, B) -> (H, B)
            else:
                np.dot(back_n, da_n, out=dq)  # (H, H) (H, B) -> (H, B)
                da_r *= dq
                dq *= r_t
                np.dot(back_rz, da[1:3].reshape(2 * n, batch), out=tmp)  # (H, 2H) (2H, B) -> (H, B)
                tmp += dq
            dh += tmp  # and through the gates
            if mask is not None:
                dh += dh_held
        # 3. Inputs and weights, for all steps of the chunk at once.
        da_rzn = local[:count, 1:].reshape(count, 3 * n, batch)
        np.matmul(back_x, da_rzn, out=dinputs[:count])  # (I, 3H) (T', 3H, B) -> (T', I, B)
        dx[start:end] = dinputs[:count].transpose(0, 2, 1)
        da, x_1_h = columns(da_rzn), np.concatenate([columns(inputs[start:end]), columns(h_prev)])
        dweight[: 2 * n] += da[: 2 * n] @ x_1_h.T  # (2H, T'B) (T'B, I+1+H)
        dweight[2 * n :, : n_in + 1] += da[2 * n :] @ x_1_h[: n_in + 1].T  # (H, T'B) (T'B, I+1)
        if after:
            dweight_q += columns(j_q) @ x_1_h[n_in:].T  # (H, T'B) (T'B, 1+H)
        else:
            dweight_q[:, 1:] += da[2 * n :] @ columns(q[start:end]).T  # (H, T'B) (T'B, H)
            dweight_q[:, 0] += da[2 * n :].sum(axis=1)
    dweight[2 * n :, n_in + 1 :] = dweight_q[:, 1:]
    parts = dweight[:, :n_in], dweight[:, n_in + 1 :], dweight[:, n_in], dweight_q[:, 0]
    return dx, dh.T.copy(), unchecked(GRUParams, *(part.copy() for part in parts))
