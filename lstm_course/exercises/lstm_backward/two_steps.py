"""The two steps of one unit that chapter 13's exercises on paper work with, and what goes wrong at the second."""

from __future__ import annotations

import math
from typing import Any

C_0 = 1.0
I_1, F_1, G_1, O_1 = 0.5, 0.8, 0.6, 0.4
I_2, F_2, G_2, O_2 = 0.2, 0.6, -0.4, 0.7
W_I, W_F, W_G, W_O = 1.0, -2.0, 0.5, 1.0
C_1 = F_1 * C_0 + I_1 * G_1
C_2 = F_2 * C_1 + I_2 * G_2
DH_2 = 1.0
AT_1, AT_2 = 1 - math.tanh(C_1) ** 2, 1 - math.tanh(C_2) ** 2  # slopes of tanh


def slope(gate):
    """Return the slope of a sigmoid at a gate of this value."""
    return gate * (1 - gate)


PARTNERS = {"i": G_2, "f": C_1, "g": I_2, "o": math.tanh(C_2)}
SLOPES = {"i": slope(I_2), "f": slope(F_2), "g": 1 - G_2**2, "o": slope(O_2)}
WEIGHTS = {"i": W_I, "f": W_F, "g": W_G, "o": W_O}


def step_two(
    *,
    o_2=O_2,
    slope_2=AT_2,
    partners=None,
    slopes=None,
    weights=None,
    onward=F_2,
    through_o=None,
    extra=0.0,
):
    """dL/dh_1 as far as it comes from step 2, and what c_2 sends to c_1; with other factors if given."""
    dc = DH_2 * o_2 * slope_2
    partners, slopes, weights = (
        partners or PARTNERS.values(),
        slopes or SLOPES.values(),
        weights or WEIGHTS.values(),
    )
    arrive = (dc, dc, dc, DH_2 if through_o is None else through_o)
    to_h = sum(math.prod(factors) for factors in zip(arrive, partners, slopes, weights, strict=True))
    return to_h + extra, dc * onward


def _partners(**other):
    return {"partners": tuple((PARTNERS | other).values())}


def _slopes(**other):
    return {"slopes": tuple((SLOPES | other).values())}


def _weights(**other):
    return {"weights": tuple((WEIGHTS | other).values())}


