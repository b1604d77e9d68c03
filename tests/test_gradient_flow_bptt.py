"""Backpropagation through time, step by step: against torch, finite differences and hand (claims S1-49 to S1-57)."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import NETS, as_dict
from recurrent import problem as problem_of

from lstm_course.gradcheck import numerical_gradient
from lstm_course.gradient_flow import (
    backward_by_steps,
    forward_by_steps,
    gradient_by_lag,
    lag_jacobians,
    rnn_immediate_and_total,
    rnn_step_jacobian,
    rnn_total_derivative,
    step_jacobians,
    terms_by_lag,
    truncated_backward,
)
from lstm_course.initializers import orthogonal
from lstm_course.lstm import init_lstm
from lstm_course.rnn import RNNParams, RNNStepCache, init_rnn, rnn_backward, rnn_forward

GATED = init_lstm(1, 1, np.random.default_rng(0))
_, GATED_STEPS = forward_by_steps(GATED, [[[1.0]]])
EVERY = pytest.mark.parametrize("net", NETS, ids=repr)
TORCH = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "identity": lambda a: a}
SHAPES = {
    "steps": st.integers(1, 9), "batch": st.integers(1, 3), "n_in": st.integers(1, 4), "n": st.integers(1, 5),
    "activation": st.sampled_from(sorted(TORCH)), "seed": st.integers(0, 10**6),
}  # fmt: skip

# The worked example: w_ih = 2, w_hh = ½, w_y = 3, x = 1, 2, 1, h_0 = 4, targets 11, 19, 14
HAND = RNNParams([[2.0]], [[0.5]], [0.0])
HAND_H, HAND_STEPS = forward_by_steps(HAND, [[[1.0]], [[2.0]], [[1.0]]], [[4.0]], activation="identity")
LAST, ALL = (np.reshape(dh, (3, 1, 1)) for dh in ([0.0, 0.0, 3.0], [3.0, -3.0, 3.0]))


def problem(steps, batch, n_in, n, activation, seed):
    rng = np.random.default_rng(seed)
    params = RNNParams(rng.normal(size=(n, n_in)), rng.normal(size=(n, n)), rng.normal(size=n))
    x, h0 = rng.normal(size=(steps, batch, n_in)), rng.normal(size=(batch, n))
    h, caches = forward_by_steps(params, x, h0, activation=activation)
    return params, x, h0, h, caches, rng.normal(size=h.shape)


def in_torch(params, x, h0, activation):
    """The leaves and every state of a run that keeps one copy of the weights for each step."""
    copies = [[torch.tensor(a, requires_grad=True) for a in vars(params).values()] for _ in x]
    xs, h = [torch.tensor(x_t, requires_grad=True) for x_t in x], torch.tensor(h0, requires_grad=True)
    states = [h]
    for x_t, (w_ih, w_hh, b) in zip(xs, copies, strict=True):
        states.append(TORCH[activation](x_t @ w_ih.T + states[-1] @ w_hh.T + b))
    return copies, xs, states


def summed(copies, k):
    return sum(copy[k].grad.numpy() for copy in copies)


def test_s1_49_the_three_steps_by_hand():
    assert HAND_H.ravel().tolist() == [4, 6, 5]
    dx, dh0, d = backward_by_steps(HAND, HAND_STEPS, LAST)
    assert (d.weight_hh.item(), d.weight_ih.item(), d.bias.item()) == (27, 6.75, 5.25)
    assert dx.ravel().tolist() == [1.5, 3, 6]
    assert dh0.item() == 3 / 8
    assert terms_by_lag(HAND, HAND_STEPS, LAST).ravel().tolist() == [18, 6, 3]


def test_s1_50_the_whole_loss_is_the_sum_over_its_steps():
    _, dh0, d = backward_by_steps(HAND, HAND_STEPS, ALL)
    assert (d.weight_hh.item(), d.weight_ih.item(), d.bias.item(), dh0.item()) == (21, 2.25, 3.75, 1.125)
    # 12 from L1, -12 and -6 from L2, 18, 6 and 3 from L3
    assert terms_by_lag(HAND, HAND_STEPS, ALL).ravel().tolist() == [12 - 12 + 18, -6 + 6, 3]


@given(**SHAPES)
def test_s1_52_by_steps_is_torch_and_is_rnn_backward(assert_close, steps, batch, n_in, n, activation, seed):
    params, x, h0, h, caches, dh = problem(steps, batch, n_in, n, activation, seed)
    copies, xs, states = in_torch(params, x, h0, activation)
    torch.autograd.backward(states[1:], [torch.tensor(d) for d in dh])
    assert_close(h, [s.detach().numpy() for s in states[1:]], 1e-12)
    dx, dh0, d = backward_by_steps(params, caches, dh)
    assert_close(dx, [x_t.grad.numpy() for x_t in xs], 1e-10)
    assert_close(dh0, states[0].grad.numpy(), 1e-10)
    fast_h, _, cache = rnn_forward(params, x, h0, activation=activation)
    assert_close(h, fast_h)
    fast = rnn_backward(params, cache, dh)
    assert_close(dx, fast[0])
    assert_close(dh0, fast[1])
    for k, name in enumerate(vars(params)):
        assert_close(getattr(d, name), summed(copies, k), 1e-10)
        assert_close(getattr(d, name), getattr(fast[2], name), 1e-11)


@given(**SHAPES)
def test_s1_52_a_term_is_what_one_loss_says_about_the_copy_of_w_k_steps_earlier(
    assert_close, steps, batch, n_in, n, activation, seed
):
    params, x, h0, _, caches, dh = problem(steps, batch, n_in, n, activation, seed)
    copies, _, states = in_torch(params, x, h0, activation)
    wanted = np.zeros((steps, n, n))
    for t in range(steps):
        used = [copies[k][1] for k in range(t + 1)]
        found = torch.autograd.grad(states[t + 1], used, torch.tensor(dh[t]), retain_graph=True)
        for k, gradient in enumerate(found):
            wanted[t - k] += gradient.numpy()
    terms = terms_by_lag(params, caches, dh)
    assert_close(terms, wanted, 1e-10)
    assert_close(terms.sum(axis=0), backward_by_steps(params, caches, dh)[2].weight_hh, 1e-11)


@given(window=st.integers(1, 11), **SHAPES)
def test_truncation_is_torchs_detach_between_windows(
    assert_close, window, steps, batch, n_in, n, activation, seed
):
    params, x, h0, _, caches, dh = problem(steps, batch, n_in, n, activation, seed)
    leaves = [torch.tensor(a, requires_grad=True) for a in vars(params).values()]
    w_ih, w_hh, b = leaves
    h, loss = torch.tensor(h0), 0.0
    for t in range(steps):
        h = h.detach() if t % window == 0 else h
        h = TORCH[activation](torch.tensor(x[t]) @ w_ih.T + h @ w_hh.T + b)
        loss = loss + (h * torch.tensor(dh[t])).sum()
    loss.backward()
    ours = truncated_backward(params, caches, dh, window)
    for name, leaf in zip(vars(params), leaves, strict=True):
        assert_close(getattr(ours, name), leaf.grad.numpy(), 1e-10)


def test_a_window_as_long_as_the_sequence_cuts_nothing_and_windows_run_forwards():
    for window in (3, 7):
        assert truncated_backward(HAND, HAND_STEPS, ALL, window).weight_hh == 21
    assert truncated_backward(HAND, HAND_STEPS, ALL, 1).weight_hh == 18
    assert (
        truncated_backward(HAND, HAND_STEPS, ALL, 2).weight_hh == 12
    )  # steps 1-2 and 3: only 6 of L3 is cut, and 3


@given(**SHAPES)
def test_s1_53_jacobians_are_torchs_with_the_slopes_on_the_left(
    assert_close, steps, batch, n_in, n, activation, seed
):
    params, x, h0, _, caches, _ = problem(steps, batch, n_in, n, activation, seed)
    row = batch - 1
    jacobians, products = step_jacobians(params, caches, row), lag_jacobians(params, caches, row)
    assert jacobians.shape == (steps, n, n)
    assert products.shape == (steps + 1, n, n)
    _, _, states = in_torch(params, x, h0, activation)

    def jacobian(of, by):
        rows = [torch.autograd.grad(of[row, j], by, retain_graph=True)[0][row].numpy() for j in range(n)]
        return np.array(rows)

    for t in range(steps):
        assert_close(jacobians[t], jacobian(states[t + 1], states[t]), 1e-12)
    np.testing.assert_array_equal(products[0], np.eye(n))
    for lag in range(1, steps + 1):
        assert_close(products[lag], jacobian(states[steps], states[steps - lag]), 1e-11)


@given(**SHAPES)
def test_the_formula_of_the_jacobian_and_the_total_derivative_forwards_are_torchs(
    assert_close, steps, batch, n_in, n, activation, seed
):
    params, x, h0, _, caches, _ = problem(steps, batch, n_in, n, activation, seed)
    row = batch - 1
    for cache, jacobian in zip(caches, step_jacobians(params, caches, row), strict=True):
        assert_close(rnn_step_jacobian(params, cache, row), jacobian, 1e-12)
    w_ih, b = torch.tensor(params.weight_ih), torch.tensor(params.bias)

    def last(w_hh):
        h = torch.tensor(h0[row])
        for x_t in torch.tensor(x[:, row]):
            h = TORCH[activation](w_ih @ x_t + w_hh @ h + b)
        return h

    theirs = torch.autograd.functional.jacobian(last, torch.tensor(params.weight_hh))
    assert_close(rnn_total_derivative(params, caches, row), theirs.numpy(), 1e-10)


def test_of_an_rnn_only_and_of_a_sample_that_is_there(rng):
    params = init_rnn(2, 3, rng)
    _, caches = forward_by_steps(params, rng.normal(size=(4, 2, 2)))
    with pytest.raises(ValueError, match="row must be below the batch size 2, got 2"):
        rnn_total_derivative(params, caches, 2)
    with pytest.raises(TypeError, match="step must be"):
        rnn_step_jacobian(params, caches)
    with pytest.raises(TypeError, match="params must be"):
        rnn_step_jacobian(GATED, GATED_STEPS[0])
    with pytest.raises(TypeError, match="steps must be the cache of every step"):
        rnn_total_derivative(params, [])


def test_the_first_sample_is_the_default(rng):
    params = init_rnn(2, 3, rng)
    _, caches = forward_by_steps(params, rng.normal(size=(4, 2, 2)))
    np.testing.assert_array_equal(step_jacobians(params, caches), step_jacobians(params, caches, 0))
    np.testing.assert_array_equal(lag_jacobians(params, caches), lag_jacobians(params, caches, 0))


@given(
    w=st.floats(-2, 2), x=st.lists(st.floats(-2, 2), min_size=1, max_size=8), h0=st.floats(-2, 2),
    activation=st.sampled_from(["tanh", "sigmoid", "identity"]),
)  # fmt: skip
def test_immediate_and_total_are_finite_differences_with_the_past_held_or_moving(w, x, h0, activation):
    f = TORCH[activation]

    def run(w_now, w_before):
        h = torch.tensor(h0, dtype=torch.float64)
        for x_t in x[:-1]:
            h = f(w_before * h + x_t)
        return f(w_now * h + x[-1]).item()

    immediate, total = rnn_immediate_and_total(w, x, h0, activation=activation)
    size = max(1.0, abs(total))
    assert immediate == pytest.approx(numerical_gradient(lambda v: run(v[0], w), [w])[0], abs=1e-6 * size)
    assert total == pytest.approx(numerical_gradient(lambda v: run(v[0], v[0]), [w])[0], abs=1e-6 * size)


def test_the_hand_example_naive_and_true():
    assert rnn_immediate_and_total(0.5, [2, 4, 2], 4, activation="identity") == (6.0, 9.0)
    assert rnn_immediate_and_total(0.5, [1.0]) == (0.0, 0.0)  # h_0 = 0, and tanh unless told otherwise


# The conditions, and what shows that they are needed


def run(weight_hh, h0, steps, activation="tanh", bias=0.0):
    n = len(weight_hh)
    params = RNNParams(np.zeros((n, 1)), weight_hh, np.zeros(n) + bias)
    h, caches = forward_by_steps(params, np.zeros((steps, 1, 1)), [h0], activation=activation)
    return h, [np.linalg.norm(J, 2) for J in lag_jacobians(params, caches)]


def test_s3_01_a_slope_of_one_vanishes_all_the_same():
    Q = orthogonal((16, 16), np.random.default_rng(0))
    _, norms = run(0.9 * Q, np.ones(16), 100, "identity")
    assert norms[100] == pytest.approx(0.9**100, rel=1e-10)


def test_s3_01_a_tanh_near_zero_with_an_orthogonal_matrix_does_not():
    Q = orthogonal((16, 16), np.random.default_rng(0))
    assert run(Q, np.full(16, 0.001 / 4), 100)[1][100] == pytest.approx(0.99999, abs=1e-4)
    assert 0.1 < run(Q, np.full(16, 1 / 4), 100)[1][100] < 1


@pytest.mark.parametrize(("w", "below"), [(1.5, 1e-35), (4.0, 1e-215)])
def test_s1_54_a_radius_above_one_that_vanishes(w, below):
    _, norms = run([[w]], [0.5], 100)
    assert 0 < norms[100] < below


def test_s1_54_a_radius_of_zero_that_explodes_from_random_starts_with_many_digits():
    W, b = 3 * np.array([[1.0, 1.0], [-1.0, -1.0]]), [1.5, -3.0]
    assert (W @ W == 0).all()
    for start in np.random.default_rng(0).uniform(-1, 1, (5, 2)):
        with mpmath.workdps(120):
            h, carried = mpmath.matrix(start.tolist()), mpmath.eye(2)
            for _ in range(150):
                h = (mpmath.matrix(W.tolist()) * h + mpmath.matrix(b)).apply(mpmath.tanh)
                carried = mpmath.diag([1 - u**2 for u in h]) * mpmath.matrix(W.tolist()) * carried
            exact = float(mpmath.log(mpmath.mnorm(carried, "f")))
        _, norms = run(W, start, 150, bias=np.array(b))
        assert exact / 150 > 0.35
        assert np.log(norms[150]) / 150 > 0.35  # another orbit by then, and the same growth


def test_s1_54_what_a_saturated_unit_holds_is_held_by_rounding():
    """W = 1.5[[1,1],[-1,-1]] stands still at (0, 1) in floating point only: no example of a lasting explosion."""
    W = 1.5 * np.array([[1.0, 1.0], [-1.0, -1.0]])
    h, norms = run(W, [0.0, 1.0], 250, bias=np.array([-1.5, 21.5]))
    assert (h == [[[0.0, 1.0]]]).all()
    assert norms[250] > 1e40
    with mpmath.workdps(60):
        state, carried = mpmath.matrix([0, 1]), mpmath.eye(2)
        for _ in range(250):
            state = (mpmath.matrix(W.tolist()) * state + mpmath.matrix([-1.5, 21.5])).apply(mpmath.tanh)
            carried = mpmath.diag([1 - u**2 for u in state]) * mpmath.matrix(W.tolist()) * carried
        assert mpmath.mnorm(carried, "f") < 1e-20


@given(scale=st.floats(0.1, 0.99), seed=st.integers(0, 10**6), activation=st.sampled_from(["tanh", "relu"]))
def test_s1_54_a_largest_singular_value_below_one_is_sufficient(scale, seed, activation):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(6, 6))
    _, norms = run(scale * W / np.linalg.norm(W, 2), rng.normal(size=6), 20, activation)
    assert all(norm <= scale**k * (1 + 1e-12) for k, norm in enumerate(norms))


@pytest.mark.parametrize(("scale", "low", "high"), [(0.577, 1.0, 1.2), (3.0, 1e4, 1e8)])
def test_s1_56_the_near_terms_or_the_far_ones_carry_the_sum(scale, low, high):
    rng = np.random.default_rng(0)
    W = scale * rng.normal(size=(64, 64)) / 8
    params = RNNParams(rng.normal(size=(64, 8)) / np.sqrt(8), W, np.zeros(64))
    _, caches = forward_by_steps(params, rng.normal(size=(60, 1, 8)))
    dh = np.zeros((60, 1, 64))
    dh[-1] = rng.normal(size=64)
    terms = terms_by_lag(params, caches, dh)
    ratio = np.linalg.norm(terms.sum(axis=0)) / np.linalg.norm(terms[0])
    assert low < ratio < high
    dx = backward_by_steps(params, caches, dh)[0]
    assert (np.linalg.norm(dx[0]) < 1e-15) == (scale < 1)  # S1-57


def test_an_exploding_product_is_infinite_and_makes_no_noise():
    params = RNNParams([[1.0]], [[1e200]], [0.0])
    _, caches = forward_by_steps(params, np.zeros((3, 1, 1)), activation="identity")
    assert lag_jacobians(params, caches)[2] == np.inf
    assert np.isnan(terms_by_lag(params, caches, np.ones((3, 1, 1)))[2])  # inf times a state of 0


def test_float32_stays_float32():
    params = init_rnn(2, 3, np.random.default_rng(0), dtype=np.float32)
    h, caches = forward_by_steps(params, np.ones((4, 1, 2), np.float32))
    dx, dh0, d = backward_by_steps(params, caches, h)
    found = (h, dx, dh0, d.weight_hh, terms_by_lag(params, caches, h), lag_jacobians(params, caches))
    assert {array.dtype for array in found} == {np.dtype(np.float32)}


COMPLAINTS = [
    (lambda: rnn_immediate_and_total("w", [1.0]), TypeError, "w must be a number, got str"),
    (lambda: rnn_immediate_and_total(1.0, [[1.0]]), ValueError, r"x must have shape \(T\), got \(1, 1\)"),
    (lambda: rnn_immediate_and_total(1.0, [1.0], activation="swish"), ValueError, "activation must be one of"),
    (lambda: forward_by_steps(HAND, [[[1.0, 2.0]]]), ValueError, r"x must have shape \(T, B, I=1\), got \(1, 1, 2\)"),
    (lambda: forward_by_steps(HAND, [[[1.0]]], [[1.0], [2.0]]), ValueError,
     r"h0 must have shape \(B=1, H=1\), got \(2, 1\)"),
    (lambda: backward_by_steps(HAND, HAND_STEPS, ALL[1:]), ValueError,
     r"dh must have shape \(T=3, B=1, H=1\), got \(2, 1, 1\)"),
    (lambda: backward_by_steps(HAND, HAND_STEPS, ALL.astype(np.float32)), TypeError, "dh must have dtype float64"),
    (lambda: backward_by_steps(HAND, HAND_STEPS[0], ALL), TypeError, "steps must be the cache of every step"),
    (lambda: terms_by_lag(HAND, (), ALL), TypeError, "steps must be the cache of every step"),
    (lambda: terms_by_lag(HAND, 3, ALL), TypeError, "steps must be the cache of every step, .* got int"),
    (lambda: step_jacobians(None, HAND_STEPS), TypeError, "params must be one of RNNParams, .* got NoneType"),
    (lambda: step_jacobians(GATED, HAND_STEPS), TypeError, r"steps\[0\] must be LSTMStepCache, got RNNStepCache"),
    (lambda: truncated_backward(GATED, HAND_STEPS, ALL, 1), TypeError, r"steps\[0\] must be LSTMStepCache"),
    (lambda: lag_jacobians(HAND, (*HAND_STEPS, GATED_STEPS[0])), TypeError,
     r"steps\[3\] must be RNNStepCache, got LSTMStepCache"),
    (lambda: terms_by_lag(init_rnn(1, 2, np.random.default_rng(0)), HAND_STEPS, ALL), ValueError,
     r"steps\[0\] must have I=1, H=2 like params, got I=1, H=1"),
    (lambda: backward_by_steps(init_rnn(1, 1, np.random.default_rng(0), dtype=np.float32), HAND_STEPS, ALL),
     TypeError, r"steps\[0\] must have dtype float32 like params, got float64"),
    (lambda: forward_by_steps(HAND, [[[1.0]]], c0=[[1.0]]), TypeError, "c0 must be left out: the only state of RNNParams is h"),
    (lambda: forward_by_steps(GATED, [[[1.0]]], c0=[[1.0, 2.0]]), ValueError, r"c0 must have shape \(B=1, H=1\)"),
    (lambda: forward_by_steps(GATED, [[[1.0]]], reset="before"), TypeError, "options of LSTMParams are .*got reset"),
    (lambda: lag_jacobians(HAND, rnn_forward(HAND, ALL)[2]), TypeError, "forward_by_steps returns them, got RNNCache"),
    (lambda: truncated_backward(HAND, HAND_STEPS, ALL, 0), ValueError, "window must be at least 1, got 0"),
    (lambda: truncated_backward(HAND, HAND_STEPS, ALL, 1.5), TypeError, "window must be an integer, got float"),
    (lambda: step_jacobians(HAND, HAND_STEPS, 1), ValueError, "row must be below the batch size 1, got 1"),
    (lambda: step_jacobians(HAND, HAND_STEPS, -1), ValueError, "row must be at least 0, got -1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Every network


def leaves_of(params):
    return {key: torch.tensor(value, requires_grad=True) for key, value in as_dict(params).items()}


def unrolled(net, params, x, states):
    """Every state by a textbook step in torch, with one copy of the weights for each step."""
    copies, state = [leaves_of(params) for _ in x], tuple(torch.tensor(s, requires_grad=True) for s in states)
    found = [state]
    for x_t, copy in zip(x, copies, strict=True):
        state = net.torch_step(torch.tensor(x_t), found[-1], copy)
        found.append(state if isinstance(state, tuple) else (state,))
    return copies, found


@EVERY
def test_by_steps_every_network_is_its_fast_pass(assert_close, net):
    params, x, states, dh, _ = problem_of(net, 5, 3, 2, 4, 0)
    h, steps = forward_by_steps(params, x, *states, **net.options)
    fast_h, _, cache = net.forward(params, x, states)
    assert_close(h, fast_h)
    *ours, d = backward_by_steps(params, steps, dh)
    dx, dstates, fast_d = net.backward(params, cache, dh)
    for a, b in zip(ours, (dx, *dstates), strict=True):
        assert_close(a, b, 1e-11)
    for name, value in as_dict(fast_d).items():
        assert_close(getattr(d, name), value, 1e-11)
    zeros = forward_by_steps(params, x, *(0 * s for s in states), **net.options)
    np.testing.assert_array_equal(forward_by_steps(params, x, **net.options)[0], zeros[0])


@EVERY
def test_terms_by_lag_of_every_network_are_torchs(assert_close, net):
    params, x, states, dh, _ = problem_of(net, 5, 3, 2, 4, 1)
    _, steps = forward_by_steps(params, x, *states, **net.options)
    copies, found = unrolled(net, params, x, states)
    wanted = np.zeros((5, *params.weight_hh.shape))
    for t in range(5):
        used = [copies[k]["weight_hh"] for k in range(t + 1)]
        gradients = torch.autograd.grad(found[t + 1][0], used, torch.tensor(dh[t]), retain_graph=True)
        for k, gradient in enumerate(gradients):
            wanted[t - k] += gradient.numpy()
    terms = terms_by_lag(params, steps, dh)
    assert_close(terms, wanted, 1e-11)
    assert_close(terms.sum(axis=0), backward_by_steps(params, steps, dh)[-1].weight_hh, 1e-12)


@EVERY
@pytest.mark.parametrize("window", [1, 2, 3, 9])
def test_truncation_of_every_network_is_torchs_detach(assert_close, net, window):
    params, x, states, dh, _ = problem_of(net, 5, 3, 2, 4, 2)
    _, steps = forward_by_steps(params, x, *states, **net.options)
    leaves, state, loss = leaves_of(params), tuple(map(torch.tensor, states)), 0.0
    for t in range(5):
        state = tuple(s.detach() for s in state) if t % window == 0 else state
        state = net.torch_step(torch.tensor(x[t]), state, leaves)
        state = state if isinstance(state, tuple) else (state,)
        loss = loss + (state[0] * torch.tensor(dh[t])).sum()
    loss.backward()
    ours = truncated_backward(params, steps, dh, window)
    assert type(ours) is type(params)
    for name, leaf in leaves.items():
        wanted = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        assert_close(getattr(ours, name), wanted, 1e-10)


@EVERY
def test_jacobians_of_every_network_are_torchs_h_above_c(assert_close, net):
    params, x, states, *_ = problem_of(net, 4, 3, 2, 4, 3)
    _, steps = forward_by_steps(params, x, *states, **net.options)
    jacobians, products = step_jacobians(params, steps, 2), lag_jacobians(params, steps, 2)
    size = 4 * len(states)
    assert jacobians.shape == (4, size, size)
    assert products.shape == (5, size, size)
    _, whole = unrolled(net, params, x, states)
    np.testing.assert_array_equal(products[0], np.eye(size))
    for t in range(4):
        _, found = unrolled(net, params, x[t:], [part.detach().numpy() for part in whole[t]])

        def jacobian(of, by):
            numbers = [part[2, j] for part in of for j in range(4)]
            rows = (torch.autograd.grad(n, by, retain_graph=True, allow_unused=True) for n in numbers)
            return [np.concatenate([np.zeros(4) if g is None else g[2].numpy() for g in row]) for row in rows]

        assert_close(jacobians[t], jacobian(found[1], found[0]), 1e-11)
        assert_close(products[4 - t], jacobian(found[-1], found[0]), 1e-11)


@EVERY
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_explodes_in_any_network_is_infinite_and_makes_no_noise(net, dtype):
    params, x, states, dh, _ = problem_of(net, 3, 2, 2, 4, 0, dtype)
    dh[2, 0, 0] = np.inf
    _, steps = forward_by_steps(params, x, *states, **net.options)
    cache = net.forward(params, x, states)[2]
    found = (
        terms_by_lag(params, steps, dh), backward_by_steps(params, steps, dh)[-1].weight_hh,
        truncated_backward(params, steps, dh, 2).weight_hh,
        gradient_by_lag(params, cache, dh[2]),
    )  # fmt: skip
    for array in found:
        assert array.dtype == dtype
        assert not np.isfinite(array).all()


def test_a_list_of_steps_will_do():
    assert isinstance(HAND_STEPS[0], RNNStepCache)
    assert backward_by_steps(HAND, list(HAND_STEPS), LAST)[2].weight_hh == 27
