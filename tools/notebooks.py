"""Execute the book's notebooks and keep of their outputs what readers can compare.

    python tools/notebooks.py run [NOTEBOOK ...]     execute and clean (all of book/ by default)
    python tools/notebooks.py clean [NOTEBOOK ...]   clean only, as the pre-commit hook does
    python tools/notebooks.py verify [NOTEBOOK ...]  fail when one is not clean or was not executed

Text outputs and execution counts stay, so that nbval compares what readers see. Pictures, HTML and
widget state go: they come back when the book is built, and would fill the history with noise.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
DROPPED = ("image/", "text/html", "text/latex", "application/vnd.jupyter")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def clean(notebook):
    """Remove volatile outputs and metadata from a notebook, in place."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:03d}"
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in ("tags", "mystnb")}
        )
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in cell.outputs:
            if output.output_type == "stream" and outputs and outputs[-1].get("name") == output.name:
                outputs[-1].text += output.text  # how often the kernel flushed is chance
                continue
            if "data" in output:
                output.data = {k: v for k, v in output.data.items() if not k.startswith(DROPPED)}
                if not output.data:
                    continue
            outputs.append(output)
        cell.outputs = outputs
    return notebook


def faults(notebook, cleaned) -> list[str]:
    """What is wrong with a notebook: cells that were not executed, in order, and uncleaned parts."""
    found = []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        found.append("its code cells were not executed once each, in order")
    if notebook != cleaned:
        found.append("its outputs or metadata are not clean")
    return found


def execute(path: Path):
    """Run all cells in a fresh kernel, from the notebook's own folder."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def main(arguments=None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "clean", "verify"))
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted((ROOT / "book").glob("*.ipynb"))
    if not paths:
        print("no notebooks found", file=sys.stderr)
        return 1
    os.environ["LSTM_COURSE_FIGURES"] = "text"
    os.environ.setdefault("IPYTHONDIR", str(ROOT / "tools" / "ipython"))
    failed = False
    for path in paths:
        if options.command == "run":
            print(f"executing {path}", flush=True)
        notebook = execute(path) if options.command == "run" else nbformat.read(path, as_version=4)
        cleaned = clean(nbformat.from_dict(notebook))
        if options.command == "verify":
            for fault in faults(notebook, cleaned):
                print(f"{path}: {fault}; run `make notebooks`", file=sys.stderr)
                failed = True
        elif options.command == "run" or cleaned != nbformat.read(path, as_version=4):
            nbformat.write(cleaned, path)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
