"""One map, one sum and one norm over dataclasses of arrays: weights, gradients, what optimisers remember.

Weights are finite, which their classes check. A gradient is another instance of the class of its weights and
may hold inf or NaN, where it overflowed on its way: that is to be seen, so `unchecked` makes it and
`may_overflow` keeps NumPy from warning. What is made of gradients, the optimisers, refuses such a one by name.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

import numpy as np

from lstm_course._arguments import NotFiniteError, as_array, as_number

T = TypeVar("T")
F = TypeVar("F", bound=Callable)


def may_overflow(function: F) -> F:
    """Decorate what computes gradients: an overflow gives inf, and inf times zero NaN, without a warning."""
    return np.errstate(over="ignore", under="ignore", invalid="ignore")(function)


def unchecked(cls: type[T], *values) -> T:
    """Make an instance of a frozen dataclass of its fields in order, without the checks of its class."""
    made = object.__new__(cls)
    for field, value in zip(fields(cls), values, strict=True):  # type: ignore[arg-type]
        object.__setattr__(made, field.name, value)
    return made


def check_params(name: str, value) -> None:
    """Raise a TypeError unless `value` is an instance of a dataclass."""
    if not is_dataclass(value) or isinstance(value, type):
        got = type(value).__name__
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            got = f"a tuple of {len(value)}: unpack what the last step returned"
        raise TypeError(f"{name} must be a dataclass of numbers and arrays, got {got}")


def leaves(value) -> Iterator:
    """Yield every number and array of a nested dataclass, in the order of its fields; None is nothing."""
    if is_dataclass(value):
        value = tuple(getattr(value, field.name) for field in fields(value))
    if isinstance(value, (tuple, list)):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield value


def map_params(function, name: str, params, *others):
    """Apply `function` to every number and array of `params`, beside those of others like it.

    Parameters
    ----------
    function : callable
        Takes one leaf of each.
    name : str
        What the others are called in a message; without any, what `params` is called.
    params, *others : instances of one frozen dataclass
        Fields are numbers, arrays, tuples of these, or again such dataclasses; or None, for a part that
        these parameters do without.

    Returns
    -------
    The same class

    Raises
    ------
    TypeError
        When `params` is no such dataclass, the classes differ, or an array's dtype does.
    ValueError
        When a shape or a length differs, or an entry of the others or of the result is not finite.
    """
    owner = "params" if others else name
    check_params(owner, params)

    def at(path, value, *beside):
        here = f"{name}{path}"
        if value is None or (is_dataclass(value) and not isinstance(value, type)):
            for other in beside:
                if type(other) is not type(value):
                    wanted = "None" if value is None else f"a {type(value).__name__}"
                    raise TypeError(f"{here} must be {wanted} like params, got {type(other).__name__}")
            if value is None:
                return None
            names = [field.name for field in fields(value)]
            return replace(
                value, **{n: at(f"{path}.{n}", *(getattr(v, n) for v in (value, *beside))) for n in names}
            )
        if isinstance(value, tuple):
            for other in beside:
                if not isinstance(other, tuple) or len(other) != len(value):
                    got = len(other) if isinstance(other, tuple) else type(other).__name__
                    raise ValueError(f"{here} must hold {len(value)} arrays like params, got {got}")
            each = zip(value, *beside, strict=True)
            return tuple(at(f"{path}[{k}]", *parts) for k, parts in enumerate(each))
        if not isinstance(value, (np.ndarray, numbers.Real)) or isinstance(value, bool):
            wanted = "a number, an array, a dataclass or a tuple of these"
            raise TypeError(f"{owner}{path} must be {wanted}, got {type(value).__name__}")
        return _at_leaf(function, here, value, *beside)

    return at("", params, *others)


def _at_leaf(function, name, value, *beside):
    if isinstance(value, np.ndarray):
        axes = ", ".join(f"n{k}={n}" for k, n in enumerate(value.shape))
        beside = tuple(as_array(name, other, f"({axes})", dtype=value.dtype) for other in beside)
    else:  # a number: as one of NumPy, so that it overflows like the arrays
        beside = tuple(np.float64(as_number(name, other)) for other in beside)
    number = not isinstance(value, np.ndarray)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        result = function(np.float64(value) if number else value, *beside)
    if not np.isfinite(result).all():
        raise NotFiniteError(f"{name} is too large: the step overflows {result.dtype}")
    return float(result) if number else result


def add_params(shares):
    """Add up instances of one frozen dataclass of arrays, such as the shares of every step in a gradient."""
    first, *rest = shares
    parts = {field.name: getattr(first, field.name) for field in fields(first)}
    for share in rest:
        parts = {name: part + getattr(share, name) for name, part in parts.items()}
    return unchecked(type(first), *parts.values())


def safe_norm(*arrays) -> float:
    """Euclidean norm of all the numbers of the arrays together, scaled so that no square over- or underflows.

    Infinite when an entry is, NaN when one is NaN.
    """
    parts = [np.asarray(array, np.float64) for array in arrays]
    largest = max((float(np.abs(part).max()) for part in parts if part.size), default=0.0)
    if any(np.isnan(part).any() for part in parts):
        return float("nan")
    if largest == 0 or np.isinf(largest):
        return largest
    with np.errstate(under="ignore"):
        return largest * float(np.sqrt(sum(np.sum((part / largest) ** 2) for part in parts)))
