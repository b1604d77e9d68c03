"""Exercise of chapter 15 to set units by hand: a count modulo three."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.gru.units import ORDERS, at, read_params, reordered
from lstm_course.gru import GRUParams, gru_forward

WORD = np.array([1, 0, 0, 1, 1, 0, 1, 1, 1, 0] * 60, float)


def _ring(params, word):
    x = np.asarray(word, params.weight_ih.dtype)[:, None, None]
    return gru_forward(params, x, np.array([[1.0, -1.0, -1.0]], x.dtype))[0][:, 0]


def _wrong_place(params, word):
    """The first letter after which the states do not name the count modulo three, as a sentence."""
    for t, (h, count) in enumerate(zip(_ring(params, word), np.cumsum(word), strict=True)):
        want = np.where(np.arange(3) == count % 3, 1, -1)
        if (h * want < 0.9).any():
            shown = ", ".join(f"{value:.2f}" for value in h)
            return (
                f"After {t + 1} letter{'s' if t else ''}, {count:.0f} of value 1, the states are ({shown})."
            )
    return ""


def _does(params):
    return not _wrong_place(params, WORD)


START = np.array([1.0, -1.0, -1.0])


def _gates(params, letter):
    """Reset and update gates, and the candidates, at the start."""
    return at(params, (letter,), START)


def _matrix(params):
    return params.weight_hh[6:]


def _turns_back(params):
    return bool((_ring(params, [1.0])[-1] * np.array([-1, -1, 1]) > 0.9).all())


def _fades(params):
    h = _ring(params, [1.0])[-1] * np.array([-1, 1, -1])
    return bool((h > 0.3).all() and (h < 0.9).any())


def _keeps_at_ones(params):
    kept = bool((_ring(params, [1.0])[-1] * START > 0.9).all())
    return kept and bool((_ring(params, [0.0])[-1] * START < 0.9).any())


def _flips(params):
    return bool((_ring(params, [1.0])[-1] * np.array([-1, 1, 1]) > 0.9).all())


GRU_MODULO_THREE = Built(
    label="gru-modulo-three",
    level="hard",
    prompt=(
        "Set the weights of three units with one input, a letter 1 or 0, that count the ones modulo 3. They start at "
        "(1, -1, -1). After m ones the unit number m mod 3 (from 0) must stand above 0.9 and the others below -0.9, "
        "over a word of 600 letters."
    ),
    read=read_params(1, 3),
    form_text="Your answer is a GRUParams with I = 1 and H = 3, or its four arrays.",
    demands=(
        Demand(
            "passes the mark on at each one",
            lambda params: _wrong_place(params, np.ones(6)),
            "At a one every unit is replaced. By what? Unit 1 must become what unit 0 was.",
        ),
        Demand(
            "stays where it is at zeros",
            lambda params: _wrong_place(params, np.zeros(50)),
            "At a zero all three must keep: let z see the letter.",
        ),
        Demand(
            "counts the whole word",
            lambda params: _wrong_place(params, WORD),
            "It begins well and drifts. The candidate must be almost ±1 for states of ±0.9, and z close to 0 or 1.",
        ),
    ),
    slips=(
        Slip(
            "blocks out of order",
            "With its blocks read in another order this would do it. The rows stand in the order r, z, n.",
            lambda p: any(_does(reordered(p, order)) for order in ORDERS),
        ),
        Slip(
            "candidates that hear nobody",
            "W_hn is zero, so no candidate hears of any state. Each must hear of its neighbour.",
            lambda p: not _matrix(p).any(),
        ),
        Slip(
            "reset gates shut",
            "Your reset gates stand near 0 at letter 1, so the candidates hear nothing of the states. Bring them near 1.",
            lambda p: _gates(p, 1)[0].max() < 0.3,
        ),
        Slip(
            "keeps at ones",
            "Your units keep at letter 1 and are replaced at letter 0: the gate is the other way round.",
            _keeps_at_ones,
        ),
        Slip(
            "keeps at every letter",
            "Your update gates stand near 1 at letter 1 too, so nothing is replaced. They must look at the letter.",
            lambda p: _gates(p, 1)[1].min() > 0.7,
        ),
        Slip(
            "half kept at ones",
            "At letter 1 your update gates stand near one half: bias and weight cancel there, and half of the old state "
            "stays. They must come near 0.",
            lambda p: _gates(p, 1)[1].min() > 0.3,
        ),
        Slip(
            "part kept at ones",
            "At letter 1 your update gates are not near enough to 0, so part of the old state stays.",
            lambda p: _gates(p, 1)[1].max() > 0.06,
        ),
        Slip(
            "each listens to itself",
            "Your units listen to themselves, so at a one each becomes what it was. Each must become what its neighbour was.",
            lambda p: bool((_ring(p, [1.0])[-1] * START > 0.3).all()),
        ),
        Slip(
            "the mark fades",
            "The mark goes to the right place but fades: your candidates are too weak. tanh(1) is 0.76, so make W_hn larger.",
            _fades,
        ),
        Slip(
            "two that change places",
            "The mark comes back to unit 0 at the second one: two units change places, and the third stands apart. It "
            "takes a ring of three.",
            lambda p: bool((_ring(p, [1.0, 1.0])[-1] * START > 0.5).all()) and not _flips(p),
        ),
        Slip(
            "the other way round",
            "The mark goes from unit 0 to unit 2. Row j of W_hn says to whom unit j listens.",
            _turns_back,
        ),
        Slip(
            "each unit its own opposite",
            "Your units become their own opposites, as those of the binary counter. Here each must become what its "
            "neighbour was.",
            _flips,
        ),
        Slip(
            "moves at every letter",
            "The mark is passed on at a zero too. The update gate must look at the letter.",
            lambda p: _gates(p, 0)[1].max() < 0.1,
        ),
        Slip(
            "half kept at zeros",
            "At letter 0 your update gates stand at one half or below: they must come near 1 there. A large positive bias "
            "does it.",
            lambda p: _gates(p, 0)[1].max() <= 0.55,
        ),
        Slip(
            "a leak at zeros",
            "At letter 0 your update gates keep, but not well enough: they are not near enough to 1, and at every zero a "
            "share of the candidate comes in.",
            lambda p: 0.55 < _gates(p, 0)[1].min() < 0.999 and not _wrong_place(p, np.ones(6)),
        ),
    ),
    example=lambda: GRUParams(
        np.repeat([[0.0], [-40.0], [0.0]], 3, axis=0),
        np.concatenate([np.zeros((6, 3)), 10 * np.roll(np.eye(3), 1, axis=0)]),
        np.repeat([20.0, 20.0, 0.0], 3),
        np.zeros(3),
    ),
    why="A ring: W_hn is a permutation times a large number, so each candidate is the neighbour's state made sharp, and "
    "z lets it in at a one only.",
    hints=(
        "Write the three states down after no one, one, two and three ones. What has each unit become at each one?",
        "At a one each unit becomes what its neighbour was: n_j must be the sign of h at the place before. Which matrix W_hn reads the place before?",
        "z is near 0 at letter 1 and near 1 at letter 0, for all three alike.",
    ),
)

EXERCISES = (GRU_MODULO_THREE,)
