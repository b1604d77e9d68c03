"""Exercises that are no functions to write: what counts as right, which slip is named, what is refused."""

import numpy as np
import pytest

from lstm_course.checker.kinds import Bug, Built, Choice, Demand, Number, Slip


def number(**changes):
    arguments = {
        "label": "slope",
        "prompt": "The slope of the sigmoid at 0?",
        "answer": lambda: 0.25,
        "names": ("slope",),
        "slips": (Slip("slope of tanh", "That is the slope of tanh.", 1.0),),
        "why": "σ(0)(1 − σ(0)).",
        "factors": (2,),
    }
    return Number(**arguments | changes)


def choice(**changes):
    arguments = {
        "label": "open-or-shut",
        "prompt": "Which gate keeps the cell?",
        "options": {"a": "the input gate", "b": "the forget gate"},
        "reasons": {"1": "it multiplies c", "2": "it multiplies g"},
        "right": ("b", "1"),
        "replies": {"a": "It writes.", "2": "Look at what f stands beside.", "a2": "Two of a kind."},
    }
    return Choice(**arguments | changes)


def read_pair(answer):
    a, b = answer
    if a < 0:
        raise ValueError(f"a must not be negative, got {a}")
    return float(a), float(b)


def built(**changes):
    arguments = {
        "label": "sum-and-product",
        "prompt": "Two numbers with sum 5 and product 6.",
        "read": read_pair,
        "form_text": "Your answer is a pair of numbers.",
        "demands": (
            Demand("adds up to 5", lambda p: "" if sum(p) == 5 else f"The sum is {sum(p):g}.", "Add them."),
            Demand("multiplies to 6", lambda p: "" if p[0] * p[1] == 6 else "It does not.", "Multiply them."),
        ),
        "slips": (
            Slip("one and four", "You took the first pair that comes to mind.", lambda p: p == (1, 4)),
        ),
        "example": lambda: (2, 3),
    }
    return Built(**arguments | changes)


LISTING = """
def lstm_step_backward(params, cache, dh_t, dc_t):
    dc = dh_t * o_t * (1 - tanh_c**2)
    di, df = dc * g_t, dc * c_prev
    dc *= 2
    return di, df
"""


def bug(**changes):
    arguments = {
        "label": "find-it",
        "prompt": "Which line is wrong?",
        "listing": LISTING,
        "line": "dc",
        "tempting": {"df": "f multiplies c_{t-1}, so that is right."},
        "hint": "Follow what comes from step t+1.",
    }
    return Bug(**arguments | changes)


@pytest.mark.parametrize("task", [number(), choice(), built(), bug()], ids=lambda t: t.label)
@pytest.mark.parametrize("answer", [None, ...])
def test_an_untouched_answer_is_not_attempted_and_is_told_its_form(task, answer):
    verdict = task.judge(answer)
    assert verdict.status == "not attempted"
    assert task.prompt in verdict.text
    assert "Your answer" in verdict.text


@pytest.mark.parametrize("answer", [0.25, 1 / 4, np.float64(0.25), np.array(0.25), [0.25], (0.2501,)])
def test_a_right_number_in_any_dress(answer):
    verdict = number().judge(answer)
    assert (verdict.status, verdict.mistakes) == ("right", ())
    assert "σ(0)" in verdict.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (1.0, "slope of tanh"),
        (-0.25, "wrong sign"),
        (4.0, "upside down"),
        (0.5, "2 times too large"),
        (0.025, "It is larger than that"),  # a tenth by chance, perhaps
        (0.2475, "is nearly right: 0.2475 is off by less than 2 %"),
        (0.3, "It is smaller than that"),
        (0.2, "It is larger than that"),
        ((0.25, 1), "You gave 2"),
        ("a quarter", "must be a real number, got str"),
        (True, "must be a real number, got bool"),
        (0.25j, "must be a real number, got complex"),
        (np.zeros(0), "You gave 0"),
        (float("nan"), "slope = nan"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(answer, said):
    verdict = number().judge(answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_several_numbers_are_judged_each():
    pair = number(
        answer=lambda: (0.25, 1.0),
        names=("σ′(0)", "tanh′(0)"),
        slips=(Slip("swapped", "Swapped.", (1.0, 0.25)),),
    )
    assert pair.judge((0.25, 1)).status == "right"
    assert pair.judge((1, 0.25)).mistakes == ("swapped",)
    half = pair.judge((0.25, 3)).text
    assert "σ′(0) is right" in half
    assert "It is smaller than that" in half  # one number is some multiple of any other


TRIPLE = number(answer=lambda: (0.25, 1.0, -3.0), names=("a", "b", "c"), slips=())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((0.5, 2.0, -6.0), "a, b and c are all 2 times too large"),
        ((0.25, 0.5, -1.5), "a is right. b and c are all 2 times too small"),
        ((-0.25, -1.0, -3.0), "c is right. a and b have the right size and the wrong sign"),
        ((0.25, -3.0, 1.0), "a is right. Right numbers in each other's places: b and c"),
        ((0.25, 7.0, 8.0), "a is right. You say b = 7"),
    ],
)
def test_several_wrong_numbers_are_told_what_they_have_in_common(answer, said):
    assert said in " ".join(TRIPLE.judge(answer).text.split())


