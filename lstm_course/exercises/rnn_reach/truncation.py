"""Exercise of chapter 11: truncated backpropagation through time."""

from __future__ import annotations

import numpy as np

from lstm_course._params import add_params
from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_steps
from lstm_course.gradient_flow import truncated_backward
from lstm_course.rnn import rnn_step, rnn_step_backward


def _sample_truncated(rng, size):
    batch, n, m, length, window, dtype = (
        (1, 2, 1, 3, 2, np.float64),
        (2, 2, 2, 4, 3, np.float64),
        (1, 3, 2, 1, 1, np.float64),
        (2, 3, 2, 5, 2, np.float32),
        (1, 2, 1, 4, 2, np.float64),  # the windows come out even,
        (2, 2, 1, 3, 3, np.float64),  # one window is all there is,
        (2, 2, 1, 3, 5, np.float64),  # and more than that
        (3, 6, 4, 12, 5, np.float64),
    )[size]
    params, steps = draw_steps(rng, length, batch, n, m, "tanh", dtype)
    return params, steps, draw(rng, length, batch, n, dtype=dtype), window


def _truncated_wrong(**changed):
    """`truncated_backward` with a line that computes something else."""
    return but(truncated_backward, **changed)


def _state_reset(params, steps, dh, window):
    made, h = [], steps[0].h_prev
    for t, step in enumerate(steps):
        h, step = rnn_step(
            params, step.x_t, np.zeros_like(h) if t and t % window == 0 else h, step.activation
        )
        made.append(step)
    return truncated_backward(params, made, dh, window)


def _state_zeroed(params, steps, dh, window):
    """The caches with zeros for the states at the borders, and all else as it was."""
    made = [
        step._replace(h_prev=np.zeros_like(step.h_prev)) if t % window == 0 else step
        for t, step in enumerate(steps)
    ]
    return truncated_backward(params, made, dh, window)


def _ends_only(params, steps, dh, window):
    heard = np.zeros_like(dh)
    ends = [*range(window - 1, len(dh), window), len(dh) - 1]
    heard[ends] = dh[ends]
    return truncated_backward(params, steps, heard, window)


def _first_steps_left_out(params, steps, dh, window):
    shares, arrives = [], 0
    for t in reversed(range(len(steps))):
        _, arrives, share = rnn_step_backward(params, steps[t], dh[t] + arrives)
        first = t % window == 0
        shares.append(type(params)(*(part * (not first) for part in vars(share).values())))
        arrives = 0 if first else arrives
    return add_params(shares)


def _own_loss_dropped(params, steps, dh, window):
    """Nothing arrives at the last step of a full window, not even its own loss."""
    heard = dh.copy()
    heard[window - 1 :: window] = 0
    return truncated_backward(params, steps, heard, window)


def _own_loss_dropped_inside(params, steps, dh, window):
    """The loss at a border is dropped where another window follows."""
    heard = dh.copy()
    heard[window - 1 : -1 : window] = 0
    return truncated_backward(params, steps, heard, window)


def _full_windows(params, steps, dh, window):
    full = len(steps) // window * window
    heard = dh.copy()
    heard[full:] = 0
    return truncated_backward(params, steps, heard, window)


def _overwritten(*names):
    """The share of the first step is all that is left in these, as when each step overwrites the one after."""

    def wrong(params, steps, dh, window):
        whole = truncated_backward(params, steps, dh, window)
        arrives, first = 0, None
        for t in reversed(range(min(window, len(steps)))):
            _, arrives, first = rnn_step_backward(params, steps[t], dh[t] + arrives)
        parts = vars(whole) | {name: getattr(first, name) for name in names}
        return type(params)(**parts)

    return wrong


def _look_back(params, steps, dh, window):
    shares = []
    for t in range(len(steps)):
        arrives = dh[t]
        for k in range(t, max(t - window, -1), -1):
            _, arrives, share = rnn_step_backward(params, steps[k], arrives)
            shares.append(share)
    return add_params(shares)


