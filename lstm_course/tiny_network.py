r"""The 2-2-2 network of chapter 1, forward and backward, term by term.

Every intermediate value has its own name, so that each line is one step of the derivation on paper.
The comments ``# eq:...`` name the equation of the chapter that a line computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lstm_course._arguments import as_array, as_number
from lstm_course.activations import sigmoid


@dataclass(frozen=True)
class TinyNet:
    """The ten numbers of the 2-2-2 network; a gradient is another `TinyNet`.

    `w1` to `w4` lead from the inputs to the hidden units, `w5` to `w8` from the hidden units to the
    outputs; `b1` is the bias that both hidden units share, `b2` the one that both outputs share.
    """

    w1: float
    w2: float
    w3: float
    w4: float
    w5: float
    w6: float
    w7: float
    w8: float
    b1: float
    b2: float

    def __post_init__(self):
        for name, value in vars(self).items():
            as_number(name, value)


class TinyTrace(NamedTuple):
    """Every value of one forward pass: inputs, targets, pre-activations `a`, activations, loss."""

    x1: float
    x2: float
    t1: float
    t2: float
    a_h1: float
    a_h2: float
    h1: float
    h2: float
    a_y1: float
    a_y2: float
    y1: float
    y2: float
    loss: float


class TinyTerms(NamedTuple):
    """Every factor of one backward pass, named after the derivative that it is."""

    dL_dy1: float
    dL_dy2: float
    dy1_da: float
    dy2_da: float
    delta_y1: float
    delta_y2: float
    dL_dh1: float
    dL_dh2: float
    dh1_da: float
    dh2_da: float
    delta_h1: float
    delta_h2: float
    w1_via_y1: float
    w1_via_y2: float


def tiny_forward(net: TinyNet, x, t) -> TinyTrace:
    """Run the 2-2-2 network on one example.

    Parameters
    ----------
    net : TinyNet
        The weights and biases.
    x, t : array_like, shape (2,)
        Inputs and targets.

    Returns
    -------
    TinyTrace
        All intermediate values and the loss.

    Raises
    ------
    ValueError, TypeError
        When `x` or `t` is not two finite numbers.
    """
    x1, x2 = as_array("x", x, "(I=2)").tolist()
    t1, t2 = as_array("t", t, "(O=2)").tolist()
    a_h1 = net.w1 * x1 + net.w2 * x2 + net.b1  # eq:tiny-hidden
    a_h2 = net.w3 * x1 + net.w4 * x2 + net.b1  # eq:tiny-hidden
    h1, h2 = float(sigmoid(a_h1)), float(sigmoid(a_h2))  # eq:tiny-hidden
    a_y1 = net.w5 * h1 + net.w6 * h2 + net.b2  # eq:tiny-output
    a_y2 = net.w7 * h1 + net.w8 * h2 + net.b2  # eq:tiny-output
    y1, y2 = float(sigmoid(a_y1)), float(sigmoid(a_y2))  # eq:tiny-output
    loss = 0.5 * (y1 - t1) ** 2 + 0.5 * (y2 - t2) ** 2  # eq:tiny-loss
    return TinyTrace(x1, x2, t1, t2, a_h1, a_h2, h1, h2, a_y1, a_y2, y1, y2, loss)


def tiny_backward(net: TinyNet, trace: TinyTrace) -> tuple[TinyNet, TinyTerms]:
    """Differentiate the loss of one forward pass by every weight and bias, term by term.

    Returns
    -------
    gradient : TinyNet
        The derivative of the loss by each of the ten numbers.
    terms : TinyTerms
        The factors that it was built from, among them the two paths to `w1`.
    """
    x1, x2, t1, t2, _, _, h1, h2, _, _, y1, y2, _ = trace
    dL_dy1, dL_dy2 = y1 - t1, y2 - t2  # eq:tiny-factor-loss
    dy1_da, dy2_da = y1 * (1 - y1), y2 * (1 - y2)  # eq:sigmoid-prime
    delta_y1, delta_y2 = dL_dy1 * dy1_da, dL_dy2 * dy2_da  # eq:tiny-delta-output
    dL_dh1 = delta_y1 * net.w5 + delta_y2 * net.w7  # eq:tiny-two-paths
    dL_dh2 = delta_y1 * net.w6 + delta_y2 * net.w8  # eq:tiny-two-paths
    dh1_da, dh2_da = h1 * (1 - h1), h2 * (1 - h2)  # eq:sigmoid-prime
    delta_h1, delta_h2 = dL_dh1 * dh1_da, dL_dh2 * dh2_da  # eq:tiny-delta-hidden
    gradient = TinyNet(
        w1=delta_h1 * x1,  # eq:tiny-w1
        w2=delta_h1 * x2,
        w3=delta_h2 * x1,
        w4=delta_h2 * x2,
        w5=delta_y1 * h1,  # eq:tiny-w5
        w6=delta_y1 * h2,
        w7=delta_y2 * h1,
        w8=delta_y2 * h2,
        b1=delta_h1 + delta_h2,  # eq:tiny-bias
        b2=delta_y1 + delta_y2,  # eq:tiny-bias
    )
    return gradient, TinyTerms(
        dL_dy1, dL_dy2, dy1_da, dy2_da, delta_y1, delta_y2, dL_dh1, dL_dh2, dh1_da, dh2_da,
        delta_h1, delta_h2,
        w1_via_y1=dL_dy1 * dy1_da * net.w5 * dh1_da * x1,  # eq:tiny-two-paths
        w1_via_y2=dL_dy2 * dy2_da * net.w7 * dh1_da * x1,  # eq:tiny-two-paths
    )  # fmt: skip
