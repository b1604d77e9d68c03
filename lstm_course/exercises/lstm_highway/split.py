"""Exercise of chapter 14: the highway and the rest."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw_lstm
from lstm_course.gradient_flow import lstm_highway_split, lstm_local_jacobians


def sample_paths(rng, size):
    """An LSTM, the cache of a sequence, and the arguments t0, t1 and row."""
    steps, batch, n_in, n, t0, t1, row = (
        (3, 2, 1, 1, 1, 3, 1),
        (4, 1, 1, 2, 1, 4, 0),
        (5, 2, 1, 2, 0, 4, 1),
        (6, 2, 2, 2, 2, 5, 0),
        (3, 2, 1, 2, 1, 2, 1),  # a single step
        (9, 3, 4, 6, 1, 8, 2),
    )[size]
    return *draw_lstm(rng, steps, batch, n_in, n), t0, t1, row


def after_t0(t0, t1):
    """The steps from c_t0 to c_t1."""
    return range(t0 + 1, t1 + 1)


def before_t1(t0, t1):
    """The steps that one takes who begins one too early."""
    return range(t0, t1)


def without_the_first(t0, t1):
    """One step too few, at the start."""
    return range(t0 + 2, t1 + 1)


def without_the_last(t0, t1):
    """One step too few, at the end."""
    return range(t0 + 1, t1)


def moves_with_c(params, cache, t0, row):
    """How h_t0 follows c_t0, which should not count."""
    return lstm_local_jacobians(params, cache, t0, row).A


def held(params, cache, t0, row):
    """No change of h_t0."""
    return np.zeros((params.hidden_size, params.hidden_size))


def move_both(c, h, D, B, A, E):
    """Carry a change of both states through one step."""
    c = D @ c + B @ h
    return c, A @ c + E @ h


def _move_with_old_c(c, h, D, B, A, E):
    return D @ c + B @ h, A @ c + E @ h


def _move_with_new_h(c, h, D, B, A, E):
    h = A @ c + E @ h
    return D @ c + B @ h, h


def _move_without_e(c, h, D, B, A, E):
    c = D @ c + B @ h
    return c, A @ c


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
        kept = np.array([np.diag(block.D) for block in blocks]).reshape(-1, params.hidden_size)
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
        ),
        Mistake(
            "first step left out",
            "The first step, t0 + 1, is left out: range(t0 + 1, t1 + 1) has all of them.",
            _split_wrong(steps=without_the_first),
        ),
        Mistake(
            "last step left out",
            "The last step, t1, is left out. A Python range stops before its end.",
            _split_wrong(steps=without_the_last),
        ),
        Mistake(
            "highway of the last step",
            "Your highway is the forget gate of the last step. A movement crosses the gates of all the steps: multiply them.",
            _split_wrong(highway=lambda f, t0, t1: np.diag(f[t1 - 1])),
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
            "way from h to h forgotten",
            "Your changes of h_{t-1} reach h_t through c_t alone. There is a second way, through the "
            "output gate.",
            _split_wrong(move=_move_without_e),
        ),
        Mistake(
            "product of D + BA",
            "Your total is a product of matrices D + BA, a formula that is often seen. It lets h_{t0} move with "
            "c_{t0}, and it forgets that h_{t-1} also reaches h_t through the output gate.",
            _split_wrong(start=moves_with_c, move=_move_without_e),
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
            _split_wrong(move=_move_with_old_c),
        ),
        Mistake(
            "h moved before c",
            "You move h first, and the change of c_t is then made from that of h_t. B leads from h_{t-1} to "
            "c_t, so c needs the old h.",
            _split_wrong(move=_move_with_new_h),
        ),
        Mistake(
            "product in the wrong order",
            "The steps are multiplied in the opposite order. Matrices do not commute: the step next to t0 "
            "acts first, and stands on the right.",
            _split_wrong(order=reversed),
        ),
        Mistake(
            "total is the highway",
            "Your total is the highway, and nothing is left over. That is the gradient with h held in every "
            "gate, as it was truncated in 1997; the real one takes all paths.",
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
