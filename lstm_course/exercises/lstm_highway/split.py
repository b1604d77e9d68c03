"""Exercise of chapter 14: the highway and the rest."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises.lstm_highway.paths import (
    after_t0,
    before_t1,
    before_t1_from_1,
    held,
    move_both,
    move_from_the_right,
    move_transposed,
    move_with_b_and_e_exchanged,
    move_with_b_twice,
    move_with_d_and_a_exchanged,
    move_with_h_of_the_same_step,
    move_with_new_h,
    move_with_old_c,
    move_without_e,
    moves_with_c,
    one_step_less,
    sample_paths,
)
from lstm_course.gradient_flow import lstm_highway_split, lstm_local_jacobians


def _product(gates):
    return np.diag(np.prod(gates, axis=0))


def _one_excursion(blocks):
    once, c, h = np.zeros_like(blocks[0].D), np.eye(len(blocks[0].D)), np.zeros_like(blocks[0].D)
    for D, B, A, _ in blocks:
        once, c = D @ once + B @ h, D @ c
        h = A @ c
    return once


def _split_wrong(
    *,
    steps=after_t0,
    choose_row=lambda row: row,
    start=held,
    order=iter,
    move=move_both,
    which=0,
    highway=None,
    answer=lambda total, highway, blocks: (total, highway, total - highway),
):
    """`lstm_highway_split` with one line written differently."""

    def wrong(params, cache, t0, t1, row):
        row = choose_row(row)
        blocks = [lstm_local_jacobians(params, cache, t, row) for t in steps(t0, t1)]
        state = np.eye(params.hidden_size), start(params, cache, t0, row)
        for block in order(blocks):
            state = move(*state, *block)
        kept = np.array([np.diag(block.D) for block in blocks])
        road = highway(cache.f[:, row], t0, t1) if highway else _product(kept)
        return answer(state[which], road, blocks)

    return wrong


HIGHWAY_SPLIT = Exercise(
    label="highway-split",
    hints=(
        "Carry two matrices along, how c moves and how h moves. At the start c moves by the identity, h by zero.",
        "In each step move c first, from the old c and the old h; then h, from the new c and the old h.",
        "The highway needs the D alone: multiply them, and put the product on the diagonal.",
    ),
    prompt=(
        "Split dc_{t1}/dc_{t0}, with h_{t0} held, for one example of the batch: return the total Jacobian, the "
        "highway diag(f_{t0+1} ... f_{t1}), and the rest, total minus highway. lstm_local_jacobians(params, "
        "cache, t, row) gives the blocks (D, B, A, E) of step t, which counts from 1."
    ),
    inputs=("params", "cache", "t0", "t1", "row"),
    outputs=("total", "highway", "rest"),
    shapes=("(H, H)", "(H, H)", "(H, H)"),
    reference=lstm_highway_split,
    sample=sample_paths,
    sizes=6,
    mistakes=(
        Mistake(
            "steps t0 to t1 - 1",
            "You take the steps t0 to t1 - 1. c_{t0} is what step t0 has put out, so the first step on the "
            "way to c_{t1} is the next one.",
            _split_wrong(steps=before_t1),
            also=(_split_wrong(steps=before_t1_from_1),),
        ),
        Mistake(
            "last step left out",
            "Step t1 is missing in your product. A range leaves its end out.",
            _split_wrong(steps=one_step_less),
        ),
        Mistake(
            "step t0 counted too",
            "You take step t0 as well. c_{t0} is what step t0 has put out, so the way begins with the next step.",
            _split_wrong(steps=lambda t0, t1: range(t0, t1 + 1)),
            also=(_split_wrong(steps=lambda t0, t1: range(max(t0, 1), t1 + 1)),),
        ),
        Mistake(
            "B and E exchanged",
            "You have exchanged B and E. lstm_local_jacobians returns D, B, A, E: B leads from h_{t-1} to c_t, E from "
            "h_{t-1} to h_t.",
            _split_wrong(move=move_with_b_and_e_exchanged),
        ),
        Mistake(
            "h of the same step",
            "The change of c_t is made from that of h_t, moved already. B leads from h_{t-1} to c_t: keep the old h until "
            "both are moved.",
            _split_wrong(move=move_with_h_of_the_same_step),
        ),
        Mistake(
            "matrices from the wrong side",
            "Your blocks multiply the movements from the right. A later step acts on what came before it, so its block "
            "stands on the left.",
            _split_wrong(move=move_from_the_right),
        ),
        Mistake(
            "blocks transposed",
            "B and E are transposed on the way. A Jacobian runs with the arrows; the transpose belongs to gradients that "
            "run back.",
            _split_wrong(move=move_transposed),
        ),
        Mistake(
            "D and A exchanged",
            "You have exchanged D and A in the movement. D leads from c_{t-1} to c_t, A from c_t to h_t.",
            _split_wrong(move=move_with_d_and_a_exchanged),
        ),
        Mistake(
            "gates one step late on the highway",
            "The highway has the gates f_{t0+2} to f_{t1+1}. The rows of cache.f count from 0: which of them "
            "holds the gates of step t0 + 1?",
            _split_wrong(highway=lambda f, t0, t1: _product(f[t0 + 1 : t1 + 1])),
        ),
        Mistake(
            "gates one step early on the highway",
            "The highway has the gates f_{t0} to f_{t1-1}. f_{t0} has made c_{t0}; it does nothing to it on "
            "its way onward.",
            _split_wrong(highway=lambda f, t0, t1: _product(f[t0 - 1 : t1 - 1])),
        ),
        Mistake(
            "last gate left out on the highway",
            "On your highway the gate of step t1 is missing. The way ends at c_{t1}, behind that gate.",
            _split_wrong(highway=lambda f, t0, t1: _product(f[t0 : t1 - 1])),
        ),
        Mistake(
            "last gate to a power",
            "The highway is one gate, the last, to the power of the number of steps. The gate is another one "
            "at every step; that is the point of it.",
            _split_wrong(highway=lambda f, t0, t1: np.diag(f[t1 - 1] ** (t1 - t0))),
        ),
        Mistake(
            "highway as a vector",
            "Your highway is a vector, and NumPy has spread it over all rows of the total when you "
            "subtracted. As a Jacobian it is a diagonal matrix.",
            _split_wrong(highway=lambda f, t0, t1: np.prod(f[t0:t1], axis=0)),
        ),
        Mistake(
            "h_{t0} moves with c_{t0}",
            "Your h_{t0} moves along with c_{t0}, by A of step t0. The split asks what the steps after t0 do: "
            "both states of t0 are inputs there, and one of them is held.",
            _split_wrong(start=moves_with_c),
        ),
        Mistake(
            "h_{t0} moves by the identity",
            "You start both movements from the identity. h_{t0} is held: its movement starts at zero.",
            _split_wrong(start=lambda params, cache, t0, row: np.eye(params.hidden_size)),
        ),
        Mistake(
            "sum of the gates",
            "On your highway the forget gates are added. A movement of the cell is multiplied by one gate after another.",
            _split_wrong(highway=lambda f, t0, t1: np.diag(np.sum(f[t0:t1], axis=0))),
        ),
        Mistake(
            "B counted twice",
            "h_{t-1} reaches h_t through c_t twice in your walk: A acts on the new c, which holds B already.",
            _split_wrong(move=move_with_b_twice),
        ),
        Mistake(
            "way from h to h forgotten",
            "Your changes of h_{t-1} reach h_t through c_t alone. There is a second way, through the "
            "output gate.",
            _split_wrong(move=move_without_e),
        ),
        Mistake(
            "product of D + BA",
            "Your total is a product of matrices D + BA, a formula that is often seen. It lets h_{t0} move with "
            "c_{t0}, and it forgets that h_{t-1} also reaches h_t through the output gate.",
            _split_wrong(start=moves_with_c, move=move_without_e),
        ),
        Mistake(
            "product of D + BA of one step",
            "Your total is a product of matrices D + BA, with B and A of the same step. A path crosses A at one "
            "step and B at the next, and there is a way from h to h as well: carry both states along.",
            _split_wrong(move=lambda c, h, D, B, A, E: ((D + B @ A) @ c, h)),
        ),
        Mistake(
            "h moved by the old c",
            "The change of h_t is made from that of c_{t-1}. A leads from c_t to h_t within the same step: "
            "which of the two states has to be moved first?",
            _split_wrong(move=move_with_old_c),
        ),
        Mistake(
            "h moved before c",
            "You move h first, and the change of c_t is then made from that of h_t. B leads from h_{t-1} to "
            "c_t, so c needs the old h.",
            _split_wrong(move=move_with_new_h),
        ),
        Mistake(
            "product in the wrong order",
            "The steps are multiplied in the opposite order. Matrices do not commute: the step next to t0 "
            "acts first, and stands on the right.",
            _split_wrong(order=reversed),
        ),
        Mistake(
            "total is the highway",
            "Your total is the highway, and nothing is left over: h does not move, or moves nothing. That is the gradient as "
            "it was truncated in 1997; the real one takes all paths.",
            _split_wrong(answer=lambda total, highway, blocks: (highway, highway, 0 * highway)),
        ),
        Mistake(
            "rest from absolute values",
            "The rest is a difference of absolute values. Paths carry signs and may cancel, so only the "
            "signed parts add up to the total.",
            _split_wrong(answer=lambda total, highway, blocks: (total, highway, abs(total) - abs(highway))),
        ),
        Mistake(
            "rest as a share",
            "The rest is given as a share of the total. It is asked for as a matrix that, added to the highway, "
            "gives the total.",
            _split_wrong(answer=lambda total, highway, blocks: (total, highway, (total - highway) / total)),
        ),
        Mistake(
            "one excursion only",
            "The rest has the paths that leave the highway once. There are others, which leave it again, or "
            "stay away for several steps by way of the output gate.",
            _split_wrong(answer=lambda total, highway, blocks: (total, highway, _one_excursion(blocks))),
        ),
        Mistake(
            "dh_{t1} in place of dc_{t1}",
            "The total is the Jacobian of h_{t1}. You carry changes of both states along; at the end it is the "
            "cell's that is asked for.",
            _split_wrong(which=1),
        ),
        Mistake(
            "split of the first example",
            "You split the gradient of the first example, whatever `row` says. Other inputs, other gates, "
            "another highway.",
            _split_wrong(choose_row=lambda row: 0),
        ),
    ),
)

EXERCISES = (HIGHWAY_SPLIT,)
