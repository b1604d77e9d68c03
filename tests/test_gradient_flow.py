"""What becomes of a gradient, against torch, mpmath, scipy and brute force (claims S1-01 to S1-17)."""

import functools

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.gradient_flow import (
    chain_gradient,
    explosion_interval,
    explosion_width,
    gain_per_layer,
    gradient_norms,
    input_jacobian,
    layer_jacobians,
    mean_field_gain,
    scalar_chain,
    tanh_explosion_width,
)
from lstm_course.initializers import normal
from lstm_course.network import MLPFlow, init_mlp, mlp_backward, mlp_forward

TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "elu": torch.nn.functional.elu}
LAYERS = st.lists(st.tuples(st.floats(-3, 3), st.floats(-2, 2)), min_size=1, max_size=12)
SEEDS = st.integers(0, 10**6)

# The chain of one-neuron layers


@given(layers=LAYERS, x=st.floats(-3, 3), activation=st.sampled_from(sorted(TORCH)))
def test_s1_11_a_chain_and_its_gradient_are_torchs(layers, x, activation):
    weights, biases = map(list, zip(*layers, strict=True))
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    h, a = [leaf], []
    for w, b in layers:
        a.append(w * h[-1] + b)
        h.append(TORCH[activation](a[-1]))
    chain = scalar_chain(weights, biases, x, activation=activation)
    np.testing.assert_allclose(chain.a, [v.item() for v in a], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(chain.h, [v.item() for v in h], rtol=1e-12, atol=1e-14)
    (slope,) = torch.autograd.grad(h[-1], leaf, retain_graph=True)
    cancelled = 1e-14 * np.prod(np.maximum(1, np.abs(weights)))  # in torch's 1 - tanh²
    assert chain_gradient(weights, biases, x, activation=activation) == pytest.approx(
        slope.item(), rel=1e-11, abs=cancelled
    )
    for k, factor in enumerate(chain.factors):
        (step,) = torch.autograd.grad(h[k + 1], h[k], retain_graph=True)
        assert factor == pytest.approx(step.item(), rel=1e-12, abs=1e-15)


def test_s1_13_weights_below_one_shrink_the_gradient_by_four_a_layer_or_more():
    for seed in range(50):
        weights = np.random.default_rng(seed).uniform(0, 1, 20)
        assert 0 < chain_gradient(weights, np.zeros(20), 0.5) <= 4.0**-20


def test_s1_05_the_vanished_gradient_is_real_by_a_sixty_digit_finite_difference():
    weights = np.random.default_rng(0).uniform(0, 1, 20)

    def chain(h):
        for w in weights:
            h = 1 / (1 + mpmath.exp(-mpmath.mpf(float(w)) * h))
        return h

    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -15
        reference = float((chain(0.5 + step) - chain(0.5 - step)) / (2 * step))
    assert reference < 1e-17
    assert chain_gradient(weights, np.zeros(20), 0.5) == pytest.approx(reference, rel=1e-12)


def test_float32_weights_give_a_float32_chain():
    chain = scalar_chain(np.ones(3, np.float32), np.zeros(3, np.float32), 0.5, activation="tanh")
    assert {values.dtype for values in chain} == {np.dtype(np.float32)}
    assert (len(chain.a), len(chain.h), len(chain.factors)) == (3, 4, 3)


# The interval in which a factor exceeds one


@pytest.mark.parametrize("w", [4.01, 5, 6.894, 10, 60, 1000, -4.5, -25])
@pytest.mark.parametrize("b", [-30.0, 0.0, 1.7])
def test_s1_16_the_ends_of_the_interval_are_where_the_factor_is_one(w, b):
    def excess(x):
        e = np.exp(-abs(w * x + b))
        return abs(w) * e / (1 + e) ** 2 - 1

    centre = -b / w
    low = scipy.optimize.brentq(excess, centre - 3, centre, xtol=1e-13)
    high = scipy.optimize.brentq(excess, centre, centre + 3, xtol=1e-13)
    assert explosion_interval(w, b) == pytest.approx((low, high), abs=1e-10)
    assert explosion_width(w) == pytest.approx(high - low, abs=1e-10)


@given(w=st.floats(4.05, 80), sign=st.sampled_from([-1, 1]), b=st.floats(-20, 20))
def test_s1_16_a_brute_force_grid_finds_the_same_width(w, sign, b):
    x = np.linspace(-1, 1, 40_001) - b / (sign * w)
    sigma = torch.sigmoid(torch.tensor(sign * w * x + b)).numpy()
    above = abs(sign * w * sigma * (1 - sigma)) >= 1
    assert above.sum() * 5e-5 == pytest.approx(explosion_width(sign * w), abs=1.1e-4)


def test_s1_16_the_widest_interval_is_nielsens():
    best = scipy.optimize.minimize_scalar(lambda w: -explosion_width(w), bounds=(4, 100), method="bounded")
    assert best.x == pytest.approx(6.894, abs=0.01)
    assert -best.fun == pytest.approx(0.44774, abs=1e-5)
    assert explosion_width(10) == pytest.approx(0.41269, abs=1e-5)


@given(st.floats(-1e6, 1e6))
def test_s1_16_zero_up_to_four_and_positive_beyond_whatever_the_sign(w):
    assert explosion_width(w) == explosion_width(-w)
    assert (explosion_width(w) > 0) == (abs(w) > 4)
    assert (explosion_interval(w) is None) == (abs(w) < 4)


def test_width_of_an_array_has_its_shape_and_the_limit_is_a_point():
    assert explosion_width(np.full((2, 3), 5.0)).shape == (2, 3)
    assert explosion_width([-4, 0, 4]).tolist() == [0, 0, 0]
    assert explosion_interval(4.0, 2.0) == (-0.5, -0.5)
    assert explosion_interval(8.0) == explosion_interval(8.0, 0.0)


@given(w=st.floats(1.02, 60), sign=st.sampled_from([-1, 1]), b=st.floats(-20, 20))
def test_a_brute_force_grid_finds_the_width_for_tanh(w, sign, b):
    x = np.linspace(-1, 1, 40_001) - b / (sign * w)
    a = torch.tensor(sign * w * x + b, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.tanh(a).sum(), a)
    above = abs(sign * w * slope.numpy()) >= 1
    assert above.sum() * 5e-5 == pytest.approx(tanh_explosion_width(sign * w), abs=1.1e-4)


def test_width_for_tanh_is_zero_up_to_one_whatever_the_sign_and_shape():
    assert tanh_explosion_width([[-1.0, 0.0], [1.0, 0.5]]).tolist() == [[0, 0], [0, 0]]
    assert tanh_explosion_width(-4.0) == tanh_explosion_width(4.0) == pytest.approx(0.5 * np.arccosh(2))
    with pytest.raises(ValueError, match="w must be finite"):
        tanh_explosion_width([np.nan])


# Jacobians and norms of real layers

NETS = st.tuples(
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.integers(1, 3),
    st.sampled_from(sorted(TORCH)),
    SEEDS,
)


@given(NETS)
def test_s1_01_jacobians_are_torchs(assert_close, net):
    sizes, batch, activation, seed = net
    rng = np.random.default_rng(seed)
    params = init_mlp(sizes, rng)
    x = rng.normal(size=(batch, sizes[0]))
    _, cache = mlp_forward(params, x, activation=activation, output="tanh")
    row = batch - 1

    def layer(k, h):
        f = torch.tanh if k == params.depth - 1 else TORCH[activation]
        return f(torch.tensor(params.weights[k]) @ h + torch.tensor(params.biases[k]))

    def whole(h):
        for k in range(params.depth):
            h = layer(k, h)
        return h

    jacobians = layer_jacobians(params, cache, row)
    for k, ours in enumerate(jacobians):
        wanted = torch.autograd.functional.jacobian(
            functools.partial(layer, k), torch.tensor(cache.h[k][row])
        )
        assert_close(ours, wanted.numpy(), 1e-12)
    wanted = torch.autograd.functional.jacobian(whole, torch.tensor(x[row]))
    assert_close(input_jacobian(params, cache, row), wanted.numpy(), 1e-12)


def test_the_first_row_is_the_default(rng):
    params = init_mlp((3, 2), rng)
    _, cache = mlp_forward(params, rng.normal(size=(2, 3)))
    np.testing.assert_array_equal(layer_jacobians(params, cache)[0], layer_jacobians(params, cache, 0)[0])
    np.testing.assert_array_equal(input_jacobian(params, cache), input_jacobian(params, cache, 0))


@given(NETS)
def test_the_jacobian_carries_the_gradient_back(assert_close, net):
    sizes, batch, activation, seed = net
    rng = np.random.default_rng(seed)
    params = init_mlp(sizes, rng)
    y, cache = mlp_forward(params, rng.normal(size=(batch, sizes[0])), activation=activation)
    dy = rng.normal(size=y.shape)
    dx, _, flow = mlp_backward(params, cache, dy)
    assert_close(dx[0], dy[0] @ input_jacobian(params, cache), 1e-12)
    norms = [np.sqrt(sum(v**2 for v in dh.ravel().tolist())) for dh in flow.dh]
    np.testing.assert_allclose(gradient_norms(flow), norms, rtol=1e-13)


@pytest.mark.parametrize(("dtype", "tiny"), [(np.float64, 1e-200), (np.float32, 1e-30)])
def test_the_norm_of_a_vanished_gradient_is_small_but_not_zero(dtype, tiny):
    dh = np.array([[3.0, 4.0]]).astype(dtype)
    flow = MLPFlow(dh=(dh * dtype(tiny), dh * 0, dh / dtype(tiny)), da=())
    assert gradient_norms(flow) == pytest.approx([5 * tiny, 0, 5 / tiny], rel=1e-6)


def test_s1_14_weight_gradients_look_balanced_while_everything_vanishes():
    rng = np.random.default_rng(0)
    params = init_mlp((64,) * 21, rng, initializer=functools.partial(normal, std=0.01))
    y, cache = mlp_forward(params, rng.normal(size=(32, 64)), activation="tanh")
    _, gradient, flow = mlp_backward(params, cache, rng.normal(size=y.shape))
    norms = gradient_norms(flow)
    assert norms[1] / norms[20] < 1e-18
    assert 0.5 < np.linalg.norm(gradient.weights[1]) / np.linalg.norm(gradient.weights[19]) < 2


def test_an_exploding_product_is_infinite_and_makes_no_noise():
    assert chain_gradient([1e200, -1e200], [0.0, 0.0], 0.0, activation="identity") == -np.inf
    params = init_mlp(
        (1, 1, 1, 1), np.random.default_rng(0), initializer=lambda shape, rng: np.full(shape, 1e200)
    )
    _, cache = mlp_forward(params, [[0.0]], activation="tanh")
    assert input_jacobian(params, cache) == np.inf
    assert [j.item() for j in layer_jacobians(params, cache)] == [1e200] * 3


def test_gain_per_layer_is_a_geometric_mean():
    assert gain_per_layer([8.0, 100.0, 2.0]) == pytest.approx(2)
    assert gain_per_layer([1.0, 2.0, 4.0, 8.0]) == pytest.approx(0.5)
    assert gain_per_layer([1e300, 1.0, 1e-300]) == pytest.approx(1e300)
    assert gain_per_layer(np.array([1e-30, 1e30], np.float32)) == pytest.approx(1e-60, rel=1e-5)


# Wide layers


def exact_gain(width, std, activation):
    """The same fixed point by adaptive quadrature and a root finder, with torch's functions."""
    from torch.autograd.functional import jacobian

    def f(a):
        return TORCH[activation](torch.tensor(a, dtype=torch.float64)).item()

    def slope(a):
        return jacobian(TORCH[activation], torch.tensor(a, dtype=torch.float64)).item()

    def mean_square(g, q):
        def integrand(u):
            return g(np.sqrt(q) * u) ** 2 * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)

        return sum(scipy.integrate.quad(integrand, *ends, epsabs=1e-9)[0] for ends in ((-9, 0), (0, 9)))

    factor = width * std**2
    q = scipy.optimize.brentq(lambda q: factor * mean_square(f, q) - q, 1e-3, 2 * factor, xtol=1e-8)
    return np.sqrt(factor * mean_square(slope, q))


