"""The loop that trains every model: torch's steps, what it calls and when, and what is left when it blows up."""

import dataclasses
import pickle

import numpy as np
import pytest
import torch

from lstm_course._descent import Divergence
from lstm_course._params import safe_norm
from lstm_course.lstm import init_lstm, lstm_backward, lstm_forward
from lstm_course.optim import adam_step
from lstm_course.rnn import RNNParams, rnn_backward, rnn_forward
from lstm_course.training import ModelHistory, train


@dataclasses.dataclass(frozen=True)
class Line:
    """A model of one's own: y = slope · x + offset, with the half squared error."""

    slope: np.ndarray
    offset: np.ndarray

    def loss_and_gradient(self, batch):
        error = X[batch] @ self.slope + self.offset - Y[batch]
        return float(0.5 * np.mean(error**2)), Line(X[batch].T @ error / len(batch), np.array([error.mean()]))


_rng = np.random.default_rng(5)
X = _rng.normal(size=(20, 3))
Y = X @ np.array([1.0, -2.0, 0.5]) + 0.3
START = Line(np.zeros(3), np.zeros(1))


def fit(params=START, model=Line.loss_and_gradient, examples=20, rng=None, **options):
    options = {"epochs": 3, "batch_size": 8, "optimizer": "sgd", "learning_rate": 0.1, **options}
    return train(params, model, examples, np.random.default_rng(0) if rng is None else rng, **options)


# What it computes


@pytest.mark.parametrize("optimizer", ["sgd", "adam", adam_step])
@pytest.mark.parametrize("clip_norm", [None, 1.5])
@pytest.mark.parametrize("schedule", [None, lambda epoch, step: 0.1 / (1 + epoch) + 0.01 * step])
def test_a_model_of_ones_own_makes_the_steps_of_torch(assert_close, optimizer, clip_norm, schedule):
    params, history = fit(optimizer=optimizer, clip_norm=clip_norm, schedule=schedule, learning_rate=0.05)
    slope, offset = (torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (3, 1))
    kind = torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam
    step, rng = kind([slope, offset], lr=0.05), np.random.default_rng(0)
    losses, norms, count = [], [], 0
    for epoch in range(3):
        for batch in np.array_split(rng.permutation(20), 3):
            if schedule is not None:
                step.param_groups[0]["lr"] = schedule(epoch, count)
            count += 1
            step.zero_grad()
            loss = 0.5 * ((torch.tensor(X[batch]) @ slope + offset - torch.tensor(Y[batch])) ** 2).mean()
            loss.backward()
            norms.append(torch.nn.utils.get_total_norm([slope.grad, offset.grad]).item())
            if clip_norm is not None and norms[-1] > clip_norm:
                for leaf in (slope, offset):
                    leaf.grad *= clip_norm / norms[-1]
            step.step()
            losses.append(loss.item())
    assert_close(params.slope, slope.detach().numpy(), 1e-12)
    assert_close(params.offset, offset.detach().numpy(), 1e-12)
    assert_close(history.loss, np.reshape(losses, (3, 3)).mean(axis=1), 1e-12)
    assert_close(history.gradient_norms, np.reshape(norms, (3, 3)), 1e-12)
    assert clip_norm is None or max(norms) > clip_norm > min(norms)  # some were clipped, and some were not


def test_every_example_is_shown_once_an_epoch_in_batches_as_equal_as_can_be():
    shown = []

    def model(params, batch):
        shown.append(batch)
        return params.loss_and_gradient(batch)

    fit(model=model)
    assert [len(batch) for batch in shown] == [7, 7, 6] * 3
    for epoch in range(3):
        assert sorted(np.concatenate(shown[3 * epoch : 3 * epoch + 3])) == list(range(20))
    assert (shown[0] != shown[3]).any()  # in another order


