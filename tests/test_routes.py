"""Routes of the LSTM's gradient: counted one by one, multiplied out, and shut door by door, against torch."""

from itertools import product

import numpy as np
import pytest
from test_highway import rollout

from lstm_course.gradient_flow import (
    keep_doors,
    lstm_excursions,
    lstm_highway_split,
    lstm_local_jacobians,
    lstm_route,
    route_count,
)
from lstm_course.gru import init_gru
from lstm_course.lstm import lstm_forward


def routes(steps):
    """Every word of D, B and E that is a route."""
    for letters in product("DBE", repeat=steps):
        word = "".join(letters)
        if word[0] == "D" and word[-1] != "E" and "ED" not in word:
            yield word


@pytest.mark.parametrize("steps", range(1, 9))
def test_the_routes_are_as_many_as_one_finds_by_writing_them_down(steps):
    found = [sum(letter != "D" for letter in word) for word in routes(steps)]
    assert [route_count(steps, m) for m in range(steps + 2)] == [found.count(m) for m in range(steps + 2)]


def test_small_counts_by_hand():
    assert [route_count(3, m) for m in range(4)] == [1, 2, 2, 0]
    assert route_count(5, 2) == 9  # 2 each for 23, 34, 45; 1 each for 24, 25, 35
    assert isinstance(route_count(2000, 900), int)


def test_the_routes_add_up_to_the_parts():
    params, _, cache = rollout()
    parts = lstm_excursions(params, cache, 1, 7, 1)
    found = np.zeros_like(parts)
    for word in routes(6):
        found[6 - word.count("D")] += lstm_route(params, cache, word, 1, 1)
    np.testing.assert_allclose(found, parts, rtol=0, atol=1e-13)
    assert (np.abs(parts[:6]).max(axis=(1, 2)) > 1e-4).all()


def test_one_route_by_hand():
    params, _, cache = rollout()
    (D1, _, A1, _), (_, B2, A2, _), (_, _, _, E3), (_, B4, _, _), (D5, *_) = (
        lstm_local_jacobians(params, cache, t) for t in range(1, 6)
    )
    np.testing.assert_allclose(
        lstm_route(params, cache, "DBEBD"), D5 @ B4 @ E3 @ A2 @ B2 @ A1 @ D1, rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("doors", ["g", "ifo", "fgo", "i", "", "ifgo"])
def test_shut_doors_are_those_of_torch_with_h_detached(doors):
    torch = pytest.importorskip("torch")
    params, x, cache = rollout()
    w_ih, w_hh, bias = (torch.tensor(np.array(a)) for a in vars(params).values())

    def last_cell(c):
        h = torch.tensor(np.array(cache.h[0, 0]))
        for x_t in torch.tensor(x[:, 0]):
            a = (w_ih @ x_t + bias).chunk(4)
            i, f, g, o = (
                a[j] + w_hh.chunk(4)[j] @ (h if door in doors else h.detach())
                for j, door in enumerate("ifgo")
            )
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        return c

    theirs = torch.autograd.functional.jacobian(last_cell, torch.tensor(np.array(cache.c[0, 0]))).numpy()
    split = lstm_highway_split(keep_doors(params, doors), cache, 0, 7)
    np.testing.assert_allclose(split.total, theirs, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(split.highway, lstm_highway_split(params, cache, 0, 7).highway)


def test_doors_leave_the_weights_as_they_were():
    params, _, _ = rollout()
    before = params.weight_hh.copy()
    kept = keep_doors(params, "fo")
    np.testing.assert_array_equal(params.weight_hh, before)
    assert [bool(block.any()) for block in np.split(kept.weight_hh, 4)] == [False, True, False, True]
    np.testing.assert_array_equal(kept.bias, params.bias)


@pytest.mark.parametrize("word", ["", "B", "BD", "DE", "DED", "DXD", "D" * 8, "ddd"])
def test_what_is_no_route_is_refused(word):
    params, _, cache = rollout()
    with pytest.raises(ValueError, match="route must consist" if len(word) < 8 else "t1 must be at most 7"):
        lstm_route(params, cache, word)


def test_bad_arguments_are_named():
    params, x, cache = rollout()
    for arguments, error, message in (
        (("DD", -1), ValueError, "t0 must be at least 0, got -1"),
        (("DD", 6), ValueError, "t1 must be at most 7, got 8"),
        (("DD", 0, 2), ValueError, "row must be below the batch size 2, got 2"),
        ((3,), TypeError, "route must be a string"),
    ):
        with pytest.raises(error, match=message):
            lstm_route(params, cache, *arguments)
    _, _, masked = lstm_forward(params, x, mask=np.ones((7, 2), bool))
    with pytest.raises(ValueError, match="without a mask"):
        lstm_route(params, masked, "DD")
    for doors, error in (("x", ValueError), ("ii", ValueError), (3, TypeError)):
        with pytest.raises(error, match="doors must"):
            keep_doors(params, doors)
    with pytest.raises(TypeError, match="params must be LSTMParams, got GRUParams"):
        keep_doors(init_gru(3, 5, np.random.default_rng(0)), "g")
    for arguments, error, message in (
        ((0, 1), ValueError, "steps must be at least 1"),
        ((3, -1), ValueError, "excursions must be at least 0"),
        ((3, 1.5), TypeError, "excursions must be an integer"),
    ):
        with pytest.raises(error, match=message):
            route_count(*arguments)
