"""Exercises with a checker that knows the mistakes people make.

In a notebook: ``check("layer-backward", my_layer_backward)``. The verdict is printed. The reference
solution of an exercise is the package's own function; see `Exercise`.
"""

from lstm_course.exercises._catalog import EXERCISES
from lstm_course.exercises._grading import check, grade
from lstm_course.exercises._registry import Exercise, Mistake
from lstm_course.exercises._verdict import Verdict

__all__ = ["EXERCISES", "Exercise", "Mistake", "Verdict", "check", "grade"]
