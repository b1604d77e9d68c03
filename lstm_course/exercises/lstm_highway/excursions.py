"""Exercise of chapter 14: the paths from c_t0 to c_t1 by the number of their excursions."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises.lstm_highway.paths import (
    after_t0,
    before_t1,
    held,
    move_both,
    moves_with_c,
    one_step_less,
    sample_paths,
    without_the_first,
)
from lstm_course.gradient_flow import lstm_excursions, lstm_local_jacobians


def _one_more(parts):
    """Entry m - 1 in place m."""
    return np.concatenate([np.zeros_like(parts[:1]), parts[:-1]])


def _count(c, h, D, B, A, E):
    c = D @ c + B @ _one_more(h)
    return c, A @ c + E @ _one_more(h)


def _count_no_e(c, h, D, B, A, E):
    c = D @ c + B @ _one_more(h)
    return c, A @ c + E @ h


def _count_no_b(c, h, D, B, A, E):
    c = D @ c + B @ h
    return c, A @ c + E @ _one_more(h)


def _without_e(c, h, D, B, A, E):
    c = D @ c + B @ _one_more(h)
    return c, A @ c


def _count_old_c(c, h, D, B, A, E):
    return D @ c + B @ _one_more(h), A @ c + E @ _one_more(h)


def _count_new_h(c, h, D, B, A, E):
    h = A @ c + E @ _one_more(h)
    return D @ c + B @ _one_more(h), h


def _count_c_before_e(c, h, D, B, A, E):
    c = D @ c + B @ _one_more(h)
    h = A @ c
    return c, h + E @ _one_more(h)


def _count_in_place(c, h, D, B, A, E):
    c, h = c.copy(), h.copy()
    for m in range(len(c)):
        below = h[m - 1] if m else 0 * h[0]
        c[m] = D @ c[m] + B @ below
        h[m] = A @ c[m] + E @ below
    return c, h


def _count_rolled(c, h, D, B, A, E):
    before = np.roll(h, 1)
    c = D @ c + B @ before
    return c, A @ c + E @ before


def _count_twice(c, h, D, B, A, E):
    c = D @ c + B @ _one_more(h)
    return c, A @ _one_more(c) + E @ _one_more(h)


def _rest_in_entry_1(parts):
    merged = np.zeros_like(parts)
    merged[0], merged[1] = parts[0], parts[1:].sum(axis=0)
    return merged


def _excursions_wrong(
    *,
    steps=after_t0,
    choose_row=lambda row: row,
    start=held,
    order=iter,
    move=_count,
    finish=lambda c, h: c,
):
    """`lstm_excursions` with one line written differently."""

    def wrong(params, cache, t0, t1, row):
        row, n = choose_row(row), params.hidden_size
        c, h = np.zeros((2, t1 - t0 + 1, n, n))
        c[0], h[0] = np.eye(n), start(params, cache, t0, row)
        for block in order([lstm_local_jacobians(params, cache, t, row) for t in steps(t0, t1)]):
            c, h = move(c, h, *block)
        return finish(c, h)

    return wrong


EXCURSIONS = Exercise(
    label="excursions",
    level="hard",
    prompt=(
        "Sort the routes from c_{t0} to c_{t1} by the number m of their excursions, the steps that they enter at "
        "the hidden state, by a B or an E. Return the Jacobians J[m] for m = 0 to t1 - t0, with h_{t0} held: J[0] "
        "is the highway, and the sum over m the total. lstm_local_jacobians(params, cache, t, row) gives (D, B, A, E)."
    ),
    inputs=("params", "cache", "t0", "t1", "row"),
    outputs=("J",),
    shapes=("(M+1, H, H)",),
    hints=(
        "Carry along what each number of excursions has brought to c and to h: two arrays with a matrix for each m.",
        "D and A leave m as it is. B and E take what had one excursion less: shift the array for h by one place first.",
        "Renew J_c from the old J_c and the shifted old J_h; then J_h from the new J_c and the same shifted J_h.",
    ),
    reference=lstm_excursions,
    sample=sample_paths,
    sizes=6,
    mistakes=(
        Mistake(
            "way through the output gate not counted",
            "A step from h to h, through the output gate, is not counted as an excursion. Your "
            "entries still add up to the total, but some routes stand one place too low.",
            _excursions_wrong(move=_count_no_e),
        ),
        Mistake(
            "way back to the cell not counted",
            "A path that comes back to the cell state through i, f or g is not counted: B has no place in "
            "your count, so paths that left the highway are found in entry 0.",
            _excursions_wrong(move=_count_no_b),
        ),
        Mistake(
            "nothing counted",
            "All paths are in entry 0: this is the total, undivided. Whenever a route enters a step at h it moves "
            "on to the next entry.",
            _excursions_wrong(move=move_both),
        ),
        Mistake(
            "way through the output gate left out",
            "The entries do not add up to the total: paths that go from h to h through the output gate are "
            "missing altogether.",
            _excursions_wrong(move=_without_e),
        ),
        Mistake(
            "J_h made from the old J_c",
            "J_h of step t is made from J_c of step t-1. A acts within a step: h_t comes from the new cell "
            "state.",
            _excursions_wrong(move=_count_old_c),
        ),
        Mistake(
            "J_c made from the new J_h",
            "You renew J_h first, and J_c is then made from it. B starts at h_{t-1}, so J_c needs J_h as it "
            "was before the step.",
            _excursions_wrong(move=_count_new_h),
        ),
        Mistake(
            "J_h overwritten too soon",
            "In the line for J_h the old J_h is gone by the time E acts on it. The way through the output gate "
            "starts from h_{t-1}.",
            _excursions_wrong(move=_count_c_before_e),
        ),
        Mistake(
            "in place, upwards",
            "When you make entry m, entry m - 1 of J_h is already the new one. Run m downwards, or keep the old array.",
            _excursions_wrong(move=_count_in_place),
        ),
        Mistake(
            "rolled over all axes",
            "np.roll without an axis moves every single number on by one place, across the rows of the matrices. To shift "
            "m alone, say axis=0.",
            _excursions_wrong(move=_count_rolled),
        ),
        Mistake(
            "h_{t0} moves by the identity",
            "You start J_h from the identity. h_{t0} is held: nothing has moved it yet, so all of J_h starts at zero.",
            _excursions_wrong(start=lambda params, cache, t0, row: np.eye(params.hidden_size)),
        ),
        Mistake(
            "leaving counted as well",
            "You count each excursion twice, when it leaves the highway and when it comes back. A is "
            "only a read-out of the cell; it is B and E that count.",
            _excursions_wrong(move=_count_twice),
        ),
        Mistake(
            "sums up to k",
            "Entry m holds the routes with at most m excursions: your entries pile up, and the last is the "
            "total. Asked for are those with exactly m.",
            _excursions_wrong(finish=lambda c, h: np.cumsum(c, axis=0)),
        ),
        Mistake(
            "highway and rest only",
            "You have the highway in entry 0 and all the rest in entry 1. The rest is to be sorted further, by "
            "the number of excursions.",
            _excursions_wrong(finish=lambda c, h: _rest_in_entry_1(c)),
        ),
        Mistake(
            "two parts only",
            "These are two matrices, the highway and the rest. Asked for is one matrix for every number of "
            "excursions, t1 - t0 + 1 of them.",
            _excursions_wrong(finish=lambda c, h: _rest_in_entry_1(c)[:2]),
        ),
        Mistake(
            "highway missing",
            "The entry for m = 0 is missing. The path that never leaves the cell state is a path too, the one "
            "the chapter is named after.",
            _excursions_wrong(finish=lambda c, h: c[1:]),
        ),
        Mistake(
            "last entry left out",
            "The numbers are right, and the entry m = t1 - t0 is missing. It is zero: h_{t0} is held, so no "
            "route can make an excursion in its first step.",
            _excursions_wrong(finish=lambda c, h: c[:-1]),
        ),
        Mistake(
            "J of h in place of c",
            "These are the paths that end at h_{t1}. The last thing asked for is the Jacobian of the cell.",
            _excursions_wrong(finish=lambda c, h: h),
        ),
        Mistake(
            "excursions start from h_{t0}",
            "Some paths start at h_{t0}, by A of step t0. h_{t0} is held: every path begins on the cell state.",
            _excursions_wrong(start=moves_with_c),
        ),
        Mistake(
            "steps in the opposite order",
            "The steps are taken from t1 down to t0. With these products of the form new = block times old, the "
            "walk is with time, not against it.",
            _excursions_wrong(order=reversed),
        ),
        Mistake(
            "excursions one step early",
            "You begin with the blocks of step t0, which has made c_{t0}. The paths in question start there "
            "and go on through the next step.",
            _excursions_wrong(steps=before_t1),
        ),
        Mistake(
            "first of the steps left out",
            "The first step, t0 + 1, is left out: range(t0 + 1, t1 + 1) has all of them.",
            _excursions_wrong(steps=without_the_first),
        ),
        Mistake(
            "last of the steps left out",
            "The last step, t1, is left out. A Python range stops before its end.",
            _excursions_wrong(steps=one_step_less),
        ),
        Mistake(
            "most excursions first",
            "Your entries stand in the opposite order. Entry 0 is the highway, which makes no excursion.",
            _excursions_wrong(finish=lambda c, h: c[::-1]),
        ),
        Mistake(
            "counted from 1",
            "Your highway stands in entry 1. It makes no excursion, so its place is entry 0.",
            _excursions_wrong(finish=lambda c, h: _one_more(c)),
        ),
        Mistake(
            "excursions of the first example",
            "These are the paths of the first example, whatever `row` says. Each example opens and shuts its "
            "gates in its own way.",
            _excursions_wrong(choose_row=lambda row: 0),
        ),
    ),
)

EXERCISES = (EXCURSIONS,)
