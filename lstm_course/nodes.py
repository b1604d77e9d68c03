r"""How a gradient passes a node: a sum, a product, a function, a copy.

The computations of this course are made of these four, so the four rules differentiate them. `dp` is the
derivative of the loss by what the node puts out; each function returns the derivatives of the loss by
what came in, as far as they pass this node. The comments ``# eq:...`` name the equation of chapter 1.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.activations import get_activation


def add_backward(dp):
    r"""Send dL/dp through :math:`p = u + v`: addition distributes.

    Parameters
    ----------
    dp : array_like
        dL/dp, of any shape, float32 or float64.

    Returns
    -------
    du, dv : numpy.ndarray
        Both equal to `dp`.
    """
    dp = _like("dp", dp)
    return dp, dp  # eq:node-add


def multiply_backward(u, v, dp):
    r"""Send dL/dp through :math:`p = uv`, entry by entry: multiplication swaps.

    Parameters
    ----------
    u, v : array_like
        The factors, of one shape and dtype.
    dp : array_like
        dL/dp, of the same shape and dtype.

    Returns
    -------
    du, dv : numpy.ndarray
        ``v * dp`` and ``u * dp``.

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype differs, or an entry is not finite.
    """
    u = _like("u", u)
    v, dp = _like("v", v, u), _like("dp", dp, u)
    return v * dp, u * dp  # eq:node-multiply


def function_backward(u, dp, activation):
    r"""Send dL/dp through :math:`p = f(u)`: a function multiplies by its slope.

    Parameters
    ----------
    u : array_like
        What came in.
    dp : array_like
        dL/dp, of the same shape and dtype.
    activation : str
        Name of f.

    Returns
    -------
    du : numpy.ndarray

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype differs, an entry is not finite, or the function is unknown.
    """
    u = _like("u", u)
    return get_activation(activation).f_prime(u) * _like("dp", dp, u)  # eq:node-function


def copy_backward(*arrivals):
    r"""Add up what comes back to a value that is used in several places: a copy adds up.

    Parameters
    ----------
    *arrivals : array_like
        dL/du as it comes back from each use of u; one or more, of one shape and dtype.

    Returns
    -------
    du : numpy.ndarray

    Raises
    ------
    ValueError, TypeError
        When there is none, a shape or dtype differs, or an entry is not finite.
    """
    if not arrivals:
        raise ValueError("arrivals must be one or more, got none")
    du = np.zeros_like(_like("arrivals[0]", arrivals[0]))
    for number, arrival in enumerate(arrivals):
        du = du + _like(f"arrivals[{number}]", arrival, du)  # eq:node-copy
    return du


def _like(name, value, other=None):
    """A float array, of the shape and dtype of `other` if given."""
    if other is not None:
        shape = ", ".join(f"n{axis}={length}" for axis, length in enumerate(other.shape))
        return as_array(name, value, f"({shape})", dtype=other.dtype)
    shape = ", ".join(f"n{axis}" for axis in range(np.ndim(value)))
    return as_array(name, value, f"({shape})")
