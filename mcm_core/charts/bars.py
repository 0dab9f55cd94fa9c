"""The room's first picture: who stands where, now above hoped for, around the middle of the scale.

Source: diverging stacked bars after Heiberger and Robbins, J. Statistical Software 57(5), 2014 (domain.md §2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mcm_core.charts import palette, segments
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import HOPED, alike, by_theme, listed, now_of, of_all, said_once, sentence, why_closed
from mcm_core.domain.agreement import agreement, in_words
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.release import Release
from mcm_core.domain.tally import Tally

HEADING = 26
LEFT = 210

WHAT = (
    "Each block is a level and the number in it counts people. {}The upright line parts the lower half of the levels "
    "from the upper half."
)
HOPES = "The filled row is now; the outlined row beneath is what we hope for. "
STAND = {
    "mostly agreed": "we mostly agree",
    "mixed": "our answers are mixed",
    "spread": "our answers are spread",
    "two camps": "we are in two camps",
}


class Rows(NamedTuple):
    """How high a row is, and how much is left free after it and after a theme."""

    row: int
    between: int
    after: int


USUAL, TIGHT = Rows(32, 6, 24), Rows(24, 3, 12)  # tight: six themes stand on a projector of 720 pixels


def bars(
    instrument: Instrument,
    releases: Iterable[Release],
    *,
    of: int,
    narrow: bool = False,
    dark: bool = False,
    tight: bool = False,
) -> Picture:
    """Diverging stacked bars of one revealed round; `of` is how many members were asked."""
    if not instrument.ordered:
        raise ValueError(f"The levels of {instrument.key} have no order: use charts.categories.")
    rows = by_theme(instrument, releases)
    sheet = _sheet(rows, narrow=narrow, dark=dark, tight=tight)
    after = _heights(sheet).after
    y = sheet.level_key(instrument, 0) + 12
    top = y + (HEADING if narrow else 0)
    for theme, release in said_once(rows):
        y = _draw_theme(sheet, instrument, theme, release, y) + after
    if any(release.is_shown for _, release in rows):
        sheet.line(0, top, y - after, colour=sheet.colour["ink"], width=1.5)
    return Picture(
        figure=sheet.figure(y - after + 4),
        title=title(rows),
        reading=_reading(instrument, rows),
        table=tuple(row for theme, release in rows for row in _table(instrument, theme, release)),
        note=of_all((release.answered for _, release in rows), of),
        what=WHAT.format(HOPES if instrument.asks_desired else ""),
    )


def asked(instrument: Instrument, release: Release) -> list[tuple[str, Tally | None]]:
    """The rows of a theme: now, and hoped for where the instrument asks for it."""
    rows = [(now_of(instrument), release.current)]
    return [*rows, (HOPED, release.desired)] if instrument.asks_desired else rows


def reach(rows: Sequence[tuple[Theme, Release]]) -> tuple[float, float]:
    """How many people the longest rows of all themes reach to the left and to the right of the middle line."""
    tallies = [tally for _, release in rows for tally in (release.current, release.desired) if tally]
    left = max((segments.lower_half(tally) for tally in tallies), default=1)
    right = max((tally.n - segments.lower_half(tally) for tally in tallies), default=1)
    return max(left, 0.5), max(right, 0.5)


def _sheet(rows: Sequence[tuple[Theme, Release]], *, narrow: bool, dark: bool, tight: bool) -> Sheet:
    left, right = reach(rows)
    return Sheet(dark, narrow, x_range=(-left, right), left=0 if narrow else LEFT, tight=tight)


def _heights(sheet: Sheet) -> Rows:
    return TIGHT if sheet.tight else USUAL


def _draw_theme(sheet: Sheet, instrument: Instrument, theme: Theme, release: Release, y: float) -> float:
    colour = sheet.colour["safety" if theme.core else "ink"]
    rows, (row, between, _) = asked(instrument, release), _heights(sheet)
    if sheet.narrow:
        sheet.margin_note(theme_name(theme.label), y + HEADING / 2, colour=colour, size=17)
        y += HEADING
    else:
        sheet.margin_note(theme_name(theme.label), y + row / 2, colour=colour, size=17)
    if all(tally is None for _, tally in rows):
        height = max(len(rows) * (row + between) + 16, sheet.height_of(release.withheld or ""))
        sheet.hatch(y + height / 2, height, release.withheld or "")
        return y + height
    for name, tally in rows:
        y = _draw_row(sheet, instrument, name, tally, y, release.withheld or "") + between
    return y - between


def _draw_row(sheet: Sheet, instrument: Instrument, name: str, tally: Tally | None, y: float, why: str) -> float:
    if sheet.narrow:
        sheet.margin_note(name, y + 9, colour=sheet.colour["muted"], size=palette.SMALL)
        y += 20
    row = _heights(sheet).row
    height = row if tally else max(row + 16, sheet.height_of(why))
    if not sheet.narrow:
        sheet.write(name, y + height / 2, anchor="right", xshift=-10, colour=sheet.colour["muted"], size=palette.SMALL)
    if tally is None:
        sheet.hatch(y + height / 2, height, why)
    else:
        sheet.traces += segments.diverging(
            instrument, tally, y + height / 2, height,
            hoped=name == HOPED, dark=sheet.dark, pixels_each=sheet.pixels_for(1),
        )  # fmt: skip
    return y + height


def _stands(rows: Sequence[tuple[Theme, Release]]) -> list[tuple[str, float]]:
    """Themes that are shown, with their agreement now."""
    shown = [(theme.said, release.current) for theme, release in rows]
    return [(label, agreement(tally.levels)) for label, tally in shown if tally]


def title(rows: Sequence[tuple[Theme, Release]]) -> str:
    """What the picture says in one sentence."""
    stands = _stands(rows)
    if not stands:
        hopes = any(release.desired for _, release in rows)
        return "Only what we hope for is shown this time." if hopes else why_closed(rows)
    if len(stands) == 1:
        label, a = stands[0]
        return f"On {label} {STAND[in_words(a)]}."
    least, most = (pick(stands, key=lambda stand: stand[1]) for pick in (min, max))
    if in_words(least[1]) == in_words(most[1]):
        return f"On all of these themes {STAND[in_words(least[1])]}."
    return sentence(f"We agree most on {most[0]} and least on {least[0]}")


def _reading(instrument: Instrument, rows: Sequence[tuple[Theme, Release]]) -> str:
    said = alike((label, STAND[in_words(a)]) for label, a in _stands(rows))
    parts = [f"on {labels} {stand}" for stand, labels in said.items()]
    closed = [theme.said for theme, release in rows if release.current is None]
    if closed:
        parts.append(f"{listed(closed)} {'stays' if len(closed) == 1 else 'stay'} closed")
    told = "; ".join(parts)
    if not parts:
        return "Nothing has been revealed yet."
    if instrument.looks_back_at:
        return f"About the start, seen from today: {told}."
    return f"About where it is now: {told}." if instrument.asks_desired else f"{told[0].upper()}{told[1:]}."


def _table(instrument: Instrument, theme: Theme, release: Release) -> list[Row]:
    return [
        {
            "Theme": str(theme.label),
            "Question": name,
            **segments.counts(instrument, tally),
            "Note": "" if tally else release.withheld or "",
        }
        for name, tally in asked(instrument, release)
    ]
