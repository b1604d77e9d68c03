"""Exercise of chapter 15 on paper: one step."""

from __future__ import annotations

import math

from lstm_course.checker import Number, Slip

# --- one step by hand -------------------------------------------------------------------------------

R, Z, H_PREV, W_HN, B_HN, FROM_INPUT = 0.5, 0.8, -0.5, 2.0, 0.6, 0.3


def _by_hand(a=None, n=None, mix=lambda n: (1 - Z) * n + Z * H_PREV):
    """The candidate and the new state, with another pre-activation, candidate or mixture if given."""
    a = FROM_INPUT + R * (W_HN * H_PREV + B_HN) if a is None else a
    n = math.tanh(a) if n is None else n
    return n, mix(n)


GRU_BY_HAND = Number(
    label="gru-by-hand",
    level="warm-up",
    prompt=(
        "One unit, the reset after the product: r = 0.5, z = 0.8, old state -0.5, W_hn = 2, b_hn = 0.6, and the input "
        "contributes W_in x + b_in = 0.3. What are the candidate n and the new state h?"
    ),
    names=("n", "h"),
    answer=_by_hand,
    rtol=0.002,
    slips=(
        Slip(
            "z and 1 − z exchanged",
            "You gave the old state the share 1 − z. In this book z near 1 keeps it.",
            lambda: _by_hand(mix=lambda n: Z * n + (1 - Z) * H_PREV),
        ),
        Slip(
            "b_hn outside the brackets",
            "r scales W_hn h and its bias b_hn together; you left the bias outside. (With one unit that is also what "
            "the reset before the product gives.)",
            lambda: _by_hand(a=FROM_INPUT + R * W_HN * H_PREV + B_HN),
        ),
        Slip(
            "b_hn left out",
            "0.3 is missing in the candidate's sum: that is what the input contributes, and also what r leaves of b_hn. Both "
            "belong in it.",
            lambda: _by_hand(a=FROM_INPUT + R * W_HN * H_PREV),
        ),
        Slip(
            "reset left out",
            "You let the candidate hear all that the state offers. r says which share of it.",
            lambda: _by_hand(a=FROM_INPUT + W_HN * H_PREV + B_HN),
        ),
        Slip(
            "reset scales the input",
            "r multiplied the input's share as well. It scales what the past has to say, and nothing else.",
            lambda: _by_hand(a=R * (FROM_INPUT + W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "tanh left out",
            "That is the pre-activation. The candidate is its tanh.",
            lambda: _by_hand(n=FROM_INPUT + R * (W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "candidate added whole",
            "The candidate came in whole. The two shares of a mixture add up to 1.",
            lambda: _by_hand(mix=lambda n: n + Z * H_PREV),
        ),
        Slip(
            "bias outside and state whole",
            "r scales what the state offers, W_hn h and b_hn together. You scaled b_hn alone.",
            lambda: _by_hand(a=FROM_INPUT + W_HN * H_PREV + R * B_HN),
        ),
        Slip(
            "state left out",
            "The candidate hears the past as well, scaled by r.",
            lambda: _by_hand(a=FROM_INPUT),
        ),
        Slip(
            "sign of the old state lost in the candidate",
            "In the candidate you took the old state with a plus. It is −0.5.",
            lambda: _by_hand(a=FROM_INPUT + R * (-W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "sign of the old state lost in the mixture",
            "In the mixture you took the old state with a plus. It is −0.5.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n - Z * H_PREV),
        ),
        Slip(
            "sign of the old state lost",
            "The old state is −0.5, and you took it with a plus, in the candidate and in the mixture.",
            lambda: _by_hand(
                a=FROM_INPUT + R * (-W_HN * H_PREV + B_HN), mix=lambda n: (1 - Z) * n - Z * H_PREV
            ),
        ),
        Slip(
            "z in the candidate",
            "Your candidate has another gate than r before what the state offers; here it is z.",
            lambda: _by_hand(a=FROM_INPUT + Z * (W_HN * H_PREV + B_HN)),
        ),
        Slip(
            "r and z exchanged",
            "You exchanged the two gates: r belongs into the candidate, z into the mixture.",
            lambda: _by_hand(
                a=FROM_INPUT + Z * (W_HN * H_PREV + B_HN), mix=lambda n: (1 - R) * n + R * H_PREV
            ),
        ),
        Slip(
            "r mixes",
            "You mixed half and half: as a mean, or by r. How much of each is for z to say.",
            lambda: _by_hand(mix=lambda n: (1 - R) * n + R * H_PREV),
        ),
        Slip(
            "state offered without its weight",
            "W_hn is missing: what the state offers is W_hn h + b_hn.",
            lambda: _by_hand(a=FROM_INPUT + R * (H_PREV + B_HN)),
        ),
        Slip(
            "sigmoid for the candidate",
            "The candidate is no gate. It goes through tanh.",
            lambda: _by_hand(n=1 / (1 + math.exp(-(FROM_INPUT + R * (W_HN * H_PREV + B_HN))))),
        ),
        Slip(
            "old state left out of the mixture",
            "Your h is the candidate's share alone. What z keeps of the old state is missing.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n),
        ),
        Slip(
            "candidate left out of the mixture",
            "Your h is what z keeps alone. The candidate's share is missing.",
            lambda: _by_hand(mix=lambda n: Z * H_PREV),
        ),
        Slip(
            "old state whole",
            "The old state came in whole. The two shares of a mixture add up to 1.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n + H_PREV),
        ),
        Slip(
            "difference in place of the mixture",
            "You subtracted where the mixture adds: both shares come with a plus.",
            lambda: _by_hand(mix=lambda n: Z * H_PREV - (1 - Z) * n),
        ),
        Slip(
            "h squashed",
            "You squashed the mixture once more. A GRU shows its state as it is.",
            lambda: _by_hand(mix=lambda n: math.tanh((1 - Z) * n + Z * H_PREV)),
        ),
        Slip(
            "candidate for the new state",
            "You gave the candidate as the new state. It is mixed with the old one first.",
            lambda: _by_hand(mix=lambda n: n),
        ),
        Slip(
            "reset scales the kept state",
            "r also scaled what is kept. It has a say in the candidate; what is kept is for z to say.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n + Z * R * H_PREV),
        ),
    ),
    why="q = 2 · (−0.5) + 0.6 = −0.4; n = tanh(0.3 + 0.5 · (−0.4)) = tanh(0.1); and a fifth of n joins 0.8 · (−0.5).",
    hints=(
        "First what the state offers, q = W_hn h + b_hn.",
        "Half of it joins the input inside the tanh.",
        "The new state is a fifth of n and four fifths of the old state.",
    ),
)
