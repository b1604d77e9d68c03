"""Sequence classification: gradients and steps are torch's, it learns, and it says so when it blows up."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import GRU, GRU_BEFORE, LSTM, LSTM_1997, LSTM_PEEPHOLES, RNN, RNN_RELU, as_dict
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_course._params import leaves as all_leaves
from lstm_course.gradcheck import check_gradients
from lstm_course.gru import init_gru
from lstm_course.lstm import init_lstm
from lstm_course.lstm_variants import init_peephole_lstm
from lstm_course.optim import adam_step, clip_by_norm, global_norm, sgd_step
from lstm_course.rnn import init_rnn
from lstm_course.sequence_inputs import pad_sequences
from lstm_course.sequence_losses import sequence_squared_error
from lstm_course.sequence_training import (
    SequenceClassifier,
    SequenceData,
    init_sequence_classifier,
    sequence_accuracy,
    sequence_backward,
    sequence_forward,
    sequence_gradient,
    sequence_logits,
    train_sequence_classifier,
)
from lstm_course.stacked import (
    BidirectionalParams,
    StackedParams,
    init_stacked,
    stacked_backward,
    stacked_forward,
)
from lstm_course.tasks import Split, delayed_digits
from lstm_course.torch_bridge import stacked_from_torch

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
    with pytest.raises(
        FloatingPointError,
        match=r"^training diverged in epoch [1-5]: (at step [1-3] of 3|after its last step), ",
    ):
        train_sequence_classifier(
            classifier(kind, dtype=dtype), first_symbol(rng, dtype=dtype), rng, epochs=5, optimizer="sgd",
            learning_rate=rate, batch_size=10,
        )  # fmt: skip
    assert np.geterr() == before


def test_the_accuracy_of_every_epoch_is_that_of_the_test_set(rng):
    """A test set with the labels turned round tells it from the training set."""
    data = first_symbol(rng)
    data = data._replace(labels_test=(data.labels_test + 1) % 3)
    epochs = []
    params, history = train_sequence_classifier(
        classifier("lstm"), data, rng, epochs=30, batch_size=10, on_epoch=lambda *each: epochs.append(each)
    )
    assert sequence_accuracy(params, data.x_train, data.labels_train) > 0.9
    for epoch, then, so_far in epochs:
        logits = sequence_logits(then, data.x_test)
        assert so_far.accuracy[epoch] == (logits.argmax(axis=1) == data.labels_test).mean()
    assert history.accuracy[-1] < 0.1
    assert epochs[-1][1] is params


@EVERY
def test_what_a_divergence_leaves(rng, kind):
    data, start = first_symbol(rng), classifier(kind)
    options = {
        "batch_size": 10,
        "optimizer": "sgd",
        "schedule": lambda epoch, step: 0.1 if step < 7 else 1e308,
    }
    with pytest.raises(
        FloatingPointError, match=r"^training diverged in epoch 3: at step [23] of 3, "
    ) as caught:
        train_sequence_classifier(start, data, np.random.default_rng(1), **options)
    _, history = train_sequence_classifier(start, data, np.random.default_rng(1), epochs=2, **options)
    np.testing.assert_equal(caught.value.history, history)
    assert type(caught.value.history) is type(history)
    assert 1 <= len(caught.value.losses) <= 2
    assert all(np.isfinite(leaf).all() for leaf in leaves(caught.value.params).values())


def test_the_progress_bar_changes_nothing(rng, capsys):
    data, start = first_symbol(rng), classifier("rnn")
    plain, _ = train_sequence_classifier(start, data, np.random.default_rng(0), epochs=2)
    assert capsys.readouterr().err == ""
    shown, _ = train_sequence_classifier(start, data, np.random.default_rng(0), epochs=2, progress=True)
    assert "2/2" in capsys.readouterr().err
    np.testing.assert_equal(leaves(plain), leaves(shown))


# More than one layer, symbols, a label for every step, several lengths, and networks with options


MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class Tagger(torch.nn.Module):
    """What one writes in torch: an embedding, two layers in both directions, and a linear read-out."""

    def __init__(self, kind, tokens, n_in, n, classes, every_step):
        super().__init__()
        self.embedding = torch.nn.Embedding(tokens, n_in)
        self.recurrent = MODULES[kind](n_in, n, num_layers=2, bidirectional=True)
        self.linear = torch.nn.Linear(2 * n, classes)
        self.every_step = every_step
        self.double()

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embedding(tokens), lengths, enforce_sorted=False)
        out, last = self.recurrent(packed)
        h_T = last[0] if isinstance(last, tuple) else last
        out, _ = pad_packed_sequence(out, total_length=len(tokens))
        return self.linear(out if self.every_step else torch.cat([h_T[-2], h_T[-1]], dim=1))


def tagger(kind, every_step, seed=0):
    """The module, our classifier with the same weights, and padded data."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    module = Tagger(kind, 7, 3, 4, 3, every_step)
    params = SequenceClassifier(
        stacked_from_torch(module.recurrent),
        *(
            p.detach().numpy().copy()
            for p in (module.linear.weight, module.linear.bias, module.embedding.weight)
        ),
    )
    sequences = [rng.integers(0, 7, n) for n in (5, 2, 6, 1, 3, 4, 6, 2)]
    x, mask = pad_sequences(sequences)
    labels = (
        np.where(mask, rng.integers(0, 3, x.shape), -100) if every_step else rng.integers(0, 3, x.shape[1])
    )
    return module, params, x, labels, mask


