"""Every page of the book, as a reader meets it: from a server and as a file, light, dark, on a phone."""

import gzip
import json
import re

import checks
import pytest

PAGES = checks.pages()
CHAPTERS = [p for p in PAGES if re.search(r"/(index|\d\d_)", p)]
EXPLORER = re.compile(r'<figure class="gx gx-explorer".*?</figure>', re.S)


def judge_looks(page, found):
    """Both widths and both colour schemes; axe sees each width and each scheme once."""
    page.add_style_tag(content="* { transition: none !important }")  # colours are judged at rest
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        checks.await_tab_stops(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(f"document.documentElement.dataset.theme == '{scheme}'")
            found[f"scrolls sideways, {width} px, {scheme}"] = checks.sideways_scroll(page)
            if (width, scheme) in ((1280, "light"), (390, "dark")):
                found[f"axe, {width} px, {scheme}"] = checks.axe_violations(page)


def wrong_numbers(page, number):
    """Where a chapter does not bear the number of its file."""
    shown = {
        "title": [page.locator("h1 .section-number").first.text_content()],
        "sections": page.locator("article h2 .section-number").all_text_contents(),
        "contents": [page.locator("li.current > a.current").first.text_content().strip()],
    }
    return [
        f"{place}: {texts}" for place, texts in shown.items()
        if not texts or not all(text.startswith(f"{number}.") for text in texts)
    ]  # fmt: skip


def too_heavy(page, site):
    """What we add to the theme, compressed: under 300 KB a page, of which each explorer under 30."""
    explorers = page.eval_on_selector_all(".gx-explorer", "all => all.map(e => e.outerHTML)")
    sizes = [len(gzip.compress(e.encode())) for e in explorers]
    stills = page.eval_on_selector_all("figure.gx:not(.gx-explorer)", "all => all.map(e => e.outerHTML)")
    loaded = {url.split("?")[0].removeprefix(f"file://{site}/") for url in page.wanted}
    ours = [path for path in loaded if re.search(r"mathjax|gradients\.css|explorers\.js|/theme\.js", path)]
    scripts = [len(gzip.compress((site / path).read_bytes())) for path in ours]
    total = sum(sizes) + sum(scripts) + len(gzip.compress("".join(stills).encode()))
    return [f"{size} bytes of an explorer" for size in sizes if size >= 30_000] + (
        [f"{total} bytes beyond the theme"] if total >= 300_000 or not ours else []
    )


@pytest.mark.parametrize("path", PAGES)
def test_page_is_sound(path, site, open_page):
    """One load, as a file, and all that can be asked of the page: what changes it comes last."""
    page = open_page(f"file://{site}/{path}")
    found = {
        "mathematics": checks.unrendered_mathematics(page),
        "pictures": checks.pictures_without_alternative(page),
    }
    if path in CHAPTERS:
        assert page.locator(".gx-explorer").count() >= 1
        found["weight"] = too_heavy(page, site)
        if number := re.search(r"/(\d\d)_", path):
            found["number"] = wrong_numbers(page, int(number[1]))
    judge_looks(page, found)
    page.set_viewport_size({"width": 1280, "height": 900})
    if path in CHAPTERS:
        found["sliders"] = checks.dead_sliders(page)
        found["keyboard"] = checks.unreached_controls(page)
    assert {check: faults for check, faults in found.items() if faults} == {}
    assert page.faults == []


@pytest.mark.parametrize("path", ["book/index.html", CHAPTERS[-1], "book/api.html", "search.html"])
def test_page_works_from_a_server(path, address, open_page):
    """One page of each kind: a server gives what a file system gives, and refuses what that would allow."""
    page = open_page(f"{address}/{path}")
    assert checks.unrendered_mathematics(page) + checks.dead_sliders(page) + page.faults == []


def test_arrow_keys_move_a_slider(address, open_page):
    page = open_page(f"{address}/book/index.html")
    slider = page.locator(".gx-slider input").first
    before = page.locator(".gx-say").first.inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    after = page.locator(".gx-say").first.inner_text()
    assert before != after
    assert slider.get_attribute("aria-valuetext") in after
    page.locator(".gx-reset").first.click()
    assert page.locator(".gx-say").first.inner_text() == before


def test_a_finger_moves_a_slider(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/book/index.html")
    slider = page.locator(".gx-slider input").first
    slider.scroll_into_view_if_needed()
    before = page.locator(".gx-say").first.inner_text()
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + 0.95 * box["width"], box["y"] + box["height"] / 2)
    assert page.locator(".gx-say").first.inner_text() != before
    assert box["height"] >= 24  # WCAG 2.2: targets of at least 24 pixels
    context.close()


def test_without_javascript_the_first_frame_stays(address, open_page):
    page = open_page(f"{address}/book/index.html", script=False)
    assert page.locator(".gx-view svg").first.is_visible()
    assert not page.locator(".gx-controls").first.is_visible()
    assert "need JavaScript" in page.locator("figure noscript").first.inner_text()


def test_on_paper_the_figure_stays_and_the_handles_go(address, open_page):
    page = open_page(f"{address}/book/index.html")
    page.emulate_media(media="print")
    assert page.locator(".gx-view svg").first.is_visible()
    assert not page.locator(".gx-slider input").first.is_visible()
    assert page.locator(".gx-slider output").first.is_visible()


def test_drawings_follow_the_page_into_the_dark(address, open_page):
    def ink(scheme):
        page = open_page(f"{address}/book/index.html", scheme=scheme)
        return page.evaluate("getComputedStyle(document.querySelector('.gx-view text')).fill")

    assert ink("light") != ink("dark")


@pytest.mark.parametrize("base", ["server", "file"])
def test_search_finds(base, address, site, open_page):
    root = address if base == "server" else f"file://{site}"
    page = open_page(f"{root}/search.html?q=jacobian")
    page.wait_for_selector("#search-results li", timeout=20_000)
    assert page.locator("#search-results li a").count() >= 1
    assert page.faults == []


def test_the_root_leads_to_the_book(address, open_page):
    page = open_page(f"{address}/index.html", wait=False)
    page.wait_for_url("**/book/index.html")
    assert "Gradients Through Time" in page.title()


@pytest.mark.parametrize("path", CHAPTERS)
def test_in_every_explorer_every_frame_counts(path, site):
    """Most frames differ from all others, and most have a sentence of their own."""
    markup = (site / path).read_text(encoding="utf-8")
    explorers = EXPLORER.findall(markup)
    assert explorers
    for explorer in explorers:
        data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', explorer, re.S)[1])
        count = len(data["index"])
        frames = {tuple(str(slot[3][k]) for slot in data["slots"]) for k in range(count)}
        assert len(frames) > count / 2
        assert len(data["say"]) > count / 3


def test_the_icons_are_light(site):
    assert len(gzip.compress((site / "_static/scripts/fontawesome.js").read_bytes())) < 60_000
