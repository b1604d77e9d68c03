"""What chapters 15 and 16 add: paths of the GRU's gradient, the other convention of z, sizes, and counting."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from recurrent import GRU, GRU_BEFORE, problem

from lstm_course.gradient_flow import gru_highway, gru_jacobian, gru_jacobian_without, gru_paths
from lstm_course.gru import GRUParams, gru_forward, gru_step, gru_step_backward, init_gru
from lstm_course.gru_variants import (
    counter_gru,
    flip_update_gate,
    gru_from_zrn,
    matching_gru_size,
    one_gate_backward,
)
from lstm_course.lstm import LSTMParams, init_lstm, lstm_forward

BOTH = pytest.mark.parametrize("net", [GRU, GRU_BEFORE], ids=repr)


def reset_of(net):
    return "after" if net is GRU else "before"


@BOTH
def test_the_four_paths_add_up_to_autograds_jacobian(net, assert_close):
    params, x, (h0,), _, _ = problem(net, 1, 3, 2, 4, 0)
    _, cache = gru_step(params, x[0], h0, reset_of(net))
    p = {key: torch.tensor(value) for key, value in vars(params).items()}
    for row in range(3):
        theirs = torch.autograd.functional.jacobian(
            lambda h, row=row: net.torch_step(torch.tensor(x[0, row : row + 1]), (h[None],), p)[0],
            torch.tensor(h0[row]),
        )
        assert_close(gru_jacobian(params, cache, row), theirs.numpy(), 1e-12)


@BOTH
def test_each_path_is_what_is_left_when_the_others_are_cut(net, assert_close):
    params, x, (h0,), dh, _ = problem(net, 1, 1, 2, 4, 1)
    _, cache = gru_step(params, x[0], h0, reset_of(net))
    paths = gru_paths(params, cache)
    _, dh_prev, _ = gru_step_backward(params, cache, dh[0])
    assert_close(sum(dh[0] @ path for path in paths), dh_prev, 1e-12)
    for k, (path, name) in enumerate(zip((paths.reset, paths.update), "rz", strict=True)):
        weight_hh = params.weight_hh.copy()
        weight_hh[4 * k : 4 * k + 4] = 0  # this gate no longer sees the state
        bias = params.bias.copy()
        gate = getattr(cache, f"{name}_t")[0]
        bias[4 * k : 4 * k + 4] = np.log(gate / (1 - gate)) - params.weight_ih[4 * k : 4 * k + 4] @ x[0, 0]
        cut = replace(params, weight_hh=weight_hh, bias=bias)
        _, same = gru_step(cut, x[0], h0, reset_of(net))
        assert_close(dh_prev - gru_step_backward(cut, same, dh[0])[1], dh[0] @ path, 1e-12)


@BOTH
@pytest.mark.parametrize(("t0", "t1"), [(0, 6), (1, 5), (2, 3)])
def test_the_direct_path_is_the_gradient_with_gates_and_candidate_held(net, t0, t1, assert_close):
    params, x, (h0,), _, _ = problem(net, 6, 2, 3, 4, 2)
    _, _, cache = gru_forward(params, x, h0, reset=reset_of(net))
    split = gru_highway(params, cache, t0, t1, row=1)
    h = start = torch.tensor(cache.h[t0][1], requires_grad=True)
    for t in range(t0, t1):
        z, n = torch.tensor(cache.z[t][1]), torch.tensor(cache.n[t][1])
        h = (1 - z) * n + z * h
    rows = [torch.autograd.grad(h[k], start, retain_graph=True)[0].numpy() for k in range(4)]
    assert_close(split.highway, np.array(rows), 1e-12)
    assert_close(split.highway + split.rest, split.total, 1e-12)
    product = np.eye(4)
    for t in range(t0, t1):
        _, step = gru_step(params, x[t], cache.h[t], reset_of(net))
        product = gru_jacobian(params, step, 1) @ product
    assert_close(split.total, product, 1e-12)


def test_bad_paths_are_named():
    params, x, (h0,), _, _ = problem(GRU, 3, 2, 2, 4, 0)
    _, _, cache = gru_forward(params, x, h0)
    with pytest.raises(ValueError, match="row must be below the batch size 2, got 2"):
        gru_jacobian(params, gru_step(params, x[0], h0)[1], 2)
    with pytest.raises(ValueError, match="t1 must be at most 3, got 4"):
        gru_highway(params, cache, 1, 4)
    _, _, masked = gru_forward(params, x, h0, np.ones((3, 2), bool))
    with pytest.raises(ValueError, match="cache must come from a pass without a mask"):
        gru_highway(params, masked, 0, 2)
    step = gru_step(params, x[0], h0)[1]
    for t0, t1, row, message in (
        (-1, 2, 0, "t0 must be at least 0, got -1"),
        (2, 2, 0, "t0 must be below t1, got t0=2 and t1=2"),
        (0, 2, -1, "row must be at least 0, got -1"),
        (0, 2, 2, "row must be below the batch size 2, got 2"),
    ):
        with pytest.raises(ValueError, match=message):
            gru_highway(params, cache, t0, t1, row)
    with pytest.raises(ValueError, match="row must be at least 0, got -1"):
        gru_paths(params, step, -1)
    lstm = init_lstm(2, 4, np.random.default_rng(0))
    for function, kept, rest in (
        (gru_highway, cache, (0, 2)),
        (gru_paths, step, ()),
        (gru_jacobian, step, ()),
    ):
        with pytest.raises(TypeError, match="params must be GRUParams, got LSTMParams"):
            function(lstm, kept, *rest)
        with pytest.raises(TypeError, match=f"cache must be {type(kept).__name__}, got NoneType"):
            function(params, None, *rest)
        with pytest.raises(ValueError, match="cache must have I=2, H=3 like params, got I=2, H=4"):
            function(init_gru(2, 3, np.random.default_rng(0)), kept, *rest)


@BOTH
def test_each_part_of_the_split_is_computed_on_its_own(net):
    """With tiny recurrent weights the rest is far below the rounding of the total: no difference could find it."""
    params, x, (h0,), _, _ = problem(net, 6, 2, 3, 4, 2)
    params = replace(params, weight_hh=1e-14 * params.weight_hh)
    _, _, cache = gru_forward(params, x, h0, reset=reset_of(net))
    split = gru_highway(params, cache, 1, 5, row=1)
    steps = [gru_paths(params, gru_step(params, x[t], cache.h[t], reset_of(net))[1], 1) for t in range(1, 5)]
    wanted = 0  # paths that leave the direct one at a single step
    for k in range(4):
        before = np.prod([np.diag(s.direct) for s in steps[:k]], axis=0) * np.ones(4)
        after = np.prod([np.diag(s.direct) for s in steps[k + 1 :]], axis=0) * np.ones(4)
        wanted = wanted + after[:, None] * (steps[k].update + steps[k].reset + steps[k].candidate) * before
    assert 1e-17 < np.abs(split.rest).max() < 1e-13
    np.testing.assert_allclose(split.rest, wanted, rtol=1e-11, atol=0)
    assert np.abs((split.total - split.highway) / split.rest - 1).max() > 1e-3
    own_rounding = []  # nor is the total their sum: it has a rounding of its own
    for seed in range(10):
        params, x, (h0,), _, _ = problem(net, 6, 1, 3, 4, seed)
        split = gru_highway(params, gru_forward(params, x, h0, reset=reset_of(net))[2], 0, 6)
        own_rounding.append((split.total != split.highway + split.rest).any())
    assert any(own_rounding)


@BOTH
def test_the_highway_of_a_gru_has_a_share_and_explodes_in_silence(net):
    params, x, (h0,), _, _ = problem(net, 6, 2, 3, 4, 2)
    _, _, cache = gru_forward(params, x, h0, reset=reset_of(net))
    split = gru_highway(params, cache, 1, 5, row=1)
    share = np.sum(split.highway * split.total) / np.sum(split.total**2)
    assert split.share == pytest.approx(share, rel=1e-12)
    wild = GRUParams(
        0 * params.weight_ih, 1e200 * np.tile(np.eye(4), (3, 1)), 0 * params.bias, 0 * params.bias_hn
    )
    _, _, cache = gru_forward(wild, x, reset=reset_of(net))  # all states stay 0: nothing saturates
    split = gru_highway(wild, cache, 0, 5)
    np.testing.assert_allclose(split.highway, np.eye(4) / 32, rtol=1e-12)
    assert not np.isfinite(split.total).all()
    assert not np.isfinite(split.rest).all()
    assert np.isnan(split.share)


def other_convention(params, x, h):
    """h = (1 - z) h + z n."""
    for x_t in x:
        cache = gru_step(params, x_t, h)[1]
        h = (1 - cache.z_t) * h + cache.z_t * cache.n_t
    return h


def test_s1_78_the_flipped_update_gate_gives_the_same_states(assert_close):
    params, x, (h0,), _, _ = problem(GRU, 7, 3, 2, 4, 0)
    before = {key: value.copy() for key, value in vars(params).items()}
    flipped = flip_update_gate(params)
    assert_close(other_convention(flipped, x, h0), gru_forward(params, x, h0)[1], 1e-12)
    assert np.abs(other_convention(params, x, h0) - gru_forward(params, x, h0)[1]).max() > 0.1
    for key, value in vars(flip_update_gate(flipped)).items():
        np.testing.assert_array_equal(value, before[key])
        np.testing.assert_array_equal(getattr(params, key), before[key])


def count(module):
    return sum(p.numel() for p in module.parameters())


# at (8, 4) one more unit is a single number too many, at (2, 5) and (1, 18) the budget is met exactly
@pytest.mark.parametrize(
    ("n_in", "n"),
    [*itertools.product((1, 3, 28, 100), (1, 2, 32, 128)), (8, 4), (2, 5), (1, 18)],
)
def test_s1_75_three_quarters_and_the_size_of_an_equal_budget(n_in, n):
    lstm, gru = torch.nn.LSTM(n_in, n), torch.nn.GRU(n_in, n)
    assert 4 * count(gru) == 3 * count(lstm)
    size = matching_gru_size(n_in, n)
    assert count(torch.nn.GRU(n_in, size)) <= count(lstm) < count(torch.nn.GRU(n_in, size + 1))
    with pytest.raises(ValueError, match="lstm_size must be"):
        matching_gru_size(n_in, 0)


def test_s1_82_an_lstm_counts_and_a_gru_stays_bounded():
    rows = np.array([[0.0], [0.0], [50.0], [0.0]])  # g = tanh(50 x), the three gates open
    lstm = LSTMParams(rows, np.zeros((4, 1)), np.array([50.0, 50.0, 0.0, 50.0]))
    _, (_, c_T), _ = lstm_forward(lstm, np.ones((200, 1, 1)))
    assert c_T == pytest.approx(200, abs=1e-12)
    rng = np.random.default_rng(0)
    for _ in range(20):
        small = init_gru(3, 5, rng)
        gru = GRUParams(*(50 * array + rng.normal(size=array.shape) for array in vars(small).values()))
        h, _, _ = gru_forward(gru, rng.normal(size=(200, 4, 3)), rng.uniform(-1, 1, (4, 5)))
        assert np.abs(h).max() <= 1


def test_an_open_reset_and_coupled_gates_make_an_lstm_a_gru(assert_close):
    params, x, (h0,), _, _ = problem(GRU, 5, 2, 3, 4, 3)
    weight_ih, weight_hh, bias = (getattr(params, k).copy() for k in ("weight_ih", "weight_hh", "bias"))
    weight_ih[:4], weight_hh[:4], bias[:4] = 0, 0, 100
    open_reset = replace(params, weight_ih=weight_ih, weight_hh=weight_hh, bias=bias)
    c = h0
    for x_t in x:
        a = x_t @ weight_ih[4:].T + c @ weight_hh[4:].T + bias[4:] + np.r_[np.zeros(4), params.bias_hn]
        f, g = 1 / (1 + np.exp(-a[:, :4])), np.tanh(a[:, 4:])
        c = f * c + (1 - f) * g  # a cell state with i = 1 - f, and h = c
    assert_close(gru_forward(open_reset, x, h0)[1], c, 1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_s1_82_units_of_a_gru_are_the_digits_of_an_exact_binary_counter(dtype):
    """Every step from every state, so that it counts right for ever: by Python's own integers."""
    n = 12
    params = GRUParams(*(array.astype(dtype) for array in vars(counter_gru(n)).values()))
    numbers = np.arange(2**n)
    digits = [[1.0 if k >> j & 1 else -1.0 for j in range(n)] for k in numbers]
    h, _ = gru_step(params, np.zeros((2**n, 1), dtype), np.array(digits, dtype))
    np.testing.assert_array_equal(h, np.roll(digits, -1, axis=0))
    weak = counter_gru(3, strength=2.0)  # gates that are not shut lose the count
    h, _, _ = gru_forward(weak, np.zeros((8, 1, 1)), -np.ones((1, 3)))
    assert (np.sign(h[:, 0]) != np.array(digits)[1:9, :3]).any()


