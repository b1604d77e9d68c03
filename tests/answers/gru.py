import math

import numpy as np

from lstm_course.gru import GRUParams


def _size_by_formula(input_size, lstm_size):
    b, c = input_size + 2, 4 * lstm_size * (input_size + lstm_size + 2) / 3
    return math.floor((-b + math.sqrt(b * b + 4 * c)) / 2 + 1e-9)


def _flip_by_rows(params):
    n = params.hidden_size
    rows = np.r_[n : 2 * n, :n, 2 * n : 3 * n]
    sign = np.repeat([1, -1, 1], n).astype(params.bias.dtype)
    return GRUParams(
        params.weight_ih[rows] * sign[:, None],
        params.weight_hh[rows] * sign[:, None],
        params.bias[rows] * sign,
        params.bias_hn,
    )


def _flip_by_blocks(params):
    moved = []
    for array in (params.weight_ih, params.weight_hh, params.bias):
        z, r, n = np.split(array, 3)
        moved.append(np.concatenate([r, -z, n]))
    return GRUParams(*moved, params.bias_hn)


OTHER_STYLE = {
    "matching-gru-size": [_size_by_formula],
    "flip-update-gate": [_flip_by_rows, _flip_by_blocks],
}
