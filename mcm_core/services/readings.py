"""What members answer. The only verbs that return a level before the reveal return the visitor's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, bindparam, case, distinct, func, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.reading import NonAnswer, Reading, is_complete, refuse_unknown, unfolds_desired
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, instruments
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.store.engine import announce
from mcm_core.store.tables import FocusRow, ReadingRow, RoundRow, SignInRow
from mcm_core.store.tables.base import Instant

PRESENT = timedelta(hours=3)

# The statements of a tap are built once: building one takes longer than running it.
_VOTER = (
    select(
        RoundRow.cohort_id,
        RoundRow.instrument_id,
        RoundRow.themes,
        RoundRow.state,
        SignInRow.member_id,
        FocusRow.id.label("focus_id"),
    )
    .join(SignInRow, SignInRow.cohort_id == RoundRow.cohort_id)
    .outerjoin(FocusRow, (FocusRow.member_id == SignInRow.member_id) & FocusRow.closed_at.is_(None))
    .where(
        RoundRow.id == bindparam("round_id"),
        SignInRow.token_hash == bindparam("sign_in"),
        SignInRow.waiting.is_(False),
    )
    .with_for_update(read=True, of=RoundRow)  # a close waits for answers under way, and they for it
)
_MINE = (
    select(ReadingRow.theme, ReadingRow.current, ReadingRow.desired, ReadingRow.saved_at, ReadingRow.focus_id)
    .select_from(SignInRow)
    .join(RoundRow, RoundRow.cohort_id == SignInRow.cohort_id)
    .outerjoin(ReadingRow, (ReadingRow.member_id == SignInRow.member_id) & (ReadingRow.round_id == RoundRow.id))
    .where(
        RoundRow.id == bindparam("round_id"),
        SignInRow.token_hash == bindparam("sign_in"),
        SignInRow.member_id.is_not(None),
        SignInRow.waiting.is_(False),  # a browser at the door may know a member's link and not be that member
    )
)

_Before, _Now, _Then = aliased(ReadingRow), aliased(RoundRow), aliased(RoundRow)
_LAST_TIME = (
    select(_Before.theme, _Before.current, _Before.desired, _Before.saved_at, _Before.focus_id)
    .join(
        ReadingRow,
        (ReadingRow.member_id == _Before.member_id)
        & (ReadingRow.theme == _Before.theme)
        & ReadingRow.focus_id.is_not_distinct_from(_Before.focus_id),
    )
    .join(_Now, _Now.id == ReadingRow.round_id)
    .join(_Then, _Then.id == _Before.round_id)
    .where(
        ReadingRow.round_id == bindparam("round_id"),
        ReadingRow.member_id == bindparam("member_id"),
        _Then.instrument_id == _Now.instrument_id,
        _Then.lens.is_not_distinct_from(_Now.lens),
        _Then.perspective.is_not_distinct_from(_Now.perspective),
        _Then.opened_at < _Now.opened_at,
    )
    .order_by(_Then.opened_at)  # of several the last is kept
)


def _complete(done: ColumnElement[bool]) -> Select[int]:
    finished = (
        select(ReadingRow.member_id)
        .where(ReadingRow.round_id == bindparam("round_id"))
        .group_by(ReadingRow.member_id)
        .having(func.sum(case((done, 1), else_=0)) >= bindparam("themes"))
    )
    return select(func.count()).select_from(finished.subquery())


_COMPLETE = {
    True: _complete(
        or_(
            ReadingRow.desired.is_not(None),
            ReadingRow.current.in_([NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS]),
        )
    ),
    False: _complete(true()),
}
_HERE = select(func.count(distinct(SignInRow.member_id))).where(
    SignInRow.cohort_id == bindparam("cohort_id"),
    SignInRow.waiting.is_(False),
    SignInRow.seen_at > bindparam("since", type_=Instant),
)


def _upsert(insert: Callable[[Any], sqlite.Insert | postgresql.Insert]) -> Executable:
    statement = insert(ReadingRow.__table__)
    answer = {name: statement.excluded[name] for name in ("current", "desired", "saved_at", "focus_id")}
    return statement.on_conflict_do_update(index_elements=["round_id", "member_id", "theme"], set_=answer)


_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


@dataclass(frozen=True)
class Turnout:
    """How many have finished their ballot, of how many who are here."""

    complete: int
    here: int


@open_to(MEMBERS, itself=True)
def cast(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Reading:
    """Save the visitor's answer to one theme, replacing an earlier one. Returns what was stored.

    Raises NotAllowed for another cohort's round, Refused for an unknown level, a closed round or a missing focus.
    """
    found = db.execute(_VOTER, {"round_id": round_id, "sign_in": visitor.sign_in}).one_or_none()
    if found is None or found.member_id is None:
        raise NotAllowed
    if found.state != RoundState.OPEN:
        raise Refused("Voting has closed, so this last answer was not saved. Earlier answers are safe.")
    instrument = instruments.stored(db, found.instrument_id)
    if theme not in found.themes:
        raise Refused("That theme is not part of this round. Reload the page and choose again.")
    if reading.current is None:
        raise Refused("Say first where it is now; then where you hope it will be.")
    refuse_unknown(instrument, theme, reading)
    if instrument.focus and found.focus_id is None:
        raise Refused("Choose first which relationship you have in mind.")
    saved = Reading(
        current=reading.current,
        desired=reading.desired if unfolds_desired(reading.current) else None,
        saved_at=at,
        focus=found.focus_id if instrument.focus else None,
    )
    db.execute(
        _UPSERT[db.get_bind().dialect.name],
        {
            "round_id": round_id,
            "member_id": found.member_id,
            "theme": theme,
            "cohort_id": found.cohort_id,
            "instrument_id": found.instrument_id,
            "current": saved.current,
            "desired": saved.desired,
            "saved_at": saved.saved_at,
            "focus_id": saved.focus,
        },
    )
    if is_complete(instrument, saved):
        announce(db, f"count:{found.cohort_id}")
    return saved


@open_to(MEMBERS, itself=True)
def mine(db: Session, visitor: Visitor, round_id: str) -> dict[str, Reading]:
    """The visitor's own answers in a round, by theme key. Raises NotAllowed for anybody but a member of its cohort."""
    rows = db.execute(_MINE, {"round_id": round_id, "sign_in": visitor.sign_in}).all()
    if not rows:
        raise NotAllowed
    return {row.theme: Reading(row.current, row.desired, row.saved_at, row.focus_id) for row in rows if row.theme}


