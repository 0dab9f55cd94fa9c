"""A lost link of an applicant's: a new one goes to the address that stands in the application, and to nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.message import To, clean_email
from mcm_core.domain.opening import Opening, Stage, spoken
from mcm_core.services import audit, messages, smtp
from mcm_core.services.access import ANYBODY, open_to
from mcm_core.services.interests import count_stranger
from mcm_core.services.opening_rows import NOWHERE, as_opening, link_of, messages_about, of_slug
from mcm_core.services.throttle import HOUR
from mcm_core.store.secret import digest
from mcm_core.store.tables import ApplicationRow, MessageRow

KIND = "application_link_again"
MOST = 3  # of one address, the newest: somebody may have begun twice
NO_SERVER = "This server cannot send e-mails, so it cannot send your link. Write to the people named on this page."


@open_to(ANYBODY)
def ask(db: Session, slug: str, *, email: str, network: str, at: datetime) -> None:
    """Queue a message with a new link for whoever applied with this address, once an hour at most.

    Nothing tells whether there is such an application: nobody learns who applied. The old link holds until the new one
    is used, so that a stranger who asks ends nothing. Who has a place already has a member's link.

    Raises NotAllowed, Throttled, and Refused for what is no address, or on a server that sends nothing.
    """
    opening = as_opening(db, of_slug(db, slug))
    if opening.stage(at) is Stage.DRAFT:
        raise NotAllowed(NOWHERE)
    if not smtp.is_configured():
        raise Refused(NO_SERVER)
    address = clean_email(email)
    if address is None:
        raise Refused("Fill in the e-mail address with which you applied.")
    count_stranger(db, network, at)
    theirs = (
        ApplicationRow.cohort_id == opening.cohort_id,
        func.lower(ApplicationRow.email) == address.lower(),
        ApplicationRow.member_id.is_(None),
    )
    newest = select(ApplicationRow).where(*theirs).order_by(ApplicationRow.saved_at.desc(), ApplicationRow.id)
    for row in db.scalars(newest.limit(MOST).with_for_update()).all():
        _write_to(db, row, opening, at)


def _write_to(db: Session, row: ApplicationRow, opening: Opening, at: datetime) -> None:
    before = db.scalar(select(MessageRow).where(messages_about(row.cohort_id, [row.id]), MessageRow.kind == KIND))
    if before and before.created_at > at - HOUR:
        return
    if before:
        db.delete(before)
    row.link_next = digest(link_of(row.id, row.link_version + 1))
    db.flush()
    words = {"deadline": spoken(opening.plan.closes, opening.time_zone)}
    messages.draft(db, row.cohort_id, KIND, To(row.name, row.email), words, at=at, once=row.id, by_itself=True)
    audit.note(db, Actor.NOBODY, Deed.APPLICATION_LINK_ASKED, row.id, cohort_id=row.cohort_id, at=at)
