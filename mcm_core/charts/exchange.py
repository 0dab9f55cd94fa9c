"""Offers and needs: a pair of bars for each topic, in the order of the board. Source: domain.md §2.10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.picture import Picture
from mcm_core.charts.sheet import Sheet
from mcm_core.charts.topics import BAR, bar, label_above, quoted
from mcm_core.charts.words import listed, number

AFTER = 18
BETWEEN = 4
LEFT = 96
OFFER, NEED = "Can offer", "Would like"
SPOKEN = 2  # topics that the title names

WHAT = (
    "Each topic has two bars: how many of us can offer something on it, and how many would like something. Everybody "
    "counts once. Where several would like something and nobody can offer it, somebody from outside may help."
)


@dataclass(frozen=True)
class Pair:
    """A topic in its own words, how many can offer something on it, how many would like something."""

    label: str
    offers: int
    needs: int
    is_gap: bool


def exchange(rows: Sequence[Pair], *, narrow: bool = False, dark: bool = False) -> Picture:
    """The pair of bars for every topic on which anything was said."""
    said = [row for row in rows if row.offers or row.needs]
    return Picture(
        figure=_draw(said, narrow=narrow, dark=dark),
        title=title(said),
        reading=_reading(said),
        table=tuple({"Topic": row.label, OFFER: row.offers, NEED: row.needs} for row in said),
        note=f"{len(said)} of {len(rows)} topics",
        what=WHAT,
    )


def title(rows: Sequence[Pair]) -> str:
    """What the picture says in one sentence: where nobody in the group can help, if there is such a topic."""
    gaps = [quoted(row.label) for row in rows if row.is_gap]
    if not rows:
        return "Nothing is offered or wished for yet."
    if not gaps:
        return "Wherever several of us would like something, somebody can offer it."
    if len(gaps) > SPOKEN:
        return f"On {number(len(gaps))} topics several of us would like something, and nobody can offer it."
    return f"Several of us would like something, and nobody can offer it, on {listed(gaps)}."


def _draw(rows: Sequence[Pair], *, narrow: bool, dark: bool) -> go.Figure:
    most = max([1, *(max(row.offers, row.needs) for row in rows)])
    sheet = Sheet(dark, narrow, (0, most), left=LEFT, right=24)
    y = 0.0
    for row in rows:
        y = label_above(sheet, row.label, y)
        for name, count, colour in zip(
            (OFFER, NEED), (row.offers, row.needs), palette.categories(2, dark), strict=True
        ):
            sheet.margin_note(name, y + BAR / 2, size=palette.SMALL, colour=sheet.colour["muted"])
            y = bar(sheet, f"{name}: {row.label}", count, colour, y) + BETWEEN
        y += AFTER - BETWEEN
    return sheet.figure(max(y, BAR))


def _reading(rows: Sequence[Pair]) -> str:
    if not rows:
        return "There are no bars yet."
    counted = "; ".join(f"{quoted(row.label)}: {row.offers} can offer, {row.needs} would like" for row in rows)
    return f"Topic by topic: {counted}."
