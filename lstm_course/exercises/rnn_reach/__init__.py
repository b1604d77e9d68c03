"""The exercises of the chapter `rnn_reach`, in its order."""

from lstm_course.exercises.rnn_reach import by_hand, made, terms, truncation

EXERCISES = (
    *by_hand.EXERCISES,
    *truncation.EXERCISES,
    *made.EXERCISES,
    *terms.EXERCISES,
)
