"""The explorers of chapter 13, by torch's autograd with one edge of the graph cut, and by counting."""

import numpy as np
import torch

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def double(value):
    return torch.tensor(value, dtype=torch.float64)


def four(value):
    """As the sentence writes a number."""
    if value == 0:
        return "0"
    if abs(value) >= 5e-5:
        return f"{value:+.4f}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    up = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.replace('-', '−')} × 10{up}"


# --- three steps by hand, every use of a state a copy of its own --------------------------------------


def unrolled(forget_bias, reads):
    """The loss of the three steps, with a copy of each state for each of its uses; and all copies."""
    copies = {}

    def use(state, name, where):
        copies[name, where] = state.clone()
        return copies[name, where]

    c, h = double(0.5).requires_grad_(), double(0.5).requires_grad_()
    states, loss = {"c0": c, "h0": h}, double(0.0)
    for t, x in enumerate((1.0, -1.0, 1.0), start=1):
        before = use(h, f"h{t - 1}", "gates")
        i = torch.sigmoid(1.0 * x + 0.5 * before)
        f = torch.sigmoid(0.0 * x - 1.0 * before + forget_bias)
        g = torch.tanh(1.0 * x + 1.0 * before)
        o = torch.sigmoid(0.5 * x + 2.0 * before)
        c = f * use(c, f"c{t - 1}", "next") + i * g
        h = o * torch.tanh(use(c, f"c{t}", "h"))
        states |= {f"c{t}": c, f"h{t}": h}
        if reads == "every step" or t == 3:
            loss = loss + (use(h, f"h{t}", "loss") - 1) ** 2 / 2
    return loss, states, copies


def two_arrivals(state, forget_bias, reads):
    loss, states, copies = unrolled(forget_bias, reads)
    key = state[0] + str("₀₁₂₃".index(state[1]))
    t = int(key[1])
    whole = torch.autograd.grad(loss, states[key], retain_graph=True)[0].item()
    words = {
        "gates": f"from the gates of step {t + 1}",
        "loss": "from the loss",
        "h": f"through h{state[1]}",
        "next": f"from c{str(t + 1).translate(SUBSCRIPTS)}",
    }
    said = [f"∂L/∂{state} = {four(whole)}."]
    places = ["loss", "gates"] if key[0] == "h" else ["h", "next"]
    places = [
        p for p in places if not (t == 0 and p in ("loss", "h")) and not (t == 3 and p in ("gates", "next"))
    ]
    total = 0.0
    for place in places:
        part = 0.0
        if (key, place) in copies:
            part = torch.autograd.grad(loss, copies[key, place], retain_graph=True)[0].item()
        total += part
        said.append(f"{four(part)} {words[place]}")
    assert abs(total - whole) < 1e-12
    return [*said, "One part" if len(places) == 1 else "Two parts"]


# --- where each variable is used: counted in the equations, written out for steps t and t+1 -----------

EQUATIONS = [
    *(f"{a}{t}: x{t} h{before}" for t, before in (("ₜ", "ₜ₋₁"), ("ₜ₊₁", "ₜ")) for a in ("aⁱ", "aᶠ", "aᵍ", "aᵒ")),
    *(f"{gate}{t}: {a}{t}" for t in ("ₜ", "ₜ₊₁") for gate, a in zip("ifgo", ("aⁱ", "aᶠ", "aᵍ", "aᵒ"), strict=True)),
    *(f"c{t}: f{t} c{before} i{t} g{t}" for t, before in (("ₜ", "ₜ₋₁"), ("ₜ₊₁", "ₜ"))),
    *(f"h{t}: o{t} c{t}" for t in ("ₜ", "ₜ₊₁")),
    "loss at t: hₜ",
]  # fmt: skip


def used_in(variable):
    """What the variable is used for, among the steps t and t+1."""
    return [line.split(":")[0] for line in EQUATIONS if variable in line.split(":")[1].split()]


def uses(variable):
    names = {"aₜ": ["aⁱₜ", "aᶠₜ", "aᵍₜ", "aᵒₜ"]}.get(variable, variable.split())
    places = [used_in(name) for name in names]
    [count] = {len(found) for found in places}
    said = [f"{count} place" + "s" * (count > 1)]
    if variable == "hₜ":
        assert "loss at t" in places[0]
        assert sum(p.startswith("a") and p.endswith("ₜ₊₁") for p in places[0]) == 4
        return [*said, "the loss at t and the four gates of step t+1", "W_hhᵀ ∂L/∂aₜ₊₁"]
    if variable in ("xₜ", "hₜ₋₁"):
        assert all(p.startswith("a") and p.endswith("ₜ") for p in places[0])
        return [*said, "four gates"]
    if variable == "aₜ":
        assert [p for found in places for p in found] == list("ifgo") or len(places) == 4
        return [*said, "four blocks"]
    named = " and ".join(sorted({p for found in places for p in found}, key=lambda p: p[0] != "h"))
    return [*said, named]


# --- the sizes of the two arrivals, in a random LSTM --------------------------------------------------


def arrivals(forget_bias, scale, reads):
    """The same draws, the LSTM written in torch, and each edge's copy differentiated."""
    rng, steps, width = np.random.default_rng(5), 30, 16
    bound = width**-0.5
    w_ih = rng.uniform(-bound, bound, (4 * width, 4))
    w_hh = scale * rng.uniform(-bound, bound, (4 * width, width))
    bias = np.zeros(4 * width)
    bias[width : 2 * width] = forget_bias
    x, dh = rng.standard_normal((steps, 4, 4)), rng.standard_normal((steps, 4, width))
    w_ih, w_hh, bias, x = (torch.tensor(v) for v in (w_ih, w_hh, bias, x))
    read = torch.tensor(dh / np.linalg.norm(dh[-1]))
    h = torch.zeros(4, width, dtype=torch.float64)
    c, loss, into_h, onward = h.clone().requires_grad_(), 0, [], []
    for t in range(steps):
        i, f, g, o = (x[t] @ w_ih.T + h @ w_hh.T + bias).chunk(4, dim=1)
        kept = c.clone()
        onward.append(kept)  # onward[t] is how c_t, counted from 0, enters step t+1
        c = torch.sigmoid(f) * kept + torch.sigmoid(i) * torch.tanh(g)
        shown = c.clone()
        into_h.append(shown)
        h = torch.sigmoid(o) * torch.tanh(shown)
        if reads == "every step" or t == steps - 1:
            loss = loss + (h * read[t]).sum()
    at = steps // 2 - 1  # counted from 0
    through, after = (g.norm().item() for g in torch.autograd.grad(loss, (into_h[at], onward[at + 1])))
    name = "from step t+1" if after > through else "through hₜ"
    ratio = max(after, through) / min(after, through)
    return [
        f"at step {at + 1}, {text(after)} arrives from step t+1 and {text(through)} through hₜ",
        f"the part {name} is {text(ratio)} times the other",
    ]


def text(value):
    if 1e-2 <= value < 1e4:
        return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


TRUTH = {"two_arrivals": two_arrivals, "uses": uses, "arrivals": arrivals}
