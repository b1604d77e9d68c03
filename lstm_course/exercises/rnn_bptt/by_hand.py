"""Exercises of chapter 10 on paper: the deltas of three steps, and a prediction about untied copies."""

from __future__ import annotations

from lstm_course.checker import Number, Slip
from lstm_course.exercises.rnn_bptt.deltas import THREE_DELTAS

# --- copies of their own ----------------------------------------------------------------------------

HAND_H, HAND_W, HAND_W_Y, HAND_TARGET = (4.0, 4.0, 6.0, 5.0), 0.5, 3.0, (11.0, 19.0, 14.0)


def _copies(*, weight=HAND_W, tails=HAND_H[:3], read=HAND_W_Y, error=HAND_W_Y * HAND_H[2] - HAND_TARGET[1]):
    """What L_2 says about the copies of w_hh at steps 1, 2 and 3, and about one weight for all."""
    delta_2 = read * error
    parts = weight * delta_2 * tails[0], delta_2 * tails[1], 0.0
    return *parts, sum(parts)


def _all_losses():
    """What L_1, L_2 and L_3 together say about the three copies, and about one weight."""
    back, parts = 0.0, []
    for h, before, target in zip(HAND_H[:0:-1], HAND_H[2::-1], HAND_TARGET[::-1], strict=True):
        delta = HAND_W_Y * (HAND_W_Y * h - target) + back
        back = HAND_W * delta
        parts.append(delta * before)
    return *parts[::-1], sum(parts)


def _tied(value):
    return *_copies()[:3], value


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
            "the third copy before its time, and in the sum",
            "You gave copy 3 a share as well, −3 times h_2, and counted it in. Copy 3 multiplies h_2 after L_2 was "
            "made: can L_2 hear of it?",
            lambda: (*_copies()[:2], -18.0, _copies()[3] - 18.0),
        ),
        Slip(
            "L_3 heard as well",
            "What copy 3 has in your answer comes from L_3. Only L_2 is kept.",
            lambda: (*_copies()[:2], 18.0, _copies()[3] + 18.0),
        ),
        Slip(
            "all losses",
            "These are the derivatives of the sum of all three losses. Only L_2 is kept.",
            _all_losses,
        ),
        Slip(
            "one weight with all losses",
            "For the one weight you took the derivative of all three losses; here, too, only L_2 is kept.",
            lambda: _tied(_all_losses()[3]),
        ),
        Slip(
            "mean of the three copies",
            "−6 is their mean, and also copy 1 alone, and the difference of the first two. The uses "
            "of one weight add up.",
            lambda: _tied(_copies()[3] / 3),
        ),
        Slip(
            "mean of two copies",
            "For the one weight you have the mean of two of them. The uses of one weight add up.",
            lambda: _tied(_copies()[3] / 2),
        ),
        Slip(
            "copy 2 alone",
            "For the one weight you have copy 2 alone. Which other copy has something to add?",
            lambda: _tied(_copies()[1]),
        ),
        Slip(
            "product of the copies",
            "For the one weight you multiplied them. The uses of one weight add up.",
            lambda: _tied(_copies()[0] * _copies()[1]),
        ),
        Slip(
            "read-out weight forgotten",
            "Your delta_2 is −1, the error of y_2. From y back to h the derivative crosses the read-out weight.",
            lambda: _copies(read=1.0),
        ),
        Slip(
            "read-out weight twice",
            "Your delta_2 has the read-out weight twice. From y back to h the derivative crosses it once.",
            lambda: _copies(read=HAND_W_Y**2),
        ),
        Slip(
            "target minus output",
            "The sign is turned. The loss begins with y − target; y_2 is below its target, so a larger weight helps.",
            lambda: _copies(error=1.0),
        ),
        Slip(
            "the 2 of the square kept",
            "Twice too large. The ½ before the square cancels the 2 that it brings down.",
            lambda: _copies(error=-2.0),
        ),
        Slip(
            "output for error",
            "Your delta_2 begins with y_2 itself. What arrives is y_2 minus its target.",
            lambda: _copies(error=HAND_W_Y * HAND_H[2]),
        ),
        Slip(
            "a step too many on both ways",
            "Both copies have a factor ½ too many. From L_2 nothing lies before copy 2 but delta_2, and one step before "
            "copy 1.",
            lambda: tuple(HAND_W * part for part in _copies()),
        ),
        Slip(
            "a step too many before copy 1",
            "On the way to copy 1 you have ½ twice. One step lies between: step 2.",
            lambda: _copies(weight=HAND_W**2),
        ),
        Slip(
            "a step before copy 2",
            "You put the factor ½ before copy 2 as well. Copy 2 is used in the step that made h_2: nothing lies between.",
            lambda: (_copies()[0], HAND_W * _copies()[1], 0.0, _copies()[0] + HAND_W * _copies()[1]),
        ),
        Slip(
            "inputs for states",
            "You multiplied by the inputs x. w_hh multiplies the state that comes in.",
            lambda: _copies(tails=(1.0, 2.0, 1.0)),
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
