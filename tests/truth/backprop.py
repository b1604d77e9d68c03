"""The explorers of chapter 1, by torch's autograd: what each frame's sentence must say."""

import torch

WEIGHTS = {"w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55,
           "b1": 0.35, "b2": 0.60}  # fmt: skip


def worked_example(x1=0.05, t1=0.01, t2=0.99, **changed):
    """The ten leaves, the outputs and the two halves of the loss."""
    p = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in (WEIGHTS | changed).items()
    }
    h1 = torch.sigmoid(p["w1"] * x1 + p["w2"] * 0.10 + p["b1"])
    h2 = torch.sigmoid(p["w3"] * x1 + p["w4"] * 0.10 + p["b1"])
    y1 = torch.sigmoid(p["w5"] * h1 + p["w6"] * h2 + p["b2"])
    y2 = torch.sigmoid(p["w7"] * h1 + p["w8"] * h2 + p["b2"])
    return p, (y1, y2), ((y1 - t1) ** 2 / 2, (y2 - t2) ** 2 / 2)


def derivatives(loss, leaves):
    found = torch.autograd.grad(loss, list(leaves.values()), retain_graph=True, allow_unused=True)
    return dict(zip(leaves, (0.0 if g is None else g.item() for g in found), strict=True))


def text(value, digits=4):
    return "0" if value == 0 else f"{value:+.{digits}f}".replace("-", "−")


def tiny_net(x1, t1, w5):
    p, (y1, y2), halves = worked_example(x1, t1, w5=w5)
    d = derivatives(sum(halves), p)
    signs = [(d[f"w{j}"] > 0) - (d[f"w{j}"] < 0) for j in range(1, 9)]
    said = [
        f"outputs are {y1:.3f} and {y2:.3f}, the loss is {sum(halves):.4f}",
        f"{signs.count(1)} of the eight weights should come down and {signs.count(-1)} go up",
        f"By w₅ the loss has the derivative {text(d['w5'])}, by w₁ {text(d['w1'])}.",
    ]
    return said + [f"{signs.count(0)} make no difference"] * (0 in signs)


def two_paths(w5, t2):
    p, _, halves = worked_example(t2=t2, w5=w5)
    first, second = (derivatives(half, p)["w1"] for half in halves)
    whole = derivatives(sum(halves), p)
    if w5 == 0:
        verdict = "The first path is cut"
    else:
        verdict = "agree" if (first > 0) == (second > 0) else "pull against each other"
    return [
        verdict,
        f"{text(first, 6)} through y₁ and {text(second, 6)} through y₂ make {text(whole['w1'], 6)}.",
        f"by w₅ itself is {text(whole['w5'])}",
    ]


def mixer(z, u, v):
    leaves = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in {"z": z, "u": u, "v": v}.items()
    }
    upper, lower = leaves["z"].clone(), leaves["z"].clone()
    p = upper * leaves["u"] + (1 - lower) * leaves["v"]
    dz, du, dv, dz_up, dz_down = (g.item() for g in torch.autograd.grad(p, [*leaves.values(), upper, lower]))
    return [
        f"p = {p.item():.4g}.".replace("-", "−"),
        f"u gets {du:g} and v gets {dv:g};",
        f"hear {text(dz_up, 2)} and {text(dz_down, 2)}, together {text(dz, 2)}.",
    ]


def descent(rate):
    p, _, halves = worked_example()
    before, d = sum(halves).item(), derivatives(sum(halves), p)
    after = sum(worked_example(**{name: value - rate * d[name] for name, value in WEIGHTS.items()})[2]).item()
    promised = before - rate * sum(value**2 for value in d.values())
    return [
        f"η = {rate} {'lowers' if after < before else 'raises'} the loss from {before:.4f} to {after:.4f}",
        f"promised {promised:.4f}." if promised >= 0 else "promised less than 0",
    ]


TRUTH = {"tiny_net": tiny_net, "two_paths": two_paths, "mixer": mixer, "descent": descent}
