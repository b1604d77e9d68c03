"""Our recurrent networks beside torch's: medians, interleaved, same weights, same number of threads.

Run it with ``make bench``; README.md in this folder says how to read what it prints. It measures in a
process of its own for every setting, because OpenBLAS chooses its kernels when NumPy is loaded: first
as the reader's machine does by itself, then, where OpenBLAS did not recognise a processor that has
AVX-512, with the kernels for it (``OPENBLAS_CORETYPE=SkylakeX``).
"""

from __future__ import annotations

import argparse
import datetime
import functools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import torch
from bench_mlp import medians
from contenders import Textbook, blas_only, cell_loop
from threadpoolctl import threadpool_info, threadpool_limits

from lstm_course import gru, lstm, rnn, torch_bridge

RESULTS = Path(__file__).parent / "results" / "recurrent.json"
SHAPES = [
    (35, 32, 28, 32),
    (32, 1024, 28, 32),
    (35, 64, 128, 128),
    (100, 32, 128, 256),
    (100, 64, 64, 512),
    (784, 64, 1, 128),
    (8, 64, 8, 64),
    (150, 50, 2, 100),
]
QUICK_SHAPES = [(3, 2, 2, 4), (5, 2, 3, 2)]
LENGTHS, QUICK_LENGTHS = (100, 300, 1000, 3000, 10_000), (10, 30, 100)
SCALING_SHAPE = (16, 8, 64)  # B, I, H
NETS = {
    "LSTM": (lstm.init_lstm, lstm.lstm_forward, lstm.lstm_backward, torch_bridge.lstm_to_torch),
    "GRU": (gru.init_gru, gru.gru_forward, gru.gru_backward, torch_bridge.gru_to_torch),
    "RNN": (rnn.init_rnn, rnn.rnn_forward, rnn.rnn_backward, torch_bridge.rnn_to_torch),
}
TASKS = ("training", "inference")
# The first race is by itself, as a reader trains: long autograd graphs beside it would empty the caches.
HEATS = ("ours", "torch"), ("ours", "cell loop", "textbook", "blas")
# What the equations of the backward pass read, per step and sample, as multiples of H, beside x:
# i f g o c h; r z n h and W_hn h + b_hn; h.
NEEDED = {"LSTM": 6, "GRU": 5, "RNN": 1}


def problem(net, steps, batch, n_in, n):
    """Weights, inputs and the gradient that the loss sends to every hidden state, in float32."""
    rng = np.random.default_rng(0)
    params = NETS[net][0](n_in, n, rng, dtype=np.float32)
    x, dh = (rng.standard_normal((steps, batch, k)).astype(np.float32) for k in (n_in, n))
    return params, x, dh


def ours(net, params, x, dh):
    """Our training step and our inference."""
    _, forward, backward, _ = NETS[net]

    def train():
        h, _, cache = forward(params, x)
        dx, *_ = backward(params, cache, dh)
        return h, dx

    return train, lambda: (forward(params, x)[0],)


def theirs(module, x, dh):
    """The same of a torch module, the gradient by the input included."""
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

    return train, infer


def contenders(net, params, x, dh):
    """(training step, inference) of everybody, by name; ours first."""
    found = {"ours": ours(net, params, x, dh), "torch": theirs(NETS[net][3](params), x, dh)}
    if net == "LSTM":
        found["cell loop"] = theirs(cell_loop(params), x, dh)
        found["textbook"] = theirs(Textbook(params), x, dh)
    for name, functions in found.items():  # they must compute the same, or the race is void
        for function, ours_is in zip(functions, found["ours"], strict=True):
            for a, b in zip(function(), ours_is(), strict=True):
                np.testing.assert_allclose(a, b, atol=2e-3, err_msg=f"{name} differs from ours")
    if net == "LSTM":
        found["blas"] = blas_only(params, x)
    return found


def saved(net, params, x):
    """Bytes that our forward pass keeps for the backward pass, and that the equations need."""
    cache = NETS[net][1](params, x)[2]
    arrays = {name: a for name, a in cache._asdict().items() if isinstance(a, np.ndarray)}
    kept = sum(a.nbytes for name, a in arrays.items() if name != "weight")  # a weight is no activation
    steps, batch, n_in = x.shape
    return kept, steps * batch * (n_in + NEEDED[net] * params.hidden_size) * x.itemsize


def measure_shape(shape, seconds, clock):
    """Medians and ratios of every network at one shape."""
    row = dict(zip("TBIH", shape, strict=True))
    for net in NETS:
        params, x, dh = problem(net, *shape)
        everybody = contenders(net, params, x, dh)
        kept, needed = saved(net, params, x)
        row[net] = {"saved over needed": round(kept / needed, 3)}
        row[net] |= {task: {"seconds": {}, "ratios": {}} for task in TASKS}
        for names in HEATS:  # ours runs in both, and is compared within each
            if names[-1] not in everybody:
                continue
            flat = medians([f for name in names for f in everybody[name]], seconds, clock)
            for k, task in enumerate(TASKS):
                mine, *others = flat[k :: len(TASKS)]
                found = row[net][task]
                found["seconds"]["ours" if "torch" in names else "ours again"] = float(f"{mine:.4g}")
                for name, other in zip(names[1:], others, strict=True):
                    found["seconds"][name] = float(f"{other:.4g}")
                    found["ratios"][name] = round(mine / other, 3)
    return row


