"""Layers and directions: torch's own modules say what comes out and what goes back, packed sequences too."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import as_dict
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_course._params import leaves
from lstm_course.gradcheck import check_gradients
from lstm_course.gru import GRUParams, init_gru
from lstm_course.lstm import LSTMParams, init_lstm
from lstm_course.lstm_variants import PeepholeLSTMParams
from lstm_course.recurrent import recurrent_backward, recurrent_forward
from lstm_course.rnn import RNNParams, init_rnn
from lstm_course.stacked import (
    BidirectionalParams,
    StackedParams,
    init_stacked,
    last_hidden,
    last_hidden_backward,
    stacked_backward,
    stacked_forward,
)

STATES = {"RNN": 1, "LSTM": 2, "GRU": 1}
EVERY = pytest.mark.parametrize("kind", STATES)
BOTH = pytest.mark.parametrize("bidirectional", [False, True])


def network_from(module, name):
    """One network's arrays, put together by hand: torch has two biases, and the GRU's n keeps both."""
    get = {k: getattr(module, f"{k}_{name}").detach().numpy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
    bias, n = get["bias_ih"] + get["bias_hh"], get["weight_hh"].shape[1]
    if not isinstance(module, nn.GRU):
        kind = LSTMParams if isinstance(module, nn.LSTM) else RNNParams
        return kind(get["weight_ih"], get["weight_hh"], bias)
    bias[2 * n :] = get["bias_ih"][2 * n :]
    return GRUParams(get["weight_ih"], get["weight_hh"], bias, get["bias_hh"][2 * n :])


def stack_from(module):
    layers = []
    for k in range(module.num_layers):
        forward = network_from(module, f"l{k}")
        layers.append(
            BidirectionalParams(forward, network_from(module, f"l{k}_reverse"))
            if module.bidirectional
            else forward
        )
    return StackedParams(tuple(layers))


def names_of(module):
    ways = ["", "_reverse"] if module.bidirectional else [""]
    return [f"l{k}{way}" for k in range(module.num_layers) for way in ways]


def problem(kind, layers, bidirectional, steps=6, batch=4, n_in=3, n=5, seed=0, dtype=np.float64):
    """A torch module, our weights, inputs, states and gradients of the outputs, as (networks, B, H)."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    module = getattr(nn, kind)(n_in, n, num_layers=layers, bidirectional=bidirectional,
                               dtype=getattr(torch, np.dtype(dtype).name))  # fmt: skip
    count = len(names_of(module))

    def draw(*shape):
        return rng.normal(size=shape).astype(dtype)

    x, dh = draw(steps, batch, n_in), draw(steps, batch, n * (1 + bidirectional))
    states, dstates = ([draw(count, batch, n) for _ in range(STATES[kind])] for _ in range(2))
    return module, stack_from(module), x, states, dh, dstates


def by_network(states):
    """Torch's (networks, B, H) of h, and c, as our tuple with an entry a network."""
    return tuple(zip(*states, strict=True))


def run_ours(params, x, states, dh, dstates, mask=None):
    h, last, cache = stacked_forward(params, x, by_network(states), mask)
    dx, first, dparams = stacked_backward(params, cache, dh, by_network(dstates))
    outputs = {"h": h, **{f"last {k}": np.array(s) for k, s in enumerate(zip(*last, strict=True))}}
    gradients = {"x": dx, **{f"first {k}": np.array(s) for k, s in enumerate(zip(*first, strict=True))}}
    for k, network in enumerate(dparams.networks):
        gradients |= {f"{name} {k}": value for name, value in as_dict(network).items()}
    return outputs, gradients


