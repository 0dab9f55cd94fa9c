"""Telling applicants kindly what became of their application: a message is drafted, and a facilitator sends it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain import application as rules
from mcm_core.domain.application import Decision
from mcm_core.domain.message import To
from mcm_core.domain.opening import date_line
from mcm_core.services import messages
from mcm_core.services.document_rows import write_to
from mcm_core.services.messages import NOT_GONE
from mcm_core.services.opening_rows import meetings, messages_about
from mcm_core.store.tables import ApplicationRow, MemberRow, MessageRow

KINDS = {
    Decision.ACCEPTED: "accepted",
    Decision.WAITING: "waiting_list",
    Decision.NEXT: "next_group",
    Decision.DECLINED: "not_this_time",
}


def tell(db: Session, row: ApplicationRow, *, at: datetime) -> str:
    """Draft the message of an application that has been decided; returns its id. What was drafted before and has not
    gone out is taken back. Whoever has a place gets the participation document, too, with their own link.

    For services that have checked who asks.
    """
    decision = Decision(row.decision or "")
    others = [kind for one, kind in KINDS.items() if one is not decision]
    unsent = (messages_about(row.cohort_id, [row.id]), MessageRow.kind.in_(others), MessageRow.state.in_(NOT_GONE))
    db.execute(delete(MessageRow).where(*unsent))
    to = To(row.name, row.email, row.member_id)
    if row.member_id:
        write_to(db, db.get_one(MemberRow, row.member_id), at=at)
    return messages.draft(db, row.cohort_id, KINDS[decision], to, _words(db, row, decision, at), at=at, once=row.id)


def _words(db: Session, row: ApplicationRow, decision: Decision, at: datetime) -> dict[str, str]:
    """What the template asks for; a reason is given only where it is true."""
    if decision is Decision.ACCEPTED:
        return {"dates": "\n".join(date_line(one) for one in meetings(db, row.cohort_id))}
    if decision is Decision.DECLINED:
        return {}
    members = db.scalars(select(func.count()).where(MemberRow.cohort_id == row.cohort_id)).one()
    if decision is Decision.NEXT:
        return {"why": rules.why_next(members=members, has_begun=meetings(db, row.cohort_id)[0].starts_at <= at)}
    sent = ApplicationRow.cohort_id == row.cohort_id, ApplicationRow.sent_at.is_not(None)
    placed = db.scalars(select(func.count()).where(*sent, ApplicationRow.member_id.is_not(None))).one()
    applied = db.scalars(select(func.count()).where(*sent)).one()
    return {"why": rules.why_waiting(applied=applied, by_hand=members - placed)}
