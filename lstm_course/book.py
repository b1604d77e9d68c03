"""What the notebooks need to be a book: numbers that the prose can quote, and the table of speeds."""

from __future__ import annotations

import json
import math
import numbers
import re
from pathlib import Path

import numpy as np

from lstm_course._arguments import as_integer, choose

TASKS = {
    "training": "training step",
    "inference": "inference",
    "forward": "forward pass that keeps what a backward pass needs",
}
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


_COUNTS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "hundredth": 100,
          "thousandth": 1e3, "millionth": 1e6, "billionth": 1e9, "trillionth": 1e12}  # fmt: skip
NUMBER_WORDS: dict[str, float] = {
    **{word: float(k) for k, word in enumerate(_COUNTS) if k > 1},
    **{word: 10.0 * k for k, word in enumerate(_TENS, start=3)},
    **{word + plural: 1 / k for word, k in _PARTS.items() for plural in ("", "s")},
    **{word + plural: 10.0**k for word, k in (("hundred", 2), ("thousand", 3), ("million", 6), ("billion", 9),
       ("trillion", 12)) for plural in ("", "s")},
    "dozen": 12.0, "dozens": 12.0, "twice": 2.0, "thrice": 3.0, "halves": 0.5, "halved": 0.5,
    **{word + ending: k for word, k in (("double", 2.0), ("triple", 3.0)) for ending in ("", "s", "d")},
}  # fmt: skip
FRACTIONS = {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
# "one", "first" and "second" are left out: they are articles and words of order more often than numbers.
NUMERAL = re.compile(
    rf"(?<![\w.$])[−-]?\d[\d,.\u202f]*(?:e[−-]?\d+)?(?:\s?[%‰])?(?![\w₀-₉])|[{''.join(FRACTIONS)}]"
    rf"|(?<![\w-])(?:{_WORDS})(?:[\s-](?:{_WORDS}))*(?:-?fold)?(?![\w-])",
    re.IGNORECASE,
)


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


def holds(text: str, condition) -> None:
    """Bind a sentence of the page, or a part of one, to the condition that makes it true.

    The cell fails when the condition does not hold. `tools/prose.py` fails when the text is not on the
    page, word for word, with … for a number quoted by `fact`.

    Parameters
    ----------
    text : str
        Words of the page: ``"never below"``, ``"the larger part of the gradient"``.
    condition : bool
        What they claim, computed.

    Raises
    ------
    AssertionError
        When it is false, quoting the text.
    TypeError
        When `text` is no string or `condition` neither True nor False.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be words of the page, got {type(text).__name__}")
    if not isinstance(condition, (bool, np.bool_)):
        raise TypeError(f"condition must be True or False, got {type(condition).__name__}")
    if not condition:
        raise AssertionError(f"the page says {text!r}, which does not hold")


def given(text: str, *values) -> None:
    """Bind the numbers in some words of the page to the values with which its cells compute.

    Parameters
    ----------
    text : str
        Words of the page: ``"twenty layers"``, ``"forget biases 0, 1 and 3"``.
    *values : float
        The number or numbers that they state, in their order.

    Raises
    ------
    AssertionError
        When the words state other numbers, quoting both.
    """
    stated = numbers_in(text)
    if stated != [float(value) for value in values]:
        raise AssertionError(f"the page says {text!r}, but the values are {', '.join(map(str, values))}")


def numbers_in(text: str) -> list[float]:
    """Read the numbers that a text states, in digits or in words, in their order.

    Parameters
    ----------
    text : str
        ``"a quarter of 1,797 digits, twice"`` gives 0.25, 1797 and 2.
    """
    return [_value(match) for match in NUMERAL.finditer(text)]


def _value(match: re.Match) -> float:
    text = match[0].lower()
    if text[-1] in FRACTIONS:
        return FRACTIONS[text[-1]]
    if not re.search(r"\d", text):
        return math.prod(
            NUMBER_WORDS[word] for word in re.split(r"[\s-]+", text.removesuffix("fold").rstrip("-"))
        )
    digits = text.replace("−", "-").replace(",", "").replace("\u202f", "").rstrip("% .‰")
    return float(digits) / {"%": 100, "‰": 1000}.get(text.rstrip(" .")[-1], 1)


def benchmark_table(path, run: int = 0, *, task="training") -> str:
    """Write the results of ``make bench`` as a table in Markdown: our time as a multiple of theirs.

    One row a shape, then the geometric means, then a line that names machine, versions and kernels.

    Parameters
    ----------
    path : str or pathlib.Path
        The results file, ``benchmarks/results/recurrent.json``. Nothing is measured here.
    run : int
        Which of its settings; the reader's default is the first.
    task : {"training", "inference", "forward"}
        Forward and backward pass; the forward pass alone, torch's without gradients; or with them.

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
    head = ["T, B, I, H", "our LSTM, ms", *(RIVALS[net][rival] for net, rival in pairs)]
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
