"""One person's own latest readings as a ladder: a row of boxes for each theme, filled to now, outlined to hoped for."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from mcm_core.charts import palette, petal_words
from mcm_core.charts.marks import mark_key
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import HOPED, NOW, esc, safety_first
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.reading import Reading

ROW = 34
NAME = 24
AFTER = 14


def draw(instrument: Instrument, latest: Mapping[str, Reading], *, dark: bool) -> go.Figure:
    """A row for each theme, the core first."""
    sheet = Sheet(dark, True, (0, len(instrument.levels)))
    y = sheet.level_key(instrument, 0) + 4
    if instrument.asks_desired:
        y += mark_key(sheet, [("box", NOW), ("frame", HOPED)], y, sheet.colour["accent"])
    for theme in safety_first(instrument):
        y = _rung(sheet, instrument, theme, latest.get(theme.key), y) + AFTER
    return sheet.figure(y - AFTER + 4)


def _rung(sheet: Sheet, instrument: Instrument, theme: Theme, reading: Reading | None, y: float) -> float:
    names, n = sheet.colour, len(instrument.levels)
    colour = names["safety" if theme.core else "ink"]
    answers = "  ".join(petal_words.lines(instrument, reading))
    sheet.write(theme_name(theme.label), y + NAME / 2, colour=colour)
    sheet.write(esc(answers), y + NAME * 1.5, size=palette.SMALL)
    y += 2 * NAME + 2
    middle = y + ROW / 2
    if reading is None or reading.current is None:
        ends = {"x0": 0, "x1": n, "y0": y, "y1": y + ROW}
        sheet.shapes.append({"type": "rect", **ends, "line": {"color": names["muted"], "width": 1.5, "dash": "dot"}})
        return y + ROW
    quiet = {"color": names["paper"], "line": {"color": names["line"], "width": 1}}
    sheet.traces.append(_boxes(f"{theme.label}: levels", n, middle, quiet))
    if reading.current > 0:
        colours = list(palette.ramp(n, sheet.dark)[: reading.current])
        pen = {"color": names["paper"], "width": 1.5}
        sheet.traces.append(_boxes(f"{theme.label}: {NOW}", reading.current, middle, {"color": colours, "line": pen}))
    if reading.desired is not None and reading.desired > 0:
        x, high = [0, reading.desired, reading.desired, 0, 0], [y, y, y + ROW, y + ROW, y]
        pen = {"color": names["accent"], "width": 3}
        name = esc(f"{theme.label}: {HOPED}")
        line = go.Scatter(name=name, x=x, y=high, mode="lines", line=pen, cliponaxis=False, hoverinfo="skip")
        sheet.traces.append(line)
    return y + ROW


def _boxes(name: str, levels: int, y: float, marker: Mapping[str, object]) -> go.Bar:
    return go.Bar(
        name=esc(name), orientation="h", x=[1] * levels, base=list(range(levels)), y=[y] * levels,
        width=[ROW] * levels, marker=marker, hoverinfo="skip",
    )  # fmt: skip
