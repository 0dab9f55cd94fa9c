"""The group's topics as plain bars: how many dots each has.

Source: domain.md §2.9. The bars are in the order of the dots, and the group, not the order, decides what comes when.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mcm_core.charts import palette, segments
from mcm_core.charts.picture import Picture
from mcm_core.charts.sheet import LINE, Sheet
from mcm_core.charts.words import esc, listed, number, wrapped
from mcm_core.domain.dots import DOTS, MOST_ON_ONE

BAR = 28
AFTER = 14
ROOM_FOR_COUNT = 26
SHORT = 60
USUAL, WIDEST = 7.6, 15.0  # pixels of a letter
FIRST_WIDE = "\u1100"  # from here on they are about as wide as high
SPOKEN = 3  # topics that the title names

WHAT = (
    f"Everybody had {DOTS} dots and could give at most {MOST_ON_ONE} to one topic. Each bar is a topic and the number "
    "in it counts its dots. The dots are for talking about: what comes when, the group decides."
)

Ranked = Sequence[tuple[str, int]]
"""Topics in their own words with their dots, the most first."""


def ranked(rows: Ranked, *, people: int, of: int, narrow: bool = False, dark: bool = False) -> Picture:
    """How many dots each topic has. `people` of the `of` members gave dots."""
    return Picture(
        figure=_draw(rows, narrow=narrow, dark=dark),
        title=title(rows),
        reading=_reading(rows),
        table=tuple({"Topic": label, "Dots": count} for label, count in rows),
        note=f"{people} of {of} gave dots",
        what=WHAT,
    )


def title(rows: Ranked) -> str:
    """What the picture says in one sentence."""
    most = max((count for _, count in rows), default=0)
    first = [quoted(label) for label, count in rows if count == most]
    if not most:
        return "No topic has a dot."
    if len(first) == len(rows) > 1:
        return "All topics have the same number of dots."
    if len(first) > SPOKEN:
        return f"{number(len(first)).capitalize()} topics share the most dots."
    return f"Most dots: {listed(first)}."


def shortened(label: str) -> str:
    """The first words of a topic, where all of them would not fit."""
    return label if len(label) <= SHORT else f"{label[: SHORT - 1].rstrip()}…"


def label_above(sheet: Sheet, label: str, y: float) -> float:
    """Write the whole topic in as many lines as it takes; returns where they end."""
    words = wrapped(label, _letters(label, sheet.pixels_wide))
    height = LINE * (words.count("<br>") + 1)
    sheet.margin_note(words, y + height / 2, size=palette.SIZE)
    return y + height + 4


def _letters(label: str, pixels: int) -> int:
    """How many letters fit on a line, if they are as wide as those of the longest word, where no space ends a line."""
    longest = max(label.split(), key=len, default="")
    wide = sum(one.isupper() or one in "mw@" or one >= FIRST_WIDE for one in longest)
    each = USUAL + (WIDEST - USUAL) * wide / max(len(longest), 1)
    return int(pixels / (each if len(longest) * each > pixels else USUAL))


def bar(sheet: Sheet, name: str, count: int, colour: str, y: float) -> float:
    """One bar with its count; returns where it ends."""
    inside = sheet.pixels_for(count) >= ROOM_FOR_COUNT
    text = segments.printed(palette.text_on(colour)) | {"textposition": "inside" if inside else "outside"}
    sheet.traces.append(
        go.Bar(
            name=esc(name), orientation="h", x=[count], y=[y + BAR / 2], width=[BAR], text=[str(count)],
            marker={"color": colour, "line": {"width": 0}}, cliponaxis=False, **text,
        )
    )  # fmt: skip
    return y + BAR


def _draw(rows: Ranked, *, narrow: bool, dark: bool) -> go.Figure:
    sheet = Sheet(dark, narrow, (0, max([1, *(count for _, count in rows)])))
    y = 0.0
    for label, count in rows:
        y = bar(sheet, label, count, palette.categories(1, dark)[0], label_above(sheet, label, y)) + AFTER
    return sheet.figure(max(y, BAR))


def _reading(rows: Ranked) -> str:
    if not rows:
        return "There are no topics yet."
    counted = "; ".join(f"{quoted(label)}: {count}" for label, count in rows)
    return f"Dots, the most first: {counted}."


def quoted(label: str) -> str:
    """The first words of a topic as a sentence has them."""
    return f"“{shortened(label)}”"
