"""Exercises of chapter 11 on paper: a gradient cut by hand, powers at radius 1, and a proof that fails."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.gradient_flow import forward_by_steps, terms_by_lag, truncated_backward
from lstm_course.rnn import RNNParams

# --- a gradient cut by hand -------------------------------------------------------------------------

HAND = RNNParams(np.array([[2.0]]), np.array([[0.5]]), np.zeros(1))
READ = (3.0, -3.0, 3.0)


def _parts():
    """The hand example's derivative by w_hh: whole, windows of 2, look-back of 2."""
    _, steps = forward_by_steps(HAND, [[[1.0]], [[2.0]], [[1.0]]], [[4.0]], activation="identity")
    dh = np.reshape(READ, (3, 1, 1))
    terms = terms_by_lag(HAND, steps, dh).ravel()
    cut = truncated_backward(HAND, steps, dh, 2).weight_hh.item()
    return float(terms.sum()), cut, float(terms[:2].sum())


CUT_BY_HAND = Number(
    label="cut-by-hand",
    level="warm-up",
    prompt=(
        "Take the three steps of chapter 10: h_t = 2 x_t + ½ h_{t-1} with states h_0 to h_3 = 4, 4, 6, 5 and "
        "dL_t/dh_t = 3, -3, 3. What is the derivative of L by w_hh, whole; cut into windows of 2 steps; and with a "
        "look-back of 2 steps for every loss, its own included?"
    ),
    names=("whole", "windows", "look_back"),
    answer=_parts,
    atol=1e-9,
    slips=(
        Slip(
            "nothing cut",
            "All three are the whole. A cut drops the terms that cross it.",
            lambda: (_parts()[0],) * 3,
        ),
        Slip(
            "only lag 0 kept in the windows",
            "You kept lag 0 alone. Inside the first window the loss at step 2 still looks back to step 1: −6.",
            lambda: (_parts()[0], 18.0, _parts()[2]),
        ),
        Slip(
            "two kinds of cut exchanged",
            "The two are exchanged. Windows cut at a fixed border, here between steps 2 and 3; a look-back goes with "
            "the loss.",
            lambda: (_parts()[0], _parts()[2], _parts()[1]),
        ),
        Slip(
            "windows from the end",
            "Your border lies between steps 1 and 2. Windows are counted from the start: steps 1 and 2, then step 3.",
            lambda: (_parts()[0], 12.0 - 12.0 + 18.0 + 6.0, _parts()[2]),
        ),
        Slip(
            "signs lost",
            "You added sizes. L₂ wants a larger output, so its terms are negative.",
            lambda: (57.0, 48.0, 54.0),
        ),
    ),
    why="Six terms: 12 from L₁; −12 and −6 from L₂; 18, 6 and 3 from L₃. Windows of 2 lose the 6 and the 3 of L₃; a "
    "look-back of 2 loses the 3 alone.",
    hints=(
        "Write the six terms down: for each loss, and each use of w_hh before it, what comes back times the state.",
        "L₁ has one term, L₂ two, L₃ three; each further lag brings a factor ½.",
        "Then strike out: for windows all that passes from step 3 to step 2; for the look-back all of lag 2.",
    ),
)

# --- spectral radius 1 ------------------------------------------------------------------------------

MATRICES = {
    "rotation": [[0.0, -1.0], [1.0, 0.0]],
    "shear": [[1.0, 1.0], [0.0, 1.0]],
    "stretch": [[1.0, 0.0], [0.0, 0.5]],
}


def _norms(power=100):
    """The 2-norm of the power of each matrix."""
    return tuple(
        float(np.linalg.norm(np.linalg.matrix_power(np.array(W), power), 2)) for W in MATRICES.values()
    )


