"""Backpropagation against Mazur's worked example, sympy, torch and finite differences."""

import dataclasses
import functools

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course import network
from lstm_course.activations import ACTIVATIONS, get_activation
from lstm_course.gradcheck import GradientMismatch, check_gradients
from lstm_course.initializers import normal
from lstm_course.losses import squared_error
from lstm_course.network import (
    MLPFlow,
    MLPParams,
    init_mlp,
    layer_backward,
    layer_forward,
    mlp_backward,
    mlp_forward,
)
from lstm_course.optim import sgd_step
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward

# The 2-2-2 network. The example is Mazur's (2015), its figures those that he printed.

MAZUR = TinyNet(w1=0.15, w2=0.20, w3=0.25, w4=0.30, w5=0.40, w6=0.45, w7=0.50, w8=0.55, b1=0.35, b2=0.60)
X, T = (0.05, 0.10), (0.01, 0.99)
NAMES = [field.name for field in dataclasses.fields(TinyNet)]


def test_s1_06_forward_pass_of_the_worked_example():
    trace = tiny_forward(MAZUR, X, T)
    assert trace.a_h1 == pytest.approx(0.3775, abs=1e-9)
    assert trace.h1 == pytest.approx(0.593269992, abs=1e-9)
    assert trace.h2 == pytest.approx(0.596884378, abs=1e-9)
    assert trace.y1 == pytest.approx(0.75136507, abs=1e-8)
    assert trace.y2 == pytest.approx(0.772928465, abs=1e-9)
    assert trace.loss == pytest.approx(0.298371109, abs=1e-9)


def test_s1_07_backward_pass_of_the_worked_example():
    gradient, terms = tiny_backward(MAZUR, tiny_forward(MAZUR, X, T))
    assert gradient.w5 == pytest.approx(0.082167041, abs=1e-9)
    assert terms.delta_y1 == pytest.approx(0.138498562, abs=1e-9)
    assert terms.dL_dh1 == pytest.approx(0.036350306, abs=1e-9)
    assert gradient.w1 == pytest.approx(0.000438568, abs=1e-9)
    assert terms.w1_via_y1 == pytest.approx(0.000668396, abs=1e-9)
    assert terms.w1_via_y2 == pytest.approx(-0.000229828, abs=1e-9)
    assert terms.w1_via_y1 + terms.w1_via_y2 == pytest.approx(gradient.w1, rel=1e-14)


def test_one_step_gives_mazurs_new_weights():
    gradient, _ = tiny_backward(MAZUR, tiny_forward(MAZUR, X, T))
    new = sgd_step(MAZUR, gradient, 0.5)
    printed = {"w1": 0.149780716, "w2": 0.19956143, "w3": 0.24975114, "w4": 0.29950229,
               "w5": 0.35891648, "w6": 0.408666186, "w7": 0.511301270, "w8": 0.561370121}  # fmt: skip
    for name, value in printed.items():
        assert getattr(new, name) == pytest.approx(value, abs=6e-9), name


@functools.cache
def symbolic_gradient():
    """The loss of the tiny network and its ten derivatives, by sympy, to be evaluated with 30 digits."""
    p = {name: sympy.Symbol(name) for name in NAMES}
    x1, x2, t1, t2 = inputs = sympy.symbols("x1 x2 t1 t2")

    def sigma(a):
        return 1 / (1 + sympy.exp(-a))

    h1 = sigma(p["w1"] * x1 + p["w2"] * x2 + p["b1"])
    h2 = sigma(p["w3"] * x1 + p["w4"] * x2 + p["b1"])
    y1 = sigma(p["w5"] * h1 + p["w6"] * h2 + p["b2"])
    y2 = sigma(p["w7"] * h1 + p["w8"] * h2 + p["b2"])
    loss = sympy.Rational(1, 2) * ((t1 - y1) ** 2 + (t2 - y2) ** 2)
    return sympy.lambdify(
        [*p.values(), *inputs], [loss, *(sympy.diff(loss, p[name]) for name in NAMES)], "mpmath", cse=True
    )


def tiny_differs_from_sympy(backward, net, x, t):
    loss, *wanted = map(float, symbolic_gradient()(*dataclasses.astuple(net), *x, *t))
    trace = tiny_forward(net, x, t)
    ours = dataclasses.astuple(backward(net, trace)[0])
    return trace.loss != pytest.approx(loss, rel=1e-12) or ours != pytest.approx(wanted, rel=1e-12)


