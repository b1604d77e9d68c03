"""The checker and every exercise of the registry: right answers, known mistakes, and hostile ones."""

import _thread
import dataclasses
import functools
import inspect
import math
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from answers import OTHER_STYLE
from answers.backprop import central_difference_in_place
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from toy import double, flat, planted, toy

from lstm_course.activations import get_activation, sigmoid, sigmoid_prime
from lstm_course.checker import runner
from lstm_course.checker.compare import agrees
from lstm_course.checker.judging import judge
from lstm_course.checker.structure import leaves, read_answer
from lstm_course.exercises import EXERCISES, Exercise, Mistake, _catalog, check, grade
from lstm_course.network import MLPParams, layer_backward, mlp_backward

quick = settings(max_examples=25, deadline=None)

# Those that ask for a function; the other kinds are in test_exercise_tasks.py.
FUNCTIONS = {label: task for label, task in EXERCISES.items() if isinstance(task, Exercise)}


def fingerprint(args):
    """Everything in the arguments of a case that must not change."""
    return [
        (name, leaf.dtype.str, leaf.shape, leaf.tobytes())
        if isinstance(leaf, np.ndarray)
        else (name, str(leaf))
        for k, arg in enumerate(args)
        for name, leaf in leaves(str(k), arg)
    ]


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


def _torch_answers(torch):
    f = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda a: a}

    def leaf(array):
        return torch.tensor(array, requires_grad=True)

    def sigmoid_prime_(a):
        a = leaf(a)
        torch.sigmoid(a).sum().backward()
        return a.grad.numpy()

    def layer(weight, h_prev, a, dh, activation):
        weight, h_prev = leaf(weight), leaf(h_prev)
        bias = leaf(a - h_prev.detach().numpy() @ weight.detach().numpy().T)  # one bias for each example
        out = h_prev @ weight.T + bias
        out.retain_grad()
        f[activation](out).backward(torch.tensor(dh))
        return h_prev.grad.numpy(), weight.grad.numpy(), bias.grad.sum(0).numpy(), out.grad.numpy()

    def mlp(params, cache, dy):
        weights, biases = [leaf(w) for w in params.weights], [leaf(b) for b in params.biases]
        h = x = leaf(cache.h[0])
        for k, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
            h = f[cache.output if k == len(weights) else cache.activation](h @ weight.T + bias)
        h.backward(torch.tensor(dy))
        return x.grad.numpy(), MLPParams([w.grad.numpy() for w in weights], [b.grad.numpy() for b in biases])

    def chain(weights, biases, x):
        h = x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        for w, b in zip(weights.tolist(), biases.tolist(), strict=True):
            h = torch.sigmoid(w * h + b)
        h.backward()
        return x.grad.item()

    return {
        "sigmoid-prime": sigmoid_prime_,
        "layer-backward": layer,
        "mlp-backward": mlp,
        "chain-gradient": chain,
    }


@pytest.mark.parametrize("label", ["sigmoid-prime", "layer-backward", "mlp-backward", "chain-gradient"])
def test_autograd_answers_pass(label):
    verdict = grade(label, _torch_answers(pytest.importorskip("torch"))[label], time_limit=60)
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


# --- right, but -------------------------------------------------------------------------------------


def remarks_on(label, fn):
    verdict = grade(label, fn)
    assert verdict.status == "right, but", verdict.text
    assert all(flat(remark) in flat(verdict.text) for remark in verdict.remarks)
    return list(verdict.remarks)


def test_changed_arguments_are_named_and_nobody_elses_arrays_change():
    def answer(weight, h_prev, a, dh, activation):
        dh *= get_activation(activation).f_prime(a)
        result = dh @ weight, dh.T @ h_prev, dh.sum(axis=0), dh.copy()
        weight[:] = np.nan
        return result

    exercise = EXERCISES["layer-backward"]
    before = [fingerprint(args) for args in exercise.cases()]
    [remark] = remarks_on("layer-backward", answer)
    assert "changes its argument weight and dh in place" in remark
    assert [fingerprint(args) for args in exercise.cases()] == before


def test_changes_inside_a_structure_are_named():
    def answer(params, cache, dy):
        result = mlp_backward(params, cache, dy)[:2]
        params.biases[0][0] += 1
        cache.a[0].shape = (-1,)
        return result

    [remark] = remarks_on("mlp-backward", answer)
    assert "params.biases[0] and cache.a[0]" in remark


def test_a_list_that_changes_its_length_is_named():
    exercise = toy(
        sample=lambda rng, size: ([rng.standard_normal(2), rng.standard_normal(2)],),
        reference=lambda x: x[0] + x[1],
        mistakes=tuple(Mistake(str(k), f"Hint {k}.", lambda x, k=k: x[0] + k) for k in range(3)),
    )
    verdict = judge(exercise, lambda x: x.pop() + x[0])
    assert "It changes its argument x in place" in verdict.text


