"""Exercises of chapter 15 on paper: one step by hand."""

from __future__ import annotations

import math

from lstm_course.checker import Number, Slip

# --- one step by hand -------------------------------------------------------------------------------

R, Z, H_PREV, W_HN, B_HN, FROM_INPUT = 0.5, 0.8, -0.5, 2.0, 0.6, 0.3


def _by_hand(
    a=None, n=None, mix=lambda n: (1 - Z) * n + Z * H_PREV, *, r=R, q=W_HN * H_PREV + B_HN, squash=math.tanh
):
    """The candidate and the new state, with another pre-activation, candidate or mixture if given."""
    a = FROM_INPUT + r * q if a is None else a
    n = squash(a) if n is None else n
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
            "Your candidate is tanh(−0.2): b_hn is missing in it, or what the input contributes.",
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
            "reset scales the kept state",
            "r also scaled what is kept. It has a say in the candidate; what is kept is for z to say.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n + Z * R * H_PREV),
        ),
        Slip(
            "sigmoid for the candidate",
            "You sent the candidate through σ. It is no gate: it goes through tanh.",
            lambda: _by_hand(squash=lambda a: 1 / (1 + math.exp(-a))),
        ),
        Slip(
            "sign of the old state lost",
            "The old state is −0.5. You lost its sign, in the candidate and in the mixture.",
            lambda: _by_hand(q=-W_HN * H_PREV + B_HN, mix=lambda n: (1 - Z) * n - Z * H_PREV),
        ),
        Slip(
            "sign of the old state lost in the candidate",
            "In what the state offers you lost its sign: W_hn h = 2 · (−0.5).",
            lambda: _by_hand(q=-W_HN * H_PREV + B_HN),
        ),
        Slip(
            "sign of the old state lost in the mixture",
            "In the mixture you lost the sign of the old state: what is kept of −0.5 is negative.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n - Z * H_PREV),
        ),
        Slip(
            "r and z exchanged",
            "r and z have changed places. r scales what the state offers the candidate, z what is kept.",
            lambda: _by_hand(r=Z, mix=lambda n: (1 - R) * n + R * H_PREV),
        ),
        Slip(
            "z in the candidate",
            "You scaled what the state offers by z. That is for r; z comes in at the mixture.",
            lambda: _by_hand(r=Z),
        ),
        Slip(
            "1 − z in the candidate",
            "You scaled what the state offers by 1 − z. That is for r; z comes in at the mixture.",
            lambda: _by_hand(r=1 - Z),
        ),
        Slip(
            "r in the mixture",
            "You mixed by r. r acts inside the candidate; the mixture has z.",
            lambda: _by_hand(mix=lambda n: (1 - R) * n + R * H_PREV),
        ),
        Slip(
            "reset scales twice",
            "r comes in twice in your candidate. It scales what the state offers, once.",
            lambda: _by_hand(r=R * R),
        ),
        Slip(
            "old state left out of the candidate",
            "Your candidate hears the input alone. What the state offers joins it, scaled by r.",
            lambda: _by_hand(a=FROM_INPUT),
        ),
        Slip(
            "sign of b_hn",
            "You took b_hn away. It is added to W_hn h.",
            lambda: _by_hand(q=W_HN * H_PREV - B_HN),
        ),
        Slip(
            "weight left out",
            "W_hn is missing: what the state offers is W_hn h + b_hn.",
            lambda: _by_hand(q=H_PREV + B_HN),
        ),
        Slip(
            "reset scales the input alone",
            "r scales the input's share in your candidate. It belongs to what the past has to say.",
            lambda: _by_hand(a=R * FROM_INPUT + W_HN * H_PREV + B_HN),
        ),
        Slip(
            "the difference of the two",
            "You took what the state offers away. It joins the input with a plus; it is negative already.",
            lambda: _by_hand(r=-R),
        ),
        Slip(
            "share of the candidate alone",
            "Your h is the candidate's share alone. The kept share of the old state joins it.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n),
        ),
        Slip(
            "old state kept whole",
            "You kept all of the old state. The two shares of a mixture add up to 1.",
            lambda: _by_hand(mix=lambda n: (1 - Z) * n + H_PREV),
        ),
        Slip(
            "z for both",
            "You gave both the share z. The two shares of a mixture add up to 1.",
            lambda: _by_hand(mix=lambda n: Z * n + Z * H_PREV),
        ),
        Slip(
            "difference in the mixture",
            "You took the kept part away. The two shares add; h is negative already.",
            lambda: _by_hand(mix=lambda n: Z * H_PREV - (1 - Z) * n),
        ),
        Slip(
            "new state squashed",
            "You squashed the new state. A mixture of numbers between −1 and 1 stays there of itself.",
            lambda: (_by_hand()[0], math.tanh(_by_hand()[1])),
        ),
    ),
    why="q = 2 · (−0.5) + 0.6 = −0.4; n = tanh(0.3 + 0.5 · (−0.4)) = tanh(0.1); and a fifth of n joins 0.8 · (−0.5).",
    hints=(
        "First what the state offers, q = W_hn h + b_hn.",
        "Half of it joins the input inside the tanh.",
        "The new state is a fifth of n and four fifths of the old state.",
    ),
)
