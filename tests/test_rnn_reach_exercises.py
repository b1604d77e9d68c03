"""The exercises of chapter 11 that ask for no function: their answers by torch, and wrong ones of several kinds."""

import numpy as np
import pytest
import torch

from lstm_course.exercises import EXERCISES, grade
from lstm_course.gradient_flow import forward_by_steps, truncated_backward
from lstm_course.rnn import init_rnn


def hand_gradient(cut):
    """The hand example's derivative by w_hh, with the state detached before each step t where ``cut(t)``."""
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    h, loss = torch.tensor(4.0, dtype=torch.float64), 0
    for t, (x, says) in enumerate(zip((1.0, 2.0, 1.0), (3.0, -3.0, 3.0), strict=True)):
        h = 2 * x + w * (h.detach() if cut(t) else h)
        loss = loss + says * h
    return torch.autograd.grad(loss, w)[0].item()


def test_cut_by_hand_by_detach():
    look_back = 0.0
    for t, says in enumerate((3.0, -3.0, 3.0)):  # each loss on its own
        w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        h = torch.tensor(4.0, dtype=torch.float64)
        for k, x in enumerate((1.0, 2.0, 1.0)[: t + 1]):
            h = 2 * x + w * (h.detach() if k == t - 1 else h)
        look_back += torch.autograd.grad(says * h, w)[0].item()
    answer = hand_gradient(lambda t: False), hand_gradient(lambda t: t % 2 == 0), look_back
    assert grade("cut-by-hand", answer).status == "right"


def test_radius_one_by_multiplying_out():
    found = []
    for W in ([[0, -1], [1, 0]], [[1, 1], [0, 1]], [[1, 0], [0, 0.5]]):
        power = torch.eye(2, dtype=torch.float64)
        for _ in range(100):
            power = power @ torch.tensor(W, dtype=torch.float64)
        found.append(torch.linalg.svdvals(power)[0].item())
    assert grade("radius-one", found).status == "right"
    assert grade("radius-one", (1, 100, 1)).status == "right"


def test_a_product_of_two_matrices_of_radius_zero_has_radius_one():
    A = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert [abs(np.linalg.eigvals(M)).max() for M in (A, A.T, A @ A.T)] == [0, 0, 1]
    assert grade("prove-the-bound", "b1").status == "right"


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["wrong-cut"]
    mended = task.listing.replace("torch.zeros_like(h) if border", "h.detach() if border")
    assert mended != task.listing
    rng = np.random.default_rng(0)
    params, x, h0 = init_rnn(2, 3, rng), rng.standard_normal((7, 4, 2)), rng.standard_normal((4, 3))
    W_y, target = rng.standard_normal((1, 3)), rng.standard_normal((7, 4, 1))
    h, steps = forward_by_steps(params, x, h0)
    ours = truncated_backward(params, steps, (h @ W_y.T - target) @ W_y, 3)
    for listing, right in ((mended, True), (task.listing, False)):
        scope = {"torch": torch}
        exec(listing, scope)
        weights = [torch.tensor(part, requires_grad=True) for part in vars(params).values()]
        loss = scope["truncated_loss"](*weights, *map(torch.tensor, (W_y, x, target, h0)), 3)
        loss.backward()
        same = [np.allclose(a, w.grad.numpy()) for a, w in zip(vars(ours).values(), weights, strict=True)]
        assert all(same) == right