RADIUS_ONE = Number(
    label="radius-one",
    kind="predict",
    prompt=(
        "Three linear networks with spectral radius 1: W_hh is the rotation [[0, -1], [1, 0]], the shear "
        "[[1, 1], [0, 1]], or the stretch [[1, 0], [0, 0.5]]. What is the largest singular value of the derivative of "
        "h_T by the state 100 steps earlier?"
    ),
    names=("rotation", "shear", "stretch"),
    answer=_norms,
    rtol=0.011,
    slips=(
        Slip(
            "radius 1 taken to settle it",
            "You took the radius for the answer. At exactly 1 the powers may stay or grow: multiply the shear by itself "
            "a few times.",
            lambda: (1.0, 1.0, 1.0),
        ),
        Slip(
            "largest stretch taken every time",
            "You took the power of the largest singular value. That is an upper bound: the shear's best direction of "
            "the first step is not its best of the second.",
            lambda: tuple(float(np.linalg.norm(np.array(W), 2)) ** 100 for W in MATRICES.values()),
        ),
        Slip(
            "doubled at every step",
            "The corner of the shear does not double. What is added to it at each step?",
            lambda: (1.0, 2.0**100, 1.0),
        ),
        Slip(
            "smallest stretch for the largest",
            "The largest singular value is asked for, the direction that survives best. One direction of the stretch "
            "is left alone.",
            lambda: (1.0, _norms()[1], 0.5**100),
        ),
    ),
    why="A rotation keeps all lengths. The shear's powers are [[1, k], [0, 1]], so its norm is close to k: it grows, "
    "but no power of a number above 1. The stretch keeps one direction. Radius 1 settles nothing.",
    hints=(
        "In a linear network the derivative over k steps is the k-th power of W_hh.",
        "Write down the square and the cube of each. Which entry changes, and by how much each time?",
        "With a large corner k the shear's largest singular value is close to k.",
    ),
)

# --- a proof that fails -----------------------------------------------------------------------------

PROVE_THE_BOUND = Choice(
    label="prove-the-bound",
    kind="paper",
    prompt=(
        "Someone proves: if all slopes are at most 1 and the spectral radius of W_hh is below 1, the derivative over k "
        "steps dies out. Which is the first line that fails in general, and why?"
    ),
    options={
        "a": "∂h_T/∂h_{T−k} = J_T J_{T−1} ⋯ J_{T−k+1}",
        "b": "so its spectral radius is at most the product of those of the factors",
        "c": "each factor's spectral radius is at most that of W_hh, since the slopes are at most 1",
        "d": "and ρ(W_hh)ᵏ goes to zero, so the derivative does",
    },
    reasons={
        "1": "A product of two matrices can have large eigenvalues where both factors have small ones.",
        "2": "The order of the factors is wrong.",
        "3": "A power of a number below 1 need not go to zero.",
        "4": "Slopes may be negative.",
    },
    right=("b", "1"),
    replies={
        "a": "That is the chain rule, the latest step on the left. It holds.",
        "c": "It fails too, as the example of radius 0 shows. But a line before it has failed already.",
        "d": "A power of a number below 1 goes to zero. The fault lies earlier; though even where the radius of a matrix "
        "goes to zero, the matrix need not.",
        "2": "The latest step stands on the left, which is right. Ask what is known about eigenvalues of a product.",
        "3": "It does, for any number below 1. Ask what is known about eigenvalues of a product.",
        "4": "The slopes of tanh are positive, and at most 1. Ask what is known about eigenvalues of a product.",
    },
    why="For A = [[0, 1], [0, 0]] and B its transpose both radii are 0, and that of AB is 1. Put ‖·‖₂ for ρ, and every "
    "line holds: ‖ABv‖ ≤ ‖A‖₂‖Bv‖ ≤ ‖A‖₂‖B‖₂‖v‖, and ‖diag(f′)W‖₂ ≤ ‖W‖₂. That is the proof of the bound.",
    hints=(
        "Try each line with 2×2 matrices that have zeros on the diagonal and a single other entry.",
        "A = [[0, 1], [0, 0]] has only the eigenvalue 0, and so has its transpose. What about their product?",
    ),
)

EXERCISES = (CUT_BY_HAND, RADIUS_ONE, PROVE_THE_BOUND)
