"""The exercises of the chapter `gru`, in its order."""

from lstm_course.exercises.gru import budget, conventions, design, made, memories, paper

EXERCISES = (
    paper.GRU_BY_HAND,
    budget.MATCHING_GRU_SIZE,
    conventions.FLIP_UPDATE_GATE,
    memories.TWO_MEMORIES,
    made.MEANT_FOR_TORCH,
    *made.SET_BY_HAND,
    design.RESETS_AGREE,
)
