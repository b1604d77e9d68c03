"""Activations against torch, mpmath and sympy, and the claims about them (S0-03, S0-06 to S0-28)."""

import mpmath
import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_course.activations import (
    ACTIVATIONS,
    get_activation,
    leaky_relu,
    sigmoid,
    sigmoid_prime,
    tanh_prime,
)

TORCH = {
    "identity": lambda a: 1.0 * a,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "hardtanh": torch.nn.functional.hardtanh,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu,
    "g_1997": lambda a: 4 * torch.sigmoid(a) - 2,
    "h_1997": lambda a: 2 * torch.sigmoid(a) - 1,
}
KINKS = np.array([-2.0, -1.0, -0.0, 0.0, 1.0, 2.0])
SPREAD = np.concatenate([KINKS, np.linspace(-30, 30, 1201), np.random.default_rng(0).normal(0, 3, 500)])
HUGE = [1e4, 745.2, 710.0, 88.8, 1e30, 3e38, 1.7976931348623157e308, np.inf, 5e-324, 1e-310, 1e-45, 1e-200]
ALL = pytest.mark.parametrize("name", ACTIVATIONS)
BOTH = [f for activation in ACTIVATIONS.values() for f in (activation.f, activation.f_prime)]
EACH_FUNCTION = pytest.mark.parametrize("f", BOTH, ids=lambda f: f.__name__)


def torch_value_and_slope(name, a):
    a = torch.tensor(a, requires_grad=True)
    value = TORCH[name](a)
    (slope,) = torch.autograd.grad(value.sum(), a)
    return value.detach().numpy(), slope.numpy()


def differs_from_torch(name, f, f_prime, a, eps):
    value, slope = torch_value_and_slope(name, a)
    return bool(
        (abs(f(a) - value) > eps * np.maximum(1, abs(value))).any() or (abs(f_prime(a) - slope) > eps).any()
    )


def test_every_activation_has_a_counterpart_in_torch():
    assert set(ACTIVATIONS) == set(TORCH)


@ALL
@pytest.mark.parametrize(("dtype", "eps"), [(np.float64, 1e-15), (np.float32, 5e-7)])
def test_value_and_derivative_are_torchs(name, dtype, eps):
    _, f, f_prime = ACTIVATIONS[name]
    assert not differs_from_torch(name, f, f_prime, SPREAD.astype(dtype), eps)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sigmoid", lambda a: a * (1 - a)),  # the derivative by the activation, applied to a
        ("sigmoid", lambda a: -sigmoid_prime(a)),
        ("tanh", lambda a: 1 - np.tanh(a)),
        ("tanh", lambda a: sigmoid_prime(2 * a)),
        ("relu", lambda a: (a >= 0) * 1.0),  # differs at 0 only
        ("leaky_relu", lambda a: np.where(a >= 0, 1.0, 0.01)),  # differs at 0 only
        ("hardtanh", lambda a: (abs(a) <= 1) * 1.0),  # differs at ±1 only
        ("elu", lambda a: np.where(a > 0, 1, np.expm1(np.minimum(a, 0)))),
        ("g_1997", lambda a: 2 * sigmoid_prime(a)),
    ],
)
def test_the_comparison_with_torch_catches_a_wrong_derivative(name, wrong):
    assert differs_from_torch(name, ACTIVATIONS[name].f, wrong, SPREAD, 1e-15)


@ALL
def test_derivative_at_the_kinks_is_exactly_torchs(name):
    np.testing.assert_allclose(
        ACTIVATIONS[name].f_prime(KINKS), torch_value_and_slope(name, KINKS)[1], atol=2e-16
    )


@pytest.mark.parametrize(
    ("name", "slopes"),
    [
        ("hardtanh", [0, 0, 1, 1, 0, 0]),
        ("relu", [0, 0, 0, 0, 1, 1]),
        ("leaky_relu", [0.01, 0.01, 0.01, 0.01, 1, 1]),
    ],
)
def test_slopes_of_the_piecewise_linear_units_at_m2_m1_m0_0_1_2(name, slopes):
    np.testing.assert_array_equal(ACTIVATIONS[name].f_prime(KINKS), slopes)


@given(
    name=st.sampled_from(sorted(ACTIVATIONS)),
    a=st.sampled_from([np.float64, np.float32]).flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
            elements=st.floats(-1000, 1000, width=32),
        )
    ),
)
def test_any_shape_keeps_shape_and_dtype_and_agrees_with_torch(name, a):
    _, f, f_prime = ACTIVATIONS[name]
    before = a.copy()
    for ours in (f(a), f_prime(a)):
        assert np.shape(ours) == a.shape
        assert np.asarray(ours).dtype == a.dtype
    assert not differs_from_torch(name, f, f_prime, a, 1e-15 if a.dtype == np.float64 else 5e-7)
    np.testing.assert_array_equal(a, before)


