# ruff: noqa: F401
"""The drawings of the book.

Every ``plot_…`` function takes results, draws on `ax` (or on a new figure), and returns the Axes. No
training happens here, and importing this package changes no global setting.
"""

from lstm_course.figures._style import (
    BLUE,
    BLUE_TINT,
    DASHES,
    FALLBACK,
    GREEN,
    GREEN_TINT,
    GRID,
    INK,
    MUTED,
    ORANGE,
    ORANGE_TINT,
    PALETTE,
    PAPER,
    PURPLE,
    RED,
    SERIES,
    STYLE,
    log10,
    new_axes,
    powers_of_ten,
    scientific,
    signed,
    style,
    styled,
    subscript,
    superscript,
)
from lstm_course.figures.backprop import (
    plot_batch_shapes,
    plot_descent,
    plot_function_and_slope,
    plot_losses,
    plot_mixer,
    plot_starts,
    plot_step_errors,
    plot_tiny_net,
    plot_two_paths,
    slope_text,
)
from lstm_course.figures.gru import (
    GRU_PARTS,
    plot_counter,
    plot_counts,
    plot_gru_cell,
    plot_gru_unit,
    plot_two_resets,
)
from lstm_course.figures.gru_backward import (
    plot_contributions,
    plot_direct_and_total,
    plot_kept,
)
from lstm_course.figures.lstm import (
    plot_lstm_cell,
    plot_one_step,
    plot_tracks,
)
from lstm_course.figures.lstm_backward import (
    plot_arrivals,
    plot_right_and_wrong,
    plot_two_arrivals,
    plot_uses,
)
from lstm_course.figures.lstm_highway import (
    plot_accuracy,
    plot_excursions,
    plot_roads,
    plot_split,
    plot_step_roads,
    plot_words,
)
from lstm_course.figures.rnn_bptt import (
    plot_one_or_all,
    plot_unrolled,
)
from lstm_course.figures.rnn_reach import (
    plot_by_lag,
    plot_truncation,
    plot_twins,
    plot_window,
)
from lstm_course.figures.vanishing_exploding import (
    plot_chain_factor,
    plot_explosion_width,
    plot_gain_by_width,
    plot_norms,
    plot_overflow,
    plot_settling,
    plot_several_networks,
    plot_spikes,
    plot_training_norms,
    plot_two_ways,
    plot_way_back,
)
