"""How wrong numbers hang together with the right ones: moved, summed, cut, in another order, with an argument in them.

Each function takes the pairs of a group that fail, and its words hold for all of them or it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from lstm_course.checker.compare import Pair, agrees
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.structure import shown_leaves

_ORDINALS = {0: "first", -1: "last"}


def shape_related(failing: Sequence[Pair], atol: float) -> str | None:
    """What was done to numbers that came in another shape."""
    for words, change in _REDUCED:
        if _all(failing, change, atol):
            return words
    for axis in range(min(pair.want.ndim for pair in failing)):
        for words, reduce in (("summed", np.sum), ("averaged", np.mean), ("multiplied up", np.prod)):
            if _all_wanted(failing, lambda want, axis=axis, reduce=reduce: reduce(want, axis=axis), atol):
                return f"is {words} over axis {axis}"
        for index, which in _ORDINALS.items():
            if _all_wanted(failing, lambda want, i=index, axis=axis: want.take(i, axis=axis), atol):
                return f"is only the {which} entry along axis {axis}"
    for words, reduce in (("sum", np.sum), ("mean", np.mean)):
        if _all_wanted(failing, reduce, atol):
            return f"is the {words} of all its entries"
    for words, wanted in _CUT:
        if _all_wanted(failing, wanted, atol):
            return words
    return None


_REDUCED: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("is not yet averaged over its first axis", lambda got: got.mean(axis=0)),
    ("is not yet summed over its last axis", lambda got: got.sum(axis=-1)),
    ("is not yet averaged over its last axis", lambda got: got.mean(axis=-1)),
    ("holds the entries of every step or row, and the last one is wanted", lambda got: got[-1]),
    ("holds several entries, and the first is wanted", lambda got: got[0]),
    ("has one entry too many, at the front", lambda got: got[1:]),
    ("has one entry too many, at the end", lambda got: got[:-1]),
    ("is the diagonal of a matrix and not a vector", lambda got: np.diagonal(got)),
)
_CUT: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("lacks its first entry", lambda want: want[1:]),
    ("lacks its last entry", lambda want: want[:-1]),
    ("is the diagonal alone, as a vector, and a matrix is wanted", lambda want: np.diagonal(want)),
)


def entries_related(failing: Sequence[Pair], atol: float) -> str | None:
    """How entries of the right shape have been moved, turned or lost."""
    if not any(pair.want.size > 1 for pair in failing):
        return _offset(failing, atol)
    if _all_wanted(failing, abs, atol):
        return "has the right size everywhere and no sign: where it should be negative it is not"
    if _all(failing, abs, atol, wanted=abs):
        return "has the right size everywhere and the wrong sign in some entries"
    for axis in range(min(pair.want.ndim for pair in failing)):
        along = f" along axis {axis}" if failing[0].want.ndim > 1 else ""
        if _all_wanted(failing, lambda want, axis=axis: np.flip(want, axis), atol):
            return f"comes in the other order{along}, the last entry first"
        if _all_wanted(failing, lambda want, axis=axis: np.cumsum(want, axis=axis), atol):
            return f"is summed up{along}: each entry holds those before it too"
        for step, words in ((1, "too late"), (-1, "too early")):
            if _all_wanted(failing, lambda want, s=step, axis=axis: _shifted(want, s, axis), atol):
                return f"has every entry one place {words}{along}"
            if _all_wanted(failing, lambda want, s=step, axis=axis: np.roll(want, s, axis), atol):
                return f"has every entry one place {words}{along}, round the end"
        for index, which in _ORDINALS.items():
            if _all_wanted(failing, lambda want, i=index, axis=axis: _emptied(want, i, axis), atol):
                return f"is right but for its {which} entry{along}, which is 0: the loop does not get there"
    if all(_zero_or_right(pair, atol) for pair in failing):
        return "is right in some entries and zero in the others"
    if _all(failing, lambda got: np.sort(got, axis=None), atol, wanted=lambda want: np.sort(want, axis=None)):
        return "holds the right numbers in another order"
    return _offset(failing, atol)


def _offset(failing, atol) -> str | None:
    """A number that is added everywhere."""
    if len(failing) < 2:
        return None
    off = [float((pair.got.astype(np.float64) - pair.want).flat[0]) for pair in failing if pair.want.size]
    if not off or np.ptp(off) > 1e-6 * abs(off[0]) or abs(off[0] * 12 - round(off[0] * 12)) > 1e-4:
        return None
    if _all_wanted(failing, lambda want: want + off[0], atol):
        return f"is {abs(off[0]):.4g} too {'large' if off[0] > 0 else 'small'} everywhere"
    return None


def _shifted(want, step, axis):
    moved = np.roll(want, step, axis)
    edge = 0 if step > 0 else -1
    return _emptied(moved, edge, axis)


def _emptied(want, index, axis):
    kept = np.moveaxis(want.copy(), axis, 0)
    kept[index] = 0
    return np.moveaxis(kept, 0, axis)


def _zero_or_right(pair, atol) -> bool:
    got = np.where(pair.got == 0, pair.want, pair.got)
    return bool((pair.got != 0).any()) and agrees(got, pair.want, pair.case.rtol, atol)


def arguments_related(exercise: Exercise, group: str, failing: Sequence[Pair], atol: float) -> str | None:
    """An argument, or another of the values wanted, that stands in the answer and should not, or is missing."""
    if len(failing) < 2 and failing[0].want.size < 2:
        return None
    for name in _names(exercise, failing[0], group):
        held = [
            value
            for pair in failing
            if (value := _value(exercise, pair, name)) is not None and value.shape == pair.want.shape
        ]
        if len(held) < len(failing):
            continue
        for words, change in _WITH:
            if all(
                _informative(change(pair.want, value), pair, atol)
                and agrees(pair.got, change(pair.want, value), pair.case.rtol, atol)
                for value, pair in zip(held, failing, strict=True)
            ):
                return words.format(name)
    return None


def _slopes(value):
    return value * (1 - value)


_WITH: tuple[tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (
    ("is {0} itself", lambda want, value: value),
    ("is minus {0}", lambda want, value: -value),
    ("holds {0} as one more term", lambda want, value: want + value),
    ("lacks a term: {0}", lambda want, value: want - value),
    ("lacks a term: −{0}", lambda want, value: want + value),
    ("has the term {0} with the wrong sign", lambda want, value: want - 2 * value),
    ("holds {0} as one more factor", lambda want, value: want * value),
    ("holds 1 − {0} as one more factor", lambda want, value: want * (1 - value)),
    ("holds {0}(1 − {0}) as one more factor", lambda want, value: want * _slopes(value)),
    ("holds 1 − {0}² as one more factor", lambda want, value: want * (1 - value**2)),
    ("lacks the factor {0}", lambda want, value: _divided(want, value)),
    ("lacks the factor 1 − {0}", lambda want, value: _divided(want, 1 - value)),
    ("lacks the factor {0}(1 − {0})", lambda want, value: _divided(want, _slopes(value))),
    ("lacks the factor 1 − {0}²", lambda want, value: _divided(want, 1 - value**2)),
)


def _divided(want, value):
    with np.errstate(all="ignore"):
        return want / value


def _informative(made, pair, atol) -> bool:
    return bool(np.isfinite(made).all()) and not agrees(made, pair.want, pair.case.rtol, atol)


def _names(exercise, pair, group) -> Iterator[str]:
    for name, arg in zip(exercise.inputs, pair.case.args, strict=True):
        yield from (key for key, _ in shown_leaves(name, arg))
    yield from (f"the right {part}" for part in pair.case.parts if part != group)


def _value(exercise, pair, name) -> np.ndarray | None:
    if name.startswith("the right "):
        value = pair.case.parts.get(name.removeprefix("the right "))
    else:
        args = zip(exercise.inputs, pair.case.args, strict=True)
        value = next((leaf for key, arg in args for k, leaf in shown_leaves(key, arg) if k == name), None)
    kind = getattr(value, "dtype", np.asarray(value) if isinstance(value, float) else None)
    if value is None or kind is None or np.asarray(value).dtype.kind not in "fiu":
        return None
    return np.asarray(value, dtype=np.float64)


def _all(failing, change, atol, wanted=lambda want: want) -> bool:
    """Whether what came, changed, is what was wanted."""
    try:
        return all(
            agrees(
                np.asarray(change(pair.got.astype(np.float64))),
                np.asarray(wanted(pair.want)),
                pair.case.rtol,
                atol,
            )
            for pair in failing
        )
    except (ValueError, IndexError):  # no such axis
        return False


def _all_wanted(failing, change, atol) -> bool:
    """Whether what was wanted, changed, is what came."""
    try:
        return all(
            agrees(pair.got, np.asarray(change(pair.want.astype(np.float64))), pair.case.rtol, atol)
            for pair in failing
        )
    except (ValueError, IndexError):
        return False
