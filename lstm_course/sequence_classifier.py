r"""A recurrent network that classifies sequences, or every step of them.

The last hidden state goes through a linear layer to the logits of a softmax, :math:`y = W h_T + b`; or
every hidden state does, where there is a label for each step. The recurrent part is any network of
`lstm_course.recurrent` or several layers of one (`lstm_course.stacked`): the class of its weights tells
which. It may read symbols, through an embedding. A mask says where the sequences end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_generator, as_integer, as_integers
from lstm_course._params import leaves, may_overflow, unchecked
from lstm_course._sequences import as_mask, as_sequence_labels, check_is_cache, check_kind
from lstm_course.losses import softmax_cross_entropy
from lstm_course.recurrent import NETWORKS, recurrent_backward, recurrent_forward
from lstm_course.sequence_inputs import embed, embed_backward, init_embedding
from lstm_course.sequence_losses import sequence_cross_entropy
from lstm_course.stacked import (
    StackedParams,
    last_hidden,
    last_hidden_backward,
    stacked_backward,
    stacked_forward,
)


@dataclass(frozen=True)
class SequenceClassifier:
    """Weights of a recurrent network with a linear read-out; a gradient is another one.

    Attributes
    ----------
    recurrent : RNNParams, LSTMParams, GRUParams, PeepholeLSTMParams or StackedParams
        The network that reads.
    weight : numpy.ndarray, shape (K, H)
        From a hidden state to the logits; H is 2H where the last layer reads in both directions.
    bias : numpy.ndarray, shape (K,)
        Of the logits.
    embedding : numpy.ndarray, shape (V, I), optional
        A vector for each symbol, where the sequences are symbols.
    """

    recurrent: Any
    weight: np.ndarray
    bias: np.ndarray
    embedding: np.ndarray | None = None

    def __post_init__(self):
        n_in, n, dtype = _sizes(self.recurrent)
        weight = as_array("weight", self.weight, f"(K, H={n})", dtype=dtype)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", as_array("bias", self.bias, f"(K={len(weight)})", dtype=dtype))
        if self.embedding is not None:
            embedding = as_array("embedding", self.embedding, f"(V, I={n_in})", dtype=dtype)
            object.__setattr__(self, "embedding", embedding)


class SequenceCache(NamedTuple):
    """What `sequence_backward` needs: symbols, the states that were read out (N, H), the network's cache."""

    tokens: np.ndarray | None
    read: np.ndarray
    recurrent: Any
    every_step: bool
    steps: int


