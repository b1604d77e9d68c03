"""The learners' notebooks: what becomes of the sources' text, and that nothing raw is left in it.

The pages themselves are compared with the built book, and opened in JupyterLab, in tests/browser.
"""

import re
import zipfile

import nbformat
import pytest
from learners.book import Book, BookError, Page, Target, read_book
from learners.build import make_notebooks, make_wheel, make_zip
from learners.citations import Bibliography
from learners.leftovers import dead_links, leftovers
from learners.markdown import Context, breaks_outside, page_in_markdown
from learners.myst import ROOT, MystError
from learners.notebook import learners_notebook
from learners.prove import differences, run, undeclared

SQUARE = '''\
def square(x):
    """Multiply a number by itself."""
    return x * x  # eq:square
'''


@pytest.fixture(scope="session")
def notebooks():
    return make_notebooks(read_book())


@pytest.fixture
def context(tmp_path):
    """A page "07_small" of a small book, which computed a number and a word."""
    (tmp_path / "square.py").write_text(SQUARE, encoding="utf-8")
    (tmp_path / "dot.svg").write_text("<svg/>", encoding="utf-8")
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    pages = {
        name: Page(name, tmp_path / f"{name}.ipynb", empty, title)
        for name, title in (("07_small", "Small"), ("08_next", "The next one"))
    }
    text = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Notation")])
    pages["notation"] = Page("notation", tmp_path / "notation.md", text, "Notation")
    rst = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("```{eval-rst}\n```")])
    pages["api"] = Page("api", tmp_path / "api.md", rst, "API")
    book = Book(pages, Bibliography(ROOT / "book" / "references.bib"), "0.1.0")
    book.register("eq:there", Target("08_next", "eq-there", "(8.3)"))
    return Context(book, pages["07_small"], {"n": "0.123456", "word": "'a word'"}, strict=True)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{glue:text}`n:.2f`", "0.12"),
        ("{glue:text}`n:.1%` of it, {glue:text}`word`", "12.3% of it, a word"),
        ("see {eq}`eq:there`", "see [(8.3)](08_next.ipynb#eq-there)"),
        ("[there](08_next) and [web](https://x.org)", "[there](08_next.ipynb) and [web](https://x.org)"),
        ("{doc}`08_next`, {doc}`it <08_next>`", "[The next one](08_next.ipynb), [it](08_next.ipynb)"),
        ("[Notation](notation), [functions](api)", "[Notation](notation.ipynb), functions"),
        ("{cite}`hochreiter1997`", "[[Hochreiter and Schmidhuber, 1997](#ref-hochreiter1997)]"),
        ("{cite:t}`cho2014`", "Cho et al. [[2014](#ref-cho2014)]"),
        ("one[^a] and two[^b]", "one<sup>[1](#note-a)</sup> and two<sup>[2](#note-b)</sup>"),
        ("{math}`a_t` and {kbd}`Tab`", "$a_t$ and <kbd>Tab</kbd>"),
        ("`{glue:text}`, $f'[a](b)$, \\{x\\}", "`{glue:text}`, $f'[a](b)$, \\{x\\}"),
        ("a\n\n% a remark\n\nb", "a\n\nb"),
        ("{py:func}`~lstm_course.lstm.lstm_step`", "`lstm.lstm_step`"),
        ("$$\na\n$$", "$$\na\n$$"),
        ("$$\na\n$$ (eq:mine)", '<div id="eq-mine"></div>\n\n$$\na \\tag{7.1}\n$$'),
        ("$$\na\\\\b\n$$", "$$\n\\begin{split}\na\\\\b\n\\end{split}\n$$"),
        ("(here)=\n## A *place*", '<div id="here"></div>\n\n## A *place*'),
        ("![a dot](dot.svg)", '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="a dot">'),
        ("- one\n\n  $$\n  a\n  $$\n- two", "- one\n\n  $$\n  a\n  $$\n- two"),
        ("Term\n: means $x$", "**Term**\n\nmeans $x$"),
        ("```{code-block} python\nx\n```", "```python\nx\n```"),
        ("```python\n{not}`a role`\n```", "```python\n{not}`a role`\n```"),
    ],
)
def test_text_becomes_plain_markdown(context, source, expected):
    assert context.markdown(source) == expected


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("```{admonition} A *title*\n:class: warning\nText $x$.\n```", ["**A *title***", "\n\nText $x$.\n\n</div>"]),
        (":::{note}\nMind.\n:::", ["**Note**", "\n\nMind.\n\n</div>"]),
        ("```{admonition} More\n:class: dropdown\nText.\n```", ["<summary><b>More</b></summary>\n\nText.\n\n</details>"]),
        ("```{prf:theorem} Name\n:label: t\nA.\n```", ["**Theorem 7.1 (Name)**", 'id="t"']),
        ("```{prf:proof}\nA.\n```", ["*Proof.* A. ∎"]),
        ("```{glossary}\na term\n  Its meaning,\n  in two lines.\n```", ['id="term-a-term"', "**a term**: Its meaning, in two lines."]),
        ("```{list-table}\n* - a\n  - b|c\n* - d\n  - e\n```", ["| a | b\\|c |\n| --- | --- |\n| d | e |"]),
        ("```{figure} dot.svg\n:name: f\n:alt: a dot\nBelow.\n```", ['id="f"', 'alt="a dot"', "**Fig. 7.1** Below."]),
        ("::::{grid} 2\n:::{grid-item-card} Next\n:link: 08_next\nRead\non.\n:::\n::::", ["- **[Next](08_next.ipynb)** Read on."]),
    ],
)  # fmt: skip
def test_directives_become_boxes_folds_and_lists(context, source, parts):
    made = context.markdown(source)
    assert all(part in made for part in parts), made
    assert leftovers(made) == []


