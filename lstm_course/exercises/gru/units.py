"""Units of a GRU set by hand: how they are read, and which change would make them do what is asked."""

from __future__ import annotations

import numpy as np

from lstm_course.checker import Slip
from lstm_course.gru import GRUParams


def read_params(n_in, n):
    """A reader of answers with this many inputs and units."""

    def read(answer):
        if not isinstance(answer, GRUParams):
            parts = tuple(answer.values()) if isinstance(answer, dict) else tuple(answer)
            if len(parts) != 4:
                raise ValueError(
                    f"the answer must hold weight_ih, weight_hh, bias and bias_hn, got {len(parts)} parts"
                )
            answer = GRUParams(*(np.asarray(part, dtype=np.float64) for part in parts))
        if (answer.input_size, answer.hidden_size) != (n_in, n):
            raise ValueError(
                f"the answer must have {n_in} inputs and {n} units, got {answer.input_size} and {answer.hidden_size}"
            )
        return answer

    return read


def changed(params, **rules):
    """The parameters with some arrays changed: each rule takes a copy of its array, and changes or returns it."""
    parts = {name: part.copy() for name, part in vars(params).items()}
    for name, rule in rules.items():
        made = rule(parts[name])
        parts[name] = parts[name] if made is None else made
    return GRUParams(**parts)


def zeroed(params, *places):
    """The parameters with these entries zero, each a name and an index; None when all of them are zero already."""
    parts = {name: part.copy() for name, part in vars(params).items()}
    if not any(np.any(parts[name][at]) for name, at in places):
        return None
    for name, at in places:
        parts[name][at] = 0.0
    return GRUParams(**parts)


def fits(task, params) -> bool:
    """Whether units do all that is demanded; False for None."""
    return params is not None and not any(demand.test(params) for demand in task.demands)


def in_another_order(task):
    """The slip of weights that would do it with the blocks of r and z exchanged."""

    def exchanged(part):
        first, second, last = np.split(part, 3)
        return np.concatenate([second, first, last])

    return Slip(
        "blocks in another order",
        "With r and z exchanged your weights do it. The rows belong to r, z, n, in this order.",
        lambda params: fits(
            task(), changed(params, weight_ih=exchanged, weight_hh=exchanged, bias=exchanged)
        ),
    )
