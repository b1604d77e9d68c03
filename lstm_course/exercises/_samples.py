"""Numbers for the cases: random, but with two decimals, so that a printed case is the exact one."""

from __future__ import annotations

import numpy as np

from lstm_course.gradient_flow import forward_by_steps
from lstm_course.network import MLPParams, mlp_forward
from lstm_course.rnn import RNNParams


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


def draw_steps(rng, length, batch, n, m, activation, dtype=np.float64):
    """A simple recurrent network and the caches of its steps from a random state."""
    params = RNNParams(draw(rng, n, m, dtype=dtype), draw(rng, n, n, dtype=dtype), draw(rng, n, dtype=dtype))
    x, h0 = draw(rng, length, batch, m, dtype=dtype), draw(rng, batch, n, scale=0.5, dtype=dtype)
    return params, forward_by_steps(params, x, h0, activation=activation)[1]
