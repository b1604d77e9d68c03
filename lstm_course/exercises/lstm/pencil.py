"""Exercise of chapter 12 on paper: a step with a pencil."""

from __future__ import annotations

import math

from lstm_course.activations import sigmoid
from lstm_course.checker import Number, Slip


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
            "Your forget gate is ¼: that is 1 − f, or σ(−ln 3). At f = 1 the forget gate keeps everything.",
            lambda: _pencil(f=1 - F_T),
        ),
        Slip(
            "input gate left out",
            "The candidate came in whole. The input gate says which share of it enters.",
            lambda: _pencil(i=1.0),
        ),
        Slip(
            "forget gate left out",
            "The old state was kept whole. The forget gate says which share of it is kept.",
            lambda: _pencil(f=1.0),
        ),
        Slip(
            "both gates left out",
            "You added old state and candidate as they are. f keeps a share of the one, i lets in a share of the other.",
            lambda: _pencil(i=1.0, f=1.0),
        ),
        Slip(
            "old state left out",
            "Your c_t is what enters. What is kept of the old state is missing.",
            lambda: _pencil(old=0.0),
        ),
        Slip(
            "nothing enters",
            "Your c_t is what is kept. What enters, i times g, is missing; σ(0) is not 0.",
            lambda: _pencil(i=0.0),
        ),
        Slip(
            "candidate left out",
            "Your c_t adds the input gate itself. It multiplies the candidate.",
            lambda: _pencil(g=1.0),
        ),
        Slip(
            "what enters subtracted",
            "You subtracted what enters. Keep some, add some.",
            lambda: _pencil(i=-I_T),
        ),
        Slip(
            "gates coupled",
            "You let in 1 − f. Here the input gate has a pre-activation of its own, 0.",
            lambda: _pencil(i=1 - F_T),
        ),
        Slip(
            "sums of gates",
            "You added gate and state where they are multiplied. A gate is a factor.",
            lambda: _pencil(f=0.0, i=1.0, g=F_T + OLD + I_T + G_T),
        ),
        Slip(
            "tanh for the gates",
            "You put the gates through tanh. They are sigmoids, between 0 and 1.",
            lambda: _pencil(i=math.tanh(0.0), f=math.tanh(LN3), o=math.tanh(-LN4)),
        ),
        Slip(
            "tanh without its 2",
            "Your candidate is 1/3. That is 2σ(ln 2) − 1, and tanh(a) is 2σ(2a) − 1; or take "
            "(e^a − e^−a)/(e^a + e^−a).",
            lambda: _pencil(g=2 * _share(LN2) - 1),
        ),
        Slip(
            "candidate not squashed",
            "Your candidate is its pre-activation, ln 2. It goes through tanh.",
            lambda: _pencil(g=LN2),
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
            "sign lost",
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
            "sigmoid on the cell state",
            "You showed σ(c_t). The cell state goes through tanh on its way to h.",
            lambda: _pencil(squash=_share),
        ),
        Slip(
            "tanh of the product",
            "You squashed o times c_t. The tanh is for the cell state; the gate comes after it.",
            lambda: (_pencil()[0], math.tanh(O_T * _pencil()[0])),
        ),
        Slip(
            "output gate the wrong way round",
            "Your output gate is ⅘: that is σ(ln 4), or 1 − o. The pre-activation is −ln 4.",
            lambda: _pencil(o=1 - O_T),
        ),
        Slip(
            "output gate not squashed",
            "Your output gate is its pre-activation, −ln 4. A gate is σ of it.",
            lambda: _pencil(o=-LN4),
        ),
        Slip(
            "tanh for the output gate",
            "You put the output gate through tanh. It is a gate, a sigmoid.",
            lambda: _pencil(o=math.tanh(-LN4)),
        ),
        Slip(
            "the output gate alone",
            "That is the output gate. How much of tanh c_t does it show?",
            lambda: (_pencil()[0], O_T),
        ),
        Slip(
            "another gate shows",
            "Another gate than o shows in your h_t: it is i, the ½.",
            lambda: _pencil(o=I_T),
        ),
        Slip(
            "the candidate shown",
            "You showed the candidate. h_t shows the cell state.",
            lambda: (_pencil()[0], O_T * G_T),
        ),
        Slip(
            "added to the old state",
            "h_t is no sum. It is a share of tanh c_t.",
            lambda: (_pencil()[0], O_T + math.tanh(_pencil()[0])),
        ),
        Slip(
            "o forgotten",
            "That is tanh(c_t). How much of it does the output gate show?",
            lambda: _pencil(o=1.0),
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
