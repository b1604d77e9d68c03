"""The explorers of the chapter on the LSTM's cell; the mathematics is in the package."""

from __future__ import annotations

import numpy as np

from lstm_course.explorers import Explorer
from lstm_course.figures import signed
from lstm_course.figures.lstm import Track, plot_lstm_cell, plot_one_step, plot_tracks
from lstm_course.lstm import LSTMParams, lstm_forward, lstm_step
from lstm_course.lstm_weights import memory_cell

EQUATIONS = {
    # button: (quantity lit, equation, what it does)
    "all": ("all", "one step of an LSTM", "Every part at once. The upper line carries c, the lower one h; "
            "copies of this drawing, side by side, are a sequence."),
    "aₜ": ("a", "aₜ = Wᵢₕ xₜ + Wₕₕ hₜ₋₁ + b", "The pre-activations of all four boxes are one matrix product "
           "of the input and the previous hidden state. They depend on xₜ and hₜ₋₁."),
    "iₜ": ("i", "iₜ = σ(rows i of aₜ)", "The input gate, between 0 and 1 for each cell: how much of "
           "the candidate enters. It depends on xₜ and hₜ₋₁."),
    "fₜ": ("f", "fₜ = σ(rows f of aₜ)", "The forget gate, between 0 and 1 for each cell: how much "
           "of the old cell state is kept. Open keeps, shut clears. It depends on xₜ and hₜ₋₁."),
    "gₜ": ("g", "gₜ = tanh(rows g of aₜ)", "The candidate, between −1 and 1: what would be added "
           "if the input gate let it in. It has a sign, so the cell can go down as well as up. It depends on xₜ and "
           "hₜ₋₁."),
    "oₜ": ("o", "oₜ = σ(rows o of aₜ)", "The output gate, between 0 and 1 for each cell: how much of "
           "the cell is shown. It depends on xₜ and hₜ₋₁."),
    "cₜ": ("c", "cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ", "The new cell state: what is kept of the old one plus what enters. "
           "On the way from cₜ₋₁ there is a multiplication and an addition, and no matrix. It depends on xₜ, hₜ₋₁ and "
           "cₜ₋₁."),
    "hₜ": ("h", "hₜ = oₜ ⊙ tanh(cₜ)", "The new hidden state: the cell state, squashed, as far as the output gate "
           "shows it. It is the output, and what the next step's gates will read. It depends on xₜ, hₜ₋₁ and cₜ₋₁."),
}  # fmt: skip
STANDS = {
    "shut": -40.0,
    "half": 0.0,
    "open": 40.0,
}  # how a gate stands, and the pre-activation that puts it there


def one_step() -> Explorer:
    """One cell, one step, its gates moved by hand."""
    direct = LSTMParams(np.eye(4), np.zeros((4, 1)), np.zeros(4))  # the input is the pre-activations

    def step(f, i, g, o, c_prev):
        x_t = np.array([[STANDS[i], STANDS[f], np.arctanh(g), STANDS[o]]])
        h_t, c_t, cache = lstm_step(direct, x_t, np.zeros((1, 1)), np.array([[c_prev]], float))
        return {
            "i": cache.i_t.item(), "f": cache.f_t.item(), "g": cache.g_t.item(), "o": cache.o_t.item(),
            "c_prev": float(c_prev), "c": c_t.item(), "h": h_t.item(),
        }  # fmt: skip

    def short(value):
        return signed(round(value, 2) + 0.0, 2)

    def say(**values):
        s = step(**values)
        return (
            f"Of the old {short(s['c_prev'])} the cell keeps {short(s['f'] * s['c_prev'])}, of the offered "
            f"{short(s['g'])} it takes in {short(s['i'] * s['g'])}: c = {short(s['c'])}. It shows {s['o']:.0%} of "
            f"tanh c: h = {short(s['h'])}."
        )

    return Explorer(
        lambda **values: plot_one_step(**step(**values)).figure,
        say=say,
        alt="One step of one cell. From the left the old cell state flows through a valve, the forget gate, to a plus. "
        "From below a candidate flows through a second valve, the input gate, to the same plus. The sum is the new "
        "cell state on the right; from there a branch goes down through tanh and a third valve, the output gate, to "
        "h. The valves are filled as far as they are open, the lines are as thick as what they carry.",
        values={
            "f": tuple(STANDS),
            "i": tuple(STANDS),
            "g": (-0.8, 0.8),
            "o": tuple(STANDS),
        },
        start={"f": "open", "i": "half", "g": 0.8, "o": "open", "c_prev": 3.0},
        labels={
            "f": "forget gate", "i": "input gate", "g": "offered to the cell", "o": "output gate",
            "c_prev": "old cell state",
        },
        live={"c_prev": (-4.0, 4.0, 0.5)},
        caption="A valve is filled as far as it is open. A line is as thick as the number that it carries; where "
        "nothing passes it is dotted.",
    )  # fmt: skip


