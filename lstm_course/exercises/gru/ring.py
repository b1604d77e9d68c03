"""Exercise of chapter 15: three units set by hand that count modulo three."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.exercises.gru.units import changed, fits, in_another_order, read_params, zeroed
from lstm_course.gru import GRUParams, gru_forward, gru_step

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
            return f"After {t + 1} letters, {count:.0f} of them ones, the states are ({shown})."
    return ""


def _always_moves(params):
    return not _wrong_place(params, np.ones(6)) and bool(_wrong_place(params, [0.0]))


def _turns_back(params):
    return bool((_ring(params, [1.0])[-1] * np.array([-1, -1, 1]) > 0.9).all())


def _fades(params):
    h = _ring(params, [1.0])[-1] * np.array([-1, 1, -1])
    return bool((h > 0.3).all() and (h < 0.9).any())


def _keeps_at_ones(params):
    start = np.array([1, -1, -1])
    kept = bool((_ring(params, [1.0])[-1] * start > 0.9).all())
    return kept and bool((_ring(params, [0.0])[-1] * start < 0.9).any())


def _flips(params):
    flipped = bool((_ring(params, [1.0])[-1] * np.array([-1, 1, 1]) > 0.9).all())
    return flipped and bool((np.diag(params.weight_hh[6:]) < 0).all())


def _never_moves(params):
    return all(bool((_first_gates(params, "z_t", letter) > 0.5).all()) for letter in (0.0, 1.0))


def _first_gates(params, name, letter):
    """R or z of the three units at the first letter."""
    x = np.array([[letter]], params.weight_ih.dtype)
    return getattr(gru_step(params, x, np.array([[1.0, -1.0, -1.0]], x.dtype))[1], name)[0]


def _gates_differ(params):
    """Whether some of the units keep, or are replaced, and others not, at the same letter."""
    return any(np.ptp(_first_gates(params, "z_t", letter)) > 0.3 for letter in (0.0, 1.0))


def _no_ring(params):
    """Whether some unit does not listen to exactly one unit, and every unit to another."""
    heard = params.weight_hh[6:] > 0.3 * abs(params.weight_hh[6:]).max()
    return not ((heard.sum(axis=0) == 1).all() and (heard.sum(axis=1) == 1).all())


def _some_gates_deaf(params):
    """Whether the letter reaches the update gates of some units and not of others."""
    heard = params.weight_ih[3:6, 0] != 0
    return bool(heard.any() and not heard.all())


GRU_MODULO_THREE: Built = Built(
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
        in_another_order(lambda: GRU_MODULO_THREE),
        Slip(
            "some gates deaf",
            "The letter reaches the update gates of some units and not of others. All three are replaced at a one.",
            _some_gates_deaf,
        ),
        Slip(
            "state in the gates",
            "Your gates hear the state. Only the letter is to decide whether a unit is replaced.",
            lambda params: fits(GRU_MODULO_THREE, zeroed(params, ("weight_hh", slice(0, 6)))),
        ),
        Slip(
            "gates that differ",
            "At the same letter some of your units keep and others are replaced. All three gates are to say the same.",
            _gates_differ,
        ),
        Slip(
            "reset gate shut",
            "A reset gate of yours is shut, and its unit's candidate cannot hear what the neighbour was.",
            lambda params: bool((_first_gates(params, "r_t", 1.0) < 0.1).any()),
        ),
        Slip(
            "never moves",
            "Your units keep at every letter, at ones too: z is never near 0.",
            _never_moves,
        ),
        Slip(
            "mark turned over",
            "With the sign of W_hn turned it works. Each unit must become what its neighbour was, and not the opposite.",
            lambda params: fits(
                GRU_MODULO_THREE,
                changed(params, weight_hh=lambda part: part * np.repeat([1.0, 1.0, -1.0], 3)[:, None]),
            ),
        ),
        Slip(
            "letter or bias in the candidate",
            "Your candidates hear the letter, or have a bias. Each is to become what its neighbour was, whatever the letter.",
            lambda params: fits(
                GRU_MODULO_THREE,
                zeroed(params, ("weight_ih", slice(6, 9)), ("bias", slice(6, 9)), ("bias_hn", slice(0, 3))),
            ),
        ),
        Slip(
            "moves at every letter",
            "The mark is passed on at a zero too. The update gate must look at the letter.",
            _always_moves,
        ),
        Slip(
            "the mark fades",
            "The mark goes to the right place but fades: tanh(1) is 0.76. Make W_hn larger.",
            _fades,
        ),
        Slip(
            "keeps at ones",
            "Your units keep at letter 1 and are replaced at letter 0: the gate is the other way round.",
            _keeps_at_ones,
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
            "no ring",
            "In W_hn each unit must listen to one other, and be heard by one: one large positive entry in each row and in each "
            "column.",
            _no_ring,
        ),
        Slip(
            "units that hear themselves",
            "In W_hn a unit listens to itself. It is to become what another was, the one before it.",
            lambda params: bool((np.diag(params.weight_hh[6:]) > 1).any()),
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
        "The count is not in one state but in the place of the +1. A one shifts it by a place, the third to the first.",
        "So n_j must be the sign of h at the place before. Which matrix W_hn reads the place before?",
        "z is near 0 at letter 1 and near 1 at letter 0, for all three alike.",
    ),
)
