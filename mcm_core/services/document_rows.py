"""The rows behind the participation document: its newest fillings, and where members stand (services/documents.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.document import Copy
from mcm_core.domain.message import MessageState, To
from mcm_core.services import messages
from mcm_core.store import prepare_texts
from mcm_core.store.tables import DocumentCopyRow, DocumentRow, MemberRow, MessageRow

MESSAGE = "document"  # session_data/messages/document.yaml
LINK = "invitation"  # the message with somebody's own link alone
_GONE = (MessageState.SENT.value, MessageState.BY_HAND.value)


def fillings_of(db: Session, cohort_id: str) -> tuple[int, Mapping[str, str]]:
    """How often the gaps were filled in, and with what the last time."""
    filled_in = select(DocumentRow).where(DocumentRow.cohort_id == cohort_id).order_by(DocumentRow.number.desc())
    row = db.scalars(filled_in.limit(1)).one_or_none()
    return (row.number, row.fillings) if row else (0, {})


def version_of(number: int) -> str:
    """The version of the words, a point, and that of the fillings."""
    return f"{prepare_texts.participation().version}.{number}"


def copies_of(db: Session, cohort_id: str, member_id: str | None = None) -> tuple[Copy, ...]:
    """Where the cohort's members stand, or one of them: with the newest version that says something of each kind."""
    current = version_of(fillings_of(db, cohort_id)[0])
    wanted = select(MemberRow, DocumentCopyRow).outerjoin(DocumentCopyRow, DocumentCopyRow.member_id == MemberRow.id)
    wanted = wanted.where(MemberRow.id == member_id) if member_id else wanted.where(MemberRow.cohort_id == cohort_id)
    rows: dict[MemberRow, list[DocumentCopyRow]] = {}
    for who, row in db.execute(wanted.order_by(MemberRow.name_key).execution_options(populate_existing=True)):
        rows.setdefault(who, []).extend([row] if row else [])
    posted, linked = ({}, {}) if member_id else (_posted(db, cohort_id), _linked(db, cohort_id))
    return tuple(
        _copy(who, found, current, posted.get(who.id), linked.get(present_link(who))) for who, found in rows.items()
    )


def present_link(row: MemberRow) -> str:
    """Names the link that a member has now."""
    return f"{row.id}/{row.link_version}"


def write_to(db: Session, row: MemberRow, *, at: datetime) -> None:
    """Draft the message that leads a member to the document, with their own link if they have not come in yet; once for
    each version, and not for somebody who has come in and read it. For services that have checked who asks."""
    read = select(DocumentCopyRow.member_id).where(
        DocumentCopyRow.member_id == row.id, DocumentCopyRow.read_at.is_not(None)
    )
    if row.joined_at and db.scalars(read.limit(1)).first():
        return
    link = "{address}/prepare" if row.joined_at else "{personal_link}"
    once = f"{row.id}/{version_of(fillings_of(db, row.cohort_id)[0])}/{row.link_version}"
    messages.draft(db, row.cohort_id, MESSAGE, To(row.name, row.email, row.id), {"link": link}, once=once, at=at)


def _copy(
    who: MemberRow, rows: list[DocumentCopyRow], current: str, posted: datetime | None, linked: datetime | None
) -> Copy:
    done = [row for row in rows if row.read_at]
    read = max(done, key=lambda row: (row.version == current, str(row.read_at)), default=None)
    asked = [row.asked_at for row in rows if row.asked_at and row.read_at is None]
    return Copy(
        member_id=who.id,
        name=who.name,
        sent_at=max((row.sent_at for row in rows if row.sent_at), default=posted),
        asked_at=max(asked, default=None),
        read_at=read.read_at if read else None,
        spoken=bool(read and read.spoken),
        is_current=bool(read and read.version == current),
        came_in=who.joined_at is not None,
        link_sent_at=linked,
    )


def _posted(db: Session, cohort_id: str) -> dict[str | None, datetime | None]:
    """When the message with the document went to whom, by the member's id."""
    wanted = select(MessageRow.member_id, func.max(MessageRow.settled_at)).where(
        MessageRow.cohort_id == cohort_id, MessageRow.kind == MESSAGE, MessageRow.state.in_(_GONE)
    )
    return {member_id: at for member_id, at in db.execute(wanted.group_by(MessageRow.member_id))}


def _linked(db: Session, cohort_id: str) -> dict[str | None, datetime | None]:
    """When which link went out in a message of its own (services/mailing.py `invite`)."""
    theirs = (MessageRow.cohort_id == cohort_id, MessageRow.kind == LINK, MessageRow.state.in_(_GONE))
    return {once: at for once, at in db.execute(select(MessageRow.once, MessageRow.settled_at).where(*theirs))}