def torch_tagger_loss(module, x, labels, mask):
    logits = module(torch.tensor(x), torch.tensor(mask.sum(axis=0)))
    return torch.nn.functional.cross_entropy(logits.reshape(-1, 3), torch.tensor(labels).reshape(-1)), logits


def gradient_of(module, like):
    """A torch module's gradient as a `SequenceClassifier`; ours is the sum of torch's two biases."""
    copy = type(module.recurrent)(3, 4, num_layers=2, bidirectional=True, dtype=torch.float64)
    with torch.no_grad():
        for (name, p), q in zip(copy.named_parameters(), module.recurrent.parameters(), strict=True):
            p.copy_(q.grad)
            if name.startswith("bias_hh"):
                p[: None if copy.mode != "GRU" else 8] = 0  # the same gradient once more
    return SequenceClassifier(stacked_from_torch(copy), *(
        p.grad.numpy() for p in (module.linear.weight, module.linear.bias, module.embedding.weight)
    ))  # fmt: skip


@EVERY
@pytest.mark.parametrize("every_step", [False, True])
def test_layers_directions_symbols_steps_and_lengths_have_torchs_loss_and_gradient(
    assert_close, kind, every_step
):
    module, params, x, labels, mask = tagger(kind, every_step)
    theirs, logits = torch_tagger_loss(module, x, labels, mask)
    theirs.backward()
    loss, gradient = sequence_gradient(params, x, labels, mask)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    for ours, wanted in zip(all_leaves(gradient), all_leaves(gradient_of(module, params)), strict=True):
        assert_close(ours, wanted, 1e-12)
    ours, wanted = sequence_logits(params, x, mask, every_step=every_step), logits.detach().numpy()
    there = mask if every_step else slice(None)
    assert_close(ours[there], wanted[there], 1e-12)
    right = (wanted.argmax(axis=-1) == labels)[there].mean()
    assert sequence_accuracy(params, x, labels, mask) == right


@EVERY
@pytest.mark.parametrize("every_step", [False, True])
def test_they_train_as_in_torch(assert_close, kind, every_step):
    module, start, x, labels, mask = tagger(kind, every_step)
    params, history = train_sequence_classifier(
        start, SequenceData(x, labels, x, labels, mask, mask), np.random.default_rng(0), epochs=3, batch_size=3,
        optimizer="sgd", learning_rate=0.3,
    )  # fmt: skip
    step, rng = torch.optim.SGD(module.parameters(), lr=0.3), np.random.default_rng(0)
    for p in module.recurrent.named_parameters():  # two biases would make two steps where ours makes one
        if p[0].startswith("bias_hh"):
            n = 8 if kind == "gru" else len(p[1])
            p[1].register_hook(lambda g, n=n: torch.cat([g[:n] * 0, g[n:]]))
    losses = []
    for _ in range(3):
        for batch in np.array_split(rng.permutation(8), 3):
            step.zero_grad()
            loss, _ = torch_tagger_loss(module, x[:, batch], labels[..., batch], mask[:, batch])
            loss.backward()
            step.step()
            losses.append(loss.item())
    assert_close(history.loss, np.reshape(losses, (3, 3)).mean(axis=1), 1e-11)
    wanted = SequenceClassifier(stacked_from_torch(module.recurrent), *(
        p.detach().numpy() for p in (module.linear.weight, module.linear.bias, module.embedding.weight)
    ))  # fmt: skip
    for ours, theirs in zip(all_leaves(params), all_leaves(wanted), strict=True):
        assert_close(ours, theirs, 1e-10)
    assert history.accuracy[-1] == sequence_accuracy(params, x, labels, mask)


