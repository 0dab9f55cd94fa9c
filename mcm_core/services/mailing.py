"""What facilitators do with messages: read them, change them, copy them, send them, or drop them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.message import Message, MessageState, To, clean_body, opens_a_door
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, late_words, meeting_news, messages, smtp
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.document_rows import LINK, present_link
from mcm_core.services.messages import NOT_GONE, as_message
from mcm_core.store.tables import MemberRow, MessageRow

GONE = "This message was sent or dropped a moment ago. Nothing was changed."
NO_SERVER = "This server cannot send messages: nobody has told it of a mail server. Copy them instead."
NO_ADDRESS = "There is no e-mail address for {name}. Write one down on the page Cohort, or copy the message."
_OPEN = (*NOT_GONE, MessageState.GIVEN_UP.value)
_STILL = (MessageState.DRAFT.value, MessageState.GIVEN_UP.value)


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Message, ...]:
    """Every message of the cohort that is still kept: by the day when it is due, and by name. Without a mail server not
    those that hold an applicant's own link alone."""
    order = (MessageRow.due_at, MessageRow.kind, MessageRow.to_name, MessageRow.id)
    rows = db.scalars(select(MessageRow).where(MessageRow.cohort_id == cohort_id, messages.of_use()).order_by(*order))
    return tuple(as_message(row) for row in rows)


@open_to(FACILITATORS)
def to_do(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """How many messages wait for a facilitator: drafts that are due, those given up, and, where this server cannot
    send, those that would go by themselves."""
    states = [MessageState.DRAFT.value, *([] if smtp.is_configured() else [MessageState.WAITING.value])]
    due = MessageRow.state.in_(states) & (MessageRow.due_at <= at)
    failed = MessageRow.state == MessageState.GIVEN_UP.value
    rows = db.scalars(select(MessageRow.id).where(MessageRow.cohort_id == cohort_id, messages.of_use(), due | failed))
    return len(rows.all())


@open_to(FACILITATORS)
def not_taken(db: Session, visitor: Visitor, cohort_id: str) -> int:
    """How many messages of the queue the mail server did not take when they were tried."""
    theirs = (MessageRow.cohort_id == cohort_id, MessageRow.state == MessageState.WAITING.value)
    wanted = select(func.count()).select_from(MessageRow).where(*theirs, MessageRow.trouble.is_not(None))
    return db.scalar(wanted) or 0 if smtp.is_configured() else 0


@open_to(FACILITATORS)
def words_of(db: Session, visitor: Visitor, message_id: str, *, address: str, at: datetime) -> str:
    """The whole text of a message, to copy. Raises Reconfirm, and is written down, where it holds somebody's link."""
    row = db.get_one(MessageRow, message_id)
    _refuse_door(db, visitor, row, at)
    return late_words.filled_in(db, row, address=address)


@open_to(FACILITATORS)
def edit(db: Session, visitor: Visitor, message_id: str, *, body: str, version: int) -> None:
    """Change the words of a message that has not gone. `version` is the one that was read.

    One that waits in the queue is a draft again. Raises Conflict when somebody else has changed or sent it meanwhile,
    Refused when nothing is left or it is too long.
    """
    row = _still_here(db, message_id, version)
    row.body = clean_body(body)
    _as_draft(row)


@open_to(FACILITATORS)
def send(db: Session, visitor: Visitor, message_id: str, *, at: datetime) -> None:
    """Put a message into the queue; it goes within a minute. One that is in it, or has gone, stays as it is.

    Raises Refused without a mail server or an address, Reconfirm where it holds somebody's link.
    """
    if not smtp.is_configured():
        raise Refused(NO_SERVER)
    row = db.get_one(MessageRow, message_id, with_for_update=True, populate_existing=True)
    if row.state not in _STILL:
        return
    if row.to_email is None:
        raise Refused(NO_ADDRESS.format(name=row.to_name))
    _refuse_door(db, visitor, row, at)
    row.state, row.next_try_at, row.tries, row.settled_at = MessageState.WAITING.value, at, 0, None
    row.trouble = row.trouble_at = None
    row.version += 1
    audit.note_once(db, visitor, Deed.MESSAGES_SENT, cohort_id=row.cohort_id)


@open_to(FACILITATORS)
def sent_by_hand(db: Session, visitor: Visitor, message_id: str, *, version: int, at: datetime) -> None:
    """Note that a facilitator has sent a message in another way. Raises Conflict."""
    row = _still_here(db, message_id, version)
    row.state, row.settled_at, row.next_try_at = MessageState.BY_HAND.value, at, None
    row.version += 1


@open_to(FACILITATORS)
def hold(db: Session, visitor: Visitor, message_id: str, *, version: int) -> None:
    """Take a message out of the queue; it is a draft again. Raises Conflict."""
    _as_draft(_still_here(db, message_id, version))


@open_to(FACILITATORS)
def sent_to_all(db: Session, visitor: Visitor, cohort_id: str, versions: Mapping[str, int], *, at: datetime) -> None:
    """Note that these messages, by their ids and the versions that were read, went as one. Raises Conflict, and then
    none is noted."""
    for message_id, version in versions.items():
        sent_by_hand(db, visitor, message_id, version=version, at=at)


@open_to(FACILITATORS)
def drop(db: Session, visitor: Visitor, message_id: str, *, at: datetime) -> None:
    """Delete a message that has not gone. Of a reminder an empty one is kept: else it would be written anew."""
    this = (MessageRow.id == message_id, MessageRow.state.in_(_OPEN))
    by_itself = update(MessageRow).where(*this, MessageRow.kind == meeting_news.REMINDER)
    empty = {"body": "", "state": MessageState.BY_HAND.value, "settled_at": at, "next_try_at": None}
    db.execute(by_itself.values(empty))
    db.execute(delete(MessageRow).where(*this))


@open_to(FACILITATORS)
def invite(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """Draft a message with their own link to everybody who has not come in yet; returns how many there are.

    Who has one for their present link already gets no second one.
    """
    absent = select(MemberRow).where(MemberRow.cohort_id == cohort_id, MemberRow.joined_at.is_(None))
    rows = db.scalars(absent.order_by(MemberRow.name_key)).all()
    for row in rows:
        to = To(row.name, row.email, row.id)
        messages.draft(db, cohort_id, LINK, to, {}, once=present_link(row), at=at)
    return len(rows)


def _as_draft(row: MessageRow) -> None:
    row.state, row.next_try_at, row.settled_at = MessageState.DRAFT.value, None, None
    row.trouble = row.trouble_at = None
    row.version += 1


def _still_here(db: Session, message_id: str, version: int) -> MessageRow:
    """The message as it was read, if it has not gone. Raises Conflict."""
    wanted = select(MessageRow).where(MessageRow.id == message_id, MessageRow.state.in_(_OPEN))
    row = db.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise Conflict(GONE)
    if row.version != version:
        raise Conflict("Somebody changed this message a moment ago. Load the page again and look at it once more.")
    return row


def _refuse_door(db: Session, visitor: Visitor, row: MessageRow, at: datetime) -> None:
    """Raise Reconfirm where the message holds a link and the facilitator has not said lately who they are."""
    if row.member_id and opens_a_door(row.body):
        access.recently(db, visitor, at=at)
        audit.note_once(db, visitor, Deed.LINK_SHOWN, row.member_id, cohort_id=row.cohort_id)
