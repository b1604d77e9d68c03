"""The exercises of the chapter `gru_backward`, in its order."""

from lstm_course.exercises.gru_backward import jacobian, lag, made, one_gate, paper

EXERCISES = (
    paper.BACK_BEFORE,
    *lag.EXERCISES,
    paper.Z_STARTS_HIGH,
    made.BACK_BUG,
    jacobian.GRU_JACOBIAN,
    one_gate.ONE_GATE_BACKWARD,
    made.BLIND_STEP,
)
