"""Describe numbers that no named mistake explains: the usual suspects.

Order, shape, NaN, fractions, precision, transposition, sign, a constant factor; in this order, for each
makes the next one hard to see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

import numpy as np

from lstm_course.checker.compare import Pair, agrees, allowed
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.runner import SINGLE_RTOL, Attempt, Case
from lstm_course.checker.structure import shown_leaves
from lstm_course.checker.text import listed

_NEARLY = 1e-2
_MOST_AXES = 4


def wrong_order(exercise: Exercise, cases: Sequence[Case], attempts: Sequence[Attempt]) -> str | None:
    """The order in which right values came back, when only their order is wrong.

    Values with a structure, as the gradients of the weights, must be right and in their place.
    """
    names = tuple(name for name in exercise.outputs if name in cases[0].parts)
    if any(
        made.error or case.parts.keys() - made.answer.parts
        for case, made in zip(cases, attempts, strict=True)
    ):
        return None
    for order in permutations(names):
        found = dict(zip(names, order, strict=True))
        if order != names and all(
            agrees(made.answer.parts[slot], case.parts[found.get(slot, slot)], case.rtol, exercise.atol)
            for case, made in zip(cases, attempts, strict=True)
            for slot in case.parts
        ):
            listing = ", ".join(found.get(name, name) for name in exercise.outputs)
            return f"The values are right, but in another order: ({listing})."
    return None


def unknown(wrong: dict[str, tuple[int, int]]) -> str:
    """One sentence on groups that nothing explains; each with its wrong entries and all, in one case."""
    if len(wrong) == 1:
        [(group, (count, size))] = wrong.items()
        where = f"{group} is wrong in {count} of {size} entries" if size > 1 else f"{group} is wrong"
    else:
        some = {
            group: f" (in {count} of {size} entries)" if count < size else ""
            for group, (count, size) in wrong.items()
        }
        where = f"{listed([group + note for group, note in some.items()])} are wrong"
    return f"{where}, in a way that fits no mistake this check knows. Work the case below by hand."


def suspect(exercise: Exercise, group: str, pairs: list[Pair]) -> str | tuple[int, int]:
    """One sentence on how the numbers of a group differ, from all of its cases.

    When nothing fits, how many entries are wrong in the first case that fails, and how many there are.
    """
    atol = exercise.atol

    def all_agree(change: Callable[[Pair], np.ndarray]) -> bool:
        return all(agrees(change(pair), pair.want, pair.case.rtol, atol) for pair in failing)

    failing = [pair for pair in pairs if not agrees(pair.got, pair.want, pair.case.rtol, atol)]
    misshapen = [pair for pair in failing if pair.got.shape != pair.want.shape]
    if misshapen:
        pair = misshapen[0]
        at = f" in case {pair.case.number}" if pair.case.number > failing[0].case.number else ""
        shapes = f"shape {_shape(exercise, pair)} is expected, got {pair.got.shape}{at}"
        axes = _axes(failing, all_agree)
        if axes:
            return f"{group} {axes}: {shapes}."
        if all_agree(lambda pair: pair.got.reshape(pair.want.shape) if _same_size(pair) else pair.got):
            return f"{group} has the right numbers in the wrong shape: {shapes}."
        if all_agree(lambda pair: pair.got.sum(axis=0) if pair.got.ndim else pair.got):
            return f"{group} is not yet summed over its first axis: {shapes}."
        return f"{group} has the wrong shape: {shapes}."
    bad = [pair for pair in failing if not np.isfinite(pair.got).all()]
    if bad:
        pair = bad[0]
        count = int((~np.isfinite(pair.got)).sum())
        kind = "NaN" if np.isnan(pair.got).any() else "infinity"
        noticed = f" NumPy noticed: {listed(sorted(pair.alarms))}." if pair.alarms else ""
        return f"{group} holds {kind} in {count} of {pair.got.size} entries.{noticed}"
    broken = [pair.got[pair.got % 1 != 0] for pair in failing if pair.want.dtype.kind in "iu"]
    if any(numbers.size for numbers in broken):
        number = next(numbers for numbers in broken if numbers.size)[0]
        verb = "is" if failing[0].want.ndim == 0 else "holds"
        return f"{group} {verb} {number:.6g}, which is not a whole number."
    lowest = min((pair.got.dtype.itemsize for pair in failing if pair.got.dtype.kind == "f"), default=8)
    if lowest < 8 and all(agrees(pair.got, pair.want, SINGLE_RTOL, atol) for pair in failing):
        return f"{group} is right to float32 precision only, although float64 came in."
    axes = _axes(failing, all_agree)
    if axes:
        return f"{group} {axes}."
    if all_agree(lambda pair: -pair.got.astype(np.float64)):
        return f"{group} has its sign flipped everywhere."
    if not any(pair.got.any() for pair in failing):
        return f"{group} is zero everywhere it should not be."
    named = _factor(exercise, pairs)
    if named:
        return f"{group} is {named} times the right answer."
    if all(agrees(pair.got, pair.want, _NEARLY, atol) for pair in failing):
        largest = max(_relative(pair) for pair in failing)
        return f"{group} is nearly right: off by {largest:.0e} of its largest entry, which is too much."
    pair = failing[0]
    off = abs(pair.got.astype(np.float64) - pair.want) > allowed(pair.want, pair.case.rtol, atol)
    return int(off.sum()), off.size


def _axes(failing: list[Pair], all_agree: Callable[[Callable], bool]) -> str | None:
    """How the axes are exchanged, when that is all that is wrong."""
    ndim = failing[0].want.ndim
    if any(pair.got.ndim != ndim or pair.want.ndim != ndim for pair in failing) or ndim > _MOST_AXES:
        return None
    for order in permutations(range(ndim)):
        if order != tuple(range(ndim)) and all_agree(lambda pair, order=order: pair.got.transpose(order)):
            return (
                "is transposed" if ndim == 2 else f"has its axes in another order: transpose{order} mends it"
            )
    return None


def _relative(pair: Pair) -> float:
    scale = float(abs(pair.want).max(initial=0.0)) or 1.0
    return float(abs(pair.got.astype(np.float64) - pair.want).max(initial=0.0)) / scale


def _same_size(pair: Pair) -> bool:
    return pair.got.size == pair.want.size


def _shape(exercise: Exercise, pair: Pair) -> str:
    """The expected shape, in symbols where they are known: ``(B=2, m=3)``."""
    symbols = dict(zip(exercise.outputs, exercise.shapes, strict=False)).get(pair.part, "")
    names = [name.strip() for name in symbols.strip("()").split(",") if name.strip()]
    if len(names) != pair.want.ndim or not names:
        return str(pair.want.shape)
    return f"({', '.join(f'{name}={n}' for name, n in zip(names, pair.want.shape, strict=True))})"


def _sizes(exercise: Exercise, case: Case) -> dict[str, int]:
    """What the symbols of the shapes stand for in one case, ``{"B": 2, "m": 3}``, and the inputs' own axes.

    An axis of an input has a name too, ``len(dh)`` or ``dh.shape[1]``: a mean over the batch is seen even
    where no output has a row for each sample.
    """
    sizes: dict[str, int] = {}
    for name, symbols in zip(exercise.outputs, exercise.shapes, strict=False):
        names = [symbol.strip() for symbol in symbols.strip("()").split(",") if symbol.strip()]
        if name in case.parts:
            sizes.update(zip(names, case.parts[name].shape, strict=False))
    named = list(zip(exercise.inputs, case.args, strict=True))
    nested = [
        leaf for name, arg in named if not isinstance(arg, np.ndarray) for leaf in shown_leaves(name, arg)
    ]
    for name, value in [pair for pair in named if isinstance(pair[1], np.ndarray)] + nested:
        if isinstance(value, np.ndarray):
            names = [f"{name}.shape[{axis}]" if axis else f"len({name})" for axis in range(value.ndim)]
            sizes.update(zip(names, value.shape, strict=True))
            if value.ndim > 2:  # steps and samples
                sizes[" * ".join(names[:2])] = value.shape[0] * value.shape[1]
        elif type(value) is int and value > 0:
            sizes[name] = value
    return sizes


def _factor(exercise: Exercise, pairs: list[Pair]) -> str | None:
    """The factor by which every array of a group is off: a number, or a symbol of the shapes."""
    factors, sizes = [], []
    for pair in pairs:
        got, want = pair.got.astype(np.float64), pair.want.astype(np.float64)
        square = float((want * want).sum())
        factor = float((got * want).sum()) / square if square > 0 else 1.0
        if not agrees(got, factor * want, pair.case.rtol, exercise.atol):
            return None
        if square > 0:
            factors.append(factor)
            sizes.append(_sizes(exercise, pair.case))
    if len(factors) < 2:  # one number is some multiple of any other
        return None
    if np.ptp(factors) <= 1e-3 * abs(factors[0]):
        simple = Fraction(factors[0]).limit_denominator(12)
        return str(simple) if abs(float(simple) - factors[0]) < 1e-4 else f"{factors[0]:.6g}"
    for symbol in dict.fromkeys(symbol for known in sizes for symbol in known):
        n = np.array([float(known.get(symbol, np.nan)) for known in sizes])
        inside = f"({symbol})" if "*" in symbol else symbol
        twice = f"2{symbol}" if symbol.isidentifier() else f"2 * {symbol}"
        candidates = {symbol: n, twice: 2 * n, f"{inside}/2": n / 2}
        candidates |= {f"1/{inside}": 1 / n, f"2/{inside}": 2 / n, f"1/({twice})": 0.5 / n}
        for name, candidate in candidates.items():
            if np.allclose(candidate, factors, rtol=1e-3):
                return name
    return None
