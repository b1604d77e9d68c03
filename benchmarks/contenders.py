"""The LSTMs that ours is measured against, beside ``torch.nn.LSTM``: all compute the same.

Both loop over the time steps in Python and leave the backward pass to autograd.
"""

from __future__ import annotations

import numpy as np
import torch

from lstm_course._sequences import chunk_size
from lstm_course.torch_bridge import lstm_to_torch


class CellLoop(torch.nn.Module):
    """``torch.nn.LSTMCell`` in a loop."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x):
        """(T, B, I) to (T, B, H) and the last states."""
        state, out = None, []
        for x_t in x:
            state = self.cell(x_t, state)
            out.append(state[0])
        return torch.stack(out), state


def cell_loop(params):
    """A `CellLoop` with our weights."""
    layer = lstm_to_torch(params)
    cell = torch.nn.LSTMCell(params.input_size, params.hidden_size)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    return CellLoop(cell)


class Textbook(torch.nn.Module):
    """The equations as textbooks write them from scratch: two products of their own for every gate."""

    def __init__(self, params):
        super().__init__()
        for name in ("weight_ih", "weight_hh", "bias"):
            blocks = np.split(getattr(params, name), 4)
            for gate, block in zip("ifgo", blocks, strict=True):
                parameter = torch.nn.Parameter(torch.tensor(block.T.copy()))
                self.register_parameter(f"{name}_{gate}", parameter)

    def gate(self, name, x_t, h):
        """One gate's pre-activation."""
        weight_ih, weight_hh = getattr(self, f"weight_ih_{name}"), getattr(self, f"weight_hh_{name}")
        return x_t @ weight_ih + h @ weight_hh + getattr(self, f"bias_{name}")

    def forward(self, x):
        """(T, B, I) to (T, B, H) and the last states."""
        h = c = x.new_zeros(x.shape[1], len(self.bias_i))
        out = []
        for x_t in x:
            i = torch.sigmoid(self.gate("i", x_t, h))
            f = torch.sigmoid(self.gate("f", x_t, h))
            g = torch.tanh(self.gate("g", x_t, h))
            o = torch.sigmoid(self.gate("o", x_t, h))
            c = f * c + i * g
            h = o * torch.tanh(c)
            out.append(h)
        return torch.stack(out), (h, c)


def blas_only(params, x):
    """The matrix products of our LSTM and nothing else: what no layout of ours can go below.

    Returns the products of a training step and those of the forward pass alone.
    """
    (steps, batch, n_in), n = x.shape, params.hidden_size
    size = chunk_size(steps, batch)
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((4 * n, n_in + 1 + n), dtype=np.float32)
    transposed = rng.standard_normal((n_in + n, 4 * n), dtype=np.float32)
    inputs = rng.standard_normal((steps, n_in + 1 + n, batch), dtype=np.float32)
    gates = rng.standard_normal((steps, 4 * n, batch), dtype=np.float32)
    da, z = (rng.standard_normal((k, size * batch), dtype=np.float32) for k in (4 * n, n_in + 1 + n))
    dinputs, dweight = np.empty((size, n_in + n, batch), np.float32), np.empty_like(weight)

    def forward():
        for t in range(steps):
            np.dot(weight, inputs[t], out=gates[t])

    def train():
        forward()
        for t in range(steps - 1, -1, -1):
            np.dot(transposed, gates[t], out=dinputs[t % size])
            if t % size == 0:
                columns = (min(t + size, steps) - t) * batch
                np.matmul(da[:, :columns], z[:, :columns].T, out=dweight)

    return train, forward
