"""The learners' notebooks as their readers see them: in a real JupyterLab, and as VS Code or Colab would show them."""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from checks import RAW, ROOT, pages, raw_myst
from conftest import watch
from learners.leftovers import dead_links, reader

NAMES = [Path(page).stem for page in pages() if page.startswith("book/") and page != "book/api.html"]
RUN = "01_backprop"  # the chapter that is executed, as a whole
TYPESET = (
    "01_backprop",
    "13_lstm_backward",
    "glossary",
)  # with most formulas, with tables in folds, with none of either
CELL = ".jp-Notebook .jp-Cell"
CLOSING = "Canceled future|Disposed"  # what JupyterLab itself says when a notebook before this one is closed
FORMULA = r"(?s)\$\$(.+?)\$\$|\$(.+?)\$"


@pytest.fixture(scope="session")
def learners(site):
    """The notebooks that the built book hands out."""
    return {name: nbformat.read(site / "learners" / f"{name}.ipynb", as_version=4) for name in NAMES}


@pytest.fixture(scope="session")
def lab(site, tmp_path_factory):
    """A JupyterLab with `make lab`'s settings, on a copy of the notebooks; returns address and folder."""
    home = tmp_path_factory.mktemp("home")
    work = home / "work"
    shutil.copytree(site / "learners", work)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(ROOT / "tools" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(ROOT / "tools" / "ipython"),
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("LSTM_COURSE_FIGURES", None)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               "--LabApp.expose_app_in_browser=True",
               f"--ServerApp.root_dir={work}", "--IdentityProvider.token="]  # fmt: skip
    address, log = f"http://127.0.0.1:{port}", home / "log"
    with log.open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api").close()
            break
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    yield address, work
    server.terminate()
    try:
        server.wait(60)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def lab_page(lab, browser):
    """JupyterLab, opened once: its scripts take seconds to load and to compile."""
    page = watch(browser.new_page(viewport={"width": 1280, "height": 900}))

    def on_request(request):  # only seen, not held up: routing would turn the browser's cache off
        if not request.url.startswith((f"{lab[0]}/", "data:", "blob:")):
            page.faults.append(f"request to another host: {request.url}")

    page.on("request", on_request)
    page.goto(f"{lab[0]}/lab?reset")
    page.wait_for_function("window.jupyterapp")
    page.evaluate("jupyterapp.restored.then(() => null)")
    yield page
    page.close()


@pytest.fixture
def open_notebook(lab, lab_page):
    """Open a notebook in JupyterLab and wait until its text and its mathematics stand."""

    def open_(name):
        lab_page.evaluate(
            """async path => {
              for (const open of [...jupyterapp.shell.widgets('main')].filter(e => e.context)) {
                await open.context.sessionContext.ready;  // or its kernel would not find it any more
                open.context.model.dirty = false;  // the kernel wrote its name into it
                open.close();
              }
              await jupyterapp.commands.execute('docmanager:open', {path});
            }""",
            f"{name}.ipynb",
        )
        cells = nbformat.read(lab[1] / f"{name}.ipynb", as_version=4).cells
        texts = sum(
            cell.cell_type == "markdown" for cell in cells
        )  # before they come, there is one cell of code
        for kind, count in ((CELL, len(cells)), (".jp-MarkdownCell", texts)):
            lab_page.wait_for_function(
                f"document.querySelectorAll('{kind}').length === {count}", timeout=60_000
            )
        lab_page.wait_for_function(
            """() => [...document.querySelectorAll('.jp-MarkdownCell')].every(e => {
                 const shown = e.querySelector('.jp-RenderedMarkdown');
                 return shown?.children.length && !shown.textContent.startsWith('Type Markdown')
                   && (!/[$]/.test(shown.textContent) || shown.querySelector('mjx-container'));
               })""",
            timeout=60_000,
        )
        return lab_page

    lab_page.faults.clear()
    return open_


def formulas(notebook) -> list[str]:
    """Every formula in the text of a notebook, in TeX."""
    tokens = [t for c in notebook.cells if c.cell_type == "markdown" for t in reader().parse(c.source)]
    all_tokens = [each for token in tokens for each in (token, *(token.children or []))]
    return [token.content for token in all_tokens if token.type.startswith("math_")]


def wait_for_mathematics(page, notebook):
    """Until all formulas are set: before, what lies below them still moves."""
    page.wait_for_function(
        f"document.querySelectorAll('.jp-RenderedMarkdown mjx-container').length >= {len(formulas(notebook))}",
        timeout=60_000,
    )


