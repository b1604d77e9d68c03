"""The exact split of an LSTM's gradient, against torch and finite differences, and the reach of gradients."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.gradcheck import numerical_gradient
from lstm_course.gradient_flow import (
    gradient_by_lag,
    lstm_arrivals,
    lstm_excursions,
    lstm_highway_split,
    lstm_local_jacobians,
    lstm_step_arrivals,
    memory_time,
    state_jacobian,
)
from lstm_course.gru import gru_forward, init_gru
from lstm_course.lstm import init_lstm, lstm_backward, lstm_forward, lstm_step
from lstm_course.rnn import init_rnn, rnn_forward


def rollout(seed=0, steps=7, batch=2, n_in=3, n=5, scale=2.0, forget_bias=1.0):
    rng = np.random.default_rng(seed)
    params = init_lstm(n_in, n, rng, forget_bias=forget_bias)
    params = replace(params, weight_hh=scale * params.weight_hh)
    x = rng.standard_normal((steps, batch, n_in))
    h0, c0 = rng.standard_normal((2, batch, n))
    _, _, cache = lstm_forward(params, x, h0, c0)
    return params, x, cache


def torch_jacobian(params, x, h0, c0, *, held=False):
    """dc_T/dc_0 by torch's own differentiation of LSTMCell; `held` cuts h from every gate."""
    torch = pytest.importorskip("torch")
    n = params.hidden_size
    cell = torch.nn.LSTMCell(params.input_size, n, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.from_numpy(params.weight_ih))
        cell.weight_hh.copy_(torch.from_numpy(params.weight_hh))
        cell.bias_ih.copy_(torch.from_numpy(params.bias))
        cell.bias_hh.zero_()

    def last_cell(c):
        h = torch.tensor(h0)
        for x_t in torch.from_numpy(x):
            h, c = cell(x_t[None], (h[None].detach() if held else h[None], c[None]))
            h, c = h[0], c[0]
        return c

    return torch.autograd.functional.jacobian(last_cell, torch.tensor(c0)).numpy()


@pytest.mark.parametrize(("t0", "t1"), [(0, 7), (2, 6), (3, 4)])
@pytest.mark.parametrize("row", [0, 1])
def test_total_and_highway_are_those_of_torch(t0, t1, row):
    params, x, cache = rollout()
    split = lstm_highway_split(params, cache, t0, t1, row)
    start = x[t0:t1, row], np.array(cache.h[t0, row]), np.array(cache.c[t0, row])
    np.testing.assert_allclose(split.total, torch_jacobian(params, *start), rtol=0, atol=1e-12)
    np.testing.assert_allclose(split.highway, torch_jacobian(params, *start, held=True), rtol=0, atol=1e-12)


def test_the_highway_is_the_product_of_the_forget_gates():
    params, _, cache = rollout()
    split = lstm_highway_split(params, cache, 1, 6)
    np.testing.assert_allclose(split.highway, np.diag(np.prod(cache.f[1:6, 0], axis=0)), rtol=1e-14)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    steps=st.integers(1, 12),
    n=st.integers(1, 6),
    scale=st.floats(0, 6),
    forget_bias=st.floats(-5, 5),
)
def test_the_parts_add_up(seed, steps, n, scale, forget_bias):
    params, _, cache = rollout(seed, steps, 1, 2, n, scale, forget_bias)
    split = lstm_highway_split(params, cache, 0, steps)
    size = max(1.0, np.abs(split.total).max())
    np.testing.assert_allclose(split.highway + split.rest, split.total, rtol=0, atol=1e-12 * size)
    parts = lstm_excursions(params, cache, 0, steps)
    assert parts.shape == (steps + 1, n, n)
    bound = max(size, np.abs(parts).max())
    np.testing.assert_allclose(parts.sum(axis=0), split.total, rtol=0, atol=1e-12 * bound)
    np.testing.assert_allclose(parts[0], split.highway, rtol=1e-12, atol=0)


