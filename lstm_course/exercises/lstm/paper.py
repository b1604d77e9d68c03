"""Exercises of chapter 12 on paper: a step with a pencil."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid
from lstm_course.checker import Number, Slip

# --- a step with a pencil ---------------------------------------------------------------------------


def _share(a):
    return float(sigmoid(a))


LN2, LN3, LN4, OLD = math.log(2), math.log(3), math.log(4), -2.0
I_T, F_T, G_T, O_T = _share(0.0), _share(LN3), math.tanh(LN2), _share(-LN4)


def _pencil(*, i=I_T, f=F_T, g=G_T, o=O_T, old=OLD, shown=None, squash=math.tanh):
    """Compute c_t and h_t of a cell that holds -2, with other values if given."""
    c = f * old + i * g
    return c, o * squash(c if shown is None else shown)


STEP_WITH_A_PENCIL = Number(
    label="step-with-a-pencil",
    level="warm-up",
    prompt=(
        "A cell holds c = -2. Its pre-activations, in the order i, f, g, o, are 0, ln 3, ln 2 and -ln 4. What are c_t "
        "and h_t?"
    ),
    names=("c_t", "h_t"),
    answer=_pencil,
    slips=(
        Slip(
            "forget gate the wrong way round",
            "You kept a quarter of the old state: 1 − f, or σ(−ln 3). f is σ(ln 3), and at f = 1 everything is kept.",
            lambda: _pencil(f=1 - F_T),
        ),
        Slip(
            "i and f exchanged",
            "You multiplied the old state by i and the candidate by f. f is what is kept, i is what enters.",
            lambda: _pencil(i=F_T, f=I_T),
        ),
        Slip(
            "order i, f, o, g",
            "You read the third number as the output gate and the fourth as the candidate. The order is i, f, g, o.",
            lambda: _pencil(g=math.tanh(-LN4), o=_share(LN2)),
        ),
        Slip(
            "sigmoid for the candidate",
            "The candidate is no gate. It goes through tanh: (e^a − e^−a)/(e^a + e^−a) at a = ln 2.",
            lambda: _pencil(g=_share(LN2)),
        ),
        Slip(
            "sign of the old state lost",
            "The cell holds −2, a negative number. What is kept of it is negative, too.",
            lambda: _pencil(old=-OLD),
        ),
        Slip(
            "f on everything",
            "You multiplied the whole sum by f. The forget gate acts on the old state alone.",
            lambda: _pencil(i=F_T * I_T),
        ),
        Slip(
            "pre-activations as they are",
            "Those are the pre-activations. Each still goes through its function: σ for the gates, tanh for g.",
            lambda: _pencil(i=0.0, f=LN3, g=LN2, o=-LN4),
        ),
        Slip(
            "h without tanh",
            "You multiplied o by the cell state itself. What is shown is squashed first.",
            lambda: _pencil(squash=float),
        ),
        Slip(
            "the old state shown",
            "h_t shows the new cell state, not the one before the step.",
            lambda: _pencil(shown=OLD),
        ),
        Slip(
            "o forgotten",
            "That is tanh(c_t). How much of it does the output gate show?",
            lambda: _pencil(o=1.0),
        ),
        Slip(
            "sign of the logarithm lost",
            "You took 4/5 for the output gate. That is σ(ln 4), or 1 − σ(−ln 4): look at the minus sign.",
            lambda: _pencil(o=1 - O_T),
        ),
        Slip(
            "sigmoid turned round",
            "Your gates are 1/(1 + e^a). A sigmoid rises: its exponent is −a.",
            lambda: _pencil(f=1 - F_T, o=1 - O_T),
        ),
        Slip(
            "tanh for the gates",
            "You sent the gates through tanh. A gate is a share, between 0 and 1: σ makes it.",
            lambda: _pencil(i=0.0, f=math.tanh(LN3), o=math.tanh(-LN4)),
        ),
        Slip(
            "nothing enters",
            "c_t has the kept part alone. What enters is i·g, and σ(0) is not 0.",
            lambda: _pencil(i=0.0),
        ),
        Slip(
            "everything enters",
            "The whole candidate enters in your sum. The input gate says which share, and σ(0) is not 1.",
            lambda: _pencil(i=1.0),
        ),
        Slip(
            "everything kept",
            "You kept all of the old state. The forget gate says which share.",
            lambda: _pencil(f=1.0),
        ),
        Slip(
            "coupled gates",
            "You let 1 − f in. Here the input gate has a pre-activation of its own.",
            lambda: _pencil(i=1 - F_T),
        ),
        Slip(
            "sign of what enters",
            "What enters is positive, and it is added: i·g, with g = tanh(ln 2).",
            lambda: _pencil(g=-G_T),
        ),
        Slip(
            "half of tanh's argument",
            "Your g is (2 − 1)/(2 + 1), which is tanh(½ ln 2). tanh(a) = (e^a − e^−a)/(e^a + e^−a).",
            lambda: _pencil(g=math.tanh(LN2 / 2)),
        ),
        Slip(
            "sigmoid for the squashing",
            "You showed a share of σ(c_t). The cell state is squashed by tanh, which keeps its sign.",
            lambda: _pencil(squash=_share),
        ),
        Slip(
            "o inside the tanh",
            "You squashed o·c_t. First the tanh of the cell state, then the share of it.",
            lambda: (_pencil()[0], math.tanh(O_T * _pencil()[0])),
        ),
        Slip(
            "squashed cell state",
            "You squashed c_t itself. Only what is shown is squashed; the cell state stays the sum.",
            lambda: (math.tanh(_pencil()[0]), _pencil()[1]),
        ),
        Slip(
            "squashed twice",
            "c_t is the sum, without a tanh. So it enters h_t squashed once.",
            lambda: (math.tanh(_pencil()[0]), O_T * math.tanh(math.tanh(_pencil()[0]))),
        ),
        Slip(
            "the candidate shown",
            "h_t shows the candidate alone. It shows the whole cell state, what was kept as well.",
            lambda: _pencil(shown=I_T * G_T),
        ),
    ),
    why="σ(0) = 1/2, σ(ln 3) = 3/4, tanh(ln 2) = 3/5, σ(−ln 4) = 1/5: c = −3/2 + 3/10 = −6/5, and h is a fifth of "
    "tanh(−6/5).",
    hints=(
        "σ(ln 3) = 1/(1 + 1/3). The other logarithms come out as simply.",
        "tanh(ln 2) = (2 − 1/2)/(2 + 1/2).",
        "Then keep some, add some, and show a share of tanh of the sum.",
    ),
)

EXERCISES = (STEP_WITH_A_PENCIL,)
