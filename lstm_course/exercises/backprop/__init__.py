"""The exercises of the chapter `backprop`, in its order."""

from lstm_course.exercises.backprop import layer, network, numerical, warmups

EXERCISES = (*warmups.EXERCISES, *layer.EXERCISES, *numerical.EXERCISES, *network.EXERCISES)
