"""The participation document: its words for one cohort, who has read it, and the gate (services/access.py `HAS_READ`).

A facilitator fills in its gaps, sends it, and may record that they talked somebody through it. Nobody has to wait for
that: without fillings the words that come with the app are the document. One who has not read it holds up nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.document import Copy, Document, Gap, Held, Part, filled, of_cohort
from mcm_core.domain.errors import Conflict
from mcm_core.domain.signposting import clean_lines
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, cohorts, retention
from mcm_core.services.access import ARRIVED, FACILITATORS, INSIDE, open_to
from mcm_core.services.document_rows import MESSAGE, copies_of, fillings_of, version_of, write_to
from mcm_core.services.members.rows import lock, tell_browsers, tell_door
from mcm_core.services.messages import ARRIVAL, drop_moot
from mcm_core.store import prepare_texts
from mcm_core.store.tables import (
    DocumentCopyRow,
    DocumentRow,
    FacilitationRow,
    FacilitatorRow,
    MemberRow,
    SignInRow,
)


@open_to(INSIDE)
def of(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Document:
    """The document of the cohort as it stands now."""
    words, (number, fillings) = prepare_texts.participation(), fillings_of(db, cohort_id)
    led_by = select(FacilitatorRow.name).join(FacilitationRow, FacilitationRow.facilitator_id == FacilitatorRow.id)
    names = db.scalars(led_by.where(FacilitationRow.cohort_id == cohort_id).order_by(FacilitatorRow.name)).all()
    until = retention.of_cohort(db, visitor, cohort_id, at=at).until
    said = {key: gap.until_then for key, gap in words.gaps.items()} | {key: own for key, own in fillings.items() if own}
    said |= of_cohort(cohorts.get(db, visitor, cohort_id), names) | {"until": f"{until.day} {until:%B %Y}"}
    return Document(
        number=number,
        version=version_of(number),
        title=words.title,
        opening=words.opening,
        parts=tuple(filled(Part(one.heading, one.says, one.points), said) for one in words.sections),
        gaps=tuple(Gap(key, **gap.model_dump()) for key, gap in words.gaps.items()),
        fillings=fillings,
    )


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Copy:
    """Where the signed-in member stands with it."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    (found,) = copies_of(db, visitor.cohort_id or "", member_id)
    return found


@open_to(ARRIVED)
def all_mine(db: Session, visitor: Visitor) -> tuple[Held, ...]:
    """Every version that the signed-in member was sent or has read, the first one first."""
    row, member_id = DocumentCopyRow, access.member(db, visitor, visitor.cohort_id or "")
    found = select(row.version, row.sent_at, row.asked_at, row.read_at, row.spoken).where(row.member_id == member_id)
    return tuple(Held(*one) for one in db.execute(found.order_by(row.version)))


@open_to(ARRIVED)
def have_read(db: Session, visitor: Visitor, version: str, *, at: datetime) -> None:
    """Keep that the member has read this version: from now on they take part. A second tap changes nothing.

    Raises Conflict when the words have changed since they were drawn.
    """
    row = _own(db, visitor, version)
    if row.read_at is None:
        row.read_at = at
        audit.note(db, visitor, Deed.DOCUMENT_READ, row.member_id, at=at)
        drop_moot(db, row.member_id, (MESSAGE, *ARRIVAL))
    _tell(db, row)


@open_to(ARRIVED)
def talk_me_through(db: Session, visitor: Visitor, version: str, *, at: datetime) -> None:
    """Ask a facilitator to go through it by voice; they see it beside the name. Raises Conflict as `have_read`."""
    row = _own(db, visitor, version)
    if row.asked_at is None:
        row.asked_at = at
        audit.note(db, visitor, Deed.DOCUMENT_ASKED, row.member_id, at=at)
    _tell(db, row)


