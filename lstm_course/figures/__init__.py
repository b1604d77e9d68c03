"""The drawings of the book.

Every ``plot_…`` function takes results, draws on `ax` (or on a new figure), and returns the Axes. No
training happens here, and importing this package changes no global setting.
"""

from lstm_course.figures._style import (
    BLUE as BLUE,
)
from lstm_course.figures._style import (
    BLUE_TINT as BLUE_TINT,
)
from lstm_course.figures._style import (
    FALLBACK as FALLBACK,
)
from lstm_course.figures._style import (
    GREEN as GREEN,
)
from lstm_course.figures._style import (
    GREEN_TINT as GREEN_TINT,
)
from lstm_course.figures._style import (
    GRID as GRID,
)
from lstm_course.figures._style import (
    INK as INK,
)
from lstm_course.figures._style import (
    MUTED as MUTED,
)
from lstm_course.figures._style import (
    ORANGE as ORANGE,
)
from lstm_course.figures._style import (
    ORANGE_TINT as ORANGE_TINT,
)
from lstm_course.figures._style import (
    PALETTE as PALETTE,
)
from lstm_course.figures._style import (
    PAPER as PAPER,
)
from lstm_course.figures._style import (
    PURPLE as PURPLE,
)
from lstm_course.figures._style import (
    RED as RED,
)
from lstm_course.figures._style import (
    SERIES as SERIES,
)
from lstm_course.figures._style import (
    STYLE as STYLE,
)
from lstm_course.figures._style import (
    log10 as log10,
)
from lstm_course.figures._style import (
    new_axes as new_axes,
)
from lstm_course.figures._style import (
    powers_of_ten as powers_of_ten,
)
from lstm_course.figures._style import (
    scientific as scientific,
)
from lstm_course.figures._style import (
    signed as signed,
)
from lstm_course.figures._style import (
    style as style,
)
from lstm_course.figures._style import (
    styled as styled,
)
from lstm_course.figures._style import (
    subscript as subscript,
)
from lstm_course.figures._style import (
    superscript as superscript,
)
from lstm_course.figures.feedforward import (
    plot_chain_factor as plot_chain_factor,
)
from lstm_course.figures.feedforward import (
    plot_descent as plot_descent,
)
from lstm_course.figures.feedforward import (
    plot_explosion_width as plot_explosion_width,
)
from lstm_course.figures.feedforward import (
    plot_function_and_slope as plot_function_and_slope,
)
from lstm_course.figures.feedforward import (
    plot_gain_by_width as plot_gain_by_width,
)
from lstm_course.figures.feedforward import (
    plot_losses as plot_losses,
)
from lstm_course.figures.feedforward import (
    plot_norms as plot_norms,
)
from lstm_course.figures.feedforward import (
    plot_step_errors as plot_step_errors,
)
from lstm_course.figures.feedforward import (
    plot_tiny_net as plot_tiny_net,
)
from lstm_course.figures.feedforward import (
    plot_training_norms as plot_training_norms,
)
from lstm_course.figures.gru import (
    GRU_PARTS as GRU_PARTS,
)
from lstm_course.figures.gru import (
    plot_counts as plot_counts,
)
from lstm_course.figures.gru import (
    plot_direct_and_total as plot_direct_and_total,
)
from lstm_course.figures.gru import (
    plot_gru_cell as plot_gru_cell,
)
from lstm_course.figures.gru import (
    plot_gru_unit as plot_gru_unit,
)
from lstm_course.figures.gru import (
    plot_two_resets as plot_two_resets,
)
