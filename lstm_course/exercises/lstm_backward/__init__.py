"""The exercises of the chapter `lstm_backward`, in its order."""

from lstm_course.exercises.lstm_backward import absent, by_hand, made, two_losses, variants

EXERCISES = (
    absent.WHICH_ARE_ZERO,
    by_hand.DC_BY_HAND,
    made.CLOSED_HIGHWAY,
    two_losses.TWO_LOSSES,
    absent.HELD_STEP,
    *variants.EXERCISES,
    made.BLIND_LSTM_CHECK,
)
