"""Cohorts and their six sessions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import bindparam, select, union, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import Cohort, clean_name, refuse_past, refuse_zone, six_dates
from mcm_core.domain.errors import Refused
from mcm_core.domain.release import THRESHOLD_DEFAULT, THRESHOLDS
from mcm_core.domain.round import Lane
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import access, audit, meeting_news
from mcm_core.services.access import ANY_FACILITATOR, ARRIVED, COHORT, FACILITATORS, INSIDE, open_to
from mcm_core.services.sheet_rows import BEGAN_AT
from mcm_core.services.visitors import as_meeting
from mcm_core.store.engine import announce
from mcm_core.store.tables import (
    AttendanceRow,
    BlockRow,
    CohortRow,
    CohortSessionRow,
    FacilitationRow,
    RoundRow,
    RunSheetRow,
)

#: Built once, on the table: at a reveal every phone asks it.
_PHASE = select(CohortRow.__table__.c.phase).where(CohortRow.__table__.c.id == bindparam("id"))
CODE_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30 symbols without look-alikes: 39 bits in 8


@open_to(ANY_FACILITATOR)
def create(
    db: Session,
    visitor: Visitor,
    *,
    name: str,
    time_zone: str,
    first: date,
    weekday: int,
    at_time: time,
    at: datetime,
) -> Cohort:
    """Make a cohort with six weekly sessions from `first` on; the visitor owns it. Raises Refused."""
    by = access.facilitator(db, visitor)
    refuse_zone(time_zone)
    starts = six_dates(first, weekday, at_time)
    refuse_past([datetime.combine(first, at_time), *starts], time_zone, at)
    row = CohortRow(
        name=clean_name(name, what="cohort name"),
        time_zone=time_zone,
        code=new_code(),
        threshold=THRESHOLD_DEFAULT,
        created_at=at,
    )
    db.add(row)
    db.flush()
    db.add(FacilitationRow(facilitator_id=by, cohort_id=row.id, standing=Standing.OWNER, leads=True))
    db.add_all(
        CohortSessionRow(cohort_id=row.id, number=number, starts_local=start, minutes=120)
        for number, start in enumerate(starts, start=1)
    )
    db.flush()
    audit.note(db, visitor, Deed.COHORT_MADE, row.id, cohort_id=row.id, at=at)
    return _cohort(db, row)


def new_code() -> str:
    """What a cohort's room codes are made from (members/room.py): drawn anew, and all of them are other ones."""
    return "".join(secrets.choice(CODE_SYMBOLS) for _ in range(8))


@open_to(ANY_FACILITATOR | ARRIVED)
def of_visitor(db: Session, visitor: Visitor) -> tuple[Cohort, ...]:
    """The cohorts of this visitor, newest first: one for a member, any number for a facilitator."""
    if visitor.facilitates:
        by = access.facilitator(db, visitor)
        wanted = select(FacilitationRow.cohort_id).where(FacilitationRow.facilitator_id == by)
        rows = db.scalars(
            select(CohortRow).where(CohortRow.id.in_(wanted)).order_by(CohortRow.created_at.desc(), CohortRow.id)
        ).all()
        return _cohorts(db, rows)
    return (get(db, visitor, visitor.cohort_id or ""),)


@open_to(INSIDE)
def get(db: Session, visitor: Visitor, cohort_id: str) -> Cohort:
    """One cohort of the visitor's. Raises NotAllowed."""
    return _cohort(db, db.get_one(CohortRow, cohort_id))


@open_to(COHORT)
def phase(db: Session, visitor: Visitor, cohort_id: str) -> int:
    """The number that goes up whenever the cohort's screens must be drawn anew."""
    found: int = db.execute(_PHASE, {"id": cohort_id}).scalar_one()
    return found


@open_to(FACILITATORS)
def rename(db: Session, visitor: Visitor, cohort_id: str, name: str) -> None:
    """Change the cohort's name. Raises Refused."""
    db.get_one(CohortRow, cohort_id).name = clean_name(name, what="cohort name")
    audit.note(db, visitor, Deed.COHORT_RENAMED, cohort_id, cohort_id=cohort_id)
    turn(db, cohort_id)


@open_to(FACILITATORS)
def begun(db: Session, visitor: Visitor, cohort_id: str) -> frozenset[str]:
    """The sessions that were run, whatever was planned: by a run-sheet, with a vote, or with somebody there."""
    voted = (RoundRow.cohort_id == cohort_id, RoundRow.opened_at.is_not(None), RoundRow.lane != Lane.BETWEEN)
    ids = union(
        select(BlockRow.session_id).where(BlockRow.cohort_id == cohort_id, BlockRow.began_at.is_not(None)),
        select(RoundRow.session_id).where(*voted),
        select(AttendanceRow.session_id).where(AttendanceRow.cohort_id == cohort_id),
    )
    return frozenset(db.scalars(ids))


