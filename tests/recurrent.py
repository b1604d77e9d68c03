"""Every recurrent network through `lstm_course.recurrent`, so that a test is written once and runs over all.

States are tuples: (h, c) for an LSTM, (h,) for the others. Gradients are named: x, the initial states, the
parameters.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from hypothesis import strategies as st

from lstm_course._params import may_overflow
from lstm_course.lstm_variants import variant_backward, variant_step_backward
from lstm_course.recurrent import (
    NETWORKS,
    Network,
    recurrent_backward,
    recurrent_forward,
    recurrent_step,
    recurrent_step_backward,
)


@dataclass(frozen=True)
class Net:
    """A network with its options; its functions take states one by one in a step, as a tuple in a sequence."""

    name: str
    network: Network
    torch_step: Callable  # x_t, states, params (a dict of tensors) -> states
    options: dict = field(default_factory=dict)
    smooth: bool = True
    truncated: bool = False

    def __repr__(self):
        return self.name

    @property
    def init(self):
        return self.network.init

    @property
    def states(self):
        return tuple(f"{name}0" for name in self.network.states)

    def step(self, params, x_t, *states):
        return recurrent_step(params, x_t, states, **self.options)

    def step_backward(self, params, cache, *dstates):
        if not self.truncated:
            return recurrent_step_backward(params, cache, dstates)
        dx_t, dh_prev, dc_prev, dparams = variant_step_backward(params, cache, *dstates, truncated=True)
        return dx_t, (dh_prev, dc_prev), dparams

    def forward(self, params, x, states=None, mask=None):
        return recurrent_forward(params, x, states, mask, **self.options)

    def backward(self, params, cache, dh, dstates=None):
        if not self.truncated:
            return recurrent_backward(params, cache, dh, dstates)
        dx, dh0, dc0, dparams = variant_backward(params, cache, dh, *dstates or (), truncated=True)
        return dx, (dh0, dc0), dparams


def _torch_lstm_step(x, states, p):
    h, c = states
    i, f, g, o = (x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


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
    name = "-".join(["lstm", forget, squash, *["peepholes"] * peepholes, *["truncated"] * truncated])
    torch_step = _torch_variant_step(forget, squash, torch.detach if truncated else lambda state: state)
    network = NETWORKS["peephole LSTM" if peepholes else "LSTM variant"]
    return Net(name, network, torch_step, {"forget": forget, "squash": squash}, truncated=truncated)


LSTM = Net("lstm", NETWORKS["LSTM"], _torch_lstm_step)
RNN = Net("rnn", NETWORKS["RNN"], _torch_rnn_step(torch.tanh))
RNN_RELU = Net("rnn-relu", NETWORKS["RNN"], _torch_rnn_step(torch.relu), {"activation": "relu"}, smooth=False)
RNN_SIGMOID = Net("rnn-sigmoid", NETWORKS["RNN"], _torch_rnn_step(torch.sigmoid), {"activation": "sigmoid"})
GRU = Net("gru", NETWORKS["GRU"], _torch_gru_step("after"))
GRU_BEFORE = Net("gru-before", NETWORKS["GRU"], _torch_gru_step("before"), {"reset": "before"})
LSTM_1997 = variant("none", "1997")
LSTM_COUPLED = variant("coupled")
LSTM_PEEPHOLES = variant(peepholes=True)
SIZES = {
    "steps": st.integers(1, 7),
    "batch": st.integers(1, 4),
    "n_in": st.integers(1, 4),
    "n": st.integers(1, 5),
    "seed": st.integers(0, 10**6),
}  # of a problem, for hypothesis
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


@may_overflow
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
            step = net.step(params, cache.x[t], *(state[t] for state in before))[1]
            dx_t, dstates, share = step_backward(params, step, dstates[0] + dh[t], *dstates[1:])
            dstates = tuple(d * (k not in lost) for k, d in zip(net.states, dstates, strict=True))
            dx.append(dx_t)
            shares.append(as_dict(share))
        total = {key: sum(share[key] for share in (shares[:1] if last_only else shares)) for key in shares[0]}
        return np.array(dx[::-1]), dstates, type(params)(**total)

    return backward
