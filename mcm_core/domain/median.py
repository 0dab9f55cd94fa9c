"""The middle of an ordinal tally: one level, or the space between two. Never a number such as 2.5."""

from __future__ import annotations

from mcm_core.domain.instrument import Instrument
from mcm_core.domain.tally import Tally


def median(tally: Tally) -> tuple[int, int] | None:
    """The two middle level codes (lower and upper median, domain.md §2.22.1), equal when they agree.

    None when nobody chose a level.
    """
    n = tally.n
    return (_code_at(tally, (n - 1) // 2), _code_at(tally, n // 2)) if n else None


def in_words(instrument: Instrument, tally: Tally) -> str:
    """The median as a person says it: "Forming", or "between Forming and Maturing"."""
    if not instrument.ordered:
        raise ValueError(f"The levels of {instrument.key} have no order, so they have no middle.")
    middle = median(tally)
    if middle is None:
        return "nobody chose a level"
    lower, upper = (instrument.label(code) for code in middle)
    return lower if lower == upper else f"between {lower} and {upper}"


def _code_at(tally: Tally, place: int) -> int:
    """The level code of the person at this place (from 0) when all stand in order of level."""
    for code, count in enumerate(tally.levels, start=1):
        if place < count:
            return code
        place -= count
    raise IndexError(place)
