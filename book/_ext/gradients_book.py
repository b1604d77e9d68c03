"""What our pages need beyond the theme: their own MathJax, few icons, live figures.

No page asks another host for anything, and none carries what it does not use. The theme ships
every Font Awesome icon as one script of 1.5 MB; we keep the dozen that the pages name. MathJax
comes from the PyPI package ``sphinx-mathjax-offline``, in parts and without its menu.
"""

import hashlib
import re
from importlib.util import (
    find_spec,
    module_from_spec,
    spec_from_file_location,
)
from pathlib import Path
from shutil import copy2, copytree

import nbformat
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

MATHJAX = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "a11y/assistive-mml.js",
)
ICON = re.compile(
    r'(?:"(?P<quoted>[\w-]+)"|(?P<bare>[\w$]+)):'
    r'\[\d+,\d+,(?P<aliases>\[[^\]]*\]),"[0-9a-f]+",(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?'
)


ROOT = Path(__file__).parents[2]


def load_tool(name):
    """Import a file of tools/, which is no package."""
    spec = spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


notebooks = load_tool("notebooks")


def page_text(app, docname):
    """What a page is made of: its source, and for a notebook the outputs of its execution."""
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    notebook = notebooks.executed(path)
    if notebook is None:
        raise ExtensionError(
            f"{path} is not executed: `make book` does it first"
        )
    return nbformat.writes(notebook)


def put_outputs_in(app, docname, source):
    """Let Sphinx read a notebook as it was executed, and remember what was read."""
    source[0] = page_text(app, docname)
    seen = app.env.gradients_read = getattr(app.env, "gradients_read", {})
    seen[docname] = hashlib.sha256(source[0].encode()).hexdigest()


def outdated(app, env, added, changed, removed):
    """Name the pages whose text or outputs are not those that were read: no clock, the content decides."""
    seen = getattr(env, "gradients_read", {})
    return [
        docname
        for docname in env.found_docs
        if seen.get(docname)
        != hashlib.sha256(page_text(app, docname).encode()).hexdigest()
    ]


def write_all(app, env):
    """Write every page: any may name a title, a number or an equation of the one that changed."""
    return list(env.found_docs)


def copy_mathjax(app, exception):
    """Copy the parts of MathJax that the pages load."""
    if exception or app.builder.format != "html":
        return
    source = (
        Path(find_spec("sphinx-mathjax-offline").origin).parent
        / "static"
        / "mathjax"
    )
    target = Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            copy2(source / part, target / part)


def keep_used_icons(app, exception):
    """Drop from the theme's icon script every icon that neither a page nor a script names."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    script = out / "_static" / "scripts" / "fontawesome.js"
    sources = [
        p
        for p in [*out.rglob("*.html"), *out.rglob("*.js")]
        if p != script and "mathjax" not in p.parts
    ]
    used = set()
    for path in sources:
        used.update(
            re.findall(r"\bfa-([a-z0-9-]+)", path.read_text(encoding="utf-8"))
        )

    def keep(match):
        names = {
            match["quoted"] or match["bare"],
            *re.findall(r'"([\w-]+)"', match["aliases"]),
        }
        return match[0] if names & used else ""

    small = ICON.sub(keep, script.read_text(encoding="utf-8"))
    if len(small) > 200_000:
        raise RuntimeError(
            f"{script} still weighs {len(small)} bytes: its format has changed, see ICON"
        )
    script.write_text(small, encoding="utf-8")
    script.with_suffix(".js.map").unlink(missing_ok=True)


def number_by_file(assign):
    """Let a chapter bear the number in its file's name: 10_rnn_bptt is chapter 10, whatever stands before it."""

    def numbered(self, env):
        rewritten = assign(self, env)
        for page, sections in env.toc_secnumbers.items():
            number = re.match(r"(\d\d)_", page.rpartition("/")[2])
            if not number:
                continue
            chapter = int(number[1])
            for anchor, (_, *rest) in sections.items():
                sections[anchor] = (chapter, *rest)
            for reference in env.tocs[page].findall(nodes.reference):
                if "secnumber" in reference:
                    reference["secnumber"] = (
                        chapter,
                        *reference["secnumber"][1:],
                    )
            env.titles[page]["secnumber"] = [chapter]
        return rewritten

    return numbered


def setup(app):
    """Register with Sphinx."""
    collector = TocTreeCollectorWithStyles
    collector.assign_section_numbers = number_by_file(
        collector.assign_section_numbers
    )
    app.config.mathjax_path = "mathjax/startup.js"
    app.add_js_file("theme.js")
    app.add_js_file("explorers.js", defer="defer")
    app.add_css_file("gradients.css")
    app.connect("source-read", put_outputs_in)
    app.connect("env-get-outdated", outdated)
    app.connect("env-updated", write_all)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", keep_used_icons)
    return {
        "version": "1",
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }
