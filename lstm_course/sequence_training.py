"""Training on sequences: a recurrent classifier, or a model of one's own.

The classifier and what belongs to it, `lstm_course.sequence_classifier`, can be imported from here, too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_integers
from lstm_course._descent import check_callable, descend
from lstm_course._sequences import as_mask, as_sequence_labels
from lstm_course.recurrent import network_of
from lstm_course.sequence_classifier import SequenceClassifier, sequence_accuracy, sequence_gradient
from lstm_course.sequence_classifier import init_sequence_classifier as init_sequence_classifier
from lstm_course.sequence_classifier import sequence_backward as sequence_backward
from lstm_course.sequence_classifier import sequence_forward as sequence_forward
from lstm_course.sequence_classifier import sequence_logits as sequence_logits


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
        width, dtype = params.recurrent.input_size, params.weight.dtype
        x = as_array(f"data.{x_name}", x, f"(T, B, I={width})", dtype=dtype)
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
        labels = as_sequence_labels(f"data.{labels_name}", labels, (steps, batch), len(params.bias), mask)
    elif got[:2] not in ((batch,), (steps, batch)):
        shapes = f"(B={batch},) or (T={steps}, B={batch}, ...)"
        raise ValueError(f"data.{labels_name} must have shape {shapes}, got {got}")
    return (x, labels) if mask is None else (x, labels, mask)