def test_excursions_are_counted():
    """Multiply W_hh by ε where the Jacobian holds it: k excursions carry ε to the power k.

    So the parts are the coefficients of a polynomial in ε, and a Fourier transform over the roots of
    unity finds them from plain products of the (2H, 2H) Jacobian of the step.
    """
    params, _, cache = rollout(batch=1)
    frozen = [lstm_local_jacobians(params, cache, t) for t in range(1, 8)]

    def total(epsilon):
        product = np.eye(10, dtype=complex)
        for D, B, A, E in frozen:
            product = np.block([[D, epsilon * B], [A @ D, epsilon * (A @ B + E)]]) @ product
        return product[:5, :5]

    roots = np.exp(2j * np.pi * np.arange(8) / 8)
    coefficients = np.fft.fft([total(root) for root in roots], axis=0) / 8
    parts = lstm_excursions(params, cache, 0, 7)
    np.testing.assert_allclose(coefficients, parts, rtol=0, atol=1e-13)
    assert (np.abs(parts).max(axis=(1, 2)) > 1e-4).sum() > 4  # there is something to tell apart
    np.testing.assert_array_equal(lstm_excursions(params, cache, 0, 7, most=2), parts[:3])


def test_without_recurrent_weights_only_the_highway_is_left():
    params, _, cache = rollout(scale=0.0)
    split = lstm_highway_split(params, cache, 0, 7)
    assert not split.rest.any()
    np.testing.assert_array_equal(split.total, split.highway)


def test_local_jacobians_by_central_differences():
    params, x, cache = rollout()
    h, c = np.array(cache.h[2, 0]), np.array(cache.c[2, 0])

    def jacobian(function, at):
        rows = [numerical_gradient(lambda v, j=j: float(function(v)[j]), at.copy()) for j in range(5)]
        return np.array(rows)

    def step(h, c):
        h_t, c_t, _ = lstm_step(params, x[2, :1], h[None], c[None])
        return h_t[0], c_t[0]

    D, B, A, E = lstm_local_jacobians(params, cache, 3)
    for ours, theirs in (
        (D, jacobian(lambda v: step(h, v)[1], c)),
        (B, jacobian(lambda v: step(v, c)[1], h)),
        (A @ D, jacobian(lambda v: step(h, v)[0], c)),
        (A @ B + E, jacobian(lambda v: step(v, c)[0], h)),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-7)