@EACH_FUNCTION
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_size_of_input_raises_any_floating_point_flag(f, dtype):
    with np.errstate(over="ignore", under="ignore"):
        a = np.array([*HUGE, *np.negative(HUGE)]).astype(dtype)
    with np.errstate(all="raise"):
        result = f(a)
        one_by_one = [f(number) for number in a]
    assert not np.isnan(result).any()
    np.testing.assert_array_equal(result, one_by_one)


def test_far_out_the_sigmoid_is_0_or_1_and_its_slope_0():
    np.testing.assert_array_equal(sigmoid([-1e4, 1e4]), [0, 1])
    np.testing.assert_array_equal(sigmoid_prime([-1e4, 1e4]), [0, 0])


@ALL
def test_nan_in_gives_nan_out(name):
    assert np.isnan(ACTIVATIONS[name].f(np.array([np.nan, 0.0]))).tolist() == [True, False]


def exact_sigmoid_prime(a):
    e = mpmath.exp(-abs(a))
    return e / (1 + e) ** 2


def worst_ulp(f, exact):
    rng = np.random.default_rng(1)
    a = np.concatenate(
        [
            [0, 1, -1, 36.7, 40, -40, 700, -708.4, 709.8, 744.4, 745, -745, 745.13, -745.13],
            rng.uniform(-745, 745, 400),
            rng.uniform(-40, 40, 400),
            10.0 ** rng.uniform(-300, 1, 100),
        ]
    )
    with mpmath.workdps(60):
        return max(
            float(abs(mpmath.mpf(float(got)) - want) / float(np.spacing(float(abs(want)))))
            for got, want in zip(f(a), (exact(mpmath.mpf(float(v))) for v in a), strict=True)
        )


@pytest.mark.parametrize(
    ("name", "exact", "exact_prime"),
    [
        ("sigmoid", lambda a: 1 / (1 + mpmath.exp(-a)), exact_sigmoid_prime),
        ("tanh", mpmath.tanh, lambda a: mpmath.sech(a) ** 2),
        ("elu", lambda a: a if a > 0 else mpmath.expm1(a), lambda a: mpmath.exp(min(a, 0))),
        ("g_1997", lambda a: 2 * mpmath.tanh(a / 2), lambda a: 4 * exact_sigmoid_prime(a)),
        ("h_1997", lambda a: mpmath.tanh(a / 2), lambda a: 2 * exact_sigmoid_prime(a)),
    ],
)
def test_within_four_ulp_of_sixty_digits_down_to_the_subnormals(name, exact, exact_prime):
    _, f, f_prime = ACTIVATIONS[name]
    assert worst_ulp(f, exact) < 4
    assert worst_ulp(f_prime, exact_prime) < 4


def test_the_textbook_formulas_are_not_that_good():
    assert worst_ulp(lambda a: sigmoid(a) * (1 - sigmoid(a)), exact_sigmoid_prime) > 1e6
    assert worst_ulp(lambda a: 1 - np.tanh(a) ** 2, lambda a: mpmath.sech(a) ** 2) > 1e6


def test_slopes_survive_where_one_minus_the_square_has_cancelled():
    assert sigmoid(40.0) * (1 - sigmoid(40.0)) == 0
    assert sigmoid_prime(40.0) == pytest.approx(4.248354255291589e-18, rel=1e-15)
    assert 1 - np.tanh(20.0) ** 2 == 0
    assert tanh_prime(20.0) == pytest.approx(1.6993417021166355e-17, rel=1e-15)


@EACH_FUNCTION
def test_integers_and_lists_become_float64(f):
    assert f(np.arange(3)).dtype == np.float64
    assert f([1, 2]).dtype == np.float64
    np.testing.assert_array_equal(f([-1, 0, 2]), f(np.array([-1.0, 0.0, 2.0])))


@EACH_FUNCTION
@pytest.mark.parametrize("a", [1, 0.5, np.float32(0.5), np.array(0.5), np.float64(-3)])
def test_a_number_gives_a_number(f, a):
    assert np.ndim(f(a)) == 0
    assert np.asarray(f(a)).dtype == (np.float32 if isinstance(a, np.float32) else np.float64)
    assert isinstance(float(f(a)), float)


