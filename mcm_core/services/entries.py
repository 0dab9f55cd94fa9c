"""What members write for themselves between sessions. Every verb is about one's own: no other member, no facilitator.

Sharing an entry makes a note of it: from then on the note is what others read, and has a note's rules.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import current_session
from mcm_core.domain.entry import Entry, EntryKind, Said, cleaned, planned
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, cohorts, notes
from mcm_core.services.access import ARRIVED, COHORT, MEMBERS, open_to
from mcm_core.services.throttle import MINUTE
from mcm_core.store import texts
from mcm_core.store.tables import CohortRow, EntryRow, WellbeingRow

GONE = "This entry is not there any more, or it is not yours."
OFF = "Say yes first: we keep how you are only if you want that."
ENTRIES_MAX = 500  # of one kind: a limit for floods, not for people
ENTRIES_A_MINUTE = 10


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Entry, ...]:
    """Everything I wrote for myself, the newest first."""
    wanted = select(EntryRow).where(EntryRow.member_id == access.member(db, visitor, visitor.cohort_id or ""))
    return tuple(map(_entry, db.scalars(wanted.order_by(EntryRow.written_at.desc(), EntryRow.id))))


@open_to(MEMBERS)
def add(db: Session, visitor: Visitor, kind: str, written: Said, *, at: datetime) -> Entry:
    """Keep a new entry. The same one twice within a minute is a double tap, and one. Raises Refused."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    kept = _cleaned(db, member_id, kind, written)
    recent = db.scalars(
        select(EntryRow)
        .where(EntryRow.member_id == member_id, EntryRow.kind == kind, EntryRow.written_at > at - MINUTE)
        .order_by(EntryRow.written_at.desc())
    ).all()
    if twice := next((row for row in recent if _said(row) == kept), None):
        return _entry(twice)
    number = select(func.count()).select_from(EntryRow).where(EntryRow.member_id == member_id, EntryRow.kind == kind)
    if len(recent) >= ENTRIES_A_MINUTE or (db.scalar(number) or 0) >= ENTRIES_MAX:
        raise Refused("That is as much as fits. Wait a minute, or delete an entry; your words are still there.")
    row = EntryRow(cohort_id=visitor.cohort_id, member_id=member_id, kind=kind, written_at=at, changed_at=at)
    _write(row, kept)
    db.add(row)
    db.flush()
    return _entry(row)


@open_to(MEMBERS)
def change(db: Session, visitor: Visitor, entry_id: str, written: Said, *, at: datetime) -> Entry:
    """Write one's own entry anew; a note that was made of it stays as it is. Raises Refused, NotAllowed."""
    row = _own(db, visitor, entry_id)
    _write(row, _cleaned(db, row.member_id, row.kind, written))
    row.changed_at = at
    return _entry(row)


@open_to(MEMBERS)
def remove(db: Session, visitor: Visitor, entry_id: str) -> None:
    """Delete one's own entry, for good. A note that was made of it is deleted on its own. Raises NotAllowed."""
    db.delete(_own(db, visitor, entry_id))
    db.flush()


@open_to(MEMBERS)
def share(
    db: Session, visitor: Visitor, entry_id: str, *, kind: str, audience: str, attribution: str, body: str, at: datetime
) -> None:
    """Make a note of one's own entry, in the words that its author has before their eyes.

    Raises Refused when the words or a choice cannot be, or it is shared already, and NotAllowed.
    """
    row = _own(db, visitor, entry_id)
    if texts.between()[EntryKind(row.kind)].notes is None:
        raise Refused("This is for you alone. Write a note instead if you want others to know.")
    if row.note_id is not None:
        raise Refused("You have shared this entry already. Change or delete its note under Notes.")
    meetings = cohorts.get(db, visitor, row.cohort_id).sessions
    note = notes.add(
        db,
        visitor,
        row.cohort_id,
        session_number=current_session(meetings, at).number,
        theme=None,
        instrument=None,
        kind=kind,
        audience=audience,
        attribution=attribution,
        body=body,
        at=at,
    )
    row.note_id = note.id
    db.flush()


@open_to(COHORT)
def tries_planned(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> str:
    """How many tries were noted since the last session began, as a sentence; "" below the threshold of people."""
    since = current_session(cohorts.get(db, visitor, cohort_id).sessions, at).starts_at
    count = select(func.count(), func.count(EntryRow.member_id.distinct())).where(
        EntryRow.cohort_id == cohort_id, EntryRow.kind == EntryKind.TRY, EntryRow.written_at >= since
    )
    tries, authors = db.execute(count).one()
    threshold = db.scalars(select(CohortRow.threshold).where(CohortRow.id == cohort_id)).one()
    return planned(tries, authors, threshold)


@open_to(ARRIVED)
def wellbeing_since(db: Session, visitor: Visitor) -> datetime | None:
    """When I said yes to keeping notes on how I am; None while that is off, as it is at first."""
    row = db.get(WellbeingRow, access.member(db, visitor, visitor.cohort_id or ""))
    return row.said_at if row else None


@open_to(MEMBERS)
def set_wellbeing(db: Session, visitor: Visitor, *, yes: bool, at: datetime) -> None:
    """Say yes to keeping notes on how I am; or take it back, which deletes every such note at once."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.get(WellbeingRow, member_id)
    if yes and row is None:
        db.add(WellbeingRow(member_id=member_id, cohort_id=visitor.cohort_id, said_at=at))
    if not yes:
        theirs = delete(EntryRow).where(EntryRow.member_id == member_id, EntryRow.kind == EntryKind.WELLBEING)
        db.execute(theirs)
        db.execute(delete(WellbeingRow).where(WellbeingRow.member_id == member_id))
    db.flush()


def _own(db: Session, visitor: Visitor, entry_id: str) -> EntryRow:
    """The visitor's own entry. A foreign one and none look the same."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    wanted = select(EntryRow).where(EntryRow.id == entry_id, EntryRow.member_id == member_id).with_for_update()
    row = db.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotAllowed(GONE)
    return row


def _cleaned(db: Session, member_id: str, kind: str, said: Said) -> Said:
    """What a browser sent, checked against the form that it belongs to. Raises Refused."""
    if kind not in set(EntryKind):
        raise Refused("There is no such log. Open the page again.")
    form = texts.between()[EntryKind(kind)]
    if kind == EntryKind.WELLBEING and db.get(WellbeingRow, member_id) is None:
        raise Refused(OFF)
    if form.one and len(said.ticks) > 1:
        raise Refused("Choose one of these words. Your other words are still there.")
    return cleaned(EntryKind(kind), said, questions=list(form.questions), offered=form.chips)


def _write(row: EntryRow, said: Said) -> None:
    row.texts, row.ticks = dict(said.texts), list(said.ticks)
    row.minutes, row.energy = said.minutes, said.energy


def _said(row: EntryRow) -> Said:
    return Said(row.texts, tuple(row.ticks), row.minutes, row.energy)


def _entry(row: EntryRow) -> Entry:
    return Entry(row.id, EntryKind(row.kind), _said(row), row.written_at, row.changed_at, row.note_id is not None)
