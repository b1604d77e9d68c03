"""Every frame that the page's script puts together equals the drawing that Python makes."""

import matplotlib

matplotlib.use("agg")

import numpy as np
import pytest

from lstm_course.explorers import Explorer
from lstm_course.figures import new_axes, styled
from lstm_course.svg import to_text


@styled
def draw(k, kind):
    ax = new_axes()
    x = np.linspace(0, 1, 20)
    ax.plot(x, np.sin(k * x), "o-" if kind == "dots" else "-", label=f"k = {k}")
    if k > 2:
        ax.plot(x, x, color="#b8560b")  # another structure in some frames
    ax.set(ylim=(-1, 1), title=f"{kind} < & > “{k}”")
    ax.legend(loc="upper left")
    return ax.figure


@pytest.fixture
def explorer():
    return Explorer(
        draw,
        say=lambda k, kind: f"{k}, {kind}",
        alt="A sine.",
        values={"k": (-1, 0, 2.5, 3), "kind": ("line", "dots")},
    )


def test_all_frames_match_the_full_drawings(explorer, site, tmp_path, serve, open_page):
    figure = explorer.to_html()
    uid = figure.split('id="')[1].split('"')[0]
    other = explorer.to_html()  # a second equal figure on the page must not clash with the first
    script = (site / "_static" / "explorers.js").read_text(encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><link rel=icon href='data:,'>{figure}{other}<script>{script}</script>",
        encoding="utf-8",
    )
    page = open_page(f"{serve(tmp_path)}/book/page.html", wait=False)
    assert page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
    ) == page.evaluate("document.querySelectorAll('[id]').length")
    frames = explorer.frames(uid)
    for combination, frame in zip(explorer.combinations(), frames, strict=True):
        k = explorer.values["k"].index(combination["k"])
        kind = explorer.values["kind"].index(combination["kind"])
        same = page.evaluate(
            """([uid, k, kind, svg]) => {
              const figure = document.getElementById(uid);
              const fire = e => e.dispatchEvent(new Event('input', {bubbles: true}));
              const range = figure.querySelector('input[type=range]'); range.value = k; fire(range);
              const radio = figure.querySelectorAll('input[type=radio]')[kind]; radio.checked = true; fire(radio);
              const holder = document.createElement('div'); holder.innerHTML = svg;
              return holder.firstElementChild.isEqualNode(figure.querySelector('svg'))
                && figure.querySelector('.gx-say').textContent;
            }""",
            [uid, k, kind, to_text(frame)],
        )
        assert same == explorer.say(**combination)
    assert page.faults == []
