"""The next cohort, prepared from this one: how it works, and nothing about anybody in it (domain.md §5 row 43)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import agreements, cohorts, plans, topics
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.store.tables import CohortRow, CohortSessionRow, SignpostingRow


@open_to(FACILITATORS)
def prepare(db: Session, visitor: Visitor, cohort_id: str, *, name: str, first: date, at: datetime) -> Cohort:
    """Make a cohort like this one, weekly from `first` on, which the visitor owns. Raises Refused.

    It takes over the zone, the hour, the length of each session, the smallest group for a picture, and what `TAKEN`
    copies. Members, answers, notes, pictures and what was decided stay where they are.
    """
    old = cohorts.get(db, visitor, cohort_id)
    made = cohorts.create(
        db, visitor, name=name, time_zone=old.time_zone, first=first, weekday=first.weekday(),
        at_time=old.session(1).starts_local.time(), at=at,
    )  # fmt: skip
    db.get_one(CohortRow, made.id).threshold = old.threshold
    minutes = {meeting.number: meeting.minutes for meeting in old.sessions}
    for row in db.scalars(select(CohortSessionRow).where(CohortSessionRow.cohort_id == made.id)):
        row.minutes = minutes[row.number]
    for take in TAKEN:
        take(db, cohort_id, made.id)
    db.flush()
    return cohorts.get(db, visitor, made.id)


def _help_and_support(db: Session, of: str, to: str) -> None:
    """The contacts, with the day on which they were checked: whoever runs the next cohort sees how old they are."""
    if row := db.get(SignpostingRow, of):
        db.add(
            SignpostingRow(
                cohort_id=to, danger=row.danger, contact=row.contact, lines=row.lines, checked_at=row.checked_at
            )
        )


#: What else the next cohort begins with: each copies one thing to it, and never who said or did anything.
TAKEN: tuple[Callable[[Session, str, str], None], ...] = (
    _help_and_support,
    agreements.copy,
    plans.copy_all,
    topics.copy,
)
