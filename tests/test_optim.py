"""Gradient descent against torch, and against quietly broadcasting what does not fit."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.network import MLPParams, init_mlp
from lstm_course.optim import sgd_step
from lstm_course.tiny_network import TinyNet


def like(params, rng):
    """A random gradient for `params`."""
    return MLPParams(
        [rng.normal(size=w.shape).astype(w.dtype) for w in params.weights],
        [rng.normal(size=b.shape).astype(b.dtype) for b in params.biases],
    )


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    eta=st.floats(1e-6, 10),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 1000),
)
def test_a_step_is_that_of_torchs_sgd(sizes, eta, dtype, seed):
    rng = np.random.default_rng(seed)
    params = init_mlp(sizes, rng, dtype=dtype)
    gradient = like(params, rng)
    ours = sgd_step(params, gradient, eta)
    leaves = [torch.tensor(w, requires_grad=True) for w in (*params.weights, *params.biases)]
    for leaf, g in zip(leaves, (*gradient.weights, *gradient.biases), strict=True):
        leaf.grad = torch.tensor(g)
    torch.optim.SGD(leaves, lr=eta).step()
    for new, leaf in zip((*ours.weights, *ours.biases), leaves, strict=True):
        assert new.dtype == dtype
        rounding = 2 * np.finfo(dtype).eps * (np.abs(new).max() + eta * leaf.grad.abs().max().item())
        np.testing.assert_allclose(new, leaf.detach().numpy(), rtol=0, atol=rounding)


def test_neither_argument_is_changed(rng):
    params = init_mlp((3, 2), rng)
    gradient = like(params, rng)
    for array in (*params.weights, *params.biases, *gradient.weights, *gradient.biases):
        array.flags.writeable = False
    new = sgd_step(params, gradient, 0.1)
    assert type(new) is MLPParams
    assert not np.shares_memory(new.weights[0], params.weights[0])


def test_fields_that_are_numbers_or_arrays_or_tuples_of_arrays_are_stepped():
    @dataclasses.dataclass(frozen=True)
    class Params:
        number: float
        array: np.ndarray
        arrays: tuple[np.ndarray, ...]

    new = sgd_step(
        Params(1.0, np.ones(2), (np.ones(1),)), Params(2.0, np.arange(2.0), (np.full(1, 4.0),)), 0.5
    )
    assert (new.number, new.array.tolist(), new.arrays[0].tolist()) == (0.0, [1.0, 0.5], [-1.0])


def test_descent_reaches_the_minimum_of_a_bowl():
    net = TinyNet(*range(10))
    for _ in range(200):
        net = sgd_step(net, net, 0.1)  # the gradient of |θ|²/2 is θ
    assert max(map(abs, dataclasses.astuple(net))) == pytest.approx(9 * 0.9**200, rel=1e-9)


NET = init_mlp((3, 4, 2), np.random.default_rng(0))
W, B = NET.weights, NET.biases
COMPLAINTS = [
    (lambda: sgd_step(NET, NET, 0), ValueError, "learning_rate must be greater than 0, got 0"),
    (lambda: sgd_step(NET, NET, -0.1), ValueError, "learning_rate must be greater than 0"),
    (lambda: sgd_step(NET, NET, np.nan), ValueError, "learning_rate must be finite, got nan"),
    (lambda: sgd_step(NET, NET, "0.1"), TypeError, "learning_rate must be a number, got str"),
    (lambda: sgd_step(NET, NET.weights, 0.1), TypeError, "gradient must be a MLPParams like params, got tuple"),
    (lambda: sgd_step(NET, TinyNet(*range(10)), 0.1), TypeError, "gradient must be a MLPParams .*got TinyNet"),
    (lambda: sgd_step(NET, MLPParams(W[:1], B[:1]), 0.1), ValueError,
     r"gradient\.weights must hold 2 arrays like params, got 1"),
    (lambda: sgd_step(NET, init_mlp((1, 4, 2), np.random.default_rng(0)), 0.1), ValueError,
     r"gradient\.weights\[0\] must have shape \(n0=4, n1=3\), got \(4, 1\)"),  # would broadcast
    (lambda: sgd_step(NET, init_mlp((3, 4, 2), np.random.default_rng(0), dtype=np.float32), 0.1), TypeError,
     r"gradient\.weights\[0\] must have dtype float64 like the rest, got float32"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
