"""The words of a verdict: what the learner reads, for each way in which an answer can come out but wrong (`failing`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_course.checker.compare import group_of
from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.limits import Ending
from lstm_course.checker.runner import Attempt, Case, is_slow
from lstm_course.checker.text import inputs_block, listed, wrap
from lstm_course.checker.tracebacks import Raised

Status = Literal["not attempted", "right", "right, but", "wrong", "raised", "timed out"]

_ADVICE = (  # what to do about the errors that NumPy raises most
    (
        ("matmul", "broadcast", "not aligned", "inhomogeneous"),
        "The shapes do not fit. Write the shape of each factor beside that line, starting from the "
        "arguments below.",
    ),
    (
        ("truth value of an array",),
        "An `if` needs one yes or no, and an array has many. np.where decides entry by entry.",
    ),
    (
        ("converted to Python scalar", "must be real number, not"),
        "A function of `math` takes one number; its namesake in NumPy takes the whole array.",
    ),
)


@dataclass(frozen=True)
class Verdict:
    """What `grade` says about an answer.

    Attributes
    ----------
    label : str
        The exercise.
    status : str
        "not attempted", "right", "right, but", "wrong", "raised" or "timed out".
    text : str
        What the learner reads.
    mistakes : tuple of str
        Names of the mistakes that were recognised.
    remarks : tuple of str
        What is right but could be better.
    case : int or None
        Number of the case that is shown, counted from 1.
    """

    label: str
    status: Status
    text: str
    mistakes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    case: int | None = None

    def __str__(self):
        return self.text


def not_attempted(exercise: Exercise, error: Raised) -> Verdict:
    """The stub still stands, or that of a function which the answer calls."""
    first, last = (error.lines[0], error.lines[-1]) if error.lines else (None, None)
    if first and last and first.function != last.function:
        text = [
            f"{exercise.label}: your function calls {last.function}, which is not written yet:",
            f"    {last}",
            wrap(f"Write {last.function} first, or call the package's own version of it."),
        ]
        return Verdict(exercise.label, "not attempted", "\n".join(text))
    text = [
        f"{exercise.label}: not attempted yet.",
        wrap(exercise.prompt),
        wrap(
            f"Your function is called as {exercise.call}. Write it in place of `raise NotImplementedError`."
        ),
    ]
    return Verdict(exercise.label, "not attempted", "\n".join(text))


def right(
    exercise: Exercise, cases: Sequence[Case], attempts: Sequence[Attempt], noted: Sequence[str] = ()
) -> Verdict:
    """Every case agrees; perhaps with remarks, of which `noted` come first."""
    remarks = [*noted, *remarks_on(attempts)]
    if is_slow(cases[-1], attempts[-1]):
        remarks.append(
            "It is slow: the largest case takes more than 50 times as long as the package's own version. "
            "Let NumPy loop over whole arrays."
        )
    agree = len(cases) - sum(made.error is not None for made in attempts)
    all_agree = (
        f"All {len(cases)} cases agree" if agree == len(cases) else f"{agree} of {len(cases)} cases agree"
    )
    if len(cases) == 1:
        all_agree = "Its case agrees"
    if not remarks:
        text = f"{exercise.label}: right. {all_agree}.\nThe package's own version: {exercise.solution}"
        return Verdict(exercise.label, "right", text)
    lines = [f"{exercise.label}: right, but ... {all_agree}. Still, have a look at this:"]
    lines += [_bullet(remark) for remark in remarks]
    lines.append(f"The package's own version: {exercise.solution}")
    return Verdict(exercise.label, "right, but", "\n".join(lines), remarks=tuple(remarks))


def timed_out(exercise: Exercise, case: Case, ending: Ending, seconds: float) -> Verdict:
    """It was stopped."""
    lines = [
        f"{exercise.label}: stopped after {seconds:.2g} s, in case {case.number} of {exercise.sizes}.",
        "Is there a loop that never ends, or one that does far too much?",
    ]
    if ending.where and re.match(r"(import|from) ", ending.where.text):
        lines[-1] = "It was importing. Import that in a cell of its own first, and check again."
    if ending.where:
        lines += ["It was at", f"    {ending.where}"]
    if ending.alive:
        lines.append(
            wrap(
                "Python could not interrupt it, so it goes on in the background. Restart the kernel if "
                "the notebook becomes slow."
            )
        )
    lines += ["The arguments:", *arguments(exercise, case)]
    return Verdict(exercise.label, "timed out", "\n".join(lines), case=case.number)


def died(exercise: Exercise, case: Case, ending: Ending) -> Verdict:
    """It took its process down with it."""
    lines = [
        f"{exercise.label}: your code ended Python itself in case {case.number} of {exercise.sizes}.",
        wrap(f"({ending.died})", "    "),
        wrap(
            "It ran in a copy of this notebook's process, so nothing here is lost. Is memory short, or "
            "does it call something that ends the program?"
        ),
        "The arguments:",
        *arguments(exercise, case),
    ]
    return Verdict(exercise.label, "raised", "\n".join(lines), case=case.number)


def raised(exercise: Exercise, case: Case, error: Raised, known: list[Mistake]) -> Verdict:
    """It raised an exception."""
    lines = [f"{exercise.label}: your code raised {error.kind} in case {case.number} of {exercise.sizes}."]
    lines.append(str(error))
    if error.kind == "TypeError" and not error.lines and "argument" in error.message:
        lines.append(wrap(f"The check calls your function as {exercise.call}."))
    advice = (advice for phrases, advice in _ADVICE if any(phrase in error.message for phrase in phrases))
    lines += [wrap(text) for text in [mistake.hint for mistake in known] or list(advice)[:1]]
    lines += ["The arguments:", *arguments(exercise, case)]
    names = tuple(mistake.name for mistake in known)
    return Verdict(exercise.label, "raised", "\n".join(lines), names, case=case.number)


def arguments(exercise: Exercise, case: Case) -> list[str]:
    """The arguments of a case, and how to get them in code."""
    return [
        inputs_block(exercise.inputs, case.args),
        f"    (in code: EXERCISES[{exercise.label!r}].cases()[{case.number - 1}])",
    ]


def remarks_on(attempts: Sequence[Attempt]) -> list[str]:
    """What is odd about the answers, each thing once."""
    changed = list(dict.fromkeys(name for made in attempts for name in made.changed))
    remarks = []
    if changed:
        remarks.append(
            f"It changes its argument {listed(changed)} in place. The caller may still need the old "
            "numbers: work on a copy, or make a new array."
        )
    first: dict[str, str] = {}  # what is said of a group is said once, and of all groups together
    for made in attempts:
        for part, text in made.answer.remarks.items():
            first.setdefault(group_of(part), text)
    for text in dict.fromkeys(first.values()):
        groups = [group for group, said in first.items() if said == text]
        remarks.append(f"{listed(groups)} {'comes' if len(groups) == 1 else 'come'} back {text}.")
    return remarks


def _bullet(text: str) -> str:
    return "  - " + wrap(text, "    ").strip()
