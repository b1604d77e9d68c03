"""The training loop, and the record that it keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_course._arguments import as_array, as_generator, as_integer, as_labels, as_number
from lstm_course.activations import get_activation
from lstm_course.losses import softmax_cross_entropy
from lstm_course.network import MLPParams, mlp_backward, mlp_forward
from lstm_course.optim import sgd_step


class History(NamedTuple):
    """One entry an epoch: mean training loss, test accuracy, and the gradient's norm at each layer.

    `gradient_norms` has shape (epochs, L): the norm of dL/da_l, averaged over the epoch's batches.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    gradient_norms: np.ndarray


def accuracy(params: MLPParams, x, labels, *, activation="sigmoid") -> float:
    """Fraction of the rows of `x` whose largest output is the right class."""
    logits, _ = mlp_forward(params, x, activation=activation)
    labels = as_labels("labels", labels, *logits.shape)
    return float(np.mean(logits.argmax(axis=1) == labels))


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

    Returns
    -------
    params : MLPParams
    history : History

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or a shape does not fit, naming it.
    FloatingPointError
        When a weight, an activation or the loss is no longer finite, naming the epoch.
    """
    as_generator("rng", rng)
    get_activation(activation)
    epochs = as_integer("epochs", epochs, at_least=1)
    batch_size = as_integer("batch_size", batch_size, at_least=1)
    learning_rate = as_number("learning_rate", learning_rate, above=0)
    x, labels = _examples(params, data, "train")
    x_test, labels_test = _examples(params, data, "test")
    losses, accuracies, norms = [], [], []
    for epoch in _progress(range(epochs), progress):
        batches = np.array_split(rng.permutation(len(x)), -(-len(x) // batch_size))
        batch_losses, batch_norms = [], []
        try:
            with np.errstate(all="ignore"):  # what overflows is reported once, below
                for batch in batches:
                    logits, cache = mlp_forward(params, x[batch], activation=activation)
                    loss, dlogits = softmax_cross_entropy(logits, labels[batch])
                    if not np.isfinite(loss):
                        raise ValueError(f"the loss is {loss}")
                    _, gradient, flow = mlp_backward(params, cache, dlogits)
                    params = sgd_step(params, gradient, learning_rate)
                    batch_losses.append(loss)
                    batch_norms.append([np.linalg.norm(da) for da in flow.da])
                accuracies.append(accuracy(params, x_test, labels_test, activation=activation))
        except ValueError as error:  # the arguments were checked: only NaN or infinity is left
            raise FloatingPointError(f"training diverged in epoch {epoch + 1}: {error}") from error
        losses.append(np.mean(batch_losses))
        norms.append(np.mean(batch_norms, axis=0))
    return params, History(np.array(losses), np.array(accuracies), np.array(norms))


def _examples(params, data, part):
    width, dtype = params.weights[0].shape[1], params.weights[0].dtype
    x = as_array(f"data.x_{part}", getattr(data, f"x_{part}"), f"(B, n_0={width})", dtype=dtype)
    labels = getattr(data, f"labels_{part}")
    return x, as_labels(f"data.labels_{part}", labels, len(x), len(params.biases[-1]))


def _progress(iterable, show):
    if not show:
        return iterable
    from tqdm.auto import tqdm

    return tqdm(iterable, unit="epoch")
