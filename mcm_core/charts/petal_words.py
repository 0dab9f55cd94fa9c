"""What one's own petals say."""

from __future__ import annotations

from collections.abc import Mapping

from mcm_core.charts.picture import Row
from mcm_core.charts.slope_words import ABSENT, answers, is_level
from mcm_core.charts.slope_words import said as said
from mcm_core.charts.words import number, safety_first
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import Reading

UNREAD = "no reading yet"
PETALS = "Each petal is a theme with a ring for every level, counted from the centre."
LADDER = "Each row is a theme with a box for every level, the first on the left."
NOW_FILLED = "It is filled as far as you see it now"
HOPED_LINED = "and the thick outline goes as far as you hope"
OWN = "It shows your own last answers, and only to you. The size of its area means nothing."


def lines(instrument: Instrument, reading: Reading | None) -> list[str]:
    """The answers beside a petal: filled dot for now, open dot for hoped for."""
    if reading is None or reading.current is None:
        return [UNREAD]
    now = said(instrument, reading.current)
    found = [f"● {now}" if is_level(reading.current) else now]
    if reading.desired is not None:
        hope = said(instrument, reading.desired)
        found.append(f"○ {hope}")
    return found


def title(instrument: Instrument, latest: Mapping[str, Reading]) -> str:
    """In how many themes the hope lies above now. Says nothing about themes that lack one of the two."""
    readings = [reading for theme in instrument.themes if (reading := latest.get(theme.key))]
    gaps = [reading.gap for reading in readings if reading.gap is not None]
    if gaps:
        return _hopes(gaps)
    levels = sorted(reading.current for reading in readings if reading.current is not None and reading.current > 0)
    if not levels:
        return "You have not chosen a level yet."
    low, high = instrument.label(levels[0]), instrument.label(levels[-1])
    return f"You see it at {low} now." if low == high else f"You see it from {low} to {high} now."


def _hopes(gaps: list[int]) -> str:
    more, less = sum(gap > 0 for gap in gaps), sum(gap < 0 for gap in gaps)
    if not more and not less:
        return "You hope to stay where you are."
    if more and less:
        return f"You hope for more in {_themes(more)} and ease back in {number(less)}."
    return f"You hope for more in {_of(more, gaps)}." if more else f"You ease back in {_of(less, gaps)}."


def _of(count: int, gaps: list[int]) -> str:
    if count == len(gaps):
        return f"all {_themes(count)}" if count > 2 else _themes(count)
    return f"{number(count)} of {_themes(len(gaps))}"


def _themes(count: int) -> str:
    return f"{number(count)} theme{'s' * (count != 1)}"


def reading_of(instrument: Instrument, latest: Mapping[str, Reading]) -> str:
    """Every theme in words, the core first."""
    sentences = []
    for theme in safety_first(instrument):
        reading = latest.get(theme.key)
        where = f"{theme.label} at the centre" if theme.core else str(theme.label)
        unread = reading is None or reading.current is None
        sentences.append(f"{where}: {UNREAD if unread or reading is None else answers(instrument, reading)}.")
    return " ".join(sentences)


def rows(instrument: Instrument, latest: Mapping[str, Reading]) -> tuple[Row, ...]:
    found: list[Row] = []
    for theme in safety_first(instrument):
        reading = latest.get(theme.key, Reading())
        row: Row = {"Theme": str(theme.label), "Now": said(instrument, reading.current)}
        found.append(row | {"Hoped for": said(instrument, reading.desired)} if instrument.asks_desired else row)
    return tuple(found)


def note(instrument: Instrument, latest: Mapping[str, Reading]) -> str:
    """Of how many themes there is a reading."""
    read = sum((latest.get(theme.key) or Reading()).current is not None for theme in instrument.themes)
    return f"{read} of {_count(len(instrument.themes))} read"


def _count(themes: int) -> str:
    return f"{themes} theme{'s' * (themes != 1)}"


def what(instrument: Instrument, *, flat: bool) -> str:
    filled = f"{NOW_FILLED}, {HOPED_LINED}." if instrument.asks_desired else f"{NOW_FILLED}."
    centre = next((theme.label for theme in instrument.themes if theme.core), None)
    core = [f"{centre} lies at the centre, because it carries the others."] if centre else []
    return " ".join([LADDER if flat else PETALS, filled, *([] if flat else core), OWN])


__all__ = ["ABSENT", "UNREAD", "lines", "note", "reading_of", "rows", "said", "title", "what"]
