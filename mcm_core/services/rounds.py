"""Opening, closing and revealing rounds. Until the reveal nothing here returns more than a count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.mode import Mode, refuse_too_small, threshold
from mcm_core.domain.round import MAX_ATTEMPTS, Lane, LaunchCard, Round, RoundState, refuse_card, refuse_move
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, bags, instruments, openings, releases
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.services.round_rows import as_round, other_under_way, quicker, staged
from mcm_core.store.tables import CohortRow, CohortSessionRow, MemberRow, RoundRow, new_id

BY_ITSELF = "News and views opens and closes by itself, and is asked once. Nothing was changed."
MOVES = {
    RoundState.OPEN: Deed.ROUND_OPENED,
    RoundState.CLOSED: Deed.ROUND_CLOSED,
    RoundState.REVEALED: Deed.ROUND_REVEALED,
}


@open_to(FACILITATORS)
def draft(db: Session, visitor: Visitor, session_id: str, card: LaunchCard, *, at: datetime) -> Round:
    """Prepare a round for a session; only facilitators see it. Raises Refused when the card asks nothing."""
    refuse_card(card)
    meeting = db.get_one(CohortSessionRow, session_id)
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
        mode=card.mode,
        threshold=_threshold(db, meeting.cohort_id, card.mode),
        state=RoundState.DRAFT,
        created_at=at,
    )
    db.add(row)
    db.flush()
    return as_round(db, row)


@open_to(FACILITATORS)
def discard(db: Session, visitor: Visitor, round_id: str) -> None:
    """Throw away a draft."""
    draft_ = delete(RoundRow).where(RoundRow.id == round_id, RoundRow.state == RoundState.DRAFT)
    if db.scalar(draft_.returning(RoundRow.id)) is None:
        raise quicker(db, access.facilitator(db, visitor), round_id)


@open_to(FACILITATORS)
def open_(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """Let members answer: a draft, or a closed round once more. Raises Conflict when another round is under way.

    From here on its mode, threshold and audience are fixed. Raises Refused where a group is too small to be anonymous,
    for an anonymous round that has been closed, and while the cohort's six dates are not fixed.
    """
    if row := db.get(RoundRow, round_id):
        openings.refuse_open_dates(db, row.cohort_id)
    return _move(db, visitor, round_id, RoundState.OPEN, version, at)


@open_to(FACILITATORS)
def close(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """End the voting. Nothing is shown yet, and the round may be opened again; an anonymous one is sealed by this."""
    round_ = _move(db, visitor, round_id, RoundState.CLOSED, version, at)
    if round_.card.mode is Mode.ANONYMOUS:
        releases.freeze(db, round_)
    return round_


@open_to(FACILITATORS)
def reveal(db: Session, visitor: Visitor, round_id: str, *, version: int, at: datetime) -> Round:
    """Freeze what may be shown and show it on every screen. Final."""
    round_ = _move(db, visitor, round_id, RoundState.REVEALED, version, at)
    releases.freeze(db, round_)
    return round_


@open_to(FACILITATORS)
def vote_again(
    db: Session, visitor: Visitor, round_id: str, *, at: datetime, themes: Sequence[str] | None = None
) -> Round:
    """Open the same launch card for another vote after a revealed one; both are kept. At most three votes.

    `themes` are the ones to vote on again, all of the card when left out. Raises Conflict or Refused.
    """
    row = db.get_one(RoundRow, round_id)
    if row.lane != Lane.ROOM:
        raise Refused(BY_ITSELF)
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
        mode=row.mode,
        threshold=_threshold(db, row.cohort_id, Mode(row.mode)),
        state=RoundState.DRAFT,
        created_at=at,
    )
    try:
        with db.begin_nested():
            db.add(again)
    except IntegrityError:
        other = (RoundRow.first_id == row.first_id, RoundRow.attempt == row.attempt + 1)
        by = access.facilitator(db, visitor)
        raise quicker(db, by, db.scalars(select(RoundRow.id).where(*other)).one()) from None
    return _move(db, visitor, again.id, RoundState.OPEN, 1, at)


@open_to(FACILITATORS)
def drafts(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Round, ...]:
    """The rounds that wait to be opened, oldest first."""
    rows = db.scalars(
        select(RoundRow)
        .where(RoundRow.cohort_id == cohort_id, RoundRow.state == RoundState.DRAFT)
        .order_by(RoundRow.created_at, RoundRow.id)
    )
    return tuple(as_round(db, row) for row in rows)


@open_to(COHORT)
def on_stage(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Round | None:
    """The round that the room is looking at: the one under way, or the latest of the last six hours."""
    return staged(db, cohort_id, at=at)


@open_to(COHORT)
def votes_of(db: Session, visitor: Visitor, round_: Round) -> tuple[Round, ...]:
    """The revealed votes of the same launch card, first to last, so that a vote again stands beside the first."""
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


@open_to(COHORT)
def get(db: Session, visitor: Visitor, round_id: str) -> Round:
    """One round of the visitor's cohort that has been opened at least once; drafts are for facilitators."""
    row = db.get_one(RoundRow, round_id)
    if row.state == RoundState.DRAFT:
        access.facilitating(db, visitor, row.cohort_id)
    return as_round(db, row)


