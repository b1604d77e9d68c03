"""The exercises of chapter 1 that ask for no function: their answers by torch, and wrong ones of several kinds."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from lstm_course.activations import sigmoid
from lstm_course.exercises import EXERCISES, grade
from lstm_course.exercises.backprop.by_hand import moves_from_zero
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
        ("half-adder", (8, 8, 2.5, 2.5, 5, -5, 0, 5, -4, -2.5), "Multiply weights and biases"),
        ("half-adder", (30, 30, 10, 10, 20, 20, 0, 20, -15, -10), "let y1 subtract"),
        ("half-adder", (30, 30, 10, 10, 20, -20, 20, 0, -15, -10), "say whether both inputs are 1"),
        ("half-adder", (1, 2, 3), "ten numbers in order"),
        ("half-adder", {"w1": 1.0}, "missing 9 required"),
        ("blind-check", ([[1.0, 0], [0, 1]], [[1.0, 2]], [[0.0, 0]], [[3.0, 6]]), "a zero in weight"),
        ("blind-check", ([[1.0, 2], [3, 4]], [[1.0, 2]], [[0.0, 0]], [[3.0, 6]]), "their own transpose"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2]], [[0.0, 0]], [[3.0, 5]]), "a column times a row"),
        ("blind-check", ([[1.0, 2], [2, 4]], [[1.0, 2]] * 2, [[0.0, 0]] * 2, [[3.0, 6]] * 2), "sum over B"),
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
