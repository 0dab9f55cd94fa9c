"""Rows of rounds as domain values and as words, for services that have declared who asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import ON_STAGE, Lane, LaunchCard, Round, RoundState
from mcm_core.services import instruments
from mcm_core.store.tables import CohortSessionRow, FacilitatorRow, RoundRow

_IN_THE_ROOM = (RoundRow.lane == Lane.ROOM) & RoundRow.aside_at.is_(None)
_UNDER_WAY = _IN_THE_ROOM & RoundRow.state.in_([RoundState.OPEN, RoundState.CLOSED])
_DONE = {RoundState.OPEN: "opened", RoundState.CLOSED: "closed", RoundState.REVEALED: "revealed"}


def as_round(db: Session, row: RoundRow) -> Round:
    """The domain value of a row."""
    return Round(
        id=row.id,
        cohort_id=row.cohort_id,
        session_id=row.session_id,
        session_number=db.get_one(CohortSessionRow, row.session_id).number,
        card=LaunchCard(
            instrument=instruments.stored(db, row.instrument_id),
            themes=tuple(row.themes),
            lens=row.lens,
            perspective=row.perspective,
            purpose=row.purpose,
            minutes=row.minutes,
            mode=Mode(row.mode),
        ),
        attempt=row.attempt,
        state=RoundState(row.state),
        version=row.version,
        threshold=row.threshold,
        opened_at=row.opened_at,
        revealed_at=row.revealed_at,
    )


def staged(db: Session, cohort_id: str, *, at: datetime) -> Round | None:
    """The round that the room is looking at: the one under way, or the latest of the last six hours."""
    row = db.scalar(
        select(RoundRow)
        .where(RoundRow.cohort_id == cohort_id, _IN_THE_ROOM, or_(RoundRow.opened_at > at - ON_STAGE, _UNDER_WAY))
        .order_by(_UNDER_WAY.desc(), RoundRow.opened_at.desc(), RoundRow.attempt.desc())
        .limit(1)
    )
    return as_round(db, row) if row else None


def quicker(db: Session, by: str, round_id: str) -> Conflict:
    """What to tell the second of two facilitators, whose id is `by`: who was quicker, and what they did."""
    row = db.get(RoundRow, round_id, populate_existing=True)
    if row is None or row.state == RoundState.DRAFT:
        return Conflict("Another facilitator has thrown this round away. Look at the screen again.")
    return Conflict(
        f"{_who(db, by, row)} already {_DONE[RoundState(row.state)]} “{as_round(db, row).title}”. "
        "Look at the screen again before you decide what is next."
    )


def other_under_way(db: Session, by: str, cohort_id: str) -> Conflict:
    """What to tell somebody who opens a round beside another one."""
    row = db.scalar(select(RoundRow).where(RoundRow.cohort_id == cohort_id, _UNDER_WAY))
    if row is None:
        return Conflict("Another round was under way a moment ago. Look at the screen again, then open this one.")
    what = f"{_DONE[RoundState(row.state)]} “{as_round(db, row).title}”"
    return Conflict(f"{_who(db, by, row)} {what}, which is still under way. Reveal it first, then open this one.")


def _who(db: Session, by: str, row: RoundRow) -> str:
    """Who moved a round last, as its facilitators call them."""
    if row.moved_by == by:
        return "You have"
    name = db.scalar(select(FacilitatorRow.name).where(FacilitatorRow.id == row.moved_by))
    return f"{name or 'Another facilitator'} has"
