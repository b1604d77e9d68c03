"""Losses against torch, finite differences and numbers worked out by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.gradcheck import GradientMismatch, check_gradients
from lstm_course.losses import softmax_cross_entropy, squared_error

SIDES = st.integers(1, 7)
SEEDS = st.integers(0, 10**6)
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def torch_cross_entropy(logits, labels):
    logits = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    loss.backward()
    return loss.item(), logits.grad.numpy()


@given(batch=SIDES, classes=SIDES, scale=st.sampled_from([1e-3, 1.0, 30.0, 1e4]), seed=SEEDS)
def test_cross_entropy_is_torchs(assert_close, batch, classes, scale, seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(0, scale, (batch, classes)), rng.integers(0, classes, batch)
    before = logits.copy()
    loss, dlogits = softmax_cross_entropy(logits, labels)
    wanted, gradient = torch_cross_entropy(logits, labels)
    assert loss == pytest.approx(wanted, rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(dlogits, gradient, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(logits, before)


@given(batch=SIDES, width=SIDES, seed=SEEDS)
def test_squared_error_is_half_torchs_sum_over_the_batch_size(assert_close, batch, width, seed):
    rng = np.random.default_rng(seed)
    y, target = rng.normal(size=(2, batch, width))
    loss, dy = squared_error(y, target)
    leaf = torch.tensor(y, requires_grad=True)
    wanted = 0.5 * torch.nn.functional.mse_loss(leaf, torch.tensor(target), reduction="sum") / batch
    wanted.backward()
    assert loss == pytest.approx(wanted.item(), rel=1e-13)
    assert_close(dy, leaf.grad.numpy(), 1e-15)


def test_values_worked_out_by_hand():
    loss, dy = squared_error([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 3.0]])
    assert loss == (0.5 * 1 + 0.5 * 4 + 0.5 * 9) / 2
    assert dy.tolist() == [[0.5, 1.0], [0.0, -1.5]]
    loss, dlogits = softmax_cross_entropy([[0.0, np.log(3.0)]], [1])
    assert loss == pytest.approx(np.log(4 / 3), rel=1e-15)
    np.testing.assert_allclose(dlogits, [[0.25, -0.25]], rtol=1e-15)


@pytest.mark.parametrize("name", ["cross entropy", "squared error"])
@given(batch=SIDES, classes=st.integers(2, 5), seed=SEEDS)
def test_gradients_are_finite_differences(name, batch, classes, seed):
    rng = np.random.default_rng(seed)
    labels, target = rng.integers(0, classes, batch), rng.normal(size=(batch, classes))
    f, right = {"cross entropy": (softmax_cross_entropy, labels), "squared error": (squared_error, target)}[
        name
    ]
    y = rng.normal(0, 2, (batch, classes))
    gradient = f(y, right)[1]
    check_gradients(lambda p: f(p["y"], right)[0], {"y": y}, {"y": gradient})
    for wrong in (-gradient, gradient * (batch + 1), gradient + 1 / batch, gradient[:, ::-1] + 1e-3):
        with pytest.raises(GradientMismatch):
            check_gradients(lambda p: f(p["y"], right)[0], {"y": y}, {"y": wrong})


@DTYPES
@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_logits_of_any_size_raise_no_floating_point_flag(dtype, size):
    logits = np.array([[size, -size, 0], [-size, size, 0]], dtype)
    with np.errstate(all="raise"):
        loss, dlogits = softmax_cross_entropy(logits, [0, 2])
    wanted, gradient = torch_cross_entropy(logits, np.array([0, 2]))
    assert loss == pytest.approx(wanted, rel=1e-6)
    np.testing.assert_allclose(dlogits, gradient, rtol=1e-6, atol=1e-40)
    assert dlogits.dtype == dtype


@DTYPES
def test_a_loss_beyond_the_largest_float_is_infinite_and_makes_no_noise(dtype):
    """A warning would be an error. The gradient of the softmax stays what it is: p - onehot."""
    huge = dtype(np.finfo(dtype).max)
    for label, wanted in ((0, 0.0), (1, np.inf)):
        loss, dlogits = softmax_cross_entropy(np.array([[huge, -huge]]), [label])
        assert loss == wanted
        np.testing.assert_array_equal(dlogits, np.array([[1.0, 0.0]]) - np.eye(2)[[label]])
        assert dlogits.dtype == dtype
    loss, dlogits = softmax_cross_entropy(np.array([[huge, huge], [0, 0]], dtype), [0, 0])
    assert loss == pytest.approx(np.log(2))
    loss, dy = squared_error(np.array([[huge, 1.0]], dtype), np.array([[-huge, 3.0]], dtype))
    assert loss == np.inf
    assert dy.tolist() == [[np.inf, -2.0]]
    big = dtype(np.sqrt(np.finfo(dtype).max))
    loss, dy = squared_error(np.array([[2 * big]]), np.array([[-2 * big]]))
    assert loss == np.inf
    assert dy.item() == 4 * big  # the loss overflows, its gradient does not


@DTYPES
def test_the_dtype_of_the_outputs_decides(dtype, rng):
    y = rng.normal(size=(3, 4)).astype(dtype)
    for loss, dy in (squared_error(y, np.zeros_like(y)), softmax_cross_entropy(y, [0, 1, 2])):
        assert type(loss) is float
        assert dy.dtype == dtype


def test_float32_agrees_with_float64_to_its_own_precision(rng, assert_close):
    y = rng.normal(size=(20, 10)).astype(np.float32)
    labels = rng.integers(0, 10, 20)
    for f, right in ((squared_error, np.ones_like(y)), (softmax_cross_entropy, labels)):
        narrow, dnarrow = f(y, right)
        wide, dwide = f(y.astype(float), right.astype(float) if f is squared_error else right)
        assert narrow == pytest.approx(wide, rel=1e-6)
        assert_close(dnarrow, dwide, 1e-6)


@given(batch=SIDES, classes=SIDES, copies=st.integers(2, 4), seed=SEEDS)
def test_loss_is_a_mean_so_that_copies_of_a_batch_change_nothing(batch, classes, copies, seed):
    rng = np.random.default_rng(seed)
    y, labels = rng.normal(size=(batch, classes)), rng.integers(0, classes, batch)
    for f, right in ((squared_error, y[::-1].copy()), (softmax_cross_entropy, labels)):
        many = np.concatenate([right] * copies)
        assert f(np.tile(y, (copies, 1)), many)[0] == pytest.approx(f(y, right)[0], rel=1e-12)


def test_a_shift_of_all_logits_changes_nothing_and_each_row_of_the_gradient_sums_to_zero(rng):
    logits = rng.normal(size=(4, 5))
    loss, dlogits = softmax_cross_entropy(logits, [0, 1, 2, 3])
    shifted, _ = softmax_cross_entropy(logits + 500.0, [0, 1, 2, 3])
    assert shifted == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-16)


COMPLAINTS = [
    (lambda: squared_error(np.zeros(3), np.zeros(3)), ValueError, r"y must have shape \(B, O\), got \(3,\)"),
    (lambda: squared_error(np.zeros((2, 3)), np.zeros((3, 2))), ValueError,
     r"target must have shape \(B=2, O=3\), got \(3, 2\)"),
    (lambda: squared_error(np.zeros((2, 3)), np.zeros((2, 1))), ValueError, "target must have shape"),
    (lambda: squared_error(np.zeros((2, 3)), np.zeros((2, 3), np.float32)), TypeError,
     "target must have dtype float64 like the rest, got float32"),
    (lambda: squared_error(np.zeros((0, 3)), np.zeros((0, 3))), ValueError, "y must not be empty"),
    (lambda: squared_error([[np.nan]], [[0.0]]), ValueError, r"y must be finite, but y\[0, 0\] is nan"),
    (lambda: softmax_cross_entropy(np.zeros(3), [0]), ValueError, r"logits must have shape \(B, K\)"),
    (lambda: softmax_cross_entropy(np.zeros((0, 3)), []), ValueError, "logits must not be empty"),
    (lambda: softmax_cross_entropy([[0.0, np.inf]], [0]), ValueError, r"but logits\[0, 1\] is inf"),
    (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0, 3]), ValueError, r"labels must lie in 0\.\.2"),
    (lambda: softmax_cross_entropy(np.zeros((2, 3)), [-1, 0]), ValueError, r"labels must lie in 0\.\.2"),
    (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0]), ValueError, r"labels must have shape \(B=2,\)"),
    (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0.0, 1.0]), TypeError, "labels must be an array of int"),
    (lambda: softmax_cross_entropy(np.zeros((2, 3)), np.eye(3)[:2]), TypeError, "labels must be an array of int"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
