"""Training: a multilayer perceptron that classifies, or any model that gives its loss and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_labels
from lstm_course._descent import descend
from lstm_course._params import safe_norm
from lstm_course.activations import get_activation
from lstm_course.losses import softmax_cross_entropy
from lstm_course.network import MLPParams, mlp_backward, mlp_forward


class History(NamedTuple):
    """One entry an epoch: mean training loss, test accuracy, and the gradient's norm at each layer.

    `gradient_norms` has shape (epochs, L): the norm of dL/da_l, averaged over the epoch's batches.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    gradient_norms: np.ndarray


class ModelHistory(NamedTuple):
    """One entry an epoch: mean training loss, score, and what was remembered of every step's gradient.

    `score` is NaN where none was asked for. `gradient_norms` has shape (epochs, steps): the norm of all
    its numbers together before clipping; or (epochs, steps, ...), the norms that the model returned.
    """

    loss: np.ndarray
    score: np.ndarray
    gradient_norms: np.ndarray


def accuracy(params: MLPParams, x, labels, *, activation="sigmoid") -> float:
    """Fraction of the rows of `x` whose largest output is the right class."""
    logits, _ = mlp_forward(params, x, activation=activation)
    labels = as_labels("labels", labels, *logits.shape)
    return float(np.mean(logits.argmax(axis=1) == labels))


def train(
    params,
    loss_and_gradient,
    examples,
    rng,
    *,
    score=None,
    epochs=10,
    batch_size=32,
    optimizer="adam",
    learning_rate=0.01,
    clip_norm=None,
    schedule=None,
    progress=False,
    on_epoch=None,
):
    """Train any model by mini-batch gradient descent.

    Parameters
    ----------
    params : frozen dataclass
        Where to start; not changed. Its fields are numbers, arrays, or again such dataclasses, alone or
        in tuples.
    loss_and_gradient : callable
        ``loss_and_gradient(params, batch)`` gets the indices of some examples, an array of int (B,), and
        returns their loss, a number, and its gradient, of the class of `params`. As a third value it may
        return norms to be remembered of this step.
    examples : int
        Number of training examples.
    rng : numpy.random.Generator
        Shuffles the examples.
    score : callable, optional
        ``score(params)`` returns a number for the history after each epoch: the accuracy on a test set.
    epochs, batch_size : int
        Passes over the examples, and examples a step; at least one each.
    optimizer : {"adam", "sgd"} or callable
        What makes a step of the gradient. A function of one's own is called as `optim.adam_step` is,
        ``optimizer(params, gradient, learning_rate, state)``, and returns the next parameters and its
        next state; the first state is None.
    learning_rate : float
        Step size, positive.
    clip_norm : float, optional
        Shorten longer gradients to this norm.
    schedule : callable, optional
        ``schedule(epoch, step)`` returns the step size, in place of `learning_rate`. Both count from 0,
        the steps over the whole training.
    progress : bool
        Show a tqdm bar.
    on_epoch : callable, optional
        ``on_epoch(epoch, params, history)`` is called after each epoch, counted from 0, with what there
        is so far; to keep the best parameters, for example. Training ends early when it returns True.

    Returns
    -------
    params : the same class
    history : ModelHistory

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind, naming it. An error of the model's own comes
        through unchanged.
    FloatingPointError
        When the loss, the norm of the gradient, a weight, the score or an array that a function of this
        package is given is not finite, naming the epoch and the step. The error holds the last finite
        `params`, the `history` of the epochs before, and the `losses` of the unfinished one.
    """
    return descend(
        params,
        loss_and_gradient,
        examples,
        rng,
        history=lambda *record: ModelHistory(*map(np.array, record)),
        score=score,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        clip_norm=clip_norm,
        schedule=schedule,
        progress=progress,
        on_epoch=on_epoch,
    )


def train_classifier(
    params: MLPParams,
    data,
    rng,
    *,
    activation="sigmoid",
    epochs=10,
    batch_size=32,
    learning_rate=0.1,
    progress=False,
    optimizer="sgd",
    clip_norm=None,
    schedule=None,
    on_epoch=None,
) -> tuple[MLPParams, History]:
    """Train an MLP with softmax outputs by mini-batch gradient descent.

    Parameters
    ----------
    params : MLPParams
        Where to start; not changed.
    data : lstm_course.tasks.Split
        Training and test examples, `x_*` of shape (B, n_0).
    rng : numpy.random.Generator
        Shuffles the examples.
    activation : str
        Of the hidden layers; the outputs are logits.
    epochs, batch_size : int
        Passes over the data, and examples a step; at least one each.
    learning_rate : float
        Step size, positive.
    progress : bool
        Show a tqdm bar.
    optimizer, clip_norm, schedule, on_epoch
        As for `train`.

    Returns
    -------
    params : MLPParams
    history : History

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or a shape does not fit, naming it.
    FloatingPointError
        When a weight, an activation, a gradient or the loss is no longer finite, naming the epoch and the
        step. The error holds the last finite `params`, the `history` of the epochs before, and the
        `losses` of the unfinished one.
    """
    if not isinstance(params, MLPParams):
        raise TypeError(f"params must be an MLPParams, got {type(params).__name__}")
    get_activation(activation)
    x, labels = _examples(params, data, "train")
    x_test, labels_test = _examples(params, data, "test")

    def loss_and_gradient(params, batch):
        logits, cache = mlp_forward(params, x[batch], activation=activation)
        loss, dlogits = softmax_cross_entropy(logits, labels[batch])
        _, gradient, flow = mlp_backward(params, cache, dlogits)
        return loss, gradient, [safe_norm(da) for da in flow.da]

    return descend(
        params,
        loss_and_gradient,
        len(x),
        rng,
        history=_history,
        score=lambda params: accuracy(params, x_test, labels_test, activation=activation),
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        clip_norm=clip_norm,
        schedule=schedule,
        progress=progress,
        on_epoch=on_epoch,
    )


def _history(losses, accuracies, norms):
    means = [np.mean(per_step, axis=0) for per_step in norms]
    return History(np.array(losses), np.array(accuracies), np.array(means))


def _examples(params, data, part):
    for name in (f"x_{part}", f"labels_{part}"):
        if not hasattr(data, name):
            raise TypeError(f"data must have {name}, as a tasks.Split has, got {type(data).__name__}")
    width, dtype = params.weights[0].shape[1], params.weights[0].dtype
    x = as_array(f"data.x_{part}", getattr(data, f"x_{part}"), f"(B, n_0={width})", dtype=dtype)
    labels = getattr(data, f"labels_{part}")
    return x, as_labels(f"data.labels_{part}", labels, len(x), len(params.biases[-1]))
