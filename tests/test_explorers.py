"""Explorers: one function, live in Jupyter and drawn beforehand for the book."""

import importlib
import json
import pkgutil
import re

import matplotlib

matplotlib.use("agg")

import pytest

from lstm_course import explorers
from lstm_course.explorers import Explorer, stop_text
from lstm_course.figures import new_axes, styled
from lstm_course.svg import themed_svg, to_text


@styled
def draw(k, mood="calm", extra=0.0):
    ax = new_axes()
    ax.plot([0, 1], [0, k + extra])
    ax.set(ylim=(-5, 5), title=mood)
    return ax.figure


def say(k, mood="calm", extra=0.0):
    return f"{mood} at {k:g}"


def make(**changes):
    arguments = {"draw": draw, "say": say, "alt": "A line.", "values": {"k": (-1, 0, 2.5, 4)}}
    return Explorer(**{**arguments, **changes})


def payload(markup):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', markup, re.S)[1])


def test_the_page_holds_one_drawing_all_frames_and_their_sentences():
    markup = make(values={"k": (-1, 0, 2.5, 4), "mood": ("calm", "wild")}, start={"k": 0}).to_html()
    data = payload(markup)
    assert markup.count("<svg") == 1
    assert data["sizes"] == [4, 2]
    assert [data["say"][i] for i in data["index"]] == [
        f"{mood} at {k:g}" for k in (-1, 0, 2.5, 4) for mood in ("calm", "wild")
    ]
    assert 'type="radio"' in markup
    assert 'type="range"' in markup
    assert 'aria-valuetext="0"' in markup  # where it starts


def test_what_is_said_cannot_break_out_of_the_page():
    markup = make(say=lambda k: "</script><script>alert(1)</script>").to_html()
    assert "<script>alert" not in markup


def test_stops_are_written_as_people_write_them():
    assert [stop_text(s) for s in (-0.5, 10.0, "relu")] == ["−0.5", "10", "relu"]


def test_start_and_live_values():
    explorer = make(start={"k": 2.5, "extra": 1.0}, live={"extra": (0, 2, 0.1)})
    assert explorer.start == {"k": 2.5}
    assert explorer.fixed == {"extra": 1.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alt": ""}, "alt must describe"),
        ({"values": {"k": (1,)}}, "at least two different stops"),
        ({"values": {"k": (1, 1)}}, "at least two different stops"),
        ({"values": {"k": tuple(range(61))}}, "at most 60 frames"),
        ({"start": {"k": 7}}, "must be one of its stops"),
        ({"start": {"z": 7}}, "start must name a value"),
        ({"live": {"extra": (0, 1, 0.1)}}, "start must name a value"),
    ],
)
def test_bad_arguments_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_in_jupyter_moving_a_slider_redraws():
    box = make(values={"k": (-1, 0, 2.5), "mood": ("calm", "wild")}).to_widget()
    view, slider, buttons = box.children
    before = view.value
    slider.value = 2.5
    assert "wild at 2.5" in view.value
    buttons.value = "calm"
    assert "calm at 2.5" in view.value
    assert view.value != before
    assert "<svg" in view.value


def test_in_jupyter_live_numbers_move_too():
    box = make(start={"k": 0, "extra": 1.0}, live={"extra": (0, 2, 0.5)}).to_widget()
    before = box.children[0].value
    box.children[2].value = 2.0
    assert box.children[0].value != before