def test_a_bad_counter_is_named():
    with pytest.raises(ValueError, match="units must be at least 1, got 0"):
        counter_gru(0)
    with pytest.raises(ValueError, match="strength must be greater than 0"):
        counter_gru(3, -1.0)


WAYS = ("direct", "candidate", "reset", "update")


def step_with_ways(net, x, h, p, free):
    """torch's step in which the state moves only where a way in `free` reads it."""
    seen = {way: h if way in free else h.detach() for way in WAYS}
    x_r, x_z, x_n = (x @ p["weight_ih"].T + p["bias"]).chunk(3, dim=1)
    w_r, w_z, w_n = p["weight_hh"].chunk(3)
    r, z = torch.sigmoid(x_r + seen["reset"] @ w_r.T), torch.sigmoid(x_z + seen["update"] @ w_z.T)
    past = seen["candidate"]
    a = r * (past @ w_n.T + p["bias_hn"]) if net is GRU else (r * past) @ w_n.T + p["bias_hn"]
    return (1 - z) * torch.tanh(x_n + a) + z * seen["direct"]


@BOTH
@pytest.mark.parametrize(
    "cut", [(), ("candidate",), ("reset",), ("update",), ("direct",), ("reset", "update"), WAYS[1:]]
)
def test_a_cut_path_is_one_that_autograd_does_not_see(net, cut, assert_close):
    params, x, (h0,), _, _ = problem(net, 6, 2, 3, 4, 2)
    _, _, cache = gru_forward(params, x, h0, reset=reset_of(net))
    p = {key: torch.tensor(value) for key, value in vars(params).items()}
    h = start = torch.tensor(cache.h[1][1:2], requires_grad=True)
    for t in range(1, 5):
        h = step_with_ways(net, torch.tensor(x[t, 1:2]), h, p, set(WAYS) - set(cut))
    theirs = np.array(
        [torch.autograd.grad(h[0, j], start, retain_graph=True)[0][0].numpy() for j in range(4)]
    )
    ours = gru_jacobian_without(params, cache, 1, 5, cut, row=1)
    assert_close(ours, theirs, 1e-12)
    if len(cut) == 3:
        assert_close(ours, gru_highway(params, cache, 1, 5, 1).highway, 1e-12)


