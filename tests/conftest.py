"""What the tests share: a seeded generator, one comparison, and the settings of hypothesis.

`pytest --hypothesis-profile=explore` looks further than the run that everybody makes.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is loaded: the workers share the cores

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("course", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("course")


@pytest.fixture
def rng():
    """The same stream of random numbers for every test."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def assert_close():
    """Compare two arrays: same shape, and no entry off by more than `relative` times the largest one."""

    def compare(ours, theirs, relative=1e-12):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=relative * np.abs(theirs).max(initial=0))

    return compare