@pytest.mark.parametrize("name", NAMES)
def test_in_jupyterlab_nothing_is_raw_and_no_link_is_dead(name, learners, lab, open_notebook):
    page = open_notebook(name)
    wait_for_mathematics(page, learners[name])
    assert raw_myst(page, ".jp-RenderedMarkdown") == []
    assert page.evaluate("document.querySelectorAll('mjx-merror, [data-mjx-error]').length") == 0
    links = page.evaluate("""() => [...document.querySelectorAll('.jp-RenderedMarkdown a[href]')]
      .filter(e => !e.classList.contains('jp-InternalAnchorLink')).map(e => [e.getAttribute('href'), e.dataset.commandlinkerArgs || ''])""")
    for address, _ in links:
        file, _, anchor = address.partition("#")
        if re.match(r"(https?|mailto):", address) and "127.0.0.1" not in address:
            continue
        if file:
            assert (lab[1] / Path(file.partition("?")[0]).name).exists(), address
        else:
            assert page.evaluate("id => !!document.querySelector(`[data-jupyter-id='${id}']`)", anchor), (
                address
            )
    assert [fault for fault in page.faults if not re.search(CLOSING, fault)] == []


def test_links_lead_where_they_say_and_a_solution_unfolds(learners, open_notebook):
    page = open_notebook("01_backprop")
    wait_for_mathematics(page, learners["01_backprop"])
    page.locator(".jp-RenderedMarkdown a[href$='#eq-sigmoid-prime']:visible").last.click()
    page.wait_for_function(
        """() => { const y = document.querySelector("[data-jupyter-id='eq-sigmoid-prime']").getBoundingClientRect().y;
                   return -10 < y && y < innerHeight; }""",
        timeout=10_000,
    )
    fold = page.locator("details", has_text="(One layer, backwards)").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre code, pre").first.is_visible()
    assert "da @ weight" in fold.inner_text()
    page.get_by_role("link", name="chapter 12", exact=True).first.click()
    page.wait_for_function("document.title.includes('12_lstm')", timeout=30_000)
    page.wait_for_function(
        f"document.querySelectorAll('{CELL}').length > {len(learners[RUN].cells) + len(learners['12_lstm'].cells) // 2}",
        timeout=30_000,
    )


@pytest.fixture(scope="session")
def executed(lab, browser):
    """One chapter after "Run All Cells", with a wrong answer typed into an exercise first."""
    path, done = lab[1] / f"{RUN}.ipynb", lab[1] / "done"
    notebook = nbformat.read(path, as_version=4)
    cells = notebook.cells
    cells.append(nbformat.v4.new_code_cell(f"from pathlib import Path\n\nPath({str(done)!r}).touch()"))
    nbformat.write(notebook, path)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{lab[0]}/lab/tree/{RUN}.ipynb?reset")
    page.wait_for_selector(f"{CELL} .jp-RenderedMarkdown", timeout=60_000, state="attached")
    place = next(k for k, cell in enumerate(cells) if cell.source.startswith("def my_squared_error"))
    stub = page.locator(CELL).nth(place)
    stub.evaluate("e => e.scrollIntoView({block: 'center'})")
    stub.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "def my_squared_error(y, target):\n"
        "    return np.sum((y - target) ** 2) / len(y), (y - target) / len(y)\n\n\n"
        'check("squared-error", my_squared_error)'
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()
    for _ in range(600):  # a cell far off shows its prompt only when it is scrolled to
        if done.exists():
            break
        page.wait_for_timeout(500)
    assert done.exists(), "the notebook did not run to its end"
    yield page, stub
    page.close()


def prints_what_the_book_prints(page, lab):
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    source = nbformat.read(ROOT / "book" / f"{RUN}.ipynb", as_version=4)
    path, committed = lab[1] / f"{RUN}.ipynb", {f"cell-{k:03d}": c for k, c in enumerate(source.cells, 1)}
    for _ in range(300):
        try:
            run = nbformat.read(path, as_version=4)
        except nbformat.reader.NotJSONError:  # it is being written at this moment
            time.sleep(0.2)
            continue
        left = [cell.source for cell in run.cells if cell.cell_type == "code" and not cell.execution_count]
        if not left:
            break
        page.keyboard.press("Control+s")  # the last time it was saved before its last cell had ended
        time.sleep(0.2)
    streams, compared = lambda cell: "".join(o.text for o in cell.outputs if o.output_type == "stream"), 0
    for cell in run.cells:
        if cell.cell_type == "code":
            assert not any(output.output_type == "error" for output in cell.outputs), cell.source
            if cell.id in committed and "my_squared_error" not in cell.source:
                assert streams(cell) == streams(committed[cell.id])
                compared += bool(streams(cell))
    assert compared > 10
    assert "Ready: lstm_course" in streams(run.cells[1])


def moves_a_figure(page):
    slider = page.locator(".widget-hslider").first
    figure = slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea')][1]").locator("svg").first
    slider.evaluate("e => e.scrollIntoView({block: 'center'})")
    before = figure.evaluate("e => e.outerHTML")
    slider.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([was]) => ![...document.querySelectorAll('.jp-OutputArea svg')].some(e => e.outerHTML === was)",
        arg=[before],
        timeout=20_000,
    )


