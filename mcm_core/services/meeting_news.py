"""What members are written when a session moves, is cancelled or is near (domain.md §5 rows 36, 37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.message import To, when
from mcm_core.domain.opening import date_line
from mcm_core.services import messages, smtp
from mcm_core.services.messages import NOT_GONE
from mcm_core.services.visitors import as_meeting
from mcm_core.store.engine import write
from mcm_core.store.tables import ApplicationRow, CohortRow, CohortSessionRow, MemberRow, MessageRow, OpeningRow

AHEAD = timedelta(days=1)
AROUND = timedelta(days=3)  # from any zone's clock
MOVED, CANCELLED, REMINDER = "session_moved", "session_cancelled", "session_reminder"
PLACE = "accepted"  # it lists all six dates


def moved(db: Session, row: CohortSessionRow, before: CohortSession, after: CohortSession, *, at: datetime) -> None:
    """Draft to everybody that a session has moved. A draft that has not gone yet gets the newer time instead.

    One that was tried may have arrived, and is not changed any more.
    """
    back = when(before) == when(after)
    untold = {draft.member_id for draft in _waiting(db, row, CANCELLED) if back and draft.tries == 0}
    untold |= _listed_anew(db, row, before, after)
    _forget(db, row, CANCELLED, REMINDER)
    for to in _members(db, row.cohort_id):
        if to.member_id in untold:
            continue  # nobody has told them the former date
        draft = next(_waiting(db, row, MOVED, to), None)
        if draft and draft.tries == 0 and when(before) in draft.body:
            _moved_again(db, draft, when(before), when(after))
        else:
            was = "it was not going to take place" if before.cancelled else when(before)
            words = {"number": str(row.number), "before": was, "when": when(after)}
            messages.draft(db, row.cohort_id, MOVED, to, words, once=_once(row, to), at=at)


def cancelled(db: Session, row: CohortSessionRow, before: CohortSession, *, at: datetime) -> None:
    """Draft to everybody that a session will not take place, instead of what has not gone yet about it."""
    _forget(db, row, MOVED, REMINDER)
    untold = _listed_anew(db, row, before, replace(before, cancelled=True))
    words = {"number": str(row.number), "before": when(before)}
    for to in _members(db, row.cohort_id):
        if to.member_id not in untold:
            messages.draft(db, row.cohort_id, CANCELLED, to, words, once=_once(row, to), at=at)


def remind(*, at: datetime) -> None:
    """Write to everybody the day before a session, once for each session. Where this server can send, it goes by itself
    to those with an address; else it stands ready for a facilitator, to everybody.

    A reminder that has not gone when its session begins never goes.
    """
    clock = at.astimezone(UTC).replace(tzinfo=None)
    near = select(CohortSessionRow, CohortRow.time_zone).join(CohortRow, CohortRow.id == CohortSessionRow.cohort_id)
    near = near.where(CohortSessionRow.starts_local.between(clock - AROUND, clock + AROUND))
    with write() as db:
        for row, zone in db.execute(near.where(CohortRow.deleted_at.is_(None))).all():
            meeting = as_meeting(row, zone)
            if meeting.starts_at <= at:
                _forget(db, row, REMINDER)
            elif not meeting.cancelled and meeting.starts_at - AHEAD <= at:
                _remind(db, row, meeting, at)


def _remind(db: Session, row: CohortSessionRow, meeting: CohortSession, at: datetime) -> None:
    words = {"number": str(row.number), "when": when(meeting)}
    for to in _members(db, row.cohort_id):
        if to.email or not smtp.is_configured():
            messages.draft(db, row.cohort_id, REMINDER, to, words, once=_once(row, to), by_itself=True, at=at)


def _listed_anew(db: Session, row: CohortSessionRow, before: CohortSession, after: CohortSession) -> set[str | None]:
    """Put the new date into every list of dates that has not gone yet, and leave the other words alone. Returns the
    members who learn of the session by that list alone: whoever has come in has seen the former date."""
    untold = set[str | None]()
    lists = select(MessageRow, MemberRow.joined_at).join(MemberRow, MemberRow.id == MessageRow.member_id)
    unsent = (MessageRow.kind == PLACE, MessageRow.state.in_(NOT_GONE), MessageRow.tries == 0)
    for draft, joined_at in db.execute(lists.where(MessageRow.cohort_id == row.cohort_id, *unsent)):
        lines = draft.body.split("\n")
        if date_line(before) in lines:
            draft.body = "\n".join(date_line(after) if line == date_line(before) else line for line in lines)
            draft.version += 1
            untold |= {draft.member_id} if joined_at is None else set()
    return untold


def _moved_again(db: Session, draft: MessageRow, before: str, after: str) -> None:
    draft.body = draft.body.replace(before, after)
    draft.version += 1
    if draft.body.count(after) > 1:  # back to where it was: there is nothing to tell
        db.delete(draft)


def _members(db: Session, cohort_id: str) -> list[To]:
    """Everybody who knows of their place: who applied learns it, and the dates with it, when the group is confirmed."""
    untold = select(ApplicationRow.member_id).join(OpeningRow, OpeningRow.cohort_id == ApplicationRow.cohort_id)
    untold = untold.where(ApplicationRow.cohort_id == cohort_id, ApplicationRow.member_id.is_not(None))
    theirs = (
        MemberRow.cohort_id == cohort_id,
        MemberRow.joined_at.is_not(None) | MemberRow.id.not_in(untold.where(OpeningRow.confirmed_at.is_(None))),
    )
    rows = db.scalars(select(MemberRow).where(*theirs).order_by(MemberRow.name_key))
    return [To(row.name, row.email, row.id) for row in rows]


def _waiting(db: Session, row: CohortSessionRow, kind: str, to: To | None = None) -> Iterator[MessageRow]:
    """Messages of this kind about this session that have not gone yet, to one member or to all."""
    wanted = select(MessageRow).where(
        MessageRow.cohort_id == row.cohort_id,
        MessageRow.kind == kind,
        MessageRow.state.in_(NOT_GONE),
        MessageRow.once.startswith(f"{row.id}/", autoescape=True),
    )
    yield from db.scalars(wanted.where(MessageRow.member_id == to.member_id) if to else wanted)


def _forget(db: Session, row: CohortSessionRow, *kinds: str) -> None:
    for kind in kinds:
        for message in _waiting(db, row, kind):
            db.delete(message)
    db.flush()


def _once(row: CohortSessionRow, to: To) -> str:
    """One message of a kind for each change of a session and each member."""
    return f"{row.id}/{row.sequence}/{to.member_id}"
