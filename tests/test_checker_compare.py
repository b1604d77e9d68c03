"""When two arrays agree, and how what came is read."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_course.checker.compare import agrees
from lstm_course.checker.structure import read_answer

quick = settings(max_examples=25, deadline=None)

# --- the comparison ---------------------------------------------------------------------------------

floats = st.floats(-1e6, 1e6)


@quick
@given(
    array=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=floats), data=st.data()
)
def test_agreement_is_relative_to_the_largest_entry(array, data):
    assert agrees(array, array, 1e-7, 0.0)
    j = data.draw(st.sampled_from(list(np.ndindex(array.shape))))
    scale = abs(array).max()
    near, far = array.copy(), array.copy()
    near[j] += 0.5e-7 * scale
    far[j] += 3e-7 * scale + 1e-9
    assert agrees(near, array, 1e-7, 0.0)
    assert not agrees(far, array, 1e-7, 0.0)
    assert not agrees(array[None], array, 1e-7, 1.0)


def test_nan_and_infinity_agree_with_themselves_only():
    want = np.array([1.0, np.nan, np.inf])
    assert agrees(want, want, 1e-7, 0.0)
    for other in (
        [1.0, np.nan, -np.inf],
        [1.0, np.inf, np.nan],
        [1.0, np.nan, 3.0],
        [np.nan, np.nan, np.inf],
    ):
        assert not agrees(np.array(other), want, 1e-7, 1.0)


@quick
@given(
    array=hnp.arrays(
        np.float32, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-8, 8, width=32)
    )
)
def test_reading_copies_what_came(array):
    answer = read_answer(array, array.copy(), ("y",))
    assert answer.parts["y"].tobytes() == array.tobytes()
    assert not np.shares_memory(answer.parts["y"], array)
    assert not answer.faults
    assert not answer.remarks
    listed = read_answer(array.tolist(), array, ("y",))
    assert agrees(listed.parts["y"], array, 1e-6, 0.0)
    assert "list" in listed.remarks["y"]
