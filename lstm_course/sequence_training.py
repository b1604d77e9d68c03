r"""Training a recurrent network to classify sequences, or every step of them.

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
from lstm_course._descent import check_callable, descend
from lstm_course._params import leaves
from lstm_course._sequences import as_mask
from lstm_course.losses import softmax_cross_entropy
from lstm_course.recurrent import NETWORKS, network_of, recurrent_backward, recurrent_forward
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


class SequenceHistory(NamedTuple):
    """Mean training loss and test accuracy, one an epoch; every step's gradient norm before clipping.

    `gradient_norms` has shape (epochs, steps). For a model of one's own `accuracy` is its score, or NaN.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    gradient_norms: np.ndarray


class SequenceData(NamedTuple):
    """A `tasks.Split` of sequences that differ in length: the masks (T, B) are True where there is a step.

    `x_*` has shape (T, B, I), or (T, B) of symbols; `labels_*` (B,), or (T, B) with one for each step.
    """

    x_train: np.ndarray
    labels_train: np.ndarray
    x_test: np.ndarray
    labels_test: np.ndarray
    mask_train: np.ndarray | None = None
    mask_test: np.ndarray | None = None


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

    Raises
    ------
    ValueError, TypeError
        When `dlogits` does not have the shape and dtype of the logits.
    """
    (count, n), classes = cache.read.shape, len(params.bias)
    shape = f"(B={count}, K={classes})"
    if cache.every_step:
        shape = f"(T={cache.steps}, B={count // cache.steps}, K={classes})"
    dlogits = as_array("dlogits", dlogits, shape, dtype=params.weight.dtype).reshape(count, classes)
    dread = dlogits @ params.weight
    if cache.every_step:
        dh = dread.reshape(cache.steps, -1, n)
    else:
        dh = last_hidden_backward(params.recurrent, dread, cache.steps)
    backward = stacked_backward if isinstance(params.recurrent, StackedParams) else recurrent_backward
    dx, _, recurrent = backward(params.recurrent, cache.recurrent, dh)
    embedding = None if cache.tokens is None else embed_backward(params.embedding, cache.tokens, dx)
    return dx, SequenceClassifier(recurrent, dlogits.T @ cache.read, dlogits.sum(axis=0), embedding)


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
    right = logits.argmax(axis=-1) == _as_labels("labels", labels, np.shape(x)[:2], len(params.bias), mask)
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


def train_sequence_classifier(
    params,
    data,
    rng,
    *,
    epochs=10,
    batch_size=32,
    optimizer="adam",
    learning_rate=0.01,
    clip_norm=None,
    schedule=None,
    progress=False,
    on_epoch=None,
    loss_and_gradient=None,
    score=None,
    **options,
):
    """Train a recurrent classifier, or a model of one's own, on mini-batches of sequences.

    Parameters
    ----------
    params : SequenceClassifier, or a frozen dataclass of arrays
        Where to start; not changed.
    data : lstm_course.tasks.Split or SequenceData
        Training and test examples: `x_*` of shape (T, B, I), or (T, B) where they are symbols; `labels_*`
        (B,), or (T, B) for each step; and, if it has them, `mask_*` (T, B).
    rng : numpy.random.Generator
        Shuffles the examples.
    epochs, batch_size : int
        Passes over the data, and examples a step; at least one each.
    optimizer : {"adam", "sgd"} or callable
        What makes a step of the gradient.
    learning_rate : float
        Step size, positive.
    clip_norm : float, optional
        Shorten longer gradients to this norm.
    schedule, progress, on_epoch
        As for `lstm_course.training.train`; so is an `optimizer` of one's own.
    loss_and_gradient : callable, optional
        For a model of one's own: ``loss_and_gradient(params, x, labels)`` returns the loss of a batch, and
        its gradient in the class of `params`. It is called with the mask, too, where the data have one.
        By default a method of this name, if `params` has one.
    score : callable, optional
        ``score(params, x, labels)``, called likewise with the test examples, for the history. Without one,
        and without a method of this name, a model of one's own has NaN there.
    **options
        For the network's forward pass: ``activation``, ``reset``, ``forget``, ``squash``. A model of one's
        own gets what it is given.

    Returns
    -------
    params : the same class
    history : SequenceHistory

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or a shape does not fit, naming it. An error of the model's own
        comes through unchanged.
    FloatingPointError
        When a weight, an activation, a gradient, the loss or the score is no longer finite, naming the
        epoch and the step. The error holds the last finite `params`, the `history` of the epochs before,
        and the `losses` of the unfinished one.
    """
    own = loss_and_gradient is not None or not isinstance(params, SequenceClassifier)
    if own:
        loss_and_gradient = loss_and_gradient or getattr(type(params), "loss_and_gradient", None)
        score = score or getattr(type(params), "score", None)
        if loss_and_gradient is None:
            raise TypeError(
                f"params must be a SequenceClassifier, got {type(params).__name__}; "
                "a model of one's own needs loss_and_gradient"
            )
    else:
        loss_and_gradient, score = sequence_gradient, score or sequence_accuracy
        for network in getattr(params.recurrent, "networks", (params.recurrent,)):
            network_of(network, **options)
    check_callable("loss_and_gradient", loss_and_gradient)
    if score is not None:
        check_callable("score", score)
    x, *targets = _examples(params, data, "train", own)
    test = _examples(params, data, "test", own)

    def cut(array, batch):
        return array[batch] if array.ndim == 1 else array[:, batch]

    return descend(
        params,
        lambda params, batch: loss_and_gradient(params, *(cut(a, batch) for a in (x, *targets)), **options),
        x.shape[1],
        rng,
        history=lambda *record: SequenceHistory(*map(np.array, record)),
        score=None if score is None else lambda params: score(params, *test, **options),
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        clip_norm=clip_norm,
        schedule=schedule,
        progress=progress,
        on_epoch=on_epoch,
    )


def _sizes(recurrent):
    """Return I, H and the dtype of a network or of several layers."""
    kinds = (*dict.fromkeys(network.params for network in NETWORKS.values()), StackedParams)
    if type(recurrent) not in kinds:
        known = ", ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"recurrent must be one of {known}, got {type(recurrent).__name__}")
    return recurrent.input_size, recurrent.hidden_size, next(leaves(recurrent)).dtype


def _as_labels(name, labels, shape, classes, mask=None):
    """Return labels (B,) or (T, B), checked against the (T, B) of the sequences."""
    steps, batch = shape
    if np.ndim(labels) != 2:
        return as_integers(name, labels, f"(B={batch},)", classes)
    labels = as_integers(name, labels, f"(T={steps}, B={batch})")
    read = labels.ravel() if mask is None else labels[mask]  # those that a mask hides may be any
    if read.size:
        as_integers(name, read, "(N,)", classes)
    return labels


def _examples(params, data, part, own):
    """Return x, labels and, if there is one, the mask of one part of the data."""
    x_name, labels_name, mask_name = f"x_{part}", f"labels_{part}", f"mask_{part}"
    for name in (x_name, labels_name):
        if not hasattr(data, name):
            raise TypeError(f"data must have {name}, as a tasks.Split has, got {type(data).__name__}")
    x, labels = getattr(data, x_name), getattr(data, labels_name)
    if own:
        x, labels = np.asarray(x), np.asarray(labels)
    elif params.embedding is None:
        n_in, _, dtype = _sizes(params.recurrent)
        x = as_array(f"data.{x_name}", x, f"(T, B, I={n_in})", dtype=dtype)
    else:
        x = as_integers(f"data.{x_name}", x, "(T, B)", len(params.embedding))
    if x.ndim < 2:
        raise ValueError(f"data.{x_name} must have shape (T, B, ...), got {x.shape}")
    steps, batch = x.shape[:2]
    got = np.shape(labels)
    if steps != batch and got[:2] in ((steps,), (batch, steps)):
        raise ValueError(
            f"data.{x_name} must have time first, (T, B, ...), and data.{labels_name} (B,) or (T, B), got "
            f"{x.shape} and {got}: the batch seems to come first, which np.swapaxes(x, 0, 1) mends"
        )
    mask = as_mask(getattr(data, mask_name, None), steps, batch, f"data.{mask_name}")
    if not own:
        labels = _as_labels(f"data.{labels_name}", labels, (steps, batch), len(params.bias), mask)
    elif got[:2] not in ((batch,), (steps, batch)):
        shapes = f"(B={batch},) or (T={steps}, B={batch}, ...)"
        raise ValueError(f"data.{labels_name} must have shape {shapes}, got {got}")
    return (x, labels) if mask is None else (x, labels, mask)
