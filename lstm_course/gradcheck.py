"""Finite differences: the gradient, computed without knowing how to differentiate.

A derivative is a limit of difference quotients. Stopping before the limit gives a number that owes
nothing to our algebra, which makes it the referee for every backward pass in this course.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from lstm_course._arguments import as_array, as_number, choose

# The steps that balance truncation against rounding: eps^(1/2) one-sided, eps^(1/3) central.
_EPS = np.finfo(np.float64).eps
BEST_STEP = {"forward": _EPS ** (1 / 2), "central": _EPS ** (1 / 3)}


def numerical_gradient(
    f: Callable[[np.ndarray], float], x, *, step: float | None = None, method: str = "central"
) -> np.ndarray:
    r"""Gradient of a scalar function by finite differences, one entry of `x` at a time.

    Parameters
    ----------
    f : callable
        Maps an array of the shape of `x` to a number.
    x : array_like
        Where to differentiate; converted to float64, never written to.
    step : float, optional
        The step :math:`\varepsilon`. By default :math:`\max(1,|x_j|)` times the step that balances
        truncation and rounding error: :math:`\epsilon_\mathrm{mach}^{1/3}\approx 6\cdot10^{-6}` for
        the central difference, :math:`\epsilon_\mathrm{mach}^{1/2}` for the one-sided one.
    method : {"central", "forward"}
        :math:`(f(x+\varepsilon)-f(x-\varepsilon))/2\varepsilon`, with an error of order
        :math:`\varepsilon^2`, or :math:`(f(x+\varepsilon)-f(x))/\varepsilon`, of order
        :math:`\varepsilon`.

    Returns
    -------
    numpy.ndarray
        Float64, of the shape of `x`.

    Raises
    ------
    ValueError
        When `x` is empty or not finite, `step` is not positive, `method` is unknown or `f` does not
        return a finite number.
    """
    shape = np.shape(x)
    x = as_array("x", np.asarray(x, dtype=np.float64), f"({', '.join(f'n{k}' for k in range(len(shape)))})")
    best = choose("method", method, BEST_STEP)
    if step is not None:
        step = as_number("step", step, above=0)

    point = x.copy()
    gradient = np.empty_like(x)

    def value() -> float:
        result = np.asarray(f(point.copy()))
        if result.size != 1 or result.dtype.kind not in "iuf" or not np.isfinite(result).all():
            raise ValueError(f"f must return one finite number, got {result!r}")
        return float(result.reshape(()))

    centre = value() if method == "forward" else 0.0
    for j in np.ndindex(shape):
        wanted = best * max(1.0, abs(x[j])) if step is None else step
        point[j] = x[j] + wanted
        h = point[j] - x[j]  # the step that floating point really took
        if h == 0:
            raise ValueError(f"step must change x, but {wanted:g} is lost in rounding beside {x[j]:g}")
        above = value()
        if method == "central":
            point[j] = x[j] - h
            gradient[j] = (above - value()) / (2 * h)
        else:
            gradient[j] = (above - centre) / h
        point[j] = x[j]
    return gradient


def relative_error(ours, theirs) -> float:
    r"""Largest difference relative to the largest entry, :math:`\max|u-v| / \max(|u|,|v|)`.

    One number for a whole array. Dividing by the largest entry, not entry by entry, keeps the
    rounding noise of a tiny entry from drowning the verdict. Two zero arrays agree (0.0); an array
    with a NaN or an infinity agrees with nothing (infinity).

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    u, v = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if u.shape != v.shape:
        raise ValueError(f"theirs must have shape {u.shape} like ours, got {v.shape}")
    if not (np.isfinite(u).all() and np.isfinite(v).all()):
        return float("inf")
    scale = max(np.abs(u).max(initial=0.0), np.abs(v).max(initial=0.0))
    return float(np.abs(u - v).max(initial=0.0) / scale) if scale > 0 else 0.0


class GradientMismatch(AssertionError):
    """Raised by `check_gradients` when a gradient differs from finite differences."""


def check_gradients(
    loss: Callable[[dict[str, np.ndarray]], float],
    arrays: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    *,
    tolerance: float = 1e-7,
) -> dict[str, float]:
    """Compare analytic gradients with central differences, array by array.

    Parameters
    ----------
    loss : callable
        Maps a dictionary of arrays, with the keys of `arrays`, to the loss.
    arrays : mapping of str to array_like
        The point at which to check.
    gradients : mapping of str to array_like
        The gradient of `loss` with respect to each array, under the same keys.
    tolerance : float
        The largest relative error (see `relative_error`) that passes.

    Returns
    -------
    dict of str to float
        The relative error of each gradient.

    Raises
    ------
    GradientMismatch
        When one exceeds the tolerance; the message names the array, the worst entry, and both values.
    ValueError
        When the keys or a shape differ.
    """
    tolerance = as_number("tolerance", tolerance, above=0)
    if set(arrays) != set(gradients):
        raise ValueError(f"gradients must have the keys {sorted(arrays)}, got {sorted(gradients)}")
    errors = {}
    for name, array in arrays.items():
        array, ours = np.asarray(array, dtype=np.float64), np.asarray(gradients[name], dtype=np.float64)
        if ours.shape != array.shape:
            raise ValueError(f"gradients[{name!r}] must have shape {array.shape}, got {ours.shape}")
        reference = numerical_gradient(partial(_with, loss, arrays, name), array)
        errors[name] = relative_error(ours, reference)
        if not errors[name] <= tolerance:
            worst = np.unravel_index(np.argmax(np.abs(ours - reference)), array.shape)
            at = f"[{', '.join(str(int(k)) for k in worst)}]" if worst else ""
            raise GradientMismatch(
                f"gradient of {name} is off: relative error {errors[name]:.1e} > {tolerance:.0e}; "
                f"worst at {name}{at}: ours {ours[worst]:.6g}, finite difference {reference[worst]:.6g}"
            )
    return errors


def _with(loss, arrays, name, value):
    copies = {key: np.array(other, dtype=np.float64) for key, other in arrays.items() if key != name}
    return loss({**copies, name: value})