def run_torch(module, x, states, dh, dstates, lengths=None):
    inputs = [torch.tensor(a, requires_grad=True) for a in (x, *states)]
    hidden = tuple(inputs[1:]) if len(states) == 2 else inputs[1]
    if lengths is None:
        out, last = module(inputs[0], hidden)
    else:
        packed = pack_padded_sequence(inputs[0], torch.tensor(lengths), enforce_sorted=False)
        out, last = module(packed, hidden)
        out, _ = pad_packed_sequence(out, total_length=len(x))
    last = last if isinstance(last, tuple) else (last,)
    loss = (out * torch.tensor(dh)).sum()
    loss = loss + sum((s * torch.tensor(d)).sum() for s, d in zip(last, dstates, strict=True))
    loss.backward()
    outputs = {"h": out, **{f"last {k}": s for k, s in enumerate(last)}}
    gradients = {"x": inputs[0].grad, **{f"first {k}": s.grad for k, s in enumerate(inputs[1:])}}
    for k, name in enumerate(names_of(module)):
        get = {part: getattr(module, f"{part}_{name}").grad for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
        gradients |= {f"weight_ih {k}": get["weight_ih"], f"weight_hh {k}": get["weight_hh"]}
        gradients[f"bias {k}"] = get["bias_ih"]
        if isinstance(module, nn.GRU):
            gradients[f"bias_hn {k}"] = get["bias_hh"][2 * module.hidden_size :]
    return [{key: value.detach().numpy() for key, value in part.items()} for part in (outputs, gradients)]


def assert_same(assert_close, ours, theirs, tolerance):
    for mine, torchs in zip(ours, theirs, strict=True):
        assert mine.keys() == torchs.keys()
        for name in mine:
            assert_close(mine[name], torchs[name], tolerance)


SIZES = {
    "layers": st.integers(1, 3),
    "steps": st.integers(1, 6),
    "batch": st.integers(1, 4),
    "n_in": st.integers(1, 4),
    "n": st.integers(1, 5),
    "seed": st.integers(0, 10**6),
}


@EVERY
@BOTH
@given(**SIZES)
def test_outputs_states_and_every_gradient_are_torchs(assert_close, kind, bidirectional, **sizes):
    module, params, *rest = problem(kind, bidirectional=bidirectional, **sizes)
    assert_same(assert_close, run_ours(params, *rest), run_torch(module, *rest), 1e-12)


@EVERY
@BOTH
@given(**SIZES)
def test_with_a_mask_they_are_those_of_packed_sequences(assert_close, kind, bidirectional, **sizes):
    module, params, x, states, dh, dstates = problem(kind, bidirectional=bidirectional, **sizes)
    lengths = np.random.default_rng(sizes["seed"]).integers(1, len(x) + 1, x.shape[1])
    mask = np.arange(len(x))[:, None] < lengths
    there = mask[..., None]
    ours = run_ours(params, x, states, dh * there, dstates, mask)
    ours[0]["h"] = ours[0]["h"] * there  # torch has zeros after the end
    theirs = run_torch(module, x, states, dh * there, dstates, lengths)
    assert_same(assert_close, ours, theirs, 1e-12)
    assert not ours[1]["x"][~mask].any()


@EVERY
@BOTH
def test_float32_stays_float32(assert_close, kind, bidirectional):
    module, params, *rest = problem(kind, 2, bidirectional, dtype=np.float32)
    ours = run_ours(params, *rest)
    assert {value.dtype for part in ours for value in part.values()} == {np.dtype(np.float32)}
    assert_same(assert_close, ours, run_torch(module, *rest), 1e-4)


@EVERY
@BOTH
@pytest.mark.parametrize("masked", [False, True])
def test_every_gradient_is_a_finite_difference(kind, bidirectional, masked):
    _, params, x, states, dh, dstates = problem(kind, 2, bidirectional, 4, 2, 2, 2)
    mask = np.random.default_rng(1).random((4, 2)) < 0.6 if masked else None  # holes, too
    names = {
        f"{name} {k}": value for k, net in enumerate(params.networks) for name, value in as_dict(net).items()
    }

    def loss(p):
        networks = iter([type(net)(**{name: p[f"{name} {k}"] for name in as_dict(net)})
                         for k, net in enumerate(params.networks)])  # fmt: skip
        layers = tuple(
            BidirectionalParams(next(networks), next(networks)) if bidirectional else next(networks)
            for _ in params.layers
        )
        first = [p[f"first {k}"] for k in range(len(states))]
        h, last, _ = stacked_forward(StackedParams(layers), p["x"], by_network(first), mask)
        ends = [np.array(s) for s in zip(*last, strict=True)]
        return float(np.sum(h * dh) + sum(np.sum(a * b) for a, b in zip(ends, dstates, strict=True)))

    arrays = {"x": x, **{f"first {k}": s for k, s in enumerate(states)}, **names}
    check_gradients(loss, arrays, run_ours(params, x, states, dh, dstates, mask)[1], tolerance=1e-7)


@pytest.mark.parametrize(
    ("network", "options"),
    [("RNN", {"activation": "relu"}), ("GRU", {"reset": "before"}), ("LSTM", {"forget": "coupled", "squash": "1997"}),
     ("peephole LSTM", {"forget": "none"})],
)  # fmt: skip
def test_layers_are_the_networks_one_after_the_other_with_their_options(rng, assert_close, network, options):
    params = init_stacked(network, 3, 4, 2, rng)
    x, dh = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 2, 4))
    h, _, cache = stacked_forward(params, x, **options)
    dx, _, dparams = stacked_backward(params, cache, dh)
    h_0, _, cache_0 = recurrent_forward(params.layers[0], x, **options)
    h_1, _, cache_1 = recurrent_forward(params.layers[1], h_0, **options)
    dh_0, _, dparams_1 = recurrent_backward(params.layers[1], cache_1, dh)
    dx_0, _, dparams_0 = recurrent_backward(params.layers[0], cache_0, dh_0)
    np.testing.assert_array_equal(h, h_1)
    np.testing.assert_array_equal(dx, dx_0)
    for ours, theirs in zip(dparams.layers, (dparams_0, dparams_1), strict=True):
        np.testing.assert_equal(as_dict(ours), as_dict(theirs))
    assert np.abs(h - stacked_forward(params, x)[0]).max() > 1e-3  # the option acts


