"""Exercise of chapter 10: a delay by one set by hand, and how such weights are read."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Built, Demand, Slip
from lstm_course.rnn import RNNParams, rnn_forward

SIGNS = np.random.default_rng(10).choice([-1.0, 1.0], 40)


def read_network(answer, n_in: int, n: int | None = None) -> RNNParams:
    """The weights of a learner: an `RNNParams`, or its three arrays in order."""
    if not isinstance(answer, RNNParams):
        parts = tuple(answer)
        if len(parts) != 3:
            raise ValueError(f"the answer must hold three arrays, W_ih, W_hh and b, got {len(parts)}")
        answer = RNNParams(*(np.array(part, dtype=np.float64) for part in parts))
    if answer.input_size != n_in:
        raise ValueError(f"W_ih must have {n_in} column{'s' * (n_in > 1)}, got {answer.input_size}")
    if n is not None and answer.hidden_size != n:
        raise ValueError(f"W_hh must have shape ({n}, {n}), got {answer.weight_hh.shape}")
    return answer


def _delayed(params):
    h, _, _ = rnn_forward(params, SIGNS.reshape(-1, 1, 1))
    return h[:, 0, 1]


def _off_delay(params):
    got = _delayed(params)[1:]
    for t, (mine, want) in enumerate(zip(got, SIGNS[:-1], strict=True), start=2):
        if abs(mine - want) > 0.1:
            return f"At step {t} the second unit is {mine:.3f}, and x of step {t - 1} was {want:+.0f}."
    return ""


def _shows(params, back=1, sign=1.0):
    """Whether unit 2 always has the sign of the input some steps ago."""
    got = _delayed(params)[back:]
    return bool(np.all(sign * got * SIGNS[: len(got)] > 0))


PLACES = ("weight_ih", 1, 0), ("weight_hh", 0, 0), ("weight_hh", 1, 1), ("weight_hh", 0, 1), ("bias",)


def _without(*places):
    """A test of whether the delay works once these entries, which are not all zero, are zero."""

    def test(params):
        parts = {name: part.copy() for name, part in vars(params).items()}
        for name, *at in places:
            parts[name][tuple(at)] = 0.0
        mended = RNNParams(**parts)
        there = any(np.any(getattr(params, name)[tuple(at)]) for name, *at in places)
        return there and (not _off_delay(mended) or _shows(mended))

    return test


DELAY = Built(
    label="delay-by-one",
    level="warm-up",
    prompt=(
        "Set W_ih (2, 1), W_hh (2, 2) and b (2,) of a tanh network so that its second unit says at every step what "
        "the input was one step ago. Inputs are +1 or −1; within 0.1."
    ),
    read=lambda answer: read_network(answer, 1, 2),
    form_text="Your answer is a tuple (W_ih, W_hh, b), or an RNNParams.",
    demands=(
        Demand(
            "shows the last input but one in unit 2",
            _off_delay,
            "Let unit 1 copy the input of now. What must unit 2 listen to, so that it is one step behind?",
        ),
    ),
    slips=(
        Slip(
            "units exchanged",
            "It is your first unit that shows the input of the step before. The second is to do it: exchange the units.",
            lambda params: (
                _off_delay(RNNParams(params.weight_ih[::-1], params.weight_hh[::-1, ::-1], params.bias[::-1]))
                == ""
            ),
        ),
        Slip(
            "unit 2 hears the input",
            "Unit 2 hears the input of now as well, by its own weight in W_ih. It should hear unit 1 alone.",
            _without(PLACES[0]),
        ),
        Slip(
            "no delay",
            "Your second unit shows the input of now. Through W_hh it can hear what unit 1 was one step ago; through "
            "W_ih it should hear nothing.",
            lambda params: _shows(params, back=0),
        ),
        Slip(
            "rows and columns exchanged",
            "W_hh is transposed: unit 1 listens to unit 2. Row i belongs to the unit that listens.",
            lambda params: (
                _off_delay(RNNParams(params.weight_ih, params.weight_hh.T.copy(), params.bias)) == ""
            ),
        ),
        Slip(
            "opposite sign",
            "Unit 2 says the opposite of what it should. On the way from the input through unit 1 to unit 2 there are two "
            "weights: what must their signs be, together?",
            lambda params: _shows(params, sign=-1.0),
        ),
        Slip(
            "right but soft",
            "Every sign is right already, and too small: tanh(1) is 0.76, and it is squashed twice. Larger weights "
            "bring it close to 1.",
            lambda params: _shows(params) and not _without(*PLACES)(params),
        ),
        Slip(
            "unit 1 deaf to the input",
            "W_ih gives unit 1 nothing. Let unit 1 copy the input of now.",
            lambda params: params.weight_ih[0, 0] == 0,
        ),
        Slip(
            "unit 2 deaf to unit 1",
            "Unit 2 does not hear unit 1: its entry in W_hh, row 2 and column 1, is 0.",
            lambda params: params.weight_hh[1, 0] == 0,
        ),
        Slip(
            "unit 1 hears itself",
            "Unit 1 hears itself, too: the first entry of W_hh's diagonal. So it holds on to what it was, where it should "
            "only copy the input of now.",
            _without(PLACES[1]),
        ),
        Slip(
            "unit 2 hears itself",
            "Unit 2 hears itself, too: the second entry of W_hh's diagonal. So what it said before counts as much as "
            "what unit 1 was.",
            _without(PLACES[2]),
        ),
        Slip(
            "unit 1 hears unit 2",
            "Unit 1 hears unit 2, too: row 1, column 2 of W_hh. It should copy the input of now and nothing else.",
            _without(PLACES[3]),
        ),
        Slip(
            "a bias",
            "Your biases push the units to one side, whatever the input. +1 and −1 are alike here: what must b be?",
            _without(PLACES[4]),
        ),
        Slip(
            "more weights than it takes",
            "The weights from the input to unit 1 and from unit 1 to unit 2 are there. Others get in their way: which of "
            "yours does a delay by one not need?",
            _without(*PLACES),
        ),
    ),
    example=lambda: ([[3.0], [0.0]], [[0.0, 0.0], [3.0, 0.0]], [0.0, 0.0]),
    why="A state is the past's only way into the present: unit 1 holds x_t, and one step later unit 2 reads it. No "
    "weight leads on from unit 2, so after two steps nothing is left: a memory of exactly one step.",
    hints=(
        "Row i of W_ih and of W_hh belongs to the unit i that listens; column j of W_hh to the unit j that it hears.",
        "Unit 1: a large weight from the input. Unit 2: nothing from the input, a large weight from unit 1.",
    ),
)
