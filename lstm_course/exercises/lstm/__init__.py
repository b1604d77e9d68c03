"""The exercises of the chapter `lstm`, in its order."""

from lstm_course.exercises.lstm import cell, made, paper, weights

EXERCISES = (*paper.EXERCISES, *cell.EXERCISES, *weights.EXERCISES, *made.EXERCISES)
