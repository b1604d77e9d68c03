"""Running an answer in a copy of the process: what only this way can do, and what it must not do."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import Endless
from toy import flat, take, toy, until

from lstm_course.activations import sigmoid_prime
from lstm_course.checker import judge, limits, process, runner
from lstm_course.checker.process import is_possible
from lstm_course.checker.thread import in_a_thread
from lstm_course.exercises import grade

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can copy a process safely")
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_thread(monkeypatch):
    """An answer that is tried in a thread all the same is an error here."""
    take(monkeypatch, "process")
    monkeypatch.setattr(runner, "in_a_thread", lambda *args: pytest.fail("tried in a thread"))


def is_gone(pid):
    """Whether there is no such process, or but its grave."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def open_files():
    return len(os.listdir("/proc/self/fd"))


# --- stopping ---------------------------------------------------------------------------------------


def test_a_call_that_never_lets_go_of_the_interpreter_is_ended_at_its_line(time_is_up):
    def answer(a):
        return print("off") or sum(range(10**10))

    time_is_up("off")
    verdict = grade("sigmoid-prime", answer)
    assert verdict.status == "timed out"
    assert 'in answer: return print("off") or sum(range(10**10))' in verdict.text
    assert "background" not in verdict.text
    assert grade("sigmoid-prime", sigmoid_prime).status == "right"


def test_a_line_in_a_library_is_not_the_learners_and_names_in_any_script_are_read(time_is_up, tmp_path):
    path = tmp_path / "größe.py"
    path.write_text("import json\n\ndef σ(a):\n    print('off')\n    json.dumps(EndlessList())\n\n"
                    "class EndlessList(list):\n    def __iter__(self):\n        yield from iter(int, 1)\n\n"
                    "    def __len__(self):\n        return 1\n", encoding="utf-8")  # fmt: skip
    scope = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
    time_is_up("off")
    text = grade("sigmoid-prime", scope["σ"]).text
    assert (
        "line 9, in __iter__: yield from iter(int, 1)" in text
        or "in σ: json.dumps(" in text
        or "in σ: print" in text
    )


def test_an_answer_that_does_not_say_where_it_is_is_ended_all_the_same(monkeypatch, time_is_up):
    class NoTime(Endless):
        def left(self):
            return 0.0

    def answer(a):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        print("deaf")
        while True:
            pass

    monkeypatch.setattr(limits, "Grace", NoTime)
    time_is_up("deaf")
    verdict = grade("sigmoid-prime", answer)
    assert verdict.status == "timed out"
    assert "It was at" not in verdict.text


def test_nothing_is_left_no_process_no_open_file_no_blocked_signal(time_is_up):
    def answer(a):
        child = subprocess.Popen(["sleep", "1000"])
        print(f"children {os.getpid()} {child.pid}.")
        while True:
            pass

    grade("sigmoid-prime", sigmoid_prime)
    before = open_files()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    time_is_up(".")
    grade("sigmoid-prime", answer)
    for pid in sys.stdout.getvalue().rstrip(".\n").split()[1:]:
        until(lambda pid=pid: is_gone(pid))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert open_files() == before
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask


def test_it_dies_with_the_notebook():
    code = (
        "import os\nfrom lstm_course.exercises import grade\n"
        "def answer(a):\n    print(os.getpid(), flush=True)\n    while True:\n        pass\n"
        "grade('sigmoid-prime', answer, time_limit=1e6)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    ) as notebook:
        pid = notebook.stdout.readline().strip()
        assert not is_gone(pid)
        notebook.kill()
    until(lambda: is_gone(pid))


# --- ending by itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda: os._exit(3), "(exit code 3)"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "(SIGKILL)"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), "(SIGTERM)"),
    ],
)
def test_an_answer_that_ends_python_takes_nothing_with_it(end, said):
    verdict = judge(toy(), lambda x: 2 * x if x.shape == (2, 1) else end())
    assert (verdict.status, verdict.case) == ("raised", 2)
    assert verdict.text.startswith("toy: your code ended Python itself in case 2 of 5.\n    " + said)
    assert "nothing here is lost" in flat(verdict.text)
    assert judge(toy(), lambda x: 2 * x).status == "right"


