"""The exercises of the book, with a checker that knows the mistakes people make.

In a notebook: ``check("layer-backward", my_layer_backward)``. The verdict is printed. The reference
solution of an exercise is the package's own function; one folder holds the exercises of a chapter.
"""

from lstm_course.checker import Exercise, Mistake, Verdict
from lstm_course.exercises._catalog import CHAPTERS, EXERCISES
from lstm_course.exercises._grading import check, grade
from lstm_course.exercises._progress import Progress, check_all, hint, progress

__all__ = [
    "CHAPTERS",
    "EXERCISES",
    "Exercise",
    "Mistake",
    "Progress",
    "Verdict",
    "check",
    "check_all",
    "grade",
    "hint",
    "progress",
]
