"""Looking back: a member's own readings, and the cohort's released pictures. A fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.journey import Lowered, MyJourney, OurJourney, Point, Question, Series
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Release
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, instruments
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.services.lowered import with_words
from mcm_core.services.readings import as_reading
from mcm_core.services.releases import as_release
from mcm_core.store.tables import (
    CohortSessionRow,
    LateReadingRow,
    ReadingRow,
    ReleaseRow,
    RoundRow,
)

Key = tuple[str, str | None, str | None]


class Given(NamedTuple):
    """One reading with its round and session, what it is sorted by, and the name of the relationship."""

    row: ReadingRow | LateReadingRow
    round: RoundRow
    session_number: int
    when: tuple[Any, ...]
    label: str | None
    why: str | None
    late: bool


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> tuple[MyJourney, ...]:
    """The visitor's own journeys, one a question, the one with most readings first.

    Of several votes in a session the last one counts; of what was tapped and then corrected, the correction.
    """
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = sorted(_given(db, member_id), key=lambda given: given.when)
    points: dict[Key, dict[str, dict[tuple[int, str | None], tuple[Point, str | None]]]]
    points = defaultdict(lambda: defaultdict(dict))
    back: dict[Key, dict[str, dict[str | None, Reading]]] = defaultdict(lambda: defaultdict(dict))
    tapped = {(given.row.round_id, given.row.theme) for given in rows if not given.late}
    for given in rows:
        key, looks_back = _asked(db, given.round)
        reading, focus = as_reading(given.row), given.row.focus_id
        settled = points[key][given.row.theme]
        if looks_back:
            back[key][given.row.theme][focus] = reading
        else:
            corrected = given.late and (given.row.round_id, given.row.theme) in tapped
            why = Lowered(given.why) if given.why else None
            late = given.late and not corrected
            point = Point(given.session_number, reading, late, corrected, why, given.round.id)
            settled[given.session_number, focus] = (point, given.label)
    journeys = [
        MyJourney(
            _question(db, key),
            {theme: _series(list(of_theme.values())) for theme, of_theme in themes.items()},
            dict(back[key]),
        )
        for key, themes in points.items()
    ]
    return tuple(sorted(journeys, key=_readings, reverse=True))


@open_to(COHORT)
def ours(db: Session, visitor: Visitor, cohort_id: str) -> tuple[OurJourney, ...]:
    """The cohort's journeys, one a question, the one with most pictures first. The last released vote of a session
    is the settled one. Anonymous rounds stand by themselves and are in no journey."""
    rows = db.execute(
        select(ReleaseRow, RoundRow, CohortSessionRow.number)
        .join(RoundRow, RoundRow.id == ReleaseRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .where(ReleaseRow.cohort_id == cohort_id, RoundRow.mode != Mode.ANONYMOUS)
        .order_by(CohortSessionRow.starts_local, RoundRow.revealed_at, ReleaseRow.theme)
    ).all()
    found: dict[Key, dict[str, dict[int, Release]]] = defaultdict(lambda: defaultdict(dict))
    back: dict[Key, dict[str, Release]] = defaultdict(dict)
    for row, round_, number in rows:
        release = as_release(row)
        key, looks_back = _asked(db, round_)
        of_theme = found[key][row.theme]
        if looks_back:
            if release.current is not None or row.theme not in back[key]:
                back[key][row.theme] = release
        elif release.current is not None or number not in of_theme:
            of_theme[number] = release
    journeys = [
        OurJourney(_question(db, key), {t: dict(of) for t, of in themes.items()}, back[key])
        for key, themes in found.items()
    ]
    return tuple(sorted(journeys, key=lambda journey: -sum(len(of) for of in journey.releases.values())))


def _given(db: Session, member_id: str) -> Iterator[Given]:
    """A member's readings: those of the room, and those that they gave afterwards."""
    for row, round_, meeting, label, why in with_words(db, member_id):
        when = (meeting.starts_local, round_.opened_at, row.theme)
        yield Given(row, round_, meeting.number, when, label, why, isinstance(row, LateReadingRow))


def _readings(journey: MyJourney) -> int:
    return sum(len(line.points) for lines in journey.series.values() for line in lines)


def _series(points: list[tuple[Point, str | None]]) -> tuple[Series, ...]:
    """Part a theme's points where the relationship changes."""
    return tuple(
        Series(focus_label=run[0][1], points=tuple(point for point, _ in run))
        for run in (list(group) for _, group in groupby(points, key=lambda pair: pair[0].reading.focus))
    )


def _asked(db: Session, row: RoundRow) -> tuple[Key, bool]:
    """The question of a round, and whether it looked back at the question's start."""
    back = instruments.looked_back_at(db, row.instrument_id)
    return (back or row.instrument_id, row.lens, row.perspective), back is not None


def _question(db: Session, key: Key) -> Question:
    return Question(instruments.stored(db, key[0]), key[1], key[2])
