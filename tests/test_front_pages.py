"""What the front pages define and promise, computed: the words stand there, and they are true."""

import importlib.metadata as metadata
import inspect
import re
import sys
import threading
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest
from learners.book import read_book
from learners.cells import plan
from learners.start import NAMES, requirements
from toy import take, until

from lstm_course import lstm_weights
from lstm_course.activations import sigmoid_prime
from lstm_course.checker import process
from lstm_course.checker.kinds import KINDS
from lstm_course.checker.structure import leaves
from lstm_course.exercises import EXERCISES, check, grade
from lstm_course.gradcheck import numerical_gradient
from lstm_course.initializers import chrono, xavier
from lstm_course.lstm import LSTMParams, init_lstm, lstm_backward, lstm_forward, lstm_step_backward
from lstm_course.network import MLPParams, mlp_forward

BOOK = Path(__file__).resolve().parents[1] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
RNG = partial(np.random.default_rng, 0)


def read(name):
    path = BOOK / name
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")


def asking_for_functions():
    """The labels of the exercises that ask for a function."""
    return {label for label, task in EXERCISES.items() if type(task).__name__ == "Exercise"}


def solutions():
    """The listings' kinds of the exercises that ask for a function: taken from the package, or typed."""
    asked, found = asking_for_functions(), {}
    for path in CHAPTERS:
        for label, body in re.findall(r"(?s)````\{solution\} ([\w-]+)\n(.*?)\n````", read(path.name)):
            if label in asked:
                found[label] = "{literalinclude} ../lstm_course/" in body
    assert set(found) == asked
    return list(found.values())


def not_compared():
    """The chapters of the cells whose outputs the tests do not compare: the trainings, and what quotes them."""
    trainings, quoting = [], []
    for path in BOOK.glob("*.ipynb"):
        for cell in nbformat.read(path, 4).cells:
            tags = cell.metadata.get("tags", [])
            if "nbval-ignore-output" in tags:
                assert re.search(r"assert |holds\(", cell.source), f"{path.name}, {cell.id} asserts nothing"
                (quoting if "remove-cell" in tags else trainings).append(path.name)
    assert set(quoting) <= set(trainings)
    return len(trainings), len(set(trainings))


def set_by_hand():
    """The LSTMs that chapter 12 sets by hand and lists."""
    listed = re.findall(r"lstm_weights\.py\n(?::.*\n)*?:pyobject: (\w+)", read("12_lstm.ipynb"))
    return [name for name in listed if isinstance(_called(name), LSTMParams)]


def _called(name):
    """What a function gives that can do without arguments."""
    function = getattr(lstm_weights, name)
    wanted = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    return None if wanted else function()


def packages():
    """What the first code cells of the learners' notebooks ask for: all, and what no other of it brings along."""
    asked = set()
    for page in read_book().pages.values():
        if page.runs:
            code = "\n".join(code for _, code in plan(page))
            asked |= {re.match(r"[\w-]+", package)[0] for package in requirements(code).values()}
    alone = asked - set().union(*map(brings, asked))
    return [{NAMES.get(name, name) for name in some} for some in (asked, alone)]


def brings(package):
    """The packages that pip gets along with one."""
    found, ask = set(), [package]
    while ask:
        try:
            lines = metadata.requires(ask.pop()) or ()
        except metadata.PackageNotFoundError:  # for another system
            continue
        new = {re.match(r"[\w.-]+", line)[0] for line in lines if "extra ==" not in line} - found
        found |= new
        ask += new
    return found


def named_are_those_to_get(named):
    """Whether these are asked for, with all that come along with no other."""
    asked, alone = packages()
    return alone <= named <= asked


def words_of_the_first_figure():
    """Which of chapters 1 and 2 explain the words under the figure of the front page."""
    one, two = read("01_backprop.ipynb"), read("02_vanishing_exploding.ipynb")
    return [all(word in text for word in ("weight scale", "norm", "sigmoid")) for text in (one, one + two)]


def order_of_the_central_error():
    """The power of the step by which a central difference of exp is wrong."""
    coarse, fine = (
        abs(numerical_gradient(lambda a: np.exp(a[0]), [0.0], step=e)[0] - 1) for e in (1e-1, 1e-2)
    )
    return np.log10(coarse / fine)


def taylor(coefficient, power, quotient):
    """Whether the quotient of exp at 0, less its slope 1, is `coefficient` times the step to this power, at first."""
    step = 1e-3
    return abs((quotient(step) - 1) / (coefficient * step**power) - 1) < 1e-2


def who_hears_of_input_0():
    """The units of a layer of three that have a line from unit 0 below, when only row 2, column 0 is set."""
    weight = np.zeros((3, 2))
    weight[2, 0] = 5.0
    _, cache = mlp_forward(MLPParams((weight,), (np.zeros(3),)), np.array([[1.0, 0.0]]))
    return cache.a[0][0].tolist()


