r"""Measuring what becomes of a gradient on its way back, through layers and through time."""

from lstm_course.gradient_flow.chain import (
    Chain,
    chain_gradient,
    explosion_interval,
    explosion_width,
    scalar_chain,
)
from lstm_course.gradient_flow.gru_paths import (
    GRUHighway,
    GRUPaths,
    gru_highway,
    gru_jacobian,
    gru_paths,
)
from lstm_course.gradient_flow.layers import (
    gain_per_layer,
    gradient_norms,
    input_jacobian,
    layer_jacobians,
    mean_field_gain,
)

__all__ = [
    "Chain",
    "GRUHighway",
    "GRUPaths",
    "chain_gradient",
    "explosion_interval",
    "explosion_width",
    "gain_per_layer",
    "gradient_norms",
    "gru_highway",
    "gru_jacobian",
    "gru_paths",
    "input_jacobian",
    "layer_jacobians",
    "mean_field_gain",
    "scalar_chain",
]