TOGGLE = EXERCISES["toggle"].example()


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("toggle", (*TOGGLE[:1], np.transpose(TOGGLE[1]), *TOGGLE[2:]), "With W_hh transposed it works"),
        ("toggle", ([[6.0]], [[6.0]], [-1.0], [0.5], 1.0), "should settle where y is 0"),
        ("toggle", ([[6.0], [6.0]], [[3.0, 0.0], [3.0, 0.0]], [0.0, 0.0], [0.5, 0.5], 0.0), "must do this"),
        ("toggle", ([[5.0]], [[3.0]], [0.0], [1.0], 0.0), "you have a latch"),
        ("toggle", (TOGGLE[0], np.multiply(TOGGLE[1], 2), *TOGGLE[2:]), "twice as strongly as the pulse"),
        ("toggle", (*(np.divide(part, 3) for part in TOGGLE[:3]), *TOGGLE[3:]), "units are not saturated"),
        ("toggle", (*TOGGLE[:3], [1.0, -1.0], 0.0), "but not 0 and 1"),
        ("toggle", (*TOGGLE[:4], 0.5), "but not 0 and 1"),
        ("toggle", (*TOGGLE[:3], [-0.5, 0.5], 1.0), "is turned round"),
        ("toggle", (*TOGGLE[:3], [-0.5, 0.5], 0.0), "is turned round"),
        ("toggle", (*TOGGLE[:2], [-3.0, -3.0], *TOGGLE[3:]), "at every step they say the same"),
        ("toggle", (TOGGLE[0], np.zeros((2, 2)), *TOGGLE[2:]), "How should they know at a pulse"),
        ("toggle", ([[0.0], [0.0]], *TOGGLE[1:]), "no pulse is heard"),
        ("toggle", (TOGGLE[0], np.divide(TOGGLE[1], 2), *TOGGLE[2:]), "half as strongly as the pulse"),
        ("toggle", (TOGGLE[0], np.abs(TOGGLE[1]), *TOGGLE[2:]), "hear the sum of both"),
        ("toggle", (TOGGLE[0], np.negative(TOGGLE[1]), *TOGGLE[2:]), "The state comes in with the wrong sign"),
        ("toggle", (np.negative(TOGGLE[0]), *TOGGLE[1:]), "The pulse comes in with the wrong sign"),
        ("toggle", (*TOGGLE[:2], [3.0, 9.0], *TOGGLE[3:]), "lift the units"),
        ("toggle", (*TOGGLE[:2], [-3.0, -15.0], *TOGGLE[3:]), "the thresholds are wrong"),
        ("toggle", (*TOGGLE[:2], [0.0, 0.0], [0.5, 0.2], 0.0), "at every step they say the same"),
        ("toggle", (*TOGGLE[:3], [1.0, -0.5], 0.0), "The digit is"),
        ("toggle", ([[6.0], [-6.0]], *TOGGLE[1:]), "hear the pulse with different weights"),
        ("toggle", (TOGGLE[0], [[3.0, 0.0], [3.0, -3.0]], *TOGGLE[2:]), "hear the old state with different weights"),
        ("toggle", TOGGLE[:3], "must hold five parts"),
        ("toggle", (*TOGGLE[:3], [1.0], 0.0), "W_y must hold 2 numbers"),
        ("explodes-below-one", ([[3.0, 3.0], [-3.0, -3.0]], [1.5, -3.0]), "Choose these first"),
        ("explodes-below-one", ([[0.5, 0.0], [0.0, 0.5]], [0.0, 0.0]), "sit at slopes that are too alike"),
        ("explodes-below-one", ([[0.5, 0.0], [0.0, 0.5]], [1.0, 0.0]), "by the bound it must vanish"),
        ("explodes-below-one", ([[3.5, 3.0], [-3.0, -2.5]], [1.5, -3.0]), "From one of the random starts"),
        ("explodes-below-one", ([[0.0, 1.2], [1.2, 0.0]], [1.0, 0.0]), "Choose these first"),
        ("explodes-below-one", ([[1.35, 1.0], [-1.0, -0.65]], [1.5, -3.0]), "your network settles"),
        ("explodes-below-one", ([[0.5]], [0.0]), "W_hh must have shape (2, 2)"),
        ("explodes-below-one", ([[0.5]],), "must hold two arrays"),
    ],
)  # fmt: skip
def test_wrong_constructions_are_told_what_is_wrong(label, answer, said):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_many_networks_explode_below_one():
    for W, b in (([[6.35, 6], [-6, -5.65]], [1.5, -2.0]), ([[3.34, -5.22], [1.65, -2.61]], [-2.52, -2.28])):
        assert grade("explodes-below-one", (W, b)).status == "right"
