"""Sequence classification: gradients and steps are torch's, it learns, and it says so when it blows up."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import GRU, LSTM, RNN, as_dict

from lstm_course.gradcheck import check_gradients
from lstm_course.gru import init_gru
from lstm_course.lstm import init_lstm
from lstm_course.lstm_variants import init_peephole_lstm
from lstm_course.rnn import init_rnn
from lstm_course.sequence_training import (
    SequenceClassifier,
    init_sequence_classifier,
    sequence_accuracy,
    sequence_gradient,
    sequence_logits,
    train_sequence_classifier,
)
from lstm_course.tasks import Split, delayed_digits

INITS = {"rnn": init_rnn, "lstm": init_lstm, "gru": init_gru}
NETS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
EVERY = pytest.mark.parametrize("kind", INITS)


def classifier(kind, n_in=2, n=6, classes=3, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return init_sequence_classifier(INITS[kind](n_in, n, rng, dtype=dtype), classes, rng)


def leaves(params):
    return {**as_dict(params.recurrent), "weight": params.weight, "bias_out": params.bias}


def first_symbol(rng, steps=5, examples=60, classes=3, dtype=np.float64):
    """Sequences of noise whose class is the place of a mark in the first step."""
    labels = rng.integers(0, classes, examples)
    x = 0.1 * rng.normal(size=(steps, examples, classes - 1))
    x[0] += 2 * np.eye(classes, classes - 1)[labels]
    x = x.astype(dtype)
    return Split(x[:, ::2], labels[::2], x[:, 1::2], labels[1::2])


def torch_loss(kind, tensors, x, labels):
    """The loss by a textbook step and torch's own cross-entropy."""
    names = ("weight", "bias_out")
    recurrent = {k: v for k, v in tensors.items() if k not in names}
    h0 = torch.zeros(x.shape[1], recurrent["weight_hh"].shape[1], dtype=torch.float64)
    states = tuple(h0 for _ in NETS[kind].states)
    for x_t in torch.tensor(x):
        states = NETS[kind].torch_step(x_t, states, recurrent)
        states = states if isinstance(states, tuple) else (states,)
    logits = torch.nn.functional.linear(states[0], tensors["weight"], tensors["bias_out"])
    return torch.nn.functional.cross_entropy(logits, torch.tensor(labels)), logits


def as_tensors(params):
    return {name: torch.tensor(value, requires_grad=True) for name, value in leaves(params).items()}


# The gradient


@EVERY
@given(
    steps=st.integers(1, 7),
    batch=st.integers(1, 5),
    n_in=st.integers(1, 4),
    n=st.integers(1, 5),
    classes=st.integers(2, 4),
    seed=st.integers(0, 10**6),
)
def test_the_whole_gradient_is_torchs(assert_close, kind, steps, batch, n_in, n, classes, seed):
    rng = np.random.default_rng(seed)
    params = classifier(kind, n_in, n, classes, seed)
    params = dataclasses.replace(params, bias=rng.normal(size=classes))
    x, labels = rng.normal(size=(steps, batch, n_in)), rng.integers(0, classes, batch)
    tensors = as_tensors(params)
    theirs, logits = torch_loss(kind, tensors, x, labels)
    theirs.backward()
    loss, gradient = sequence_gradient(params, x, labels)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    assert_close(sequence_logits(params, x), logits.detach().numpy(), 1e-12)
    for name, ours in leaves(gradient).items():
        assert_close(ours, tensors[name].grad.numpy(), 1e-10)


@EVERY
def test_the_whole_gradient_is_a_finite_difference(kind, rng):
    params = classifier(kind, 2, 3, 3)
    x, labels = rng.normal(size=(4, 5, 2)), rng.integers(0, 3, 5)

    def loss(p):
        recurrent = type(params.recurrent)(**{k: p[k] for k in as_dict(params.recurrent)})
        return sequence_gradient(SequenceClassifier(recurrent, p["weight"], p["bias_out"]), x, labels)[0]

    gradient = sequence_gradient(params, x, labels)[1]
    check_gradients(loss, leaves(params), leaves(gradient), tolerance=1e-7)


# The loop


@EVERY
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("clip_norm", [None, 0.01])
def test_full_batches_make_the_steps_of_torch(rng, assert_close, kind, optimizer, clip_norm):
    data, start = first_symbol(rng), classifier(kind)
    params, history = train_sequence_classifier(
        start,
        data,
        rng,
        epochs=4,
        batch_size=30,
        optimizer=optimizer,
        learning_rate=0.02,
        clip_norm=clip_norm,
    )
    tensors = as_tensors(start)
    step = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](list(tensors.values()), lr=0.02)
    losses, norms = [], []
    for _ in range(4):
        loss, _ = torch_loss(kind, tensors, data.x_train, data.labels_train)
        step.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((t.grad**2).sum() for t in tensors.values()))
        if clip_norm is not None:
            assert norm > clip_norm
            for t in tensors.values():
                t.grad *= clip_norm / norm
        step.step()
        losses.append(loss.item())
        norms.append([norm.item()])
    assert_close(history.loss, losses, 1e-11)
    assert_close(history.gradient_norms, norms, 1e-10)
    for name, ours in leaves(params).items():
        assert_close(ours, tensors[name].detach().numpy(), 1e-8)  # Adam divides by what may be tiny


