"""The drawings of the chapter on the LSTM's cell: what is lit, and whose numbers they show."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

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


def test_one_step_shows_its_numbers():
    axes = plt.subplots(1, 2)[1]
    states = plot_one_step(0.5, 0.9, -0.4, 0.25, 2.0, 1.6, 0.23, ax=axes)
    assert states is axes[1]
    assert [t.get_text() for t in axes[0].texts] == ["0.50", "0.90", "−0.40", "0.25"]
    assert [t.get_text() for t in axes[1].texts] == ["2.00", "1.80", "−0.20", "1.60", "0.23"]


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
    assert "c = +1.36" in said.say(a_i=0.0, a_f=4.0, a_g=1.0, a_o=4.0, c_prev=1.0)  # 0.982 + 0.5 · 0.762
    memory = explorers.memory()
    assert "holds +0.80" in memory.say(forget_bias=12.0, input_bias=-12.0)
    assert "holds +0.00" in memory.say(forget_bias=0.0, input_bias=-12.0)
