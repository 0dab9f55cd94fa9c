"""What a member's own report draws: for each theme a grid of levels by session, marked with now and hoped for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mcm_core.domain import looking_back
from mcm_core.domain.cohort import SESSIONS
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import MyJourney, Point, Series, afterwards, my_sentence, new_lines
from mcm_core.domain.reading import NonAnswer, Reading

NOW, HOPED, BOTH = "● now", "○ hoped for", "● now ○ hoped for"


@dataclass(frozen=True)
class Column:
    """One session of the grid; `starts` when a new line begins there, `away` when there is no reading."""

    number: int
    reading: Reading | None
    starts: bool

    @property
    def away(self) -> bool:
        return self.reading is None


@dataclass(frozen=True)
class Line:
    """One row of the grid: a level, or an answer that is none, and the marks in it by column."""

    label: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class ThemeLines:
    """Everything that the report says of one theme of one's own."""

    theme: Theme
    sentence: str
    remarks: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    start: looking_back.Marks | None


def theme_lines(journey: MyJourney) -> list[ThemeLines]:
    """The themes with at least one reading, Safety first."""
    instrument = journey.question.instrument
    themes = sorted(instrument.themes, key=lambda theme: not theme.core)
    return [
        _lines(instrument, theme, series, journey.looking_back.get(theme.key, {}))
        for theme in themes
        if (series := journey.series.get(theme.key))
    ]


def _lines(
    instrument: Instrument, theme: Theme, series: tuple[Series, ...], then: Mapping[str | None, Reading]
) -> ThemeLines:
    columns = _columns(series)
    rows = [(level.code, level.label.words) for level in reversed(instrument.levels)]
    rows += [(answer.value, answer.label) for answer in NonAnswer]
    lines = [Line(label, tuple(_mark(column.reading, code) for column in columns)) for code, label in rows]
    given = [line for line, (code, _) in zip(lines, rows, strict=True) if code > 0 or any(line.marks)]
    start = looking_back.mine(instrument, series, then)
    remarks = (*new_lines(series), *afterwards(series))
    return ThemeLines(theme, my_sentence(instrument, series), remarks, columns, tuple(given), start)


def _columns(series: Sequence[Series]) -> tuple[Column, ...]:
    points: list[tuple[Point, bool]] = [
        (point, bool(place) and point is line.points[0]) for place, line in enumerate(series) for point in line.points
    ]
    columns: list[Column] = []
    for number in range(1, SESSIONS + 1):
        here = [Column(number, point.reading, starts) for point, starts in points if point.session_number == number]
        columns += here or [Column(number, None, False)]
    return tuple(columns)


def _mark(reading: Reading | None, code: int) -> str:
    if reading is None:
        return ""
    now, hoped = reading.current == code, reading.desired == code
    return BOTH if now and hoped else NOW if now else HOPED if hoped else ""
