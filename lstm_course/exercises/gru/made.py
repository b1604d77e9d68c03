"""Exercises of chapter 15 to find a bug and, from their own modules, to set weights by hand."""

from __future__ import annotations

from lstm_course.checker import Bug
from lstm_course.exercises.gru.latch import GRU_LATCH
from lstm_course.exercises.gru.ring import GRU_MODULO_THREE

# --- a planted bug ----------------------------------------------------------------------------------

MEANT_FOR_TORCH = Bug(
    label="meant-for-torch",
    prompt=(
        "The listing is meant to be one step of torch's nn.GRU. It agrees with it for a single unit without biases; "
        "in general it does not. Which line is wrong? Name it by the variable that it computes."
    ),
    listing="""\
def step(W_ih, W_hh, b_ih, b_hh, x, h):
    H = h.shape[1]
    gi = x @ W_ih.T + b_ih
    gh = h @ W_hh.T + b_hh
    r = sigmoid(gi[:, :H] + gh[:, :H])
    z = sigmoid(gi[:, H : 2 * H] + gh[:, H : 2 * H])
    q = r * h @ W_hh[2 * H :].T + b_hh[2 * H :]
    n = np.tanh(gi[:, 2 * H :] + q)
    new = n + z * (h - n)
    return new
""",
    line="q",
    tempting={
        "H": "The state has H columns, one for each unit.",
        "gi": "All three products with the input at once, with torch's first bias: as in the library.",
        "gh": "All three products with the state at once, with torch's second bias. They need not wait for r.",
        "r": "The first block is the reset gate, and a gate sees input and state: right.",
        "z": "The second block is the update gate in torch's order r, z, n: right.",
        "n": "The tanh of the input's share and of what the past may say: right, if q is.",
        "new": "n + z (h − n) is (1 − z) n + z h, with the brackets multiplied out. It keeps at z = 1.",
        "return": "The new state is returned.",
    },
    hint="Go through the equations of the cell one by one, and find the line for each.",
    why="`r * h @ W` is (r * h) @ W: the reset stands before the product, and the bias is not scaled. torch has it "
    "after: q = r * gh[:, 2 * H:].",
    hints=(
        "For one unit without biases something commutes that does not commute otherwise. What?",
        "In Python * and @ bind equally, from the left. Put in the brackets.",
    ),
)

SET_BY_HAND = (GRU_LATCH, GRU_MODULO_THREE)
