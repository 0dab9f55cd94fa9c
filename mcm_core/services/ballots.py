"""A member's ballot: their answers, and what they may be told for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import Reading, is_complete
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, readings, visitors
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.services.readings import Turnout, Voter
from mcm_core.services.visitors import TOUCH_EVERY


@dataclass(frozen=True)
class Ballot:
    """A member's answers in a round, by theme key.

    `before` holds last time's answers to the themes that are complete; `turnout` is told once all are.
    """

    instrument: Instrument
    readings: Mapping[str, Reading]
    before: Mapping[str, Reading] = field(default_factory=dict)
    turnout: Turnout | None = None


@open_to(MEMBERS, itself=True)
def mine(db: Session, visitor: Visitor, round_id: str, *, at: datetime) -> Ballot:
    """The visitor's own ballot. Raises NotAllowed for another cohort's round and for everybody but its members."""
    return _ballot(db, _voter(db, visitor, round_id, at), at)


@open_to(MEMBERS, itself=True)
def answer(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Ballot:
    """Save the visitor's answer to one theme, as `readings.cast` does, and return what they are told for it.

    That is the whole ballot once the theme is complete, and this answer alone before.
    """
    voter = _voter(db, visitor, round_id, at, writes=True)
    if at - voter.seen_at > TOUCH_EVERY:
        visitors.touch(db, visitor, at=at)
    saved = readings.store(db, voter, theme, reading, at=at)
    instrument = instruments.stored(db, voter.instrument_id)
    return _ballot(db, voter, at) if is_complete(instrument, saved) else Ballot(instrument, {theme: saved})


def _voter(db: Session, visitor: Visitor, round_id: str, at: datetime, *, writes: bool = False) -> Voter:
    """As `readings.voter`; it takes the place of `visitors.recognise`, too, so that a tap asks once who acts."""
    found = readings.voter(db, visitor, round_id, writes=writes)
    if found.expires_at <= at:
        raise NotAllowed
    return found


def _ballot(db: Session, voter: Voter, at: datetime) -> Ballot:
    instrument = instruments.stored(db, voter.instrument_id)
    own = readings.own(db, voter)
    done = {theme for theme, reading in own.now.items() if is_complete(instrument, reading)}
    return Ballot(
        instrument,
        own.now,
        before={theme: reading for theme, reading in own.before.items() if theme in done},
        turnout=readings.counted(db, voter, at=at) if done >= set(voter.themes) else None,
    )
