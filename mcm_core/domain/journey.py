"""Readings over the six sessions: one person's lines, and the cohort's frozen pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import MOVES_CLOSED, Release
from mcm_core.domain.shift import Movement, Shift


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


class Lowered(StrEnum):
    """What somebody sees in a level of their own that went down (domain.md §5 row 49)."""

    SEEING_MORE = "seeing more"
    HARDER_NOW = "harder now"


@dataclass(frozen=True)
class Point:
    """One reading on a line, in the session that it is about; `late` when it was given after the reveal, `corrected`
    when it is what was meant and not what was tapped. `why` is what its owner said where it is lower than before."""

    session_number: int
    reading: Reading
    late: bool = False
    corrected: bool = False
    why: Lowered | None = None
    round_id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Series:
    """Readings that may be joined by a line: the same relationship, asked the same way."""

    focus_label: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class MyJourney:
    """One member's own readings of one question: theme key → its series, oldest first.

    `looking_back` is how they see the start from today: theme key → relationship → reading (domain.looking_back).
    """

    question: Question
    series: Mapping[str, tuple[Series, ...]]
    looking_back: Mapping[str, Mapping[str | None, Reading]] = field(default_factory=dict)

    @property
    def is_of_one_session(self) -> bool:
        """Whether it was asked in one session alone, so that there is no way from one reading to another."""
        points = (point for lines in self.series.values() for line in lines for point in line.points)
        return len({point.session_number for point in points}) == 1 and not self.looking_back

    def latest(self) -> dict[str, Reading]:
        """The last reading of each theme, for the petals."""
        return {theme: lines[-1].points[-1].reading for theme, lines in self.series.items() if lines}


@dataclass(frozen=True)
class OurJourney:
    """The cohort's settled pictures of one question: theme key → session number → release.

    `looking_back` holds the settled picture of how the start is seen from today, by theme key.
    """

    question: Question
    releases: Mapping[str, Mapping[int, Release]]
    looking_back: Mapping[str, Release] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        """Whether any picture is open to be seen."""
        return any(one.current for of_theme in self.releases.values() for one in of_theme.values())

    @property
    def describes(self) -> str:
        """What the pictures speak of, and what they do not: at most so many people answered, and nobody else."""
        people = max((one.answered for of_theme in self.releases.values() for one in of_theme.values()), default=0)
        whom = f"these {people} people" if people != 1 else "one person"
        return f"This describes {whom}. It does not show what caused the change."

    @property
    def sessions(self) -> tuple[int, ...]:
        """The numbers of the sessions that have a picture of any theme."""
        return tuple(sorted({number for of_theme in self.releases.values() for number in of_theme}))


def last_shift(releases: Mapping[int, Release]) -> Shift | None:
    """The latest comparison of a theme that is shown, with the first session rather than with the one before.

    `releases` are a theme's by session number. None while there is nothing to compare.
    """
    for number in sorted(releases, reverse=True):
        for shift in releases[number].shifts:
            if shift.current or shift.desired:
                return shift
    return None


def we_moved(shift: Shift) -> str:
    """Where the same people say it is, later against earlier, as one sentence of counts."""
    moved = shift.current
    if moved is None:
        return f"How we moved stays closed. {MOVES_CLOSED}"
    top = f" ({moved.at_top} of them at the top already)" if moved.at_top else ""
    return (
        f"{_both_times(moved, shift)}, {_people(moved.up)} moved up, {_people(moved.same)} stayed where they "
        f"were{top} and {_people(moved.down)} moved down."
    )


def hopes_moved(shift: Shift) -> str:
    """What the same people hope for, later against earlier: whether we raised or lowered the bar."""
    moved = shift.desired
    if moved is None:
        return f"How our hopes moved stays closed. {MOVES_CLOSED}"
    return (
        f"{_both_times(moved, shift)}, {_people(moved.up)} {_hope(moved.up)} for more, "
        f"{_people(moved.same)} for the same and {_people(moved.down)} for less."
    )


def _hope(count: int) -> str:
    return "hope" if count > 1 else "hopes"


def my_sentence(instrument: Instrument, lines: tuple[Series, ...]) -> str:
    """One theme of one's own journey in words: from the first to the last level of the line that runs now."""
    points = [point for point in lines[-1].points if _is_level(point.reading.current)] if lines else []
    if not points:
        return "You have not chosen a level yet."
    first, last = points[0], points[-1]
    if len(points) == 1 or not instrument.ordered:
        return _one_reading(instrument, last)
    moved = (last.reading.current or 0) - (first.reading.current or 0)
    sessions = f"From session {first.session_number} to session {last.session_number} you"
    label = instrument.label(last.reading.current or 0)
    if moved == 0:
        return f"{sessions} stayed at {label}{_hope_moved(instrument, first, last, moved)}."
    way = "up" if moved > 0 else "down"
    sentence = f"{sessions} moved {way} {_levels(moved)} to {label}{_hope_moved(instrument, first, last, moved)}."
    return sentence if moved > 0 else f"{sentence} Seeing more, or harder now?"


