"""The GRU against torch.nn.GRU, by hand, in both places of the reset, and against wrong backward passes.

What it shares with the other recurrent networks is tested in test_recurrent_contract.py.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import GRU, GRU_BEFORE, as_dict, by_steps, differs_from_torch, problem

from lstm_course.gru import GRUParams, gru_backward, gru_forward, gru_step, init_gru
from lstm_course.lstm import init_lstm


def sigma(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize("reset", ["after", "before"])
def test_one_unit_by_hand(reset):
    params = GRUParams([[0.1], [0.2], [0.3]], [[0.4], [0.5], [0.6]], [0.7, -0.8, 0.9], [0.25])
    h, cache = gru_step(params, [[2.0]], [[-0.5]], reset)
    r, z = sigma(0.2 - 0.2 + 0.7), sigma(0.4 - 0.25 - 0.8)
    inner = r * (-0.3 + 0.25) if reset == "after" else 0.6 * (r * -0.5) + 0.25
    n = np.tanh(0.6 + 0.9 + inner)
    assert (cache.r_t, cache.z_t, cache.n_t) == pytest.approx((r, z, n), rel=1e-15)
    assert h == pytest.approx((1 - z) * n + z * -0.5, rel=1e-14)


@given(
    steps=st.integers(1, 12), batch=st.integers(1, 4), n_in=st.integers(1, 5), n=st.integers(1, 6),
    seed=st.integers(0, 10**6),
)  # fmt: skip
def test_reset_after_is_torch_nn_gru(assert_close, steps, batch, n_in, n, seed):
    params, x, (h0,), dh, (dh_T,) = problem(GRU, steps, batch, n_in, n, seed)
    theirs = torch.nn.GRU(n_in, n, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.tensor(params.weight_ih))
        theirs.weight_hh_l0.copy_(torch.tensor(params.weight_hh))
        theirs.bias_ih_l0.copy_(torch.tensor(params.bias))
        theirs.bias_hh_l0.zero_()
        theirs.bias_hh_l0[2 * n :] = torch.tensor(params.bias_hn)
    xt, h0t = (torch.tensor(a, requires_grad=True) for a in (x, h0))
    out, h_last = theirs(xt, h0t[None])
    torch.autograd.backward((out, h_last[0]), [torch.tensor(a) for a in (dh, dh_T)])

    h, h_T, cache = gru_forward(params, x, h0)
    assert_close(h, out.detach().numpy(), 1e-12)
    assert_close(h_T, h_last[0].detach().numpy(), 1e-12)
    dx, dh0, d = gru_backward(params, cache, dh, dh_T)
    for ours, other in ((dx, xt), (dh0, h0t), (d.weight_ih, theirs.weight_ih_l0),
                        (d.weight_hh, theirs.weight_hh_l0), (d.bias, theirs.bias_ih_l0)):  # fmt: skip
        assert_close(ours, other.grad.numpy(), 1e-10)
    assert_close(np.concatenate([d.bias[: 2 * n], d.bias_hn]), theirs.bias_hh_l0.grad.numpy(), 1e-10)


def test_the_two_resets_differ_and_agree_where_they_must(assert_close):
    params, x, (h0,), _, _ = problem(GRU, 5, 3, 2, 4, 0)
    after, before = (gru_forward(params, x, h0, reset=reset)[0] for reset in ("after", "before"))
    assert np.abs(after - before).max() > 0.1
    n = params.hidden_size
    weight_hh, bias = params.weight_hh.copy(), params.bias.copy()
    weight_hh[:n], bias[:n] = 0, 100  # an open reset gate, r = 1, makes them one
    still = replace(params, weight_ih=params.weight_ih * 0.1, weight_hh=weight_hh, bias=bias)
    assert_close(*(gru_forward(still, x, h0, reset=reset)[0] for reset in ("after", "before")))


def test_the_cache_shows_gates_and_states(assert_close):
    for net, reset in ((GRU, "after"), (GRU_BEFORE, "before")):
        params, x, (h0,), _, _ = problem(net, 5, 3, 2, 4, 0)
        h, _, cache = gru_forward(params, x, h0, reset=reset)
        for t in range(5):
            _, step = gru_step(params, x[t], cache.h[t], reset)
            for name in "rzn":
                assert_close(getattr(cache, name)[t], getattr(step, f"{name}_t"))
        np.testing.assert_array_equal(cache.h[1:], h)


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_cache_holds_little_more_than_the_equations_need(reset):
    steps, batch, n_in, n = 100, 8, 16, 32
    params = init_gru(n_in, n, np.random.default_rng(0))
    _, _, cache = gru_forward(params, np.zeros((steps, batch, n_in)), reset=reset)
    needed = steps * batch * (n_in + 5 * n)  # x, three gates, h, and q
    assert sum(a.size for a in cache if isinstance(a, np.ndarray)) <= 1.05 * needed


def test_an_update_gate_at_one_keeps_the_state_and_its_gradient():
    n = 3
    params = GRUParams(
        np.zeros((3 * n, 2)), np.zeros((3 * n, n)), np.repeat([0.0, 50.0, 0.0], n), np.zeros(n)
    )
    h0, steps = np.array([[0.5, -0.3, 2.0]]), 1000
    _, h_T, cache = gru_forward(params, np.zeros((steps, 1, 2)), h0)
    np.testing.assert_allclose(h_T, h0, rtol=1e-12)
    _, dh0, _ = gru_backward(params, cache, np.zeros((steps, 1, n)), np.ones((1, n)))
    np.testing.assert_allclose(dh0, 1, rtol=1e-12)


def test_it_has_three_quarters_of_the_lstms_weights():
    rng = np.random.default_rng(0)
    gru, lstm = as_dict(init_gru(5, 7, rng)), as_dict(init_lstm(5, 7, rng))
    for name in ("weight_ih", "weight_hh", "bias"):
        assert 4 * gru[name].size == 3 * lstm[name].size


def test_bad_arguments_are_named():
    params = init_gru(2, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="reset must be one of after, before, got 'between'"):
        gru_forward(params, np.zeros((4, 1, 2)), reset="between")
    with pytest.raises(TypeError, match="reset must be a string, got bool"):
        gru_step(params, np.zeros((1, 2)), np.zeros((1, 3)), True)
    with pytest.raises(ValueError, match="weight_ih must have 3H rows, a multiple of 3, got 4"):
        GRUParams(np.zeros((4, 2)), np.zeros((4, 1)), np.zeros(4), np.zeros(1))
    with pytest.raises(ValueError, match=r"bias_hn must have shape \(H=3\), got \(9,\)"):
        replace(params, bias_hn=params.bias)


# Wrong versions. T = B = I = H = 3, so that no shape gives a mistake away.


def _cache(net, change):
    return by_steps(net, lambda p, cache, dh: net.step_backward(p, cache._replace(**change(cache)), dh))


def _dh_prev(net, lost):
    """A path from h_t to h_{t-1} forgotten."""

    def step_backward(p, cache, dh):
        dx, (dh_prev,), d = net.step_backward(p, cache, dh)
        return dx, (dh_prev - lost(p, cache, dh),), d

    return by_steps(net, step_backward)


def _rows(net, order):
    def step_backward(p, cache, dh):
        dx, before, d = net.step_backward(p, cache, dh)
        names = ("weight_ih", "weight_hh", "bias")
        swapped = {key: np.concatenate([np.split(getattr(d, key), 3)[k] for k in order]) for key in names}
        return dx, before, replace(d, **swapped)

    return by_steps(net, step_backward)


def _bias_hn(net, wrong):
    def step_backward(p, cache, dh):
        dx, before, d = net.step_backward(p, cache, dh)
        return dx, before, replace(d, bias_hn=wrong(d))

    return by_steps(net, step_backward)


def _of(net):
    other = "before" if net is GRU else "after"
    return {
        "dh from t+1 lost": by_steps(net, net.step_backward, lost=("h0",)),
        "weights of the last step only": by_steps(net, net.step_backward, last_only=True),
        "the direct path times z lost": _dh_prev(net, lambda p, c, dh: dh * c.z_t),
        "the path through z lost": _dh_prev(
            net, lambda p, c, dh: (dh * (c.h_prev - c.n_t) * c.z_t * (1 - c.z_t)) @ p.weight_hh[3:6]
        ),
        "r and z exchanged": _cache(net, lambda c: {"r_t": c.z_t, "z_t": c.r_t}),
        "1 - z for z": _cache(net, lambda c: {"z_t": 1 - c.z_t}),
        "the reset in its other place": _cache(net, lambda c: {"reset": other}),
        "h_t for h_{t-1}": _cache(net, lambda c: {"h_prev": (1 - c.z_t) * c.n_t + c.z_t * c.h_prev}),
        "gradient rows z r n": _rows(net, (1, 0, 2)),
        "gradient rows r n z": _rows(net, (0, 2, 1)),
        "bias_hn forgotten": _bias_hn(net, lambda d: np.zeros_like(d.bias_hn)),
    }


WRONG = {f"{net}: {name}": (net, wrong) for net in (GRU, GRU_BEFORE) for name, wrong in _of(net).items()}
WRONG["gru: bias_hn as if it were bias"] = GRU, _bias_hn(GRU, lambda d: d.bias[6:])


@pytest.mark.parametrize("net", [GRU, GRU_BEFORE], ids=repr)
def test_the_referee_passes_what_is_right(net):
    assert not differs_from_torch(net, net.backward)
    assert not differs_from_torch(net, by_steps(net, net.step_backward))


@pytest.mark.parametrize(("net", "wrong"), WRONG.values(), ids=WRONG)
def test_the_referee_catches_a_wrong_backward_pass(net, wrong):
    assert differs_from_torch(net, wrong)
