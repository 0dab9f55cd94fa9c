"""The facilitators of a cohort: one owns it, one at most has the lead in a session, all others do what these do.

Owner and co-facilitators run everything alike. The owner alone says who is one of them and hands the cohort over. The
lead is a courtesy, not a right: it says whose turn it is to press, and anybody may take it. Whenever somebody goes, or
the cohort changes hands, open invitations end: nobody comes back by a link that was made while they were here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import access, audit, guests, invitations
from mcm_core.services.access import FACILITATORS, OWNER, open_to
from mcm_core.services.members.links import renew_unused
from mcm_core.services.members.rows import lock, tell_browsers, tell_door
from mcm_core.store.tables import FacilitationRow, FacilitatorRow, InvitationRow, SignInRow


@dataclass(frozen=True)
class Facilitator:
    """One of a cohort's facilitators."""

    id: str
    name: str
    owns: bool
    leads: bool


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Facilitator, ...]:
    """The owner first, then the others by name."""
    owns = (FacilitationRow.standing == Standing.OWNER).label("owns")
    found = db.execute(
        select(FacilitatorRow.id, FacilitatorRow.name, owns, FacilitationRow.leads)
        .join(FacilitationRow, FacilitationRow.facilitator_id == FacilitatorRow.id)
        .where(FacilitationRow.cohort_id == cohort_id)
        .order_by(owns.desc(), FacilitatorRow.name, FacilitatorRow.id)
    )
    return tuple(Facilitator(id_, name, bool(owns), leads) for id_, name, owns, leads in found)


@open_to(FACILITATORS)
def pass_lead(db: Session, visitor: Visitor, cohort_id: str, facilitator_id: str, *, before: str | None) -> None:
    """Give the lead to one of the facilitators, or take it. Raises Conflict when `before` does not have it any more.

    `before` is who had it on the visitor's screen. One tap in the middle of a session: no password is asked for.
    """
    next_ = _part(db, cohort_id, facilitator_id)
    leads = (FacilitationRow.cohort_id == cohort_id, FacilitationRow.leads)
    last = db.scalar(select(FacilitationRow).where(*leads).execution_options(populate_existing=True))
    if last is next_:
        return
    if before != (last.facilitator_id if last else None):
        name = db.get_one(FacilitatorRow, last.facilitator_id).name if last else "Nobody"
        raise Conflict(f"{name} has the lead now. Look at the screen again before you decide what is next.")
    if last:
        last.leads = False
        db.flush()  # one at most may lead, at every moment
    next_.leads = True
    tell_door(db, cohort_id)


@open_to(OWNER)
def hand_over(db: Session, visitor: Visitor, cohort_id: str, facilitator_id: str, *, at: datetime) -> None:
    """Make a co-facilitator the owner; the owner becomes a co-facilitator. Raises Reconfirm."""
    access.recently(db, visitor, at=at)
    next_ = _part(db, cohort_id, facilitator_id)
    last = _part(db, cohort_id, access.facilitating(db, visitor, cohort_id))
    if last.standing != Standing.OWNER:
        raise Conflict("You have handed this cohort over already, on another screen.")
    last.standing = Standing.CO_FACILITATOR
    db.flush()  # one at most may own it, at every moment
    next_.standing = Standing.OWNER
    invitations.end(db, InvitationRow.cohort_id == cohort_id)
    audit.note(db, visitor, Deed.HANDED_OVER, facilitator_id, cohort_id=cohort_id, at=at)
    tell_door(db, cohort_id)


@open_to(OWNER)
def remove(
    db: Session, visitor: Visitor, cohort_id: str, facilitator_id: str, *, renew_links: bool = False, at: datetime
) -> None:
    """End a co-facilitator's part in this cohort, at once and on every screen. Their notes stay. Raises Reconfirm.

    They may have noted links that let the first browser in. `renew_links` makes these worthless, too: members who have
    not joined get new ones, and guests who have not come lose theirs.
    """
    access.recently(db, visitor, at=at)
    _end(db, _part(db, cohort_id, facilitator_id))
    audit.note(db, visitor, Deed.ROLE_TAKEN, facilitator_id, cohort_id=cohort_id, at=at)
    if renew_links:
        renew_unused(db, visitor, cohort_id, at=at)
        guests.revoke_unused(db, visitor, cohort_id, at=at)


@open_to(FACILITATORS)
def leave(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """End one's own part in this cohort. Raises Refused for its owner, as somebody must own it, and Reconfirm."""
    access.recently(db, visitor, at=at)
    by = access.facilitating(db, visitor, cohort_id)
    _end(db, _part(db, cohort_id, by))
    audit.note(db, visitor, Deed.ROLE_LEFT, by, cohort_id=cohort_id, at=at)


def _part(db: Session, cohort_id: str, facilitator_id: str) -> FacilitationRow:
    """A facilitator's part in the cohort, as it stands now that nobody else can change one of its parts."""
    lock(db, cohort_id)
    row = db.get(FacilitationRow, (facilitator_id, cohort_id), populate_existing=True)
    if row is None:
        raise NotAllowed
    return row


def _end(db: Session, part: FacilitationRow) -> None:
    """Take a part away; the lead, if it goes with it, falls to the owner. Raises Refused when it is the owner's."""
    if part.standing == Standing.OWNER:
        raise Refused("Somebody must own a cohort. Hand it over to a co-facilitator first; then you can leave it.")
    db.delete(part)
    db.flush()
    invitations.end(db, InvitationRow.cohort_id == part.cohort_id)
    if part.leads:
        owner = (FacilitationRow.cohort_id == part.cohort_id, FacilitationRow.standing == Standing.OWNER)
        db.execute(update(FacilitationRow).where(*owner).values(leads=True))
    tell_browsers(db, db.scalars(select(SignInRow.token_hash).where(SignInRow.facilitator_id == part.facilitator_id)))
    tell_door(db, part.cohort_id)
