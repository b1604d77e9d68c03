"""The exercises of the chapter `lstm`, in its order."""

from lstm_course.exercises.lstm import (
    bias,
    cell,
    claims,
    counter,
    counting,
    paper,
    sequences,
    toggle,
    weights,
)

EXERCISES = (
    *paper.EXERCISES,
    counting.LSTM_COUNTS,
    bias.BIAS_SET_TWICE,
    counting.COUPLED_COUNTER,
    *cell.EXERCISES,
    *sequences.EXERCISES,
    *weights.EXERCISES,
    claims.PEEPHOLE_LISTING,
    *counter.EXERCISES,
    *toggle.EXERCISES,
    claims.SQUASHED_COUNTER,
)
