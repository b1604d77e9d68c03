"""What the recurrent networks share: checks of their arguments, and the layout of the fast passes.

Outside, sequences are (T, B, features). Inside the fast passes a time step is a matrix with one
column a sample, (features, B): then every gate is one contiguous block of rows.
"""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_dtype, as_generator, as_integer, as_integers

COLUMNS = 512  # a chunk of the backward pass: this many (time step, sample) columns stay in the cache

# Fresh memory is dear: the system hands it out page by page, and clears each. glibc gives what was freed
# back to the system, unless an array as large has been freed before. So let it see one of 31 MB be freed:
# nobody writes to it, so it costs nothing, and where there is another malloc it does nothing.
np.empty(31 << 20, np.uint8)


def check_weights(params, gates: int) -> None:
    """Check the arrays of a frozen parameter class, and put the checked ones in their place."""
    rows = f"{gates}H" if gates > 1 else "H"
    weight_ih = as_array("weight_ih", params.weight_ih, f"({rows}, I)")
    n, dtype = len(weight_ih), weight_ih.dtype
    if n % gates:
        raise ValueError(f"weight_ih must have {rows} rows, a multiple of {gates}, got {n}")
    weight_hh = as_array("weight_hh", params.weight_hh, f"({rows}={n}, H={n // gates})", dtype=dtype)
    bias = as_array("bias", params.bias, f"({rows}={n})", dtype=dtype)
    for name, array in (("weight_ih", weight_ih), ("weight_hh", weight_hh), ("bias", bias)):
        object.__setattr__(params, name, array)


def draw_weights(gates: int, input_size, hidden_size, rng, dtype):
    r"""Weights as torch draws them, uniform in :math:`\pm 1/\sqrt H`, and a bias of zeros."""
    n_in = as_integer("input_size", input_size, at_least=1)
    n = as_integer("hidden_size", hidden_size, at_least=1)
    rng, dtype = as_generator("rng", rng), as_dtype("dtype", dtype)
    bound = n**-0.5
    weight_ih = rng.uniform(-bound, bound, (gates * n, n_in)).astype(dtype)
    weight_hh = rng.uniform(-bound, bound, (gates * n, n)).astype(dtype)
    return weight_ih, weight_hh, np.zeros(gates * n, dtype)


def as_sequence(x, params) -> np.ndarray:
    """Return `x` as an array (T, B, I) in the width and dtype of the parameters."""
    return as_array("x", x, f"(T, B, I={params.weight_ih.shape[1]})", dtype=params.weight_ih.dtype)


def as_step(x_t, params, **states):
    """Return `x_t` (B, I) and the states (B, H) of one step, checked against the parameters."""
    (n_in, n), dtype = (params.weight_ih.shape[1], params.weight_hh.shape[1]), params.weight_ih.dtype
    x_t = as_array("x_t", x_t, f"(B, I={n_in})", dtype=dtype)
    shape = f"(B={len(x_t)}, H={n})"
    return x_t, *(as_array(name, state, shape, dtype=dtype) for name, state in states.items())


def as_state(name: str, value, batch: int, hidden: int, dtype) -> np.ndarray:
    """Return a state or its gradient as a new array (H, B); None stands for zeros."""
    if value is None:
        return np.zeros((hidden, batch), dtype)
    return np.array(as_array(name, value, f"(B={batch}, H={hidden})", dtype=dtype).T, order="C")


def as_gradient(name: str, value, like: np.ndarray) -> np.ndarray:
    """Return dL/dh as an array of the shape and dtype of `like`, (T, B, H) or (B, H)."""
    axes = zip(("T", "B", "H")[-like.ndim :], like.shape, strict=True)
    shape = f"({', '.join(f'{axis}={n}' for axis, n in axes)})"
    return as_array(name, value, shape, dtype=like.dtype)


def as_mask(mask, steps: int, batch: int, name: str = "mask") -> np.ndarray | None:
    """Return the mask as a new boolean array (T, B), or None."""
    if mask is None:
        return None
    mask = np.array(mask)
    if mask.dtype != bool:
        raise TypeError(f"{name} must be an array of bool, got dtype {mask.dtype}")
    if mask.shape != (steps, batch):
        raise ValueError(f"{name} must have shape (T={steps}, B={batch}), got {mask.shape}")
    return mask


def as_sequence_labels(name, labels, shape, classes, mask=None):
    """Return labels (B,) or (T, B), checked against the (T, B) of the sequences."""
    steps, batch = shape
    if np.ndim(labels) != 2:
        return as_integers(name, labels, f"(B={batch},)", classes)
    labels = as_integers(name, labels, f"(T={steps}, B={batch})")
    read = labels.ravel() if mask is None else labels[mask]  # those that a mask hides may be any
    if read.size:
        as_integers(name, read, "(N,)", classes)
    return labels


def keep_where_false(mask_t, new: np.ndarray, old: np.ndarray) -> None:
    """Carry the old state (H, B) over, in place, where a sample has no step now."""
    np.copyto(new, old, where=~mask_t)


def hold_where_false(mask_t, gradient: np.ndarray) -> np.ndarray:
    """Take out of the gradient (H, B), in place, what passes a step by; return it to be added after it."""
    held = gradient * ~mask_t
    gradient *= mask_t
    return held


def read_only(h: np.ndarray) -> np.ndarray:
    """View (T, H, B) as (T, B, H). The cache needs these numbers, so nobody may write to them."""
    view = h.transpose(0, 2, 1)
    view.flags.writeable = False
    return view


def columns(a: np.ndarray) -> np.ndarray:
    """(T, features, B) -> (features, T·B): the layout of one large product over all steps."""
    return a.transpose(1, 0, 2).reshape(a.shape[1], -1)


def chunks_backwards(steps: int, batch: int):
    """Yield (start, end) of the chunks of time steps, the last one first."""
    size = chunk_size(steps, batch)
    for end in range(steps, 0, -size):
        yield max(0, end - size), end


def last_first(steps: range, *arrays: np.ndarray):
    """Yield (t, a[t], …) for the steps of a chunk, the last one first; the arrays begin with the chunk."""
    count = len(steps)
    return zip(reversed(steps), *(a[count - 1 :: -1] for a in arrays), strict=True)


def chunk_size(steps: int, batch: int) -> int:
    """Time steps in a chunk."""
    return min(steps, -(-COLUMNS // batch))
