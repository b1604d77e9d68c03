"""The drawings of the chapter on the LSTM's cell: what is lit, and whose numbers they show."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from lstm_course.explorers import lstm as explorers
from lstm_course.figures import lstm as figures
from lstm_course.figures.lstm import Track, plot_lstm_cell, plot_one_step, plot_tracks

PARTS = {*figures.WIRES, *figures.BOXES, *figures.RINGS}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def parts_of(lit):
    return [part for parts in figures.LIT[lit].values() for part in parts.split()]


def test_every_part_belongs_to_an_equation_and_to_one_colour():
    single = {part for lit in figures.LIT if lit != "all" for part in parts_of(lit)}
    assert single == set(parts_of("all")) == PARTS
    for lit in figures.LIT:
        assert len(parts_of(lit)) == len(set(parts_of(lit)))


def test_the_cell_state_does_not_enter_the_pre_activations_nor_a_matrix_the_cell_state():
    assert not {"c_prev", "c"} & set(parts_of("a"))
    assert not {"a", "h_prev", "x"} & set(parts_of("c"))


@pytest.mark.parametrize("lit", figures.LIT)
def test_what_is_lit_is_in_colour_and_the_rest_is_muted(lit):
    ax = plot_lstm_cell(lit, "an equation")
    lines = dict(zip(figures.WIRES, ax.lines, strict=True))
    colours = {
        part: figures.COLOURS[key] for key, parts in figures.LIT[lit].items() for part in parts.split()
    }
    for name, line in lines.items():
        assert line.get_color() == colours.get(name, figures.MUTED)
        assert line.get_alpha() == (1 if name in colours else 0.55)
    assert "an equation" in [text.get_text() for text in ax.texts]


def test_wires_end_where_boxes_and_rings_begin():
    for gate, x in figures.AT.items():
        (cx, cy), _, height, _ = figures.BOXES[gate]
        assert cx == x
        assert figures.WIRES[f"a_{gate}"][0][-1][1] == pytest.approx(cy - height / 2, abs=0.05)
        assert figures.WIRES[gate][0][0][1] == pytest.approx(cy + height / 2, abs=0.05)
    for ring in ("times_f", "plus"):
        assert figures.RINGS[ring][0][1] == figures.LEVEL


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


def test_one_step_shows_its_numbers():
    ax = plot_one_step(0.5, 0.9, -0.4, 0.25, 2.0, 1.6, 0.23)
    said = texts_of(ax)
    for text in (
        "old c\n2.00", "new c\n1.60", "offered\n−0.40", "h\n0.23", "1.80 is kept", "−0.20 enters",
        "forget gate f = 0.90", "i = 0.50", "o = 0.25",
    ):  # fmt: skip
        assert text in said


def test_a_valve_is_filled_as_far_as_it_is_open_and_what_carries_nothing_is_dotted():
    ax = plot_one_step(0.5, 0.0, 0.8, 1.0, 3.0, 0.4, 0.38)
    sides = [patch.get_height() for patch in ax.patches if isinstance(patch, Rectangle)]
    assert sides == [30, 0, 30, 30, 15, 30, 30, 30, 30]  # frame, filling, outline of f, i and o
    old, _, kept, _ = ax.lines[:4]  # each line has its arrow
    assert old.get_linestyle() == "-" != kept.get_linestyle()
    assert old.get_linewidth() == pytest.approx(1 + 1.1 * 3.0)
    assert kept.get_color() == figures.MUTED


def test_tracks_draw_each_line_with_the_colour_of_its_name():
    axes = plt.subplots(2, 1)[1]
    wished = np.array([0.0, 1.0, 1.0])
    last = plot_tracks(
        (
            Track("gates", {"i": wished, "f": 1 - wished}, 0, 1),
            Track("state", {"c": wished, "wanted?": wished}, -1, 1),
        ),
        ax=axes,
    )
    assert last is axes[1]
    assert [line.get_color() for line in axes[0].lines] == [figures.COLOURS["i"], figures.COLOURS["f"]]
    assert [line.get_label() for line in axes[1].lines] == ["c", "wanted"]
    assert list(axes[0].lines[0].get_xdata()) == [1, 2, 3]


def test_the_explorers_say_what_the_package_computes():
    said = explorers.one_step()
    assert "c = +3.40" in said.say(f="open", i="half", g=0.8, o="open", c_prev=3.0)
    assert "h = +0.00" in said.say(f="open", i="half", g=0.8, o="shut", c_prev=3.0)
    memory = explorers.memory()
    assert "holds +0.80" in memory.say(forget_bias=12.0, input_bias=-12.0)
    assert "holds +0.00" in memory.say(forget_bias=0.0, input_bias=-12.0)
