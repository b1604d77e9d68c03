"""Companion package of *Gradients Through Time*.

Import what you need from its modules: ``from lstm_course.network import mlp_forward``. The package
itself needs NumPy only; matplotlib, ipywidgets, scikit-learn and torch are imported by the functions
that use them.
"""

__version__ = "0.1.0"
