"""What can be said of numbers that no named mistake explains."""

import numpy as np
import pytest
from toy import flat, planted, toy

from lstm_course.checker import Mistake, judge
from lstm_course.exercises import EXERCISES, grade
from lstm_course.lstm import LSTMParams, lstm_step
from lstm_course.lstm_variants import variant_step_backward

# --- the order of the outputs -----------------------------------------------------------------------


def in_order(*places):
    """`variant_step_backward` with its values in another order."""

    def answer(*args):
        values = variant_step_backward(*args)
        return tuple(values[place] for place in places)

    return answer


def test_the_order_of_the_outputs_is_asked_before_mistakes_that_explain_a_part():
    exercise = toy(
        outputs=("y", "z"),
        reference=lambda x: (2 * x, x**3),
        mistakes=tuple(
            Mistake(name, f"Hint of {name}.", wrong)
            for name, wrong in (
                ("cube", lambda x: (x**3, x**3)),  # each explains one of the exchanged values
                ("double", lambda x: (2 * x, 2 * x)),
                ("none", lambda x: (x, x)),
            )
        ),
    )
    verdict = judge(exercise, lambda x: (x**3, 2 * x))
    assert "The values are right, but in another order: (z, y)." in verdict.text
    assert verdict.mistakes == ()
    assert judge(exercise, lambda x: (x**3, x**3)).mistakes == ("cube",)


def test_an_order_that_is_a_named_mistake_earns_its_hint():
    verdict = grade("lstm-step", lambda *args: lstm_step(*args)[1::-1])
    assert verdict.mistakes == ("c and h returned in the wrong order",)
    assert "in another order: (dx_t, dc_prev, dh_prev, dparams)" in flat(
        grade("coupled-backward", in_order(0, 2, 1, 3)).text
    )


# --- tiny numbers -----------------------------------------------------------------------------------


def test_a_mistake_in_tiny_numbers_is_told_from_another_one():
    tiny = toy(
        atol=1e-12,
        sample=lambda rng, size: (1e-11 * rng.uniform(1, 2, (2, 3)),),
        mistakes=tuple(
            Mistake(str(factor), f"Hint {factor}.", lambda x, factor=factor: factor * x)
            for factor in (3.05, 3.0, 2.95)
        ),
    )
    for mistake in tiny.mistakes:
        assert judge(tiny, mistake.wrong).mistakes == (mistake.name,)
    assert judge(tiny, lambda x: 3.02 * x).mistakes == ()


def test_where_a_mistake_does_not_show_the_answer_need_only_be_right():
    def at_small(x):
        return np.where(abs(x) < 1e-6, 0, x**2 + 9)

    exercise = toy(
        atol=1e-7,
        sample=lambda rng, size: (rng.standard_normal(3) * (1e-9 if size == 1 else 1),),
        mistakes=planted(at_small),
    )
    verdict = judge(exercise, lambda x: at_small(x) + 1e-10 * (abs(x).max() < 1e-6))
    assert verdict.mistakes == ("planted",)


# --- tuples -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: (2 * x, x), "y is a tuple of 2 values, but one array is expected."),
        (lambda x: (2 * x, x, 3.0), "y is a tuple of 3 values, but one array is expected."),
        (lambda x: (2 * x,), "y is a tuple of one value. Is there a comma after the returned value?"),
    ],
)
def test_a_tuple_where_an_array_is_expected(answer, said):
    assert said in flat(judge(toy(), answer).text)


def test_a_tuple_where_a_number_is_expected_and_one_of_rows_that_will_do():
    total = toy(reference=lambda x: float(x.sum()))
    assert (
        "y is a tuple of 2 values, but one number is expected." in judge(total, lambda x: (x.sum(), 2)).text
    )
    verdict = judge(toy(), lambda x: tuple(2 * x))  # a row each
    assert verdict.status == "right, but"
    assert "y comes back as a tuple, not as a NumPy array." in flat(verdict.text)


# --- axes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 3, 3), (2, 2, 2, 2), (2, 3, 2, 3)])
def test_axes_in_another_order_are_found_in_any_dimension(shape):
    exercise = toy(sample=lambda rng, size: (rng.standard_normal(shape),))
    order = (1, 0, *range(2, len(shape)))
    text = flat(judge(exercise, lambda x: (2 * x).transpose(order)).text)
    assert f"y has its axes in another order: transpose{order} mends it" in text
    assert ("is expected, got" in text) == (shape[0] != shape[1])


