"""Exercises of chapter 10: a delay and a counter set by hand, and a bug to find."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.exercises.rnn_bptt.delay import DELAY, read_network
from lstm_course.rnn import RNNParams, rnn_forward

# --- a counter with a reset -------------------------------------------------------------------------

MOST = 100


def _counter(ticks, resets):
    """What the counter should show."""
    counts, count = [], 0
    for tick, reset in zip(ticks, resets, strict=True):
        count = 0 if reset else count + tick
        counts.append(count)
    return np.array(counts, dtype=float)


def _counts_wrongly(ticks, resets):
    ticks, resets = np.asarray(ticks, dtype=float), np.asarray(resets, dtype=float)
    want = _counter(ticks, resets)

    def test(params):
        h, _, _ = rnn_forward(params, np.stack([ticks, resets], axis=1)[:, None], activation="relu")
        got = h[:, 0, 0]
        wrong = np.flatnonzero(abs(got - want) > 0.1)
        if not len(wrong):
            return ""
        t = wrong[0]
        return f"At step {t + 1} it shows {got[t]:.3g}, and should show {want[t]:.0f}."

    return test


def _goes_wrong_without_reset(params):
    """Whether a network of one unit goes wrong while nothing resets it: then the reset is not the cause."""
    tests = [1] * MOST, [1, 0, 0, 1] + [0] * 30
    return params.hidden_size == 1 and any(
        _counts_wrongly(ticks, [0] * len(ticks))(params) for ticks in tests
    )


def _one_unit(test):
    """A test of w, u and b of a network of one unit that goes wrong without a reset already."""
    return lambda params: (
        _goes_wrong_without_reset(params)
        and test(params.weight_hh[0, 0], params.weight_ih[0, 0], params.bias[0])
    )


def _inputs_exchanged(params):
    turned = RNNParams(params.weight_ih[:, ::-1].copy(), params.weight_hh, params.bias)
    return not any(demand.test(turned) for demand in COUNTER.demands)


_RANDOM = np.random.default_rng(11)
COUNTER: Built = Built(
    label="resettable-counter",
    prompt=(
        "Set W_ih (H, 2), W_hh (H, H) and b (H,) of a ReLU network so that its first unit counts. Where the first "
        "input is 1 it goes up by one, where it is 0 it stays. Where the second input is 1 it goes back to 0, "
        "whatever the first is. It must reach 100. H may be 1."
    ),
    read=lambda answer: read_network(answer, 2),
    form_text="Your answer is a tuple (W_ih, W_hh, b), or an RNNParams.",
    demands=(
        Demand(
            "counts five ticks in a row",
            _counts_wrongly([1] * 5, [0] * 5),
            "h_t = max(0, …): what must stand before h_{t−1} and before the tick so that one is added?",
        ),
        Demand(
            "keeps its count when nothing ticks",
            _counts_wrongly([1, 0, 0, 1] + [0] * 30, [0] * 34),
            "Look at the weight from the unit to itself, and at the bias: with no input the state should stay.",
        ),
        Demand(
            f"reaches {MOST}",
            _counts_wrongly([1] * MOST, [0] * MOST),
            "Small counts come out right and large ones do not. ReLU has no upper end; is a weight nearly right only?",
        ),
        Demand(
            f"goes back from {MOST} to 0",
            _counts_wrongly([1] * MOST + [0, 1], [0] * MOST + [1, 0]),
            "max(0, a) is 0 wherever a is negative. How negative must the reset make it, for the largest count?",
        ),
        Demand(
            "is cleared by a reset that comes with a tick",
            _counts_wrongly([1] * MOST + [1, 1], [0] * MOST + [1, 0]),
            "Count and tick together must not outweigh the reset.",
        ),
        Demand(
            "counts on through many resets",
            _counts_wrongly(_RANDOM.random(400) < 0.7, _RANDOM.random(400) < 0.05),
            "One of the two inputs is not handled as it should be.",
        ),
    ),
    slips=(
        Slip(
            "inputs exchanged",
            "The columns of W_ih are in the other order: the first belongs to the tick, the second to the reset.",
            _inputs_exchanged,
        ),
        Slip(
            "no memory",
            "The weight from the unit to itself is 0, so nothing is left of the count at the next step.",
            _one_unit(lambda w, u, b: w == 0),
        ),
        Slip(
            "negative self-loop",
            "The weight from the unit to itself is negative: a count pushes the next sum below zero, where ReLU clips it.",
            _one_unit(lambda w, u, b: w < 0),
        ),
        Slip(
            "leaks",
            "The weight from the unit to itself is below 1, so a share of the count is lost at every step.",
            _one_unit(lambda w, u, b: w < 1),
        ),
        Slip(
            "grows by itself",
            "The weight from the unit to itself is above 1, so the count grows without a tick.",
            _one_unit(lambda w, u, b: w > 1),
        ),
        Slip(
            "counts at every step",
            "Your bias is above zero and comes in at every step, tick or not. With no input the state should stay.",
            _one_unit(lambda w, u, b: b > 0),
        ),
        Slip(
            "takes away at every step",
            "Your bias is below zero and takes something away at every step. With no input the state should stay.",
            _one_unit(lambda w, u, b: b < 0),
        ),
        Slip(
            "hears no tick",
            "The weight of the first input is 0, so no tick is heard.",
            _one_unit(lambda w, u, b: u == 0),
        ),
        Slip(
            "counts down",
            "The weight of the first input is negative: a tick pushes the sum below zero, where ReLU clips it.",
            _one_unit(lambda w, u, b: u < 0),
        ),
        Slip(
            "another step than one",
            "It counts and keeps, but a tick does not add 1. What it adds is the weight of the first input.",
            _one_unit(lambda w, u, b: True),
        ),
        Slip(
            "reset too weak",
            "Your reset takes away a fixed amount, and a large count survives it. Take away more than any count can be.",
            lambda params: 0 > params.weight_ih[0, 1] > -MOST - 1 and params.hidden_size == 1,
        ),
        Slip(
            "no reset",
            "The weight of the second input is 0: nothing happens at a reset.",
            lambda params: params.weight_ih[0, 1] == 0 and params.hidden_size == 1,
        ),
        Slip(
            "reset that adds",
            "Your reset makes the count larger. It should push the sum below zero, where ReLU clips it.",
            lambda params: params.weight_ih[0, 1] > 0 and params.hidden_size == 1,
        ),
    ),
    example=lambda: ([[1.0, -200.0]], [[1.0]], [0.0]),
    why="So a plain recurrent unit can choose what to forget: max(0, ·) cuts off all that a large negative input pushes "
    "below zero. Above 0 its slope is 1 and its weight is 1, so its Jacobian is 1; at a reset it is 0.",
    hints=(
        "Take one unit, h_t = max(0, w h_{t−1} + u x₁ + v x₂ + b). Without any input the state must stay: w and b?",
        "One tick adds one: u. And a reset must push even 100 + 1 below zero: v.",
    ),
)

# --- a planted bug ----------------------------------------------------------------------------------

ONE_STATE_OFF = Bug(
    label="one-state-off",
    prompt=(
        "The listing sends a tanh network back through time. One line is wrong; it runs, and the shapes fit. Which "
        "line is it? Name it by the variable that it computes."
    ),
    listing="""\
