import math

import numpy as np

from lstm_course.activations import get_activation
from lstm_course.network import MLPParams


def _sigmoid_prime_by_loop(a):
    out = np.empty_like(a)
    for j in np.ndindex(a.shape):
        s = 1 / (1 + math.exp(-max(float(a[j]), -700.0)))
        out[j] = s * (1 - s)
    return out


def _squared_error_by_loop(y, target):
    loss, dy = 0.0, np.zeros_like(y)
    for b in range(y.shape[0]):
        for k in range(y.shape[1]):
            loss += (y[b, k] - target[b, k]) ** 2 / (2 * len(y))
            dy[b, k] = (y[b, k] - target[b, k]) / len(y)
    return [loss, dy]


def _layer_backward_by_loop(weight, h_prev, a, dh, activation):
    da = get_activation(activation).f_prime(a) * dh
    dh_prev, dweight = np.zeros_like(h_prev), np.zeros_like(weight)
    dbias = np.zeros_like(weight[:, 0])
    for b, i, j in np.ndindex(len(a), *weight.shape):
        dh_prev[b, j] += da[b, i] * weight[i, j]
        dweight[i, j] += da[b, i] * h_prev[b, j]
        dbias[i] += da[b, i] if j == 0 else 0
    return dh_prev, dweight, dbias, da


def central_difference_in_place(f, x, step=1e-5):
    x, gradient = np.array(x), []
    for j in range(x.size):
        old = x.flat[j]
        x.flat[j] = old + step
        above = f(x)
        x.flat[j] = old - step
        gradient.append((above - f(x)) / (2 * step))
        x.flat[j] = old
    return np.reshape(gradient, x.shape)


def _mlp_backward_recursive(params, cache, dy):
    last = len(params.weights) - 1

    def back(layer, dh):
        if layer < 0:
            return dh, [], []
        name = cache.output if layer == last else cache.activation
        da = dh * get_activation(name).f_prime(cache.a[layer])
        dx, dweights, dbiases = back(layer - 1, np.einsum("bn,nm->bm", da, params.weights[layer]))
        return dx, [*dweights, np.einsum("bn,bm->nm", da, cache.h[layer])], [*dbiases, sum(da)]

    dx, dweights, dbiases = back(last, dy)
    return dx, MLPParams(dweights, dbiases)


OTHER_STYLE = {
    "sigmoid-prime": [
        _sigmoid_prime_by_loop,
        lambda a: 1 / (1 + np.exp(-a)) * (1 - 1 / (1 + np.exp(-a))),
        lambda a: (1 - np.tanh(a / 2) ** 2) / 4,
    ],
    "squared-error": [_squared_error_by_loop],
    "layer-backward": [_layer_backward_by_loop],
    "central-difference": [central_difference_in_place],
    "mlp-backward": [_mlp_backward_recursive],
}
