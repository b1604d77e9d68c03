"""Exercise of chapter 13: one step of the LSTM, backwards."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw_step
from lstm_course.lstm import lstm_step_backward


def _sample_step(rng, size):
    batch, n_in, n, dtype = (
        (1, 1, 1, np.float64),
        (2, 1, 1, np.float64),
        (2, 3, 2, np.float64),
        (3, 2, 3, np.float32),
        (8, 12, 16, np.float64),
    )[size]
    return draw_step(rng, batch, n_in, n, dtype)


_SIGMOIDS_AGAIN = {f"da_{k}": f"d{k} * sigmoid({k}_t) * (1 - sigmoid({k}_t))" for k in "ifo"}


LSTM_STEP_BACKWARD = Exercise(
    label="lstm-step-backward",
    prompt=(
        "Send dL/dh_t and what step t+1 sends to c_t back through one LSTM step: return dL/dx_t, "
        "dL/dh_{t-1}, dL/dc_{t-1} and this step's gradients of the weights as an LSTMParams. The cache holds "
        "x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t and tanh_c."
    ),
    inputs=("params", "cache", "dh_t", "dc_t"),
    outputs=("dx_t", "dh_prev", "dc_prev", "dparams"),
    shapes=("(B, I)", "(B, H)", "(B, H)", ""),
    reference=lstm_step_backward,
    sample=_sample_step,
    mistakes=(
        Mistake(
            "dc from t+1 lost",
            "dc_t came in and is never used: the cell hears of the loss through h_t alone. What step t+1 "
            "sends along the cell state is the very thing an LSTM is built to pass on.",
            but(lstm_step_backward, dc="dh_t * o_t * (1 - tanh_c**2)"),
        ),
        Mistake(
            "dc not joined by the way through h_t",
            "i, f, g and c_{t-1} get what comes from step t+1 and nothing of dh_t. The cell also acts through "
            "h_t = o_t tanh(c_t), so two gradients meet at c_t before you go on.",
            but(lstm_step_backward, dc="dc_t"),
        ),
        Mistake(
            "slope of tanh(c_t) forgotten",
            "Your gradient passes from h_t to c_t without the slope of the tanh. The cache holds tanh_c, and the "
            "slope can be written with that number alone.",
            but(lstm_step_backward, dc="dc_t + dh_t * o_t"),
        ),
        Mistake(
            "slope of tanh taken at c_{t-1}",
            "The slope of the tanh is taken at c_{t-1}. It is the new cell state that leaves through the "
            "output gate, so the slope is taken there.",
            but(lstm_step_backward, dc="dc_t + dh_t * o_t * (1 - np.tanh(c_prev) ** 2)"),
        ),
        Mistake(
            "output gate left out of dc",
            "Between h_t and c_t the output gate is missing. h_t is a product of two factors, and on the way "
            "to one of them the other stays as a factor.",
            but(lstm_step_backward, dc="dc_t + dh_t * (1 - tanh_c**2)"),
        ),
        Mistake(
            "output gate fed from dc",
            "The output gate gets its gradient from dc, like the other three. It comes in after the cell: "
            "o_t has no effect on c_t, only on h_t.",
            but(lstm_step_backward, do="dc * tanh_c"),
        ),
        Mistake(
            "do with c_t in place of tanh(c_t)",
            "do has c_t where h_t has tanh(c_t). What the output gate multiplies is the squashed cell state.",
            but(lstm_step_backward, do="dh_t * c_t"),
        ),
        Mistake(
            "do with the gate itself",
            "do is dh_t times o_t. The derivative of a product by one factor is the other factor, and o_t is "
            "not multiplied by itself in h_t.",
            but(lstm_step_backward, do="dh_t * o_t"),
        ),
        Mistake(
            "df with c_t in place of c_{t-1}",
            "The forget gate gets c_t. At the moment when it acts, c_t does not exist yet: look at which "
            "state f_t multiplies.",
            but(lstm_step_backward, df="dc * c_t"),
        ),
        Mistake(
            "i and g each with itself",
            "di has i_t and dg has g_t. c_t holds the product i_t g_t: what is the derivative of a product by one "
            "of its factors?",
            but(lstm_step_backward, di="dc * i_t", dg="dc * g_t"),
        ),
        Mistake(
            "slope of the sigmoid for the candidate",
            "The candidate g_t gets the slope g(1 - g) of a sigmoid. It is the only one of the four that is "
            "squashed by something else.",
            but(lstm_step_backward, da_g="dg * g_t * (1 - g_t)"),
        ),
        Mistake(
            "σ applied again",
            "σ' is taken at i_t, f_t and o_t, so σ is applied twice. The gates are what σ has put out; its "
            "slope at the pre-activation can be had from them without another σ.",
            but(lstm_step_backward, **_SIGMOIDS_AGAIN),
        ),
        Mistake(
            "tanh applied again",
            "For the candidate you take 1 - tanh(g_t)², one tanh too many. g_t is already what tanh has put "
            "out.",
            but(lstm_step_backward, da_g="dg * (1 - np.tanh(g_t) ** 2)"),
        ),
        Mistake(
            "σ and tanh applied again",
            "σ' and tanh' are taken at the gates, whose σ or tanh has been applied already. The cache has no "
            "pre-activations, and needs none: both slopes can be written in terms of the outputs.",
            but(lstm_step_backward, **_SIGMOIDS_AGAIN, da_g="dg * (1 - np.tanh(g_t) ** 2)"),
        ),
        Mistake(
            "gates' slopes left out",
            "You stop at the gates: di, df, dg and do are used as gradients of the pre-activations. Between "
            "a pre-activation and its gate lies a σ or a tanh, with a slope.",
            but(lstm_step_backward, da_i="di", da_f="df", da_g="dg", da_o="do"),
        ),
        Mistake(
            "gates stacked as i, f, o, g",
            "The gates are stacked as i, f, o, g. The rows of the weights are in PyTorch's order, with the "
            "candidate before the output gate, and the gradient must be in the same.",
            but(lstm_step_backward, da_t="np.concatenate([da_i, da_f, da_o, da_g], axis=1)"),
        ),
        Mistake(
            "dc_prev from dc_t alone",
            "dc_prev carries on what came from step t+1 and leaves out what reached c_t through h_t. Which "
            "gradient of c_t is the whole one?",
            but(lstm_step_backward, dc_prev="dc_t * f_t"),
        ),
        Mistake(
            "forget gate left out of dc_prev",
            "dc_prev is all of dc. That was so in 1997; since then c_{t-1} enters c_t with a factor.",
            but(lstm_step_backward, dc_prev="dc"),
        ),
        Mistake(
            "weight_hh paired with h_t",
            "The gradient of weight_hh is built with h_t, which leaves the step. A weight's gradient pairs da "
            "with what the weight was multiplied by on the way forward.",
            but(
                lstm_step_backward,
                dparams="LSTMParams(da_t.T @ x_t, da_t.T @ (o_t * tanh_c), da_t.sum(axis=0))",
            ),
        ),
        Mistake(
            "weight gradients transposed",
            "The gradients of the weights are the wrong way round. Each must have the shape of its weight, "
            "with the 4H gates on the rows.",
            but(lstm_step_backward, dparams="LSTMParams(x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0))"),
        ),
        Mistake(
            "bias of the step not summed",
            "The gradient of the bias still has a row for each sample. All samples of the batch shared one "
            "bias, so what they send back is collected.",
            but(lstm_step_backward, dparams="LSTMParams(da_t.T @ x_t, da_t.T @ h_prev, da_t)"),
        ),
        Mistake(
            "bias of the step averaged",
            "The gradient of the bias is a mean over the batch. Whether the loss is a mean has been decided "
            "where dh_t was made; here contributions add up.",
            but(lstm_step_backward, dparams="LSTMParams(da_t.T @ x_t, da_t.T @ h_prev, da_t.mean(axis=0))"),
        ),
        Mistake(
            "all weights averaged over the batch",
            "All gradients of the weights are divided by the batch size. If the loss is a mean, dh_t already "
            "has that factor, and now it is there twice.",
            but(
                lstm_step_backward,
                dparams="LSTMParams(*(part / part.dtype.type(len(da_t)) for part in "
                "(da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0))))",
            ),
        ),
    ),
)

EXERCISES = (LSTM_STEP_BACKWARD,)
