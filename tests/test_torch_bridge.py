"""Weights to torch and back: the same outputs, the same numbers, and clear words for what we lack."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recurrent import GRU, LSTM, RNN, RNN_RELU, as_dict, problem
from torch import nn

from lstm_course import torch_bridge
from lstm_course._params import leaves
from lstm_course.gru import gru_forward, init_gru
from lstm_course.lstm import init_lstm, lstm_forward
from lstm_course.rnn import rnn_forward
from lstm_course.stacked import BidirectionalParams, StackedParams, init_stacked, stacked_forward
from lstm_course.torch_bridge import (
    gru_from_torch,
    gru_to_torch,
    lstm_from_torch,
    lstm_to_torch,
    rnn_from_torch,
    rnn_to_torch,
    stacked_from_torch,
    stacked_to_torch,
)

KINDS = {
    "lstm": (LSTM, nn.LSTM, lstm_from_torch, lstm_to_torch, lstm_forward, {}),
    "rnn": (RNN, nn.RNN, rnn_from_torch, rnn_to_torch, rnn_forward, {}),
    "rnn-relu": (
        RNN_RELU, nn.RNN, rnn_from_torch, lambda p: rnn_to_torch(p, "relu"),
        lambda p, x: rnn_forward(p, x, activation="relu"), {"nonlinearity": "relu"},
    ),
    "gru": (GRU, nn.GRU, gru_from_torch, gru_to_torch, gru_forward, {}),
}  # fmt: skip
EVERY = pytest.mark.parametrize(
    ("net", "module", "from_torch", "to_torch", "forward", "options"), KINDS.values(), ids=KINDS
)


@EVERY
@given(n_in=st.integers(1, 5), n=st.integers(1, 6), seed=st.integers(0, 10**6), bias=st.booleans())
def test_a_torch_modules_weights_give_its_outputs(
    assert_close, net, module, from_torch, to_torch, forward, options, n_in, n, seed, bias
):
    torch.manual_seed(seed)
    theirs = module(n_in, n, bias=bias, dtype=torch.float64, **options)
    x = np.random.default_rng(seed).normal(size=(6, 3, n_in))
    assert_close(forward(from_torch(theirs), x)[0], theirs(torch.tensor(x))[0].detach().numpy(), 1e-12)


@EVERY
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back_is_the_same(assert_close, net, module, from_torch, to_torch, forward, options, dtype):
    params, x, *_ = problem(net, 6, 3, 2, 4, 0, dtype)
    theirs = to_torch(params)
    assert type(theirs) is module
    again = from_torch(theirs)
    assert type(again) is type(params)
    np.testing.assert_equal(as_dict(again), as_dict(params))
    assert {value.dtype for value in as_dict(again).values()} == {np.dtype(dtype)}
    out = theirs(torch.tensor(x))[0].detach().numpy()
    assert out.dtype == dtype
    assert_close(forward(params, x)[0], out, 1e-12 if dtype is np.float64 else 1e-5)


@EVERY
def test_both_sides_have_their_own_memory(net, module, from_torch, to_torch, forward, options):
    params = problem(net, 6, 3, 2, 4, 0)[0]
    before = {key: value.copy() for key, value in as_dict(params).items()}
    theirs = to_torch(params)
    again = from_torch(theirs)
    with torch.no_grad():
        for tensor in theirs.parameters():
            tensor.zero_()
    np.testing.assert_equal(as_dict(params), before)
    np.testing.assert_equal(as_dict(again), before)


@EVERY
def test_torchs_random_numbers_are_left_alone(net, module, from_torch, to_torch, forward, options):
    params = problem(net, 6, 3, 2, 4, 0)[0]
    torch.manual_seed(0)
    wanted = torch.rand(3)
    torch.manual_seed(0)
    to_torch(params)
    assert torch.equal(torch.rand(3), wanted)


@EVERY
@pytest.mark.filterwarnings("ignore:dropout option adds dropout")
def test_what_says_nothing_about_the_weights_is_accepted(net, module, from_torch, to_torch, forward, options):
    theirs = module(2, 3, batch_first=True, dropout=0.5, **options)
    np.testing.assert_array_equal(from_torch(theirs).weight_hh, theirs.weight_hh_l0.detach().numpy())


@EVERY
def test_what_we_lack_is_named(net, module, from_torch, to_torch, forward, options):
    with pytest.raises(ValueError, match="module must have num_layers=1, got num_layers=2"):
        from_torch(module(2, 3, num_layers=2))
    with pytest.raises(ValueError, match="module must have bidirectional=False, got bidirectional=True"):
        from_torch(module(2, 3, bidirectional=True))
    with pytest.raises(TypeError, match=r"module must be of float32 or float64, got torch.float16"):
        from_torch(module(2, 3).half())
    with pytest.raises(TypeError, match=rf"module must be a torch.nn.{module.__name__}, got Linear"):
        from_torch(nn.Linear(2, 3))
    with pytest.raises(TypeError, match=r"params must be a \w+Params, got dict"):
        to_torch({})


def test_a_projection_and_an_activation_that_torch_lacks_are_named():
    with pytest.raises(ValueError, match="module must have proj_size=0, got proj_size=2"):
        lstm_from_torch(nn.LSTM(2, 3, proj_size=2))
    params = problem(RNN, 1, 1, 2, 3, 0)[0]
    with pytest.raises(ValueError, match="activation must be one of relu, tanh, got 'sigmoid'"):
        rnn_to_torch(params, "sigmoid")


def test_one_kind_is_not_taken_for_another():
    with pytest.raises(TypeError, match=r"module must be a torch.nn.LSTM, got GRU"):
        lstm_from_torch(nn.GRU(2, 3))
    with pytest.raises(TypeError, match="params must be a GRUParams, got LSTMParams"):
        gru_to_torch(problem(LSTM, 1, 1, 2, 3, 0)[0])


# Several layers, both directions


STACKS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
LAYERS = pytest.mark.parametrize("layers", [1, 3])
BOTH = pytest.mark.parametrize("bidirectional", [False, True])
EVERY_STACK = pytest.mark.parametrize("module", STACKS.values(), ids=STACKS)


@EVERY_STACK
@LAYERS
@BOTH
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_stack_gives_its_modules_outputs_and_comes_back(
    assert_close, module, layers, bidirectional, bias, dtype
):
    torch.manual_seed(0)
    theirs = module(3, 4, num_layers=layers, bidirectional=bidirectional, bias=bias, dtype=dtype)
    x = torch.randn(6, 2, 3, dtype=dtype)
    params = stacked_from_torch(theirs)
    h, states, _ = stacked_forward(params, x.numpy())
    out, last = theirs(x)
    last = last if isinstance(last, tuple) else (last,)
    tolerance = 1e-12 if dtype is torch.float64 else 1e-5
    assert h.dtype == x.numpy().dtype
    assert_close(h, out.detach().numpy(), tolerance)
    for ours, wanted in zip(zip(*states, strict=True), last, strict=True):
        assert_close(np.array(ours), wanted.detach().numpy(), tolerance)
    torch.manual_seed(0)
    before = torch.rand(3)
    torch.manual_seed(0)
    back = stacked_to_torch(params)
    assert torch.equal(torch.rand(3), before)  # torch's random numbers are left alone
    assert (type(back), back.num_layers, back.bidirectional) == (module, layers, bidirectional)
    assert_close(back(x)[0].detach().numpy(), out.detach().numpy(), tolerance)
    again = stacked_from_torch(back)
    for ours, wanted in zip(leaves(again), leaves(params), strict=True):
        np.testing.assert_array_equal(ours, wanted)
    with torch.no_grad():
        for tensor in (*theirs.parameters(), *back.parameters()):
            tensor.zero_()
    assert all(leaf.any() for leaf in leaves(again)) or not bias  # both sides have their own memory
    assert_close(stacked_forward(params, x.numpy())[0], h, 0)


def test_the_activation_of_a_stack_of_rnns_is_told(rng):
    params = init_stacked("RNN", 3, 4, 2, rng)
    x = rng.normal(size=(5, 2, 3))
    theirs = stacked_to_torch(params, "relu")
    np.testing.assert_allclose(
        theirs(torch.tensor(x))[0].detach().numpy(),
        stacked_forward(params, x, activation="relu")[0],
        rtol=1e-12,
        atol=1e-14,
    )


def test_one_layer_is_what_the_single_functions_give(rng):
    theirs = nn.GRU(3, 4, dtype=torch.float64)
    np.testing.assert_equal(as_dict(stacked_from_torch(theirs).layers[0]), as_dict(gru_from_torch(theirs)))


def stack_complaints():
    rng = np.random.default_rng(0)
    lstm, gru, narrow = init_lstm(3, 3, rng), init_gru(3, 3, rng), init_lstm(3, 2, rng)
    both = BidirectionalParams(init_lstm(3, 3, rng), init_lstm(3, 3, rng))
    unlike = "params must have, for torch, layers of one class, hidden_size and number of directions"
    return [
        (lambda: stacked_from_torch(nn.Linear(2, 3)), TypeError, r"module must be a torch\.nn\.RNN, LSTM or GRU, got Linear"),
        (lambda: stacked_from_torch(nn.LSTM(2, 3, proj_size=2)), ValueError, "module must have proj_size=0, got proj_size=2"),
        (lambda: stacked_from_torch(nn.GRU(2, 3, 2).half()), TypeError, r"module must be of float32 or float64, got torch\.float16"),
        (lambda: stacked_to_torch(lstm), TypeError, "params must be a StackedParams, got LSTMParams"),
        (lambda: stacked_to_torch(init_stacked("peephole LSTM", 2, 3, 1, rng)), TypeError,
         "params must hold RNNParams, LSTMParams or GRUParams, got PeepholeLSTMParams"),
        (lambda: stacked_to_torch(StackedParams((lstm, gru))), ValueError,
         rf"{unlike}, but layers\[1\] has \('GRUParams', 3, 1\) and layers\[0\] \('LSTMParams', 3, 1\)"),
        (lambda: stacked_to_torch(StackedParams((lstm, narrow))), ValueError, unlike),
        (lambda: stacked_to_torch(StackedParams((lstm, both))), ValueError, unlike),
        (lambda: stacked_to_torch(StackedParams((BidirectionalParams(lstm, gru),))), ValueError, unlike),
        (lambda: stacked_to_torch(StackedParams((lstm,)), "relu"), ValueError, "activation must be tanh for LSTMParams, got 'relu'"),
        (lambda: stacked_to_torch(init_stacked("RNN", 2, 3, 1, rng), "sigmoid"), ValueError,
         "activation must be one of relu, tanh, got 'sigmoid'"),
    ]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), stack_complaints())
def test_what_a_stack_lacks_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_lost_bias_or_swapped_gates_would_be_noticed(assert_close, monkeypatch):
    x = np.random.default_rng(0).normal(size=(6, 3, 2))
    right = torch_bridge._read
    for change in (
        lambda w, u, b, c: [w, u, b, c * 0],
        lambda w, u, b, c: [w, u, b[::-1], c],
        lambda w, u, b, c: [np.roll(w, 2, axis=0), u, b, c],
    ):
        monkeypatch.setattr(torch_bridge, "_read", lambda *a, change=change: change(*right(*a)))
        for _, module, from_torch, _, forward, options in KINDS.values():
            torch.manual_seed(0)
            theirs = module(2, 3, dtype=torch.float64, **options)
            with pytest.raises(AssertionError):
                assert_close(forward(from_torch(theirs), x)[0], theirs(torch.tensor(x))[0].detach().numpy())
