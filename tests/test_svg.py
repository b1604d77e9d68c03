"""Drawings: small, themed, and told apart frame by frame."""

import copy
import re
import xml.etree.ElementTree as ET

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course import figures, svg


@figures.styled
def sine(k=1.0, extra=False):
    ax = figures.new_axes()
    x = np.linspace(0, 1, 30)
    ax.plot(x, np.sin(k * x), "o-")
    if extra:
        ax.plot(x, x, color=figures.RED)
    ax.set(ylim=(-1, 1), title=f"k = {k:g} <&>")
    return ax.figure


def apply(frame, slots, k):
    """What the page's script does, in Python."""
    result = copy.deepcopy(frame)
    for path, attribute, values, index in slots:
        target = result
        for step in filter(None, path.split(".")):
            target = target[int(step)]
        value = values[index[k]]
        if attribute == "":
            target.text = value
        elif attribute == "*":
            for child in list(target):
                target.remove(child)
            target.extend(ET.fromstring(f"<g>{value}</g>"))
        elif value is None:
            target.attrib.pop(attribute, None)
        else:
            target.set(attribute, value)
    return result


def test_frames_put_together_equal_the_full_drawings():
    frames = [svg.themed_svg(sine(k, extra), "u") for k in (-1, 0.5, 2) for extra in (False, True)]
    slots = svg.differences(frames)
    for k, frame in enumerate(frames):
        assert ET.tostring(apply(frames[0], slots, k)) == ET.tostring(frame)


def test_a_lost_difference_is_noticed():
    frames = [svg.themed_svg(sine(k), "u") for k in (-1, 2)]
    slots = svg.differences(frames)
    assert len(slots) >= 2
    assert ET.tostring(apply(frames[0], slots[1:], 1)) != ET.tostring(frames[1])


def test_equal_frames_have_no_differences():
    assert svg.differences([svg.themed_svg(sine(), "u") for _ in range(2)]) == []


def test_every_colour_belongs_to_the_page():
    text = svg.to_text(svg.themed_svg(sine(extra=True), "u"))
    assert "var(--gx-blue" in text
    bare, inner = (
        text,
        r"(var\(--jp-[a-z0-9-]+, [^()]*\)|color-mix\([^()]*\))",
    )  # what a fallback may be made of
    while re.search(inner, bare):
        bare = re.sub(inner, "", bare)
    bare = re.sub(r"var\(--gx-[a-z-]+, [^()]*\)", "", bare)
    assert not re.findall(r"#[0-9a-f]{6}\b", bare)


def test_ids_are_prefixed_and_every_reference_resolves():
    root = svg.themed_svg(sine(), "u7")
    ids = {e.get("id") for e in root.iter()} - {None}
    assert ids
    assert all(i.startswith("u7-") for i in ids)
    text = svg.to_text(root)
    assert set(re.findall(r'href="#([^"]+)"', text) + re.findall(r"url\(#([^)]+)\)", text)) <= ids


def test_uids_differ():
    assert svg.next_uid() != svg.next_uid()


def test_text_stays_text_without_a_foreign_font():
    text = svg.to_text(svg.themed_svg(sine(2.0), "u"))
    assert "k = 2 &lt;&amp;&gt;" in text
    assert "DejaVu" not in text


def test_mathtext_is_refused_with_a_reason():
    ax = figures.new_axes()
    ax.set_title("$x^2$")
    with pytest.raises(ValueError, match="plain Unicode"):
        svg.themed_svg(ax.figure, "u")


def test_no_figure_stays_open():
    plt.close("all")
    svg.themed_svg(sine(), "u")
    assert plt.get_fignums() == []


def test_style_changes_nothing_outside():
    before = dict(matplotlib.rcParams)
    with figures.style():
        assert matplotlib.rcParams["svg.fonttype"] == "none"
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("shown", ["live", "html", "text"])
def test_show_gives_text_always_and_html_when_it_is_seen(shown, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_FIGURES", shown)
    bundle = svg.show(sine().axes[0], alt='A "sine".', caption="wave <1>")._repr_mimebundle_()
    assert bundle["text/plain"] == '<Figure: A "sine".>'
    assert ("text/html" in bundle) == (shown != "text")
    if shown != "text":
        assert 'aria-label="A &quot;sine&quot;."' in bundle["text/html"]
        assert "wave &lt;1&gt;" in bundle["text/html"]


def test_alt_is_required():
    with pytest.raises(ValueError, match="alt must describe"):
        svg.show(sine(), alt=" ")


def test_unknown_mode_is_refused(monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_FIGURES", "hologram")
    with pytest.raises(ValueError, match="LSTM_COURSE_FIGURES must be one of"):
        svg.mode()


# --- the palette ------------------------------------------------------------------------------


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def css_palettes():
    css = (svg.__file__.rsplit("/", 2)[0]) + "/book/assets/gradients.css"
    with open(css, encoding="utf-8") as file:
        blocks = re.findall(r"\{([^}]*--gx-ink[^}]*)\}", file.read())
    return [dict(re.findall(r"--gx-([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def test_contrast_is_computed_as_wcag_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_css_has_every_colour_of_the_palette_light_and_dark():
    light, dark = css_palettes()
    assert set(light) == set(dark) == set(figures.PALETTE.values())


@pytest.mark.parametrize("name", ["ink", "muted", "blue", "orange", "green", "red", "purple"])
def test_text_colours_are_readable_light_and_dark(name):
    for palette in css_palettes():
        assert contrast(palette[name], palette["paper"]) >= 4.5


def test_ink_is_readable_on_tints():
    for palette in css_palettes():
        for tint in ("blue-tint", "orange-tint", "green-tint"):
            assert contrast(palette["ink"], palette[tint]) >= 4.5
