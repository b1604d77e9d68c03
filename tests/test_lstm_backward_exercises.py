"""The exercises of chapter 13 that ask for no function: answers by torch, and wrong ones of several kinds."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lstm_course.checker import but
from lstm_course.exercises import EXERCISES, grade
from lstm_course.exercises.lstm_backward.made import LOST_ARRIVAL, _example
from lstm_course.lstm import (
    LSTMParams,
    init_lstm,
    lstm_backward,
    lstm_forward,
    lstm_step,
    lstm_step_backward,
)
from lstm_course.lstm_variants import variant_step, variant_step_backward


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def given_gates(reads_h_1=False, penalty=False):
    """The two steps of the table: pre-activations that give its gates, with h_1 moving those of step 2."""
    c0, h1_moved = leaf(1.0), leaf(0.0)
    gates = {1: (0.5, 0.8, 0.6, 0.4), 2: (0.2, 0.6, -0.4, 0.7)}
    weights = (1.0, -2.0, 0.5, 1.0)
    inverse = (torch.logit, torch.logit, torch.atanh, torch.logit)
    forth = (torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid)

    def gates_of(t, moved):
        pairs = zip(gates[t], weights, inverse, forth, strict=True)
        return [f(back(torch.tensor(value, dtype=torch.float64)) + w * moved) for value, w, back, f in pairs]

    i, f, g, o = gates_of(1, 0.0)
    c1 = f * c0 + i * g
    through = c1.clone()
    h1 = o * torch.tanh(through) + h1_moved
    i, f, g, o = gates_of(2, h1 - h1.detach())  # the table's gates are those at h_1
    c2 = f * c1 + i * g
    loss = o * torch.tanh(c2)
    if reads_h_1:
        loss = loss - 0.5 * h1
    if penalty:
        loss = loss + c1**2 / 2
    c1.retain_grad()
    return loss, {"h1": h1_moved, "through": through, "c1": c1, "c0": c0}


def derivatives(loss, *variables):
    return tuple(g.item() for g in torch.autograd.grad(loss, variables))


def test_two_arrivals_by_torch():
    loss, v = given_gates()
    answer = derivatives(loss, v["h1"], v["through"], v["c1"])
    assert grade("dc-by-hand", answer).status == "right"
    assert answer[1] < 0 < answer[2]  # as its explanation says


def test_two_losses_by_torch():
    loss, v = given_gates(reads_h_1=True, penalty=True)
    assert grade("two-losses", derivatives(loss, v["h1"], v["c1"], v["c0"])).status == "right"


def test_a_held_step_by_torch():
    c1, f_2 = leaf(np.arctanh(0.6)), leaf(np.log(0.9 / 0.1))
    h1 = 0.5 * torch.tanh(c1)
    mask = torch.tensor(0.0, dtype=torch.float64)
    c2_new = torch.sigmoid(f_2) * c1 + 0.3
    c2 = mask * c2_new + (1 - mask) * c1
    h2 = mask * 0.8 * torch.tanh(c2_new) + (1 - mask) * h1
    loss = 0.5 * h2 - 0.2 * h2 + 0.6 * c2
    assert grade("held-step", derivatives(loss, h1, c1, f_2)).status == "right"


def test_which_gradients_are_zero():
    rng = np.random.default_rng(0)
    for _ in range(5):
        params = init_lstm(2, 3, rng)
        _, _, cache = lstm_forward(params, rng.standard_normal((1, 4, 2)))
        *_, d = lstm_backward(params, cache, rng.standard_normal((1, 4, 3)))
        assert not d.weight_hh.any()
        for part in (d.weight_ih, d.bias):
            assert [bool(block.any()) for block in np.split(part, 4)] == [True, False, True, True]
    assert grade("which-are-zero", "c1").status == "right"


def test_the_planted_bug_is_one_and_the_only_one_and_one_step_does_not_show_it():
    task = EXERCISES["closed-highway"]
    mended = task.listing.replace("dc_next = dc_next * f[t]", "dc_next = dc * f[t]")
    assert mended != task.listing
    rng = np.random.default_rng(1)
    for steps in (1, 2, 5):
        params = init_lstm(2, 3, rng)
        x, h0, c0 = (rng.standard_normal(s) for s in ((steps, 4, 2), (4, 3), (4, 3)))
        dh = rng.standard_normal((steps, 4, 3))
        _, _, k = lstm_forward(params, x, h0, c0)
        right = lstm_backward(params, k, dh)[3].weight_hh
        lost = LOST_ARRIVAL(params, k, dh)[3].weight_hh
        for listing, wanted in ((mended, right), (task.listing, lost)):
            scope = {"np": np}
            exec(listing, scope)
            got = scope["gradient"](params.weight_hh, k.h, k.c, k.i, k.f, k.g, k.o, dh)
            np.testing.assert_allclose(got, wanted, rtol=1e-10)
        assert np.allclose(lost, right) == (steps == 1)


def changed(**parts):
    params, x, h0, c0, dh = _example()
    case = {"params": params, "x": x, "h0": h0, "c0": c0, "dh": dh} | parts
    return tuple(case.values())


SHUT = LSTMParams(_example()[0].weight_ih, _example()[0].weight_hh, np.array([0.0, -40.0, 0.0, 0.0]))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (changed(c0=0.5), "For which cell states is it?"),
        (changed(c0=20.0), "brought it down by step 3"),
        (changed(dh=(1.0, 0.0, 1.0)), "a zero in dh"),
        (changed(params=SHUT, c0=0.5), "Find another way"),
        (changed(dh=(1e-6, 1e-6, 1e-6)), "errors count in proportion"),
        (changed(x=(1.0, 2.0)), "must have shape (T=3,)"),
        (changed(c0=(1.0, 2.0)), "must be one finite number"),
        (changed(params=init_lstm(2, 1, np.random.default_rng(0))), "one input and one unit"),
        (changed(params=(1, 2)), "must be an LSTMParams"),
        (_example()[:4], "must hold five things"),
    ],
)
def test_wrong_constructions_are_told_what_is_wrong(answer, said):
    verdict = grade("blind-lstm-check", answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_shut_output_gates_hide_it_too():
    """The other way that the explanation names."""
    weight_ih = np.array([[0.3], [0.2], [-0.5], [-50.0]])  # o is open at the negative input, else shut
    params = LSTMParams(weight_ih, _example()[0].weight_hh, np.zeros(4))
    assert grade("blind-lstm-check", (params, (-0.01, 1.0, 1.0), 0.5, 0.7, (1.0, 1.0, 1.0))).status == "right"


def test_what_one_step_from_zero_states_sees_and_what_not():
    """As the solution of which-are-zero says."""
    rng = np.random.default_rng(4)
    params, zeros = init_lstm(2, 3, rng), np.zeros((4, 3))
    cache = lstm_step(params, rng.standard_normal((4, 2)), zeros, zeros)[2]
    dh = rng.standard_normal((4, 3))

    def gradients(**changes):
        step = but(lstm_step_backward, **changes) if changes else lstm_step_backward
        return step(params, cache, dh, zeros)[3]

    right = gradients()
    unseen = gradients(da_f="df")
    assert all(np.array_equal(getattr(unseen, n), getattr(right, n)) for n in vars(right))
    assert np.array_equal(right.weight_hh * 2, right.weight_hh)
    seen = gradients(df="dc * c_t")
    assert abs(seen.bias - right.bias).max() > 1e-3


def test_the_lines_of_the_solution_send_back_what_the_package_does():
    page = (Path(__file__).resolve().parents[1] / "book" / "13_lstm_backward.ipynb").read_text(
        encoding="utf-8"
    )
    cells = ["".join(cell["source"]) for cell in json.loads(page)["cells"]]
    (solution,) = (source for source in cells if source.startswith("````{solution} coupled-backward"))
    listing = solution.split("```python\n")[1].split("```")[0]
    rng = np.random.default_rng(5)
    params = init_lstm(2, 3, rng)
    states = rng.standard_normal((2, 4, 3))
    k = variant_step(params, rng.standard_normal((4, 2)), *states, forget="coupled")[2]
    scope = {"np": np, "k": k, "dh_t": rng.standard_normal((4, 3)), "dc_t": rng.standard_normal((4, 3))}
    exec(listing, scope)
    _, _, dc_prev, dparams = variant_step_backward(params, k, scope["dh_t"], scope["dc_t"])
    da = np.concatenate([scope[f"da_{gate}"] for gate in "ifgo"], axis=1)
    np.testing.assert_allclose(scope["dc_prev"], dc_prev, rtol=1e-12)
    np.testing.assert_allclose(da.sum(axis=0), dparams.bias, rtol=1e-12, atol=1e-15)


def test_an_output_gate_that_is_nearly_shut_is_told_so():
    weight_ih = np.array([[0.3], [0.2], [-0.5], [-5.0]])
    params = LSTMParams(weight_ih, _example()[0].weight_hh, np.zeros(4))
    verdict = grade("blind-lstm-check", (params, (-0.01, 1.0, 1.0), 0.5, 0.7, (1.0, 1.0, 1.0)))
    assert verdict.status == "wrong"
    assert "either factor will do" in " ".join(verdict.text.split())
