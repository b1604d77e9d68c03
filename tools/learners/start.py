"""The opening of a learner's notebook: what it is, what it needs, and a cell that gets it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

from learners.book import Book, Page
from learners.directives import box
from learners.myst import ROOT

# Which extra of the package what modules of it want; `digits` reads scikit-learn's data.
EXTRAS = {"figures": "figures", "svg": "figures", "explorers": "figures", "torch_bridge": "torch"}
MODULES = {"scikit-learn": "sklearn"}
NAMES = {"numpy": "NumPy", "matplotlib": "Matplotlib", "torch": "PyTorch", "sympy": "SymPy"}
THERE = {*sys.stdlib_module_names, "IPython"}  # wherever a notebook runs

SETUP = """\
# Run this cell first. It finds or gets what the notebook needs, and says what it did.
def prepare(version, wheel, address, needs):
    import importlib
    import importlib.metadata as metadata
    import importlib.util as util
    import pathlib
    import subprocess
    import sys

    def version_of(package):
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            return None

    def install(*what):
        print("installing", *what, "...")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--retries=1", *what]
        done = subprocess.run(command, capture_output=True, text=True)
        importlib.invalidate_caches()
        if done.returncode:
            print(done.stderr.strip().splitlines()[-1:] or "pip failed")
            print("By hand, in a terminal:", *(f'"{w}"' if set(w) & set("> ") else w for w in command))

    def missing():
        return [package for module, package in needs.items() if not util.find_spec(module)]

    if missing():
        cpu = ["--extra-index-url=https://download.pytorch.org/whl/cpu"] * ("torch" in missing())
        install(*missing(), *cpu)
    if version_of("lstm_course") != version:
        if pathlib.Path(wheel).exists():
            install("--no-deps", "--force-reinstall", wheel)
        elif address:
            install("--no-deps", "--force-reinstall", f"{address}/learners/{wheel}")
    found = version_of("lstm_course")
    if found is None:
        raise ModuleNotFoundError(
            f"This notebook needs the package lstm_course {version}. Put its file {wheel} beside the "
            "notebook and run this cell again: it comes in the zip of all notebooks, which the page "
            "'How to use this book' offers. In a copy of the repository, `make lab` has everything."
        )
    if found != version:
        print(f"This notebook was made for lstm_course {version}; here is {found}. Results may differ.")
    if missing():
        raise ModuleNotFoundError(f"still missing: {', '.join(missing())}")
    print("Ready: lstm_course", found, "and", ", ".join(needs))


prepare(
    version={version!r},
    wheel={wheel!r},
    address={address!r},
    needs={needs!r},
)
del prepare"""


def requirements(code: str) -> dict[str, str]:
    """What some code needs beside the package: module and what pip calls it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras, wanted, direct = settings["optional-dependencies"], set(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [(f"{node.module}.{alias.name}", alias.name) for alias in node.names]
        else:
            continue
        for module, name in modules:
            top, *inside = module.split(".")
            if top != "lstm_course":
                direct.add(top)
                continue
            wanted |= {EXTRAS[part] for part in inside if part in EXTRAS}
            wanted |= {"data"} if "digits" in name else set()
    packages = [
        *settings["dependencies"],
        *(p for extra in EXTRA_ORDER if extra in wanted for p in extras[extra]),
    ]
    needs = {}
    for package in packages:
        name = re.match(r"[\w-]+", package)[0]
        # torch: any version will do, and a notebook in the cloud has one
        needs[MODULES.get(name, name)] = name if name == "torch" else package
    return needs | {top: top for top in sorted(direct - THERE - set(needs))}


EXTRA_ORDER = ("figures", "data", "torch")


def wheel_name(version: str) -> str:
    """The file name that pip gives to the package."""
    return f"lstm_course-{version}-py3-none-any.whl"


def opening(book: Book, page: Page, code: str) -> tuple[str, str]:
    """The first two cells of a notebook that runs: some words, and the code that gets what it needs."""
    needs = requirements(code)
    listed = [NAMES.get(package, package) for package in (re.match(r"[\w-]+", p)[0] for p in needs.values())]
    names = ", ".join(listed[:-1]) + " and " + listed[-1] if len(listed) > 1 else listed[0]
    what = f"Chapter {page.number}" if page.number else "The front page"
    online = f" [The page in the book]({book.address}/book/{page.name}.html)." if book.address else ""
    words = box(
        "info",
        f"{what} of *Gradients Through Time*, to work in",
        f"Run the next cell first: it looks for "
        f"{names}, and for the course's package `lstm_course` {book.version}, and gets what is missing. "
        "Without a network only the package can be got, from the file that comes with the notebooks; the "
        "others must have been installed before. Then *Run All Cells* makes the sliders move. A grey bar or "
        f"three dots are a folded cell: click to open it.{online}",
    )
    values = {
        "version": book.version,
        "wheel": wheel_name(book.version),
        "address": book.address,
        "needs": needs,
    }
    setup = SETUP
    for name, value in values.items():
        setup = setup.replace(f"{{{name}!r}}", repr(value).replace("'", '"'))
    return words, setup
