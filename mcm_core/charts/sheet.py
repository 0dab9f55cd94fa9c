"""A sheet to draw on: vertically one unit is one pixel from the top, horizontally the picture decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.words import esc, wrapped
from mcm_core.domain.instrument import Instrument

EDGE = 4
KEY_HEIGHT = 40
"""Pixels of a level's name in the key, if it takes no more than two lines."""
LINE = 19
"""Pixels from one line of small text to the next."""


@dataclass
class Sheet:
    """Collects traces, texts and shapes, and makes one figure of them. `tight`: for where nobody can scroll."""

    dark: bool
    narrow: bool
    x_range: tuple[float, float]
    left: int = 0
    right: int = 0
    tight: bool = False
    traces: list[Any] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def colour(self) -> dict[str, str]:
        return palette.tokens(self.dark)

    @property
    def pixels(self) -> int:
        """Width to draw on if the screen is as small as this form of the picture allows."""
        return self.pixels_wide - self.left - self.right

    @property
    def pixels_wide(self) -> int:
        """The same with what stands in the margins."""
        return (344 if self.narrow else 700) - 2 * EDGE

    def pixels_for(self, length: float) -> float:
        return self.pixels * length / (self.x_range[1] - self.x_range[0])

    def write(self, words: str, y: float, *, x: float = 0.0, anchor: str = "left", **style: Any) -> None:
        """Place text that is already escaped; without `at` x is a share of the drawing's width."""
        font = {"size": style.pop("size", palette.SIZE), "color": style.pop("colour", self.colour["ink"])}
        at = {"xref": style.pop("at", "paper"), "yref": "y", "xanchor": anchor, "yanchor": "middle", "align": anchor}
        self.texts.append({"text": words, "x": x, "y": y, "showarrow": False, "font": font, **at, **style})

    def margin_note(self, words: str, y: float, *, indent: int = 0, **style: Any) -> None:
        """Text in the left margin, or at the left edge where there is none, over the lines of the drawing."""
        style = style if self.left else {"bgcolor": self.colour["paper"], "borderpad": 0, **style}
        self.write(words, y, xshift=indent - self.left, **style)

    def line(self, x: float, top: float, bottom: float, **style: Any) -> None:
        pen = {"color": style.pop("colour", self.colour["line"]), "width": 1, **style}
        self.shapes.append({"type": "line", "x0": x, "x1": x, "y0": top, "y1": bottom, "line": pen, "layer": "below"})

    def hatch(self, y: float, height: float, sentence: str = "") -> None:
        """A row that stays closed: hatched, and saying why."""
        low, high = self.x_range
        self.traces.append(hatched([(low + high) / 2], [y - height / 2], [high - low], [height], self.colour))
        if sentence:
            style = {"size": palette.SMALL, "bgcolor": self.colour["paper"], "borderpad": 2}
            self.write(self._closed(sentence), y, x=0.5, anchor="center", **style)

    def height_of(self, sentence: str) -> int:
        """How high a row must be to hold the sentence that says why it stays closed."""
        return LINE * (self._closed(sentence).count("<br>") + 1) + 8

    def _closed(self, sentence: str) -> str:
        return wrapped(sentence, int(self.pixels / 7.6))

    def level_key(self, instrument: Instrument, y: float) -> float:
        """Name the levels in their colours across the top; returns the height used."""
        n = len(instrument.levels)
        columns = (n + 1) // 2 if n > 4 and self.narrow else n
        colours = palette.ramp(n, self.dark) if instrument.ordered else palette.categories(n, self.dark)
        letters = max(5, int(self.pixels / columns / 7.6))
        names = [wrapped(level.label.words, letters) for level in instrument.levels]
        height = max(KEY_HEIGHT, *(LINE * (name.count("<br>") + 1) + 4 for name in names))
        for place, (name, colour) in enumerate(zip(names, colours, strict=True)):
            row, column = divmod(place, columns)
            self._chip(name, colour, column / columns, 1 / columns, y + row * (height + 4), height)
        return ((n - 1) // columns + 1) * (height + 4)

    def _chip(self, name: str, colour: str, x: float, width: float, y: float, height: float) -> None:
        box = {"type": "rect", "xref": "paper", "x0": x + 0.002, "x1": x + width - 0.002, "y0": y, "y1": y + height}
        self.shapes.append({**box, "fillcolor": colour, "line": {"width": 0}})
        style = {"size": palette.SMALL, "colour": palette.text_on(colour)}
        self.write(name, y + height / 2, x=x + width / 2, anchor="center", **style)

    def figure(self, height: float) -> go.Figure:
        return go.Figure(
            self.traces,
            go.Layout(
                template=palette.template(self.dark),
                height=round(height) + 2 * EDGE,
                margin={"l": self.left + EDGE, "r": self.right + EDGE, "t": EDGE, "b": EDGE},
                xaxis={"range": self.x_range},
                yaxis={"range": (height, 0)},
                annotations=self.texts,
                shapes=self.shapes,
            ),
        )


def hatched(
    x: Sequence[float], base: Sequence[float], width: Sequence[float], height: Sequence[float], colour: dict[str, str]
) -> go.Bar:
    """Upright hatched boxes for what stays closed."""
    pattern = {"shape": "/", "fgcolor": colour["line"], "bgcolor": colour["paper"], "size": 9, "solidity": 0.18}
    marker = {"pattern": pattern, "color": colour["paper"], "line": {"color": colour["line"], "width": 1}}
    return go.Bar(name="closed", x=x, y=height, base=base, width=width, marker=marker, hoverinfo="skip")


def theme_name(label: object) -> str:
    """A theme's name as it stands in a picture."""
    return f"<b>{esc(label)}</b>"
