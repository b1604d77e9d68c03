"""Exercises of chapter 14 on the forget bias: how long it remembers, and how to spread it over the cells."""

from __future__ import annotations

import numpy as np

from lstm_course.activations import sigmoid
from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.gradient_flow import memory_time
from lstm_course.initializers import chrono

# --- how long a forget gate remembers ---------------------------------------------------------------


def _sample_memory_time(rng, size):
    return (
        (np.array([1.0, 3.0]),),
        (np.array([-1.0, 0.0, 2.0]),),
        (draw(rng, 2, 3, scale=2),),
        (np.linspace(-6, 10, 33),),
    )[size]


MEMORY_TIME = Exercise(
    label="memory-time",
    hints=(
        "Write f^τ = 1/e and take the logarithm of both sides.",
        "What is −ln σ(b)? Insert σ(b) = 1/(1 + e^{−b}) and use that the logarithm of a quotient is a difference.",
    ),
    level="warm-up",
    prompt=(
        "A forget gate of bias b that sees nothing else is f = σ(b) at every step. Compute after how many "
        "steps τ, not rounded, the factor f^τ has fallen to 1/e, for an array of biases."
    ),
    inputs=("forget_bias",),
    outputs=("tau",),
    reference=memory_time,
    sample=_sample_memory_time,
    sizes=4,
    mistakes=(
        Mistake(
            "the gate in place of the time",
            "This is the gate itself, the share that is kept in one step. Asked for is the number of steps "
            "after which the repeated product of such shares is 1/e.",
            sigmoid,
        ),
        Mistake(
            "mean life in place of the time to 1/e",
            "This is 1/(1 - f), the sum of all powers of f, too long by half a step to one step. When f is "
            "near 1 that hardly matters, elsewhere it does: solve f^τ = 1/e.",
            lambda forget_bias: 1 / (1 - sigmoid(forget_bias)),
        ),
        Mistake(
            "half-life",
            "This is the half-life, after which f^τ is 1/2. The course's memory time waits until 1/e is left.",
            lambda forget_bias: np.log(0.5) / np.log(sigmoid(forget_bias)),
        ),
        Mistake(
            "time to lose 1/e",
            "After your time 1/e has been lost and the rest is left. Asked for is the time after which 1/e is left.",
            lambda forget_bias: np.log(1 - 1 / np.e) / np.log(sigmoid(forget_bias)),
        ),
        Mistake(
            "logarithm to base 10",
            "This is the time until a tenth is left: the logarithm is to base 10. For 1/e take the natural one.",
            lambda forget_bias: -1 / np.log10(sigmoid(forget_bias)),
        ),
        Mistake(
            "rate in place of time",
            "This is the rate of forgetting per step. A time is what you get when you turn it upside down: the "
            "faster the forgetting, the shorter it is.",
            lambda forget_bias: -np.log(sigmoid(forget_bias)),
        ),
        Mistake(
            "negative time",
            "Your times are negative. The logarithm of a gate is below zero, and so is that of 1/e: one of the "
            "two signs has been lost.",
            lambda forget_bias: 1 / np.log(sigmoid(forget_bias)),
        ),
        Mistake(
            "rounded up",
            "You round up to whole steps. τ is a time constant, the one in e^{-k/τ}, and need not be whole.",
            lambda forget_bias: np.ceil(-1 / np.log(sigmoid(forget_bias))),
        ),
        Mistake(
            "rounded",
            "Your times are whole numbers, rounded down or to the nearest. τ is a time constant, and need not be a number of steps.",
            lambda forget_bias: np.floor(-1 / np.log(sigmoid(forget_bias))),
            also=(lambda forget_bias: np.round(-1 / np.log(sigmoid(forget_bias))),),
        ),
        Mistake(
            "e^b",
            "e^b is f/(1 - f), which τ comes close to, in proportion, when b is large. The exact τ is "
            "longer, and for a bias around 0 the difference matters.",
            np.exp,
        ),
        Mistake(
            "sign of the bias",
            "The larger the bias, the shorter your memory. With a large bias the gate is near 1 and the cell "
            "keeps nearly all: look at the sign in the exponent.",
            lambda forget_bias: 1 / np.log1p(np.exp(forget_bias)),
        ),
        Mistake(
            "the bias taken for the gate",
            "You take the logarithm of the bias, as if it were the gate. A bias may be negative; the gate is "
            "what σ makes of it.",
            lambda forget_bias: -1 / np.log(forget_bias),
        ),
        Mistake(
            "size of the bias taken for the gate",
            "You take the logarithm of the size of the bias, as if it were the gate. The gate is what σ makes of the bias.",
            lambda forget_bias: -1 / np.log(np.abs(forget_bias)),
        ),
        Mistake(
            "tanh for the gate",
            "Your gate is the tanh of its bias. A gate comes out of a sigmoid.",
            lambda forget_bias: -1 / np.log(np.tanh(forget_bias)),
        ),
    ),
)

