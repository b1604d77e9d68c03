"""The exercises of the chapter `gru`, in its order."""

from lstm_course.exercises.gru import backward, conventions, forward

EXERCISES = (*conventions.EXERCISES, *forward.EXERCISES, *backward.EXERCISES)