TRUNCATED_BACKWARD = Exercise(
    label="truncated-backward",
    prompt=(
        "Compute the gradient of truncated backpropagation as RNNParams: the sequence is cut, from its start, "
        "into windows of `window` steps, and no gradient passes back from one window to the one before. The "
        "states stay as they are. You may call rnn_step_backward(params, steps[t], dh_t)."
    ),
    inputs=("params", "steps", "dh", "window"),
    outputs=("dparams",),
    reference=truncated_backward,
    sample=_sample_truncated,
    sizes=8,
    hints=(
        "Cut first, then backpropagate each window as if it were a sequence of its own.",
        "The cache of each step holds the state that came in, h_prev, so no state need be computed again.",
        "A window starts at 0, window, 2·window and so on. What arrives from beyond its last step is zero.",
    ),
    mistakes=(
        Mistake(
            "nothing cut",
            "This is the whole gradient: the deltas still pass from window to window.",
            _truncated_wrong(windows="[slice(0, None)]"),
        ),
        Mistake(
            "cut one step off",
            "Your cut lies one step off. It falls between the last step of a window and the first of the next: "
            "say aloud, for window 2, which two of steps 0, 1, 2, 3 it parts.",
            _truncated_wrong(
                windows="[slice(0, 1), *(slice(k, k + window) for k in range(1, len(steps), window))]"
            ),
            also=(
                _truncated_wrong(
                    windows="[slice(max(k, 0), k + window) for k in range(-1, len(steps), window) if k + window > 0]"
                ),
            ),
        ),
        Mistake(
            "windows counted from the end",
            "Your windows are counted from the last step backwards. They start with the sequence, so it is the "
            "last window that may be short.",
            _truncated_wrong(
                windows="[slice(max(end - window, 0), end) for end in range(len(steps), 0, -window)]"
            ),
        ),
        Mistake(
            "state reset as well",
            "You start every window from a state of zeros. Truncation cuts the way back only: the state itself "
            "crosses the border as always.",
            _state_reset,
        ),
        Mistake(
            "only the last window",
            "Only the last window contributes. Every window has its own losses and its own share of the gradient. If you "
            "do visit them all, does each overwrite the one before?",
            _truncated_wrong(return_="backward_by_steps(params, steps[windows[-1]], dh[windows[-1]])[-1]"),
        ),
        Mistake(
            "mean over the windows",
            "The windows' gradients are averaged. The loss is a sum over the steps, so its gradient is a sum "
            "over the windows.",
            _truncated_wrong(
                return_="type(params)(*(part / part.dtype.type(len(windows)) for part in vars(add_params("
                "[backward_by_steps(params, steps[each], dh[each])[-1] for each in windows])).values()))"
            ),
        ),
        Mistake(
            "state set to zero in the caches",
            "At the start of every window you put zeros in place of the state that came in. W_hh multiplied that state, "
            "and the border does not change it.",
            _state_zeroed,
        ),
        Mistake(
            "only the loss at a window's end",
            "You hear the loss at the end of each window alone. Every step has its own dh[t], inside a window too.",
            _ends_only,
        ),
        Mistake(
            "first step of every window left out",
            "The first step of every window is missing in the sums. It uses the weights as every other step does; only "
            "what goes back beyond it is dropped.",
            _first_steps_left_out,
        ),
        Mistake(
            "own loss dropped at the border",
            "At the border you drop the step's own dh[t] along with what arrives from the next window. Only what arrives "
            "is cut; the last step of a window has a loss like any other.",
            _own_loss_dropped,
            also=(_own_loss_dropped_inside,),
        ),
        Mistake(
            "last window left out when short",
            "The steps after the last full window are left out. A last window that is shorter counts as well.",
            _full_windows,
        ),
        Mistake(
            "a share overwritten",
            "In one of the sums each step overwrites what was there: only the share of the last step you visited is left. "
            "Add to all three.",
            _overwritten("weight_ih"),
            also=(_overwritten("weight_hh"), _overwritten("bias")),
        ),
        Mistake(
            "all shares overwritten",
            "Only the last step that you visited is left: each step overwrites the shares of the one before it. Add.",
            _overwritten("weight_ih", "weight_hh", "bias"),
        ),
        Mistake(
            "first window left out",
            "The first window contributes nothing. It, too, has losses and uses the weights.",
            _truncated_wrong(
                windows="[slice(k, k + window) for k in range(window if len(steps) > window else 0, len(steps), window)]"
            ),
        ),
        Mistake(
            "windows one step too long",
            "Your windows are one step too long: the cut comes after window + 1 steps.",
            _truncated_wrong(windows="[slice(k, k + window + 1) for k in range(0, len(steps), window + 1)]"),
        ),
        Mistake(
            "cut at every step",
            "You cut at every step, so that no gradient passes at all. Inside a window it passes.",
            _truncated_wrong(windows="[slice(k, k + 1) for k in range(len(steps))]"),
        ),
        Mistake(
            "every loss looks back equally far",
            "You let every loss look back over `window` steps, wherever it stands. That is another way to "
            "truncate; here the borders are fixed, and a loss early in its window sees less.",
            _look_back,
        ),
    ),
)

EXERCISES = (TRUNCATED_BACKWARD,)