OPTIONS = {
    "rnn": (init_rnn, {"activation": "relu"}, RNN_RELU),
    "gru": (init_gru, {"reset": "before"}, GRU_BEFORE),
    "lstm": (init_lstm, {"forget": "none", "squash": "1997"}, LSTM_1997),
    "peepholes": (init_peephole_lstm, {}, LSTM_PEEPHOLES),
}


@pytest.mark.parametrize(("init", "options", "net"), OPTIONS.values(), ids=OPTIONS)
def test_the_networks_options_go_all_the_way(rng, assert_close, init, options, net):
    data = first_symbol(rng)
    start = init_sequence_classifier(init(2, 6, rng), 3, rng)
    params, history = train_sequence_classifier(
        start, data, rng, epochs=3, batch_size=30, optimizer="sgd", learning_rate=0.5, **options
    )
    tensors = as_tensors(start)
    step = torch.optim.SGD(list(tensors.values()), lr=0.5)
    for _ in range(3):
        recurrent = {k: v for k, v in tensors.items() if k not in ("weight", "bias_out")}
        states = tuple(torch.zeros(30, 6, dtype=torch.float64) for _ in net.states)
        for x_t in torch.tensor(data.x_train):
            states = net.torch_step(x_t, states, recurrent)
            states = states if isinstance(states, tuple) else (states,)
        logits = torch.nn.functional.linear(states[0], tensors["weight"], tensors["bias_out"])
        step.zero_grad()
        torch.nn.functional.cross_entropy(logits, torch.tensor(data.labels_train)).backward()
        step.step()
    for name, ours in leaves(params).items():
        assert_close(ours, tensors[name].detach().numpy(), 1e-10)
    assert history.accuracy[-1] == sequence_accuracy(params, data.x_test, data.labels_test, **options)


def test_options_must_suit_every_layer(rng, monkeypatch):
    monkeypatch.setattr(
        "lstm_course.sequence_classifier.sequence_forward", None
    )  # said before the first step
    start = init_sequence_classifier(StackedParams((init_rnn(2, 3, rng), init_lstm(3, 3, rng))), 3, rng)
    with pytest.raises(TypeError, match="options of LSTMParams are forget, squash, got activation"):
        train_sequence_classifier(start, GOOD, rng, activation="relu")


def test_an_unknown_value_of_an_option_is_not_called_divergence(rng):
    with pytest.raises(ValueError, match=r"activation must be one of .*got 'swish'") as caught:
        train_sequence_classifier(classifier("rnn"), GOOD, rng, activation="swish")
    assert caught.type is ValueError


def test_float32_stays_float32_with_layers_symbols_and_masks(rng):
    recurrent = init_stacked("LSTM", 3, 4, 2, rng, bidirectional=True, dtype=np.float32)
    start = init_sequence_classifier(recurrent, 3, rng, tokens=7)
    _, _, x, labels, mask = tagger("lstm", True)
    data = SequenceData(x, labels, x, labels, mask, mask)
    params, _ = train_sequence_classifier(start, data, rng, epochs=2, clip_norm=0.1)
    assert {leaf.dtype for leaf in all_leaves(params)} == {np.dtype(np.float32)}
    assert (params.embedding != start.embedding).any()


def test_symbols_get_vectors_from_the_standard_normal_distribution_of_the_inputs_width():
    params = classifier("gru", n_in=50)
    again = init_sequence_classifier(params.recurrent, 3, np.random.default_rng(0), tokens=100)
    assert again.embedding.shape == (100, 50)
    assert again.embedding.std() == pytest.approx(1, abs=0.05)
    assert params.embedding is None


