import math

import numpy as np

from lstm_course.gru import GRUParams


def _size_by_formula(input_size, lstm_size):
    b, c = input_size + 2, 4 * lstm_size * (input_size + lstm_size + 2) / 3
    return math.floor((-b + math.sqrt(b * b + 4 * c)) / 2 + 1e-9)


def _flip_by_mask(params):
    sign = np.repeat([1, -1, 1], params.hidden_size).astype(params.bias.dtype)
    return GRUParams(
        params.weight_ih * sign[:, None], params.weight_hh * sign[:, None], params.bias * sign, params.bias_hn
    )


OTHER_STYLE = {
    "matching-gru-size": [_size_by_formula],
    "flip-update-gate": [_flip_by_mask],
}
