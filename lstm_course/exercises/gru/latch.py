"""Exercise of chapter 15: a latch set by hand."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.gru.units import changed, fits, in_another_order, read_params, zeroed
from lstm_course.gru import GRUParams, gru_forward, gru_step

STARTS, NOISE = (-0.9, 0.0, 0.9), np.where(np.arange(100) % 3 == 0, 1.0, -1.0)


def _latch_after(params, start, inputs):
    x = np.array(inputs, params.weight_ih.dtype)[:, None]
    return gru_forward(params, x, np.array([[start]], x.dtype))[0][:, 0, 0]


def _takes(params):
    for start in STARTS:
        for value in (1.0, -1.0):
            h = _latch_after(params, start, [(value, 1)])[-1]
            if h * value < 0.9:
                return f"From h = {start} the input ({value:g}, 1) gives {h:.3f}."
    return ""


def _keeps(params):
    for start in STARTS:
        h = _latch_after(params, start, [(value, 0) for value in NOISE])
        far = int(np.argmax(abs(h - start)))
        if abs(h[far] - start) > 0.05:
            return f"From h = {start} the state is {h[far]:.3f} after {far + 1} steps with flag 0."
    return ""


def _keeps_at_the_flag(params):
    step = _latch_after(params, 0.9, [(-1.0, 1)])[-1]
    return abs(step - 0.9) < 0.1 and abs(_latch_after(params, 0.9, [(-1.0, 0)])[-1] - 0.9) > 0.5


def _gate(params, value, flag):
    """Z at the start, from a state of zero."""
    x = np.array([[value, flag]], params.weight_ih.dtype)
    return gru_step(params, x, np.zeros((1, 1), x.dtype))[1].z_t.item()


def _gates(params, flag):
    return np.array([_gate(params, value, flag) for value in (1.0, -1.0)])


def _works_without(*places):
    return lambda params: fits(GRU_LATCH, zeroed(params, *places))


def _leaks(params):
    return not _takes(params) and all(
        abs(_latch_after(params, start, [(1.0, 0)])[-1] - start) < 0.05 for start in STARTS
    )


GRU_LATCH: Built = Built(
    label="gru-latch",
    prompt=(
        "Set the weights of one unit with two inputs, a value that is +1 or -1 and a flag that is 1 or 0. At flag 1 "
        "the state must take the value's sign (beyond 0.9 in size), whatever it was. At flag 0 it must stay within "
        "0.05 of what it was over 100 steps, whatever values come."
    ),
    read=read_params(2, 1),
    form_text="Your answer is a GRUParams with I = 2 and H = 1, or its four arrays.",
    demands=(
        Demand(
            "takes the value at flag 1",
            _takes,
            "At flag 1 the old state must go, so z must be near 0, and the candidate must be the value's sign.",
        ),
        Demand(
            "keeps its state at flag 0",
            _keeps,
            "At flag 0 the update gate must be near 1, whatever the value is.",
        ),
    ),
    slips=(
        in_another_order(lambda: GRU_LATCH),
        Slip(
            "inputs exchanged",
            "The columns of weight_ih are exchanged: the first belongs to the value, the second to the flag.",
            lambda params: fits(GRU_LATCH, changed(params, weight_ih=lambda part: part[:, ::-1].copy())),
        ),
        Slip(
            "the gate the wrong way round",
            "Your unit keeps at flag 1 and follows the value at flag 0. z near 1 keeps: change the sign of what enters "
            "it.",
            lambda params: (
                _keeps_at_the_flag(params)
                or bool((_gates(params, 0) < 0.4).all() and (_gates(params, 1) > 0.6).all())
            ),
        ),
        Slip(
            "gate and value",
            "The value has a weight into z, so the gate is not the same for +1 and −1. Only the flag is to decide.",
            _works_without(("weight_ih", (1, 0))),
        ),
        Slip(
            "gate and state",
            "The old state has a weight into z, so what is kept depends on it. Only the flag is to decide.",
            _works_without(("weight_hh", (1, 0))),
        ),
        Slip(
            "candidate and past",
            "Your candidate hears the past, through W_hn or b_hn. At flag 1 the old state must not matter.",
            _works_without(("weight_hh", (2, 0)), ("bias_hn", 0)),
        ),
        Slip(
            "candidate and flag",
            "Your candidate hears the flag, or has a bias, and that pushes it to one side. It is to be the value's sign.",
            _works_without(("weight_ih", (2, 1)), ("bias", 2)),
        ),
        Slip(
            "candidate of the other sign",
            "Your candidate has the opposite sign of the value.",
            lambda params: params.weight_ih[2, 0] < 0,
        ),
        Slip(
            "candidate deaf to the value",
            "Your candidate does not hear the value: its weight is 0.",
            lambda params: params.weight_ih[2, 0] == 0,
        ),
        Slip(
            "candidate too small",
            "Your candidate must be the value's sign, beyond 0.9 in size, and tanh of its weight is less than that.",
            lambda params: float(np.tanh(params.weight_ih[2, 0])) < 0.9,
        ),
        Slip(
            "never replaces",
            "At flag 1 your z is not near 0, so much of the old state stays. Which weight from the flag outweighs the bias?",
            lambda params: bool((_gates(params, 1) > 0.1).any()),
        ),
        Slip(
            "a gate that leaks",
            "One step is kept well enough, a hundred are not: a share 1 − z is lost at each. How close to 1 must z be?",
            _leaks,
        ),
        Slip(
            "never keeps",
            "At flag 0 your z is not near 1, and it must be near 1, whatever the value is. With bias 0 and no flag a gate "
            "is ½.",
            lambda params: bool((_gates(params, 0) < 0.9).any()),
        ),
    ),
    example=lambda: GRUParams(
        np.array([[0.0, 0.0], [0.0, -40.0], [5.0, 0.0]]),
        np.zeros((3, 1)),
        np.array([0.0, 20.0, 0.0]),
        np.zeros(1),
    ),
    why="The bias of z holds the gate near 1, and the flag's weight, twice as large and negative, brings it near 0.",
    hints=(
        "Two equations are enough: what must z be at flag 0 and at flag 1? What must n be?",
        "σ(20) is 1 − 2 · 10⁻⁹. A bias of 20 and a weight of −40 from the flag give both values of z.",
        "Let the candidate see the value alone, with a weight of some size, and the past not at all.",
    ),
)