TEN = st.lists(st.floats(-2, 2), min_size=10, max_size=10).map(lambda values: TinyNet(*values))
TWO = st.tuples(st.floats(-2, 2), st.floats(-2, 2))


@given(net=TEN, x=TWO, t=TWO.map(lambda t: (t[0] + 5, t[1] - 5)))  # far targets: y - t does not cancel
def test_all_ten_derivatives_are_sympys(net, x, t):
    assert not tiny_differs_from_sympy(tiny_backward, net, x, t)


def test_the_factors_multiply_to_the_derivatives():
    g, s = tiny_backward(MAZUR, tiny_forward(MAZUR, X, T))
    trace = tiny_forward(MAZUR, X, T)
    assert g.w5 == pytest.approx(s.dL_dy1 * s.dy1_da * trace.h1, rel=1e-14)
    assert g.w1 == pytest.approx(s.dL_dh1 * s.dh1_da * X[0], rel=1e-14)
    assert s.dL_dh1 == pytest.approx(s.delta_y1 * MAZUR.w5 + s.delta_y2 * MAZUR.w7, rel=1e-14)
    assert g.b1 == pytest.approx(s.delta_h1 + s.delta_h2, rel=1e-14)


def _tiny_mutant(**changes):
    def backward(net, trace):
        gradient, s = tiny_backward(net, trace)
        return dataclasses.replace(gradient, **{k: f(net, trace, s) for k, f in changes.items()}), s

    return backward


@pytest.mark.parametrize(
    "wrong",
    [
        _tiny_mutant(w1=lambda n, c, s: s.w1_via_y1),  # the second path forgotten
        _tiny_mutant(w1=lambda n, c, s: s.dL_dh1 * c.x1),  # σ' forgotten
        _tiny_mutant(w5=lambda n, c, s: s.dL_dy1 * c.h1),
        _tiny_mutant(w5=lambda n, c, s: -s.delta_y1 * c.h1),
        _tiny_mutant(w6=lambda n, c, s: s.delta_y2 * c.h2),
        _tiny_mutant(w8=lambda n, c, s: s.dL_dy2 * c.a_y2 * (1 - c.a_y2) * c.h2),  # σ' with a for y
        _tiny_mutant(w2=lambda n, c, s: s.delta_h1 * c.x1),
        _tiny_mutant(b1=lambda n, c, s: s.delta_h1),  # shared, but counted once
        _tiny_mutant(b2=lambda n, c, s: (s.delta_y1 + s.delta_y2) / 2),
        _tiny_mutant(
            w3=lambda n, c, s: (s.delta_y1 * n.w7 + s.delta_y2 * n.w8) * s.dh2_da * c.x1
        ),  # transposed
    ],
)
def test_the_comparison_with_sympy_catches_a_wrong_tiny_backward(wrong):
    assert not tiny_differs_from_sympy(tiny_backward, MAZUR, X, T)
    assert tiny_differs_from_sympy(wrong, MAZUR, X, T)


def as_mlp(net):
    return MLPParams(
        weights=([[net.w1, net.w2], [net.w3, net.w4]], [[net.w5, net.w6], [net.w7, net.w8]]),
        biases=([net.b1, net.b1], [net.b2, net.b2]),
    )


@given(net=TEN, x=TWO, t=TWO)
def test_the_tiny_network_is_an_mlp_with_shared_biases(assert_close, net, x, t):
    trace = tiny_forward(net, x, t)
    tiny, terms = tiny_backward(net, trace)
    params = as_mlp(net)
    y, cache = mlp_forward(params, [x], output="sigmoid")
    loss, dy = squared_error(y, [t])
    _, mlp, flow = mlp_backward(params, cache, dy)
    assert loss == pytest.approx(trace.loss, rel=1e-12)
    wanted = as_mlp(tiny)
    for ours, theirs in zip(mlp.weights, wanted.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)
    assert mlp.biases[0].sum() == pytest.approx(tiny.b1, rel=1e-11, abs=1e-15)
    assert mlp.biases[1].sum() == pytest.approx(tiny.b2, rel=1e-11, abs=1e-15)
    assert flow.da[0][0] == pytest.approx([terms.delta_h1, terms.delta_h2], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tiny_forward(MAZUR, [1.0], T), ValueError, r"x must have shape \(I=2\), got \(1,\)"),
        (lambda: tiny_forward(MAZUR, X, [1.0, np.nan]), ValueError, r"t must be finite, but t\[1\] is nan"),
        (lambda: tiny_forward(MAZUR, "ab", T), TypeError, "x must be an array of float32 or float64"),
        (lambda: dataclasses.replace(MAZUR, w3=np.inf), ValueError, "w3 must be finite, got inf"),
        (lambda: dataclasses.replace(MAZUR, b2="0.6"), TypeError, "b2 must be a number, got str"),
    ],
)
def test_bad_arguments_of_the_tiny_network_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# The network of any depth

SMOOTH = sorted(set(ACTIVATIONS) - {"hardtanh", "relu", "leaky_relu"})
TORCH = {
    "identity": lambda a: 1.0 * a, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu,
    "hardtanh": torch.nn.functional.hardtanh, "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu, "g_1997": lambda a: 4 * torch.sigmoid(a) - 2,
    "h_1997": lambda a: 2 * torch.sigmoid(a) - 1,
}  # fmt: skip
WIDTHS = st.lists(st.integers(1, 7), min_size=2, max_size=6)
SEEDS = st.integers(0, 10**6)


def problem(sizes, batch, seed, dtype=np.float64):
    """Random weights and biases, a batch, and a gradient to send back."""
    rng = np.random.default_rng(seed)
    params = init_mlp(sizes, rng, dtype=dtype)
    params = MLPParams(params.weights, [rng.normal(0, 0.3, len(b)).astype(dtype) for b in params.biases])
    return (
        params,
        rng.normal(size=(batch, sizes[0])).astype(dtype),
        rng.normal(size=(batch, sizes[-1])).astype(dtype),
    )


def torch_pass(params, x, dy, activation, output):
    """The same network in torch, float64: y, then dx, every weight's, bias's, h's and a's gradient."""
    leaves = [torch.tensor(np.asarray(v, np.float64), requires_grad=True) for v in
              (x, *params.weights, *params.biases)]  # fmt: skip
    h, weights, biases = [leaves[0]], leaves[1 : params.depth + 1], leaves[params.depth + 1 :]
    a = []
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), start=1):
        a.append(torch.nn.functional.linear(h[-1], w, b))
        h.append(TORCH[output if layer == params.depth else activation](a[-1]))
    asked = [*weights, *biases, *h[:-1], *a]
    gradients = torch.autograd.grad((h[-1] * torch.tensor(np.asarray(dy, np.float64))).sum(), asked)
    return [h[-1].detach().numpy(), *(g.numpy() for g in gradients)]


def our_pass(params, x, dy, activation, output):
    y, cache = mlp_forward(params, x, activation=activation, output=output)
    dx, dparams, flow = network.mlp_backward(params, cache, dy)
    assert dx is flow.dh[0]
    return [y, *dparams.weights, *dparams.biases, *flow.dh[:-1], *flow.da]


@given(
    sizes=WIDTHS,
    batch=st.integers(1, 5),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    output=st.sampled_from(sorted(ACTIVATIONS)),
    seed=SEEDS,
)
def test_every_gradient_on_the_way_is_torchs(assert_close, sizes, batch, activation, output, seed):
    arguments = (*problem(sizes, batch, seed), activation, output)
    for ours, theirs in zip(our_pass(*arguments), torch_pass(*arguments), strict=True):
        assert_close(ours, theirs, 1e-12)


@given(sizes=WIDTHS, batch=st.integers(1, 5), activation=st.sampled_from(sorted(ACTIVATIONS)), seed=SEEDS)
def test_float32_stays_float32_in_everything_and_agrees_to_its_precision(
    assert_close, sizes, batch, activation, seed
):
    arguments = (*problem(sizes, batch, seed, np.float32), activation, "identity")
    for ours, theirs in zip(our_pass(*arguments), torch_pass(*arguments), strict=True):
        assert ours.dtype == np.float32
        assert_close(ours, theirs, 1e-4)


