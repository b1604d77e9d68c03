"""Symbols as vectors and sequences of several lengths: what torch's own tools give."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.sequence_inputs import embed, embed_backward, init_embedding, pad_sequences


@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 4)), count=st.integers(1, 6), width=st.integers(1, 4),
    dtype=st.sampled_from([np.float32, np.float64]), seed=st.integers(0, 10**6),
)  # fmt: skip
def test_vectors_and_their_gradient_are_those_of_torch(assert_close, shape, count, width, dtype, seed):
    rng = np.random.default_rng(seed)
    weight, tokens = rng.normal(size=(count, width)).astype(dtype), rng.integers(0, count, shape)
    dx = rng.normal(size=(*shape, width)).astype(dtype)
    leaf = torch.tensor(weight, requires_grad=True)
    theirs = torch.nn.functional.embedding(torch.tensor(tokens), leaf)
    theirs.backward(torch.tensor(dx))
    x, dweight = embed(weight, tokens), embed_backward(weight, tokens, dx)
    assert x.dtype == dweight.dtype == dtype
    np.testing.assert_array_equal(x, theirs.detach().numpy())
    assert_close(dweight, leaf.grad.numpy(), 1e-12 if dtype is np.float64 else 1e-5)


def test_a_symbol_that_comes_twice_is_moved_twice():
    dx = np.array([[[1.0, 2.0]], [[10.0, 20.0]], [[5.0, 5.0]]])
    assert embed_backward(np.zeros((3, 2)), [[2], [2], [0]], dx).tolist() == [[5, 5], [0, 0], [11, 22]]


def test_vectors_are_drawn_from_the_standard_normal_distribution():
    weight = init_embedding(200, 100, np.random.default_rng(0), dtype=np.float32)
    assert (weight.shape, weight.dtype) == ((200, 100), np.float32)
    assert weight.mean() == pytest.approx(0, abs=0.02)
    assert weight.std() == pytest.approx(1, abs=0.02)


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=5), width=st.sampled_from([None, 1, 3]),
    seed=st.integers(0, 10**6),
)  # fmt: skip
def test_padding_is_torchs_and_the_mask_says_where_the_samples_are(lengths, width, seed):
    rng = np.random.default_rng(seed)
    sequences = [rng.normal(size=(n, width)) if width else rng.integers(1, 9, n) for n in lengths]
    x, mask = pad_sequences(sequences)
    np.testing.assert_array_equal(
        x, torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sequences]).numpy()
    )
    assert x.dtype == sequences[0].dtype
    assert (mask.dtype, mask.shape) == (bool, x.shape[:2])
    assert mask.sum(axis=0).tolist() == lengths
    assert all(mask[:n, b].all() for b, n in enumerate(lengths))


def test_float32_and_lists_can_be_padded():
    x, _ = pad_sequences([np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)])
    assert x.dtype == np.float32
    x, mask = pad_sequences([[1, 2], [3]])
    assert (x.tolist(), mask.tolist()) == ([[1, 3], [2, 0]], [[True, True], [True, False]])
    assert pad_sequences(iter([[[1], [2]]]))[0].dtype == np.float64


W = np.zeros((4, 2))
COMPLAINTS = [
    (lambda: embed(W, [[0, 4]]), ValueError, r"tokens must lie in 0\.\.3, got values from 0 to 4"),
    (lambda: embed(W, [[0, -1]]), ValueError, r"tokens must lie in 0\.\.3, got values from -1 to 0"),
    (lambda: embed(W, [0, 1]), ValueError, r"tokens must have shape \(T, B\), got \(2,\)"),
    (lambda: embed(W, [[0.0]]), TypeError, "tokens must be an array of integers, got dtype float64"),
    (lambda: embed(W[0], [[0]]), ValueError, r"weight must have shape \(V, E\), got \(2,\)"),
    (lambda: embed(W, np.zeros((0, 2), int)), ValueError, "tokens must not be empty"),
    (lambda: embed_backward(W, [[0]], np.zeros((1, 1, 3))), ValueError,
     r"dx must have shape \(T=1, B=1, E=2\), got \(1, 1, 3\)"),
    (lambda: embed_backward(W, [[0]], np.zeros((1, 1, 2), np.float32)), TypeError, "dx must have dtype float64"),
    (lambda: init_embedding(0, 2, np.random.default_rng(0)), ValueError, "tokens must be at least 1, got 0"),
    (lambda: init_embedding(2, 0, np.random.default_rng(0)), ValueError, "width must be at least 1, got 0"),
    (lambda: init_embedding(2, 2, 0), TypeError, "rng must be a numpy.random.Generator"),
    (lambda: pad_sequences([]), ValueError, "sequences must hold at least one, got none"),
    (lambda: pad_sequences([[[1.0, 2.0]], [[1.0]]]), ValueError,
     r"sequences\[1\] must have shape \(T_b, I=2\), got \(1, 1\)"),
    (lambda: pad_sequences([[1, 2], [[1.0]]]), TypeError, r"sequences\[1\] must be an array of integers"),
    (lambda: pad_sequences([[1], np.zeros(0, int)]), ValueError, r"sequences\[1\] must not be empty"),
    (lambda: pad_sequences([W, W.astype(np.float32)]), TypeError, r"sequences\[1\] must have dtype float64"),
    (lambda: pad_sequences([[[1.0], [1.0, 2.0]]]), ValueError, r"sequences\[0\] must have .*ragged sequence"),
    (lambda: pad_sequences([1.0, 2.0]), ValueError, r"sequences\[0\] must have shape \(T_b, I\), got \(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
