r"""The LSTMs before and beside the usual one: other forget gates, other squashing, peepholes.

``forget="none"`` is the LSTM of 1997, whose cell only adds, :math:`c_t = c_{t-1} + i_t g_t`;
``"gate"`` the one of Gers, Schmidhuber & Cummins (2000), in use today; ``"coupled"`` has
:math:`f_t = 1 - i_t` (Greff et al. 2017). ``squash="1997"`` puts :math:`g(a) = 4\sigma(a)-2` and
:math:`h(c) = 2\sigma(c)-1` where today both are tanh. Peepholes (Gers & Schmidhuber 2000) let i and f
see :math:`c_{t-1}` and o see :math:`c_t`; they have weights, so `PeepholeLSTMParams` brings them.

All variants share the weights of `lstm.LSTMParams`. Without a forget gate of its own a variant does not
read the rows f, and their gradient is zero. The functions follow the equations step by step and are
slower than `lstm.lstm_forward`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_integer, choose
from lstm_course._params import add_params, may_overflow, unchecked
from lstm_course._sequences import as_gradient, as_mask, as_sequence, as_state, as_step, check_cache
from lstm_course.activations import (
    g_1997,
    g_1997_prime,
    h_1997,
    h_1997_prime,
    sigmoid,
    tanh,
    tanh_prime,
)
from lstm_course.lstm import LSTMParams, init_lstm

FORGETS = {"gate": "gate", "none": "none", "coupled": "coupled"}


class Squash(NamedTuple):
    """What squashes the candidate, `g`, and the cell state on its way out, `h`; with derivatives."""

    g: Callable[[np.ndarray], np.ndarray]
    g_prime: Callable[[np.ndarray], np.ndarray]
    h: Callable[[np.ndarray], np.ndarray]
    h_prime: Callable[[np.ndarray], np.ndarray]


SQUASHES = {
    "tanh": Squash(tanh, tanh_prime, tanh, tanh_prime),
    "1997": Squash(g_1997, g_1997_prime, h_1997, h_1997_prime),
}


@dataclass(frozen=True)
class PeepholeLSTMParams(LSTMParams):
    """Weights of an LSTM whose gates see the cell state; a gradient is another `PeepholeLSTMParams`.

    Attributes
    ----------
    weight_ih, weight_hh, bias : numpy.ndarray
        As in `lstm.LSTMParams`.
    peephole : numpy.ndarray, shape (3, H)
        From each cell to its own gates i, f and o.
    """

    peephole: np.ndarray

    def __post_init__(self):
        super().__post_init__()
        shape = f"(gates=3, H={self.hidden_size})"
        peephole = as_array("peephole", self.peephole, shape, dtype=self.weight_ih.dtype)
        object.__setattr__(self, "peephole", peephole)


KINDS = LSTMParams, PeepholeLSTMParams  # the weights that every variant takes


class VariantStepCache(NamedTuple):
    """One step: what came in, the gates, the candidate's pre-activation, the new cell state, its squash."""

    x_t: np.ndarray
    h_prev: np.ndarray
    c_prev: np.ndarray
    i_t: np.ndarray
    f_t: np.ndarray
    g_t: np.ndarray
    o_t: np.ndarray
    a_g: np.ndarray
    c_t: np.ndarray
    squashed_c: np.ndarray
    forget: str
    squash: str


class VariantCache(NamedTuple):
    """A sequence: `x` (T, B, I), states `h` and `c` (T+1, B, H), the rest of every step (T, B, H)."""

    x: np.ndarray
    h: np.ndarray
    c: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    a_g: np.ndarray
    squashed_c: np.ndarray
    mask: np.ndarray | None
    forget: str
    squash: str

    def step(self, t: int) -> VariantStepCache:
        """Return what `variant_step` keeps of step `t`, from 0 to T-1, with c[t+1] for its c_t.

        Nothing is counted from the end: any other `t` is a ValueError.
        """
        t = as_integer("t", t, at_least=0, at_most=len(self.i) - 1)
        gates = self.i[t], self.f[t], self.g[t], self.o[t], self.a_g[t]
        states = self.c[t + 1], self.squashed_c[t]
        return VariantStepCache(self.x[t], self.h[t], self.c[t], *gates, *states, self.forget, self.squash)


