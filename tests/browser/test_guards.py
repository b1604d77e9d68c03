"""The checks themselves: plant a fault, see it found."""

import os
import shutil

import checks
import pytest


@pytest.fixture
def planted(site, serve, tmp_path):
    """Serve a copy of one chapter with a fault put into its article."""

    def plant(fault, *, page="book/index.html", replace=None):
        copy = tmp_path / "site"
        shutil.copytree(site, copy, copy_function=os.symlink)
        target = copy / page
        text = target.read_text(encoding="utf-8")
        target.unlink()  # the link, not the page
        changed = (
            text.replace("</article>", f"{fault}</article>", 1)
            if replace is None
            else text.replace(replace, fault)
        )
        assert changed != text
        target.write_text(changed, encoding="utf-8")
        return f"{serve(copy)}/{page}"

    return plant


def test_the_unharmed_page_has_no_fault(address, open_page):
    page = open_page(f"{address}/book/index.html")
    assert page.faults + checks.axe_violations(page) + checks.dead_sliders(page) == []


def test_an_external_script_is_found(planted, open_page):
    page = open_page(planted('<script src="https://cdn.example.com/x.js"></script>'))
    assert any("another host" in fault for fault in page.faults)


def test_a_console_error_is_found(planted, open_page):
    page = open_page(planted("<script>console.error('planted')</script>"))
    assert any("planted" in fault for fault in page.faults)


def test_a_script_error_is_found(planted, open_page):
    page = open_page(planted("<script>throw new Error('planted')</script>"))
    assert any("planted" in fault for fault in page.faults)


def test_a_missing_file_is_found(planted, open_page, tmp_path):
    address = planted('<img alt="something" src="nowhere.png">')
    assert any("404" in fault for fault in open_page(address).faults)
    as_file = open_page(f"file://{tmp_path}/site/book/index.html")
    assert any("ERR_FILE_NOT_FOUND" in fault for fault in as_file.faults)


def test_a_picture_without_alt_text_is_found(planted, open_page):
    page = open_page(planted('<img src="../_static/favicon.svg">'))
    assert checks.pictures_without_alternative(page)
    assert any("image-alt" in fault for fault in checks.axe_violations(page))


def test_a_path_for_an_alt_text_is_found(planted, open_page):
    page = open_page(planted('<img alt="../_images/7f3a.png" src="../_static/favicon.svg">'))
    assert checks.pictures_without_alternative(page)


def test_a_drawing_without_label_is_found(planted, open_page):
    page = open_page(planted('<div class="gx-view"></div>'))
    assert checks.pictures_without_alternative(page)


def test_poor_contrast_is_found(planted, open_page):
    page = open_page(planted('<p style="color:#bbb;background:#fff">hard to read</p>'))
    assert any("color-contrast" in fault for fault in checks.axe_violations(page))


GOOD = '<span style="color:#444">word</span> ' * 1000


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="background:#fff"><span style="color:#bbb">word</span></p>',
        '<p style="background:#222"><span style="color:#444">word</span></p>',
        '<p style="background:#fff; opacity:.4"><span style="color:#444">word</span></p>',
        '<p style="background:#fff"><span style="color:#777; font-size:12px">word</span></p>',
    ],
)
def test_poor_contrast_is_found_among_a_thousand_good_words(bad, planted, open_page):
    large = '<span style="color:#777; font-size:40px">word</span> ' * 10  # large letters may be paler
    page = open_page(planted(f'<p style="background:#fff">{GOOD}{large}</p>{bad}'))
    assert checks.mark_twins(page) > 900
    assert any("color-contrast" in fault for fault in checks.axe_violations(page))


@pytest.mark.parametrize(
    "first",
    [
        '<span style="color:#bbb; display:none">word</span>',
        '<span style="color:#bbb; visibility:hidden">word</span>',
        '<span style="color:#bbb; position:absolute">word</span>',
        '<span style="color:#bbb">(</span>',
    ],
)
def test_poor_contrast_is_found_behind_words_that_axe_does_not_judge(first, planted, open_page):
    page = open_page(
        planted(f'<p style="background:#fff">{first * 5} <span style="color:#bbb">word</span></p>')
    )
    assert any("color-contrast" in fault for fault in checks.axe_violations(page))


def test_poor_contrast_is_found_in_a_word_of_code(planted, open_page):
    page = open_page(
        planted(f'<pre style="background:#fff">{GOOD}<span style="color:#bbb">word</span></pre>')
    )
    assert any("color-contrast" in fault for fault in checks.axe_violations(page))


def test_what_axe_need_not_see_comes_back(address, open_page):
    page = open_page(f"{address}/book/13_lstm_backward.html")
    count = lambda: page.evaluate("document.querySelectorAll('*').length")  # noqa: E731
    text, before = page.inner_html("article"), count()
    checks.mark_twins(page)
    checks.lighten(page)
    assert count() < before / 3
    checks.restore(page)
    plain = lambda html: html.replace(' data-twin=""', "").replace(' style=""', "")  # noqa: E731
    assert plain(page.inner_html("article")) == plain(text)


def test_unrendered_mathematics_is_found(planted, open_page):
    page = open_page(planted(r'<span class="math">\(</span>'))
    assert checks.unrendered_mathematics(page)


def test_a_wrong_formula_is_found(planted, open_page):
    page = open_page(planted(r'<span class="math notranslate nohighlight">\(\frac{1\)</span>'))
    assert checks.unrendered_mathematics(page)


def test_an_overwide_element_is_found(planted, open_page):
    page = open_page(planted('<div style="width:2000px;position:relative">wide</div>'), width=390)
    assert checks.sideways_scroll(page)


def test_a_dead_slider_is_found(planted, open_page):
    url = planted("for (const figure of [])", page="_static/explorers.js",
                  replace='for (const figure of document.querySelectorAll(".gx-explorer"))')  # fmt: skip
    page = open_page(url.replace("_static/explorers.js", "book/index.html"))
    assert checks.dead_sliders(page)


def test_an_unreachable_control_is_found(planted, open_page):
    page = open_page(
        planted('<figure class="gx-explorer"><button tabindex="-1">no</button></figure>'), wait=False
    )
    assert checks.unreached_controls(page)
