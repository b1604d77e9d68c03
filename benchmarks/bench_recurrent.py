"""Our recurrent networks beside torch's, each contender in a process of its own, one thread and two.

Run it with ``make bench``; README.md in this folder says how to read what it prints. The processes live for
one round at one shape and take turns, so that a drift of the machine hits all alike; nobody shares threads or
memory with another. Every round has new processes, and how far its ratios differ from those of the others is
kept: a process may be slow for as long as it lives. OpenBLAS chooses its kernels when NumPy is loaded: where
this machine knows AVX-512, ours is measured a second time with the kernels that it did not choose.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import time
import tracemalloc
from pathlib import Path

import numpy as np
from contender import NETS, ours, problem
from process import Process

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
    (50, 16, 32, 48),
    (28, 128, 28, 100),
    (200, 32, 8, 128),
    (60, 64, 64, 256),
]
QUICK_SHAPES = [(3, 2, 2, 4)]
LENGTHS, QUICK_LENGTHS = (100, 300, 1000, 3000, 10_000), (10, 30, 100)
SCALING_SHAPE = (16, 8, 64)  # B, I, H
TASKS = ("training", "inference", "forward")  # the last one keeps what a backward pass needs
EVERYBODY = {
    "LSTM": ("ours", "torch", "cell loop", "textbook", "blas"),
    "GRU": ("ours", "torch"),
    "RNN": ("ours", "torch"),
}
ROUNDS = 3
PAUSE = 0.04  # seconds between turns with several threads: a pool may spin on after its work
# What the equations of the backward pass read, per step and sample, as multiples of H, beside x:
# i f g o c h; r z n h and W_hn h + b_hn; h.
NEEDED = {"LSTM": 6, "GRU": 5, "RNN": 1}


def saved(net, params, x):
    """Bytes that our forward pass keeps for the backward pass, and that the equations need."""
    cache = NETS[net][1](params, x)[2]
    arrays = {name: a for name, a in cache._asdict().items() if isinstance(a, np.ndarray)}
    kept = sum(a.nbytes for name, a in arrays.items() if name != "weight")  # a weight is no activation
    steps, batch, n_in = x.shape
    return kept, steps * batch * (n_in + NEEDED[net] * params.hidden_size) * x.itemsize


def rivals(group, what):
    """Who takes part in a task: only `ours` and `torch` have a forward pass with gradients and one without."""
    return [name for name in group if what != "forward" or name in ("ours", "torch")]


def one_round(shape, run, everybody, seconds):
    """Medians of every network, task and contender at one shape, by new processes."""
    threads, medians_of = run["threads"], {}
    names = dict.fromkeys(name for group in everybody.values() for name in group)
    workers = {name: Process(name, threads, run["environment"]) for name in names}
    for worker in workers.values():  # they start at the same time, and nothing is timed before all are there
        run["kernels"] |= worker.kernels
    for net, group in everybody.items():
        for task, what in enumerate(TASKS):
            asked = {"net": net, "shape": shape, "task": task}
            answers = {name: workers[name].ask(**asked) for name in rivals(group, what)}
            for name, answer in answers.items():  # they must compute the same, or the race is void
                if answer:
                    np.testing.assert_allclose(answer, answers["ours"], atol=2e-3, err_msg=f"{name} differs")
            medians_of[net, what] = {}
            for name in answers:
                medians_of[net, what][name] = np.median(workers[name].ask(**asked, seconds=seconds))
                time.sleep(PAUSE * (threads > 1))
    for worker in workers.values():
        worker.close()
    return medians_of


def measure_shape(shape, run, everybody, seconds):
    """Medians over the rounds, ratios, and the least and the largest ratio of a round, at one shape."""
    row = dict(zip("TBIH", shape, strict=True))
    rounds = [one_round(shape, run, everybody, seconds) for _ in range(ROUNDS)]
    for net in everybody:
        params, x, _ = problem(net, *shape)
        kept, needed = saved(net, params, x)
        row[net] = {"saved over needed": round(kept / needed, 3)}
    for net, what in rounds[0]:
        times = {name: [found[net, what][name] for found in rounds] for name in rounds[0][net, what]}
        middle = {name: float(f"{np.median(times[name]):.4g}") for name in times}
        theirs = [name for name in times if name != "ours"]
        by_round = {name: np.divide(times["ours"], times[name]) for name in theirs}
        row[net][what] = {
            "seconds": middle,
            "ratios": {name: round(middle["ours"] / middle[name], 3) for name in theirs},
            "ranges": {name: [round(float(f(by_round[name])), 3) for f in (min, max)] for name in theirs},
        }
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
        if net in rows[0]
    }


def measure_scaling(lengths, shape, seconds):
    """Time and memory of our training step against the number of steps T, with log-log slopes."""
    found = {"T": list(lengths), **dict(zip("BIH", shape, strict=True))}
    times = {(net, steps): [] for net in NETS for steps in lengths}
    for _ in range(ROUNDS):
        for (net, steps), taken in times.items():
            worker = Process("ours", 1, {})
            asked = {"net": net, "shape": (steps, *shape), "task": TASKS.index("training")}
            taken.append(np.median(worker.ask(**asked, seconds=seconds)))
            worker.close()
    for net in NETS:
        kept, peak = [], []
        for steps in lengths:
            params, x, dh = problem(net, steps, *shape)
            train, *_ = ours(net, params, x, dh)
            train()  # what is made once and stays is no part of a step
            kept.append(saved(net, params, x)[0])
            tracemalloc.start()
            train()
            peak.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        middle = [float(f"{np.median(times[net, steps]):.4g}") for steps in lengths]
        columns = {"seconds": middle, "saved bytes": kept, "peak bytes": peak}
        found[net] = columns | {
            "slopes": {name: loglog_slope(lengths, column) for name, column in columns.items()}
        }
    return found


def loglog_slope(x, y):
    """Slope of the line fitted to log y against log x: 1 when y grows as x does."""
    return round(float(np.polyfit(np.log(x), np.log(y), 1)[0]), 3)


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


def measure(label, threads, environment, everybody, options):
    """One setting over all shapes."""
    run = {"label": label, "threads": threads, "clock": "CPU" if threads == 1 else "wall",
           "environment": environment, "kernels": {}, "shapes": []}  # fmt: skip
    print(f"\n{label}, threads: {threads}, {run['clock']} time, ours over theirs")
    for shape in QUICK_SHAPES if options.quick else SHAPES:
        row = measure_shape(shape, run, everybody, options.seconds)
        run["shapes"].append(row)
        print("{:>4} {:>5} {:>4} {:>4} ".format(*shape), end="")
        for net in everybody:
            shown = [f"{name} {ratio:.2f}" for name, ratio in row[net]["training"]["ratios"].items()]
            print(
                f" | {net} {1e3 * row[net]['training']['seconds']['ours']:.2f} ms: {', '.join(shown)}", end=""
            )
        print(flush=True)
    run["blas"] = run["kernels"]["blas"]
    run["geometric means"] = geometric_means(run["shapes"])
    for net, tasks in run["geometric means"].items():
        for task, means in tasks.items():
            text = ", ".join(f"{value:.2f} of {name}" for name, value in means.items())
            print(f"geometric mean, {net} {task}: {text}", flush=True)
    return run


def measure_all(options):
    """Every setting; the reader's own comes first."""
    runs = [measure("default", 1, {}, EVERYBODY, options)]
    runs.append(measure("default", 2, {}, {net: ("ours", "torch") for net in NETS}, options))
    chosen = runs[0]["blas"]
    if chosen["internal_api"] == "openblas" and has_avx512() and not options.quick:
        other = "Haswell" if chosen["architecture"] != "Haswell" else "SkylakeX"
        environment, group = {"OPENBLAS_CORETYPE": other}, {"LSTM": ("ours", "torch", "blas")}
        runs.append(measure(f"{other} kernels", 1, environment, group, options))
    lengths, shape = (QUICK_LENGTHS, (2, 2, 3)) if options.quick else (LENGTHS, SCALING_SHAPE)
    scaling = measure_scaling(lengths, shape, options.seconds)
    for net in NETS:
        print(f"slope against T, {net}: {scaling[net]['slopes']}", flush=True)
    known = runs[0]["kernels"]
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": {"cpu": cpu(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": {key: known[key] for key in ("python", "numpy", "torch", "torch_cpu")},
        "dtype": "float32",
        "rounds": ROUNDS,
        "scaling": scaling,
        "runs": runs,
    }
    for run in runs:
        del run["kernels"]
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten to {options.output}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.04, help="per turn")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--quick", action="store_true", help="tiny shapes, to try the script itself")
    measure_all(parser.parse_args())


if __name__ == "__main__":
    main()
