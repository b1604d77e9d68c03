"""The explorers of chapter 16, by torch's autograd with the other paths detached: what each frame must say."""

from functools import cache

import numpy as np
import torch

from lstm_course.figures import scientific
from lstm_course.gru import init_gru

PATHS = ("directly", "through n", "through r", "through z")


def text(value):
    return "0" if round(value, 2) == 0 else f"{value:+.2f}".replace("-", "−")


def stop(value):
    return f"{value:g}".replace("-", "−")


def step(x, h, weights, reset, free):
    """One step in which the state moves only where a path in `free` reads it."""
    weight_ih, weight_hh, bias, bias_hn = weights
    seen = {path: h if path in free else h.detach() for path in PATHS}
    x_r, x_z, x_n = (x @ weight_ih.T + bias).chunk(3, dim=-1)
    w_r, w_z, w_n = weight_hh.chunk(3)
    r = torch.sigmoid(x_r + seen["through r"] @ w_r.T)
    z = torch.sigmoid(x_z + seen["through z"] @ w_z.T)
    past = seen["through n"]
    a_n = r * (past @ w_n.T + bias_hn) if reset == "after" else (r * past) @ w_n.T + bias_hn
    return (1 - z) * torch.tanh(x_n + a_n) + z * seen["directly"]


def ways(x, h, reset):
    numbers = ([[0.8], [-0.6], [1.0]], [[-1.0], [0.8], [1.5]], [0.3, 0.4, -0.9], [0.5])
    weights = [torch.tensor(n, dtype=torch.float64) for n in numbers]

    def slope(free):
        start = torch.tensor([[h]], dtype=torch.float64, requires_grad=True)
        out = step(torch.tensor([[x]], dtype=torch.float64), start, weights, reset, free)
        return torch.autograd.grad(out.sum(), start)[0].item()

    listed = ", ".join(f"{text(slope({path}))} {path}" for path in PATHS)
    return [f"At x = {stop(x)} and h = {stop(h)}: {listed}; together {text(slope(set(PATHS)))}."]


@cache
def norm(b_z, scale, free):
    rng = np.random.default_rng(4)
    weights = [torch.tensor(array) for array in vars(init_gru(8, 16, rng)).values()]
    weights[1] = scale * weights[1]
    weights[2][16:32] = b_z
    x = torch.tensor(rng.standard_normal((60, 1, 8)))
    start = torch.zeros(
        16, 16, dtype=torch.float64, requires_grad=True
    )  # one copy for each unit of the last state
    h = start
    for x_t in x:
        h = step(x_t, h, weights, "after", free)
    return torch.linalg.matrix_norm(torch.autograd.grad(h.trace(), start)[0], 2).item()


def highway(b_z, scale, cut):
    total = norm(b_z, scale, PATHS)
    left = norm(b_z, scale, tuple(path for path in PATHS if path != cut))
    direct = norm(b_z, scale, ("directly",))
    return [
        f"Bias of z {stop(b_z)}, recurrent weights × {stop(scale)}",
        f"all paths {scientific(total)}, without the path {cut} {scientific(left)}, the highway {scientific(direct)}.",
    ]


TRUTH = {"ways": ways, "highway": highway}