def test_layers_may_be_of_different_networks_and_widths(rng):
    params = StackedParams((
        BidirectionalParams(init_lstm(3, 4, rng), init_lstm(3, 2, rng)), init_gru(6, 5, rng), init_rnn(5, 2, rng),
    ))  # fmt: skip
    x, dh = rng.normal(size=(4, 3, 3)), rng.normal(size=(4, 3, 2))
    h, states, cache = stacked_forward(params, x)
    assert (h.shape, params.input_size, params.hidden_size) == ((4, 3, 2), 3, 2)
    assert [[s.shape[1] for s in each] for each in states] == [[4, 4], [2, 2], [5], [2]]
    dx, _, dparams = stacked_backward(params, cache, dh)

    def loss(p):
        return float(np.sum(stacked_forward(params, p["x"])[0] * dh))

    check_gradients(loss, {"x": x}, {"x": dx}, tolerance=1e-7)
    assert [type(layer) for layer in dparams.layers] == [BidirectionalParams, GRUParams, RNNParams]
    assert [leaf.shape for leaf in leaves(dparams)] == [leaf.shape for leaf in leaves(params)]


@BOTH
def test_the_last_states_are_picked_where_each_network_ends_and_their_gradient_goes_back(
    rng, assert_close, bidirectional
):
    params = init_stacked("LSTM", 2, 3, 2, rng, bidirectional=bidirectional)
    x, mask = rng.normal(size=(5, 3, 2)), np.arange(5)[:, None] < [5, 2, 1]
    h, states, cache = stacked_forward(params, x, None, mask)
    last = last_hidden(params, h)
    np.testing.assert_array_equal(last, np.concatenate([s[0] for s in states[-1 - bidirectional :]], axis=1))
    dlast = rng.normal(size=last.shape)
    ours = stacked_backward(params, cache, last_hidden_backward(params, dlast, 5))
    after = [None] * 2 * (1 + bidirectional)
    for k, part in enumerate(np.split(dlast, 1 + bidirectional, axis=1)):
        after[k - 1 - bidirectional] = (part, None)
    theirs = stacked_backward(params, cache, np.zeros_like(h), tuple(after))
    assert_close(ours[0], theirs[0])
    for a, b in zip(leaves(ours[2]), leaves(theirs[2]), strict=True):
        assert_close(a, b)
    single = init_gru(2, 3, rng)
    h = recurrent_forward(single, x, None, mask)[0]
    np.testing.assert_array_equal(last_hidden(single, h), h[-1])
    assert not last_hidden_backward(single, dlast[:, :3], 5)[:-1].any()


def test_weights_are_drawn_as_the_networks_draw_them():
    rng, again = np.random.default_rng(0), np.random.default_rng(0)
    params = init_stacked("LSTM", 3, 4, 2, rng, bidirectional=True, forget_bias=2.0, dtype=np.float32)
    for network, n_in in zip(params.networks, (3, 3, 8, 8), strict=True):
        np.testing.assert_equal(
            as_dict(network), as_dict(init_lstm(n_in, 4, again, forget_bias=2.0, dtype=np.float32))
        )
    assert [type(net) for net in init_stacked("peephole LSTM", 1, 2, 3, rng).layers] == [
        PeepholeLSTMParams
    ] * 3
    assert params.layers[1].input_size == params.hidden_size == 8


def test_nothing_given_is_changed_and_a_second_pass_is_identical(rng):
    _, params, x, states, dh, dstates = problem("LSTM", 2, True)
    for array in (*leaves(params), x, *states, dh, *dstates):
        array.flags.writeable = False
    first, second = (run_ours(params, x, states, dh, dstates) for _ in range(2))
    np.testing.assert_equal(first, second)
    with pytest.raises(dataclasses.FrozenInstanceError):
        params.layers = ()


