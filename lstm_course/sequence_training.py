r"""Training a recurrent network to classify sequences.

The last hidden state goes through a linear layer to the logits of a softmax,
:math:`y = W h_T + b`. The recurrent part is an RNN (with tanh), an LSTM or a GRU; the class of its
weights tells which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_generator, as_integer, as_labels, as_number, choose
from lstm_course.gru import GRUParams, gru_backward, gru_forward
from lstm_course.losses import softmax_cross_entropy
from lstm_course.lstm import LSTMParams, lstm_backward, lstm_forward
from lstm_course.optim import adam_step, clip_by_norm, global_norm, sgd_step
from lstm_course.rnn import RNNParams, rnn_backward, rnn_forward

NETWORKS = {
    RNNParams: (rnn_forward, rnn_backward),
    LSTMParams: (lstm_forward, lstm_backward),
    GRUParams: (gru_forward, gru_backward),
}


@dataclass(frozen=True)
class SequenceClassifier:
    """Weights of a recurrent network with a linear read-out; a gradient is another one.

    Attributes
    ----------
    recurrent : RNNParams, LSTMParams or GRUParams
        The network that reads.
    weight : numpy.ndarray, shape (K, H)
        From the last hidden state to the logits.
    bias : numpy.ndarray, shape (K,)
        Of the logits.
    """

    recurrent: RNNParams | LSTMParams | GRUParams
    weight: np.ndarray
    bias: np.ndarray

    def __post_init__(self):
        _passes(self.recurrent)
        n, dtype = self.recurrent.hidden_size, self.recurrent.weight_ih.dtype
        weight = as_array("weight", self.weight, f"(K, H={n})", dtype=dtype)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", as_array("bias", self.bias, f"(K={len(weight)})", dtype=dtype))


class SequenceHistory(NamedTuple):
    """Mean training loss and test accuracy, one an epoch; every step's gradient norm before clipping.

    `gradient_norms` has shape (epochs, steps).
    """

    loss: np.ndarray
    accuracy: np.ndarray
    gradient_norms: np.ndarray


def init_sequence_classifier(recurrent, classes, rng) -> SequenceClassifier:
    r"""Put a read-out on a recurrent network: weights uniform in :math:`\pm 1/\sqrt H`, biases zero.

    Parameters
    ----------
    recurrent : RNNParams, LSTMParams or GRUParams
        From `init_rnn`, `init_lstm` or `init_gru`.
    classes : int
        K, at least 2.
    rng : numpy.random.Generator
        Source of the weights.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    _passes(recurrent)
    classes, rng = as_integer("classes", classes, at_least=2), as_generator("rng", rng)
    n, dtype = recurrent.hidden_size, recurrent.weight_ih.dtype
    weight = rng.uniform(-(n**-0.5), n**-0.5, (classes, n)).astype(dtype)
    return SequenceClassifier(recurrent, weight, np.zeros(classes, dtype))


def sequence_logits(params: SequenceClassifier, x) -> np.ndarray:
    """Return the logits (B, K) for sequences `x` (T, B, I)."""
    forward, _ = _passes(params.recurrent)
    h = forward(params.recurrent, x)[0]
    return h[-1] @ params.weight.T + params.bias


def sequence_accuracy(params: SequenceClassifier, x, labels) -> float:
    """Fraction of the sequences (T, B, I) whose largest logit is the right class."""
    logits = sequence_logits(params, x)
    return float(np.mean(logits.argmax(axis=1) == as_labels("labels", labels, *logits.shape)))


def sequence_gradient(params: SequenceClassifier, x, labels):
    """Loss of a batch of sequences, and its gradient.

    Parameters
    ----------
    params : SequenceClassifier
    x : array_like, shape (T, B, I)
        Sequences, in the dtype of the weights.
    labels : array_like of int, shape (B,)
        The right classes, 0..K-1.

    Returns
    -------
    loss : float
        Mean cross-entropy.
    gradient : SequenceClassifier

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, or an entry or the loss is not finite.
    """
    forward, backward = _passes(params.recurrent)
    h, *_, cache = forward(params.recurrent, x)
    h_T = h[-1]
    loss, dlogits = softmax_cross_entropy(h_T @ params.weight.T + params.bias, labels)
    if not np.isfinite(loss):
        raise ValueError(f"the loss is {loss}")
    dh_T = dlogits @ params.weight  # the loss reads the last hidden state only
    *_, recurrent = backward(params.recurrent, cache, np.zeros_like(h), dh_T)
    return loss, SequenceClassifier(recurrent, dlogits.T @ h_T, dlogits.sum(axis=0))