def names_a_mistake(stub):
    verdict = stub.locator(".jp-OutputArea").inner_text()
    assert "loss is not" in verdict
    assert "half" in verdict or "½" in verdict


def test_a_whole_chapter_runs_moves_its_figures_and_names_a_mistake(executed, lab):
    page, stub = executed
    prints_what_the_book_prints(page, lab)
    names_a_mistake(stub)
    moves_a_figure(page)


# --- readers that know CommonMark and mathematics, and nothing of ours ----------------------------


def with_markdown_it(notebook):
    """As VS Code does it: every Markdown cell through markdown-it."""
    text = "\n".join(reader().render(c.source) for c in notebook.cells if c.cell_type == "markdown")
    return text.replace('<span class="math inline">', '<span class="math">')


def with_dollars(notebook):
    """The same, with mathematics as MathJax looks for it."""

    def in_dollars(match):
        mark = "$" if match[1] == "span" else "$$"
        return f"<{match[1]}>{mark}{match[2]}{mark}</{match[1]}>"

    return re.sub(
        r'<(span|div) class="math[^"]*">(.*?)</\1>', in_dollars, with_markdown_it(notebook), flags=re.S
    )


def with_nbconvert(notebook):
    """Through nbconvert's Markdown, mistune, as nbviewer and GitHub's older viewer do."""
    from nbconvert import HTMLExporter

    return HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]


@pytest.fixture(scope="session")
def mathjax(serve, tmp_path_factory):
    """An empty page with MathJax and nothing else."""
    folder = tmp_path_factory.mktemp("plain")
    source = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    (folder / "mathjax").symlink_to(source)
    settings = {
        "tex": {"inlineMath": [["$", "$"]], "displayMath": [["$$", "$$"]]},
        "options": {"enableMenu": False},
    }
    (folder / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script>MathJax = {json.dumps(settings)}"
        '</script><script src="mathjax/tex-chtml-full.js"></script><body></body>',
        encoding="utf-8",
    )
    return f"{serve(folder)}/index.html"


@pytest.mark.parametrize("name", TYPESET)
@pytest.mark.parametrize("render", [with_dollars, with_nbconvert])
def test_a_plain_reader_shows_nothing_raw(render, name, learners, mathjax, open_page):
    """In a browser, with MathJax as it comes; what of this needs no browser is asked of every notebook below."""
    page = open_page(mathjax, wait=False)
    page.wait_for_function("window.MathJax.startup?.promise")
    body = render(learners[name])
    page.evaluate("html => document.body.innerHTML = html", body)
    page.evaluate("MathJax.startup.promise.then(() => MathJax.typesetPromise([document.body]))")
    assert page.locator("mjx-container").count() >= len(formulas(learners[name]))
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert raw_myst(page, "body") == []


