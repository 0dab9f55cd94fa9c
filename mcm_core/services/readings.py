"""What members answer. The only verbs that return a level before the reveal return the visitor's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, distinct, func, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.reading import NonAnswer, Reading, is_complete, refuse_unknown, unfolds_desired
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, instruments
from mcm_core.store.engine import announce
from mcm_core.store.tables import FocusRow, ReadingRow, RoundRow, SignInRow

PRESENT = timedelta(hours=3)


@dataclass(frozen=True)
class Turnout:
    """How many have finished their ballot, of how many who are here."""

    complete: int
    here: int


def cast(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Reading:
    """Save the visitor's answer to one theme, replacing an earlier one. Returns what was stored.

    Raises NotAllowed for another cohort's round, Refused for an unknown level, a closed round or a missing focus.
    """
    found = db.execute(
        select(RoundRow, SignInRow.member_id, FocusRow.id)
        .join(SignInRow, SignInRow.cohort_id == RoundRow.cohort_id)
        .outerjoin(FocusRow, (FocusRow.member_id == SignInRow.member_id) & FocusRow.closed_at.is_(None))
        .where(
            RoundRow.id == round_id,
            SignInRow.token_hash == visitor.sign_in,
            SignInRow.waiting.is_(False),
        )
        .with_for_update(read=True, of=RoundRow)  # a close waits for answers under way, and they for it
    ).one_or_none()
    round_, member_id, focus_id = found or (None, None, None)
    if round_ is None or member_id is None:
        raise NotAllowed
    if round_.state != RoundState.OPEN:
        raise Refused("Voting has closed, so this last answer was not saved. Earlier answers are safe.")
    instrument = instruments.stored(db, round_.instrument_id)
    if theme not in round_.themes:
        raise Refused("That theme is not part of this round. Reload the page and choose again.")
    if reading.current is None:
        raise Refused("Say first where it is now; then where you hope it will be.")
    refuse_unknown(instrument, theme, reading)
    if instrument.focus and focus_id is None:
        raise Refused("Choose first which relationship you have in mind.")
    saved = Reading(
        current=reading.current,
        desired=reading.desired if unfolds_desired(reading.current) else None,
        saved_at=at,
        focus=focus_id if instrument.focus else None,
    )
    _upsert(db, round_, member_id, theme, saved)
    if is_complete(instrument, saved):
        announce(db, f"count:{round_.cohort_id}")
    return saved


def mine(db: Session, visitor: Visitor, round_id: str) -> dict[str, Reading]:
    """The visitor's own answers in a round, by theme key."""
    rows = db.scalars(
        select(ReadingRow)
        .join(SignInRow, SignInRow.member_id == ReadingRow.member_id)
        .where(
            ReadingRow.round_id == round_id,
            SignInRow.token_hash == visitor.sign_in,
            SignInRow.waiting.is_(False),  # a browser at the door may know a member's link and not be that member
        )
    )
    return {row.theme: as_reading(row) for row in rows}


def last_time(db: Session, visitor: Visitor, round_id: str, theme: str) -> Reading | None:
    """The visitor's previous answer to the same question about the same relationship, or None.

    To be shown only after they have answered this time, so that the old value does not anchor the new one.
    """
    now = db.get(RoundRow, round_id)
    if now is None:
        raise NotAllowed
    member_id = access.member(db, visitor, now.cohort_id)
    answered = db.get(ReadingRow, (round_id, member_id, theme))
    if answered is None:
        return None
    row = db.scalar(
        select(ReadingRow)
        .join(RoundRow, RoundRow.id == ReadingRow.round_id)
        .where(
            ReadingRow.member_id == member_id,
            ReadingRow.theme == theme,
            ReadingRow.round_id != round_id,
            ReadingRow.focus_id.is_not_distinct_from(answered.focus_id),
            RoundRow.instrument_id == now.instrument_id,
            RoundRow.lens.is_not_distinct_from(now.lens),
            RoundRow.perspective.is_not_distinct_from(now.perspective),
            RoundRow.opened_at < now.opened_at,
        )
        .order_by(RoundRow.opened_at.desc())
        .limit(1)
    )
    return as_reading(row) if row else None


def turnout(db: Session, visitor: Visitor, round_id: str, *, at: datetime) -> Turnout:
    """The one thing that anybody may know of a round before its reveal: how many are in."""
    round_ = db.get(RoundRow, round_id)
    if round_ is None:
        raise NotAllowed
    access.belonging(db, visitor, round_.cohort_id)
    done = (
        or_(
            ReadingRow.desired.is_not(None),
            ReadingRow.current.in_([NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS]),
        )
        if instruments.stored(db, round_.instrument_id).asks_desired
        else true()
    )
    finished = (
        select(ReadingRow.member_id)
        .where(ReadingRow.round_id == round_id)
        .group_by(ReadingRow.member_id)
        .having(func.sum(case((done, 1), else_=0)) >= len(round_.themes))
    )
    complete = db.scalar(select(func.count()).select_from(finished.subquery())) or 0
    here = db.scalar(
        select(func.count(distinct(SignInRow.member_id))).where(
            SignInRow.cohort_id == round_.cohort_id,
            SignInRow.waiting.is_(False),
            SignInRow.seen_at > at - PRESENT,
        )
    )
    return Turnout(complete=complete, here=max(here or 0, complete))


def as_reading(row: ReadingRow) -> Reading:
    """The domain value of a row; for other services, after they have asked `access`."""
    return Reading(row.current, row.desired, row.saved_at, row.focus_id)


def _upsert(db: Session, round_: RoundRow, member_id: str, theme: str, saved: Reading) -> None:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    answer = {
        "current": saved.current,
        "desired": saved.desired,
        "saved_at": saved.saved_at,
        "focus_id": saved.focus,
    }
    statement = insert(ReadingRow).values(
        round_id=round_.id,
        member_id=member_id,
        theme=theme,
        cohort_id=round_.cohort_id,
        instrument_id=round_.instrument_id,
        **answer,
    )
    db.execute(statement.on_conflict_do_update(index_elements=["round_id", "member_id", "theme"], set_=answer))
