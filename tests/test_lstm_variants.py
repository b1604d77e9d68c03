"""The variants of the LSTM against torch, the usual LSTM, by hand, and against wrong backward passes.

What three of them share with the other recurrent networks is tested in test_recurrent_contract.py.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrent import (
    LSTM,
    SIZES,
    as_dict,
    by_steps,
    differs_from_torch,
    loss_of,
    problem,
    run,
    run_stepping,
    run_torch,
    variant,
)

from lstm_course.gradcheck import check_gradients
from lstm_course.lstm import LSTMParams, init_lstm, lstm_backward, lstm_forward
from lstm_course.lstm_variants import (
    PeepholeLSTMParams,
    init_peephole_lstm,
    variant_backward,
    variant_forward,
    variant_step,
    variant_step_backward,
)

FORGETS, SQUASHES = ("gate", "none", "coupled"), ("tanh", "1997")
FULL = [variant(f, s, peepholes=p) for f, s, p in product(FORGETS, SQUASHES, (False, True))]
TRUNCATED = [
    variant(f, s, peepholes=p, truncated=True) for f, s, p in product(FORGETS, SQUASHES, (False, True))
]


def sigma(a):
    return 1 / (1 + np.exp(-a))


# The equations


def test_a_cell_of_1997_by_hand():
    params = LSTMParams([[0.1], [9.9], [0.3], [0.4]], [[0.5], [9.9], [0.7], [0.8]], [0.0, 9.9, 0.0, 0.0])
    h, c, cache = variant_step(params, [[2.0]], [[0.5]], [[-1.0]], forget="none", squash="1997")
    i, g, o = sigma(0.45), 4 * sigma(0.95) - 2, sigma(1.2)
    assert (cache.i_t, cache.f_t, cache.g_t, cache.o_t) == pytest.approx((i, 1, g, o), rel=1e-15)
    assert c == pytest.approx(-1 + i * g, rel=1e-14)
    assert h == pytest.approx(o * (2 * sigma(-1 + i * g) - 1), rel=1e-14)


def test_a_cell_with_peepholes_by_hand():
    weights = [[0.1], [0.2], [0.3], [0.4]], [[0.5], [0.6], [0.7], [0.8]], [0.0, 1.0, 0.0, 0.0]
    params = PeepholeLSTMParams(*weights, [[2.0], [3.0], [4.0]])
    h, c, cache = variant_step(params, [[2.0]], [[0.5]], [[-1.0]])
    i, f, g = sigma(0.45 - 2), sigma(1.7 - 3), np.tanh(0.95)
    o = sigma(1.2 + 4 * (-f + i * g))  # o sees the new cell state
    assert (cache.i_t, cache.f_t, cache.g_t, cache.o_t) == pytest.approx((i, f, g, o), rel=1e-14)
    assert c == pytest.approx(-f + i * g, rel=1e-14)
    assert h == pytest.approx(o * np.tanh(-f + i * g), rel=1e-14)


def test_coupled_gates_share_one(rng):
    _, _, cache = variant_forward(init_lstm(3, 4, rng), rng.normal(size=(5, 2, 3)), forget="coupled")
    np.testing.assert_array_equal(cache.f, 1 - cache.i)


@pytest.mark.parametrize("squash", SQUASHES)
def test_without_a_forget_gate_the_cell_only_adds(assert_close, rng, squash):
    c0 = rng.normal(size=(2, 4))
    _, (_, c_T), cache = variant_forward(
        init_lstm(3, 4, rng), rng.normal(size=(50, 2, 3)), None, c0, forget="none", squash=squash
    )
    assert (cache.f == 1).all()
    assert_close(c_T, c0 + np.sum(cache.i * cache.g, axis=0))


def test_the_squashing_of_1997_is_wider_inside_and_softer_outside():
    params = LSTMParams(np.zeros((4, 1)), np.zeros((4, 1)), [50.0, 0.0, 50.0, 50.0])
    h, (_, c_T), cache = variant_forward(params, np.zeros((7, 1, 1)), forget="none", squash="1997")
    np.testing.assert_allclose(cache.g, 2, rtol=1e-12)
    assert c_T == pytest.approx(14)  # counts by two
    np.testing.assert_allclose(h[:, 0, 0], np.tanh(np.arange(1, 8)), rtol=1e-12)  # h(c) = tanh(c/2)


@given(**SIZES)
def test_the_plain_variant_is_the_lstm(assert_close, steps, batch, n_in, n, seed):
    params, x, states, dh, dstates = problem(LSTM, steps, batch, n_in, n, seed)
    h, (h_T, c_T), cache = variant_forward(params, x, *states)
    h2, (h_T2, c_T2), cache2 = lstm_forward(params, x, *states)
    for ours, theirs in ((h, h2), (h_T, h_T2), (c_T, c_T2)):
        assert_close(ours, theirs)
    for name in "ifgoch":
        assert_close(getattr(cache, name), getattr(cache2, name))
    *ours, d = variant_backward(params, cache, dh, *dstates)
    *theirs, d2 = lstm_backward(params, cache2, dh, *dstates)
    for a, b in zip((*ours, *as_dict(d).values()), (*theirs, *as_dict(d2).values()), strict=True):
        assert_close(a, b)


@pytest.mark.parametrize("net", FULL[::2], ids=repr)
def test_peepholes_of_zero_are_none(net):
    params, *rest = problem(net, 5, 3, 2, 4, 0)
    outputs, gradients = run(net, params, *rest)
    blind = PeepholeLSTMParams(*as_dict(params).values(), np.zeros((3, 4)))
    outputs2, gradients2 = run(net, blind, *rest)
    assert gradients2.pop("peephole").any()  # they would grow
    np.testing.assert_equal((outputs2, gradients2), (outputs, gradients))


@pytest.mark.parametrize("net", [net for net in FULL + TRUNCATED if "gate" not in net.name], ids=repr)
def test_rows_of_a_forget_gate_that_is_not_there_are_not_read_and_have_no_gradient(net):
    params, *rest = problem(net, 5, 3, 2, 4, 0)
    first = run(net, params, *rest)
    for name, rows in (("weight_ih", slice(4, 8)), ("weight_hh", slice(4, 8)), ("bias", slice(4, 8)),
                       ("peephole", 1)):  # fmt: skip
        if name in as_dict(params):
            assert not first[1][name][rows].any()
            other = getattr(params, name).copy()
            other[rows] += 1
            params = replace(params, **{name: other})
    np.testing.assert_equal(run(net, params, *rest), first)


# The gradients


@pytest.mark.parametrize("net", FULL + TRUNCATED, ids=repr)
@given(masked=st.booleans(), **SIZES)
@settings(max_examples=8)
def test_outputs_and_gradients_are_torchs_with_every_option(
    assert_close, net, masked, steps, batch, n_in, n, seed
):
    arguments = problem(net, steps, batch, n_in, n, seed)
    mask = np.random.default_rng(seed).random((steps, batch)) < 0.6 if masked else None
    theirs = run_torch(net, *arguments, mask)
    both = [run(net, *arguments, mask)] + ([] if masked else [run_stepping(net, *arguments)])
    for ours in both:
        for tolerance, a, b in zip((1e-12, 1e-10), ours, theirs, strict=True):
            assert a.keys() == b.keys()
            for name in a:
                assert_close(a[name], b[name], tolerance)


@pytest.mark.parametrize("net", FULL, ids=repr)
def test_gradients_are_finite_differences_with_every_option(net):
    params, x, states, dh, dstates = problem(net, 4, 2, 3, 2, 0)

    def loss(p):
        weights = type(params)(**{key: p[key] for key in as_dict(params)})
        return loss_of(net, weights, p["x"], tuple(p[name] for name in net.states), dh, dstates)

    arrays = {"x": x, **dict(zip(net.states, states, strict=True)), **as_dict(params)}
    check_gradients(loss, arrays, run(net, params, x, states, dh, dstates)[1], tolerance=1e-7)


@pytest.mark.parametrize("net", TRUNCATED, ids=repr)
def test_truncated_the_error_of_the_last_cell_state_passes_the_forget_gates_and_nothing_else(
    assert_close, net
):
    params, x, states, _, (_, dc_T) = problem(net, 30, 3, 2, 4, 0)
    _, _, cache = net.forward(params, x, states)
    zeros = np.zeros_like(cache.i)
    _, (dh0, dc0), _ = net.backward(params, cache, zeros, (None, dc_T))
    assert not dh0.any()
    assert_close(dc0, dc_T * np.prod(cache.f, axis=0), 1e-14)
    if "-none-" in net.name:
        np.testing.assert_array_equal(dc0, dc_T)  # the constant error carousel
    if "peepholes" not in net.name:  # the same as if h_{t-1} had no way back
        full = variant_backward(replace(params, weight_hh=0 * params.weight_hh), cache, zeros, None, dc_T)
        truncated = net.backward(params, cache, zeros, (None, dc_T))
        assert_close(truncated[0], full[0], 1e-14)
        for name, ours in as_dict(truncated[2]).items():  # the recurrent weights still learn
            assert_close(ours, getattr(full[3], name), 1e-14)
            assert ours.any()


def test_truncation_changes_the_gradient_unless_nothing_recurs(rng):
    params, x, states, dh, _ = problem(LSTM, 6, 3, 2, 4, 0)
    for scale, same in ((1.0, False), (0.0, True)):
        p = replace(params, weight_hh=scale * params.weight_hh)
        cache = variant_forward(p, x, *states)[2]
        full, cut = (variant_backward(p, cache, dh, truncated=t)[3].weight_ih for t in (False, True))
        assert np.allclose(full, cut, rtol=1e-12) == same


# Wrong versions. H = I = B = T = 3, so that no shape gives a mistake away.

RIGHT, TRUNCATED_1997 = variant("coupled", "1997", peepholes=True), variant("none", "1997", truncated=True)


def _cache(**change):
    return by_steps(
        RIGHT, lambda p, cache, *d: RIGHT.step_backward(p, cache._replace(**{k: f(cache) for k, f in change.items()}), *d)
    )  # fmt: skip


def _params(change):
    return by_steps(RIGHT, lambda p, *rest: RIGHT.step_backward(change(p), *rest))


def _peephole_rows(order):
    def step_backward(*given):
        dx, before, d = RIGHT.step_backward(*given)
        return dx, before, replace(d, peephole=d.peephole[list(order)])

    return by_steps(RIGHT, step_backward)


WRONG = {
    "the forget gate is not 1 - i": _cache(forget=lambda c: "none"),
    "a forget gate of its own": _cache(forget=lambda c: "gate"),
    "squashing of today": _cache(squash=lambda c: "tanh"),
    "the output gate sees the old cell state": _cache(c_t=lambda c: c.c_prev),
    "peepholes without a way back": _params(lambda p: replace(p, peephole=0 * p.peephole)),
    "the output peephole without a way back": _params(
        lambda p: replace(p, peephole=p.peephole * np.array([[1], [1], [0]]))
    ),
    "peephole rows exchanged": _peephole_rows((2, 1, 0)),
    "truncated": by_steps(RIGHT, variant("coupled", "1997", peepholes=True, truncated=True).step_backward),
}


def test_the_referee_passes_what_is_right():
    for net in (RIGHT, TRUNCATED_1997):
        assert not differs_from_torch(net, net.backward)
        assert not differs_from_torch(net, by_steps(net, net.step_backward))
    assert differs_from_torch(TRUNCATED_1997, variant("none", "1997").backward)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_referee_catches_a_wrong_backward_pass(wrong):
    assert differs_from_torch(RIGHT, wrong)


# Arguments


def test_unknown_options_are_named():
    params = init_lstm(2, 3, np.random.default_rng(0))
    x, state = np.zeros((4, 1, 2)), np.zeros((1, 3))
    with pytest.raises(ValueError, match="forget must be one of coupled, gate, none, got 'never'"):
        variant_forward(params, x, forget="never")
    with pytest.raises(TypeError, match="forget must be a string, got bool"):
        variant_forward(params, x, forget=False)
    with pytest.raises(ValueError, match="squash must be one of 1997, tanh, got 'relu'"):
        variant_step(params, x[0], state, state, squash="relu")
    with pytest.raises(TypeError, match="squash must be a string, got int"):
        variant_step(params, x[0], state, state, squash=1997)
    with pytest.raises(TypeError, match="truncated must be True or False, got int"):
        variant_backward(params, variant_forward(params, x)[2], np.zeros((4, 1, 3)), truncated=1)
    with pytest.raises(TypeError, match="truncated must be True or False, got str"):
        variant_step_backward(
            params, variant_step(params, x[0], state, state)[2], state, state, truncated="no"
        )


def test_bad_peepholes_are_named():
    plain = init_lstm(2, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"peephole must have shape \(gates=3, H=3\), got \(4, 3\)"):
        PeepholeLSTMParams(*as_dict(plain).values(), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="weight_ih must have 4H rows, a multiple of 4, got 6"):
        PeepholeLSTMParams(np.zeros((6, 2)), np.zeros((6, 1)), np.zeros(6), np.zeros((3, 1)))


def test_initial_peepholes_are_seeded_and_in_the_range_of_the_weights():
    first, second = (
        init_peephole_lstm(3, 16, np.random.default_rng(4), forget_bias=2.0, dtype=np.float32) for _ in "ab"
    )
    np.testing.assert_equal(as_dict(first), as_dict(second))
    assert first.peephole.dtype == np.float32
    assert np.abs(first.peephole).max() <= 0.25
    assert first.peephole.std() == pytest.approx(0.25 / np.sqrt(3), rel=0.25)
    assert first.bias[16:32].tolist() == [2] * 16
    plain = as_dict(init_lstm(3, 16, np.random.default_rng(4), forget_bias=2.0, dtype=np.float32))
    np.testing.assert_equal({k: v for k, v in as_dict(first).items() if k != "peephole"}, plain)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("net", FULL, ids=repr)
def test_saturated_gates_raise_no_warning_and_keep_the_dtype(net, dtype):
    params, x, states, dh, dstates = problem(net, 5, 2, 3, 4, 0, dtype)
    params = type(params)(**{k: v * dtype(1e3) for k, v in as_dict(params).items()})
    with np.errstate(all="raise", under="ignore"):
        both = [*run(net, params, x, states, dh, dstates), *run_stepping(net, params, x, states, dh, dstates)]
    assert all(a.dtype == dtype and np.isfinite(a).all() for part in both for a in part.values())
