r"""Measuring what becomes of a gradient on its way back, through layers and through time."""

from lstm_course.gradient_flow.bptt import (
    backward_by_steps,
    forward_by_steps,
    immediate_and_total,
    lag_jacobians,
    step_jacobians,
    terms_by_lag,
    truncated_backward,
)
from lstm_course.gradient_flow.chain import (
    Chain,
    chain_gradient,
    explosion_interval,
    explosion_width,
    scalar_chain,
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
    "backward_by_steps",
    "chain_gradient",
    "explosion_interval",
    "explosion_width",
    "forward_by_steps",
    "gain_per_layer",
    "gradient_norms",
    "immediate_and_total",
    "input_jacobian",
    "lag_jacobians",
    "layer_jacobians",
    "mean_field_gain",
    "scalar_chain",
    "step_jacobians",
    "terms_by_lag",
    "truncated_backward",
]