def test_a_slip_that_gives_the_whole_answer_goes_before_one_that_gives_a_part():
    slips = (Slip("part", "Part.", (7.0, 8.0, 9.0)), Slip("whole", "Whole.", (7.0, 1.0, -3.0)))
    task = number(answer=lambda: (0.25, 1.0, -3.0), names=("a", "b", "c"), slips=slips)
    assert task.judge((7.0, 1.0, -3.0)).mistakes == ("whole",)
    assert task.judge((7.0, 8.0, -3.0)).mistakes == ("part",)


def test_a_slip_that_does_not_show_where_the_answer_is_wrong_is_not_the_cause():
    task = number(
        answer=lambda: (0.25, 1.0), names=("a", "b"), slips=(Slip("b", "B.", (0.25, 2.0)),), atol=0.2
    )
    assert task.judge((0.5, 2.0)).mistakes == ()


def test_a_prediction_counts_within_its_factor():
    guess = number(kind="predict", answer=lambda: 1e-6, factor=10, slips=(Slip("no", "No.", lambda: 1e-3),))
    assert [guess.judge(x).status for x in (1.1e-7, 9e-6, 1.1e-5, 9e-8, -1e-6, 0.0)] == ["right"] * 2 + [
        "wrong"
    ] * 4
    assert guess.judge(1e-3).mistakes == ("no",)


def test_infinite_and_zero_answers():
    assert number(answer=lambda: np.inf).judge(float("inf")).status == "right"
    assert number(answer=lambda: np.inf).judge(1e300).status == "wrong"
    assert number(answer=lambda: 0.0, atol=1e-9).judge(0).status == "right"
    assert number(answer=lambda: 0.0).judge(0.1).status == "wrong"


@pytest.mark.parametrize("answer", ["b1", " B 1 ", "b, 1", ("b", "1"), ["B", "1"]])
def test_a_right_choice_in_any_dress(answer):
    assert choice().judge(answer).status == "right"


@pytest.mark.parametrize(
    ("answer", "said", "mistake"),
    [
        ("a1", "It writes.", "a"),
        ("b2", "The answer is right, the reason is not. Look at what", "2"),
        ("a2", "Two of a kind.", "a2"),
        ("c1", "You gave 'c1'", "no such choice"),
        ("b", "You gave 'b'", "no such choice"),
        ("1b", "You gave '1b'", "no such choice"),
        (3, "You gave 3", "no such choice"),
    ],
)
def test_a_wrong_choice_is_told_why(answer, said, mistake):
    verdict = choice().judge(answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())
    assert verdict.mistakes == (mistake,)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((2, 4), "The sum is 6. Add them."),
        ((0, 5), "It adds up to 5. But it must do this: it multiplies to 6. It does not. Multiply them."),
        ((1, 4), "You took the first pair"),
        ((-1, 6), "A must not be negative, got -1."),
        (5, "Your answer is a pair of numbers."),
    ],
)
def test_what_was_built_is_judged_by_what_it_does(answer, said):
    verdict = built().judge(answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())
    assert built().judge((2, 3)).status == "right"
    assert built().judge(built().example()).status == "right"


@pytest.mark.parametrize(
    ("answer", "said", "mistake"),
    [
        ("df", "f multiplies c_{t-1}", "df"),
        ("di", "Follow what comes", "di"),
        ("return", "Follow what comes", "return"),
        ("dz", "You gave 'dz'", "no such line"),
        (2, "You gave 2", "no such line"),
    ],
)
def test_the_line_of_the_bug(answer, said, mistake):
    verdict = bug().judge(answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())
    assert verdict.mistakes == (mistake,)
    assert bug().judge(" dc ").status == "right"
    assert bug().names() == ["dc", "di", "df", "dc", "return"]


@pytest.mark.parametrize(
    ("make", "changes", "message"),
    [
        (number, {"label": "Slope!"}, "lower-case words"),
        (number, {"level": "easy"}, "level of slope must be one of"),
        (number, {"kind": "guess"}, "kind of slope must be one of"),
        (number, {"factors": (7,)}, "factors of slope must be among 2, 0.5"),
        (choice, {"replies": {"a": "x"}}, "must hold one for 2"),
        (choice, {"right": ("c", "1")}, "must name an option and a reason"),
        (choice, {"reasons": {"a": "x"}, "right": ("b", "a")}, "each named once"),
        (bug, {"line": "dz"}, "has no line that computes 'dz'"),
        (bug, {"tempting": {"do": "x"}}, "has no line that computes 'do'"),
        (bug, {"tempting": {"dc": "x"}}, "must not hold the wrong line"),
    ],
)
def test_an_unsound_exercise_is_refused(make, changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)
