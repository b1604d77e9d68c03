"""The exercises of chapters 15 and 16 that ask for no function: answers by torch, and wrong ones of several kinds."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lstm_course.activations import sigmoid
from lstm_course.exercises import EXERCISES, grade
from lstm_course.gru import GRUParams, gru_backward, gru_forward, init_gru


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def cell(r_row, z_row, n_row, b_hn):
    """torch's cell of one unit, its rows as (weight of x, weight of h, bias)."""
    theirs = torch.nn.GRUCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih[:] = torch.tensor([[row[0]] for row in (r_row, z_row, n_row)])
        theirs.weight_hh[:] = torch.tensor([[row[1]] for row in (r_row, z_row, n_row)])
        theirs.bias_ih[:] = torch.tensor([row[2] for row in (r_row, z_row, n_row)])
        theirs.bias_hh[:] = torch.tensor([0.0, 0.0, b_hn])
    return theirs


def test_one_step_by_torch():
    theirs = cell((0.0, 0.0, 0.0), (0.0, 0.0, np.log(4.0)), (0.0, 2.0, 0.3), 0.6)  # r = 1/2, z = 4/5
    new = theirs(torch.zeros(1, 1).double(), torch.tensor([[-0.5]]).double()).item()
    assert grade("gru-by-hand", ((new + 0.4) / 0.2, new)).status == "right"


def test_the_other_library_by_running_it():
    """A GRU with the blocks z, r, n that is replaced at z = 1, in torch, and ours with the weights translated."""
    rng = np.random.default_rng(5)
    w_i, w_h, b = (rng.standard_normal(shape) for shape in ((12, 3), (12, 4), 12))
    theirs = GRUParams(w_i, w_h, b, rng.standard_normal(4))
    x, h0 = rng.standard_normal((6, 2, 3)), rng.uniform(-1, 1, (2, 4))
    h = torch.tensor(h0)
    for x_t in torch.tensor(x):
        z, r, n_x = (x_t @ torch.tensor(w_i).T + torch.tensor(b)).chunk(3, dim=1)
        z_h, r_h, n_h = (h @ torch.tensor(w_h).T).chunk(3, dim=1)
        z, r = torch.sigmoid(z + z_h), torch.sigmoid(r + r_h)
        n = torch.tanh(n_x + r * (n_h + torch.tensor(theirs.bias_hn)))
        h = (1 - z) * h + z * n
    ours = EXERCISES["flip-update-gate"].reference(theirs)
    assert np.allclose(gru_forward(ours, x, h0)[1], h.numpy(), rtol=0, atol=1e-12)


def share_left(b_z, w_hn, steps=5):
    """Of a difference of two old states, what is left after some steps: b_z is all that enters z."""
    ones = np.ones((3, 1))
    p = GRUParams(
        ones * [[0], [0], [1]], ones * [[0], [0], [w_hn]], np.array([2.0, b_z, 0.5]), np.full(1, 0.3)
    )
    x = np.random.default_rng(0).standard_normal((steps, 1, 1))
    low, high = (gru_forward(p, x, np.full((1, 1), h0))[1].item() for h0 in (-0.4, 0.6))
    return high - low


def test_two_memories_by_running_them():
    """A gate that replaces at z = 1 is one of the opposite bias that keeps."""
    for place, b_z in enumerate((-3.0, 3.0)):
        tau = EXERCISES["two-memories"].right_values()[place]
        assert -5 / np.log(share_left(b_z, 0.0)) == pytest.approx(tau, rel=1e-6)
        assert -5 / np.log(share_left(b_z, 0.5)) > 1.1 * tau  # why the candidate must not hear the state


def test_four_contributions_by_torch():
    """The step with the reset before the product, each way alone."""

    def slope(free):
        h = leaf(-0.5)
        seen = {way: h if way == free else h.detach() for way in ("direct", "n", "r", "z")}
        r = torch.sigmoid(1.5 * seen["r"] + 0.75)  # one half at h = -1/2
        z = torch.sigmoid(-2 * seen["z"] - 1 + np.log(4.0))
        n = torch.tanh(3 * r * seen["n"] + 0.75 + np.arctanh(0.6))
        return torch.autograd.grad((1 - z) * n + z * seen["direct"], h)[0].item()

    assert grade("back-before", tuple(slope(way) for way in ("direct", "n", "r", "z"))).status == "right"


