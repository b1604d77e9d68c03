"""Exercises of chapter 2: the gradient of a chain, and its gain."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import sigmoid_prime
from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw
from lstm_course.gradient_flow import chain_gradient, gain_per_layer, scalar_chain


def _sample_chain_gradient(rng, size):
    length = (1, 2, 3, 4, 12)[size]
    weights = draw(rng, length, scale=2)
    weights[0] = -abs(weights[0])  # a sign to lose
    return weights, draw(rng, length), round(float(rng.uniform(-2, 2)), 2)


def _chain_wrong(*, join=np.prod, keep=slice(None), **changed):
    """`chain_gradient` with a line of `scalar_chain` that computes something else, or other than a product."""
    chain = but(scalar_chain, **changed) if changed else scalar_chain

    def wrong(weights, biases, x):
        return float(join(chain(weights, biases, x).factors[keep]))

    return wrong


def _weights_added(weights, biases, x):
    gradient = 1.0
    for weight, h in zip(weights, scalar_chain(weights, biases, x).h[1:], strict=True):
        gradient = (gradient + weight) * h * (1 - h)
    return float(gradient)


CHAIN_GRADIENT = Exercise(
    label="chain-gradient",
    level="warm-up",
    prompt=(
        "A chain has one neuron a layer: a_l = w_l h_{l-1} + b_l, h_l = σ(a_l), h_0 = x. Compute the "
        "derivative of its output h_L with respect to x."
    ),
    inputs=("weights", "biases", "x"),
    outputs=("gradient",),
    reference=chain_gradient,
    sample=_sample_chain_gradient,
    atol=0.0,
    hints=(
        "Go forward once, layer by layer, and keep every pre-activation.",
        "Each layer contributes one factor: its weight times the slope σ(a)(1 − σ(a)) at its own pre-activation.",
    ),
    mistakes=(
        Mistake(
            "weights left out",
            "Only the slopes σ'(a) are multiplied. On its way from one layer to the next the signal is "
            "also scaled by the weight, so each layer contributes two factors.",
            _chain_wrong(factors="act.f_prime(np.array(a))"),
        ),
        Mistake(
            "slopes left out",
            "Only the weights are multiplied, as in a chain of linear neurons. Each layer also squeezes the "
            "signal through σ, and contributes its slope σ'(a_l).",
            _chain_wrong(factors="weights"),
        ),
        Mistake(
            "σ' at the activation",
            "σ' is evaluated at h_l = σ(a_l), so σ is applied once too often. Its argument is the "
            "pre-activation a_l.",
            _chain_wrong(factors="weights * act.f_prime(np.array(h[1:]))"),
        ),
        Mistake(
            "σ' at the layer's input",
            "σ' is evaluated at h_{l-1}, at what came into the layer. Between that and σ lie the weight "
            "and the bias: the argument is a_l.",
            _chain_wrong(factors="weights * act.f_prime(np.array(h[:-1]))"),
        ),
        Mistake(
            "slope of the layer before",
            "Your slope is h(1 − h) with h_{l-1}, what came into the layer: so each layer has the slope of the one before it. "
            "Its own stands at what it puts out, h_l.",
            _chain_wrong(factors="weights * np.array(h[:-1]) * (1 - np.array(h[:-1]))"),
        ),
        Mistake(
            "formula in h applied to a",
            "a(1 − a) is not the slope. The short formula h(1 − h) takes what comes out of σ, and here it is given what goes "
            "in.",
            _chain_wrong(factors="weights * np.array(a) * (1 - np.array(a))"),
        ),
        Mistake(
            "slope of tanh",
            "1 − h² is the slope of tanh. These neurons are sigmoids.",
            _chain_wrong(factors="weights * (1 - np.array(h[1:]) ** 2)"),
        ),
        Mistake(
            "activation for slope",
            "You multiply by h_l, where the neuron stands. The factor is how fast it rises there, its slope.",
            _chain_wrong(factors="weights * np.array(h[1:])"),
        ),
        Mistake(
            "largest slope everywhere",
            "You take ¼ for every slope. That is its largest value, at a = 0; the bound is made of it, the derivative is not.",
            _chain_wrong(factors="weights / 4"),
        ),
        Mistake(
            "first weight left out",
            "All slopes are there, and the first weight is missing. Between x and a_1 stands w_1.",
            _chain_wrong(
                factors="np.where(np.arange(len(weights)) == 0, 1, weights) * act.f_prime(np.array(a))"
            ),
        ),
        Mistake(
            "last weight left out",
            "All slopes are there, and the last weight is missing. As many weights as slopes stand in the product.",
            _chain_wrong(
                factors="np.where(np.arange(len(weights)) == len(weights) - 1, 1, weights) * act.f_prime(np.array(a))"
            ),
        ),
        Mistake(
            "last slope left out",
            "All weights are there, and the last slope is missing: this is the derivative of a_L, and the output is h_L.",
            _chain_wrong(
                factors="weights * np.where(np.arange(len(weights)) == len(weights) - 1, 1, act.f_prime(np.array(a)))"
            ),
        ),
        Mistake(
            "sum instead of product",
            "The layers' factors are added. Functions inside functions: the chain rule multiplies, and "
            "that is why the result shrinks or grows so fast with depth.",
            _chain_wrong(join=np.sum),
            also=(_chain_wrong(join=lambda factors: 1 + np.sum(factors)),),
        ),
        Mistake(
            "weight added",
            "You add each weight to what has come so far, and multiply by the slope. A layer multiplies by its weight as well.",
            _weights_added,
        ),
        Mistake(
            "last layer skipped",
            "The last layer's factor is missing. A chain of L layers has L factors, and the output h_L "
            "lies behind the last of them.",
            _chain_wrong(keep=slice(None, -1)),
        ),
        Mistake(
            "sign of the weights lost",
            "The size is right and the sign is not: you take |w|. A negative weight turns the slope "
            "round; absolute values only come in when we ask how large the product is.",
            _chain_wrong(factors="abs(weights) * act.f_prime(np.array(a))"),
        ),
        Mistake(
            "biases left out of the forward pass",
            "The biases are missing. They vanish when a_l is differentiated, but they still decide where "
            "on the sigmoid its slope is taken.",
            _chain_wrong(biases="np.zeros_like(weights)"),
        ),
        Mistake(
            "every layer reads x",
            "Every layer of yours reads x. Layer l reads h_{l-1}, what the layer before puts out.",
            lambda weights, biases, x: float(np.prod(weights * sigmoid_prime(weights * x + biases))),
        ),
        Mistake(
            "first layer skipped",
            "The first layer's factor is missing: this is the derivative by h_1. x lies before the first layer.",
            _chain_wrong(keep=slice(1, None)),
        ),
        Mistake(
            "the output itself",
            "This is the output h_L. Its derivative by x is asked for.",
            lambda weights, biases, x: float(scalar_chain(weights, biases, x).h[-1]),
        ),
    ),
)


def _sample_gain_per_layer(rng, size):
    return (
        (np.array([2.0, 8.0]),),
        (np.array([1.0, 2.0, 9.0]),),
        (np.array([50.0, 3.0, 0.5, 0.02]),),
        (np.array([5.0, 5.0]),),
        (np.exp(np.cumsum(rng.uniform(-1, 2, 30))).round(4),),
    )[size]


GAIN_PER_LAYER = Exercise(
    label="gain-per-layer",
    level="warm-up",
    prompt=(
        "norms holds the gradient's norm at each layer, in layer order; the gradient runs from the last "
        "to the first. Compute the geometric mean of the factors by which it changes per layer."
    ),
    inputs=("norms",),
    outputs=("gain",),
    reference=gain_per_layer,
    sample=_sample_gain_per_layer,
    hints=(
        "Which of the norms does the gradient have first, and which last?",
        "A factor that acts at every step gives a power of itself. How many steps lie between the norms?",
    ),
    mistakes=(
        Mistake(
            "arithmetic mean of the ratios",
            "You average the ratios arithmetically. Factors act one after another, so the fair average "
            "is the factor that, applied every time, gives the same total: the geometric mean.",
            lambda norms: float(np.mean(norms[:-1] / norms[1:])),
        ),
        Mistake(
            "as many steps as norms",
            "The root is taken as if there were a step for every norm. Count the gaps between the norms, "
            "not the norms.",
            lambda norms: float((norms[0] / norms[-1]) ** (1 / len(norms))),
        ),
        Mistake(
            "ratio upside down",
            "You measure from the first layer to the last. The gradient travels the other way: a gain "
            "below 1 means that it is smaller at the first layer.",
            lambda norms: float((norms[-1] / norms[0]) ** (1 / (len(norms) - 1))),
        ),
        Mistake(
            "largest over smallest",
            "You compare the largest norm with the smallest, wherever they stand. The gradient starts at the last layer and "
            "ends at the first.",
            lambda norms: float((np.max(norms) / np.min(norms)) ** (1 / (len(norms) - 1))),
            also=(lambda norms: float((np.min(norms) / np.max(norms)) ** (1 / (len(norms) - 1))),),
        ),
        Mistake(
            "arithmetic mean of the ratios, upside down",
            "You average the ratios arithmetically, and from the first layer to the last. The gradient goes the other way, and "
            "the mean of factors is the geometric one.",
            lambda norms: float(np.mean(norms[1:] / norms[:-1])),
        ),
        Mistake(
            "no root",
            "This is the total factor from the last layer to the first. Spread it evenly over the steps "
            "in between.",
            lambda norms: float(norms[0] / norms[-1]),
        ),
        Mistake(
            "mean of the norms",
            "This is the geometric mean of the norms themselves. The gain is about how one norm leads to "
            "the next, so it is their ratios that are averaged.",
            lambda norms: float(np.exp(np.mean(np.log(norms)))),
        ),
        Mistake(
            "total divided by the number of steps",
            "The total factor is divided by the number of steps. Factors multiply, so an even share of "
            "them is a root, not a quotient.",
            lambda norms: float(norms[0] / norms[-1] / (len(norms) - 1)),
        ),
        Mistake(
            "always the square root",
            "You take the square root, whatever the number of steps. A factor that acts at every step gives a power "
            "whose exponent is that number.",
            lambda norms: float(np.sqrt(norms[0] / norms[-1])),
        ),
        Mistake(
            "one step alone",
            "This is the factor of the first step back, next to the output, alone. The mean is over all steps.",
            lambda norms: float(norms[-2] / norms[-1]),
        ),
        Mistake(
            "logarithm of the gain",
            "This is the logarithm of the gain. The way back from a logarithm is the exponential.",
            lambda norms: float(np.log(norms[0] / norms[-1]) / (len(norms) - 1)),
        ),
    ),
)
