"""The other convention of the GRU's update gate, and a GRU as large as a given LSTM."""

from __future__ import annotations

from dataclasses import replace

from lstm_course._arguments import as_integer
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
