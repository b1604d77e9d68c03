import itertools
import math

import numpy as np

from lstm_course.network import mlp_backward


def _chain_gradient_recursive(weights, biases, x):
    if not len(weights):
        return 1.0
    s = 1 / (1 + math.exp(-(weights[0] * x + biases[0])))
    return weights[0] * s * (1 - s) * _chain_gradient_recursive(weights[1:], biases[1:], s)


def _input_jacobian_backward(params, cache, row):
    rows = []
    for k in range(cache.h[-1].shape[1]):
        dy = np.zeros_like(cache.h[-1])
        dy[row, k] = 1
        rows.append(mlp_backward(params, cache, dy)[0][row])
    return np.array(rows)


def _explosion_width_by_logarithm(w):
    width = np.zeros(w.shape)
    for j in np.ndindex(w.shape):
        size = abs(w[j])
        if size > 1:  # 1 - tanh(a)^2 = 1/|w| at tanh(a) = sqrt(1 - 1/|w|), and artanh is half a logarithm
            t = math.sqrt(1 - 1 / size)
            width[j] = math.log((1 + t) / (1 - t)) / size
    return width


def _mean_field_gain_by_gauss_hermite(width, weight_std):
    u, p = np.polynomial.hermite_e.hermegauss(60)
    p = p / p.sum()
    q = 1.0
    for _ in range(50):
        q = width * weight_std**2 * np.sum(p / (1 + np.exp(-np.sqrt(q) * u)) ** 2)
    s = 1 / (1 + np.exp(-np.sqrt(q) * u))
    return np.sqrt(width * weight_std**2 * np.sum(p * (s - s**2) ** 2))


OTHER_STYLE = {
    "chain-gradient": [_chain_gradient_recursive],
    "gain-per-layer": [
        lambda norms: np.exp(np.mean(np.log(norms[:-1]) - np.log(norms[1:]))),
        lambda norms: np.array(
            math.prod(a / b for a, b in itertools.pairwise(norms)) ** (1 / (len(norms) - 1))
        ),
    ],
    "input-jacobian": [_input_jacobian_backward],
    "explosion-width": [_explosion_width_by_logarithm],
    "mean-field-gain": [_mean_field_gain_by_gauss_hermite],
}
