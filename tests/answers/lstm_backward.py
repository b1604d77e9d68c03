import math
from types import SimpleNamespace

import numpy as np

from lstm_course.activations import sigmoid, sigmoid_prime, tanh_prime
from lstm_course.lstm import LSTMParams, lstm_step_backward
from lstm_course.lstm_variants import PeepholeLSTMParams


def _arrivals_by_loop(o_t, c_t, dh_t, dc_t):
    through, both = np.empty_like(c_t), np.empty_like(c_t)
    for j in np.ndindex(c_t.shape):
        through[j] = dh_t[j] * o_t[j] / math.cosh(c_t[j]) ** 2
        both[j] = through[j] + dc_t[j]
    return through, both


def _step_from_preactivations(params, cache, dh_t, dc_t):
    a_t = cache.x_t @ params.weight_ih.T + cache.h_prev @ params.weight_hh.T + params.bias
    a = dict(zip("ifgo", np.split(a_t, 4, axis=1), strict=True))
    dc = dh_t * sigmoid(a["o"]) * tanh_prime(cache.c_t)
    dc += dc_t
    da = np.empty_like(a_t)
    n = params.hidden_size
    da[:, :n] = dc * np.tanh(a["g"]) * sigmoid_prime(a["i"])
    da[:, n : 2 * n] = dc * cache.c_prev * sigmoid_prime(a["f"])
    da[:, 2 * n : 3 * n] = dc * sigmoid(a["i"]) * tanh_prime(a["g"])
    da[:, 3 * n :] = dh_t * np.tanh(cache.c_t) * sigmoid_prime(a["o"])
    dparams = LSTMParams(
        np.einsum("bg,bi->gi", da, cache.x_t), np.einsum("bg,bh->gh", da, cache.h_prev), sum(da)
    )
    return da @ params.weight_ih, da @ params.weight_hh, sigmoid(a["f"]) * dc, dparams


def _step_gate_by_gate(params, cache, dh_t, dc_t):
    s = SimpleNamespace(**cache._asdict())
    dc = dc_t + dh_t * (s.o_t - s.o_t * s.tanh_c**2)
    slopes = (
        dc * s.g_t * (s.i_t - s.i_t**2),
        dc * s.c_prev * (s.f_t - s.f_t**2),
        dc * s.i_t * (1 - s.g_t) * (1 + s.g_t),
        dh_t * s.tanh_c * s.o_t * (1 - s.o_t),
    )
    gates = list(zip(slopes, np.split(params.weight_ih, 4), np.split(params.weight_hh, 4), strict=True))
    dx_t = sum(da @ w_x for da, w_x, _ in gates)
    dh_prev = sum(da @ w_h for da, _, w_h in gates)
    dparams = LSTMParams(
        np.vstack([da.T @ s.x_t for da in slopes]),
        np.vstack([da.T @ s.h_prev for da in slopes]),
        np.concatenate([da.sum(0) for da in slopes]),
    )
    return dx_t, dh_prev, s.f_t * dc, dparams


def _sequence_by_steps(params, cache, dh, dh_T, dc_T):
    dx, dh_t, dc_t = np.zeros_like(cache.x), dh_T, dc_T
    total = [np.zeros_like(w) for w in vars(params).values()]
    for t in range(len(dh) - 1, -1, -1):
        dx[t], dh_t, dc_t, share = lstm_step_backward(params, cache.step(t), dh_t + dh[t], dc_t)
        total = [w + dw for w, dw in zip(total, vars(share).values(), strict=True)]
    return dx, dh_t, dc_t, LSTMParams(*total)


def _sequence_weights_last(params, cache, dh, dh_T, dc_T):
    i, f, g, o, c = cache.i, cache.f, cache.g, cache.o, cache.c
    tanh_c, da = np.tanh(c[1:]), np.zeros((*i.shape[:2], len(params.bias)), i.dtype)
    dh_next, dc_next = dh_T, dc_T
    for t in reversed(range(len(i))):
        dh_t = dh[t] + dh_next
        dc = dc_next + dh_t * o[t] * (1 - tanh_c[t] ** 2)
        parts = dc * g[t], dc * c[t], dc * i[t], dh_t * tanh_c[t]
        slopes = i[t] * (1 - i[t]), f[t] * (1 - f[t]), 1 - g[t] ** 2, o[t] * (1 - o[t])
        da[t] = np.concatenate([p * s for p, s in zip(parts, slopes, strict=True)], axis=1)
        dh_next, dc_next = da[t] @ params.weight_hh, dc * f[t]
    dparams = LSTMParams(
        np.tensordot(da, cache.x, ((0, 1), (0, 1))),
        np.tensordot(da, cache.h[:-1], ((0, 1), (0, 1))),
        da.sum(axis=(0, 1)),
    )
    return da @ params.weight_ih, dh_next, dc_next, dparams


def _coupled_from_the_usual(params, cache, dh_t, dc_t):
    """The usual da_f goes to the rows i with a minus: f (1 - f) and i (1 - i) are the same here."""
    x_t, h_prev, c_prev, i, f, g, o, _, _, tanh_c, *_ = cache
    dc = dc_t + dh_t * o * (1 - tanh_c**2)
    da_i, da_f = dc * g * i * (1 - i), dc * c_prev * f * (1 - f)
    da_g, da_o = dc * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)
    da = np.concatenate([da_i - da_f, 0 * da_f, da_g, da_o], axis=1)
    dparams = LSTMParams(da.T @ x_t, da.T @ h_prev, da.sum(axis=0))
    return da @ params.weight_ih, da @ params.weight_hh, dc * (1 - i), dparams


def _peephole_by_loop(params, cache, dh_t, dc_t):
    batch, n = dh_t.shape
    da, dc_prev = np.zeros((batch, 4, n), dh_t.dtype), np.zeros_like(dc_t)
    dpeephole = np.zeros_like(params.peephole)
    for b, j in np.ndindex(batch, n):
        i, f, g, o = (float(getattr(cache, name)[b, j]) for name in ("i_t", "f_t", "g_t", "o_t"))
        c_prev, c = float(cache.c_prev[b, j]), float(cache.c_t[b, j])
        p_i, p_f, p_o = params.peephole[:, j]
        da_o = dh_t[b, j] * math.tanh(c) * o * (1 - o)
        dc = dc_t[b, j] + dh_t[b, j] * o / math.cosh(c) ** 2 + p_o * da_o
        da_i, da_f = dc * g * i * (1 - i), dc * c_prev * f * (1 - f)
        da[b, :, j] = da_i, da_f, dc * i * (1 - g * g), da_o
        dc_prev[b, j] = dc * f + p_i * da_i + p_f * da_f
        dpeephole[:, j] += np.array([da_i * c_prev, da_f * c_prev, da_o * c]).astype(dpeephole.dtype)
    da = da.reshape(batch, 4 * n)
    weights = da.T @ cache.x_t, da.T @ cache.h_prev, da.sum(axis=0)
    return da @ params.weight_ih, da @ params.weight_hh, dc_prev, PeepholeLSTMParams(*weights, dpeephole)


OTHER_STYLE = {
    "lstm-arrivals": [_arrivals_by_loop],
    "lstm-step-backward": [_step_from_preactivations, _step_gate_by_gate],
    "lstm-backward": [_sequence_by_steps, _sequence_weights_last],
    "coupled-backward": [_coupled_from_the_usual],
    "peephole-backward": [_peephole_by_loop],
}
