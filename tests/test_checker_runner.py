"""Running an answer: on copies, with the expected answer and the tolerance of each case beside it."""

from dataclasses import dataclass

import numpy as np
import pytest
from toy import flat, toy

from lstm_course.checker import judge, runner


@dataclass(frozen=True)
class Pack:
    """A structure with an array in it."""

    weight: np.ndarray


def off_by(error):
    """An answer to the toy whose every entry is off by this share, in the dtype of x."""
    return lambda x: 2 * x * (1 + error)


# --- the tolerance ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_cases_loosen_the_tolerance_and_others_do_not(dtype):
    exercise = toy(sample=lambda rng, size: (rng.standard_normal((2, 3)).astype(dtype),))
    single = dtype == np.float32
    assert {case.rtol for case in runner.prepare(exercise)} == {1e-4 if single else 1e-7}
    assert judge(exercise, off_by(5e-5)).status == ("right" if single else "wrong")
    assert judge(exercise, off_by(2e-4)).status == "wrong"


def test_only_the_cases_with_float32_in_them_are_judged_by_its_precision():
    kinds = (np.float64, np.float32, np.float64)
    exercise = toy(sizes=3, sample=lambda rng, size: (rng.standard_normal((2, 3)).astype(kinds[size]),))
    assert [case.rtol for case in runner.prepare(exercise)] == [1e-7, 1e-4, 1e-7]

    def answer(x):
        return 2 * x * (1 + (x.dtype == np.float32) * np.float32(5e-5))

    assert judge(exercise, answer).status == "right"


def test_float32_is_found_inside_a_structure_and_in_what_is_expected():
    deep = toy(
        sample=lambda rng, size: ((3.0, [Pack(rng.standard_normal(2).astype(np.float32))]),),
        reference=lambda x: float(x[1][0].weight.sum()),
    )
    made = toy(reference=lambda x: x.astype(np.float32))
    for exercise in (deep, made):
        assert {case.rtol for case in runner.prepare(exercise)} == {1e-4}


def test_a_tolerance_that_is_wide_already_stays():
    exercise = toy(rtol=0.5, sample=lambda rng, size: (rng.standard_normal(2).astype(np.float32),))
    assert {case.rtol for case in runner.prepare(exercise)} == {0.5}


# --- changed arguments ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "instead", "said"),
    [
        (1.0, 1, "x[0]"),  # equal, and of another type
        (1.0, np.float64(1.0), "x[0]"),
        (1.0, np.array(1.0), "x[0]"),
        (True, 1, "x[0]"),
        (np.ones(2), np.ones(2).view(np.recarray), "x[0]"),
        (np.ones(2), [1.0, 1.0], "x"),  # taken apart, it has other parts
        ("tanh", "relu", "x[0]"),
    ],
)
def test_a_changed_type_of_an_argument_is_noticed(given, instead, said):
    exercise = toy(sample=lambda rng, size: ([given, rng.standard_normal(2)],), reference=lambda x: 2 * x[1])

    def answer(x):
        x[0] = instead
        return 2 * x[1]

    verdict = judge(exercise, answer)
    assert verdict.status == "right, but"
    assert f"It changes its argument {said} in place." in flat(verdict.text)
    assert judge(exercise, lambda x: 2 * x[1]).status == "right"
