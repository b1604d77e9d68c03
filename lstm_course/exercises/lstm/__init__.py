"""The exercises of the chapter `lstm`, in its order."""

from lstm_course.exercises.lstm import cell, claims, made, paper, sequences, weights

EXERCISES = (
    *paper.EXERCISES,
    *cell.EXERCISES,
    *sequences.EXERCISES,
    *weights.EXERCISES,
    claims.PEEPHOLE_LISTING,
    *made.EXERCISES,
    claims.SQUASHED_COUNTER,
)
