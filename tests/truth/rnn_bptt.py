"""The explorers of chapter 10, by torch's autograd with a copy of the weight for each step."""

import torch

X, TARGET = (1.0, 2.0, 1.0), (11.0, 19.0, 14.0)


def written(value):
    return f"{value + 0.0:.4g}".replace("-", "−")


def three_steps(w_hh, h0, losses):
    copies = [torch.tensor(w_hh, dtype=torch.float64, requires_grad=True) for _ in X]
    h, parts = torch.tensor(h0, dtype=torch.float64), []
    for copy, x, target in zip(copies, X, TARGET, strict=True):
        before, h = h, 2 * x + copy * h
        parts.append((copy, before, (3 * h - target) ** 2 / 2, h))
    counted = parts[2:] if losses == "only L₃" else parts
    shares = torch.autograd.grad(
        sum(part[2] for part in counted), copies, retain_graph=True, allow_unused=True
    )
    shares = [share.item() for share in shares]
    # each loss by the copy of its own step, whose earlier state is thereby held
    immediate = sum(
        torch.autograd.grad(loss, copy, retain_graph=True)[0].item() for copy, _, loss, _ in counted
    )
    first, second, third = (written(share) for share in shares)
    return [
        f"contribute {first}, {second} and {third}, so ∂L/∂w_hh = {written(sum(shares))}.",
        f"held fixed one would get {written(immediate)}.",
    ]


def one_or_all(steps, w):
    copies = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for _ in range(steps)]
    h = torch.tensor(0.5, dtype=torch.float64)
    for copy in copies:
        h = torch.tanh(copy * h + 0.2)
    slopes = [slope.item() for slope in torch.autograd.grad(h, copies)]
    if steps == 1:
        return [f"both slopes are {written(slopes[0])}"]
    said = [
        f"all copies moving the slope is {written(sum(slopes))}, with only the last one {written(slopes[-1])}."
    ]
    return said + ["They point opposite ways."] * (sum(slopes) * slopes[-1] < 0)


TRUTH = {"three_steps": three_steps, "one_or_all": one_or_all}
