"""Gradient descent, Adam and clipping against torch, and against quietly broadcasting what does not fit."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course._params import unchecked
from lstm_course.network import MLPParams, init_mlp
from lstm_course.optim import AdamState, adam_step, clip_by_norm, global_norm, sgd_step
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


@dataclasses.dataclass(frozen=True)
class Nested:
    net: MLPParams
    extra: np.ndarray


def flat(params):
    return (*params.weights, *params.biases)


def test_a_dataclass_inside_a_dataclass_is_stepped(rng):
    net = init_mlp((3, 2), rng)
    new = sgd_step(Nested(net, np.ones(2)), Nested(net, np.ones(2)), 0.25)
    assert type(new.net) is MLPParams
    np.testing.assert_array_equal(new.net.weights[0], 0.75 * net.weights[0])
    assert new.extra.tolist() == [0.75, 0.75]
    with pytest.raises(ValueError, match=r"gradient\.net\.weights\[0\] must have shape \(n0=2, n1=3\)"):
        sgd_step(Nested(net, np.ones(2)), Nested(init_mlp((4, 2), rng), np.ones(2)), 0.25)
    with pytest.raises(TypeError, match=r"gradient\.net must be a MLPParams like params, got ndarray"):
        sgd_step(Nested(net, np.ones(2)), Nested(np.ones(2), np.ones(2)), 0.25)


# Adam


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    eta=st.floats(1e-5, 1),
    betas=st.tuples(st.floats(0, 0.99), st.floats(0, 0.999)),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 1000),
)
def test_steps_are_those_of_torchs_adam(sizes, eta, betas, dtype, seed):
    rng = np.random.default_rng(seed)
    params, state = init_mlp(sizes, rng, dtype=dtype), None
    leaves = [torch.tensor(w, requires_grad=True) for w in flat(params)]
    adam = torch.optim.Adam(leaves, lr=eta, betas=betas, eps=1e-6)
    for t in range(1, 5):
        gradient = like(params, rng)
        params, state = adam_step(params, gradient, eta, state, beta1=betas[0], beta2=betas[1], epsilon=1e-6)
        for leaf, g in zip(leaves, flat(gradient), strict=True):
            leaf.grad = torch.tensor(g)
        adam.step()
        assert state.step == t
        for new, leaf in zip(flat(params), leaves, strict=True):
            assert new.dtype == dtype
            rounding = 50 * np.finfo(dtype).eps * (np.abs(new).max() + 30 * eta)
            np.testing.assert_allclose(new, leaf.detach().numpy(), rtol=0, atol=rounding)


def test_the_first_step_of_adam_is_the_learning_rate_against_the_sign():
    net = TinyNet(*range(1, 11))
    gradient = TinyNet(*(10.0 ** np.arange(-4, 6) * (-1) ** np.arange(10)))
    new, state = adam_step(net, gradient, 0.5, epsilon=1e-300)
    moved = np.subtract(dataclasses.astuple(new), dataclasses.astuple(net))
    np.testing.assert_allclose(moved, -0.5 * (-1.0) ** np.arange(10), rtol=1e-12)
    assert type(state.mean) is type(state.square) is TinyNet
    still, _ = adam_step(net, TinyNet(*[0.0] * 10), 0.5)
    assert still == net  # no gradient, no step, no division by zero


def test_adam_changes_none_of_its_arguments(rng):
    params = init_mlp((3, 2), rng)
    first, state = adam_step(params, like(params, rng), 0.1)
    for array in (*flat(first), *flat(state.mean), *flat(state.square)):
        array.flags.writeable = False
    ours = adam_step(first, params, 0.1, state)
    again = adam_step(first, params, 0.1, state)
    np.testing.assert_equal([flat(ours[0]), flat(ours[1].mean)], [flat(again[0]), flat(again[1].mean)])
    assert state.step == 1


def test_adam_reaches_the_minimum_of_a_narrow_valley():
    net, state, scale = TinyNet(*[1.0] * 10), None, 10.0 ** np.arange(-5, 5)
    for _ in range(300):
        gradient = TinyNet(*(scale * dataclasses.astuple(net)))
        net, state = adam_step(net, gradient, 0.02, state, epsilon=1e-12)
    assert np.abs(dataclasses.astuple(net)).max() < 0.02  # all ten, however steep


# Clipping


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    most=st.floats(1e-3, 1e3),
    seed=st.integers(0, 1000),
)
def test_a_clipped_gradient_is_torchs(sizes, most, seed):
    rng = np.random.default_rng(seed)
    gradient = like(init_mlp(sizes, rng), rng)
    leaves = [torch.zeros(w.shape, dtype=torch.float64, requires_grad=True) for w in flat(gradient)]
    for leaf, g in zip(leaves, flat(gradient), strict=True):
        leaf.grad = torch.tensor(g)
    theirs = torch.nn.utils.clip_grad_norm_(leaves, most).item()
    clipped, norm = clip_by_norm(gradient, most)
    assert norm == pytest.approx(theirs, rel=1e-12)
    assert global_norm(clipped) == pytest.approx(min(norm, most), rel=1e-12)
    for ours, leaf in zip(flat(clipped), leaves, strict=True):
        np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-5)  # torch divides by norm + 1e-6
    assert (clipped is gradient) == (norm <= most)


def test_s1_22_the_norm_is_bounded_and_the_direction_kept():
    gradient = TinyNet(30.0, 1.0, -0.5, *[0.0] * 7)
    clipped, norm = clip_by_norm(gradient, 1.0)
    assert norm == pytest.approx(np.sqrt(30**2 + 1 + 0.25), rel=1e-15)
    np.testing.assert_allclose(
        np.array(dataclasses.astuple(clipped)) * norm, dataclasses.astuple(gradient), rtol=1e-14
    )
    assert clip_by_norm(gradient, norm)[0] is gradient


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_a_norm_neither_overflows_nor_underflows(scale):
    gradient = TinyNet(3 * scale, 4 * scale, *[0.0] * 8)
    assert global_norm(gradient) == pytest.approx(5 * scale, rel=1e-15)
    assert clip_by_norm(gradient, scale)[0].w1 == pytest.approx(0.6 * scale, rel=1e-15)
    assert global_norm(TinyNet(*[0.0] * 10)) == 0


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_cannot_be_shortened(bad, rng):
    gradient = Nested(init_mlp((1, 1), rng), np.array([1.0, bad]))
    assert not np.isfinite(global_norm(gradient))
    with pytest.raises(ValueError, match=r"gradient must be finite, but its norm is (inf|nan)"):
        clip_by_norm(gradient, 1)


def test_clipping_keeps_float32(rng):
    net = init_mlp((3, 2), rng, dtype=np.float32)
    clipped, norm = clip_by_norm(net, 1e-3)
    assert all(a.dtype == np.float32 for a in flat(clipped))
    assert type(norm) is float


NET = init_mlp((3, 4, 2), np.random.default_rng(0))
W, B = NET.weights, NET.biases
HUGE = MLPParams([np.full_like(w, 1e200) for w in W], B)


@dataclasses.dataclass(frozen=True)
class Listed:
    arrays: list


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
    (lambda: sgd_step(1.0, 1.0, 0.1), TypeError, "params must be a dataclass of numbers and arrays, got float"),
    (lambda: sgd_step(NET, {"weights": W}, 0.1), TypeError, "gradient must be a MLPParams like params, got dict"),
    (lambda: sgd_step(Listed([np.ones(2)]), Listed([np.ones(2)]), 0.1), TypeError,
     r"params\.arrays must be a number, an array, a dataclass or a tuple of these, got list"),
    (lambda: sgd_step(NET, unchecked(MLPParams, (W[0], np.inf * W[1]), B), 0.1), ValueError,
     r"gradient\.weights\[1\] must be finite, but gradient\.weights\[1\]\[0, 0\] is -?inf"),
    (lambda: sgd_step(NET, NET, 1.7e308), ValueError, r"gradient\.weights\[1\] is too large: the step overflows float64"),
    (lambda: adam_step({"w": W[0]}, {"w": W[0]}, 0.1), TypeError,
     "params must be a dataclass of numbers and arrays, got dict"),
    (lambda: adam_step(adam_step(NET, NET, 0.1), NET, 0.1), TypeError,
     "params must be .*, got a tuple of 2: unpack what the last step returned"),
    (lambda: adam_step(NET, unchecked(MLPParams, W, (B[0], np.nan * B[1])), 0.1), ValueError,
     r"gradient\.biases\[1\] must be finite, but gradient\.biases\[1\]\[0\] is nan"),
    (lambda: adam_step(NET, HUGE, 0.1), ValueError, r"state\.square\.weights\[0\] is too large: .* overflows float64"),
    (lambda: adam_step(NET, NET, 0), ValueError, "learning_rate must be greater than 0, got 0"),
    (lambda: adam_step(NET, NET, 0.1, beta1=1), ValueError, r"beta1 must be below 1, got 1\.0"),
    (lambda: adam_step(NET, NET, 0.1, beta2=-0.1), ValueError, r"beta2 must be at least 0, got -0\.1"),
    (lambda: adam_step(NET, NET, 0.1, epsilon=0), ValueError, "epsilon must be greater than 0, got 0"),
    (lambda: adam_step(NET, NET, 0.1, 7), TypeError,
     "state must be the AdamState of the last step or None, got int"),
    (lambda: adam_step(NET, W, 0.1), TypeError, "gradient must be a MLPParams like params, got tuple"),
    (lambda: adam_step(NET, MLPParams(W[:1], B[:1]), 0.1), ValueError,
     r"gradient\.weights must hold 2 arrays like params, got 1"),
    (lambda: adam_step(NET, NET, 0.1, AdamState(1, W, W)), TypeError,
     r"state\.mean must be a MLPParams like params, got tuple"),
    (lambda: clip_by_norm(NET, 0), ValueError, "max_norm must be greater than 0, got 0"),
    (lambda: clip_by_norm(NET, None), TypeError, "max_norm must be a number, got NoneType"),
    (lambda: clip_by_norm(W, 1), TypeError, "gradient must be a dataclass of numbers and arrays, got tuple"),
    (lambda: global_norm(MLPParams), TypeError, "gradient must be a dataclass of numbers and arrays, got type"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
