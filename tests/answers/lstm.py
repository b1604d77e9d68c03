import math

import numpy as np
import torch

from lstm_course.activations import sigmoid
from lstm_course.lstm import LSTMParams, lstm_step
from lstm_course.torch_bridge import lstm_to_torch


def _step_gate_by_gate(params, x_t, h_prev, c_prev):
    n = h_prev.shape[1]
    h_t, c_t = np.empty_like(h_prev), np.empty_like(c_prev)
    for example, (x, h, c) in enumerate(zip(x_t, h_prev, c_prev, strict=True)):
        a = [params.weight_ih[row] @ x + params.weight_hh[row] @ h + params.bias[row] for row in range(4 * n)]
        for k in range(n):
            i, f, o = (1 / (1 + math.exp(-a[k + block * n])) for block in (0, 1, 3))
            c_t[example, k] = f * c[k] + i * math.tanh(a[k + 2 * n])
            h_t[example, k] = o * math.tanh(c_t[example, k])
    return h_t, c_t


def _step_concatenated(params, x_t, h_prev, c_prev):
    weight = np.hstack([params.weight_ih, params.weight_hh])
    a = (weight @ np.hstack([x_t, h_prev]).T + params.bias[:, None]).reshape(4, *h_prev.T.shape)
    i, f, o = sigmoid(a[[0, 1, 3]])
    c = f * c_prev.T + i * np.tanh(a[2])
    return (o * np.tanh(c)).T, c.T


def _forward_each_alone_in_torch(params, x, h0, c0, mask):
    """Each example by itself, without the steps that it does not have; then its h stretched over all steps."""
    hs, cs = np.empty((*x.shape[:2], h0.shape[1]), h0.dtype), np.empty_like(c0)
    for b, steps in enumerate(mask.T):
        states = torch.tensor(h0[None, b : b + 1]), torch.tensor(c0[None, b : b + 1])
        with torch.no_grad():
            h, (_, c) = lstm_to_torch(params)(torch.tensor(x[steps, b : b + 1]), states)
        all_h = np.concatenate([h0[None, b], h[:, 0].numpy()])
        hs[:, b], cs[b] = all_h[np.cumsum(steps)], c[0, 0].numpy()
    return hs, cs


def _forward_step_by_step(params, x, h0, c0, mask):
    h, c, hs = h0.copy(), c0.copy(), []
    for t in range(len(x)):
        h_t, c_t, _ = lstm_step(params, x[t], h, c)
        h[mask[t]], c[mask[t]] = h_t[mask[t]], c_t[mask[t]]
        hs.append(h.copy())
    return np.array(hs), c


def _forward_as_on_the_page(params, x, h0, c0, mask):
    h, c, hs = h0, c0, []
    for x_t, now in zip(x, mask[:, :, None], strict=True):
        h_t, c_t, _ = lstm_step(params, x_t, h, c)
        h, c = np.where(now, h_t, h), np.where(now, c_t, c)
        hs.append(h)
    return np.stack(hs), c


def _convert_with_take(weight, bias):
    n = len(bias) // 4
    columns = np.r_[n : 2 * n, 2 * n : 3 * n, 0:n, 3 * n : 4 * n]
    rows = weight[:, columns].T
    return LSTMParams(rows[:, :-n], rows[:, -n:], bias[columns])


def _forget_bias_by_bisection(share, steps):
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        kept = (1 / (1 + math.exp(-middle))) ** steps
        low, high = (middle, high) if kept < share else (low, middle)
    return low


OTHER_STYLE = {
    "lstm-step": [_step_gate_by_gate, _step_concatenated],
    "lstm-forward": [_forward_as_on_the_page, _forward_step_by_step, _forward_each_alone_in_torch],
    "lstm-from-concatenated": [_convert_with_take],
    "forget-bias-for": [_forget_bias_by_bisection, lambda s, t: -math.log(s ** (-1 / t) - 1)],
}
