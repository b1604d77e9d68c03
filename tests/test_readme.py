"""What README shows is run: its Python blocks, in their order, as one reads them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(text):
    return re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)


def run(sources):
    """Execute the blocks one after the other, and return what each leaves.

    The first one belongs into a chapter, which has imported np.
    """
    names, after = {"np": np, "__name__": "readme"}, []
    for source in sources:
        exec(compile(source, "README.md", "exec"), names)
        after.append(dict(names))
    return after


@pytest.fixture(scope="module")
def after():
    return run(blocks(README))


def test_every_block_is_found():
    assert len(blocks(README)) == README.count("```python") == 5


def test_the_exercise_names_the_mistake(capsys):
    run(blocks(README)[:1])
    assert "tanh" in capsys.readouterr().out


def test_gradients_and_their_split_are_what_the_comments_say(after, assert_close):
    assert [dh.shape for dh in after[1]["flow"].dh] == [(5, 4), (5, 8), (5, 3)]
    split = after[2]["split"]
    assert_close(split.total, split.highway + split.rest)


def test_both_models_learn(after):
    accuracy = after[3]["history"].accuracy
    assert accuracy.shape == (3,)
    assert accuracy[-1] > 0.8
    loss = after[4]["history"].loss
    assert loss[-1] < loss[0] / 10
    assert type(after[4]["trained"]) is after[4]["Forecaster"]


def test_a_block_that_does_not_run_is_noticed():
    text = README.replace("lstm_course.stacked import init_stacked", "lstm_course.stacks import init_stacked")
    with pytest.raises(ModuleNotFoundError, match=r"lstm_course\.stacks"):
        run(blocks(text)[1:])


def speeds(results):
    """What README says of speed, as the results have it."""
    one, two = results["runs"][:2]
    said = [
        one["geometric means"]["LSTM"]["training"]["torch"],
        two["geometric means"]["LSTM"]["training"]["torch"],
    ]
    for run_ in (one, two):
        ratios = [shape["LSTM"]["training"]["ratios"]["torch"] for shape in run_["shapes"]]
        said += [min(ratios), max(ratios)]
    said.append(one["geometric means"]["LSTM"]["inference"]["torch"])
    assert (one["threads"], two["threads"], len(one["shapes"])) == (1, 2, 12)
    return [f"{value:.2f}" for value in said]


def test_the_speeds_are_those_of_the_results():
    path = Path(__file__).resolve().parents[1] / "benchmarks" / "results" / "recurrent.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    [paragraph] = [text for text in README.split("\n") if text.startswith("A training step of the LSTM")]
    assert re.findall(r"\d\.\d\d", paragraph) == speeds(results)
    results["runs"][0]["geometric means"]["LSTM"]["training"]["torch"] = 0.5
    assert re.findall(r"\d\.\d\d", paragraph) != speeds(results)
