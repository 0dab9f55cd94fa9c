"""Words that several pictures need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap
from typing import TypeVar

from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.looking_back import SEES
from mcm_core.domain.release import Release

Said = TypeVar("Said")
NOW, HOPED = "now", "hoped for"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LETTER = 7.4
"""How wide a letter of the small size is drawn, in pixels, on the generous side."""


def esc(text: object) -> str:
    """Text that Plotly draws as it stands: it would otherwise read tags, links, entities and $formulae$."""
    return escape(str(text), quote=False).replace("$", "&#36;")


def wrapped(text: str, letters: int) -> str:
    """Escaped text broken into lines of so many letters."""
    return "<br>".join(esc(line) for line in wrap(text, letters))


def fits(text: str, pixels: float) -> bool:
    return len(text) * LETTER <= pixels


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def alike(said: Iterable[tuple[str, Said]]) -> dict[Said, str]:
    """Of labels and what is said of each: what is said once, with "Safety, Tools and Skills" of all it is said of."""
    found: dict[Said, list[str]] = {}
    for label, words in said:
        found.setdefault(words, []).append(label)
    return {words: listed(labels) for words, labels in found.items()}


def number(count: int) -> str:
    """Small counts as words."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def of_all(counts: Iterable[int], of: int) -> str:
    """ "11 of 12 members answered", or "9 to 11 of 12 members answered" when pictures differ.

    All members, whether or not they were here: what a vote says while it is open counts those who are.
    """
    low, high = min(counts := list(counts), default=0), max(counts, default=0)
    return f"{low if low == high else f'{low} to {high}'} of {of} members answered"


def now_of(instrument: Instrument) -> str:
    """What the answers of a round are about: now, or the start as it is seen from today."""
    return SEES if instrument.looks_back_at else NOW


def safety_first(instrument: Instrument) -> list[Theme]:
    """Themes in the order of the pictures: the core, then the instrument's order."""
    return sorted(instrument.themes, key=lambda theme: not theme.core)


def by_theme(instrument: Instrument, releases: Iterable[Release]) -> list[tuple[Theme, Release]]:
    """Each theme with its release in the order of the pictures; of several votes the last one given counts."""
    latest = {release.theme: release for release in releases}
    return [(theme, latest[theme.key]) for theme in safety_first(instrument) if theme.key in latest]
