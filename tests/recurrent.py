"""One face for every recurrent network, so that a test is written once and runs over all of them.

States are tuples: (h, c) for the LSTM, (h,) for the others. `names` names everything that has a
gradient, in the order in which `gradients` returns them: x, the initial states, the parameters.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from lstm_course import gru, lstm, lstm_variants, rnn


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


def _one_state(module, name, torch_step, smooth=True, **option):
    """Give a network whose only state is h, the RNN or the GRU, with its option."""
    part = {key: getattr(module, f"{module.__name__.rpartition('.')[2]}_{key}")
            for key in ("step", "step_backward", "forward", "backward")}  # fmt: skip

    def step(params, x_t, h_prev):
        h_t, cache = part["step"](params, x_t, h_prev, **option)
        return (h_t,), cache

    def step_backward(params, cache, dh_t):
        dx_t, dh_prev, dparams = part["step_backward"](params, cache, dh_t)
        return dx_t, (dh_prev,), dparams

    def forward(params, x, states=(None,), mask=None):
        h, h_T, cache = part["forward"](params, x, *states, mask, **option)
        return h, (h_T,), cache

    def backward(params, cache, dh, dstates=(None,)):
        dx, dh0, dparams = part["backward"](params, cache, dh, *dstates)
        return dx, (dh0,), dparams

    init = rnn.init_rnn if module is rnn else gru.init_gru
    return Net(name, init, step, step_backward, forward, backward, torch_step, smooth=smooth)


def _torch_rnn_step(f):
    return lambda x, states, p: f(x @ p["weight_ih"].T + states[0] @ p["weight_hh"].T + p["bias"])


def _torch_gru_step(reset):
    def step(x, states, p):
        (h,) = states
        x_r, x_z, x_n = (x @ p["weight_ih"].T + p["bias"]).chunk(3, dim=1)
        w_r, w_z, w_n = p["weight_hh"].chunk(3)
        r, z = (x_r + h @ w_r.T).sigmoid(), (x_z + h @ w_z.T).sigmoid()
        if reset == "after":
            n = (x_n + r * (h @ w_n.T + p["bias_hn"])).tanh()
        else:
            n = (x_n + (r * h) @ w_n.T + p["bias_hn"]).tanh()
        return (1 - z) * n + z * h

    return step


RNN = _one_state(rnn, "rnn", _torch_rnn_step(torch.tanh))
RNN_RELU = _one_state(rnn, "rnn-relu", _torch_rnn_step(torch.relu), smooth=False, activation="relu")
RNN_SIGMOID = _one_state(rnn, "rnn-sigmoid", _torch_rnn_step(torch.sigmoid), activation="sigmoid")
GRU = _one_state(gru, "gru", _torch_gru_step("after"))
GRU_BEFORE = _one_state(gru, "gru-before", _torch_gru_step("before"), reset="before")


def _torch_variant_step(forget, squash, cut):
    """A step of an LSTM variant; `cut` is applied to what the gates and the candidate see of the past."""
    g_of, h_of = (torch.tanh, torch.tanh) if squash == "tanh" else (
        lambda a: 4 * a.sigmoid() - 2, lambda a: 2 * a.sigmoid() - 1)  # fmt: skip

    def step(x, states, p):
        h, c = states
        peephole = p.get("peephole", torch.zeros(3, h.shape[1], dtype=h.dtype))
        a = x @ p["weight_ih"].T + cut(h) @ p["weight_hh"].T + p["bias"]
        i = (a[:, : h.shape[1]] + peephole[0] * cut(c)).sigmoid()
        f = (a[:, h.shape[1] : 2 * h.shape[1]] + peephole[1] * cut(c)).sigmoid()
        keep = {"gate": f, "none": 1, "coupled": 1 - i}[forget]
        c = keep * c + i * g_of(a[:, 2 * h.shape[1] : 3 * h.shape[1]])
        o = (a[:, 3 * h.shape[1] :] + peephole[2] * cut(c)).sigmoid()
        return o * h_of(c), c

    return step


def variant(forget="gate", squash="tanh", *, peepholes=False, truncated=False):
    """Give one of the LSTM variants, with its options."""

    def step(params, x_t, *states):
        h_t, c_t, cache = lstm_variants.variant_step(params, x_t, *states, forget=forget, squash=squash)
        return (h_t, c_t), cache

    def step_backward(params, cache, *dstates):
        dx_t, dh_prev, dc_prev, dparams = lstm_variants.variant_step_backward(
            params, cache, *dstates, truncated=truncated
        )
        return dx_t, (dh_prev, dc_prev), dparams

    def forward(params, x, states=(None, None), mask=None):
        return lstm_variants.variant_forward(params, x, *states, mask, forget=forget, squash=squash)

    def backward(params, cache, dh, dstates=(None, None)):
        dx, dh0, dc0, dparams = lstm_variants.variant_backward(
            params, cache, dh, *dstates, truncated=truncated
        )
        return dx, (dh0, dc0), dparams

    init = lstm_variants.init_peephole_lstm if peepholes else lstm.init_lstm
    name = "-".join(["lstm", forget, squash, *["peepholes"] * peepholes, *["truncated"] * truncated])
    torch_step = _torch_variant_step(forget, squash, torch.detach if truncated else lambda state: state)
    return Net(name, init, step, step_backward, forward, backward, torch_step, states=("h0", "c0"))


LSTM_1997 = variant("none", "1997")
LSTM_COUPLED = variant("coupled")
LSTM_PEEPHOLES = variant(peepholes=True)
NETS = [LSTM, RNN, RNN_RELU, RNN_SIGMOID, GRU, GRU_BEFORE, LSTM_1997, LSTM_COUPLED, LSTM_PEEPHOLES]


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


def differs_from_torch(net, backward, size=3):
    """Whether any gradient of a backward pass over the sequence is not torch's. T = B = I = H."""
    params, x, states, dh, dstates = problem(net, size, size, size, size, 0)
    _, wanted = run_torch(net, params, x, states, dh, dstates)
    cache = net.forward(params, x, states)[2]
    dx, dstates0, dparams = backward(params, cache, dh, dstates)
    ours = {"x": dx, **dict(zip(net.states, dstates0, strict=True)), **as_dict(dparams)}
    return any(np.abs(ours[k] - wanted[k]).max() > 1e-10 * np.abs(wanted[k]).max() for k in wanted)


def by_steps(net, step_backward, *, lost=(), last_only=False):
    """A backward pass over the sequence from a step's, with what one forgets between the steps.

    `lost` names the states whose gradient from step t+1 is dropped.
    """

    def backward(params, cache, dh, dstates):
        dx, shares = [], []
        before = [getattr(cache, name[0]) for name in net.states]
        for t in range(len(dh) - 1, -1, -1):
            x_t = cache.inputs[t, : params.input_size].T
            step = net.step(params, x_t, *(state[t] for state in before))[1]
            dx_t, dstates, share = step_backward(params, step, dstates[0] + dh[t], *dstates[1:])
            dstates = tuple(d * (k not in lost) for k, d in zip(net.states, dstates, strict=True))
            dx.append(dx_t)
            shares.append(as_dict(share))
        total = {key: sum(share[key] for share in (shares[:1] if last_only else shares)) for key in shares[0]}
        return np.array(dx[::-1]), dstates, type(params)(**total)

    return backward
