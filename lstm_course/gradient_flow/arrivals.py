"""From where the gradient arrives at the cell state of an LSTM."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array
from lstm_course._sequences import as_gradient
from lstm_course.lstm import LSTMCache, LSTMParams


class Arrivals(NamedTuple):
    """dL/dh_t, and the two parts of dL/dc_t, for t = 1 to T; (T, B, H) each."""

    dh: np.ndarray
    through_h: np.ndarray
    from_next: np.ndarray


def lstm_step_arrivals(o_t, c_t, dh_t, dc_t):
    """What arrives at the cell state of one step, through h_t and in all.

    Parameters
    ----------
    o_t, c_t : array_like, shape (B, H)
        Output gate and cell state of the step.
    dh_t : array_like, shape (B, H)
        Gradient with respect to h_t: from the loss at t and from step t+1.
    dc_t : array_like, shape (B, H)
        Gradient that reaches c_t from step t+1, not through h_t. Zero at the last step.

    Returns
    -------
    through_h, dc : numpy.ndarray, shape (B, H)
        The part that comes through h_t, and dL/dc_t.

    Raises
    ------
    ValueError, TypeError
        When the arrays differ in shape or dtype, are empty or not finite.
    """
    c_t = as_array("c_t", c_t, "(B, H)")
    o_t, dh_t = as_gradient("o_t", o_t, c_t), as_gradient("dh_t", dh_t, c_t)
    through_h = dh_t * o_t * (1 - np.tanh(c_t) ** 2)
    return through_h, through_h + as_gradient("dc_t", dc_t, c_t)


def lstm_arrivals(params: LSTMParams, cache: LSTMCache, dh) -> Arrivals:
    """What arrives at every cell state: through the hidden state of its step, and from the next step.

    Parameters
    ----------
    params, cache
        Of one `lstm_forward` without a mask.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.

    Returns
    -------
    Arrivals
        ``through_h + from_next`` is dL/dc_t; `dh` is dL/dh_t with what step t+1 sends back to h_t.

    Raises
    ------
    ValueError, TypeError
        When `dh` does not have the shape and dtype of the hidden states, or the cache has a mask.
    """
    if cache.mask is not None:
        raise ValueError("cache must come from lstm_forward without a mask")
    dout = as_gradient("dh", dh, cache.h[1:])
    through_h, from_next, dh = np.zeros((3, *dout.shape), dout.dtype)
    dh_next, dc_next = np.zeros((2, *dout.shape[1:]), dout.dtype)
    for t in reversed(range(len(dout))):
        i, f, g, o = (gate[t] for gate in (cache.i, cache.f, cache.g, cache.o))
        c_prev, tanh_c = cache.c[t], np.tanh(cache.c[t + 1])
        dh[t] = dout[t] + dh_next  # from the loss, and from the gates of step t+1; eq:lstm-dh
        through_h[t] = dh[t] * o * (1 - tanh_c**2)
        from_next[t] = dc_next
        dc = through_h[t] + from_next[t]  # eq:lstm-dc
        da_i, da_f = dc * g * i * (1 - i), dc * c_prev * f * (1 - f)
        da_g, da_o = dc * i * (1 - g**2), dh[t] * tanh_c * o * (1 - o)
        dh_next = np.concatenate([da_i, da_f, da_g, da_o], axis=1) @ params.weight_hh
        dc_next = dc * f
    return Arrivals(dh, through_h, from_next)
