"""Looking back: a member's own readings, and the cohort's released pictures. A fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.journey import MyJourney, OurJourney, Point, Question, Series
from mcm_core.domain.mode import Mode
from mcm_core.domain.release import Release
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, instruments
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.services.readings import as_reading
from mcm_core.services.releases import as_release
from mcm_core.store.tables import CohortSessionRow, FocusRow, ReadingRow, ReleaseRow, RoundRow

Key = tuple[str, str | None, str | None]


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> tuple[MyJourney, ...]:
    """The visitor's own journeys, one a question, the one with most readings first.

    Of several votes in a session the last one counts.
    """
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = db.execute(
        select(ReadingRow, RoundRow, CohortSessionRow.number, FocusRow.label)
        .join(RoundRow, RoundRow.id == ReadingRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .outerjoin(FocusRow, FocusRow.id == ReadingRow.focus_id)
        .where(ReadingRow.member_id == member_id)
        .order_by(CohortSessionRow.starts_local, RoundRow.opened_at, ReadingRow.theme)
    ).all()
    points: dict[Key, dict[str, dict[tuple[int, str | None], tuple[Point, str | None]]]]
    points = defaultdict(lambda: defaultdict(dict))
    for reading, round_, number, label in rows:
        settled = points[_key(round_)][reading.theme]
        settled[number, reading.focus_id] = (Point(number, as_reading(reading)), label)
    journeys = [
        MyJourney(_question(db, key), {theme: _series(list(of_theme.values())) for theme, of_theme in themes.items()})
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
    for row, round_, number in rows:
        release = as_release(row)
        of_theme = found[_key(round_)][row.theme]
        if release.current is not None or number not in of_theme:
            of_theme[number] = release
    journeys = [
        OurJourney(_question(db, key), {t: dict(of) for t, of in themes.items()}) for key, themes in found.items()
    ]
    return tuple(sorted(journeys, key=lambda journey: -sum(len(of) for of in journey.releases.values())))


def _readings(journey: MyJourney) -> int:
    return sum(len(line.points) for lines in journey.series.values() for line in lines)


def _series(points: list[tuple[Point, str | None]]) -> tuple[Series, ...]:
    """Part a theme's points where the relationship changes."""
    return tuple(
        Series(focus_label=run[0][1], points=tuple(point for point, _ in run))
        for run in (list(group) for _, group in groupby(points, key=lambda pair: pair[0].reading.focus))
    )


def _key(row: RoundRow) -> Key:
    return (row.instrument_id, row.lens, row.perspective)


def _question(db: Session, key: Key) -> Question:
    return Question(instruments.stored(db, key[0]), key[1], key[2])