@pytest.mark.parametrize(
    ("shown", "kinds"),
    [
        ("text", {"text/plain"}),
        ("html", {"text/plain", "text/html"}),
        ("live", {"text/plain", "application/vnd.jupyter.widget-view+json"}),
    ],
)
def test_one_object_three_ways_to_be_seen(shown, kinds, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_FIGURES", shown)
    assert set(make()._repr_mimebundle_()) == kinds


def test_the_text_of_the_tests_is_stable_and_the_drawing_still_made(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_FIGURES", "text")
    assert make()._repr_mimebundle_()["text/plain"] == "<Explorer: k (4 stops)>\ncalm at 2.5"

    def broken(k):
        raise RuntimeError("cannot draw")

    with pytest.raises(RuntimeError, match="cannot draw"):
        make(draw=broken)._repr_mimebundle_()


def factories(module):
    """The functions of a module that make an explorer."""
    return [
        value
        for value in vars(module).values()
        if callable(value) and getattr(value, "__annotations__", {}).get("return") == "Explorer"
    ]


MODULES = [
    importlib.import_module(f"lstm_course.explorers.{module.name}")
    for module in pkgutil.iter_modules(explorers.__path__)
    if not module.name.startswith("_")
]
BOOK = [factory for module in MODULES for factory in factories(module)]


@pytest.mark.parametrize("factory", BOOK, ids=lambda f: f"{f.__module__.rpartition('.')[2]}-{f.__name__}")
def test_explorers_of_the_book_draw_their_corners_and_say_what_they_show(factory):
    """Every frame is drawn when the book is built; tests/browser looks at them all."""
    explorer = factory()
    first, *_, last = explorer.combinations()
    some = (first, explorer.start, last)
    assert len({to_text(themed_svg(explorer.draw(**c, **explorer.fixed), "u")) for c in some}) > 1
    sentences = {explorer.say(**c, **explorer.fixed) for c in some}
    assert len(sentences) > 1
    assert all(sentence.endswith((".", "?")) for sentence in sentences)
    repr(explorer._repr_mimebundle_())


# Chapters whose explorers have no independent computation beside them yet.
WITHOUT_TRUTH: set[str] = set()
CHECKED = [factory for factory in BOOK if factory.__module__.rpartition(".")[2] not in WITHOUT_TRUTH]


def frames_that_lie(explorer, must_say):
    """Every frame whose sentence lacks something that `must_say` finds for its stops."""
    wrong = []
    for stops in explorer.combinations():
        sentence = explorer.say(**stops, **explorer.fixed)
        wrong += [(stops, part, sentence) for part in must_say(**stops) if part not in sentence]
    return wrong


def test_a_frame_that_lies_is_found():
    honest = make(say=lambda k: f"it is {k:g}")
    assert frames_that_lie(honest, lambda k: [f"is {k:g}"]) == []
    cut = make(say=lambda k: f"it is {min(k, 3):g}")
    assert frames_that_lie(cut, lambda k: [f"is {k:g}"]) == [({"k": 4}, "is 4", "it is 3")]


def test_every_frame_says_what_an_independent_computation_finds():
    """tests/truth/<slug>.py computes, another way, what the sentence of each frame must contain."""
    for factory in CHECKED:
        truth = importlib.import_module(f"truth.{factory.__module__.rpartition('.')[2]}").TRUTH
        assert frames_that_lie(factory(), truth[factory.__name__]) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_explorer_has_its_truth(module):
    if module.__name__.rpartition(".")[2] in WITHOUT_TRUTH:
        return
    truth = importlib.import_module(f"truth.{module.__name__.rpartition('.')[2]}").TRUTH
    assert set(truth) == {factory.__name__ for factory in factories(module)}


def test_few_numbers_are_buttons_and_many_are_a_slider_with_marks():
    few, many = make(values={"k": (-1, 2.5)}).to_html(), make(values={"k": tuple(range(9))}).to_html()
    assert few.count('type="radio"') == 2
    assert "<span>−1</span>" in few
    assert 'type="range"' in many
    marks = re.search(r'<span class="gx-ticks".*?</span></span>', many)[0]
    assert re.findall(r"<span>(.*?)</span>", marks) == ["0", *[""] * 7, "8"]
    box = make(values={"k": (-1, 2.5)}).to_widget()
    assert type(box.children[1]).__name__ == "ToggleButtons"


def test_every_explorer_is_tested():
    assert len(BOOK) >= 2 * len(MODULES) > 0
    assert explorers.MOST_FRAMES == 60