def init_sequence_classifier(recurrent, classes, rng, *, tokens=None) -> SequenceClassifier:
    r"""Put a read-out on a recurrent network: weights uniform in :math:`\pm 1/\sqrt H`, biases zero.

    Parameters
    ----------
    recurrent : RNNParams, LSTMParams, GRUParams, PeepholeLSTMParams or StackedParams
        From `init_rnn`, `init_lstm`, `init_gru`, `init_peephole_lstm` or `init_stacked`.
    classes : int
        K, at least 2.
    rng : numpy.random.Generator
        Source of the weights.
    tokens : int, optional
        V, where the network is to read symbols 0..V-1: each gets a vector of the width of its input.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    n_in, n, dtype = _sizes(recurrent)
    classes, rng = as_integer("classes", classes, at_least=2), as_generator("rng", rng)
    weight = rng.uniform(-(n**-0.5), n**-0.5, (classes, n)).astype(dtype)
    embedding = None if tokens is None else init_embedding(tokens, n_in, rng, dtype=dtype)
    return SequenceClassifier(recurrent, weight, np.zeros(classes, dtype), embedding)


def sequence_forward(params: SequenceClassifier, x, mask=None, *, every_step=False, **options):
    """Run the network and its read-out over a batch of sequences.

    Parameters
    ----------
    params : SequenceClassifier
    x : array_like, shape (T, B, I), or (T, B) of int with an embedding
        Sequences, in the dtype of the weights; or symbols.
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample has no step.
    every_step : bool
        Read out every hidden state, and not each sample's last one only.
    **options
        For the network's forward pass: ``activation``, ``reset``, ``forget``, ``squash``.

    Returns
    -------
    logits : numpy.ndarray, shape (B, K) or (T, B, K)
    cache : SequenceCache

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, an entry is not finite, or an option is unknown.
    """
    tokens = None
    if params.embedding is not None:
        tokens = as_integers("x", x, "(T, B)", len(params.embedding))
        x = embed(params.embedding, tokens)
    forward = stacked_forward if isinstance(params.recurrent, StackedParams) else recurrent_forward
    h, _, cache = forward(params.recurrent, x, None, mask, **options)
    read = h.reshape(-1, h.shape[2]) if every_step else last_hidden(params.recurrent, h)
    logits = read @ params.weight.T + params.bias
    if every_step:
        logits = logits.reshape(*h.shape[:2], -1)
    return logits, SequenceCache(tokens, read, cache, bool(every_step), len(h))


@may_overflow
def sequence_backward(params: SequenceClassifier, cache: SequenceCache, dlogits):
    """Send dL/dlogits back through the read-out, the network and the embedding.

    Parameters
    ----------
    params : SequenceClassifier
        The weights of the forward pass.
    cache : SequenceCache
        What `sequence_forward` returned.
    dlogits : array_like, shape (B, K) or (T, B, K)
        Gradient of the loss with respect to the logits.

    Returns
    -------
    dx : numpy.ndarray, shape (T, B, I)
        Gradient with respect to what the network reads: the sequences, or the symbols' vectors.
    dparams : SequenceClassifier
        Where a gradient overflows it is inf or NaN.

    Raises
    ------
    ValueError, TypeError
        When `cache` is not one of `sequence_forward`, or not of weights like these; or `dlogits` does not
        have the shape and dtype of the logits.
    """
    check_kind(params, SequenceClassifier)
    check_is_cache(cache, SequenceCache)
    if (cache.tokens is None) != (params.embedding is None):
        raise ValueError("cache must be of a pass with an embedding if params has one, and only then")
    if cache.read.shape[1] != params.weight.shape[1]:
        raise ValueError(
            f"cache must have H={params.weight.shape[1]} like params.weight, got H={cache.read.shape[1]}"
        )
    (count, n), classes = cache.read.shape, len(params.bias)
    shape = f"(B={count}, K={classes})"
    if cache.every_step:
        shape = f"(T={cache.steps}, B={count // cache.steps}, K={classes})"
    dlogits = as_array("dlogits", dlogits, shape, dtype=params.weight.dtype, finite=False)
    dlogits = dlogits.reshape(count, classes)
    dread = dlogits @ params.weight
    if cache.every_step:
        dh = dread.reshape(cache.steps, -1, n)
    else:
        dh = last_hidden_backward(params.recurrent, dread, cache.steps)
    backward = stacked_backward if isinstance(params.recurrent, StackedParams) else recurrent_backward
    dx, _, recurrent = backward(params.recurrent, cache.recurrent, dh)
    embedding = None if cache.tokens is None else embed_backward(params.embedding, cache.tokens, dx)
    shares = recurrent, dlogits.T @ cache.read, dlogits.sum(axis=0), embedding
    return dx, unchecked(SequenceClassifier, *shares)


def sequence_logits(params: SequenceClassifier, x, mask=None, *, every_step=False, **options) -> np.ndarray:
    """Return the logits (B, K), or (T, B, K), for sequences `x` (T, B, I); as `sequence_forward` does."""
    return sequence_forward(params, x, mask, every_step=every_step, **options)[0]


def sequence_accuracy(params: SequenceClassifier, x, labels, mask=None, **options) -> float:
    """Fraction of the sequences (T, B, I) whose largest logit is the right class.

    With labels (T, B), of the steps that the mask leaves. Arguments as for `sequence_gradient`.
    """
    every_step = np.ndim(labels) == 2
    logits = sequence_logits(params, x, mask, every_step=every_step, **options)
    mask = as_mask(mask, *np.shape(x)[:2])
    right = logits.argmax(axis=-1) == as_sequence_labels(
        "labels", labels, np.shape(x)[:2], len(params.bias), mask
    )
    return float(np.mean(right[mask] if every_step and mask is not None else right))


def sequence_gradient(params: SequenceClassifier, x, labels, mask=None, **options):
    """Loss of a batch of sequences, and its gradient.

    Parameters
    ----------
    params : SequenceClassifier
    x : array_like, shape (T, B, I), or (T, B) of int with an embedding
        Sequences, in the dtype of the weights; or symbols.
    labels : array_like of int, shape (B,) or (T, B)
        The right classes, 0..K-1: of each sequence, read from its last state, or of each step. What a
        mask hides is not read.
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample has no step.
    **options
        For the network's forward pass: ``activation``, ``reset``, ``forget``, ``squash``.

    Returns
    -------
    loss : float
        Mean cross-entropy, over the sequences or over all steps there are.
    gradient : SequenceClassifier

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, an entry is not finite, or an option is unknown.
    """
    every_step = np.ndim(labels) == 2
    logits, cache = sequence_forward(params, x, mask, every_step=every_step, **options)
    if every_step:
        loss, dlogits = sequence_cross_entropy(logits, labels, mask)
    else:
        loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss, sequence_backward(params, cache, dlogits)[1]


def _sizes(recurrent):
    """Return I, H and the dtype of a network or of several layers."""
    kinds = (*dict.fromkeys(network.params for network in NETWORKS.values()), StackedParams)
    if type(recurrent) not in kinds:
        known = ", ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"recurrent must be one of {known}, got {type(recurrent).__name__}")
    return recurrent.input_size, recurrent.hidden_size, next(leaves(recurrent)).dtype
