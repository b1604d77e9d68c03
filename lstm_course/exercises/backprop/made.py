"""Exercises of chapter 1: a faulty line, and weights set by hand."""

from __future__ import annotations

from lstm_course.checker import Bug, Built, Demand, Slip
from lstm_course.tiny_network import TinyNet, tiny_forward

LEARNS_BADLY = Bug(
    label="learns-badly",
    prompt=(
        "One line of the listing is wrong. The code runs, the shapes fit, the loss falls. Which line is "
        "it? Name it by the variable that it computes."
    ),
    listing="""\
def gradients(W1, b1, W2, b2, x, t):
    h = np.tanh(x @ W1.T + b1)
    y = sigmoid(h @ W2.T + b2)
    dy = (y - t) / len(x)
    da2 = dy * y * (1 - y)
    dW2 = da2.T @ h
    db2 = da2.sum(axis=0)
    dh = da2 @ W2
    da1 = dh * h * (1 - h)
    dW1 = da1.T @ x
    db1 = da1.sum(axis=0)
    return dW1, db1, dW2, db2
""",
    line="da1",
    tempting={
        "h": "This layer may use tanh; nothing is wrong with the choice. Does everything below know of it?",
        "y": "The output is a sigmoid, of the sum that it should be.",
        "dy": "The loss is half the squared error, averaged over the examples: y − t, over their number.",
        "da2": "The output unit is a sigmoid, so its slope is y(1 − y). That fits.",
        "dW2": "Delta at the head, activation at the tail, added over the examples by the product: right.",
        "db2": "One bias for all examples: its derivative is the sum. The 1/B is in dy already.",
        "dh": "Rows are examples, so the deltas meet W2 from the left, without a transpose. Right.",
        "dW1": "What came into this layer is x, and the shape is that of W1. Right, if da1 is.",
        "db1": "A sum over the examples, as it should be. Right, if da1 is.",
        "return": "The four gradients are returned in a sensible order.",
    },
    hint="Go through the lines from the loss backwards, and say of each which rule it is.",
    why="The hidden units are tanh, whose slope is 1 − h². h(1 − h) is that of the sigmoid, and for h < 0 it has even "
    "the wrong sign.",
    hints=(
        "Each line is one of the four rules. Say which, and check that it speaks of the unit that is really there.",
        "There are two kinds of units in this network. Which slope belongs to which?",
    ),
)


BITS = ((0, 0), (0, 1), (1, 0), (1, 1))


TOLERANCE = 0.1


def _read_net(answer):
    if isinstance(answer, TinyNet):
        return answer
    if isinstance(answer, dict):
        return TinyNet(**answer)
    numbers = [float(value) for value in answer]
    if len(numbers) != 10:
        raise ValueError(f"the answer must hold ten numbers, got {len(numbers)}")
    return TinyNet(*numbers)


def _off(net, output, target):
    """Where an output of the network misses its target by more than the tolerance, as a sentence."""
    for bits in BITS:
        trace = tiny_forward(net, bits, (0.0, 0.0))
        got, want = getattr(trace, output), target(*bits)
        if abs(got - want) > TOLERANCE:
            return f"For x = {bits} {output} is {got:.3f}, and should be {want}."
    return ""


def _equal_units(net):
    return (net.w1, net.w2) == (net.w3, net.w4)


def _only_soft(net):
    """Every output on the right side of one half."""
    traces = {bits: tiny_forward(net, bits, (0.0, 0.0)) for bits in BITS}
    return all(
        (trace.y1 > 0.5) == bool(a ^ b) and (trace.y2 > 0.5) == bool(a & b)
        for (a, b), trace in traces.items()
    )


def _traces(net):
    return {bits: tiny_forward(net, bits, (0.0, 0.0)) for bits in BITS}


def _outputs_exchanged(net):
    """The digit where the carry should be, and the other way round, on the right side of one half at least."""
    return all(
        (trace.y1 > 0.5) == bool(a & b) and (trace.y2 > 0.5) == bool(a ^ b)
        for (a, b), trace in _traces(net).items()
    )


def _soft_units(net):
    """A hidden unit that is neither near 0 nor near 1 for some input."""
    return any(0.1 < h < 0.9 for trace in _traces(net).values() for h in (trace.h1, trace.h2))


def _fires(net):
    """For each hidden unit the inputs for which it is above one half, as bits in the order of BITS."""
    traces = _traces(net)
    return tuple(tuple(getattr(traces[bits], unit) > 0.5 for bits in BITS) for unit in ("h1", "h2"))


_ANY, _BOTH, _NEVER, _ALWAYS = (
    (False, True, True, True), (False, False, False, True), (False,) * 4, (True,) * 4,
)  # fmt: skip


def _fires_like(*patterns):
    """A test of whether some hidden unit fires for these inputs and no others."""
    return lambda net: any(pattern in patterns for pattern in _fires(net))


def _same_units(net):
    first, second = _fires(net)
    return first == second


def _right_units(net):
    """Whether the hidden units say 'at least one' and 'both'; and the weights of the second and first to the outputs.

    Returns None when they do not.
    """
    first, second = _fires(net)
    if (first, second) == (_ANY, _BOTH):
        return {"any": (net.w5, net.w7), "both": (net.w6, net.w8)}
    if (first, second) == (_BOTH, _ANY):
        return {"any": (net.w6, net.w8), "both": (net.w5, net.w7)}
    return None


def _output_is(test):
    """A test of the outputs' weights, where the hidden units are right already."""

    def holds(net):
        units = _right_units(net)
        return units is not None and test(net, *units["any"], *units["both"])

    return holds