@pytest.mark.parametrize(
    ("activation", "width", "std"), [("sigmoid", 16, 1.0), ("sigmoid", 256, 1.0), ("tanh", 64, 0.25)]
)
def test_mean_field_gain_is_the_quadrature_of_scipy(activation, width, std):
    assert mean_field_gain(width, std, activation=activation) == pytest.approx(
        exact_gain(width, std, activation), rel=1e-6
    )


def measured_gain(width, seeds):
    gains = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        params = init_mlp((width,) * 21, rng, initializer=normal)
        y, cache = mlp_forward(params, rng.normal(size=(8, width)), output="sigmoid")
        _, _, flow = mlp_backward(params, cache, rng.normal(size=y.shape))
        gains.append(gain_per_layer(gradient_norms(flow)))
    return np.exp(np.mean(np.log(gains)))


@pytest.mark.parametrize(("width", "gain"), [(16, 0.596), (64, 0.879), (256, 1.24)])
def test_s1_09_the_sum_over_paths_turns_vanishing_into_exploding(width, gain):
    assert measured_gain(width, range(20 if width < 100 else 3)) == pytest.approx(gain, rel=0.1)
    assert mean_field_gain(width, 1.0) == pytest.approx(gain, rel=0.1)


@pytest.mark.parametrize("width", [1024, 10_000])
def test_wide_sigmoid_layers_grow_as_the_fourth_root_of_the_width(width):
    assert mean_field_gain(width, 1.0) == pytest.approx(
        np.sqrt(np.sqrt(width) / (6 * np.sqrt(np.pi))), rel=0.01
    )