def test_a_mutating_answer_is_graded_on_fresh_arguments_and_told_when_wrong():
    def answer(y, target):
        y -= target
        return np.sum(y**2), y

    verdict = grade("squared-error", answer)
    assert verdict.status == "wrong"
    assert "changes its argument y" in flat(verdict.text)


def test_one_array_used_again_for_every_answer_does_not_fool_the_checker():
    shared = np.zeros(3)

    def answer(a):
        shared[:] = sigmoid_prime(a)
        return shared

    exercise = toy(
        reference=sigmoid_prime,
        inputs=("a",),
        sample=lambda rng, size: (rng.standard_normal(3),),
    )
    assert judge(exercise, answer).status == "right"


@pytest.mark.parametrize(
    ("label", "answer", "part"),
    [
        ("sigmoid-prime", lambda a: sigmoid_prime(a.astype(np.float64)), "slope comes back as float64"),
        (
            "layer-backward",
            lambda *args: (
                *layer_backward(*args)[:1],
                *(np.float64(part) for part in layer_backward(*args)[1:]),
            ),
            "dweight comes back as float64 where float32 is expected",
        ),
        (
            "explosion-width",
            lambda w: EXERCISES["explosion-width"].reference(w).tolist(),
            "a list, not as a NumPy",
        ),
        (
            "sigmoid-prime",
            lambda a: np.matrix(sigmoid_prime(a)) if a.ndim == 2 else sigmoid_prime(a),
            "matrix",
        ),
        (
            "mlp-backward",
            lambda *args: (mlp_backward(*args)[0], tuple(vars(mlp_backward(*args)[1]).values())),
            "a tuple where MLPParams is expected",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_odd_types_are_right_but(label, answer, part):
    assert part in flat(" ".join(remarks_on(label, answer)))


def test_no_dtype_remark_for_plain_numbers():
    assert (
        grade(
            "gain-per-layer", lambda norms: np.float64(norms[0] / norms[-1]) ** (1 / (len(norms) - 1))
        ).status
        == "right"
    )
    assert judge(toy(reference=lambda x: 2.0, mistakes=toy().mistakes), lambda x: 2).status == "right"


def test_a_slow_answer_is_told_and_a_slow_first_call_is_not():
    reference = EXERCISES["gain-per-layer"].reference
    calls = []

    def work():
        start = time.thread_time()
        while time.thread_time() - start < 0.25:
            pass

    def slow(norms):
        if len(norms) == 30:
            work()
        return reference(norms)

    def slow_once(norms):
        calls.append(len(norms))
        if calls.count(30) == 1 and len(norms) == 30:
            work()
        return reference(norms)

    verdict = grade("gain-per-layer", slow, time_limit=30)
    assert verdict.status == "right, but"
    assert "It is slow" in verdict.text
    assert grade("gain-per-layer", slow_once, time_limit=30).status == "right"
    assert calls.count(30) == 2

    def slow_then_endless(norms):
        calls.append(len(norms))
        while calls.count(30) == 4:  # the second chance
            pass
        return slow(norms)

    assert grade("gain-per-layer", slow_then_endless, time_limit=2).status == "right, but"
    assert not threads_of("gain-per-layer")


# --- not attempted, raised --------------------------------------------------------------------------


@pytest.mark.parametrize("label", FUNCTIONS)
def test_a_stub_is_not_attempted(label):
    calls = []

    def stub(*args):
        calls.append(args)
        raise NotImplementedError

    verdict = grade(label, stub)
    assert verdict.status == "not attempted"
    assert len(calls) == 1
    assert flat(EXERCISES[label].prompt) in flat(verdict.text)
    assert EXERCISES[label].call in flat(verdict.text)


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


# --- timed out --------------------------------------------------------------------------------------


def threads_of(label):
    """Threads of an answer that are still there, after a moment in which to end."""
    found = [thread for thread in threading.enumerate() if thread.name == f"answer to {label}"]
    for thread in found:
        thread.join(0.5)
    return [thread for thread in found if thread.is_alive()]


def endless(a):
    while True:
        pass


def endless_that_swallows(a):
    while True:
        try:
            np.exp(a)
        except Exception:
            continue


def endless_in_the_handler(a):
    try:
        return a.no_such_attribute
    except AttributeError:
        while True:
            np.exp(a)


@pytest.mark.parametrize("answer", [endless, endless_that_swallows, endless_in_the_handler])
def test_an_endless_loop_is_stopped_and_its_thread_ends(answer):
    start = time.monotonic()
    verdict = grade("sigmoid-prime", answer, time_limit=0.2)
    assert verdict.status == "timed out"
    assert time.monotonic() - start < 2.5
    assert f"in {answer.__name__}" in verdict.text
    assert "stopped after 0.2 s, in case 1 of 6" in verdict.text
    assert "background" not in verdict.text
    assert not threads_of("sigmoid-prime")


def test_an_endless_loop_in_the_conversion_of_the_answer_is_stopped_too():
    class Endless:
        def __array__(self, dtype=None, copy=None):
            while True:
                pass

    assert grade("sigmoid-prime", lambda a: Endless(), time_limit=0.2).status == "timed out"
    assert not threads_of("sigmoid-prime")


def test_a_loop_in_a_later_case_is_stopped_there():
    def answer(a):
        while len(a) == 4:
            pass
        return sigmoid_prime(a)

    assert grade("sigmoid-prime", answer, time_limit=0.2).case == 3


def test_a_blocking_call_is_left_behind_and_the_notebook_goes_on(monkeypatch):
    monkeypatch.setattr(runner, "_GRACE", 0.1)
    released = threading.Event()
    verdict = grade("gain-per-layer", lambda norms: released.wait(), time_limit=0.1)
    assert verdict.status == "timed out"
    assert "goes on in the background" in flat(verdict.text)
    assert grade("gain-per-layer", EXERCISES["gain-per-layer"].reference).status == "right"
    assert threads_of("gain-per-layer")
    released.set()
    assert not threads_of("gain-per-layer")


@pytest.fixture
def interruptible():
    """An interrupt arrives as it does in a notebook, although this process may ignore it (nohup does that)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_of_the_notebook_stops_the_answer():
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("needs the main thread")
    start = time.monotonic()
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        grade("sigmoid-prime", endless, time_limit=20)
    timer.join()
    assert time.monotonic() - start < 5
    assert not threads_of("sigmoid-prime")


def test_a_stop_that_comes_too_late_does_no_harm():
    for _ in range(20):
        worker = runner._Worker(lambda: None, "late")
        worker.start()
        assert worker.stop()
        assert worker.closed


def test_a_fault_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        runner.run_limited(lambda: 1 / 0, 1.0)


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
        (layer_with(da=lambda d: d + 1), "da is wrong in 6 of 6 entries"),
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
def test_hostile_objects_are_not_accepted(label, make):
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


def test_patching_numpy_inside_the_answer_does_not_help(monkeypatch):
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


def test_verdicts_are_the_same_every_time_and_fit_the_page():
    for label, exercise in FUNCTIONS.items():
        answers = [mistake.wrong for mistake in exercise.mistakes]
        for answer in [*answers, lambda *args: None, lambda *args: {}["no"]]:
            text = grade(label, answer).text
            assert text == grade(label, answer).text
            assert max(map(len, text.splitlines())) <= 96
            assert "0x" not in text


def test_the_package_needs_numpy_only():
    code = (
        "import sys, lstm_course.exercises; "
        "print([name for name in ('torch', 'matplotlib', 'IPython', 'sklearn', 'pandas') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


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
        ValueError, match=f"label must be one of .*, got '{label}'; did you mean 'sigmoid-prime'"
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


# --- the comparison ---------------------------------------------------------------------------------

floats = st.floats(-1e6, 1e6)


@quick
@given(
    array=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=floats), data=st.data()
)
def test_agreement_is_relative_to_the_largest_entry(array, data):
    assert agrees(array, array, 1e-7, 0.0)
    j = data.draw(st.sampled_from(list(np.ndindex(array.shape))))
    scale = abs(array).max()
    near, far = array.copy(), array.copy()
    near[j] += 0.5e-7 * scale
    far[j] += 3e-7 * scale + 1e-9
    assert agrees(near, array, 1e-7, 0.0)
    assert not agrees(far, array, 1e-7, 0.0)
    assert not agrees(array[None], array, 1e-7, 1.0)


def test_nan_and_infinity_agree_with_themselves_only():
    want = np.array([1.0, np.nan, np.inf])
    assert agrees(want, want, 1e-7, 0.0)
    for other in (
        [1.0, np.nan, -np.inf],
        [1.0, np.inf, np.nan],
        [1.0, np.nan, 3.0],
        [np.nan, np.nan, np.inf],
    ):
        assert not agrees(np.array(other), want, 1e-7, 1.0)


@quick
@given(
    array=hnp.arrays(
        np.float32, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-8, 8, width=32)
    )
)
def test_reading_copies_what_came(array):
    answer = read_answer(array, array.copy(), ("y",))
    assert answer.parts["y"].tobytes() == array.tobytes()
    assert not np.shares_memory(answer.parts["y"], array)
    assert not answer.faults
    assert not answer.remarks
    listed = read_answer(array.tolist(), array, ("y",))
    assert agrees(listed.parts["y"], array, 1e-6, 0.0)
    assert "list" in listed.remarks["y"]
