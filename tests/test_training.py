"""The training loop: it learns, it repeats itself, and it says so when it blows up."""

import numpy as np
import pytest
import torch

from lstm_course.losses import softmax_cross_entropy
from lstm_course.network import MLPParams, init_mlp, mlp_backward, mlp_forward
from lstm_course.tasks import Split, digits
from lstm_course.training import accuracy, train_classifier


@pytest.fixture(scope="module")
def data():
    return digits()


def train(data, sizes=(64, 32, 10), seed=0, **options):
    options = {"activation": "tanh", "epochs": 3, **options}
    return train_classifier(
        init_mlp(sizes, np.random.default_rng(seed)), data, np.random.default_rng(1), **options
    )


def blobs(rng, classes=3, dtype=np.float64):
    """Three clouds of points in the plane."""
    centres = 4 * np.eye(classes, 2) - 2 * (np.arange(classes) == 2)[:, None]
    labels = rng.integers(0, classes, 90)
    x = (centres[labels] + rng.normal(0, 0.3, (90, 2))).astype(dtype)
    return Split(x[:60], labels[:60], x[60:], labels[60:])


def test_a_shallow_tanh_network_learns_the_digits(data):
    params, history = train(data, epochs=5, learning_rate=0.1)
    assert history.accuracy[-1] > 0.9
    assert (np.diff(history.loss) < 0).all()
    assert history.loss[0] > 4 * history.loss[-1]
    logits, _ = mlp_forward(params, data.x_test, activation="tanh")
    assert history.accuracy[-1] == (logits.argmax(axis=1) == data.labels_test).mean()


def test_s0_11_tanh_learns_faster_than_sigmoid(data):
    final = {name: train(data, (64, 64, 64, 10), activation=name, epochs=8, learning_rate=0.05)[1].accuracy[-1]
             for name in ("tanh", "sigmoid")}  # fmt: skip
    assert final["tanh"] > 0.92
    assert final["tanh"] > final["sigmoid"] + 0.1


def test_the_history_has_one_entry_an_epoch_and_one_norm_a_layer(data):
    _, history = train(data, (64, 20, 15, 10), epochs=4)
    assert (history.loss.shape, history.accuracy.shape, history.gradient_norms.shape) == ((4,), (4,), (4, 3))
    assert (history.gradient_norms > 0).all()