def gradients(W_ih, W_hh, b, x, h0, dh):
    h = [h0]
    for x_t in x:
        a = W_ih @ x_t + W_hh @ h[-1] + b
        h.append(np.tanh(a))
    dW_ih, dW_hh, db = 0 * W_ih, 0 * W_hh, 0 * b
    arrives = 0 * h0
    for t in reversed(range(len(x))):
        dh_t = dh[t] + arrives
        da = dh_t * (1 - h[t] ** 2)
        dW_ih += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t])
        db += da
        arrives = W_hh.T @ da
    return dW_ih, dW_hh, db, arrives
""",
    line="da",
    tempting={
        "h": "The list begins with h0. So h[t] is the state before step t of the loop, and h[t + 1] the one after. Keep "
        "that in mind for the other lines.",
        "a": "Input, previous state and bias: as it should be. h[-1] is the state that was made last.",
        "arrives": "Nothing comes back from beyond the last step; then W transposed times the delta, for a column. Right.",
        "dh_t": "What the loss says at this step, and what comes from the next: two arrivals, added. Right.",
        "dW_ih": "Delta at the head, input at the tail, added over the steps: right, if da is.",
        "dW_hh": "Since h begins with h0, h[t] is the state before the step, which is what W_hh multiplied. Right.",
        "db": "The bias's tail is a 1: right, if da is.",
        "return": "The three gradients, and what arrives at h0 in the end: right.",
    },
    hint="Go through the lines of the second loop, and ask of each h: the state before the step, or after it?",
    why="The slope of step t is 1 − h² at the state that the step made, which is h[t + 1] in this list. With h[t] each "
    "step borrows the slope of the step before.",
    hints=(
        "The list h has one entry more than x. Write down for T = 2 which entry is which state.",
        "Two lines of the second loop use h[t]. One wants the state before the step, the other the state after it.",
    ),
)

EXERCISES = (DELAY, COUNTER, ONE_STATE_OFF)