def init_peephole_lstm(
    input_size, hidden_size, rng, *, forget_bias=1.0, dtype=np.float64
) -> PeepholeLSTMParams:
    r"""Random weights as `lstm.init_lstm` draws them, and peepholes uniform in :math:`\pm 1/\sqrt H`.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    rng : numpy.random.Generator
        Source of the weights.
    forget_bias : float or array_like, shape (H,)
        Bias of the forget gate.
    dtype : numpy.dtype
        float64 or float32.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    params = init_lstm(input_size, hidden_size, rng, forget_bias=forget_bias, dtype=dtype)
    bound = params.hidden_size**-0.5
    peephole = rng.uniform(-bound, bound, (3, params.hidden_size)).astype(params.bias.dtype)
    return PeepholeLSTMParams(params.weight_ih, params.weight_hh, params.bias, peephole)


def variant_step(params: LSTMParams, x_t, h_prev, c_prev, *, forget="gate", squash="tanh"):
    """Compute one time step.

    Parameters
    ----------
    params : LSTMParams or PeepholeLSTMParams
        The latter gives the gates their peepholes.
    x_t : array_like, shape (B, I)
        Inputs, one sample a row, in the dtype of the weights.
    h_prev, c_prev : array_like, shape (B, H)
        Hidden state and cell state before the step.
    forget : {"gate", "none", "coupled"}
        What forgets: a gate of its own; nothing, f = 1; the input gate, f = 1 - i.
    squash : {"tanh", "1997"}
        What squashes the candidate and the cell's output.

    Returns
    -------
    h_t, c_t : numpy.ndarray, shape (B, H)
    cache : VariantStepCache
        For `variant_step_backward`, and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or an option is unknown.
    """
    forget, functions = choose("forget", forget, FORGETS), choose("squash", squash, SQUASHES)
    x_t, h_prev, c_prev = as_step(x_t, params, *KINDS, h_prev=h_prev, c_prev=c_prev)
    p_i, p_f, p_o = _peepholes(params)
    a_t = x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + params.bias  # pre-activations
    a_i, a_f, a_g, a_o = np.split(a_t, 4, axis=1)
    i_t = sigmoid(a_i + p_i * c_prev)  # input gate, eq:lstm-peephole
    if forget == "gate":
        f_t = sigmoid(a_f + p_f * c_prev)  # forget gate, eq:lstm-peephole
    elif forget == "none":
        f_t = np.ones_like(i_t)
    else:
        f_t = 1 - i_t
    g_t = functions.g(a_g)  # candidate
    c_t = f_t * c_prev + i_t * g_t  # cell state
    o_t = sigmoid(a_o + p_o * c_t)  # output gate, eq:lstm-peephole
    squashed_c = functions.h(c_t)
    h_t = o_t * squashed_c  # hidden state
    gates = i_t, f_t, g_t, o_t, a_g
    return h_t, c_t, VariantStepCache(x_t, h_prev, c_prev, *gates, c_t, squashed_c, forget, squash)


@may_overflow
def variant_step_backward(params: LSTMParams, cache: VariantStepCache, dh_t, dc_t, *, truncated=False):
    """Send dL/dh_t and dL/dc_t back through one step.

    Parameters
    ----------
    params : LSTMParams or PeepholeLSTMParams
    cache : VariantStepCache
        What `variant_step` returned.
    dh_t : array_like, shape (B, H)
        Gradient with respect to h_t: from the loss at t and from step t+1.
    dc_t : array_like, shape (B, H)
        Gradient that reaches c_t from step t+1, not through h_t. Zero at the last step.
    truncated : bool
        The gradient of 1997: an error that has reached a pre-activation changes its weights, then
        stops. No error leaves by h_{t-1} or a peephole, and dc_prev is dc times the forget gate.

    Returns
    -------
    dx_t : numpy.ndarray, shape (B, I)
        Not truncated: the input is no earlier step.
    dh_prev, dc_prev : numpy.ndarray, shape (B, H)
    dparams : LSTMParams or PeepholeLSTMParams
        This step's share of the gradient. Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `dh_t` or `dc_t` does not have the shape and dtype of the state, `cache` is not of a step with
        weights like these, or `truncated` is no bool.
    """
    check_cache(params, cache, VariantStepCache, *KINDS)
    x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, a_g, c_t, squashed_c, forget, squash = cache
    functions, truncated = SQUASHES[squash], _as_bool("truncated", truncated)
    dh_t, dc_t = as_gradient("dh_t", dh_t, c_t), as_gradient("dc_t", dc_t, c_t)
    p_i, p_f, p_o = np.zeros_like(_peepholes(params)) if truncated else _peepholes(params)
    do = dh_t * squashed_c  # output gate
    da_o = do * o_t * (1 - o_t)
    dc = dc_t + dh_t * o_t * functions.h_prime(c_t) + da_o * p_o  # cell state: from t+1, h_t and o_t
    di = dc * g_t  # input gate
    df = dc * c_prev  # forget gate
    dg = dc * i_t  # candidate
    if forget == "coupled":
        di = di - df  # f = 1 - i
    if forget != "gate":
        df = np.zeros_like(df)  # no gate there
    da_i = di * i_t * (1 - i_t)  # pre-activations
    da_f = df * f_t * (1 - f_t)
    da_g = dg * functions.g_prime(a_g)
    da_t = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx_t = da_t @ params.weight_ih  # input
    dh_prev = np.zeros_like(h_prev) if truncated else da_t @ params.weight_hh  # previous hidden state
    dc_prev = dc * f_t + da_i * p_i + da_f * p_f  # previous cell state
    weights = da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0)
    if isinstance(params, PeepholeLSTMParams):
        seen = (da_i * c_prev).sum(axis=0), (da_f * c_prev).sum(axis=0), (da_o * c_t).sum(axis=0)
        return dx_t, dh_prev, dc_prev, unchecked(PeepholeLSTMParams, *weights, np.array(seen))
    return dx_t, dh_prev, dc_prev, unchecked(LSTMParams, *weights)


@np.errstate(under="ignore")
def variant_forward(params: LSTMParams, x, h0=None, c0=None, mask=None, *, forget="gate", squash="tanh"):
    """Run a variant over a batch of sequences.

    Parameters
    ----------
    params : LSTMParams or PeepholeLSTMParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights. Time comes first, as in torch unless ``batch_first``.
    h0, c0 : array_like, shape (B, H), optional
        Initial states; zeros by default.
    mask : array_like of bool or of 0 and 1, shape (T, B), optional
        Where it is False the sample has no step: h and c stay as they were.
    forget, squash : str
        As for `variant_step`.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
        Hidden states, a read-only view of the cache.
    (h_T, c_T) : tuple of numpy.ndarray, shape (B, H)
        The last states.
    cache : VariantCache
        The gates and states, for `variant_backward` and for figures.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or an option is unknown.
    """
    x = as_sequence(x, params, *KINDS, mask=mask, h0=h0, c0=c0).copy()
    (steps, batch, _), n = x.shape, params.hidden_size
    mask = as_mask(mask, steps, batch)
    h, c = [as_state("h0", h0, batch, n, x.dtype).T], [as_state("c0", c0, batch, n, x.dtype).T]
    kept = []
    for t in range(steps):
        h_t, c_t, step = variant_step(params, x[t], h[t], c[t], forget=forget, squash=squash)
        if mask is not None:
            now = mask[t][:, None]
            h_t, c_t = np.where(now, h_t, h[t]), np.where(now, c_t, c[t])
        h.append(h_t)
        c.append(c_t)
        kept.append((step.i_t, step.f_t, step.g_t, step.o_t, step.a_g, step.squashed_c))
    i, f, g, o, a_g, squashed_c = (np.array(per_step) for per_step in zip(*kept, strict=True))
    cache = VariantCache(x, np.array(h), np.array(c), i, f, g, o, a_g, squashed_c, mask, forget, squash)
    for array in (cache.h, cache.c):
        array.flags.writeable = False  # the backward pass needs these numbers
    return cache.h[1:], (cache.h[-1].copy(), cache.c[-1].copy()), cache


@may_overflow
def variant_backward(params: LSTMParams, cache: VariantCache, dh, dh_T=None, dc_T=None, *, truncated=False):
    """Backpropagate through time.

    Parameters
    ----------
    params : LSTMParams or PeepholeLSTMParams
        The weights of the forward pass.
    cache : VariantCache
        What `variant_forward` returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.
    dh_T, dc_T : array_like, shape (B, H), optional
        Gradients with respect to the last states, beyond what `dh` holds; zeros by default.
    truncated : bool
        As for `variant_step_backward`. With `dh` and `dh_T` zero, dc0 is then `dc_T` times the product
        of all forget gates.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0, dc0 : numpy.ndarray, shape (B, H)
    dparams : LSTMParams or PeepholeLSTMParams
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When a gradient does not have the shape and dtype of what it belongs to, or `cache` is not of a pass
        with weights like these.
    """
    check_cache(params, cache, VariantCache, *KINDS)
    dout, (steps, batch, n), dtype = as_gradient("dh", dh, cache.h[1:]), cache.i.shape, cache.h.dtype
    dh, dc = as_state("dh_T", dh_T, batch, n, dtype).T, as_state("dc_T", dc_T, batch, n, dtype).T
    dx, shares, zero = np.empty_like(cache.x), [], dtype.type(0)
    for t in range(steps - 1, -1, -1):
        dh = dh + dout[t]
        here = np.ones((batch, 1), bool) if cache.mask is None else cache.mask[t][:, None]
        dx[t], dh_prev, dc_prev, share = variant_step_backward(
            params, cache.step(t), np.where(here, dh, zero), np.where(here, dc, zero), truncated=truncated
        )  # where there is no step, straight through:
        dh, dc = dh_prev + np.where(here, zero, dh), dc_prev + np.where(here, zero, dc)
        shares.append(share)
    return dx, dh.copy(), dc.copy(), add_params(shares)


def _peepholes(params):
    """Return the peepholes of i, f and o; zeros for weights that have none."""
    if isinstance(params, PeepholeLSTMParams):
        return params.peephole
    return np.zeros((3, params.hidden_size), params.weight_ih.dtype)


def _as_bool(name, value):
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
    return bool(value)
