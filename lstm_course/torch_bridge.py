"""Weights from torch's recurrent modules and back: one layer, or several and both directions.

torch adds two biases, `bias_ih` and `bias_hh`; the course keeps their sum. Back in torch the sum is
`bias_ih` and `bias_hh` is zero (for a GRU, zero but for n, where the reset gate scales it).
`batch_first` and `dropout` say nothing about the weights, so both are accepted; the course's
functions always take sequences (T, B, I). torch is imported by the functions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_course._arguments import choose
from lstm_course.gru import GRUParams
from lstm_course.lstm import LSTMParams
from lstm_course.rnn import RNNParams
from lstm_course.stacked import BidirectionalParams, StackedParams

if TYPE_CHECKING:
    from torch import nn

KINDS: dict[str, type] = {"RNN": RNNParams, "LSTM": LSTMParams, "GRU": GRUParams}
NONLINEARITIES = {"tanh": "tanh", "relu": "relu"}


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
    return _single(module, "LSTM")


def lstm_to_torch(params: LSTMParams) -> nn.LSTM:
    """Make a ``torch.nn.LSTM`` that computes what `params` do, in their dtype.

    Raises
    ------
    TypeError
        When `params` is not an `LSTMParams`.
    """
    _check_params(params, LSTMParams)
    return _write("LSTM", [[params]])


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
    return _single(module, "RNN")


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
    return _write("RNN", [[params]], nonlinearity=choose("activation", activation, NONLINEARITIES))


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
    return _single(module, "GRU")


def gru_to_torch(params: GRUParams) -> nn.GRU:
    """Make a ``torch.nn.GRU`` that computes what `params` do with ``reset="after"``, in their dtype.

    Raises
    ------
    TypeError
        When `params` is not a `GRUParams`.
    """
    _check_params(params, GRUParams)
    return _write("GRU", [[params]])


def stacked_from_torch(module: nn.RNN | nn.LSTM | nn.GRU) -> StackedParams:
    """Copy the weights of all layers and directions of a ``torch.nn.RNN``, ``LSTM`` or ``GRU``.

    Parameters
    ----------
    module : torch.nn.RNN, torch.nn.LSTM or torch.nn.GRU
        No projection, float32 or float64; ``bias=False`` becomes zeros. The activation of an RNN is
        ``module.nonlinearity``.

    Returns
    -------
    StackedParams
        Copies, in the module's dtype; a layer of two directions is a `BidirectionalParams`.

    Raises
    ------
    TypeError
        When `module` is of another kind or dtype.
    ValueError
        When it has a projection.
    """
    import torch

    kind = next((kind for kind in KINDS if isinstance(module, getattr(torch.nn, kind))), None)
    if kind is None:
        raise TypeError(f"module must be a torch.nn.RNN, LSTM or GRU, got {type(module).__name__}")
    _check_module(module, kind, proj_size=0)
    layers: list[Any] = []
    for k in range(module.num_layers):
        ways = [_from_torch(kind, *_read(module, name)) for name in _names(k, 1 + module.bidirectional)]
        layers.append(BidirectionalParams(*ways) if module.bidirectional else ways[0])
    return StackedParams(tuple(layers))


def stacked_to_torch(params: StackedParams, activation="tanh") -> nn.RNN | nn.LSTM | nn.GRU:
    """Make the torch module that computes what `params` do, in their dtype.

    Parameters
    ----------
    params : StackedParams
        All networks are RNNs, LSTMs or GRUs of one width; all layers have one direction or all have two.
    activation : {"tanh", "relu"}
        Of an RNN.

    Raises
    ------
    TypeError
        When `params` is not a `StackedParams`, or holds a network that torch does not know.
    ValueError
        When the layers are not alike, or torch does not know the activation.
    """
    _check_params(params, StackedParams)
    first = params.networks[0]
    kind = next((kind for kind, known in KINDS.items() if type(first) is known), None)
    if kind is None:
        raise TypeError(f"params must hold RNNParams, LSTMParams or GRUParams, got {type(first).__name__}")
    layers = [
        [layer.forward, layer.backward] if isinstance(layer, BidirectionalParams) else [layer]
        for layer in params.layers
    ]
    for k, layer in enumerate(layers):
        for network in layer:
            wanted, got = ((type(n).__name__, n.hidden_size, len(ways)) for n, ways in
                           ((first, layers[0]), (network, layer)))  # fmt: skip
            if wanted != got:
                raise ValueError(
                    "params must have, for torch, layers of one class, hidden_size and number of directions, "
                    f"but layers[{k}] has {got} and layers[0] {wanted}"
                )
    activation = choose("activation", activation, NONLINEARITIES)
    if kind == "RNN":
        return _write(kind, layers, nonlinearity=activation)
    if activation != "tanh":
        raise ValueError(f"activation must be tanh for {type(first).__name__}, got {activation!r}")
    return _write(kind, layers)


def _single(module, kind: str) -> Any:
    """Return the weights of a module of one layer and one direction."""
    _check_module(module, kind, num_layers=1, bidirectional=False, proj_size=0)
    return _from_torch(kind, *_read(module, "l0"))


def _check_module(module, kind: str, **wanted) -> None:
    import torch

    if not isinstance(module, getattr(torch.nn, kind)):
        raise TypeError(f"module must be a torch.nn.{kind}, got {type(module).__name__}")
    for name, value in wanted.items():
        got = getattr(module, name)
        if got != value:
            raise ValueError(f"module must have {name}={value}, got {name}={got}")
    dtype = module.weight_ih_l0.dtype
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"module must be of float32 or float64, got {dtype}")


def _check_params(params, cls) -> None:
    if not isinstance(params, cls):
        raise TypeError(f"params must be a {cls.__name__}, got {type(params).__name__}")


def _names(layer: int, directions: int) -> list[str]:
    """How torch calls a layer's networks."""
    return [f"l{layer}", f"l{layer}_reverse"][:directions]


