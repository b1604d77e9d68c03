"""The exercises of chapter 10 that ask for no function: their answers by torch, and wrong ones of several kinds."""

import numpy as np
import pytest
import torch

from lstm_course.exercises import EXERCISES, grade
from lstm_course.rnn import RNNParams


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def test_the_three_deltas_by_torch():
    """A run through these states: the inputs are what is missing to each pre-activation."""
    w, states = leaf(2.0), (0.5, 0.6, -0.5, 0.8)
    h, a = torch.tensor(0.5, dtype=torch.float64), []
    for before, after, says in zip(states[:-1], states[1:], (1.0, -2.0, 1.0), strict=True):
        a.append(w * h + np.arctanh(after) - 2 * before)
        a[-1].retain_grad()
        h = torch.tanh(a[-1])
        a[-1].loss = says * h
    sum(each.loss for each in a).backward()
    answer = (*(each.grad.item() for each in a[::-1]), w.grad.item())
    assert grade("three-deltas", answer).status == "right"


def test_untied_copies_by_torch():
    copies = [leaf(0.5) for _ in range(3)]
    h, losses = torch.tensor(4.0, dtype=torch.float64), []
    for copy, x, target in zip(copies, (1.0, 2.0, 1.0), (11.0, 19.0, 14.0), strict=True):
        h = 2 * x + copy * h
        losses.append((3 * h - target) ** 2 / 2)
    parts = torch.autograd.grad(losses[1], copies, allow_unused=True, materialize_grads=True)
    assert grade("untied-copies", (*(part.item() for part in parts), sum(parts).item())).status == "right"


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["one-state-off"]
    mended = task.listing.replace("(1 - h[t] ** 2)", "(1 - h[t + 1] ** 2)")
    assert mended != task.listing
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((3, 2), (3, 3), 3, (5, 2), 3, (5, 3))]
    leaves = [leaf(array) for array in (*arrays[:3], arrays[4])]
    W_ih, W_hh, b, h = leaves
    loss = 0
    for x_t, dh_t in zip(torch.tensor(arrays[3]), torch.tensor(arrays[5]), strict=True):
        h = torch.tanh(W_ih @ x_t + W_hh @ h + b)
        loss = loss + (h * dh_t).sum()
    loss.backward()
    for listing, right in ((mended, True), (task.listing, False)):
        scope = {"np": np}
        exec(listing, scope)
        ours = scope["gradients"](*arrays)
        same = [np.allclose(a, v.grad.numpy()) for a, v in zip(ours, leaves, strict=True)]
        assert same == [right] * 4


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("untied-copies", (-6, -12, -18, -18), "after L_2 was made"),
        ("delay-by-one", ([[0.0], [3.0]], np.zeros((2, 2)), [0.0, 0.0]), "shows the input of now"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 3.0], [0.0, 0.0]], [0.0, 0.0]), "W_hh is transposed"),
        ("delay-by-one", ([[1.0], [0.0]], [[0.0, 0.0], [1.0, 0.0]], [0.0, 0.0]), "Every sign is right already"),
        ("delay-by-one", ([[0.0], [0.0]], np.zeros((2, 2)), [0.0, 0.0]), "Let unit 1 copy the input"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0]), "does not hear unit 1"),
        ("delay-by-one", ([[0.0], [3.0]], [[0.0, 3.0], [0.0, 0.0]], [0.0, 0.0]), "your first unit that shows"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 0.0], [-3.0, 0.0]], [0.0, 0.0]), "says the opposite"),
        ("delay-by-one", ([[-1.0], [0.0]], [[0.0, 0.0], [1.0, 0.0]], [0.0, 0.0]), "says the opposite"),
        ("delay-by-one", ([[3.0], [3.0]], [[0.0, 0.0], [3.0, 0.0]], [0.0, 0.0]), "hears the input of now as well"),
        ("delay-by-one", ([[3.0], [0.0]], [[4.0, 0.0], [3.0, 0.0]], [0.0, 0.0]), "Unit 1 hears itself"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 0.0], [3.0, 3.0]], [0.0, 0.0]), "Unit 2 hears itself"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 3.0], [3.0, 0.0]], [0.0, 0.0]), "Unit 1 hears unit 2"),
        ("delay-by-one", ([[3.0], [0.0]], [[0.0, 0.0], [3.0, 0.0]], [0.0, 3.0]), "push the units to one side"),
        ("delay-by-one", ([[3.0], [3.0]], [[3.0, 3.0], [3.0, 3.0]], [0.0, 0.0]), "Others get in their way"),
        ("delay-by-one", ([[1.0]], [[1.0]], [0.0]), "W_hh must have shape (2, 2)"),
        ("delay-by-one", ([[1.0]], [[1.0]]), "must hold three arrays"),
        ("resettable-counter", ([[1.0, -50.0]], [[1.0]], [0.0]), "takes away a fixed amount"),
        ("resettable-counter", ([[1.0, -100.5]], [[1.0]], [0.0]), "takes away a fixed amount"),
        ("resettable-counter", ([[1.0, 50.0]], [[1.0]], [0.0]), "makes the count larger"),
        ("resettable-counter", ([[1.0, -200.0]], [[0.9]], [0.0]), "a share of the count is lost"),
        ("resettable-counter", ([[1.0, -50.0]], [[0.9]], [0.0]), "a share of the count is lost"),
        ("resettable-counter", ([[-200.0, 1.0]], [[1.0]], [0.0]), "in the other order"),
        ("resettable-counter", ([[1.0, -200.0]], [[0.0]], [0.0]), "nothing is left of the count"),
        ("resettable-counter", ([[1.0, -200.0]], [[-1.0]], [0.0]), "from the unit to itself is negative"),
        ("resettable-counter", ([[1.0, -200.0]], [[1.01]], [0.0]), "grows without a tick"),
        ("resettable-counter", ([[1.0, -200.0]], [[1.0]], [1.0]), "above zero and comes in at every step"),
        ("resettable-counter", ([[0.0, -200.0]], [[1.0]], [0.0]), "no tick is heard"),
        ("resettable-counter", ([[-1.0, -200.0]], [[1.0]], [0.0]), "a tick pushes the sum below zero"),
        ("resettable-counter", ([[2.0, -400.0]], [[1.0]], [0.0]), "a tick does not add 1"),
        ("resettable-counter", ([[1.0, 0.0]], [[1.0]], [0.0]), "nothing happens at a reset"),
        ("resettable-counter", (np.zeros((2, 2)), np.eye(2), [0.0, 0.0]), "what must stand before"),
        ("resettable-counter", ([[2.0, -200.0]], [[1.0]], [-1.0]), "no input the state should stay"),
        ("resettable-counter", ([[1.0]], [[1.0]], [0.0]), "W_ih must have 2 columns"),
    ],
)  # fmt: skip
def test_wrong_constructions_are_told_what_is_wrong(label, answer, said):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_weights_may_come_as_params_and_the_reset_may_be_just_strong_enough():
    assert grade("resettable-counter", ([[1.0, -101.0]], [[1.0]], [0.0])).status == "right"
    built = EXERCISES["delay-by-one"].example()
    assert grade("delay-by-one", RNNParams(*(np.array(part) for part in built))).status == "right"
    assert grade("delay-by-one", ([[-3.0], [0.0]], [[0.0, 0.0], [-3.0, 0.0]], [0.0, 0.0])).status == "right"
