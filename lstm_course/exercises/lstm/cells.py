"""A cell set by hand: how it is read, what it does, and which change would make it do what is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_course.checker import Slip
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step


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


def fits(task, params) -> bool:
    """Whether a cell does all that is demanded."""
    return not any(demand.test(params) for demand in task.demands)


ORDERS = "ifog", "figo", "fiog", "igfo", "gifo"  # of other libraries and texts


def in_another_order(task):
    """The slip of weights that would do it with their four blocks in another order."""

    def test(params):
        parts = vars(params)
        return any(
            fits(
                task(),
                LSTMParams(
                    **{name: part[[order.index(each) for each in "ifgo"]] for name, part in parts.items()}
                ),
            )
            for order in ORDERS
        )

    return Slip(
        "blocks in another order",
        "With its blocks in another order your cell does it. The rows belong to i, f, g, o, in this order.",
        test,
    )


def without_recurrence(params):
    """The cell with its recurrent weights zero."""
    return replace(params, weight_hh=np.zeros_like(params.weight_hh))


def inputs_exchanged(params):
    """The cell with the columns of its input weights in the other order."""
    return replace(params, weight_ih=params.weight_ih[:, ::-1].copy())
