"""The exercises of chapter 14 that ask for no function: their answers another way, and wrong ones of several kinds."""

from itertools import product

import numpy as np
import pytest
import torch

from lstm_course.exercises import EXERCISES, grade
from lstm_course.exercises.lstm_highway.by_hand import closed_input_gates
from lstm_course.exercises.lstm_highway.made import one_cell_split


def test_the_routes_written_down():
    words = {"".join(word) for word in product("DBE", repeat=5)}
    found = [w for w in words if w[0] == "D" and w[-1] != "E" and "ED" not in w and w.count("D") == 3]
    assert grade("routes-by-hand", (len(found), 3 * len(found), 3)).status == "right"


def test_three_steps_by_torch():
    c0 = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    eps = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)  # counts the excursions

    def c3(eps):
        c, h = 0.5 * c0, 0.4 * 0.5 * c0
        c, h = 0.8 * c + eps * 0.5 * h, eps * 0.5 * h
        h = h + 0.5 * c
        return 0.5 * c + eps * 1.0 * h

    [total] = torch.autograd.grad(c3(eps), c0)
    at_zero = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    value = c3(at_zero)
    [slope] = torch.autograd.grad(value, at_zero, create_graph=True)
    [curve] = torch.autograd.grad(slope, at_zero)
    parts = value.item(), slope.item(), curve.item() / 2  # with no excursion, one, two
    assert grade("three-steps", (*parts, total.item())).status == "right"


@pytest.mark.parametrize("seed", range(5))
def test_closed_input_gates_leave_the_highway(seed):
    usual, shut = closed_input_gates(0.0, seed), closed_input_gates(-10.0, seed)
    norm = np.linalg.norm
    assert norm(usual.total) > 50 * norm(usual.highway)
    assert abs(norm(shut.total) / norm(shut.highway) - 1) < 0.05
    assert 1 / 3 < norm(shut.highway) / norm(usual.highway) < 3


def one_cell_by_torch(w, b, steps):
    """Gates, states, and dc_T/dc_0 of an LSTM of one cell on zeros, from a state that is not zero."""
    c0 = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)
    c, h, kept = c0, torch.tensor(0.3, dtype=torch.float64), []
    for _ in range(steps):
        i, f, g, o = (w[j] * h + b[j] for j in range(4))
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        kept.append([v.item() for v in (i, f, g, o, c)])
        c = f * c + i * g
        h = o * c.tanh()
    i, f, g, o, cells = np.transpose(kept)
    [total] = torch.autograd.grad(c, c0)
    return (i, f, g, o, np.append(cells, c.item())), total.item()


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["sum-that-fits"]
    mended = task.listing.replace("np.tanh(c[t]) ** 2", "np.tanh(c[t + 1]) ** 2")
    assert mended != task.listing
    w, b = (0.9, -1.2, 1.5, 0.7), (0.4, 1.0, -0.5, 0.3)
    arrays, truth = one_cell_by_torch(w, b, 6)
    for listing, right in ((mended, True), (task.listing, False)):
        scope = {"np": np}
        exec(listing, scope)
        total, highway, rest = scope["split"](*arrays, *w)
        assert (abs(total - truth) < 1e-12) == right
        assert abs(highway + rest - total) < 1e-15
        assert abs(highway - np.prod(arrays[1])) < 1e-15


def test_an_open_road_by_torch():
    w, b = EXERCISES["open-road"].example()
    c0 = torch.zeros((), dtype=torch.float64, requires_grad=True)
    c, h, highway = c0, torch.zeros((), dtype=torch.float64), 1.0
    for _ in range(10):
        i, f, g, o = (w[j] * h + b[j] for j in range(4))
        highway *= f.sigmoid().item()
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    [total] = torch.autograd.grad(c, c0)
    assert highway >= 0.9
    assert abs(total.item()) <= 0.01
    split = one_cell_split(w, b)
    assert abs(split.total.item() - total.item()) < 1e-14
    assert abs(split.highway.item() - highway) < 1e-14


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (([0, 0, 0, 0], [2, 7, 0, 2]), "there is the highway and nothing else"),
        (([0, 0, 1, 0], [2, 7, 0, 2]), "They are to work against it"),
        (([0, 0, -1, 0], [2, 2, 0, 2]), "Ten factors f must make 0.9"),
        (([0, 0, -1], [2, 7, 0, 2]), "must have shape (gates=4)"),
        ([1, 2, 3], "two lists, weight_hh and bias"),
        (([0.0, 0.0, -1.0, 0.0], [2.0, -7.0, 0.0, 2.0]), "Open keeps"),
        (([0.0, 0.0, -1.0, 0.0], [2.0, 0.0, 0.0, 2.0]), "Open keeps"),
        (([0.0] * 4, [2.0, 2.2, 0.0, 2.0]), "f is its tenth root"),
        (([-3.0, -3.0, 0.0, -3.0], [2.0, 7.0, 0.0, 2.0]), "which door is left"),
        (([0.0, 0.0, -1.0, 0.0], [-3.0, 7.0, 0.0, 2.0]), "one of them is hardly open"),
        (([0.0, 0.0, -0.1, 0.0], [2.0, 7.0, 0.0, 2.0]), "and is too small"),
        (([0.0, 0.0, -3.0, 0.0], [2.0, 7.0, 0.0, 2.0]), "swings to and fro"),
    ],
)
def test_wrong_cells_are_told_what_is_wrong(answer, said):
    verdict = grade("open-road", answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())