def shown_wrongly(notebook, render):
    """What a plain reader of a notebook's text sees raw, and the formulas that it does not see as they were written."""
    texts = nbformat.v4.new_notebook(cells=[c for c in notebook.cells if c.cell_type == "markdown"])
    body = render(texts)
    soup = BeautifulSoup(body, "html.parser")
    faults = [f"raw role: {code.previous_sibling[-40:]}" for code in soup.select("code")
              if re.search(r"\{[a-z][\w:.+-]*\}$", str(code.previous_sibling or ""))]  # fmt: skip
    faults += [f"raw directive: {code.text[:40]}" for code in soup.select("code")
               if re.match(r"`{3}|:{3}", code.text) or "{" in " ".join(code.get("class", []))]  # fmt: skip
    if len(soup.select("details")) != sum(cell.source.count("<details") for cell in texts.cells):
        faults.append("a fold is not recognised")
    faults += ["a raw fence in a fold" for fold in soup.select("details") if "```" in fold.text]
    for code in soup.select("pre, code"):
        code.replace_with(" ")
    text = soup.get_text()
    squashed = lambda tex: re.sub(r"\s", "", tex)  # noqa: E731
    shown = [squashed(two or one) for two, one in re.findall(FORMULA, text)]
    written = [squashed(tex) for tex in formulas(texts)]
    faults += [f"a formula is lost: {tex}" for tex in set(written) - set(shown)]
    faults += [f"not as it was written: {tex}" for tex in set(shown) - set(written)]
    seen = re.search(RAW, re.sub(FORMULA, " ", text), re.M)
    return faults + ([f"raw: {seen[0]}"] if seen else [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("render", [with_dollars, with_nbconvert])
def test_every_formula_reaches_a_plain_reader_and_nothing_is_raw(render, name, learners):
    assert shown_wrongly(learners[name], render) == []


# --- beside the book ---------------------------------------------------------------------------


def plain(text):
    """Text without spaces, typographic quotes and marks around formulas."""
    for curly, straight in (
        ("’", "'"),
        ("‘", "'"),
        ("“", '"'),
        ("”", '"'),
        ("…", "..."),
        ("–", "--"),
        ("—", "---"),
    ):
        text = text.replace(curly, straight)
    return re.sub(r"\s+|\\[()\[\]]", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_says_what_the_page_says(name, site, learners):
    article = BeautifulSoup(
        (site / "book" / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
    ).article
    numbers = {e["id"].removeprefix("equation-"): e.select_one(".eqno").text.strip("()#¶ ")
               for e in article.select("div.math[id^=equation-]")}  # fmt: skip
    for other in article.select(
        ".section-number, .cell, .headerlink, .eqno, script, style, .citation, .highlight, figure.gx"
    ):
        other.decompose()
    source = "\n".join(cell.source for cell in learners[name].cells if cell.cell_type == "markdown")
    tags = dict(  # Sphinx makes identifiers lower-case
        re.findall(r'<div id="(eq-[\w-]+)"></div>\n\n\$\$\n(?:(?!\$\$).)*?\\tag\{([\d.]+)\}', source, re.S)
    )
    assert {name.lower(): number for name, number in tags.items()} == numbers
    ours = plain(BeautifulSoup(with_markdown_it(learners[name]), "html.parser").get_text())
    said = [plain(e.get_text()) for e in article.select("p, td, th, dd, dt, h1, h2, h3, h4, summary")]
    assert [text for text in said if text not in ours] == []
    assert len(said) > 0


@pytest.mark.parametrize("name", [name for name in NAMES if re.match(r"\d\d_|index", name)])
def test_the_download_button_leads_to_the_notebook(name, site):
    page = site / "book" / f"{name}.html"
    buttons = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one(
        ".article-header-buttons"
    )
    (link,) = buttons.select('a[href$=".ipynb"]')
    assert (page.parent / link["href"]).resolve() == (site / "learners" / f"{name}.ipynb").resolve()
    assert (page.parent / link["href"]).exists()


def test_the_download_button_gives_the_notebook(site, address, open_page):
    page = open_page(f"{address}/book/{RUN}.html")
    page.locator(".article-header-buttons .dropdown-download-buttons > button").click()
    with page.expect_download() as download:
        page.locator(f'.article-header-buttons a[href$="learners/{RUN}.ipynb"]').click()
    assert Path(download.value.path()).read_bytes() == (site / "learners" / f"{RUN}.ipynb").read_bytes()


def test_the_zip_is_offered_and_holds_them_all(site, address, open_page):
    page = open_page(f"{address}/book/how_to_use.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="all notebooks in one zip").click()
    import zipfile

    with zipfile.ZipFile(download.value.path()) as archive:
        files = {Path(name).name for name in archive.namelist()}
    assert {f"{name}.ipynb" for name in NAMES} < files
    assert any(name.endswith(".whl") for name in files)


# --- the guards --------------------------------------------------------------------------------


PLANTED = ("{eq}`eq:x`", "{glue:text}`n:.2f`", "```{note}\nx\n```", ":::{note}\nx\n:::", "$$ a $$ (eq:x)")


def test_something_raw_is_found_in_jupyterlab(lab, open_notebook):
    notebook = nbformat.read(lab[1] / "notation.ipynb", as_version=4)
    texts = ("Nothing is raw here.", *(f"Before.\n\n{planted}\n\nAfter." for planted in PLANTED))
    notebook.cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    nbformat.write(notebook, lab[1] / "planted.ipynb")
    page = open_notebook("planted")
    page.evaluate("document.querySelectorAll('.jp-MarkdownCell').forEach((e, k) => e.dataset.planted = k)")
    raw = [raw_myst(page, f"[data-planted='{k}'] .jp-RenderedMarkdown") for k in range(len(texts))]
    assert [bool(found) for found in raw] == [False] + [True] * len(PLANTED), raw


@pytest.mark.parametrize("planted", [*PLANTED, "<details>\n```\nx\n```\n</details>", "<div>$a_2$</div>"])
@pytest.mark.parametrize("render", [with_dollars, with_nbconvert])
def test_what_a_plain_reader_sees_wrongly_is_found(render, planted):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("Nothing is raw, $a_1$ and $b_1$.")]
    )
    assert shown_wrongly(notebook, render) == []
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"Before.\n\n{planted}\n\nAfter."))
    assert shown_wrongly(notebook, render) != []


def test_a_dead_link_is_found(learners):
    planted = nbformat.from_dict(learners["notation"])
    planted.cells.append(nbformat.v4.new_markdown_cell("[x](nowhere.ipynb)"))
    assert dead_links(learners | {"notation": planted}) == ["notation: nowhere.ipynb"]
