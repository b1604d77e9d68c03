"""Optimisers, from parameters and their gradient to the next parameters; and clipping."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lstm_course._arguments import as_number
from lstm_course._params import check_params, leaves, map_params, safe_norm


def sgd_step(params, gradient, learning_rate):
    r"""One step of gradient descent, :math:`\theta \leftarrow \theta - \eta\,\partial L/\partial\theta`.

    Parameters
    ----------
    params, gradient : two instances of one frozen dataclass
        Fields are numbers, arrays, tuples of arrays, or again such dataclasses.
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
        When a shape differs, an entry of the gradient is not finite, the step overflows or its size is not
        positive.
    """
    eta = as_number("learning_rate", learning_rate, above=0)
    return map_params(lambda value, slope: value - eta * slope, "gradient", params, gradient)


class AdamState(NamedTuple):
    """What Adam remembers: steps taken, and running means of the gradient and of its square.

    `mean` and `square` are of the class of the parameters.
    """

    step: int
    mean: Any
    square: Any


def adam_step(params, gradient, learning_rate, state=None, *, beta1=0.9, beta2=0.999, epsilon=1e-8):
    r"""One step of Adam (Kingma & Ba 2015).

    .. math::

        m &\leftarrow \beta_1 m + (1-\beta_1)\,\partial L/\partial\theta, \qquad
        v \leftarrow \beta_2 v + (1-\beta_2)\,(\partial L/\partial\theta)^2, \\
        \theta &\leftarrow \theta - \eta\,\hat m\,/\,(\sqrt{\hat v}+\epsilon), \qquad
        \hat m = m/(1-\beta_1^t), \quad \hat v = v/(1-\beta_2^t)

    Parameters
    ----------
    params, gradient : two instances of one frozen dataclass
        As for `sgd_step`.
    learning_rate : float
        The step size :math:`\eta > 0`: about the most that one step changes a weight.
    state : AdamState, optional
        What the last step returned; none before the first.
    beta1, beta2 : float
        How much the running means keep, at least 0 and below 1.
    epsilon : float
        Keeps the quotient finite; positive.

    Returns
    -------
    params : the same class
        New parameters; no argument is changed.
    state : AdamState
        For the next step.

    Raises
    ------
    TypeError
        When the classes are not one, or an array's dtype differs.
    ValueError
        When a shape differs, a number is out of range, an entry of the gradient is not finite or its square
        overflows.
    """
    eta, eps = (as_number(k, v, above=0) for k, v in (("learning_rate", learning_rate), ("epsilon", epsilon)))
    b1, b2 = _fraction("beta1", beta1), _fraction("beta2", beta2)
    gradient = map_params(lambda value, slope: slope, "gradient", params, gradient)
    if state is None:
        zeros = map_params(lambda value: value * 0, "params", params)
        state = AdamState(0, zeros, zeros)
    elif not isinstance(state, AdamState):
        raise TypeError(f"state must be the AdamState of the last step or None, got {type(state).__name__}")
    t = state.step + 1
    with np.errstate(under="ignore"):
        m = map_params(lambda g, m: b1 * m + (1 - b1) * g, "state.mean", gradient, state.mean)
        v = map_params(lambda g, v: b2 * v + (1 - b2) * g**2, "state.square", gradient, state.square)
        step = map_params(
            lambda m, v: eta * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), "state.square", m, v
        )
    return map_params(lambda value, change: value - change, "gradient", params, step), AdamState(t, m, v)


def global_norm(gradient) -> float:
    """Euclidean norm of all the numbers of a gradient together, without overflow or underflow.

    Parameters
    ----------
    gradient : frozen dataclass
        As for `sgd_step`; inf or NaN when an entry is.

    Raises
    ------
    TypeError
        When `gradient` is no such dataclass.
    """
    check_params("gradient", gradient)
    return safe_norm(*leaves(gradient))


def clip_by_norm(gradient, max_norm):
    r"""Shorten a gradient to a norm of at most `max_norm`; its direction stays (Pascanu et al. 2013).

    Parameters
    ----------
    gradient : frozen dataclass
        As for `sgd_step`.
    max_norm : float
        The longest that it may be, positive; the norm is that of all its numbers together.

    Returns
    -------
    gradient : the same class
        The argument itself when it is short enough.
    norm : float
        The norm before clipping.

    Raises
    ------
    TypeError, ValueError
        When `max_norm` is no positive number, or `gradient` no such dataclass or not finite.
    """
    max_norm, norm = as_number("max_norm", max_norm, above=0), global_norm(gradient)
    if not np.isfinite(norm):
        raise ValueError(f"gradient must be finite, but its norm is {norm}")
    if norm <= max_norm:
        return gradient, norm
    with np.errstate(under="ignore"):
        return map_params(lambda leaf: leaf * (max_norm / norm), "gradient", gradient), norm


def _fraction(name, value):
    value = as_number(name, value, at_least=0)
    if value >= 1:
        raise ValueError(f"{name} must be below 1, got {value}")
    return value
