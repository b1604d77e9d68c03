"""The explorers of chapter 15, by torch and by counting: what each frame's sentence must say."""

import torch

WEIGHTS = ((0.8, -1.0, 0.3), (-0.6, 0.8, 0.4))  # of x, of h, and the bias: r and z


def text(value, digits):
    return f"{value:.{digits}f}".replace("-", "−")


def stop(value):
    return f"{value:g}".replace("-", "−")


def cell(part, x, h):
    """torch's own cell with the weights of the page."""
    theirs = torch.nn.GRUCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih[:] = torch.tensor([[0.8], [-0.6], [1.0]])
        theirs.weight_hh[:] = torch.tensor([[-1.0], [0.8], [1.5]])
        theirs.bias_ih[:] = torch.tensor([0.3, 0.4, -0.9])
        theirs.bias_hh[:] = torch.tensor([0.0, 0.0, 0.5])
        new = theirs(torch.tensor([[x]]).double(), torch.tensor([[h]]).double()).item()
    r, z = (torch.sigmoid(torch.tensor(u * x + w * h + b).double()).item() for u, w, b in WEIGHTS)
    q = 1.5 * h + 0.5
    n = (new - z * h) / (1 - z)  # the mixture, solved for the candidate
    r, z, n, q, new = (text(value, 2) for value in (r, z, n, q, new))
    return {
        "whole step": [
            f"x = {stop(x)} and h = {stop(h)}: r = {r}, z = {z}, q = {q}, n = {n}; the new state is {new}."
        ],
        "reset r": [f"x = {stop(x)} and h = {stop(h)}", f"r = {r}."],
        "update z": [f"x = {stop(x)} and h = {stop(h)}", f"keep z = {z} of"],
        "candidate n": [f"W h + b = {q}; r = {r} of it", f"is n = {n}."],
        "state h": [f"z = {z} of the old state {stop(h)}, the rest of the candidate {n}, give {new}."],
    }[part]


def unit(b_z, b_r, watch):
    h, states = torch.zeros((), dtype=torch.float64), {}
    r = torch.sigmoid(torch.tensor(b_r).double())
    for step in range(1, 25):
        pulse = {3: 1.0, 14: -1.0}.get(step, 0.0)
        flag = -8.0 * abs(pulse) * (watch == "falls at an input")
        z = torch.sigmoid(torch.tensor(b_z + flag).double())
        h = torch.lerp(torch.tanh(4 * pulse + r * 1.5 * h), h, z)
        states[step] = f"{h.item():+.3f}".replace("-", "−")
    z = torch.sigmoid(torch.tensor(b_z).double()).item()
    return [
        f"z = {z:.2f} and r = {r.item():.2f} between the pulses",
        f"+1 the state is {states[3]}, ten steps later {states[13]};",
        f"−1 it is {states[14]}, at the end {states[24]}.",
    ]


def counter(letters):
    """Which digits change from one number to the next, by Python's own binary numbers."""
    now, following = letters % 16, (letters + 1) % 16
    flips = [str(2**j) for j in range(4) if (now ^ following) >> j & 1]
    return [f"After {letters} letters the four states read {now}.", f"worth {', '.join(flips)} will flip."]


TRUTH = {"cell": cell, "unit": unit, "counter": counter}