def test_the_same_seeds_give_the_same_run_and_other_seeds_another(data):
    params, history = train(data)
    again, history_again = train(data)
    for ours, theirs in zip((*params.weights, *history), (*again.weights, *history_again), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    other, _ = train(data, seed=7)
    assert (params.weights[0] != other.weights[0]).any()


def test_nothing_given_is_written_to(rng):
    data = blobs(rng)
    params = init_mlp((2, 5, 3), rng)
    for array in (*params.weights, *params.biases, *data):
        array.flags.writeable = False
    train_classifier(params, data, rng, epochs=2)


@pytest.mark.parametrize("batch_size", [60, 1000])
def test_full_batches_make_the_steps_of_torch(rng, assert_close, batch_size):
    data = blobs(rng)
    start = init_mlp((2, 6, 3), rng)
    params, history = train_classifier(
        start, data, rng, activation="tanh", epochs=5, batch_size=batch_size, learning_rate=0.3
    )
    leaves = [torch.tensor(p, requires_grad=True) for p in (*start.weights, *start.biases)]
    w1, w2, b1, b2 = leaves
    optimiser = torch.optim.SGD(leaves, lr=0.3)
    losses, norms = [], []
    for _ in range(5):
        a1 = torch.nn.functional.linear(torch.tensor(data.x_train), w1, b1)
        a2 = torch.nn.functional.linear(torch.tanh(a1), w2, b2)
        loss = torch.nn.functional.cross_entropy(a2, torch.tensor(data.labels_train))
        da = torch.autograd.grad(loss, (a1, a2), retain_graph=True)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        norms.append([d.norm().item() for d in da])
    assert_close(history.loss, losses, 1e-12)
    assert_close(history.gradient_norms, norms, 1e-12)
    for ours, leaf in zip((*params.weights, *params.biases), leaves, strict=True):
        assert_close(ours, leaf.detach().numpy(), 1e-12)


def test_one_epoch_shows_every_example_once(rng, monkeypatch):
    seen = []

    def spy(logits, labels):
        seen.append(len(labels))
        return softmax_cross_entropy(logits, labels)

    monkeypatch.setattr("lstm_course.training.softmax_cross_entropy", spy)
    train_classifier(init_mlp((2, 3), rng), blobs(rng), rng, epochs=2, batch_size=16)
    assert seen == [15, 15, 15, 15] * 2  # four batches of 60 examples: as equal as can be


def test_float32_stays_float32(rng):
    params, _ = train_classifier(
        init_mlp((2, 4, 3), rng, dtype=np.float32), blobs(rng, dtype=np.float32), rng
    )
    assert all(p.dtype == np.float32 for p in (*params.weights, *params.biases))


def test_accuracy_is_the_fraction_of_right_rows():
    params = MLPParams([np.eye(3)], [np.zeros(3)])
    assert accuracy(params, np.eye(3), [0, 1, 0]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match=r"labels must have shape \(B=3,\), got \(2,\)"):
        accuracy(params, np.eye(3), [0, 1])


def test_the_accuracy_of_every_epoch_is_that_of_the_test_set(rng):
    """A test set with the labels turned round tells it from the training set."""
    data = blobs(rng)
    data = data._replace(labels_test=(data.labels_test + 1) % 3)
    epochs = []
    params, history = train_classifier(
        init_mlp((2, 8, 3), rng),
        data,
        rng,
        activation="tanh",
        epochs=6,
        on_epoch=lambda *each: epochs.append(each),
    )
    assert accuracy(params, data.x_train, data.labels_train, activation="tanh") > 0.9
    for epoch, then, so_far in epochs:
        logits, _ = mlp_forward(then, data.x_test, activation="tanh")
        assert so_far.accuracy[epoch] == (logits.argmax(axis=1) == data.labels_test).mean()
    assert history.accuracy[-1] < 0.1
    assert epochs[-1][1] is params


def test_gradient_norms_do_not_underflow(rng, assert_close):
    """Squares of 1e-170 are zero; the norm is not."""
    data, start = blobs(rng), init_mlp((2, 4, 3), rng)
    tiny = MLPParams((start.weights[0], start.weights[1] * 1e-170), start.biases)
    _, history = train_classifier(tiny, data, rng, activation="identity", epochs=1, batch_size=60)
    logits, cache = mlp_forward(tiny, data.x_train, activation="identity")
    da = mlp_backward(tiny, cache, softmax_cross_entropy(logits, data.labels_train)[1])[2].da[0]
    largest = np.abs(da).max()
    assert 0 < largest < 1e-165
    assert_close(history.gradient_norms[0, 0], largest * np.linalg.norm(da / largest), 1e-13)


@pytest.mark.parametrize(("optimizer", "clip_norm"), [("adam", None), ("sgd", 0.1), ("adam", 0.1)])
def test_its_options_make_the_steps_of_torch(rng, assert_close, optimizer, clip_norm):
    data, start = blobs(rng), init_mlp((2, 6, 3), rng)
    params, history = train_classifier(
        start, data, rng, activation="tanh", epochs=5, batch_size=60, optimizer=optimizer, clip_norm=clip_norm,
        schedule=lambda epoch, step: 0.1 / (1 + step),
    )  # fmt: skip
    leaves = [torch.tensor(p, requires_grad=True) for p in (*start.weights, *start.biases)]
    w1, w2, b1, b2 = leaves
    step = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](leaves, lr=0.1)
    for k in range(5):
        step.param_groups[0]["lr"] = 0.1 / (1 + k)
        step.zero_grad()
        a2 = torch.tanh(torch.tensor(data.x_train) @ w1.T + b1) @ w2.T + b2
        torch.nn.functional.cross_entropy(a2, torch.tensor(data.labels_train)).backward()
        norm = torch.sqrt(sum((leaf.grad**2).sum() for leaf in leaves)).item()
        if clip_norm is not None:
            assert norm > clip_norm
            for leaf in leaves:
                leaf.grad *= clip_norm / norm
        step.step()
    for ours, leaf in zip((*params.weights, *params.biases), leaves, strict=True):
        assert_close(ours, leaf.detach().numpy(), 1e-9)
    assert history.gradient_norms.shape == (5, 2)


def test_what_a_divergence_leaves_can_go_on(rng):
    data, start = blobs(rng), init_mlp((2, 8, 3), rng)
    with pytest.raises(
        FloatingPointError, match=r"^training diverged in epoch 3: at step 1 of 3, "
    ) as caught:
        train_classifier(
            start, data, np.random.default_rng(1), activation="relu", batch_size=20,
            schedule=lambda epoch, step: 0.1 if step < 5 else 1e200,
        )  # fmt: skip
    error = caught.value
    params, history = train_classifier(
        start, data, np.random.default_rng(1), activation="relu", batch_size=20, epochs=2,
        schedule=lambda epoch, step: 0.1 if step < 5 else 1e200,
    )  # fmt: skip
    np.testing.assert_equal(error.history, history)
    assert type(error.history) is type(history)
    np.testing.assert_array_equal(error.params.weights[0], params.weights[0])
    assert error.losses == []


