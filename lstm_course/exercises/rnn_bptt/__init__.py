"""The exercises of the chapter `rnn_bptt`, in its order."""

from lstm_course.exercises.rnn_bptt import by_hand, derivatives, made

EXERCISES = (*made.EXERCISES[:1], *derivatives.EXERCISES[:1], *by_hand.EXERCISES, *made.EXERCISES[1:],
             *derivatives.EXERCISES[1:])  # fmt: skip
