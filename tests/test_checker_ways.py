"""Where an answer runs: in a process, in a thread, or here; how it is stopped, and what does not outlive it.

Nothing goes by the clock: time is up when the answer has printed that it has come to a certain place.
"""

import _thread
import os
import signal
import sys
import threading

import numpy as np
import pytest
from toy import WAYS, flat, take, toy, until

from lstm_course.activations import sigmoid_prime
from lstm_course.checker import Exercise, intact, judge, limits, process, runner, thread
from lstm_course.checker.printed import MOST
from lstm_course.exercises import EXERCISES, grade


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Each of the ways that this machine has."""
    take(monkeypatch, request.param)
    return request.param


def threads_of(label):
    """Threads of an answer that are still there."""
    return [found for found in threading.enumerate() if found.name == f"answer to {label}"]


# --- the same verdict everywhere --------------------------------------------------------------------


def verdicts(fn):
    return [
        (label, grade(label, fn(exercise)).text)
        for label, exercise in EXERCISES.items()
        if isinstance(exercise, Exercise)
    ]


def test_every_reference_is_right_and_mistakes_read_the_same_in_every_way(monkeypatch):
    seen = {}
    for name in WAYS:
        take(monkeypatch, name)
        right = verdicts(lambda exercise: exercise.reference)
        assert all(f"{label}: right. " in text for label, text in right)
        seen[name] = right + verdicts(lambda exercise: exercise.mistakes[0].wrong)
    assert all(texts == seen["thread"] for texts in seen.values())


def test_the_first_way_that_there_is_is_taken(monkeypatch):
    took = []
    for name in ("in_a_thread", "in_this_thread"):
        monkeypatch.setattr(runner, name, lambda *args, name=name: took.append(name) or limits.Ending(True))
    monkeypatch.setattr(
        process, "in_a_process", lambda *args: took.append("in_a_process") or limits.Ending(True)
    )
    for platform in ("linux", "darwin", "win32", "emscripten"):
        monkeypatch.setattr(sys, "platform", platform)
        runner.run(abs, (), toy(), 1.0)
    assert took == ["in_a_process", "in_a_thread", "in_a_thread", "in_this_thread"]


@pytest.mark.parametrize("run", WAYS.values(), ids=WAYS)
def test_a_fault_of_ours_is_not_hidden(run):
    with pytest.raises(ZeroDivisionError):
        run(lambda send: 1 / 0, print, 1.0)


@pytest.mark.parametrize("run", WAYS.values(), ids=WAYS)
def test_what_is_sent_is_received_in_order(run):
    got = []
    ending = run(lambda send: [send((k, np.arange(k))) for k in range(3)], got.append, 1.0)
    assert ending == limits.Ending(True)
    assert [(k, array.tolist()) for k, array in got] == [(0, []), (1, [0]), (2, [0, 1])]


# --- the limit --------------------------------------------------------------------------------------


def endless(a):
    print("off")
    while True:
        pass


def endless_that_swallows(a):
    print("off")
    while True:
        try:
            np.exp(a)
        except Exception:
            continue


def endless_in_the_handler(a):
    try:
        return a.no_such_attribute
    except AttributeError:
        print("off")
        while True:
            np.exp(a)


def endless_in_the_answer(a):
    class Endless:
        def __array__(self, dtype=None, copy=None):
            print("off")
            while True:
                pass

    return Endless()


@pytest.mark.parametrize(
    "answer", [endless, endless_that_swallows, endless_in_the_handler, endless_in_the_answer]
)
def test_an_endless_loop_is_stopped_at_its_line_and_nothing_of_it_is_left(way, time_is_up, answer):
    time_is_up("off")
    verdict = grade("sigmoid-prime", answer, time_limit=60)
    assert verdict.status == "timed out"
    assert "stopped after 60 s, in case 1 of 6" in verdict.text
    assert f"in {'__array__' if answer is endless_in_the_answer else answer.__name__}: " in verdict.text
    assert "background" not in verdict.text
    until(lambda: not threads_of("sigmoid-prime"))
    assert grade("sigmoid-prime", sigmoid_prime).status == "right"


def test_a_loop_in_a_later_case_is_stopped_there(way, time_is_up):
    def answer(a):
        if len(a) == 4:
            print("here")
        while len(a) == 4:
            pass
        return sigmoid_prime(a)

    time_is_up("here")
    assert grade("sigmoid-prime", answer).case == 3


@pytest.fixture
def interruptible():
    """An interrupt arrives as it does in a notebook, although this process may ignore it (nohup does that)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("name", [name for name in WAYS if name != "here"])
def test_an_interrupt_of_the_notebook_stops_the_answer(monkeypatch, name):
    take(monkeypatch, name)
    notebook = os.getpid()

    def answer(a):
        os.kill(notebook, signal.SIGINT)
        while True:
            pass

    with pytest.raises(KeyboardInterrupt):
        grade("sigmoid-prime", answer)
    until(lambda: not threads_of("sigmoid-prime"))
    assert grade("sigmoid-prime", sigmoid_prime).status == "right"


def test_an_interrupt_of_its_own_is_the_answers(way):
    def answer(a):
        _thread.interrupt_main() if way == "process" else _raise()
        while True:
            pass

    def _raise():
        raise KeyboardInterrupt

    assert "your code raised KeyboardInterrupt" in grade("sigmoid-prime", answer).text


def test_a_call_that_blocks_is_left_behind_by_a_thread_and_the_notebook_goes_on(monkeypatch, time_is_up):
    take(monkeypatch, "thread")
    monkeypatch.setattr(thread, "TRIES", 1)
    released = threading.Event()
    time_is_up("waiting")
    verdict = grade("gain-per-layer", lambda norms: print("waiting") or released.wait())
    assert verdict.status == "timed out"
    assert "goes on in the background" in flat(verdict.text)
    assert grade("gain-per-layer", EXERCISES["gain-per-layer"].reference).status == "right"
    assert threads_of("gain-per-layer")
    released.set()
    until(lambda: not threads_of("gain-per-layer"))


