"""What the exercises of chapter 14 on paths share: a sample, the steps of a way, and how two states move."""

from __future__ import annotations

import numpy as np

from lstm_course.exercises._samples import draw_lstm
from lstm_course.gradient_flow import lstm_local_jacobians


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


def before_t1_from_1(t0, t1):
    """The same, for one who has noticed that there is no step 0."""
    return range(max(t0, 1), t1)


def one_step_less(t0, t1):
    """The steps that one takes who forgets that a range leaves its end out."""
    return range(t0 + 1, t1)


def without_the_first(t0, t1):
    """The steps that one takes who begins one too late."""
    return range(t0 + 2, t1 + 1)


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


def move_with_old_c(c, h, D, B, A, E):
    """Make h of the old c."""
    return D @ c + B @ h, A @ c + E @ h


def move_with_new_h(c, h, D, B, A, E):
    """Make c of an h that is moved before it."""
    h = A @ c + E @ h
    return D @ c + B @ h, h


def move_with_h_of_the_same_step(c, h, D, B, A, E):
    """Make c of the h of the same step."""
    moved = D @ c + B @ h
    h = A @ moved + E @ h
    return D @ c + B @ h, h


def move_with_b_and_e_exchanged(c, h, D, B, A, E):
    """Take B for E and E for B."""
    return move_both(c, h, D, E, A, B)


def move_with_d_and_a_exchanged(c, h, D, B, A, E):
    """Take D for A and A for D."""
    return move_both(c, h, A, B, D, E)


def move_from_the_right(c, h, D, B, A, E):
    """Multiply from the wrong side."""
    c = c @ D + h @ B
    return c, c @ A + h @ E


def move_transposed(c, h, D, B, A, E):
    """Transpose B and E."""
    return move_both(c, h, D, B.T, A, E.T)


def move_with_b_twice(c, h, D, B, A, E):
    """Let h_{t-1} reach h_t through c_t, and once more by A B."""
    c = D @ c + B @ h
    return c, A @ c + (E + A @ B) @ h


def move_without_e(c, h, D, B, A, E):
    """Forget the way from h to h."""
    c = D @ c + B @ h
    return c, A @ c
