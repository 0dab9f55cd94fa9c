"""Who came to a session: from whose phones are connected, and corrected by a facilitator. Only facilitators see it.

Written with every step of the run-sheet and never in between, so that nobody's coming and going can be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.run_sheet import RunSheet
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ARRIVED, FACILITATORS, open_to
from mcm_core.services.members.rows import tell_door
from mcm_core.store.tables import AttendanceRow, CohortSessionRow, MemberRow, RunSheetRow, SignInRow

EARLY = timedelta(minutes=10)  # the link opens ten minutes before (domain.md §3)


@dataclass(frozen=True)
class Attended:
    """A member and whether they came; `here` is None while nobody knows. `by_hand`: a facilitator said so."""

    member_id: str
    name: str
    here: bool | None
    by_hand: bool


@dataclass(frozen=True)
class Came:
    """The same for the member's own eyes."""

    session_number: int
    here: bool
    by_hand: bool


@open_to(FACILITATORS)
def of_session(db: Session, visitor: Visitor, session_id: str) -> tuple[Attended, ...]:
    """Every member of the cohort, by name."""
    cohort_id = db.get_one(CohortSessionRow, session_id).cohort_id
    found = db.execute(
        select(MemberRow.id, MemberRow.name, AttendanceRow.here, AttendanceRow.by_hand)
        .outerjoin(AttendanceRow, (AttendanceRow.member_id == MemberRow.id) & (AttendanceRow.session_id == session_id))
        .where(MemberRow.cohort_id == cohort_id)
        .order_by(MemberRow.name_key)
    )
    return tuple(Attended(id_, name, here, bool(by_hand)) for id_, name, here, by_hand in found)


@open_to(FACILITATORS)
def correct(db: Session, visitor: Visitor, session_id: str, member_id: str, *, here: bool) -> None:
    """Say that a member was at this session, or was not. From then on phones do not change it."""
    meeting, member = db.get_one(CohortSessionRow, session_id), db.get(MemberRow, member_id)
    if member is None or member.cohort_id != meeting.cohort_id:
        raise NotAllowed
    # Behind a step of the run-sheet, which may be writing the same row just now.
    db.execute(select(RunSheetRow.session_id).where(RunSheetRow.session_id == session_id).with_for_update())
    row = db.get(AttendanceRow, (session_id, member_id)) or AttendanceRow(
        session_id=session_id, member_id=member_id, cohort_id=meeting.cohort_id
    )
    row.here, row.by_hand = here, True
    db.add(row)
    tell_door(db, meeting.cohort_id)


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Came, ...]:
    """What is noted about the visitor, by session."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    found = db.execute(
        select(CohortSessionRow.number, AttendanceRow.here, AttendanceRow.by_hand)
        .join(CohortSessionRow, CohortSessionRow.id == AttendanceRow.session_id)
        .where(AttendanceRow.member_id == member_id)
        .order_by(CohortSessionRow.number)
    )
    return tuple(Came(number, here, by_hand) for number, here, by_hand in found)


def note(db: Session, sheet: RunSheet, cohort_id: str, *, at: datetime, is_connected: Callable[[str], bool]) -> None:
    """Write down whoever is connected, or was seen since ten minutes before the beginning. For `run_sheets`, which has
    asked who acts."""
    since = min((block.began_at for block in sheet.blocks if block.began_at), default=at) - EARLY
    signed_in = db.execute(
        select(SignInRow.member_id, SignInRow.token_hash, SignInRow.seen_at)
        .join(MemberRow, MemberRow.id == SignInRow.member_id)
        .where(MemberRow.cohort_id == cohort_id, SignInRow.waiting.is_(False))
    )
    here = {row.member_id for row in signed_in if row.seen_at >= since or is_connected(row.token_hash)}
    known = set(db.scalars(select(AttendanceRow.member_id).where(AttendanceRow.session_id == sheet.session_id)))
    db.add_all(
        AttendanceRow(session_id=sheet.session_id, member_id=member_id, cohort_id=cohort_id, here=True)
        for member_id in here - known
    )
    db.flush()
