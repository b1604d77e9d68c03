"""The sources of the book: what can be said of them without building it."""

import re
from pathlib import Path

import nbformat
import pytest
import yaml

from lstm_course.exercises import EXERCISES

BOOK = Path(__file__).resolve().parents[1] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
MOST_WORDS = 3700  # before the exercises; about 3,500 are asked for
# Chapters written before these rules: six exercises of three kinds with hints, a length, a picture first.
NOT_YET: set[str] = set()
NUMBERED = re.compile(r"^(\d\d)_")


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def prose(path):
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def code(path):
    return "\n\n".join(cell.source for cell in cells(path, "code"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
class TestChapter:
    def test_opens_with_its_question_and_ends_with_what_to_remember(self, path):
        text = prose(path)
        assert re.match(r"# .+\n\n\*\*The question of this chapter\.\*\*", text)
        assert "\n## What to remember" in text
        assert text.index("## What to remember") < text.index("## Exercises")

    def test_has_two_explorers_or_more(self, path):
        shown = re.findall(r"^explorers\.(\w+)\(\)", code(path), re.M)
        assert len(set(shown)) >= 2

    def test_corrects_what_one_often_reads(self, path):
        assert "What one often reads" in prose(path)

    def test_every_exercise_has_statement_check_and_solution(self, path):
        text = prose(path)
        stated = re.findall(r"```\{exercise\} .+\n:label: ([\w-]+)", text)
        solved = re.findall(r"````\{solution\} ([\w-]+)\n:class: dropdown\n", text)
        checked = re.findall(r'check\("([\w-]+)", my_\w+\)', code(path))
        assert len(stated) >= 4
        assert stated == solved == checked

    def test_the_exercises_are_of_several_kinds_with_hints(self, path):
        stated = re.findall(r"```\{exercise\} .+\n:label: ([\w-]+)", prose(path))
        tasks = [EXERCISES[label] for label in stated]
        kept = (
            len(tasks) >= 6
            and len({task.kind for task in tasks}) >= 3
            and all(len(task.hints) >= 2 for task in tasks)
        )
        assert kept or path.stem in NOT_YET

    def test_can_be_read_in_one_sitting(self, path):
        text = re.sub(
            r"```\{(?:literalinclude|math)(?:.|\n)*?```|\$\$(?:.|\n)*?\$\$|\$[^$]+\$|\{[\w:]+\}`[^`]*`",
            " ",
            prose(path),
        )
        before_exercises = text[: text.index("\n## Exercises")]
        assert len(re.findall(r"[A-Za-z’'-]+", before_exercises)) <= MOST_WORDS or path.stem in NOT_YET

    def test_the_picture_comes_first(self, path):
        """Something to look at within the first screens: before the first numbered equation."""
        seen = 0
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and re.search(r"^(?:show\(|explorers\.\w+\(\))", cell.source, re.M):
                return
            if cell.cell_type == "markdown":
                seen += len(re.findall(r"^\$\$ \(eq:", cell.source, re.M))
            assert seen <= 1 or path.stem in NOT_YET

    def test_every_figure_has_an_alternative_text(self, path):
        assert len(re.findall(r"\bshow\(", code(path))) == len(re.findall(r"\balt=", code(path)))

    def test_every_quoted_number_is_computed(self, path):
        computed = set(re.findall(r'\bfact\(\s*"(\w+)"', code(path)))
        quoted = set(re.findall(r"\{glue:text\}`(\w+)", prose(path)))
        assert quoted == computed  # nothing quoted that is not computed, and nothing computed for no one
        assert len(quoted) >= 5

    def test_no_long_decimal_is_typed_into_the_prose(self, path):
        text = re.sub(
            r"```\{literalinclude\}(?:.|\n)*?```|\$\$(?:.|\n)*?\$\$ \([\w:-]+\)|\{glue:text\}`[^`]*`",
            "",
            prose(path),
        )
        assert re.findall(r"(?<![\w.])\d+\.\d{3,}", text) == []

    def test_every_cited_equation_exists_and_labels_are_unique(self, path):
        text = prose(path)
        labels = re.findall(r"^\$\$ \((eq:[\w-]+)\)", text, re.M)
        assert len(labels) == len(set(labels))
        assert set(re.findall(r"\{eq\}`(eq:[\w-]+)`", text)) <= set(labels)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_an_output_that_is_not_compared_is_asserted(path):
    """Training ends elsewhere on another processor: such a cell says itself what must hold on any."""
    free = [c.source for c in cells(path, "code") if "nbval-ignore-output" in c.metadata.get("tags", [])]
    assert all(re.search(r"^assert ", source, re.M) for source in free)
    assert not any("nbval-skip" in c.metadata.get("tags", []) for c in cells(path, "code"))
    assert len(free) <= 2


def test_labels_of_equations_are_unique_across_chapters():
    labels = [label for path in CHAPTERS for label in re.findall(r"\$\$ \((eq:[\w-]+)\)", prose(path))]
    assert len(labels) == len(set(labels)) > 20


def test_every_exercise_of_the_package_is_in_a_chapter():
    in_book = {
        label for path in CHAPTERS for label in re.findall(r"\{exercise\} .+\n:label: ([\w-]+)", prose(path))
    }
    assert in_book == set(EXERCISES)


def test_every_page_is_in_the_table_of_contents():
    toc = yaml.safe_load((BOOK.parent / "_toc.yml").read_text(encoding="utf-8"))
    listed = {toc["root"]} | {c["file"] for part in toc["parts"] for c in part["chapters"]}
    pages = {f"book/{p.stem}" for p in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]}
    assert listed == pages


def test_every_module_is_on_the_api_page():
    """Packages stand for what they re-export; figures and explorers are listed module by module."""
    package = BOOK.parent / "lstm_course"
    public = {path.stem for path in package.iterdir() if not path.stem.startswith("_")}
    for folder in ("figures", "explorers"):
        public |= {f"{folder}.{path.stem}" for path in (package / folder).glob("[!_]*.py")}
    listed = re.findall(r"automodule:: lstm_course\.([\w.]+)", (BOOK / "api.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(public)


def test_every_entry_of_the_bibliography_is_cited():
    entries = re.findall(r"^@\w+\{(\w+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.M)
    text = "\n".join(prose(p) for p in BOOK.glob("*.ipynb")) + "\n".join(
        p.read_text(encoding="utf-8") for p in BOOK.glob("*.md")
    )
    assert set(entries) == set(re.findall(r"\{cite(?::\w)?\}`(\w+)`", text))


def test_a_chapter_is_called_by_its_own_number():
    """In cards, in the README's table and in links, "chapter 12" leads to 12_*.ipynb and bears its title."""
    titles = {path.stem: re.match(r"# (.+)", prose(path))[1] for path in CHAPTERS}
    cards = re.findall(r"\{grid-item-card\} (\d+) · (.+)\n:link: (\w+)", prose(BOOK / "index.ipynb"))
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\(book/(\w+)\.ipynb\)", (BOOK.parent / "README.md").read_text("utf-8"), re.M
    )
    assert {stem for *_, stem in cards} == {stem for *_, stem in rows} == set(titles)
    for number, title, stem in cards + rows:
        assert (int(number), title) == (int(stem[:2]), titles[stem])
    texts = [prose(path) for path in BOOK.glob("*.ipynb")] + [p.read_text("utf-8") for p in BOOK.glob("*.md")]
    for number, stem in re.findall(r"\[chapter (\d+)\]\((\w+)\)", "\n".join(texts)):
        assert int(number) == int(stem[:2])