def train_sequence_classifier(
    params: SequenceClassifier,
    data,
    rng,
    *,
    epochs=10,
    batch_size=32,
    optimizer="adam",
    learning_rate=0.01,
    clip_norm=None,
) -> tuple[SequenceClassifier, SequenceHistory]:
    """Train a recurrent classifier on mini-batches of sequences.

    Parameters
    ----------
    params : SequenceClassifier
        Where to start; not changed.
    data : lstm_course.tasks.Split
        Training and test examples, `x_*` of shape (T, B, I).
    rng : numpy.random.Generator
        Shuffles the examples.
    epochs, batch_size : int
        Passes over the data, and examples a step; at least one each.
    optimizer : {"adam", "sgd"}
        What makes a step of the gradient.
    learning_rate : float
        Step size, positive.
    clip_norm : float, optional
        Shorten longer gradients to this norm.

    Returns
    -------
    params : SequenceClassifier
    history : SequenceHistory

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or a shape does not fit, naming it.
    FloatingPointError
        When a weight, an activation or the loss is no longer finite, naming the epoch.
    """
    if not isinstance(params, SequenceClassifier):
        raise TypeError(f"params must be a SequenceClassifier, got {type(params).__name__}")
    rng, step = as_generator("rng", rng), choose("optimizer", optimizer, OPTIMIZERS)
    epochs = as_integer("epochs", epochs, at_least=1)
    batch_size = as_integer("batch_size", batch_size, at_least=1)
    learning_rate = as_number("learning_rate", learning_rate, above=0)
    clip_norm = None if clip_norm is None else as_number("clip_norm", clip_norm, above=0)
    x, labels = _examples(params, data, "train")
    x_test, labels_test = _examples(params, data, "test")
    losses, accuracies, norms = [], [], []
    state = None
    for epoch in range(epochs):
        batches = np.array_split(rng.permutation(len(labels)), -(-len(labels) // batch_size))
        batch_losses, batch_norms = [], []
        try:
            with np.errstate(all="ignore"):  # what overflows is reported once, below
                for batch in batches:
                    loss, gradient = sequence_gradient(params, x[:, batch], labels[batch])
                    if clip_norm is None:
                        norm = global_norm(gradient)
                    else:
                        gradient, norm = clip_by_norm(gradient, clip_norm)
                    batch_losses.append(loss)
                    batch_norms.append(norm)
                    params, state = step(params, gradient, learning_rate, state)
                accuracies.append(sequence_accuracy(params, x_test, labels_test))
        except ValueError as error:  # the arguments were checked: only NaN or infinity is left
            raise FloatingPointError(f"training diverged in epoch {epoch + 1}: {error}") from error
        losses.append(np.mean(batch_losses))
        norms.append(batch_norms)
    return params, SequenceHistory(np.array(losses), np.array(accuracies), np.array(norms))


OPTIMIZERS = {
    "adam": adam_step,
    "sgd": lambda params, gradient, learning_rate, _: (sgd_step(params, gradient, learning_rate), None),
}


def _passes(recurrent):
    """Return the forward and the backward pass that belong to the class of the weights."""
    if type(recurrent) not in NETWORKS:
        known = ", ".join(network.__name__ for network in NETWORKS)
        raise TypeError(f"recurrent must be one of {known}, got {type(recurrent).__name__}")
    return NETWORKS[type(recurrent)]


def _examples(params, data, part):
    width, dtype = params.recurrent.input_size, params.weight.dtype
    x = as_array(f"data.x_{part}", getattr(data, f"x_{part}"), f"(T, B, I={width})", dtype=dtype)
    labels = getattr(data, f"labels_{part}")
    return x, as_labels(f"data.labels_{part}", labels, x.shape[1], len(params.bias))
