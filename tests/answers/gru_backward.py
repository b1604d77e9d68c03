import numpy as np


def _jacobian_entry_by_entry(params, cache, row):
    """Every entry as a sum over the ways from unit i to unit j."""
    h, r, z, n = (array[row] for array in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t))
    w_r, w_z, w_n = np.split(params.weight_hh, 3)
    size = len(h)
    out = np.zeros((size, size), h.dtype)
    for j, i in np.ndindex(size, size):
        into_a_n = w_n[j, i] * r[i]
        for m in range(size):
            into_a_n += w_n[j, m] * h[m] * r[m] * (1 - r[m]) * w_r[m, i]
        out[j, i] = (1 - z[j]) * (1 - n[j] ** 2) * into_a_n + (h[j] - n[j]) * z[j] * (1 - z[j]) * w_z[j, i]
        out[j, i] += z[j] if i == j else 0
    return out


def _one_gate_in_columns(weight_z, weight_n, z_t, n_t, q_t, h_prev, dh_t):
    """Column vectors, one sample at a time; the slope of h by a_z first."""
    rows = []
    for z, n, q, h, dh in zip(z_t, n_t, q_t, h_prev, dh_t, strict=True):
        slope_n = (1 - z) * (1 - n * n)
        slope_z = z * (1 - z) * (h - n - slope_n * q)
        jacobian = np.diag(z) + (slope_n * (1 - z))[:, None] * weight_n + slope_z[:, None] * weight_z
        rows.append((slope_z * dh, jacobian.T @ dh))
    da_z, dh_prev = zip(*rows, strict=True)
    return np.array(da_z), np.array(dh_prev)


OTHER_STYLE = {
    "gru-jacobian": [_jacobian_entry_by_entry],
    "one-gate-backward": [_one_gate_in_columns],
}
