"""Put the learners' notebooks beside the pages, and let each page's download button give its own."""

import sys
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxRole

FOLDER = "learners"
SAVE = f"""document.addEventListener("DOMContentLoaded", () => {{
  for (const link of document.querySelectorAll('a[href*="{FOLDER}/"]')) link.download = "";
}});"""


class ZipRole(SphinxRole):
    """A link to the zip of all notebooks: ``{learners-zip}`words```."""

    def run(self):
        """Point to it from wherever the page is."""
        up = "../" * self.env.docname.count("/")
        address = f"{up}{FOLDER}/gradients-through-time.zip"
        return [
            nodes.reference("", self.text, refuri=address, internal=False)
        ], []


def give_the_learners_notebook(app, pagename, templatename, context, doctree):
    """Replace, in the theme's download menu, the source of a chapter by its learners' notebook."""
    if not str(context.get("sourcename", "")).endswith(".ipynb"):
        return
    for group in context.get("header_buttons", []):
        if group.get("label") != "download-buttons":
            continue
        for button in group["buttons"]:
            if button["label"] == "download-source-button":
                name = pagename.rpartition("/")[2]
                button["url"] = context["pathto"](f"{FOLDER}/{name}.ipynb", 1)
                button["tooltip"] = "Download this chapter to work in"


def make_them(app, exception):
    """Make notebooks, wheel and zip, once all pages stand and their notebooks have run."""
    if exception or app.builder.format != "html":
        return
    root = Path(app.srcdir)
    sys.path.insert(0, str(root / "tools"))
    from learners.build import build

    build(Path(app.outdir) / FOLDER, root)


def setup(app):
    """Register with Sphinx; after the theme, which makes the buttons."""
    app.add_role("learners-zip", ZipRole())
    app.add_js_file(None, body=SAVE)
    app.connect("html-page-context", give_the_learners_notebook, priority=900)
    app.connect("build-finished", make_them)
    return {
        "version": "1",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