def check_by_finite_differences(params, x, dy, activation, output="identity"):
    depth = params.depth

    def unpack(p):
        return MLPParams([p[f"W{k}"] for k in range(depth)], [p[f"b{k}"] for k in range(depth)]), p["x"]

    def loss(p):
        net, inputs = unpack(p)
        return np.sum(dy * mlp_forward(net, inputs, activation=activation, output=output)[0])

    _, cache = mlp_forward(params, x, activation=activation, output=output)
    dx, dparams, _ = network.mlp_backward(params, cache, dy)
    names = [*(f"W{k}" for k in range(depth)), *(f"b{k}" for k in range(depth)), "x"]
    return check_gradients(
        loss,
        dict(zip(names, (*params.weights, *params.biases, x), strict=True)),
        dict(zip(names, (*dparams.weights, *dparams.biases, dx), strict=True)),
        tolerance=1e-7,
    )


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4), activation=st.sampled_from(SMOOTH), seed=SEEDS
)
def test_every_gradient_is_a_finite_difference(sizes, activation, seed):
    check_by_finite_differences(*problem(sizes, 3, seed), activation)


# Wrong versions. The network is 3-3-3-3 with a batch of 3, so that no shape gives a mistake away.


def _layer(change):
    def backward(weight, h_prev, a, dh, activation):
        right = dict(zip(("dh_prev", "dweight", "dbias", "da"), layer_backward(weight, h_prev, a, dh, activation),
                         strict=True))  # fmt: skip
        f, f_prime = get_activation(activation)[1:]
        return tuple((right | change(weight, h_prev, a, dh, right["da"], f, f_prime)).values())

    return backward


def _through(da_of):
    """A wrong delta, carried on consistently."""

    def change(w, h, a, dh, da, f, f_prime):
        wrong = da_of(a, dh, f, f_prime)
        return {"dh_prev": wrong @ w, "dweight": wrong.T @ h, "dbias": wrong.sum(axis=0), "da": wrong}

    return _layer(change)


WRONG_LAYERS = {
    "f' forgotten": _through(lambda a, dh, f, f_prime: dh),
    "f' of h for f' of a": _through(lambda a, dh, f, f_prime: dh * f_prime(f(a))),
    "f for f'": _through(lambda a, dh, f, f_prime: dh * f(a)),
    "f' twice": _through(lambda a, dh, f, f_prime: dh * f_prime(a) ** 2),
    "sign": _through(lambda a, dh, f, f_prime: -dh * f_prime(a)),
    "weight not transposed": _layer(lambda w, h, a, dh, da, f, fp: {"dh_prev": da @ w.T}),
    "weight gradient transposed": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": h.T @ da}),
    "weight gradient elementwise": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": da * h}),
    "dh sent on in place of da": _layer(lambda w, h, a, dh, da, f, fp: {"dh_prev": dh @ w}),
    "mean for sum in the bias": _layer(lambda w, h, a, dh, da, f, fp: {"dbias": da.mean(axis=0)}),
    "bias summed over units": _layer(lambda w, h, a, dh, da, f, fp: {"dbias": da.sum(axis=1)}),
    "mean for sum in the weight": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": da.T @ h / len(h)}),
    "first example only": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": np.outer(da[0], h[0])}),
    "own output for input": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": da.T @ f(a)}),
    "weight gradient accumulated": _layer(lambda w, h, a, dh, da, f, fp: {"dweight": da.T @ h + w}),
    "off by one in a million": _layer(lambda w, h, a, dh, da, f, fp: {"dbias": da.sum(axis=0) * (1 + 1e-6)}),
}


def _network(change):
    def backward(params, cache, dy):
        return change(params, cache, dy, *mlp_backward(params, cache, dy))

    return backward


WRONG_NETWORKS = {
    "output activation ignored": lambda p, c, dy: mlp_backward(p, c._replace(output=c.activation), dy),
    "hidden activation ignored": lambda p, c, dy: mlp_backward(p, c._replace(activation=c.output), dy),
    "activations in the wrong order": lambda p, c, dy: mlp_backward(p, c._replace(a=c.a[::-1]), dy),
    "inputs shifted by a layer": lambda p, c, dy: mlp_backward(p, c._replace(h=(*c.h[1:], c.h[-1])), dy),
    "weights in the wrong order": lambda p, c, dy: mlp_backward(MLPParams(p.weights[::-1], p.biases), c, dy),
    "gradients in the wrong order": _network(
        lambda p, c, dy, dx, g, flow: (dx, MLPParams(g.weights[::-1], g.biases[::-1]), flow)
    ),
    "stops a layer early": _network(
        lambda p, c, dy, dx, g, flow: (flow.dh[1], g, MLPFlow((flow.dh[1], *flow.dh[1:]), flow.da))
    ),
    "averaged over the batch twice": lambda p, c, dy: mlp_backward(p, c, dy / len(dy)),
}