# name, hint, and the changes in `step_two`
AT_STEP_TWO: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "slope of tanh forgotten at c_2",
        "At step 2 the way from h_2 to c_2 passes a tanh, with the slope 1 − tanh² c_2.",
        {"slope_2": 1.0},
    ),
    (
        "c_2 in place of its tanh",
        "At step 2 your slope of the tanh is 1 − c_2². The square is that of tanh c_2.",
        {"slope_2": 1 - C_2**2},
    ),
    (
        "square forgotten at c_2",
        "At step 2 your slope of the tanh is 1 − tanh c_2. The tanh is squared.",
        {"slope_2": 1 - math.tanh(C_2)},
    ),
    (
        "slope at c_1 for c_2",
        "From h_2 to c_2 you took the slope of tanh at c_1. h_2 was made from c_2.",
        {"slope_2": AT_1},
    ),
    (
        "tanh in place of its slope at c_2",
        "From h_2 to c_2 you multiplied by tanh c_2. A derivative needs the slope of tanh there.",
        {"slope_2": math.tanh(C_2)},
    ),
    (
        "output gate forgotten at c_2",
        "From h_2 to c_2 you left out the output gate. h_2 is o_2 tanh c_2.",
        {"o_2": 1.0},
    ),
    ("output gate of step 1 at c_2", "From h_2 to c_2 leads o_2; you used o_1.", {"o_2": O_1}),
    (
        "dc in place of dh for the output gate",
        "You sent dc_2 to the output gate. It acts on h_2 and not on c_2, so what arrives there is dh_2.",
        {"through_o": DH_2 * O_2 * AT_2},
    ),
    (
        "slope of tanh for the output gate",
        "To the output gate you sent dh_2 with the slope of the tanh. Beside o_2 stands tanh c_2, and nothing else.",
        {"through_o": DH_2 * AT_2},
    ),
    (
        "c_2 beside the output gate",
        "Beside o_2 you have c_2. In h_2 the output gate multiplies tanh c_2.",
        _partners(o=C_2),
    ),
    (
        "partner of the output gate forgotten",
        "In do_2 the partner is missing: o_2 multiplies tanh c_2.",
        _partners(o=1.0),
    ),
    (
        "old cell state beside the output gate",
        "Beside o_2 you have tanh c_1. The output gate shows the new cell state.",
        _partners(o=math.tanh(C_1)),
    ),
    (
        "new cell state for the forget gate",
        "In df_2 you have c_2. The forget gate of step 2 multiplies the old cell state, c_1.",
        _partners(f=C_2),
    ),
    (
        "c_0 for the forget gate",
        "In df_2 you have c_0. That is what f_1 multiplies; f_2 multiplies c_1.",
        _partners(f=C_0),
    ),
    (
        "tanh of the cell state for the forget gate",
        "In df_2 you have tanh c_1. The forget gate multiplies the cell state itself.",
        _partners(f=math.tanh(C_1)),
    ),
    (
        "partners of i and g exchanged",
        "You multiplied di_2 by i_2 and dg_2 by g_2. The derivative of a product by one factor is the other factor.",
        _partners(i=I_2, g=G_2),
    ),
    (
        "sign of the candidate lost",
        "In di_2 you lost the sign of the candidate: g_2 is negative.",
        _partners(i=-G_2),
    ),
    (
        "partners forgotten",
        "In di_2, df_2 and dg_2 the partner is missing: each gate multiplies something in c_2.",
        _partners(i=1.0, f=1.0, g=1.0),
    ),
    (
        "sigmoid's slope for the candidate",
        "For the candidate you took g(1 − g). It is a tanh, and tanh has another slope.",
        _slopes(g=slope(G_2)),
    ),
    (
        "square forgotten at the candidate",
        "For the candidate your slope is 1 − g. That of a tanh is 1 − g².",
        _slopes(g=1 - G_2),
    ),
    (
        "sign lost in the square",
        "For the candidate your slope is 1 + g², or you squared a negative g to a negative number. It is 1 − g².",
        _slopes(g=1 + G_2**2),
    ),
    (
        "slope of the candidate forgotten",
        "The candidate is a tanh: its slope, 1 − g², is missing.",
        _slopes(g=1.0),
    ),
    (
        "tanh's slope for the gates",
        "For the gates you took 1 − s². That is the slope of tanh; a sigmoid has s(1 − s).",
        _slopes(i=1 - I_2**2, f=1 - F_2**2, o=1 - O_2**2),
    ),
    (
        "slopes of the three gates forgotten",
        "The slopes of the three gates are missing. A gate is a sigmoid of its pre-activation.",
        _slopes(i=1.0, f=1.0, o=1.0),
    ),
    (
        "slopes of the gates forgotten",
        "You carried di, df, dg and do across the weights. The weights lead to the pre-activations, so the slopes come "
        "first.",
        _slopes(i=1.0, f=1.0, g=1.0, o=1.0),
    ),
    ("slope of the input gate forgotten", "The input gate lacks its slope, i(1 − i).", _slopes(i=1.0)),
    ("slope of the forget gate forgotten", "The forget gate lacks its slope, f(1 − f).", _slopes(f=1.0)),
    ("slope of the output gate forgotten", "The output gate lacks its slope, o(1 − o).", _slopes(o=1.0)),
    (
        "gates of step 1",
        "You took gates of step 1 for the slopes and partners at step 2. h_1 enters the gates of step 2.",
        {
            "partners": (G_1, C_1, I_1, math.tanh(C_2)),
            "slopes": (slope(I_1), slope(F_1), 1 - G_1**2, slope(O_1)),
        },
    ),
    (
        "weights forgotten",
        "The four pre-activations are added as they are. Each stands behind its own recurrent weight.",
        {"weights": (1.0, 1.0, 1.0, 1.0)},
    ),
    (
        "sign of the weight lost",
        "The recurrent weight of the forget gate is −2; you lost its sign.",
        _weights(f=-W_F),
    ),
    (
        "weights in the order i, f, o, g",
        "You gave the candidate the weight of the output gate. The weights stand in the order i, f, g, o.",
        _weights(g=W_O, o=W_G),
    ),
    (
        "weights of i and f exchanged",
        "You exchanged the weights of the input gate and the forget gate. They stand in the order i, f, g, o.",
        _weights(i=W_F, f=W_I),
    ),
    (
        "output gate left out of dh_1",
        "Three gates send something back to h_1 in your sum. The output gate of step 2 reads h_1 as well.",
        _weights(o=0.0),
    ),
    (
        "output gate alone in dh_1",
        "Only the output gate sends something back in your sum. The other three read h_1 as well.",
        _weights(i=0.0, f=0.0, g=0.0),
    ),
    (
        "candidate left out of dh_1",
        "The candidate is missing in your sum. It is no gate, but it reads h_1 as well.",
        _weights(g=0.0),
    ),
    (
        "input gate left out of dh_1",
        "The input gate is missing in your sum; it reads h_1 as well.",
        _weights(i=0.0),
    ),
    (
        "forget gate left out of dh_1",
        "The forget gate is missing in your sum; it reads h_1 as well.",
        _weights(f=0.0),
    ),
    (
        "mean of the four",
        "You took the mean of what the four send back. What arrives adds up.",
        {"weights": (W_I / 4, W_F / 4, W_G / 4, W_O / 4)},
    ),
    (
        "dh_2 added to dh_1",
        "You added dh_2 to dh_1. h_2 does not hold h_1; it hears of it through the gates alone.",
        {"extra": DH_2},
    ),
)
