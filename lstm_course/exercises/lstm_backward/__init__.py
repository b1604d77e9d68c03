"""The exercises of the chapter `lstm_backward`, in its order."""

from lstm_course.exercises.lstm_backward import arrivals, sequence, step, variants

EXERCISES = (*arrivals.EXERCISES, *step.EXERCISES, *sequence.EXERCISES, *variants.EXERCISES)
