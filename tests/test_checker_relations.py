"""How wrong numbers hang together with the right ones, and numbers of other kinds that are right."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from samples import LSTM_STEP_BACKWARD
from toy import flat, toy

from lstm_course.checker import Mistake, judge
from lstm_course.exercises import EXERCISES, grade
from lstm_course.lstm import LSTMParams, lstm_step_backward

_FAR = tuple(Mistake(f"far {k}", f"Far away, {k}.", lambda x, other, k=k: x**k + 77) for k in (5, 7, 9))


def grown(x, other):
    """Nothing that one slip turns into a shift or a sum."""
    return np.round(3 * np.sin(7 * x) + 2 * np.cos(3 * other), 6)


GROWN = toy(
    label="grown",
    inputs=("x", "other"),
    reference=grown,
    sample=lambda rng, size: (rng.standard_normal((3, size + 2)), rng.standard_normal((3, size + 2))),
    mistakes=_FAR,
)


def shifted(y):
    moved = np.zeros_like(y)
    moved[1:] = y[:-1]
    return moved


def without_last(y):
    kept = y.copy()
    kept[-1] = 0
    return kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y, x, other: abs(y), "has the right size everywhere and no sign"),
        (lambda y, x, other: np.where(x > 0, y, -y), "the wrong sign in some entries"),
        (lambda y, x, other: y[::-1], "comes in the other order along axis 0, the last entry first"),
        (lambda y, x, other: np.cumsum(y, axis=1), "is summed up along axis 1: each entry holds those before it too"),
        (lambda y, x, other: shifted(y), "has every entry one place too late along axis 0"),
        (lambda y, x, other: np.roll(y, -1, axis=1), "one place too early along axis 1, round the end"),
        (lambda y, x, other: without_last(y), "is right but for its last entry along axis 0, which is 0"),
        (lambda y, x, other: np.sort(y, axis=None).reshape(y.shape), "the right numbers in another order"),
        (lambda y, x, other: y + 0.25, "is 0.25 too large everywhere"),
        (lambda y, x, other: y + other, "holds other as one more term"),
        (lambda y, x, other: y - other, "lacks a term: other"),
        (lambda y, x, other: y * x, "holds x as one more factor"),
        (lambda y, x, other: y * x * (1 - x), "holds x(1 − x) as one more factor"),
        (lambda y, x, other: y / (1 - x**2), "lacks the factor 1 − x²"),
        (lambda y, x, other: x.copy(), "is x itself"),
        (lambda y, x, other: y.sum(axis=1), "is summed over axis 1: shape"),
        (lambda y, x, other: y.mean(axis=0), "is averaged over axis 0: shape"),
        (lambda y, x, other: y[0], "is only the first entry along axis 0: shape"),
        (lambda y, x, other: y.mean(), "is the mean of all its entries"),
        (lambda y, x, other: y[1:], "lacks its first entry: shape"),
        (lambda y, x, other: np.concatenate([x[:1], y]), "has one entry too many, at the front: shape"),
        (lambda y, x, other: np.stack([x, y]), "the last one is wanted: shape"),
    ],
)  # fmt: skip
def test_what_was_done_to_right_numbers_is_told(change, said):
    verdict = judge(GROWN, lambda x, other: change(grown(x, other), x, other))
    assert verdict.status == "wrong"
    assert said in flat(verdict.text)


def test_nothing_is_told_by_chance_of_numbers_that_are_only_wrong():
    rng = np.random.default_rng(0)
    for _ in range(20):
        noise = float(rng.standard_normal())
        text = flat(judge(GROWN, lambda x, other, n=noise: grown(x, other) + n * np.sin(9 * x)).text)
        assert "fits no mistake" in text


def test_what_is_said_holds_in_every_case():
    def answer(x, other):
        return abs(grown(x, other)) if x.shape[1] < 5 else grown(x, other) + np.sin(9 * x)

    assert "fits no mistake" in flat(judge(GROWN, answer).text)


def test_a_known_constant_has_its_name():
    text = flat(judge(toy(mistakes=_FAR[:3]), lambda x: 2 * x / np.log(10)).text)
    assert "0.434294 (1/ln 10, as of a logarithm to base 10) times the right answer" in text


@pytest.mark.parametrize("kind", [Fraction, Decimal, lambda v: Fraction(v).limit_denominator(10**15)])
def test_real_numbers_of_other_kinds_are_numbers(kind):
    right = EXERCISES["forget-bias-for"].reference
    assert grade("forget-bias-for", lambda share, steps: kind(right(share, steps))).status == "right"
    assert grade("forget-bias-for", lambda share, steps: kind(right(share, steps) + 1)).status == "wrong"


def test_what_only_looks_like_a_number_is_none():
    class Sly:
        def __float__(self):
            return 0.5

    assert "a real number is expected" in flat(grade("forget-bias-for", lambda share, steps: Sly()).text)


def mixed(bias):
    def answer(params, cache, dh_t, dc_t):
        *values, dparams = lstm_step_backward(params, cache, dh_t, dc_t)
        return *values, LSTMParams(dparams.weight_ih, dparams.weight_hh, bias(dparams.bias))

    return answer


def test_float64_beside_float32_that_a_class_of_the_package_refuses_is_a_remark():
    verdict = judge(LSTM_STEP_BACKWARD, mixed(lambda bias: bias.astype(np.float64)))
    assert verdict.status == "right, but"
    assert "4 of 5 cases agree" in verdict.text
    assert "bias must have dtype float32" in flat(verdict.text)
    assert judge(LSTM_STEP_BACKWARD, mixed(lambda bias: 2 * bias.astype(np.float64))).status != "right, but"


def test_nan_in_a_later_case_does_not_hide_what_is_wrong_in_the_case_that_is_shown():
    text = flat(judge(GROWN, lambda x, other: grown(x, other) * (np.nan if x.shape[1] > 4 else -1)).text)
    assert "has its sign flipped everywhere" in text
    assert "NaN" not in text


def test_nearly_right_is_told_what_the_exercise_says_of_it():
    exercise = toy(nearly="Take a smaller step.", mistakes=_FAR)
    assert "which is too much. Take a smaller step." in flat(
        judge(exercise, lambda x: 2 * x + 1e-3 * np.sin(x)).text
    )
