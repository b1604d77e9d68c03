import math

import numpy as np

from lstm_course.lstm import LSTMParams
from lstm_course.lstm_variants import PeepholeLSTMParams


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
    "coupled-backward": [_coupled_from_the_usual],
    "peephole-backward": [_peephole_by_loop],
}
