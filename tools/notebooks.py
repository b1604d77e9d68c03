"""Execute the book's notebooks, once for everything, and keep of their outputs what readers can compare.

    python tools/notebooks.py execute [NOTEBOOK ...]  execute what is not up to date (all of book/ by default)
    python tools/notebooks.py run [NOTEBOOK ...]      the same, then keep the text outputs in the notebooks
    python tools/notebooks.py compare [NOTEBOOK ...]  the same, then fail where a committed output is not what was printed
    python tools/notebooks.py clean [NOTEBOOK ...]    drop what is not kept, as the pre-commit hook does
    python tools/notebooks.py verify [NOTEBOOK ...]   fail when one is not clean or was not executed

An execution serves the book, which needs the pictures, and the comparison, which needs the text. It is
kept in ``_build/executed`` with a key, the hash of everything it could depend on, and is never looked
at under another key. Text outputs and execution counts stay in the sources; pictures, HTML and widget
state go, since they would fill the history with noise.
"""

from __future__ import annotations

import argparse
import copy
import difflib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
DROPPED = ("image/", "text/html", "text/latex", "application/vnd.jupyter")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
UNCOMPARED = "nbval-ignore-output"  # nbval's name for it, which other tools know too
# What a notebook may read of this repository. tools/ipython makes a notebook fail that opens anything else.
INPUTS = ("lstm_course", "benchmarks/results")
MACHINERY = ("tools/notebooks.py", "tools/ipython/profile_default")
VARIABLES = (
    "LSTM_COURSE_",
    "OPENBLAS_",
    "OMP_",
    "MKL_",
    "VECLIB_",
    "NUMPY_",
    "NPY_",
    "TORCH_",
    "PYTHON",
    "MPL",
)
TIMEOUT = 600  # seconds a cell: against one that never ends


# --- clean outputs ---------------------------------------------------------------------------


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


def cleaned(notebook):
    """A clean copy of a notebook."""
    return clean(copy.deepcopy(notebook))


def faults(notebook) -> list[str]:
    """What is wrong with a notebook: cells that were not executed, in order, and uncleaned parts."""
    found = []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        found.append("its code cells were not executed once each, in order; run `make notebooks`")
    if notebook != cleaned(notebook):
        found.append("its outputs or metadata are not clean; run `make notebooks`")
    return found


def differences(committed, fresh) -> list[str]:
    """Where the outputs of a notebook are not those of its fresh execution, to the letter.

    Everything that `clean` keeps is compared: streams with their names, all text, the order, errors
    (but their traceback). A cell with the tag ``nbval-ignore-output`` is not compared.
    """

    def lines(cell):
        outputs = [{k: v for k, v in output.items() if k != "traceback"} for output in cell.outputs]
        text = json.dumps(outputs, indent=1, sort_keys=True, ensure_ascii=False)
        return text.replace("\\n", "\n").splitlines()

    found = []
    cells = [[c for c in n.cells if c.cell_type == "code"] for n in (committed, cleaned(fresh))]
    for ours, theirs in zip(*cells, strict=True):
        if UNCOMPARED not in ours.metadata.get("tags", []) and lines(ours) != lines(theirs):
            diff = difflib.unified_diff(
                lines(ours), lines(theirs), "committed", "printed now", n=1, lineterm=""
            )
            found.append(f"cell [{ours.execution_count}] prints something else:\n" + "\n".join(diff))
    return found


