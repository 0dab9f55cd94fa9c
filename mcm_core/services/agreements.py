"""The group's agreement: changed by facilitators with the group, agreed to by each member for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.group_agreement import GroupAgreement, cleaned, refuse_unseen
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit
from mcm_core.services.access import COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.store import forms
from mcm_core.store.engine import announce
from mcm_core.store.tables import AgreedRow, AgreementRow, CohortRow, MemberRow


@open_to(COHORT)
def of(db: Session, visitor: Visitor, cohort_id: str) -> GroupAgreement:
    """The version that stands, with a count of who agreed to it and never who; or the lines to begin with."""
    people = select(func.count()).select_from(MemberRow).where(MemberRow.cohort_id == cohort_id)
    row = _latest(db, cohort_id)
    if row is None:
        return GroupAgreement(0, forms.agreement(), of=db.scalars(people).one())
    agreed = select(func.count()).where(AgreedRow.cohort_id == cohort_id, AgreedRow.number == row.number)
    own = db.get(AgreedRow, visitor.member_id) if visitor.member_id else None
    mine = own.number if own else None
    return GroupAgreement(
        row.number, tuple(row.lines), row.made_at, db.scalars(agreed).one(), db.scalars(people).one(), mine
    )


@open_to(FACILITATORS)
def write_down(
    db: Session, visitor: Visitor, cohort_id: str, *, lines: str, version: int, at: datetime
) -> GroupAgreement:
    """Keep these lines as the next version; everybody is asked anew. `version` is the one that was drawn.

    Raises Refused, and Conflict where somebody else changed it meanwhile.
    """
    kept = cleaned(lines)
    db.get_one(CohortRow, cohort_id, with_for_update=True)  # two who write at once take turns
    now = _latest(db, cohort_id)
    refuse_unseen(now.number if now else 0, version)
    if now is None or tuple(now.lines) != kept:
        db.add(AgreementRow(cohort_id=cohort_id, number=version + 1, lines=list(kept), made_at=at))
        db.flush()
        audit.note(db, visitor, Deed.AGREEMENT_CHANGED, cohort_id, cohort_id=cohort_id, at=at)
        turn(db, cohort_id)
    return of(db, visitor, cohort_id)


@open_to(MEMBERS)
def agree(db: Session, visitor: Visitor, version: int, *, at: datetime) -> None:
    """Agree to the version that was drawn. Raises Conflict where it is another one by now."""
    cohort_id = visitor.cohort_id or ""
    member_id = access.member(db, visitor, cohort_id)
    db.get_one(CohortRow, cohort_id, with_for_update=True)
    now = _latest(db, cohort_id)
    refuse_unseen(now.number if now else 0, version)
    if now is None:
        return
    row = db.get(AgreedRow, member_id) or AgreedRow(member_id=member_id, cohort_id=cohort_id)
    if row.number != version:
        row.number, row.agreed_at = version, at
        db.add(row)
        db.flush()
        announce(db, f"count:{cohort_id}")  # to the facilitators' screens alone: no phone redraws for a tap of another


# What follows is for other services, which have asked who acts.


def copy(db: Session, of: str, to: str) -> None:
    """Let another cohort begin with this one's lines, as a first version that nobody has agreed to."""
    if row := _latest(db, of):
        db.add(AgreementRow(cohort_id=to, number=1, lines=list(row.lines), made_at=row.made_at))


def _latest(db: Session, cohort_id: str) -> AgreementRow | None:
    newest = select(AgreementRow).where(AgreementRow.cohort_id == cohort_id).order_by(AgreementRow.number.desc())
    return db.scalar(newest.limit(1))