def kept_closed(releases: Mapping[int, Release]) -> tuple[str, ...]:
    """Why pictures of a theme stay closed, each reason once with the sessions that it holds for."""
    sessions: dict[str, list[str]] = {}
    for number in sorted(releases):
        if why := releases[number].withheld:
            sessions.setdefault(why, []).append(str(number))
    return tuple(f"{_sessions(numbers)}: {why}" for why, numbers in sessions.items())


def _sessions(numbers: Sequence[str]) -> str:
    return f"Sessions {', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) > 1 else f"Session {numbers[0]}"


def new_lines(series: Sequence[Series]) -> tuple[str, ...]:
    """A sentence for every place where a new line starts because the relationship is another one."""
    return tuple(
        f"In session {line.points[0].session_number} a new line starts: from there on your readings are about "
        f"“{line.focus_label}”. Before, they were about “{before.focus_label}”. The two are not compared."
        for before, line in pairwise(series)
    )


def went_down(series: Sequence[Series]) -> tuple[Point, ...]:
    """The readings of the line that runs now whose level lies below that of the reading before."""
    levels = [point for point in series[-1].points if _is_level(point.reading.current)] if series else []
    return tuple(
        point for before, point in pairwise(levels) if (point.reading.current or 0) < (before.reading.current or 0)
    )


def afterwards(series: Sequence[Series]) -> tuple[str, ...]:
    """A sentence for every reading that was not given in the room, or not as it stands."""
    points = [point for line in series for point in line.points]
    late = (f"Session {point.session_number}: you answered this afterwards." for point in points if point.late)
    slips = (f"Session {point.session_number}: as you corrected it afterwards." for point in points if point.corrected)
    return (*late, *slips)


def _both_times(moved: Movement, shift: Shift) -> str:
    return f"Of the {moved.n} who chose a level in both session {shift.from_session} and session {shift.to_session}"


def _people(count: int) -> str:
    return str(count) if count else "nobody"


def _is_level(answer: int | None) -> bool:
    return answer is not None and answer > 0


def _levels(moved: int) -> str:
    number = ("no", "one", "two", "three", "four", "five")[min(abs(moved), 5)]
    return f"{number} level" if abs(moved) == 1 else f"{number} levels"


def _one_reading(instrument: Instrument, point: Point) -> str:
    hope = point.reading.desired
    hoped = f", and hope for {instrument.label(hope)}" if hope is not None and hope > 0 else ""
    return f"In session {point.session_number} you chose {instrument.label(point.reading.current or 0)}{hoped}."


def _hope_moved(instrument: Instrument, first: Point, last: Point, moved: int) -> str:
    before, after = first.reading.desired, last.reading.desired
    if before is None or after is None or before < 0 or after < 0:
        return ""
    if after == before:
        return f"; your hope stays at {instrument.label(after)}"
    if after - before == moved:
        return f"; so did your hope, to {instrument.label(after)}"
    way = "rose" if after > before else "came down"
    return f"; your hope {way} {_levels(after - before)} to {instrument.label(after)}"