@open_to(FACILITATORS)
def move_session(
    db: Session, visitor: Visitor, session_id: str, starts_local: datetime, minutes: int, *, at: datetime
) -> None:
    """Give one session another wall-clock start and length (30 to 360 minutes). Raises Refused, also for one that was
    run: what was answered there belongs to its day.

    One that was cancelled takes place again. What members are told stands ready as drafts.
    """
    row = db.get_one(CohortSessionRow, session_id)
    if session_id in begun(db, visitor, row.cohort_id):
        raise Refused(f"Session {row.number} has begun, so its date stays, and nothing was moved.")
    if not 30 <= minutes <= 360:
        raise Refused("A session lasts between 30 minutes and 6 hours.")
    zone = db.scalars(select(CohortRow.time_zone).where(CohortRow.id == row.cohort_id)).one()
    refuse_past([starts_local], zone, at)
    before = as_meeting(row, zone)
    if (starts_local, minutes, False) == (before.starts_local, before.minutes, before.cancelled):
        return
    row.starts_local, row.minutes, row.cancelled_at, row.sequence = starts_local, minutes, None, row.sequence + 1
    meeting_news.moved(db, row, before, as_meeting(row, zone), at=at)
    audit.note(db, visitor, Deed.SESSION_MOVED, session_id, cohort_id=row.cohort_id, at=at)
    turn(db, row.cohort_id)


@open_to(FACILITATORS)
def cancel_session(db: Session, visitor: Visitor, session_id: str, *, at: datetime) -> None:
    """Say that one session will not take place. It keeps its number, its date and whatever was answered in it.

    Raises Refused when it is over. What members are told stands ready as drafts.
    """
    row = db.get_one(CohortSessionRow, session_id)
    before = as_meeting(row, db.scalars(select(CohortRow.time_zone).where(CohortRow.id == row.cohort_id)).one())
    if before.cancelled:
        return
    if before.ends_at <= at:
        raise Refused(f"Session {row.number} is over, so it cannot be cancelled any more.")
    if session_id in begun(db, visitor, row.cohort_id):
        raise Refused(f"Session {row.number} has begun, so it cannot be cancelled any more.")
    row.cancelled_at, row.sequence = at, row.sequence + 1
    meeting_news.cancelled(db, row, before, at=at)
    audit.note(db, visitor, Deed.SESSION_CANCELLED, session_id, cohort_id=row.cohort_id, at=at)
    turn(db, row.cohort_id)


@open_to(FACILITATORS)
def set_threshold(db: Session, visitor: Visitor, cohort_id: str, threshold: int) -> None:
    """Say how many answers a picture needs at least (3 to 10). Pictures already revealed stay as they are."""
    if threshold not in THRESHOLDS:
        raise Refused("The smallest group for a picture is between 3 and 10 people.")
    db.get_one(CohortRow, cohort_id).threshold = threshold
    audit.note(db, visitor, Deed.THRESHOLD_SET, cohort_id, cohort_id=cohort_id)


@open_to(FACILITATORS)
def let_newcomers_read(db: Session, visitor: Visitor, cohort_id: str, *, yes: bool) -> None:
    """Write down what the group said when it was asked whether who comes later reads what it wrote before."""
    row = db.get_one(CohortRow, cohort_id)
    row.newcomers_read, row.newcomers_asked = yes, True
    audit.note(db, visitor, Deed.NEWCOMERS_READ if yes else Deed.NEWCOMERS_STOPPED, cohort_id, cohort_id=cohort_id)
    turn(db, cohort_id)


def turn(db: Session, cohort_id: str) -> None:
    """Count the phase up and tell every screen of the cohort, once the transaction has committed."""
    db.execute(update(CohortRow).where(CohortRow.id == cohort_id).values(phase=CohortRow.phase + 1))
    announce(db, f"phase:{cohort_id}")


def _cohort(db: Session, row: CohortRow) -> Cohort:
    return _cohorts(db, [row])[0]


def _cohorts(db: Session, rows: Sequence[CohortRow]) -> tuple[Cohort, ...]:
    meetings = db.execute(
        select(CohortSessionRow, RunSheetRow.ended_at, BEGAN_AT)
        .outerjoin(RunSheetRow, RunSheetRow.session_id == CohortSessionRow.id)
        .where(CohortSessionRow.cohort_id.in_([row.id for row in rows]))
        .order_by(CohortSessionRow.number)
    ).all()
    return tuple(
        Cohort(
            id=row.id,
            name=row.name,
            time_zone=row.time_zone,
            threshold=row.threshold,
            phase=row.phase,
            sessions=tuple(
                as_meeting(meeting, row.time_zone, ended_at, began_at)
                for meeting, ended_at, began_at in meetings
                if meeting.cohort_id == row.id
            ),
            newcomers_read=row.newcomers_read,
            newcomers_asked=row.newcomers_asked,
        )
        for row in rows
    )
