"""Exercises of chapter 10: a delay and a counter set by hand, and a bug to find."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.rnn import RNNParams, rnn_forward

SIGNS = np.random.default_rng(10).choice([-1.0, 1.0], 40)


def read_network(answer, n_in: int, n: int | None = None) -> RNNParams:
    """The weights of a learner: an `RNNParams`, or its three arrays in order."""
    if not isinstance(answer, RNNParams):
        parts = tuple(answer)
        if len(parts) != 3:
            raise ValueError(f"the answer must hold three arrays, W_ih, W_hh and b, got {len(parts)}")
        answer = RNNParams(*(np.array(part, dtype=np.float64) for part in parts))
    if answer.input_size != n_in:
        raise ValueError(f"W_ih must have {n_in} column{'s' * (n_in > 1)}, got {answer.input_size}")
    if n is not None and answer.hidden_size != n:
        raise ValueError(f"W_hh must have shape ({n}, {n}), got {answer.weight_hh.shape}")
    return answer


# --- a delay by one ---------------------------------------------------------------------------------


def _delayed(params):
    h, _, _ = rnn_forward(params, SIGNS.reshape(-1, 1, 1))
    return h[:, 0, 1]


def _off_delay(params):
    got = _delayed(params)[1:]
    for t, (mine, want) in enumerate(zip(got, SIGNS[:-1], strict=True), start=2):
        if abs(mine - want) > 0.1:
            return f"At step {t} the second unit is {mine:.3f}, and x of step {t - 1} was {want:+.0f}."
    return ""


DELAY = Built(
    label="delay-by-one",
    level="warm-up",
    prompt=(
        "Set W_ih (2, 1), W_hh (2, 2) and b (2,) of a tanh network so that its second unit says at every step what "
        "the input was one step ago. Inputs are +1 or −1; within 0.1."
    ),
    read=lambda answer: read_network(answer, 1, 2),
    form_text="Your answer is a tuple (W_ih, W_hh, b), or an RNNParams.",
    demands=(
        Demand(
            "shows the last input but one in unit 2",
            _off_delay,
            "Let unit 1 copy the input of now. What must unit 2 listen to, so that it is one step behind?",
        ),
    ),
    slips=(
        Slip(
            "no delay",
            "Your second unit shows the input of now. Through W_hh it can hear what unit 1 was one step ago; through "
            "W_ih it should hear nothing.",
            lambda params: bool(np.all(_delayed(params) * SIGNS > 0)),
        ),
        Slip(
            "rows and columns exchanged",
            "W_hh is transposed: unit 1 listens to unit 2. Row i belongs to the unit that listens.",
            lambda params: (
                _off_delay(RNNParams(params.weight_ih, params.weight_hh.T.copy(), params.bias)) == ""
            ),
        ),
        Slip(
            "right but soft",
            "Every sign is right already, and too small: tanh(1) is 0.76, and it is squashed twice. Larger weights "
            "bring it close to 1.",
            lambda params: bool(np.all(_delayed(params)[1:] * SIGNS[:-1] > 0)),
        ),
    ),
    example=lambda: ([[3.0], [0.0]], [[0.0, 0.0], [3.0, 0.0]], [0.0, 0.0]),
    why="A state is the past's only way into the present: unit 1 holds x_t, and one step later unit 2 reads it. No "
    "weight leads on from unit 2, so after two steps nothing is left: a memory of exactly one step.",
    hints=(
        "Row i of W_ih and of W_hh belongs to the unit i that listens; column j of W_hh to the unit j that it hears.",
        "Unit 1: a large weight from the input. Unit 2: nothing from the input, a large weight from unit 1.",
    ),
)

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


_RANDOM = np.random.default_rng(11)
COUNTER = Built(
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
            "Something bends the count when it is large. ReLU has no upper end, so it should not.",
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
            "reset too weak",
            "Your reset takes away a fixed amount, and a large count survives it. Take away more than any count can be.",
            lambda params: 0 > params.weight_ih[0, 1] > -MOST - 1 and params.hidden_size == 1,
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
