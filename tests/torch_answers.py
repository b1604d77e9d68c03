"""Right answers by torch's autograd."""

from types import SimpleNamespace

import numpy as np
import torch

from lstm_course.gradient_flow import LocalJacobians
from lstm_course.lstm import LSTMParams
from lstm_course.lstm_variants import PeepholeLSTMParams
from lstm_course.network import MLPParams


def leaf(array):
    return torch.tensor(np.array(array), requires_grad=True)


ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda a: a}


def sigmoid_prime(a):
    a = leaf(a)
    torch.sigmoid(a).sum().backward()
    return a.grad.numpy()


def layer(weight, h_prev, a, dh, activation):
    weight, h_prev = leaf(weight), leaf(h_prev)
    bias = leaf(a - h_prev.detach().numpy() @ weight.detach().numpy().T)  # one bias for each example
    out = h_prev @ weight.T + bias
    out.retain_grad()
    ACTIVATIONS[activation](out).backward(torch.tensor(dh))
    return h_prev.grad.numpy(), weight.grad.numpy(), bias.grad.sum(0).numpy(), out.grad.numpy()


def mlp(params, cache, dy):
    weights, biases = [leaf(w) for w in params.weights], [leaf(b) for b in params.biases]
    h = x = leaf(cache.h[0])
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
        h = ACTIVATIONS[cache.output if k == len(weights) else cache.activation](h @ weight.T + bias)
    h.backward(torch.tensor(dy))
    return x.grad.numpy(), MLPParams([w.grad.numpy() for w in weights], [b.grad.numpy() for b in biases])


def chain(weights, biases, x):
    h = x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    for w, b in zip(weights.tolist(), biases.tolist(), strict=True):
        h = torch.sigmoid(w * h + b)
    h.backward()
    return x.grad.item()


def leaves_of(params):
    return SimpleNamespace(**{name: leaf(array) for name, array in vars(params).items()})


def gradients(kind, p):
    return kind(*(array.grad.numpy() for array in vars(p).values()))


def torch_step(p, x, h, c, *, coupled=False, peephole=(0, 0, 0)):
    a_i, a_f, a_g, a_o = (x @ p.weight_ih.T + h @ p.weight_hh.T + p.bias).chunk(4, dim=-1)
    i = torch.sigmoid(a_i + peephole[0] * c)
    f = 1 - i if coupled else torch.sigmoid(a_f + peephole[1] * c)
    c = f * c + i * torch.tanh(a_g)
    return torch.sigmoid(a_o + peephole[2] * c) * torch.tanh(c), c


def step_backward(kind=LSTMParams, **variant):
    def answer(params, cache, dh_t, dc_t):
        p, x, h, c = leaves_of(params), leaf(cache.x_t), leaf(cache.h_prev), leaf(cache.c_prev)
        peephole = {"peephole": p.peephole} if kind is PeepholeLSTMParams else {}
        new = torch_step(p, x, h, c, **peephole, **variant)
        torch.autograd.backward(new, (torch.tensor(dh_t), torch.tensor(dc_t)))
        return x.grad.numpy(), h.grad.numpy(), c.grad.numpy(), gradients(kind, p)

    return answer


def state_at(cache, t, row):
    return torch.tensor(cache.h[t, row].copy()), torch.tensor(cache.c[t, row].copy())


def local_jacobians(params, cache, t, row):
    p, x, (h, c) = leaves_of(params), torch.tensor(cache.x[t - 1, row].copy()), state_at(cache, t - 1, row)
    _, c_t = state_at(cache, t, row)

    def output(h, c_t):  # h_t with c_t held
        a_o = (x @ p.weight_ih.T + h @ p.weight_hh.T + p.bias).chunk(4)[3]
        return torch.sigmoid(a_o) * torch.tanh(c_t)

    B, D = torch.autograd.functional.jacobian(lambda h, c: torch_step(p, x, h, c)[1], (h, c))
    E, A = torch.autograd.functional.jacobian(output, (h, c_t))
    return LocalJacobians(*(block.numpy() for block in (D, B, A, E)))


def highway_split(params, cache, t0, t1, row):
    p, (h0, c0) = leaves_of(params), state_at(cache, t0, row)

    def roll(c, hold):
        h = h0
        for t in range(t0, t1):
            given = torch.tensor(cache.h[t, row].copy()) if hold else h
            h, c = torch_step(p, torch.tensor(cache.x[t, row].copy()), given, c)
        return c

    total, highway = (
        torch.autograd.functional.jacobian(lambda c, hold=hold: roll(c, hold), c0).numpy()
        for hold in (False, True)
    )
    return total, highway, total - highway


AUTOGRAD = {
    "sigmoid-prime": sigmoid_prime,
    "layer-backward": layer,
    "mlp-backward": mlp,
    "chain-gradient": chain,
    "coupled-backward": step_backward(coupled=True),
    "peephole-backward": step_backward(PeepholeLSTMParams),
    "local-jacobians": local_jacobians,
    "highway-split": highway_split,
}