@EACH_FUNCTION
def test_an_empty_array_gives_an_empty_array(f):
    assert f(np.zeros((0, 3))).shape == (0, 3)


@EACH_FUNCTION
@pytest.mark.parametrize(
    ("a", "dtype"),
    [
        ("1", "<U1"),
        ([1j], "complex128"),
        ([True], "bool"),
        (np.ones(1, np.float16), "float16"),
        (None, "object"),
    ],
)
def test_what_is_not_a_float_is_refused_by_name(f, a, dtype):
    with pytest.raises(TypeError, match=f"a must be an array of float32 or float64, got dtype {dtype}"):
        f(a)


@EACH_FUNCTION
def test_a_ragged_list_is_named(f):
    with pytest.raises(ValueError, match="a must be an array, got a ragged sequence"):
        f([[1.0], [1.0, 2.0]])


@EACH_FUNCTION
def test_the_result_is_a_new_array(f):
    a = np.array([0.5, 2.0])
    f(a)[...] = 7
    assert a.tolist() == [0.5, 2.0]


def test_an_unknown_activation_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"activation must be one of elu, g_1997, .*tanh, got 'swish'"):
        get_activation("swish")
    assert get_activation("tanh").name == "tanh"


# Claims of the audit


def test_the_1997_squashings_are_rescaled_sigmoids():
    assert (
        abs(ACTIVATIONS["g_1997"].f(SPREAD) - (4 * torch.sigmoid(torch.tensor(SPREAD)).numpy() - 2)).max()
        < 1e-15
    )
    assert (
        abs(ACTIVATIONS["h_1997"].f(SPREAD) - (2 * torch.sigmoid(torch.tensor(SPREAD)).numpy() - 1)).max()
        < 1e-15
    )
    assert ACTIVATIONS["g_1997"].f([-1e4, 1e4]).tolist() == [-2, 2]
    assert ACTIVATIONS["h_1997"].f([-1e4, 1e4]).tolist() == [-1, 1]


def test_s0_07_the_sources_sigmoid_derivative_is_wrong():
    z = sympy.symbols("z")
    true = sympy.diff(1 / (1 + sympy.exp(-z)), z)
    assert sympy.simplify(true - sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2) == 0
    assert sigmoid_prime(0.0) == float(true.subs(z, 0)) == 0.25
    assert (
        sigmoid_prime(1.0)
        == pytest.approx(float(true.subs(z, 1)), rel=1e-15)
        == pytest.approx(0.19661, abs=1e-5)
    )

    def literal(a):
        return -np.exp(-a) / 1 + np.exp(-a) ** 2

    def bracketed(a):
        return -np.exp(-a) / (1 + np.exp(-a) ** 2)

    assert [literal(0.0), bracketed(0.0), -sigmoid_prime(0.0)] == [0, -0.5, -0.25]
    assert literal(1.0) == pytest.approx(-0.23254, abs=1e-5)


def test_s0_08_the_sigmoids_slope_is_at_most_a_quarter_and_its_mean_output_a_half():
    assert sigmoid_prime(0.0) == 0.25
    assert (sigmoid_prime(SPREAD[SPREAD != 0]) < 0.25).all()
    assert sigmoid(np.random.default_rng(0).normal(size=1_000_000)).mean() == pytest.approx(0.5, abs=1e-3)


def test_s0_21_the_leaky_unit_is_a_maximum_only_for_slopes_below_one():
    np.testing.assert_array_equal(leaky_relu(SPREAD), np.maximum(SPREAD, 0.01 * SPREAD))
    assert (np.where(SPREAD > 0, SPREAD, 2 * SPREAD) != np.maximum(SPREAD, 2 * SPREAD)).any()


def test_s0_27_tanh_prime_is_four_sigmoid_prime_of_twice_the_input():
    _, slope = torch_value_and_slope("sigmoid", 2 * SPREAD)
    np.testing.assert_allclose(tanh_prime(SPREAD), 4 * slope, rtol=0, atol=1e-15)
    assert tanh_prime(0.0) ** 6 / sigmoid_prime(0.0) ** 6 == 4096


@pytest.mark.parametrize(("f_prime", "last"), [(tanh_prime, 3.47), (sigmoid_prime, 6.94)])
def test_s0_03_the_second_derivative_of_tanh_dies_first(f_prime, last):
    z = np.linspace(0, 12, 120_001)
    second = abs(np.gradient(f_prime(z), z))
    assert z[second > 0.01 * second.max()][-1] == pytest.approx(last, abs=0.01)
