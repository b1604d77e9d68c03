"""Exercises of chapter 16 to find a bug, and to design a step at which two bugs cannot be seen."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_number
from lstm_course.checker import Bug, Built, Demand, Slip, but
from lstm_course.gru import GRUParams, gru_step, gru_step_backward

# --- a planted bug ----------------------------------------------------------------------------------

BACK_BUG = Bug(
    label="back-bug",
    prompt=(
        "Backpropagation through time for torch's GRU, for the recurrent weights. Each step holds h_{t-1}, r, z, n and "
        "q = W_n h_{t-1} + b_hn. One line is wrong. The result is right when all reset gates stand at 1. Name the line "
        "by the variable that it computes."
    ),
    listing="""\
def recurrent_gradients(W_r, W_z, W_n, steps, dh_from_loss):
    dW_r, dW_z, dW_n = (np.zeros_like(W) for W in (W_r, W_z, W_n))
    dh = np.zeros_like(dh_from_loss[0])
    for t in reversed(range(len(steps))):
        h_prev, r, z, n, q = steps[t]
        dh = dh + dh_from_loss[t]
        da_n = dh * (1 - z) * (1 - n**2)
        da_z = dh * (h_prev - n) * z * (1 - z)
        da_r = da_n * q * r * (1 - r)
        dW_r += da_r.T @ h_prev
        dW_z += da_z.T @ h_prev
        dW_n += da_n.T @ h_prev
        back = (da_n * r) @ W_n + da_r @ W_r + da_z @ W_z
        dh = dh * z + back
    return dW_r, dW_z, dW_n, dh
