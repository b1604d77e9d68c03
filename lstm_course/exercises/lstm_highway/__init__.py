"""The exercises of the chapter `lstm_highway`, in its order."""

from lstm_course.exercises.lstm_highway import excursions, jacobians, memory, split

EXERCISES = (*memory.EXERCISES, *jacobians.EXERCISES, *split.EXERCISES, *excursions.EXERCISES)
