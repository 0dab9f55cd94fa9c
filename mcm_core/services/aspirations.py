"""What a member hopes for and the question they bring: theirs alone beyond what their application said of it, and asked
again after the last session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import HOPE, QUESTION
from mcm_core.domain.errors import Refused
from mcm_core.domain.evaluation import WORDS_MAX, Again
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, evaluations
from mcm_core.services.access import ARRIVED, MEMBERS, open_to
from mcm_core.services.opening_rows import as_application
from mcm_core.store.tables import ApplicationRow, AspirationRow, MemberRow

STANDS = (
    "What you wrote is asked about in the form after the last session, so it stays as it is, and this was not saved. "
    "What has changed since, you can say in the form."
)


@dataclass(frozen=True)
class Aspiration:
    """In the member's own words; "" for what they have not said. `applied`: they wrote about it in their application,
    which facilitators have read; what is changed here they have not. `in_application`: which of the two stand as they
    were written there."""

    hope: str = ""
    brings: str = ""
    changed_at: datetime | None = None
    applied: bool = False
    in_application: tuple[Again, ...] = ()

    def words(self, again: Again) -> str:
        """The one or the other."""
        return self.hope if again == "hope" else self.brings

    def is_of_the_start(self, again: Again, start_ends: datetime) -> bool:
        """Whether these words stood at the start. One moment is kept for both: the later change hides the earlier."""
        return again in self.in_application or (self.changed_at is not None and self.changed_at < start_ends)


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Aspiration:
    """What the visitor said; empty until they have."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row, applied = db.get(AspirationRow, member_id), _applied(db, member_id)
    if row is None:
        return Aspiration(applied=any(applied.values()))
    stands: dict[Again, str] = {"hope": row.hope, "brings": row.brings}
    same = tuple(again for again, words in stands.items() if words and words == applied[again])
    return Aspiration(row.hope, row.brings, row.changed_at, any(applied.values()), same)


@open_to(MEMBERS)
def bring(db: Session, visitor: Visitor, *, hope: str, brings: str, at: datetime) -> Aspiration:
    """Keep both as they stand in the boxes, "" to take one away. Raises Refused where there is no room, and for a
    change of words that the form after the last session asks about."""
    cohort_id = visitor.cohort_id or ""
    member_id = access.member(db, visitor, cohort_id)
    db.get_one(MemberRow, member_id, with_for_update=True)  # two phones of one member take turns
    before = mine(db, visitor)
    changed = (before.hope and before.hope != hope.strip()) or (before.brings and before.brings != brings.strip())
    if changed and at >= evaluations.opening(db, visitor, cohort_id).opens:
        raise Refused(STANDS)
    keep(db, member_id, hope=hope, brings=brings, at=at)
    return mine(db, visitor)


def _applied(db: Session, member_id: str) -> dict[Again, str]:
    """What the member's application said of either; "" for nothing."""
    row = db.scalar(select(ApplicationRow).where(ApplicationRow.member_id == member_id))
    applied = as_application(row, with_aside=False) if row else None
    return {"hope": applied.said(HOPE) if applied else "", "brings": applied.said(QUESTION) if applied else ""}


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
