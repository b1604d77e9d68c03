"""The explorers of chapter 11: by torch with a copy of the weights for each step, and by mpmath."""

from functools import cache

import mpmath
import numpy as np
import torch

from lstm_course.figures import scientific, superscript


@cache
def untied(times):
    """The gradients of sixty copies of W_hh, the last step's first."""
    rng = np.random.default_rng(0)
    w_ih, w_hh = (torch.tensor(rng.uniform(-0.125, 0.125, shape)) for shape in ((64, 8), (64, 64)))
    bias = torch.tensor(rng.uniform(-0.125, 0.125, (2, 64))).sum(0)
    copies = [(times * w_hh).clone().requires_grad_() for _ in range(60)]
    x, h = torch.tensor(rng.standard_normal((60, 1, 8))), torch.tensor(rng.uniform(-1, 1, (1, 64)))
    for copy, x_t in zip(copies, x, strict=True):
        h = torch.tanh(x_t @ w_ih.T + h @ copy.T + bias)
    h.backward(torch.tensor(rng.standard_normal((1, 64)) / 8))
    return torch.stack([copy.grad for copy in copies[::-1]])


def terms(times, window):
    copies = untied(times)
    whole = copies.sum(0)
    off = ((whole - copies[:window].sum(0)).norm() / whole.norm()).item()
    ratio = (whole.norm() / copies[0].norm()).item()
    return [
        f"gradient has {scientific(ratio, 0)} times the norm of its nearest term",
        f"{window} lag{'s' if window > 1 else ''} kept it is off by "
        + (f"{100 * off:.2f}%." if off < 0.1 else f"{100 * off:.0f}%."),
    ]


@cache
def jacobians(radius, kind, activation):
    """Norms of ∂h_60/∂h_t for t = 60, 58, … 0, by one backward pass with a row for each unit."""
    rng = np.random.default_rng(4)
    if kind == "random":
        W = rng.standard_normal((32, 32))
        W = radius * W / max(abs(np.linalg.eigvals(W)))
    elif kind == "orthogonal":
        q, r = np.linalg.qr(rng.standard_normal((32, 32)))
        W = radius * q * np.sign(np.diag(r))
    else:
        W = radius * np.eye(32) if kind == "identity" else radius * np.eye(4) + np.diag(np.ones(3), 1)
    n, rng = len(W), np.random.default_rng(6)
    w_ih = torch.tensor(rng.standard_normal((n, n)) * 0.5 / np.sqrt(n))
    x = torch.tensor(rng.standard_normal((60, 1, n)))
    f = {"identity": lambda a: a, "tanh": torch.tanh, "relu": torch.relu}[activation]
    h = torch.zeros((n, n), dtype=torch.float64, requires_grad=True)
    states, W_torch = [h], torch.tensor(W)
    for x_t in x:
        states.append(f(x_t @ w_ih.T + states[-1] @ W_torch.T))
        states[-1].retain_grad()
    states[-1].backward(torch.eye(n, dtype=torch.float64))
    norms = [np.linalg.svd(state.grad.numpy())[1][0] for state in states[::-2]]
    return norms, np.sqrt(max(np.linalg.eigvalsh(W.T @ W)))


def jacobian(radius, kind, activation):
    norms, size = jacobians(radius, kind, activation)
    last, top = norms[-1], max(norms)
    said = [
        f"‖W‖₂ = {size:.2f}.",
        "stays at 1." if abs(last - 1) < 1e-6 else f"goes from 1 to {scientific(last)}.",
    ]
    return said + [f"it rises to {scientific(top)}."] * bool(top > 3 * max(last, 1))


NETS = {
    "contracts": ([["0.5"]], ["0.3"], [0.0]),
    "unstable point": ([["4"]], ["0"], [0.0]),
    "chaos": ([["3", "3"], ["-3", "-3"]], ["1.5", "-3"], [0.1, 0.2]),
}


def twins(net, exponent):
    with mpmath.workdps(60):
        W, b = mpmath.matrix(NETS[net][0]), mpmath.matrix(NETS[net][1])
        first = mpmath.matrix(NETS[net][2])  # the floats themselves, as the explorer has them
        second = first.copy()
        second[0] = mpmath.mpf(NETS[net][2][0] + 10.0**exponent)
        carried = mpmath.matrix([mpmath.mpf(10.0**exponent)] + [0] * (len(b) - 1))
        far = None
        for t in range(61):
            if far is None and mpmath.norm(second - first) > 0.1:
                far = t
            if t < 60:
                a, other = W * first + b, W * second + b
                slopes = mpmath.diag([1 - mpmath.tanh(each) ** 2 for each in a])
                carried = slopes * W * carried
                first, second = a.apply(mpmath.tanh), other.apply(mpmath.tanh)
        met = (
            "are not 0.1 apart within 60 steps."
            if far is None
            else f"are more than 0.1 apart for the first time at step {far}."
        )
        return [met, f"forecasts about 10{superscript(round(float(mpmath.log10(mpmath.norm(carried)))))}."]


TRUTH = {"terms": terms, "jacobian": jacobian, "twins": twins}
