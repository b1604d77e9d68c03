"""Losses over sequences: torch's, over the steps that the mask leaves."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.gradcheck import check_gradients
from lstm_course.losses import softmax_cross_entropy, squared_error
from lstm_course.sequence_losses import sequence_cross_entropy, sequence_squared_error

SIZES = {
    "steps": st.integers(1, 6),
    "batch": st.integers(1, 5),
    "n": st.integers(1, 4),
    "seed": st.integers(0, 10**6),
}


def problem(steps, batch, n, seed, masked):
    rng = np.random.default_rng(seed)
    y, target = rng.normal(size=(2, steps, batch, n))
    mask = rng.random((steps, batch)) < 0.5 if masked else None
    if masked:
        mask[rng.integers(steps), rng.integers(batch)] = True
    return y, target, rng.integers(0, n, (steps, batch)), mask


@pytest.mark.parametrize("masked", [False, True])
@given(**SIZES)
def test_cross_entropy_is_torchs_with_what_is_hidden_ignored(assert_close, masked, **sizes):
    logits, _, labels, mask = problem(**sizes, masked=masked)
    hidden = (
        labels if mask is None else np.where(mask, labels, -100)
    )  # torch's own mark: ours does not read it
    leaf = torch.tensor(logits, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(leaf.flatten(0, 1), torch.tensor(hidden).flatten())
    theirs.backward()
    loss, dlogits = sequence_cross_entropy(logits, hidden, mask)
    assert loss == pytest.approx(theirs.item(), rel=1e-12, abs=1e-14)
    assert_close(dlogits, leaf.grad.numpy(), 1e-12)


@pytest.mark.parametrize("masked", [False, True])
@given(**SIZES)
def test_squared_error_is_torchs_over_the_steps_that_are_there(assert_close, masked, **sizes):
    y, target, _, mask = problem(**sizes, masked=masked)
    leaf = torch.tensor(y, requires_grad=True)
    here = torch.ones(y.shape[:2], dtype=bool) if mask is None else torch.tensor(mask)
    theirs = (
        0.5
        * torch.nn.functional.mse_loss(leaf[here], torch.tensor(target)[here], reduction="sum")
        / here.sum()
    )
    theirs.backward()
    loss, dy = sequence_squared_error(y, target, mask)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    assert_close(dy, leaf.grad.numpy(), 1e-12)
    assert mask is None or not dy[~mask].any()


def test_the_gradients_are_finite_differences():
    y, target, labels, mask = problem(3, 2, 3, 0, True)
    for loss, wanted in ((sequence_cross_entropy, labels), (sequence_squared_error, target)):
        check_gradients(
            lambda p, loss=loss, wanted=wanted: loss(p["y"], wanted, mask)[0],
            {"y": y},
            {"y": loss(y, wanted, mask)[1]},
            tolerance=1e-7,
        )


def test_one_step_is_the_loss_of_a_batch():
    y, target, labels, _ = problem(1, 5, 3, 0, False)
    for ours, theirs in (
        (sequence_cross_entropy(y, labels), softmax_cross_entropy(y[0], labels[0])),
        (sequence_squared_error(y, target), squared_error(y[0], target[0])),
    ):
        assert ours[0] == theirs[0]
        np.testing.assert_array_equal(ours[1][0], theirs[1])


def test_float32_stays_float32():
    y, target, labels, mask = problem(3, 2, 3, 0, True)
    y, target = y.astype(np.float32), target.astype(np.float32)
    assert sequence_cross_entropy(y, labels, mask)[1].dtype == np.float32
    assert sequence_squared_error(y, target, mask)[1].dtype == np.float32


Y, LABELS = np.zeros((4, 2, 3)), np.zeros((4, 2), int)
NOBODY = np.zeros((4, 2), bool)
COMPLAINTS = [
    (lambda: sequence_cross_entropy(Y[0], LABELS), ValueError, r"logits must have shape \(T, B, K\), got \(2, 3\)"),
    (lambda: sequence_cross_entropy(Y, LABELS.T), ValueError, r"labels must have shape \(T=4, B=2\), got \(2, 4\)"),
    (lambda: sequence_cross_entropy(Y, LABELS * 1.0), TypeError, "labels must be an array of integers"),
    (lambda: sequence_cross_entropy(Y, LABELS + 3), ValueError, r"labels must lie in 0\.\.2, got values from 3 to 3"),
    (lambda: sequence_cross_entropy(Y, [[0, 1], [2]]), ValueError, r"labels must have .*got a ragged sequence"),
    (lambda: sequence_cross_entropy(Y * np.inf, LABELS), ValueError, "logits must be finite"),
    (lambda: sequence_cross_entropy(Y, LABELS, NOBODY), ValueError, "mask must be True somewhere"),
    (lambda: sequence_cross_entropy(Y, LABELS, NOBODY.T), ValueError, r"mask must have shape \(T=4, B=2\)"),
    (lambda: sequence_cross_entropy(Y, LABELS, LABELS + 0.5), TypeError, "mask must be an array of bool"),
    (lambda: sequence_squared_error(Y[0], Y[0]), ValueError, r"y must have shape \(T, B, O\), got \(2, 3\)"),
    (lambda: sequence_squared_error(Y, Y[:3]), ValueError, r"target must have shape \(T=4, B=2, O=3\)"),
    (lambda: sequence_squared_error(Y, Y.astype(np.float32)), TypeError, "target must have dtype float64"),
    (lambda: sequence_squared_error(Y, Y, NOBODY), ValueError, "mask must be True somewhere"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value encountered in multiply")
@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
