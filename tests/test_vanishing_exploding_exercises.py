"""The exercises of chapter 2 that ask for no function: their answers by torch, and wrong ones of several kinds."""

import math

import numpy as np
import pytest
import torch
from truth.vanishing_exploding import norms_by_torch

from lstm_course.exercises import EXERCISES, grade
from lstm_course.losses import softmax_cross_entropy
from lstm_course.network import init_mlp, mlp_backward, mlp_forward
from lstm_course.optim import sgd_step


def test_the_chain_by_torch():
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    h = x
    for weight in (2.0, -3.0, 4.0):
        bias = -weight * h.detach()
        h = torch.sigmoid(weight * h + bias)
    h.backward()
    assert grade("chain-by-hand", (x.grad.item(), 0.75**20)).status == "right"


def test_forty_layers_by_torch():
    def left(layers):
        return norms_by_torch(64, layers, 2 / 8, "sigmoid", np.random.default_rng(7), 16)[0]

    assert f"{left(10):.1e}, {left(20):.1e}" == "1.3e-04, 1.7e-08"  # as the question says
    for answer in (left(40), left(20) ** 2, 3e-16):
        assert grade("forty-layers", answer).status == "right"


def test_the_blind_layer_by_descent():
    labels = torch.tensor([0, 0, 0, 0, 1, 1, 2, 3])
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    for _ in range(2000):
        loss = torch.nn.functional.cross_entropy(logits.expand(8, 4), labels)
        (gradient,) = torch.autograd.grad(loss, logits)
        with torch.no_grad():
            logits -= gradient
    accuracy = (logits.argmax() == labels).double().mean().item()
    assert grade("blind-layer", (loss.item(), accuracy)).status == "right"


@pytest.mark.parametrize("seed", range(3))
def test_with_the_larger_step_the_first_layer_moves_and_the_loss_is_enormous(seed):
    rng = np.random.default_rng(seed)
    params = init_mlp([64] * 20 + [10], rng)
    x, labels = rng.standard_normal((32, 64)), rng.integers(10, size=32)
    losses = []
    for rate in (0.5e12, None):
        logits, cache = mlp_forward(params, x)
        loss, dlogits = softmax_cross_entropy(logits, labels)
        losses.append(loss)
        if rate:
            _, gradient, flow = mlp_backward(params, cache, dlogits)
            first, last = (np.linalg.norm(flow.da[layer]) for layer in (0, -1))
            assert 1e-13 < first / last < 1e-11
            params = sgd_step(params, gradient, rate)
    assert losses[0] < 4
    assert losses[1] > 1e9
    assert grade("larger-step", "c2").status == "right"


def test_the_planted_bug_is_one_and_the_only_one():
    task = EXERCISES["vanishing-bug"]
    mended = task.listing.replace("rng.normal(0, 1 / n, (n, n))", "rng.normal(0, 1 / np.sqrt(n), (n, n))")
    assert mended != task.listing
    for listing, std, size in ((mended, 1 / 8, (0.1, 100)), (task.listing, 1 / 64, (0, 1e-15))):
        scope = {"np": np}
        exec(listing, scope)
        ours = scope["gradient_at_the_input"](64, 20, np.random.default_rng(0))
        rng = np.random.default_rng(0)
        weights = [torch.tensor(rng.normal(0, std, (64, 64))) for _ in range(20)]
        h = x = torch.tensor(rng.standard_normal((16, 64)), requires_grad=True)
        for weight in weights:
            h = torch.tanh(h @ weight.T)
        h.backward(torch.tensor(rng.standard_normal((16, 64))))
        assert np.allclose(ours, x.grad.numpy(), rtol=1e-9, atol=0)
        assert size[0] < np.linalg.norm(ours) < size[1]


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (lambda layer: 1 - 0.5**layer, "right", "no single number below 1"),
        (lambda layer: math.exp(-(0.5**layer)), "right", ""),
        (lambda layer: 1 - 0.4 / layer**2, "right", ""),
        (lambda layer: 1 - 1 / (layer + 2) ** 2, "right", ""),
        (lambda layer: 1 - 1 / (layer + 1) ** 2, "wrong", "which stands in the text"),
        (lambda layer: layer * (layer + 2) / (layer + 1) ** 2, "wrong", "Now one of your own"),
        (lambda layer: 0.999, "wrong", "All layers have the same factor"),
        (lambda layer: 0.9999999, "wrong", "All layers have the same factor"),
        (lambda layer: layer / (layer + 1), "wrong", "1/2 + 1/3 + 1/4"),
        (lambda layer: 1.0, "wrong", "The factor of layer 1 is 1"),
        (lambda layer: 1.0, "wrong", "1 is not below 1"),
        (lambda layer: 1 + 0.5**layer, "wrong", "from above"),
        (lambda layer: 1 - 1 / layer**2, "wrong", "At the first it gives 0"),
        (lambda layer: 1 - 0.3 / layer, "wrong", "nor has any multiple"),
        (lambda layer: 1 - 0.5 / math.sqrt(layer), "wrong", "more slowly than by 1/l"),
        (lambda layer: 1 - 0.5 / math.log(layer + 2), "wrong", "more slowly than by 1/l"),
        (lambda layer: 1 - 0.9**layer, "wrong", "The first layers take too much"),
        (lambda layer: 1 + 0.5**layer, "wrong", "exceeds 1"),
        (lambda layer: 0.5**layer, "wrong", "rise towards 1"),
        (lambda layer: 1 - 1e-7 / math.log(layer + 1), "wrong", "finite sum"),
        (0.9, "wrong", "must be a function"),
        (lambda layer: "0.9", "wrong", "must return a number"),
    ],
)
def test_factors_below_one(answer, status, said):
    verdict = grade("alive-below-one", answer)
    assert verdict.status == status, verdict.text
    assert said in " ".join(verdict.text.split())
