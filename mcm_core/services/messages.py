"""Messages to one person: drafted from a template, changed and sent by facilitators, or copied by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.message import Message, MessageState, To, Trouble, clean_email, filled, opens_a_door
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import access, smtp
from mcm_core.services.access import ARRIVED, open_to
from mcm_core.store import message_texts
from mcm_core.store.engine import afterwards
from mcm_core.store.scrub import scrub
from mcm_core.store.tables import FacilitationRow, FacilitatorRow, MessageRow

NOT_GONE = (MessageState.DRAFT.value, MessageState.WAITING.value)
#: Nothing in these is of use but a link that no facilitator sees: only this server can send them.
ONLY_A_LINK = ("application_link", "application_link_late", "application_link_again")
#: What greets an application; past when its author has come in.
ARRIVAL = ("application_received", "application_received_late", *ONLY_A_LINK)


def draft(
    db: Session,
    cohort_id: str,
    kind: str,
    to: To,
    words: Mapping[str, str],
    *,
    at: datetime,
    due_at: datetime | None = None,
    once: str | None = None,
    by_itself: bool = False,
) -> str:
    """Write a message of this kind down and return its id. For services that have checked who asks.

    `words` fills in what the template asks for beside the names (domain.message.SAID); a link to this server is written
    as "{address}/…". `once` makes a second message of the same kind and words the same message, which stays as it is.
    `by_itself` sends it from `due_at` on if it has an address and this server can send; else a facilitator does.

    Raises Refused for an address that is none, and KeyError when the kind is unknown or `words` does not hold what its
    template asks for.
    """
    template = message_texts.templates()[kind]
    if opens_a_door(template.body) and to.member_id is None:
        raise KeyError(f"{kind} holds a personal link, which only a member has")
    if words.keys() != template.asks_for:
        raise KeyError(f"{kind} asks for {sorted(template.asks_for)}, and got {sorted(words)}")
    same = select(MessageRow.id).where(MessageRow.cohort_id == cohort_id, MessageRow.kind == kind)
    if once is not None and (known := db.scalar(same.where(MessageRow.once == once))):
        return known
    email = clean_email(to.email or "")
    goes = by_itself and email is not None
    row = MessageRow(
        cohort_id=cohort_id,
        member_id=to.member_id,
        kind=kind,
        once=once,
        to_name=to.name,
        to_email=email,
        subject=template.subject,
        body=filled(template.body, {**words, "name": to.name, "facilitator": _signed(db, cohort_id)}),
        state=MessageState.WAITING if goes else MessageState.DRAFT,
        next_try_at=(due_at or at) if goes else None,
        due_at=due_at or at,
        created_at=at,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        if once is None:
            raise
        # somebody wrote the same message at the same moment
        return db.scalars(same.where(MessageRow.once == once)).one()
    return row.id


def readdress(db: Session, member_id: str, email: str | None) -> None:
    """Send what has not gone yet to a member's new address. For services that have checked who asks.

    What opens their door does not go there by itself: it is a draft again.
    """
    for row in db.scalars(select(MessageRow).where(MessageRow.member_id == member_id, MessageRow.state.in_(NOT_GONE))):
        row.to_email = email
        if email is None or opens_a_door(row.body):
            row.state, row.next_try_at = MessageState.DRAFT.value, None


def forget(db: Session, cohort_id: str, email: str) -> None:
    """Delete every message to an address that is no member's: of somebody who takes an application back, or did not
    join. For services that have checked who asks."""
    theirs = (MessageRow.cohort_id == cohort_id, MessageRow.to_email == email, MessageRow.member_id.is_(None))
    db.execute(delete(MessageRow).where(*theirs))
    afterwards(db, scrub)


def drop_moot(db: Session, member_id: str, kinds: Sequence[str]) -> None:
    """Delete what has not gone of these kinds to a member, as it is not true any more. For services that have checked
    who asks."""
    states = (*NOT_GONE, MessageState.GIVEN_UP.value)
    theirs = (MessageRow.member_id == member_id, MessageRow.kind.in_(kinds), MessageRow.state.in_(states))
    db.execute(delete(MessageRow).where(*theirs))


def of_use() -> ColumnElement[bool]:
    """Without a mail server: not what holds a link alone that a facilitator cannot pass on. What has gone stays."""
    if smtp.is_configured():
        return true()
    states = (*NOT_GONE, MessageState.GIVEN_UP.value)
    return ~and_(MessageRow.kind.in_(ONLY_A_LINK), MessageRow.state.in_(states))


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Message, ...]:
    """Every message to the signed-in member, the newest first."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    newest = (MessageRow.created_at.desc(), MessageRow.id)
    theirs = (MessageRow.member_id == member_id, MessageRow.body != "")  # an empty one was dropped
    rows = db.scalars(select(MessageRow).where(*theirs).order_by(*newest))
    return tuple(as_message(row) for row in rows)


def as_message(row: MessageRow) -> Message:
    """The domain value of a row."""
    return Message(
        id=row.id,
        kind=row.kind,
        to=To(row.to_name, row.to_email, row.member_id),
        subject=row.subject,
        body=row.body,
        state=MessageState(row.state),
        version=row.version,
        tries=row.tries,
        created_at=row.created_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        trouble=Trouble(row.trouble) if row.trouble else None,
        trouble_at=row.trouble_at,
    )


def _signed(db: Session, cohort_id: str) -> str:
    """The name under a message: the facilitator's to whom the cohort belongs."""
    owner = (FacilitationRow.cohort_id == cohort_id, FacilitationRow.standing == Standing.OWNER)
    wanted = select(FacilitatorRow.name).join(FacilitationRow, FacilitationRow.facilitator_id == FacilitatorRow.id)
    return db.scalars(wanted.where(*owner)).first() or ""
