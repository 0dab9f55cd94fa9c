"""The first picture of a reveal as plain boxes: words, rows and colours as in charts/, and nothing to draw with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcm_core.charts import bars, categories, palette, segments
from mcm_core.charts.words import by_theme, fits, of_all, said_once
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.release import Release
from mcm_core.domain.talk import talk_first
from mcm_core.domain.tally import Tally

PIXELS = 336  # as wide as charts/sheet.py draws on the smallest phone
AROUND = 16  # of them are not for the words in a box


@dataclass(frozen=True)
class Box:
    """The people who chose one level: its code, how many, its name, and what is printed in the box."""

    code: int
    count: int
    label: str
    text: str


@dataclass(frozen=True)
class Row:
    """The answers to one question; `before` and `after` are the room left beside it. Without boxes it is closed."""

    name: str
    boxes: tuple[Box, ...]
    before: float = 0
    after: float = 0

    @property
    def tracks(self) -> str:
        """The widths of all of it, as a grid of CSS takes them."""
        return " ".join(f"minmax(0, {width}fr)" for width in (self.before, *(b.count for b in self.boxes), self.after))


@dataclass(frozen=True)
class ThemeRows:
    """One theme; `why` says why all of it, or a row of it, stays closed."""

    theme: Theme
    rows: tuple[Row, ...]
    why: str


@dataclass(frozen=True)
class Paint:
    """How the level of this code is painted: fill, text on it, and line around what is hoped for; light, then dark."""

    code: int
    fill: tuple[str, str]
    ink: tuple[str, str]
    line: tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """All that is said and drawn. `middle` is the share of the width that lies left of the middle of the levels."""

    talk_first: str
    title: str
    note: str
    levels: tuple[Paint, ...]
    themes: tuple[ThemeRows, ...]
    middle: float


def picture(instrument: Instrument, several: Sequence[Release]) -> Shown:
    """The picture of one revealed round."""
    rows = by_theme(instrument, several)
    first = talk_first(instrument, several)
    of = max((release.of for release in several), default=0)
    left, right = bars.reach(rows)
    draw = _ordered if instrument.ordered else _listed
    return Shown(
        talk_first=first.sentence if first else "",
        title=bars.title(rows) if instrument.ordered else categories.title(instrument, rows),
        note=of_all((release.answered for _, release in rows), of),
        levels=tuple(_painted(instrument, code) for code in instrument.codes),
        themes=draw(instrument, said_once(rows)),
        middle=left / (left + right),
    )


def _painted(instrument: Instrument, code: int) -> Paint:
    n = len(instrument.levels)
    light, dark = (_hues(instrument, dark)[code - 1] for dark in (False, True))
    one, other = (palette.outlines(n, dark)[code - 1] for dark in (False, True))
    return Paint(code, (light, dark), (palette.text_on(light), palette.text_on(dark)), (one, other))


def _hues(instrument: Instrument, dark: bool) -> tuple[str, ...]:
    n = len(instrument.levels)
    return palette.ramp(n, dark) if instrument.ordered else palette.categories(n, dark)


def _ordered(instrument: Instrument, rows: Sequence[tuple[Theme, Release]]) -> tuple[ThemeRows, ...]:
    """Now above hoped for, each around the middle of the levels, all on one scale."""
    left, right = bars.reach(rows)
    return tuple(
        ThemeRows(
            theme,
            tuple(_row(instrument, name, tally, left, right) for name, tally in bars.asked(instrument, release)),
            release.withheld or "",
        )
        for theme, release in rows
    )


def _row(instrument: Instrument, name: str, tally: Tally | None, left: float, right: float) -> Row:
    if tally is None:
        return Row(name, ())
    lower, each = segments.lower_half(tally), PIXELS / (left + right)
    counts = zip(instrument.codes, tally.levels, strict=True)
    boxes = tuple(_box(instrument, code, count, count * each - AROUND) for code, count in counts if count)
    return Row(name, boxes, left - lower, right - (tally.n - lower))


def _box(instrument: Instrument, code: int, count: int, pixels: float) -> Box:
    label = instrument.label(code)
    said = f"{count} {label}"
    return Box(code, count, label, said if fits(said, pixels) else str(count))


def _listed(instrument: Instrument, rows: Sequence[tuple[Theme, Release]]) -> tuple[ThemeRows, ...]:
    """A row for each choice, as none is above another."""
    tallies = [release.current for _, release in rows if release.current]
    most = max((max(tally.levels) for tally in tallies), default=1)
    return tuple(
        ThemeRows(theme, _choices(instrument, release.current, most), release.withheld or "") for theme, release in rows
    )


def _choices(instrument: Instrument, tally: Tally | None, most: int) -> tuple[Row, ...]:
    if tally is None:
        return (Row("", ()),)
    counts = zip(instrument.codes, tally.levels, strict=True)
    return tuple(
        Row(instrument.label(code), (Box(code, count, "", str(count)),), after=max(most, 1) - count)
        for code, count in counts
    )
