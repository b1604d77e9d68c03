"""float32 in, float32 out: one contract over every public function of the mathematics.

Each function is called twice with the same numbers, in float64 and in float32. All arrays that come back
must have the dtype that went in, and agree to float32's precision.
"""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from recurrent import LSTM_PEEPHOLES, NETS, problem

import lstm_course
from lstm_course import gradient_flow as flow
from lstm_course import (
    gru,
    gru_variants,
    initializers,
    lstm_variants,
    lstm_weights,
    network,
    nodes,
    optim,
    recurrent,
    sequence_classifier,
    sequence_inputs,
    sequence_losses,
    sequence_training,
    stacked,
    training,
)
from lstm_course.activations import ACTIVATIONS
from lstm_course.losses import softmax_cross_entropy, squared_error
from lstm_course.lstm import init_lstm, lstm_backward, lstm_forward, lstm_step, lstm_step_backward
from lstm_course.rnn import init_rnn, rnn_backward, rnn_forward, rnn_step, rnn_step_backward
from lstm_course.tasks import Split, delayed_digits, digits

CALLS = {}


def call(*functions):
    """Register a call: it gets the dtype and a function that draws arrays, and returns what comes out."""

    def register(made):
        CALLS[made.__name__.strip("_")] = functions, made
        return made

    return register


def rng():
    return np.random.default_rng(0)


