"""The explorers of chapter 14: blocks of each step by torch's autograd, parts by a Fourier transform.

Multiply by ε where a step is entered at the hidden state: a route with m excursions carries ε to the power m, so
the parts are the coefficients of a polynomial in ε.
"""

from functools import cache

import numpy as np
import torch

from lstm_course.figures import scientific
from lstm_course.lstm import init_lstm

STEPS = 50
LETTERS = {"all four": "ifgo", "candidate": "g", "three gates": "ifo"}


@cache
def steps_of(forget_bias, scale, doors="ifgo"):
    """Diagonals of D and A, and B and E, (T, ...) each, with h held at the doors that are shut."""
    rng = np.random.default_rng(0)
    params = init_lstm(8, 32, rng, forget_bias=forget_bias)
    xs = torch.tensor(rng.standard_normal((STEPS, 8)))
    w_ih, w_hh, bias = (torch.tensor(np.array(a)) for a in (params.weight_ih, params.weight_hh, params.bias))
    w_hh = scale * w_hh

    def gates(h, held, x):
        a = (x @ w_ih.T + bias).chunk(4)
        weights = w_hh.chunk(4)
        a_i, a_f, a_g, a_o = (
            a[j] + weights[j] @ (h if door in doors else held) for j, door in enumerate("ifgo")
        )
        return a_i.sigmoid(), a_f.sigmoid(), a_g.tanh(), a_o.sigmoid()

    def cell(c, h, held, x):
        i, f, g, _ = gates(h, held, x)
        return f * c + i * g

    def out(c, h, held, x):
        return gates(h, held, x)[3] * c.tanh()

    c = h = torch.zeros(32, dtype=torch.float64)
    before, after = [], []
    for x in xs:
        before.append((c, h))
        c = cell(c, h, h, x)
        h = out(c, h, h, x)  # the new c, the old h
        after.append(c)
    c_prev, h_prev = (torch.stack(part) for part in zip(*before, strict=True))
    jacobian = torch.func.jacrev
    D, B = torch.func.vmap(jacobian(cell, (0, 1)))(c_prev, h_prev, h_prev, xs)
    A, E = torch.func.vmap(jacobian(out, (0, 1)))(torch.stack(after), h_prev, h_prev, xs)
    diagonal = [torch.diagonal(part, dim1=1, dim2=2).numpy() for part in (D, A)]
    return diagonal[0], diagonal[1], B.numpy(), E.numpy()


@cache
def parts(forget_bias, scale, doors="ifgo"):
    """Norm of the total, and norms of the parts by excursions."""
    steps = steps_of(forget_bias, scale, doors)
    count = STEPS + 2  # even, so that half of the roots of unity are enough
    roots = np.exp(2j * np.pi * np.arange(count // 2 + 1) / count)[:, None, None]
    c, h = np.tile(np.eye(32, dtype=complex), (len(roots), 1, 1)), 0
    for d, a, B, E in zip(*steps, strict=True):
        c, h_new = d[:, None] * c + roots * (B @ h if np.ndim(h) else 0), roots * (E @ h if np.ndim(h) else 0)
        h = a[:, None] * c + h_new
    coefficients = np.fft.irfft(c.conj(), n=count, axis=0)
    norms = np.linalg.norm(coefficients, axis=(1, 2))
    norms[0] = np.linalg.norm(np.prod(steps[0], axis=0))
    return float(np.linalg.norm(c[0].real)), norms


def count(m, steps=STEPS):
    """Routes with m excursions, step by step: how many stand at c, and how many at h after an E."""
    at_c, at_h = {0: 1}, {}  # after the first step, which is a D
    for _ in range(steps - 1):
        back = {j: at_c.get(j - 1, 0) + at_h.get(j - 1, 0) for j in range(steps)}
        at_c = {j: at_c.get(j, 0) + back[j] for j in range(steps)}
        at_h = back
    return at_c.get(m, 0)


def one_route(m, forget_bias, where):
    """The product along the route that the map shows, from the description in its text."""
    if where == "in a row":
        start = (STEPS - m) // 2 + 1
        letters = ["D"] * start + ["E"] * (m - 1) + ["B"] * (m > 0)
        letters += ["D"] * (STEPS - len(letters))
    else:
        letters = ["D"] * STEPS
        for j in range(m):
            letters[round((j + 1) * STEPS / (m + 1))] = "B"
    c, h = np.eye(32), np.zeros((32, 32))
    for letter, d, a, B, E in zip(letters, *steps_of(forget_bias, 1), strict=True):
        c, h = {"D": (d[:, None] * c, 0 * h), "B": (B @ h, 0 * h), "E": (0 * c, E @ h)}[letter]
        h = h + a[:, None] * c
    return np.linalg.norm(c)


def roads(m, forget_bias, where):
    total, norms = parts(forget_bias, 1)
    said = [f"brings {scientific(float(norms[0]))}", scientific(total)]
    if m == 0:
        return [*said, "No excursion: a single route, the highway."]
    one = scientific(float(one_route(m, forget_bias, where)))
    return [
        *said,
        f"{m} excursion{'' if m == 1 else 's'}: {count(m):,} routes. The one drawn brings {one},",
        f"all of this kind together {scientific(float(norms[m]))};",
    ]


def split(forget_bias, scale, lag):
    d, a, B, E = (part[:lag] for part in steps_of(forget_bias, scale))
    product = np.eye(64)
    for d_t, a_t, B_t, E_t in zip(d, a, B, E, strict=True):
        product = np.block([[np.diag(d_t), B_t], [np.diag(a_t * d_t), a_t[:, None] * B_t + E_t]]) @ product
    total, highway = product[:32, :32], np.diag(np.prod(d, axis=0))
    share = 100 * np.sum(highway * total) / np.sum(total**2)
    said = [scientific(float(np.linalg.norm(part))) for part in (highway, total - highway, total)]
    wanted = f"{share:.0f} %".replace("-", "−") if abs(share) >= 1 else "less than 1 % in size"
    return [
        f"Lag {lag}: highway {said[0]}, all other routes {said[1]}, total {said[2]}.",
        f"in the total: {wanted}.",
    ]


def doors(through, forget_bias, scale):
    total, norms = parts(forget_bias, scale, LETTERS[through])
    top = int(np.argmax(norms))
    found, highway = scientific(float(norms[top])), scientific(float(norms[0]))
    excursions = f"has {top} excursion{'' if top == 1 else 's'}, {found}; the highway alone has {highway};"
    return [
        f"{through}: the largest part {f'is the highway, {highway};' if top == 0 else excursions}",
        f"all parts together have {scientific(total)}.",
    ]


TRUTH = {"roads": roads, "split": split, "doors": doors}