def test_the_bias_for_a_lag_keeps_half():
    bias, tau = EXERCISES["bias-of-z"].right_values()
    assert sigmoid(bias) ** 100 == pytest.approx(0.5, rel=1e-12)
    assert np.exp(-100 / tau) == pytest.approx(0.5, rel=1e-12)


def test_a_start_that_keeps_all():
    for seed in range(10):
        norms = []
        for bias_of_z in (0.0, 8.0):
            rng = np.random.default_rng(seed)
            params = init_gru(4, 8, rng)
            bias = params.bias.copy()
            bias[8:16] = bias_of_z
            params = replace(params, bias=bias)
            _, h_T, cache = gru_forward(params, rng.standard_normal((50, 3, 4)))
            _, dh0, d = gru_backward(params, cache, np.zeros((50, 3, 8)), np.ones_like(h_T))
            norms.append((np.linalg.norm(dh0), np.linalg.norm(d.weight_ih[16:])))
        (h_low, w_low), (h_high, w_high) = norms
        assert h_high > 1e3 * h_low
        assert w_high < 0.1 * w_low
    assert grade("z-starts-high", "b1").status == "right"


def torch_gru(weights, x, h0):
    theirs = torch.nn.GRU(x.shape[2], h0.shape[1], dtype=torch.float64)
    for name, value in zip(
        ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"), weights, strict=True
    ):
        getattr(theirs, name).data[:] = torch.tensor(value)
    return theirs


def test_the_step_meant_for_torch_has_one_bug():
    task = EXERCISES["meant-for-torch"]
    mended = task.listing.replace("q = r * h @ W_hh[2 * H :].T + b_hh[2 * H :]", "q = r * gh[:, 2 * H :]")
    assert mended != task.listing
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape) for shape in ((12, 3), (12, 4), 12, 12)]
    x, h = rng.standard_normal((5, 3)), rng.standard_normal((5, 4))
    want = torch_gru(weights, x[None], h)(torch.tensor(x[None]), torch.tensor(h[None]))[0][0].detach().numpy()
    one = [rng.standard_normal(shape) for shape in ((3, 1), (3, 1))] + [np.zeros(3)] * 2
    x1, h1 = x[:, :1], h[:, :1]
    want1 = (
        torch_gru(one, x1[None], h1)(torch.tensor(x1[None]), torch.tensor(h1[None]))[0][0].detach().numpy()
    )
    for listing, right in ((mended, True), (task.listing, False)):
        scope = {"np": np, "sigmoid": sigmoid}
        exec(listing, scope)
        assert np.allclose(scope["step"](*weights, x, h), want) == right
        assert np.allclose(scope["step"](*one, x1, h1), want1)


def test_the_backward_listing_has_one_bug_which_a_reset_of_1_hides():
    task = EXERCISES["back-bug"]
    mended = task.listing.replace("dW_n += da_n.T @ h_prev", "dW_n += (da_n * r).T @ h_prev")
    assert mended != task.listing
    rng = np.random.default_rng(1)
    for b_r, seen in ((0.0, True), (60.0, False)):
        params = init_gru(3, 4, rng)
        bias = params.bias.copy()
        bias[:4] = b_r
        params = replace(params, bias=bias, bias_hn=rng.standard_normal(4))
        x, h0 = rng.standard_normal((6, 2, 3)), rng.standard_normal((2, 4))
        _, _, cache = gru_forward(params, x, h0)
        dh = rng.standard_normal((6, 2, 4))
        _, dh0, d = gru_backward(params, cache, dh)
        w_r, w_z, w_n = np.split(params.weight_hh, 3)
        steps = [
            (cache.h[t], cache.r[t], cache.z[t], cache.n[t], cache.h[t] @ w_n.T + params.bias_hn)
            for t in range(6)
        ]
        want = [*np.split(d.weight_hh, 3), dh0]
        for listing, right in ((mended, [True] * 4), (task.listing, [True, True, not seen, True])):
            scope = {"np": np}
            exec(listing, scope)
            ours = scope["recurrent_gradients"](w_r, w_z, w_n, steps, dh)
            assert [np.allclose(a, b) for a, b in zip(ours, want, strict=True)] == right