def arrays(value, seen=()):
    """Every floating array and NumPy scalar in a result, however deep."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind == "f":
            yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from arrays(each)
        if hasattr(value, "_fields"):  # what a cache shows as properties
            for name, member in inspect.getmembers(type(value)):
                if isinstance(member, property):
                    yield from arrays(getattr(value, name))


for activation in ACTIVATIONS.values():
    for function in (activation.f, activation.f_prime):
        call(function)(
            lambda draw, f=function: (f(draw(3, 4)), f(draw(1)[0]), f(draw(2).reshape(2, 1)[:, 0]))
        )
        CALLS[function.__name__] = CALLS.pop("<lambda>")


@call(squared_error)
def _squared_error(draw):
    return squared_error(draw(3, 4), draw(3, 4))


@call(softmax_cross_entropy)
def _softmax_cross_entropy(draw):
    return softmax_cross_entropy(draw(3, 4), [0, 1, 3])


# Feed-forward


def mlp(draw):
    params = network.init_mlp((3, 4, 2), rng(), dtype=draw.dtype)
    return params, *network.mlp_forward(params, draw(5, 3), activation="tanh")


@call(
    network.init_mlp, network.mlp_forward, network.mlp_backward, network.layer_forward, network.layer_backward
)
def _network(draw):
    params, y, cache = mlp(draw)
    h, a = network.layer_forward(params.weights[0], params.biases[0], draw(5, 3), "tanh")
    layer = network.layer_backward(params.weights[0], draw(5, 3), a, draw(5, 4), "tanh")
    return params, y, cache, network.mlp_backward(params, cache, draw(5, 2)), h, layer


@call(flow.layer_jacobians, flow.input_jacobian)
def _layers(draw):
    params, _, cache = mlp(draw)
    return flow.layer_jacobians(params, cache, 1), flow.input_jacobian(params, cache, 1)


@call(flow.scalar_chain)
def _chain(draw):
    return flow.scalar_chain(draw(4), draw(4), 0.5)


@call(flow.explosion_width, flow.tanh_explosion_width)
def _explosion_width(draw):
    return [
        width(w)
        for width in (flow.explosion_width, flow.tanh_explosion_width)
        for w in (6 * draw(2, 3), draw(1)[0] * 0 + 5)
    ]


@call(flow.memory_time)
def _memory_time(draw):
    return flow.memory_time(draw(2, 3)), flow.memory_time(draw(1)[0])


@call(initializers.normal, initializers.uniform, initializers.xavier, initializers.he, initializers.orthogonal,
      initializers.identity, initializers.chrono)  # fmt: skip
def _initializers(draw):
    named = (initializers.normal, initializers.uniform, initializers.xavier, initializers.he,
             initializers.orthogonal, initializers.identity)  # fmt: skip
    return [f((3, 4), rng(), dtype=draw.dtype) for f in named], initializers.chrono(
        3, 9, rng(), dtype=draw.dtype
    )


# Recurrent: every step and every sequence of every network, by way of their table


def run(net, draw, masked=False):
    params, x, states, dh, dstates = problem(net, 5, 2, 3, 4, 0, draw.dtype)
    mask = np.arange(5)[:, None] < [5, 3] if masked else None
    h, last, cache = recurrent.recurrent_forward(params, x, states, mask, **net.options)
    back = recurrent.recurrent_backward(params, cache, dh, dstates)
    new, step = recurrent.recurrent_step(params, x[0], states, **net.options)
    step_back = recurrent.recurrent_step_backward(params, step, dstates)
    at = cache.step(1) if hasattr(cache, "step") else ()
    return params, (h, last, cache, back, new, step, step_back, at), x, dh


@call(
    recurrent.recurrent_forward, recurrent.recurrent_backward, recurrent.recurrent_step,
    recurrent.recurrent_step_backward, init_rnn, rnn_step, rnn_step_backward, rnn_forward, rnn_backward,
    init_lstm, lstm_step, lstm_step_backward, lstm_forward, lstm_backward, gru.init_gru, gru.gru_step,
    gru.gru_step_backward, gru.gru_forward, gru.gru_backward, lstm_variants.init_peephole_lstm,
    lstm_variants.variant_step, lstm_variants.variant_step_backward, lstm_variants.variant_forward,
    lstm_variants.variant_backward,
)  # fmt: skip
def _recurrent(draw):
    return [run(net, draw, masked)[:2] for net in NETS for masked in (False, True)]


@call(flow.forward_by_steps, flow.backward_by_steps, flow.truncated_backward, flow.terms_by_lag,
      flow.step_jacobians, flow.lag_jacobians, flow.gradient_by_lag, flow.state_jacobian)  # fmt: skip
def _lags(draw):
    found = []
    for net in NETS:
        params, (_, _, cache, *_), x, dh = run(net, draw)
        h, steps = flow.forward_by_steps(params, x, **net.options)
        found += [h, steps, flow.backward_by_steps(params, steps, dh), flow.terms_by_lag(params, steps, dh)]
        found += [flow.truncated_backward(params, steps, dh, 2), flow.step_jacobians(params, steps, 1)]
        found += [flow.lag_jacobians(params, steps, 1), flow.gradient_by_lag(params, cache, dh[-1])]
        found += [flow.state_jacobian(params, x[:, 0], **net.options)]
    return found


@call(flow.rnn_step_jacobian, flow.rnn_total_derivative)
def _rnn_flow(draw):
    params = init_rnn(3, 4, rng(), dtype=draw.dtype)
    _, steps = flow.forward_by_steps(params, draw(5, 2, 3))
    return flow.rnn_step_jacobian(params, steps[2], 1), flow.rnn_total_derivative(params, steps, 1)


@call(flow.lstm_local_jacobians, flow.lstm_highway_split, flow.lstm_excursions, flow.lstm_arrivals,
      flow.lstm_step_arrivals, flow.lstm_route, flow.keep_doors)  # fmt: skip
def _lstm_flow(draw):
    params, (_, _, cache, *_), _, dh = run(NETS[0], draw)
    step = cache.step(2)
    return (
        flow.lstm_local_jacobians(params, cache, 2, 1), flow.lstm_highway_split(params, cache, 1, 4, 1),
        flow.lstm_excursions(params, cache, 0, 5, 1), flow.lstm_arrivals(params, cache, dh),
        flow.lstm_step_arrivals(step.o_t, step.c_t, dh[0], dh[1]),
        flow.lstm_route(params, cache, "DBEB", 1, 1), flow.keep_doors(params, "gf"),
    )  # fmt: skip


@call(
    flow.gru_jacobian, flow.gru_paths, flow.gru_highway, flow.gru_jacobian_without, gru_variants.flip_update_gate,
    gru_variants.gru_from_zrn,
    gru_variants.one_gate_backward,
)  # fmt: skip
def _gru_flow(draw):
    found = []
    for net in (net for net in NETS if net.network.params is gru.GRUParams):
        params, (_, _, cache, _, _, step, *_), _, _ = run(net, draw)
        found += [flow.gru_jacobian(params, step, 1), flow.gru_paths(params, step, 1)]
        found += [flow.gru_highway(params, cache, 1, 4, 1), gru_variants.flip_update_gate(params)]
        found += [gru_variants.gru_from_zrn(params)]
        found += [flow.gru_jacobian_without(params, cache, 1, 4, ("reset",), 1)]
        weights = np.split(params.weight_hh, 3)[1:]
        found += gru_variants.one_gate_backward(*weights, step.z_t, step.n_t, step.q_t, step.h_prev, step.n_t)
    return found


@call(lstm_weights.lstm_from_concatenated)
def _lstm_from_concatenated(draw):
    return lstm_weights.lstm_from_concatenated(draw(5, 8), draw(8))


@call(nodes.add_backward, nodes.multiply_backward, nodes.function_backward, nodes.copy_backward)
def _nodes(draw):
    u, v, dp = draw(3), draw(3), draw(3)
    return (
        nodes.add_backward(dp), nodes.multiply_backward(u, v, dp), nodes.function_backward(u, dp, "tanh"),
        nodes.copy_backward(u, v),
    )  # fmt: skip


# Stacked networks, and sequences with a read-out


@call(stacked.init_stacked, stacked.stacked_forward, stacked.stacked_backward, stacked.last_hidden,
      stacked.last_hidden_backward)  # fmt: skip
def _stacked(draw):
    found = []
    for name in recurrent.NETWORKS:
        params = stacked.init_stacked(name, 3, 4, 2, rng(), bidirectional=True, dtype=draw.dtype)
        h, last, cache = stacked.stacked_forward(params, draw(5, 2, 3))
        read = stacked.last_hidden(params, h)
        found += [params, h, last, stacked.stacked_backward(params, cache, draw(5, 2, 8)), read]
        found.append(stacked.last_hidden_backward(params, draw(*read.shape), 5))
    return found


@call(sequence_inputs.init_embedding, sequence_inputs.embed, sequence_inputs.embed_backward,
      sequence_inputs.pad_sequences)  # fmt: skip
def _sequence_inputs(draw):
    weight, tokens = sequence_inputs.init_embedding(6, 3, rng(), dtype=draw.dtype), [[0, 2], [5, 5]]
    return (
        weight, sequence_inputs.embed(weight, tokens), sequence_inputs.embed_backward(weight, tokens, draw(2, 2, 3)),
        sequence_inputs.pad_sequences([draw(2, 3), draw(4, 3)]),
    )  # fmt: skip


@call(sequence_losses.sequence_cross_entropy, sequence_losses.sequence_squared_error)
def _sequence_losses(draw):
    labels, mask = [[0, 1], [2, 0], [1, 1]], [[True, True], [True, False], [True, False]]
    return (
        sequence_losses.sequence_cross_entropy(draw(3, 2, 3), labels, mask),
        sequence_losses.sequence_squared_error(draw(3, 2, 3), draw(3, 2, 3), mask),
    )


def reader(draw, tokens=None):
    return sequence_classifier.init_sequence_classifier(
        init_lstm(3, 4, rng(), dtype=draw.dtype), 3, rng(), tokens=tokens
    )


@call(sequence_classifier.init_sequence_classifier, sequence_classifier.sequence_forward,
      sequence_classifier.sequence_backward, sequence_classifier.sequence_logits,
      sequence_classifier.sequence_gradient)  # fmt: skip
def _sequence_classifier(draw):
    found = []
    for tokens, x in ((None, draw(5, 2, 3)), (6, [[0, 1], [5, 2]])):
        params = reader(draw, tokens)
        logits, cache = sequence_classifier.sequence_forward(params, x)
        found += [params, logits, sequence_classifier.sequence_backward(params, cache, draw(*logits.shape))]
        found += [sequence_classifier.sequence_logits(params, x)]
        found += [sequence_classifier.sequence_gradient(params, x, [0, 2])[1]]
    return found


@call(training.train, training.train_classifier, sequence_training.train_sequence_classifier)
def _training(draw):
    x, labels = draw(4, 3), np.array([0, 1, 2, 0])
    mlp_, _ = training.train_classifier(
        network.init_mlp((3, 4, 3), rng(), dtype=draw.dtype), Split(x, labels, x, labels), rng(), epochs=2
    )
    x = draw(5, 4, 3)
    sequence, _ = sequence_training.train_sequence_classifier(
        reader(draw), Split(x, labels, x, labels), rng(), epochs=2, learning_rate=1e-3
    )
    return mlp_, sequence


@call(optim.sgd_step, optim.adam_step, optim.clip_by_norm)
def _optim(draw):
    params, gradient = (problem(LSTM_PEEPHOLES, 1, 1, 3, 4, seed, draw.dtype)[0] for seed in (0, 1))
    stepped, state = optim.adam_step(params, gradient, 0.1)
    return optim.sgd_step(params, gradient, 0.1), stepped, state, optim.clip_by_norm(gradient, 0.1)[0]


@call(digits, delayed_digits)
def _tasks(draw):
    return digits(dtype=draw.dtype), delayed_digits(2, dtype=draw.dtype)


# What takes or gives no arrays of floats whose dtype could be kept
EXEMPT = {
    "get_activation", "network_of",  # give functions
    "matching_gru_size", "lstm_parameter_count", "route_count",  # count
    "forget_bias_for", "memory_cell", "counter_cell", "counter_gru",  # numbers in, float64 weights out
    "chain_gradient", "explosion_interval", "gain_per_layer", "mean_field_gain", "rnn_immediate_and_total",
    "gradient_norms", "global_norm",  # give Python's own numbers, or norms as such
    "numerical_gradient", "relative_error", "check_gradients",  # work in float64, whatever comes
    "tiny_forward", "tiny_backward",  # numbers
    "check_mlp_cache", "accuracy", "sequence_accuracy",
}  # fmt: skip
# What is no mathematics: it judges, draws, shows, or is torch's
APART = {"book", "checker", "exercises", "explorers", "figures", "svg", "torch_bridge"}
MODULES = [
    name for _, name, _ in pkgutil.iter_modules(lstm_course.__path__) if name[0] != "_" and name not in APART
]


class Draw:
    """Normal numbers in one dtype; the same in both."""

    def __init__(self, dtype):
        self.dtype, self.rng = np.dtype(dtype), rng()

    def __call__(self, *shape):
        return self.rng.normal(size=shape).astype(np.float32).astype(self.dtype)


def without_float32_contract():
    """Public functions of the mathematics that neither a call nor the list of exceptions names."""
    covered = {f.__name__ for functions, _ in CALLS.values() for f in functions} | EXEMPT
    missing = []
    for module in MODULES:
        for name, member in vars(importlib.import_module(f"lstm_course.{module}")).items():
            ours = inspect.isfunction(member) and member.__module__.startswith(f"lstm_course.{module}")
            if ours and not name.startswith("_") and name not in covered:
                missing.append(f"{module}.{name}")
    return missing


def assert_dtype(result, dtype):
    found = list(arrays(result))
    assert found, "no array came back: nothing was tested"
    assert {array.dtype for array in found} == {np.dtype(dtype)}
    return found


@pytest.mark.parametrize("made", [made for _, made in CALLS.values()], ids=CALLS)
def test_the_dtype_that_comes_in_goes_out(made):
    wide, narrow = (assert_dtype(made(Draw(dtype)), dtype) for dtype in (np.float64, np.float32))
    for a, b in zip(wide, narrow, strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=2e-4 * np.abs(a).max(initial=1e-30))


def test_no_public_function_is_left_out():
    assert without_float32_contract() == []


def test_a_function_that_widens_would_be_noticed():
    with pytest.raises(AssertionError):
        assert_dtype((np.zeros(2, np.float32), np.float64(1)), np.float32)
    with pytest.raises(AssertionError, match="nothing was tested"):
        assert_dtype((1.0, "no array"), np.float32)
    functions, made = CALLS.pop("squared_error")
    try:
        assert without_float32_contract() == ["losses.squared_error"]
    finally:
        CALLS["squared_error"] = functions, made
