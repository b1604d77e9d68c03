"""The folder in which a learner works: filled once, never overwritten, told when a chapter has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat


def mark(path: Path) -> str | None:
    """The fingerprint of the chapter that a copy was made from; None where there is no mark."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError):
        return None
    return notebook.metadata.get("lstm_course", {}).get("made")


def free_name(path: Path) -> Path:
    """A name for the learner's own version that no file has: ``12_lstm.mine.ipynb``, ``….mine-2.ipynb``."""
    number, name = 1, path.with_name(f"{path.stem}.mine.ipynb")
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}.mine-{number}.ipynb")
    return name


def hand_out(built: Path, work: Path, take: list[str] | None = None) -> list[str]:
    """Copy what is not there yet, and say what has changed since it was copied.

    Parameters
    ----------
    built : pathlib.Path
        The notebooks as they are now.
    work : pathlib.Path
        The learner's folder.
    take : list of str, optional
        Chapters of which the new version is wanted, or ``["all"]``: the learner's own is kept under
        another name.

    Returns
    -------
    list of str
        What to tell the learner, a line each.
    """
    work.mkdir(parents=True, exist_ok=True)
    take, told = take or [], []
    names = {path.stem for path in built.glob("*.ipynb")}
    if unknown := sorted(set(take) - names - {"all"}):
        raise ValueError(f"no chapter is called {', '.join(unknown)}; there are {', '.join(sorted(names))}")
    changed = []
    for source in sorted(built.glob("*.ipynb")):
        copy = work / source.name
        if not copy.exists():
            shutil.copyfile(source, copy)
        elif (made := mark(copy)) != mark(source):
            if source.stem in take or ("all" in take and made):
                own = free_name(copy)
                copy.rename(own)
                shutil.copyfile(source, copy)
                told.append(f"{copy.name} is the new version; yours is {own.name}")
            elif made:
                changed.append(source.stem)
            else:
                told.append(f"{copy.name} is not a copy of ours, or has lost its mark: left alone")
    if changed:
        told.append(f"Changed since you got your copy: {', '.join(changed)}. Yours stay as they are.")
        told.append(
            f"The new version, with yours kept beside it: make lab-new CHAPTER={changed[0]} (or CHAPTER=all)"
        )
    return told
