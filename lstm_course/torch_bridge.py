"""Weights from torch's recurrent modules and back: one layer, one direction.

torch adds two biases, `bias_ih` and `bias_hh`; the course keeps their sum. Back in torch the sum is
`bias_ih` and `bias_hh` is zero (for a GRU, zero but for n, where the reset gate scales it).
`batch_first` and `dropout` say nothing about the weights, so both are accepted; the course's
functions always take sequences (T, B, I). torch is imported by the functions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstm_course._arguments import choose
from lstm_course.gru import GRUParams
from lstm_course.lstm import LSTMParams
from lstm_course.rnn import RNNParams

if TYPE_CHECKING:
    from torch import nn


def lstm_from_torch(module: nn.LSTM) -> LSTMParams:
    """Copy the weights of a ``torch.nn.LSTM``.

    Parameters
    ----------
    module : torch.nn.LSTM
        One layer, one direction, no projection, float32 or float64; ``bias=False`` becomes zeros.

    Returns
    -------
    LSTMParams
        Copies, in the module's dtype.

    Raises
    ------
    TypeError
        When `module` is not a ``torch.nn.LSTM``, or of another dtype.
    ValueError
        When it has more layers, two directions or a projection.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = _read(module, "LSTM")
    return LSTMParams(weight_ih, weight_hh, bias_ih + bias_hh)


def lstm_to_torch(params: LSTMParams) -> nn.LSTM:
    """Make a ``torch.nn.LSTM`` that computes what `params` do, in their dtype.

    Raises
    ------
    TypeError
        When `params` is not an `LSTMParams`.
    """
    _check_params(params, LSTMParams)
    return _write("LSTM", params, np.zeros_like(params.bias))


def rnn_from_torch(module: nn.RNN) -> RNNParams:
    """Copy the weights of a ``torch.nn.RNN``; its activation is ``module.nonlinearity``.

    Parameters
    ----------
    module : torch.nn.RNN
        One layer, one direction, float32 or float64; ``bias=False`` becomes zeros.

    Returns
    -------
    RNNParams
        Copies, in the module's dtype.

    Raises
    ------
    TypeError
        When `module` is not a ``torch.nn.RNN``, or of another dtype.
    ValueError
        When it has more layers or two directions.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = _read(module, "RNN")
    return RNNParams(weight_ih, weight_hh, bias_ih + bias_hh)


def rnn_to_torch(params: RNNParams, activation="tanh") -> nn.RNN:
    """Make a ``torch.nn.RNN`` that computes what `params` do, in their dtype.

    Parameters
    ----------
    params : RNNParams
    activation : {"tanh", "relu"}
        The two that torch knows.

    Raises
    ------
    TypeError
        When `params` is not an `RNNParams`.
    ValueError
        When torch does not know the activation.
    """
    _check_params(params, RNNParams)
    activation = choose("activation", activation, {"tanh": "tanh", "relu": "relu"})
    return _write("RNN", params, np.zeros_like(params.bias), nonlinearity=activation)


def gru_from_torch(module: nn.GRU) -> GRUParams:
    """Copy the weights of a ``torch.nn.GRU``, which computes what ``reset="after"`` does.

    Parameters
    ----------
    module : torch.nn.GRU
        One layer, one direction, float32 or float64; ``bias=False`` becomes zeros.

    Returns
    -------
    GRUParams
        Copies, in the module's dtype.

    Raises
    ------
    TypeError
        When `module` is not a ``torch.nn.GRU``, or of another dtype.
    ValueError
        When it has more layers or two directions.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = _read(module, "GRU")
    n = weight_hh.shape[1]
    bias = bias_ih + np.concatenate([bias_hh[: 2 * n], np.zeros_like(bias_hh[2 * n :])])
    return GRUParams(weight_ih, weight_hh, bias, bias_hh[2 * n :].copy())


def gru_to_torch(params: GRUParams) -> nn.GRU:
    """Make a ``torch.nn.GRU`` that computes what `params` do with ``reset="after"``, in their dtype.

    Raises
    ------
    TypeError
        When `params` is not a `GRUParams`.
    """
    _check_params(params, GRUParams)
    zeros = np.zeros_like(params.bias[: 2 * params.hidden_size])
    return _write("GRU", params, np.concatenate([zeros, params.bias_hn]))


def _read(module, kind: str) -> list[np.ndarray]:
    """Copies of weight_ih, weight_hh, bias_ih and bias_hh, once the module is one that we have."""
    import torch

    if not isinstance(module, getattr(torch.nn, kind)):
        raise TypeError(f"module must be a torch.nn.{kind}, got {type(module).__name__}")
    for name, wanted in (("num_layers", 1), ("bidirectional", False), ("proj_size", 0)):
        got = getattr(module, name)
        if got != wanted:
            raise ValueError(f"module must have {name}={wanted}, got {name}={got}")
    dtype = module.weight_ih_l0.dtype
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"module must be of float32 or float64, got {dtype}")
    names = ["weight_ih_l0", "weight_hh_l0", *(["bias_ih_l0", "bias_hh_l0"] if module.bias else [])]
    arrays = [getattr(module, name).detach().cpu().numpy().copy() for name in names]
    return arrays if module.bias else [*arrays, *(np.zeros_like(arrays[0][:, 0]) for _ in range(2))]


def _write(kind: str, params, bias_hh: np.ndarray, **options):
    """Make a torch module with these weights. torch's global random numbers stay where they were."""
    import torch

    dtype = getattr(torch, params.weight_ih.dtype.name)
    with torch.random.fork_rng(devices=[]):
        module = getattr(torch.nn, kind)(params.input_size, params.hidden_size, dtype=dtype, **options)
    arrays = {
        "weight_ih_l0": params.weight_ih,
        "weight_hh_l0": params.weight_hh,
        "bias_ih_l0": params.bias,
        "bias_hh_l0": bias_hh,
    }
    module.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
    return module


def _check_params(params, cls) -> None:
    if not isinstance(params, cls):
        raise TypeError(f"params must be a {cls.__name__}, got {type(params).__name__}")
