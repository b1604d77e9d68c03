"""Answers that are not written yet, or raise."""

import inspect
import math

import pytest
from toy import FUNCTIONS, flat

from lstm_course.activations import get_activation
from lstm_course.exercises import EXERCISES, grade
from lstm_course.network import MLPParams, mlp_backward

# --- not attempted, raised --------------------------------------------------------------------------


@pytest.mark.parametrize("label", FUNCTIONS)
def test_a_stub_is_not_attempted(label, capsys):
    def stub(*args):
        print("called")
        raise NotImplementedError

    verdict = grade(label, stub)
    assert verdict.status == "not attempted"
    assert capsys.readouterr().out == "called\n"
    assert flat(EXERCISES[label].prompt) in flat(verdict.text)
    assert EXERCISES[label].call in flat(verdict.text)


def unwritten_helper(a):
    raise NotImplementedError("your answer")


@pytest.mark.parametrize("answer", [lambda a: unwritten_helper(a), lambda a: sum(map(unwritten_helper, a))])
def test_a_helper_that_is_still_a_stub_is_named(answer):
    verdict = grade("sigmoid-prime", answer)
    assert verdict.status == "not attempted"
    first, second, *_ = verdict.text.splitlines()
    assert first == "sigmoid-prime: your function calls unwritten_helper, which is not written yet:"
    assert 'in unwritten_helper: raise NotImplementedError("your answer")' in second
    assert "Write unwritten_helper first" in verdict.text
    assert EXERCISES["sigmoid-prime"].prompt not in flat(verdict.text)


def test_a_stub_that_calls_itself_is_itself_unwritten():
    def answer(a):
        if a.ndim:
            return answer(a.sum())
        raise NotImplementedError

    assert "not attempted yet" in grade("sigmoid-prime", answer).text


def helper_that_fails(a):
    return a[0] + undefined_name  # noqa: F821  # the learner's line


def test_an_exception_shows_the_learners_lines_and_none_of_ours():
    def answer(norms):
        return sum(helper_that_fails(norms) for _ in range(3))

    verdict = grade("gain-per-layer", answer)
    assert verdict.status == "raised"
    assert verdict.case == 1
    first, outer, _, inner, error, *rest = verdict.text.splitlines()
    assert first == "gain-per-layer: your code raised NameError in case 1 of 5."
    assert "in answer: return sum(" in outer
    number = inspect.getsourcelines(helper_that_fails)[1] + 1
    assert inner.startswith(f"    line {number}, in helper_that_fails: return a[0] + undefined_name")
    assert error == "    NameError: name 'undefined_name' is not defined"
    assert "norms = [2, 8]" in "\n".join(rest)
    assert "fn(" not in verdict.text
    assert "_runner" not in verdict.text
    assert ".py" not in verdict.text


def test_an_exception_inside_the_package_is_shown_at_the_learners_line():
    def answer(weight, h_prev, a, dh, activation):
        return get_activation("sigmod")

    text = grade("layer-backward", answer).text
    assert 'return get_activation("sigmod")' in text
    assert "ValueError: activation must be one of" in text
    assert text.count("line ") == 1


def test_frames_of_generated_code_are_left_out():
    verdict = grade("mlp-backward", lambda params, cache, dy: MLPParams((), ()))
    assert "weights must hold at least one layer" in verdict.text
    assert "__init__" not in verdict.text


def test_an_answer_from_a_string_still_shows_its_line_number():
    scope = {}
    exec("def answer(a):\n    b = a\n    return b / 'x'", scope)
    assert "line 3, in answer" in grade("sigmoid-prime", scope["answer"]).text


def test_a_long_line_is_cut():
    def answer(norms):
        return norms["no such index, only a long string that fills the line up to its very end and then some"]

    lines = grade("gain-per-layer", answer).text.splitlines()
    assert max(map(len, lines)) <= 96
    assert lines[1].endswith(" ...")


def test_deep_recursion_is_shortened():
    def answer(norms):
        return answer(norms)

    text = grade("gain-per-layer", answer).text
    assert "RecursionError" in text
    assert "more of these" in text
    assert len(text.splitlines()) < 16


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, StopIteration])
def test_any_exception_of_the_answer_is_its_own(error):
    def answer(a):
        raise error("of the answer")

    verdict = grade("sigmoid-prime", answer)
    assert verdict.status == "raised"
    assert f"{error.__name__}: of the answer" in verdict.text


def test_an_exception_that_cannot_be_printed():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def answer(a):
        raise Mute

    assert "Mute" in grade("sigmoid-prime", answer).text


def test_a_very_long_message_is_cut():
    def answer(a):
        raise ValueError("long " * 1000)

    assert len(grade("sigmoid-prime", answer).text) < 700


@pytest.mark.parametrize(
    ("label", "answer", "advice"),
    [
        (
            "layer-backward",
            lambda weight, h_prev, a, dh, activation: dh @ weight.T @ h_prev,
            "The shapes do not fit",
        ),
        ("explosion-width", lambda w: 1.0 if abs(w) > 4 else 0.0, "np.where decides entry by entry"),
        ("sigmoid-prime", lambda a: math.exp(-a), "its namesake in NumPy"),
        ("squared-error", lambda y: y, "calls your function as (y, target) -> (loss, dy)"),
    ],
)
def test_common_exceptions_come_with_advice(label, answer, advice):
    verdict = grade(label, answer)
    assert verdict.status == "raised"
    assert advice in flat(verdict.text)


def test_a_mistake_that_only_raises_is_recognised_by_its_message():
    def bias_not_summed(params, cache, dy):
        dx, dparams, flow = mlp_backward(params, cache, dy)
        return dx, MLPParams(dparams.weights, flow.da)

    verdict = grade("mlp-backward", bias_not_summed)
    assert (verdict.status, verdict.mistakes) == ("raised", ("bias gradients not summed",))
    assert "biases[0] must have shape" in verdict.text
    assert not grade("mlp-backward", lambda params, cache, dy: int("x")).mistakes
