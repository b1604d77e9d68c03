"""Answers that want to be taken for right, and what must stay as it was."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from toy import FUNCTIONS, WAYS, take

from lstm_course.activations import sigmoid_prime
from lstm_course.exercises import EXERCISES, grade
from lstm_course.network import mlp_backward

# --- hostile answers --------------------------------------------------------------------------------


class EqualToAll:
    """Agrees with everything that it is compared with."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def _yes(self, *args, **kwargs):
        return self

    __sub__ = __rsub__ = __abs__ = __le__ = __lt__ = __ge__ = __array_ufunc__ = _yes
    all = any = ravel = astype = _yes
    shape, ndim, dtype = (3,), 1, np.dtype(np.float64)


class Flattering(np.ndarray):
    """An array whose differences are zero."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(3)

    def __array_function__(self, *args, **kwargs):
        return True

    def astype(self, *args, **kwargs):
        return np.zeros(3)

    def __array_finalize__(self, parent):
        pass


class Pretender:
    """Claims to be an array by its `__class__`."""

    __class__ = np.ndarray
    shape, dtype = (3,), np.dtype(np.float64)


class Refusing:
    """Raises at every touch."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError


class Yes(list):
    """A list that claims whatever length and content you like."""

    def __len__(self):
        return 4

    def __iter__(self):
        return iter([EqualToAll()] * 4)


@pytest.mark.parametrize("label", FUNCTIONS)
@pytest.mark.parametrize(
    "make",
    [
        EqualToAll,
        lambda: np.zeros(3).view(Flattering),
        Pretender,
        Refusing,
        Yes,
        lambda: type,
        lambda: NotImplemented,
    ],
    ids=["equal to all", "flattering", "pretender", "refusing", "yes", "type", "NotImplemented"],
)
def test_hostile_objects_are_not_accepted(monkeypatch, label, make):
    take(monkeypatch, "thread")  # where an answer is nearest to us
    count = len(EXERCISES[label].outputs)
    for answer in (lambda *args: make(), lambda *args: (make(),) * count):
        assert grade(label, answer).status in ("wrong", "raised")


def test_hostile_changes_of_the_arguments_stay_with_the_answer():
    def answer(params, cache, dy):
        result = mlp_backward(params, cache, dy)[:2]
        object.__setattr__(params, "weights", (Refusing(),))
        return result

    assert grade("mlp-backward", answer).status in ("right, but", "raised")
    assert grade("mlp-backward", EXERCISES["mlp-backward"].reference).status == "right"


def test_a_callable_object_with_attributes_is_judged_by_what_it_returns():
    class Cheat:
        status = "right"
        __name__ = "sigmoid_prime"
        __wrapped__ = sigmoid_prime

        def __eq__(self, other):
            return True

        def __hash__(self):
            return 0

        def __call__(self, a):
            return a * 0 + 7

    assert grade("sigmoid-prime", Cheat()).status == "wrong"


@pytest.mark.parametrize("way", WAYS)
def test_patching_numpy_inside_the_answer_does_not_help(monkeypatch, way):
    take(monkeypatch, way)

    def answer(a):
        monkeypatch.setattr(np, "allclose", lambda *args, **kwargs: True)
        monkeypatch.setattr(np.testing, "assert_allclose", lambda *args, **kwargs: None)
        monkeypatch.setattr("lstm_course.activations.sigmoid_prime", lambda a: a * 0)
        return a * 0

    assert grade("sigmoid-prime", answer).status == "wrong"


def test_not_every_not_implemented_error_is_a_stub():
    def answer(a):
        return EXERCISES["sigmoid-prime"].reference(missing_in_some_library(a))

    def missing_in_some_library(a):
        kind = type("NotImplementedError", (NotImplementedError,), {})
        raise kind("no such kernel")

    assert grade("sigmoid-prime", answer).status == "raised"


# --- what must stay as it was -----------------------------------------------------------------------


def test_global_state_is_untouched():
    def answer(a):
        np.random.default_rng(0).random()
        warnings.warn("of the answer", stacklevel=1)
        return np.log(-abs(a))

    np.random.seed(3)  # noqa: NPY002
    state, settings_, filters = np.random.get_state()[1].tolist(), np.geterr(), warnings.filters[:]  # noqa: NPY002
    assert grade("sigmoid-prime", answer).status == "wrong"
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert np.geterr() == settings_
    assert warnings.filters == filters


def test_verdicts_are_the_same_every_time_and_fit_the_page(monkeypatch):
    seen = []
    for way in ("thread", "here"):  # without the cost of a thousand processes
        take(monkeypatch, way)
        for label, exercise in FUNCTIONS.items():
            answers = [mistake.wrong for mistake in exercise.mistakes]
            for answer in [*answers, lambda *args: None, lambda *args: {}["no"]]:
                seen.append((way, label, grade(label, answer).text))
    assert [entry[1:] for entry in seen if entry[0] == "thread"] == [
        entry[1:] for entry in seen if entry[0] == "here"
    ]
    for _, _, text in seen:
        assert max(map(len, text.splitlines())) <= 96
        assert "0x" not in text


def test_the_package_needs_numpy_only():
    code = (
        "import sys, lstm_course.exercises; "
        "print([name for name in ('torch', 'matplotlib', 'IPython', 'sklearn', 'pandas') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
