"""Every named slip of the weights set by hand and the designs of chapters 12 to 16 is earned by an answer."""

import numpy as np
import pytest

from lstm_course.checker import Built
from lstm_course.exercises import EXERCISES, grade
from lstm_course.gru import GRUParams
from lstm_course.lstm import LSTMParams


def lstm(rows, recurrent, bias):
    return LSTMParams(np.array(rows, float), np.array(recurrent, float).reshape(4, 1), np.array(bias, float))


def counter(i=(0, 0), f=(0, -40), g=(20, 0), o=(0, 0), recurrent=(0, 0, 0, 0), bias=(20, 20, 0, 20)):
    return lstm([i, f, g, o], recurrent, bias)


def toggle(i=40, f=-40, g=0, o=0, hears=-6, bias=(-20, 20, 2, 20)):
    return lstm([[i], [f], [g], [o]], [0, 0, hears, 0], bias)


IH, HH = [[0.3], [0.2], [-0.5], [0.4]], [0.5, 0.1, -0.4, 0.3]


def blind(ih=IH, hh=HH, bias=(0.1, 0.1, 0.1, 0.1), x=(1.0, -1.0, 2.0), h0=0.5, c0=0.7, dh=(1.0, -2.0, 0.5)):
    return lstm(ih, hh, bias), x, h0, c0, dh


def output_gates(weight, x):
    """Output gates that are open at the first input and not at the others."""
    return blind(ih=[[0.03], [-0.02], [0.05], [weight]], x=x)


def latch(r=(0, 0), z=(0, -40), n=(5, 0), hears=(0, 0, 0), bias=(0, 20, 0), b_hn=0.0):
    return GRUParams(
        np.array([r, z, n], float),
        np.array(hears, float).reshape(3, 1),
        np.array(bias, float),
        np.array([b_hn]),
    )


ATANH_HALF = float(np.arctanh(0.5))
SHARE = ATANH_HALF / 1.1  # the reset gate with which a candidate that hears 1.1 is one half
RING = np.roll(np.eye(3), 1, axis=0)


def ring(matrix=10 * RING, letter=-40.0, b_r=20.0, b_z=20.0, order=(0, 1, 2)):
    blocks = [(0.0, np.zeros((3, 3)), b_r), (letter, np.zeros((3, 3)), b_z), (0.0, matrix, 0.0)]
    blocks = [blocks[k] for k in order]
    return GRUParams(
        np.repeat([[w] for w, _, _ in blocks], 3, axis=0),
        np.concatenate([m for _, m, _ in blocks]),
        np.repeat([b for _, _, b in blocks], 3),
        np.zeros(3),
    )


def gru_step_of_one(h=0.5, b_hn=-1.0, x=ATANH_HALF, w_x=1.0):
    return (
        GRUParams(
            np.array([[0.5], [0.5], [w_x]]), np.array([[1.0], [-1.0], [2.0]]), np.zeros(3), np.array([b_hn])
        ),
        x,
        h,
    )


