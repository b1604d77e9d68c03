"""Numbers that the prose quotes."""

import numpy as np
import pytest

from lstm_course.book import fact


@pytest.fixture
def glued(monkeypatch):
    import myst_nb

    found = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: found.update({name: value}))
    return found


@pytest.mark.parametrize(
    ("value", "kept"),
    [(1 / 3, 0.333333), (np.float64(2e-12) / 3, 6.66667e-13), (np.int64(3), 3), (7, 7), ("10⁻⁵", "10⁻⁵")],
)
def test_a_fact_does_not_depend_on_the_last_bit(value, kept, glued):
    fact("name", value)
    assert glued == {"name": kept}
    assert type(glued["name"]) is type(kept)


def test_digits_are_the_authors_choice(glued):
    fact("pi", np.pi, digits=3)
    assert glued["pi"] == 3.14


@pytest.mark.parametrize("value", [None, [1.0], np.ones(2), 1j])
def test_anything_else_is_refused(value, glued):
    with pytest.raises(TypeError, match="value must be a number or a string"):
        fact("name", value)
