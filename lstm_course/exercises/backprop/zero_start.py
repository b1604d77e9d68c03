"""Exercises of chapter 1 on paper: all weights zero."""

from __future__ import annotations

from lstm_course.checker import Choice
from lstm_course.tiny_network import TinyNet, tiny_backward, tiny_forward


def moves_from_zero(steps: int = 3, rate: float = 0.5) -> list[tuple[bool, ...]]:
    """Which of the eight weights move at each step when all of them start at zero (worked example)."""
    net = TinyNet(*(0.0,) * 8, b1=0.35, b2=0.60)
    moved = []
    for _ in range(steps):
        gradient, _ = tiny_backward(net, tiny_forward(net, (0.05, 0.10), (0.01, 0.99)))
        values = {name: value - rate * getattr(gradient, name) for name, value in vars(net).items()}
        moved.append(tuple(values[f"w{j}"] != getattr(net, f"w{j}") for j in range(1, 9)))
        net = TinyNet(**values)
    return moved


ZERO_START = Choice(
    label="zero-start",
    kind="predict",
    prompt=(
        "In the worked example all eight weights start at 0; biases, input and targets are as they were. Which "
        "weights move when we descend, and why?"
    ),
    options={
        "a": "None ever moves.",
        "b": "At the first step only w5 to w8 move; from the second on, all eight.",
        "c": "All eight move from the first step on.",
        "d": "Only w5 to w8 move, at every step.",
    },
    reasons={
        "1": "A weight's derivative has the weights above it as factors, and the activation at its tail.",
        "2": "A product with a zero in it is zero.",
        "3": "Every unit has a slope above zero, so something arrives everywhere.",
        "4": "Equal units get equal gradients.",
    },
    right=("b", "1"),
    replies={
        "a": "Zero weights do not make zero activations: the biases see to it that h₁ and h₂ are above zero. What is "
        "the derivative by w₅ then?",
        "c": "The slopes are above zero, but on its way to w₁ the delta crosses w₅ and w₇. What are these at first?",
        "d": "True of the first step. But after it w₅ to w₈ are no longer zero.",
        "2": "That is true. Which products have a zero in them, and for how long?",
        "b2": "The choice is right. The reason is true, but it does not decide: it does not say which products have a "
        "zero in them, and for how long.",
        "b4": "The choice is right. The reason is true, but it does not decide: it tells which weights stay equal, not "
        "which ones move.",
        "3": "The slopes are above zero, but the path also crosses weights.",
        "4": "That is true, and it tells which weights stay equal, not which ones move.",
    },
    why="The two hidden units stay equal for ever, though: w₁ = w₃, w₂ = w₄, w₅ = w₆, w₇ = w₈ at every step.",
    hints=(
        "Compute h₁ and h₂ with all weights zero. Are they zero?",
        "Write down ∂L/∂w₅ and ∂L/∂w₁ as products. Which factors are zero at the first step?",
        "After the first step w₅ has moved. Look at ∂L/∂w₁ again.",
    ),
)