def test_a_cycle_of_axes_is_mended_by_what_is_said():
    exercise = toy(sample=lambda rng, size: (rng.standard_normal((2, 3, 4)),))
    assert "transpose(1, 2, 0) mends it" in flat(judge(exercise, lambda x: (2 * x).transpose(2, 0, 1)).text)


def test_two_axes_are_transposed():
    square = toy(sample=lambda rng, size: (rng.standard_normal((3, 3)),))
    assert "y is transposed." in judge(square, lambda x: 2 * x.T).text


# --- factors ----------------------------------------------------------------------------------------


def batched(**changes):
    """An exercise whose output has no axis of the batch."""
    made = {
        "inputs": ("scale", "x", "window"),
        "sample": lambda rng, size: (2.0, rng.standard_normal((size + 2, 3 + size % 3, 2)), 4 + 3 * size),
        "reference": lambda scale, x, window: scale * x.sum(axis=(0, 1)),
        "mistakes": tuple(
            Mistake(str(k), f"Hint {k}.", lambda scale, x, window, k=k: x[0, 0] + k) for k in range(3)
        ),
    }
    return toy(**made | changes)


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (lambda x, window: 1 / x.shape[1], "1/x.shape[1]"),
        (lambda x, window: 1 / len(x), "1/len(x)"),
        (lambda x, window: len(x), "len(x)"),
        (lambda x, window: 1 / (2 * len(x)), "1/(2 * len(x))"),
        (lambda x, window: 1 / (len(x) * x.shape[1]), "1/(len(x) * x.shape[1])"),
        (lambda x, window: window, "window"),
        (lambda x, window: 2 / window, "2/window"),
    ],
)
def test_a_factor_is_found_wherever_the_batch_is_an_axis_of_an_input(factor, said):
    def answer(scale, x, window):
        return scale * x.sum(axis=(0, 1)) * factor(x, window)

    assert f"y is {said} times the right answer." in judge(batched(), answer).text


def test_a_batch_that_only_a_structure_holds_is_found_and_symbols_of_the_outputs_come_first():
    def multiplied(params, cache, dh_t, dc_t):
        dx_t, dh_prev, dc_prev, d = variant_step_backward(params, cache, dh_t, dc_t)
        count = d.bias.dtype.type(len(dh_t))
        return dx_t, dh_prev, dc_prev, LSTMParams(d.weight_ih * count, d.weight_hh, d.bias)

    assert "dparams.weight_ih is B times the right answer" in flat(grade("coupled-backward", multiplied).text)
    nested = batched(
        inputs=("pair",),
        sample=lambda rng, size: ((2.0, rng.standard_normal((size + 2, 3))),),
        reference=lambda pair: pair[0] * pair[1].sum(axis=0),
        mistakes=tuple(Mistake(str(k), f"Hint {k}.", lambda pair, k=k: pair[1][0] + k) for k in range(3)),
    )
    text = judge(nested, lambda pair: pair[0] * pair[1].mean(axis=0)).text
    assert "y is 1/len(pair[1]) times the right answer." in text


def test_the_mean_over_the_steps_in_a_truncated_gradient_has_its_factor_named():
    exercise = EXERCISES["truncated-backward"]

    def averaged(params, steps, dh, window):
        d = exercise.reference(params, steps, dh, window)
        count = dh.dtype.type(dh.shape[1])
        return type(d)(d.weight_ih / count, d.weight_hh / count, d.bias / count)

    assert "is 1/dh.shape[1] times the right answer" in flat(grade("truncated-backward", averaged).text)


def test_two_values_in_the_wrong_order_beside_a_structure():
    def answer(params, cache, dh_t, dc_t):
        dx_t, dh_prev, dc_prev, dparams = variant_step_backward(params, cache, dh_t, dc_t)
        return dx_t, dc_prev, dh_prev, dparams

    text = grade("coupled-backward", answer).text
    assert "right, but in another order: (dx_t, dc_prev, dh_prev, dparams)." in " ".join(text.split())


def test_what_has_no_name_is_told_in_one_sentence():
    def answer(params, cache, dh_t, dc_t):
        dx_t, dh_prev, dc_prev, dparams = variant_step_backward(params, cache, dh_t, dc_t)
        bias = dparams.bias.copy()
        bias[0] += 1
        weights = dparams.weight_ih + dparams.weight_ih**2 + 0.37, dparams.weight_hh
        return dx_t, dh_prev, dc_prev, LSTMParams(*weights, bias)

    text = " ".join(grade("coupled-backward", answer).text.split())
    assert "dparams.weight_ih and dparams.bias (in 1 of 4 entries) are wrong, in a way that fits no" in text
    assert text.count("Work the case below by hand.") == 1
