"""The LSTM against torch.nn.LSTM, by hand, and against wrong backward passes.

What it shares with the other recurrent networks is tested in test_recurrent_contract.py.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import LSTM, by_steps, differs_from_torch, problem

from lstm_course.lstm import (
    LSTMParams,
    init_lstm,
    lstm_backward,
    lstm_forward,
    lstm_step,
    lstm_step_backward,
)


def sigma(a):
    return 1 / (1 + np.exp(-a))


def test_one_cell_by_hand():
    params = LSTMParams([[0.1], [0.2], [0.3], [0.4]], [[0.5], [0.6], [0.7], [0.8]], [0.0, 1.0, 0.0, 0.0])
    h, c, cache = lstm_step(params, [[2.0]], [[0.5]], [[-1.0]])
    i, f, g, o = sigma(0.45), sigma(1.7), np.tanh(0.95), sigma(1.2)
    assert (cache.i_t, cache.f_t, cache.g_t, cache.o_t) == pytest.approx((i, f, g, o), rel=1e-15)
    assert c == pytest.approx(-f + i * g, rel=1e-14)
    assert h == pytest.approx(o * np.tanh(-f + i * g), rel=1e-14)


@given(
    steps=st.integers(1, 12),
    batch=st.integers(1, 4),
    n_in=st.integers(1, 5),
    n=st.integers(1, 6),
    seed=st.integers(0, 10**6),
)
def test_it_is_torch_nn_lstm(assert_close, steps, batch, n_in, n, seed):
    params, x, (h0, c0), dh, (dh_T, dc_T) = problem(LSTM, steps, batch, n_in, n, seed)
    theirs = torch.nn.LSTM(n_in, n, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.tensor(params.weight_ih))
        theirs.weight_hh_l0.copy_(torch.tensor(params.weight_hh))
        theirs.bias_ih_l0.copy_(torch.tensor(params.bias))
        theirs.bias_hh_l0.zero_()
    xt, h0t, c0t = (torch.tensor(a, requires_grad=True) for a in (x, h0, c0))
    out, (h_last, c_last) = theirs(xt, (h0t[None], c0t[None]))
    torch.autograd.backward((out, h_last[0], c_last[0]), [torch.tensor(a) for a in (dh, dh_T, dc_T)])

    h, (h_T, c_T), cache = lstm_forward(params, x, h0, c0)
    for ours, other in ((h, out), (h_T, h_last[0]), (c_T, c_last[0])):
        assert_close(ours, other.detach().numpy(), 1e-12)
    dx, dh0, dc0, d = lstm_backward(params, cache, dh, dh_T, dc_T)
    for ours, other in (
        (dx, xt),
        (dh0, h0t),
        (dc0, c0t),
        (d.weight_ih, theirs.weight_ih_l0),
        (d.weight_hh, theirs.weight_hh_l0),
        (d.bias, theirs.bias_ih_l0),
        (d.bias, theirs.bias_hh_l0),
    ):
        assert_close(ours, other.grad.numpy(), 1e-10)


def of_torch(module, suffix):
    """One layer and direction of a torch module, as parameters."""
    arrays = {key: value.detach().numpy() for key, value in module.named_parameters()}
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weight_ih, weight_hh, bias_ih, bias_hh = (arrays[f"{name}_{suffix}"] for name in names)
    return LSTMParams(weight_ih, weight_hh, bias_ih + bias_hh)


def assert_shares(assert_close, module, suffix, d):
    for name, ours in (("weight_ih", d.weight_ih), ("weight_hh", d.weight_hh), ("bias_hh", d.bias)):
        assert_close(ours, getattr(module, f"{name}_{suffix}").grad.numpy(), 1e-10)


def test_two_layers_are_one_after_the_other(assert_close, rng):
    torch.manual_seed(0)
    theirs = torch.nn.LSTM(3, 4, num_layers=2, dtype=torch.float64)
    x, dh = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4))
    xt = torch.tensor(x, requires_grad=True)
    out = theirs(xt)[0]
    out.backward(torch.tensor(dh))
    below, above = of_torch(theirs, "l0"), of_torch(theirs, "l1")
    h1, _, cache1 = lstm_forward(below, x)
    h2, _, cache2 = lstm_forward(above, h1)
    dh1, _, _, d2 = lstm_backward(above, cache2, dh)
    dx, _, _, d1 = lstm_backward(below, cache1, dh1)
    assert_close(h2, out.detach().numpy(), 1e-12)
    assert_close(dx, xt.grad.numpy(), 1e-10)
    assert_shares(assert_close, theirs, "l0", d1)
    assert_shares(assert_close, theirs, "l1", d2)


def test_two_directions_are_two_networks_one_of_which_reads_backwards(assert_close, rng):
    torch.manual_seed(0)
    theirs = torch.nn.LSTM(3, 4, bidirectional=True, dtype=torch.float64)
    x, dh = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 8))
    xt = torch.tensor(x, requires_grad=True)
    out = theirs(xt)[0]
    out.backward(torch.tensor(dh))
    forth, back = of_torch(theirs, "l0"), of_torch(theirs, "l0_reverse")
    h1, _, cache1 = lstm_forward(forth, x)
    h2, _, cache2 = lstm_forward(back, x[::-1])
    dx1, _, _, d1 = lstm_backward(forth, cache1, dh[..., :4])
    dx2, _, _, d2 = lstm_backward(back, cache2, dh[::-1, :, 4:])
    assert_close(np.concatenate([h1, h2[::-1]], axis=2), out.detach().numpy(), 1e-12)
    assert_close(dx1 + dx2[::-1], xt.grad.numpy(), 1e-10)
    assert_shares(assert_close, theirs, "l0", d1)
    assert_shares(assert_close, theirs, "l0_reverse", d2)


def test_the_cache_shows_gates_and_states(assert_close):
    params, x, (h0, c0), _, _ = problem(LSTM, 5, 3, 2, 4, 0)
    h, (h_T, c_T), cache = lstm_forward(params, x, h0, c0)
    for t in range(5):
        _, _, step = lstm_step(params, x[t], cache.h[t], cache.c[t])
        for name in "ifgo":
            assert_close(getattr(cache, name)[t], getattr(step, f"{name}_t"))
        assert_close(cache.c[t + 1], step.c_t)
    np.testing.assert_array_equal(cache.h[1:], h)
    for ours, wanted in ((cache.h[0], h0), (cache.c[0], c0), (cache.h[5], h_T), (cache.c[5], c_T)):
        np.testing.assert_array_equal(ours, wanted)


def test_the_cache_holds_little_more_than_the_equations_need():
    steps, batch, n_in, n = 100, 8, 16, 32
    _, _, cache = lstm_forward(init_lstm(n_in, n, np.random.default_rng(0)), np.zeros((steps, batch, n_in)))
    needed = steps * batch * (n_in + 6 * n)  # x, four gates, c, h
    assert sum(a.size for a in cache if a is not None) <= 1.05 * needed


def test_the_forget_bias_is_where_it_belongs():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(init_lstm(2, 3, rng).bias, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    assert init_lstm(2, 3, rng, forget_bias=-2).bias[3:6].tolist() == [-2] * 3
    assert init_lstm(2, 3, rng, forget_bias=[1.0, 2.0, 3.0]).bias[3:6].tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match=r"forget_bias must have shape \(H=3\), got \(2,\)"):
        init_lstm(2, 3, rng, forget_bias=[1.0, 2.0])
    with pytest.raises(TypeError, match="forget_bias must be a number, got str"):
        init_lstm(2, 3, rng, forget_bias="1")


def test_rows_that_are_no_four_gates_are_named():
    with pytest.raises(ValueError, match="weight_ih must have 4H rows, a multiple of 4, got 6"):
        LSTMParams(np.zeros((6, 2)), np.zeros((6, 1)), np.zeros(6))


def test_an_open_forget_gate_carries_the_gradient_unchanged_and_a_shut_one_stops_it():
    steps, n = 1000, 3
    weights = np.zeros((4 * n, 2)), np.zeros((4 * n, n))
    for bias, wanted in ((50.0, 1.0), (-50.0, 0.0)):
        params = LSTMParams(*weights, np.repeat([0.0, bias, 0.0, 0.0], n))
        _, _, cache = lstm_forward(params, np.zeros((steps, 1, 2)))
        _, _, dc0, _ = lstm_backward(params, cache, np.zeros((steps, 1, n)), None, np.ones((1, n)))
        np.testing.assert_allclose(dc0, wanted, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturated_gates_raise_no_warning(dtype):
    params = init_lstm(2, 3, np.random.default_rng(0), dtype=dtype)
    big = LSTMParams(*(array * dtype(1e4) for array in (params.weight_ih, params.weight_hh, params.bias)))
    x = np.random.default_rng(1).normal(size=(6, 2, 2)).astype(dtype) * dtype(1e4)
    with np.errstate(all="raise", under="ignore"):
        h, (h_T, c_T), cache = lstm_forward(big, x)
        dx, _, _, _ = lstm_backward(big, cache, np.ones_like(h))
        lstm_step_backward(big, lstm_step(big, x[0], h_T, c_T)[2], h_T, c_T)
    assert np.isfinite(dx).all()


# Wrong versions. H = I = B = T = 3, so that no shape gives a mistake away.

RIGHT = LSTM.step_backward


def _by_steps(step_backward, **forgotten):
    return by_steps(LSTM, step_backward, **forgotten)


def _gates(change):
    """The cache with something exchanged."""
    return _by_steps(lambda p, cache, dh, dc: RIGHT(p, cache._replace(**change(cache)), dh, dc))


def _rows(order):
    """The gradient's gates in another order."""

    def step_backward(params, cache, dh, dc):
        dx, before, d = RIGHT(params, cache, dh, dc)
        swapped = (
            np.concatenate([np.split(a, 4)[k] for k in order]) for a in (d.weight_ih, d.weight_hh, d.bias)
        )
        return dx, before, LSTMParams(*swapped)

    return _by_steps(step_backward)


