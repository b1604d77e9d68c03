"""The exercises of the chapter `rnn_bptt`, in its order."""

from lstm_course.exercises.rnn_bptt import backward, derivatives, truncation

EXERCISES = (*backward.EXERCISES, *derivatives.EXERCISES, *truncation.EXERCISES)
