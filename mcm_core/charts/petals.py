"""One person's own latest readings: a petal for each theme around the core, filled to now, outlined to hoped for.

Source: domain.md §2.1: one's own data only, discrete rings, never a joined polygon, always beside the table. Where
there are too few or too many themes for petals, the same rings lie flat as a ladder: a row for each theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, sin

import plotly.graph_objects as go

from mcm_core.charts import ladder, palette, petal_words
from mcm_core.charts.marks import mark_key
from mcm_core.charts.petal_words import UNREAD
from mcm_core.charts.picture import Picture
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import HOPED, NOW, esc
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.reading import Reading

PETALS = range(3, 7)
RADIUS = 150
HOLE = 0.38
LABEL = 66
GAP_DEGREES = 5
ARC = 24


def petals(instrument: Instrument, latest: Mapping[str, Reading], *, dark: bool = False) -> Picture:
    """The last reading of each theme of one member. It is as wide as a phone, and stays so."""
    if not instrument.ordered:
        raise ValueError(f"The levels of {instrument.key} have no order, so nothing can be filled up to one.")
    around = [theme for theme in instrument.themes if not theme.core]
    flat = len(around) not in PETALS
    return Picture(
        figure=ladder.draw(instrument, latest, dark=dark) if flat else _draw(instrument, around, latest, dark=dark),
        title=petal_words.title(instrument, latest),
        reading=petal_words.reading_of(instrument, latest),
        table=petal_words.rows(instrument, latest),
        note=petal_words.note(instrument, latest),
        what=petal_words.what(instrument, flat=flat),
    )


def _draw(instrument: Instrument, around: list[Theme], latest: Mapping[str, Reading], *, dark: bool) -> go.Figure:
    sheet = Sheet(dark, True, (0, 1))
    y = sheet.level_key(instrument, 0) + 4
    if instrument.asks_desired:
        y += mark_key(sheet, [("box", NOW), ("frame", HOPED)], y, sheet.colour["accent"])
    top = y + LABEL
    height = top + 2 * RADIUS + LABEL
    for place, theme in enumerate(around):
        turn = 360 * place / len(around)
        _petal(sheet, instrument, latest.get(theme.key), theme, turn, 360 / len(around) - GAP_DEGREES)
    _labels(sheet, instrument, around, latest, top)
    for theme in instrument.themes:
        if theme.core:
            _centre(sheet, instrument, theme, latest.get(theme.key), top + RADIUS)
    return _with_rings(sheet, sheet.figure(height), instrument, top, height)


def _petal(
    sheet: Sheet, instrument: Instrument, reading: Reading | None, theme: Theme, turn: float, width: float
) -> None:
    """Rings from the centre outwards: every level in thin lines, filled up to now, outlined up to hoped for."""
    name, n = str(theme.label), len(instrument.levels)
    if reading is None or reading.current is None:
        sheet.traces.append(_outline(f"{name}: {UNREAD}", n, turn, width, sheet.colour["muted"], 1.5, "dot"))
        return
    quiet = {"color": sheet.colour["paper"], "line": {"color": sheet.colour["line"], "width": 1}}
    sheet.traces.append(_rings(f"{name}: levels", n, turn, width, quiet))
    if reading.current > 0:
        colours = palette.ramp(n, sheet.dark)[: reading.current]
        marker = {"color": list(colours), "line": {"color": sheet.colour["paper"], "width": 1.5}}
        sheet.traces.append(_rings(f"{name}: {NOW}", reading.current, turn, width, marker))
    if reading.desired is not None and reading.desired > 0:
        colour = sheet.colour["accent"]
        sheet.traces.append(_outline(f"{name}: {HOPED}", reading.desired, turn, width, colour, 3, "solid"))


def _rings(name: str, levels: int, turn: float, width: float, marker: Mapping[str, object]) -> go.Barpolar:
    return go.Barpolar(
        name=esc(name), r=[1] * levels, base=list(range(levels)), theta=[turn] * levels, width=[width] * levels,
        marker=marker, hoverinfo="skip",
    )  # fmt: skip


def _outline(name: str, level: int, turn: float, width: float, colour: str, pen: float, dash: str) -> go.Scatterpolar:
    """Once around a petal as far as a level; its edges leave the rings beside it visible."""
    arc = [turn + width * (step / ARC - 0.5) for step in range(ARC + 1)]
    return go.Scatterpolar(
        name=esc(name), mode="lines", line={"color": colour, "width": pen, "dash": dash}, hoverinfo="skip",
        r=[level] * len(arc) + [0] * len(arc) + [level], theta=[*arc, *reversed(arc), arc[0]],
        customdata=[level], cliponaxis=False,
    )  # fmt: skip


def _labels(
    sheet: Sheet, instrument: Instrument, around: list[Theme], latest: Mapping[str, Reading], top: float
) -> None:
    """Names and answers in a row above and a row beneath, in the order of the petals that they stand next to."""
    turns = {theme.key: 360 * place / len(around) for place, theme in enumerate(around)}
    upper = [theme for theme in around if turns[theme.key] <= 90 or turns[theme.key] >= 270]
    lower = [theme for theme in around if theme not in upper]
    for row, y in ((upper, top - LABEL / 2), (lower, top + 2 * RADIUS + LABEL / 2)):
        in_order = sorted(row, key=lambda theme: sin(turns[theme.key] * pi / 180))
        for place, theme in enumerate(in_order):
            _label(sheet, instrument, theme, latest.get(theme.key), y, place, len(in_order))


def _label(
    sheet: Sheet, instrument: Instrument, theme: Theme, reading: Reading | None, y: float, place: int, of: int
) -> None:
    share = place / (of - 1) if of > 1 else 0.5
    anchor = "left" if share == 0 else "right" if share == 1 else "center"
    lines = [theme_name(theme.label), *map(esc, petal_words.lines(instrument, reading))]
    sheet.write("<br>".join(lines), y, x=share, anchor=anchor, size=palette.SMALL)


def _centre(sheet: Sheet, instrument: Instrument, theme: Theme, reading: Reading | None, y: float) -> None:
    """The core theme as a disc with its answers in words."""
    unread = reading is None or reading.current is None
    names = sheet.colour
    size = RADIUS * HOLE - 5
    disc = {"type": "circle", "xref": "paper", "xsizemode": "pixel", "xanchor": 0.5, "yref": "y", "ysizemode": "pixel"}
    ends = {"yanchor": y, "x0": -size, "x1": size, "y0": -size, "y1": size, "layer": "above"}
    pen = {"color": names["safety"], "width": 2, "dash": "dot" if unread else "solid"}
    sheet.shapes.append({**disc, **ends, "fillcolor": names["paper" if unread else "safety"], "line": pen})
    lines = [theme_name(theme.label), *map(esc, petal_words.lines(instrument, reading))]
    colour = names["safety"] if unread else palette.text_on(names["safety"])
    sheet.write("<br>".join(lines), y, x=0.5, anchor="center", size=palette.SMALL, colour=colour)


def _with_rings(sheet: Sheet, figure: go.Figure, instrument: Instrument, top: float, height: float) -> go.Figure:
    """Petals start at the top and go round with the clock; the middle stays free for the core."""
    hidden = {"visible": False, "fixedrange": True}
    has_core = any(theme.core for theme in instrument.themes)
    figure.update_layout(
        polar={
            "bgcolor": sheet.colour["paper"],
            "hole": HOLE if has_core else 0.08,
            "domain": {"x": [0, 1], "y": [1 - (top + 2 * RADIUS) / height, 1 - top / height]},
            "barmode": "overlay",
            "radialaxis": {"visible": False, "range": [0, len(instrument.levels) + 0.05]},
            "angularaxis": {"visible": False, "rotation": 90, "direction": "clockwise"},
        },
        xaxis=hidden,
        yaxis=hidden,
    )
    return figure