@open_to(FACILITATORS)
def talked_through(db: Session, visitor: Visitor, member_id: str, *, at: datetime) -> None:
    """Record that a member has heard it and agrees to take part. When they have read it, that stays as it is."""
    row = _row(db, member_id)
    if row.read_at is None:
        row.read_at, row.spoken = at, True
        audit.note(db, visitor, Deed.DOCUMENT_SPOKEN, member_id, cohort_id=row.cohort_id, at=at)
        if db.get_one(MemberRow, member_id).joined_at:  # else that message brings them their link
            drop_moot(db, member_id, (MESSAGE, *ARRIVAL))
    _tell(db, row)


@open_to(FACILITATORS)
def copies(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Copy, ...]:
    """Where every member stands with it, by name."""
    return copies_of(db, cohort_id)


@open_to(FACILITATORS)
def send(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """Note that whoever had not got it has been sent it by now, with their own link; returns how many they were."""
    waiting = [one for one in copies_of(db, cohort_id) if not (one.read_at or one.sent_at)]
    for one in waiting:
        _row(db, one.member_id).sent_at = at
    if waiting:
        audit.note(db, visitor, Deed.DOCUMENT_SENT, cohort_id, cohort_id=cohort_id, at=at)
        tell_door(db, cohort_id)
    return len(waiting)


@open_to(FACILITATORS)
def write_messages(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """Draft a message to everybody who has not read it, with the way to it; returns how many there are.

    Who has not come in yet gets their own link. It counts as sent once a facilitator has sent the message.
    """
    waiting = {one.member_id for one in copies_of(db, cohort_id) if not one.read_at}
    rows = db.scalars(select(MemberRow).where(MemberRow.cohort_id == cohort_id).order_by(MemberRow.name_key)).all()
    for row in rows:
        if row.id in waiting:
            write_to(db, row, at=at)
    return len(waiting)


@open_to(FACILITATORS)
def fill_in(
    db: Session, visitor: Visitor, cohort_id: str, version: str, fillings: Mapping[str, str], *, at: datetime
) -> None:
    """Fill in the gaps, for everybody. Who has read it takes part all the same, and is told that the words changed.

    Raises Refused for a filling that is too long, Conflict when a colleague has changed it since it was drawn.
    """
    gaps = prepare_texts.participation().gaps
    cleaned = {key: clean_lines(fillings.get(key, ""), what=gap.label) for key, gap in gaps.items()}
    lock(db, cohort_id)
    number, before = fillings_of(db, cohort_id)
    if version != version_of(number):
        raise Conflict(
            "A colleague has just changed this document. Copy what you typed, look again, and change it then."
        )
    if cleaned == {key: before.get(key, "") for key in gaps}:
        return
    db.add(DocumentRow(cohort_id=cohort_id, number=number + 1, fillings=cleaned, made_at=at))
    db.flush()
    audit.note(db, visitor, Deed.DOCUMENT_FILLED, cohort_id, cohort_id=cohort_id, at=at)
    cohorts.turn(db, cohort_id)


def _own(db: Session, visitor: Visitor, version: str) -> DocumentCopyRow:
    """The copy of the member who acts, of the version that they have before them."""
    row = _row(db, access.member(db, visitor, visitor.cohort_id or ""))
    if row.version != version:
        raise Conflict("The words have just changed. Load this page again, and please look through them once more.")
    return row


def _row(db: Session, member_id: str) -> DocumentCopyRow:
    """A member's copy of the version that holds now, made if need be. Their row is locked: two phones take turns."""
    member = db.get_one(MemberRow, member_id, with_for_update=True, populate_existing=True)
    version = version_of(fillings_of(db, member.cohort_id)[0])
    row = db.get(DocumentCopyRow, (member_id, version), populate_existing=True)
    if row is None:
        row = DocumentCopyRow(member_id=member_id, version=version, cohort_id=member.cohort_id, spoken=False)
        db.add(row)
    return row


def _tell(db: Session, row: DocumentCopyRow) -> None:
    """The member's phones, which may go on now, and the facilitators' list."""
    db.flush()
    tell_browsers(db, db.scalars(select(SignInRow.token_hash).where(SignInRow.member_id == row.member_id)).all())
    tell_door(db, row.cohort_id)
