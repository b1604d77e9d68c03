"""What walks over weights and gradients: one map, one sum, one norm, and gradients that may overflow."""

import math
import warnings
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course._params import (
    add_params,
    check_params,
    leaves,
    map_params,
    may_overflow,
    safe_norm,
    unchecked,
)
from lstm_course.rnn import RNNParams

ANY = st.floats(allow_nan=False, allow_infinity=False, width=64)


@dataclass(frozen=True)
class Inner:
    array: np.ndarray


@dataclass(frozen=True)
class Outer:
    number: float
    parts: tuple
    inner: Inner
    absent: np.ndarray | None = None


def outer(number, *parts, inner, absent=None):
    return Outer(number, tuple(np.array(p, float) for p in parts), Inner(np.array(inner, float)), absent)


# The norm


@given(st.lists(ANY, min_size=1, max_size=8))
def test_the_norm_is_that_of_exact_arithmetic(numbers):
    exact = sum(Fraction(x) ** 2 for x in numbers)
    ours = safe_norm(np.array(numbers[:3]), *numbers[3:])
    if exact >= Fraction(1.7976931348623157e308) ** 2:
        assert ours in (math.inf, pytest.approx(1.7976931348623157e308))
    elif exact:
        assert abs(Fraction(ours) ** 2 / exact - 1) < 1e-13 or ours < 1e-300  # subnormal: few digits
        assert ours > 0
    else:
        assert ours == 0


@pytest.mark.parametrize(
    ("arrays", "norm"),
    [
        (([np.inf, 1.0],), math.inf),
        (([1.0], [-np.inf, 0.0]), math.inf),
        (([np.nan, 1.0],), math.nan),
        (([np.inf], [np.nan]), math.nan),
        (([np.nan], [np.inf]), math.nan),
        (([1.7e308, 1.7e308],), math.inf),  # each is finite, the norm is not
        (([3e-320, 4e-320],), 5e-320),
        (([], [3.0], [[4.0]]), 5.0),
        ((), 0.0),
        ((2.0, -1.0, np.float32(2)), 3.0),
    ],
)
def test_the_norm_at_the_edges_of_what_a_float_can_be(arrays, norm):
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        ours = safe_norm(*arrays)
    assert type(ours) is float
    assert ours == pytest.approx(norm, rel=1e-3, nan_ok=True)


def test_the_norm_of_float32_is_computed_in_float64():
    assert safe_norm(np.array([3e38, 3e38], np.float32)) == pytest.approx(3e38 * math.sqrt(2), rel=1e-7)


# The map


def test_every_leaf_is_mapped_and_the_structure_stays():
    a, b = outer(1, [2.0], [[3.0, 4.0]], inner=[5.0]), outer(10.0, [20.0], [[30.0, 40.0]], inner=[50.0])
    made = map_params(lambda x, y: 2 * x + y, "b", a, b)
    assert (made.number, made.absent) == (12.0, None)
    assert type(made.number) is float
    assert [part.tolist() for part in made.parts] == [[24.0], [[36.0, 48.0]]]
    assert made.inner.array.tolist() == [60.0]
    assert [np.size(leaf) for leaf in leaves(made)] == [1, 1, 2, 1]


