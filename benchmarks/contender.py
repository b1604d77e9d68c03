"""One contender in a process of its own: reads what to run from its standard input, a JSON object a line.

    python contender.py NAME THREADS     NAME: ours, torch, "cell loop", textbook, blas

Two libraries in one process disturb each other: their thread pools spin while the other works, and what one
frees the other reuses. So `bench_recurrent.py` starts everybody apart and lets them take turns.
"""

from __future__ import annotations

import json
import platform
import sys
import time

import numpy as np

from lstm_course import gru, lstm, rnn

NETS = {
    "LSTM": (lstm.init_lstm, lstm.lstm_forward, lstm.lstm_backward),
    "GRU": (gru.init_gru, gru.gru_forward, gru.gru_backward),
    "RNN": (rnn.init_rnn, rnn.rnn_forward, rnn.rnn_backward),
}


def problem(net, steps, batch, n_in, n):
    """Weights, inputs and the gradient that the loss sends to every hidden state, in float32."""
    rng = np.random.default_rng(0)
    params = NETS[net][0](n_in, n, rng, dtype=np.float32)
    x, dh = (rng.standard_normal((steps, batch, k)).astype(np.float32) for k in (n_in, n))
    return params, x, dh


def ours(net, params, x, dh):
    """Our training step, inference, and forward pass to be followed by a backward pass, which is the same."""
    _, forward, backward = NETS[net]

    def infer():
        return (forward(params, x)[0],)

    def train():
        h, _, cache = forward(params, x)
        dx, *_ = backward(params, cache, dh)
        return h, dx

    return train, infer, infer


def theirs(module, x, dh):
    """The same of a torch module, the gradient by the input included."""
    import torch

    x, dh = torch.tensor(x, requires_grad=True), torch.tensor(dh)

    def train():
        module.zero_grad()
        x.grad = None
        h = module(x)[0]
        h.backward(dh)
        return h.detach().numpy(), x.grad.numpy()

    def infer():
        with torch.no_grad():
            return (module(x)[0].numpy(),)

    def forward():
        return (module(x)[0].detach().numpy(),)  # with gradients on: it keeps what a backward pass needs

    return train, infer, forward


def functions(name, net, shape):
    """The training step, the inference and, but for `blas`, the forward pass with gradients of a contender."""
    params, x, dh = problem(net, *shape)
    if name == "ours":
        return ours(net, params, x, dh)
    import contenders

    from lstm_course import torch_bridge

    if name == "blas":
        return contenders.blas_only(params, x)
    make = {
        "torch": getattr(torch_bridge, f"{net.lower()}_to_torch"),
        "cell loop": contenders.cell_loop,
        "textbook": contenders.Textbook,
    }[name]
    return theirs(make(params), x, dh)


def kernels(name):
    """Which versions and kernels this process multiplies with."""
    if name in ("ours", "blas"):
        from threadpoolctl import threadpool_info

        found = next(
            (i for i in threadpool_info() if i["user_api"] == "blas" and "numpy" in i["filepath"]), {}
        )
        blas = {key: found.get(key) for key in ("internal_api", "version", "architecture")}
        return {"python": platform.python_version(), "numpy": np.__version__, "blas": blas}
    import torch

    return {"torch": torch.__version__, "torch_cpu": torch.backends.cpu.get_cpu_capability()}


def sample(arrays):
    """Some of the numbers of an answer, to be compared with the others'."""
    return [float(v) for a in arrays for v in np.asarray(a).reshape(-1)[:: max(1, np.size(a) // 50)]]


def main(name, threads):
    """Serve until the input ends."""
    if name in ("ours", "blas"):
        from threadpoolctl import threadpool_limits

        threadpool_limits(threads)
    else:
        import torch

        torch.set_num_threads(threads)
    # One thread: CPU time, which another program that takes the core away does not lengthen.
    clock = time.process_time if threads == 1 else time.perf_counter
    print(json.dumps(kernels(name)), flush=True)
    current, tasks = None, None
    for line in sys.stdin:
        asked = json.loads(line)
        if (key := (asked["net"], tuple(asked["shape"]))) != current:
            current, tasks = key, None  # what went before is freed first
            tasks = functions(name, *key)
        function = tasks[asked["task"]]
        answer = function()  # not timed: caches warm up
        if "seconds" not in asked:
            print(json.dumps([] if name == "blas" else sample(answer)), flush=True)
            continue
        times, end = [], time.perf_counter() + asked["seconds"]
        while time.perf_counter() < end or len(times) < 2:
            start = clock()
            function()
            times.append(clock() - start)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
