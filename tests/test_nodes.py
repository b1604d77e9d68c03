"""The rules at a node, against torch and against finite differences."""

import numpy as np
import pytest
import torch

from lstm_course.activations import ACTIVATIONS
from lstm_course.gradcheck import numerical_gradient
from lstm_course.nodes import add_backward, copy_backward, function_backward, multiply_backward

TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda u: u}


def leaf(array):
    return torch.tensor(array, requires_grad=True)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sum_and_product_against_torch(shape, dtype, rng):
    u, v, dp = (np.asarray(rng.standard_normal(shape), dtype) for _ in range(3))
    for node, ours in (
        (torch.add, add_backward(dp)),
        (torch.mul, multiply_backward(u, v, dp)),
    ):
        left, right = leaf(u), leaf(v)
        node(left, right).backward(torch.tensor(dp))
        for mine, theirs in zip(ours, (left.grad, right.grad), strict=True):
            assert np.asarray(mine).dtype == dtype
            np.testing.assert_array_equal(mine, theirs.numpy())


@pytest.mark.parametrize("name", TORCH)
def test_a_function_against_torch(name, rng):
    u, dp = rng.standard_normal((2, 4)), rng.standard_normal((2, 4))
    at = leaf(u)
    TORCH[name](at).backward(torch.tensor(dp))
    np.testing.assert_allclose(function_backward(u, dp, name), at.grad.numpy(), rtol=1e-14)


def test_a_value_used_three_times_against_finite_differences(rng):
    """L = sum(u v + tanh u + u), by the rules alone."""
    u, v = rng.standard_normal((2, 5))
    ones = np.ones(5)
    du_product, dv = multiply_backward(u, v, ones)
    du = copy_backward(du_product, function_backward(u, ones, "tanh"), add_backward(ones)[0])

    def loss(u, v):
        return np.sum(u * v + np.tanh(u) + u)

    np.testing.assert_allclose(du, numerical_gradient(lambda u: loss(u, v), u), rtol=1e-8)
    np.testing.assert_allclose(dv, numerical_gradient(lambda v: loss(u, v), v), rtol=1e-8)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: multiply_backward([1.0], [1.0, 2.0], [1.0]), ValueError, r"v must have shape \(n0=1\), got \(2,\)"),
        (lambda: multiply_backward([1.0], [1.0], 1.0), ValueError, "dp must have shape"),
        (lambda: multiply_backward(np.float32([1]), [1.0], [1.0]), TypeError, "v must have dtype float32"),
        (lambda: add_backward([np.nan]), ValueError, "dp must be finite"),
        (lambda: copy_backward(), ValueError, "arrivals must be one or more, got none"),
        (lambda: copy_backward([1.0], [1.0, 2.0]), ValueError, r"arrivals\[1\] must have shape"),
        (lambda: function_backward([1.0], [1.0], "sigmod"), ValueError, "activation must be one of"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_every_activation_has_its_rule(rng):
    u, dp = rng.uniform(0.1, 0.9, 6), rng.standard_normal(6)  # away from the kinks
    for name, activation in ACTIVATIONS.items():
        slope = numerical_gradient(lambda u, f=activation.f: np.sum(f(u) * dp), u)
        np.testing.assert_allclose(function_backward(u, dp, name), slope, rtol=1e-7, atol=1e-12)
