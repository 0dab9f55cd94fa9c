"""The door: browsers that came with the room code, or with a link that was used before, wait here to be let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, visitors
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.members.arrivals import came_in
from mcm_core.services.members.rows import send_away, tell_browsers, tell_door
from mcm_core.store.tables import FacilitatorRow, MemberRow, SignInRow

GONE = "Another facilitator has answered the door already, or they have gone."


@dataclass(frozen=True)
class Knock:
    """A browser at the door. `member_id` is known when it came by a personal link; `name` is then that member's."""

    id: str
    name: str
    member_id: str | None
    since: datetime


@open_to(FACILITATORS)
def at_the_door(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[Knock, ...]:
    """Who waits, in the order in which they came: phones of members first, so that no crowd of strangers hides them."""
    found = db.execute(
        select(SignInRow.id, SignInRow.knock_name, MemberRow.name, SignInRow.member_id, SignInRow.created_at)
        .outerjoin(MemberRow, MemberRow.id == SignInRow.member_id)
        .where(SignInRow.cohort_id == cohort_id, SignInRow.waiting, SignInRow.expires_at > at)
        .order_by(SignInRow.member_id.is_(None), SignInRow.created_at, SignInRow.id)
    )
    return tuple(Knock(id_, said or known or "", member_id, since) for id_, said, known, member_id, since in found)


@open_to(FACILITATORS)
def let_in(db: Session, visitor: Visitor, knock_id: str, member_id: str, *, asked: bool = False, at: datetime) -> None:
    """Sign the waiting browser in as this member. Raises Conflict when another facilitator was quicker.

    With the room's code anybody can say that they are somebody who has joined already: then the facilitator must have
    `asked` that person, and this raises Reconfirm. A phone that came with the member's own link needs one tap (§D2 2).
    """
    # Locked, so that of two browsers that come as the same person one is the first.
    member = db.get(MemberRow, member_id, with_for_update=True, populate_existing=True)
    row = _at_the_door(db, visitor, knock_id)
    if row.expires_at <= at:
        raise Conflict(GONE)
    if member is None or member.cohort_id != row.cohort_id:
        raise NotAllowed
    if row.member_id not in (None, member_id):
        raise Refused("That browser came with somebody else's link. Let it in as them, or turn it away.")
    if row.member_id is None and member.joined_at:
        _refuse_unasked(db, visitor, member, asked=asked, at=at)
    row.waiting, row.member_id, row.knock_name = False, member_id, None
    row.expires_at = visitors.stay_ends(db, member.cohort_id, at=at)
    row.let_in_by = access.facilitator(db, visitor)
    member.joined_at = member.joined_at or at
    audit.note(db, visitor, Deed.LET_IN, member_id, cohort_id=member.cohort_id, at=at)
    came_in(db, row, at=at)
    tell_browsers(db, [row.token_hash])
    tell_door(db, member.cohort_id)


@open_to(FACILITATORS)
def turn_away(db: Session, visitor: Visitor, knock_id: str) -> None:
    """Send a waiting browser away; it may knock again."""
    row = _at_the_door(db, visitor, knock_id)
    db.delete(row)
    audit.note(db, visitor, Deed.TURNED_AWAY, row.member_id, cohort_id=row.cohort_id)
    tell_browsers(db, [row.token_hash])
    tell_door(db, row.cohort_id or "")


@open_to(FACILITATORS)
def forget_devices(db: Session, visitor: Visitor, member_id: str) -> None:
    """Sign all browsers of a member out. Their link stays good, but the next browser has to wait."""
    row = db.get_one(MemberRow, member_id)
    audit.note(db, visitor, Deed.PHONES_REMOVED, member_id, cohort_id=row.cohort_id)
    sign_out_devices(db, row)


def sign_out_devices(db: Session, member: MemberRow, *, only_waiting: bool = False) -> None:
    """Sign out every browser of this member, waiting or in. For services that have checked who asks."""
    wanted = (SignInRow.member_id == member.id) & (SignInRow.waiting if only_waiting else true())
    send_away(db, member.cohort_id, wanted)


def _refuse_unasked(db: Session, visitor: Visitor, member: MemberRow, *, asked: bool, at: datetime) -> None:
    if not asked:
        raise Refused(in_already(member.name))
    access.recently(db, visitor, at=at)


def in_already(name: str) -> str:
    """What a facilitator reads before somebody with the room's code comes in as this member."""
    return f"{name} has joined on another phone already. Ask them in person before you let this phone in as {name}."


def _at_the_door(db: Session, visitor: Visitor, knock_id: str) -> SignInRow:
    """The row of a browser that waits. Locked, so that two facilitators do not let one browser in as two people."""
    row = db.scalar(
        select(SignInRow).where(SignInRow.id == knock_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise Conflict(GONE)
    if not row.waiting:
        raise _let_in_already(db, visitor, row)
    return row


def _let_in_already(db: Session, visitor: Visitor, row: SignInRow) -> Conflict:
    """Who was quicker, and whom they let in."""
    member = db.get_one(MemberRow, row.member_id)
    by = db.get(FacilitatorRow, row.let_in_by) if row.let_in_by else None
    if row.let_in_by == access.facilitator(db, visitor):
        return Conflict(f"You have let this browser in already, as {member.name}.")
    return Conflict(f"{by.name if by else 'Another facilitator'} has just let this browser in, as {member.name}.")
