"""Where a facilitator is signed in, and ending that everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, visitors
from mcm_core.services.access import ANY_FACILITATOR, open_to
from mcm_core.store.tables import SignInRow


@dataclass(frozen=True)
class SignedIn:
    """One browser, as coarsely as its owner needs to know it again: no address and no make is kept."""

    since: datetime
    seen_at: datetime
    is_this: bool
    halfway: bool


@open_to(ANY_FACILITATOR)
def everywhere(db: Session, visitor: Visitor, *, at: datetime) -> tuple[SignedIn, ...]:
    """The visitor's browsers, this one first, then the one seen last. Raises NotAllowed."""
    by = access.facilitator(db, visitor)
    rows = db.scalars(
        select(SignInRow)
        .where(
            SignInRow.facilitator_id == by,
            SignInRow.expires_at > at,
            SignInRow.seen_at > at - visitors.FACILITATOR_IDLE,
        )
        .order_by(SignInRow.seen_at.desc(), SignInRow.id)
    )
    found = [SignedIn(row.created_at, row.seen_at, row.token_hash == visitor.sign_in, row.waiting) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.is_this))


@open_to(ANY_FACILITATOR)
def end_elsewhere(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Sign the visitor out of every browser but this one."""
    by = access.facilitator(db, visitor)
    audit.note(db, visitor, Deed.SIGNED_OUT_ELSEWHERE, by, at=at)
    visitors.sign_out(db, by, keep=visitor.sign_in)
