"""Exercises of chapter 13 to find a bug, and to design a check that sees nothing."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array
from lstm_course.checker import Bug, Built, Demand, Slip, but
from lstm_course.gradcheck import relative_error
from lstm_course.lstm import LSTMParams, lstm_backward, lstm_forward

# --- a planted bug ------------------------------------------------------------------------------------

CLOSED_HIGHWAY = Bug(
    label="closed-highway",
    prompt=(
        "One line of the listing is wrong: the gradient is right for one step, and for two or more it is not. Which line "
        "is it? Name it by the variable that it computes."
    ),
    listing="""\
def gradient(W_hh, h, c, i, f, g, o, dh_read):
    dh_next = np.zeros_like(h[0])
    dc_next = np.zeros_like(c[0])
    dW_hh = np.zeros_like(W_hh)
    for t in reversed(range(len(f))):
        tanh_c = np.tanh(c[t + 1])
        dh = dh_read[t] + dh_next
        dc = dh * o[t] * (1 - tanh_c**2) + dc_next
        da_i = dc * g[t] * i[t] * (1 - i[t])
        da_f = dc * c[t] * f[t] * (1 - f[t])
        da_g = dc * i[t] * (1 - g[t] ** 2)
        da_o = dh * tanh_c * o[t] * (1 - o[t])
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
        dW_hh += da.T @ h[t]
        dh_next = da @ W_hh
        dc_next = dc_next * f[t]
    return dW_hh
