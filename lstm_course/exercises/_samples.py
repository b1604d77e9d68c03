"""Numbers for the cases: random, but with two decimals, so that a printed case is the exact one."""

from __future__ import annotations

import numpy as np

from lstm_course.lstm import LSTMParams, lstm_forward
from lstm_course.network import MLPParams, mlp_forward


def draw(rng: np.random.Generator, *shape: int, scale: float = 1.0, dtype=np.float64) -> np.ndarray:
    """Normal numbers with two decimals, none of them zero."""
    numbers = (scale * rng.standard_normal(shape)).round(2)
    return np.where(numbers == 0, 0.01, numbers).astype(dtype)


def draw_network(rng, sizes, batch, activation, output, dtype=np.float64):
    """A multilayer perceptron with biases, the cache of one forward pass, and a gradient dL/dy."""
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    params = MLPParams(
        tuple(draw(rng, *shape, dtype=dtype) for shape in shapes),
        tuple(draw(rng, n_out, scale=0.5, dtype=dtype) for n_out, _ in shapes),
    )
    x = draw(rng, batch, sizes[0], dtype=dtype)
    _, cache = mlp_forward(params, x, activation=activation, output=output)
    return params, cache, draw(rng, batch, sizes[-1], dtype=dtype)


def draw_lstm_params(rng, n_in, n, dtype=np.float64, scale=1.0) -> LSTMParams:
    """Weights of an LSTM with I inputs and H cells, large enough that every path through it counts."""
    weights = draw(rng, 4 * n, n_in, scale=scale, dtype=dtype), draw(rng, 4 * n, n, scale=scale, dtype=dtype)
    return LSTMParams(*weights, draw(rng, 4 * n, scale=0.5, dtype=dtype))


def draw_lstm(rng, steps, batch, n_in, n, dtype=np.float64, scale=1.0):
    """An LSTM and the cache of one forward pass from initial states that are not zero."""
    params = draw_lstm_params(rng, n_in, n, dtype, scale)
    h0, c0 = draw(rng, batch, n, scale=0.4, dtype=dtype), draw(rng, batch, n, dtype=dtype)
    _, _, cache = lstm_forward(params, draw(rng, steps, batch, n_in, dtype=dtype), h0, c0)
    return params, cache
