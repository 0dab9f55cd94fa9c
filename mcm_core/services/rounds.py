"""Opening, closing and revealing rounds. Until the reveal nothing here returns more than a count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.round import MAX_ATTEMPTS, LaunchCard, Round, RoundState, refuse_card, refuse_move
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, instruments, releases
from mcm_core.services.cohorts import turn
from mcm_core.store.tables import CohortRow, CohortSessionRow, RoundRow, new_id

ON_STAGE = timedelta(hours=6)
MOVES = {
    RoundState.OPEN: Deed.ROUND_OPENED,
    RoundState.CLOSED: Deed.ROUND_CLOSED,
    RoundState.REVEALED: Deed.ROUND_REVEALED,
}


def draft(db: Session, visitor: Visitor, session_id: str, card: LaunchCard, *, at: datetime) -> Round:
    """Prepare a round for a session; only facilitators see it. Raises Refused when the card asks nothing."""
    meeting = db.get(CohortSessionRow, session_id)
    if meeting is None:
        raise NotAllowed
    access.facilitating(db, visitor, meeting.cohort_id)
    refuse_card(card)
    made = new_id()
    row = RoundRow(
        id=made,
        first_id=made,
        cohort_id=meeting.cohort_id,
        session_id=session_id,
        instrument_id=instruments.stored_id(db, card.instrument),
        attempt=1,
        themes=[theme.key for theme in card.asked],
        lens=card.lens,
        perspective=card.perspective,
        purpose=card.purpose,
        minutes=card.minutes,
        threshold=_threshold(db, meeting.cohort_id),
        state=RoundState.DRAFT,
        created_at=at,
    )
    db.add(row)
    db.flush()
    return as_round(db, row)


def discard(db: Session, visitor: Visitor, round_id: str) -> None:
    """Throw away a draft."""
    row = _facilitated(db, visitor, round_id)
    if row.state != RoundState.DRAFT:
        raise Conflict("This round has already been opened, so it cannot be thrown away.")
    db.delete(row)


def open_(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """Let members answer: a draft, or a closed round once more. Raises Conflict when another round is under way."""
    return _move(db, visitor, round_id, RoundState.OPEN, version, at)


def close(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """End the voting. Nothing is shown yet, and the round may be opened again."""
    return _move(db, visitor, round_id, RoundState.CLOSED, version, at)


def reveal(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """Freeze what may be shown and show it on every screen. Final."""
    round_ = _move(db, visitor, round_id, RoundState.REVEALED, version, at)
    releases.freeze(db, round_)
    return round_


def vote_again(
    db: Session, visitor: Visitor, round_id: str, *, at: datetime, themes: Sequence[str] | None = None
) -> Round:
    """Open the same launch card for another vote after a revealed one; both are kept. At most three votes.

    `themes` are the ones to vote on again, all of the card when left out. Raises Conflict or Refused.
    """
    row = _facilitated(db, visitor, round_id)
    if row.state != RoundState.REVEALED:
        raise Conflict("Reveal this round first; then you can vote again.")
    if row.attempt == MAX_ATTEMPTS:
        raise Refused(f"This has been voted on {MAX_ATTEMPTS} times. Keep talking, or start a new round.")
    asked = [theme for theme in row.themes if themes is None or theme in themes]
    if not asked:
        raise Refused("Choose at least one theme to vote on again.")
    again = RoundRow(
        first_id=row.first_id,
        cohort_id=row.cohort_id,
        session_id=row.session_id,
        instrument_id=row.instrument_id,
        attempt=row.attempt + 1,
        themes=asked,
        lens=row.lens,
        perspective=row.perspective,
        purpose=row.purpose,
        minutes=row.minutes,
        threshold=_threshold(db, row.cohort_id),
        state=RoundState.DRAFT,
        created_at=at,
    )
    db.add(again)
    try:
        db.flush()
    except IntegrityError:
        raise Conflict("Somebody has already opened the next vote. Look at the screen again.") from None
    return _move(db, visitor, again.id, RoundState.OPEN, 1, at)


def drafts(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Round, ...]:
    """The rounds that wait to be opened, oldest first."""
    access.facilitating(db, visitor, cohort_id)
    rows = db.scalars(
        select(RoundRow)
        .where(RoundRow.cohort_id == cohort_id, RoundRow.state == RoundState.DRAFT)
        .order_by(RoundRow.created_at)
    )
    return tuple(as_round(db, row) for row in rows)


def on_stage(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Round | None:
    """The round that the room is looking at: the one under way, or the latest of the last six hours."""
    access.belonging(db, visitor, cohort_id)
    row = db.scalar(
        select(RoundRow)
        .where(RoundRow.cohort_id == cohort_id, _on_stage(at))
        .order_by(RoundRow.opened_at.desc(), RoundRow.attempt.desc())
        .limit(1)
    )
    return as_round(db, row) if row else None


def votes_of(db: Session, visitor: Visitor, round_: Round) -> tuple[Round, ...]:
    """The revealed votes of the same launch card, first to last, so that a vote again stands beside the first."""
    access.belonging(db, visitor, round_.cohort_id)
    first = select(RoundRow.first_id).where(RoundRow.id == round_.id).scalar_subquery()
    rows = db.scalars(
        select(RoundRow)
        .where(
            RoundRow.first_id == first,
            RoundRow.cohort_id == round_.cohort_id,
            RoundRow.state == RoundState.REVEALED,
        )
        .order_by(RoundRow.attempt)
    )
    return tuple(as_round(db, row) for row in rows)


def get(db: Session, visitor: Visitor, round_id: str) -> Round:
    """One round of the visitor's cohort that has been opened at least once; drafts are for facilitators."""
    row = db.get(RoundRow, round_id)
    if row is None or (row.state == RoundState.DRAFT and not visitor.facilitates):
        raise NotAllowed
    access.belonging(db, visitor, row.cohort_id)
    return as_round(db, row)


