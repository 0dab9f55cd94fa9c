"""Who of the members is here, and whose phone is connected. For the facilitators, and never what anybody answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.readings import PRESENT
from mcm_core.store.tables import MemberRow, RoundRow, SignInRow


@dataclass(frozen=True)
class Present:
    """How many members are here, how many of them are connected, and who is not (by name, where it may be said)."""

    here: int
    connected: int
    away: tuple[str, ...]


@open_to(FACILITATORS)
def present(
    db: Session, visitor: Visitor, cohort_id: str, *, at: datetime, is_connected: Callable[[str], bool]
) -> Present:
    """Who was here in the last hours, as the count of a vote has it. `is_connected` says it of one sign-in.

    While an anonymous round is open nobody is named: whose page came or went when is nobody's business then.
    """
    signed_in = db.execute(
        select(MemberRow.id, MemberRow.name, SignInRow.token_hash)
        .join(SignInRow, SignInRow.member_id == MemberRow.id)
        .where(MemberRow.cohort_id == cohort_id, SignInRow.waiting.is_(False), SignInRow.seen_at > at - PRESENT)
        .order_by(MemberRow.name_key)
    ).all()
    names = {row.id: row.name for row in signed_in}
    connected = {row.id for row in signed_in if is_connected(row.token_hash)}
    away = tuple(name for id_, name in names.items() if id_ not in connected)
    return Present(len(names), len(connected), () if _is_anonymous(db, cohort_id) else away)


def _is_anonymous(db: Session, cohort_id: str) -> bool:
    found = select(RoundRow.id).where(
        RoundRow.cohort_id == cohort_id, RoundRow.state == RoundState.OPEN, RoundRow.mode == Mode.ANONYMOUS
    )
    return db.scalar(found.limit(1)) is not None