GRU, LSTM = (init(3, 4, np.random.default_rng(0)) for init in (init_gru, init_lstm))
GRU_32 = init_gru(4, 4, np.random.default_rng(0), dtype=np.float32)
STACK = StackedParams((BidirectionalParams(LSTM, LSTM),))
X = np.zeros((5, 2, 3))
CACHE = stacked_forward(STACK, X)[2]
COMPLAINTS = [
    (lambda: StackedParams(()), ValueError, "layers must hold at least one network, got none"),
    (lambda: StackedParams(LSTM), TypeError, "layers must be a tuple of networks, got LSTMParams"),
    (lambda: StackedParams((LSTM, "gru")), TypeError, r"layers\[1\] must be one of RNNParams, .*got str"),
    (lambda: StackedParams((LSTM, GRU)), ValueError,
     r"layers\[1\] must have input_size 4 to fit layers\[0\], got 3"),
    (lambda: StackedParams((LSTM, GRU_32)), TypeError,
     r"layers\[1\] must have dtype float64 like the rest, got float32"),
    (lambda: StackedParams((LSTM, BidirectionalParams(GRU_32, GRU_32))), TypeError,
     r"layers\[1\] must have dtype float64 like the rest, got float32"),
    (lambda: BidirectionalParams(LSTM, None), TypeError, "backward must be one of RNNParams, .*got NoneType"),
    (lambda: BidirectionalParams({}, LSTM), TypeError, "forward must be one of RNNParams, .*got dict"),
    (lambda: BidirectionalParams(LSTM, GRU_32), ValueError,
     "backward must have input_size 3 to fit forward, got 4"),
    (lambda: BidirectionalParams(LSTM, init_gru(3, 4, np.random.default_rng(0), dtype=np.float32)), TypeError,
     "backward must have dtype float64 like the rest, got float32"),
    (lambda: init_stacked("lstm", 3, 4, 2, None), ValueError, "network must be one of GRU, LSTM, .*got 'lstm'"),
    (lambda: init_stacked("LSTM", 3, 4, 0, None), ValueError, "layers must be at least 1, got 0"),
    (lambda: init_stacked("LSTM", 3, 4, 1, 0), TypeError, "rng must be a numpy.random.Generator"),
    (lambda: init_stacked("LSTM", 3, 4, 1, None, bidirectional=2), TypeError,
     "bidirectional must be True or False, got int"),
    (lambda: stacked_forward(STACK, X[..., :2]), ValueError, r"x must have shape \(T, B, I=3\), got \(5, 2, 2\)"),
    (lambda: stacked_forward(STACK, X, (None, None, None)), TypeError,
     "states must be a tuple of 2 entries, one a network, got a tuple of 3"),
    (lambda: stacked_forward(STACK, X, np.zeros((2, 2, 4))), TypeError,
     "states must be a tuple of 2 entries, one a network, got ndarray"),
    (lambda: stacked_forward(STACK, X, mask=np.ones((2, 5), bool)), ValueError,
     r"mask must have shape \(T=5, B=2\), got \(2, 5\)"),
    (lambda: stacked_forward(STACK, X, activation="relu"), TypeError,
     "options of LSTMParams are forget, squash, got activation"),
    (lambda: stacked_backward(STACK, CACHE, np.zeros((5, 2, 4))), ValueError,
     r"dh must have shape \(T=5, B=2, H=8\), got \(5, 2, 4\)"),
    (lambda: stacked_backward(STACK, CACHE, np.zeros((5, 2, 8), np.float32)), TypeError,
     "dh must have dtype float64 like the rest, got float32"),
    (lambda: stacked_backward(STACK, CACHE.networks[0], X), TypeError,
     "cache must be a StackedCache of 2 networks, got LSTMCache"),
    (lambda: stacked_backward(StackedParams((LSTM,)), CACHE, X), TypeError,
     "cache must be a StackedCache of 1 networks, got one of 2"),
    (lambda: stacked_backward(STACK, CACHE, np.zeros((5, 2, 8)), [None, None]), TypeError,
     "dstates must be a tuple of 2 entries, one a network, got list"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), COMPLAINTS)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_gradient_that_overflows_is_seen_and_makes_no_noise():
    """A warning would be an error; what overflowed in the upper layer goes on through the lower one."""
    h, _, cache = stacked_forward(STACK, X)
    for arrives in (np.full_like(h, 1.7e308), np.full_like(h, np.inf)):
        dx, _, gradient = stacked_backward(STACK, cache, arrives)
        assert not np.isfinite(dx).all()
        assert not np.isfinite(gradient.networks[0].weight_hh).all()
