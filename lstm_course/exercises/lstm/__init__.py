"""The exercises of the chapter `lstm`, in its order."""

from lstm_course.exercises.lstm import cell, weights

EXERCISES = (*cell.EXERCISES, *weights.EXERCISES)
