"""One tap beside a level of one's own that went down: seeing more, or harder now (domain.md §5 row 49).

It is its owner's alone: nothing is counted of it, and nobody else reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.journey import Lowered
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.store.tables import (
    CohortSessionRow,
    FocusRow,
    LateReadingRow,
    LoweredRow,
    MemberRow,
    ReadingRow,
    RoundRow,
)


@open_to(MEMBERS)
def say(db: Session, visitor: Visitor, round_id: str, theme: str, why: str | None) -> None:
    """Keep what the visitor sees in their own answer to a theme, in place of an earlier word; None takes it away.

    Raises Refused for an answer that they did not give, and for a word that is not offered.
    """
    row = db.get_one(RoundRow, round_id)
    member_id = access.member(db, visitor, row.cohort_id)
    if why is not None and why not in list(Lowered):
        raise Refused("That is not one of the two words. Nothing was saved.")
    own = (round_id, member_id, theme)
    if db.get(ReadingRow, own) is None and db.get(LateReadingRow, own) is None:
        raise Refused("You gave no answer there. Nothing was saved.")
    db.get_one(MemberRow, member_id, with_for_update=True)  # two phones of one member take turns
    mine = (LoweredRow.member_id == member_id, LoweredRow.round_id == round_id, LoweredRow.theme == theme)
    db.execute(delete(LoweredRow).where(*mine))
    if why is not None:
        db.add(LoweredRow(member_id=member_id, round_id=round_id, theme=theme, cohort_id=row.cohort_id, why=why))
    db.flush()


def with_words(db: Session, member_id: str) -> Iterator[Any]:
    """A member's own answers, those of the room and those given afterwards: the row, its round and session, the name of
    the relationship, and the word about it. For services that read a member's own answers."""
    kinds: tuple[Any, ...] = (ReadingRow, LateReadingRow)
    for kind in kinds:
        of_answer = (LoweredRow.round_id == kind.round_id, LoweredRow.theme == kind.theme)
        yield from db.execute(
            select(kind, RoundRow, CohortSessionRow, FocusRow.label, LoweredRow.why)
            .join(RoundRow, RoundRow.id == kind.round_id)
            .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
            .outerjoin(FocusRow, FocusRow.id == kind.focus_id)
            .outerjoin(LoweredRow, and_(LoweredRow.member_id == kind.member_id, *of_answer))
            .where(kind.member_id == member_id)
        )