def diagram() -> Explorer:
    """The cell as a wiring diagram, and the parts of it that each equation speaks of."""
    return Explorer(
        lambda part: plot_lstm_cell(*EQUATIONS[part][:2]).figure,
        say=lambda part: EQUATIONS[part][2],
        alt="Wiring diagram of one LSTM step. The input and the previous hidden state enter one box that computes all "
        "pre-activations; from it arrows lead up to three sigmoid boxes f, i, o and a tanh box g. Above them the "
        "cell state runs from left to right: it is multiplied by f, then i times g is added. A branch goes through "
        "tanh, is multiplied by o, and leaves as the hidden state. The parts of the chosen equation are coloured.",
        values={"part": tuple(EQUATIONS)},
        start={"part": "all"},
        labels={"part": "equation"},
        caption="The parts that the chosen equation speaks of are in colour.",
    )


def memory() -> Explorer:
    """A cell set by hand: what becomes of a stored value when its gates do not shut or open fully."""
    steps, write_at, clear_at, strength = 80, 8, 62, 12.0
    value = np.random.default_rng(4).normal(0, 1, steps).round(2)
    value[write_at] = 1.1
    marks = np.zeros((3, steps))
    marks[0, write_at] = marks[1, clear_at] = 1
    x = np.stack([value, *marks], axis=1)[:, None]
    stored = np.tanh(value[write_at])
    wanted = np.zeros(steps)
    wanted[write_at:clear_at] = stored

    def run(forget_bias, input_bias):
        params = memory_cell(strength, forget_bias=forget_bias, input_bias=input_bias)
        return lstm_forward(params, x)[2]

    def draw(**biases):
        cache = run(**biases)
        flat = {name: getattr(cache, name)[:, 0, 0] for name in "ifc"}
        tracks = (
            Track("what is offered to the cell, tanh(value)", {"x": np.tanh(value)}, -1.15, 1.15),
            Track("gates", {"i": flat["i"], "f": flat["f"]}, -0.06, 1.06),
            Track("cell state", {"c": flat["c"][1:], "wanted?": wanted}, -2.4, 2.4),
        )
        return plot_tracks(tracks).figure

    def say(forget_bias, input_bias):
        cache = run(forget_bias, input_bias)
        c, kept = cache.c[clear_at, 0, 0], cache.f[write_at + 1, 0, 0] ** (clear_at - write_at - 1)
        return (
            f"{signed(stored, 2)} was written at step {write_at + 1}. Before it is cleared at step "
            f"{clear_at + 1}, the cell holds {signed(round(c, 2) + 0.0, 2)}: the forget gate has kept {kept:.0%} of it, and "
            f"the input gate stood open by {cache.i[0, 0, 0]:.2%} for everything else."
        )

    return Explorer(
        draw,
        say=say,
        alt="Three strips over eighty steps: the noisy numbers offered to the cell, its input gate and forget gate, and "
        "the cell state beside what it should be: zero, then the value written at step 9, then zero again from step 63.",
        values={
            "forget_bias": tuple(float(b) for b in range(0, 13, 2)),
            "input_bias": tuple(float(b) for b in range(-12, 1, 2)),
        },
        start={"forget_bias": 2.0, "input_bias": -8.0},
        labels={"forget_bias": "forget bias", "input_bias": "input bias"},
        caption="A cell set by hand. Its gates obey the marks; the biases say how firmly, when there is no mark.",
    )
