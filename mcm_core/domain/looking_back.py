"""The start seen twice: as it was said then, and as it is seen from today; and where it is now. Three marks, all kept.

Who learns more often judges their starting point lower afterwards: response shift, which a then-rating makes visible
(domain.md §2.19 and §5 row 48; Drennan and Hyde 2008). No mark takes another's place: how far somebody moved is always
reckoned from what they said at the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcm_core.domain import median
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.journey import Point, Series
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Release

SAW, SEES, NOW = "then, as seen then", "then, as seen now", "now"
RESPONSE_SHIFT = (
    "Seeing the start otherwise than at the time is common: who has learned more looks with other eyes. Neither is the "
    "right one, and how far we moved is always counted from what was said then."
)
CLOSED, NOT_ASKED = "closed", "–"
Middle = tuple[int, int]


@dataclass(frozen=True)
class Mark:
    """One mark: its name, what it says in words, and where it stands (two equal level codes for one person's).

    `place` is None where there is no level, and then `said` tells why.
    """

    name: str
    said: str
    place: Middle | None = None


@dataclass(frozen=True)
class Marks:
    """The three marks of a theme, in their order, and one sentence about the first two."""

    saw: Mark
    sees: Mark
    now: Mark
    sentence: str

    @property
    def in_words(self) -> str:
        """All three by their names, as one line."""
        return f"{'; '.join(f'{mark.name}: {mark.said}' for mark in self.all)}."

    @property
    def all(self) -> tuple[Mark, Mark, Mark]:
        return self.saw, self.sees, self.now


def mine(instrument: Instrument, lines: tuple[Series, ...], then: Mapping[str | None, Reading]) -> Marks | None:
    """One's own marks on the line that runs now. `then` is what looking back said, by the relationship it is about.

    None where the member did not look back at this relationship: that is no mark, not even an empty one.
    """
    points = lines[-1].points if lines else ()
    looked = then.get(points[0].reading.focus) if points else next(iter(then.values()), None)
    if looked is None:
        return None
    saw = _own(instrument, SAW, points[0].reading if len(points) > 1 else None, points[:1])
    now = _own(instrument, NOW, points[-1].reading if points else None, points[-1:])
    sees = _own(instrument, SEES, looked, ())
    return Marks(saw, sees, now, _sentence(saw, sees, "For you,"))


def ours(instrument: Instrument, releases: Mapping[int, Release], then: Release | None) -> Marks | None:
    """The cohort's marks: the middles of three frozen pictures. None where nobody looked back together."""
    if then is None:
        return None
    shown = [number for number in sorted(releases) if releases[number].current]
    first, last = (shown[0], shown[-1]) if shown else (0, 0)
    saw = _of_us(instrument, SAW, releases.get(first) if last > first else None, first)
    now = _of_us(instrument, NOW, releases.get(last), last)
    sees = _of_us(instrument, SEES, then, 0)
    return Marks(saw, sees, now, _sentence(saw, sees, "For the middle of us,"))


def _own(instrument: Instrument, name: str, reading: Reading | None, where: tuple[Point, ...]) -> Mark:
    name = _dated(name, where[0].session_number if where else 0)
    answer = reading.current if reading else None
    if answer is None:
        return Mark(name, NOT_ASKED)
    if answer < 0:
        return Mark(name, NonAnswer(answer).label)
    return Mark(name, instrument.label(answer), (answer, answer))


def _of_us(instrument: Instrument, name: str, release: Release | None, session: int) -> Mark:
    name = _dated(name, session if release else 0)
    if release is None:
        return Mark(name, NOT_ASKED)
    if release.current is None:
        return Mark(name, CLOSED)
    return Mark(name, median.in_words(instrument, release.current), median.median(release.current))


def _dated(name: str, session: int) -> str:
    return f"{name} (session {session})" if session else name


def _sentence(saw: Mark, sees: Mark, who: str) -> str:
    """How the start is seen now beside how it was seen then, or what can be said where one of the two is missing."""
    if saw.place is None or sees.place is None:
        return f"{who} seen from today, the start was: {sees.said}." if sees.place else RESPONSE_SHIFT
    if saw.place == sees.place:
        return f"{who} seen from today, the start is where it was said to be then: {saw.said}."
    return f"Then: {saw.said}. Seen from today: {sees.said}. {RESPONSE_SHIFT}"
