"""One's own line per theme over the sessions: solid for now, dashed for hoped for, a gap where one was away.

Source: domain.md §2.1 and §5 rows 1–5 and 13–15: never a last value carried forward, never a line across a break.
Levels without an order are drawn as dots in a table, first level on top: no line leads from one to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mcm_core.charts import palette, slope_words
from mcm_core.charts.marks import DASH, mark_key, session_numbers
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.sheet import Sheet
from mcm_core.charts.words import HOPED, NOW, listed, wrapped
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import Series
from mcm_core.domain.median import in_words, median
from mcm_core.domain.release import Release

STEP = 50
AXIS = 40
LEFT, LEFT_NARROW = 170, 96
DOT, RING = 13, 20

LINES = "The filled dots are where you saw it in each session. Without a dot, you chose no level in that session."
HOPES = "The open dots and dashes are what you hoped for."
BREAK = "Where your readings are about another relationship, a new line starts; the earlier one is grey."
BAND = "The soft band lies on the two middle answers of everybody, where they were shown."
DOTS = "Each dot is what you chose in one session. The choices stand in the order in which they were offered."


@dataclass(frozen=True)
class Slopes:
    """What is drawn: the sheet, and where on it the levels are."""

    sheet: Sheet
    instrument: Instrument
    sessions: range
    top: float

    @property
    def bottom(self) -> float:
        return self.top + STEP * len(self.instrument.levels)

    def y(self, code: int) -> float:
        """Pixels from the top. The highest level is on top; without an order it is the first one."""
        place = len(self.instrument.levels) - code if self.instrument.ordered else code - 1
        return self.top + STEP * (place + 0.5)


def slopes(
    instrument: Instrument,
    theme: Theme,
    series: Sequence[Series],
    *,
    group: Mapping[int, Release] | None = None,
    narrow: bool = False,
    dark: bool = False,
) -> Picture:
    """One member's own series of one theme. `group` adds the middle of the cohort's released pictures."""
    middles = _middles(instrument, group or {})
    drawn = [point.session_number for line in series for point in line.points]
    sessions = session_numbers([*drawn, *middles])
    said = {number: in_words(instrument, release.current) for number, release in middles.items() if release.current}
    return Picture(
        figure=_draw(instrument, theme, series, middles, sessions, narrow=narrow, dark=dark),
        title=slope_words.title(instrument, series),
        reading=" ".join([slope_words.reading_of(instrument, series), *_middle_sentence(said)]),
        table=tuple(row for number in sessions for row in _rows(instrument, series, number, said if group else None)),
        note=slope_words.note(series, sessions),
        what=_what(instrument, series, middles),
    )


def _middles(instrument: Instrument, group: Mapping[int, Release]) -> dict[int, Release]:
    """The released pictures that have a middle, in order."""
    if not instrument.ordered:
        return {}
    return {number: group[number] for number in sorted(group) if (tally := group[number].current) and tally.n}


def _draw(
    instrument: Instrument, theme: Theme, series: Sequence[Series], middles: Mapping[int, Release], sessions: range,
    *, narrow: bool, dark: bool,
) -> go.Figure:  # fmt: skip
    sheet = Sheet(dark, narrow, (0.5, len(sessions) + 0.5), left=LEFT_NARROW if narrow else LEFT)
    hue = sheet.colour["safety" if theme.core else "accent"]
    picture = Slopes(sheet, instrument, sessions, top=mark_key(sheet, _key(instrument, middles), 0, hue) + 4)
    _scale(picture)
    for number, release in middles.items():
        _band(picture, number, release)
    for line in series:
        _line(picture, line, hue if line is series[-1] or not instrument.ordered else sheet.colour["muted"])
    return _with_levels(picture, sheet.figure(picture.bottom + AXIS))


def _key(instrument: Instrument, middles: Mapping[int, Release]) -> list[tuple[str, str]]:
    entries = [("line" if instrument.ordered else "dot", NOW)]
    entries += [("dashes", HOPED)] if instrument.asks_desired else []
    return [*entries, ("band", "our middle")] if middles else entries


def _scale(picture: Slopes) -> None:
    """Level names at the side with a quiet line each, session numbers beneath."""
    sheet = picture.sheet
    for level in picture.instrument.levels:
        y = picture.y(level.code)
        sheet.margin_note(wrapped(level.label.words, 12 if sheet.narrow else 22), y, size=palette.SMALL)
        pen = {"color": sheet.colour["line"], "width": 1}
        ends = {"x0": 0, "x1": 1, "y0": y, "y1": y}
        sheet.shapes.append({"type": "line", "xref": "paper", **ends, "line": pen, "layer": "below"})
    sheet.margin_note("session", picture.bottom + 16, size=palette.SMALL, colour=sheet.colour["muted"])
    for number in picture.sessions:
        sheet.write(str(number), picture.bottom + 16, x=number, at="x", anchor="center")


def _band(picture: Slopes, number: int, release: Release) -> None:
    low, high = (release.current and median(release.current)) or (0, 0)
    picture.sheet.traces.append(
        go.Bar(
            name="our middle", x=[number], base=[low - 0.32], y=[high - low + 0.64], width=[0.8], yaxis="y2",
            marker={"color": picture.sheet.colour["same"], "line": {"width": 0}}, hoverinfo="skip",
        )
    )  # fmt: skip


def _line(picture: Slopes, line: Series, hue: str) -> None:
    """Two traces from the first session of this series to its last; whatever is not a level is a gap in it."""
    readings = {point.session_number: point.reading for point in line.points}
    numbers = list(range(min(readings), max(readings) + 1)) if readings else []
    asked = [(NOW, "current", DOT, "solid"), (HOPED, "desired", RING, DASH)]
    for name, answer, size, dash in reversed(asked if picture.instrument.asks_desired else asked[:1]):
        codes = [getattr(readings.get(number), answer, None) for number in numbers]
        fill = hue if name == NOW else picture.sheet.colour["paper"]
        picture.sheet.traces.append(
            go.Scatter(
                name=name, x=numbers, y=[code if slope_words.is_level(code) else None for code in codes], yaxis="y2",
                mode="lines+markers" if picture.instrument.ordered else "markers", connectgaps=False,
                line={"color": hue, "width": 3, "dash": dash}, cliponaxis=False, hoverinfo="skip",
                marker={"size": size, "color": fill, "opacity": 1, "line": {"color": hue, "width": 3}},
            )
        )  # fmt: skip


def _with_levels(picture: Slopes, figure: go.Figure) -> go.Figure:
    """A second axis on which the level codes are the numbers, laid over the pixels of the sheet."""
    one, two = picture.y(1), picture.y(2) if len(picture.instrument.levels) > 1 else picture.y(1) - STEP
    ends = [1 + (pixels - one) / (two - one) for pixels in (picture.bottom + AXIS, 0)]
    figure.update_layout(yaxis2={"overlaying": "y", "range": ends})
    return figure


def _rows(instrument: Instrument, series: Sequence[Series], number: int, said: Mapping[int, str] | None) -> list[Row]:
    """A row for each reading of the session, or one with dashes."""
    found = [point.reading for line in series for point in line.points if point.session_number == number]
    rows: list[Row] = []
    for reading in found or (None,):
        row: Row = {"Session": number, "Now": slope_words.said(instrument, reading.current if reading else None)}
        if instrument.asks_desired:
            row["Hoped for"] = slope_words.said(instrument, reading.desired if reading else None)
        if said is not None and instrument.ordered:
            row["Our middle"] = said.get(number, slope_words.ABSENT)
        rows.append(row)
    return rows


def _middle_sentence(said: Mapping[int, str]) -> list[str]:
    parts = [f"{words} in session {number}" for number, words in said.items()]
    return [f"The middle of all of us: {listed(parts)}."] if parts else []


def _what(instrument: Instrument, series: Sequence[Series], middles: Mapping[int, Release]) -> str:
    if not instrument.ordered:
        return f"{DOTS} {instrument.always_shown or ''}".strip()
    told = ((LINES, True), (HOPES, instrument.asks_desired), (BREAK, len(series) > 1), (BAND, bool(middles)))
    return " ".join(sentence for sentence, holds in told if holds)
