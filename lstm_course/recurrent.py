"""One table of the recurrent networks, and one way to call them all.

The modules `rnn`, `lstm`, `gru` and `lstm_variants` have functions of their own, which differ in their
states and options. Here every network takes and returns its states as a tuple, ``(h,)`` or ``(h, c)``, so
that what works for one, a training loop or a measurement, works for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lstm_course.gru import (
    GRUCache,
    GRUParams,
    GRUStepCache,
    gru_backward,
    gru_forward,
    gru_step,
    gru_step_backward,
    init_gru,
)
from lstm_course.lstm import (
    LSTMCache,
    LSTMParams,
    LSTMStepCache,
    init_lstm,
    lstm_backward,
    lstm_forward,
    lstm_step,
    lstm_step_backward,
)
from lstm_course.lstm_variants import (
    PeepholeLSTMParams,
    VariantCache,
    VariantStepCache,
    init_peephole_lstm,
    variant_backward,
    variant_forward,
    variant_step,
    variant_step_backward,
)
from lstm_course.rnn import (
    RNNCache,
    RNNParams,
    RNNStepCache,
    init_rnn,
    rnn_backward,
    rnn_forward,
    rnn_step,
    rnn_step_backward,
)


class Network(NamedTuple):
    """The functions of one network, as its own module has them; the functions below call them.

    `states` names what it hands from step to step, `options` what may be chosen for the forward pass.
    """

    params: type
    cache: type
    step_cache: type
    states: tuple[str, ...]
    options: tuple[str, ...]
    init: Callable
    step: Callable
    step_backward: Callable
    forward: Callable
    backward: Callable


_VARIANT = (variant_step, variant_step_backward, variant_forward, variant_backward)
NETWORKS: dict[str, Network] = {
    "RNN": Network(
        RNNParams, RNNCache, RNNStepCache, ("h",), ("activation",),
        init_rnn, rnn_step, rnn_step_backward, rnn_forward, rnn_backward,
    ),
    "LSTM": Network(
        LSTMParams, LSTMCache, LSTMStepCache, ("h", "c"), (),
        init_lstm, lstm_step, lstm_step_backward, lstm_forward, lstm_backward,
    ),
    "GRU": Network(
        GRUParams, GRUCache, GRUStepCache, ("h",), ("reset",),
        init_gru, gru_step, gru_step_backward, gru_forward, gru_backward,
    ),
    "LSTM variant": Network(
        LSTMParams, VariantCache, VariantStepCache, ("h", "c"), ("forget", "squash"), init_lstm, *_VARIANT
    ),
    "peephole LSTM": Network(
        PeepholeLSTMParams, VariantCache, VariantStepCache, ("h", "c"), ("forget", "squash"),
        init_peephole_lstm, *_VARIANT,
    ),
}  # fmt: skip


def network_of(params, *, name: str = "params", cache=None, **options) -> Network:
    """Find the network of some weights: by their class, the options of the forward pass, or its cache.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    name : str
        What the weights are called in a message.
    cache : optional
        Of a forward pass or a step with these weights: it tells an LSTM from its variants.
    **options
        Of the forward pass, such as ``reset="before"``. ``forget`` and ``squash`` ask for a variant.

    Raises
    ------
    TypeError
        When the weights are of another class, the cache belongs to another network, or an option is
        unknown to this one.
    """
    found = [network for network in NETWORKS.values() if network.params is type(params)]
    if not found:
        known = ", ".join(dict.fromkeys(network.params.__name__ for network in NETWORKS.values()))
        raise TypeError(f"{name} must be one of {known}, got {type(params).__name__}")
    if cache is not None:
        of_cache = [each for each in found if isinstance(cache, (each.cache, each.step_cache))]
        if not of_cache:
            kinds = " or ".join(network.cache.__name__ for network in found)
            raise TypeError(
                f"cache must be a {kinds}, the last of what the forward pass returns, got {type(cache).__name__}"
            )
        found = of_cache
    fitting = [network for network in found if set(options) <= set(network.options)]
    if not fitting:
        possible = sorted({option for network in found for option in network.options})
        unknown = ", ".join(sorted(set(options) - set(possible)))
        raise TypeError(
            f"options of {type(params).__name__} are {', '.join(possible) or 'none'}, got {unknown}"
        )
    return fitting[0]


def recurrent_step(params, x_t, states, **options):
    """Compute one time step of any network.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    x_t : array_like, shape (B, I)
    states : tuple of array_like, shape (B, H)
        ``(h,)``, for an LSTM ``(h, c)``.
    **options
        Of this network's step.

    Returns
    -------
    states : tuple of numpy.ndarray, shape (B, H)
    cache
    """
    network = network_of(params, **options)
    *states, cache = network.step(params, x_t, *_states(network, "states", states), **options)
    return tuple(states), cache


def recurrent_step_backward(params, cache, dstates):
    """Send the gradient of the states back through one step of any network.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    cache
        What `recurrent_step`, or the network's own step, returned.
    dstates : tuple of array_like, shape (B, H)
        Gradient with respect to the states after the step, ``(dh_t,)``, for an LSTM ``(dh_t, dc_t)``.

    Returns
    -------
    dx_t : numpy.ndarray, shape (B, I)
    dstates : tuple of numpy.ndarray, shape (B, H)
        Gradient with respect to the states before it.
    dparams
        This step's share of the gradient.
    """
    network = network_of(params, cache=cache)
    dx_t, *dstates, dparams = network.step_backward(params, cache, *_states(network, "dstates", dstates))
    return dx_t, tuple(dstates), dparams


def recurrent_forward(params, x, states=None, mask=None, **options):
    """Run any network over a batch of sequences.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    x : array_like, shape (T, B, I)
        Time comes first.
    states : tuple of array_like, shape (B, H), optional
        ``(h0,)``, for an LSTM ``(h0, c0)``; zeros by default, and where one is None.
    mask : array_like of bool or of 0 and 1, shape (T, B), optional
        Where it is False the sample has no step.
    **options
        Of this network's forward pass: ``activation``, ``reset``, ``forget``, ``squash``.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
    states : tuple of numpy.ndarray, shape (B, H)
        The last ones.
    cache
    """
    network = network_of(params, **options)
    h, last, cache = network.forward(params, x, *_states(network, "states", states), mask, **options)
    return h, last if isinstance(last, tuple) else (last,), cache


def recurrent_backward(params, cache, dh, dstates=None):
    """Backpropagate through any network.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    cache
        What `recurrent_forward`, or the network's own forward pass, returned.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.
    dstates : tuple of array_like, shape (B, H), optional
        Gradient with respect to the last states, beyond what `dh` holds; zeros by default.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dstates : tuple of numpy.ndarray, shape (B, H)
        Gradient with respect to the initial states.
    dparams
        Of the class of `params`. Where a gradient overflows it is inf or NaN.
    """
    network = network_of(params, cache=cache)
    dx, *dstates, dparams = network.backward(params, cache, dh, *_states(network, "dstates", dstates))
    return dx, tuple(dstates), dparams


def _states(network, name, states):
    wanted = f"({', '.join(network.states)}{',' * (len(network.states) == 1)})"
    if states is None:
        return (None,) * len(network.states)
    if not isinstance(states, tuple) or len(states) != len(network.states):
        got = f"a tuple of {len(states)}" if isinstance(states, tuple) else type(states).__name__
        raise TypeError(f"{name} must be the tuple {wanted} of {network.params.__name__}, got {got}")
    return states