def both_referees_accept(assert_close):
    params, x, dy = problem((3, 3, 3, 3), 3, 11)
    arguments = (params, x, dy, "tanh", "sigmoid")
    verdicts = []
    try:
        for ours, theirs in zip(our_pass(*arguments), torch_pass(*arguments), strict=True):
            assert_close(ours, theirs, 1e-12)
        verdicts.append(True)
    except AssertionError:
        verdicts.append(False)
    try:
        check_by_finite_differences(*arguments)
        verdicts.append(True)
    except GradientMismatch:
        verdicts.append(False)
    return verdicts


def test_both_referees_accept_the_real_backward_pass(assert_close):
    assert both_referees_accept(assert_close) == [True, True]


@pytest.mark.parametrize("wrong", WRONG_LAYERS.values(), ids=WRONG_LAYERS)
def test_both_referees_catch_a_wrong_layer_backward(monkeypatch, assert_close, wrong):
    monkeypatch.setattr(network, "layer_backward", wrong)
    assert both_referees_accept(assert_close) == [False, False]


@pytest.mark.parametrize("wrong", WRONG_NETWORKS.values(), ids=WRONG_NETWORKS)
def test_both_referees_catch_a_wrong_mlp_backward(monkeypatch, assert_close, wrong):
    monkeypatch.setattr(network, "mlp_backward", wrong)
    assert both_referees_accept(assert_close) == [False, False]


# The contract


@given(sizes=WIDTHS, batch=st.integers(1, 4), activation=st.sampled_from(sorted(ACTIVATIONS)), seed=SEEDS)
def test_nothing_is_written_to_and_a_repeated_pass_is_identical(sizes, batch, activation, seed):
    params, x, dy = problem(sizes, batch, seed)
    for array in (*params.weights, *params.biases, x, dy):
        array.flags.writeable = False  # a write would raise
    first = our_pass(params, x, dy, activation, "identity")
    for once, again in zip(first, our_pass(params, x, dy, activation, "identity"), strict=True):
        np.testing.assert_array_equal(once, again)


