"""The exercises of the chapter `gru_backward`, in its order."""

from lstm_course.exercises.gru_backward import derived, lag, made, paper

EXERCISES = (
    paper.BACK_BEFORE,
    *lag.EXERCISES,
    paper.Z_STARTS_HIGH,
    made.BACK_BUG,
    *derived.EXERCISES,
    made.BLIND_STEP,
)