def test_code_is_included_and_names_equations_by_their_numbers(context):
    context.markdown("$$\nx^2\n$$ (eq:square)")
    made = context.markdown(
        '```{literalinclude} square.py\n:pyobject: square\n:start-after: \'"""\'\n:dedent: 4\n```'
    )
    assert made == "```python\nreturn x * x  # (7.1)\n```"


def test_an_exercise_is_a_box_with_its_number_and_its_solution_a_fold(context):
    statement = context.markdown("```{exercise} First\n:label: e\nDo $it$.\n```\n\n{ref}`e` again")
    assert "**Exercise 7.1 (First)**\n\nDo $it$." in statement
    assert "[Exercise 7.1](#exercise-e) again" in statement
    solution = context.markdown(
        "````{solution} e\n:class: dropdown\nSo:\n```{literalinclude} square.py\n```\n````"
    )
    assert solution.startswith(
        "<details>\n<summary><b>Solution to Exercise 7.1 (First)</b></summary>\n\nSo:\n```python\n"
    )
    assert leftovers(statement) + leftovers(solution) == []


def test_a_book_that_is_published_is_linked_to_for_pages_without_code(context):
    context.book.address = "https://example.org/book"
    made = context.markdown("[Notation](notation) [functions](api) [next](08_next)")
    assert made == (
        "[Notation](https://example.org/book/book/notation.html) "
        "[functions](https://example.org/book/book/api.html) [next](08_next.ipynb)"
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{unknown}`x`", r"the role \{unknown\}"),
        ("```{unknown}\n```", r"the directive \{unknown\}"),
        ("{eq}`eq:nowhere`", "'eq:nowhere', which is nowhere"),
        ("[x](no_page)", "'no_page', which is no page"),
        ("{glue:text}`nothing`", "'nothing', which no output holds"),
        ("{cite}`nobody1900`", "nobody1900, which is not in the bibliography"),
        ("{{ x }}", "the substitution"),
        ("```{solution} nothing\n```", "no exercise above it"),
        ("![x](gone.svg)", "'gone.svg', which is not there"),
        ("\\begin{align}\na\n\\end{align}", "a bare LaTeX environment"),
        ("- ```{note}\n  x\n  ```", "shares its line with a list"),
    ],
)
def test_what_has_no_counterpart_stops_the_build(context, source, message):
    with pytest.raises(MystError, match=message):
        context.markdown(source)


