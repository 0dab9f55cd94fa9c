"""A group that is too small to be anonymous, or has become so while a pulse is open.

For services that have checked who asks.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.mode import Mode, refuse_too_small, threshold
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags
from mcm_core.store.tables import MemberRow


def people(db: Session, cohort_id: str) -> int:
    """How many members the group has now."""
    return db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()


def refuse(db: Session, cohort: Cohort) -> None:
    """Raise Refused while nobody in it could be anonymous."""
    refuse_too_small(people(db, cohort.id), threshold(Mode.ANONYMOUS, cohort.threshold))


def too_few(db: Session, cohort: Cohort) -> int | None:
    """How many they are, if that is too few to be anonymous."""
    found = people(db, cohort.id)
    return found if found < threshold(Mode.ANONYMOUS, cohort.threshold) else None


def too_few_to_ask(db: Session, by: Visitor, cohort: Cohort, pulse: Round | None) -> int | None:
    """The same, where there is no pulse for that reason, or it is open and whoever asks has not answered it."""
    if pulse is not None:
        answered = by.member_id is not None and bags.sent(db, by, pulse.id)
        if pulse.state is not RoundState.OPEN or answered:
            return None
    return too_few(db, cohort)
