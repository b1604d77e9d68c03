"""Exercises of chapter 11: a bug in a truncation, and a network that explodes to design; the toggle has its own module."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.exercises.rnn_reach.toggle import TOGGLE
from lstm_course.gradient_flow import forward_by_steps, lag_jacobians
from lstm_course.rnn import RNNParams, rnn_forward

# --- a planted bug ----------------------------------------------------------------------------------

WRONG_CUT = Bug(
    label="wrong-cut",
    level="warm-up",
    prompt=(
        "The listing is meant to be truncated backpropagation in torch: windows of `window` steps, every state as it "
        "would be without the cut. One line is wrong. Which? Name it by the variable that it computes."
    ),
    listing="""\
def truncated_loss(W_ih, W_hh, b, W_y, x, target, h, window):
    losses = []
    for t in range(len(x)):
        border = t % window == 0
        carried = torch.zeros_like(h) if border else h
        a = x[t] @ W_ih.T + carried @ W_hh.T + b
        h = torch.tanh(a)
        error = h @ W_y.T - target[t]
        losses.append((error**2).sum() / 2)
    return sum(losses)
""",
    line="carried",
    tempting={
        "losses": "A list for the losses of all steps. Fine.",
        "border": "True at steps 0, window, 2·window and so on: where a window begins. Right.",
        "a": "Rows are samples, so forward has the transposes. Right, if carried is.",
        "h": "The state of this step: right.",
        "error": "Output minus target, with the read-out on the new state. Right.",
        "return": "The loss is the sum over the steps; its gradient then has what the cut has left. Right.",
    },
    hint="The state is to cross the border, the gradient is not. Which line handles the border, and does it do that?",
    why="zeros_like cuts both ways: the gradient, and the state with it. h.detach() keeps the numbers and cuts the "
    "gradient alone.",
    hints=(
        "Run it in your head for window = 1. Which states does it see?",
        "A cut of the gradient must not change a single state. One line changes some.",
    ),
)

# --- a network that explodes ------------------------------------------------------------------------

STARTS = np.random.default_rng(13).uniform(-1, 1, (12, 2))
NEAR, FAR = 150, 300


def _read_explodes(answer):
    parts = tuple(answer)
    if len(parts) != 2:
        raise ValueError(f"the answer must hold two arrays, W_hh and b, got {len(parts)}")
    weight_hh, bias = (np.array(part, dtype=np.float64) for part in parts)
    params = RNNParams(np.zeros((len(bias), 1)), weight_hh, bias)
    if params.hidden_size != 2:
        raise ValueError(f"W_hh must have shape (2, 2), got {params.weight_hh.shape}")
    return params


def _radius(params):
    return float(np.abs(np.linalg.eigvals(params.weight_hh)).max())


def _radius_outside(params):
    rho = _radius(params)
    return "" if 0.3 < rho < 0.9 else f"Its spectral radius is {rho:.3f}."


def _grows_too_little(params):
    """The growth between two lags, from the worst of the starts."""
    slowest = np.inf
    for start in STARTS:
        _, steps = forward_by_steps(params, np.zeros((FAR, 1, 1)), [start])
        norms = np.linalg.norm(lag_jacobians(params, steps), axis=(1, 2))[[NEAR, FAR]]
        if not norms.all():
            return "From a random start the derivative over many steps is zero."
        slowest = min(slowest, float(np.log(norms[1] / norms[0])) / (FAR - NEAR))
    if slowest > 0.05:
        return ""
    return f"From one of the random starts it grows by {slowest:+.3f} a step in the logarithm, from lag {NEAR} to {FAR}."


def _nudge_dies(params):
    settled, _, _ = rnn_forward(params, np.zeros((NEAR, len(STARTS), 1)), STARTS)
    pair = np.concatenate([settled[-1], settled[-1] + [1e-9, 0.0]])
    h, _, _ = rnn_forward(params, np.zeros((FAR, len(pair), 1)), pair)
    apart = np.median(np.abs(h[:, len(STARTS) :] - h[:, : len(STARTS)]).max(axis=(0, 2)))
    return (
        ""
        if apart > 0.1
        else f"Two runs that are 1e-9 apart never come farther apart than {apart:.1g} (the median)."
    )


def _settles(params):
    """Whether every start ends in a state, or a short cycle of states, that repeats."""
    h, _, _ = rnn_forward(params, np.zeros((FAR, len(STARTS), 1)), STARTS)
    return all(
        any(np.allclose(h[-1, row], h[-1 - period, row], atol=1e-6) for period in range(1, 33))
        for row in range(len(STARTS))
    )


EXPLODES = Built(
    label="explodes-below-one",
    level="hard",
    kind="design",
    prompt=(
        "Find a tanh network of two units without inputs whose W_hh has a spectral radius between 0.3 and 0.9, and whose "
        "gradient explodes for good: from each of twelve random starts the derivative over k steps still grows between "
        "lag 150 and lag 300."
    ),
    read=_read_explodes,
    form_text="Your answer is a tuple (W_hh, b) of shapes (2, 2) and (2,).",
    demands=(
        Demand(
            "has a spectral radius between 0.3 and 0.9",
            _radius_outside,
            "For a 2×2 matrix the eigenvalues add up to the trace and multiply to the determinant. Choose these first.",
        ),
        Demand(
            "grows on from every start",
            _grows_too_little,
            "Large entries whose effects cancel in the linear network; biases that put the units at different slopes, so "
            "that they cancel no more.",
        ),
        Demand(
            "tells two runs apart that begin close together",
            _nudge_dies,
            "A long explosion is sensitivity. If nearby runs stay together, the growth was rounding.",
        ),
    ),
    slips=(
        Slip(
            "no biases",
            "Without biases the two units sit at slopes that are too alike. Move them: it is the difference of the slopes "
            "that counts.",
            lambda params: not params.bias.any() and _radius_outside(params) == "",
        ),
        Slip(
            "weights too small",
            "The largest singular value is below 1, so by the bound it must vanish. The entries may be large as long as "
            "they cancel.",
            lambda params: float(np.linalg.norm(params.weight_hh, 2)) < 1,
        ),
        Slip(
            "symmetric",
            "Your W_hh is symmetric, so its largest singular value is its spectral radius. What you need is a matrix in "
            "which the two are far apart.",
            lambda params: (
                _radius_outside(params) == "" and bool(np.allclose(params.weight_hh, params.weight_hh.T))
            ),
        ),
        Slip(
            "it settles",
            "From every start your network settles: in the end it repeats one state, or a short cycle of them, and runs "
            "that are close together come closer. Larger entries that cancel, or other biases, keep it moving.",
            lambda params: _radius_outside(params) == "" and _settles(params),
        ),
    ),
    example=lambda: ([[4.35, 4.0], [-4.0, -3.65]], [1.5, -3.0]),
    why="The radius speaks of a network whose slopes are all equal. Unequal slopes undo the cancelling, and a bounded "
    "state that is stretched at nearly every step is chaotic.",
    hints=(
        "Start from the chapter's matrix of radius 0 and its biases, make it somewhat larger, and keep the pattern of signs.",
        "Adding d to both diagonal entries moves both eigenvalues by d.",
    ),
)

EXERCISES = (WRONG_CUT, TOGGLE, EXPLODES)
