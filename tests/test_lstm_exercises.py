"""The exercises on the LSTM: answers by torch's autograd, and what their cases show."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lstm_course.checker.text import inputs_block
from lstm_course.exercises import EXERCISES, grade
from lstm_course.exercises._samples import draw_lstm
from lstm_course.gradient_flow import LocalJacobians
from lstm_course.lstm import LSTMParams
from lstm_course.lstm_variants import PeepholeLSTMParams, variant_step_backward


def leaf(array):
    return torch.tensor(np.array(array), requires_grad=True)


def leaves_of(params):
    return SimpleNamespace(**{name: leaf(array) for name, array in vars(params).items()})


def gradients(kind, p):
    return kind(*(array.grad.numpy() for array in vars(p).values()))


def torch_step(p, x, h, c, *, coupled=False, peephole=(0, 0, 0)):
    a_i, a_f, a_g, a_o = (x @ p.weight_ih.T + h @ p.weight_hh.T + p.bias).chunk(4, dim=-1)
    i = torch.sigmoid(a_i + peephole[0] * c)
    f = 1 - i if coupled else torch.sigmoid(a_f + peephole[1] * c)
    c = f * c + i * torch.tanh(a_g)
    return torch.sigmoid(a_o + peephole[2] * c) * torch.tanh(c), c


def step_backward(kind=LSTMParams, **variant):
    def answer(params, cache, dh_t, dc_t):
        p, x, h, c = leaves_of(params), leaf(cache.x_t), leaf(cache.h_prev), leaf(cache.c_prev)
        peephole = {"peephole": p.peephole} if kind is PeepholeLSTMParams else {}
        new = torch_step(p, x, h, c, **peephole, **variant)
        torch.autograd.backward(new, (torch.tensor(dh_t), torch.tensor(dc_t)))
        return x.grad.numpy(), h.grad.numpy(), c.grad.numpy(), gradients(kind, p)

    return answer


def state_at(cache, t, row):
    return torch.tensor(cache.h[t, row].copy()), torch.tensor(cache.c[t, row].copy())


def local_jacobians(params, cache, t, row):
    p, x, (h, c) = leaves_of(params), torch.tensor(cache.x[t - 1, row].copy()), state_at(cache, t - 1, row)
    _, c_t = state_at(cache, t, row)

    def output(h, c_t):  # h_t with c_t held
        a_o = (x @ p.weight_ih.T + h @ p.weight_hh.T + p.bias).chunk(4)[3]
        return torch.sigmoid(a_o) * torch.tanh(c_t)

    B, D = torch.autograd.functional.jacobian(lambda h, c: torch_step(p, x, h, c)[1], (h, c))
    E, A = torch.autograd.functional.jacobian(output, (h, c_t))
    return LocalJacobians(*(block.numpy() for block in (D, B, A, E)))


def highway_split(params, cache, t0, t1, row):
    p, (h0, c0) = leaves_of(params), state_at(cache, t0, row)

    def roll(c, hold):
        h = h0
        for t in range(t0, t1):
            given = torch.tensor(cache.h[t, row].copy()) if hold else h
            h, c = torch_step(p, torch.tensor(cache.x[t, row].copy()), given, c)
        return c

    total, highway = (
        torch.autograd.functional.jacobian(lambda c, hold=hold: roll(c, hold), c0).numpy()
        for hold in (False, True)
    )
    return total, highway, total - highway


AUTOGRAD = {
    "coupled-backward": step_backward(coupled=True),
    "peephole-backward": step_backward(PeepholeLSTMParams),
    "local-jacobians": local_jacobians,
    "highway-split": highway_split,
}


def in_one_thread(answer):
    """Threads of torch that wait for one another on a busy machine would pass for a slow answer."""

    def alone(*args):
        torch.set_num_threads(1)  # of the thread in which the answer runs
        return answer(*args)

    return alone


@pytest.mark.parametrize("label", AUTOGRAD)
def test_autograd_answers_pass(label):
    threads = torch.get_num_threads()
    verdict = grade(label, in_one_thread(AUTOGRAD[label]), time_limit=60)
    torch.set_num_threads(threads)
    assert verdict.status == "right", verdict.text


def test_a_cache_of_the_fast_pass_is_shown_as_the_page_has_it():
    params, cache = draw_lstm(np.random.default_rng(0), 2, 1, 1, 1)
    text = inputs_block(("params", "cache"), (params, cache))
    names = [line.split("=")[0].strip() for line in text.splitlines()]
    shown = [f"cache.{name}" for name in ("x", "i", "f", "g", "o", "c", "h")]
    assert names == ["params.weight_ih", "params.weight_hh", "params.bias", *shown]
    assert f"cache.x          = [[[{cache.x[0, 0, 0]:g}]], [[{cache.x[1, 0, 0]:g}]]]" in text


def test_the_lines_of_an_array_stand_below_one_another():
    exercise = EXERCISES["peephole-backward"]
    for size in (2, 3):  # the second of them in float32, with a note behind the array
        lines = inputs_block(exercise.inputs, exercise.cases()[size]).splitlines()
        first = next(k for k, line in enumerate(lines) if "params.weight_ih" in line)
        assert lines[first].index("[[") + 1 == lines[first + 1].index("[")
        assert max(map(len, lines)) <= 78


def test_every_argument_of_the_smallest_case_is_shown():
    for label in AUTOGRAD:
        text = inputs_block(EXERCISES[label].inputs, EXERCISES[label].cases()[0])
        assert "more" not in text
        assert "shape" not in text


@pytest.mark.parametrize("label", ["coupled-backward"])
def test_small_cases_show_the_squashing(label):
    for args in EXERCISES[label].cases()[:2]:
        c = args[1].c_t
        assert (abs(c) > 0.3).all()


def test_two_values_in_the_wrong_order_beside_a_structure():
    def answer(params, cache, dh_t, dc_t):
        dx_t, dh_prev, dc_prev, dparams = variant_step_backward(params, cache, dh_t, dc_t)
        return dx_t, dc_prev, dh_prev, dparams

    text = grade("coupled-backward", answer).text
    assert "right, but in another order: (dx_t, dc_prev, dh_prev, dparams)." in " ".join(text.split())


def test_what_has_no_name_is_told_in_one_sentence():
    def answer(params, cache, dh_t, dc_t):
        dx_t, dh_prev, dc_prev, dparams = variant_step_backward(params, cache, dh_t, dc_t)
        bias = dparams.bias.copy()
        bias[0] += 1
        weights = dparams.weight_ih + 1, dparams.weight_hh
        return dx_t, dh_prev, dc_prev, LSTMParams(*weights, bias)

    text = " ".join(grade("coupled-backward", answer).text.split())
    assert "dparams.weight_ih and dparams.bias (in 1 of 4 entries) are wrong, in a way that fits no" in text
    assert text.count("Work the case below by hand.") == 1