@pytest.mark.parametrize("activation", ["tanh", "identity", "elu"])
@pytest.mark.parametrize(("width", "std"), [(100, 0.05), (25, 0.02)])
def test_small_weights_leave_the_slope_at_zero_so_that_the_gain_is_std_root_n(activation, width, std):
    assert mean_field_gain(width, std, activation=activation) == pytest.approx(std * np.sqrt(width), rel=1e-6)


def test_hes_scale_keeps_the_gradient_of_relu():
    assert mean_field_gain(128, np.sqrt(2 / 128), activation="relu") == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("activation", ["relu", "identity", "leaky_relu", "elu"])
def test_an_activation_that_grows_without_bound_is_a_clear_error(activation):
    with pytest.raises(
        ValueError, match=f"activation must settle, but '{activation}' grows without bound here"
    ):
        mean_field_gain(100, 0.3, activation=activation)


# Bad arguments

PARAMS = init_mlp((3, 2), np.random.default_rng(0))
CACHE = mlp_forward(PARAMS, np.ones((4, 3)))[1]
COMPLAINTS = [
    (lambda: scalar_chain([1.0, 2.0], [1.0], 0.0), ValueError, r"biases must have shape \(L=2\), got \(1,\)"),
    (lambda: scalar_chain([1.0], np.ones(1, np.float32), 0.0), TypeError,
     "biases must have dtype float64 like the rest, got float32"),
    (lambda: scalar_chain([], [], 0.0), ValueError, "weights must not be empty"),
    (lambda: scalar_chain([1.0], [1.0], "0"), TypeError, "x must be a number, got str"),
    (lambda: chain_gradient([1.0], [np.nan], 0.0), ValueError, r"biases must be finite, but biases\[0\] is nan"),
    (lambda: chain_gradient([1.0], [1.0], 0.0, activation="swish"), ValueError, "activation must be one of"),
    (lambda: explosion_width([1.0, np.inf]), ValueError, "w must be finite"),
    (lambda: explosion_interval(np.nan), ValueError, "w must be finite, got nan"),
    (lambda: explosion_interval(5.0, "b"), TypeError, "b must be a number, got str"),
    (lambda: layer_jacobians(PARAMS, CACHE, 4), ValueError, "row must be below the batch size 4, got 4"),
    (lambda: layer_jacobians(PARAMS, CACHE, -1), ValueError, "row must be at least 0, got -1"),
    (lambda: input_jacobian(PARAMS, CACHE, 0.0), TypeError, "row must be an integer, got float"),
    (lambda: layer_jacobians(PARAMS, mlp_forward(PARAMS, np.ones((4, 3)))), TypeError,
     "cache must be MLPCache, .* got tuple"),
    (lambda: input_jacobian(init_mlp((2, 2), np.random.default_rng(0)), CACHE), ValueError,
     r"cache must have the widths \[2, 2\] like params, got \[3, 2\]"),
    (lambda: explosion_width("w"), TypeError, "w must be an array of float32 or float64"),
    (lambda: explosion_width([[5.0], [5.0, 6.0]]), ValueError, "w must be an array, got a ragged sequence"),
    (lambda: gain_per_layer([1.0]), ValueError, "norms must hold at least two positive numbers"),
    (lambda: gain_per_layer([1.0, 0.0]), ValueError, "norms must hold at least two positive numbers"),
    (lambda: gain_per_layer([[1.0, 2.0]]), ValueError, r"norms must have shape \(n\), got \(1, 2\)"),
    (lambda: mean_field_gain(0, 1.0), ValueError, "width must be at least 1, got 0"),
    (lambda: mean_field_gain(10, 0.0), ValueError, "weight_std must be greater than 0"),
    (lambda: mean_field_gain(10, 1.0, iterations=0), ValueError, "iterations must be at least 1"),
    (lambda: mean_field_gain(10, 1.0, activation="swish"), ValueError, "activation must be one of"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_weights_too_large_for_the_quadrature_are_refused_not_misjudged():
    with pytest.raises(ValueError, match=r"weight_std must keep the pre-activations' variance below 1e\+06"):
        mean_field_gain(1000, 1000.0)
    with pytest.raises(ValueError, match="weight_std must be at most"):
        mean_field_gain(2, 1e200)
    n, s = 1000, 30.0  # the largest scales that it takes agree with the closed form for wide sigmoids
    assert mean_field_gain(n, s) == pytest.approx(np.sqrt(s * np.sqrt(n) / (6 * np.sqrt(np.pi))), rel=2e-3)
