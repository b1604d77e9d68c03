"""Exercises of chapter 15 to find a bug and to set weights by hand."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.gru import GRUParams, gru_forward

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

# --- weights set by hand ----------------------------------------------------------------------------


def _read_params(n_in, n):
    def read(answer):
        if not isinstance(answer, GRUParams):
            parts = tuple(answer.values()) if isinstance(answer, dict) else tuple(answer)
            if len(parts) != 4:
                raise ValueError(
                    f"the answer must hold weight_ih, weight_hh, bias and bias_hn, got {len(parts)} parts"
                )
            answer = GRUParams(*(np.asarray(part, dtype=np.float64) for part in parts))
        if (answer.input_size, answer.hidden_size) != (n_in, n):
            raise ValueError(
                f"the answer must have {n_in} inputs and {n} units, got {answer.input_size} and {answer.hidden_size}"
            )
        return answer

    return read


STARTS, NOISE = (-0.9, 0.0, 0.9), np.where(np.arange(100) % 3 == 0, 1.0, -1.0)


def _latch_after(params, start, inputs):
    x = np.array(inputs, params.weight_ih.dtype)[:, None]
    return gru_forward(params, x, np.array([[start]], x.dtype))[0][:, 0, 0]


def _takes(params):
    for start in STARTS:
        for value in (1.0, -1.0):
            h = _latch_after(params, start, [(value, 1)])[-1]
            if h * value < 0.9:
                return f"From h = {start} the input ({value:g}, 1) gives {h:.3f}."
    return ""


def _keeps(params):
    for start in STARTS:
        h = _latch_after(params, start, [(value, 0) for value in NOISE])
        far = int(np.argmax(abs(h - start)))
        if abs(h[far] - start) > 0.05:
            return f"From h = {start} the state is {h[far]:.3f} after {far + 1} steps with flag 0."
    return ""


def _keeps_at_the_flag(params):
    step = _latch_after(params, 0.9, [(-1.0, 1)])[-1]
    return abs(step - 0.9) < 0.1 and abs(_latch_after(params, 0.9, [(-1.0, 0)])[-1] - 0.9) > 0.5


def _leaks(params):
    return not _takes(params) and all(
        abs(_latch_after(params, start, [(1.0, 0)])[-1] - start) < 0.05 for start in STARTS
    )


GRU_LATCH = Built(
    label="gru-latch",
    prompt=(
        "Set the weights of one unit with two inputs, a value that is +1 or -1 and a flag that is 1 or 0. At flag 1 "
        "the state must take the value's sign (beyond 0.9 in size), whatever it was. At flag 0 it must stay within "
        "0.05 of what it was over 100 steps, whatever values come."
    ),
    read=_read_params(2, 1),
    form_text="Your answer is a GRUParams with I = 2 and H = 1, or its four arrays.",
    demands=(
        Demand(
            "takes the value at flag 1",
            _takes,
            "At flag 1 the old state must go, so z must be near 0, and the candidate must be the value's sign.",
        ),
        Demand(
            "keeps its state at flag 0",
            _keeps,
            "At flag 0 the update gate must be near 1, whatever the value is.",
        ),
    ),
    slips=(
        Slip(
            "the gate the wrong way round",
            "Your unit keeps at flag 1 and follows the value at flag 0. z near 1 keeps: change the sign of what enters "
            "it.",
            _keeps_at_the_flag,
        ),
        Slip(
            "a gate that leaks",
            "One step is kept well enough, a hundred are not: a share 1 − z is lost at each. How close to 1 must z be?",
            _leaks,
        ),
    ),
    example=lambda: GRUParams(
        np.array([[0.0, 0.0], [0.0, -40.0], [5.0, 0.0]]),
        np.zeros((3, 1)),
        np.array([0.0, 20.0, 0.0]),
        np.zeros(1),
    ),
    why="The bias of z holds the gate near 1, and the flag's weight, twice as large and negative, brings it near 0.",
    hints=(
        "Two equations are enough: what must z be at flag 0 and at flag 1? What must n be?",
        "σ(20) is 1 − 2 · 10⁻⁹. A bias of 20 and a weight of −40 from the flag give both values of z.",
        "Let the candidate see the value alone, with a weight of some size, and the past not at all.",
    ),
)

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
    return bool((_ring(params, [1.0])[-1] * np.array([-1, 1, 1]) > 0.9).all())


GRU_MODULO_THREE = Built(
    label="gru-modulo-three",
    level="hard",
    prompt=(
        "Set the weights of three units with one input, a letter 1 or 0, that count the ones modulo 3. They start at "
        "(1, -1, -1). After m ones the unit number m mod 3 (from 0) must stand above 0.9 and the others below -0.9, "
        "over a word of 600 letters."
    ),
    read=_read_params(1, 3),
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

SET_BY_HAND = (GRU_LATCH, GRU_MODULO_THREE)