def test_a_stop_that_comes_too_late_does_no_harm():
    for _ in range(20):
        worker = thread._Worker(lambda: None, "late")
        worker.start()
        assert worker.stop()
        assert worker.closed


def test_the_limit_is_that_of_the_clock(monkeypatch):
    monkeypatch.undo()  # the limit that the tests have in its place
    now = [100.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    limit, grace = limits.Limit(8), limits.Grace()
    assert (limit.left(), grace.left()) == (8.0, 5.0)
    now[0] = 107.5
    assert (limit.left(), grace.left()) == (0.5, 0.0)
    now[0] = 109
    assert limit.left() == 0.0


# --- what is printed --------------------------------------------------------------------------------


def test_what_an_answer_prints_is_shown_before_the_verdict(way, screen):
    screen.on()

    def answer(x):
        print("x is", x.shape)
        print("on stderr", file=sys.stderr)
        return 2 * x

    verdict = judge(toy(), answer)
    shown = [line for line in screen.getvalue().splitlines() if line.startswith("x is")]
    assert shown == [f"x is {(2, k)}" for k in range(1, 6)]
    assert verdict.status == "right"


def test_printing_is_capped(way, screen):
    screen.on()

    def answer(x):
        for k in range(1000):
            print(k)
        print("z" * 10**7)
        return 2 * x

    assert judge(toy(), answer).status == "right"
    said = f"\n... (only the first {MOST} characters of what your function prints)\n"
    assert len(screen.getvalue()) == MOST + len(said)
    assert screen.getvalue().endswith(said)
    assert screen.getvalue().startswith("0\n1\n2\n")


def test_printing_for_ever_is_stopped_as_any_loop(way, time_is_up, screen):
    def answer(x):
        while True:
            print("again and again")

    time_is_up("only the first")
    verdict = judge(toy(), answer)
    assert verdict.status == "timed out"
    assert 'in answer: print("again and again")' in verdict.text or "in answer: while True:" in verdict.text
    assert len(screen.getvalue()) < MOST + 100


# --- NumPy stays NumPy ------------------------------------------------------------------------------


def test_what_an_answer_replaces_in_numpy_is_there_again(way):
    ours = np.tanh, np.allclose, np.linalg.norm

    def answer(a):
        np.tanh, np.allclose, np.linalg.norm = abs, (lambda *args, **kwargs: True), abs
        return a * 0

    assert grade("sigmoid-prime", answer).status == "wrong"
    assert (np.tanh, np.allclose, np.linalg.norm) == ours


@pytest.mark.parametrize(("module", "name"), [(np, "tanh"), (np.linalg, "norm"), (np.random, "default_rng")])
def test_a_notebook_that_has_replaced_a_function_of_numpy_is_told_and_no_expected_answer_is_spoilt(
    monkeypatch, module, name
):
    answer = EXERCISES["truncated-backward"].reference
    before = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **kwargs: before(*args, **kwargs))
    assert intact.replaced() == [f"{module.__name__.replace('numpy', 'np')}.{name}"]
    with pytest.raises(RuntimeError, match=f"{name} is no longer NumPy's own in this notebook"):
        grade("truncated-backward", answer)
    monkeypatch.undo()
    assert intact.replaced() == []
    assert grade("truncated-backward", answer).status == "right"


def test_what_the_package_computes_with_may_be_replaced_for_a_while():
    """The expected answer is worked out at each check anew: nothing wrong is kept."""
    exercise = EXERCISES["lstm-step"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_course.lstm.sigmoid", abs)
        assert judge(exercise, exercise.reference).status == "right"
    assert judge(exercise, exercise.reference).status == "right"


# --- slow -------------------------------------------------------------------------------------------


@pytest.fixture
def seconds(monkeypatch):
    """A clock that the answer itself moves on."""
    clock = [0.0]
    monkeypatch.setattr(runner, "cpu_seconds", lambda: clock[0])
    return clock


def test_a_slow_answer_is_told_and_a_slow_first_call_is_not(way, seconds, screen):
    reference, calls = EXERCISES["gain-per-layer"].reference, []
    screen.on()

    def slow(norms):
        seconds[0] += 1000 * (len(norms) == 30)
        return reference(norms)

    def slow_once(norms):
        calls.append(len(norms))
        print("largest" * (len(norms) == 30))
        seconds[0] += 1000 * (calls.count(30) == 1 and len(norms) == 30)
        return reference(norms)

    verdict = grade("gain-per-layer", slow)
    assert verdict.status == "right, but"
    assert "It is slow" in verdict.text
    assert grade("gain-per-layer", slow_once).status == "right"
    assert screen.getvalue().count("largest") == 2


def test_a_second_chance_that_never_ends_changes_nothing(way, seconds, time_is_up):
    calls = []

    def slow_then_endless(norms):
        calls.append(len(norms))
        seconds[0] += 1000
        if calls.count(30) == 2:
            print("second chance")
        while calls.count(30) == 2:
            pass
        return EXERCISES["gain-per-layer"].reference(norms)

    time_is_up("second chance")
    assert grade("gain-per-layer", slow_then_endless).status == "right, but"
    until(lambda: not threads_of("gain-per-layer"))


def test_a_slow_smaller_case_is_no_matter(seconds):
    def answer(norms):
        seconds[0] += 1000 * (len(norms) < 30)
        return EXERCISES["gain-per-layer"].reference(norms)

    assert grade("gain-per-layer", answer).status == "right"