def test_an_answer_that_cuts_the_line_is_told_so(monkeypatch):
    def answer(a):
        os.closerange(3, 1000)
        while True:
            pass

    monkeypatch.setattr(limits, "Grace", type("NoTime", (Endless,), {"left": lambda self: 0.0}))
    assert "(no more word from it)" in grade("sigmoid-prime", answer).text


def test_a_fault_that_cannot_be_sent_is_still_one():
    class Unsendable(Exception):
        def __reduce__(self):
            raise TypeError

    def work(send):
        raise Unsendable

    assert process.in_a_process(work, print, 1.0).died == "exit code 0"


# --- what a copy lacks ------------------------------------------------------------------------------


def test_a_call_that_waits_for_a_thread_which_is_not_copied_is_tried_in_a_thread(monkeypatch, time_is_up):
    """As OpenMP waits for its workers; here somebody in the notebook's process answers questions."""
    asleep, tried = process._is_asleep, []
    monkeypatch.setattr(process, "_is_asleep", lambda child: until(lambda: asleep(child)) or True)
    monkeypatch.setattr(runner, "in_a_thread", lambda *args: tried.append(1) or in_a_thread(*args))
    questions, replies = SimpleQueue(), SimpleQueue()

    def serve():
        while (question := questions.get()) is not None:
            replies.put(2 * question)

    def answer(x):
        print("asking")
        questions.put(x)
        return replies.get()

    helper = threading.Thread(target=serve)
    helper.start()
    time_is_up("asking")
    assert judge(toy(), answer).status == "right"
    assert tried == [1]
    questions.put(None)
    helper.join()


def test_a_process_that_works_is_not_asleep_and_one_that_waits_is():
    with (
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy,
        subprocess.Popen(["sleep", "1000"]) as idle,
    ):
        until(lambda: not process._is_asleep(busy.pid))
        until(lambda: process._is_asleep(idle.pid))
        busy.kill()
        idle.kill()
    assert not process._is_asleep(busy.pid)  # there is none


def test_blas_and_torch_work_in_it_after_they_have_worked_outside():
    torch = pytest.importorskip("torch")
    square = np.linspace(0, 1, 600 * 600).reshape(600, 600)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    _ = square @ square, torch.tensor(square) @ torch.tensor(square)

    def answer(a):
        assert np.isfinite(square @ square).all()
        assert torch.isfinite(torch.tensor(square) @ torch.tensor(square)).all()
        leaf = torch.tensor(a, requires_grad=True)
        torch.sigmoid(leaf).sum().backward()
        return leaf.grad.numpy()

    assert grade("sigmoid-prime", answer).status == "right"
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)


@pytest.mark.parametrize("gpu", [True, False])
def test_a_process_whose_torch_has_a_gpu_is_not_copied(monkeypatch, gpu):
    fake = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: gpu))
    monkeypatch.setitem(sys.modules, "torch", fake)
    assert is_possible() == (not gpu)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace())  # half imported
    assert is_possible()


def test_where_no_process_can_be_made_a_thread_does_it(monkeypatch):
    monkeypatch.setattr(runner, "in_a_thread", in_a_thread)
    monkeypatch.setattr(os, "fork", lambda: (_ for _ in ()).throw(BlockingIOError))
    before = open_files()
    assert grade("sigmoid-prime", sigmoid_prime).status == "right"
    assert open_files() == before


def test_nobody_answers_questions():
    text = grade("sigmoid-prime", lambda a: input("a?")).text
    assert "EOFError: there is nobody to answer input() while an answer is checked" in text
    assert grade("sigmoid-prime", lambda a: sys.stdin.readline() or sigmoid_prime(a)).status == "right"


def test_variables_of_the_notebook_stay_as_they_are():
    seen = []
    assert grade("sigmoid-prime", lambda a: seen.append(a) or sigmoid_prime(a)).status == "right"
    assert seen == []
