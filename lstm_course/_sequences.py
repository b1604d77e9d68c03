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


class Sizes:
    """The widths that the weights of every recurrent network have."""

    weight_ih: np.ndarray
    weight_hh: np.ndarray

    @property
    def input_size(self) -> int:
        """Width of the input, I."""
        return self.weight_ih.shape[1]

    @property
    def hidden_size(self) -> int:
        """Number of hidden units, H."""
        return self.weight_hh.shape[1]


def check_kind(params, *kinds: type) -> None:
    """Refuse the weights of another network: their shapes may fit, and the numbers would be wrong."""
    if type(params) not in kinds:
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"params must be {wanted}, got {type(params).__name__}")


def check_is_cache(cache, of: type, name: str = "cache") -> None:
    """Refuse what is not a cache of this class, such as all that a forward pass returns."""
    if not isinstance(cache, of):
        got = type(cache).__name__
        if type(cache) is tuple and any(isinstance(part, of) for part in cache):
            got = "all that the forward pass returns: take the last of it"
        raise TypeError(f"{name} must be {of.__name__}, got {got}")


def check_cache(params, cache, of: type, *kinds: type, name: str = "cache", masked: bool = True) -> None:
    """Refuse weights of another network, and a cache that is not of a pass with weights like these.

    Parameters
    ----------
    params
        The weights, of one of the classes `kinds`.
    cache
        Of the class `of`, of a step or of a sequence, in the dtype and the sizes of the weights.
    of, *kinds : type
    name : str
        What the cache is called in a message.
    masked : bool
        False where a cache with a mask will not do: a sample that has no step has no Jacobian of it.

    Raises
    ------
    TypeError
        When a class or the dtype is another.
    ValueError
        When the width of the input or the number of hidden units is another, or there is a mask.
    """
    check_kind(params, *kinds)
    check_is_cache(cache, of, name)
    fields = ("x_t", "h_prev") if hasattr(cache, "x_t") else ("x", "h")  # of a step, of a sequence
    x, h = (getattr(cache, field) for field in fields)
    if h.dtype != params.weight_hh.dtype:
        raise TypeError(f"{name} must have dtype {params.weight_hh.dtype} like params, got {h.dtype}")
    wanted, found = (
        f"I={a.shape[-1]}, H={b.shape[-1]}" for a, b in ((params.weight_ih, params.weight_hh), (x, h))
    )
    if wanted != found:
        raise ValueError(f"{name} must have {wanted} like params, got {found}")
    if not masked and getattr(cache, "mask", None) is not None:
        raise ValueError(f"{name} must come from a pass without a mask")


def as_span(t0, t1, steps: int) -> range:
    """Return the steps that lead from state t0 to state t1, t0+1 to t1: step 1 is the first, state 0 before it."""
    t0, t1 = as_integer("t0", t0, at_least=0), as_integer("t1", t1, at_least=1, at_most=steps)
    if t0 >= t1:
        raise ValueError(f"t0 must be below t1, got t0={t0} and t1={t1}")
    return range(t0 + 1, t1 + 1)


def draw_weights(gates: int, input_size, hidden_size, rng, dtype):
    r"""Weights as torch draws them, uniform in :math:`\pm 1/\sqrt H`, and a bias of zeros."""
    n_in = as_integer("input_size", input_size, at_least=1)
    n = as_integer("hidden_size", hidden_size, at_least=1)
    rng, dtype = as_generator("rng", rng), as_dtype("dtype", dtype)
    bound = n**-0.5
    weight_ih = rng.uniform(-bound, bound, (gates * n, n_in)).astype(dtype)
    weight_hh = rng.uniform(-bound, bound, (gates * n, n)).astype(dtype)
    return weight_ih, weight_hh, np.zeros(gates * n, dtype)


def as_sequence(x, params, *kinds: type, mask=None, **states) -> np.ndarray:
    """Return `x` as an array (T, B, I) in the width and dtype of the weights, which are of one of `kinds`.

    The mask and the states are looked at here for one mistake only: samples before steps.
    """
    check_kind(params, *kinds)
    if isinstance(h0 := states.get("h0"), tuple) and any(isinstance(part, np.ndarray) for part in h0):
        apart = ", ".join(states)  # torch takes the two states of an LSTM as one tuple
        raise TypeError(f"h0 must be an array (B, H), got a tuple of {len(h0)}; pass {apart} one by one")
    n_in, n = params.weight_ih.shape[1], params.weight_hh.shape[1]
    x = as_array("x", x, f"(T, B, I={n_in})", dtype=params.weight_ih.dtype)
    steps, batch = x.shape[:2]
    wanted = {"mask": f"(T={steps}, B={batch})", **dict.fromkeys(states, f"(B={batch}, H={n})")}
    for name, value in {"mask": mask, **states}.items():
        if steps != batch and _shape(value) == ((batch, steps) if name == "mask" else (steps, n)):
            raise ValueError(
                f"{name} must have shape {wanted[name]}, got {_shape(value)}: "
                f"x is read as (T={steps}, B={batch}, I={n_in}), time first; is it batch first?"
            )
    return x


def _shape(value) -> tuple[int, ...] | None:
    """The shape of something array-like; None for None and for a ragged list."""
    try:
        return None if value is None else np.shape(value)
    except ValueError:
        return None


def as_step(x_t, params, *kinds: type, **states):
    """Return `x_t` (B, I) and the states (B, H) of one step, checked against the weights of one of `kinds`."""
    check_kind(params, *kinds)
    (n_in, n), dtype = (params.weight_ih.shape[1], params.weight_hh.shape[1]), params.weight_ih.dtype
    x_t = as_array("x_t", x_t, f"(B, I={n_in})", dtype=dtype)
    shape = f"(B={len(x_t)}, H={n})"
    return x_t, *(as_array(name, state, shape, dtype=dtype) for name, state in states.items())


def as_state(name: str, value, batch: int, hidden: int, dtype) -> np.ndarray:
    """Return a state as a new array (H, B); None stands for zeros. A gradient, d…, may have overflowed."""
    if value is None:
        return np.zeros((hidden, batch), dtype)
    shape, finite = f"(B={batch}, H={hidden})", not name.startswith("d")
    return np.array(as_array(name, value, shape, dtype=dtype, finite=finite).T, order="C")


def as_gradient(name: str, value, like: np.ndarray) -> np.ndarray:
    """Return dL/dh as an array of the shape and dtype of `like`, (T, B, H) or (B, H). It may have overflowed."""
    axes = zip(("T", "B", "H")[-like.ndim :], like.shape, strict=True)
    shape = f"({', '.join(f'{axis}={n}' for axis, n in axes)})"
    return as_array(name, value, shape, dtype=like.dtype, finite=False)


def as_mask(mask, steps: int, batch: int, name: str = "mask") -> np.ndarray | None:
    """Return the mask as a new boolean array (T, B), or None. The integers 0 and 1 will do."""
    if mask is None:
        return None
    shape = _shape(mask)
    if shape != (steps, batch):
        got = "a ragged sequence" if shape is None else shape
        raise ValueError(f"{name} must have shape (T={steps}, B={batch}), got {got}")
    mask = np.array(mask)
    if mask.dtype.kind not in "biu":
        raise TypeError(f"{name} must be an array of bool, got dtype {mask.dtype}")
    if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
        raise ValueError(f"{name} must hold True and False, or 1 and 0, got {mask.min()} to {mask.max()}")
    return mask.astype(bool, copy=False)


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
    held = gradient.copy()
    held[:, mask_t] = 0  # no product with the mask: infinity times 0 is not 0
    gradient[:, ~mask_t] = 0
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
