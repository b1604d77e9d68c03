"""The benchmarks: the script runs, its file has the shape that the table reads. No time is asserted."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lstm_course.book import RIVALS, TASKS, benchmark_table

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "benchmarks" / "results" / "recurrent.json"
SHAPES = [
    (35, 32, 28, 32), (32, 1024, 28, 32), (35, 64, 128, 128), (100, 32, 128, 256),
    (100, 64, 64, 512), (784, 64, 1, 128), (8, 64, 8, 64), (150, 50, 2, 100),
    (50, 16, 32, 48), (28, 128, 28, 100), (200, 32, 8, 128), (60, 64, 64, 256),
]  # fmt: skip


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The results file of a run on tiny shapes."""
    path = tmp_path_factory.mktemp("results") / "recurrent.json"
    script = ROOT / "benchmarks" / "bench_recurrent.py"
    command = [sys.executable, str(script), "--quick", "--seconds", "0.001", "--output", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "geometric mean, LSTM training" in done.stdout
    assert "slope against T, RNN" in done.stdout
    return path


def faults(path):
    """What the table or the issue asks of a results file and is not there, or cannot be."""
    results, found = json.loads(path.read_text(encoding="utf-8")), []
    for key in ("date", "machine", "versions", "dtype", "rounds", "scaling", "runs"):
        if not results.get(key):
            return [f"no {key}"]
    if not {"numpy", "torch", "torch_cpu", "python"} <= results["versions"].keys():
        found.append("a version is missing")
    for net in RIVALS:
        grown, steps = results["scaling"][net], len(results["scaling"]["T"])
        if {"seconds", "saved bytes", "peak bytes"} != grown["slopes"].keys():
            found.append(f"{net}: a slope is missing")
        if any(len(grown[name]) != steps or min(grown[name]) <= 0 for name in grown["slopes"]):
            found.append(f"{net}: not one positive number for each T")
    for run in results["runs"]:
        if not run["threads"] >= 1 or run["blas"].keys() != {"internal_api", "version", "architecture"}:
            found.append(f"{run['label']}: threads or BLAS not stated")
        if missing := set(RIVALS) - set(run["geometric means"]) if run is results["runs"][0] else ():
            found.append(f"{run['label']}: no {missing}")
        for net, task in ((net, task) for net in run["geometric means"] for task in TASKS):
            means = run["geometric means"][net][task]
            everybody = RIVALS[net].keys() if task != "forward" else {"torch"}
            if "torch" not in means or (run is results["runs"][0] and means.keys() != everybody):
                found.append(f"{run['label']}, {net}, {task}: a rival is missing")
            for rival in means:
                product = 1.0
                for row in run["shapes"]:
                    seconds, ratios = row[net][task]["seconds"], row[net][task]["ratios"]
                    if ratios[rival] != pytest.approx(seconds["ours"] / seconds[rival], rel=0.01, abs=1e-3):
                        found.append(f"{run['label']}, {net}, {task}: a ratio is not that of its medians")
                    low, high = row[net][task]["ranges"][rival]
                    if not 0 < low <= high:
                        found.append(f"{run['label']}, {net}, {task}: no range")
                    product *= ratios[rival]
                if means[rival] != pytest.approx(product ** (1 / len(run["shapes"])), rel=0.01, abs=1e-3):
                    found.append(f"{run['label']}, {net}, {task}: a geometric mean is wrong")
    return found


def test_a_quick_run_writes_what_the_table_reads(quick):
    assert faults(quick) == []
    results = json.loads(quick.read_text(encoding="utf-8"))
    assert [tuple(row[axis] for axis in "TBIH") for row in results["runs"][0]["shapes"]] == [(3, 2, 2, 4)]
    assert [run["threads"] for run in results["runs"]] == [1, 2]
    assert results["runs"][0]["environment"] == {}


def spoil_ratio(results):
    results["runs"][0]["shapes"][0]["GRU"]["training"]["ratios"]["torch"] *= 2


def spoil_mean(results):
    results["runs"][0]["geometric means"]["LSTM"]["inference"]["blas"] *= 2


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (spoil_ratio, "a ratio is not that of its medians"),
        (spoil_mean, "a geometric mean is wrong"),
        (lambda r: r["runs"][0]["shapes"][0]["RNN"]["forward"]["ranges"].update(torch=[2, 1]), "no range"),
        (lambda r: r["scaling"]["RNN"]["slopes"].pop("seconds"), "a slope is missing"),
        (lambda r: r["scaling"]["RNN"]["seconds"].pop(), "not one positive number for each T"),
        (lambda r: r["runs"][0]["blas"].pop("architecture"), "threads or BLAS not stated"),
        (lambda r: r["versions"].pop("torch"), "a version is missing"),
        (lambda r: r["runs"][0]["geometric means"]["LSTM"]["training"].pop("textbook"), "a rival is missing"),
        (lambda r: r.update(runs=[]), "no runs"),
        (lambda r: r.pop("rounds"), "no rounds"),
    ],
)
def test_a_spoiled_file_is_noticed(quick, tmp_path, spoil, fault):
    results = json.loads(quick.read_text(encoding="utf-8"))
    spoil(results)
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps(results), encoding="utf-8")
    assert any(fault in found for found in faults(path))


