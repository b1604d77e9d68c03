"""The memory of the fast passes: a training step must not have its arrays handed out anew by the system."""

import os
import platform
import subprocess
import sys

STEP = """
import resource
import numpy as np
from lstm_course.lstm import init_lstm, lstm_backward, lstm_forward

rng = np.random.default_rng(0)
params, x = init_lstm(32, 48, rng, dtype=np.float32), rng.standard_normal((50, 16, 32)).astype(np.float32)


def step():
    h, _, cache = lstm_forward(params, x)
    lstm_backward(params, cache, h)


for _ in range(5):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    step()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20)
"""


def faults(**environment):
    """Page faults of one training step of a small LSTM, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", STEP],
        env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def test_a_training_step_faults_no_memory_in():
    assert faults() < 20
    if platform.libc_ver()[0] == "glibc":  # a threshold that is set does not adapt: then every step pays
        assert faults(MALLOC_TRIM_THRESHOLD_="131072") > 100
