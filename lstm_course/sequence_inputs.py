"""What a recurrent network reads: symbols as vectors, and sequences of several lengths as one array."""

from __future__ import annotations

import numpy as np

from lstm_course._arguments import as_array, as_dtype, as_generator, as_integer, as_integers


def init_embedding(tokens, width, rng, *, dtype=np.float64) -> np.ndarray:
    """Draw one vector a symbol from the standard normal distribution, as ``torch.nn.Embedding`` does.

    Parameters
    ----------
    tokens, width : int
        V, the number of symbols, and E, the length of a vector.
    rng : numpy.random.Generator
        Source of the numbers.
    dtype : numpy.dtype
        float64 or float32.

    Returns
    -------
    numpy.ndarray, shape (V, E)

    Raises
    ------
    ValueError, TypeError
        When an argument is out of range or of another kind.
    """
    tokens = as_integer("tokens", tokens, at_least=1)
    width = as_integer("width", width, at_least=1)
    return as_generator("rng", rng).normal(size=(tokens, width)).astype(as_dtype("dtype", dtype))


def embed(weight, tokens) -> np.ndarray:
    """Give every symbol its vector: a row of `weight`.

    Parameters
    ----------
    weight : array_like, shape (V, E)
        One vector a symbol.
    tokens : array_like of int, shape (T, B)
        Symbols, 0..V-1.

    Returns
    -------
    numpy.ndarray, shape (T, B, E)

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, or a symbol is out of range.
    """
    weight = as_array("weight", weight, "(V, E)")
    return weight[as_integers("tokens", tokens, "(T, B)", len(weight))]


def embed_backward(weight, tokens, dx) -> np.ndarray:
    """Gradient of the vectors: each is the sum over all places where its symbol stands.

    Parameters
    ----------
    weight : array_like, shape (V, E)
    tokens : array_like of int, shape (T, B)
        What `embed` was given.
    dx : array_like, shape (T, B, E)
        Gradient of the loss with respect to what `embed` returned.

    Returns
    -------
    dweight : numpy.ndarray, shape (V, E)

    Raises
    ------
    ValueError, TypeError
        When a shape or dtype does not fit, or a symbol is out of range.
    """
    weight = as_array("weight", weight, "(V, E)")
    tokens = as_integers("tokens", tokens, "(T, B)", len(weight))
    (steps, batch), width = tokens.shape, weight.shape[1]
    dx = as_array("dx", dx, f"(T={steps}, B={batch}, E={width})", dtype=weight.dtype)
    dweight = np.zeros_like(weight)
    np.add.at(dweight, tokens, dx)  # a symbol that comes twice is moved twice
    return dweight


def pad_sequences(sequences):
    """Put sequences of several lengths side by side, with zeros after their ends, and say where they are.

    Parameters
    ----------
    sequences : list of array_like, shape (T_b, I), or (T_b,) of int
        One a sample: numbers, or symbols. Of one width and dtype.

    Returns
    -------
    x : numpy.ndarray, shape (T, B, I) or (T, B)
        T is the greatest length.
    mask : numpy.ndarray of bool, shape (T, B)
        True where the sample has a step.

    Raises
    ------
    ValueError, TypeError
        When there is no sequence, one is empty, or widths or dtypes differ.
    """
    sequences = list(sequences)
    if not sequences:
        raise ValueError("sequences must hold at least one, got none")
    try:
        symbols = np.ndim(sequences[0]) == 1
    except ValueError:  # a ragged list, which as_array names
        symbols = False
    arrays: list[np.ndarray] = []
    for b, sequence in enumerate(sequences):
        name = f"sequences[{b}]"
        if symbols:
            arrays.append(as_integers(name, sequence, "(T_b,)"))
        else:
            shape = f"(T_b, I={arrays[0].shape[1]})" if arrays else "(T_b, I)"
            dtype = arrays[0].dtype if arrays else None
            arrays.append(as_array(name, sequence, shape, dtype=dtype))
    lengths = np.array([len(array) for array in arrays])
    x = np.zeros((lengths.max(), len(arrays), *arrays[0].shape[1:]), arrays[0].dtype)
    for b, array in enumerate(arrays):
        x[: len(array), b] = array
    return x, np.arange(len(x))[:, None] < lengths