# --- biases for memories of all lengths -------------------------------------------------------------


def _sample_chrono(rng, size):
    hidden_size, longest = ((2, 5), (3, 20), (8, 100), (64, 784))[size]
    return hidden_size, longest, np.random.default_rng(int(rng.integers(1000)))


CHRONO = Exercise(
    label="chrono-bias",
    hints=(
        "What is drawn evenly, the biases or the times? Draw that, for all cells in one call.",
        "rng.uniform takes the lower end, the upper end and how many. The times run from 1 to L − 1; then take ln.",
    ),
    prompt=(
        "Chrono initialisation: wish for each of the hidden_size cells a memory time u, drawn evenly from 1 to "
        "L - 1 with one call of rng.uniform, where L = longest. Return the forget biases ln u."
    ),
    inputs=("hidden_size", "longest", "rng"),
    outputs=("bias",),
    shapes=("(H)",),
    reference=chrono,
    sample=_sample_chrono,
    sizes=4,
    mistakes=(
        Mistake(
            "biases drawn evenly",
            "The biases are spread evenly, so the memory times are not: most of them are short. Draw the times "
            "evenly, and make biases of them afterwards.",
            lambda hidden_size, longest, rng: rng.uniform(0, np.log(longest - 1), hidden_size),
            also=(lambda hidden_size, longest, rng: rng.uniform(0, np.log(longest), hidden_size),),
        ),
        Mistake(
            "times in place of biases",
            "These are the times themselves. As biases they would jam the forget gate wide open: a cell "
            "keeps its content for u steps with a bias far smaller than u.",
            lambda hidden_size, longest, rng: rng.uniform(1, longest - 1, hidden_size),
        ),
        Mistake(
            "sign of the input gate",
            "These are the input gate's biases, which the rule sets to the opposite sign. A forget gate that "
            "keeps for long needs a positive bias.",
            lambda hidden_size, longest, rng: -np.log(rng.uniform(1, longest - 1, hidden_size)),
        ),
        Mistake(
            "up to L",
            "Your times go up to L. A dependence inside L steps spans L - 1 of them at most.",
            lambda hidden_size, longest, rng: np.log(rng.uniform(1, longest, hidden_size)),
        ),
        Mistake(
            "up to L - 2",
            "Your times end one step too early, at L - 2. They go from 1 to L - 1.",
            lambda hidden_size, longest, rng: np.log(rng.uniform(1, longest - 2, hidden_size)),
        ),
        Mistake(
            "from 2",
            "Your shortest time is 2. The times are real numbers and begin at 1, where the bias is zero.",
            lambda hidden_size, longest, rng: np.log(rng.uniform(2, longest - 1, hidden_size)),
        ),
        Mistake(
            "ln(1 + u)",
            "You take the logarithm of 1 + u. The bias is ln u: e^b is then the time itself.",
            lambda hidden_size, longest, rng: np.log1p(rng.uniform(1, longest - 1, hidden_size)),
        ),
        Mistake(
            "1 taken off the bias",
            "The 1 stands outside the logarithm. It is the longest time that is L - 1, not the bias that is ln u - 1.",
            lambda hidden_size, longest, rng: np.log(rng.uniform(1, longest, hidden_size)) - 1,
        ),
        Mistake(
            "evenly spaced",
            "Your times are evenly spaced, and nothing is random. Draw them with rng.uniform.",
            lambda hidden_size, longest, rng: np.log(np.linspace(1, longest - 1, hidden_size)),
        ),
        Mistake(
            "from 0",
            "Your times begin at 0, where the logarithm is bottomless: some biases may come out hugely "
            "negative. The rule wishes for no memory shorter than one step.",
            lambda hidden_size, longest, rng: np.log(rng.uniform(0, longest - 1, hidden_size)),
        ),
        Mistake(
            "the longest for all",
            "Every cell gets the bias of the longest memory. Short dependences need cells that forget: the "
            "times are to be of all lengths.",
            lambda hidden_size, longest, rng: np.full(hidden_size, np.log(longest - 1)),
        ),
        Mistake(
            "one draw for all cells",
            "One time is drawn for all cells. Each cell gets its own, or they all remember for the same "
            "number of steps.",
            lambda hidden_size, longest, rng: np.full(hidden_size, np.log(rng.uniform(1, longest - 1))),
        ),
        Mistake(
            "time to 1/e inverted",
            "You solve τ = u for the bias, which is a good rule of its own. The chrono rule is simpler, and "
            "its cells remember for about half a step longer than u.",
            lambda hidden_size, longest, rng: -np.log(np.expm1(1 / rng.uniform(1, longest - 1, hidden_size))),
        ),
    ),
)

EXERCISES = (MEMORY_TIME, CHRONO)