def weighted_sum_and_bias():
    params = MLPParams((np.array([[2.0, 3.0]]),), (np.array([7.0]),))
    return mlp_forward(params, np.array([[10.0, 100.0]]))[1].a[0].item()


def chrono_range():
    """Least and largest u of many draws, for a longest dependence of 50."""
    u = np.exp(chrono(100_000, 50, RNG()))
    return round(u.min(), 2), round(u.max(), 1)


def the_last_case_is_the_largest(label):
    """Whether no case of an exercise has more numbers in its arguments than the last."""
    inputs = EXERCISES[label].inputs
    sizes = [sum(np.size(leaf) for pair in zip(inputs, case, strict=True) for _, leaf in leaves(*pair))
             for case in EXERCISES[label].cases()]  # fmt: skip
    return max(sizes) == sizes[-1]


TRUE = [
    (
        "glossary.md",
        "approximation of the derivative with an error of order $\\varepsilon^2$",
        lambda: abs(order_of_the_central_error() - 2) < 0.1,
    ),
    (
        "glossary.md",
        "Forget biases $\\ln u$ with $u$ drawn evenly between 1 and the longest dependence less one",
        lambda: chrono_range() == (1.0, 49.0),
    ),
    (
        "glossary.md",
        "Weights of mean 0 and variance $2/(n_\\text{in}+n_\\text{out})$",
        lambda: abs(xavier((300, 500), RNG()).var() * 800 / 2 - 1) < 0.02,
    ),
    (
        "glossary.md",
        "adds up its inputs, each times a weight, adds a bias, and applies an activation function",
        lambda: weighted_sum_and_bias() == 10 * 2 + 100 * 3 + 7,
    ),
    (
        "notation.md",
        "weights: row = unit above, column = unit below",
        lambda: who_hears_of_input_0() == [0.0, 0.0, 5.0],
    ),
    (
        "how_to_use.md",
        "Where a function is asked for, the listing there is in most cases no copy: it is the package's own code.",
        lambda: len(solutions()) / 2 < sum(solutions()) < len(solutions()),
    ),
    (
        "index.ipynb",
        "Each chapter says at its head what it needs.",
        lambda: all("You need" in nbformat.read(path, 4).cells[0].source for path in CHAPTERS),
    ),
    (
        "index.ipynb",
        "(Do not mind the words yet; chapters 1 and 2 explain them.)",
        lambda: words_of_the_first_figure() == [False, True],
    ),
    (
        "index.ipynb",
        "its three gates, one at a time, and two LSTMs set by hand.",
        lambda: len(set_by_hand()) == 2,
    ),
    (
        "how_to_use.md",
        "NumPy, Matplotlib, ipywidgets, scikit-learn and PyTorch must come from the network",
        lambda: named_are_those_to_get({"NumPy", "Matplotlib", "ipywidgets", "scikit-learn", "PyTorch"}),
    ),
    (
        "how_to_use.md",
        "it was not done after five seconds",
        lambda: inspect.signature(check).parameters["time_limit"].default == 5,
    ),
    (
        "how_to_use.md",
        "runs a function on a series of cases, the largest last,",
        lambda: all(the_last_case_is_the_largest(label) for label in asking_for_functions()),
    ),
    (
        "how_to_use.md",
        "but for seven trainings in five chapters and what is quoted from them",
        lambda: not_compared() == (7, 5),
    ),
    (
        "../README.md",
        "(seven trainings in five chapters, which end",
        lambda: not_compared() == (7, 5),
    ),
    (
        "how_to_use.md",
        "Each chapter ends with exercises: warm-ups, core ones and hard ones.",
        lambda: all(
            {level for chapter, _, level, _ in EXERCISES.rows() if int(chapter) == int(path.name[:2])}
            == {"warm-up", "core", "hard"}
            for path in CHAPTERS
        ),
    ),
    (
        "01_backprop.ipynb",
        "& \\quad = L' + \\tfrac{\\varepsilon}{2}L'' + \\dots\\\\",
        lambda: taylor(1 / 2, 1, lambda e: np.expm1(e) / e),
    ),
    (
        "01_backprop.ipynb",
        "& \\quad = L' + \\tfrac{\\varepsilon^2}{6}L''' + \\dots\n",
        lambda: taylor(1 / 6, 2, lambda e: np.sinh(e) / e),
    ),
]


@pytest.mark.parametrize(
    ("page", "words", "true"), TRUE, ids=[f"{page}-{words[:40]}" for page, words, _ in TRUE]
)
def test_what_a_page_says_stands_there_and_is_true(page, words, true):
    assert words in "\n".join(line for line in read(page).split("\n") if not line.startswith("% given:"))
    assert true()


