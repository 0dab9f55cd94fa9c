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
from mcm_core.services import instruments, readings
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.services.readings import Turnout
from mcm_core.store.tables import RoundRow


@dataclass(frozen=True)
class Ballot:
    """A member's answers in a round, by theme key.

    `before` holds last time's answers to the themes that are complete; `turnout` is told once all are.
    """

    instrument: Instrument
    readings: Mapping[str, Reading]
    before: Mapping[str, Reading] = field(default_factory=dict)
    turnout: Turnout | None = None


# Both ask nothing themselves: the verbs that they call do, and a tap must not pay for it twice.
@open_to(MEMBERS, itself=True)
def mine(db: Session, visitor: Visitor, round_id: str, *, at: datetime) -> Ballot:
    """The visitor's own ballot. Raises NotAllowed for another cohort's round and for everybody but its members."""
    round_ = db.get(RoundRow, round_id)
    if round_ is None:
        raise NotAllowed
    instrument = instruments.stored(db, round_.instrument_id)
    before = readings.last_time(db, visitor, round_id)
    answers = readings.mine(db, visitor, round_id)
    done = {theme for theme, reading in answers.items() if is_complete(instrument, reading)}
    return Ballot(
        instrument,
        answers,
        before={theme: reading for theme, reading in before.items() if theme in done},
        turnout=readings.turnout(db, visitor, round_id, at=at) if done >= set(round_.themes) else None,
    )


@open_to(MEMBERS, itself=True)
def answer(db: Session, visitor: Visitor, round_id: str, theme: str, reading: Reading, *, at: datetime) -> Ballot:
    """Save the visitor's answer to one theme, as `readings.cast` does, and return what they are told for it.

    That is the whole ballot once the theme is complete, and this answer alone before.
    """
    saved = readings.cast(db, visitor, round_id, theme, reading, at=at)
    round_ = db.get_one(RoundRow, round_id)  # held on to, so that `mine` need not ask for it again
    instrument = instruments.stored(db, round_.instrument_id)
    if is_complete(instrument, saved):
        return mine(db, visitor, round_id, at=at)
    return Ballot(instrument, {theme: saved})
