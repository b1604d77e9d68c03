"""The explorers of chapter 2, by torch's autograd and by counting: what each frame's sentence must say."""

from functools import cache

import numpy as np
import torch

FUNCTIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def norms_by_torch(width, layers, std, activation, rng, batch):
    """Norms of the gradient at every layer, 1 at the last; the random numbers in the order of the package."""
    weights = [torch.tensor(std * rng.standard_normal((width, width))) for _ in range(layers)]
    h = [torch.tensor(rng.standard_normal((batch, width)), requires_grad=True)]
    for weight in weights:
        h.append(FUNCTIONS[activation](torch.nn.functional.linear(h[-1], weight)))
    dy = torch.tensor(rng.standard_normal((batch, width)))
    gradients = torch.autograd.grad(h[-1], h, dy / dy.norm())
    return [gradient.norm().item() for gradient in gradients]


def written(value):
    """A number below 0.01 or from 10,000 on as a power of ten."""
    if 1e-2 <= value < 1e4:
        return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def depth(layers, activation, scale):
    norms = norms_by_torch(64, layers, scale / 8, activation, np.random.default_rng(7), 16)
    arrived = norms[0]
    verdict = "survives" if 1e-3 <= arrived <= 1e3 else "vanishes" if arrived < 1 else "explodes"
    return [f"receives {written(arrived)}, a factor {arrived ** (1 / layers):.2f} a layer. It {verdict}."]


def explosion(w, b):
    """The window by bisection on the factor, written with exponentials."""
    x = torch.linspace(-4, 4, 800_001, dtype=torch.float64)
    a = (w * x + b).requires_grad_()
    (slope,) = torch.autograd.grad(torch.sigmoid(a).sum(), a)
    reached = x[w * slope >= 1 - 1e-12]
    if w < 4:
        assert len(reached) == 0
        return ["It reaches 1 for no input", f"at most |w|/4 = {w / 4:.2f}"]
    left, right = reached[0].item(), reached[-1].item()
    if w == 4:
        assert right - left < 1e-4
        return ["at a single input", f"{-b / w:+.3f}".replace("-", "−")]
    edges = []
    for inside, outside in ((left, left - 1e-5), (right, right + 1e-5)):
        for _ in range(50):
            middle = (inside + outside) / 2
            e = np.exp(-(w * middle + b))
            inside, outside = (middle, outside) if w * e / (1 + e) ** 2 >= 1 else (inside, middle)
        edges.append(inside)
    said = [f"{edge:+.3f}".replace("-", "−") for edge in edges]
    return [f"from {said[0]} to {said[1]} only", f"a window of width {edges[1] - edges[0]:.3f}"]


@cache
def _networks(n, s):
    return [norms_by_torch(n, 12, s, "sigmoid", np.random.default_rng([n, k]), 8) for k in range(10)]


def paths(n, s):
    ratios = [norms[1] / norms[-1] for norms in _networks(n, s)]
    typical = np.prod([ratio ** (1 / 110) for ratio in ratios])
    grown = sum(ratio > 1 for ratio in ratios)
    return [f"a factor {typical:.2f} a layer, typically", f"In {grown} of 10 networks", f"{n} neuron"]


TRUTH = {"depth": depth, "explosion": explosion, "paths": paths}
