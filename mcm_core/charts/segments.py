"""Stacked segments with their counts printed inside: filled for now, outlined for hoped for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mcm_core.charts import palette
from mcm_core.charts.words import esc, fits
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.tally import Tally

GAP = 2
"""Pixels left free on each side of a segment."""


def starts(tally: Tally, origin: float = 0.0) -> list[float]:
    """Where the segment of each level begins when they are laid end to end from `origin`."""
    return [origin + sum(tally.levels[:place]) for place in range(len(tally.levels))]


def lower_half(tally: Tally) -> float:
    """How many people stand left of the centre line; half of a middle level when their number is odd."""
    half, odd = divmod(len(tally.levels), 2)
    return sum(tally.levels[:half]) + (tally.levels[half] / 2 if odd else 0)


def diverging(
    instrument: Instrument, tally: Tally, y: float, height: float, *, hoped: bool, dark: bool, pixels_each: float
) -> list[go.Bar]:
    """One row around the centre line at 0: a bar for every level that somebody chose."""
    gap = GAP / pixels_each
    bars = []
    for code, start, count in zip(instrument.codes, starts(tally, -lower_half(tally)), tally.levels, strict=True):
        if not count:
            continue
        label = f"{count} {instrument.label(code)}"
        bars.append(
            go.Bar(
                name=f"{'hoped for' if hoped else 'now'}: {esc(instrument.label(code))}",
                orientation="h",
                x=[count - 2 * gap],
                base=[start + gap],
                y=[y],
                width=[height],
                text=[esc(label) if fits(label, count * pixels_each - 8) else str(count)],
                **style(len(instrument.levels), code, hoped=hoped, dark=dark),
            )
        )
    return bars


def style(levels: int, code: int, *, hoped: bool, dark: bool) -> dict[str, Any]:
    """Fill, line and text of the segment of one level."""
    names = palette.tokens(dark)
    fill = names["paper"] if hoped else palette.ramp(levels, dark)[code - 1]
    line = {"color": palette.outlines(levels, dark)[code - 1], "width": 2.5 if hoped else 1}
    return {"marker": {"color": fill, "line": line}, **printed(names["ink"] if hoped else palette.text_on(fill))}


def printed(colour: str) -> dict[str, Any]:
    """How a count is printed in the middle of its segment."""
    return {
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "insidetextfont": {"color": colour, "size": palette.SIZE},
        "hoverinfo": "skip",
    }


def counts(instrument: Instrument, tally: Tally | None) -> dict[str, str | int]:
    """The columns of a table row: each level, then the three ways of not choosing one. Closed stays closed."""
    columns = [instrument.label(code) for code in instrument.codes]
    others = ["Not sure", "Doesn't apply", "Rather not say"]
    if tally is None:
        return dict.fromkeys([*columns, *others], "closed")
    values: Sequence[int] = (*tally.levels, tally.not_sure, tally.does_not_apply, tally.passed)
    return dict(zip([*columns, *others], values, strict=True))
