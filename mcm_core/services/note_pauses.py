"""Pausing somebody else's note: nobody but its author and the facilitators reads it any more, on every screen at once,
until a facilitator shows it again. Nothing of it is changed or deleted (domain.md §5 rows 26 and 28)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Refused
from mcm_core.domain.note import Audience, Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, note_reading
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.note_reading import FOR_THE_GROUP, SHOWN, before, reader, tell
from mcm_core.services.visitors import TOUCH_EVERY
from mcm_core.store.tables import MemberRow, NoteRow, SignInRow

GONE = "This note was deleted, or it is in another cohort. Look at the notes again."


@open_to(FACILITATORS, otherwise=GONE)
def pause(db: Session, visitor: Visitor, note_id: str, *, at: datetime) -> None:
    """Keep somebody else's note from everybody but its author and the facilitators, from now on.

    Pausing it twice is pausing it once. Raises Refused for one's own note, and for one that the group does not read.
    """
    row = _others(db, visitor, note_id)
    if row.audience not in FOR_THE_GROUP:
        raise Refused("The group does not read this note, so there is nothing to pause.")
    _turn(db, visitor, row, Deed.NOTE_PAUSED, at, SHOWN, paused_at=at, paused_seen=_was_seen(row))


@open_to(FACILITATORS, otherwise=GONE)
def show_again(db: Session, visitor: Visitor, note_id: str, *, at: datetime) -> None:
    """Let everybody for whom it was written read a note again. Raises Refused for one's own note."""
    row = _others(db, visitor, note_id)
    _turn(db, visitor, row, Deed.NOTE_SHOWN, at, ~SHOWN, paused_at=None, paused_seen=False)


@open_to(FACILITATORS)
def paused(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Note, ...]:
    """The paused notes that a facilitator can show again, newest first: not one's own, nor those for their author."""
    by = reader(db, visitor, cohort_id)
    wanted = [
        NoteRow.cohort_id == cohort_id,
        NoteRow.paused_at.is_not(None),
        NoteRow.audience != Audience.ME,
        by.did_not_write,
    ]
    return note_reading.notes(db, by, wanted)


@open_to(COHORT)
def told(db: Session, visitor: Visitor, cohort_id: str) -> int:
    """How many notes of others are paused that this member may have read: nobody hears of one that was never shown."""
    by = reader(db, visitor, cohort_id)
    if not by.member_id:
        return 0
    came = select(MemberRow.created_at).where(MemberRow.id == by.member_id).scalar_subquery()
    theirs = (NoteRow.audience == Audience.NETWORK) | ((NoteRow.audience == Audience.COHORT) & ~before(by, cohort_id))
    shown = (NoteRow.cohort_id == cohort_id, NoteRow.paused_seen, NoteRow.paused_at > came, by.did_not_write, theirs)
    return db.scalar(select(func.count()).select_from(NoteRow).where(*shown)) or 0


def _others(db: Session, visitor: Visitor, note_id: str) -> NoteRow:
    """A note of somebody else's. Raises Refused for the facilitator's own."""
    row = db.get_one(NoteRow, note_id, populate_existing=True)
    if row.facilitator_id == reader(db, visitor, row.cohort_id).facilitator_id:
        raise Refused("This is your own note. You can change it, or delete it; another facilitator can show it again.")
    return row


def _turn(
    db: Session, by: Visitor, row: NoteRow, deed: Deed, at: datetime, still: ColumnElement[bool], **to: object
) -> None:
    """Change the note if it is still as it was, write that down, and tell the screens. Of two at once one does."""
    changing = update(NoteRow).where(NoteRow.id == row.id, still).values(**to).returning(NoteRow.id)
    if db.scalar(changing.execution_options(synchronize_session=False)):
        audit.note(db, by, deed, row.id, cohort_id=row.cohort_id, at=at)
        tell(db, row.cohort_id)


def _was_seen(row: NoteRow) -> ColumnElement[bool]:
    """Whether a member other than its author has been here since the note was written."""
    return exists().where(
        SignInRow.cohort_id == row.cohort_id,
        SignInRow.member_id.is_not(None),
        SignInRow.member_id.is_distinct_from(row.member_id),
        SignInRow.waiting.is_(False),
        SignInRow.seen_at > row.created_at - TOUCH_EVERY,
    )