def test_what_the_mask_hides_does_not_matter(rng):
    _, params, x, labels, mask = tagger("gru", True)
    loss, gradient = sequence_gradient(params, x, labels, mask)
    other = np.where(mask, x, 6), np.where(mask, labels, 99)
    loss_2, gradient_2 = sequence_gradient(params, *other, mask)
    assert loss == loss_2
    np.testing.assert_equal([*all_leaves(gradient)], [*all_leaves(gradient_2)])
    assert sequence_accuracy(params, *other, mask) == sequence_accuracy(params, x, labels, mask)


def test_a_part_that_is_not_there_takes_no_part(rng):
    """No embedding: nothing to step, to clip or to measure; and a gradient that has one is refused."""
    params = classifier("rnn")
    _, gradient = sequence_gradient(params, rng.normal(size=(4, 5, 2)), rng.integers(0, 3, 5))
    assert gradient.embedding is None
    assert global_norm(gradient) == pytest.approx(
        np.linalg.norm(np.concatenate([v.ravel() for v in leaves(gradient).values()])), rel=1e-14
    )
    assert clip_by_norm(gradient, 1e-3)[0].embedding is None
    assert adam_step(params, gradient, 0.1)[0].embedding is None
    with pytest.raises(TypeError, match=r"gradient\.embedding must be None like params, got ndarray"):
        sgd_step(params, dataclasses.replace(gradient, embedding=np.zeros((4, 2))), 0.1)
    with pytest.raises(TypeError, match=r"gradient\.embedding must be an array"):
        sgd_step(dataclasses.replace(params, embedding=np.zeros((4, 2))), gradient, 0.1)


# A model of one's own


@dataclasses.dataclass(frozen=True)
class Forecaster:
    """Two GRUs, one above the other, that say at each step what comes next."""

    recurrent: StackedParams
    weight: np.ndarray

    def loss_and_gradient(self, x, target, mask=None):
        h, _, cache = stacked_forward(self.recurrent, x, None, mask)
        loss, dy = sequence_squared_error(h @ self.weight.T, target, mask)
        *_, recurrent = stacked_backward(self.recurrent, cache, dy @ self.weight)
        return loss, Forecaster(recurrent, np.tensordot(dy, h, axes=((0, 1), (0, 1))))

    def score(self, x, target, mask=None):
        return -self.loss_and_gradient(x, target, mask)[0]


def waves(rng, examples, steps=12):
    phase, speed = rng.uniform(0, 6, (1, examples, 1)), rng.uniform(0.3, 0.6, (1, examples, 1))
    wave = np.sin(phase + speed * np.arange(steps + 1)[:, None, None])
    return wave[:-1], wave[1:]


def forecasting(rng):
    start = Forecaster(init_stacked("GRU", 1, 8, 2, rng), rng.normal(size=(1, 8)) / 3)
    return start, Split(*waves(rng, 40), *waves(rng, 20))


def test_a_model_with_methods_of_its_own_trains(rng):
    start, data = forecasting(rng)
    params, history = train_sequence_classifier(start, data, rng, epochs=30, batch_size=10)
    assert type(params) is Forecaster
    assert history.accuracy[-1] == params.score(data.x_test, data.labels_test)
    assert -history.accuracy[-1] < 0.03 < 0.1 < -start.score(data.x_test, data.labels_test)
    by_functions, again = train_sequence_classifier(
        start, data, np.random.default_rng(3), epochs=2, score=Forecaster.score,
        loss_and_gradient=lambda params, x, y: Forecaster.loss_and_gradient(params, x, y),
    )  # fmt: skip
    by_methods, history = train_sequence_classifier(start, data, np.random.default_rng(3), epochs=2)
    np.testing.assert_equal([*all_leaves(by_functions)], [*all_leaves(by_methods)])
    np.testing.assert_equal(again, history)


def test_a_model_of_ones_own_gets_its_batches_masks_and_options(rng):
    start, data = forecasting(rng)
    masks = [rng.random(x.shape[:2]) < 0.7 for x in (data.x_train, data.x_test)]
    seen = []

    def model(params, x, y, mask, *, weight):
        seen.append((x, y, mask, weight))
        return params.loss_and_gradient(x, y, mask)

    def score(params, x, y, mask, *, weight):
        assert x is data.x_test
        assert y is data.labels_test
        np.testing.assert_array_equal(mask, masks[1])
        return weight

    _, history = train_sequence_classifier(
        start, SequenceData(*data, *masks), np.random.default_rng(0), epochs=1, batch_size=15, loss_and_gradient=model,
        score=score, weight=5.0,
    )  # fmt: skip
    batches = np.array_split(np.random.default_rng(0).permutation(40), 3)
    for batch, (x, y, mask, weight) in zip(batches, seen, strict=True):
        np.testing.assert_array_equal(x, data.x_train[:, batch])
        np.testing.assert_array_equal(y, data.labels_train[:, batch])
        np.testing.assert_array_equal(mask, masks[0][:, batch])
        assert weight == 5
    assert history.accuracy.tolist() == [5]


