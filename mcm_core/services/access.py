"""Who may do what. Every verb asks here, inside its own transaction, because pages and widgets prove nothing.

A foreign cohort and one that does not exist look the same: NotAllowed.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.store.tables import FacilitationRow, SignInRow


def facilitator(db: Session, visitor: Visitor) -> str:
    """The id of the signed-in facilitator. Raises NotAllowed for anybody else."""
    found = db.scalar(select(SignInRow.facilitator_id).where(SignInRow.token_hash == visitor.sign_in))
    if found is None:
        raise NotAllowed("This is for facilitators. Sign in as one and try again.")
    return found


def facilitating(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The id of the signed-in facilitator of this cohort. Raises NotAllowed for anybody else."""
    found = db.scalar(
        select(SignInRow.facilitator_id)
        .join(FacilitationRow, FacilitationRow.facilitator_id == SignInRow.facilitator_id)
        .where(SignInRow.token_hash == visitor.sign_in, FacilitationRow.cohort_id == cohort_id)
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