ANSWERS = {
    "blind-lstm-check": {
        "all output gates shut": [blind(bias=(0.1, 0.1, 0.1, -800)), blind(bias=(0.1, 0.1, 0.1, -20))],
        "dh too small": [blind(dh=(1e-6, 1e-6, 1e-6))],
        "cell full at every step": [blind(c0=400.0, bias=(0.1, 0.1, 0.1, 40))],
        "output gate shut at one of the steps": [
            blind(ih=[[0.3], [0.02], [-0.5], [60.0]], x=(0.5, 0.02, -15.0))
        ],
        "output gates not shut enough": [
            output_gates(0.12, (0.01, -40.0, -40.0)),
            output_gates(0.2, (0.01, -40.0, -40.0)),
        ],
        "a cell state that melts": [blind(c0=16.0), blind(c0=-20.0)],
        "cell states of ordinary size": [blind()],
        "cell states not large enough": [blind(c0=50.0)],
    },
    "open-road": {
        "the two lists exchanged": [([2, 7, 0, 2], [0, 0, -1, 0])],
        "order i, f, o, g": [([0, 0, 0, -1], [2, 7, 2, 0])],
        "order f, i, g, o": [([0, 0, -1, 0], [7, 2, 0, 2])],
        "forget gate shut": [([0, 0, -1, 0], [2, 0, 0, 2]), ([0, 0, -1, 0], [2, -7, 0, 2])],
        "no recurrent weights": [([0, 0, 0, 0], [2, 7, 0, 2])],
        "a candidate that is not zero": [([0, 0, -0.1, 0], [2, 7, 1, 2])],
        "a weight at a gate that multiplies zero": [([0, -1, 0, 0], [2, 7, 0, 2])],
        "other routes that help": [([0, 0, 1, 0], [2, 7, 0, 2])],
        "input gate shut": [([0, 0, -1, 0], [-10, 7, 0, 2])],
        "output gate shut": [([0, 0, -1, 0], [2, 7, 0, -10])],
        "too weak": [([0, 0, -0.2, 0], [2, 7, 0, 2]), ([0, 0, -1, 0], [0, 7, 0, 0])],
        "too strong": [([0, 0, -4, 0], [2, 7, 0, 2])],
    },
    "gru-latch": {
        "the gate the wrong way round": [latch(z=(0, 40), bias=(0, -20, 0))],
        "columns exchanged": [latch(z=(-40, 0), n=(0, 5))],
        "blocks out of order": [
            latch(r=(0, -40), z=(0, 0), bias=(20, 0, 0)),
            latch(z=(5, 0), n=(0, -40), bias=(0, 0, 20)),
        ],
        "the gate looks at the value": [latch(z=(-40, 0))],
        "half kept at the flag": [latch(z=(0, -20))],
        "kept at the flag": [latch(z=(0, -10)), latch(z=(0, 0))],
        "gate not near 0 at the flag": [latch(z=(0, -22))],
        "the value upside down": [latch(n=(-5, 0))],
        "the candidate hears the state": [latch(n=(2, 0), hears=(0, 0, -6), bias=(20, 20, 0))],
        "candidate not of the value alone": [latch(n=(2, 1)), latch(n=(2, 0), bias=(0, 20, -1))],
        "candidate too weak": [latch(n=(1, 0))],
        "no candidate": [latch(n=(0, 0))],
        "replaced without the flag": [latch(bias=(0, 0, 0)), latch(bias=(0, -20, 0))],
        "a gate that leaks": [latch(bias=(0, 3, 0)), latch(bias=(0, 5, 0))],
    },
    "gru-modulo-three": {
        "blocks out of order": [ring(order=(1, 0, 2)), ring(order=(2, 1, 0))],
        "candidates that hear nobody": [ring(0 * RING)],
        "reset gates shut": [ring(b_r=-20.0)],
        "keeps at ones": [ring(letter=40.0, b_z=-20.0)],
        "keeps at every letter": [ring(letter=0.0)],
        "half kept at ones": [ring(letter=-20.0)],
        "part kept at ones": [ring(letter=-22.0)],
        "each listens to itself": [ring(10 * np.eye(3))],
        "the mark fades": [ring(RING), ring(1.3 * RING)],
        "two that change places": [ring(10 * np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]))],
        "the other way round": [ring(10 * RING.T)],
        "each unit its own opposite": [ring(-10 * np.eye(3))],
        "moves at every letter": [ring(b_z=-20.0, letter=0.0)],
        "half kept at zeros": [ring(b_z=0.0), ring(b_z=-1.0)],
        "a leak at zeros": [ring(b_z=2.0), ring(b_z=6.0)],
    },
    "resets-agree": {
        "equal r at the wrong units": [([[1, 2, 0], [3, 4, 0], [0, 0, 5]], [0.3, 0.8, 0.3])],
        "three different r": [([[1, 0, 0], [2, 3, 0], [0, 4, 5]], [0.3, 0.5, 0.8])],
        "one way of a link left": [([[1, 2, 0], [3, 4, 0], [1, 0, 5]], [0.3, 0.3, 0.8])],
        "links between all": [([[1, 2, 3], [2, 4, 5], [3, 5, 6]], [0.3, 0.3, 0.8])],
    },
    "blind-step": {
        "candidate without its tanh": [gru_step_of_one(x=0.5)],
        "one of the two": [gru_step_of_one(x=2.0)],
        "the other of the two": [
            gru_step_of_one(b_hn=0.1, w_x=0.0, x=2 * float(np.log(SHARE / (1 - SHARE))) - 1)
        ],
        "sign of b_hn": [gru_step_of_one(b_hn=1.0)],
    },
    "lstm-reset-counter": {
        "columns exchanged": [counter(f=(-40, 0), g=(0, 20))],
        "blocks out of order": [
            counter(g=(0, 0), o=(20, 0), bias=(20, 20, 20, 0)),
            counter(i=(20, 0), f=(0, 0), g=(0, -40), bias=(0, 20, 20, 20)),
        ],
        "the hidden state meddles": [counter(recurrent=(0, 0, 3, 0)), counter(recurrent=(0, -40, 0, 0))],
        "forget gate the wrong way round": [counter(f=(0, 40), bias=(20, -20, 0, 20))],
        "counts silence": [counter(g=(0, 0), bias=(20, 20, 20, 20))],
        "counts down": [counter(g=(-20, 0))],
        "input gate half open": [counter(bias=(0, 20, 0, 20))],
        "input gate shut": [counter(bias=(-20, 20, 0, 20))],
        "no candidate": [counter(g=(0, 0))],
        "forgets at a tick": [counter(f=(-40, -40))],
        "forget gate not open": [counter(bias=(20, 0, 0, 20)), counter(f=(0, 0), bias=(20, -20, 0, 20))],
        "a leak": [
            counter(g=(1, 0)),
            counter(bias=(20, 2, 0, 20)),
            counter(bias=(20, 9.5, 0, 20)),
            counter(bias=(3, 20, 0, 20)),
        ],
        "reset adds": [counter(g=(20, 20))],
        "reset half open": [counter(f=(0, -20)), counter(f=(0, -23))],
        "reset shuts another gate": [counter(i=(0, -40), f=(0, 0))],
        "reset clears nothing": [counter(f=(0, 0)), counter(f=(0, 40)), counter(f=(0, -4))],
        "reset subtracts": [counter(f=(0, 0), g=(20, -20))],
    },
    "lstm-toggle": {
        "blocks out of order": [lstm([[40], [-40], [0], [0]], [0, 0, 0, -6], [-20, 20, 20, 2])],
        "sides exchanged": [toggle(bias=(-20, 20, -2, 20))],
        "output gate shut": [toggle(bias=(-20, 20, 2, -20)), toggle(bias=(-20, 20, 2, -1))],
        "output gate open at marks only": [toggle(o=40, bias=(-20, 20, 2, -20))],
        "output gate open between marks only": [toggle(o=-40)],
        "a candidate that does not look": [toggle(hears=0)],
        "adds and does not replace": [toggle(f=0)],
        "half kept at a mark": [toggle(f=-20)],
        "nothing to start with": [toggle(bias=(-20, 20, 0, 20))],
        "input gate not open at a mark": [toggle(i=20), toggle(i=0)],
        "follows instead of flipping": [toggle(hears=6)],
        "writes between marks": [toggle(bias=(20, 20, 2, 20)), toggle(i=20, bias=(0, 20, 2, 20))],
        "forget gate not open between marks": [toggle(bias=(-20, 0, 2, 20)), toggle(bias=(-20, -20, 2, 20))],
        "the bias outweighs h": [toggle(hears=-2), toggle(bias=(-20, 20, 6, 20))],
        "a leak": [toggle(bias=(-20, 4, 2, 20)), toggle(bias=(-5, 20, 2, 20))],
    },
    "squashed-counter": {
        "order (u, w)": [(1e-7, 1.0)],
        "w negative": [(-1.0, 1e-7)],
        "nothing carried on": [(0.0, 1e-7)],
        "forgets": [(0.999, 1e-7), (1 - 5e-7, 1e-7)],
        "runs away": [(1.5, 1e-7), (1.0001, 1e-7)],
        "steps too large": [(1.0, 1e-5), (1.0, 5e-7)],
    },
}
NAMED = [
    (label, name, answer)
    for label, slips in ANSWERS.items()
    for name, answers in slips.items()
    for answer in answers
]


@pytest.mark.parametrize(
    ("label", "name", "answer"), NAMED, ids=[f"{label}: {name}" for label, name, _ in NAMED]
)
def test_the_answer_earns_the_name(label, name, answer):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert verdict.mistakes == (name,), verdict.text


def test_every_slip_is_earned():
    slugs = ("lstm", "lstm_backward", "lstm_highway", "gru", "gru_backward")
    built = [t for t in EXERCISES.values() if isinstance(t, Built) and EXERCISES.slug(t.label) in slugs]
    for task in built:
        assert {slip.name for slip in task.slips} == {*ANSWERS.get(task.label, {})}, task.label
        hints = [slip.hint for slip in task.slips] + [demand.hint for demand in task.demands]
        assert len({*hints}) == len(hints)
