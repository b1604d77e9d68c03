"""Checks at the package's doors: clear errors for bad arguments.

Every public function calls these on what it is given, so that a mistake is named where it is
made and not ten lines further on as a broadcasting error.
"""

from __future__ import annotations

import functools
import numbers

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class NotFiniteError(ValueError):
    """An array holds NaN or infinity: in a training, what divergence looks like; elsewhere a bad argument."""


def as_array(name: str, value, shape: str | None, *, dtype=None, finite=True) -> np.ndarray:
    """Return `value` as a finite float array of the given shape, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed. Integers become float64; float32 stays float32.
    shape : str or None
        The expected shape in symbols, with numbers where they are fixed: ``"(B, I=3)"``.
        A symbol alone stands for any length of at least one; None for any shape.
    dtype : numpy.dtype, optional
        The dtype that the other arguments have already fixed.
    finite : bool
        False for a gradient, which may hold what overflowed on its way here.

    Returns
    -------
    numpy.ndarray
        The same array when it needed no conversion; never written to by the callers.

    Raises
    ------
    TypeError
        When `value` is not a real number array, or not of the dtype asked for.
    ValueError
        When its shape differs, an axis is empty, or an entry that must be finite is not.
    """
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        wanted = "be an array" if shape is None else f"have shape {shape}"
        raise ValueError(f"{name} must {wanted}, got a ragged sequence") from None
    if array.dtype.kind in "iu":
        array = array.astype(np.float64 if dtype is None else dtype)
    if array.dtype not in FLOATS:
        raise TypeError(f"{name} must be an array of float32 or float64, got dtype {array.dtype}")
    if dtype is not None and array.dtype != dtype:
        raise TypeError(f"{name} must have dtype {np.dtype(dtype)} like the rest, got {array.dtype}")
    if shape is not None and not _has_shape(array, shape):
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    if array.size == 0:
        wanted = "" if shape is None else f"expected shape {shape}, "
        raise ValueError(f"{name} must not be empty: {wanted}got {array.shape}")
    if finite and not np.isfinite(array).all():
        where = np.argwhere(~np.isfinite(array))[0]
        index = f"[{', '.join(map(str, where))}]" if where.size else ""
        raise NotFiniteError(f"{name} must be finite, but {name}{index} is {array[tuple(where)]}")
    return array


def as_labels(name: str, value, length: int, classes: int) -> np.ndarray:
    """Return `value` as an integer array of shape ``(length,)`` with entries in ``range(classes)``."""
    return as_integers(name, value, f"(B={length},)", classes)


def as_integers(name: str, value, shape: str, count: int | None = None) -> np.ndarray:
    """Return `value` as an integer array of the given shape, not empty, with entries in ``range(count)``."""
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        raise ValueError(f"{name} must have shape {shape}, got a ragged sequence") from None
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be an array of integers, got dtype {array.dtype}")
    if not _has_shape(array, shape):
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty: expected shape {shape}, got {array.shape}")
    if count is not None and (array.min() < 0 or array.max() >= count):
        raise ValueError(f"{name} must lie in 0..{count - 1}, got values from {array.min()} to {array.max()}")
    return array


def as_number(name: str, value, *, above=None, at_least=None, at_most=None) -> float:
    """Return `value` as a finite float that respects the bounds, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    number = float(value)
    _check_bounds(name, number, above=above, at_least=at_least, at_most=at_most)
    return number


def as_integer(name: str, value, *, at_least=None, at_most=None) -> int:
    """Return `value` as an int that respects the bounds, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    _check_bounds(name, int(value), at_least=at_least, at_most=at_most)
    return int(value)


def as_row(value, batch: int) -> int:
    """Return the number of a sample of the batch, 0 to B-1. Nothing is counted from the end in this course."""
    row = as_integer("row", value, at_least=0)
    if row >= batch:
        raise ValueError(f"row must be below the batch size {batch}, got {row}")
    return row


def as_dtype(name: str, value) -> np.dtype:
    """Return `value` as a NumPy dtype if it means float32 or float64; the course knows no other."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if dtype is None or dtype not in FLOATS:  # NumPy holds that float64 == None
        raise TypeError(f"{name} must be float32 or float64, got {value!r}")
    return dtype


def as_generator(name: str, value) -> np.random.Generator:
    """Return `value` if it is a NumPy random generator, or say how to make one."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator such as numpy.random.default_rng(0), "
            f"got {type(value).__name__}"
        )
    return value


def choose(name: str, value, options):
    """Return ``options[value]``, or list the options."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {type(value).__name__}")
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(sorted(options))}, got {value!r}")
    return options[value]


def _has_shape(array, shape: str) -> bool:
    return _fits(shape, array.shape)


@functools.lru_cache(maxsize=4096)  # a training asks for the same few shapes at every step
def _fits(shape: str, got: tuple[int, ...]) -> bool:
    axes = [axis.strip() for axis in shape.strip("()").split(",") if axis.strip()]
    fixed = [int(axis.split("=")[1]) if "=" in axis else None for axis in axes]
    return len(got) == len(axes) and all(
        want in (None, length) for want, length in zip(fixed, got, strict=True)
    )


def _check_bounds(name, number, *, above=None, at_least=None, at_most=None):
    if not np.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number}")
    if above is not None and not number > above:
        raise ValueError(f"{name} must be greater than {above}, got {number}")
    if at_least is not None and not number >= at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {number}")
    if at_most is not None and not number <= at_most:
        raise ValueError(f"{name} must be at most {at_most}, got {number}")