def test_the_error_names_page_and_cell(context):
    page = context.page
    page.notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("fine"), nbformat.v4.new_markdown_cell("{bad}`x`")]
    )
    with pytest.raises(BookError, match=r"07_small.ipynb, cell 1: the role \{bad\}"):
        page_in_markdown(context.book, page, {}, strict=True)


def test_the_same_label_twice_is_an_error(context):
    with pytest.raises(BookError, match="'eq:there' is in 08_next and in 07_small"):
        context.markdown("$$\na\n$$ (eq:there)")


@pytest.mark.parametrize(
    ("formula", "breaks"),
    [("a", False), (r"a\\b", True), (r"\begin{aligned}a\\b\end{aligned}", False),
     (r"\begin{pmatrix}a\\b\end{pmatrix}\\c", True)],
)  # fmt: skip
def test_line_breaks_outside_of_environments(formula, breaks):
    assert breaks_outside(formula) is breaks


# --- the guard ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "planted",
    [
        "the number {glue:text}`n:.2f`",
        "see {eq}`eq:x`",
        "```{note}\ntext\n```",
        ":::{note}\ntext\n:::",
        "text\n:label: x",
        "(label)=\n# Title",
        "% a comment",
        "a note[^1]",
        "{{ x }}",
        "see eq:lstm-cell",
        "a **b",
        "a $$ b",
        "<div>\n**not read** $x$\n</div>",
        "<details>\n\nnever closed",
    ],
)
def test_something_raw_is_found(planted):
    assert leftovers(f"Before.\n\n{planted}\n\nAfter.")


def test_what_may_be_said_about_it_is_not():
    assert leftovers("`{glue:text}` in code, 99.9 % of $x$ % y, `**`\n\n```python\n{a}`b` :::\n```") == []


@pytest.mark.parametrize("link", ["nowhere.ipynb", "#nothing", "index.ipynb#nothing"])
def test_a_dead_link_is_found(notebooks, link):
    page = nbformat.from_dict(notebooks["notation"])
    page.cells.append(nbformat.v4.new_markdown_cell(f"[x]({link})"))
    assert dead_links(notebooks) == []
    assert dead_links(notebooks | {"notation": page}) == [f"notation: {link}"]


def test_every_page_has_one_and_every_code_cell_is_plain_python(notebooks):
    assert set(notebooks) == {path.stem for path in (ROOT / "book").glob("*.ipynb")} | {
        path.stem for path in (ROOT / "book").glob("*.md") if path.stem != "api"
    }
    for notebook in notebooks.values():
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                compile(cell.source, cell.id, "exec")
                assert not re.search(r"\b(fact|holds|given)\(|myst_nb|\.\./", cell.source)


def test_every_chapter_opens_with_what_it_needs(notebooks):
    for name, notebook in notebooks.items():
        if re.match(r"\d\d_", name):
            first, second = notebook.cells[:2]
            assert f"Chapter {int(name[:2])} of *Gradients Through Time*, to work in" in first.source
            assert second.source.startswith("# Run this cell first.")
            assert second.metadata["jupyter"]["source_hidden"]
            assert '"torch": "torch"' in second.source


def test_numbers_exercises_and_references_of_a_chapter(notebooks):
    text = "\n".join(cell.source for cell in notebooks["12_lstm"].cells if cell.cell_type == "markdown")
    assert text.count("\\tag{12.") == 9
    assert "**Exercise 12.1 (A step with a pencil)**" in text
    assert "(The gates look back)" not in text
    assert '- <a id="ref-hochreiter1997"></a>Sepp Hochreiter and Jürgen Schmidhuber.' in text


