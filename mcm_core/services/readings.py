"""What members answer. The only verbs that return a level before the reveal return the visitor's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mcm_core.domain.differencing import GUARD
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading, is_complete, refuse_unknown, unfolds_desired
from mcm_core.domain.round import Lane, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, instruments
from mcm_core.services import reading_rows as rows
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.store import counts
from mcm_core.store.engine import announce
from mcm_core.store.tables import LateReadingRow, ReadingRow, RoundRow

PRESENT = timedelta(hours=3)
Voter = Row[*tuple[Any, ...]]  # the columns of reading_rows.VOTER: who votes, and the round that they vote in


@dataclass(frozen=True)
class Turnout:
    """How many have finished their ballot, of how many who are here: whom one may wait for. Pictures count all members.

    `at_least`: there may be one or two more than `complete` says, so that nobody sees who has just answered.
    """

    complete: int
    here: int
    at_least: bool = False

    def __str__(self) -> str:
        if not self.at_least:
            return f"{self.complete} of {self.here} here are in"
        if not self.complete:
            return f"Fewer than {GUARD} are in"
        if self.complete >= self.here:  # “at least 6 of 6” would say nothing
            return f"At least {self.complete} are in, as many as are here"
        return f"At least {self.complete} of {self.here} here are in"


@dataclass(frozen=True)
class Own:
    """One member's answers in a round, and what they said last time, by theme key."""

    now: dict[str, Reading] = field(default_factory=dict)
    before: dict[str, Reading] = field(default_factory=dict)


@open_to(MEMBERS, itself=True)
def voter(db: Session, visitor: Visitor, round_id: str, *, writes: bool = False) -> Voter:
    """The visitor as a member who may vote in this round, in the one query that asks who acts.

    `writes`: keep the round from being closed meanwhile. Raises NotAllowed for anybody but a member of its cohort.
    """
    statement = rows.VOTER_WHILE_OPEN if writes else rows.VOTER
    found = db.execute(statement, {"round_id": round_id, "sign_in": visitor.sign_in}).one_or_none()
    if found is None:
        raise NotAllowed
    return found


@open_to(MEMBERS, itself=True)
def cast(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Reading:
    """Save the visitor's answer to one theme, replacing an earlier one. Returns what was stored.

    Raises NotAllowed for another cohort's round, Refused for an unknown level, a closed round or a missing focus.
    """
    return store(db, voter(db, visitor, round_id, writes=True), theme, reading, at=at)


@open_to(MEMBERS, itself=True)
def mine(db: Session, visitor: Visitor, round_id: str) -> dict[str, Reading]:
    """The visitor's own answers in a round, by theme key. Raises NotAllowed for anybody but a member of its cohort."""
    return own(db, voter(db, visitor, round_id)).now


@open_to(MEMBERS, itself=True)
def last_time(db: Session, visitor: Visitor, round_id: str) -> dict[str, Reading]:
    """The visitor's previous answers to the same questions about the same relationship, by theme key.

    Only of themes that they have answered this time, so that the old value does not anchor the new one.
    """
    return own(db, voter(db, visitor, round_id)).before


@open_to(COHORT)
def turnout(db: Session, visitor: Visitor, round_id: str, *, at: datetime) -> Turnout:
    """The one thing that anybody may know of a round before its reveal: how many are in.

    Of one that is open between the meetings nobody may: people come one by one there, and a count that goes up beside
    who is connected just then would tell who it was. Raises NotAllowed.
    """
    row = db.get_one(RoundRow, round_id)
    if row.lane == Lane.BETWEEN and row.state == RoundState.OPEN:
        raise NotAllowed
    return counted(db, row, at=at)


# What follows is for other services, which have asked who acts.


def store(db: Session, by: Voter, theme: str, reading: Reading, *, at: datetime) -> Reading:
    """Save a voter's answer to one theme, as `cast` says."""
    instrument = instruments.stored(db, by.instrument_id)
    _refuse(by, instrument, theme, reading)
    saved = Reading(
        current=reading.current,
        desired=reading.desired if unfolds_desired(reading.current) else None,
        saved_at=at,
        focus=by.focus_id if instrument.focus else None,
    )
    db.execute(
        rows.UPSERT[db.get_bind().dialect.name],
        {
            "round_id": by.id,
            "member_id": by.member_id,
            "theme": theme,
            "cohort_id": by.cohort_id,
            "instrument_id": by.instrument_id,
            "current": saved.current,
            "desired": saved.desired,
            "saved_at": saved.saved_at,
            "focus_id": saved.focus,
        },
    )
    counts.count(db, counts.VOTES)
    if is_complete(instrument, saved):
        announce(db, f"count:{by.cohort_id}")
    if by.phones > 1:
        announce(db, f"mine:{by.member_id}")  # the same answer stands on the other one, too
    return saved


def _refuse(by: Voter, instrument: Instrument, theme: str, reading: Reading) -> None:
    if by.state != RoundState.OPEN:
        raise Refused("Voting has closed, so this last answer was not saved. Earlier answers are safe.")
    if by.mode == Mode.ANONYMOUS:
        raise Refused("This round is anonymous: its answers are sent all at once. Reload the page; nothing was saved.")
    if theme not in by.themes:
        raise Refused("That theme is not part of this round. Reload the page and choose again.")
    if reading.current is None:
        raise Refused("Say first where it is now; then where you hope it will be.")
    refuse_unknown(instrument, theme, reading)
    if instrument.focus and by.focus_id is None:
        raise Refused("Choose first which relationship you have in mind.")


def own(db: Session, by: Voter) -> Own:
    """A voter's answers in the round, and their previous ones as `last_time` says."""
    found = Own()
    for row in db.execute(rows.OWN, {"round_id": by.id, "member_id": by.member_id}):
        answers = found.now if row.opened_at is None else found.before  # of several earlier ones the last is kept
        answers[row.theme] = Reading(row.current, row.desired, row.saved_at, row.focus_id)
    return found


def counted(db: Session, round_: RoundRow | Voter, *, at: datetime) -> Turnout:
    """How many are in."""
    present = {"cohort_id": round_.cohort_id, "since": at - PRESENT}
    if round_.mode == Mode.ANONYMOUS:
        complete, here = bags.turnout(db, round_.id, round_.state), db.scalar(rows.HERE, present) or 0
        return Turnout(complete, max(here, complete), at_least=round_.state == RoundState.OPEN)
    counts = rows.COUNTS[instruments.stored(db, round_.instrument_id).asks_desired]
    complete, here = db.execute(counts, {"round_id": round_.id, "themes": len(round_.themes), **present}).one()
    return Turnout(complete, max(here, complete))


def as_reading(row: ReadingRow | LateReadingRow) -> Reading:
    """The domain value of a row; for other services, after they have asked `access`."""
    return Reading(row.current, row.desired, row.saved_at, row.focus_id)
