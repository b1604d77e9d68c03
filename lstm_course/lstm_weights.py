r"""The weights of an LSTM: how many there are, how others lay them out, and some set by hand.

A gate set by hand is :math:`\sigma(2w\,\text{mark}-w)` for a mark that is 0 or 1: shut at 0, open at 1, the
more so the larger the strength w.
"""

from __future__ import annotations

import math

import numpy as np

from lstm_course._arguments import as_array, as_integer, as_number
from lstm_course.lstm import LSTMParams


def lstm_parameter_count(input_size, hidden_size, *, biases=1) -> int:
    """Count the numbers that one layer learns.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    biases : int
        Bias vectors of length 4H: ours has 1, torch's 2, torch's with ``bias=False`` 0.

    Raises
    ------
    ValueError, TypeError
        When a size is not a positive integer or `biases` is negative.
    """
    n_in = as_integer("input_size", input_size, at_least=1)
    n = as_integer("hidden_size", hidden_size, at_least=1)
    return 4 * (n * n_in + n * n + as_integer("biases", biases, at_least=0) * n)


def lstm_from_concatenated(weight, bias, order="gifo") -> LSTMParams:
    """Take apart one matrix that multiplies the row [x_t, h_{t-1}] from the right.

    Parameters
    ----------
    weight : array_like, shape (I+H, 4H)
        Rows: first those of the input, then those of the hidden state. Columns: a block for each gate.
    bias : array_like, shape (4H,)
        In the same order of blocks.
    order : str
        The order of the blocks, a permutation of ``"ifgo"``.

    Returns
    -------
    LSTMParams
        The same network with our shapes and our order i, f, g, o.

    Raises
    ------
    ValueError, TypeError
        When the shapes do not fit together or `order` is no such permutation.
    """
    if not isinstance(order, str) or sorted(order) != sorted("ifgo"):
        raise ValueError(f"order must be a permutation of 'ifgo', got {order!r}")
    weight = as_array("weight", weight, "(I+H, 4H)")
    columns = weight.shape[1]
    n = columns // 4
    if columns % 4 or len(weight) <= n:
        raise ValueError(f"weight must have shape (I+H, 4H) with I of 1 or more, got {weight.shape}")
    bias = as_array("bias", bias, f"(4H={columns})", dtype=weight.dtype)
    block = {gate: slice(k * n, (k + 1) * n) for k, gate in enumerate(order)}
    rows = np.concatenate([weight[:, block[gate]].T for gate in "ifgo"])  # (4H, I+H)
    split = len(weight) - n
    ours = np.concatenate([bias[block[gate]] for gate in "ifgo"])
    return LSTMParams(rows[:, :split].copy(), rows[:, split:].copy(), ours)


def forget_bias_for(share, steps) -> float:
    r"""Find the forget bias with which a cell keeps a share of its content over some steps.

    The gate must satisfy :math:`\sigma(b)^{\text{steps}} = \text{share}`, with nothing else entering it.

    Parameters
    ----------
    share : float
        Between 0 and 1, both excluded.
    steps : int
        1 or more.

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    share, steps = as_number("share", share, above=0), as_integer("steps", steps, at_least=1)
    if share >= 1:
        raise ValueError(f"share must be below 1, got {share:g}")
    log_f = math.log(share) / steps  # f = share^(1/steps)
    return log_f - math.log(-math.expm1(log_f))  # the inverse of the sigmoid, ln f - ln(1 - f)


def memory_cell(strength=10.0, *, forget_bias=None, input_bias=None) -> LSTMParams:
    """Set one cell by hand that stores a value when told, forgets it when told, shows it when told.

    The inputs are value, write, clear, read: a number, and three marks that are 0 or 1.

    Parameters
    ----------
    strength : float
        How decidedly the marks open and shut the gates.
    forget_bias, input_bias : float, optional
        `strength` and minus `strength` unless given.

    Raises
    ------
    ValueError, TypeError
        When a number is out of range or of another kind.
    """
    strength = as_number("strength", strength, above=0)
    b_f = strength if forget_bias is None else as_number("forget_bias", forget_bias)
    b_i = -strength if input_bias is None else as_number("input_bias", input_bias)
    weight_ih = [
        # value, write, clear, read
        [0.0, 2 * strength, 0.0, 0.0],  # i opens to write
        [0.0, -2 * strength, -2 * strength, 0.0],  # f shuts to write, clear
        [1.0, 0.0, 0.0, 0.0],  # g is tanh(value)
        [0.0, 0.0, 0.0, 2 * strength],  # o opens to read
    ]
    bias = np.array([b_i, b_f, 0.0, -strength])
    return LSTMParams(np.array(weight_ih), np.zeros((4, 1)), bias)


def counter_cell(strength=40.0) -> LSTMParams:
    """Set one cell by hand whose state is the sum of inputs +1, −1 and 0.

    Parameters
    ----------
    strength : float
        From 40 on float64 cannot tell the gates from 0 and 1, and the count is exact.

    Raises
    ------
    ValueError, TypeError
        When `strength` is not a positive number.
    """
    strength = as_number("strength", strength, above=0)
    weight_ih = np.array([[0.0], [0.0], [strength], [0.0]])  # tanh(strength x)
    bias = np.array([strength, strength, 0.0, strength])  # i, f and o stand open
    return LSTMParams(weight_ih, np.zeros((4, 1)), bias)
