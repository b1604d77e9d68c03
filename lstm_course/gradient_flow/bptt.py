r"""Backpropagation through time, one step at a time: its Jacobians, its sum by lag, and what truncation cuts.

The fast passes run whole sequences. Here every step stays visible: `forward_by_steps` keeps the cache of each
step, and the measurements take these, of whichever network. The states of a step are h, for an LSTM h and c.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number, as_row
from lstm_course._params import add_params, may_overflow
from lstm_course._sequences import as_gradient, as_sequence, as_state, check_cache
from lstm_course.activations import get_activation
from lstm_course.recurrent import NETWORKS, network_of, recurrent_step
from lstm_course.rnn import RNNParams, RNNStepCache


def rnn_immediate_and_total(w, x, h0=0.0, *, activation="tanh") -> tuple[float, float]:
    r"""Two derivatives of the last state of the scalar network :math:`h_t = f(w h_{t-1} + x_t)` by `w`.

    Parameters
    ----------
    w : float
        The recurrent weight.
    x : array_like, shape (T,)
        What is added at each step.
    h0 : float
        The state before the first.
    activation : str
        Name of f.

    Returns
    -------
    immediate : float
        :math:`\partial^+ h_T/\partial w`: the earlier state held fixed.
    total : float
        :math:`\partial h_T/\partial w`: the earlier states move with `w`.
    """
    w, h, x = as_number("w", w), as_number("h0", h0), as_array("x", x, "(T)").astype(np.float64)
    act = get_activation(activation)
    immediate = total = 0.0
    for x_t in x:
        a = np.array(w * h + x_t)
        immediate = float(act.f_prime(a)) * h  # eq:rnn-scalar-immediate
        total = immediate + float(act.f_prime(a)) * w * total  # eq:rnn-scalar-total
        h = float(act.f(a))
    return immediate, total


def rnn_step_jacobian(params, step, row: int = 0) -> np.ndarray:
    r"""One Jacobian of an RNN, as its formula says: :math:`\mathrm{diag}(f'(a_t))\,W_{hh}`.

    `step_jacobians` finds the same numbers, of every network, by way of its backward pass.

    Parameters
    ----------
    params : RNNParams
    step : RNNStepCache
        The cache of the step.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    numpy.ndarray, shape (H, H)
        Row i and column j: the derivative of unit i of h_t by unit j of h_{t-1}.

    Raises
    ------
    ValueError, TypeError
        When `row` is no sample of the batch, or `step` is not of an RNN of these sizes.
    """
    check_cache(params, step, RNNStepCache, RNNParams, name="step")
    slope = get_activation(step.activation).f_prime(step.a_t[as_row(row, len(step.a_t))])
    return np.diag(slope) @ params.weight_hh  # eq:rnn-jacobian


def rnn_total_derivative(params, steps, row: int = 0) -> np.ndarray:
    r"""The derivative :math:`\partial h_T/\partial W_{hh}` of an RNN, computed forwards in time.

    Nothing is kept of the past but one vector of H numbers for each of the H² weights.

    Parameters
    ----------
    params : RNNParams
    steps : sequence of RNNStepCache, length T
        From `forward_by_steps`.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    numpy.ndarray, shape (H, H, H)
        Entry [n, i, j] is the derivative of unit n of h_T by the weight from unit j to unit i.

    Raises
    ------
    ValueError, TypeError
        As `rnn_step_jacobian`, or when there are no steps.
    """
    _network(params, steps)
    one = np.eye(params.hidden_size, dtype=params.weight_hh.dtype)
    total = np.zeros((*one.shape, len(one)), one.dtype)
    for step in steps:
        jacobian = rnn_step_jacobian(params, step, row)
        slope = get_activation(step.activation).f_prime(step.a_t[row])
        immediate = slope[:, None, None] * one[:, :, None] * step.h_prev[row]  # eq:rnn-immediate
        total = immediate + np.tensordot(jacobian, total, axes=1)  # eq:rnn-total
    return total


def forward_by_steps(params, x, h0=None, c0=None, **options):
    """Run a network with one call of its step function a step.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    x : array_like, shape (T, B, I)
        Inputs, in the dtype of the weights.
    h0, c0 : array_like, shape (B, H), optional
        Initial states, `c0` of an LSTM only; zeros by default.
    **options
        Of the step: ``activation`` of an RNN, ``reset`` of a GRU, ``forget`` and ``squash`` of an LSTM variant.

    Returns
    -------
    h : numpy.ndarray, shape (T, B, H)
    steps : tuple
        The cache of each step, the first step first.

    Raises
    ------
    ValueError, TypeError
        When an array has another shape or dtype, is empty or not finite, or an option is unknown.
    """
    network, given = network_of(params, **options), {"h0": h0, "c0": c0}
    if c0 is not None and "c" not in network.states:
        raise TypeError(f"c0 must be left out: the only state of {type(params).__name__} is h")
    given = {f"{name}0": given[f"{name}0"] for name in network.states}
    x = as_sequence(x, params, network.params, **given)
    sizes = x.shape[1], params.hidden_size, x.dtype
    states = tuple(as_state(name, state, *sizes).T.copy() for name, state in given.items())
    h, steps = [], []
    for x_t in x:
        states, step = recurrent_step(params, x_t, states, **options)
        h.append(states[0])
        steps.append(step)
    return np.stack(h), tuple(steps)


@may_overflow
def backward_by_steps(params, steps, dh):
    """Backpropagate through time with one call of the step's backward function a step, the last step first.

    Parameters
    ----------
    params : RNNParams, LSTMParams, GRUParams or PeepholeLSTMParams
    steps : sequence of step caches, length T
        From `forward_by_steps`.
    dh : array_like, shape (T, B, H)
        Gradient of the loss with respect to every hidden state that it reads.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
    dh0 : numpy.ndarray, shape (B, H)
        For an LSTM followed by dc0.
    dparams : of the class of `params`
        The same numbers as the fast backward pass of the network gives, inf and NaN where they overflow.

    Raises
    ------
    ValueError, TypeError
        When `dh` has another shape or dtype, or `steps` are not of this network.
    """
    network, dh = _network(params, steps), _gradient(steps, dh)
    dx, shares = [], []
    nothing = np.zeros((len(network.states), *dh.shape[1:]), dh.dtype)
    arrives, *at_c = nothing  # comes back from beyond the last step
    for step, dh_t in zip(steps[::-1], dh[::-1], strict=True):
        dh_t = dh_t + arrives  # eq:rnn-back
        dx_t, arrives, *at_c, share = network.step_backward(params, step, dh_t, *at_c)
        dx.append(dx_t)
        shares.append(share)
    return np.stack(dx[::-1]), arrives, *at_c, add_params(shares)  # eq:rnn-weights


@may_overflow
def truncated_backward(params, steps, dh, window):
    """Return the gradient of truncated backpropagation: the sequence is cut into windows.

    The states pass from one window to the next as always; the gradient does not pass back.

    Parameters
    ----------
    params, steps, dh
        As for `backward_by_steps`.
    window : int
        Steps in a window; the last window may be shorter.

    Returns
    -------
    dparams : of the class of `params`

    Raises
    ------
    ValueError, TypeError
        As `backward_by_steps`, or when `window` is not an integer of at least 1.
    """
    _network(params, steps)
    dh, window = _gradient(steps, dh), as_integer("window", window, at_least=1)
    windows = [slice(start, start + window) for start in range(0, len(steps), window)]
    return add_params([backward_by_steps(params, steps[each], dh[each])[-1] for each in windows])


@may_overflow
def terms_by_lag(params, steps, dh) -> np.ndarray:
    r"""Split :math:`\partial L/\partial W_{hh}` by how far the loss looks back.

    Term k collects what the loss at each step t says about the use of :math:`W_{hh}` at step t-k.

    Parameters
    ----------
    params, steps, dh
        As for `backward_by_steps`.

    Returns
    -------
    numpy.ndarray, shape (T, H, H); (T, 4H, H) for an LSTM, (T, 3H, H) for a GRU
        Term k at index k, for lags 0 to T-1. Their sum is the gradient. Terms may overflow to inf.

    Raises
    ------
    ValueError, TypeError
        As `backward_by_steps`.
    """
    network, dh = _network(params, steps), _gradient(steps, dh)
    every, (length, batch, n) = _side_by_side(steps), dh.shape
    arrives = list(np.zeros((len(network.states), length * batch, n), dh.dtype))
    arrives[0] = dh.reshape(-1, n)  # at every h_t from its own loss; at the c_t of an LSTM nothing yet
    terms = []
    for _ in steps:
        _, *arrives, share = network.step_backward(params, every, *arrives)
        terms.append(share.weight_hh)  # eq:rnn-sum
        arrives = [d[batch:] for d in arrives]  # what has come to step t is from the loss at t+k:
        every = _rows(every, slice(None, -batch))  # one step further back
    return np.stack(terms)


@may_overflow
def step_jacobians(params, steps, row: int = 0) -> np.ndarray:
    r"""The Jacobians :math:`\partial h_t/\partial h_{t-1}`, of an RNN :math:`\mathrm{diag}(f'(a_t))\,W_{hh}`.

    Parameters
    ----------
    params, steps
        As for `backward_by_steps`.
    row : int
        Which sample of the batch, 0 to B-1.

    Returns
    -------
    numpy.ndarray, shape (T, H, H), of an LSTM (T, 2H, 2H)
        The first step first. For an LSTM the state is h above c.

    Raises
    ------
    ValueError, TypeError
        When `row` is no sample of the batch, or `steps` are not of this network.
    """
    network, row = _network(params, steps), as_row(row, len(steps[0].h_prev))
    size = len(network.states) * params.hidden_size
    copies = _side_by_side([_rows(step, [row] * size) for step in steps])  # one for each number of the state
    each = np.tile(np.eye(size, dtype=params.weight_hh.dtype), (len(steps), 1))
    _, *back, _ = network.step_backward(params, copies, *np.split(each, len(network.states), axis=1))
    return np.concatenate(back, axis=1).reshape(len(steps), size, size)


@may_overflow
def lag_jacobians(params, steps, row: int = 0) -> np.ndarray:
    r"""The Jacobians :math:`\partial h_T/\partial h_{T-k}` for every lag k.

    Parameters and errors are those of `step_jacobians`.

    Returns
    -------
    numpy.ndarray, shape (T+1, H, H), of an LSTM (T+1, 2H, 2H)
        Lag k at index k; at lag 0 the identity. Entries may overflow to inf.
    """
    jacobians = step_jacobians(params, steps, row)
    products = [np.eye(jacobians.shape[1], dtype=jacobians.dtype)]
    for jacobian in jacobians[::-1]:
        products.append(products[-1] @ jacobian)  # eq:rnn-product
    return np.stack(products)


def _network(params, steps):
    """Find the network whose steps these are; every one must be of it and of its sizes."""
    if not isinstance(steps, (tuple, list)) or not steps or not hasattr(steps[0], "h_prev"):
        raise TypeError(
            f"steps must be the cache of every step, as forward_by_steps returns them, got {type(steps).__name__}"
        )
    found = [each for each in NETWORKS.values() if each.params is type(params)] or [network_of(params)]
    network = next((each for each in found if isinstance(steps[0], each.step_cache)), found[0])
    for t, step in enumerate(steps):
        check_cache(params, step, network.step_cache, network.params, name=f"steps[{t}]")
    return network


def _gradient(steps, dh) -> np.ndarray:
    return as_gradient("dh", dh, np.broadcast_to(steps[0].h_prev, (len(steps), *steps[0].h_prev.shape)))


def _side_by_side(steps):
    """The steps as one step with T·B samples, the first step's first."""
    parts = zip(*steps, strict=True)
    return type(steps[0])(*(np.concatenate(p) if isinstance(p[0], np.ndarray) else p[0] for p in parts))


def _rows(step, rows):
    """The step for some samples only."""
    return type(step)(*(part[rows] if isinstance(part, np.ndarray) else part for part in step))
