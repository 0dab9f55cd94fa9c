"""Tickets: what a right password or code earns, and a browser exchanges once, within a minute, for its cookie."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import Refused
from mcm_core.services import audit, visitors
from mcm_core.services.access import ANYBODY, open_to
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow, TicketRow

LASTS = timedelta(seconds=60)


def issue(db: Session, facilitator_id: str, *, halfway: bool = False, at: datetime) -> str:
    """A ticket for this facilitator. `halfway`: the second step is still to come. For services that have checked."""
    db.execute(delete(TicketRow).where(TicketRow.expires_at < at))
    made = secret.token()
    row = TicketRow(
        token_hash=secret.digest(made), facilitator_id=facilitator_id, waiting=halfway, expires_at=at + LASTS
    )
    db.add(row)
    db.flush()
    return made


@open_to(ANYBODY)
def redeem(db: Session, ticket: str, *, at: datetime) -> str:
    """Sign the ticket's facilitator in and return the token. Raises Refused the second time."""
    spent = delete(TicketRow).where(TicketRow.token_hash == secret.digest(ticket), TicketRow.expires_at > at)
    found = db.execute(spent.returning(TicketRow.facilitator_id, TicketRow.waiting)).one_or_none()
    if found is None or not _is_active(db, found.facilitator_id):
        raise Refused("Signing in took too long. Please sign in again.")
    if not found.waiting:
        audit.note(db, Actor.NOBODY, Deed.SIGNED_IN, found.facilitator_id, at=at)
    return visitors.admit(db, facilitator_id=found.facilitator_id, waiting=found.waiting, at=at)


def _is_active(db: Session, facilitator_id: str) -> bool:
    # Locked, so that a facilitator who is being switched off at this moment is seen.
    wanted = select(FacilitatorRow.active).where(FacilitatorRow.id == facilitator_id)
    return bool(db.scalar(wanted.with_for_update(read=True)))
