"""Who may do what. Every verb asks here, inside its own transaction, because pages and widgets prove nothing.

A foreign cohort and one that does not exist look the same: NotAllowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Reconfirm
from mcm_core.domain.visitor import Visitor
from mcm_core.store.tables import FacilitationRow, SignInRow

RECENT = timedelta(minutes=10)  # OWASP ASVS 5.0, 7.5.3
FOR_FACILITATORS = "This is for facilitators. Sign in as one and try again."


def facilitator(db: Session, visitor: Visitor) -> str:
    """The id of the signed-in facilitator. Raises NotAllowed for anybody else."""
    return _facilitator(db, visitor, (False,))


def halfway(db: Session, visitor: Visitor) -> str:
    """The id of a facilitator who has given the password and not the second step. Raises NotAllowed."""
    return _facilitator(db, visitor, (True,))


def halfway_or_in(db: Session, visitor: Visitor) -> str:
    """The id of a facilitator before or after the second step. Raises NotAllowed for anybody else."""
    return _facilitator(db, visitor, (True, False))


def recently(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Raise Reconfirm unless a facilitator said within ten minutes, by password or code, who they are.

    Signing in counts. Members have nothing that they could say again, and pass.
    """
    found = db.execute(
        select(SignInRow.facilitator_id, SignInRow.confirmed_at).where(SignInRow.token_hash == visitor.sign_in)
    ).one_or_none()
    if found is None:
        raise NotAllowed
    if found.facilitator_id and (found.confirmed_at is None or at - found.confirmed_at > RECENT):
        raise Reconfirm


def facilitating(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The id of the signed-in facilitator of this cohort. Raises NotAllowed for anybody else."""
    found = db.scalar(
        select(SignInRow.facilitator_id)
        .join(FacilitationRow, FacilitationRow.facilitator_id == SignInRow.facilitator_id)
        .where(
            SignInRow.token_hash == visitor.sign_in,
            SignInRow.waiting.is_(False),
            FacilitationRow.cohort_id == cohort_id,
        )
    )
    if found is None:
        raise NotAllowed
    return found


def member(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The id of the signed-in member of this cohort. Raises NotAllowed for anybody else."""
    found = db.scalar(
        select(SignInRow.member_id).where(
            SignInRow.token_hash == visitor.sign_in,
            SignInRow.cohort_id == cohort_id,
            SignInRow.waiting.is_(False),
        )
    )
    if found is None:
        raise NotAllowed
    return found


def belonging(db: Session, visitor: Visitor, cohort_id: str) -> None:
    """Raise NotAllowed unless the visitor is a member or a facilitator of this cohort."""
    if visitor.facilitates:
        facilitating(db, visitor, cohort_id)
    else:
        member(db, visitor, cohort_id)


def _facilitator(db: Session, visitor: Visitor, waiting: tuple[bool, ...]) -> str:
    found = db.scalar(
        select(SignInRow.facilitator_id).where(SignInRow.token_hash == visitor.sign_in, SignInRow.waiting.in_(waiting))
    )
    if found is None:
        raise NotAllowed(FOR_FACILITATORS)
    return found
