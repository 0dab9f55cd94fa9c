"""The room's second picture: the middle of us now and the middle of our hopes, joined by a line, theme by theme.

Source: domain.md §2.1 and §2.22.1: the middle is a level or lies between two levels, and is never a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.picture import Picture
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import HOPED, NOW, alike, by_theme, number, of_all, said_once, why_closed
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.median import in_words, median
from mcm_core.domain.release import Release
from mcm_core.domain.tally import Tally

ROW, TIGHT_ROW = 44, 32
HEADING, TIGHT_HEADING = 26, 20
LEFT, RIGHT = 160, 170
DOT, RING = 15, 25

WHAT = (
    "If all of us stood in a row in order of level, the person in the middle would stand at the dot. The filled dot is "
    "now, the ring is what we hope for, and the line between them is the gap. A dot between two levels means that the "
    "middle of us lies between them."
)
WIDE = "Where dots join two marks of one kind, the middle of us lies anywhere between the two."
UNCLEAR = "no one gap, because the middle of us is wide"
CLOSED = "closed"


@dataclass(frozen=True)
class Line:
    """One theme of the picture. Middles are pairs of level codes, or None where they stay closed."""

    theme: Theme
    now: tuple[int, int] | None
    hoped: tuple[int, int] | None
    said_now: str
    said_hoped: str
    why: str

    @property
    def is_wide(self) -> bool:
        """Whether a middle of it has further levels between its two ends."""
        return any(middle is not None and _is_wide(middle) for middle in (self.now, self.hoped))

    @property
    def halves(self) -> int | None:
        """The gap in half levels; None if a side is closed, or if its middle is wider than two neighbouring levels."""
        if self.now is None or self.hoped is None or self.is_wide:
            return None
        return sum(self.hoped) - sum(self.now)

    @property
    def gap(self) -> str:
        """The gap in words."""
        if self.now is None or self.hoped is None:
            return CLOSED
        return UNCLEAR if self.halves is None else levels(self.halves)


def dumbbell(
    instrument: Instrument,
    releases: Iterable[Release],
    *,
    narrow: bool = False,
    dark: bool = False,
    tight: bool = False,
) -> Picture:
    """Medians of one revealed round; a theme that stays closed says so."""
    if not (instrument.ordered and instrument.asks_desired):
        raise ValueError(f"{instrument.key} has no middle to hope for: it needs ordered levels and asks for hopes.")
    rows = by_theme(instrument, releases)
    lines = [_line(instrument, theme, release) for theme, release in rows]
    drawn = [_line(instrument, theme, release) for theme, release in said_once(rows)]
    return Picture(
        figure=_draw(instrument, drawn, narrow=narrow, dark=dark, tight=tight),
        title=_title(lines) or why_closed(rows),
        reading=_reading(lines) or "Nothing has been revealed yet.",
        table=tuple(
            {"Theme": str(line.theme.label), "Now": line.said_now, "Hoped for": line.said_hoped, "Gap": line.gap}
            for line in lines
        ),
        note=of_all((release.answered for _, release in rows), max((release.of for _, release in rows), default=0)),
        what=f"{WHAT} {WIDE}" if any(line.is_wide for line in lines) else WHAT,
    )


def levels(halves: int) -> str:
    """Half levels as a person says them: "about one level more", "one to two levels less", "the same"."""
    if not halves:
        return "the same"
    whole, half = divmod(abs(halves), 2)
    direction = "more" if halves > 0 else "less"
    if not whole:
        return f"about half a level {direction}"
    if half:
        return f"{number(whole)} to {number(whole + 1)} levels {direction}"
    return f"about {number(whole)} level{'s' * (whole > 1)} {direction}"


def _line(instrument: Instrument, theme: Theme, release: Release) -> Line:
    sides = [release.current, release.desired]
    now, hoped = (median(tally) if tally else None for tally in sides)
    said_now, said_hoped = (_said(instrument, tally) for tally in sides)
    return Line(theme, now, hoped, said_now, said_hoped, release.withheld or "")


def _said(instrument: Instrument, tally: Tally | None) -> str:
    return in_words(instrument, tally) if tally else CLOSED


def _title(lines: Sequence[Line]) -> str:
    if not any(line.now or line.hoped for line in lines):
        return ""
    known = [line for line in lines if line.halves is not None]
    if not known:
        return "The gap between now and our hopes cannot be drawn this time."
    if len(known) == 1:
        return f"On {known[0].theme.said} {_hope(known[0].gap)}."
    ((gap, count),) = Counter(line.gap for line in known).most_common(1)
    if count * 2 <= len(known):
        more, less = (sum((line.halves or 0) * sign > 0 for line in known) for sign in (1, -1))
        count, gap = (more, "more") if more >= less else (less, "less")
    where = f"all {number(count)}" if count == len(lines) else f"{number(count)} of {number(len(lines))}"
    return f"{_hope(gap)[0].upper()}{_hope(gap)[1:]} in {'both' if where == 'all two' else where} themes."


def _hope(gap: str) -> str:
    return "we hope to stay where we are" if gap == "the same" else f"we hope for {gap}"


def _reading(lines: Sequence[Line]) -> str:
    """Each sentence once, of all the themes that it is true of."""
    said = alike((line.theme.said, _sentence(line)) for line in lines)
    return " ".join(f"{labels}: {sentence}" for sentence, labels in said.items())


def _sentence(line: Line) -> str:
    if line.now is None and line.hoped is None:
        return f"closed this time. {line.why}".strip()
    if line.now is None or line.hoped is None:
        side, said, other = (NOW, line.said_now, HOPED) if line.now else (HOPED, line.said_hoped, NOW)
        return f"{side} {said}; {other} stays closed. {line.why}".strip()
    return f"now {line.said_now}, hoped for {line.said_hoped}: {line.gap}."


def _draw(instrument: Instrument, lines: Sequence[Line], *, narrow: bool, dark: bool, tight: bool) -> go.Figure:
    left, right = (0, 0) if narrow else (LEFT, RIGHT)
    sheet = Sheet(dark, narrow, (0.5, len(instrument.levels) + 0.5), left=left, right=right, tight=tight)
    top = y = sheet.level_key(instrument, 0)
    y += 26
    for line in lines:
        y = _draw_line(sheet, line, y)
    for code in instrument.codes:
        sheet.line(code, top, y)
    return sheet.figure(y + 4)


def _draw_line(sheet: Sheet, line: Line, y: float) -> float:
    colour = sheet.colour["safety" if line.theme.core else "ink"]
    row, heading = (TIGHT_ROW, TIGHT_HEADING) if sheet.tight else (ROW, HEADING)
    name_at = y + (heading if sheet.narrow else row) / 2
    sheet.margin_note(theme_name(line.theme.label), name_at, colour=colour, size=17)
    y += heading if sheet.narrow else 0
    short = line.gap.partition(",")[0]
    sheet.write(short, name_at, x=1, anchor="right", xshift=sheet.right, size=palette.SMALL)
    if line.now is None and line.hoped is None:
        height = max(row, sheet.height_of(line.why))
        sheet.hatch(y + height / 2, height, line.why)
        return y + height
    hue = sheet.colour["safety" if line.theme.core else "accent"]
    _marks(sheet, line, y + row / 2, hue)
    return y + row


def _marks(sheet: Sheet, line: Line, y: float, hue: str) -> None:
    if line.now and line.hoped and line.halves is not None:
        ends = [*_places(line.now), *_places(line.hoped)]
        sheet.traces.append(
            go.Scatter(name="gap", x=ends, y=[y, y], mode="lines", line={"color": hue, "width": 4}, hoverinfo="skip")
        )
    for name, middle, size, fill in ((HOPED, line.hoped, RING, sheet.colour["paper"]), (NOW, line.now, DOT, hue)):
        if middle:
            x = _places(middle)
            marker = {"size": size, "color": fill, "line": {"color": hue, "width": 3}, "opacity": 1}
            sheet.traces.append(
                go.Scatter(
                    name=name, x=x, y=[y] * len(x), mode="lines+markers", marker=marker, cliponaxis=False,
                    line={"color": hue, "width": 2, "dash": "dot"}, hoverinfo="skip",
                )
            )  # fmt: skip


def _places(middle: tuple[int, int]) -> list[float]:
    """Where a middle stands: at a level, half way between two neighbours, or at both ends where levels lie between."""
    return list(middle) if _is_wide(middle) else [sum(middle) / 2]


def _is_wide(middle: tuple[int, int]) -> bool:
    low, high = middle
    return high - low > 1