# --- execute once ----------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """What a kernel inherits: pictures in HTML, our IPython profile, this package, one thread."""
    ours = {
        "LSTM_COURSE_FIGURES": "html",
        "LSTM_COURSE_INPUTS": os.pathsep.join(str(p) for p in (ROOT, *(ROOT / i for i in INPUTS))),
        "IPYTHONDIR": str(ROOT / "tools" / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
    }
    return {"OMP_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1"} | os.environ | ours


@functools.cache
def surroundings() -> str:
    """Hash what all notebooks depend on: package, data, this tool, Python, its packages, settings."""
    digest = hashlib.sha256()
    for folder in (*INPUTS, *MACHINERY):
        for path in [ROOT / folder, *sorted((ROOT / folder).rglob("*"))]:
            ours = (
                path.suffix == ".py" or folder not in MACHINERY
            )  # IPython writes a history beside its profile
            if path.is_file() and ours and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    installed = sorted({f"{d.name}=={d.version}" for d in importlib.metadata.distributions()})
    settings = sorted(f"{k}={v}" for k, v in environment().items() if k.startswith(VARIABLES))
    facts = [sys.version, os.path.realpath(sys.prefix), platform.machine(), *installed, *settings]
    digest.update("\0".join(facts).encode())
    return digest.hexdigest()


def key(notebook) -> str:
    """Hash everything on which a notebook's outputs may depend."""
    cells = [[c.source, c.metadata.get("tags", [])] for c in notebook.cells if c.cell_type == "code"]
    return hashlib.sha256(json.dumps([surroundings(), cells]).encode()).hexdigest()


def store(path: Path) -> Path:
    """Where the execution of a notebook is kept."""
    return ROOT / "_build" / "executed" / f"{path.stem}.json"


def recall(path: Path) -> dict:
    """What was kept of a notebook's last execution; nothing if there was none."""
    try:
        return json.loads(store(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def executed(path: Path):
    """A notebook with the outputs of its execution, which must be up to date.

    Returns
    -------
    nbformat.NotebookNode or None
        The notebook as it stands, with every output; None when it must be executed first.
    """
    notebook, kept = nbformat.read(path, as_version=4), recall(path)
    if kept.get("key") != key(notebook):
        return None
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, (count, outputs) in zip(code, kept["cells"], strict=True):
        cell.execution_count, cell.outputs = count, [nbformat.from_dict(o) for o in outputs]
    return notebook


def execute(path: Path) -> float:
    """Run all cells in a fresh kernel, from the notebook's own folder, and keep what they gave.

    Returns the seconds it took. Nothing is kept when a cell fails, or when something that the key names
    was changed meanwhile.
    """
    from nbclient import NotebookClient

    start, notebook = time.monotonic(), nbformat.read(path, as_version=4)
    before = key(notebook)
    client = NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(path.parent)}})
    client.execute(env=environment())
    seconds = time.monotonic() - start
    surroundings.cache_clear()
    if key(nbformat.read(path, as_version=4)) != before:
        raise RuntimeError("it, the package or the environment changed while it ran; run it again")
    cells = [[c.execution_count, c.outputs] for c in notebook.cells if c.cell_type == "code"]
    target = store(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{os.getpid()}")
    text = json.dumps({"key": before, "seconds": seconds, "cells": cells}, ensure_ascii=False)
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, target)  # whole or not at all
    return seconds


def length(path: Path):
    """How long a notebook will take: as last time, or else trainings first, then by the length of its code."""
    if "seconds" in (kept := recall(path)):
        return (1, kept["seconds"])
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    training = any(UNCOMPARED in c.metadata.get("tags", []) for c in cells)
    return (2 if training else 0, sum(len(c.source) for c in cells))


def execute_stale(paths: list[Path]) -> bool:
    """Execute on all cores what is not up to date, the longest first. Returns whether all went well."""
    from joblib import cpu_count

    stale = sorted((path for path in paths if executed(path) is None), key=length, reverse=True)
    print(f"{len(stale)} of {len(paths)} notebooks to execute", flush=True)
    failed = False
    with ProcessPoolExecutor(min(cpu_count(), len(stale) or 1)) as pool:
        running = {pool.submit(execute, path): path for path in stale}
        for future in as_completed(running):
            path = running[future]
            try:
                print(f"executed {path.name} in {future.result():.0f} s", flush=True)
            except Exception as error:  # whatever it is, it is told, and the others go on
                print(f"{path}: {error}", file=sys.stderr, flush=True)
                failed = True
    return not failed


# --- the command line ------------------------------------------------------------------------


def main(arguments=None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("execute", "run", "compare", "clean", "verify"))
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    paths = [path.absolute() for path in options.notebooks] or sorted((ROOT / "book").glob("*.ipynb"))
    if not paths:
        print("no notebooks found", file=sys.stderr)
        return 1
    executes = options.command in ("execute", "run", "compare")
    failed = executes and not execute_stale(paths)
    for path in paths:
        committed = nbformat.read(path, as_version=4)
        fresh = executed(path) if executes else committed
        wrong = []
        if options.command in ("verify", "compare"):
            wrong += faults(committed)
        if options.command == "compare" and fresh:
            wrong += differences(committed, fresh)
        for fault in wrong:
            print(f"{path}: {fault}", file=sys.stderr)
            failed = True
        if options.command in ("run", "clean") and fresh and cleaned(fresh) != committed:
            nbformat.write(cleaned(fresh), path)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