def _read(module, name: str) -> list[np.ndarray]:
    """Copies of weight_ih, weight_hh, bias_ih and bias_hh of one network of a module."""
    parts = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if module.bias else [])]
    arrays = [getattr(module, f"{part}_{name}").detach().cpu().numpy().copy() for part in parts]
    return arrays if module.bias else [*arrays, *(np.zeros_like(arrays[0][:, 0]) for _ in range(2))]


def _from_torch(kind: str, weight_ih, weight_hh, bias_ih, bias_hh) -> Any:
    """Make one network of torch's four arrays."""
    if kind != "GRU":
        return KINDS[kind](weight_ih, weight_hh, bias_ih + bias_hh)
    n = weight_hh.shape[1]
    bias = bias_ih + np.concatenate([bias_hh[: 2 * n], np.zeros_like(bias_hh[2 * n :])])
    return GRUParams(weight_ih, weight_hh, bias, bias_hh[2 * n :].copy())


def _to_torch(params, name: str) -> dict[str, np.ndarray]:
    """Make torch's four arrays of one network."""
    bias_hh = np.zeros_like(params.bias)
    if isinstance(params, GRUParams):
        bias_hh[2 * params.hidden_size :] = params.bias_hn
    arrays = params.weight_ih, params.weight_hh, params.bias, bias_hh
    parts = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
    return {f"{part}_{name}": array for part, array in zip(parts, arrays, strict=True)}


def _write(kind: str, layers: list[list], **options):
    """Make a torch module with these weights. torch's global random numbers stay where they were."""
    import torch

    first, directions = layers[0][0], len(layers[0])
    dtype = getattr(torch, first.weight_ih.dtype.name)
    sizes = first.input_size, first.hidden_size, len(layers)
    with torch.random.fork_rng(devices=[]):
        module = getattr(torch.nn, kind)(*sizes, bidirectional=directions == 2, dtype=dtype, **options)
    arrays: dict[str, np.ndarray] = {}
    for k, layer in enumerate(layers):
        for network, name in zip(layer, _names(k, directions), strict=True):
            arrays |= _to_torch(network, name)
    module.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
    return module
