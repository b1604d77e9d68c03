"""Every complaint names the argument, what it should be, and what came."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_course._arguments import (
    NotFiniteError,
    as_array,
    as_dtype,
    as_generator,
    as_integer,
    as_labels,
    as_number,
    as_row,
    choose,
)

NAN_AT_1_2 = np.array([[0.0, 1, 2], [3, 4, np.nan]])

COMPLAINTS = [
    (lambda: as_array("x", np.zeros((5, 2, 4)), "(T, B, I=3)"), ValueError,
     "x must have shape (T, B, I=3), got (5, 2, 4)"),
    (lambda: as_array("x", np.zeros(3), "(B, I=3)"), ValueError, "x must have shape (B, I=3), got (3,)"),
    (lambda: as_array("x", 1.0, "(B, I)"), ValueError, "x must have shape (B, I), got ()"),
    (lambda: as_array("x", [[1.0, 2.0], [3.0]], "(B, I)"), ValueError,
     "x must have shape (B, I), got a ragged sequence"),
    (lambda: as_array("x", np.zeros((0, 3)), "(B, I=3)"), ValueError,
     "x must not be empty: expected shape (B, I=3), got (0, 3)"),
    (lambda: as_array("x", [], "(B)"), ValueError, "x must not be empty: expected shape (B), got (0,)"),
    (lambda: as_array("x", NAN_AT_1_2, "(B, I)"), ValueError, "x must be finite, but x[1, 2] is nan"),
    (lambda: as_array("x", [0.0, -np.inf], "(B)"), ValueError, "x must be finite, but x[1] is -inf"),
    (lambda: as_array("x", np.nan, "()"), ValueError, "x must be finite, but x is nan"),
    (lambda: as_array("x", [True, False], "(B)"), TypeError,
     "x must be an array of float32 or float64, got dtype bool"),
    (lambda: as_array("x", "abc", "()"), TypeError, "x must be an array of float32 or float64, got dtype <U3"),
    (lambda: as_array("x", None, "()"), TypeError, "got dtype object"),
    (lambda: as_array("x", [1j], "(B)"), TypeError, "got dtype complex128"),
    (lambda: as_array("x", np.zeros(2, np.float16), "(B)"), TypeError, "got dtype float16"),
    (lambda: as_array("x", np.zeros(2, np.float32), "(B)", dtype=np.float64), TypeError,
     "x must have dtype float64 like the rest, got float32"),
    (lambda: as_labels("labels", [0.0, 1.0], 2, 3), TypeError,
     "labels must be an array of integers, got dtype float64"),
    (lambda: as_labels("labels", [True, False], 2, 3), TypeError, "got dtype bool"),
    (lambda: as_labels("labels", [[0], [1]], 2, 3), ValueError, "labels must have shape (B=2,), got (2, 1)"),
    (lambda: as_labels("labels", [[0, 1], [1]], 2, 3), ValueError,
     "labels must have shape (B=2,), got a ragged sequence"),
    (lambda: as_labels("labels", np.zeros(0, int), 2, 3), ValueError, "labels must have shape (B=2,), got (0,)"),
    (lambda: as_labels("labels", [0, 3], 2, 3), ValueError, "labels must lie in 0..2, got values from 0 to 3"),
    (lambda: as_labels("labels", [-1, 2], 2, 3), ValueError, "labels must lie in 0..2, got values from -1 to 2"),
    (lambda: as_number("eta", "0.1"), TypeError, "eta must be a number, got str"),
    (lambda: as_number("eta", True), TypeError, "eta must be a number, got bool"),
    (lambda: as_number("eta", 1j), TypeError, "eta must be a number, got complex"),
    (lambda: as_number("eta", np.ones(2)), TypeError, "eta must be a number, got ndarray"),
    (lambda: as_number("eta", np.nan), ValueError, "eta must be finite, got nan"),
    (lambda: as_number("eta", np.inf, above=0), ValueError, "eta must be finite, got inf"),
    (lambda: as_number("eta", 0.0, above=0), ValueError, "eta must be greater than 0, got 0.0"),
    (lambda: as_number("eta", -1, at_least=0), ValueError, "eta must be at least 0, got -1.0"),
    (lambda: as_number("eta", 1.5, at_most=1), ValueError, "eta must be at most 1, got 1.5"),
    (lambda: as_integer("epochs", 2.0), TypeError, "epochs must be an integer, got float"),
    (lambda: as_integer("epochs", True), TypeError, "epochs must be an integer, got bool"),
    (lambda: as_integer("epochs", 0, at_least=1), ValueError, "epochs must be at least 1, got 0"),
    (lambda: as_integer("t", 8, at_least=0, at_most=7), ValueError, "t must be at most 7, got 8"),
    (lambda: as_row(2, 2), ValueError, "row must be below the batch size 2, got 2"),
    (lambda: as_row(-1, 2), ValueError, "row must be at least 0, got -1"),
    (lambda: as_row(0.0, 2), TypeError, "row must be an integer, got float"),
    (lambda: as_array("x", [[1.0], [1.0, 2.0]], None), ValueError, "x must be an array, got a ragged sequence"),
    (lambda: as_array("x", [], None), ValueError, "x must not be empty: got (0,)"),
    (lambda: as_array("x", [np.inf], "(B=2)", finite=False), ValueError, "x must have shape (B=2), got (1,)"),
    (lambda: as_dtype("dtype", int), TypeError, "dtype must be float32 or float64, got <class 'int'>"),
    (lambda: as_dtype("dtype", "float16"), TypeError, "dtype must be float32 or float64, got 'float16'"),
    (lambda: as_dtype("dtype", "no such type"), TypeError, "dtype must be float32 or float64, got 'no such type'"),
    (lambda: as_generator("rng", 0), TypeError, "rng must be a numpy.random.Generator such as"),
    (lambda: as_generator("rng", None), TypeError, "got NoneType"),
    (lambda: choose("mode", 3, {"a": 1}), TypeError, "mode must be a string, got int"),
    (lambda: choose("mode", "c", {"b": 1, "a": 2}), ValueError, "mode must be one of a, b, got 'c'"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_complaint_names_argument_expectation_and_what_came(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4)


@given(shape=SHAPES, wanted=SHAPES, named=st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_shape_passes_exactly_when_the_fixed_axes_agree(shape, wanted, named):
    axes = [
        f"n{k}={n}" if fixed else f"n{k}" for k, (n, fixed) in enumerate(zip(wanted, named, strict=False))
    ]
    fits = len(shape) == len(wanted) and all(
        got == want or not fixed for got, want, fixed in zip(shape, wanted, named, strict=False)
    )
    array = np.zeros(shape)
    if fits:
        assert as_array("x", array, f"({', '.join(axes)})") is array
    else:
        with pytest.raises(ValueError, match="x must have shape"):
            as_array("x", array, f"({', '.join(axes)})")


@given(shape=SHAPES, data=st.data())
def test_the_index_of_a_single_nan_is_found_wherever_it_is(shape, data):
    array = np.zeros(shape)
    index = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    array[index] = np.nan
    place = f"x[{', '.join(map(str, index))}]" if index else "x"
    with pytest.raises(ValueError, match=re.escape(f"but {place} is nan")):
        as_array("x", array, f"({', '.join('abcd'[: len(shape)])})")


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16])
def test_integers_become_float64_or_the_dtype_of_the_rest(dtype):
    assert as_array("x", np.arange(3, dtype=dtype), "(B)").dtype == np.float64
    assert as_array("x", np.arange(3, dtype=dtype), "(B)", dtype=np.float32).dtype == np.float32


def test_a_list_becomes_an_array_and_float32_stays():
    np.testing.assert_array_equal(as_array("x", [[1, 2]], "(B, I=2)"), np.array([[1.0, 2.0]]))
    assert as_array("x", np.zeros(2, np.float32), "(B)").dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, "float32", np.dtype("float32")])
def test_every_spelling_of_a_dtype_is_understood(dtype):
    assert as_dtype("dtype", dtype) == np.dtype("float32")


def test_any_shape_passes_where_none_is_asked_for_and_what_overflowed_where_it_may():
    for array in (np.float32(1), np.zeros((2, 1, 3)), np.array([1.0, np.nan, -np.inf])):
        np.testing.assert_array_equal(as_array("x", array, None, finite=False), array)
    with pytest.raises(NotFiniteError, match=re.escape("x must be finite, but x[1] is nan")):
        as_array("x", [1.0, np.nan], None)


def test_the_bounds_themselves_are_inside():
    assert [as_row(k, 2) for k in (0, 1)] == [0, 1]
    assert as_number("x", 1, at_least=1, at_most=1) == 1
    assert as_integer("n", 1, at_least=1) == 1


def test_numbers_of_numpy_are_numbers_and_come_back_as_pythons_own():
    assert type(as_number("x", np.float32(0.5))) is float
    assert type(as_number("x", np.int64(3))) is float
    assert type(as_integer("n", np.int64(3), at_least=3)) is int


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_of_any_integer_type_pass(dtype):
    np.testing.assert_array_equal(as_labels("labels", np.array([2, 0], dtype), 2, 3), [2, 0])
