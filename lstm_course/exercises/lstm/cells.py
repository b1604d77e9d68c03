"""What the exercises of chapter 12 on a cell set by hand share: a cell read, run, and read another way."""

from __future__ import annotations

import numpy as np

from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step

NEAR = 0.02


def read_cell(inputs):
    """A reader of answers: one cell with this many inputs."""

    def read(answer):
        if isinstance(answer, (tuple, list)) and len(answer) == 3:
            answer = LSTMParams(*(np.asarray(part, dtype=np.float64) for part in answer))
        if not isinstance(answer, LSTMParams):
            raise TypeError(f"the answer must be an LSTMParams, got {type(answer).__name__}")
        if (answer.input_size, answer.hidden_size) != (inputs, 1):
            raise ValueError(
                f"the answer must have I={inputs} and H=1, got I={answer.input_size} and H={answer.hidden_size}"
            )
        return answer

    return read


def states(params, *columns):
    """Hidden and cell state after every step, for inputs given column by column."""
    x = np.array(columns, dtype=params.bias.dtype).T[:, None]
    h, _, cache = lstm_forward(params, x)
    return h[:, 0, 0], cache.c[1:, 0, 0]


def gate(params, name, *x):
    """A gate, or the candidate, of a cell at rest for one input."""
    x_t = np.array([x], dtype=params.bias.dtype)
    rest = np.zeros((1, 1), params.bias.dtype)
    return getattr(lstm_step(params, x_t, rest, rest)[2], f"{name}_t").item()


def swapped(params):
    """The same cell with the columns of its two inputs exchanged."""
    return LSTMParams(params.weight_ih[:, ::-1].copy(), params.weight_hh, params.bias)


ORDERS = ([0, 1, 3, 2], [1, 0, 2, 3], [1, 2, 0, 3], [2, 0, 1, 3], [3, 0, 1, 2])


def reordered(params, order):
    """The same cell with its blocks read in another order."""
    rows = list(order)
    return LSTMParams(*(part[rows] for part in (params.weight_ih, params.weight_hh, params.bias)))


def without_h(params):
    """The same cell with its recurrent weights at zero."""
    return LSTMParams(params.weight_ih, np.zeros_like(params.weight_hh), params.bias)
