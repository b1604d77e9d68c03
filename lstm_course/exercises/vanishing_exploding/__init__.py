"""The exercises of the chapter `vanishing_exploding`, in its order."""

from lstm_course.exercises.vanishing_exploding import by_hand, chain, layers, made, on_paper, width

EXERCISES = (
    by_hand.CHAIN_BY_HAND,
    chain.CHAIN_GRADIENT,
    chain.GAIN_PER_LAYER,
    on_paper.FORTY_LAYERS,
    made.VANISHING_BUG,
    on_paper.BLIND_LAYER,
    on_paper.LARGER_STEP,
    width.EXPLOSION_WIDTH,
    layers.INPUT_JACOBIAN,
    made.ALIVE_BELOW_ONE,
    layers.MEAN_FIELD_GAIN,
)
