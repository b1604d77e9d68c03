"""Exercises of chapter 15: a GRU of the same budget as an LSTM."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.gru_variants import matching_gru_size


def _largest(cost, *, lstm=None, blocks=(3, 4), strictly=False):
    """The largest size whose cost stays within the LSTM's, for a given cost per gate, that of the LSTM if another."""

    def wrong(input_size, lstm_size):
        size, budget = 1, blocks[1] * (lstm or cost)(input_size, lstm_size) - strictly
        while blocks[0] * cost(input_size, size + 1) <= budget:
            size += 1
        return size

    return wrong


def _solution(input_size, lstm_size) -> float:
    """Where 3 H (I + H + 2) is the LSTM's count."""
    half = (input_size + 2) / 2
    return float(np.sqrt(half**2 + 4 * lstm_size * (input_size + lstm_size + 2) / 3) - half)


# The last three part mistakes that agree on all the others.
BUDGETS = ((2, 5), (3, 5), (1, 18), (20, 2), (28, 100), (300, 16), (8, 250), (1, 3), (3, 11), (1, 6))


MATCHING_GRU_SIZE = Exercise(
    label="matching-gru-size",
    level="warm-up",
    prompt=(
        "An LSTM of torch has `lstm_size` units and inputs of width `input_size`. Return the largest number "
        "of units of a GRU of torch with no more parameters."
    ),
    inputs=("input_size", "lstm_size"),
    outputs=("size",),
    reference=matching_gru_size,
    sample=lambda rng, size: BUDGETS[size],
    sizes=10,
    rtol=0.0,
    hints=(
        "Count the numbers of one block: weights from the input, weights from the state, two biases.",
        "Three blocks of G units must not need more than four blocks of H units. Either count G up, or solve the "
        "quadratic inequality.",
    ),
    mistakes=(
        Mistake(
            "units taken for parameters",
            "You make the units 4/3 times as many. The parameters do not grow in proportion to the units, "
            "because the recurrent weights are a square.",
            lambda input_size, lstm_size: 4 * lstm_size // 3,
        ),
        Mistake(
            "recurrent weights alone",
            "You count recurrent weights only, and get √(4/3) times as many units. That is the limit for "
            "many "
            "units; the input's weights and the biases count as well.",
            lambda input_size, lstm_size: int(lstm_size * np.sqrt(4 / 3)),
        ),
        Mistake(
            "biases not counted",
            "The weights are counted and the biases are not. A module of torch has two for every row of its "
            "weights.",
            _largest(lambda i, h: h * (i + h)),
        ),
        Mistake(
            "one bias a row",
            "You count one bias a row. torch keeps two, one beside the input's weights and one beside the "
            "recurrent ones, in both modules.",
            _largest(lambda i, h: h * (i + h + 1)),
        ),
        Mistake(
            "no more units than the LSTM",
            "The GRU gets as many units as the LSTM, as if both had as many blocks of rows. It has three where the LSTM has "
            "four, so there is room for more.",
            lambda input_size, lstm_size: lstm_size,
        ),
        Mistake(
            "the count itself",
            "This is how many parameters the LSTM has. Asked for are the units of a GRU that fit in it.",
            lambda input_size, lstm_size: 4 * lstm_size * (input_size + lstm_size + 2),
            also=(lambda i, h: 3 * matching_gru_size(i, h) * (i + matching_gru_size(i, h) + 2),),
        ),
        Mistake(
            "one unit too few",
            "One more unit still fits the budget. Equal counts, or a rest, are allowed.",
            lambda input_size, lstm_size: matching_gru_size(input_size, lstm_size) - 1,
        ),
        Mistake(
            "strictly fewer parameters",
            "Where the counts come out equal you stop one short. No more parameters means at most as many.",
            _largest(lambda i, h: h * (i + h + 2), strictly=True),
        ),
        Mistake(
            "rounded to the nearest",
            "You round to the nearest size, and where that is up the GRU is over the budget. Round down.",
            lambda input_size, lstm_size: round(_solution(input_size, lstm_size)),
        ),
        Mistake(
            "rounded up",
            "You round up, so the GRU is over the budget. The largest that does not exceed it is asked for.",
            lambda input_size, lstm_size: int(np.ceil(_solution(input_size, lstm_size) - 1e-9)),
        ),
        Mistake(
            "not rounded",
            "This is where the two counts are equal, and no network has a part of a unit. Take the largest whole size "
            "below.",
            lambda input_size, lstm_size: _solution(input_size, lstm_size),
        ),
        Mistake(
            "one bias for the GRU, two for the LSTM",
            "You count one bias a row in the GRU and two in the LSTM. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h + 1), lstm=lambda i, h: h * (i + h + 2)),
        ),
        Mistake(
            "two biases for the GRU, one for the LSTM",
            "You count two biases a row in the GRU and one in the LSTM. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h + 2), lstm=lambda i, h: h * (i + h + 1)),
        ),
        Mistake(
            "biases of the LSTM not counted",
            "You count two biases a row in the GRU and none in the LSTM. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h + 2), lstm=lambda i, h: h * (i + h)),
        ),
        Mistake(
            "biases of the GRU not counted",
            "You count two biases a row in the LSTM and none in the GRU. torch keeps two in both modules.",
            _largest(lambda i, h: h * (i + h), lstm=lambda i, h: h * (i + h + 2)),
        ),
        Mistake(
            "two blocks",
            "You count two blocks for the GRU. It has two gates, and the candidate has weights of its own, too.",
            _largest(lambda i, h: h * (i + h + 2), blocks=(2, 4)),
            also=(_largest(lambda i, h: h * (i + h + 2), blocks=(2, 3)),),
        ),
        Mistake(
            "input's weights not counted",
            "The weights of the input are missing in your counts: each row has I of them beside the H recurrent ones.",
            _largest(lambda i, h: h * (h + 2)),
        ),
        Mistake(
            "blocks exchanged",
            "You give the GRU four blocks and the LSTM three. It is the other way round.",
            _largest(lambda i, h: h * (i + h + 2), blocks=(4, 3)),
        ),
        Mistake(
            "three fourths of the units",
            "You make the units three fourths. The GRU has fewer parameters a unit, so for the same budget it has more "
            "units.",
            lambda input_size, lstm_size: 3 * lstm_size // 4,
        ),
        Mistake(
            "one unit too many",
            "This is the first size above the budget. The largest that does not exceed it is asked for.",
            lambda input_size, lstm_size: matching_gru_size(input_size, lstm_size) + 1,
        ),
    ),
)