@open_to(MEMBERS, itself=True)
def last_time(db: Session, visitor: Visitor, round_id: str) -> dict[str, Reading]:
    """The visitor's previous answers to the same questions about the same relationship, by theme key.

    Only of themes that they have answered this time, so that the old value does not anchor the new one.
    """
    round_ = db.get(RoundRow, round_id)
    if round_ is None:
        raise NotAllowed
    member_id = access.member(db, visitor, round_.cohort_id)
    rows = db.execute(_LAST_TIME, {"round_id": round_id, "member_id": member_id})
    return {row.theme: Reading(row.current, row.desired, row.saved_at, row.focus_id) for row in rows}


@open_to(COHORT)
def turnout(db: Session, visitor: Visitor, round_id: str, *, at: datetime) -> Turnout:
    """The one thing that anybody may know of a round before its reveal: how many are in."""
    return counted(db, round_id, at=at)


def counted(db: Session, round_id: str, *, at: datetime) -> Turnout:
    """The same, for other services that have declared who asks."""
    round_ = db.get_one(RoundRow, round_id)
    asks_desired = instruments.stored(db, round_.instrument_id).asks_desired
    asked = {"round_id": round_id, "themes": len(round_.themes)}
    complete = db.scalar(_COMPLETE[asks_desired], asked) or 0
    here = db.scalar(_HERE, {"cohort_id": round_.cohort_id, "since": at - PRESENT})
    return Turnout(complete=complete, here=max(here or 0, complete))


def as_reading(row: ReadingRow) -> Reading:
    """The domain value of a row; for other services, after they have asked `access`."""
    return Reading(row.current, row.desired, row.saved_at, row.focus_id)
