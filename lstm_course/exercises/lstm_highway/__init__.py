"""The exercises of the chapter `lstm_highway`, in its order."""

from lstm_course.exercises.lstm_highway import (
    by_hand,
    excursions,
    jacobians,
    made,
    memory,
    split,
    three_steps,
)

ROUTES_BY_HAND, CLOSED_INPUT_GATES = by_hand.EXERCISES
MEMORY_TIME, CHRONO = memory.EXERCISES
SUM_THAT_FITS, OPEN_ROAD = made.EXERCISES

EXERCISES = (
    MEMORY_TIME,
    ROUTES_BY_HAND,
    *three_steps.EXERCISES,
    CHRONO,
    CLOSED_INPUT_GATES,
    *jacobians.EXERCISES,
    *split.EXERCISES,
    SUM_THAT_FITS,
    *excursions.EXERCISES,
    OPEN_ROAD,
)
