"""Layers of recurrent networks, each reading what the one below it says, in one direction or in both.

The first layer reads x, the next the hidden states of the first, and so on, as ``torch.nn.LSTM`` has it with
``num_layers`` and ``bidirectional``. The network of a direction is any that `lstm_course.recurrent` knows,
and its own functions do the work: here is only the wiring. With a mask, a network that reads backwards
starts at each sample's last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_integer, choose
from lstm_course._params import may_overflow
from lstm_course._sequences import as_mask, as_sequence
from lstm_course.recurrent import NETWORKS, network_of, recurrent_backward, recurrent_forward


@dataclass(frozen=True)
class BidirectionalParams:
    """A layer of two networks, whose hidden states stand side by side; a gradient is another one.

    Attributes
    ----------
    forward, backward : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
        The one reads from the first step to the last, the other from the last to the first.
    """

    forward: Any
    backward: Any

    def __post_init__(self):
        for name in ("forward", "backward"):
            network_of(getattr(self, name), name=name)
        _check_like("backward", self.backward, "forward", self.forward.input_size, self.forward)

    @property
    def input_size(self) -> int:
        """Width of the input, I."""
        return self.forward.input_size

    @property
    def hidden_size(self) -> int:
        """How many numbers a step says, H of the one direction and H of the other."""
        return self.forward.hidden_size + self.backward.hidden_size


@dataclass(frozen=True)
class StackedParams:
    """Weights of several layers; a gradient is another `StackedParams`.

    Attributes
    ----------
    layers : tuple
        From the input upwards: each RNNParams, LSTMParams, GRUParams, PeepholeLSTMParams, or
        `BidirectionalParams` of them. A layer's input is as wide as the one below it says.
    """

    layers: tuple[Any, ...]

    def __post_init__(self):
        if not isinstance(self.layers, (tuple, list)):
            raise TypeError(f"layers must be a tuple of networks, got {type(self.layers).__name__}")
        if not self.layers:
            raise ValueError("layers must hold at least one network, got none")
        object.__setattr__(self, "layers", tuple(self.layers))
        for k, layer in enumerate(self.layers):
            if not isinstance(layer, BidirectionalParams):
                network_of(layer, name=f"layers[{k}]")
            if k:
                below = self.layers[k - 1]
                _check_like(f"layers[{k}]", layer, f"layers[{k - 1}]", below.hidden_size, self.networks[0])

    @property
    def networks(self) -> tuple:
        """The networks one after the other, in torch's order, which is forward, backward in each layer."""
        return tuple(network for layer in self.layers for network, _ in _directions(layer))

    @property
    def input_size(self) -> int:
        """Width of the input, I."""
        return self.layers[0].input_size

    @property
    def hidden_size(self) -> int:
        """How many numbers a step of the last layer says, H, or 2H in both directions."""
        return self.layers[-1].hidden_size


class StackedCache(NamedTuple):
    """The cache of each network, in the order of `StackedParams.networks`.

    A network that reads backwards has its time reversed.
    """

    networks: tuple


