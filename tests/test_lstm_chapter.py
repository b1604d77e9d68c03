"""The exercises of chapter 12 that ask for no function: answers by torch, and wrong ones of several kinds."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from lstm_course.activations import sigmoid
from lstm_course.exercises import EXERCISES, grade
from lstm_course.lstm import LSTMParams
from lstm_course.lstm_variants import PeepholeLSTMParams, variant_forward, variant_step
from lstm_course.lstm_weights import counter_cell, lstm_parameter_count
from lstm_course.torch_bridge import lstm_to_torch

PAGE = "\n".join(
    cell.source
    for cell in nbformat.read(
        Path(__file__).resolve().parents[1] / "book" / "12_lstm.ipynb", as_version=4
    ).cells
    if cell.cell_type == "markdown"
)


def test_the_table_of_the_step_with_a_calculator_is_the_cell_of_the_check():
    rows = re.findall(r"^\| ([ifgo]) \| \$(\S+)\$ \| \$(\S+)\$ \| \$(\S+)\$ \|$", PAGE, re.M)
    params, *_ = EXERCISES["lstm-step"].sample(np.random.default_rng(0), 0)
    assert "".join(row[0] for row in rows) == "ifgo"
    stated = np.array([row[1:] for row in rows], float)
    assert np.array_equal(stated, np.column_stack([params.weight_ih, params.weight_hh, params.bias]))


def test_the_displays_of_the_page():
    """What the guard of the prose does not read: displayed equations and the years of a table."""
    assert r"\frac{2\,(I+2H+1)}{I+H+1}" in PAGE
    for n_in, n in ((7, 5), (300, 512)):
        ratio = lstm_parameter_count(n_in, 2 * n) / lstm_parameter_count(n_in, n)
        assert ratio == pytest.approx(2 * (n_in + 2 * n + 1) / (n_in + n + 1))
    peepholes = (
        r"i_t&=\sigma(a^i_t+p_i\odot c_{t-1})\\",
        r"f_t&=\sigma(a^f_t+p_f\odot c_{t-1})\\",
        r"o_t&=\sigma(a^o_t+p_o\odot c_t)",
    )
    assert "\n".join(peepholes) in PAGE
    assert r"$W_{xi}$ is our $W_{ii}^\top$" in PAGE
    years = re.findall(r"^\| \$(\d{4})\$ \| .+ \| \{cite:t\}`[a-z]+(\d{4})` \|$", PAGE, re.M)
    assert len(years) == 6
    assert all(year == of for year, of in years)
    links = re.findall(r"\[Chapter 11\]\(11_rnn_reach\) (ended with a wish|had a task)", PAGE)
    assert len(links) == 2


def float64(*values):
    return [torch.tensor([[value]], dtype=torch.float64) for value in values]


def test_the_step_with_a_pencil_by_torch():
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for p in cell.parameters():
            p.zero_()
        cell.bias_ih[:] = torch.log(torch.tensor([1.0, 3.0, 2.0, 0.25], dtype=torch.float64))
        h, c = cell(*float64(7.0), tuple(float64(0.0, -2.0)))
    assert grade("step-with-a-pencil", (c.item(), h.item())).status == "right"


def test_the_counts_by_torch():
    one, two = (
        sum(p.numel() for name, p in torch.nn.LSTM(100, n).named_parameters() if name != "bias_hh_l0")
        for n in (50, 100)
    )
    block = one // 4
    assert grade("lstm-counts", (one, two, one - block)).status == "right"


def test_the_bias_set_twice_by_torch():
    left = []
    for names in (("bias_ih_l0", "bias_hh_l0"), ("bias_ih_l0",)):
        lstm = torch.nn.LSTM(1, 1, dtype=torch.float64)
        with torch.no_grad():
            for name, p in lstm.named_parameters():
                p.zero_()
                if name in names:
                    p[1] = 1.0
            states = tuple(torch.full((1, 1, 1), v, dtype=torch.float64) for v in (0.0, 1.0))
            _, (_, c) = lstm(torch.zeros(10, 1, 1, dtype=torch.float64), states)
        left.append(c.item())
    assert grade("bias-set-twice", tuple(left)).status == "right"


def test_the_coupled_counter_by_running_it():
    counter = counter_cell()
    half = LSTMParams(counter.weight_ih, counter.weight_hh, counter.bias * [0, 1, 1, 1])
    _, (_, c), _ = variant_forward(half, np.ones((200, 1, 1)), forget="coupled")
    assert c.item() == pytest.approx(1)
    assert grade("coupled-counter", "c1").status == "right"


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["peephole-listing"]
    wrong = "    o_t = sigmoid(a_o + p_o * c_prev)\n"
    below = "    c_t = f_t * c_prev + i_t * g_t\n"
    mended = task.listing.replace(wrong, "").replace(below, below + wrong.replace("c_prev", "c_t"))
    rng = np.random.default_rng(0)
    params = PeepholeLSTMParams(*(rng.standard_normal(s) for s in ((8, 3), (8, 2), 8, (3, 2))))
    arrays = [rng.standard_normal((4, n)) for n in (3, 2, 2)]
    h_t, c_t, _ = variant_step(params, *arrays)
    for listing, right in ((mended, True), (task.listing, False)):
        scope = {"np": np, "sigmoid": sigmoid}
        exec(listing, scope)
        h, c = scope["peephole_step"](params, *arrays)
        assert np.allclose(c, c_t, atol=1e-12)
        assert np.allclose(h, h_t, atol=1e-12) == right


def test_the_cells_set_by_hand_do_it_in_torch_too():
    marks = np.random.default_rng(1).integers(0, 2, 60).astype(float)
    with torch.no_grad():
        h, _ = lstm_to_torch(EXERCISES["lstm-toggle"].example())(torch.tensor(marks)[:, None, None])
    count = np.cumsum(marks)
    side = np.where(count % 2, 1, -1)[count > 0]
    assert (side * h[:, 0, 0].numpy()[count > 0] > 0.5).all()


def cell(rows, recurrent, bias):
    return LSTMParams(np.array(rows, float), np.array(recurrent, float).reshape(4, 1), np.array(bias, float))


COUNTER = ([[0, 0], [0, -40], [20, 0], [0, 0]], [0] * 4, [20, 20, 0, 20])
TOGGLE = ([[40], [-40], [0], [0]], [0, 0, -6, 0], [-20, 20, 2, 20])


def changed(of, *, rows=None, recurrent=None, bias=None):
    """A right answer with some entries changed: {place: value}."""
    parts = [np.array(part, float) for part in of]
    for part, changes in zip(parts, (rows, recurrent, bias), strict=True):
        for place, value in (changes or {}).items():
            part[place] = value
    return cell(*parts)


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("lstm-reset-counter", changed(COUNTER, rows={(1, 1): 40}, bias={1: -20}), "Open keeps, shut clears"),
        ("lstm-reset-counter", changed(COUNTER, rows={(1, 1): 0}), "the old count must go"),
        ("lstm-reset-counter", changed(COUNTER, bias={2: 1.0}), "not 0 when nothing ticks"),
        ("lstm-reset-counter", changed(COUNTER, rows={(2, 0): -20}), "counts downwards"),
        ("lstm-reset-counter", changed(COUNTER, bias={1: 4.0}), "Make the weights larger"),
        ("lstm-reset-counter", changed(COUNTER, rows={(2, 0): 1.0}), "Make the weights larger"),
        ("lstm-reset-counter", changed(COUNTER, bias={0: -20}), "At a tick your input gate is shut"),
        ("lstm-reset-counter", cell([[0, 0], [0, -40], [0, 0], [20, 0]], [0] * 4, [20, 20, 20, 0]), "in another order"),
        ("lstm-reset-counter", changed(COUNTER, rows={(1, 0): -40, (1, 1): 0, (2, 0): 0, (2, 1): 20}), "columns of W_ih"),
        ("lstm-reset-counter", changed(COUNTER, recurrent={2: 1.0}), "know what it shows"),
        ("lstm-reset-counter", changed(COUNTER, bias={1: 0.0}), "forget gate stands about half open"),
        ("lstm-reset-counter", changed(COUNTER, bias={1: -20.0}), "your forget gate is shut, and the count is lost"),
        ("lstm-reset-counter", changed(COUNTER, rows={(1, 0): -40}), "At a tick your forget gate shuts"),
        ("lstm-reset-counter", changed(COUNTER, bias={0: 0.0}), "a tick counts half"),
        ("lstm-reset-counter", changed(COUNTER, rows={(2, 0): 0.0}), "does not hear the first input"),
        ("lstm-reset-counter", changed(COUNTER, rows={(1, 1): -23}), "not far enough"),
        ("lstm-reset-counter", changed(COUNTER, rows={(2, 1): 20}), "something new comes in"),
        ("lstm-toggle", cell([[40], [-40], [0], [0]], [0, 0, 0, -6], [-20, 20, 20, 2]), "in another order"),
        ("lstm-toggle", changed(TOGGLE, bias={3: 0}), "about half open"),
        ("lstm-toggle", changed(TOGGLE, rows={(3, 0): 40}, bias={3: -20}), "Between marks your output gate"),
        ("lstm-toggle", changed(TOGGLE, rows={(0, 0): 0}), "At a mark your input gate"),
        ("lstm-toggle", changed(TOGGLE, bias={2: -2}), "is to go up first"),
        ("lstm-toggle", changed(TOGGLE, bias={1: 0}), "with bias 0 a gate is"),
        ("lstm-toggle", changed(TOGGLE, bias={0: -4}), "a little of the candidate"),
        ("lstm-toggle", changed(TOGGLE, bias={2: 8}), "offers the same side at every mark"),
        ("lstm-toggle", changed(TOGGLE, recurrent={2: -1.0}, bias={2: 0.3}), "Make its weights larger"),
        ("lstm-reset-counter", changed(TOGGLE), "must have I=2 and H=1"),
        ("lstm-reset-counter", 3, "must be an LSTMParams, got int"),
        ("lstm-toggle", changed(TOGGLE, bias={3: -20}), "Nothing is shown"),
        ("lstm-toggle", changed(TOGGLE, recurrent={2: 0}), "does not read h"),
        ("lstm-toggle", changed(TOGGLE, rows={(1, 0): 0}), "only cancels it"),
        ("lstm-toggle", changed(TOGGLE, bias={2: 0}), "your candidate is 0 with it"),
        ("lstm-toggle", changed(TOGGLE, recurrent={2: 6}), "It needs the other sign"),
        ("lstm-toggle", changed(TOGGLE, bias={0: 20}), "Between marks"),
        ("lstm-toggle", changed(TOGGLE, bias={1: 3}), "Between marks"),
        ("squashed-counter", (0.0, 1e-7), "nothing of h is left"),
        ("squashed-counter", (-1.0, 1e-7), "changes its sign at every step"),
        ("squashed-counter", (0.99, 1e-7), "takes a share of the count away"),
        ("squashed-counter", (1.01, 1e-7), "makes the count larger by a share"),
        ("squashed-counter", (1.0, 1e-5), "leaves the straight part"),
        ("squashed-counter", (1.0, 1e-3), "leaves the straight part"),
        ("squashed-counter", (1.0, 6e-7), "over the count and the zeros behind it"),
        ("squashed-counter", (1.0, 3.7e-7), "over the count and the zeros behind it"),
        ("squashed-counter", (1.0, 0.0), "U must not be 0"),
        ("squashed-counter", 1.0, "must hold two numbers"),
    ],
)  # fmt: skip
def test_wrong_constructions_are_told_what_is_wrong(label, answer, said):
    verdict = grade(label, answer)
    assert verdict.status == "wrong"
    assert said in " ".join(verdict.text.split())


@pytest.mark.parametrize("label", ["lstm-reset-counter", "lstm-toggle"])
def test_a_cell_may_come_as_three_arrays(label):
    parts = vars(EXERCISES[label].example()).values()
    assert grade(label, tuple(part.tolist() for part in parts)).status == "right"


def test_other_right_cells_pass():
    ticks_open_the_input_gate = cell([[50, 0], [0, -50], [0, 0], [0, 0]], [0] * 4, [-25, 25, 20, 0])
    assert grade("lstm-reset-counter", ticks_open_the_input_gate).status == "right"
    assert grade("squashed-counter", (1, -1e-7)).status == "right"
    assert grade("squashed-counter", (1, 3.5e-7)).status == "right"
