"""Numbers for the cases: random, but with two decimals, so that a printed case is the exact one."""

from __future__ import annotations

import numpy as np

from lstm_course.gradient_flow import forward_by_steps
from lstm_course.gru import GRUParams
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step
from lstm_course.network import MLPParams, mlp_forward
from lstm_course.rnn import RNNParams


def draw(
    rng: np.random.Generator, *shape: int, scale: float = 1.0, least: float = 0.0, dtype=np.float64
) -> np.ndarray:
    """Normal numbers with two decimals, none of them zero, and none smaller in size than `least`."""
    numbers = (scale * rng.standard_normal(shape)).round(2)
    numbers = np.where(abs(numbers) < least, numbers + np.copysign(least, numbers), numbers)
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
    weight_ih, weight_hh = (draw(rng, 4 * n, m, scale=scale, least=0.3, dtype=dtype) for m in (n_in, n))
    return LSTMParams(weight_ih, weight_hh, draw(rng, 4 * n, scale=0.5, dtype=dtype))


def draw_states(rng, batch, n, dtype=np.float64):
    """H and c of some step, of a size that shows: the one within (-1, 1), the other not."""
    h = rng.choice([-1, 1], (batch, n)) * rng.uniform(0.3, 0.8, (batch, n)).round(2)
    return h.astype(dtype), draw(rng, batch, n, least=0.5, dtype=dtype)


def draw_step(rng, batch, n_in, n, dtype=np.float64, weights=draw_lstm_params, step=lstm_step):
    """Weights of an LSTM, the cache of one step, dL/dh_t, and a dL/dc_t from step t+1."""
    while True:
        params = weights(rng, n_in, n, dtype, 1.0 if n < 8 else 0.4)
        x_t = draw(rng, batch, n_in, least=0.3, dtype=dtype)
        _, _, cache = step(params, x_t, *draw_states(rng, batch, n, dtype))
        if _is_clear(cache.c_t):
            return params, cache, *(draw(rng, batch, n, least=0.4, dtype=dtype) for _ in range(2))


def draw_lstm(rng, steps, batch, n_in, n, dtype=np.float64):
    """Weights of an LSTM, and the cache of a sequence from initial states that are not zero."""
    while True:
        params = draw_lstm_params(rng, n_in, n, dtype, 1.0 if n < 6 else 0.5)
        x = draw(rng, steps, batch, n_in, least=0.3, dtype=dtype)
        _, _, cache = lstm_forward(params, x, *draw_states(rng, batch, n, dtype))
        if _is_clear(cache.c):
            return params, cache


def _is_clear(c):
    """Whether tanh(c) differs visibly from 0 and from c, where it can be seen: in a small case."""
    return c.size > 8 or abs(c).min() > 0.3


def draw_steps(rng, length, batch, n, m, activation, dtype=np.float64):
    """A simple recurrent network and the caches of its steps from a random state."""
    params = RNNParams(draw(rng, n, m, dtype=dtype), draw(rng, n, n, dtype=dtype), draw(rng, n, dtype=dtype))
    x, h0 = draw(rng, length, batch, m, dtype=dtype), draw(rng, batch, n, scale=0.5, dtype=dtype)
    return params, forward_by_steps(params, x, h0, activation=activation)[1]


GRU_SIZES = (
    (1, 1, 1, np.float64),  # B, I, H
    (1, 2, 2, np.float64),
    (2, 3, 2, np.float64),
    (3, 2, 4, np.float32),
    (16, 12, 24, np.float64),
)


def draw_gru_step(rng, size):
    """Weights, an input and a state for one step; every bias counts."""
    batch, n_in, n, dtype = GRU_SIZES[size]
    params = GRUParams(
        draw(rng, 3 * n, n_in, scale=1 / np.sqrt(n_in), dtype=dtype),
        draw(rng, 3 * n, n, scale=1 / np.sqrt(n), dtype=dtype),
        draw(rng, 3 * n, dtype=dtype),
        draw(rng, n, dtype=dtype),
    )
    return params, draw(rng, batch, n_in, dtype=dtype), draw(rng, batch, n, scale=0.5, dtype=dtype)
