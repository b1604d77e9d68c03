"""The other convention of the GRU's update gate, a GRU as large as an LSTM, one that counts, one with one gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number
from lstm_course._params import may_overflow
from lstm_course.gru import GRUParams


def flip_update_gate(params: GRUParams) -> GRUParams:
    r"""Translate between the two conventions of z: z = 1 to keep the state, or z = 1 to replace it.

    Since :math:`1 - \sigma(a) = \sigma(-a)`, the update gate's rows of weights and its bias change their
    sign, and nothing else. The same function translates back.

    Parameters
    ----------
    params : GRUParams
        Weights for one convention.

    Returns
    -------
    GRUParams
        The weights that give the same states in the other convention.
    """
    weight_ih, weight_hh, bias = params.weight_ih.copy(), params.weight_hh.copy(), params.bias.copy()
    n = params.hidden_size
    for array in (weight_ih, weight_hh, bias):
        array[n : 2 * n] *= -1  # eq:gru-flip
    return replace(params, weight_ih=weight_ih, weight_hh=weight_hh, bias=bias)


def gru_from_zrn(params: GRUParams) -> GRUParams:
    """Translate weights with the blocks z, r, n, for a unit that is replaced at z = 1, into weights of ours.

    The two conventions are those of `flip_update_gate`.

    Parameters
    ----------
    params : GRUParams
        Weights in the order z, r, n, for the convention in which z = 1 replaces the state.

    Returns
    -------
    GRUParams
        The weights with which our GRU (r, z, n; z = 1 keeps) goes through the same states.
    """
    blocks = {name: np.split(getattr(params, name), 3) for name in ("weight_ih", "weight_hh", "bias")}
    ours = {name: np.concatenate([r, z, n]) for name, (z, r, n) in blocks.items()}
    return flip_update_gate(replace(params, **ours))


def matching_gru_size(input_size, lstm_size) -> int:
    """The most hidden units that a ``torch.nn.GRU`` can have with no more parameters than an LSTM.

    Parameters
    ----------
    input_size : int
        Width of the input of both.
    lstm_size : int
        Hidden units of the ``torch.nn.LSTM``.

    Raises
    ------
    ValueError, TypeError
        When a size is not an integer of at least 1.
    """
    n_in = as_integer("input_size", input_size, at_least=1)
    n = as_integer("lstm_size", lstm_size, at_least=1)
    budget, size = 4 * n * (n_in + n + 2), n  # eq:gru-count, with torch's two biases
    while 3 * (size + 1) * (n_in + size + 1 + 2) <= budget:
        size += 1
    return size


def counter_gru(units, strength=50.0) -> GRUParams:
    r"""Set the weights of a GRU by hand that counts its steps in binary, one unit a digit.

    The state of unit j is +1 for the digit 1 of :math:`2^{j}` and −1 for the digit 0, units from 0. The
    candidate of each unit is its opposite. The update gate keeps unless all units before it are +1: a
    digit turns over when all lower ones are 1. There is one input, and it is ignored.

    Parameters
    ----------
    units : int
        H, the number of digits. It counts to :math:`2^H - 1` and then starts again from 0.
    strength : float
        From 40 on neither float32 nor float64 can tell the gates from 0 and 1, and the count is exact.

    Raises
    ------
    ValueError, TypeError
        When `units` is not a positive integer or `strength` not a positive number.
    """
    n, s = as_integer("units", units, at_least=1), as_number("strength", strength, above=0)
    lower = np.tril(np.ones((n, n)), -1)  # the units before each
    weight_hh = s * np.concatenate([np.zeros((n, n)), -lower, -np.eye(n)])  # r, z, n: eq:gru-counter
    bias = s * np.concatenate([np.ones(n), np.arange(n) - 1, np.zeros(n)])
    return GRUParams(np.zeros((3 * n, 1)), weight_hh, bias, np.zeros(n))


@may_overflow
def one_gate_backward(weight_z, weight_n, z_t, n_t, q_t, h_prev, dh_t):
    r"""Send dL/dh_t back to the state of a GRU whose reset gate is :math:`1 - z_t`.

    Forward: :math:`z_t=\sigma(\dots+W_zh_{t-1})`, :math:`q_t=W_nh_{t-1}+b`,
    :math:`n_t=\tanh(\dots+(1-z_t)\,q_t)` and :math:`h_t=(1-z_t)\,n_t+z_t\,h_{t-1}`.

    Parameters
    ----------
    weight_z, weight_n : array_like, shape (H, H)
        Recurrent weights of the gate and of the candidate.
    z_t, n_t, q_t, h_prev, dh_t : array_like, shape (B, H)
        What the forward pass had, and the gradient that arrives; all of one dtype.

    Returns
    -------
    da_z : numpy.ndarray, shape (B, H)
        Gradient by the pre-activation of the gate.
    dh_prev : numpy.ndarray, shape (B, H)
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, or is not finite.
    """
    z_t = as_array("z_t", z_t, "(B, H)")
    (batch, n), dtype = z_t.shape, z_t.dtype
    weight_z, weight_n = (
        as_array(name, weight, f"(H={n}, H={n})", dtype=dtype)
        for name, weight in (("weight_z", weight_z), ("weight_n", weight_n))
    )
    n_t, q_t, h_prev, dh_t = (
        as_array(name, array, f"(B={batch}, H={n})", dtype=dtype)
        for name, array in (("n_t", n_t), ("q_t", q_t), ("h_prev", h_prev), ("dh_t", dh_t))
    )
    da_n = dh_t * (1 - z_t) * (1 - n_t**2)
    dq = da_n * (1 - z_t)
    dz_mixture = dh_t * (h_prev - n_t)  # z and 1 - z in h_t
    dz_reset = -da_n * q_t  # 1 - z as the reset gate
    da_z = (dz_mixture + dz_reset) * z_t * (1 - z_t)
    dh_prev = dh_t * z_t + dq @ weight_n + da_z @ weight_z
    return da_z, dh_prev
