"""Two steps of one unit of an LSTM and their derivatives, right and with a slip."""

from __future__ import annotations

import math

C_0 = 0.5
I_1, F_1, G_1, O_1 = 0.5, 0.8, 0.6, 0.5
I_2, F_2, G_2, O_2 = 0.5, 0.5, -0.3, 0.8
W_I, W_F, W_G, W_O = 1.0, -2.0, 0.5, 1.0
C_1 = F_1 * C_0 + I_1 * G_1
C_2 = F_2 * C_1 + I_2 * G_2
DH_2 = 1.0


def slope_of(gate):
    """The slope of a sigmoid, from its value."""
    return gate * (1 - gate)


RECURRENT = W_I, W_F, W_G, W_O


def step_two(
    *,
    o=O_2,
    tanh_slope=None,
    c_prev=C_1,
    slopes=None,
    weights=RECURRENT,
    partners=(G_2, I_2),
    shown=None,
    through_o=DH_2,
):
    """dL/dc_2, and what step 2 sends to h_1; with other factors if given.

    `slopes` are those of i, f, g and o, `partners` what i and g multiply, `shown` is what the output gate multiplies.
    """
    dc = DH_2 * o * (1 - math.tanh(C_2) ** 2 if tanh_slope is None else tanh_slope)
    s_i, s_f, s_g, s_o = slopes or (slope_of(I_2), slope_of(F_2), 1 - G_2**2, slope_of(O_2))
    of_o = through_o * (math.tanh(C_2) if shown is None else shown) * s_o
    das = dc * partners[0] * s_i, dc * c_prev * s_f, dc * partners[1] * s_g, of_o
    return dc, sum(weight * da for weight, da in zip(weights, das, strict=True))


def without(gate):
    """The recurrent weights, that of one of i, f, g, o zero."""
    return tuple(0.0 if name == gate else weight for name, weight in zip("ifgo", RECURRENT, strict=True))


def after_step_two(dh_1, dc_2=None):
    """The three numbers that follow from these two."""
    dc_2 = step_two()[0] if dc_2 is None else dc_2
    through = dh_1 * O_1 * (1 - math.tanh(C_1) ** 2)
    return dh_1, through, through + dc_2 * F_2
