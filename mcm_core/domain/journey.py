"""Readings over the six sessions: one person's lines, and the cohort's frozen pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Release


@dataclass(frozen=True)
class Question:
    """What may be compared over time: one instrument version, asked through one lens and perspective."""

    instrument: Instrument
    lens: str | None
    perspective: str | None

    @property
    def title(self) -> str:
        """Such as "Meaningful Connections · I · team member"."""
        return " · ".join(part for part in (self.instrument.title.words, self.lens, self.perspective) if part)


@dataclass(frozen=True)
class Point:
    """One reading on a line, in the session in which it was given."""

    session_number: int
    reading: Reading


@dataclass(frozen=True)
class Series:
    """Readings that may be joined by a line: the same relationship, asked the same way."""

    focus_label: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class MyJourney:
    """One member's own readings of one question: theme key → its series, oldest first."""

    question: Question
    series: Mapping[str, tuple[Series, ...]]

    def latest(self) -> dict[str, Reading]:
        """The last reading of each theme, for the petals."""
        return {theme: lines[-1].points[-1].reading for theme, lines in self.series.items() if lines}


@dataclass(frozen=True)
class OurJourney:
    """The cohort's settled pictures of one question: theme key → session number → release."""

    question: Question
    releases: Mapping[str, Mapping[int, Release]]

    @property
    def sessions(self) -> tuple[int, ...]:
        """The numbers of the sessions that have a picture of any theme."""
        return tuple(sorted({number for of_theme in self.releases.values() for number in of_theme}))
