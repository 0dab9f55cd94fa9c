"""The queue of messages that wait to be sent. It is the table itself, so it survives whatever ends the process.

At least once: a message is put off before it is tried, in a transaction of its own. Whoever dies in between has
delayed it, and the next try bears the same Message-ID, by which a mailbox knows a second copy; words that were changed
meanwhile get another one, and stay a draft. Of several processes one at a time takes a message (FOR UPDATE SKIP LOCKED,
and the turn on SQLite). No transaction waits for the mail server.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError
from mcm_core.domain.message import READ_FIRST, TRIES_MAX, MessageState, Trouble, pause_after
from mcm_core.services import calendar_file, calendars, late_words, smtp
from mcm_core.services.smtp import NotSent, Post
from mcm_core.store import message_texts
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MessageRow

KEPT = timedelta(days=30)
WAITING = MessageState.WAITING.value
SETTLED = (MessageState.SENT.value, MessageState.BY_HAND.value, MessageState.GIVEN_UP.value)
#: Of those that were put into the queue with one tap, what is to be read first goes first.
_READ_FIRST = case({kind: place for place, kind in enumerate(READ_FIRST)}, value=MessageRow.kind, else_=len(READ_FIRST))
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """A message that this process has taken to send. `letter` is None when it cannot be written any more."""

    id: str
    version: int
    tries: int
    letter: EmailMessage | None


def deliver(*, at: datetime) -> bool:
    """Send the message that has waited longest, and return whether another may follow at once.

    Nothing is raised for a mail server that is broken: what was not sent waits, or is given up after a day.
    """
    post = smtp.settings()
    if post is None or not _is_due(at) or (taken := _take(post, at)) is None:
        return False
    try:
        _send(post, taken)
    except NotSent as error:
        log.warning("A message was not sent (try %d). The mail server: %s", taken.tries, error)
        _note(taken, error.why, at)
        if error.for_good or taken.tries >= TRIES_MAX:
            _settle(taken, MessageState.GIVEN_UP, at)
        return error.only_this
    _settle(taken, MessageState.SENT, at)
    return True


def tidy(*, at: datetime) -> None:
    """Delete what was sent, or given up, a month ago."""
    with write() as db:
        db.execute(delete(MessageRow).where(MessageRow.state.in_(SETTLED), MessageRow.settled_at < at - KEPT))


def hold_back(db: Session) -> None:
    """Have a facilitator look again at everything that waits: an older copy does not know what was sent since."""
    db.execute(
        update(MessageRow)
        .where(MessageRow.state == WAITING)
        .values(state=MessageState.DRAFT.value, next_try_at=None, tries=0, trouble=None, trouble_at=None)
    )


def _is_due(at: datetime) -> bool:
    with read() as db:
        return db.scalar(select(MessageRow.id).where(*_due(at)).limit(1)) is not None


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return MessageRow.state == WAITING, MessageRow.next_try_at <= at, MessageRow.to_email.is_not(None)


def _take(post: Post, at: datetime) -> Taken | None:
    """Take the message that has waited longest, and put it off for as long as nobody else shall try it."""
    with write() as db:
        order = (MessageRow.next_try_at, _READ_FIRST, MessageRow.id)
        oldest = select(MessageRow).where(*_due(at)).order_by(*order).limit(1)
        row = db.scalar(oldest.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.tries += 1
        row.next_try_at = at + pause_after(row.tries)
        try:
            letter = _letter(db, post, row, at)
        except McmError:
            letter = None
        return Taken(row.id, row.version, row.tries, letter)


def _letter(db: Session, post: Post, row: MessageRow, at: datetime) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = post.sender, row.to_email, row.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{row.id}.{row.version}@{post.domain}>"
    made["Auto-Submitted"] = "auto-generated"
    said = late_words.filled_in(db, row, address=post.public, sending=True)
    template = message_texts.templates().get(row.kind)
    if not (row.member_id and template and template.calendar):
        made.set_content(said)
    else:
        made.set_content(f"{said}\n\n{template.calendar}")
        file = calendars.file_for(db, row.cohort_id, row.member_id, at=at)
        made.add_attachment(
            file, maintype="text", subtype="calendar", filename=calendar_file.NAME, params={"method": "PUBLISH"}
        )
    return made


def _send(post: Post, taken: Taken) -> None:
    if taken.letter is None:
        said = "was not asked, as the message cannot be written any more."
        raise NotSent(said, Trouble.UNWRITTEN, only_this=True, for_good=True)
    smtp.send(post, taken.letter)


def _note(taken: Taken, why: Trouble, at: datetime) -> None:
    """Keep why it did not go, and since when it does not."""
    this = (MessageRow.id == taken.id, MessageRow.version == taken.version)
    since = func.coalesce(MessageRow.trouble_at, at)
    with write() as db:
        db.execute(update(MessageRow).where(*this).values(trouble=why.value, trouble_at=since))


def _settle(taken: Taken, state: MessageState, at: datetime) -> None:
    went = {"trouble": None, "trouble_at": None} if state is MessageState.SENT else {}
    with write() as db:
        db.execute(
            update(MessageRow)
            .where(MessageRow.id == taken.id, MessageRow.version == taken.version)
            .values({"state": state.value, "settled_at": at, "version": taken.version + 1, **went})
        )
