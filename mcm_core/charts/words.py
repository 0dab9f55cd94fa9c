"""Words that several pictures need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from textwrap import wrap
from typing import TypeVar

from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.looking_back import SEES
from mcm_core.domain.release import Release

Said = TypeVar("Said")
NOW, HOPED, ANSWERS = "now", "hoped for", "answers"
KEPT_CLOSED = "kept closed"
NO_PICTURE = "There is no picture this time."
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
    """What the answers of a round are about: now, or the start as it is seen from today. Where nothing is hoped for,
    as in a poll, there is no now to tell from it."""
    if instrument.looks_back_at:
        return SEES
    return NOW if instrument.asks_desired else ANSWERS


def safety_first(instrument: Instrument) -> list[Theme]:
    """Themes in the order of the pictures: the core, then the instrument's order."""
    return sorted(instrument.themes, key=lambda theme: not theme.core)


def by_theme(instrument: Instrument, releases: Iterable[Release]) -> list[tuple[Theme, Release]]:
    """Each theme with its release in the order of the pictures; of several votes the last one given counts."""
    latest = {release.theme: release for release in releases}
    return [(theme, latest[theme.key]) for theme in safety_first(instrument) if theme.key in latest]


def why_closed(rows: Sequence[tuple[Theme, Release]]) -> str:
    """What a picture says of which nothing is shown: the reason, where several themes have the same one."""
    reasons = {release.withheld for _, release in rows}
    return (reasons.pop() if len(reasons) == 1 < len(rows) else None) or NO_PICTURE


def said_once(rows: Sequence[tuple[Theme, Release]]) -> list[tuple[Theme, Release]]:
    """The same for drawing: a reason to keep a row closed is said in full once, in the title or in the first such row,
    and in the others it is one short word."""
    said: set[str | None] = set() if any(release.is_shown for _, release in rows) else {why_closed(rows)}
    drawn = []
    for theme, release in rows:
        short = release.withheld is not None and release.withheld in said
        drawn.append((theme, replace(release, withheld=KEPT_CLOSED) if short else release))
        said.add(release.withheld)
    return drawn


def sentence(words: str) -> str:
    """With a full stop, but for one that ends with somebody's question."""
    return words if words.endswith("?”") else f"{words}."
