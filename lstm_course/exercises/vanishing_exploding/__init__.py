"""The exercises of the chapter `vanishing_exploding`, in its order."""

from lstm_course.exercises.vanishing_exploding import chain, layers

EXERCISES = (*chain.EXERCISES, *layers.EXERCISES)
