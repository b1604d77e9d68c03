"""The exercises of the chapter `gru_backward`, in its order."""

from lstm_course.exercises.gru_backward import derived, made, paper

EXERCISES = (*paper.EXERCISES, made.BACK_BUG, *derived.EXERCISES, made.BLIND_STEP)