def test_a_model_of_ones_own_without_a_score_has_none(rng):
    data = first_symbol(rng)
    params, history = train_sequence_classifier(
        classifier("rnn"), data, rng, epochs=2, loss_and_gradient=lambda *batch: sequence_gradient(*batch)
    )
    assert np.isnan(history.accuracy).all()
    assert type(params) is SequenceClassifier


def test_an_error_of_ones_own_model_is_not_called_divergence(rng):
    def model(params, x, labels):
        raise ValueError("my own")

    with pytest.raises(ValueError, match=r"^my own$"):
        train_sequence_classifier(classifier("rnn"), GOOD, rng, loss_and_gradient=model)


OWN = [
    ({"x_train": np.ones(5)}, r"data\.x_train must have shape \(T, B, \.\.\.\), got \(5,\)"),
    ({"labels_train": np.ones((5, 29))},
     r"data\.labels_train must have shape \(B=30,\) or \(T=5, B=30, \.\.\.\), got \(5, 29\)"),
    ({"labels_test": np.ones(29)}, r"data\.labels_test must have shape \(B=30,\) or .*got \(29,\)"),
    ({"labels_test": 1}, r"data\.labels_test must have shape \(B=30,\) or .*got \(\)"),
    ({"labels_train": np.ones((30, 5, 2))}, r"data\.x_train must have time first, .*got \(5, 30, 2\) and \(30, 5, 2\)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), OWN)
def test_data_that_do_not_fit_each_other_are_named_for_a_model_of_ones_own(rng, change, message):
    with pytest.raises(ValueError, match=message):
        train_sequence_classifier(
            classifier("rnn"), GOOD._replace(**change), rng, loss_and_gradient=sequence_gradient
        )


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
    known = (
        "recurrent must be one of RNNParams, LSTMParams, GRUParams, PeepholeLSTMParams, StackedParams, got"
    )
    with pytest.raises(TypeError, match=f"{known} BidirectionalParams"):
        init_sequence_classifier(BidirectionalParams(lstm, lstm), 2, rng)
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
    with pytest.raises(ValueError, match=r"embedding must have shape \(V, I=2\), got \(5, 3\)"):
        SequenceClassifier(lstm, np.zeros((2, 3)), np.zeros(2), np.zeros((5, 3)))
    with pytest.raises(TypeError, match="embedding must have dtype float64 like the rest, got float32"):
        SequenceClassifier(lstm, np.zeros((2, 3)), np.zeros(2), np.zeros((5, 2), np.float32))
    with pytest.raises(ValueError, match="tokens must be at least 1, got 0"):
        init_sequence_classifier(lstm, 2, rng, tokens=0)
    symbols = init_sequence_classifier(lstm, 2, rng, tokens=5)
    with pytest.raises(ValueError, match=r"x must lie in 0\.\.4, got values from 0 to 5"):
        sequence_gradient(symbols, [[0, 5]], [0, 1])
    with pytest.raises(TypeError, match="x must be an array of integers, got dtype float64"):
        sequence_gradient(symbols, np.zeros((4, 2)), [0, 1])
    with pytest.raises(ValueError, match=r"data\.x_train must lie in 0\.\.4"):
        train_sequence_classifier(
            symbols, Split(np.full((4, 2), 5), [0, 1], np.zeros((4, 2), int), [0, 1]), rng
        )
    for every_step, shape in ((False, r"\(B=2, K=3\)"), (True, r"\(T=4, B=2, K=3\)")):
        _, cache = sequence_forward(classifier("lstm"), np.zeros((4, 2, 2)), every_step=every_step)
        with pytest.raises(ValueError, match=rf"dlogits must have shape {shape}, got \(3, 2\)"):
            sequence_backward(classifier("lstm"), cache, np.zeros((3, 2)))
    logits, cache = sequence_forward(classifier("lstm"), np.zeros((4, 2, 2)))
    for wrong, message in (
        (None, "cache must be SequenceCache, got NoneType"),
        ((logits, cache), "cache must be SequenceCache, got all that the forward pass returns"),
        (cache.recurrent, "cache must be SequenceCache, got LSTMCache"),
    ):
        with pytest.raises(TypeError, match=message):
            sequence_backward(classifier("lstm"), wrong, logits)
    with pytest.raises(TypeError, match="params must be SequenceClassifier, got LSTMParams"):
        sequence_backward(classifier("lstm").recurrent, cache, logits)
    with pytest.raises(ValueError, match="cache must be of a pass with an embedding if params has one"):
        sequence_backward(symbols, cache, logits)
    with pytest.raises(ValueError, match=r"cache must have H=.* like params.weight, got H=7"):
        sequence_backward(classifier("lstm"), cache._replace(read=np.zeros((2, 7))), logits)


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
    ({"optimizer": None}, TypeError, r"optimizer must be a name \(adam, sgd\) or a function, got NoneType"),
    ({"schedule": 0.1}, TypeError, "schedule must be a function, got float"),
    ({"on_epoch": 1}, TypeError, "on_epoch must be a function, got int"),
    ({"score": 1}, TypeError, "score must be a function, got int"),
    ({"loss_and_gradient": 1}, TypeError, "loss_and_gradient must be a function, got int"),
    ({"activation": "relu"}, TypeError, "options of LSTMParams are forget, squash, got activation"),
    ({"epoch": 3}, TypeError, "options of LSTMParams are forget, squash, got epoch"),
    ({"data": GOOD[:2]}, TypeError, r"data must have x_train, as a tasks\.Split has, got tuple"),
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
    ({"data": GOOD._replace(x_train=np.swapaxes(GOOD.x_train, 0, 1))}, ValueError,
     r"data\.x_train must have time first, \(T, B, \.\.\.\), and data\.labels_train .*got \(30, 5, 2\) and \(30,\): the batch"),
    ({"data": GOOD._replace(x_test=np.swapaxes(GOOD.x_test, 0, 1))}, ValueError, r"data\.x_test must have time first"),
    ({"data": GOOD._replace(labels_train=np.zeros((30, 5), int))}, ValueError,
     r"data\.x_train must have time first, .*got \(5, 30, 2\) and \(30, 5\)"),
    ({"data": GOOD._replace(labels_train=np.zeros((4, 30), int))}, ValueError,
     r"data\.labels_train must have shape \(T=5, B=30\), got \(4, 30\)"),
    ({"data": GOOD._replace(labels_train=np.full((5, 30), 3))}, ValueError, r"data\.labels_train must lie in 0\.\.2"),
    ({"data": SequenceData(*GOOD, np.ones((30, 5), bool))}, ValueError,
     r"data\.mask_train must have shape \(T=5, B=30\), got \(30, 5\)"),
    ({"data": SequenceData(*GOOD, None, np.ones((5, 30)))}, TypeError,
     r"data\.mask_test must be an array of bool, got dtype float64"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named_before_the_first_step(change, error, message, rng, monkeypatch):
    monkeypatch.setattr("lstm_course.sequence_classifier.sequence_forward", None)  # not reached
    arguments = {"params": classifier("lstm"), "data": GOOD, "rng": rng, **change}
    with pytest.raises(error, match=message):
        train_sequence_classifier(**arguments)


def test_a_gradient_that_overflows_is_seen_and_makes_no_noise(rng):
    """A warning would be an error. The gradient is one although its weights could not be these."""
    params = init_sequence_classifier(init_lstm(3, 4, rng), 2, rng)
    logits, cache = sequence_forward(params, rng.normal(size=(5, 2, 3)))
    for dlogits in (np.full_like(logits, 1.7e308), np.full_like(logits, np.nan)):
        _, gradient = sequence_backward(params, cache, dlogits)
        assert type(gradient) is type(params)
        assert not np.isfinite(gradient.bias).all()
        with pytest.raises(ValueError, match=r"gradient\.\S+ must be finite"):
            sgd_step(params, gradient, 0.1)
    assert np.isnan(gradient.recurrent.weight_hh).any()