def test_a_planted_mistake_is_noticed():
    """With one term of B left out, total and torch part by far more than the tolerance."""
    params, x, cache = rollout()
    broken = replace(params, weight_hh=params.weight_hh * np.repeat([1, 1, 0, 1], 5)[:, None])
    total = lstm_highway_split(broken, cache, 0, 7).total
    truth = torch_jacobian(params, x[:, 0], np.array(cache.h[0, 0]), np.array(cache.c[0, 0]))
    assert np.abs(total - truth).max() > 1e-3


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, 3), ValueError, "t0 must be below t1, got t0=3 and t1=3"),
        ((0, 8), ValueError, "t1 must be at most 7, got 8"),
        ((-1, 3), ValueError, "t0 must be at least 0, got -1"),
        ((0, -1), ValueError, "t1 must be at least 1, got -1"),
        ((0.5, 3), TypeError, "t0 must be an integer, got float"),
        ((0, 3, 2), ValueError, "row must be below the batch size 2, got 2"),
        ((0, 3, -1), ValueError, "row must be at least 0, got -1"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    params, _, cache = rollout()
    for function in (lstm_highway_split, lstm_excursions):
        with pytest.raises(error, match=message):
            function(params, cache, *arguments)


def test_a_masked_sequence_is_refused():
    params, x, _ = rollout()
    mask = np.ones((7, 2), bool)
    _, _, cache = lstm_forward(params, x, mask=mask)
    for function in (lstm_highway_split, lstm_excursions, lstm_local_jacobians):
        with pytest.raises(ValueError, match="cache must come from a pass without a mask"):
            function(params, cache, 1, *(7,) * (function is not lstm_local_jacobians))
    for t, message in (
        (8, "t must be at most 7, got 8"),
        (0, "at least 1, got 0"),
        (-1, "at least 1, got -1"),
    ):
        with pytest.raises(ValueError, match=message):
            lstm_local_jacobians(*rollout()[::2], t)


def test_weights_and_caches_of_other_networks_are_named():
    params, x, cache = rollout()
    gru, other = init_gru(3, 5, np.random.default_rng(0)), rollout(n=4)[0]
    narrow = init_lstm(3, 5, np.random.default_rng(0), dtype=np.float32)
    dh = np.ones((7, 2, 5))
    for function, rest in (
        (lstm_local_jacobians, (1,)),
        (lstm_highway_split, (0, 7)),
        (lstm_excursions, (0, 7)),
        (lstm_arrivals, (dh,)),
    ):
        with pytest.raises(TypeError, match="params must be LSTMParams, got GRUParams"):
            function(gru, cache, *rest)
        with pytest.raises(TypeError, match="cache must be LSTMCache, got GRUCache"):
            function(params, gru_forward(gru, x)[2], *rest)
        with pytest.raises(TypeError, match="cache must be LSTMCache, got all that the forward pass returns"):
            function(params, lstm_forward(params, x), *rest)
        with pytest.raises(ValueError, match="cache must have I=3, H=4 like params, got I=3, H=5"):
            function(other, cache, *rest)
        with pytest.raises(TypeError, match="cache must have dtype float32 like params, got float64"):
            function(narrow, cache, *rest)
    with pytest.raises(TypeError, match=r"cache must be a LSTMCache.*, got GRUCache"):
        gradient_by_lag(params, gru_forward(gru, x)[2], dh[0])
    with pytest.raises(ValueError, match="cache must have I=3, H=4 like params, got I=3, H=5"):
        gradient_by_lag(other, cache, dh[0])
    with pytest.raises(TypeError, match="cache must have dtype float32 like params, got float64"):
        gradient_by_lag(narrow, cache, dh[0].astype(np.float32))


def test_each_part_of_the_split_is_computed_on_its_own():
    """With tiny recurrent weights the rest is far below the rounding of the total: no difference could find it."""
    params, _, cache = rollout(scale=1e-13)
    split = lstm_highway_split(params, cache, 0, 7)
    frozen = [lstm_local_jacobians(params, cache, t) for t in range(1, 8)]
    wanted = 0  # paths with one excursion: out at one step, back by the next one's B
    for out in range(6):
        before = np.prod([np.diag(step.D) for step in frozen[: out + 1]], axis=0)
        after = np.prod([np.diag(step.D) for step in frozen[out + 2 :]], axis=0) * np.ones(5)
        wanted = wanted + after[:, None] * (frozen[out + 1].B @ frozen[out].A) * before
    assert 1e-16 < np.abs(split.rest).max() < 1e-12
    np.testing.assert_allclose(split.rest, wanted, rtol=1e-11, atol=0)
    difference = split.total - split.highway
    assert np.abs(difference / split.rest - 1).max() > 1e-3
    splits = [lstm_highway_split(*rollout(seed)[::2], 0, 7) for seed in range(10)]
    assert any((s.total != s.highway + s.rest).any() for s in splits)  # the total has a rounding of its own
    np.testing.assert_allclose(lstm_excursions(params, cache, 0, 7, most=1)[1], wanted, rtol=1e-11, atol=0)


@pytest.mark.parametrize("most", [0, 1, 7, 8, 1000])
def test_the_largest_number_of_excursions_is_that_of_the_steps(most):
    params, _, cache = rollout()
    parts, every = lstm_excursions(params, cache, 0, 7, most=most), lstm_excursions(params, cache, 0, 7)
    assert len(every) == 8
    assert len(parts) == min(most, 7) + 1
    np.testing.assert_array_equal(parts, every[: most + 1])
    for bad, error in ((-1, ValueError), (1.0, TypeError)):
        with pytest.raises(error, match="most must be"):
            lstm_excursions(params, cache, 0, 7, most=bad)


def test_what_explodes_is_infinite_and_makes_no_noise():
    rng = np.random.default_rng(0)
    lstm, zeros = init_lstm(3, 4, rng, forget_bias=50.0), np.zeros((5, 1, 3))
    wild = 1e300 * np.eye(4).repeat(4, axis=0)
    open_gates = replace(lstm, weight_hh=wild, weight_ih=0 * lstm.weight_ih)
    _, _, cache = lstm_forward(open_gates, zeros)  # all states stay 0: no gate saturates
    split = lstm_highway_split(open_gates, cache, 0, 5)
    np.testing.assert_allclose(split.highway, np.eye(4), rtol=1e-12)
    assert not np.isfinite(split.total).all()
    assert not np.isfinite(split.rest).all()
    assert np.isnan(split.share)
    assert not np.isfinite(lstm_excursions(open_gates, cache, 0, 5)).all()
    assert not np.isfinite(state_jacobian(open_gates, zeros[:, 0])).all()
    assert gradient_by_lag(open_gates, cache, np.ones((1, 4)))[0] == 0  # nothing comes in by W_ih = 0
    assert not np.isfinite(lstm_arrivals(open_gates, cache, np.ones((5, 1, 4))).dh).all()
    rnn = replace(init_rnn(3, 4, rng), weight_hh=1e200 * np.eye(4))
    _, _, cache = rnn_forward(rnn, zeros)
    norms = gradient_by_lag(rnn, cache, np.ones((1, 4)))
    assert np.isfinite(norms[:2]).all()
    assert not np.isfinite(norms[2:]).any()
    assert not np.isfinite(state_jacobian(rnn, zeros[:, 0])).all()
    narrow = replace(
        init_rnn(3, 4, rng, dtype=np.float32), weight_hh=np.float32(1e30) * np.eye(4, dtype=np.float32)
    )
    _, _, cache = rnn_forward(narrow, zeros.astype(np.float32))
    assert not np.isfinite(gradient_by_lag(narrow, cache, np.ones((1, 4), np.float32))[2:]).any()


NETWORKS = [(init_rnn, rnn_forward, "RNN"), (init_lstm, lstm_forward, "LSTM"), (init_gru, gru_forward, "GRU")]


@pytest.mark.parametrize(("init", "forward", "kind"), NETWORKS, ids=[kind for *_, kind in NETWORKS])
def test_reach_of_the_gradient_is_that_of_torch(init, forward, kind):
    torch = pytest.importorskip("torch")
    from lstm_course import torch_bridge

    rng = np.random.default_rng(0)
    params = init(3, 4, rng)
    x, dh_T = rng.standard_normal((9, 2, 3)), rng.standard_normal((2, 4))
    _, _, cache = forward(params, x)
    module = getattr(torch_bridge, f"{kind.lower()}_to_torch")(params)
    x_torch = torch.tensor(x, requires_grad=True)
    module(x_torch)[0][-1].backward(torch.tensor(dh_T))
    theirs = np.linalg.norm(x_torch.grad.numpy(), axis=(1, 2))[::-1]
    np.testing.assert_allclose(gradient_by_lag(params, cache, dh_T), theirs, rtol=1e-10)


def test_the_reach_survives_underflow_and_zero():
    rng = np.random.default_rng(0)
    params = init_rnn(3, 4, rng)
    params = replace(params, weight_hh=1e-3 * params.weight_hh)
    _, _, cache = rnn_forward(params, rng.standard_normal((150, 1, 3)))
    norms = gradient_by_lag(params, cache, np.ones((1, 4)))
    assert (np.diff(np.log(norms[norms > 0])) < 0).all()
    assert 0 < norms[norms > 0].min() < 1e-200
    assert norms[-1] == 0
    with pytest.raises(TypeError, match="params must be one of RNNParams"):
        gradient_by_lag(None, cache, np.ones((1, 4)))


def test_memory_time_against_the_time_that_a_gate_really_takes():
    for bias in (-3.0, 0.0, 1.0, 3.0, 5.0):
        kept = (1 / (1 + np.exp(-bias))) ** memory_time(bias)
        assert kept == pytest.approx(np.exp(-1), rel=1e-12)
    np.testing.assert_allclose(memory_time([1.0, 3.0, 5.0]), [3.19, 20.6, 149], rtol=3e-3)
    assert memory_time(-1e4) == pytest.approx(1e-4)
    assert memory_time(1e4) == np.inf
    with pytest.raises(ValueError, match="forget_bias must be finite"):
        memory_time(np.nan)


def test_arrivals_against_torch_and_the_backward_pass():
    torch = pytest.importorskip("torch")
    params, x, cache = rollout()
    dh = np.random.default_rng(1).standard_normal((7, 2, 5))
    arrivals = lstm_arrivals(params, cache, dh)
    weight = {name: torch.from_numpy(getattr(params, name)) for name in ("weight_ih", "weight_hh", "bias")}
    h, c, states = torch.tensor(cache.h[0].copy()), torch.tensor(cache.c[0].copy()), []
    for x_t in torch.from_numpy(x):
        a = x_t @ weight["weight_ih"].T + h @ weight["weight_hh"].T + weight["bias"]
        i, f, g, o = a.chunk(4, dim=1)
        c = (f.sigmoid() * c + i.sigmoid() * g.tanh()).requires_grad_()
        h = (o.sigmoid() * c.tanh()).requires_grad_()
        states.append((h, c))
    loss = sum((h * torch.from_numpy(d)).sum() for (h, _), d in zip(states, dh, strict=True))
    dh_torch, dc_torch = (
        torch.autograd.grad(loss, part, retain_graph=True) for part in zip(*states, strict=True)
    )
    np.testing.assert_allclose(arrivals.dh, torch.stack(dh_torch), rtol=0, atol=1e-12)
    both = arrivals.through_h + arrivals.from_next
    np.testing.assert_allclose(both, torch.stack(dc_torch), rtol=0, atol=1e-12)
    assert not arrivals.from_next[-1].any()
    dc0 = lstm_backward(params, cache, dh)[2]
    np.testing.assert_allclose(both[0] * cache.f[0], dc0, rtol=1e-10)
    with pytest.raises(ValueError, match="dh must have shape"):
        lstm_arrivals(params, cache, dh[1:])
    _, _, masked = lstm_forward(params, x, mask=np.ones((7, 2), bool))
    with pytest.raises(ValueError, match="without a mask"):
        lstm_arrivals(params, masked, dh)


@pytest.mark.parametrize(("init", "forward", "kind"), NETWORKS, ids=[kind for *_, kind in NETWORKS])
def test_the_jacobian_of_the_state_is_that_of_torch(init, forward, kind):
    torch = pytest.importorskip("torch")
    from lstm_course import torch_bridge

    params, x = init(3, 4, np.random.default_rng(0)), np.random.default_rng(1).standard_normal((6, 3))
    module = getattr(torch_bridge, f"{kind.lower()}_to_torch")(params)

    def last(state):
        start = tuple(s[None, None] for s in state.split(4)) if kind == "LSTM" else state[None, None]
        end = module(torch.from_numpy(x)[:, None], start)[1]
        return torch.cat([part.flatten() for part in end]) if kind == "LSTM" else end.flatten()

    size = 8 if kind == "LSTM" else 4
    theirs = torch.autograd.functional.jacobian(last, torch.zeros(size, dtype=torch.float64))
    np.testing.assert_allclose(state_jacobian(params, x), theirs, rtol=0, atol=1e-12)


def test_the_jacobian_of_the_state_holds_that_of_the_split():
    params, x, _ = rollout()
    _, _, cache = lstm_forward(params, x[:, :1])
    whole = state_jacobian(params, x[:, 0])
    np.testing.assert_allclose(whole[5:, 5:], lstm_highway_split(params, cache, 0, 7).total, rtol=1e-10)
    with pytest.raises(ValueError, match="x must have shape"):
        state_jacobian(params, x)
    with pytest.raises(TypeError, match="params must be one of RNNParams"):
        state_jacobian(None, x[:, 0])


def test_the_share_is_signed_and_may_exceed_one():
    """By hand: <highway, total> over |total|^2, with signs and not with sizes."""
    Split = type(lstm_highway_split(*rollout()[::2], 0, 7))
    for highway, rest, share in (
        (
            [[2.0, 0.0], [0.0, 1.0]],
            [[-3.0, 0.0], [0.0, 0.0]],
            (2 * -1 + 1) / 2,
        ),  # total [[-1, 0], [0, 1]]: negative
        ([[2.0, 0.0], [0.0, 0.0]], [[-1.0, 0.0], [0.0, 0.0]], 2.0),
        ([[1.0, 0.0], [0.0, 1.0]], [[1.0, -2.0], [0.0, -4.0]], (2 - 3) / (4 + 4 + 9)),
    ):
        total = np.add(highway, rest)
        assert Split(total, np.array(highway), np.array(rest)).share == pytest.approx(share, rel=1e-15)
    for bad in (np.inf, np.nan):
        assert np.isnan(Split(np.array([[bad, 1.0]]), np.ones((1, 2)), np.ones((1, 2))).share)


def test_the_shares_of_the_highway():
    params, _, cache = rollout()
    split = lstm_highway_split(params, cache, 0, 7)
    rest = np.sum(split.rest * split.total) / np.sum(split.total**2)
    assert split.share + rest == pytest.approx(1, abs=1e-12)
    assert 0 < abs(split.share) < 1
    zero = rollout(scale=0.0)
    assert lstm_highway_split(zero[0], zero[2], 0, 7).share == pytest.approx(1)
    assert np.isnan(type(split)(*np.zeros((3, 2, 2))).share)
    tiny = type(split)(split.total * 1e-200, split.highway * 1e-200, split.rest * 1e-200)
    assert tiny.share == pytest.approx(split.share)


def test_the_arrivals_of_a_step_are_those_of_the_sequence():
    params, _, cache = rollout()
    arrivals = lstm_arrivals(params, cache, np.random.default_rng(1).standard_normal((7, 2, 5)))
    for t in range(7):
        arguments = cache.o[t], cache.c[t + 1], arrivals.dh[t], arrivals.from_next[t]
        through_h, dc = lstm_step_arrivals(*arguments)
        np.testing.assert_allclose(through_h, arrivals.through_h[t], rtol=0, atol=1e-15)
        np.testing.assert_allclose(dc, arrivals.through_h[t] + arrivals.from_next[t], rtol=0, atol=1e-15)
    with pytest.raises(ValueError, match=r"o_t must be finite, but o_t\[0, 0\] is inf"):
        lstm_step_arrivals(np.full((2, 5), np.inf), *arguments[1:])
    both = lstm_step_arrivals(*arguments[:2], np.full((2, 5), 1.7e308), np.full((2, 5), 1.7e308))
    assert (both[1][both[0] > 1e307] == np.inf).all()
    for k, name in enumerate(("o_t", "c_t", "dh_t", "dc_t")):
        changed = [argument[:1] if k == j != 1 else argument for j, argument in enumerate(arguments)]
        if name == "c_t":
            changed[1] = changed[1][0]
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            lstm_step_arrivals(*changed)


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    params = init_lstm(3, 5, rng, dtype=np.float32)
    _, _, cache = lstm_forward(params, rng.standard_normal((4, 1, 3)).astype(np.float32))
    parts = [*lstm_highway_split(params, cache, 0, 4), lstm_excursions(params, cache, 0, 4)]
    parts += [
        *lstm_local_jacobians(params, cache, 2),
        *lstm_arrivals(params, cache, np.ones_like(cache.h[1:])),
    ]
    parts += [gradient_by_lag(params, cache, np.ones_like(cache.h[0]))]
    assert {part.dtype for part in parts} == {np.dtype(np.float32)}
