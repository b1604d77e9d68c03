"""Numbers for the cases: random, but with two decimals, so that a printed case is the exact one."""

from __future__ import annotations

import numpy as np

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
