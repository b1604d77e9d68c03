"""What the tests of the drawings share: their texts, and whether these can be read."""

import matplotlib.pyplot as plt
import matplotlib.text

SMALLEST = 8.5  # points, at the drawn size


def drawn(explorer, **changed):
    """The figure of an explorer at its start, some stops changed."""
    return explorer.draw(**{**explorer.start, **changed}, **explorer.fixed)


def texts(figure):
    """All texts that are seen."""
    return [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text().strip()]


def assert_readable(figure):
    """No label is too small, and none has a patch behind it."""
    shown = texts(figure)
    assert len(shown) >= 3
    assert min(text.get_fontsize() for text in shown) >= SMALLEST
    assert [text.get_text() for text in shown if text.get_bbox_patch() is not None] == []


def assert_labels_apart(explorer):
    """In every frame the labels stay inside the figure and do not cover each other."""
    for stops in explorer.combinations():
        figure = explorer.draw(**stops, **explorer.fixed)
        renderer = figure.canvas.get_renderer()
        boxes = [t.get_window_extent(renderer) for t in texts(figure)]
        width, height = figure.bbox.size
        assert all(b.x0 > -3 and b.x1 < width + 3 and b.y0 > -3 and b.y1 < height + 3 for b in boxes), stops
        pairs = [
            (a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.padded(-1).overlaps(b.padded(-1))
        ]
        assert pairs == [], stops
        plt.close(figure)
