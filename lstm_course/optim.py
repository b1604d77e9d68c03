"""Optimisers: from parameters and their gradient to the next parameters."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from lstm_course._arguments import as_array, as_number


def sgd_step(params, gradient, learning_rate):
    r"""One step of gradient descent, :math:`\theta \leftarrow \theta - \eta\,\partial L/\partial\theta`.

    Parameters
    ----------
    params, gradient : two instances of one frozen dataclass
        Fields are numbers, arrays, or tuples of arrays.
    learning_rate : float
        The step size :math:`\eta > 0`.

    Returns
    -------
    The same class
        New parameters; neither argument is changed.

    Raises
    ------
    TypeError
        When the two are not of one class, or an array's dtype differs.
    ValueError
        When a shape differs or the step size is not positive.
    """
    if type(params) is not type(gradient):
        raise TypeError(
            f"gradient must be a {type(params).__name__} like params, got {type(gradient).__name__}"
        )
    eta = as_number("learning_rate", learning_rate, above=0)

    def step(name, value, slope):
        if isinstance(value, tuple):
            if len(slope) != len(value):
                raise ValueError(f"{name} must hold {len(value)} arrays like params, got {len(slope)}")
            return tuple(
                step(f"{name}[{k}]", v, s) for k, (v, s) in enumerate(zip(value, slope, strict=True))
            )
        if isinstance(value, np.ndarray):
            axes = ", ".join(f"n{k}={n}" for k, n in enumerate(value.shape))
            slope = as_array(name, slope, f"({axes})", dtype=value.dtype)
        return value - eta * slope

    new = {
        f.name: step(f"gradient.{f.name}", getattr(params, f.name), getattr(gradient, f.name))
        for f in fields(params)
    }
    return replace(params, **new)
