"""A picture as the screens use it: the figure together with everything that says the same without seeing it."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

Row = dict[str, str | int]

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False, "responsive": True}
"""Plotly's own switches for every picture: no tool bar, and a thumb scrolls the page."""


@dataclass(frozen=True)
class Picture:
    """One figure and its twins in words; the page sets title, note and `what` as text, where they can wrap.

    `title` is the sentence that the picture says. `reading` says it for people who cannot see it. `table` holds the
    same numbers. `note` says how many of how many. `what` answers "What am I looking at?".
    """

    figure: go.Figure
    title: str
    reading: str
    table: tuple[Row, ...]
    note: str
    what: str
