"""The exercises of the chapter `backprop`, in its order."""

from lstm_course.exercises.backprop import by_hand, layer, made, network, numerical, warmups

EXERCISES = (
    *warmups.EXERCISES,
    *by_hand.EXERCISES,
    *numerical.EXERCISES,
    *layer.EXERCISES,
    *made.EXERCISES,
    *network.EXERCISES,
)
