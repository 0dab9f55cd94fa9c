"""What people wrote who did not become members goes on the day that their form stated. Run with the housekeeping."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain import application as rules
from mcm_core.domain.audit import Actor, Deed
from mcm_core.services import audit
from mcm_core.services.opening_rows import as_opening, messages_about
from mcm_core.store.engine import afterwards, read, write
from mcm_core.store.scrub import scrub
from mcm_core.store.tables import ApplicationRow, InterestRow, MessageRow, OpeningRow


def forget(*, at: datetime) -> tuple[str, ...]:
    """Delete what is over, cohort by cohort; returns the ids of the cohorts. Any number of servers may."""
    with read() as db:
        waiting = [row.cohort_id for row in db.scalars(select(OpeningRow)) if _is_over(db, row, at)]
    return tuple(one for one in waiting if _forget(one, at))


def _forget(cohort_id: str, at: datetime) -> bool:
    """Delete it unless another server was quicker, or the date has moved meanwhile."""
    with write() as db:
        row = db.scalar(select(OpeningRow).where(OpeningRow.cohort_id == cohort_id).with_for_update())
        if row is None or not _is_over(db, row, at):
            return False
        interested = db.scalars(select(InterestRow.id).where(InterestRow.cohort_id == cohort_id)).all()
        applied = db.scalars(
            select(ApplicationRow.id).where(ApplicationRow.cohort_id == cohort_id, ApplicationRow.member_id.is_(None))
        ).all()
        db.execute(delete(MessageRow).where(messages_about(cohort_id, [*interested, *applied])))
        db.execute(delete(InterestRow).where(InterestRow.id.in_(interested)))
        db.execute(delete(ApplicationRow).where(ApplicationRow.id.in_(applied)))
        audit.note(db, Actor.SERVER, Deed.APPLICANTS_FORGOTTEN, cohort_id=cohort_id, at=at)
        afterwards(db, scrub)
        return True


def _is_over(db: Session, row: OpeningRow, at: datetime) -> bool:
    if not rules.is_over(as_opening(db, row).kept_until, at):
        return False
    theirs = select(ApplicationRow.id).where(
        ApplicationRow.cohort_id == row.cohort_id, ApplicationRow.member_id.is_(None)
    )
    listed = select(InterestRow.id).where(InterestRow.cohort_id == row.cohort_id)
    return bool(db.scalar(select(or_(theirs.exists(), listed.exists()))))
