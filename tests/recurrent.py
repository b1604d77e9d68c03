"""One face for every recurrent network, so that a test is written once and runs over all of them.

States are tuples: (h, c) for the LSTM, (h,) for the others. `names` names everything that has a
gradient, in the order in which `gradients` returns them: x, the initial states, the parameters.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from lstm_course import lstm


@dataclass(frozen=True)
class Net:
    name: str
    init: Callable
    step: Callable  # params, x_t, *states -> states, cache
    step_backward: Callable  # params, cache, *dstates -> dx_t, dstates, dparams
    forward: Callable  # params, x, states, mask -> h, states, cache
    backward: Callable  # params, cache, dh, dstates -> dx, dstates, dparams
    torch_step: Callable  # x_t, states, params (a dict of tensors) -> states
    states: tuple = ("h0",)
    smooth: bool = True

    def __repr__(self):
        return self.name


def _lstm_step(params, x_t, *states):
    h_t, c_t, cache = lstm.lstm_step(params, x_t, *states)
    return (h_t, c_t), cache


def _lstm_step_backward(params, cache, *dstates):
    dx_t, dh_prev, dc_prev, dparams = lstm.lstm_step_backward(params, cache, *dstates)
    return dx_t, (dh_prev, dc_prev), dparams


def _lstm_backward(params, cache, dh, dstates=(None, None)):
    dx, dh0, dc0, dparams = lstm.lstm_backward(params, cache, dh, *dstates)
    return dx, (dh0, dc0), dparams


def _torch_lstm_step(x, states, p):
    h, c = states
    i, f, g, o = (x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


LSTM = Net(
    "lstm",
    lstm.init_lstm,
    _lstm_step,
    _lstm_step_backward,
    lambda params, x, states=(None, None), mask=None: lstm.lstm_forward(params, x, *states, mask),
    _lstm_backward,
    _torch_lstm_step,
    states=("h0", "c0"),
)
NETS = [LSTM]


def as_dict(params):
    return {field.name: getattr(params, field.name) for field in dataclasses.fields(params)}


def problem(net, steps, batch, n_in, n, seed, dtype=np.float64):
    """Parameters with biases everywhere, inputs, initial states, and gradients to send back."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(size=shape).astype(dtype)

    params = net.init(n_in, n, rng, dtype=dtype)
    params = type(params)(**{key: (value + 0.3 * draw(*value.shape)).astype(dtype)
                             for key, value in as_dict(params).items()})  # fmt: skip
    states = tuple(0.5 * draw(batch, n) for _ in net.states)
    dstates = tuple(draw(batch, n) for _ in net.states)
    return params, draw(steps, batch, n_in), states, draw(steps, batch, n), dstates


def loss_of(net, params, x, states, dh, dstates, mask=None):
    """A loss that reads every hidden state and the last states: its gradient there is dh and dstates."""
    h, last, _ = net.forward(params, x, states, mask)
    return float(np.sum(h * dh) + sum(np.sum(a * b) for a, b in zip(last, dstates, strict=True)))


def run(net, params, x, states, dh, dstates, mask=None):
    """Every output and every gradient, by name."""
    h, last, cache = net.forward(params, x, states, mask)
    dx, dstates0, dparams = net.backward(params, cache, dh, dstates)
    gradients = {"x": dx, **dict(zip(net.states, dstates0, strict=True)), **as_dict(dparams)}
    return {"h": h, **{f"{name[0]}_T": s for name, s in zip(net.states, last, strict=True)}}, gradients


def run_stepping(net, params, x, states, dh, dstates):
    """The same by `step` and `step_backward`."""
    caches, h = [], []
    for x_t in x:
        states, cache = net.step(params, x_t, *states)
        caches.append(cache)
        h.append(states[0])
    dx, total = [], {key: np.zeros_like(value) for key, value in as_dict(params).items()}
    for cache, dh_t in zip(caches[::-1], dh[::-1], strict=True):
        dx_t, dstates, dparams = net.step_backward(params, cache, dstates[0] + dh_t, *dstates[1:])
        dx.append(dx_t)
        total = {key: total[key] + value for key, value in as_dict(dparams).items()}
    outputs = {"h": np.array(h), **{f"{n[0]}_T": s for n, s in zip(net.states, states, strict=True)}}
    return outputs, {"x": np.array(dx[::-1]), **dict(zip(net.states, dstates, strict=True)), **total}


def run_torch(net, params, x, states, dh, dstates, mask=None):
    """The same by torch's autograd in float64, from a textbook step."""
    named = {"x": x, **dict(zip(net.states, states, strict=True)), **as_dict(params)}
    leaves = {
        key: torch.tensor(np.asarray(value, np.float64), requires_grad=True) for key, value in named.items()
    }
    state, h = tuple(leaves[name] for name in net.states), []
    for t in range(len(x)):
        new = net.torch_step(leaves["x"][t], state, leaves)
        new = new if isinstance(new, tuple) else (new,)
        if mask is not None:
            now = torch.tensor(mask[t])[:, None]
            new = tuple(torch.where(now, a, b) for a, b in zip(new, state, strict=True))
        state = new
        h.append(state[0])
    h = torch.stack(h)
    loss = (h * torch.tensor(dh, dtype=torch.float64)).sum()
    loss = loss + sum(
        (s * torch.tensor(d, dtype=torch.float64)).sum() for s, d in zip(state, dstates, strict=True)
    )
    loss.backward()
    outputs = {"h": h, **{f"{n[0]}_T": s for n, s in zip(net.states, state, strict=True)}}
    return (
        {key: value.detach().numpy() for key, value in outputs.items()},
        {
            key: np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
            for key, leaf in leaves.items()
        },
    )
