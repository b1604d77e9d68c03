import math

import numpy as np

from lstm_course.gradient_flow import lstm_local_jacobians


def _memory_time_by_loop(forget_bias):
    tau = np.empty(forget_bias.shape)
    for j in np.ndindex(forget_bias.shape):
        tau[j] = -1 / math.log(1 / (1 + math.exp(-forget_bias[j])))
    return tau


def _chrono_by_random(hidden_size, longest, rng):
    return np.log(1 + (longest - 2) * rng.random(hidden_size))


def _jacobians_by_loop(params, cache, t, row):
    n, now = params.hidden_size, cache.step(t - 1)
    i, f, g, o = (gate[row] for gate in (now.i_t, now.f_t, now.g_t, now.o_t))
    D, B, A, E = np.zeros((4, n, n), i.dtype)
    for cell in range(n):
        D[cell, cell] = f[cell]
        A[cell, cell] = o[cell] / math.cosh(now.c_t[row, cell]) ** 2
        for from_ in range(n):
            w_i, w_f, w_g, w_o = params.weight_hh[cell::n, from_]
            B[cell, from_] += i[cell] * (1 - i[cell]) * g[cell] * w_i
            B[cell, from_] += f[cell] * (1 - f[cell]) * now.c_prev[row, cell] * w_f
            B[cell, from_] += (1 - g[cell] ** 2) * i[cell] * w_g
            E[cell, from_] = o[cell] * (1 - o[cell]) * now.tanh_c[row, cell] * w_o
    return [D, B, A, E]


def _blocks(params, cache, t0, t1, row):
    """The (2H, 2H) Jacobian of each step, of (c, h)."""
    for t in range(t0 + 1, t1 + 1):
        D, B, A, E = lstm_local_jacobians(params, cache, t, row)
        yield np.block([[D, B], [A @ D, A @ B + E]])


def _split_by_blocks(params, cache, t0, t1, row):
    n, product = params.hidden_size, np.eye(2 * params.hidden_size)
    for block in _blocks(params, cache, t0, t1, row):
        product = block @ product
    total = product[:n, :n]
    highway = np.diag(cache.f[t0:t1, row].prod(axis=0))
    return total, highway, total - highway


def _excursions_counted_on_leaving(params, cache, t0, t1, row):
    """A and E are counted in place of B and E: a path that comes back has left as often."""
    n = params.hidden_size
    c, h = [np.eye(n)], [np.zeros((n, n))]
    for t in range(t0 + 1, t1 + 1):
        D, B, A, E = lstm_local_jacobians(params, cache, t, row)
        c = [D @ from_c + B @ from_h for from_c, from_h in zip(c, h, strict=True)]
        c.append(np.zeros((n, n)))
        h.append(np.zeros((n, n)))
        h = [np.zeros((n, n))] + [A @ c[k - 1] + E @ h[k - 1] for k in range(1, len(c))]
    return np.array(c)


def _excursions_by_roll(params, cache, t0, t1, row):
    J_c, J_h = np.zeros((2, t1 - t0 + 1, params.hidden_size, params.hidden_size))
    J_c[0] = np.eye(params.hidden_size)
    for t in range(t0 + 1, t1 + 1):
        D, B, A, E = lstm_local_jacobians(params, cache, t, row)
        before = np.roll(J_h, 1, axis=0)  # the entry that comes round is zero
        J_c = np.einsum("ij,kjl->kil", D, J_c) + np.einsum("ij,kjl->kil", B, before)
        J_h = np.einsum("ij,kjl->kil", A, J_c) + np.einsum("ij,kjl->kil", E, before)
    return J_c


OTHER_STYLE = {
    "memory-time": [_memory_time_by_loop, lambda forget_bias: 1 / np.log1p(np.exp(-forget_bias))],
    "chrono-bias": [_chrono_by_random],
    "local-jacobians": [_jacobians_by_loop],
    "highway-split": [_split_by_blocks],
    "excursions": [_excursions_counted_on_leaving, _excursions_by_roll],
}
