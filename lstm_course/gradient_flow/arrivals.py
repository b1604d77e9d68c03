"""From where the gradient arrives at the cell state of an LSTM."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array
from lstm_course._params import may_overflow
from lstm_course._sequences import as_gradient, check_cache
from lstm_course.lstm import LSTMCache, LSTMParams, lstm_step_backward


class Arrivals(NamedTuple):
    """dL/dh_t, and the two parts of dL/dc_t, for t = 1 to T; (T, B, H) each."""

    dh: np.ndarray
    through_h: np.ndarray
    from_next: np.ndarray


@may_overflow
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
        When the arrays differ in shape or dtype or are empty, or a state or gate is not finite.
    """
    c_t = as_array("c_t", c_t, "(B, H)")
    o_t = as_array("o_t", o_t, "(B={}, H={})".format(*c_t.shape), dtype=c_t.dtype)
    dh_t = as_gradient("dh_t", dh_t, c_t)
    through_h = dh_t * o_t * (1 - np.tanh(c_t) ** 2)
    return through_h, through_h + as_gradient("dc_t", dc_t, c_t)  # eq:lstm-dc


@may_overflow
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
        When `dh` does not have the shape and dtype of the hidden states, the cache has a mask, or it is not of
        this network.
    """
    check_cache(params, cache, LSTMCache, LSTMParams, masked=False)
    dout = as_gradient("dh", dh, cache.h[1:])
    through_h, from_next, dh = np.zeros((3, *dout.shape), dout.dtype)
    dh_next, dc_next = np.zeros((2, *dout.shape[1:]), dout.dtype)
    for t in reversed(range(len(dout))):
        step = cache.step(t)
        dh[t] = dout[t] + dh_next  # from the loss, and from the gates of step t+1; eq:lstm-dh
        through_h[t], _ = lstm_step_arrivals(step.o_t, step.c_t, dh[t], dc_next)
        from_next[t] = dc_next
        _, dh_next, dc_next, _ = lstm_step_backward(params, step, dh[t], dc_next)
    return Arrivals(dh, through_h, from_next)
