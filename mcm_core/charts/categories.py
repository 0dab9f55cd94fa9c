"""Counts on levels of which none is superior: plain bars in the order of the instrument, and nothing that ranks them.

Source: domain.md §2.17: neutral hues, table order, counts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from mcm_core.charts import palette, segments
from mcm_core.charts.picture import Picture
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import by_theme, esc, listed, number, of_all, said_once, why_closed
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.release import Release
from mcm_core.domain.tally import Tally

BAR = 34
BETWEEN = 8
HEADING = 30
LABEL = 24
LEFT = 190
ROOM_FOR_COUNT = 26

WHAT = "Each bar is one of the choices, in the order in which they were offered, and the number in it counts people."


def categories(
    instrument: Instrument, releases: Iterable[Release], *, of: int, narrow: bool = False, dark: bool = False
) -> Picture:
    """How many chose each level of one revealed round; `of` is how many members were asked."""
    if instrument.ordered:
        raise ValueError(f"The levels of {instrument.key} have an order: use charts.bars.")
    rows = by_theme(instrument, releases)
    return Picture(
        figure=_draw(instrument, rows, narrow=narrow, dark=dark),
        title=title(instrument, rows),
        reading=" ".join(_sentence(instrument, theme, release) for theme, release in rows)
        or "Nothing has been revealed yet.",
        table=tuple(
            {
                "Theme": str(theme.label),
                **segments.counts(instrument, release.current),
                "Note": "" if release.current else release.withheld or "",
            }
            for theme, release in rows
        ),
        note=of_all((release.answered for _, release in rows), of),
        what=f"{WHAT} {instrument.always_shown or ''}".strip(),
    )


def _draw(instrument: Instrument, rows: Sequence[tuple[Theme, Release]], *, narrow: bool, dark: bool) -> go.Figure:
    largest = max((max(release.current.levels) for _, release in rows if release.current), default=1)
    sheet = Sheet(dark, narrow, (0, max(largest, 1)), left=0 if narrow else LEFT)
    y = 0.0
    for theme, release in said_once(rows):
        if len(rows) > 1:
            sheet.margin_note(theme_name(theme.label), y + HEADING / 2, size=17)
            y += HEADING
        y = _draw_theme(sheet, instrument, release, y) + BETWEEN
    return sheet.figure(max(y, HEADING))


def _draw_theme(sheet: Sheet, instrument: Instrument, release: Release, y: float) -> float:
    if release.current is None:
        height = max(2 * (BAR + BETWEEN), sheet.height_of(release.withheld or ""))
        sheet.hatch(y + height / 2, height, release.withheld or "")
        return y + height
    hues = palette.categories(len(instrument.levels), sheet.dark)
    for code, count, hue in zip(instrument.codes, release.current.levels, hues, strict=True):
        y = _draw_bar(sheet, instrument.label(code), count, hue, y) + BETWEEN
    return y


def _draw_bar(sheet: Sheet, label: str, count: int, hue: str, y: float) -> float:
    if sheet.narrow:
        sheet.margin_note(esc(label), y + LABEL / 2)
        y += LABEL
    else:
        sheet.margin_note(esc(label), y + BAR / 2)
    inside = sheet.pixels_for(count) >= ROOM_FOR_COUNT
    text = segments.printed(palette.text_on(hue)) | {"textposition": "inside" if inside else "outside"}
    sheet.traces.append(
        go.Bar(
            name=esc(label), orientation="h", x=[count], y=[y + BAR / 2], width=[BAR], text=[str(count)],
            marker={"color": hue, "line": {"width": 0}}, **text,
        )
    )  # fmt: skip
    return y + BAR


def title(instrument: Instrument, rows: Sequence[tuple[Theme, Release]]) -> str:
    """What the picture says in one sentence."""
    shown = [release.current for _, release in rows if release.current]
    if not shown:
        return why_closed(rows)
    chosen = [level.label.words for level in instrument.levels if any(tally.levels[level.code - 1] for tally in shown)]
    if len(chosen) == 1:
        return f"All who chose named {chosen[0]}."
    if len(chosen) == len(instrument.levels):
        return f"Between us we chose all {number(len(chosen))}: {listed(chosen)}."
    return f"Between us we chose {listed(chosen)}."


def _sentence(instrument: Instrument, theme: Theme, release: Release) -> str:
    if release.current is None:
        return f"{theme.said} stays closed. {release.withheld or ''}".strip()
    return f"{theme.said}: {_counted(instrument, release.current)}."


def _counted(instrument: Instrument, tally: Tally) -> str:
    counts = zip(instrument.codes, tally.levels, strict=True)
    return listed([f"{count} {instrument.label(code)}" for code, count in counts])
