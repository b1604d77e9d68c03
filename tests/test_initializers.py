"""The scale of random weights, against the statistics that it promises."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from lstm_course import initializers

RANDOM = {
    "normal": initializers.normal,
    "uniform": initializers.uniform,
    "xavier": initializers.xavier,
    "he": initializers.he,
    "orthogonal": initializers.orthogonal,
}
EVERY = {**RANDOM, "identity": initializers.identity}
SIDES = st.integers(1, 12)


@given(
    name=st.sampled_from(sorted(EVERY)),
    n_out=SIDES,
    n_in=SIDES,
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_shape_and_dtype_are_those_asked_for(name, n_out, n_in, dtype):
    weight = EVERY[name]((n_out, n_in), np.random.default_rng(0), dtype=dtype)
    assert weight.shape == (n_out, n_in)
    assert weight.dtype == dtype


@pytest.mark.parametrize("name", RANDOM)
def test_one_seed_gives_one_matrix_and_the_next_draw_another(name):
    rng = np.random.default_rng(3)
    first, second = RANDOM[name]((4, 5), rng), RANDOM[name]((4, 5), rng)
    np.testing.assert_array_equal(first, RANDOM[name]((4, 5), np.random.default_rng(3)))
    assert (first != second).any()


@pytest.mark.parametrize("name", RANDOM)
def test_float32_weights_are_the_rounded_float64_ones(name):
    wide = RANDOM[name]((6, 5), np.random.default_rng(0))
    narrow = RANDOM[name]((6, 5), np.random.default_rng(0), dtype=np.float32)
    np.testing.assert_array_equal(narrow, wide.astype(np.float32))


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [
        (lambda s, r: initializers.normal(s, r, std=0.3), scipy.stats.norm(0, 0.3)),
        (lambda s, r: initializers.uniform(s, r, low=-2, high=1), scipy.stats.uniform(-2, 3)),
        (initializers.uniform, scipy.stats.uniform(0, 1)),
        (initializers.xavier, scipy.stats.norm(0, np.sqrt(2 / (200 + 300)))),
        (initializers.he, scipy.stats.norm(0, np.sqrt(2 / 300))),
    ],
)
def test_entries_follow_the_distribution_by_a_kolmogorov_smirnov_test(draw, distribution):
    weight = draw((200, 300), np.random.default_rng(7)).ravel()
    assert scipy.stats.kstest(weight, distribution.cdf).pvalue > 0.01
    wrong_scale = scipy.stats.kstest(1.05 * weight, distribution.cdf).pvalue
    assert wrong_scale < 0.01  # the test would notice a scale that is off by 5 %


@given(n_out=SIDES, n_in=SIDES, gain=st.floats(0.1, 3), seed=st.integers(0, 99))
def test_the_fewer_of_rows_and_columns_are_orthonormal_times_gain(n_out, n_in, gain, seed):
    weight = initializers.orthogonal((n_out, n_in), np.random.default_rng(seed), gain=gain)
    gram = weight @ weight.T if n_out <= n_in else weight.T @ weight
    np.testing.assert_allclose(gram, gain**2 * np.eye(min(n_out, n_in)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.svd(weight, compute_uv=False), gain, rtol=1e-12)


def test_the_gain_is_one_unless_asked_for(rng):
    np.testing.assert_allclose(
        np.linalg.svd(initializers.orthogonal((4, 3), rng), compute_uv=False), 1, rtol=1e-12
    )
    np.testing.assert_array_equal(initializers.identity((3, 3)), np.eye(3))


def test_orthogonal_matrices_are_drawn_uniformly():
    rng = np.random.default_rng(0)
    angles = []
    for _ in range(2000):
        q = initializers.orthogonal((2, 2), rng)
        angles.append(np.arctan2(q[1, 0], q[0, 0]))
    assert scipy.stats.kstest(angles, scipy.stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


def test_identity_copies_what_it_can_without_a_generator():
    np.testing.assert_array_equal(initializers.identity((2, 3), gain=0.5), [[0.5, 0, 0], [0, 0.5, 0]])


def test_std_zero_gives_zeros():
    assert not initializers.normal((3, 2), np.random.default_rng(0), std=0).any()


def test_s1_12_about_two_thirds_of_standard_normal_weights_are_below_one():
    weight = initializers.normal((500, 500), np.random.default_rng(0))
    assert (abs(weight) < 1).mean() == pytest.approx(
        scipy.stats.norm.cdf(1) - scipy.stats.norm.cdf(-1), abs=0.005
    )


@pytest.mark.parametrize("f", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize(
    ("shape", "error", "message"),
    [
        ((3,), ValueError, r"shape must be a tuple \(n_out, n_in\), got \(3,\)"),
        ([3, 2], ValueError, r"shape must be a tuple \(n_out, n_in\), got \[3, 2\]"),
        (3, ValueError, r"shape must be a tuple \(n_out, n_in\), got 3"),
        ((0, 2), ValueError, r"shape\[0\] must be at least 1, got 0"),
        ((2, -1), ValueError, r"shape\[1\] must be at least 1, got -1"),
        ((2.0, 3), TypeError, r"shape\[0\] must be an integer, got float"),
    ],
)
def test_a_bad_shape_is_refused(f, shape, error, message, rng):
    with pytest.raises(error, match=message):
        f(shape, rng)


@pytest.mark.parametrize("f", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("dtype", [int, "int32", np.float16, complex, "no such type"])
def test_a_bad_dtype_is_refused(f, dtype, rng):
    with pytest.raises(TypeError, match="dtype must be float32 or float64, got"):
        f((2, 2), rng, dtype=dtype)


@pytest.mark.parametrize("f", EVERY.values(), ids=EVERY)
def test_a_seed_in_place_of_a_generator_is_refused(f):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        f((2, 2), 0)


def test_bad_scales_are_refused(rng):
    with pytest.raises(ValueError, match="std must be at least 0, got -1"):
        initializers.normal((2, 2), rng, std=-1)
    with pytest.raises(ValueError, match="high must be greater than 1"):
        initializers.uniform((2, 2), rng, low=1, high=1)
    with pytest.raises(ValueError, match="gain must be finite, got nan"):
        initializers.orthogonal((2, 2), rng, gain=np.nan)
    with pytest.raises(TypeError, match="gain must be a number, got str"):
        initializers.identity((2, 2), rng, gain="1")


def test_chrono_biases_are_logarithms_of_uniform_times():
    bias = initializers.chrono(20_000, 100, np.random.default_rng(0))
    assert scipy.stats.kstest(np.exp(bias), scipy.stats.uniform(1, 98).cdf).pvalue > 0.01
    assert initializers.chrono(3, 5, np.random.default_rng(0), dtype=np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="longest must be at least 3, got 2"):
        initializers.chrono(3, 2, np.random.default_rng(0))