def _threshold(db: Session, cohort_id: str, mode: Mode) -> int:
    return threshold(mode, db.scalars(select(CohortRow.threshold).where(CohortRow.id == cohort_id)).one())


def _move(db: Session, visitor: Visitor, round_id: str, to: RoundState, version: int, at: datetime) -> Round:
    """Change the state if nobody did so since `version` was drawn: of two facilitators one wins, the other is told."""
    by = access.facilitator(db, visitor)
    row = db.get(RoundRow, round_id)
    if row is None or row.version != version:
        raise quicker(db, by, round_id)
    if row.lane != Lane.ROOM:
        raise Refused(BY_ITSELF)
    mode, first = Mode(row.mode), row.state == RoundState.DRAFT
    refuse_move(RoundState(row.state), to, mode)
    if first and mode is Mode.ANONYMOUS:
        _refuse_too_small(db, row.cohort_id)
    moving = (
        update(RoundRow)
        .where(RoundRow.id == round_id, RoundRow.version == version)
        .values(state=to.value, version=version + 1, moved_by=by, **_stamps(db, row, to, at))
        .returning(RoundRow.id)
        .execution_options(synchronize_session=False)
    )
    try:
        with db.begin_nested():
            moved = db.scalar(moving)
    except IntegrityError:
        raise other_under_way(db, by, row.cohort_id) from None
    if moved is None:
        raise quicker(db, by, round_id)
    db.refresh(row)
    audit.note(db, visitor, MOVES[to], round_id, cohort_id=row.cohort_id, at=at)
    turn(db, row.cohort_id)
    moved_on = as_round(db, row)
    if first and mode is Mode.ANONYMOUS:
        bags.begin(db, moved_on)
    return moved_on


@open_to(FACILITATORS)
def too_small(db: Session, visitor: Visitor, cohort_id: str) -> str | None:
    """Why no anonymous round can be opened now, in words; None when one can."""
    try:
        _refuse_too_small(db, cohort_id)
    except Refused as why:
        return str(why)
    return None


def _refuse_too_small(db: Session, cohort_id: str) -> None:
    members = db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()
    refuse_too_small(members, _threshold(db, cohort_id, Mode.ANONYMOUS))


def _stamps(db: Session, row: RoundRow, to: RoundState, at: datetime) -> dict[str, object]:
    """What is noted on a round beside its new state."""
    if to is RoundState.REVEALED:
        return {"revealed_at": at}
    if to is RoundState.CLOSED:
        return {}
    first = row.state == RoundState.DRAFT
    return {"opened_at": at} | ({"threshold": _threshold(db, row.cohort_id, Mode(row.mode))} if first else {})