def init_stacked(network, input_size, hidden_size, layers, rng, *, bidirectional=False, **options):
    """Draw the weights of several layers of one network.

    Parameters
    ----------
    network : {"RNN", "LSTM", "GRU", "peephole LSTM"}
        Which; a key of `lstm_course.recurrent.NETWORKS`.
    input_size, hidden_size, layers : int
        I, the H of every network, and the number of layers.
    rng : numpy.random.Generator
        Source of the weights.
    bidirectional : bool
        Each layer has two networks.
    **options
        For the network's own function, such as ``dtype``, or ``forget_bias`` for `init_lstm`.

    Returns
    -------
    StackedParams

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    init = choose("network", network, NETWORKS).init
    count = as_integer("layers", layers, at_least=1)
    if not isinstance(bidirectional, (bool, np.bool_)):
        raise TypeError(f"bidirectional must be True or False, got {type(bidirectional).__name__}")
    made: list[Any] = []
    for _ in range(count):
        n_in = made[-1].hidden_size if made else input_size
        directions = [init(n_in, hidden_size, rng, **options) for _ in range(1 + bidirectional)]
        made.append(BidirectionalParams(*directions) if bidirectional else directions[0])
    return StackedParams(tuple(made))


def stacked_forward(params: StackedParams, x, states=None, mask=None, **options):
    """Run all layers over a batch of sequences.

    Parameters
    ----------
    params : StackedParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights.
    states : tuple, optional
        Initial states, one entry for each of `StackedParams.networks`, as `recurrent_forward` takes it:
        ``(h0,)`` or ``(h0, c0)``, (B, H) each, or None. A network that reads backwards starts from them
        at the last step. Zeros by default.
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample has no step, in any layer: h there is what it was before, in the
        direction of reading, and means nothing.
    **options
        For every network's forward pass: ``activation``, ``reset``, ``forget``, ``squash``.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
        Hidden states of the last layer; of two directions side by side, forward first.
    states : tuple of tuples of numpy.ndarray, shape (B, H)
        Where each network ended: at the last step, reading backwards at the first one.
    cache : StackedCache

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or an option is unknown.
    """
    first = params.networks[0]
    h = as_sequence(x, first, type(first), mask=mask)
    mask = as_mask(mask, *h.shape[:2])
    before = iter(_entries("states", states, params))
    last, caches = [], []
    for layer in params.layers:
        said = []
        for network, way in _directions(layer):
            seen = None if mask is None else mask[::way]
            h_way, states_way, cache = recurrent_forward(network, h[::way], next(before), seen, **options)
            said.append(h_way[::way])
            last.append(states_way)
            caches.append(cache)
        h = said[0] if len(said) == 1 else np.concatenate(said, axis=2)
    return h, tuple(last), StackedCache(tuple(caches))


@may_overflow
def stacked_backward(params: StackedParams, cache: StackedCache, dh, dstates=None):
    """Backpropagate through all layers and through time.

    Parameters
    ----------
    params : StackedParams
        The weights of the forward pass.
    cache : StackedCache
        What `stacked_forward` returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state of the last layer that it reads.
    dstates : tuple, optional
        Gradient with respect to the last states of every network, beyond what `dh` holds, in the form of
        `stacked_forward`'s `states`; zeros by default.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dstates : tuple of tuples of numpy.ndarray, shape (B, H)
        Gradient with respect to the initial states.
    dparams : StackedParams
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When a gradient does not have the shape and dtype of what it belongs to, or the cache is that of
        another network.
    """
    if not isinstance(cache, StackedCache) or len(cache.networks) != len(params.networks):
        got = f"one of {len(cache.networks)}" if isinstance(cache, StackedCache) else type(cache).__name__
        raise TypeError(f"cache must be a StackedCache of {len(params.networks)} networks, got {got}")
    steps, batch, _ = cache.networks[-1].h[1:].shape
    shape = f"(T={steps}, B={batch}, H={params.hidden_size})"
    dh = as_array("dh", dh, shape, dtype=params.networks[0].weight_ih.dtype, finite=False)
    after, caches = list(_entries("dstates", dstates, params)), list(cache.networks)
    before, layers = [], []
    for layer in params.layers[::-1]:
        shares, dx, end = [], 0, layer.hidden_size
        for network, way in _directions(layer)[::-1]:
            mine = slice(end - network.hidden_size, end)  # of the states that stand side by side
            dx_way, states_way, share = recurrent_backward(
                network, caches.pop(), dh[::way, :, mine], after.pop()
            )
            dx, end = dx + dx_way[::way], mine.start  # both directions read the same input
            before.append(states_way)
            shares.append(share)
        layers.append(shares[0] if len(shares) == 1 else BidirectionalParams(*shares[::-1]))
        dh = dx
    return dh, tuple(before[::-1]), StackedParams(tuple(layers[::-1]))


def last_hidden(params, h) -> np.ndarray:
    """Pick where the last layer ended: its state after the last step, reading backwards after the first.

    Parameters
    ----------
    params : StackedParams, RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    h : numpy.ndarray, shape (T, B, H)
        What its forward pass returned. With a mask a state is carried on to the end, so that this is the
        last one that each sample has.

    Returns
    -------
    numpy.ndarray, shape (B, H)
    """
    n = _read_forwards(params)
    return h[-1] if n == h.shape[2] else np.concatenate([h[-1, :, :n], h[0, :, n:]], axis=1)


def last_hidden_backward(params, dlast, steps) -> np.ndarray:
    """Gradient with respect to all hidden states, of a loss that reads what `last_hidden` picks.

    Parameters
    ----------
    params : as for `last_hidden`
    dlast : numpy.ndarray, shape (B, H)
        Gradient with respect to what it returned.
    steps : int
        T.

    Returns
    -------
    numpy.ndarray, shape (T, B, H)
    """
    n, dh = _read_forwards(params), np.zeros((steps, *dlast.shape), dlast.dtype)
    dh[-1, :, :n], dh[0, :, n:] = dlast[:, :n], dlast[:, n:]
    return dh


def _read_forwards(params) -> int:
    """How many of the last layer's hidden states belong to the network that reads forwards."""
    top = params.layers[-1] if isinstance(params, StackedParams) else params
    return top.forward.hidden_size if isinstance(top, BidirectionalParams) else top.hidden_size


def _directions(layer) -> list[tuple]:
    """Return the networks of a layer, each with the step in which it reads time."""
    if isinstance(layer, BidirectionalParams):
        return [(layer.forward, 1), (layer.backward, -1)]
    return [(layer, 1)]


def _check_like(name, layer, other, width, like):
    if layer.input_size != width:
        raise ValueError(f"{name} must have input_size {width} to fit {other}, got {layer.input_size}")
    for network, _ in _directions(layer):
        if network.weight_ih.dtype != like.weight_ih.dtype:
            raise TypeError(
                f"{name} must have dtype {like.weight_ih.dtype} like the rest, got {network.weight_ih.dtype}"
            )


def _entries(name, states, params) -> tuple:
    count = len(params.networks)
    if states is None:
        return (None,) * count
    if not isinstance(states, tuple) or len(states) != count:
        got = f"a tuple of {len(states)}" if isinstance(states, tuple) else type(states).__name__
        raise TypeError(f"{name} must be a tuple of {count} entries, one a network, got {got}")
    return states
