"""The words of a verdict: what the learner reads, for each way in which an answer can come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_course.checker.compare import Pair, agrees, group_of
from lstm_course.checker.diagnosis import explain
from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.limits import Ending
from lstm_course.checker.runner import Attempt, Case, is_slow
from lstm_course.checker.suspects import suspect, unknown, wrong_order
from lstm_course.checker.text import comparison, inputs_block, listed, wrap
from lstm_course.checker.tracebacks import Raised

Status = Literal["not attempted", "right", "right, but", "wrong", "raised", "timed out"]

_MOST_PARTS = 3
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
        Number of the smallest case that fails, counted from 1.
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


def right(exercise: Exercise, cases: Sequence[Case], attempts: Sequence[Attempt]) -> Verdict:
    """Every case agrees; perhaps with remarks."""
    remarks = _remarks(attempts)
    if is_slow(cases[-1], attempts[-1]):
        remarks.append(
            "It is slow: the largest case takes more than 50 times as long as the package's own version. "
            "Let NumPy loop over whole arrays."
        )
    all_agree = "Its case agrees" if len(cases) == 1 else f"All {len(cases)} cases agree"
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
    if ending.where:
        lines += ["It was at", f"    {ending.where}"]
    if ending.alive:
        lines.append(
            wrap(
                "Python could not interrupt it, so it goes on in the background. Restart the kernel if "
                "the notebook becomes slow."
            )
        )
    lines += ["The arguments:", *_arguments(exercise, case)]
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
        *_arguments(exercise, case),
    ]
    return Verdict(exercise.label, "raised", "\n".join(lines), case=case.number)


def failed(
    exercise: Exercise, cases: Sequence[Case], attempts: Sequence[Attempt], wrong: dict[str, list[bool]]
) -> Verdict:
    """At least one case fails: a named mistake, an exception, or numbers that differ."""
    failing = [k for k, flags in enumerate(zip(*wrong.values(), strict=True)) if any(flags)]
    answered = [k for k in failing if not attempts[k].error]
    missed = [group for group, flags in wrong.items() if any(flags[k] for k in answered or failing)]
    explained, whole = explain(exercise, cases, attempts, missed)
    # Values in each other's places may each look like some mistake: the order is asked first.
    order = None if whole else wrong_order(exercise, cases, attempts)
    if order:
        explained = []
    # Show a known mistake at work, not where it happens to raise.
    first = answered[0] if whole and answered else failing[0]
    pairs = list(zip(cases, attempts, strict=True))
    case, shown = pairs[first]
    if shown.error:
        return _raised(exercise, case, shown.error, [mistake for mistake, _ in explained] if whole else [])

    lines = [f"{exercise.label}: wrong."]
    if len(wrong) > 1 and len(missed) < len(wrong):
        fine = [group for group in wrong if group not in missed]
        lines.append(
            wrap(
                f"{listed(fine)} {'is' if len(fine) == 1 else 'are'} "
                f"right, {listed(missed)} {'is' if len(missed) == 1 else 'are'} not."
            )
        )
    for mistake, at in explained:
        clear = len(at) == len(missed) or mistake.hint.startswith(at[0])
        lines.append(wrap(mistake.hint if clear else f"{listed(at)}: {mistake.hint}"))
    known = {group for _, at in explained for group in at}
    rest = [group for group in missed if group not in known]
    lines += map(wrap, [order] if order else _unexplained(exercise, cases, attempts, rest))
    if not whole:
        errors = {made.error.kind: one.number for one, made in reversed(pairs) if made.error}
        lines += [f"It also raises {kind}, in case {number}." for kind, number in errors.items()]
    differences = _differences(exercise, case, shown)
    smallest = f"Case {case.number} of {len(cases)} is the smallest that fails"
    lines += ["", f"{smallest}:" if differences else f"{smallest}.", *differences]
    mutations = [remark for remark in _remarks(attempts) if "changes its argument" in remark]
    lines += [wrap(f"Apart from that: {remark[0].lower()}{remark[1:]}") for remark in mutations]
    lines += ["The arguments:", *_arguments(exercise, case)]
    names = tuple(mistake.name for mistake, _ in explained)
    return Verdict(exercise.label, "wrong", "\n".join(lines), names, tuple(mutations), case.number)


def _raised(exercise: Exercise, case: Case, error: Raised, known: list[Mistake]) -> Verdict:
    lines = [f"{exercise.label}: your code raised {error.kind} in case {case.number} of {exercise.sizes}."]
    lines.append(str(error))
    if error.kind == "TypeError" and not error.lines and "argument" in error.message:
        lines.append(wrap(f"The check calls your function as {exercise.call}."))
    advice = (advice for phrases, advice in _ADVICE if any(phrase in error.message for phrase in phrases))
    lines += [wrap(text) for text in [mistake.hint for mistake in known] or list(advice)[:1]]
    lines += ["The arguments:", *_arguments(exercise, case)]
    names = tuple(mistake.name for mistake in known)
    return Verdict(exercise.label, "raised", "\n".join(lines), names, case=case.number)


def _arguments(exercise: Exercise, case: Case) -> list[str]:
    return [
        inputs_block(exercise.inputs, case.args),
        f"    (in code: EXERCISES[{exercise.label!r}].cases()[{case.number - 1}])",
    ]


def _remarks(attempts: Sequence[Attempt]) -> list[str]:
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


def _unexplained(exercise, cases, attempts, missed) -> list[str]:
    """A sentence for each wrong group that no named mistake explains."""
    sentences, nameless = [], {}
    for group in missed:
        faults = [
            text for made in attempts for part, text in made.answer.faults.items() if group_of(part) == group
        ]
        if faults:
            sentences.append(faults[0])
            continue
        pairs = [
            Pair(part, want, made.answer.parts[part], case, made.alarms)
            for case, made in zip(cases, attempts, strict=True)
            for part, want in case.parts.items()
            if group_of(part) == group and part in made.answer.parts
        ]
        if pairs and any(not agrees(p.got, p.want, p.case.rtol, exercise.atol) for p in pairs):
            found = suspect(exercise, group, pairs)
            if isinstance(found, str):
                sentences.append(found)
            else:
                nameless[group] = found
    if nameless:
        sentences.append(unknown(nameless))
    return list(dict.fromkeys(sentences))


def _differences(exercise: Exercise, case: Case, made: Attempt) -> list[str]:
    """Expected and got, for the first few arrays that differ."""
    wrong = [
        (part, want, made.answer.parts[part])
        for part, want in case.parts.items()
        if part in made.answer.parts and not agrees(made.answer.parts[part], want, case.rtol, exercise.atol)
    ]
    lines = [comparison(*item) for item in wrong[:_MOST_PARTS]]
    if len(wrong) > _MOST_PARTS:
        rest = [part for part, _, _ in wrong[_MOST_PARTS:]]
        lines.append(wrap(f"{listed(rest)} {'differs' if len(rest) == 1 else 'differ'} as well.", "    "))
    return lines