@EVERY
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_it_learns_a_tiny_set_by_heart(rng, kind, optimizer):
    x, labels = rng.normal(size=(4, 8, 2)), np.arange(8) % 3
    params, history = train_sequence_classifier(
        classifier(kind, n=12), Split(x, labels, x, labels), rng, epochs=300, batch_size=8, optimizer=optimizer,
        learning_rate={"sgd": 1.0, "adam": 0.02}[optimizer], clip_norm=1.0,
    )  # fmt: skip
    assert history.loss[-1] < 0.05 < history.loss[0]
    assert history.accuracy[-1] == 1 == sequence_accuracy(params, x, labels)


@EVERY
def test_it_remembers_the_first_symbol(rng, kind):
    data = first_symbol(rng)
    _, history = train_sequence_classifier(classifier(kind), data, rng, epochs=30, batch_size=10)
    assert history.accuracy[-1] > 0.95  # of sequences that it has not seen
    assert history.gradient_norms.shape == (30, 3)
    assert history.loss.shape == history.accuracy.shape == (30,)
    assert (history.gradient_norms > 0).all()


def test_s1_91_a_large_forget_bias_learns_across_a_delay_what_a_small_one_does_not():
    data, final = delayed_digits(20), {}
    for forget_bias in (0.0, 3.0):
        rng = np.random.default_rng(0)
        start = init_sequence_classifier(init_lstm(8, 32, rng, forget_bias=forget_bias), 10, rng)
        _, history = train_sequence_classifier(start, data, rng, epochs=4, learning_rate=0.003, clip_norm=1.0)
        final[forget_bias] = history.accuracy[-1]
    assert final[3.0] > 0.55  # .7 over three seeds
    assert final[0.0] < final[3.0] - 0.2  # .25


@EVERY
def test_the_same_seed_gives_the_same_run_and_nothing_given_is_changed(rng, kind):
    data, start = first_symbol(rng), classifier(kind)
    for array in (*leaves(start).values(), *data):
        array.flags.writeable = False
    (params, history), (again, history2), (other, _) = (
        train_sequence_classifier(start, data, np.random.default_rng(seed), epochs=2, batch_size=7)
        for seed in (1, 1, 2)
    )
    np.testing.assert_equal((leaves(params), history), (leaves(again), history2))
    assert (params.weight != other.weight).any()


def test_one_epoch_shows_every_example_once(rng, monkeypatch):
    seen = []

    def spy(params, x, labels):
        seen.append((x.shape[1], *x[1, :, 0]))
        return sequence_gradient(params, x, labels)

    monkeypatch.setattr("lstm_course.sequence_training.sequence_gradient", spy)
    data = first_symbol(rng)
    train_sequence_classifier(classifier("rnn"), data, rng, batch_size=16, epochs=2)
    assert [s[0] for s in seen] == [15, 15] * 2  # two batches of 30 examples: as equal as can be
    assert sorted(seen[0][1:] + seen[1][1:]) == sorted(data.x_train[1, :, 0])


@EVERY
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_float32_stays_float32(rng, kind, optimizer):
    params, _ = train_sequence_classifier(
        classifier(kind, dtype=np.float32), first_symbol(rng, dtype=np.float32), rng, epochs=2, optimizer=optimizer,
        clip_norm=0.1,
    )  # fmt: skip
    assert all(value.dtype == np.float32 for value in leaves(params).values())


@EVERY
@pytest.mark.parametrize(("dtype", "rate"), [(np.float64, 1e308), (np.float32, 1e38)])
def test_divergence_names_the_epoch_and_leaks_no_warning(rng, kind, dtype, rate):
    before = np.geterr()
    with pytest.raises(FloatingPointError, match=r"training diverged in epoch [1-5]:"):
        train_sequence_classifier(
            classifier(kind, dtype=dtype), first_symbol(rng, dtype=dtype), rng, epochs=5, optimizer="sgd",
            learning_rate=rate, batch_size=10,
        )  # fmt: skip
    assert np.geterr() == before


# Arguments


def test_the_read_out_is_seeded_and_in_the_range_of_torchs_linear():
    first, second = classifier("gru", n=16, classes=40), classifier("gru", n=16, classes=40)
    np.testing.assert_equal(leaves(first), leaves(second))
    assert np.abs(first.weight).max() <= 0.25
    assert first.weight.std() == pytest.approx(0.25 / np.sqrt(3), rel=0.2)
    assert not first.bias.any()