def latch(flag=-40.0, bias=20.0, value=5.0, hears=0.0):
    weight_hh = np.array([[0.0], [0.0], [hears]])
    return GRUParams(
        np.array([[0.0, 0], [0, flag], [value, 0]]), weight_hh, np.array([0.0, bias, 0]), np.zeros(1)
    )


def ring(letter=-40.0, shift=1, strength=10.0):
    weight_hh = np.concatenate([np.zeros((6, 3)), strength * np.roll(np.eye(3), shift, axis=0)])
    weight_ih = np.repeat([[0.0], [letter], [0.0]], 3, axis=0)
    return GRUParams(
        weight_ih, weight_hh, np.repeat([20.0, 20.0 if letter < 0 else -20.0, 0.0], 3), np.zeros(3)
    )


def blind(**changed):
    values = {
        "w_x": 1.0,
        "w_r": 1.0,
        "w_z": -1.0,
        "w_n": 2.0,
        "b_hn": -1.0,
        "x": float(np.arctanh(0.5)),
        "h": 0.5,
    }
    v = values | changed
    params = GRUParams(
        np.array([[0.5], [0.5], [v["w_x"]]]), np.array([[v["w_r"]], [v["w_z"]], [v["w_n"]]]), np.zeros(3),
        np.array([v["b_hn"]]),
    )  # fmt: skip
    return params, v["x"], v["h"]


RESET = ([[1.0, 2, 0], [3, 4, 0], [0, 0, 5]], [0.3, 0.3, 0.8])


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("gru-latch", latch(flag=40.0, bias=-20.0), "takes the value at flag 1"),
        ("gru-latch", latch(bias=4.0, flag=-40.0), "at each of a hundred steps"),
        ("gru-latch", latch(bias=0.0), "no nearer to 1 than one half"),
        ("gru-latch", latch(value=0.5), "Give the value more weight"),
        (
            "gru-latch",
            init_gru(3, 1, np.random.default_rng(0)),
            "must have 2 inputs and 1 units, got 3 and 1",
        ),
        ("gru-latch", (1, 2), "got 2 parts"),
        ("gru-modulo-three", ring(letter=0.0), "The mark is passed on at a zero too"),
        ("gru-modulo-three", ring(shift=2), "from unit 0 to unit 2"),
        ("gru-modulo-three", ring(strength=1.0), "but fades: your candidates are too weak"),
        ("gru-modulo-three", ring(letter=40.0), "keep at letter 1 and are replaced at letter 0"),
        ("gru-modulo-three", init_gru(1, 2, np.random.default_rng(0)), "got 1 and 2"),
        ("resets-agree", (RESET[0], [0.3, 0.3, 0.3]), "Make two entries of r differ"),
        ("resets-agree", (np.eye(3), RESET[1]), "Let some unit listen"),
        ("resets-agree", (np.ones((3, 3)), RESET[1]), "compare r_j and r_i for each weight"),
        ("resets-agree", (RESET[0], [0.3, 0.3, 1.8]), "must lie between 0 and 1"),
        ("resets-agree", RESET[0], "must hold two arrays"),
        ("blind-step", blind(w_r=0.01), "W_hr is below 0.1"),
        ("blind-step", blind(w_r=9.0), "A saturated gate has no slope"),
        ("blind-step", blind(b_hn=-0.5), "has q as a factor"),
        ("blind-step", blind(x=0.0), "old state and candidate must be equal"),
        ("blind-step", (1, 2), "must hold three parts"),
    ],
)
def test_wrong_constructions_are_told_what_is_wrong(label, answer, said):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


def test_the_latch_the_wrong_way_round_is_named():
    assert "keeps at flag 1" in " ".join(grade("gru-latch", latch(flag=40.0, bias=-20.0)).text.split())


def test_right_constructions_of_another_make():
    for answer in (
        latch(),
        latch(flag=-60.0, bias=30.0, value=3.0),
        tuple(vars(latch()).values()),
        vars(latch()),
    ):
        assert grade("gru-latch", answer).status == "right"
    assert grade("gru-modulo-three", ring(letter=-50.0, strength=6.0)).status == "right"
    zero_off = ([[2.0, 0, 1], [0, 1, 0], [1, 0, 3]], [0.5, 0.9, 0.5])
    assert grade("resets-agree", zero_off).status == "right"
    assert grade("blind-step", blind(w_n=-1.0, b_hn=0.5)).status == "right"