@pytest.mark.parametrize(
    ("activation", "learning_rate", "dtype"),
    [("elu", 1e3, np.float64), ("relu", 1e160, np.float64), ("identity", 1e30, np.float64), ("relu", 1e25, np.float32),
     ("tanh", 1e308, np.float64)],
)  # fmt: skip
def test_divergence_names_the_epoch_and_leaks_no_warning(rng, activation, learning_rate, dtype):
    data = blobs(rng, dtype=dtype)
    params = init_mlp((2, 8, 8, 3), rng, dtype=dtype)
    with pytest.raises(
        FloatingPointError,
        match=r"^training diverged in epoch [1-4]: (at step [1-3] of 3|after its last step), ",
    ):
        train_classifier(  # a NumPy warning on the way would be an error of its own (pyproject.toml)
            params, data, rng, activation=activation, epochs=50, learning_rate=learning_rate, batch_size=20
        )


def test_the_callers_floating_point_settings_come_back_after_a_divergence(rng):
    before = np.geterr()
    with pytest.raises(FloatingPointError):
        train_classifier(init_mlp((2, 8, 3), rng), blobs(rng), rng, activation="relu", learning_rate=1e200)
    assert np.geterr() == before


def test_the_progress_bar_changes_nothing(rng, capsys):
    data = blobs(rng)
    start = init_mlp((2, 3), rng)
    plain, _ = train_classifier(start, data, np.random.default_rng(0), epochs=2)
    assert capsys.readouterr().err == ""
    shown, _ = train_classifier(start, data, np.random.default_rng(0), epochs=2, progress=True)
    assert "2/2" in capsys.readouterr().err
    np.testing.assert_array_equal(plain.weights[0], shown.weights[0])


GOOD = blobs(np.random.default_rng(0))
COMPLAINTS = [
    ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
    ({"epochs": 1.5}, TypeError, "epochs must be an integer, got float"),
    ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
    ({"learning_rate": 0}, ValueError, "learning_rate must be greater than 0"),
    ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number, got str"),
    ({"params": {"weights": ()}}, TypeError, "params must be an MLPParams, got dict"),
    ({"data": (GOOD.x_train, GOOD.labels_train)}, TypeError, r"data must have x_train, as a tasks\.Split has, got tuple"),
    ({"clip_norm": 0}, ValueError, "clip_norm must be greater than 0"),
    ({"optimizer": "lion"}, ValueError, "optimizer must be one of adam, sgd, got 'lion'"),
    ({"on_epoch": 1}, TypeError, "on_epoch must be a function, got int"),
    ({"activation": "swish"}, ValueError, "activation must be one of .*got 'swish'"),
    ({"rng": 0}, TypeError, r"rng must be a numpy\.random\.Generator"),
    ({"data": GOOD._replace(x_train=np.ones((60, 3)))}, ValueError,
     r"data\.x_train must have shape \(B, n_0=2\), got \(60, 3\)"),
    ({"data": GOOD._replace(x_test=np.ones((30, 3)))}, ValueError, r"data\.x_test must have shape \(B, n_0=2\)"),
    ({"data": GOOD._replace(x_test=np.zeros((0, 2)))}, ValueError, r"data\.x_test must not be empty"),
    ({"data": GOOD._replace(x_train=GOOD.x_train.astype(np.float32))}, TypeError,
     r"data\.x_train must have dtype float64 like the rest, got float32"),
    ({"data": GOOD._replace(x_train=np.full((60, 2), np.nan))}, ValueError, r"data\.x_train must be finite"),
    ({"data": GOOD._replace(labels_train=GOOD.labels_train + 1)}, ValueError, r"data\.labels_train must lie in 0\.\.2"),
    ({"data": GOOD._replace(labels_test=GOOD.labels_test[:3])}, ValueError,
     r"data\.labels_test must have shape \(B=30,\), got \(3,\)"),
    ({"data": GOOD._replace(labels_train=GOOD.labels_train * 1.0)}, TypeError,
     r"data\.labels_train must be an array of integers"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named_before_the_first_step(change, error, message, rng, monkeypatch):
    monkeypatch.setattr("lstm_course.training.mlp_forward", None)  # not reached
    arguments = {"params": init_mlp((2, 3), rng), "data": GOOD, "rng": rng, **change}
    with pytest.raises(error, match=message):
        train_classifier(**arguments)