def _rests_high(net):
    """An output above one half where both hidden units are silent."""
    trace = _traces(net)[0, 0]
    return max(trace.h1, trace.h2) < 0.1 and max(trace.y1, trace.y2) > 0.5


HALF_ADDER = Built(
    label="half-adder",
    level="hard",
    prompt=(
        "Set the ten numbers so that the network adds two bits: y2 is the carry (1 for 1 + 1, else 0), y1 the digit "
        "(1 when exactly one input is 1). Each output within 0.1 of 0 or 1, for all four inputs."
    ),
    read=_read_net,
    form_text="Your answer is a TinyNet, or its ten numbers in order: w1 to w8, b1, b2.",
    demands=(
        Demand(
            "gives the carry y2",
            lambda net: _off(net, "y2", lambda a, b: a & b),
            "Let one hidden unit say whether both inputs are 1, and let y2 listen to it alone.",
        ),
        Demand(
            "gives the digit y1",
            lambda net: _off(net, "y1", lambda a, b: a ^ b),
            "Exactly one is: at least one, and not both. Let a hidden unit say each, and let y1 subtract.",
        ),
    ),
    slips=(
        Slip(
            "equal hidden units",
            "Your hidden units have the same weights and the same bias, so they are one unit. One sum w·x cannot "
            "put (0, 1) and (1, 0) above both (0, 0) and (1, 1).",
            _equal_units,
        ),
        Slip(
            "right but soft, the hidden units too",
            "Every output is on the right side of one half already. First make the hidden units switches, near 0 or 1 "
            "for every input: multiply their weights and b1 by one large number. Then set the outputs' thresholds "
            "anew, for what arrives at them has changed.",
            lambda net: _only_soft(net) and _soft_units(net),
        ),
        Slip(
            "right but soft",
            "Every output is on the right side of one half already, and the hidden units are switches. Multiply w5 to "
            "w8 and b2 by one large number: the outputs become steeper and their thresholds stay.",
            _only_soft,
        ),
        Slip(
            "outputs exchanged",
            "y1 is the carry and y2 the digit: exchange w5, w6 with w7, w8.",
            _outputs_exchanged,
        ),
        Slip(
            "soft hidden units",
            "Your hidden units are no switches yet: for some inputs they stand between 0.1 and 0.9. Make w1 to w4 and "
            "b1 larger, so that each unit is near 0 or near 1.",
            _soft_units,
        ),
        Slip(
            "an input not seen",
            "One hidden unit treats (0, 1) and (1, 0) differently, so one of the inputs counts for more. Give it the "
            "same weight from both.",
            lambda net: any(pattern[1] != pattern[2] for pattern in _fires(net)),
        ),
        Slip(
            "a unit that never fires",
            "One hidden unit is near 0 for every input: its weights do not reach the threshold −b1.",
            _fires_like(_NEVER),
        ),
        Slip(
            "a unit that always fires",
            "One hidden unit is near 1 for every input, even for (0, 0), where only b1 is left: b1 must be below zero.",
            _fires_like(_ALWAYS),
        ),
        Slip(
            "two units that say the same",
            "Both hidden units fire for the same inputs, so the second tells nothing new. One should say 'at least one', "
            "the other 'both': with one b1 their weights must differ.",
            _same_units,
        ),
        Slip(
            "an output that rests at 1",
            "For (0, 0) both hidden units are silent, and an output is not near 0 all the same. Only b2 is left there: it "
            "must be below zero.",
            _rests_high,
        ),
        Slip(
            "the carry hears the wrong unit",
            "The hidden units are right. y2 should fire with 'both' alone: its weight from 'at least one' must not lift "
            "it over its threshold −b2.",
            _output_is(lambda net, digit_any, carry_any, digit_both, carry_both: carry_any + net.b2 > -2.2),
        ),
        Slip(
            "the carry does not hear",
            "The hidden units are right, and y2 does not fire when both inputs are 1, or not clearly. Its weights from them must pass "
            "its threshold −b2 together.",
            _output_is(
                lambda net, digit_any, carry_any, digit_both, carry_both: (
                    carry_any + carry_both + net.b2 < 2.2
                )
            ),
        ),
        Slip(
            "the digit does not hear",
            "The hidden units are right, and y1 does not fire for one input, or not clearly. Its weight from 'at least one' must pass "
            "the threshold −b2.",
            _output_is(lambda net, digit_any, carry_any, digit_both, carry_both: digit_any + net.b2 < 2.2),
        ),
        Slip(
            "the digit is not held back",
            "The hidden units are right, and y1 fires for (1, 1) as well. 'Both' has to hold it back: its weight to y1 "
            "must be negative, and large enough to undo that of 'at least one'.",
            _output_is(
                lambda net, digit_any, carry_any, digit_both, carry_both: digit_any + digit_both + net.b2 > -3
            ),
        ),
    ),
    example=lambda: TinyNet(w1=30, w2=30, w3=10, w4=10, w5=20, w6=-20, w7=0, w8=20, b1=-15, b2=-10),
    why="A hidden unit is a threshold: σ(w·x + b) is near 1 where w·x is well above −b. Both share the bias, so their "
    "thresholds differ by their weights.",
    hints=(
        "A sigmoid with large weights is a switch: near 0 below its threshold, near 1 above.",
        "(0, 1) and (1, 0) ask for the same outputs, so the hidden units need to know only how many inputs are 1. Which "
        "two questions about that number can a threshold answer? The units share b₁: what else sets a threshold?",
        "Make h₁ say 'at least one', h₂ say 'both'. y₂ copies h₂. y₁ wants h₁ without h₂: give it weights of opposite "
        "sign. The two share b₂, which must be below zero, so that both outputs rest at 0; each weight has to carry its "
        "output over −b₂.",
    ),
)