def test_a_path_that_is_not_there_is_named():
    params, x, (h0,), _, _ = problem(GRU, 3, 2, 2, 4, 0)
    _, _, cache = gru_forward(params, x, h0)
    with pytest.raises(ValueError, match="cut must be one of candidate, direct, reset, update, got 'forget'"):
        gru_jacobian_without(params, cache, 0, 2, "forget")
    np.testing.assert_array_equal(
        gru_jacobian_without(params, cache, 0, 2, "reset"),
        gru_jacobian_without(params, cache, 0, 2, ("reset",)),
    )
    with pytest.raises(ValueError, match="t1 must be at most 3, got 4"):
        gru_jacobian_without(params, cache, 1, 4)


def test_the_gru_with_one_gate_by_autograd(assert_close):
    rng = np.random.default_rng(0)
    weight_z, weight_n = (torch.tensor(rng.standard_normal((4, 4))) for _ in range(2))
    x_z, x_n, h, dh = (torch.tensor(rng.standard_normal((3, 4))) for _ in range(4))
    b = torch.tensor(rng.standard_normal(4))
    a_z = x_z + h.requires_grad_() @ weight_z.T
    a_z.retain_grad()
    z, q = torch.sigmoid(a_z), h @ weight_n.T + b
    n = torch.tanh(x_n + (1 - z) * q)
    ((1 - z) * n + z * h).backward(dh)
    arrays = (a.detach().numpy() for a in (weight_z, weight_n, z, n, q, h, dh))
    da_z, dh_prev = one_gate_backward(*arrays)
    assert_close(da_z, a_z.grad.numpy(), 1e-12)
    assert_close(dh_prev, h.grad.numpy(), 1e-12)


