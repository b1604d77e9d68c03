"""One map, one sum and one norm over dataclasses of arrays: weights, gradients, what optimisers remember."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import numpy as np

from lstm_course._arguments import as_array


def check_params(name: str, value) -> None:
    """Raise a TypeError unless `value` is an instance of a dataclass."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{name} must be a dataclass of numbers and arrays, got {type(value).__name__}")


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
        What the others are called in a message.
    params, *others : instances of one frozen dataclass
        Fields are numbers, arrays, tuples of arrays, or again such dataclasses; or None, for a part that
        these parameters do without.

    Returns
    -------
    The same class

    Raises
    ------
    TypeError
        When `params` is no dataclass, the classes differ, or an array's dtype does.
    ValueError
        When a shape or a length differs, or an entry of the others is not finite.
    """
    check_params(name, params)
    for other in others:
        if type(params) is not type(other):
            raise TypeError(
                f"{name} must be a {type(params).__name__} like params, got {type(other).__name__}"
            )

    def at(name, value, *slopes):
        if value is None:
            for slope in slopes:
                if slope is not None:
                    raise TypeError(f"{name} must be None like params, got {type(slope).__name__}")
            return None
        if isinstance(value, tuple):
            for slope in slopes:
                if len(slope) != len(value):
                    raise ValueError(f"{name} must hold {len(value)} arrays like params, got {len(slope)}")
            return tuple(at(f"{name}[{k}]", *each) for k, each in enumerate(zip(value, *slopes, strict=True)))
        if is_dataclass(value):
            return map_params(function, name, value, *slopes)
        if isinstance(value, np.ndarray):
            axes = ", ".join(f"n{k}={n}" for k, n in enumerate(value.shape))
            slopes = tuple(as_array(name, slope, f"({axes})", dtype=value.dtype) for slope in slopes)
        return function(value, *slopes)

    return replace(
        params,
        **{
            field.name: at(f"{name}.{field.name}", *(getattr(each, field.name) for each in (params, *others)))
            for field in fields(params)
        },
    )


def add_params(shares):
    """Add up instances of one frozen dataclass of arrays, such as the shares of every step in a gradient."""
    first, *rest = shares
    parts = {field.name: getattr(first, field.name) for field in fields(first)}
    for share in rest:
        parts = {name: part + getattr(share, name) for name, part in parts.items()}
    return type(first)(**parts)


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
