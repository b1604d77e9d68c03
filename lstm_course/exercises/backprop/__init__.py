"""The exercises of the chapter `backprop`, in its order."""

from lstm_course.exercises.backprop import (
    blind,
    by_hand,
    gate,
    layer,
    made,
    network,
    numerical,
    squared_error,
    twice,
    warmups,
    zero_start,
)

EXERCISES = (
    warmups.SIGMOID_PRIME,
    squared_error.SQUARED_ERROR,
    by_hand.DELTA_BY_HAND,
    gate.THROUGH_A_GATE,
    twice.ONE_WEIGHT_TWICE,
    zero_start.ZERO_START,
    *numerical.EXERCISES,
    *layer.EXERCISES,
    made.LEARNS_BADLY,
    made.HALF_ADDER,
    blind.BLIND_CHECK,
    *network.EXERCISES,
)