def test_a_gate_of_another_shape_is_named():
    square, row = np.eye(2), np.ones((1, 2))
    with pytest.raises(ValueError, match=r"weight_z must have shape \(H=2, H=2\), got \(3, 3\)"):
        one_gate_backward(np.eye(3), square, row, row, row, row, row)
    with pytest.raises(ValueError, match=r"dh_t must have shape \(B=1, H=2\), got \(2, 2\)"):
        one_gate_backward(square, square, row, row, row, row, square)


def test_weights_of_another_order_and_convention_give_the_same_states():
    """The unit of the other library, written out here: blocks z, r, n, and z = 1 replaces."""
    rng = np.random.default_rng(3)
    theirs = init_gru(2, 3, rng)
    x, h = rng.standard_normal((5, 1, 2)), rng.standard_normal((1, 3))
    states, _, _ = gru_forward(gru_from_zrn(theirs), x, h)
    for x_t, ours in zip(x, states, strict=True):
        into, past = x_t @ theirs.weight_ih.T + theirs.bias, h @ theirs.weight_hh.T
        z, r = (1 / (1 + np.exp(-(into + past)[:, k : k + 3])) for k in (0, 3))
        h = (1 - z) * h + z * np.tanh(into[:, 6:] + r * (past[:, 6:] + theirs.bias_hn))
        np.testing.assert_allclose(ours, h, rtol=1e-12)
