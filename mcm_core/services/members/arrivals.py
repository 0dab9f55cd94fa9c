"""Phones that came in as a member: told to that member on every other phone of theirs, until they answer there.

An arrival outlives its phone, so that whoever came in, read and left is told of all the same; and a member answers on
each phone for itself, so that no two phones of a stranger vouch for one another (security-and-reliability.md (a) 1 and
§D2 2: the member “sees it too”).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit
from mcm_core.services.access import ARRIVED, FACILITATORS, open_to
from mcm_core.services.members.rows import tell_browsers, tell_door
from mcm_core.store.engine import announce
from mcm_core.store.tables import ArrivalRow, FacilitatorRow, MemberRow, SignInRow

HEARD_FOR = timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Arrival:
    """A phone that came in as the member: let in, by somebody who may have gone, or first to open their link."""

    phone_id: str
    at: datetime
    let_in: bool
    by: str | None
    is_in: bool
    disowned_at: datetime | None


@dataclass(frozen=True)
class Disowned:
    """That a member said of a phone that it was not theirs; `by` had let it in, or nobody."""

    name: str
    at: datetime
    by: str | None


def came_in(db: Session, phone: SignInRow, *, at: datetime) -> None:
    """Note that this browser is in as its member from now on, and show it on their others. For verbs that let it in."""
    row = ArrivalRow(
        phone_id=phone.id,
        cohort_id=phone.cohort_id,
        member_id=phone.member_id,
        at=at,
        let_in=phone.let_in_by is not None,
        let_in_by=phone.let_in_by,
    )
    db.add(row)
    db.flush()
    announce(db, f"mine:{phone.member_id}")


def strike_out(db: Session, cohort_id: str) -> None:
    """Forget which phones came in to a cohort. For the demo, whose story opened the links that it then hands out."""
    db.execute(delete(ArrivalRow).where(ArrivalRow.cohort_id == cohort_id))


@open_to(ARRIVED)
def new_arrivals(db: Session, visitor: Visitor) -> tuple[Arrival, ...]:
    """The other phones that came in as the signed-in member and were not answered for on this one, oldest first."""
    this = db.get_one(SignInRow, visitor.sign_in)
    since = this.told_until or NEVER
    others = [one for one in all_arrivals(db, visitor) if one.phone_id != this.id]
    return tuple(one for one in others if one.at > since and one.disowned_at is None)


@open_to(ARRIVED)
def all_arrivals(db: Session, visitor: Visitor) -> tuple[Arrival, ...]:
    """Every phone that ever came in as the signed-in member, oldest first."""
    row, member_id = ArrivalRow, access.member(db, visitor, visitor.cohort_id or "")
    found = db.execute(
        select(row.phone_id, row.at, row.let_in, FacilitatorRow.name, SignInRow.id.is_not(None), row.disowned_at)
        .outerjoin(FacilitatorRow, FacilitatorRow.id == row.let_in_by)
        .outerjoin(SignInRow, SignInRow.id == row.phone_id)
        .where(row.member_id == member_id)
        .order_by(row.at, row.phone_id)
    )
    return tuple(Arrival(*one) for one in found)


@open_to(ARRIVED)
def it_was_me(db: Session, visitor: Visitor, phone_id: str) -> None:
    """Tell no more, on this phone, of that one and of those that came in before it."""
    arrival = _arrival(db, visitor, phone_id)
    this = db.get_one(SignInRow, visitor.sign_in, populate_existing=True)
    this.told_until = max(this.told_until or NEVER, arrival.at)


@open_to(ARRIVED)
def it_was_not_me(db: Session, visitor: Visitor, phone_id: str, *, at: datetime) -> None:
    """Sign that phone out at once, and tell the facilitators."""
    arrival = _arrival(db, visitor, phone_id)
    phone = db.scalar(select(SignInRow).where(SignInRow.id == phone_id))
    if phone and phone.token_hash == visitor.sign_in:
        raise Refused("That is the phone in your hand. To sign it out, choose “Leave this phone”.")
    arrival.disowned_at = at
    if phone:
        db.delete(phone)
        tell_browsers(db, [phone.token_hash])
    audit.note(db, visitor, Deed.PHONE_DISOWNED, arrival.member_id, at=at)
    announce(db, f"mine:{arrival.member_id}")
    tell_door(db, arrival.cohort_id)


@open_to(FACILITATORS)
def disowned(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[Disowned, ...]:
    """Whose phones were not theirs, as said within a day, the latest first."""
    found = db.execute(
        select(MemberRow.name, ArrivalRow.at, FacilitatorRow.name)
        .join(MemberRow, MemberRow.id == ArrivalRow.member_id)
        .outerjoin(FacilitatorRow, FacilitatorRow.id == ArrivalRow.let_in_by)
        .where(ArrivalRow.cohort_id == cohort_id, ArrivalRow.disowned_at > at - HEARD_FOR)
        .order_by(ArrivalRow.disowned_at.desc(), ArrivalRow.phone_id)
    )
    return tuple(Disowned(*row) for row in found)


def _arrival(db: Session, visitor: Visitor, phone_id: str) -> ArrivalRow:
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.get(ArrivalRow, phone_id)
    if row is None or row.member_id != member_id:
        raise NotAllowed
    return row
