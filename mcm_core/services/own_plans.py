"""The one answer of a member's own plan that they may share with their facilitators: what helps them take part.

It may tell of somebody's health, so it has a yes of its own, is sealed by the server's secret, and is deleted with the
no (domain.md §2.6; UK GDPR art. 9). The rest of a plan never reaches this server (web/own_plan.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, consents
from mcm_core.services.access import ARRIVED, FACILITATORS, MEMBERS, open_to
from mcm_core.services.members.rows import tell_door
from mcm_core.store.secret import SealedElsewhere, opened, sealed
from mcm_core.store.tables import MemberRow, SharedPlanRow

WORDS_MAX = 600
ELSEWHERE = "This cannot be read on this server any more. Ask whether they would like to write it again."


@dataclass(frozen=True)
class Shared:
    """What a member shared, and when."""

    name: str
    words: str
    shared_at: datetime


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Shared | None:
    """What the signed-in member shares just now."""
    row = db.get(SharedPlanRow, access.member(db, visitor, visitor.cohort_id or ""), populate_existing=True)
    return _shared(visitor.name, row) if row else None


@open_to(MEMBERS)
def share(db: Session, visitor: Visitor, body: str, *, at: datetime) -> None:
    """Let the facilitators read these words, which is a dated yes. Raises Refused when there are none or too many."""
    words = body.strip()
    if not words:
        raise Refused("There is nothing to share yet. Write it first.")
    if len(words) > WORDS_MAX:
        raise Refused(f"That is more than {WORDS_MAX} characters. Shorten it, or tell your facilitator in person.")
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    db.get_one(MemberRow, member_id, with_for_update=True)  # two phones take turns
    consents.say(db, visitor, Purpose.PLAN_SHARED, yes=True, at=at)
    row = db.get(SharedPlanRow, member_id, populate_existing=True)
    row = row or SharedPlanRow(member_id=member_id, cohort_id=visitor.cohort_id)
    row.sealed_words, row.shared_at = sealed(words), at
    db.add(row)
    tell_door(db, row.cohort_id)


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Shared, ...]:
    """What members share with their facilitators, by name."""
    rows = db.execute(
        select(MemberRow.name, SharedPlanRow)
        .join(SharedPlanRow, SharedPlanRow.member_id == MemberRow.id)
        .where(MemberRow.cohort_id == cohort_id, consents.agrees(MemberRow.id, Purpose.PLAN_SHARED))
        .order_by(MemberRow.name_key)
    )
    return tuple(_shared(name, row) for name, row in rows)


def _shared(name: str, row: SharedPlanRow) -> Shared:
    try:
        return Shared(name, opened(row.sealed_words), row.shared_at)
    except SealedElsewhere:
        return Shared(name, ELSEWHERE, row.shared_at)
