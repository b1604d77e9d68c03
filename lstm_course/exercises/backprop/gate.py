"""Exercises of chapter 1 on paper: the rules at a node, for a gate."""

from __future__ import annotations

from lstm_course.checker import Number, Slip
from lstm_course.nodes import multiply_backward

GATE, KEPT, SHARE, NEW, ARRIVES = 0.9, -2.0, 0.5, 0.8, 3.0


def _through_a_gate():
    """The derivatives of c = f q + i g by f, q, i and g."""
    return tuple(
        float(part)
        for factors in ((GATE, KEPT), (SHARE, NEW))
        for part in multiply_backward(*factors, ARRIVES)
    )


THROUGH_A_GATE = Number(
    label="through-a-gate",
    prompt=(
        "Let c = f q + i g with f = 0.9, q = -2, i = 0.5 and g = 0.8, and let the derivative of the loss by c be 3. "
        "What are the derivatives by f, q, i and g?"
    ),
    names=("dL_df", "dL_dq", "dL_di", "dL_dg"),
    answer=_through_a_gate,
    slips=(
        Slip(
            "not swapped",
            "Each factor got its own value. A product swaps: the derivative by one factor has the other one in it.",
            lambda: tuple(ARRIVES * own for own in (GATE, KEPT, SHARE, NEW)),
        ),
        Slip(
            "what arrives forgotten",
            "Those are the derivatives of c. The loss moves 3 times as fast as c, so each is multiplied by 3.",
            lambda: (KEPT, GATE, NEW, SHARE),
        ),
        Slip(
            "as if all were added",
            "A sum hands on what arrives unchanged, but here each term is a product, and it has a rule of its own.",
            lambda: (ARRIVES,) * 4,
        ),
        Slip(
            "factors of the other product",
            "The partner of f is q, and the partner of i is g. The other product is another term of the sum, which "
            "does not move with it.",
            lambda: tuple(ARRIVES * other for other in (NEW, SHARE, KEPT, GATE)),
        ),
        Slip(
            "divided by the factors",
            "You divided by the factor. Hold one factor: the product is then a straight line in the other, and its "
            "slope is the factor that you hold.",
            lambda: (ARRIVES / GATE, ARRIVES / KEPT, ARRIVES / SHARE, ARRIVES / NEW),
        ),
        Slip(
            "divided by the other factor",
            "You divided by the other factor. Hold it: the product is then a straight line, and its slope is that "
            "factor.",
            lambda: (ARRIVES / KEPT, ARRIVES / GATE, ARRIVES / NEW, ARRIVES / SHARE),
        ),
        Slip(
            "what arrives added",
            "You added what arrives to the factor. The chain rule multiplies.",
            lambda: (ARRIVES + KEPT, ARRIVES + GATE, ARRIVES + NEW, ARRIVES + SHARE),
        ),
        Slip(
            "what arrives divides",
            "You divided the factor by what arrives. The loss moves 3 times as fast as c: multiply.",
            lambda: (KEPT / ARRIVES, GATE / ARRIVES, NEW / ARRIVES, SHARE / ARRIVES),
        ),
        Slip(
            "the sum splits",
            "You gave each product half of the 3. A sum does not share out what arrives: each term gets all of it.",
            lambda: tuple(ARRIVES / 2 * other for other in (KEPT, GATE, NEW, SHARE)),
        ),
        Slip(
            "the value of c as a factor",
            "Your numbers have c in place of dL/dc = 3. What arrives is how the loss moves with c, not c itself.",
            lambda: tuple((GATE * KEPT + SHARE * NEW) * other for other in (KEPT, GATE, NEW, SHARE)),
        ),
        Slip(
            "c as one more factor",
            "Your numbers hold the value of c as well. The derivatives are made of the other factor and of what arrives.",
            lambda: tuple(
                ARRIVES * (GATE * KEPT + SHARE * NEW) * other for other in (KEPT, GATE, NEW, SHARE)
            ),
        ),
        Slip(
            "own product",
            "Each derivative got the whole product. By one factor the derivative is the other one: the factor itself "
            "drops out.",
            lambda: tuple(
                ARRIVES * product for product in (GATE * KEPT, GATE * KEPT, SHARE * NEW, SHARE * NEW)
            ),
        ),
        Slip(
            "all factors of c",
            "All four factors stand in your numbers. The other product is another term of the sum and does not move.",
            lambda: tuple(ARRIVES * GATE * KEPT * SHARE * NEW / own for own in (GATE, KEPT, SHARE, NEW)),
        ),
        Slip(
            "slope of σ at the gate",
            "You multiplied by f(1 − f) or i(1 − i). That slope belongs to the way from the gate to its pre-activation; "
            "here f and i themselves are asked for.",
            lambda: (
                ARRIVES * KEPT * GATE * (1 - GATE),
                ARRIVES * GATE,
                ARRIVES * NEW * SHARE * (1 - SHARE),
                ARRIVES * SHARE,
            ),
        ),
        Slip(
            "slope of tanh at g",
            "You multiplied by 1 − g². That slope belongs to the way from g to its pre-activation; here g itself is "
            "asked for.",
            lambda: (ARRIVES * KEPT, ARRIVES * GATE, ARRIVES * NEW, ARRIVES * SHARE * (1 - NEW**2)),
        ),
        Slip(
            "slopes of the gates and of g",
            "Slopes of σ and tanh are in it. They belong to the way on to the pre-activations; here the four values "
            "themselves are asked for.",
            lambda: (
                ARRIVES * KEPT * GATE * (1 - GATE),
                ARRIVES * GATE,
                ARRIVES * NEW * SHARE * (1 - SHARE),
                ARRIVES * SHARE * (1 - NEW**2),
            ),
        ),
        Slip(
            "1 − f in place of f",
            "You used 1 − f. Here the factor of q is f itself, 0.9.",
            lambda: (ARRIVES * KEPT, ARRIVES * (1 - GATE), ARRIVES * NEW, ARRIVES * SHARE),
        ),
        Slip(
            "sign of the derivative by f",
            "By f and q the sign is turned. The product has a plus before it; only q itself is negative.",
            lambda: (-ARRIVES * KEPT, -ARRIVES * GATE, ARRIVES * NEW, ARRIVES * SHARE),
        ),
        Slip(
            "sign lost",
            "q is negative, so a larger f makes c smaller.",
            lambda: (-KEPT * ARRIVES, GATE * ARRIVES, NEW * ARRIVES, SHARE * ARRIVES),
        ),
    ),
    why="The sum hands 3 to both products, and each product swaps its factors. This is the cell of an LSTM.",
    hints=(
        "Draw it: two nodes × and one node +. Write 3 at the line that leaves the sum.",
        "The sum hands the 3 to both products as it is.",
        "In a product the derivative by one factor is the other factor times what arrives.",
    ),
)
