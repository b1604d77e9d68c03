import math

import numpy as np

from lstm_course.gru import GRUParams


def _logistic(a):
    return 1 / (1 + math.exp(-a))


def _size_by_formula(input_size, lstm_size):
    b, c = input_size + 2, 4 * lstm_size * (input_size + lstm_size + 2) / 3
    return math.floor((-b + math.sqrt(b * b + 4 * c)) / 2 + 1e-9)


def _step_unit_by_unit(params, x_t, h_prev, before=False):
    """One sample and one unit at a time, with sums written out."""
    n = h_prev.shape[1]
    h_t = np.empty_like(h_prev)
    for b, (x, h) in enumerate(zip(x_t, h_prev, strict=True)):

        def row(k, state, bias=params.bias, x=x):
            seen = sum(w * v for w, v in zip(params.weight_ih[k], x, strict=True))
            return seen + sum(w * v for w, v in zip(params.weight_hh[k], state, strict=True)) + bias[k]

        r = [_logistic(row(i, h)) for i in range(n)]
        z = [_logistic(row(n + i, h)) for i in range(n)]
        for i in range(n):
            seen = params.weight_ih[2 * n + i] @ x + params.bias[2 * n + i]
            w = params.weight_hh[2 * n + i]
            past = w @ (np.array(r) * h) + params.bias_hn[i] if before else r[i] * (w @ h + params.bias_hn[i])
            h_t[b, i] = (1 - z[i]) * math.tanh(seen + past) + z[i] * h[i]
    return h_t


def _step_columns(params, x_t, h_prev):
    """Torch's way: one product for all three blocks, the state as a step from n to h."""
    n = h_prev.shape[1]
    a = params.weight_ih @ x_t.T + params.bias[:, None]
    p = params.weight_hh @ h_prev.T
    r, z = np.split(0.5 * np.tanh(0.5 * (a[: 2 * n] + p[: 2 * n])) + 0.5, 2)
    new = np.tanh(a[2 * n :] + r * (p[2 * n :] + params.bias_hn[:, None]))
    return (new + z * (h_prev.T - new)).T


def _flip_by_mask(params):
    sign = np.repeat([1, -1, 1], params.hidden_size).astype(params.bias.dtype)
    return GRUParams(
        params.weight_ih * sign[:, None], params.weight_hh * sign[:, None], params.bias * sign, params.bias_hn
    )


def _backward_sample_by_sample(params, cache, dh_t):
    """Column vectors, one sample at a time, as on the page."""
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    dx, dh_prev = np.zeros_like(cache.x_t), np.zeros_like(dh_t)
    d = {name: np.zeros_like(array) for name, array in vars(params).items()}
    for b, dh in enumerate(dh_t):
        x, h, r, z, n, q = (array[b] for array in cache[:6])
        da_n = (1 - z) * dh * (1 - n * n)
        da_z = dh * (h - n) * z * (1 - z)
        dq = da_n * r
        da_r = da_n * q * r * (1 - r)
        da = np.concatenate([da_r, da_z, da_n])
        dx[b] = params.weight_ih.T @ da
        dh_prev[b] = z * dh + w_r.T @ da_r + w_z.T @ da_z + w_n.T @ dq
        d["weight_ih"] += np.outer(da, x)
        d["weight_hh"] += np.outer(np.concatenate([da_r, da_z, dq]), h)
        d["bias"] += da
        d["bias_hn"] += dq
    return dx, dh_prev, GRUParams(**d)


def _jacobian_by_rows(params, cache, row):
    """One backward pass for each unit of h_t."""
    n = cache.h_prev.shape[1]
    rows = []
    for i in range(n):
        dh = np.zeros_like(cache.h_prev)
        dh[row, i] = 1
        rows.append(_backward_sample_by_sample(params, cache, dh)[1][row])
    return np.array(rows)


OTHER_STYLE = {
    "matching-gru-size": [_size_by_formula],
    "gru-step": [_step_unit_by_unit, _step_columns],
    "gru-step-before": [lambda params, x_t, h_prev: _step_unit_by_unit(params, x_t, h_prev, before=True)],
    "flip-update-gate": [_flip_by_mask],
    "gru-step-backward": [_backward_sample_by_sample],
    "gru-jacobian": [_jacobian_by_rows],
}
