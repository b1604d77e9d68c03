"""Exercises of chapter 11 on paper: a gradient cut by hand, powers at radius 1, and a proof that fails."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Choice, Number, Slip
from lstm_course.exercises.rnn_reach.cut import CUT_BY_HAND

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
        Slip(
            "the stretch comes to nothing",
            "Of the stretch you say that nothing is left. One of its directions shrinks; what happens to the other?",
            lambda: (*_norms()[:2], 0.0),
        ),
        Slip(
            "one step of the weaker direction",
            "½ is one step of the stretch's weaker direction. The largest singular value belongs to the stronger one.",
            lambda: (*_norms()[:2], 0.5),
        ),
        Slip(
            "one step",
            "That is one step. Between the two states lie a hundred: take the power of the matrix first.",
            lambda: _norms(1),
        ),
        Slip(
            "Frobenius norm",
            "√2 is the Frobenius norm of a rotation: the root of the sum of the squares of all singular values. Asked for "
            "is the largest of them.",
            lambda: tuple(
                float(np.linalg.norm(np.linalg.matrix_power(np.array(W), 100))) for W in MATRICES.values()
            ),
        ),
        Slip(
            "Frobenius norm of one step",
            "Those are Frobenius norms, and of one step. Take the hundredth power first, and of it the largest singular "
            "value.",
            lambda: tuple(float(np.linalg.norm(np.array(W))) for W in MATRICES.values()),
        ),
        Slip(
            "Frobenius norm to the power",
            "You raised the Frobenius norm of one step to the power 100. That bounds the norm of the product, and from far "
            "above.",
            lambda: tuple(float(np.linalg.norm(np.array(W))) ** 100 for W in MATRICES.values()),
        ),
        Slip(
            "a rotation comes to nothing",
            "A rotation leaves every length as it is. Its eigenvalues are not real, but their size is 1, and singular "
            "values are lengths.",
            lambda: (0.0, *_norms()[1:]),
        ),
        Slip(
            "rotation with a sign",
            "A singular value is a length and has no sign. What does a rotation do to lengths?",
            lambda: (-1.0, *_norms()[1:]),
        ),
        Slip(
            "squares",
            "That is the square, the eigenvalue of the power's transpose times the power. The singular value is its root.",
            lambda: tuple(norm**2 for norm in _norms()),
        ),
        Slip(
            "weakest direction of the shear",
            "That is the shear's smallest singular value, its weakest direction. The largest is asked for.",
            lambda: (1.0, 1 / _norms()[1], 0.5**100),
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
