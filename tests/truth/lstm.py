"""The explorers of chapter 12, in plain arithmetic and by torch's autograd: what each frame's sentence must say."""

import math

import numpy as np
import torch

SHARE = {"shut": 0.0, "half": 0.5, "open": 1.0}


def text(value):
    """Two decimals and a sign, and no minus before zero."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def one_step(f, i, g, o):
    c = SHARE[f] * 3 + SHARE[i] * g
    return [
        f"Of the old +3.00 the cell keeps {text(SHARE[f] * 3)}, of the offered {text(g)} it takes in",
        f"takes in {text(SHARE[i] * g)}: c = {text(c)}.",
        f"shows {100 * SHARE[o]:.0f}% of tanh c: h = {text(SHARE[o] * (1 - 2 / (math.exp(2 * c) + 1)))}.",
    ]


def diagram(part):
    """What each quantity depends on: where autograd finds a derivative that is not zero."""
    torch.manual_seed(0)
    x, h, c = (torch.randn(n, dtype=torch.float64, requires_grad=True) for n in (3, 2, 2))
    cell = torch.nn.LSTMCell(3, 2, dtype=torch.float64)
    a = cell.weight_ih @ x + cell.weight_hh @ h + cell.bias_ih + cell.bias_hh
    rows = dict(zip("ifgo", a.chunk(4), strict=True))
    h_t, c_t = (state[0] for state in cell(x[None], (h[None], c[None])))
    made = {"aₜ": a, **{f"{name}ₜ": row for name, row in rows.items()}, "cₜ": c_t, "hₜ": h_t}
    if part == "all":
        return ["Every part at once."]
    found = torch.autograd.grad(made[part].sum(), (x, h, c), allow_unused=True)
    names = [name for name, g in zip(("xₜ", "hₜ₋₁", "cₜ₋₁"), found, strict=True) if g is not None and g.any()]
    return [f"depend{'' if part == 'aₜ' else 's'} on {', '.join(names[:-1])} and {names[-1]}."]


def memory(forget_bias, input_bias):
    """The cell of 80 steps by a loop over plain numbers: written at step 9, cleared at step 63."""
    value = np.random.default_rng(4).normal(0, 1, 80).round(2)
    value[8] = 1.1
    c, before_clearing, kept = 0.0, 0.0, 1.0
    for t, v in enumerate(value.tolist(), start=1):
        write, clear = t == 9, t == 63
        i = 1 / (1 + math.exp(-(input_bias + 24 * write)))
        f = 1 / (1 + math.exp(-(forget_bias - 24 * write - 24 * clear)))
        if clear:
            before_clearing = c
        elif 9 < t < 63:
            kept *= f
        c = f * c + i * math.tanh(v)
        assert abs(c) < 2.4  # what the drawing has room for
    leak = 1 / (1 + math.exp(-input_bias))
    return [
        "+0.80 was written at step 9. Before it is cleared at step 63,",
        f"the cell holds {text(before_clearing)}: the forget gate has kept {kept:.0%} of it",
        f"the input gate stood open by {leak:.2%} for",
    ]


TRUTH = {"one_step": one_step, "diagram": diagram, "memory": memory}
