"""The exercises of chapter 1 that ask for no function: their answers by torch, and wrong ones of several kinds."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from lstm_course.activations import get_activation, sigmoid
from lstm_course.exercises import EXERCISES, grade
from lstm_course.exercises.backprop.zero_start import moves_from_zero
from lstm_course.tiny_network import TinyNet


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def test_the_delta_by_torch():
    a, x = leaf(np.log(0.8 / 0.2)), 2.0  # the sigmoid is 0.8 there
    w = leaf(0.3)
    rest = (a - w * x).detach()
    h = torch.sigmoid(w * x + rest)
    loss = (torch.tensor([2.0, -1.0, 4.0]) * h * torch.tensor([0.1, 0.3, 0.05])).sum()
    loss.backward()
    assert grade("delta-by-hand", (w.grad.item() / x, w.grad.item())).status == "right"


def test_the_gate_by_torch():
    f, q, i, g = (leaf(value) for value in (0.9, -2.0, 0.5, 0.8))
    (3 * (f * q + i * g)).backward()
    assert grade("through-a-gate", tuple(v.grad.item() for v in (f, q, i, g))).status == "right"


def test_one_weight_twice_by_torch():
    upper, lower, both = leaf(2.0), leaf(2.0), leaf(2.0)
    for first, second in ((lower, upper), (both, both)):
        (torch.sigmoid(second * torch.sigmoid(first)) ** 2 / 2).backward()
    answer = tuple(v.grad.item() for v in (upper, lower, both))
    assert grade("one-weight-twice", answer).status == "right"


def test_a_start_at_zero():
    first, *later = moves_from_zero()
    assert first == (False,) * 4 + (True,) * 4
    assert all(all(step) for step in later)
    assert grade("zero-start", "b1").status == "right"


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["learns-badly"]
    mended = task.listing.replace("da1 = dh * h * (1 - h)", "da1 = dh * (1 - h**2)")
    assert mended != task.listing
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((3, 2), 3, (2, 3), 2, (5, 2), (5, 2))]
    leaves = [leaf(array) for array in arrays[:4]]
    W1, b1, W2, b2 = leaves
    x, t = (torch.tensor(array) for array in arrays[4:])
    y = torch.sigmoid(torch.tanh(x @ W1.T + b1) @ W2.T + b2)
    (((y - t) ** 2).sum() / (2 * len(x))).backward()
    for listing, right in ((mended, [True] * 4), (task.listing, [False, False, True, True])):
        scope = {"np": np, "sigmoid": sigmoid}
        exec(listing, scope)
        ours = scope["gradients"](*arrays)
        assert [np.allclose(a, v.grad.numpy()) for a, v in zip(ours, leaves, strict=True)] == right


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("half-adder", TinyNet(*(5.0,) * 4, *(1.0,) * 4, 0.0, 0.0), "they are one unit"),
        ("half-adder", (8, 8, 2.5, 2.5, 5, -5, 0, 5, -4, -2.5), "First make the hidden units switches"),
        ("half-adder", (-1.17, -1.17, 4.25, 4.21, 3.09, 6.17, -9.11, 8.43, 0.48, -6.6), "hidden units switches"),
        ("half-adder", (30, 30, 10, 10, 4, -4, 0, 4, -15, -2), "Multiply w5 to w8 and b2"),
        ("half-adder", (30, 30, 10, 10, 0, 20, 20, -20, -15, -10), "y1 is the carry and y2 the digit"),
        ("half-adder", (3, 3, 1, 1, 2, -2, 0, 2, -1.5, -1), "no switches yet"),
        ("half-adder", (30, 30, 10, 20, 20, -20, 0, 20, -15, -10), "one of the inputs counts for more"),
        ("half-adder", (30, 30, 20, 20, 20, -20, 0, 20, -15, -10), "fire for the same inputs"),
        ("half-adder", (30, 30, 5, 5, 20, -20, 0, 20, -15, -10), "is near 0 for every input"),
        ("half-adder", (30, 30, -5, -5, 20, -20, 0, 20, 15, -10), "is near 1 for every input"),
        ("half-adder", (30, 30, 10, 10, 20, -20, 0, 20, -15, 10), "an output is not near 0 all the same"),
        ("half-adder", (30, 30, 10, 10, 0, 0, 0, 20, -15, -10), "y1 does not fire for one input"),
        ("half-adder", (30, 30, 10, 10, 20, 20, 0, 20, -15, -10), "'Both' has to hold it back"),
        ("half-adder", (30, 30, 10, 10, 20, -20, 20, 0, -15, -10), "y2 should fire with 'both' alone"),
        ("half-adder", (30, 30, 10, 10, 20, -20, 0, -20, -15, -10), "y2 does not fire when both inputs are 1"),
        ("half-adder", (10, 10, 30, 30, -20, 20, -20, 0, -15, -10), "y2 does not fire when both inputs are 1"),
        ("half-adder", (1, 2, 3), "ten numbers in order"),
        ("half-adder", {"w1": 1.0}, "missing 9 required"),
        ("blind-check", ([[1.0, 0], [0, 1]], [[1.0, 2]], [[0.0, 0]], [[3.0, 6]]), "a zero in weight"),
        ("blind-check", ([[1.0, 2], [3, 4]], [[1.0, 2]], [[0.0, 0]], [[3.0, 6]]), "their own transpose"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2]], [[0.0, 0]], [[3.0, 5]]), "a column times a row"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2]] * 2, [[0.0, 0]] * 2, [[3.0, 6]] * 2), "sum over B"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2], [2, 1]], [[0.0, 0]] * 2, [[3.0, 5]] * 2),
         "You have more than one example. With "
         "one, the weight's gradient is a column times a row"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2]], [[0.0, 0]]), "must hold four arrays"),
        ("blind-check", ([[1.0, 2]], [[1.0, 2]], [[0.0, 0]], [[3.0, 6]]), "must have shape (n=2, m=2)"),
    ],
)  # fmt: skip
def test_wrong_constructions_are_told_what_is_wrong(label, answer, said):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_a_net_may_come_as_numbers_or_by_name():
    right = EXERCISES["half-adder"].example()
    assert grade("half-adder", list(vars(right).values())).status == "right"
    assert grade("half-adder", vars(right)).status == "right"


def solutions():
    """The listings that the chapter's solutions print themselves, by their exercise."""
    path = Path(__file__).resolve().parents[1] / "book" / "01_backprop.ipynb"
    text = "\n\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
    for label, body in re.findall(r"````\{solution\} ([\w-]+)\n(.*?)\n````", text, re.S):
        for listing in re.findall(r"```python\n(.*?)\n```", body, re.S):
            yield label, listing


