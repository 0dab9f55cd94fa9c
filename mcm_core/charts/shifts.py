"""Who moved between two sessions: people who answered both times, as up, same and down; now and hopes apart.

Source: domain.md §2.22.3. Moving is not praised and staying is not blamed: no red, no green, no arrows.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.segments import GAP, printed
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import HOPED, NOW, fits, number
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import hopes_moved, we_moved
from mcm_core.domain.shift import Movement, Shift

HEIGHT = 30
BETWEEN = 8
AFTER = 18
LEFT = 190
NAMES = {NOW: ("down", "same", "up"), HOPED: ("lower", "same", "higher")}
WHAT = (
    "Only people who answered both times are counted here. From left to right: those who chose a lower level than "
    "before, the same level, and a higher one. Where it is now and what we hope for are two rows, because “we moved” "
    "and “our hopes moved” are two different things."
)
CLOSED = "kept closed"


def shifts(
    instrument: Instrument, rows: Sequence[tuple[Theme, Shift]], *, narrow: bool = False, dark: bool = False
) -> Picture:
    """Paired movement of one or several themes. Raises ValueError for an instrument whose levels have no order."""
    if not instrument.ordered:
        raise ValueError(f"The levels of {instrument.key} have no order, so nobody moves up or down on them.")
    most = max((move.n for _, shift in rows for _, move in _sides(instrument, shift) if move), default=1)
    sheet = Sheet(dark, narrow, (0, most), left=0 if narrow else LEFT)
    y = 0.0
    for theme, shift in rows:
        y = _draw(sheet, instrument, theme, shift, y) + AFTER
    return Picture(
        figure=sheet.figure(max(y - AFTER, HEIGHT)),
        title=_title(rows),
        reading=" ".join(f"{theme.said}: {_reading(instrument, shift)}" for theme, shift in rows)
        or "There is nothing to compare yet.",
        table=tuple(row for theme, shift in rows for row in _table(instrument, theme, shift)),
        note=_note(instrument, rows),
        what=WHAT,
    )


def _sides(instrument: Instrument, shift: Shift) -> list[tuple[str, Movement | None]]:
    return [(NOW, shift.current), *([(HOPED, shift.desired)] if instrument.asks_desired else [])]


def _draw(sheet: Sheet, instrument: Instrument, theme: Theme, shift: Shift, y: float) -> float:
    colour = sheet.colour["safety" if theme.core else "ink"]
    span = f"session {shift.from_session} to {shift.to_session}"
    sheet.margin_note(f"{theme_name(theme.label)}, {span}", y + 10, colour=colour)
    y += 26
    for side, move in _sides(instrument, shift):
        y = _row(sheet, side, move, y) + BETWEEN
    return y - BETWEEN


def _row(sheet: Sheet, side: str, move: Movement | None, y: float) -> float:
    at = y + HEIGHT / 2
    if sheet.narrow:
        sheet.margin_note(side, y + 8, colour=sheet.colour["muted"], size=palette.SMALL)
        at, y = at + 18, y + 18
    else:
        sheet.margin_note(side, at, colour=sheet.colour["muted"], size=palette.SMALL, indent=110)
    if move is None:
        sheet.hatch(y + HEIGHT / 2, HEIGHT, CLOSED)
        return y + HEIGHT
    start = 0
    for name, count, token in zip(NAMES[side], (move.down, move.same, move.up), ("down", "same", "up"), strict=True):
        if count:
            sheet.traces.append(_segment(sheet, f"{side}: {name}", f"{count} {name}", count, start, at, token))
        start += count
    return y + HEIGHT


def _segment(sheet: Sheet, name: str, label: str, count: int, start: int, y: float, token: str) -> go.Bar:
    each = sheet.pixels_for(1)
    gap, fill = GAP / each, sheet.colour[token]
    return go.Bar(
        name=name,
        orientation="h",
        x=[count - 2 * gap],
        base=[start + gap],
        y=[y],
        width=[HEIGHT],
        text=[label if fits(label, count * each - 8) else str(count)],
        marker={"color": fill, "line": {"color": sheet.colour["muted"], "width": 1}},
        **printed(palette.text_on(fill)),
    )


def _title(rows: Sequence[tuple[Theme, Shift]]) -> str:
    shown = [(theme, shift.current) for theme, shift in rows if shift.current]
    if not shown:
        return "Who moved stays closed this time."
    if len(shown) > 1 and all(move.same * 2 > move.n for _, move in shown):
        return "Most of us stayed where we were."
    theme, move = max(shown, key=lambda pair: abs(pair[1].net_share))
    up, down = _people(move.up).capitalize(), _people(move.down)
    return f"{up} of {move.n} of us moved up on {theme.said}, {down} down."


def _reading(instrument: Instrument, shift: Shift) -> str:
    sentences = [we_moved(shift), *([hopes_moved(shift)] if instrument.asks_desired else [])]
    return " ".join(sentences)


def _table(instrument: Instrument, theme: Theme, shift: Shift) -> list[Row]:
    return [
        {
            "Theme": str(theme.label),
            "Sessions": f"{shift.from_session} to {shift.to_session}",
            "Side": side,
            "Up": move.up if move else "closed",
            "Same": move.same if move else "closed",
            "Down": move.down if move else "closed",
            "Of the same: already at the top": move.at_top if move else "closed",
        }
        for side, move in _sides(instrument, shift)
    ]


def _note(instrument: Instrument, rows: Sequence[tuple[Theme, Shift]]) -> str:
    counts = [move.n for _, shift in rows for _, move in _sides(instrument, shift) if move]
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return f"{low if low == high else f'{low} to {high}'} of us answered both times"


def _people(count: int) -> str:
    return number(count) if count else "none"