def _transposed(weight_hh):
    """Every gate's block transposed."""
    return np.concatenate([block.T for block in np.split(weight_hh, 4)])


def _dc_prev(wrong):
    def step_backward(params, cache, dh, dc):
        dx, (dh_prev, _), d = RIGHT(params, cache, dh, dc)
        return dx, (dh_prev, wrong(cache, dh, dc)), d

    return _by_steps(step_backward)


def _bias(params, cache, dh, dc):
    dx, before, d = RIGHT(params, cache, dh, dc)
    return dx, before, replace(d, bias=d.bias / len(dh))


def _nearly(params, cache, dh, dstates):
    dx, before, d = LSTM.backward(params, cache, dh, dstates)
    return dx * (1 + 1e-6), before, d


WRONG = {
    "dc from t+1 lost": _by_steps(RIGHT, lost=("c0",)),
    "dh from t+1 lost": _by_steps(RIGHT, lost=("h0",)),
    "weights of the last step only": _by_steps(RIGHT, last_only=True),
    "dc does not arrive through h": _dc_prev(lambda c, dh, dc: dc * c.f_t),
    "tanh' forgotten": _dc_prev(lambda c, dh, dc: (dc + dh * c.o_t) * c.f_t),
    "dc_prev without the forget gate": _dc_prev(lambda c, dh, dc: dc + dh * c.o_t * (1 - c.tanh_c**2)),
    "c_t for c_{t-1} at the forget gate": _gates(lambda c: {"c_prev": c.c_t}),
    "c_t for tanh(c_t)": _gates(lambda c: {"tanh_c": c.c_t}),
    "i and f exchanged": _gates(lambda c: {"i_t": c.f_t, "f_t": c.i_t}),
    "g and o exchanged": _gates(lambda c: {"g_t": c.o_t, "o_t": c.g_t}),
    "h_t for h_{t-1}": _gates(lambda c: {"h_prev": c.o_t * c.tanh_c}),
    "gradient rows i f o g": _rows((0, 1, 3, 2)),
    "gradient rows f i g o": _rows((1, 0, 2, 3)),
    "weight_hh not transposed": _by_steps(
        lambda p, cache, dh, dc: RIGHT(replace(p, weight_hh=_transposed(p.weight_hh)), cache, dh, dc)
    ),
    "mean for sum in the bias": _by_steps(_bias),
    "off by one in a million": _nearly,
}


def test_the_referee_passes_what_is_right():
    assert not differs_from_torch(LSTM, LSTM.backward)
    assert not differs_from_torch(LSTM, _by_steps(RIGHT))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_referee_catches_a_wrong_backward_pass(wrong):
    assert differs_from_torch(LSTM, wrong)


def test_the_cache_hands_out_its_inputs_and_its_steps():
    params = init_lstm(2, 3, np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((4, 5, 2))
    h0, c0 = np.random.default_rng(2).standard_normal((2, 5, 3))
    h, _, cache = lstm_forward(params, x, h0, c0)
    np.testing.assert_array_equal(cache.x, x)
    with pytest.raises(ValueError, match="read-only"):
        cache.x[0] = 0
    h_prev, c_prev = h0, c0
    for t in range(4):
        h_prev, c_prev, step = lstm_step(params, x[t], h_prev, c_prev)
        for name, want in step._asdict().items():
            np.testing.assert_allclose(getattr(cache.step(t), name), want, rtol=0, atol=1e-14)
    np.testing.assert_allclose(h[-1], h_prev, rtol=0, atol=1e-14)
