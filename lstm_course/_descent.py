"""One loop of training for every model: epochs and mini-batches, optimiser, clipping, schedule, history.

A model is two functions. ``loss_and_gradient(params, batch)`` gets the indices of some examples and returns
their loss and its gradient, and, if it likes, the norms to be remembered of this step. ``score(params)`` is
what one wants to know after each epoch. Both know the data themselves, whatever they look like.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from lstm_course._arguments import NotFiniteError, as_generator, as_integer, as_number, choose
from lstm_course._params import check_params, leaves
from lstm_course.optim import adam_step, clip_by_norm, global_norm, sgd_step

OPTIMIZERS = {
    "adam": adam_step,
    "sgd": lambda params, gradient, learning_rate, _: (sgd_step(params, gradient, learning_rate), None),
}


class Divergence(FloatingPointError):
    """A training met a number that is not finite. What it had until then is not lost.

    Attributes
    ----------
    params
        The last finite weights: those before the step that failed.
    history
        Of the epochs that came to their end.
    losses : list of float
        Of the steps of the epoch that did not.
    """

    def __init__(self, message, params=None, history=None, losses=()):
        super().__init__(message)
        self.params, self.history, self.losses = params, history, losses


def descend(
    params,
    loss_and_gradient,
    examples,
    rng,
    *,
    history,
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
    """Train any model by mini-batch gradient descent; `lstm_course.training.train` says what all this is.

    `history` makes the record from three lists with an entry an epoch: mean loss, score, and the array of
    what was remembered of each step's gradient, (steps, ...).
    """
    check_params("params", params)
    rng, step_of = as_generator("rng", rng), _as_optimizer(optimizer)
    examples = as_integer("examples", examples, at_least=1)
    epochs = as_integer("epochs", epochs, at_least=1)
    batch_size = as_integer("batch_size", batch_size, at_least=1)
    learning_rate = as_number("learning_rate", learning_rate, above=0)
    clip_norm = None if clip_norm is None else as_number("clip_norm", clip_norm, above=0)
    check_callable("loss_and_gradient", loss_and_gradient)
    for name, function in (("score", score), ("schedule", schedule), ("on_epoch", on_epoch)):
        if function is not None:
            check_callable(name, function)

    record: tuple[list, list, list] = ([], [], [])
    count = -(-examples // batch_size)  # batches of an epoch, as equal as can be
    state: Any = None
    for epoch in _progress(range(epochs), progress):
        batches = np.array_split(rng.permutation(examples), count)
        losses, norms, where = [], [], ""
        try:
            with np.errstate(all="ignore"):  # what overflows is reported once, below
                for k, batch in enumerate(batches):
                    where = f"at step {k + 1} of {count}"
                    loss, gradient, norm = _as_step(loss_and_gradient(params, batch), clip_norm)
                    rate = learning_rate if schedule is None else _rate(schedule, epoch, epoch * count + k)
                    stepped, state = step_of(params, gradient, rate, state)
                    for leaf in leaves(stepped):
                        _check_finite("a weight", leaf)
                    params = stepped
                    losses.append(loss)
                    norms.append(norm)
                where, value = "after its last step", np.nan
                if score is not None:
                    value = _as_scalar("score must return", score(params))
                    _check_finite("the score", value)
        except NotFiniteError as error:
            message = f"training diverged in epoch {epoch + 1}: {where}, {error}"
            raise Divergence(message, params, history(*record), losses) from error
        for entries, entry in zip(record, (np.mean(losses), value, np.array(norms)), strict=True):
            entries.append(entry)
        if on_epoch is not None and on_epoch(epoch, params, history(*record)):
            break
    return params, history(*record)


def _as_optimizer(optimizer):
    if callable(optimizer):
        return optimizer
    if not isinstance(optimizer, str):
        names = ", ".join(sorted(OPTIMIZERS))
        raise TypeError(f"optimizer must be a name ({names}) or a function, got {type(optimizer).__name__}")
    return choose("optimizer", optimizer, OPTIMIZERS)


def check_callable(name, value):
    """Raise a TypeError unless `value` can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {type(value).__name__}")


def _as_step(returned, clip_norm):
    """Take what the model returned: its loss, its gradient, clipped, and the norm to be remembered."""
    if not isinstance(returned, tuple) or len(returned) not in (2, 3):
        got = f"{len(returned)} values" if isinstance(returned, tuple) else type(returned).__name__
        raise TypeError(
            f"loss_and_gradient must return (loss, gradient) or (loss, gradient, norms), got {got}"
        )
    loss, gradient, *remembered = returned
    loss = _as_scalar("loss_and_gradient must return, as its loss,", loss)
    _check_finite("the loss", loss)
    norm = remembered[0] if remembered else global_norm(gradient)
    _check_finite("the norm of the gradient", norm)
    if clip_norm is not None:
        whole = global_norm(gradient) if remembered else norm
        _check_finite("the norm of the gradient", whole)
        if whole > clip_norm:
            gradient, _ = clip_by_norm(gradient, clip_norm)
    return loss, gradient, norm


def _as_scalar(what, value):
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{what} a number, got {type(value).__name__}")
    return float(value)


def _check_finite(name, value):
    if not np.isfinite(value).all():
        raise NotFiniteError(f"{name} is {np.asarray(value)[~np.isfinite(value)][0]}")


def _rate(schedule, epoch, step):
    return as_number(f"schedule({epoch}, {step})", schedule(epoch, step), above=0)


def _progress(iterable, show):
    if not show:
        return iterable
    from tqdm.auto import tqdm

    return tqdm(iterable, unit="epoch")