""",
    line="dc_next",
    tempting={
        "dh_next": "After the last step nothing comes back, so zeros; and within, Wᵀ times all four, in rows. Right.",
        "dW_hh": "What the weight multiplied at this step is h[t], the state before it, and the shares add up. Right.",
        "tanh_c": "c starts with c₀, so the cell state of this step is c[t + 1]. Right.",
        "dh": "What the loss reads here, and what the gates of the next step send back: two arrivals, added. Right.",
        "dc": "Both arrivals are there. Then is what arrives as dc_next right, too?",
        "da_i": "In c = f c₋₁ + i g the partner of i is g, and i(1 − i) is the slope. Right.",
        "da_f": "The forget gate multiplies the old cell state, which is c[t] here. Right.",
        "da_g": "The partner of g is i, and the candidate is a tanh. Right.",
        "da_o": "The output gate acts on h and not on c, so dh it is, with its partner tanh c. Right.",
        "da": "The order i, f, g, o is that of the rows of W_hh. Right.",
        "return": "It returns what it has added up.",
    },
    hint="Go through the lines in their order and say which equation each is.",
    why="c_{t−1} gets the whole of ∂L/∂c_t, times f_t. In the listing it gets only what had come along the cell state, and "
    "that begins with zero and stays zero: the arrival from step t+1 is never there.",
    hints=(
        "With one step everything is right. So look at what a step hands to the one before it.",
        "Two lines hand something on. Follow the numbers through them from the last step to the one before it.",
    ),
)

# --- a check that sees nothing ------------------------------------------------------------------------

LOST_ARRIVAL = but(lstm_backward, dc=(..., ..., "0", ...))  # nothing goes from c_t to c_{t-1}
STEPS = 3


def _read_case(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 5:
        raise ValueError("the answer must hold five things: params, x, h0, c0, dh")
    params, *numbers = answer
    if not isinstance(params, LSTMParams):
        raise TypeError(f"params must be an LSTMParams, got {type(params).__name__}")
    if (params.input_size, params.hidden_size) != (1, 1) or params.weight_ih.dtype != np.float64:
        raise ValueError("params must have one input and one unit, in float64")
    x, h0, c0, dh = (np.asarray(part, dtype=np.float64) for part in numbers)
    x, dh = (as_array(name, part, f"(T={STEPS},)") for name, part in (("x", x), ("dh", dh)))
    for name, part in (("h0", h0), ("c0", c0)):
        if part.size != 1 or not np.isfinite(part).all():
            raise ValueError(f"{name} must be one finite number")
    return params, x[:, None, None], h0.reshape(1, 1), c0.reshape(1, 1), dh[:, None, None]


def _gradients(case, backward):
    params, x, h0, c0, dh = case
    dx, dh0, _, dparams = backward(params, lstm_forward(params, x, h0, c0)[2], dh)
    return {"x": dx, "h0": dh0, **vars(dparams)}


def _has_zeros(case):
    params, x, h0, c0, dh = case
    named = {
        "weight_ih": params.weight_ih,
        "weight_hh": params.weight_hh,
        "x": x,
        "h0": h0,
        "c0": c0,
        "dh": dh,
    }
    zeros = [name for name, values in named.items() if not np.all(values)]
    return f"There is a zero in {' and in '.join(zeros)}." if zeros else ""


def _shut(case):
    gates = lstm_forward(*case[:4])[2].f.ravel()
    if np.all((gates >= 0.2) & (gates <= 0.8)):
        return ""
    return f"The forget gates are {', '.join(f'{gate:.3g}' for gate in gates)}."


def _teaches_little(case):
    size = float(abs(_gradients(case, lstm_backward)["weight_hh"]).max())
    return "" if size > 1e-3 else f"The largest entry of the gradient by weight_hh is {size:.1e}."


def _is_seen(case):
    right, wrong = _gradients(case, lstm_backward), _gradients(case, LOST_ARRIVAL)
    off = {name: relative_error(wrong[name], right[name]) for name in right}
    name = max(off, key=lambda key: off[key])
    return "" if off[name] < 1e-9 else f"The gradient by {name} is off by {off[name]:.2g}."


def _cache(case):
    return lstm_forward(*case[:4])[2]


def _allowed(case):
    return not (_has_zeros(case) or _shut(case))


def _usable(case):
    return _allowed(case) and not _teaches_little(case)


def _example():
    weight_hh = np.array([[0.5], [0.1], [-0.4], [0.3]])
    params = LSTMParams(np.array([[0.3], [0.2], [-0.5], [0.4]]), weight_hh, np.zeros(4))
    return params, (1.0, -1.0, 2.0), 0.5, 400.0, (1.0, -2.0, 0.5)


BLIND_LSTM_CHECK = Built(
    label="blind-lstm-check",
    level="hard",
    kind="design",
    prompt=(
        "A check of three steps, one input, one unit, states and dh that are not zero, forget gates between 0.2 and 0.8: "
        "and still it does not see that nothing goes from c_t back to c_{t-1}. Find such a case: (params, x, h0, c0, dh)."
    ),
    read=_read_case,
    form_text=(
        "Your answer is a tuple (params, x, h0, c0, dh): an LSTMParams with I = H = 1, three numbers, two numbers, and "
        "three numbers."
    ),
    demands=(
        Demand("has no zero in it", _has_zeros, "Zeros would hide almost anything. Use other numbers."),
        Demand(
            "keeps every forget gate between 0.2 and 0.8",
            _shut,
            "A shut forget gate would hide the loss of what passes it. Find another way.",
        ),
        Demand(
            "has a gradient by weight_hh above 0.001",
            _teaches_little,
            "If nothing arrives anywhere there is nothing to compare. Let the output gate learn something.",
        ),
        Demand(
            "hides the lost arrival",
            _is_seen,
            "What is lost is ∂L/∂c of the next step times f. f must not be small, so make the other factor small, at "
            "steps 2 and 3.",
        ),
    ),
    slips=(
        Slip(
            "all output gates shut",
            "Your output gates are shut at all three steps, so nothing arrives anywhere. It is the steps 2 and 3 at which "
            "something would be lost.",
            lambda case: _allowed(case) and bool(_teaches_little(case)) and _cache(case).o.max() < 0.01,
        ),
        Slip(
            "dh too small",
            "Your dh is so small that hardly anything arrives anywhere. It hides nothing, since errors count in proportion.",
            lambda case: _allowed(case) and bool(_teaches_little(case)) and abs(case[4]).max() < 0.01,
        ),
        Slip(
            "cell full at every step",
            "With |c| large nothing comes back through the cell state. Then the output gate alone can learn: open it, but "
            "not wide, so that it has a slope.",
            lambda case: _allowed(case) and bool(_teaches_little(case)) and abs(_cache(case).c).min() > 5,
        ),
        Slip(
            "output gate shut at one of the steps",
            "At one of the steps 2 and 3 your output gate is shut, and at the other it is not. At both something is lost.",
            lambda case: (
                _usable(case) and (_cache(case).o[1:] < 1e-6).any() and abs(_cache(case).c).max() < 5
            ),
        ),
        Slip(
            "output gates not shut enough",
            "You have nearly shut the output gates. o₃(1 − tanh² c₃) is not small enough yet; either factor will do.",
            lambda case: _usable(case) and _cache(case).o[1:].max() < 0.05,
        ),
        Slip(
            "a cell state that melts",
            "c₀ is large, and the forget gates have brought it down by step 3: 1 − tanh² c₃ is not small there. It must be "
            "small at steps 2 and 3.",
            lambda case: _usable(case) and abs(_cache(case).c[0]).max() >= 5 > abs(_cache(case).c[3]).max(),
        ),
        Slip(
            "cell states of ordinary size",
            "∂L/∂c₃ has the factor 1 − tanh² c₃, and yours is not small. For which cell states is it?",
            lambda case: _usable(case) and abs(_cache(case).c).max() < 5,
        ),
        Slip(
            "cell states not large enough",
            "1 − tanh² c is small at steps 2 and 3, and not small enough: it falls as 4e^(−2|c|).",
            lambda case: _usable(case) and abs(_cache(case).c[3]).max() >= 5,
        ),
    ),
    example=_example,
    why="With |c| above 20 the slope of tanh is zero to the last bit: no gradient enters the cell state, so none is lost. "
    "Shut output gates at steps 2 and 3 do it, too. Keep the states of a check at the size of ordinary ones.",
    hints=(
        "What the wrong pass loses is f times ∂L/∂c, at steps 2 and 3. Which factors does ∂L/∂c have?",
        "∂L/∂c₃ = ∂L/∂h₃ · o₃ · (1 − tanh² c₃). dh is not zero. The other two you can make as small as you like.",
        "The cell state may start anywhere. With forget gates at one half, how large must c₀ be for c₃ to be large still?",
    ),
)
