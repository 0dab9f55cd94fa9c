"""The meetings for a member's own calendar: as a file, and at an address of their own that a calendar can follow.

Whoever has the address sees when the sessions are, and nothing else; the member can end it and make another.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ANYBODY, ARRIVED, COHORT, open_to
from mcm_core.services.calendar_file import calendar_file
from mcm_core.services.visitors import as_meeting
from mcm_core.store.secret import derived_token, digest
from mcm_core.store.tables import CalendarRow, CohortRow, CohortSessionRow, new_id

GONE = "This calendar is not kept up any more. Ask for a new address where you found this one."


@open_to(COHORT)
def take(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> bytes:
    """The meetings of the visitor's cohort as a file for their own calendar."""
    person = access.facilitator(db, visitor) if visitor.facilitates else access.member(db, visitor, cohort_id)
    return file_for(db, cohort_id, person, at=at)


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> str | None:
    """The token of the member's calendar address, for /calendar/<token>.ics; None when there is none."""
    row = db.get(CalendarRow, access.member(db, visitor, visitor.cohort_id or ""))
    return _token(row) if row else None


@open_to(ARRIVED)
def begin(db: Session, visitor: Visitor, *, at: datetime) -> str:
    """Make an address at which the member's calendar can be followed, and return its token. An earlier one ends."""
    cohort_id = visitor.cohort_id or ""
    return _begun(db, access.member(db, visitor, cohort_id), cohort_id, at)


@open_to(ARRIVED)
def end(db: Session, visitor: Visitor) -> None:
    """Make the member's calendar address worthless."""
    _end(db, access.member(db, visitor, visitor.cohort_id or ""))


@open_to(ANYBODY)
def followed(db: Session, token: str, *, at: datetime) -> bytes:
    """The calendar behind an address. Raises NotAllowed when nothing is."""
    row = db.scalar(select(CalendarRow).where(CalendarRow.link_hash == digest(token)))
    if row is None:
        raise NotAllowed(GONE)
    return file_for(db, row.cohort_id, row.member_id, at=at)


def file_for(db: Session, cohort_id: str, person: str, *, at: datetime) -> bytes:
    """The meetings of a cohort for one person's calendar. For services that have checked who asks."""
    zone = db.scalars(select(CohortRow.time_zone).where(CohortRow.id == cohort_id)).one()
    rows = select(CohortSessionRow).where(CohortSessionRow.cohort_id == cohort_id).order_by(CohortSessionRow.number)
    return calendar_file([as_meeting(row, zone) for row in db.scalars(rows)], person, at=at)


def _begun(db: Session, member_id: str, cohort_id: str, at: datetime) -> str:
    _end(db, member_id)
    row = CalendarRow(id=new_id(), member_id=member_id, cohort_id=cohort_id, link_hash="", made_at=at)
    made = derived_token("calendar", row.id)
    row.link_hash = digest(made)
    db.add(row)
    db.flush()
    return made


def _end(db: Session, member_id: str) -> None:
    db.execute(delete(CalendarRow).where(CalendarRow.member_id == member_id))


def _token(row: CalendarRow) -> str | None:
    """The token again; None after the server's secret has changed, when only the old address still works."""
    made = derived_token("calendar", row.id)
    return made if digest(made) == row.link_hash else None