def test_accuracy_is_the_fraction_of_right_sequences():
    recurrent = init_rnn(2, 2, np.random.default_rng(0))
    recurrent = dataclasses.replace(recurrent, weight_ih=np.eye(2), weight_hh=np.zeros((2, 2)))
    params = SequenceClassifier(recurrent, np.eye(2), np.zeros(2))
    x = np.zeros((3, 4, 2))
    x[:2, :, 0], x[2, :, 1] = 5, 1  # only the last step counts here
    assert sequence_accuracy(params, x, [1, 1, 1, 0]) == 0.75
    with pytest.raises(ValueError, match=r"labels must have shape \(B=4,\), got \(2,\)"):
        sequence_accuracy(params, x, [0, 1])


def test_bad_parameters_are_named(rng):
    lstm = init_lstm(2, 3, rng)
    known = "recurrent must be one of RNNParams, LSTMParams, GRUParams, got"
    with pytest.raises(TypeError, match=f"{known} PeepholeLSTMParams"):
        init_sequence_classifier(init_peephole_lstm(2, 3, rng), 2, rng)
    with pytest.raises(TypeError, match=f"{known} str"):
        SequenceClassifier("lstm", np.zeros((2, 3)), np.zeros(2))
    with pytest.raises(ValueError, match=r"weight must have shape \(K, H=3\), got \(3, 2\)"):
        SequenceClassifier(lstm, np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"bias must have shape \(K=2\), got \(3,\)"):
        SequenceClassifier(lstm, np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(TypeError, match="weight must have dtype float64 like the rest, got float32"):
        SequenceClassifier(lstm, np.zeros((2, 3), np.float32), np.zeros(2))
    with pytest.raises(ValueError, match="classes must be at least 2, got 1"):
        init_sequence_classifier(lstm, 1, rng)
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        init_sequence_classifier(lstm, 2, 0)
    with pytest.raises(ValueError, match=r"x must have shape \(T, B, I=2\), got \(4, 2\)"):
        sequence_gradient(classifier("lstm"), np.zeros((4, 2)), [0, 1])
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.2"):
        sequence_gradient(classifier("lstm"), np.zeros((4, 2, 2)), [0, 3])


GOOD = first_symbol(np.random.default_rng(0))
COMPLAINTS = [
    ({"params": init_lstm(2, 3, np.random.default_rng(0))}, TypeError,
     "params must be a SequenceClassifier, got LSTMParams"),
    ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
    ({"epochs": 1.5}, TypeError, "epochs must be an integer, got float"),
    ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
    ({"learning_rate": 0}, ValueError, "learning_rate must be greater than 0"),
    ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number, got str"),
    ({"clip_norm": 0}, ValueError, "clip_norm must be greater than 0"),
    ({"clip_norm": True}, TypeError, "clip_norm must be a number, got bool"),
    ({"optimizer": "lion"}, ValueError, "optimizer must be one of adam, sgd, got 'lion'"),
    ({"optimizer": None}, TypeError, "optimizer must be a string, got NoneType"),
    ({"rng": 0}, TypeError, r"rng must be a numpy\.random\.Generator"),
    ({"data": GOOD._replace(x_train=np.ones((5, 30, 3)))}, ValueError,
     r"data\.x_train must have shape \(T, B, I=2\), got \(5, 30, 3\)"),
    ({"data": GOOD._replace(x_test=np.ones((30, 2)))}, ValueError, r"data\.x_test must have shape \(T, B, I=2\)"),
    ({"data": GOOD._replace(x_test=np.zeros((5, 0, 2)))}, ValueError, r"data\.x_test must not be empty"),
    ({"data": GOOD._replace(x_train=GOOD.x_train.astype(np.float32))}, TypeError,
     r"data\.x_train must have dtype float64 like the rest, got float32"),
    ({"data": GOOD._replace(x_train=np.full((5, 30, 2), np.nan))}, ValueError, r"data\.x_train must be finite"),
    ({"data": GOOD._replace(labels_train=GOOD.labels_train + 1)}, ValueError, r"data\.labels_train must lie in 0\.\.2"),
    ({"data": GOOD._replace(labels_test=GOOD.labels_test[:3])}, ValueError,
     r"data\.labels_test must have shape \(B=30,\), got \(3,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named_before_the_first_step(change, error, message, rng, monkeypatch):
    monkeypatch.setattr("lstm_course.sequence_training.sequence_gradient", None)  # not reached
    arguments = {"params": classifier("lstm"), "data": GOOD, "rng": rng, **change}
    with pytest.raises(error, match=message):
        train_sequence_classifier(**arguments)
