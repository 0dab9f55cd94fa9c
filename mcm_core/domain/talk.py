"""Which theme to talk about first after a reveal, and why; and, looking back, one question about a theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcm_core.domain.agreement import agreement, in_words
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.release import Release
from mcm_core.domain.shift import Shift

SPOKEN_FROM = 3
"""A wide gap is mentioned from three people up, so that the sentence never points at one or two."""

HOW_WE_STAND = {
    "mostly agreed": "we mostly agree",
    "mixed": "our answers are mixed",
    "spread": "our answers are spread",
    "two camps": "we are in two camps",
}


@dataclass(frozen=True)
class TalkFirst:
    """The key of the theme to open with, and the sentence that says why."""

    theme: str
    sentence: str


def talk_first(instrument: Instrument, releases: Sequence[Release]) -> TalkFirst | None:
    """The theme on which people agree least now, then with the largest share of wide gaps (domain.md §2.1).

    Equal themes go in the order of the instrument, the core (Safety) before them. None when nothing was released,
    when the levels have no order and so no distance, or when the round looked back: what counts then is the shift.
    """
    by_theme = {release.theme: release for release in releases if release.current and release.current.n}
    themes = sorted(instrument.themes, key=lambda theme: not theme.core)
    choices = [(theme, by_theme[theme.key]) for theme in themes if theme.key in by_theme]
    if not instrument.ordered or instrument.looks_back_at or not choices:
        return None
    theme, release = min(choices, key=lambda choice: (_agreement(choice[1]), -_wide_share(choice[1])))
    return TalkFirst(theme.key, _sentence(theme, release, of_now=instrument.asks_desired))


def to_talk_about(instrument: Instrument, theme: Theme, shift: Shift | None) -> str:
    """One question for the room about a theme, after what moved most. It asks; it neither praises nor alarms."""
    if not instrument.ordered:
        return f"{theme.said}: which of these ways suits whom, and is there a way in for everybody?"
    if shift is None:
        return f"What would the next level of {theme.said} look like where we work?"
    moved, hopes = shift.current, shift.desired
    if moved and moved.up and moved.down:
        return f"On {theme.said} some of us moved up and some down. What was different for us?"
    if moved and moved.up > moved.same:
        return f"What helped {theme.said} along, and what would keep it going?"
    if moved and moved.down:
        return f"What do we see about {theme.said} now that we did not see at first, or what became harder?"
    if hopes and hopes.up + hopes.down > hopes.same:
        return f"Our hopes for {theme.said} changed more than where we are. What changed our minds?"
    return f"On {theme.said} most of us stayed where we were. What is one small thing to try?"


def _agreement(release: Release) -> float:
    return round(agreement(release.current.levels), 9) if release.current else 1.0


def _wide_share(release: Release) -> float:
    return release.wide_gap / release.answered if release.wide_gap >= SPOKEN_FROM else 0.0


def _sentence(theme: Theme, release: Release, *, of_now: bool) -> str:
    agreed = in_words(_agreement(release))
    stand = HOW_WE_STAND[agreed] + (" on where it is now" if of_now and agreed == "mostly agreed" else "")
    if release.wide_gap < SPOKEN_FROM:
        return f"Talk about {theme.said} first: {stand}."
    return f"Talk about {theme.said} first: {_share(release)} hope for at least two levels more, and {stand}."


def _share(release: Release) -> str:
    if release.wide_gap == release.answered:
        return "all of us"
    if release.wide_gap * 2 == release.answered:
        return "half of us"
    return f"{release.wide_gap} of {release.answered}"
