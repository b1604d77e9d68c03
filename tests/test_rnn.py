"""The simple recurrent network against torch.nn.RNN, by hand, and against wrong backward passes.

What it shares with the other recurrent networks is tested in test_recurrent_contract.py.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import RNN, by_steps, differs_from_torch, problem

from lstm_course.activations import ACTIVATIONS, get_activation
from lstm_course.rnn import RNNParams, init_rnn, rnn_backward, rnn_forward, rnn_step, rnn_step_backward


def test_two_steps_by_hand():
    params = RNNParams([[0.5]], [[2.0]], [0.1])
    h, h_T, cache = rnn_forward(params, [[[1.0]], [[-1.0]]], activation="identity")
    assert h.ravel() == pytest.approx([0.6, 0.8], rel=1e-15)  # 0.5 + 0.1, then -0.5 + 2 * 0.6 + 0.1
    assert h_T == pytest.approx(0.8)
    dx, dh0, d = rnn_backward(params, cache, np.zeros((2, 1, 1)), [[1.0]])  # L = h_2
    assert dx.ravel() == pytest.approx([2 * 0.5, 0.5])
    assert dh0 == pytest.approx(4.0)
    assert d.weight_hh == pytest.approx(0.6 + 2 * 0.0)  # h_1, and through h_1 twice h_0
    assert d.weight_ih == pytest.approx(-1 + 2 * 1.0)
    assert d.bias == pytest.approx(1 + 2.0)


@given(
    steps=st.integers(1, 12), batch=st.integers(1, 4), n_in=st.integers(1, 5), n=st.integers(1, 6),
    activation=st.sampled_from(["tanh", "relu"]), seed=st.integers(0, 10**6),
)  # fmt: skip
def test_it_is_torch_nn_rnn(assert_close, steps, batch, n_in, n, activation, seed):
    params, x, (h0,), dh, (dh_T,) = problem(RNN, steps, batch, n_in, n, seed)
    theirs = torch.nn.RNN(n_in, n, nonlinearity=activation, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.tensor(params.weight_ih))
        theirs.weight_hh_l0.copy_(torch.tensor(params.weight_hh))
        theirs.bias_ih_l0.copy_(torch.tensor(params.bias))
        theirs.bias_hh_l0.zero_()
    xt, h0t = (torch.tensor(a, requires_grad=True) for a in (x, h0))
    out, h_last = theirs(xt, h0t[None])
    torch.autograd.backward((out, h_last[0]), [torch.tensor(a) for a in (dh, dh_T)])

    h, h_T, cache = rnn_forward(params, x, h0, activation=activation)
    assert_close(h, out.detach().numpy(), 1e-12)
    assert_close(h_T, h_last[0].detach().numpy(), 1e-12)
    dx, dh0, d = rnn_backward(params, cache, dh, dh_T)
    pairs = ((dx, xt), (dh0, h0t), (d.weight_ih, theirs.weight_ih_l0), (d.weight_hh, theirs.weight_hh_l0),
             (d.bias, theirs.bias_ih_l0))  # fmt: skip
    for ours, other in pairs:
        assert_close(ours, other.grad.numpy(), 1e-10)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_of_the_course_runs_and_steps(assert_close, activation):
    params, x, (h0,), dh, _ = problem(RNN, 5, 2, 3, 4, 0)
    h, _, cache = rnn_forward(params, x, h0, activation=activation)
    dx, dh0, _ = rnn_backward(params, cache, dh)
    h_t, steps = h0, []
    for x_t in x:
        h_t, step = rnn_step(params, x_t, h_t, activation)
        steps.append(step)
    assert_close(h[-1], h_t)
    dh_t = np.zeros_like(h_t)
    for step, d in zip(steps[::-1], dh[::-1], strict=True):
        dx_t, dh_t, _ = rnn_step_backward(params, step, dh_t + d)
    assert_close(dx[0], dx_t)
    assert_close(dh0, dh_t)
    assert_close(cache.a[2], steps[2].a_t)
    assert_close(cache.h[1:], h)


def test_the_cache_holds_little_more_than_the_equations_need():
    steps, batch, n_in, n = 100, 8, 16, 32
    params = init_rnn(n_in, n, np.random.default_rng(0))
    _, _, cache = rnn_forward(params, np.zeros((steps, batch, n_in)))
    assert cache.inputs.size <= 1.05 * steps * batch * (n_in + n)  # x and h
    assert sum(a.size for a in cache if isinstance(a, np.ndarray)) == cache.inputs.size + n * (n_in + 1 + n)


def test_an_unknown_activation_is_named():
    params = init_rnn(2, 3, np.random.default_rng(0))
    for call in (lambda f: rnn_step(params, np.zeros((1, 2)), np.zeros((1, 3)), f),
                 lambda f: rnn_forward(params, np.zeros((4, 1, 2)), activation=f)):  # fmt: skip
        with pytest.raises(ValueError, match=r"activation must be one of elu, .*, got 'swish'"):
            call("swish")


# Wrong versions. T = B = I = H = 3, so that no shape gives a mistake away.

RIGHT = RNN.step_backward


def _through(da_of):
    """A wrong gradient of the pre-activations, carried on consistently."""

    def step_backward(p, cache, dh):
        da = da_of(cache, dh, *get_activation(cache.activation)[1:])
        return (
            da @ p.weight_ih,
            (da @ p.weight_hh,),
            RNNParams(da.T @ cache.x_t, da.T @ cache.h_prev, da.sum(0)),
        )

    return by_steps(RNN, step_backward)


WRONG = {
    "dh from t+1 lost": by_steps(RNN, RIGHT, lost=("h0",)),
    "weights of the last step only": by_steps(RNN, RIGHT, last_only=True),
    "f' forgotten": _through(lambda c, dh, f, f_prime: dh),
    "f' of h for f' of a": _through(lambda c, dh, f, f_prime: dh * f_prime(f(c.a_t))),
    "1 - h for 1 - h^2": _through(lambda c, dh, f, f_prime: dh * (1 - f(c.a_t))),
    "weight_hh not transposed": by_steps(
        RNN, lambda p, c, dh: RIGHT(replace(p, weight_hh=p.weight_hh.T), c, dh)
    ),
    "h_t for h_{t-1}": by_steps(RNN, lambda p, c, dh: RIGHT(p, c._replace(h_prev=np.tanh(c.a_t)), dh)),
    "mean for sum": by_steps(RNN, lambda p, c, dh: (*RIGHT(p, c, dh)[:2], RIGHT(p, c, dh / len(dh))[2])),
}


def test_the_referee_passes_what_is_right():
    assert not differs_from_torch(RNN, RNN.backward)
    assert not differs_from_torch(RNN, by_steps(RNN, RIGHT))
    assert not differs_from_torch(RNN, _through(lambda c, dh, f, f_prime: dh * f_prime(c.a_t)))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_referee_catches_a_wrong_backward_pass(wrong):
    assert differs_from_torch(RNN, wrong)