A = outer(1.0, [2.0], inner=[3.0])
COMPLAINTS = [
    (A, outer(np.inf, [2.0], inner=[3.0]), ValueError, r"b\.number must be finite, got inf"),
    (A, outer(1.0, [np.nan], inner=[3.0]), ValueError, r"b\.parts\[0\] must be finite, but b\.parts\[0\]\[0\] is nan"),
    (A, outer(1.0, [2.0], inner=[np.inf]), ValueError, r"b\.inner\.array must be finite"),
    (A, outer(1.0, [2.0, 2.0], inner=[3.0]), ValueError, r"b\.parts\[0\] must have shape \(n0=1\), got \(2,\)"),
    (A, outer(1.0, inner=[3.0]), ValueError, r"b\.parts must hold 1 arrays like params, got 0"),
    (A, Outer(1.0, [np.ones(1)], A.inner), ValueError, r"b\.parts must hold 1 arrays like params, got list"),
    (A, Outer("1", A.parts, A.inner), TypeError, r"b\.number must be a number, got str"),
    (A, outer(1.0, [2.0], inner=[3.0], absent=1.0), TypeError, r"b\.absent must be None like params, got float"),
    (A, Outer(1.0, A.parts, A), TypeError, r"b\.inner must be a Inner like params, got Outer"),
    (A, A.inner, TypeError, r"b must be a Outer like params, got Inner"),
    (A, 1.0, TypeError, r"b must be a Outer like params, got float"),
    ({"w": 1.0}, A, TypeError, r"params must be a dataclass of numbers and arrays, got dict"),
    ((A, 7), A, TypeError, r"params must be .*, got a tuple of 2: unpack what the last step returned"),
    (Outer(1.0, [np.ones(1)], A.inner), Outer(1.0, [np.ones(1)], A.inner), TypeError,
     r"params\.parts must be a number, an array, a dataclass or a tuple of these, got list"),
    (Outer(True, (), A.inner), Outer(1.0, (), A.inner), TypeError, r"params\.number must be .*, got bool"),
    (Outer(Outer, (), A.inner), Outer(1.0, (), A.inner), TypeError, r"params\.number must be .*, got type"),
    (outer(1.5e308, inner=[0.0]), outer(1e308, inner=[0.0]), ValueError,
     r"b\.number is too large: the step overflows float64"),
    (outer(0.0, inner=[1.5e308]), outer(0.0, inner=[1e308]), ValueError, r"b\.inner\.array is too large"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "error", "message"), COMPLAINTS)
def test_what_cannot_be_mapped_is_named_with_its_path(a, b, error, message):
    with pytest.raises(error, match=f"^{message}"):
        map_params(lambda x, y: x + y, "b", a, b)


def test_alone_the_map_names_what_it_was_given():
    with pytest.raises(TypeError, match="gradient must be a dataclass of numbers and arrays, got list"):
        map_params(lambda x: x, "gradient", [1.0])
    with pytest.raises(TypeError, match=r"gradient\.parts must be a number, an array"):
        map_params(lambda x: x, "gradient", Outer(1.0, [], A.inner))
    with pytest.raises(TypeError, match="x must be a dataclass of numbers and arrays, got type"):
        check_params("x", Outer)


def test_float32_stays_in_the_map():
    a = Inner(np.ones(2, np.float32))
    assert map_params(lambda x, y: x - 0.1 * y, "b", a, a).array.dtype == np.float32
    with pytest.raises(TypeError, match=r"b\.array must have dtype float32 like the rest, got float64"):
        map_params(lambda x, y: x - y, "b", a, Inner(np.ones(2)))


# Gradients that overflowed


def test_a_gradient_may_hold_what_weights_may_not():
    bad = np.full((1, 1), np.inf), np.array([[np.nan]]), np.zeros(1)
    with pytest.raises(ValueError, match="weight_ih must be finite"):
        RNNParams(*bad)
    gradient = unchecked(RNNParams, *bad)
    assert (gradient.input_size, gradient.hidden_size) == (1, 1)
    assert type(gradient) is RNNParams
    for ours, given_ in zip(vars(gradient).values(), bad, strict=True):
        assert ours is given_
    with pytest.raises(ValueError, match="shorter"):
        unchecked(RNNParams, *bad[:2])
    doubled = add_params([gradient, gradient])
    assert doubled.weight_ih == np.inf
    assert np.isnan(doubled.weight_hh)


def test_what_may_overflow_does_so_in_silence_and_only_there():
    @may_overflow
    def grow(x):
        """Doc."""
        return x * np.float64(1e200) * 1e200 * 0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(grow(1.0))
    assert (grow.__name__, grow.__doc__) == ("grow", "Doc.")
    with pytest.raises(RuntimeWarning, match="overflow"):
        np.float64(1e200) * 1e200