# --- the copy of the build ---------------------------------------------------------------------


def small_page(tmp_path, *cells):
    return Page("07_small", tmp_path / "07_small.ipynb", nbformat.v4.new_notebook(cells=list(cells)), "Small")


def glued(name, value):
    data = {"application/papermill.record/text/plain": value}
    metadata = {"scrapbook": {"mime_prefix": "application/papermill.record/", "name": name}}
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


def test_figures_and_numbers_come_from_the_executed_copy_and_the_mark_does_not(context, tmp_path):
    def page(value, html):
        outputs = [
            glued("n", value),
            nbformat.v4.new_output("execute_result", data={"text/plain": "<Figure: x>", "text/html": html}),
        ]
        code = nbformat.v4.new_code_cell('fact("n", 1)\nshow()', outputs=outputs)
        return small_page(tmp_path, nbformat.v4.new_markdown_cell("n is {glue:text}`n:.1f`."), code)

    figure = (
        '<figure class="gx gx-explorer"><div class="gx-view" aria-label="a line">'
        '<svg viewBox="0 0 100 50"><g/></svg></div><p class="gx-say">It rises.</p>'
        "<figcaption>A line.</figcaption><script>1</script></figure>"
    )
    plain = learners_notebook(context.book, page("1.0", "<b>other</b>"))
    drawn = learners_notebook(context.book, page("1.0", ""), page("2.0", figure).notebook)
    assert [n.cells[2].source for n in (plain, drawn)] == ["n is 1.0.", "n is 2.0."]
    assert plain.metadata["lstm_course"] == drawn.metadata["lstm_course"]
    (before,), (after,) = plain.cells[3].outputs, drawn.cells[3].outputs
    assert dict(before.data) == {"text/plain": "<Figure: x>"}
    assert after.data["text/html"].startswith('<img alt="a line" src="data:image/svg+xml;base64,')
    assert "<p>It rises.</p>" in after.data["text/html"]
    assert "script" not in after.data["text/html"]
    other = page("2.0", figure)
    other.notebook.cells[1].source += "\n# changed"
    assert learners_notebook(context.book, page("1.0", ""), other.notebook).cells[2].source == "n is 1.0."


def test_a_run_that_prints_something_else_or_needs_something_unsaid_is_found(tmp_path):
    printed = nbformat.v4.new_output("stream", text="42\n")
    page = small_page(tmp_path, nbformat.v4.new_code_cell("print(40 + 2)", outputs=[printed]))
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(40 + 2)", id="cell-001")])
    executed, loaded = run(made)
    assert differences(page, made, executed) == []
    page.notebook.cells[0].outputs[0].text = "43\n"
    assert "printed\n42\n\ninstead of\n43" in differences(page, made, executed)[0]
    assert "matplotlib" not in loaded
    assert undeclared("import numpy", {"numpy", "sklearn"}) == {"sklearn"}
    assert undeclared("from lstm_course.tasks import digits", {"sklearn", "scipy"}) == set()


# --- what is handed out ------------------------------------------------------------------------


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path):
    wheel = make_wheel(tmp_path, read_book().version)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    modules = {str(p.relative_to(ROOT)) for p in (ROOT / "lstm_course").rglob("*.py")}
    assert {name for name in names if ".dist-info/" not in name} == modules


def test_the_same_files_make_the_same_zip(tmp_path):
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    files = [tmp_path / "b.txt", tmp_path / "a.txt"]
    first = make_zip(tmp_path, files).read_bytes()
    assert make_zip(tmp_path, files[::-1]).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "gradients-through-time.zip") as archive:
        assert archive.namelist() == ["gradients-through-time/a.txt", "gradients-through-time/b.txt"]