def as_round(db: Session, row: RoundRow) -> Round:
    """The domain value of a row; for other services, after they have asked `access`."""
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
        ),
        attempt=row.attempt,
        state=RoundState(row.state),
        version=row.version,
        threshold=row.threshold,
        opened_at=row.opened_at,
        revealed_at=row.revealed_at,
    )


def _threshold(db: Session, cohort_id: str) -> int:
    return db.scalars(select(CohortRow.threshold).where(CohortRow.id == cohort_id)).one()


def _on_stage(at: datetime) -> ColumnElement[bool]:
    return or_(RoundRow.opened_at > at - ON_STAGE, RoundRow.state.in_([RoundState.OPEN, RoundState.CLOSED]))


def _facilitated(db: Session, visitor: Visitor, round_id: str) -> RoundRow:
    row = db.get(RoundRow, round_id)
    if row is None:
        raise NotAllowed
    access.facilitating(db, visitor, row.cohort_id)
    return row


def _move(db: Session, visitor: Visitor, round_id: str, to: RoundState, version: int, at: datetime) -> Round:
    """Change the state if nobody did so since `version` was drawn: of two facilitators one wins, the other is told."""
    row = _facilitated(db, visitor, round_id)
    refuse_move(RoundState(row.state), to)
    stamps: dict[str, object] = {"revealed_at": at} if to is RoundState.REVEALED else {}
    if to is RoundState.OPEN:
        stamps["opened_at"] = at
        if row.state == RoundState.DRAFT:
            stamps["threshold"] = _threshold(db, row.cohort_id)
    try:
        moved = db.execute(
            update(RoundRow)
            .where(RoundRow.id == round_id, RoundRow.version == version)
            .values(state=to.value, version=version + 1, **stamps)
            .execution_options(synchronize_session=False)
        )
    except IntegrityError:
        raise Conflict("Another round is still under way. Reveal it first, then open this one.") from None
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Another facilitator has just moved this round on. Look at the screen again.")
    db.refresh(row)
    audit.note(db, visitor, MOVES[to], round_id, cohort_id=row.cohort_id, at=at)
    turn(db, row.cohort_id)
    return as_round(db, row)
