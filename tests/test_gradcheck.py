"""The referee is refereed: finite differences against sympy, and planted mistakes that it must see."""

import re

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_course.gradcheck import GradientMismatch, check_gradients, numerical_gradient, relative_error

X0, X1, X2 = SYMBOLS = sympy.symbols("x0 x1 x2")
SMOOTH = sympy.sin(X0) * sympy.exp(X1) + X2**3 * X0 - sympy.tanh(X1 * X2) + 2
f_smooth = sympy.lambdify([SYMBOLS], SMOOTH, "numpy")
df_smooth = sympy.lambdify([SYMBOLS], [sympy.diff(SMOOTH, s) for s in SYMBOLS], "numpy")


@given(hnp.arrays(np.float64, 3, elements=st.floats(-2, 2)))
def test_the_default_central_difference_is_good_to_nine_digits(x):
    error = np.abs(numerical_gradient(f_smooth, x) - df_smooth(x)).max()
    assert error < 1e-9 * max(1, np.abs(df_smooth(x)).max())


def test_an_array_of_any_shape_and_a_bare_number_work():
    x = np.arange(6.0).reshape(1, 2, 3) / 5
    np.testing.assert_allclose(numerical_gradient(lambda v: np.sum(v**2), x), 2 * x, atol=1e-9)
    gradient = numerical_gradient(np.exp, 1.0)
    assert gradient.shape == ()
    assert gradient == pytest.approx(np.e, rel=1e-9)


@pytest.mark.parametrize("x", [[1, 2], np.array([1, 2]), np.array([1, 2], np.float32)])
def test_integers_and_float32_are_differentiated_in_float64(x):
    gradient = numerical_gradient(lambda v: v[0] ** 2 * v[1], x)
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, [4, 1], rtol=1e-9)


def test_the_step_grows_with_the_entry():
    assert numerical_gradient(np.square, 1e12) == pytest.approx(2e12, rel=1e-9)
    assert numerical_gradient(np.square, 1e12, step=1e-3) != pytest.approx(2e12, rel=1e-3)


def test_the_one_sided_difference_is_worse_than_the_central_one():
    x = np.array([0.3, -0.7, 1.1])
    central, forward = (abs(numerical_gradient(f_smooth, x, method=m) - df_smooth(x)).max() for m in
                        ("central", "forward"))  # fmt: skip
    assert central < 1e-9
    assert 1e-9 < forward < 1e-6
    assert forward > 10 * central


@pytest.mark.parametrize(("method", "order"), [("forward", 1), ("central", 2)])
def test_the_error_falls_with_the_order_of_the_method(method, order):
    errors = [abs(numerical_gradient(np.exp, 1.0, step=h, method=method) - np.e) for h in (1e-2, 1e-3)]
    assert np.log10(errors[0] / errors[1]) == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize(("method", "best"), [("forward", 1.5e-8), ("central", 6e-6)])
def test_the_error_over_the_step_is_u_shaped_with_the_default_near_the_bottom(method, best):
    steps = 10.0 ** -np.arange(1, 14)
    errors = np.array([abs(numerical_gradient(np.exp, 1.0, step=h, method=method) - np.e) for h in steps])
    assert abs(np.log10(steps[errors.argmin()] / best)) < 1.5
    assert errors[0] > 1e3 * errors.min()
    assert errors[-1] > 1e3 * errors.min()
    assert abs(numerical_gradient(np.exp, 1.0, method=method) - np.e) < 100 * errors.min()


def test_x_is_never_written_to_and_f_gets_its_own_copy():
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    seen = []

    def vandal(v):
        result = np.sum(v**3)
        seen.append(v)
        v[:] = 99  # must spoil neither x nor the next evaluation
        return result

    np.testing.assert_allclose(numerical_gradient(vandal, x), [3, 12], rtol=1e-9)
    assert x.tolist() == [1.0, 2.0]
    assert len({id(v) for v in seen}) == 4


