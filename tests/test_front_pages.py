"""What the front pages define and promise, computed: the words stand there, and they are true."""

import re
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lstm_course.exercises import EXERCISES
from lstm_course.gradcheck import numerical_gradient
from lstm_course.initializers import chrono, xavier
from lstm_course.network import MLPParams, mlp_forward

BOOK = Path(__file__).resolve().parents[1] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
RNG = partial(np.random.default_rng, 0)


def read(name):
    path = BOOK / name
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")


def solutions():
    """The listings' kinds of the exercises that ask for a function: taken from the package, or typed."""
    asked = {label for label, task in EXERCISES.items() if type(task).__name__ == "Exercise"}
    found = {}
    for path in CHAPTERS:
        for label, body in re.findall(r"(?s)````\{solution\} ([\w-]+)\n(.*?)\n````", read(path.name)):
            if label in asked:
                found[label] = "{literalinclude} ../lstm_course/" in body
    assert set(found) == asked
    return list(found.values())


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
        "Weights of variance $2/(n_\\text{in}+n_\\text{out})$",
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


def test_the_terms_of_the_glossary_stand_in_their_order():
    terms = re.findall(r"(?m)^(\w.*)\n  \S", read("glossary.md").partition("```{glossary}")[2])
    assert len(terms) > 50
    assert terms == sorted(terms, key=str.lower)


@pytest.mark.parametrize("symbol", ["$\\beta$", "$\\lambda$, $\\Lambda$", "$O$", "$\\mu_t$", "$m_t$"])
def test_a_letter_of_a_chapter_has_its_row(symbol):
    assert f"\n| {symbol} |" in read("notation.md")
