"""Exercises of chapter 13 that carry the derivation over: coupled gates, and peepholes."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake, but
from lstm_course.exercises._samples import draw, draw_lstm_params, draw_step
from lstm_course.lstm_variants import PeepholeLSTMParams, variant_step, variant_step_backward


def _draw_peephole_params(rng, n_in, n, dtype, scale):
    params = draw_lstm_params(rng, n_in, n, dtype, scale)
    return PeepholeLSTMParams(**vars(params), peephole=draw(rng, 3, n, least=0.3, dtype=dtype))


def _sample(rng, size, weights, forget):
    batch, n_in, n, dtype = (
        (1, 1, 1, np.float64),
        (2, 1, 1, np.float64),
        (2, 2, 2, np.float64),
        (3, 2, 3, np.float32),
        (8, 12, 16, np.float64),
    )[size]
    return draw_step(rng, batch, n_in, n, dtype, weights, functools.partial(variant_step, forget=forget))


# --- coupled gates ----------------------------------------------------------------------------------

COUPLED_BACKWARD = Exercise(
    label="coupled-backward",
    hints=(
        "Where does i_t stand in the line of c_t now? Count its places.",
        "f_t = 1 - i_t: when i_t rises by a little, f_t falls by as much.",
        "Begin with the usual di and df. What df would have been is owed to i_t; the rows f get zeros.",
    ),
    prompt=(
        "Send the gradient back through one step of an LSTM whose forget gate is f_t = 1 - i_t, and else as "
        "usual. The rows f of the weights are there and not in use: their gradient is zero. squashed_c in "
        "the cache is tanh(c_t)."
    ),
    inputs=("params", "cache", "dh_t", "dc_t"),
    outputs=("dx_t", "dh_prev", "dc_prev", "dparams"),
    shapes=("(B, I)", "(B, H)", "(B, H)", ""),
    reference=variant_step_backward,
    sample=lambda rng, size: _sample(rng, size, draw_lstm_params, "coupled"),
    mistakes=(
        Mistake(
            "backward pass of the usual LSTM",
            "This is the backward pass of the usual LSTM: the forget gate learns as if it had weights of its "
            "own. Here f_t is a function of i_t, so what f_t would have learned is owed to i_t.",
            but(variant_step_backward, di=(..., "di"), df=(..., "df")),
        ),
        Mistake(
            "what the forget gate sends is dropped",
            "The rows f are zero, as they should be, but nobody gets what the forget gate sends back. i_t acts "
            "on c_t in two places now.",
            but(variant_step_backward, di=(..., "di")),
        ),
        Mistake(
            "sign of the coupling",
            "What comes back from f_t reaches i_t with the wrong sign. When i_t rises, what does f_t do?",
            but(variant_step_backward, di=(..., "di + df")),
        ),
        Mistake(
            "coupled and in the rows f as well",
            "What the forget gate sends goes to i_t and to the rows f as well. Those rows have no effect on "
            "anything in this variant; they are not even read.",
            but(variant_step_backward, df=(..., "df")),
        ),
        Mistake(
            "new cell state in the coupling",
            "The part of di that comes from f_t has c_t in it. f_t = 1 - i_t multiplies the old cell state.",
            but(variant_step_backward, df=("dc * c_t", ...)),
        ),
        Mistake(
            "gate's slope missing in the coupling",
            "df is subtracted from da_i without the slope of the gate. It joins at i_t; from there to a_i "
            "there is still a σ.",
            but(variant_step_backward, da_i="dc * g_t * i_t * (1 - i_t) - dc * c_prev"),
        ),
        Mistake(
            "input gate in place of the forget gate on the highway",
            "dc_prev is dc times i_t. The cell state is kept by what i_t leaves over.",
            but(variant_step_backward, dc_prev="dc * i_t"),
        ),
        Mistake(
            "sigmoid's slope for the candidate, coupled",
            "For the candidate you took g(1 - g). It is a tanh, and tanh has another slope.",
            but(variant_step_backward, da_g="dg * g_t * (1 - g_t)"),
        ),
        Mistake(
            "negative of da_i in the rows f",
            "The rows f get the negative of da_i. Nobody reads those weights in this variant, so nothing changes "
            "when they do.",
            but(variant_step_backward, da_f="-da_i"),
        ),
        Mistake(
            "writing lost in the coupling",
            "di has only what comes by way of f_t. The input gate still writes, so c_t has a second term with i_t in it.",
            but(variant_step_backward, di=(..., "-df")),
        ),
        Mistake(
            "candidate with what is kept",
            "You multiplied the candidate by 1 - i_t. It is written through i_t.",
            but(variant_step_backward, dg="dc * (1 - i_t)"),
        ),
        Mistake(
            "factor of the old cell state lost, coupled",
            "dc_prev is dc as it stands. c_{t-1} is multiplied by 1 - i_t on its way into c_t.",
            but(variant_step_backward, dc_prev="dc * 1"),
        ),
        Mistake(
            "only dc_t goes on, coupled",
            "dc_prev has only what came from step t+1. What came through h_t belongs to dc too, and goes on with it.",
            but(variant_step_backward, dc_prev="dc_t * f_t"),
        ),
        Mistake(
            "slope of tanh(c) forgotten, coupled",
            "On the way from h_t to c_t there is a tanh, and its slope is missing.",
            but(variant_step_backward, dc="dc_t + dh_t * o_t"),
        ),
        Mistake(
            "what comes from t+1 lost, coupled",
            "dc_t is never used. Coupling the gates changes nothing about the two ways that lead back to c_t.",
            but(variant_step_backward, dc="dh_t * o_t * functions.h_prime(c_t)"),
        ),
    ),
)

# --- peepholes --------------------------------------------------------------------------------------

_NO_THIRD_ARRIVAL = "dc_t + dh_t * o_t * functions.h_prime(c_t)"


def _seen(collect=".sum(axis=0)", *, i="c_prev", f="c_prev", o="c_t"):
    """Gradients of the peepholes collected in another way, or from other cell states."""
    pairs = (("da_i", i), ("da_f", f), ("da_o", o))
    return but(variant_step_backward, seen=", ".join(f"({da} * {c}){collect}" for da, c in pairs))


PEEPHOLE_BACKWARD = Exercise(
    label="peephole-backward",
    hints=(
        "Draw the arrows that leave c_t: two at this step more than you think, and three at the next one.",
        "The output gate sees c_t, so da_o must be there before dc is complete. i and f see c_{t-1}.",
        "For the peepholes' own gradients: da times what the peephole multiplied, added over the batch.",
    ),
    level="hard",
    prompt=(
        "Send the gradient back through one step of an LSTM with peepholes: a_i and a_f also get c_{t-1}, and "
        "a_o gets c_t, each cell times its own weight, the rows of params.peephole. squashed_c in the cache "
        "is tanh(c_t). Return the gradients of the weights as a PeepholeLSTMParams."
    ),
    inputs=("params", "cache", "dh_t", "dc_t"),
    outputs=("dx_t", "dh_prev", "dc_prev", "dparams"),
    shapes=("(B, I)", "(B, H)", "(B, H)", ""),
    reference=variant_step_backward,
    sample=lambda rng, size: _sample(rng, size, _draw_peephole_params, "gate"),
    mistakes=(
        Mistake(
            "peepholes have weights and are no way back",
            "The peepholes get their gradients, but no gradient goes back through them to the cell states. "
            "Every arrow of the forward pass, these too, is a way back.",
            but(variant_step_backward, dc=_NO_THIRD_ARRIVAL, dc_prev="dc * f_t"),
        ),
        Mistake(
            "third arrival at c_t forgotten",
            "At c_t a third gradient arrives: the output gate sees c_t, so what it sends back joins the two "
            "of the usual LSTM.",
            but(variant_step_backward, dc=_NO_THIRD_ARRIVAL),
        ),
        Mistake(
            "peepholes of i and f forgotten in dc_prev",
            "dc_prev comes by the forget gate alone. Two gates of this step have looked at c_{t-1} through "
            "their peepholes.",
            but(variant_step_backward, dc_prev="dc * f_t"),
        ),
        Mistake(
            "output peephole sent to c_{t-1}",
            "What comes back through the output gate's peephole is sent to c_{t-1}, like that of i and f. "
            "This gate is computed last, and looks at the new cell state.",
            but(
                variant_step_backward,
                dc=_NO_THIRD_ARRIVAL,
                dc_prev="dc * f_t + da_i * p_i + da_f * p_f + da_o * p_o",
            ),
        ),
        Mistake(
            "gates' gradients in place of the pre-activations'",
            "Back through the peepholes you send di, df and do. A peephole ends at the pre-activation, so the "
            "gate's slope comes before it on the way back.",
            but(
                variant_step_backward,
                dc="dc_t + dh_t * o_t * functions.h_prime(c_t) + do * p_o",
                dc_prev="dc * f_t + di * p_i + df * p_f",
            ),
        ),
        Mistake(
            "output peephole added too late",
            "The third arrival at c_t is used for dc_prev alone: i, f and g have already been given a dc "
            "without it. Which gate must be done before dc is complete?",
            but(
                variant_step_backward,
                dc=_NO_THIRD_ARRIVAL,
                dc_prev="(dc + da_o * p_o) * f_t + da_i * p_i + da_f * p_f",
            ),
        ),
        Mistake(
            "gradient of the output peephole with c_{t-1}",
            "The gradient of the output gate's peephole is made with c_{t-1}. A weight's gradient pairs da with "
            "what the weight multiplied, and that gate looks at the cell after its update.",
            _seen(o="c_prev"),
        ),
        Mistake(
            "gradients of all peepholes with c_t",
            "All three peephole gradients are made with c_t. When i and f are computed there is no c_t yet.",
            _seen(i="c_t", f="c_t"),
        ),
        Mistake(
            "gradient of the output peephole with tanh(c_t)",
            "The gradient of the output gate's peephole has tanh(c_t). The peephole looks into the cell "
            "itself, before the squashing.",
            _seen(o="squashed_c"),
        ),
        Mistake(
            "peephole gradients averaged",
            "The peephole gradients are means over the batch. All samples share these weights; their shares "
            "add up, as for the bias.",
            _seen(".mean(axis=0)"),
        ),
        Mistake(
            "peephole gradients not summed over the batch",
            "The peephole gradients still have a row for each sample. A peephole has one weight a cell, shared "
            "by the whole batch.",
            _seen(""),
        ),
        Mistake(
            "slope forgotten on the output peephole",
            "Back through the output gate's peephole you send do. A peephole ends at the pre-activation, so the slope "
            "o(1 - o) comes first.",
            but(variant_step_backward, dc=_NO_THIRD_ARRIVAL + " + do * p_o"),
        ),
        Mistake(
            "output peephole subtracted",
            "What comes back through the output gate's peephole is subtracted. It is a third use of c_t, and uses add.",
            but(variant_step_backward, dc=_NO_THIRD_ARRIVAL + " - da_o * p_o"),
        ),
        Mistake(
            "forget gate missing in dc_prev, with peepholes",
            "In dc_prev the way along the cell state has no forget gate.",
            but(variant_step_backward, dc_prev="dc + da_i * p_i + da_f * p_f"),
        ),
        Mistake(
            "slope of the candidate forgotten, with peepholes",
            "The candidate is a tanh, and its slope is missing on the way to a_g.",
            but(variant_step_backward, da_g="dg * 1"),
        ),
        Mistake(
            "what comes from t+1 lost, with peepholes",
            "dc_t is never used. Peepholes add a third arrival at c_t; the one from step t+1 is still there.",
            but(variant_step_backward, dc="dh_t * o_t * functions.h_prime(c_t) + da_o * p_o"),
        ),
    ),
)

EXERCISES = (COUPLED_BACKWARD, PEEPHOLE_BACKWARD)