def test_the_history_has_the_score_after_each_epoch_and_the_models_own_norms():
    seen = []

    def model(params, batch):
        loss, gradient = params.loss_and_gradient(batch)
        return loss, gradient, [safe_norm(gradient.slope), safe_norm(gradient.offset)]

    params, history = fit(model=model, score=lambda params: seen.append(params) or params.offset[0])
    assert isinstance(history, ModelHistory)
    assert history.score.tolist() == [p.offset[0] for p in seen]
    assert history.score[-1] == params.offset[0]
    assert history.gradient_norms.shape == (3, 3, 2)
    _, plain = fit()
    np.testing.assert_allclose(
        np.linalg.norm(history.gradient_norms, axis=2), plain.gradient_norms, rtol=1e-14
    )
    assert np.isnan(plain.score).all()
    _, clipped = fit(model=model, clip_norm=1e-3)  # what the model wants remembered stays so
    assert clipped.gradient_norms.shape == (3, 3, 2)


def test_a_function_is_called_after_each_epoch_and_may_stop_the_training():
    calls = []

    def on_epoch(epoch, params, history):
        calls.append((epoch, params, len(history.loss), history.loss[epoch]))
        return epoch == 1

    params, history = fit(on_epoch=on_epoch, epochs=9)
    assert [call[0] for call in calls] == [0, 1]
    assert [call[2] for call in calls] == [1, 2]
    assert calls[1][1] is params
    assert history.loss.tolist() == [call[3] for call in calls]
    straight, _ = fit(epochs=2)
    np.testing.assert_array_equal(params.slope, straight.slope)
    assert len(fit(on_epoch=lambda *_: None)[1].loss) == 3


def test_the_best_parameters_can_be_kept():
    best = {}

    def keep(epoch, params, history):
        if history.score[epoch] == history.score.max():
            best.update(params=params, epoch=epoch)
        return epoch - best["epoch"] >= 2

    def score(params):
        return -abs(params.offset[0] - 0.1)  # the offset goes to .3 and passes .1

    _, history = fit(on_epoch=keep, score=score, epochs=50, learning_rate=0.05)
    assert len(history.score) == best["epoch"] + 3 < 50
    assert score(best["params"]) == history.score.max() > history.score[-1]


def test_the_state_of_an_optimiser_of_ones_own_goes_from_step_to_step():
    seen = []

    def momentum(params, gradient, rate, state):
        seen.append((rate, state))
        velocity = Line(
            *(0.9 * v + g for v, g in zip(state or (0, 0), dataclasses.astuple(gradient), strict=True))
        )
        return Line(
            params.slope - rate * velocity.slope, params.offset - rate * velocity.offset
        ), dataclasses.astuple(velocity)

    params, _ = fit(optimizer=momentum)
    slope = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    offset = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    step, rng = torch.optim.SGD([slope, offset], lr=0.1, momentum=0.9), np.random.default_rng(0)
    for _ in range(3):
        for batch in np.array_split(rng.permutation(20), 3):
            step.zero_grad()
            (
                0.5 * ((torch.tensor(X[batch]) @ slope + offset - torch.tensor(Y[batch])) ** 2).mean()
            ).backward()
            step.step()
    np.testing.assert_allclose(params.slope, slope.detach().numpy(), rtol=1e-12)
    assert seen[0] == (0.1, None)
    assert all(state is not None for _, state in seen[1:])


def test_the_progress_bar_changes_nothing(capsys):
    plain, _ = fit()
    assert capsys.readouterr().err == ""
    shown, _ = fit(progress=True)
    assert "3/3" in capsys.readouterr().err
    np.testing.assert_array_equal(plain.slope, shown.slope)


# What is left when it blows up


def broken(what, at):
    """The line's model, but its call number `at`, counted from 1, gives a number that is not finite."""
    calls = []

    def model(params, batch):
        calls.append(params)
        loss, gradient = params.loss_and_gradient(batch)
        spoilt = dataclasses.replace(gradient, slope=np.array([1.0, np.nan, 1.0]))
        return {
            "loss": (np.inf, gradient),
            "gradient": (loss, spoilt),
            "norms": (loss, gradient, [1.0, np.inf]),
            "gradient beside norms": (loss, spoilt, [1.0, 2.0]),
        }[what] if len(calls) == at else (loss, gradient, [1.0, 1.0])[: 2 + ("norms" in what)]  # fmt: skip

    return model, calls


