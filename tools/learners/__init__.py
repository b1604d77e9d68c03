"""Learners' notebooks: the chapters in plain Markdown, to work in.

The sources, ``book/*.ipynb``, are written in MyST: numbers quoted by ``{glue:text}``, code included
from the package, references to equations, boxes, folds. Sphinx knows all that, a notebook editor
does not. Here each source becomes a notebook that JupyterLab, Notebook 7, VS Code and Colab show
well, and that runs where only the package is installed.

From the outside in: `build` makes them, `working_copy` hands them out, `notebook` puts one together
from `cells` (code), `markdown` (text; `directives` for boxes and folds, `references` for everything
that points elsewhere), `pictures` (outputs) and `start` (its opening cells); `myst` reads the sources
as the book does, `leftovers` says what a plain reader would not understand.
"""
