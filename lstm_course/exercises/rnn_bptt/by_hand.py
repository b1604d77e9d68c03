"""Exercises of chapter 10 on paper: the deltas of three steps, and a prediction about untied copies."""

from __future__ import annotations

from lstm_course.checker import Number, Slip

# --- three deltas -----------------------------------------------------------------------------------

STATES, READ, WEIGHT = (0.5, 0.6, -0.5, 0.8), (1.0, -2.0, 1.0), 2.0
SLOPES = tuple(1 - h**2 for h in STATES[1:])


def _deltas(
    *,
    slopes=SLOPES,
    read=READ,
    weight=WEIGHT,
    tails=STATES[:3],
    slope_on_all=True,
):
    """delta_3, delta_2, delta_1 and dL/dw_hh, with other factors if given."""
    deltas, arrives = [], 0.0
    for slope, says in zip(slopes[::-1], read[::-1], strict=True):
        deltas.append((says + arrives) * slope if slope_on_all else says * slope + arrives)
        arrives = weight * deltas[-1]
    return *deltas, sum(d * h for d, h in zip(deltas[::-1], tails, strict=True))


THREE_DELTAS = Number(
    label="three-deltas",
    prompt=(
        "One tanh unit with w_hh = 2 ran through the states h_0 = 0.5, h_1 = 0.6, h_2 = -0.5, h_3 = 0.8. The losses "
        "say dL_1/dh_1 = 1, dL_2/dh_2 = -2, dL_3/dh_3 = 1. What are delta_3, delta_2, delta_1 and dL/dw_hh?"
    ),
    names=("delta_3", "delta_2", "delta_1", "dL_dw"),
    answer=_deltas,
    rtol=0.002,
    slips=(
        Slip(
            "slopes forgotten",
            "Those are the derivatives by the states. A delta is the derivative by the pre-activation: the slope of "
            "tanh at that step, 1 − h², lies between.",
            lambda: _deltas(slopes=(1.0, 1.0, 1.0)),
        ),
        Slip(
            "slope at the state before",
            "Your slopes are one step early. The slope of step t is taken where step t ended up, 1 − h_t².",
            lambda: _deltas(slopes=tuple(1 - h**2 for h in STATES[:3])),
        ),
        Slip(
            "slope of the sigmoid",
            "h(1 − h) is the slope of the sigmoid. This unit is a tanh.",
            lambda: _deltas(slopes=tuple(h * (1 - h) for h in STATES[1:])),
        ),
        Slip(
            "next step forgotten",
            "Each of your steps hears its own loss only. A second thing arrives at every state but the last.",
            lambda: _deltas(weight=0.0),
        ),
        Slip(
            "weight forgotten on the way back",
            "What comes back from step t + 1 has crossed an edge. What is its weight?",
            lambda: _deltas(weight=1.0),
        ),
        Slip(
            "slope on the loss only",
            "You multiply the loss's part by the slope, and what comes from the next step not. Both arrive at h_t, and "
            "both must pass the unit.",
            lambda: _deltas(slope_on_all=False),
        ),
        Slip(
            "only the last loss",
            "You sent back L_3 alone. The loss is the sum of all three.",
            lambda: _deltas(read=(0.0, 0.0, 1.0)),
        ),
        Slip(
            "state after the step",
            "The deltas are right. But each is paired with the state that its step made; w_hh multiplied the state "
            "before.",
            lambda: _deltas(tails=STATES[1:]),
        ),
        Slip(
            "averaged over the steps",
            "The deltas are right, and then you took a mean. The uses of one weight add up.",
            lambda: (*_deltas()[:3], _deltas()[3] / 3),
        ),
    ),
    why="From the last step to the first: what the loss says, plus 2 times the later delta, times 1 − h². Then each "
    "delta times the state before its step.",
    hints=(
        "Begin at step 3, where nothing comes back. For tanh the slope in terms of the state is 1 − h².",
        "At step 2 two things arrive: what L_2 says, and w_hh times delta_3. Add them, then multiply by the slope.",
        "For the weight pair delta_t with h_{t−1} and add the three products.",
    ),
)

# --- copies of their own ----------------------------------------------------------------------------

HAND_H, HAND_W, HAND_W_Y, HAND_TARGET = (4.0, 4.0, 6.0, 5.0), 0.5, 3.0, (11.0, 19.0, 14.0)


def _copies(*, weight=HAND_W, tails=HAND_H[:3]):
    """What L_2 says about the copies of w_hh at steps 1, 2 and 3, and about one weight for all."""
    delta_2 = HAND_W_Y * (HAND_W_Y * HAND_H[2] - HAND_TARGET[1])
    parts = weight * delta_2 * tails[0], delta_2 * tails[1], 0.0
    return *parts, sum(parts)


UNTIED_COPIES = Number(
    label="untied-copies",
    kind="predict",
    prompt=(
        "Give each step of the worked example a w_hh of its own, all three ½, and keep only the loss L_2, with its "
        "target 19. What is the derivative of L_2 by the copies of steps 1, 2 and 3, and what was it by the one "
        "weight that they replace?"
    ),
    names=("copy_1", "copy_2", "copy_3", "tied"),
    answer=_copies,
    atol=1e-9,
    slips=(
        Slip(
            "every copy gets the whole",
            "Each copy got the derivative of the common weight. A copy is used at one step only.",
            lambda: (_copies()[3],) * 4,
        ),
        Slip(
            "shared out evenly",
            "You shared the whole out evenly. What a copy gets depends on its step: the state before it, and the way "
            "to the loss.",
            lambda: (_copies()[3] / 3,) * 3 + (_copies()[3],),
        ),
        Slip(
            "the way back forgotten",
            "What copy 1 does must still pass step 2 before L_2 can see it. By which factor?",
            lambda: _copies(weight=1.0),
        ),
        Slip(
            "only the last use",
            "The copy of step 1 made h_1, and h_1 goes into h_2. So L_2 does depend on it.",
            lambda: _copies(weight=0.0),
        ),
        Slip(
            "state after the step",
            "You paired each delta with the state that its step made. The copy multiplied the state before.",
            lambda: _copies(tails=HAND_H[1:]),
        ),
        Slip(
            "the third copy before its time",
            "Copy 3 multiplies h_2, but after L_2 was made. What can a loss say about what comes later?",
            lambda: (*_copies()[:2], -18.0, _copies()[3]),
        ),
        Slip(
            "the future has a share",
            "You found the sum of the first two. But a loss at step 2 was there before step 3 used its copy: its share "
            "is zero.",
            lambda: (
                *_copies()[:2],
                HAND_W_Y * (HAND_W_Y * HAND_H[2] - HAND_TARGET[1]) * HAND_H[2] * HAND_W,
                _copies()[3],
            ),
        ),
    ),
    why="The forward pass does not change, nor do the deltas; a copy gets the one term of its step, and tying adds the "
    "terms up.",
    hints=(
        "The copies have the same values, so all states stay 4, 6, 5. First δ₂, then what goes back to step 1.",
        "y₂ is 18, one below its target: ∂L₂/∂h₂ = 3 · (−1). Which steps lie before this loss?",
        "Copy 2 gets δ₂h₁. Copy 1 gets ½δ₂ times h₀. Step 3 comes after the loss.",
    ),
)

EXERCISES = (THREE_DELTAS, UNTIED_COPIES)