@pytest.mark.parametrize("method", ["central", "forward"])
def test_a_step_that_is_lost_in_rounding_is_an_error(method):
    with pytest.raises(ValueError, match=r"step must change x, but 0\.001 is lost in rounding beside 1e\+20"):
        numerical_gradient(np.sum, [1e20], step=1e-3, method=method)


@pytest.mark.parametrize(
    "f",
    [
        lambda v: v,
        lambda v: np.nan,
        lambda v: np.inf,
        lambda v: None,
        lambda v: "3",
        lambda v: 1j,
        lambda v: [],
        lambda v: True,
    ],
    ids=["array", "nan", "inf", "no return", "string", "complex", "empty", "bool"],
)
def test_f_must_return_one_finite_number(f):
    with pytest.raises(ValueError, match="f must return one finite number, got array"):
        numerical_gradient(f, [1.0, 2.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": []}, "x must not be empty"),
        ({"x": [1.0, np.nan]}, r"x must be finite, but x\[1\] is nan"),
        ({"x": [1.0], "step": 0}, "step must be greater than 0, got 0"),
        ({"x": [1.0], "step": -1e-5}, "step must be greater than 0"),
        ({"x": [1.0], "method": "backward"}, "method must be one of central, forward, got 'backward'"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        numerical_gradient(np.sum, **arguments)


# relative_error

GRID = st.integers(-1000, 1000).map(lambda k: k / 8)
PAIRS = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4).flatmap(
    lambda shape: st.tuples(*2 * [hnp.arrays(np.float64, shape, elements=GRID)])
)


@given(PAIRS)
def test_relative_error_is_symmetric_between_0_and_2_and_0_only_for_equals(pair):
    u, v = pair
    error = relative_error(u, v)
    assert error == relative_error(v, u)
    assert 0 <= error <= 2
    assert (error == 0) == np.array_equal(u, v)
    assert relative_error(u, u) == 0


@given(PAIRS, st.integers(-300, 300))
def test_relative_error_does_not_depend_on_the_unit(pair, exponent):
    u, v = pair
    assert relative_error(np.ldexp(u, exponent), np.ldexp(v, exponent)) == relative_error(u, v)


def test_relative_error_by_hand():
    assert relative_error([1.0, 100.0], [3.0, 100.0]) == 0.02
    assert relative_error([1.0], [-1.0]) == 2
    assert relative_error([], []) == relative_error([0.0], [0.0]) == 0
    with pytest.raises(ValueError, match=r"theirs must have shape \(2,\) like ours, got \(1,\)"):
        relative_error([1.0, 2.0], [1.0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_agrees_with_nothing(bad):
    assert relative_error([bad, 1.0], [1.0, 1.0]) == np.inf
    assert relative_error([1.0, 1.0], [1.0, bad]) == np.inf
    assert relative_error([bad], [bad]) == np.inf


# check_gradients


def loss(p):
    return np.sum(np.tanh(p["w"] @ p["x"] + p["b"]) ** 2)


def arrays_and_gradient():
    rng = np.random.default_rng(5)
    p = {"w": rng.normal(size=(2, 3)), "x": rng.normal(size=3), "b": np.array(0.3)}
    y = np.tanh(p["w"] @ p["x"] + p["b"])
    delta = 2 * y * (1 - y**2)
    return p, {"w": np.outer(delta, p["x"]), "x": p["w"].T @ delta, "b": delta.sum()}


def test_a_right_gradient_passes_with_its_errors():
    p, gradient = arrays_and_gradient()
    errors = check_gradients(loss, p, gradient)
    assert set(errors) == {"w", "x", "b"}
    assert max(errors.values()) < 1e-9


def test_a_planted_mistake_is_caught_and_its_worst_entry_named():
    p, gradient = arrays_and_gradient()
    right = gradient["w"][1, 2]
    gradient["w"][0, 0] *= 1 + 1e-6
    gradient["w"][1, 2] = 5.0
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(loss, p, gradient)
    message = str(caught.value)
    assert "gradient of w is off" in message
    assert f"worst at w[1, 2]: ours 5, finite difference {right:.6g}" in message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda g: g | {"w": g["w"] * (1 + 1e-6)},
        lambda g: g | {"w": -g["w"]},
        lambda g: g | {"w": g["w"] * 0},
        lambda g: g | {"w": g["w"][:, ::-1]},
        lambda g: g | {"w": g["w"] / 2},
        lambda g: g | {"x": g["x"] + 1e-3},
        lambda g: g | {"b": g["b"] / 2},
        lambda g: g | {"b": np.array(np.nan)},
        lambda g: g | {"x": np.array([np.inf, 0, 0])},
        lambda g: g | {"x": np.where([True, False, False], np.nan, g["x"])},
    ],
)
def test_every_kind_of_wrong_gradient_is_caught(spoil):
    p, gradient = arrays_and_gradient()
    with pytest.raises(GradientMismatch, match="is off: relative error"):
        check_gradients(loss, p, spoil(gradient))


@given(name=st.sampled_from(["w", "x"]), entry=st.integers(0, 2), off=st.floats(1e-5, 10))
def test_an_error_in_any_single_entry_is_caught_and_located(name, entry, off):
    p, gradient = arrays_and_gradient()
    gradient[name][..., entry].flat[0] += off
    with pytest.raises(
        GradientMismatch, match=re.escape(f"worst at {name}[{'0, ' if name == 'w' else ''}{entry}]")
    ):
        check_gradients(loss, p, gradient)


def test_the_tolerance_decides():
    p, gradient = arrays_and_gradient()
    gradient["w"] = gradient["w"] * (1 + 1e-4)
    assert check_gradients(loss, p, gradient, tolerance=1e-3)["w"] == pytest.approx(1e-4, rel=1e-3)
    with pytest.raises(GradientMismatch, match=r"relative error 1\.0e-04 > 1e-05"):
        check_gradients(loss, p, gradient, tolerance=1e-5)
    with pytest.raises(ValueError, match="tolerance must be greater than 0"):
        check_gradients(loss, p, gradient, tolerance=0)


def test_keys_and_shapes_must_match():
    p, gradient = arrays_and_gradient()
    with pytest.raises(ValueError, match=r"gradients must have the keys \['b', 'w', 'x'\], got \['b', 'w'\]"):
        check_gradients(loss, p, {"w": gradient["w"], "b": gradient["b"]})
    with pytest.raises(ValueError, match=r"gradients\['w'\] must have shape \(2, 3\), got \(3, 2\)"):
        check_gradients(loss, p, gradient | {"w": gradient["w"].T})


def test_a_loss_that_writes_to_its_arrays_spoils_nothing():
    p, gradient = arrays_and_gradient()
    before = {name: array.copy() for name, array in p.items()}

    def vandal(q):
        result = loss(q)
        for array in q.values():
            array[...] = 7
        return result

    assert max(check_gradients(vandal, p, gradient).values()) < 1e-9
    assert all(np.array_equal(p[name], before[name]) for name in p)


def test_lists_integers_and_float32_are_compared_in_float64():
    def f(p):
        assert {array.dtype for array in p.values()} == {np.dtype(np.float64)}
        return np.sum(p["x"] ** 2 * p["y"])

    arrays = {"x": [1, 2], "y": np.array([3, 4], np.float32)}
    errors = check_gradients(f, arrays, {"x": [6, 16], "y": np.array([1, 4], np.float32)})
    assert max(errors.values()) < 1e-9
    assert relative_error(np.float32([3e38]), np.float32([-3e38])) == 2
    assert relative_error(np.float32([1, 0]), [1, 1e-30]) == pytest.approx(1e-30)
