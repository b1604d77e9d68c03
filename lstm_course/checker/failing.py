"""The words about a wrong answer: the mistake by its name, what can be said of the rest, and the case."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_course.checker.compare import Pair, agrees, group_of
from lstm_course.checker.diagnosis import explain
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.nearby import nearby
from lstm_course.checker.runner import Attempt, Case
from lstm_course.checker.suspects import related, suspect, unknown, wrong_order
from lstm_course.checker.text import comparison, listed, wrap
from lstm_course.checker.verdict import Verdict, arguments, raised, remarks_on

_MOST_PARTS = 3


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
        return raised(exercise, case, shown.error, [mistake for mistake, _ in explained] if whole else [])

    said: list[str] = []
    if not whole and not order:
        explained, whole, said = _beyond(exercise, cases, attempts, missed, explained, first)
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
    lines += map(wrap, [order] if order else said)
    if not whole:
        errors = {made.error.kind: one.number for one, made in reversed(pairs) if made.error}
        lines += [f"It also raises {kind}, in case {number}." for kind, number in errors.items()]
    differences = _differences(exercise, case, shown)
    shows = f"Case {case.number} of {len(cases)} shows it"
    lines += ["", f"{shows}:" if differences else f"{shows}.", *differences]
    mutations = [remark for remark in remarks_on(attempts) if "changes its argument" in remark]
    lines += [wrap(f"Apart from that: {remark[0].lower()}{remark[1:]}") for remark in mutations]
    lines += ["The arguments:", *arguments(exercise, case)]
    names = tuple(mistake.name for mistake, _ in explained)
    return Verdict(exercise.label, "wrong", "\n".join(lines), names, tuple(mutations), case.number)


def _beyond(exercise, cases, attempts, missed, explained, first):
    """What can be said beyond the named mistakes: a slip in the reference, else the usual suspects.

    Returns the mistakes, whether one of them gives the whole answer, and a sentence for each other group.
    """
    known = [group for _, at in explained for group in at]
    rest = [group for group in missed if group not in known]
    pairs = {group: _pairs(cases, attempts, group) for group in rest}
    said, nameless = _unexplained(exercise, attempts, pairs)
    if nameless or len(explained) > 1:
        slips = nearby(exercise, cases[first], attempts[first], missed)
        found, whole = explain(exercise, cases, attempts, missed, slips)
        if whole or (len(found) == 1 and found[0][1] == missed):
            return found, whole, []
        for group in list(nameless):
            if sentence := related(exercise, group, pairs[group]):
                said.append(sentence)
                del nameless[group]
        found = [(slip, [group for group in at if group in nameless]) for slip, at in found]
        explained = explained + [(slip, at) for slip, at in found if at]
        nameless = {
            group: where for group, where in nameless.items() if all(group not in at for _, at in found)
        }
    return explained, False, said + ([unknown(nameless)] if nameless else [])


def _pairs(cases, attempts, group) -> list[Pair]:
    """What was expected of a group and what came, in every case that has an answer."""
    return [
        Pair(part, want, made.answer.parts[part], case, made.alarms)
        for case, made in zip(cases, attempts, strict=True)
        for part, want in case.parts.items()
        if group_of(part) == group and part in made.answer.parts
    ]


def _unexplained(exercise, attempts, groups) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """A sentence for each wrong group that no named mistake explains, and the groups that have none."""
    sentences: list[str] = []
    nameless: dict[str, tuple[int, int]] = {}
    for group, pairs in groups.items():
        faults = [
            text for made in attempts for part, text in made.answer.faults.items() if group_of(part) == group
        ]
        if faults:
            sentences.append(faults[0])
            continue
        if pairs and any(not agrees(p.got, p.want, p.case.rtol, exercise.atol) for p in pairs):
            found = suspect(exercise, group, pairs)
            if isinstance(found, str):
                sentences.append(found)
            else:
                nameless[group] = found
    return list(dict.fromkeys(sentences)), nameless


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
