"""Our feed-forward training step beside torch's: ratios of medians, interleaved, same threads.

Run it with ``make bench``. The two take turns within one process, so that whatever else the machine
does hits both alike; a ratio below 1 means that ours is faster.
"""

from __future__ import annotations

import argparse
import itertools
import time

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from lstm_course.losses import squared_error
from lstm_course.network import init_mlp, mlp_backward, mlp_forward

SHAPES = [
    (32, (64, 64, 10)),
    (32, (64,) * 20 + (10,)),
    (128, (784, 256, 256, 10)),
    (512, (512, 1024, 512, 10)),
]


def ours(sizes, batch, dtype):
    """A closure that runs one forward and backward pass with our code."""
    rng = np.random.default_rng(0)
    params = init_mlp(sizes, rng, dtype=dtype)
    x, target = (rng.standard_normal((batch, n)).astype(dtype) for n in (sizes[0], sizes[-1]))

    def step():
        y, cache = mlp_forward(params, x, activation="tanh")
        _, dy = squared_error(y, target)
        mlp_backward(params, cache, dy)

    return step


def theirs(sizes, batch, dtype):
    """The same in torch, the gradient by the input included."""
    kind = getattr(torch, np.dtype(dtype).name)
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(n_in, n_out, dtype=kind), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    x, target = (
        torch.randn(batch, sizes[0], dtype=kind, requires_grad=True),
        torch.randn(batch, sizes[-1], dtype=kind),
    )

    def step():
        model.zero_grad()
        x.grad = None
        (0.5 * ((model(x) - target) ** 2).sum() / batch).backward()

    return step


def medians(functions, seconds, clock=time.perf_counter):
    """Median duration of each function by the clock, run in turn for about `seconds`."""
    for function in functions:
        function()
    times = [[] for _ in functions]
    end = clock() + seconds
    while clock() < end or len(times[0]) < 5:
        for function, record in zip(functions, times, strict=True):
            start = clock()
            function()
            record.append(clock() - start)
    return [float(np.median(record)) for record in times]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2.0, help="per shape")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(
        f"forward and backward, float32, {options.threads} threads, torch {torch.__version__}, numpy {np.__version__}"
    )
    print("batch  layers                     ours ms  torch ms   ratio")
    ratios = []
    with threadpool_limits(options.threads):
        for batch, sizes in SHAPES:
            a, b = medians(
                [ours(sizes, batch, np.float32), theirs(sizes, batch, np.float32)], options.seconds
            )
            ratios.append(a / b)
            name = (
                "-".join(map(str, sizes))
                if len(sizes) < 6
                else f"{sizes[0]} × {len(sizes) - 1} - {sizes[-1]}"
            )
            print(f"{batch:>5}  {name:<24} {1e3 * a:>8.2f} {1e3 * b:>9.2f} {a / b:>7.2f}")
    print(f"geometric mean of the ratios: {np.exp(np.mean(np.log(ratios))):.2f}")


if __name__ == "__main__":
    main()
