"""Runs, compares, diagnoses and words an answer to an exercise; it knows no network.

An `Exercise` is a reference, cases, and the `Mistake` s that people make; `but` writes a mistake as the
reference with a line that computes something else. `judge` calls an answer on
copies of the cases and returns a `Verdict`.
"""

from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.judging import judge
from lstm_course.checker.kinds import Bug, Built, Choice, Demand, Number, Slip, Task
from lstm_course.checker.mutant import but
from lstm_course.checker.verdict import Verdict

__all__ = [
    "Bug",
    "Built",
    "Choice",
    "Demand",
    "Exercise",
    "Mistake",
    "Number",
    "Slip",
    "Task",
    "Verdict",
    "but",
    "judge",
]
