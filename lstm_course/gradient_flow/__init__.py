r"""Measuring what becomes of a gradient on its way back, through layers and through time."""

from lstm_course.gradient_flow.arrivals import Arrivals, lstm_arrivals, lstm_step_arrivals
from lstm_course.gradient_flow.bptt import (
    backward_by_steps,
    forward_by_steps,
    lag_jacobians,
    rnn_immediate_and_total,
    rnn_step_jacobian,
    rnn_total_derivative,
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
    tanh_explosion_width,
)
from lstm_course.gradient_flow.gru_paths import (
    GRUHighway,
    GRUPaths,
    gru_highway,
    gru_jacobian,
    gru_jacobian_without,
    gru_paths,
)
from lstm_course.gradient_flow.highway import (
    HighwaySplit,
    LocalJacobians,
    lstm_excursions,
    lstm_highway_split,
    lstm_local_jacobians,
)
from lstm_course.gradient_flow.lags import gradient_by_lag, memory_time, state_jacobian
from lstm_course.gradient_flow.layers import (
    gain_per_layer,
    gradient_norms,
    input_jacobian,
    layer_jacobians,
    mean_field_gain,
)
from lstm_course.gradient_flow.routes import keep_doors, lstm_route, route_count

__all__ = [
    "Arrivals",
    "Chain",
    "GRUHighway",
    "GRUPaths",
    "HighwaySplit",
    "LocalJacobians",
    "backward_by_steps",
    "chain_gradient",
    "explosion_interval",
    "explosion_width",
    "forward_by_steps",
    "gain_per_layer",
    "gradient_by_lag",
    "gradient_norms",
    "gru_highway",
    "gru_jacobian",
    "gru_jacobian_without",
    "gru_paths",
    "input_jacobian",
    "keep_doors",
    "lag_jacobians",
    "layer_jacobians",
    "lstm_arrivals",
    "lstm_excursions",
    "lstm_highway_split",
    "lstm_local_jacobians",
    "lstm_route",
    "lstm_step_arrivals",
    "mean_field_gain",
    "memory_time",
    "rnn_immediate_and_total",
    "rnn_step_jacobian",
    "rnn_total_derivative",
    "route_count",
    "scalar_chain",
    "state_jacobian",
    "step_jacobians",
    "tanh_explosion_width",
    "terms_by_lag",
    "truncated_backward",
]
