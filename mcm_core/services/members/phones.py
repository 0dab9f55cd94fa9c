"""The phones of a member, as that member sees them: which are in, which wait, and removing one that was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit
from mcm_core.services.access import ARRIVED, open_to
from mcm_core.services.members.rows import tell_browsers, tell_door
from mcm_core.store.tables import SignInRow


@dataclass(frozen=True)
class Phone:
    """A browser that is signed in as the member until a moment, or waits at the door with their link."""

    id: str
    since: datetime
    seen_at: datetime
    until: datetime
    waiting: bool
    is_this: bool


@open_to(ARRIVED)
def my_phones(db: Session, visitor: Visitor, *, at: datetime) -> tuple[Phone, ...]:
    """The signed-in member's phones, this one first, then the latest used."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = db.scalars(
        select(SignInRow)
        .where(SignInRow.member_id == member_id, SignInRow.expires_at > at)
        .order_by(SignInRow.seen_at.desc(), SignInRow.id)
    )
    found = [_phone(row, visitor) for row in rows]
    return tuple(sorted(found, key=lambda phone: not phone.is_this))


@open_to(ARRIVED)
def remove_phone(db: Session, visitor: Visitor, phone_id: str) -> None:
    """Sign out another phone of the signed-in member, or turn away one that waits with their link. Works at once."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.scalar(select(SignInRow).where(SignInRow.id == phone_id, SignInRow.member_id == member_id))
    if row is None:
        raise NotAllowed("That phone is signed out already.")
    if row.token_hash == visitor.sign_in:
        raise Refused("That is the phone in your hand. To sign it out, choose “Leave this phone”.")
    db.delete(row)
    audit.note(db, visitor, Deed.PHONE_REMOVED, member_id)
    tell_browsers(db, [row.token_hash])
    tell_door(db, visitor.cohort_id or "")


def _phone(row: SignInRow, visitor: Visitor) -> Phone:
    is_this = row.token_hash == visitor.sign_in
    return Phone(row.id, row.created_at, row.seen_at, row.expires_at, row.waiting, is_this)
