"""Exercises of chapter 11: a bug in a truncation, a toggle set by hand, and a network that explodes to design."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip
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

# --- a toggle ---------------------------------------------------------------------------------------


def _read_toggle(answer):
    parts = tuple(answer)
    if len(parts) != 5:
        raise ValueError(f"the answer must hold five parts, W_ih, W_hh, b, W_y and b_y, got {len(parts)}")
    params = RNNParams(*(np.array(part, dtype=np.float64) for part in parts[:3]))
    if params.input_size != 1:
        raise ValueError(f"W_ih must have 1 column, got {params.input_size}")
    w_y = np.array(parts[3], dtype=np.float64).reshape(-1)
    if len(w_y) != params.hidden_size:
        raise ValueError(f"W_y must hold {params.hidden_size} numbers, got {len(w_y)}")
    return params, w_y, float(parts[4])


def _shown(net, pulses):
    params, w_y, b_y = net
    h, _, _ = rnn_forward(params, np.asarray(pulses, dtype=float).reshape(-1, 1, 1))
    return h[:, 0] @ w_y + b_y


def _toggles_wrongly(pulses):
    want = np.cumsum(pulses) % 2

    def test(net):
        got = _shown(net, pulses)
        wrong = np.flatnonzero(abs(got - want) > 0.2)
        if not len(wrong):
            return ""
        t = wrong[0]
        return f"At step {t + 1}, after {int(np.sum(pulses[: t + 1]))} pulses, y is {got[t]:.3f}, and should be {want[t]}."

    return test


_PULSES = (np.random.default_rng(12).random(500) < 0.3).astype(int)


def _sticks(net):
    """Whether a second pulse leaves it on, in a network that starts off."""
    return bool(
        _shown(net, [0] * 5)[-1] < 0.5
        and _shown(net, [1, 0, 1, 0])[-1] > 0.5
        and _shown(net, [1, 0])[-1] > 0.5
    )


def _scaled(net, weights=1.0, recurrent=1.0):
    params, w_y, b_y = net
    parts = params.weight_ih * weights, params.weight_hh * weights * recurrent, params.bias * weights
    return RNNParams(*parts), w_y, b_y


TOGGLE = Built(
    label="toggle",
    level="hard",
    prompt=(
        "Set a tanh network that is a switch: each pulse (input 1) turns it from off to on or from on to off; at input "
        "0 it stays. y = W_y h + b_y must be within 0.2 of 0 for off and of 1 for on. It starts off, with h_0 = 0. Two "
        "units are enough."
    ),
    read=_read_toggle,
    form_text="Your answer is a tuple (W_ih, W_hh, b, W_y, b_y) of shapes (H, 1), (H, H), (H,), (H,) and a number.",
    demands=(
        Demand(
            "starts off and stays off without a pulse",
            _toggles_wrongly([0] * 20),
            "With x = 0 and h = 0 the units should settle where y is 0.",
        ),
        Demand(
            "turns on at the first pulse and stays on",
            _toggles_wrongly([0, 1] + [0] * 100),
            "It must hear its own state: what y says, from one step to the next.",
        ),
        Demand(
            "turns off at the second",
            _toggles_wrongly([1, 0, 0, 1, 0, 0, 0]),
            "On and a pulse together must be something else than either alone. Which unit can tell the difference?",
        ),
        Demand(
            "works for 500 steps of random pulses",
            _toggles_wrongly(_PULSES),
            "It drifts, or it fails for two pulses in a row. Steeper units hold better.",
        ),
    ),
    slips=(
        Slip(
            "sets and never resets",
            "The second pulse leaves it on: you have a latch. One threshold cannot tell 'one of the two' from 'both'; two "
            "can.",
            _sticks,
        ),
        Slip(
            "state heard twice as strongly",
            "It hears its state, but twice as strongly as the pulse: h₁ − h₂ is 2 when it is on. State and pulse must "
            "count alike.",
            lambda net: not _toggles_wrongly(_PULSES)(_scaled(net, recurrent=0.5)),
        ),
        Slip(
            "right but soft",
            "The plan is right, but on and off are not within 0.2: the units are not saturated. Make all weights and "
            "biases larger by one factor.",
            lambda net: not _toggles_wrongly(_PULSES)(_scaled(net, weights=3.0)),
        ),
        Slip(
            "rows and columns exchanged",
            "With W_hh transposed it works. Row i of W_hh belongs to the unit that listens.",
            lambda net: (
                _toggles_wrongly(_PULSES)(
                    (RNNParams(net[0].weight_ih, net[0].weight_hh.T.copy(), net[0].bias), *net[1:])
                )
                == ""
            ),
        ),
    ),
    example=lambda: ([[6.0], [6.0]], [[3.0, -3.0], [3.0, -3.0]], [-3.0, -9.0], [0.5, -0.5], 0.0),
    why="One unit says 'at least one of state and pulse', the other 'both'; their half difference is the new state. The "
    "matrix has W² = 0, so its spectral radius is 0, and it keeps a bit for ever.",
    hints=(
        "On or off is y = (h₁ − h₂)/2. So what a unit hears of the old state is a multiple of h₁ − h₂.",
        "It is the half-adder of chapter 1: one unit for 'at least one', one for 'both', and the digit is the difference.",
        "With s the old state and x the pulse: h₁ = tanh(g(s + x − ½)), h₂ = tanh(g(s + x − 1½)), g about 6.",
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
