"""One contract for every recurrent network: the same tests over each step and each sequence pass."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recurrent import LSTM_PEEPHOLES, NETS, SIZES, as_dict, loss_of, problem, run, run_stepping, run_torch

from lstm_course.gradcheck import check_gradients
from lstm_course.lstm import lstm_forward
from lstm_course.optim import adam_step, clip_by_norm, global_norm, sgd_step

EVERY = pytest.mark.parametrize("net", NETS, ids=repr)


def assert_same(assert_close, ours, theirs, outputs, gradients):
    for tolerance, a, b in ((outputs, ours[0], theirs[0]), (gradients, ours[1], theirs[1])):
        assert a.keys() == b.keys()
        for name in a:
            assert_close(a[name], b[name], tolerance)


def a_mask(steps, batch, seed):
    return np.random.default_rng(seed).random((steps, batch)) < 0.6


@EVERY
@given(**SIZES)
def test_outputs_and_every_gradient_are_torchs(assert_close, net, steps, batch, n_in, n, seed):
    arguments = problem(net, steps, batch, n_in, n, seed)
    assert_same(assert_close, run(net, *arguments), run_torch(net, *arguments), 1e-12, 1e-10)


@EVERY
@given(**SIZES)
def test_a_sequence_is_its_steps(assert_close, net, steps, batch, n_in, n, seed):
    arguments = problem(net, steps, batch, n_in, n, seed)
    assert_same(assert_close, run(net, *arguments), run_stepping(net, *arguments), 1e-12, 1e-12)


@EVERY
@given(**SIZES)
def test_masked_outputs_and_gradients_are_torchs(assert_close, net, steps, batch, n_in, n, seed):
    arguments, mask = problem(net, steps, batch, n_in, n, seed), a_mask(steps, batch, seed)
    assert_same(assert_close, run(net, *arguments, mask), run_torch(net, *arguments, mask), 1e-12, 1e-10)


@EVERY
def test_chunks_of_the_backward_pass_join(assert_close, net):
    arguments, mask = problem(net, 8, 200, 3, 4, 0), a_mask(8, 200, 0)  # chunks of 3, 3, 2
    assert_same(assert_close, run(net, *arguments), run_torch(net, *arguments), 1e-12, 1e-10)
    assert_same(assert_close, run(net, *arguments, mask), run_torch(net, *arguments, mask), 1e-12, 1e-10)
    arguments = problem(net, 3, 600, 2, 2, 0)  # one step a chunk
    assert_same(assert_close, run(net, *arguments), run_torch(net, *arguments), 1e-12, 1e-10)


@pytest.mark.parametrize("net", [net for net in NETS if net.smooth], ids=repr)  # torch alone judges kinks
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_every_gradient_is_a_finite_difference(net, masked, seed):
    params, x, states, dh, dstates = problem(net, 4, 2, 3, 2, seed)
    mask = a_mask(4, 2, seed) if masked else None

    def loss(p):
        weights = type(params)(**{key: p[key] for key in as_dict(params)})
        return loss_of(net, weights, p["x"], tuple(p[name] for name in net.states), dh, dstates, mask)

    arrays = {"x": x, **dict(zip(net.states, states, strict=True)), **as_dict(params)}
    check_gradients(loss, arrays, run(net, params, x, states, dh, dstates, mask)[1], tolerance=1e-7)


@EVERY
@given(**SIZES)
def test_a_masked_batch_is_every_sequence_alone(assert_close, net, steps, batch, n_in, n, seed):
    params, x, states, dh, dstates = problem(net, steps, batch, n_in, n, seed)
    lengths = np.random.default_rng(seed).integers(1, steps + 1, batch)
    mask = np.arange(steps)[:, None] < lengths
    dh = dh * mask[..., None]
    outputs, gradients = run(net, params, x, states, dh, dstates, mask)
    total = {key: 0 for key in as_dict(params)}
    for b, length in enumerate(lengths):
        one = slice(b, b + 1)
        alone = (
            x[:length, one],
            tuple(s[one] for s in states),
            dh[:length, one],
            tuple(d[one] for d in dstates),
        )
        out, grad = run(net, params, *alone)
        assert_close(outputs["h"][:length, one], out["h"])
        assert_close(outputs["h"][length:, one], np.repeat(out["h_T"][None], steps - length, axis=0))
        for name in outputs.keys() - {"h"}:
            assert_close(outputs[name][one], out[name])
        assert_close(gradients["x"][:length, one], grad["x"], 1e-11)
        assert not gradients["x"][length:, one].any()
        for name in net.states:
            assert_close(gradients[name][one], grad[name], 1e-11)
        total = {key: total[key] + grad[key] for key in total}
    for key in total:
        assert_close(gradients[key], total[key], 1e-11)


@EVERY
def test_a_mask_of_true_changes_nothing_and_one_of_false_everything(net):
    params, x, states, dh, dstates = problem(net, 3, 2, 2, 4, 0)
    plain, masked = run(net, params, x, states, dh, dstates), run(
        net, params, x, states, dh, dstates, np.ones((3, 2), bool)
    )  # fmt: skip
    for a, b in zip(plain, masked, strict=True):
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])
    outputs, gradients = run(net, params, x, states, dh, dstates, np.zeros((3, 2), bool))
    np.testing.assert_array_equal(outputs["h"], np.repeat(states[0][None], 3, axis=0))
    np.testing.assert_allclose(gradients["h0"], dstates[0] + dh.sum(axis=0), rtol=1e-14)
    assert not any(gradients[key].any() for key in ("x", *as_dict(params)))


@EVERY
@given(**SIZES)
def test_float32_stays_float32_and_agrees_to_its_precision(assert_close, net, steps, batch, n_in, n, seed):
    arguments = problem(net, steps, batch, n_in, n, seed, np.float32)
    theirs = run_torch(net, *arguments)
    for ours in (run(net, *arguments), run_stepping(net, *arguments)):
        assert all(array.dtype == np.float32 for part in ours for array in part.values())
        assert_same(assert_close, ours, theirs, 1e-4, 1e-3)
    cache = net.forward(*arguments[:3])[2]
    assert all(array.dtype == np.float32 for array in cache if isinstance(array, np.ndarray))


@EVERY
@pytest.mark.parametrize("how", [run, run_stepping])
def test_nothing_given_is_changed_and_a_second_pass_is_identical(net, how):
    arguments = problem(net, 4, 3, 2, 3, 0)
    before = copy.deepcopy(arguments)
    first, second = how(net, *arguments), how(net, *arguments)
    np.testing.assert_equal([as_dict(arguments[0]), *arguments[1:]], [as_dict(before[0]), *before[1:]])
    np.testing.assert_equal(first, second)


@EVERY
def test_a_cache_can_be_used_twice_and_belongs_to_its_own_pass(net):
    params, x, states, dh, dstates = problem(net, 4, 3, 2, 3, 0)
    h, _, cache = net.forward(params, x, states)
    first = net.backward(params, cache, dh, dstates)
    x[:] = 7  # the caller's array may change after the forward pass
    net.forward(params, x, states)
    second = net.backward(params, cache, dh, dstates)
    np.testing.assert_equal((first[:2], as_dict(first[2])), (second[:2], as_dict(second[2])))
    with pytest.raises(ValueError, match="read-only"):
        h[0] = 0


@EVERY
@pytest.mark.parametrize("how", [run, run_stepping])
def test_samples_of_a_batch_do_not_see_each_other(assert_close, net, how):
    params, x, states, dh, dstates = problem(net, 4, 5, 2, 3, 0)
    order = np.array([3, 0, 4, 1, 2])
    outputs, gradients = how(net, params, x, states, dh, dstates)
    shuffled = (x[:, order], tuple(s[order] for s in states), dh[:, order], tuple(d[order] for d in dstates))
    outputs2, gradients2 = how(net, params, *shuffled)
    assert_close(outputs2["h"], outputs["h"][:, order])
    assert_close(gradients2["x"], gradients["x"][:, order])
    assert_close(gradients2["h0"], gradients["h0"][order])
    other = x.copy()
    other[:, 1:] += 1
    assert_close(how(net, params, other, states, dh, dstates)[0]["h"][:, 0], outputs["h"][:, 0])


@EVERY
def test_no_step_sees_the_future(net):
    params, x, states, dh, dstates = problem(net, 5, 2, 2, 3, 0)
    h = net.forward(params, x, states)[0].copy()
    x[3:] += 1
    np.testing.assert_array_equal(net.forward(params, x, states)[0][:3], h[:3])
    dh[3:], nothing = 0, tuple(np.zeros_like(d) for d in dstates)  # a loss that reads steps 0 to 2 only
    assert not run(net, params, x, states, dh, nothing)[1]["x"][3:].any()


@EVERY
@given(seed=st.integers(0, 10**6))
def test_a_small_step_against_the_gradient_lowers_the_loss(net, seed):
    params, *rest = problem(net, 6, 3, 2, 4, seed)
    gradient = run(net, params, *rest)[1]
    dparams = type(params)(**{key: gradient[key] for key in as_dict(params)})
    squared = sum(float(np.sum(g**2)) for g in as_dict(dparams).values())
    rate = 1e-7
    fall = loss_of(net, params, *rest) - loss_of(net, sgd_step(params, dparams, rate), *rest)
    assert fall == pytest.approx(rate * squared, rel=1e-2)


@EVERY
def test_initial_states_are_zeros_and_last_gradients_too(net):
    params, x, states, dh, _ = problem(net, 4, 3, 2, 3, 0)
    zeros = tuple(np.zeros_like(s) for s in states)
    h, last, cache = net.forward(params, x)
    dx, dstates0, dparams = net.backward(params, cache, dh)
    ours = {"h": h, **dict(zip(("h_T", "c_T"), last, strict=False))}, {
        "x": dx, **dict(zip(net.states, dstates0, strict=True)), **as_dict(dparams)}  # fmt: skip
    np.testing.assert_equal(ours, run(net, params, x, zeros, dh, zeros))


@EVERY
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [1e3, 1e-30])
def test_extreme_values_raise_no_warning(net, scale, dtype):
    params, x, states, dh, dstates = problem(net, 4, 3, 2, 3, 0, dtype)
    with np.errstate(all="raise", under="ignore"):
        both = [how(net, params, x * scale, states, dh, dstates) for how in (run, run_stepping)]
    for outputs, gradients in both:
        assert all(np.isfinite(a).all() for a in (*outputs.values(), *gradients.values()))
    if net.smooth:  # bounded, too
        assert np.abs(both[0][0]["h"]).max() <= 1


@EVERY
def test_integers_and_lists_are_taken(net):
    params = net.init(2, 3, np.random.default_rng(0))
    h, _, _ = net.forward(params, [[[1, 2]], [[3, 4]]])
    assert h.shape == (2, 1, 3)
    assert h.dtype == np.float64


@EVERY
def test_initial_weights_are_seeded_and_in_torchs_range(net):
    first, second = (net.init(3, 16, np.random.default_rng(4), dtype=np.float32) for _ in range(2))
    np.testing.assert_equal(as_dict(first), as_dict(second))
    assert first.input_size == 3
    assert first.hidden_size == 16
    for weight in (first.weight_ih, first.weight_hh):
        assert weight.dtype == np.float32
        assert np.abs(weight).max() <= 0.25
        assert weight.std() == pytest.approx(0.25 / np.sqrt(3), rel=0.25)


# Mistakes that a caller makes


def _given(net, steps=4, batch=2, n_in=3, n=5):
    return problem(net, steps, batch, n_in, n, 0)


@EVERY
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.zeros((4, 2, 7)), ValueError, r"x must have shape \(T, B, I=3\), got \(4, 2, 7\)"),
        (np.zeros((4, 3)), ValueError, r"x must have shape \(T, B, I=3\), got \(4, 3\)"),
        (np.zeros((4, 0, 3)), ValueError, r"x must not be empty"),
        (np.zeros((0, 2, 3)), ValueError, r"x must not be empty"),
        (np.full((4, 2, 3), np.nan), ValueError, r"x must be finite, but x\[0, 0, 0\] is nan"),
        (np.zeros((4, 2, 3), np.float32), TypeError, "x must have dtype float64 like the rest, got float32"),
        (np.zeros((4, 2, 3), complex), TypeError, "x must be an array of float32 or float64"),
    ],
)
def test_a_bad_x_is_named(net, x, error, message):
    with pytest.raises(error, match=message):
        net.forward(_given(net)[0], x)


@EVERY
def test_bad_states_masks_and_gradients_are_named(net):
    params, x, states, dh, dstates = _given(net)
    _, _, cache = net.forward(params, x, states)
    for k, name in enumerate(net.states):
        bad = [*states[:k], states[k][:1], *states[k + 1 :]]
        with pytest.raises(ValueError, match=rf"{name} must have shape \(B=2, H=5\), got \(1, 5\)"):
            net.forward(params, x, tuple(bad))
        bad = [*dstates[:k], dstates[k].T, *dstates[k + 1 :]]
        with pytest.raises(ValueError, match=rf"d{name[0]}_T must have shape \(B=2, H=5\), got \(5, 2\)"):
            net.backward(params, cache, dh, tuple(bad))
    with pytest.raises(ValueError, match=r"mask must have shape \(T=4, B=2\), got \(2, 4\)"):
        net.forward(params, x, states, np.ones((2, 4), bool))
    with pytest.raises(TypeError, match="mask must be an array of bool, got dtype float64"):
        net.forward(params, x, states, np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"dh must have shape \(T=4, B=2, H=5\), got \(2, 4, 5\)"):
        net.backward(params, cache, dh.swapaxes(0, 1), dstates)
    with pytest.raises(TypeError, match="dh must have dtype float64 like the rest, got float32"):
        net.backward(params, cache, dh.astype(np.float32), dstates)


@EVERY
def test_bad_arguments_of_a_step_are_named(net):
    params, x, states, dh, dstates = _given(net)
    with pytest.raises(ValueError, match=r"x_t must have shape \(B, I=3\), got \(4, 2, 3\)"):
        net.step(params, x, *states)
    with pytest.raises(ValueError, match=r"h_prev must have shape \(B=2, H=5\), got \(5, 2\)"):
        net.step(params, x[0], states[0].T, *states[1:])
    _, cache = net.step(params, x[0], *states)
    with pytest.raises(ValueError, match=r"dh_t must have shape \(B=2, H=5\), got \(4, 2, 5\)"):
        net.step_backward(params, cache, dh, *dstates[1:])


@EVERY
def test_bad_parameters_are_named(net):
    good = as_dict(net.init(3, 5, np.random.default_rng(0)))
    make = type(net.init(3, 5, np.random.default_rng(0)))
    for name, array in good.items():
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            make(**{**good, name: np.full_like(array, np.inf)})
        if name != "weight_ih":
            with pytest.raises(ValueError, match=f"{name} must have shape"):
                make(**{**good, name: array[1:]})
            with pytest.raises(TypeError, match=f"{name} must have dtype float64 like the rest, got float32"):
                make(**{**good, name: array.astype(np.float32)})
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator"):
        net.init(3, 5, 0)
    with pytest.raises(ValueError, match="hidden_size must be at least 1, got 0"):
        net.init(3, 0, np.random.default_rng(0))
    with pytest.raises(TypeError, match="dtype must be float32 or float64"):
        net.init(3, 5, np.random.default_rng(0), dtype=int)


# The cache at the door


def _other(net):
    """A network whose weights are of another class."""
    return next(other for other in NETS if not issubclass(net.network.params, other.network.params))


@EVERY
def test_what_is_no_cache_is_named(net):
    params, x, states, dh, dstates = _given(net)
    forward = net.forward(params, x, states)
    _, step = net.step(params, x[0], *states)
    own, own_step = net.network.cache.__name__, net.network.step_cache.__name__
    named = [
        (net.backward, (forward, dh), rf"cache must be (a )?.*{own}.* the last of what the forward pass returns, got tuple"),
        (net.network.backward, (forward, dh), f"cache must be {own}, got all that the forward pass returns: take the last"),
        (net.network.backward, (step, dh), f"cache must be {own}, got {own_step}"),
        (net.network.backward, (None, dh), f"cache must be {own}, got NoneType"),
        (net.network.step_backward, (forward[2], *dstates), f"cache must be {own_step}, got {own}"),
        (net.network.step_backward, (net.step(params, x[0], *states), *dstates),
         f"cache must be {own_step}, got all that the forward pass returns"),
    ]  # fmt: skip
    for function, arguments, message in named:
        with pytest.raises(TypeError, match=message):
            function(params, *arguments)


@EVERY
def test_a_cache_of_another_network_is_named(net):
    other = _other(net)
    params, x, states, dh, dstates = _given(net)
    theirs = other.network.init(3, 5, np.random.default_rng(0))
    cache = net.forward(params, x, states)[2]
    step = net.step(params, x[0], *states)[1]
    own, their = net.network, other.network
    # weights of another network, with everything else as it should be
    with pytest.raises(TypeError, match=f"params must be .*, got {their.params.__name__}"):
        own.forward(theirs, x)
    with pytest.raises(TypeError, match=f"params must be .*, got {their.params.__name__}"):
        own.step(theirs, x[0], *states)
    with pytest.raises(TypeError, match=f"params must be .*, got {their.params.__name__}"):
        own.backward(theirs, cache, dh)
    with pytest.raises(TypeError, match=f"params must be .*, got {their.params.__name__}"):
        own.step_backward(theirs, step, *dstates)
    # a cache of another network
    foreign = other.forward(theirs, x)[2]
    foreign_step = other.step(theirs, x[0], *(states[0] for _ in other.states))[1]
    with pytest.raises(TypeError, match=f"cache must be {own.cache.__name__}, got {their.cache.__name__}"):
        own.backward(params, foreign, dh)
    with pytest.raises(TypeError, match="cache must be"):
        own.step_backward(params, foreign_step, *dstates)
    with pytest.raises(TypeError, match=f"got {their.cache.__name__}"):
        net.backward(params, foreign, dh)


@EVERY
def test_a_cache_of_another_size_or_dtype_is_named(net):
    params, x, states, dh, dstates = _given(net)
    cache, step = net.forward(params, x, states)[2], net.step(params, x[0], *states)[1]
    rng = np.random.default_rng(0)
    for n_in, n in ((4, 5), (3, 6), (2, 6)):  # the last has the same total width
        other = net.init(n_in, n, rng)
        for function, kept, back in ((net.backward, cache, (dh,)), (net.step_backward, step, dstates)):
            with pytest.raises(
                ValueError, match=f"cache must have I={n_in}, H={n} like params, got I=3, H=5"
            ):
                function(other, kept, *back)
    narrow = net.init(3, 5, rng, dtype=np.float32)
    for function, kept, back in ((net.backward, cache, (dh,)), (net.step_backward, step, dstates)):
        with pytest.raises(TypeError, match="cache must have dtype float32 like params, got float64"):
            function(narrow, kept, *back)


def test_peepholes_are_not_dropped_in_silence():
    params, x, states, *_ = _given(LSTM_PEEPHOLES)
    with pytest.raises(TypeError, match="params must be LSTMParams, got PeepholeLSTMParams"):
        lstm_forward(params, x, *states)


@EVERY
def test_steps_of_a_cache_are_counted_from_0_and_not_from_the_end(net):
    params, x, states, *_ = _given(net)
    cache = net.forward(params, x, states)[2]
    np.testing.assert_array_equal(cache.x, x)
    if not hasattr(cache, "step"):
        return
    for t in (0, 3):
        step = cache.step(t)
        np.testing.assert_array_equal(step.c_prev, cache.c[t])
        np.testing.assert_array_equal(step.h_prev, cache.h[t])
        np.testing.assert_array_equal(step.c_t, cache.c[t + 1])
    for t, error, message in (
        (-1, ValueError, "t must be at least 0, got -1"),
        (4, ValueError, "t must be at most 3, got 4"),
        (1.0, TypeError, "t must be an integer, got float"),
        (True, TypeError, "t must be an integer, got bool"),
    ):
        with pytest.raises(error, match=message):
            cache.step(t)


# Masks, states and sequences the wrong way round


@EVERY
def test_a_mask_of_ones_and_zeros_is_one_of_true_and_false(net):
    params, x, states, dh, dstates = _given(net)
    mask = a_mask(4, 2, 0)
    wanted = run(net, params, x, states, dh, dstates, mask)
    for same in (mask.astype(int), mask.astype(np.uint8), mask.tolist(), mask.astype(int).tolist()):
        np.testing.assert_equal(run(net, params, x, states, dh, dstates, same), wanted)
    with pytest.raises(ValueError, match="mask must hold True and False, or 1 and 0, got 0 to 2"):
        net.forward(params, x, states, 2 * mask.astype(int))
    with pytest.raises(ValueError, match="mask must hold True and False, or 1 and 0, got -1 to 0"):
        net.forward(params, x, states, -1 * mask.astype(int))
    ragged = [[True, True], [True], [True, True], [True, True]]
    with pytest.raises(ValueError, match=r"mask must have shape \(T=4, B=2\), got a ragged sequence"):
        net.forward(params, x, states, ragged)
    with pytest.raises(TypeError, match="mask must be an array of bool, got dtype object"):
        net.forward(params, x, states, np.full((4, 2), None))
    mask[:] = False  # the caller's mask may change after the forward pass
    kept = net.forward(params, x, states, given := a_mask(4, 2, 0))[2]
    given[:] = False
    assert kept.mask.any()


@EVERY
def test_a_batch_first_sequence_is_suspected_where_a_state_or_the_mask_gives_it_away(net):
    params, x, states, *_ = _given(net, steps=2, batch=4)  # read as T = 2, B = 4; meant the other way round
    meant = tuple(s[:2] for s in states)
    hint = r"x is read as \(T=2, B=4, I=3\), time first; is it batch first\?"
    with pytest.raises(ValueError, match=rf"h0 must have shape \(B=4, H=5\), got \(2, 5\): {hint}"):
        net.forward(params, x, meant)
    with pytest.raises(ValueError, match=rf"mask must have shape \(T=2, B=4\), got \(4, 2\): {hint}"):
        net.forward(params, x, states, np.ones((4, 2), bool))
    if len(states) == 2:
        with pytest.raises(ValueError, match=rf"c0 must have shape .*: {hint}"):
            net.forward(params, x, (None, meant[1]))
    with pytest.raises(ValueError, match=r"h0 must have shape \(B=4, H=5\), got \(3, 5\)$"):  # something else
        net.forward(params, x, (np.zeros((3, 5)), *states[1:]))
    square = _given(net, steps=4, batch=4)
    net.forward(*square[:3], np.ones((4, 4), bool))  # T = B: nothing can be told


@EVERY
def test_two_states_in_one_tuple_are_told_apart(net):
    params, x, states, *_ = _given(net)
    apart = "h0, c0" if len(states) == 2 else "h0"
    message = rf"h0 must be an array \(B, H\), got a tuple of 2; pass {apart} one by one"
    with pytest.raises(TypeError, match=message):
        net.network.forward(params, x, (states[0], states[0]))
    as_tuple = tuple(map(tuple, states[0].tolist()))  # a tuple of rows is an array, and stays one
    outputs = net.network.forward(params, x, as_tuple, *states[1:])[0]
    np.testing.assert_array_equal(outputs, net.network.forward(params, x, *states)[0])


# Gradients that overflow


@EVERY
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_gradient_that_overflows_is_seen_and_makes_no_noise(net, dtype):
    """The same in one pass and step by step; a warning would be an error."""
    params, x, states, dh, dstates = problem(net, 6, 2, 3, 4, 0, dtype)
    huge = dtype(0.9 * np.finfo(dtype).max)  # two of these meet at the last state
    arrive = np.full_like(dh, huge), tuple(np.full_like(d, huge) for d in dstates)
    both = [how(net, params, x, states, *arrive)[1] for how in (run, run_stepping)]
    for gradients in both:
        assert all(array.dtype == dtype for array in gradients.values())
        assert not np.isfinite(gradients["x"]).any()
        assert not any(np.isfinite(array).all() for array in gradients.values())
    _, step = net.step(params, x[0], *states)
    one = net.step_backward(params, step, *(np.full_like(d, np.inf) for d in states))  # a step by itself
    assert not np.isfinite(one[1][0]).all()
    for bad in (np.inf, -np.inf, np.nan):  # what overflowed further up comes in, and goes out
        dh[3, 0, 0] = bad
        for how in (run, run_stepping):
            gradients = how(net, params, x, states, dh, dstates)[1]
            assert not np.isfinite(gradients["x"][0, 0]).any()
            assert np.isfinite(gradients["x"][:, 1]).all()  # the other sample has nothing to do with it
            assert np.isfinite(gradients["x"][4:]).all()  # nor has a later step
            assert not np.isfinite(gradients["weight_hh"]).all()
    dh[:] = 0
    for k, name in enumerate(net.states):  # and what is known of the last states
        last = tuple(np.where(k == j, np.inf, 0 * d).astype(dtype) for j, d in enumerate(dstates))
        for how in (run, run_stepping):
            assert not np.isfinite(how(net, params, x, states, dh, last)[1][name]).all()


@EVERY
def test_what_overflowed_passes_a_sample_without_steps_and_touches_no_weight(net):
    params, x, states, dh, dstates = problem(net, 3, 2, 2, 4, 0)
    mask = np.array([[False, True]] * 3)
    dh[1, 0], dstates[0][0] = np.inf, -1.0
    gradients = run(net, params, x, states, dh, dstates, mask)[1]
    assert (gradients["h0"][0] == np.inf).all()
    assert not gradients["x"][:, 0].any()
    for name in as_dict(params):
        assert np.isfinite(gradients[name]).all()


@EVERY
def test_optimisers_and_clipping_refuse_a_gradient_that_overflowed(net):
    params, x, states, dh, dstates = problem(net, 6, 2, 3, 4, 0)
    huge = np.full_like(dh, 1.7e308), tuple(np.full_like(d, 1.7e308) for d in dstates)
    dparams = net.backward(params, net.forward(params, x, states)[2], *huge)[-1]
    assert not np.isfinite(global_norm(dparams))
    for step in (sgd_step, adam_step):
        with pytest.raises(
            ValueError, match=r"gradient\.\w+ must be finite, but gradient\.\w+\[.*\] is -?(inf|nan)"
        ):
            step(params, dparams, 0.1)
    with pytest.raises(ValueError, match=r"gradient must be finite, but its norm is (inf|nan)"):
        clip_by_norm(dparams, 1.0)


@EVERY
def test_states_inputs_and_weights_must_be_finite_all_the_same(net):
    params, x, states, *_ = _given(net)
    for k, name in enumerate(net.states):
        bad = tuple(np.where(k == j, np.inf, s) for j, s in enumerate(states))
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            net.forward(params, x, bad)
        with pytest.raises(ValueError, match=f"{name[0]}_prev must be finite"):
            net.step(params, x[0], *bad)
    with pytest.raises(ValueError, match="x_t must be finite"):
        net.step(params, np.full_like(x[0], np.nan), *states)
