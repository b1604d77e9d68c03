"""Every exercise that asks for a function: its reference, its mistakes, right answers, stubs, the door."""

import dataclasses
import functools
import inspect
import math

import numpy as np
import pytest
import torch
from answers import OTHER_STYLE
from answers.backprop import central_difference_in_place
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_answers import AUTOGRAD
from toy import FUNCTIONS, double, fingerprint, flat, planted, toy

from lstm_course.activations import sigmoid, sigmoid_prime
from lstm_course.checker.judging import judge
from lstm_course.exercises import EXERCISES, _catalog, check, grade

quick = settings(max_examples=25, deadline=None)

# --- the registry -----------------------------------------------------------------------------------


def faults(exercise):
    """What is wrong with an exercise itself."""
    found = []
    cases, again = exercise.cases(), exercise.cases()
    if [fingerprint(args) for args in cases] != [fingerprint(args) for args in again]:
        found.append("cases differ from one call to the next")
    names = tuple(inspect.signature(exercise.reference).parameters)[: len(exercise.inputs)]
    if names != exercise.inputs:
        found.append(f"inputs are not those of the reference: {names}")
    if judge(exercise, exercise.reference).status != "right":
        found.append("the reference is not right")
    for mistake in exercise.mistakes:
        verdict = judge(exercise, mistake.wrong)
        if verdict.mistakes != (mistake.name,):
            found.append(f"{mistake.name!r} is taken for {verdict.mistakes or verdict.status}")
        elif flat(mistake.hint) not in flat(verdict.text):
            found.append(f"{mistake.name!r} does not earn its hint")
        sentences = mistake.hint.count(". ") + 1
        if not mistake.hint.endswith((".", "?")) or sentences > 3 or len(mistake.hint) > 300:
            found.append(f"the hint of {mistake.name!r} is not one to three sentences")
    return found


@pytest.mark.parametrize("exercise", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_reference_is_right_and_every_mistake_earns_its_own_hint(exercise):
    assert faults(exercise) == []


def test_the_registry():
    assert list(EXERCISES) == [exercise.label for exercise in EXERCISES.values()]
    hints = [mistake.hint for exercise in FUNCTIONS.values() for mistake in exercise.mistakes]
    assert len(set(hints)) == len(hints)
    with pytest.raises(TypeError):
        EXERCISES["sigmoid-prime"] = None
    for exercise in FUNCTIONS.values():
        assert exercise.solution.startswith("lstm_course.")
        assert "exercises" not in exercise.solution
        assert exercise.prompt.endswith(".")


def test_a_label_stands_once():
    with pytest.raises(ValueError, match="'sigmoid-prime' is there twice"):
        _catalog.Catalog(["backprop", "backprop"])


def test_the_validation_finds_planted_faults():
    assert faults(toy()) == []
    assert faults(toy(mistakes=planted(double))) == ["'planted' is taken for right"]
    assert faults(toy(mistakes=planted(lambda x: x * x))) == ["'planted' is taken for ('square',)"]
    assert "hint of 'planted'" in faults(toy(mistakes=planted(lambda x: x - 1, "No sentence")))[0]
    state = np.random.default_rng(0)
    assert "cases differ" in faults(toy(sample=lambda rng, size: (state.standard_normal(2),)))[0]

    def doubles_in_place(x):
        x *= 2
        return x

    assert faults(toy(reference=doubles_in_place)) == ["the reference is not right"]
    assert "inputs" in faults(toy(inputs=("z",)))[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": "Toy_1"}, "label must be lower-case"),
        ({"level": "easy"}, "level of toy must be one of warm-up, core, hard"),
        ({"mistakes": toy().mistakes[:2]}, "at least 3, got 2"),
        ({"mistakes": planted(abs, "Hint of cube.")}, "a hint of their own"),
        ({"mistakes": planted(abs, " ")}, "a hint of their own"),
        ({"mistakes": toy().mistakes * 2}, "a name of their own"),
        ({"shapes": ("(n)", "(m)")}, "shapes of toy must be one for each"),
    ],
)
def test_an_unsound_exercise_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        toy(**changes)


# --- right answers in another style -----------------------------------------------------------------


@pytest.mark.parametrize("label", FUNCTIONS)
def test_right_answers_in_another_style_pass(label):
    for answer in OTHER_STYLE[label]:
        verdict = grade(label, answer)
        assert verdict.status == "right", verdict.text
        assert verdict.text.splitlines()[-1].endswith(EXERCISES[label].solution)


def in_one_thread(answer):
    """Threads of torch that wait for one another on a busy machine would pass for a slow answer."""

    def alone(*args):
        torch.set_num_threads(1)  # of the thread in which the answer runs
        return answer(*args)

    return alone


@pytest.mark.parametrize("label", AUTOGRAD)
def test_autograd_answers_pass(label):
    threads = torch.get_num_threads()
    verdict = grade(label, in_one_thread(AUTOGRAD[label]), time_limit=60)
    torch.set_num_threads(threads)
    assert verdict.status == "right", verdict.text


@quick
@given(exponent=st.floats(-7, -3))
def test_central_differences_of_any_sensible_step_pass_and_one_sided_ones_are_named(exponent):
    step = 10**exponent

    def one_sided(f, x):
        gradient = np.zeros(x.shape)
        for j in np.ndindex(x.shape):
            moved = x.copy()
            moved[j] += step
            gradient[j] = (f(moved) - f(x)) / step
        return gradient

    central = functools.partial(central_difference_in_place, step=step)
    assert grade("central-difference", central).status == "right"
    assert grade("central-difference", one_sided).mistakes == ("one-sided difference",)


# --- the door ---------------------------------------------------------------------------------------


def test_check_prints_the_verdict_and_returns_nothing(capsys):
    assert check("sigmoid-prime", sigmoid_prime) is None
    printed = capsys.readouterr().out
    assert printed == grade("sigmoid-prime", sigmoid_prime).text + "\n"
    assert printed.startswith("sigmoid-prime: right. All 6 cases agree.")


def test_a_verdict_prints_as_its_text_and_cannot_be_changed():
    verdict = grade("sigmoid-prime", sigmoid)
    assert str(verdict) == verdict.text
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.status = "right"


@pytest.mark.parametrize("label", ["sigmoid_prime", "Sigmoid-Prime", "sigmoid-prim"])
def test_an_unknown_label_comes_with_a_suggestion(label):
    with pytest.raises(
        ValueError, match=rf"^did you mean 'sigmoid-prime'\? label must be one of .*, got '{label}'$"
    ):
        check(label, sigmoid_prime)


def test_a_label_like_no_other_lists_them_all():
    with pytest.raises(ValueError, match="layer-backward") as caught:
        grade("zzz", sigmoid_prime)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("label", [None, 3, ["sigmoid-prime"]])
def test_a_label_must_be_a_string(label):
    with pytest.raises(TypeError, match="label must be a string"):
        grade(label, sigmoid_prime)


@pytest.mark.parametrize(
    ("fn", "kind"), [(sigmoid_prime(np.zeros(2)), "an array"), (None, "NoneType"), (0.2, "a float")]
)
def test_what_cannot_be_called_is_refused(fn, kind):
    with pytest.raises(TypeError, match=f"fn must be the function itself.*got {kind}"):
        check("sigmoid-prime", fn)


@pytest.mark.parametrize("limit", [0, -1, math.inf, math.nan])
def test_the_time_limit_must_be_positive_and_finite(limit):
    with pytest.raises(ValueError, match="time_limit must be"):
        check("sigmoid-prime", sigmoid_prime, time_limit=limit)