@pytest.mark.parametrize(
    ("what", "said"),
    [("loss", "the loss is inf"), ("gradient", "the norm of the gradient is nan"),
     ("norms", "the norm of the gradient is inf"), ("gradient beside norms", ".* nan")],
)  # fmt: skip
@pytest.mark.parametrize("clip_norm", [None, 1.0])
def test_what_is_not_finite_ends_the_training_and_nothing_is_lost(what, said, clip_norm):
    model, calls = broken(what, 8)  # the second step of the third epoch
    options = {"clip_norm": clip_norm, "score": lambda params: params.offset[0]}
    with pytest.raises(
        FloatingPointError, match=rf"^training diverged in epoch 3: at step 2 of 3, {said}$"
    ) as caught:
        fit(model=model, **options)
    assert caught.value.params is calls[7]  # those that met the number
    whole, history = fit(model=broken(what, -1)[0], epochs=2, **options)
    np.testing.assert_array_equal(whole.slope, calls[6].slope)
    for ours, theirs in zip(caught.value.history, history, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert caught.value.losses == [calls[6].loss_and_gradient(np.array_split(third_epoch(), 3)[0])[0]]


def third_epoch():
    rng = np.random.default_rng(0)
    return [rng.permutation(20) for _ in range(3)][2]


def test_weights_that_overflow_are_not_kept():
    with pytest.raises(
        FloatingPointError,
        match=r"^training diverged in epoch 1: at step 1 of 3, gradient.slope is too large: the step overflows float64$",
    ) as caught:
        fit(learning_rate=1e308, model=lambda params, batch: (1.0, Line(np.full(3, 1e10), np.ones(1))))
    assert caught.value.params is START
    assert caught.value.history.loss.shape == (0,)
    assert caught.value.losses == []


def test_a_score_that_is_not_finite_ends_the_training_after_the_epoch():
    with pytest.raises(
        FloatingPointError, match=r"^training diverged in epoch 1: after its last step, the score is nan$"
    ) as caught:
        fit(score=lambda params: np.nan)
    straight, _ = fit(epochs=1)
    np.testing.assert_array_equal(caught.value.params.slope, straight.slope)
    assert len(caught.value.losses) == 3


def test_an_error_of_ones_own_model_is_not_called_divergence():
    def model(params, batch):
        raise ValueError("the data must be finite, said my own model")

    with pytest.raises(ValueError, match=r"^the data must be finite, said my own model$"):
        fit(model=model)

    def score(params):
        raise ValueError("no test set")

    with pytest.raises(ValueError, match=r"^no test set$"):
        fit(score=score)

    def on_epoch(epoch, params, history):
        raise ValueError("disk full")

    with pytest.raises(ValueError, match=r"^disk full$"):
        fit(on_epoch=on_epoch)


def test_what_a_function_of_the_package_says_of_its_numbers_is_divergence(rng):
    """A recurrent model of one's own whose outputs overflow: the gradient shows it, and the loop notices."""
    x = rng.normal(size=(4, 20, 2))

    def model(params, batch):
        h, _, cache = lstm_forward(params, x[:, batch])
        *_, gradient = lstm_backward(params, cache, h * np.inf)
        return 1.0, gradient

    with pytest.raises(
        FloatingPointError,
        match=r"^training diverged in epoch 1: at step 1 of 3, the norm of the gradient is nan",
    ) as caught:
        fit(init_lstm(2, 3, rng), model)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_gradient_that_overflows_on_its_way_back_is_divergence(rng):
    """200 steps through W = 100: dL/dh grows to 1e400, whether that is said by an error or by inf."""
    params = RNNParams(np.ones((2, 2)), 100 * np.eye(2), np.zeros(2))

    def model(params, batch):
        h, _, cache = rnn_forward(params, np.zeros((200, len(batch), 2)))
        *_, gradient = rnn_backward(params, cache, np.ones_like(h))
        return 1.0, gradient

    with pytest.raises(
        FloatingPointError, match=r"^training diverged in epoch 1: at step 1 of 3, "
    ) as caught:
        fit(params, model)
    assert caught.value.params is params


def test_the_callers_floating_point_settings_come_back():
    before = np.geterr()
    during = []
    with pytest.raises(FloatingPointError):
        fit(model=broken("loss", 2)[0], on_epoch=lambda *_: during.append(np.geterr()))
    fit(on_epoch=lambda *_: during.append(np.geterr()))
    assert during == [before] * 3
    assert np.geterr() == before


def test_a_divergence_survives_the_way_between_processes():
    with pytest.raises(Divergence) as caught:
        fit(model=broken("loss", 5)[0])
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    np.testing.assert_array_equal(again.params.slope, caught.value.params.slope)
    np.testing.assert_array_equal(again.history.loss, caught.value.history.loss)
    assert again.losses == caught.value.losses


COMPLAINTS = [
    ({"params": {"slope": 1}}, TypeError, "params must be a dataclass of numbers and arrays, got dict"),
    ({"params": (START, None)}, TypeError, "params must be a dataclass of numbers and arrays, got a tuple of 2: unpack what the last step returned"),
    ({"model": None}, TypeError, "loss_and_gradient must be a function, got NoneType"),
    ({"examples": 0}, ValueError, "examples must be at least 1, got 0"),
    ({"examples": X}, TypeError, "examples must be an integer, got ndarray"),
    ({"rng": 0}, TypeError, r"rng must be a numpy\.random\.Generator"),
    ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
    ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
    ({"learning_rate": -1}, ValueError, "learning_rate must be greater than 0"),
    ({"clip_norm": 0}, ValueError, "clip_norm must be greater than 0"),
    ({"optimizer": "lion"}, ValueError, "optimizer must be one of adam, sgd, got 'lion'"),
    ({"optimizer": 3}, TypeError, r"optimizer must be a name \(adam, sgd\) or a function, got int"),
    ({"schedule": 0.1}, TypeError, "schedule must be a function, got float"),
    ({"score": 0.1}, TypeError, "score must be a function, got float"),
    ({"on_epoch": True}, TypeError, "on_epoch must be a function, got bool"),
    ({"schedule": lambda epoch, step: 1 - step}, ValueError, r"schedule\(0, 1\) must be greater than 0, got 0"),
    ({"schedule": lambda epoch, step: None}, TypeError, r"schedule\(0, 0\) must be a number, got NoneType"),
    ({"schedule": lambda epoch, step: np.nan}, ValueError, r"schedule\(0, 0\) must be finite, got nan"),
    ({"score": lambda params: None}, TypeError, "score must return a number, got NoneType"),
    ({"model": lambda params, batch: 1.0}, TypeError,
     r"loss_and_gradient must return \(loss, gradient\) or \(loss, gradient, norms\), got float"),
    ({"model": lambda params, batch: (1.0, params, [1], 2)}, TypeError, "must return .*got 4 values"),
    ({"model": lambda params, batch: (np.ones(3), params)}, TypeError,
     "loss_and_gradient must return, as its loss, a number, got ndarray"),
    ({"model": lambda params, batch: (1.0, {})}, TypeError, "gradient must be a dataclass of numbers and arrays, got dict"),
    ({"model": lambda params, batch: (1.0, dataclasses.replace(params, slope=np.ones(2)))}, ValueError,
     r"gradient.slope must have shape \(n0=3\), got \(2,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error", "message"), COMPLAINTS)
def test_bad_arguments_and_answers_are_named(change, error, message):
    with pytest.raises(error, match=message) as caught:
        fit(**change)
    assert type(caught.value) is error  # and not called divergence
