"""A member's ballot: their answers, and what they may be told for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import Reading, is_complete
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, readings
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.services.readings import Turnout, Voter


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
    return _ballot(db, readings.voter(db, visitor, round_id), at)


@open_to(MEMBERS, itself=True)
def answer(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Ballot:
    """Save the visitor's answer to one theme, as `readings.cast` does, and return what they are told for it.

    That is the whole ballot once the theme is complete, and this answer alone before.
    """
    voter = readings.voter(db, visitor, round_id, writes=True)
    saved = readings.store(db, voter, theme, reading, at=at)
    instrument = instruments.stored(db, voter.instrument_id)
    return _ballot(db, voter, at) if is_complete(instrument, saved) else Ballot(instrument, {theme: saved})


def _ballot(db: Session, voter: Voter, at: datetime) -> Ballot:
    instrument = instruments.stored(db, voter.instrument_id)
    answers = readings.answers_of(db, voter)
    done = {theme for theme, reading in answers.items() if is_complete(instrument, reading)}
    before = readings.last_time_of(db, voter) if done else {}
    return Ballot(
        instrument,
        answers,
        before={theme: reading for theme, reading in before.items() if theme in done},
        turnout=readings.counted(db, voter, at=at) if done >= set(voter.themes) else None,
    )
