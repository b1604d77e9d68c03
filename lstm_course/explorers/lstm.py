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
           "of the input and the previous hidden state. The cell state has no part in it."),
    "iₜ": ("i", "iₜ = σ(rows i of aₜ)", "The input gate, between 0 and 1 for each cell: how much of "
           "the candidate enters."),
    "fₜ": ("f", "fₜ = σ(rows f of aₜ)", "The forget gate, between 0 and 1 for each cell: how much "
           "of the old cell state is kept. Open keeps, shut clears."),
    "gₜ": ("g", "gₜ = tanh(rows g of aₜ)", "The candidate, between −1 and 1: what would be added "
           "if the input gate let it in. It has a sign, so the cell can go down as well as up."),
    "oₜ": ("o", "oₜ = σ(rows o of aₜ)", "The output gate, between 0 and 1 for each cell: how much of "
           "the cell is shown."),
    "cₜ": ("c", "cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ", "The new cell state: what is kept of the old one plus what enters. "
           "On the way from cₜ₋₁ there is a multiplication and an addition, and no matrix."),
    "hₜ": ("h", "hₜ = oₜ ⊙ tanh(cₜ)", "The new hidden state: the cell state, squashed, as far as the output gate "
           "shows it. It is the output, and what the next step's gates will read."),
}  # fmt: skip


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


def one_step() -> Explorer:
    """One cell, one step: pre-activations in, gates and states out."""
    direct = LSTMParams(np.eye(4), np.zeros((4, 1)), np.zeros(4))  # the input is the pre-activations

    def step(a_i, a_f, a_g, a_o, c_prev):
        x_t = np.array([[a_i, a_f, a_g, a_o]], float)
        _, _, cache = lstm_step(direct, x_t, np.zeros((1, 1)), np.array([[c_prev]], float))
        return {
            "i": cache.i_t.item(), "f": cache.f_t.item(), "g": cache.g_t.item(), "o": cache.o_t.item(),
            "c_prev": float(c_prev), "c": cache.c_t.item(), "h": (cache.o_t * cache.tanh_c).item(),
        }  # fmt: skip

    def say(**values):
        s = step(**values)
        return (
            f"The forget gate keeps {s['f']:.0%} of {signed(s['c_prev'], 1)}, the input gate lets {s['i']:.0%} of "
            f"{signed(s['g'], 2)} in: c = {signed(s['c'], 2)}. The output gate shows {s['o']:.0%} of tanh c: "
            f"h = {signed(s['h'], 2)}."
        )

    return Explorer(
        lambda **values: plot_one_step(**step(**values)).figure,
        say=say,
        alt="Bars for one cell and one step. On the left how far the gates i, f, o are open and the candidate g; "
        "on the right the old cell state, what the forget gate keeps of it, what is added, the new cell state and "
        "the hidden state.",
        values={
            "a_i": (-4.0, 0.0, 4.0),
            "a_f": (-4.0, 0.0, 4.0),
            "a_g": (-2.0, 1.0),
            "a_o": (-4.0, 0.0, 4.0),
        },
        start={"a_i": 0.0, "a_f": 4.0, "a_g": 1.0, "a_o": 4.0, "c_prev": 3.0},
        labels={
            "a_i": "input gate, before σ", "a_f": "forget gate, before σ", "a_g": "candidate, before tanh",
            "a_o": "output gate, before σ", "c_prev": "old cell state cₜ₋₁",
        },
        live={"c_prev": (-4.0, 4.0, 0.5)},
    )  # fmt: skip


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
            f"the input gate stood open by {cache.i[0, 0, 0]:.1%} for everything else."
        )

    return Explorer(
        draw,
        say=say,
        alt="Three strips over eighty steps: the noisy numbers offered to the cell, its input gate and forget gate, and "
        "the cell state beside what it should be: zero, then the value written at step 9, then zero again from step 63.",
        values={
            "forget_bias": (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0),
            "input_bias": (-12.0, -8.0, -5.0, -3.0, -2.0, 0.0),
        },
        start={"forget_bias": 1.0, "input_bias": -8.0},
        labels={"forget_bias": "forget bias", "input_bias": "input bias"},
        caption="A cell set by hand. Its gates obey the marks; the biases say how firmly, when there is no mark.",
    )
