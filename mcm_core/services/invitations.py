"""Open invitations to facilitate. One stands and falls with who made it, and with the team for which it was made.

It ends at once when its maker signs out everywhere else, takes another password or app, is switched off or comes back
by the console's link; and when somebody leaves the team or the cohort changes hands, since nobody knows who holds the
link. Whoever uses one is let in only if its maker may invite at that moment, whatever was forgotten before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import audit
from mcm_core.services.access import OWNER, open_to
from mcm_core.store.engine import announce
from mcm_core.store.tables import FacilitationRow, FacilitatorRow, InvitationRow


@dataclass(frozen=True)
class Invitation:
    """A link that is still good. The link itself is not stored, and cannot be shown again."""

    id: str
    by: str
    made_at: datetime
    until: datetime


@open_to(OWNER)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[Invitation, ...]:
    """The cohort's open invitations, the oldest first."""
    found = db.execute(
        select(InvitationRow.id, FacilitatorRow.name, InvitationRow.made_at, InvitationRow.expires_at)
        .join(FacilitatorRow, FacilitatorRow.id == InvitationRow.made_by)
        .where(InvitationRow.cohort_id == cohort_id, *are_open(at))
        .order_by(InvitationRow.made_at, InvitationRow.id)
    )
    return tuple(Invitation(*row) for row in found)


@open_to(OWNER)
def cancel(db: Session, visitor: Visitor, invitation_id: str, *, at: datetime) -> None:
    """Make an invitation worthless. Raises Conflict when somebody has used it, or it has ended by itself."""
    wanted = select(InvitationRow).where(InvitationRow.id == invitation_id).with_for_update()
    row = db.scalar(wanted.execution_options(populate_existing=True))
    if row is None or row.used_at:
        raise Conflict("This link was used, or ended, a moment ago. Look who is listed here, and remove who is wrong.")
    audit.note(db, visitor, Deed.INVITATION_CANCELLED, cohort_id=row.cohort_id, at=at)
    end(db, InvitationRow.id == invitation_id)


def are_open(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of a row that lets somebody in now: unused, not too old, and its maker may invite there today.

    The first invitation of all leads into no cohort, and nobody made it.
    """
    may_invite = (
        select(FacilitationRow.facilitator_id)
        .join(FacilitatorRow, FacilitatorRow.id == FacilitationRow.facilitator_id)
        .where(
            FacilitationRow.facilitator_id == InvitationRow.made_by,
            FacilitationRow.cohort_id == InvitationRow.cohort_id,
            FacilitationRow.standing == Standing.OWNER,
            FacilitatorRow.active,
            or_(FacilitatorRow.taken_back_at.is_(None), FacilitatorRow.taken_back_at < InvitationRow.made_at),
        )
        .correlate(InvitationRow)
        .exists()
    )
    return (
        InvitationRow.facilitator_id.is_(None),
        InvitationRow.used_at.is_(None),
        InvitationRow.expires_at > at,
        or_(InvitationRow.cohort_id.is_(None), may_invite),
    )


def end(db: Session, which: ColumnElement[bool]) -> None:
    """End these invitations into cohorts, and tell the screens. For services that have checked who asks."""
    gone = delete(InvitationRow).where(which, InvitationRow.cohort_id.is_not(None), InvitationRow.used_at.is_(None))
    gone = gone.execution_options(synchronize_session=False)
    for cohort_id in set(db.scalars(gone.returning(InvitationRow.cohort_id))):
        announce(db, f"door:{cohort_id}")
