"""What the notebooks need to be a book: numbers that the prose can quote, and the table of speeds."""

from __future__ import annotations

import json
import numbers
from pathlib import Path

from lstm_course._arguments import as_integer, choose

TASKS = {"training": "training step", "inference": "inference"}
RIVALS = {
    "LSTM": {
        "torch": "`nn.LSTM`",
        "cell loop": "cell loop",
        "textbook": "textbook",
        "blas": "products",
    },
    "GRU": {"torch": "`nn.GRU`"},
    "RNN": {"torch": "`nn.RNN`"},
}


def fact(name: str, value, digits: int = 6):
    """Make a computed value available to the text as ``{glue:text}`name```.

    Numbers are rounded to `digits` significant digits first, so that the committed notebook does not
    depend on the last bit of somebody's processor.

    Parameters
    ----------
    name : str
        The key under which the text finds it.
    value : float, int or str
        The value, or its text as it should be read.
    digits : int
        Significant digits that are kept of a float.
    """
    from myst_nb import glue

    digits = as_integer("digits", digits, at_least=1)
    if isinstance(value, numbers.Integral):
        value = int(value)
    elif isinstance(value, numbers.Real):
        value = float(f"{float(value):.{digits}g}")
    elif not isinstance(value, str):
        raise TypeError(f"value must be a number or a string, got {type(value).__name__}")
    glue(name, value, display=False)


def benchmark_table(path, run: int = 0, *, task="training") -> str:
    """Write the results of ``make bench`` as a table in Markdown: our time as a multiple of theirs.

    One row a shape, then the geometric means, then a line that names machine, versions and kernels.

    Parameters
    ----------
    path : str or pathlib.Path
        The results file, ``benchmarks/results/recurrent.json``. Nothing is measured here.
    run : int
        Which of its settings; the reader's default is the first.
    task : {"training", "inference"}
        Forward and backward pass, or the forward pass alone.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        When there is no such file, run or task.
    """
    what, run = choose("task", task, TASKS), as_integer("run", run, at_least=0)
    results = json.loads(Path(path).read_text(encoding="utf-8"))
    if run >= len(results["runs"]):
        raise ValueError(f"run must be below the number of runs {len(results['runs'])}, got {run}")
    measured = results["runs"][run]
    means = measured["geometric means"]
    pairs = [(net, rival) for net in means for rival in RIVALS[net] if rival in means[net][task]]
    head = ["T, B, I, H", "LSTM, ms", *(RIVALS[net][rival] for net, rival in pairs)]
    lines = [head, [":--", *["--:"] * (len(head) - 1)]]
    for row in measured["shapes"]:
        ratios = [f"{row[net][task]['ratios'][rival]:.2f}" for net, rival in pairs]
        milliseconds = f"{1e3 * row['LSTM'][task]['seconds']['ours']:.3g}"
        lines.append([", ".join(str(row[axis]) for axis in "TBIH"), milliseconds, *ratios])
    lines.append(["geometric mean", "", *(f"**{means[net][task][rival]:.2f}**" for net, rival in pairs)])
    blas, versions = measured["blas"], results["versions"]
    setting = (
        f"{measured['clock']} time of one {what} in {results['dtype']}, ours : theirs, each in a process of its own. "
        f"{results['machine']['cpu']}, {measured['threads']} thread{'s' * (measured['threads'] > 1)}, NumPy {versions['numpy']} with "
        f"{blas['internal_api']} {blas['version']} ({blas['architecture']} kernels), "
        f"torch {versions['torch']} ({versions['torch_cpu']}); {results['date']}."
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + f"\n\n{setting}\n"
