"""Figures with sliders: ipywidgets in Jupyter, plain HTML in the book, from one Python function.

An explorer is a drawing function and a list of values for each of its arguments. In Jupyter every
movement calls Python. For the book every combination is drawn beforehand and stored as one SVG and
the places where the frames differ (`lstm_course.svg.differences`), so that the page needs neither a
kernel nor a network. This is the only place in the course that knows ipywidgets.
"""

from __future__ import annotations

import html
import itertools
import json
from collections.abc import Callable, Mapping, Sequence

from lstm_course.svg import caption_html, differences, mode, next_uid, themed_svg, to_text

MOST_FRAMES = 60  # a page draws them all beforehand, and a reader looks at a few
FEW = 3  # stops that are buttons
ROOM = 7  # stops whose marks all bear their number


class Explorer:
    """A figure with sliders.

    Parameters
    ----------
    draw : callable
        ``draw(**values) -> matplotlib.figure.Figure``, with fixed axis limits.
    say : callable
        ``say(**values) -> str``: one sentence that tells what the frame shows, for every reader and
        above all for one who does not see the figure.
    alt : str
        What the figure shows in general.
    values : mapping of str to sequence
        The stops of each control: more than three numbers make a slider, fewer, and strings, a row of
        buttons. The book draws their whole product beforehand, at most `MOST_FRAMES` frames.
    start : mapping of str to a stop, optional
        Where the controls stand first; the middle unless named.
    labels : mapping of str to str, optional
        The controls' names for the reader; the argument's name unless given.
    live : mapping of str to (low, high, step), optional
        Further numbers that move in Jupyter only, drawn at their `start` value in the book.
    caption : str
        A line under the figure.
    """

    def __init__(
        self,
        draw: Callable,
        *,
        say: Callable,
        alt: str,
        values: Mapping[str, Sequence],
        start: Mapping | None = None,
        labels: Mapping[str, str] | None = None,
        live: Mapping[str, tuple[float, float, float]] | None = None,
        caption: str = "",
    ):
        self.draw, self.say, self.alt, self.caption = draw, say, alt, caption
        self.values = {name: list(stops) for name, stops in values.items()}
        self.live = dict(live or {})
        self.labels = {name: (labels or {}).get(name, name) for name in [*self.values, *self.live]}
        if not alt.strip():
            raise ValueError("alt must describe the figure, got an empty string")
        frames = 1
        for name, stops in self.values.items():
            if len(stops) < 2 or len(set(stops)) < len(stops):
                raise ValueError(f"values[{name!r}] must hold at least two different stops, got {stops}")
            frames *= len(stops)
        if frames > MOST_FRAMES:
            raise ValueError(f"values must give at most {MOST_FRAMES} frames, got {frames}")
        start = dict(start or {})
        self.start = {name: start.pop(name, stops[len(stops) // 2]) for name, stops in self.values.items()}
        for name, stop in self.start.items():
            if stop not in self.values[name]:
                raise ValueError(f"start[{name!r}] must be one of its stops, got {stop!r}")
        if set(start) != set(self.live):
            raise ValueError(f"start must name a value for each of {sorted(self.live)}, got {sorted(start)}")
        self.fixed = start

    # --- in the book ---------------------------------------------------------------------------

    def combinations(self) -> list[dict]:
        """Every combination of stops, the last control varying fastest."""
        return [
            dict(zip(self.values, stops, strict=True)) for stops in itertools.product(*self.values.values())
        ]

    def frames(self, uid: str):
        """Draw every combination; see `lstm_course.svg.themed_svg`."""
        return [
            themed_svg(self.draw(**combination, **self.fixed), uid) for combination in self.combinations()
        ]

    def to_html(self) -> str:
        """The figure with its controls, complete in itself but for the page's script and style."""
        uid = next_uid()
        combinations, frames = self.combinations(), self.frames(uid)
        first = combinations.index(self.start)
        sentences = [self.say(**combination, **self.fixed) for combination in combinations]
        spoken = list(dict.fromkeys(sentences))
        data = {
            "sizes": [len(stops) for stops in self.values.values()],
            "slots": differences(frames),
            "say": spoken,
            "index": [spoken.index(sentence) for sentence in sentences],
        }
        payload = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
        controls = "".join(self._control(uid, name) for name in self.values)
        return (
            f'<figure class="gx gx-explorer" id="{uid}" data-frame="{first}">'
            f'<div class="gx-view" role="img" aria-label="{html.escape(self.alt)}">{to_text(frames[first])}</div>'
            f'<p class="gx-say" aria-live="polite">{html.escape(sentences[first])}</p>'
            f'<div class="gx-controls" hidden>{controls}'
            f'<button type="button" class="gx-reset">Reset</button></div>'
            f"<noscript><p>The controls of this figure need JavaScript; you see its first frame.</p></noscript>"
            f"{caption_html(self.caption)}"
            f'<script type="application/json">{payload}</script></figure>'
        )

    def _control(self, uid, name):
        stops, label = self.values[name], html.escape(self.labels[name])
        at = stops.index(self.start[name])
        texts = [html.escape(stop_text(stop)) for stop in stops]
        if is_choice(stops):
            buttons = "".join(
                f'<label><input type="radio" name="{uid}-{name}" value="{k}"{" checked" * (k == at)}>'
                f"<span>{text}</span></label>"
                for k, text in enumerate(texts)
            )
            return f'<fieldset class="gx-choice"><legend>{label}</legend>{buttons}</fieldset>'
        return (
            f'<div class="gx-slider"><label for="{uid}-{name}">{label}</label>'
            f'<input type="range" id="{uid}-{name}" min="0" max="{len(stops) - 1}" step="1" value="{at}" '
            f"data-stops='{html.escape(json.dumps(texts, ensure_ascii=False))}' aria-valuetext=\"{texts[at]}\">"
            f'<output for="{uid}-{name}">{texts[at]}</output>{ticks(texts)}</div>'
        )

    # --- in Jupyter ----------------------------------------------------------------------------

    def to_widget(self):
        """Live controls over one HTML widget that holds the drawing."""
        import ipywidgets as widgets

        wide = {"style": {"description_width": "11em"}, "layout": {"width": "34em"}}
        controls = {}
        for name, stops in self.values.items():
            kind = widgets.ToggleButtons if is_choice(stops) else widgets.SelectionSlider
            options = [(stop_text(stop), stop) for stop in stops]
            controls[name] = kind(
                options=options, value=self.start[name], description=self.labels[name], **wide
            )
        for name, (low, high, step) in self.live.items():
            controls[name] = widgets.FloatSlider(
                value=self.fixed[name], min=low, max=high, step=step, description=self.labels[name], **wide
            )
        view, uid = widgets.HTML(), next_uid()

        def redraw(_=None):
            now = {name: control.value for name, control in controls.items()}
            drawing = to_text(themed_svg(self.draw(**now), uid))
            view.value = (
                f'<div style="max-width: 46em" role="img" aria-label="{html.escape(self.alt)}">{drawing}</div>'
                f"<p>{html.escape(self.say(**now))}</p>"
            )

        for control in controls.values():
            control.observe(redraw, "value")
        redraw()
        return widgets.VBox([view, *controls.values()])

    # --- wherever it is shown ------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        controls = ", ".join(f"{name} ({len(stops)} stops)" for name, stops in self.values.items())
        bundle = {"text/plain": f"<Explorer: {controls}>\n{self.say(**self.start, **self.fixed)}"}
        shown = mode()
        if shown == "html":
            bundle["text/html"] = self.to_html()
        elif shown == "live":
            widget = self.to_widget()
            bundle.update(widget._repr_mimebundle_())
        else:  # the tests: the drawing is made, and only its sentence kept
            themed_svg(self.draw(**self.start, **self.fixed), next_uid())
        return bundle


def is_choice(stops: Sequence) -> bool:
    """Whether a control is a row of buttons: words, or so few numbers that a slider would pretend."""
    return isinstance(stops[0], str) or len(stops) <= FEW


def ticks(texts: Sequence[str]) -> str:
    """A mark below the slider at every stop, with its number where there is room: at the ends, and up to seven."""
    shown = [text if len(texts) <= ROOM or k in (0, len(texts) - 1) else "" for k, text in enumerate(texts)]
    return f'<span class="gx-ticks" aria-hidden="true">{"".join(f"<span>{text}</span>" for text in shown)}</span>'


def stop_text(stop) -> str:
    """A stop as its reader sees it: a true minus sign, no needless digits."""
    return stop if isinstance(stop, str) else f"{stop:g}".replace("-", "−")
