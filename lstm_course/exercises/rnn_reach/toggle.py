"""Exercise of chapter 11: a toggle set by hand."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.rnn import RNNParams, rnn_forward


def _read_toggle(answer):
    parts = tuple(answer)
    if len(parts) != 5:
        raise ValueError(f"the answer must hold five parts, W_ih, W_hh, b, W_y and b_y, got {len(parts)}")
    params = RNNParams(*(np.array(part, dtype=np.float64) for part in parts[:3]))
    if params.input_size != 1:
        raise ValueError(f"W_ih must have 1 column, got {params.input_size}")
    w_y = np.array(parts[3], dtype=np.float64).reshape(-1)
    if len(w_y) != params.hidden_size:
        raise ValueError(f"W_y must hold {params.hidden_size} numbers, got {len(w_y)}")
    return params, w_y, float(parts[4])


def _shown(net, pulses):
    params, w_y, b_y = net
    h, _, _ = rnn_forward(params, np.asarray(pulses, dtype=float).reshape(-1, 1, 1))
    return h[:, 0] @ w_y + b_y


def _toggles_wrongly(pulses):
    want = np.cumsum(pulses) % 2

    def test(net):
        got = _shown(net, pulses)
        wrong = np.flatnonzero(abs(got - want) > 0.2)
        if not len(wrong):
            return ""
        t = wrong[0]
        return f"At step {t + 1}, after {int(np.sum(pulses[: t + 1]))} pulses, y is {got[t]:.3f}, and should be {want[t]}."

    return test


_PULSES = (np.random.default_rng(12).random(500) < 0.3).astype(int)


def _sticks(net):
    """Whether a second pulse leaves it on, in a network that starts off."""
    return bool(
        _shown(net, [0] * 5)[-1] < 0.5
        and _shown(net, [1, 0, 1, 0])[-1] > 0.5
        and _shown(net, [1, 0])[-1] > 0.5
    )


def _works(net):
    return not _toggles_wrongly(_PULSES)(net)


def _with(net, **changes):
    """The network with other weights: W_ih, W_hh or b made by a function of what they are."""
    params, w_y, b_y = net
    parts = {name: changes[name](part) if name in changes else part for name, part in vars(params).items()}
    return RNNParams(**parts), w_y, b_y


def _scaled(net, weights=1.0, recurrent=1.0):
    return _with(
        net,
        weight_ih=lambda part: part * weights,
        weight_hh=lambda part: part * weights * recurrent,
        bias=lambda part: part * weights,
    )


def _reads_as(net):
    """How the best read-out follows from this one, as y ↦ scale y + shift; None when none of that kind works."""
    got, want = _shown(net, _PULSES), np.cumsum(_PULSES) % 2
    if np.ptp(got) < 1e-9:
        return None
    scale, shift = np.polyfit(got, want, 1)
    return (scale, shift) if (abs(scale * got + shift - want) < 0.2).all() else None


def _read_out(test):
    """A test of that scale and shift, where the units do their work already."""
    return lambda net: _reads_as(net) is not None and test(*_reads_as(net))


def _another_read_out_works(net):
    """Whether some read-out of these units shows the switch, whatever this one shows."""
    params = net[0]
    h, _, _ = rnn_forward(params, np.asarray(_PULSES, dtype=float).reshape(-1, 1, 1))
    features = np.column_stack([h[:, 0], np.ones(len(h))])
    want = np.cumsum(_PULSES) % 2
    best, *_ = np.linalg.lstsq(features, want, rcond=None)
    return bool((abs(features @ best - want) < 0.2).all())


def _same_for_both(*names):
    """Whether it works once both units have the same row of these arrays, that of the one or of the other."""

    def test(net):
        return any(
            _works(_with(net, **{name: lambda part, row=row: part[[row] * len(part)] for name in names}))
            for row in range(net[0].hidden_size)
        )

    return test


def _units_alike(net):
    params = net[0]
    rows = np.column_stack([params.weight_ih, params.weight_hh, params.bias])
    return len(rows) > 1 and bool((rows == rows[0]).all())


def _other_thresholds(net):
    """Whether the plan works once the thresholds stand at one half and one and a half of a pulse."""
    params = net[0]
    if params.hidden_size != 2:
        return False
    pulse = params.weight_ih[:, 0]
    return any(_works(_with(net, bias=lambda part, at=at: -pulse * at)) for at in ([0.5, 1.5], [1.5, 0.5]))


TOGGLE = Built(
    label="toggle",
    level="hard",
    prompt=(
        "Set a tanh network that is a switch: each pulse (input 1) turns it from off to on or from on to off; at input "
        "0 it stays. y = W_y h + b_y must be within 0.2 of 0 for off and of 1 for on. It starts off, with h_0 = 0. Two "
        "units are enough."
    ),
    read=_read_toggle,
    form_text="Your answer is a tuple (W_ih, W_hh, b, W_y, b_y) of shapes (H, 1), (H, H), (H,), (H,) and a number.",
    demands=(
        Demand(
            "starts off and stays off without a pulse",
            _toggles_wrongly([0] * 20),
            "With x = 0 and h = 0 the units should settle where y is 0.",
        ),
        Demand(
            "turns on at the first pulse and stays on",
            _toggles_wrongly([0, 1] + [0] * 100),
            "What must the units hear besides the pulse, so that it stays on when the pulse is over?",
        ),
        Demand(
            "turns off at the second",
            _toggles_wrongly([1, 0, 0, 1, 0, 0, 0]),
            "On and a pulse together must be something else than either alone. Which unit can tell the difference?",
        ),
        Demand(
            "works for 500 steps of random pulses",
            _toggles_wrongly(_PULSES),
            "Take the step above and the one before it, and compute what each unit hears and says.",
        ),
    ),
    slips=(
        Slip(
            "read-out turned round",
            "The units do their work, and the read-out is turned round: what you show as on is off. Look at the signs in "
            "W_y, and at b_y.",
            _read_out(lambda scale, shift: scale < 0),
        ),
        Slip(
            "read-out of another size",
            "The units do their work: y takes two values, one for off and one for on, but not 0 and 1. h₁ − h₂ goes from 0 "
            "to 2; what must W_y and b_y make of it?",
            _read_out(lambda scale, shift: True),
        ),
        Slip(
            "units alike",
            "Your units have the same weights and the same bias, so at every step they say the same. One must tell 'at "
            "least one', the other 'both'.",
            _units_alike,
        ),
        Slip(
            "read-out of the wrong mixture",
            "The units do their work: a read-out of them would show the switch. Yours does not. The digit is 'at least one' "
            "without 'both'.",
            _another_read_out_works,
        ),
        Slip(
            "state not heard",
            "W_hh is zero: the units hear the pulse and not the old state. How should they know at a pulse whether it is "
            "on?",
            lambda net: not net[0].weight_hh.any(),
        ),
        Slip(
            "pulse not heard",
            "W_ih is zero, so no pulse is heard.",
            lambda net: not net[0].weight_ih.any(),
        ),
        Slip(
            "biases with the wrong sign",
            "Your biases lift the units instead of holding them down. A unit's threshold is where its sum is −b.",
            lambda net: _works(_with(net, bias=lambda part: -part)),
        ),
        Slip(
            "thresholds",
            "Pulse and state count alike already; the thresholds are wrong. Of the two none, one or both can be there: "
            "between which of these must each unit switch?",
            _other_thresholds,
        ),
        Slip(
            "state heard twice as strongly",
            "It hears its state, but twice as strongly as the pulse: h₁ − h₂ is 2 when it is on. State and pulse must "
            "count alike.",
            lambda net: _works(_scaled(net, recurrent=0.5)),
        ),
        Slip(
            "state heard half as strongly",
            "It hears its state, but half as strongly as the pulse. h₁ − h₂ is 2 when it is on, and a pulse is 1: with "
            "which weights do they count alike?",
            lambda net: _works(_scaled(net, recurrent=2.0)),
        ),
        Slip(
            "right but soft",
            "The plan is right, but on and off are not within 0.2: the units are not saturated. Make all weights and "
            "biases larger by one factor.",
            lambda net: _works(_scaled(net, weights=3.0)),
        ),
        Slip(
            "rows and columns exchanged",
            "With W_hh transposed it works. Row i of W_hh belongs to the unit that listens.",
            lambda net: _works(_with(net, weight_hh=lambda part: part.T.copy())),
        ),
        Slip(
            "pulse heard differently",
            "Your units hear the pulse with different weights. Both are to hear the same sum; only their thresholds differ.",
            _same_for_both("weight_ih"),
        ),
        Slip(
            "state heard differently",
            "Your units hear the old state with different weights. Both are to hear the same sum; only their thresholds "
            "differ.",
            _same_for_both("weight_hh"),
        ),
        Slip(
            "sum of the units heard",
            "Your units hear the sum of both. The state is their difference: turn the sign of the second column of W_hh.",
            lambda net: (
                net[0].hidden_size == 2 and _works(_with(net, weight_hh=lambda part: part * [1.0, -1.0]))
            ),
        ),
        Slip(
            "state heard with the wrong sign",
            "The state comes in with the wrong sign: 'on' pushes the units down as a pulse pushes them up.",
            lambda net: _works(_scaled(net, recurrent=-1.0)),
        ),
        Slip(
            "pulse heard with the wrong sign",
            "The pulse comes in with the wrong sign: it pushes the units down, and the state pushes them up.",
            lambda net: _works(_with(net, weight_ih=lambda part: -part)),
        ),
        Slip(
            "sets and never resets",
            "The second pulse leaves it on: you have a latch. One threshold cannot tell 'one of the two' from 'both'; two "
            "can.",
            _sticks,
        ),
    ),
    example=lambda: ([[6.0], [6.0]], [[3.0, -3.0], [3.0, -3.0]], [-3.0, -9.0], [0.5, -0.5], 0.0),
    why="One unit says 'at least one of state and pulse', the other 'both'; their half difference is the new state. The "
    "matrix has W² = 0, so its spectral radius is 0, and it keeps a bit for ever.",
    hints=(
        "On or off is y = (h₁ − h₂)/2. So what a unit hears of the old state is a multiple of h₁ − h₂.",
        "It is the half-adder of chapter 1: one unit for 'at least one', one for 'both', and the digit is the difference.",
        "With s the old state and x the pulse: h₁ = tanh(g(s + x − ½)), h₂ = tanh(g(s + x − 1½)), g about 6.",
    ),
)