def test_every_printed_solution_is_right():
    seen = []
    for label, listing in solutions():
        names = {"np": np, "TinyNet": TinyNet, "sigmoid": sigmoid}
        if listing.startswith("def "):
            exec(listing, names)
            answer = names[re.match(r"def (\w+)", listing)[1]]
        else:
            answer = eval(listing, names)
        verdict = grade(label, answer)
        assert verdict.status == "right", f"{label}: {verdict}"
        seen.append(label)
    assert seen == ["central-difference", "half-adder", "blind-check"]


def said(label, answer):
    return " ".join(grade(label, answer).text.split())


@pytest.mark.parametrize(
    ("label", "answer", "words"),
    [
        ("delta-by-hand", (0.016, 0.2), "You used ∂L/∂h at the head of the weight; take delta"),
        ("delta-by-hand", (0.1, 0.2), "That is the derivative by h"),
        ("through-a-gate", (6.0, 2.7, 2.4, 1.5), "q is negative, so a larger f makes c smaller"),
        ("through-a-gate", (-6.0, 2.4, 2.7, 1.5), "Right numbers in each other's places: dL_dq and dL_di"),
        ("zero-start", "b2", "The choice is right. The reason is true, but it does not decide"),
        ("zero-start", "b3", "The answer is right, the reason is not."),
    ],
)
def test_a_slip_on_paper_is_told_by_its_cause(label, answer, words):
    assert words in said(label, answer)


def test_a_true_reason_that_does_not_decide_is_not_called_wrong():
    for reason in "24":
        assert "the reason is not" not in said("zero-start", f"b{reason}")


def test_a_forgotten_slope_is_no_factor_of_eight_and_rounding_is_called_so():
    upper, lower, _ = EXERCISES["one-weight-twice"].right_values()
    h, y = sigmoid(2.0), sigmoid(2 * sigmoid(2.0))
    slope = y * (1 - y)
    text = said("one-weight-twice", (upper / slope, lower / slope, (upper + lower) / slope))
    assert "stands the sigmoid of y" in text
    assert "8 times" not in text
    assert "w kept" not in said("one-weight-twice", (upper * 2 / h, lower, upper * 2 / h + lower))
    rounded = [round(value, 2) for value in (upper, lower, upper + lower)]
    assert "three digits" in said("one-weight-twice", rounded)
    assert "three digits" in said("one-weight-twice", (0.0935, lower, upper + lower))


def difference(quotient):
    def answer(f, x):
        gradient = np.empty_like(x)
        for j in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[j] += 1e-5
            down[j] -= 1e-5
            gradient[j] = quotient(f(up), f(down))
        return gradient

    return answer


def step_of(eps):
    def answer(f, x):
        gradient = np.empty_like(x)
        for j in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[j] += eps
            down[j] -= eps
            gradient[j] = (f(up) - f(down)) / (2 * eps)
        return gradient

    return answer


def test_a_missing_bracket_is_no_point_seen_twice():
    text = said("central-difference", difference(lambda above, below: (above - below) / 2 * 1e-5))
    assert "Bracket the denominator" in text
    assert "twice" not in text
    assert "f saw the same point twice" in said("central-difference", lambda f, x: 0 * x)


def test_a_step_that_is_too_small_hears_of_rounding():
    assert "your step is too small" in said("central-difference", step_of(1e-10))
    assert "the step is too large" in said("central-difference", step_of(0.3))


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        (lambda e: e / (1 + e**2), "It is the whole bracket"),
        (lambda e: -((1 + e) ** -2.0), "You stop at −(1+e^{-a})^{-2}"),
        (lambda e: (1 + e) ** -2.0, "the outer derivative without its sign"),
    ],
)
def test_a_slip_in_the_slope_of_the_sigmoid_is_told_and_no_overflow(slope, words):
    text = said("sigmoid-prime", lambda a: slope(np.exp(-a)))
    assert words in text
    assert "NaN" not in text


def test_the_slope_of_the_sigmoid_in_a_layer_of_another_kind():
    def layer(slope):
        def answer(weight, h_prev, a, dh, activation):
            h = get_activation(activation).f(a)
            da = dh * slope(h).astype(dh.dtype)
            return da @ weight, da.T @ h_prev, da.sum(axis=0), da

        return answer

    assert "is the slope of the sigmoid only" in said("layer-backward", layer(lambda h: h * (1 - h)))
    assert "is the slope of tanh only" in said("layer-backward", layer(lambda h: 1 - h**2))