def geometric_means(rows):
    """Geometric mean over the shapes of every ratio."""
    return {
        net: {
            task: {
                name: round(float(np.exp(np.mean([np.log(r[net][task]["ratios"][name]) for r in rows]))), 3)
                for name in rows[0][net][task]["ratios"]
            }
            for task in TASKS
        }
        for net in NETS
    }


def measure_scaling(lengths, shape, seconds, clock):
    """Time and memory of our training step against the number of steps T, with log-log slopes."""
    found = {"T": list(lengths), **dict(zip("BIH", shape, strict=True))}
    for net in NETS:
        seconds_taken, kept, peak = [], [], []
        for steps in lengths:
            params, x, dh = problem(net, steps, *shape)
            train, _ = ours(net, params, x, dh)
            seconds_taken.append(float(f"{medians([train], seconds, clock)[0]:.4g}"))
            kept.append(saved(net, params, x)[0])
            tracemalloc.start()
            train()
            peak.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        slope = functools.partial(loglog_slope, lengths)
        found[net] = {
            "seconds": seconds_taken,
            "saved bytes": kept,
            "peak bytes": peak,
            "slopes": {
                "seconds": slope(seconds_taken),
                "saved bytes": slope(kept),
                "peak bytes": slope(peak),
            },
        }
    return found


def loglog_slope(x, y):
    """Slope of the line fitted to log y against log x: 1 when y grows as x does."""
    return round(float(np.polyfit(np.log(x), np.log(y), 1)[0]), 3)


def blas():
    """What threadpoolctl says of NumPy's BLAS; `architecture` names its kernels."""
    for info in threadpool_info():
        if info["user_api"] == "blas" and "numpy" in info["filepath"]:
            return {key: info.get(key) for key in ("internal_api", "version", "architecture")}
    return {"internal_api": None, "version": None, "architecture": None}


def cpu():
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def has_avx512():
    """Whether Linux reports AVX-512 as the SkylakeX kernels need it."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return {"avx512f", "avx512vl", "avx512bw", "avx512dq"} <= set(flags)


def measure(options):
    """One setting, in this process."""
    torch.set_num_threads(options.threads)
    # One thread: CPU time, which another program that takes the core away does not lengthen.
    clock, name = (time.process_time, "CPU") if options.threads == 1 else (time.perf_counter, "wall")
    run = {"label": options.label, "threads": options.threads, "clock": name, "blas": blas(), "shapes": []}
    print(
        f"\n{options.label}: {run['blas']['architecture']} kernels, threads: {options.threads}, {name} time"
    )
    print(
        "   T     B    I    H   LSTM: ours ms | to torch  cell loop  textbook  BLAS | GRU   RNN", flush=True
    )
    with threadpool_limits(options.threads):
        for shape in QUICK_SHAPES if options.quick else SHAPES:
            row = measure_shape(shape, options.seconds, clock)
            run["shapes"].append(row)
            t, r = row["LSTM"]["training"]["seconds"]["ours"], row["LSTM"]["training"]["ratios"]
            print("{:>4} {:>5} {:>4} {:>4}".format(*shape), end="")
            print(f" {1e3 * t:>15.2f} |{r['torch']:>9.2f}{r['cell loop']:>11.2f}", end="")
            print(f"{r['textbook']:>10.2f}{r['blas']:>6.2f} |", end="")
            print(*(f"{row[net]['training']['ratios']['torch']:>5.2f}" for net in ("GRU", "RNN")), flush=True)
        run["geometric means"] = geometric_means(run["shapes"])
        for net, tasks in run["geometric means"].items():
            for task, means in tasks.items():
                text = ", ".join(f"{value:.2f} of {name}" for name, value in means.items())
                print(f"geometric mean, {net} {task}: {text}")
        if options.scaling:
            lengths, shape = (QUICK_LENGTHS, (2, 2, 3)) if options.quick else (LENGTHS, SCALING_SHAPE)
            run["scaling"] = measure_scaling(lengths, shape, options.seconds / 4, clock)
            for net in NETS:
                print(f"slope against T, {net}: {run['scaling'][net]['slopes']}", flush=True)
    options.output.write_text(json.dumps(run))


def measure_apart(options, label, threads, environment, scaling):
    """One setting, in a process of its own with its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "run.json"
        command = [sys.executable, __file__, "--alone", "--label", label, "--threads", str(threads)]
        command += ["--seconds", str(options.seconds), "--output", str(output)]
        command += ["--quick"] * options.quick + ["--scaling"] * scaling
        subprocess.run(command, check=True, env={**os.environ, **environment})
        return {**json.loads(output.read_text()), "environment": environment}


def measure_all(options):
    """Every setting; the reader's own comes first."""
    runs = [measure_apart(options, "default", options.threads, {}, scaling=True)]
    first = runs[0]["blas"]
    missed = first["internal_api"] == "openblas" and first["architecture"] == "Haswell" and has_avx512()
    if missed and not options.quick:
        environment = {"OPENBLAS_CORETYPE": "SkylakeX"}
        runs.append(measure_apart(options, "AVX-512", options.threads, environment, scaling=False))
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": {"cpu": cpu(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
            "torch_cpu": torch.backends.cpu.get_cpu_capability(),
        },
        "dtype": "float32",
        "scaling": runs[0].pop("scaling"),
        "runs": runs,
    }
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten to {options.output}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0, help="per race")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--quick", action="store_true", help="tiny shapes, to try the script itself")
    for name in ("--alone", "--scaling"):  # for the processes that this one starts
        parser.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--label", help=argparse.SUPPRESS)
    options = parser.parse_args()
    (measure if options.alone else measure_all)(options)


if __name__ == "__main__":
    main()
