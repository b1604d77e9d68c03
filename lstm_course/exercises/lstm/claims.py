"""Exercises of chapter 12 about claims: a listing that claims to be a network, and a state that cannot count."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_number
from lstm_course.checker import Bug, Built, Demand, Slip

# --- a planted bug ----------------------------------------------------------------------------------

PEEPHOLE_LISTING = Bug(
    label="peephole-listing",
    prompt=(
        "A colleague has written a step of an LSTM with peepholes. It runs, every shape fits, it even learns, but it "
        "is not the network of the equations. Which line is wrong? Name it by the variable that it computes."
    ),
    listing="""\
def peephole_step(params, x_t, h_prev, c_prev):
    p_i, p_f, p_o = params.peephole
    a_t = x_t @ params.weight_ih.T + h_prev @ params.weight_hh.T + params.bias
    a_i, a_f, a_g, a_o = np.split(a_t, 4, axis=1)
    i_t = sigmoid(a_i + p_i * c_prev)
    f_t = sigmoid(a_f + p_f * c_prev)
    o_t = sigmoid(a_o + p_o * c_prev)
    g_t = np.tanh(a_g)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t
""",
    line="o_t",
    tempting={
        "p_i": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "p_f": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "p_o": "Three rows, for i, f and o: that is how the peepholes are stored.",
        "a_t": "The cell state comes in further down, gate by gate. This line is that of any LSTM.",
        "a_i": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_f": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_g": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "a_o": "Four blocks in the order i, f, g, o. That is the order of the weights.",
        "i_t": "The input gate decides before the cell has changed, and sees the old state. Right.",
        "f_t": "The forget gate decides before the cell has changed, and sees the old state. Right.",
        "g_t": "The candidate is no gate and has no peephole. Right.",
        "c_t": "Keep some, add some: right.",
        "h_t": "A share of the squashed new state: right.",
        "return": "Hidden state first, cell state second: as everywhere in this package.",
    },
    hint="Say of each line which equation it is, and compare the indices.",
    why="The output gate comes last and sees the new cell state, c_t. So its line must also stand below that of c_t.",
    hints=(
        "Each line is an equation of this chapter. Look at what each gate sees, and when.",
        "Which gate acts after the cell state has changed?",
    ),
)

# --- a squashed counter -----------------------------------------------------------------------------


def _read_pair(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError("the answer must hold two numbers: w and u")
    w, u = (as_number(name, value) for name, value in zip("wu", answer, strict=True))
    if u == 0:
        raise ValueError("u must not be 0")
    return w, u


def _misread(count, silent=0):
    """Where h/u, rounded, is not the number of ones so far: `count` ones, then `silent` zeros."""

    def test(pair):
        w, u = pair
        h = 0.0
        for t in range(1, count + silent + 1):
            h = np.tanh(w * h + u * (t <= count))
            if round(float(h / u)) != min(t, count):
                after = f"after {t} ones" if t <= count else f"after {count} ones and {t - count} zeros"
                return f"h/u is {h / u:.2f} {after}."
        return ""

    return test


SQUASHED_COUNTER = Built(
    label="squashed-counter",
    level="hard",
    kind="design",
    prompt=(
        "A counterexample to 'a squashed state cannot count': choose w and u so that h = tanh(w h + u x), from h = 0, "
        "counts the ones in its input to 2,000, read off as h/u rounded, and holds the count over 1,000 zeros."
    ),
    read=_read_pair,
    form_text="Your answer is a pair of numbers: (w, u).",
    demands=(
        Demand(
            "counts to 200",
            _misread(200),
            "Each one should add u to h, whatever h is. Where is tanh so straight that it does?",
        ),
        Demand(
            "counts to 2,000",
            _misread(2000),
            "tanh takes about h³/3 away at every step. Over 2,000 steps that must stay below half of u.",
        ),
        Demand(
            "holds its count over 1,000 zeros",
            _misread(2000, 1000),
            "Without input h should stay where it is. What does w do to it at every step, and what does tanh?",
        ),
    ),
    slips=(
        Slip(
            "no memory",
            "With w = 0 nothing of h is left at the next step.",
            lambda p: p[0] == 0,
        ),
        Slip(
            "changes sides",
            "With w below 0 h changes its sign at every step.",
            lambda p: p[0] < 0,
        ),
        Slip(
            "forgets",
            "With w below 1 every step takes a share of the count away.",
            lambda p: p[0] < 1 - 1e-6,
        ),
        Slip(
            "runs away",
            "With w above 1 every step makes the count larger by a share.",
            lambda p: p[0] > 1 + 1e-6,
        ),
        Slip(
            "steps too large",
            "w is right. But u is so large that h leaves the straight part of tanh: over the count and the zeros behind "
            "it more than half a step is lost.",
            lambda p: abs(p[1]) > 3.5e-7,
        ),
    ),
    example=lambda: (1.0, 1e-7),
    why="It counts because a float keeps the zeros behind the point in its exponent. tanh loses h³/3 a step, so a count to n needs u below "
    "√6/n², and below that if it must be held, and a reader that tells numbers apart that are u apart. With a last place behind the point there is an end.",
    hints=(
        "Which w neither shrinks nor enlarges h, as long as h is small?",
        "For small a, tanh a ≈ a − a³/3. How much is lost over n steps when h grows to n·u?",
        "Σ (j u)³/3 over j up to n is about u³n⁴/12. Each zero takes h³/3, too: what must u be so that 1,000 of them do "
        "no harm? Together the losses must be below u/2.",
    ),
)

EXERCISES = (PEEPHOLE_LISTING, SQUASHED_COUNTER)