def test_the_committed_results_are_whole():
    assert faults(COMMITTED) == []
    results = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert results["scaling"]["T"][0] == 100
    assert results["scaling"]["T"][-1] == 10_000
    for run in results["runs"]:
        assert [tuple(row[axis] for axis in "TBIH") for row in run["shapes"]] == SHAPES
        assert all(
            row[net]["saved over needed"] <= 1.2 for row in run["shapes"] for net in RIVALS if net in row
        )
    for net in RIVALS:  # bytes are no times: they are the same on every machine
        assert results["scaling"][net]["slopes"]["saved bytes"] == pytest.approx(1, abs=0.01)


def test_the_table_shows_every_ratio_and_names_the_setting():
    results = json.loads(COMMITTED.read_text(encoding="utf-8"))
    for number, run in enumerate(results["runs"]):
        for task, what in TASKS.items():
            head, rule, *rows, means, _, setting = benchmark_table(COMMITTED, number, task=task).splitlines()
            cells = [line.strip("| ").split(" | ") for line in (head, rule, *rows, means)]
            assert len({line.count("|") for line in (head, rule, *rows, means)}) == 1
            assert [tuple(map(int, row[0].split(", "))) for row in cells[2:-1]] == SHAPES
            column = cells[0].index("`nn.LSTM`")
            ratios = [row["LSTM"][task]["ratios"]["torch"] for row in run["shapes"]]
            assert [float(row[column]) for row in cells[2:-1]] == pytest.approx(ratios, abs=0.0051)
            mean = run["geometric means"]["LSTM"][task]["torch"]
            assert f"**{mean:.2f}**" in means
            assert what in setting
            for part in (run["blas"]["architecture"], results["versions"]["torch"], results["date"]):
                assert part in setting


def test_a_run_or_a_task_that_is_not_there_is_named(quick):
    with pytest.raises(ValueError, match="run must be below the number of runs 2, got 2"):
        benchmark_table(quick, 2)
    with pytest.raises(ValueError, match="task must be one of forward, inference, training, got 'speed'"):
        benchmark_table(quick, task="speed")
    with pytest.raises(FileNotFoundError):
        benchmark_table(quick.with_name("none.json"))


def test_the_table_needs_no_torch(quick):
    code = (
        "import sys; sys.modules['torch'] = None; from lstm_course.book import benchmark_table; "
        f"print(benchmark_table({str(quick)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("| T, B, I, H | our LSTM, ms | `nn.LSTM` |")


SPEED = ROOT / "book" / "speed.ipynb"


@pytest.fixture
def race(monkeypatch):
    """The modules of the benchmarks: contender, contenders."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("contender"), importlib.import_module("contenders")


def operations(output):
    """The names of the operations in the graph of an output, once for each node."""
    waiting, seen = [output.grad_fn], {}
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen[node] = node.name()
            waiting += [after for after, _ in node.next_functions]
    return list(seen.values())


def test_what_the_page_says_of_the_rivals_operations(race):
    contender, contenders = race
    params, x, _ = contender.problem("LSTM", 1, 2, 3, 4)
    for rival, products in ((contenders.cell_loop(params), 2), (contenders.Textbook(params), 8)):
        names = operations(rival(torch.tensor(x))[0].sum())
        assert sum("mmBackward" in name.replace("Mm", "mm") for name in names) == products
        assert sum("Sigmoid" in name for name in names) == 3
        assert sum("Tanh" in name for name in names) == 2
    page = SPEED.read_text(encoding="utf-8")
    assert "one call from Python with two products" in page
    assert "The textbook cell has eight products" in page


def test_what_the_page_says_of_the_comparison_before_the_race(race):
    contender, _ = race
    page = SPEED.read_text(encoding="utf-8")
    source = (ROOT / "benchmarks" / "bench_recurrent.py").read_text(encoding="utf-8")
    assert "must agree to 2e-3" in page
    assert re.findall(r"assert_allclose\(.*atol=([^,]+),", source) == ["2e-3"]
    assert "fifty entries or more" in page
    for steps, batch, n_in, n in SHAPES:
        for size in (n_in, n):
            assert len(contender.sample([np.zeros((steps, batch, size))])) >= 50