""",
    line="dW_n",
    tempting={
        "dh": "What the loss reads at this step joins what came from the step after, and z of it goes on directly. Right.",
        "da_n": "The candidate's share, and the slope of its tanh: right.",
        "da_z": "z stands in both products of the mixture, with opposite signs: right.",
        "da_r": "r multiplied q, so its gradient has q in it, and then the slope of the sigmoid: right.",
        "dW_r": "Delta at the head, state at the tail, added over the examples and the steps: right.",
        "dW_z": "Delta at the head, state at the tail, added over the examples and the steps: right.",
        "back": "Each block sends back the gradient of what it produced. For W_n that is q, whose gradient is da_n r.",
        "return": "Three gradients and what is left for the initial state.",
    },
    hint="For each matrix ask what it produced. Its gradient is that of its product, times the state.",
    why="W_n produces q, not the pre-activation of n: dW_n = (da_n * r).T @ h_prev. Where r = 1 the two are the same, so a "
    "check with a reset gate near 1 does not see it.",
    hints=(
        "Where does r come in on the way forth? It must come in at the same places on the way back.",
        "Three lines have to do with W_n. Two of them know of r.",
    ),
)

# --- a step at which two bugs cannot be seen --------------------------------------------------------

WITHOUT_R = but(gru_step_backward, dh_prev="dh_t * z_t + dh_n + da_z @ w_z")
WITHOUT_Z = but(gru_step_backward, dh_prev="dh_t * z_t + dh_n + da_r @ w_r")
NAMES = ("weight_ih", "weight_hh", "bias", "bias_hn")


def _read_step(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise ValueError("the answer must hold three parts: params, x and h")
    params, x, h = answer
    if not isinstance(params, GRUParams):
        params = GRUParams(*(np.asarray(part, dtype=np.float64) for part in params))
    if (params.input_size, params.hidden_size) != (1, 1):
        raise ValueError(
            f"params must have 1 input and 1 unit, got {params.input_size} and {params.hidden_size}"
        )
    return params, as_number("x", x), as_number("h", h)


def _nothing_small(answer):
    params, _, h = answer
    numbers = {"h": h, "b_hn": params.bias_hn[0]}
    numbers |= {f"W_h{gate}": w for gate, w in zip("rzn", params.weight_hh[:, 0], strict=True)}
    small = [name for name, value in numbers.items() if abs(value) < 0.1]
    return f"{' and '.join(small)} {'is' if len(small) == 1 else 'are'} below 0.1 in size." if small else ""


def _no_gate_saturated(answer):
    params, x, h = answer
    _, cache = gru_step(params, np.array([[x]]), np.array([[h]]))
    gates = {"r": cache.r_t.item(), "z": cache.z_t.item()}
    far = [f"{name} = {value:.3f}" for name, value in gates.items() if not 0.05 < value < 0.95]
    return f"Here {' and '.join(far)}." if far else ""


def _hidden(wrong):
    def test(answer):
        params, x, h = answer
        _, cache = gru_step(params, np.array([[x]]), np.array([[h]]))
        off = abs(
            wrong(params, cache, np.ones((1, 1)))[1] - gru_step_backward(params, cache, np.ones((1, 1)))[1]
        )
        return "" if off.item() < 1e-9 else f"Here the wrong pass is off by {off.item():.2g}."

    return test


def _hears_nothing(answer):
    return _allowed(answer) and abs(_parts(answer)[0]) < 1e-9


def _allowed(answer):
    return not (_nothing_small(answer) or _no_gate_saturated(answer))


def _parts(answer):
    """What the state offers, and what the input contributes to the candidate."""
    params, x, h = answer
    return params.weight_hh[2, 0] * h + params.bias_hn[0], params.weight_ih[2, 0] * x + params.bias[2]


HIDES_R, HIDES_Z = _hidden(WITHOUT_R), _hidden(WITHOUT_Z)


BLIND_STEP = Built(
    label="blind-step",
    level="hard",
    kind="design",
    prompt=(
        "Two wrong backward passes are about: one forgets the path through r, one the path through z. Find a step of "
        "one unit with one input (reset after the product) at which both give the right dh_prev, although W_hr, W_hz, "
        "W_hn, b_hn and h are at least 0.1 in size and both gates stand between 0.05 and 0.95."
    ),
    read=_read_step,
    form_text="Your answer is a tuple (params, x, h) of a GRUParams with I = H = 1 and two numbers.",
    demands=(
        Demand(
            "has no small weight or state",
            _nothing_small,
            "Zeros would hide almost anything. Use other numbers.",
        ),
        Demand(
            "has gates that are not saturated",
            _no_gate_saturated,
            "A saturated gate has no slope, which would hide its path too easily.",
        ),
        Demand(
            "hides the lost path through r",
            HIDES_R,
            "The path through r has q as a factor. When is q zero although W_hn, h and b_hn are not?",
        ),
        Demand(
            "hides the lost path through z",
            HIDES_Z,
            "The path through z has h − n as a factor. When does the gate have nothing to choose?",
        ),
    ),
    slips=(
        Slip(
            "candidate without its tanh",
            "q = 0 hides the path through r. For the path through z you set W_in x + b_in to h, and the candidate is the "
            "tanh of it.",
            lambda answer: _hears_nothing(answer) and abs(_parts(answer)[1] - answer[2]) < 1e-9,
        ),
        Slip(
            "one of the two",
            "The state offers nothing, q = 0: this hides r. For z old state and candidate must be equal, and with q = 0 "
            "the candidate is tanh(W_in x + b_in).",
            lambda answer: _hears_nothing(answer),
        ),
        Slip(
            "the other of the two",
            "Old state and candidate are equal: this hides z. For r what the state offers, q = W_hn h + b_hn, must be 0.",
            lambda answer: _allowed(answer) and not HIDES_Z(answer),
        ),
        Slip(
            "sign of b_hn",
            "Your b_hn is W_hn h. For q = W_hn h + b_hn to be 0 it takes the other sign.",
            lambda answer: _allowed(answer) and abs(_parts(answer)[0] - 2 * answer[0].bias_hn[0]) < 1e-9,
        ),
    ),
    example=lambda: (
        GRUParams(
            np.array([[0.5], [0.5], [1.0]]), np.array([[1.0], [-1.0], [2.0]]), np.zeros(3), np.array([-1.0])
        ),
        float(np.arctanh(0.5)),
        0.5,
    ),
    why="q = 0 takes away the path through r, n = h the path through z. Random numbers do not meet such a coincidence: "
    "check with several of them.",
    hints=(
        "Look at the four contributions: which factors could be zero although no weight is?",
        "b_hn = −W_hn h makes q zero. Then n depends on the input alone.",
        "Choose x so that tanh(W_in x + b_in) = h.",
    ),
)
