"""Counting, converting and hand-setting the weights of an LSTM."""

import numpy as np
import pytest
import torch

from lstm_course.activations import sigmoid
from lstm_course.lstm import init_lstm, lstm_forward
from lstm_course.lstm_weights import (
    counter_cell,
    forget_bias_for,
    lstm_from_concatenated,
    lstm_parameter_count,
    memory_cell,
)


@pytest.mark.parametrize(("n_in", "n"), [(1, 1), (3, 5), (28, 32)])
def test_the_count_is_ours_and_torchs(n_in, n, rng):
    params = init_lstm(n_in, n, rng)
    assert lstm_parameter_count(n_in, n) == sum(array.size for array in vars(params).values())
    for bias in (True, False):
        theirs = torch.nn.LSTM(n_in, n, bias=bias)
        assert lstm_parameter_count(n_in, n, biases=2 * bias) == sum(p.numel() for p in theirs.parameters())


@pytest.mark.parametrize("order", ["gifo", "ifgo", "igfo", "ofig"])
def test_a_concatenated_matrix_is_the_same_network(assert_close, rng, order):
    n_in, n = 3, 2
    weight, bias = rng.normal(size=(n_in + n, 4 * n)), rng.normal(size=4 * n)
    params = lstm_from_concatenated(weight, bias, order)
    x, h, c = rng.normal(size=(4, 5, n_in)), np.zeros((5, n)), np.zeros((5, n))
    for x_t in x:
        a = np.concatenate([x_t, h], axis=1) @ weight + bias
        at = dict(zip(order, np.split(a, 4, axis=1), strict=True))
        c = sigmoid(at["f"]) * c + sigmoid(at["i"]) * np.tanh(at["g"])
        h = sigmoid(at["o"]) * np.tanh(c)
    assert_close(lstm_forward(params, x)[0][-1], h, 1e-12)


def test_a_converted_network_keeps_its_dtype_and_its_own_arrays(rng):
    weight, bias = rng.normal(size=(3, 4)).astype(np.float32), np.zeros(4, np.float32)
    params = lstm_from_concatenated(weight, bias)
    assert {array.dtype for array in vars(params).values()} == {np.dtype(np.float32)}
    before = weight.copy()
    params.weight_ih[:] = 7
    assert (weight == before).all()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((np.ones((3, 4)), np.ones(4), "ifg"), "order must be a permutation of 'ifgo', got 'ifg'"),
        ((np.ones((3, 4)), np.ones(4), 3), "order must be a permutation"),
        ((np.ones((3, 6)), np.ones(6)), r"weight must have shape \(I\+H, 4H\)"),
        ((np.ones((2, 8)), np.ones(8)), "with I of 1 or more"),
        ((np.ones((3, 4)), np.ones(5)), r"bias must have shape \(4H=4\)"),
    ],
)
def test_layouts_that_cannot_be_are_named(args, message):
    with pytest.raises(ValueError, match=message):
        lstm_from_concatenated(*args)


@pytest.mark.parametrize(("share", "steps"), [(0.5, 1), (0.5, 100), (0.9, 1000), (0.01, 3)])
def test_the_forget_bias_keeps_the_share(share, steps):
    b = forget_bias_for(share, steps)
    assert sigmoid(np.array(b)) ** steps == pytest.approx(share, rel=1e-10)
    params = memory_cell(60.0, forget_bias=b)
    _, (_, c), _ = lstm_forward(params, np.zeros((steps, 1, 4)), c0=np.ones((1, 1)))
    assert c[0, 0] == pytest.approx(share, rel=1e-10)


@pytest.mark.parametrize("share", [0, 1, 1.5, -0.1])
def test_a_share_is_between_zero_and_one(share):
    with pytest.raises(ValueError, match="share must be"):
        forget_bias_for(share, 10)


def test_the_memory_cell_stores_clears_and_shows():
    value, write, clear, read = np.zeros((4, 40))
    value[:] = np.random.default_rng(0).normal(size=40)
    write[[5, 20]], clear[30], read[[10, 25, 35]] = 1, 1, 1
    h, _, cache = lstm_forward(memory_cell(20.0), np.stack([value, write, clear, read], axis=1)[:, None])
    c = cache.c[1:, 0, 0]
    assert np.allclose(c[5:20], np.tanh(value[5]), atol=1e-6)
    assert np.allclose(c[20:30], np.tanh(value[20]), atol=1e-6)
    assert np.allclose(c[30:], 0, atol=1e-6)
    assert np.allclose(h[[10, 25], 0, 0], np.tanh(c[[10, 25]]), atol=1e-6)
    assert np.allclose(np.delete(h[:, 0, 0], [10, 25, 35]), 0, atol=1e-6)


def test_the_counter_counts_exactly():
    x = np.random.default_rng(1).integers(-1, 2, size=(300, 2, 1)).astype(float)
    _, _, cache = lstm_forward(counter_cell(), x)
    assert (cache.c[1:] == np.cumsum(x, axis=0)).all()


@pytest.mark.parametrize("cell", [memory_cell, counter_cell])
def test_a_strength_is_positive(cell):
    with pytest.raises(ValueError, match="strength must be greater than 0"):
        cell(0)