ASKED_FOR = {
    "paper": "a number or a choice that you work out on paper",
    "predict": "a prediction before you run anything",
    "set by hand": "weights that make a network do something",
    "design": "an example that you design",
    "find the bug": "the faulty line of a listing",
    "write": "a function",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_exercise_is_named(kind):
    assert any(kind == asked for *_, asked in EXERCISES.rows())
    assert f"for {ASKED_FOR[kind]}" in read("how_to_use.md")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can copy a process safely")
@pytest.mark.parametrize("waits", [False, True])
def test_only_an_answer_that_waits_is_tried_again_in_the_notebook_and_leaves_something_there(
    monkeypatch, time_is_up, waits
):
    page = read("how_to_use.md")
    assert "whatever it does to variables, to NumPy or to Python itself ends with it" in page
    assert (
        "Only an answer that waits instead of computing, for a lock say, is tried once more in a thread"
        in page
    )
    take(monkeypatch, "process")
    if waits:
        asleep = process._is_asleep
        monkeypatch.setattr(process, "_is_asleep", lambda child: until(lambda: asleep(child)) or True)
    asked, reply, left = threading.Event(), threading.Event(), []

    def answer(a):
        left.append("here")
        print("off")
        asked.set()
        while not reply.wait(None if waits else 0):
            pass
        return sigmoid_prime(a)

    helper = threading.Thread(target=lambda: asked.wait() and reply.set())  # of the notebook: no copy has it
    helper.start()
    time_is_up("off")
    status = grade("sigmoid-prime", answer).status
    asked.set()
    helper.join()
    assert (status, set(left)) == (("right", {"here"}) if waits else ("timed out", set()))


def test_what_passes_between_steps_is_a_part_and_everything_else_whole(rng, assert_close):
    page = read("notation.md")
    assert "holds what the loss itself brings to each state that it reads" in page
    assert "`dc_t`, at a step of the LSTM, is what comes from step $t+1$ alone." in page
    assert "A step's `dh_prev`, `dc_prev` and `dparams` are what this step contributes." in page
    assert "there `cache.h[t]` is $h_t$" in page
    lstm, x, dh = init_lstm(2, 3, rng), rng.normal(size=(2, 1, 2)), rng.normal(size=(2, 1, 3))
    h, _, cache = lstm_forward(lstm, x, c0=rng.normal(size=(1, 3)))
    assert_close(cache.h[1:], h)

    def loss_from_step_2(h_1, c_1):
        return np.sum(dh[0] * h_1) + np.sum(dh[1] * lstm_forward(lstm, x[1:], h_1, c_1)[0])

    whole = numerical_gradient(lambda v: loss_from_step_2(v, cache.c[1]), cache.h[1].copy())
    _, dh_prev, dc_prev, share_2 = lstm_step_backward(lstm, cache.step(1), dh[1], np.zeros((1, 3)))
    assert_close(whole, dh[0] + dh_prev, 1e-6)
    assert min(abs(whole - dh[0]).max(), abs(whole - dh_prev).max()) > 1e-2
    alone = numerical_gradient(lambda v: loss_from_step_2(cache.h[1], v), cache.c[1].copy())
    assert_close(alone, dc_prev, 1e-6)  # h_1 held
    _, dh0, dc0, share_1 = lstm_step_backward(lstm, cache.step(0), dh[0] + dh_prev, dc_prev)
    _, *rest = lstm_backward(lstm, cache, dh)
    assert_close(dh0, rest[0])
    assert_close(dc0, rest[1])
    assert_close(share_1.bias + share_2.bias, rest[2].bias)
    assert abs(share_2.bias).max() > 1e-2


def test_the_terms_of_the_glossary_stand_in_their_order():
    terms = re.findall(r"(?m)^(\w.*)\n  \S", read("glossary.md").partition("```{glossary}")[2])
    assert len(terms) > 50
    assert terms == sorted(terms, key=str.lower)


@pytest.mark.parametrize(
    "symbol",
    [
        "$\\beta$",
        "$\\lambda$, $\\Lambda$, $V$",
        "$O$",
        "$\\mu_t$",
        "$m_t$",
        "$w^l$",
        "$w_{ih}$, $w_{hh}$, $w_y$",
        "$a^i_t$, $a^f_t$, $a^g_t$, $a^o_t$",
        "$a^r_t$, $a^z_t$, $a^n_t$",
        "$P$, $J$, $\\langle P,J\\rangle$",
        "$e_t$",
        "$Q$",
    ],
)
def test_a_letter_of_a_chapter_has_its_row(symbol):
    assert f"\n| {symbol} |" in read("notation.md")
