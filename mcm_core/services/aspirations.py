"""What a member hopes for and the question they bring: theirs alone beyond what their application said of it, and asked
again after the last session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import HOPE, QUESTION
from mcm_core.domain.errors import Refused
from mcm_core.domain.evaluation import WORDS_MAX
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ARRIVED, MEMBERS, open_to
from mcm_core.services.opening_rows import as_application
from mcm_core.store.tables import ApplicationRow, AspirationRow, MemberRow


@dataclass(frozen=True)
class Aspiration:
    """In the member's own words; "" for what they have not said. `applied`: they wrote about it in their application,
    which facilitators have read; what is changed here they have not."""

    hope: str = ""
    brings: str = ""
    changed_at: datetime | None = None
    applied: bool = False


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Aspiration:
    """What the visitor said; empty until they have."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row, applied = db.get(AspirationRow, member_id), _applied(db, member_id)
    return Aspiration(row.hope, row.brings, row.changed_at, applied) if row else Aspiration(applied=applied)


@open_to(MEMBERS)
def bring(db: Session, visitor: Visitor, *, hope: str, brings: str, at: datetime) -> Aspiration:
    """Keep both as they stand in the boxes, "" to take one away. Raises Refused where there is no room."""
    keep(db, access.member(db, visitor, visitor.cohort_id or ""), hope=hope, brings=brings, at=at)
    return mine(db, visitor)


def _applied(db: Session, member_id: str) -> bool:
    """Whether the member's application said something of either."""
    row = db.scalar(select(ApplicationRow).where(ApplicationRow.member_id == member_id))
    applied = as_application(row, with_aside=False) if row else None
    return bool(applied and (applied.said(HOPE) or applied.said(QUESTION)))


# What follows is for other services, which have asked who acts.


def keep(db: Session, member_id: str, *, hope: str, brings: str, at: datetime) -> None:
    """Keep what somebody said, for example in their application when they become a member."""
    said = {"hope": hope.strip(), "brings": brings.strip()}
    for words in said.values():
        if len(words) > WORDS_MAX:
            raise Refused(f"That is {len(words)} characters; there is room for {WORDS_MAX}. Shorten it a little.")
    member = db.get_one(MemberRow, member_id, with_for_update=True)  # two phones of one member take turns
    row = db.get(AspirationRow, member_id)
    if not any(said.values()):
        if row:
            db.delete(row)
    elif row:
        row.hope, row.brings, row.changed_at = said["hope"], said["brings"], at
    else:
        db.add(AspirationRow(member_id=member_id, cohort_id=member.cohort_id, changed_at=at, **said))
    db.flush()
