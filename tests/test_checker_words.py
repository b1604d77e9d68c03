"""What is said of a wrong answer that has no name, or several."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import flat, planted, toy

from lstm_course.activations import get_activation, sigmoid_prime
from lstm_course.checker.judging import judge
from lstm_course.exercises import EXERCISES, grade
from lstm_course.network import layer_backward, mlp_backward

quick = settings(max_examples=25, deadline=None)

# --- wrong in a way that has no name ----------------------------------------------------------------


def text_on(label, fn):
    verdict = grade(label, fn)
    assert verdict.status == "wrong", verdict.text
    assert f"Case {verdict.case} of" in verdict.text
    return flat(verdict.text)


def layer_with(**changes):
    """`layer_backward` with some of its values changed."""

    def answer(*args):
        values = dict(zip(EXERCISES["layer-backward"].outputs, layer_backward(*args), strict=True))
        return tuple(changes[name](value) if name in changes else value for name, value in values.items())

    return answer


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (layer_with(dbias=lambda b: b[None]), "right numbers in the wrong shape: shape (n=2) is expected, got (1, 2)"),
        (layer_with(dh_prev=lambda d: d.T), "dh_prev is transposed: shape (B=3, m=2) is expected, got (2, 3)"),
        (layer_with(dh_prev=lambda d: d[:, :1]), "dh_prev has the wrong shape: shape (B=3, m=2) is expected"),
        (layer_with(dh_prev=lambda d: np.stack([d, 0 * d])), "dh_prev is not yet summed over its first axis"),
        (layer_with(dweight=lambda w: -w), "dweight has its sign flipped everywhere"),
        (layer_with(dbias=lambda b: 3 * b), "dbias is 3 times the right answer"),
        (layer_with(dbias=lambda b: b / 2), "dbias is 1/2 times the right answer"),
        (layer_with(da=lambda d: len(d) * d), "da is B times the right answer"),
        (layer_with(da=lambda d: 2 / d.dtype.type(len(d)) * d), "da is 2/B times the right answer"),
        (layer_with(da=lambda d: d / d.dtype.type(2 * len(d))), "da is 1/(2B) times the right answer"),
        (layer_with(da=lambda d: 0 * d), "da is zero everywhere it should not be"),
        (layer_with(da=lambda d: d * np.nan), "da holds NaN in 6 of 6 entries"),
        (layer_with(da=lambda d: np.where(d > 0.5, np.inf, d)), "da holds infinity"),
        (layer_with(da=lambda d: d + 1), "da is 1 too large everywhere"),
        (layer_with(da=lambda d: d + d**2 + 0.37), "da is wrong in 6 of 6 entries"),
        (layer_with(da=lambda d: d.astype(np.float32) * np.float32(1.00001)), "da is right to float32 precision only"),
        (layer_with(da=lambda d: d * (1 + 1e-3 * np.sign(d))), "da is nearly right: off by 1e-03"),
        (layer_with(da=lambda d: d + 0j), "da is an array of complex128, but an array of real numbers is expected"),
        (layer_with(da=lambda d: None), "da is None. Is the `return` line missing"),
        (layer_with(da=lambda d: (d,)), "da is a tuple of one value. Is there a comma"),
        (layer_with(da=lambda d: "text"), "da is a str, but"),
        (layer_with(da=lambda d: (x for x in d)), "da is a generator, but"),
        (layer_with(da=lambda d: [[1.0], [2.0, 3.0]]), "da is a list that NumPy cannot read"),
        (lambda *args: None, "It returns None instead of (dh_prev, dweight, dbias, da). Is the `return` line"),
        (lambda *args: layer_backward(*args)[:3], "It returns 3 values, but 4 are expected: (dh_prev,"),
        (lambda *args: layer_backward(*args)[0], "It returns an array of float64, but 4 values are expected"),
        (lambda *args: dict(enumerate(layer_backward(*args))), "It returns a dict, but 4 values"),
        (lambda *args: layer_backward(*args)[::-1], "in another order: (da, dbias, dweight, dh_prev)"),
    ],
)  # fmt: skip
def test_the_usual_suspects(answer, sentence):
    assert sentence in text_on("layer-backward", answer)


def test_a_number_that_must_be_whole_and_is_not_is_told_so():
    text = text_on("matching-gru-size", lambda input_size, lstm_size: lstm_size * 4 / 3)
    assert "size is 6.66667, which is not a whole number." in text
    exercise = toy(sample=lambda rng, size: (np.arange(4),))
    verdict = judge(exercise, lambda x: np.where(x < 2, 2 * x, x / 2))
    assert "y holds 1.5, which is not a whole number." in verdict.text
    assert "whole" not in judge(exercise, lambda x: 2 * x + 1.0).text


def test_expected_and_got_come_first_and_the_arguments_last():
    lines = grade("layer-backward", layer_with(dbias=lambda b: b + 1)).text.splitlines()
    places = [
        next(k for k, line in enumerate(lines) if line.startswith(start))
        for start in (
            "layer-backward: wrong.",
            "dh_prev, dweight and da are right, dbias is not.",
            "Case 1 of 6 shows it:",
            "    expected dbias = [",
            "    got      dbias = [",
            "The arguments:",
            "    weight ",
            "    (in code: ",
        )
    ]
    assert places == sorted(places)
    assert places[-1] == len(lines) - 1
    lines = grade("layer-backward", lambda *args: None).text.splitlines()
    assert "Case 1 of 6 shows it." in lines  # there is nothing to compare


def test_right_and_wrong_parts_are_named():
    text = text_on("layer-backward", layer_with(dbias=lambda b: b + 1, dweight=lambda w: w - 1))
    assert "dh_prev and da are right, dweight and dbias are not." in text
    text = text_on("mlp-backward", lambda *args: (mlp_backward(*args)[0] * 3, mlp_backward(*args)[1]))
    assert "dparams.weights and dparams.biases are right, dx is not. dx is 3 times" in text


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (lambda dx, d: (dx, None), "dparams is None, but MLPParams is expected. Is the `return` line missing?"),
        (lambda dx, d: (dx, d.weights[:0]), "dparams is a tuple of 0 values, but MLPParams is expected"),
        (lambda dx, d: (dx, (d.weights, d.biases[0])), "dparams.biases is an array of float64, but a tuple of 1 value"),
        (lambda dx, d: (dx, (d.weights, (*d.biases, d.biases[0]))), "dparams.biases is a tuple of 2 values, but"),
        (lambda dx, d: (dx, 3.0), "dparams is a float, but MLPParams is expected"),
    ],
)  # fmt: skip
def test_a_wrong_structure_is_described(result, sentence):
    assert sentence in text_on("mlp-backward", lambda *args: result(*mlp_backward(*args)[:2]))


def test_two_mistakes_in_one_answer_earn_two_hints():
    exercise = EXERCISES["layer-backward"]

    def answer(weight, h_prev, a, dh, activation):
        da = dh * get_activation(activation).f_prime(a)
        return da @ weight.T, da.T @ h_prev, da, da

    verdict = grade("layer-backward", answer)
    assert verdict.status == "wrong"
    assert verdict.mistakes == ("weight transposed on the way back", "bias gradient not summed")
    hints = {mistake.name: mistake.hint for mistake in exercise.mistakes}
    assert all(hints[name] in flat(verdict.text) for name in verdict.mistakes)
    assert "It also raises ValueError, in case 3." in verdict.text


def test_of_two_explanations_the_one_that_spoils_less_is_given():
    def answer(y, target):
        return 0.5 * np.mean((y - target) ** 2), y - target

    # The gradient is also that of "sum over the batch", which would spoil the loss too.
    assert grade("squared-error", answer).mistakes == ("mean over the outputs too", "gradient without 1/B")


def test_a_known_mistake_is_shown_where_it_answers_and_not_where_it_raises():
    def triple_if_wide(x):
        if x.shape == (2, 1):
            raise ValueError("too narrow")
        return 3 * x

    verdict = judge(toy(mistakes=planted(triple_if_wide)), triple_if_wide)
    assert (verdict.status, verdict.mistakes, verdict.case) == ("wrong", ("planted",), 2)
    assert judge(toy(), triple_if_wide).status == "raised"


def test_a_mistake_beside_something_unknown():
    text = text_on("layer-backward", layer_with(dbias=lambda b: 3 * b, dweight=lambda w: w.T))
    assert "dweight comes out as (m, n)" in text
    assert "dbias is 3 times the right answer" in text


def test_nan_comes_with_what_numpy_noticed():
    with np.errstate(all="raise"):  # the learner's own setting does not matter
        text = text_on("gain-per-layer", lambda norms: np.log(-norms[0]))
    assert "gain holds NaN in 1 of 1 entries. NumPy noticed: invalid value." in text


@quick
@given(factor=st.floats(-20, 20).filter(lambda c: abs(c - 1) > 0.01 and abs(c + 1) > 0.01 and abs(c) > 0.01))
def test_any_constant_factor_is_found(factor):
    verdict = judge(toy(), lambda x: 2 * x * factor)
    assert verdict.status == "wrong"
    assert "times the right answer" in verdict.text


def test_large_cases_are_summarised():
    def answer(a):
        wrong = sigmoid_prime(a)
        if wrong.size > 1000:
            wrong[3, 4] += 0.25
        return wrong

    verdict = grade("sigmoid-prime", answer)
    assert verdict.case == 6
    assert "array of shape (60, 50), float64" in verdict.text
    assert "expected slope[3, 4] = " in verdict.text
    assert "wrong in 1 of 3000 entries" in verdict.text


def test_large_arrays_of_the_wrong_shape_are_summarised():
    text = grade("sigmoid-prime", lambda a: np.zeros((9, 9))).text
    assert "expected slope: array of shape (3,), float64\n    got      slope: array of shape (9, 9)" in text


def test_as_many_digits_as_it_takes():
    text = grade(
        "gain-per-layer", lambda norms: EXERCISES["gain-per-layer"].reference(norms) * (1 + 1e-6)
    ).text
    assert "expected gain = 0.25\n    got      gain = 0.25000025" in text
