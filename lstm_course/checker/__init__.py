"""Runs, compares, diagnoses and words an answer to an exercise; it knows no network.

An `Exercise` is a reference, cases, and the `Mistake` s that people make. `judge` calls an answer on
copies of the cases and returns a `Verdict`.
"""

from lstm_course.checker.exercise import Exercise, Mistake
from lstm_course.checker.judging import judge
from lstm_course.checker.kinds import Bug, Built, Choice, Demand, Number, Slip, Task
from lstm_course.checker.recipe import Recipe
from lstm_course.checker.verdict import Verdict

__all__ = [
    "Bug",
    "Built",
    "Choice",
    "Demand",
    "Exercise",
    "Mistake",
    "Number",
    "Recipe",
    "Slip",
    "Task",
    "Verdict",
    "judge",
]
