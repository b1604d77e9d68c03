"""Figures with sliders, one module a chapter; see `Explorer`."""

from lstm_course.explorers._explorer import MOST_FRAMES, Explorer, stop_text

__all__ = ["MOST_FRAMES", "Explorer", "stop_text"]
