"""Erasing a member: what is theirs goes from every table, and from older copies when one is brought back.

What was revealed stays as it was. It holds counts of groups that are large enough and nobody's row, and to draw it anew
without one person would tell their answer to whoever remembers it (domain.md §5 row 17).
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.note import Attribution, Audience
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, catch_up_rows
from mcm_core.services.access import ARRIVED, open_to
from mcm_core.services.members.rows import lock, tell_browsers, tell_door
from mcm_core.store import bag, erasures
from mcm_core.store.engine import afterwards, last
from mcm_core.store.scrub import scrub
from mcm_core.store.tables import (
    ApplicationRow,
    InterestRow,
    KeptTextRow,
    MemberRow,
    MessageRow,
    NoteRow,
    SignInRow,
    TopicRow,
)


@open_to(ARRIVED)
def erase(db: Session, visitor: Visitor, *, keep_notes: bool) -> None:
    """Erase the signed-in member, for good, and sign all their phones out. Only they themselves can.

    `keep_notes` leaves the notes that others could read and the topics, without any name; all else goes. Their place is
    free.
    """
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.get_one(MemberRow, member_id)
    audit.note(db, visitor, Deed.ERASED, member_id)
    rub_out(db, row, keep_notes=keep_notes)


def replay(db: Session) -> int:
    """Erase everybody again whom an older copy of the database brought back; returns how many there were. Who took an
    application back is remembered by its id."""
    found = _applications(db, list(erasures.remembered()))
    for member_id, keep_notes in erasures.remembered().items():
        if row := db.get(MemberRow, member_id):
            audit.note(db, Actor.SERVER, Deed.ERASED, member_id, cohort_id=row.cohort_id)
            _rub_out(db, row, keep_notes=keep_notes)
            found += 1
    return found


def _applications(db: Session, ids: list[str]) -> int:
    db.execute(delete(MessageRow).where(MessageRow.once.in_(ids)))
    gone = [
        *db.scalars(delete(ApplicationRow).where(ApplicationRow.id.in_(ids)).returning(ApplicationRow.id)),
        *db.scalars(delete(InterestRow).where(InterestRow.id.in_(ids)).returning(InterestRow.id)),
    ]
    return len(gone)


def rub_out(db: Session, row: MemberRow, *, keep_notes: bool) -> None:
    """Take a member's rows away, and remember it for older copies. For verbs that have checked who asks."""
    last(db, partial(_remember, row.id, keep_notes))
    _rub_out(db, row, keep_notes=keep_notes)


def _remember(member_id: str, keep_notes: bool, _db: Session) -> None:
    erasures.remember(member_id, keep_notes=keep_notes)


def _rub_out(db: Session, row: MemberRow, *, keep_notes: bool) -> None:
    tell_browsers(db, db.scalars(select(SignInRow.token_hash).where(SignInRow.member_id == row.id)))
    tell_door(db, row.cohort_id)
    if keep_notes:
        _take_the_name_off(db, row.id)
    bag.forget(db, row.cohort_id, row.id)
    lock(db, row.cohort_id)  # before their places go: whoever arranges catch-ups waits here, too
    catch_up_rows.say_who_goes(db, row)
    db.delete(row)  # and with it whatever refers to it: answers, relationships, notes, phones, consents
    db.flush()
    catch_up_rows.mend(db, row.cohort_id)
    afterwards(db, scrub)


def _take_the_name_off(db: Session, member_id: str) -> None:
    """Leave topics, and the notes that others may read, to nobody. Texts that came second were never for others,
    and a note that is paused waits for its author, who is gone."""
    db.execute(
        update(TopicRow)
        .where(TopicRow.member_id == member_id)
        .values(member_id=None, named=False)
        .execution_options(synchronize_session=False)
    )
    shared = [Audience.COHORT.value, Audience.NETWORK.value]
    theirs = select(NoteRow.id).where(NoteRow.member_id == member_id)
    db.execute(delete(KeptTextRow).where(KeptTextRow.note_id.in_(theirs)))
    db.execute(
        update(NoteRow)
        .where(NoteRow.member_id == member_id, NoteRow.audience.in_(shared), NoteRow.paused_at.is_(None))
        .values(member_id=None, attribution=Attribution.NONE.value)
        .execution_options(synchronize_session=False)
    )