@given(sizes=WIDTHS, batch=st.integers(2, 5), activation=st.sampled_from(sorted(ACTIVATIONS)), seed=SEEDS)
def test_the_rows_of_a_batch_do_not_know_of_each_other(sizes, batch, activation, seed):
    params, x, dy = problem(sizes, batch, seed)
    y, cache = mlp_forward(params, x, activation=activation)
    dx, dparams, _ = mlp_backward(params, cache, dy)
    total = [0.0] * params.depth
    for row in range(batch):
        one = slice(row, row + 1)
        y_row, cache_row = mlp_forward(params, x[one], activation=activation)
        dx_row, dparams_row, _ = mlp_backward(params, cache_row, dy[one])
        np.testing.assert_allclose(y[one], y_row, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(dx[one], dx_row, rtol=1e-12, atol=1e-14)
        total = [t + w for t, w in zip(total, dparams_row.weights, strict=True)]
    for whole, summed in zip(dparams.weights, total, strict=True):
        np.testing.assert_allclose(whole, summed, rtol=1e-12, atol=1e-13)


@given(sizes=WIDTHS, activation=st.sampled_from(SMOOTH), seed=SEEDS)
def test_a_small_step_against_the_gradient_lowers_the_loss_by_what_calculus_says(sizes, activation, seed):
    params, x, target = problem(sizes, 4, seed)

    def loss_at(p):
        return squared_error(mlp_forward(p, x, activation=activation)[0], target)

    y, cache = mlp_forward(params, x, activation=activation)
    loss, dy = squared_error(y, target)
    _, gradient, _ = mlp_backward(params, cache, dy)
    slope = sum(np.sum(g**2) for g in (*gradient.weights, *gradient.biases))
    fall = loss - loss_at(sgd_step(params, gradient, 1e-6))[0]
    assert fall > 0
    assert fall == pytest.approx(1e-6 * slope, rel=1e-3, abs=1e-14)


def test_depth_one_and_width_one_is_a_product():
    params = MLPParams([[[3.0]]], [[0.5]])
    y, cache = mlp_forward(params, [[2.0]], activation="relu")
    dx, dparams, flow = mlp_backward(params, cache, [[10.0]])
    assert (y.item(), dx.item(), dparams.weights[0].item(), dparams.biases[0].item()) == (6.5, 30, 20, 10)
    assert (len(flow.dh), len(flow.da)) == (2, 1)


def test_views_and_fortran_order_change_nothing(assert_close):
    params, x, dy = problem((4, 5, 3), 6, 0)
    turned = MLPParams(
        [np.asfortranarray(w) for w in params.weights], [b[::-1].copy()[::-1] for b in params.biases]
    )
    for plain, view in zip(
        our_pass(params, x, dy, "tanh", "identity"),
        our_pass(turned, np.asfortranarray(x), np.repeat(dy, 2, axis=0)[::2], "tanh", "identity"),
        strict=True,
    ):
        assert_close(view, plain, 1e-14)


def test_s1_08_delta_by_the_layer_above(assert_close):
    params, x, dy = problem((3, 4, 5, 2), 6, 1)
    _, cache = mlp_forward(params, x)
    _, _, flow = mlp_backward(params, cache, dy)
    a = torch.tensor(cache.a[0], requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(a).sum(), a)
    assert_close(flow.da[0], (flow.da[1] @ params.weights[1]) * slope.numpy(), 1e-14)


def test_s1_10_a_layer_whose_input_is_zero_has_no_weight_gradient():
    params = init_mlp((3, 4, 4, 2), np.random.default_rng(0))
    _, cache = mlp_forward(params, np.ones((5, 3)), activation="tanh")
    cache = cache._replace(h=(cache.h[0], np.zeros_like(cache.h[1]), *cache.h[2:]))
    _, dparams, flow = mlp_backward(params, cache, np.ones((5, 2)))
    assert not dparams.weights[1].any()
    assert dparams.weights[0].any()
    assert flow.da[1].all()


def test_one_layer_alone_is_torchs(assert_close, rng):
    weight, bias, h_prev, dh = (rng.normal(size=s) for s in ((3, 2), 3, (4, 2), (4, 3)))
    h, a = layer_forward(weight, bias, h_prev, "tanh")
    params = MLPParams([weight], [bias])
    wanted_h, dweight, dbias, dh_prev, da = torch_pass(params, h_prev, dh, "identity", "tanh")
    assert_close(h, wanted_h)
    assert_close(a, h_prev @ weight.T + bias)
    ours = layer_backward(weight, h_prev, a, dh, "tanh")
    for got, want in zip(ours, (dh_prev, dweight, dbias, da), strict=True):
        assert_close(got, want)


@given(sizes=WIDTHS, dtype=st.sampled_from([np.float32, np.float64]), seed=SEEDS)
def test_init_mlp_draws_the_shapes_asked_for_with_zero_biases(sizes, dtype, seed):
    params = init_mlp(sizes, np.random.default_rng(seed), dtype=dtype)
    assert [w.shape for w in params.weights] == list(zip(sizes[1:], sizes[:-1], strict=True))
    assert params.depth == len(sizes) - 1
    assert all(w.dtype == b.dtype == dtype for w, b in zip(params.weights, params.biases, strict=True))
    assert not any(b.any() for b in params.biases)
    again = init_mlp(sizes, np.random.default_rng(seed), dtype=dtype)
    assert all((w == v).all() for w, v in zip(params.weights, again.weights, strict=True))


def test_init_mlp_takes_an_initializer():
    params = init_mlp((50, 60, 70), np.random.default_rng(0), initializer=functools.partial(normal, std=0.01))
    assert [w.std() for w in params.weights] == pytest.approx([0.01, 0.01], rel=0.05)


# Bad arguments

NET = init_mlp((3, 4, 2), np.random.default_rng(0))
GOOD_X = np.ones((5, 3))
CACHE = mlp_forward(NET, GOOD_X)[1]
W, B = np.ones((4, 3)), np.ones(4)


COMPLAINTS = [
    (lambda: mlp_forward(NET, np.ones((5, 2))), ValueError, r"x must have shape \(B, n_0=3\), got \(5, 2\)"),
    (lambda: mlp_forward(NET, np.ones(3)), ValueError, r"x must have shape \(B, n_0=3\), got \(3,\)"),
    (lambda: mlp_forward(NET, np.ones((0, 3))), ValueError, "x must not be empty"),
    (lambda: mlp_forward(NET, [[1.0, np.nan, 0.0]]), ValueError, r"x must be finite, but x\[0, 1\] is nan"),
    (lambda: mlp_forward(NET, GOOD_X.astype(np.float32)), TypeError, "x must have dtype float64 like the rest"),
    (lambda: mlp_forward(NET, GOOD_X, activation="swish"), ValueError, "activation must be one of .*'swish'"),
    (lambda: mlp_forward(NET, GOOD_X, output=None), TypeError, "activation must be a string, got NoneType"),
    (lambda: mlp_backward(NET, CACHE, np.ones((5, 3))), ValueError,
     r"dy must have shape \(B=5, n_2=2\), got \(5, 3\)"),
    (lambda: mlp_backward(NET, CACHE, np.ones((1, 2))), ValueError, r"dy must have shape \(B=5, n_2=2\)"),
    (lambda: mlp_backward(NET, CACHE, np.ones(2)), ValueError, r"dy must have shape \(B=5, n_2=2\)"),
    (lambda: mlp_backward(NET, mlp_forward(NET, GOOD_X), np.ones((5, 2))), TypeError,
     "cache must be MLPCache, the last of what mlp_forward returns, got tuple"),
    (lambda: mlp_backward(CACHE, NET, np.ones((5, 2))), TypeError, "params must be MLPParams, got MLPCache"),
    (lambda: mlp_backward(init_mlp((3, 5, 2), np.random.default_rng(0)), CACHE, np.ones((5, 2))), ValueError,
     r"cache must have the widths \[3, 5, 2\] like params, got \[3, 4, 2\]"),
    (lambda: mlp_backward(init_mlp((3, 2), np.random.default_rng(0)), CACHE, np.ones((5, 2))), ValueError,
     r"cache must have the widths \[3, 2\] like params, got \[3, 4, 2\]"),
    (lambda: mlp_backward(init_mlp((3, 4, 2), np.random.default_rng(0), dtype=np.float32), CACHE,
                          np.ones((5, 2), np.float32)), TypeError,
     "cache must have dtype float32 like params, got float64"),
    (lambda: mlp_backward(NET, CACHE, np.ones((5, 2), np.float32)), TypeError, "dy must have dtype float64"),
    (lambda: MLPParams([], []), ValueError, "weights must hold at least one layer, got none"),
    (lambda: MLPParams([W], []), ValueError, "biases must hold 1 arrays, one a layer, got 0"),
    (lambda: MLPParams([W], [np.ones(3)]), ValueError, r"biases\[0\] must have shape \(n_1=4\), got \(3,\)"),
    (lambda: MLPParams([W], [np.ones((4, 1))]), ValueError, r"biases\[0\] must have shape \(n_1=4\)"),
    (lambda: MLPParams([W, W], [B, B]), ValueError,
     r"weights\[1\] must have shape \(n_2, n_1=4\), got \(4, 3\)"),
    (lambda: MLPParams([np.ones(4)], [B]), ValueError, r"weights\[0\] must have shape \(n_1, n_0\), got \(4,\)"),
    (lambda: MLPParams([W], [B.astype(np.float32)]), TypeError, r"biases\[0\] must have dtype float64"),
    (lambda: MLPParams([W, np.ones((2, 4), np.float32)], [B, np.ones(2)]), TypeError,
     r"weights\[1\] must have dtype float64 like the rest, got float32"),
    (lambda: MLPParams([np.ones((0, 3))], [np.ones(0)]), ValueError, r"weights\[0\] must not be empty"),
    (lambda: MLPParams([W * np.nan], [B]), ValueError, r"weights\[0\] must be finite"),
    (lambda: init_mlp((3,), np.random.default_rng(0)), ValueError, r"sizes must name an input and at least one"),
    (lambda: init_mlp((3, 0), np.random.default_rng(0)), ValueError, r"sizes\[1\] must be at least 1, got 0"),
    (lambda: init_mlp((3, 2.0), np.random.default_rng(0)), TypeError, r"sizes\[1\] must be an integer, got float"),
    (lambda: init_mlp((3, 2), 0), TypeError, r"rng must be a numpy\.random\.Generator"),
    (lambda: init_mlp((3, 2), np.random.default_rng(0), dtype=int), TypeError, "dtype must be float32 or float64"),
    (lambda: init_mlp((3, 2), np.random.default_rng(0), initializer=lambda s, r: np.ones(s[::-1])), ValueError,
     r"must have shape"),
    (lambda: layer_forward(W, B, np.ones((5, 4)), "tanh"), ValueError, r"h_prev must have shape \(B, m=3\)"),
    (lambda: layer_forward(np.ones(3), B, np.ones((5, 3)), "tanh"), ValueError,
     r"weight must have shape \(n, m\), got \(3,\)"),
    (lambda: layer_forward(W, np.ones(1), np.ones((5, 3)), "tanh"), ValueError, r"bias must have shape \(n=4\)"),
    (lambda: layer_forward(W, B, np.ones((5, 3), np.float32), "tanh"), TypeError, "h_prev must have dtype float64"),
    (lambda: layer_backward(np.ones(3), GOOD_X, np.ones((5, 4)), np.ones((5, 4)), "tanh"), ValueError,
     r"weight must have shape \(n, m\), got \(3,\)"),
    (lambda: layer_backward(W, np.ones((4, 3)), np.ones((5, 4)), np.ones((5, 4)), "tanh"), ValueError,
     r"h_prev must have shape \(B=5, m=3\), got \(4, 3\)"),
    (lambda: layer_backward(W, GOOD_X, np.ones((5, 3)), np.ones((5, 4)), "tanh"), ValueError,
     r"a must have shape \(B, n=4\), got \(5, 3\)"),
    (lambda: layer_backward(W, GOOD_X, np.ones((5, 4)), np.ones((5, 1)), "tanh"), ValueError,
     r"dh must have shape \(B=5, n=4\), got \(5, 1\)"),
    (lambda: layer_backward(W, GOOD_X, np.ones((5, 4)), np.ones((5, 4), np.float32), "tanh"), TypeError,
     "dh must have dtype float64 like the rest, got float32"),
    (lambda: layer_forward(W, B.astype(np.float32), GOOD_X, "tanh"), TypeError, "bias must have dtype float64"),
    (lambda: layer_backward(W, GOOD_X, np.ones((5, 4), np.float32), np.ones((5, 4)), "tanh"), TypeError,
     "a must have dtype float64"),
    (lambda: layer_backward(W, GOOD_X.astype(np.float32), np.ones((5, 4)), np.ones((5, 4)), "tanh"), TypeError,
     "h_prev must have dtype float64"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_gradient_that_overflows_is_seen_and_makes_no_noise(dtype):
    """A warning would be an error; torch gives the same inf and NaN."""
    rng, huge = np.random.default_rng(0), np.finfo(dtype).max / 4
    params = init_mlp((3, 4, 4, 2), rng, initializer=functools.partial(normal, std=30.0), dtype=dtype)
    _, cache = mlp_forward(params, (rng.normal(size=(5, 3)) * 1e-3).astype(dtype), activation="relu")
    dx, gradient, flow = mlp_backward(params, cache, np.full((5, 2), huge, dtype))
    assert not np.isfinite(flow.dh[0]).all()
    assert np.isfinite(flow.dh[-1]).all()
    assert not np.isfinite(gradient.weights[0]).all()
    assert {array.dtype for array in (dx, *gradient.weights, *gradient.biases)} == {np.dtype(dtype)}
    h = [torch.tensor(cache.h[0], requires_grad=True)]
    for layer, (weight, bias) in enumerate(zip(params.weights, params.biases, strict=True)):
        a = h[-1] @ torch.tensor(weight).T + torch.tensor(bias)
        h.append(torch.relu(a) if layer < 2 else a)
    h[-1].backward(torch.full((5, 2), float(huge), dtype=h[-1].dtype))
    np.testing.assert_array_equal(np.isfinite(dx), np.isfinite(h[0].grad.numpy()))
    dy = np.array(
        [[np.nan, 0.0]] + [[0.0, 0.0]] * 4, dtype
    )  # what overflowed further up comes in, and goes out
    dx = mlp_backward(params, cache, dy)[0]
    assert np.isnan(dx[0]).all()
    assert not dx[1:].any()


def test_parameters_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        NET.weights = ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        MAZUR.w1 = 0.0
