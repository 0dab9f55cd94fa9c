"""The start as it was said then and as it is seen from today, and where it is now: three marks in a row, none on top.

Source: domain.md §2.19 and §5 row 48. A middle that lies between levels stands between them, and is never a number.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.sheet import Sheet, theme_name
from mcm_core.charts.words import NO_PICTURE, alike
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.looking_back import NOW, RESPONSE_SHIFT, SAW, SEES, Mark, Marks

LINE = 30
HEADING = 30
LEFT = 250
DOT, RING = 15, 18
WHAT = (
    "Each row is one mark. The open dot is what was said about the start at the time, the diamond is the same start as "
    f"it is seen from today, and the filled dot is now. {RESPONSE_SHIFT}"
)
OF_US = "Each mark stands at the middle of us: at the person in the middle when we stand in a row in order of level."
NOTHING = "Nobody has looked back yet."

Rows = Sequence[tuple[Theme, Marks]]


def three_marks(
    instrument: Instrument, rows: Rows, *, of_us: bool = False, narrow: bool = False, dark: bool = False
) -> Picture:
    """The three marks of themes, one's own or the cohort's (`of_us`)."""
    return Picture(
        figure=_draw(instrument, rows, narrow=narrow, dark=dark),
        title=_title(rows),
        reading=" ".join(_sentence(theme, marks) for theme, marks in rows) or NOTHING,
        table=tuple(_row(theme, marks) for theme, marks in rows),
        note="",
        what=f"{OF_US} {WHAT}" if of_us else WHAT,
    )


def _title(rows: Rows) -> str:
    """What looking back says: the same start, another one, or both by theme."""
    compared = [(theme.said, marks.saw.place == marks.sees.place) for theme, marks in rows if _both(marks)]
    if not rows:
        return NO_PICTURE
    if not compared:
        return "The start is seen from today."
    said = alike((label, "the start is seen as it was then" if same else "the start is seen otherwise today")
                 for label, same in compared)  # fmt: skip
    return f"{'; '.join(f'On {labels} {words}' for words, labels in said.items())}.".replace("; On", "; on")


def _both(marks: Marks) -> bool:
    return marks.saw.place is not None and marks.sees.place is not None


def _sentence(theme: Theme, marks: Marks) -> str:
    return f"{theme.said}: {marks.in_words}"


def _row(theme: Theme, marks: Marks) -> Row:
    return {"Theme": str(theme.label), **{kind: _cell(kind, mark) for kind, mark in _kinds(marks)}}


def _cell(kind: str, mark: Mark) -> str:
    session = mark.name.removeprefix(kind).strip()
    return f"{mark.said} {session}".strip()


def _kinds(marks: Marks) -> tuple[tuple[str, Mark], ...]:
    return (SAW, marks.saw), (SEES, marks.sees), (NOW, marks.now)


def _draw(instrument: Instrument, rows: Rows, *, narrow: bool, dark: bool) -> go.Figure:
    sheet = Sheet(dark, narrow, (0.5, len(instrument.levels) + 0.5), left=0 if narrow else LEFT)
    top = sheet.level_key(instrument, 0)
    y = top + 12
    for theme, marks in rows:
        y = _draw_theme(sheet, theme, marks, y) + 10
    for code in instrument.codes:
        sheet.line(code, top, y)
    return sheet.figure(y + 4)


def _draw_theme(sheet: Sheet, theme: Theme, marks: Marks, y: float) -> float:
    sheet.margin_note(theme_name(theme.label), y + HEADING / 2, size=17,
                      colour=sheet.colour["safety" if theme.core else "ink"])  # fmt: skip
    y += HEADING
    hue = sheet.colour["safety" if theme.core else "accent"]
    for kind, mark in _kinds(marks):
        y = _draw_mark(sheet, kind, mark, y, hue)
    return y


def _draw_mark(sheet: Sheet, kind: str, mark: Mark, y: float, hue: str) -> float:
    """One row: its name, then the mark or why there is none. On a phone the name stands above it."""
    sheet.margin_note(mark.name, y + LINE / 2, size=palette.SMALL, colour=sheet.colour["muted"])
    if sheet.narrow:
        y += 22
    if mark.place is None:
        sheet.write(mark.said, y + LINE / 2, x=0.5, anchor="center", size=palette.SMALL, bgcolor=sheet.colour["paper"])
        return y + LINE
    x = _places(mark)
    fill = hue if kind == NOW else sheet.colour["paper"]
    marker = {
        "size": DOT if kind == NOW else RING, "symbol": "diamond" if kind == SEES else "circle", "color": fill,
        "line": {"color": hue, "width": 3}, "opacity": 1,
    }  # fmt: skip
    sheet.traces.append(
        go.Scatter(
            name=kind, x=x, y=[y + LINE / 2] * len(x), mode="lines+markers", marker=marker, cliponaxis=False,
            line={"color": hue, "width": 2, "dash": "dot"}, hoverinfo="skip",
        )
    )  # fmt: skip
    return y + LINE


def _places(mark: Mark) -> list[float]:
    """At a level, half way between two neighbours, or at both ends where levels lie between."""
    low, high = mark.place or (0, 0)
    return [low, high] if high - low > 1 else [(low + high) / 2]
