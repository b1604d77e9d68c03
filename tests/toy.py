"""A small exercise of our own, for the tests of the checker."""

from lstm_course.checker import Exercise, Mistake


def double(x):
    return 2 * x


def toy(**changes):
    """An exercise of our own, sound unless changed."""
    made = {
        "label": "toy",
        "prompt": "Double x.",
        "inputs": ("x",),
        "outputs": ("y",),
        "reference": double,
        "sample": lambda rng, size: (rng.standard_normal((2, size + 1)),),
        "mistakes": tuple(
            Mistake(name, f"Hint of {name}.", wrong)
            for name, wrong in (
                ("square", lambda x: x**2),
                ("plus two", lambda x: x + 2),
                ("cube", lambda x: x**3),
            )
        ),
    } | changes
    return Exercise(**made)


def planted(wrong, hint="Hint of the planted one."):
    """The mistakes of the toy, and one more."""
    return (*toy().mistakes, Mistake("planted", hint, wrong))


def flat(text):
    """A verdict without its line breaks."""
    return " ".join(text.split())
