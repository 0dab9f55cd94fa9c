"""Two cohorts with notes: ours, and another one whose two notes nobody of ours may ever meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, instruments, notes
from tests.services.people import NOW, a_cohort, a_facilitator, a_member

NOISE = ("Tea with the other cohort", "The other cohort's café")


@dataclass(frozen=True)
class World:
    """Everybody who could want to read a note of ours."""

    fay: Visitor
    cofay: Visitor
    cohort: Cohort
    ada: Visitor
    ben: Visitor
    gil: Visitor
    elsewhere: Cohort
    zoe: Visitor


def a_world(db: Session) -> World:
    """Ada and Ben with Fay and her co-facilitator; Zoe and Gil in the other cohort, with two notes of Zoe's."""
    instruments.register(db)
    fay, cofay, gil = (a_facilitator(db, name) for name in ("fay", "cofay", "gil"))
    ours, elsewhere = a_cohort(db, fay), a_cohort(db, gil, "Friday group")
    facilitators.accept_as(db, cofay, facilitators.invite(db, fay, ours.id, at=NOW), at=NOW)
    ada, ben = a_member(db, fay, ours, "Ada Lovelace"), a_member(db, fay, ours, "Ben")
    zoe = a_member(db, gil, elsewhere, "Zoe")
    a_note(db, zoe, elsewhere, NOISE[0], audience="network", theme="tools")
    a_note(db, zoe, elsewhere, NOISE[1], audience="facilitator", theme="tools")
    return World(fay, cofay, ours, ada, ben, gil, elsewhere, zoe)


def connections() -> Instrument:
    """The instrument whose themes the notes are about."""
    return instruments.offered()["meaningful_connections"]


def a_note(
    db: Session,
    visitor: Visitor,
    cohort: Cohort,
    body: str = "We learned to listen.",
    *,
    session: int = 3,
    theme: str | None = None,
    minutes: int = 0,
    **choices: Any,
) -> Note:
    """A note of the visitor's in the cohort, `minutes` after the moment at which all tests begin."""
    sent = {"kind": "experience", "audience": "cohort", "attribution": "role only"} | choices
    about = {"session_number": session, "theme": theme, "instrument": connections() if theme else None}
    return notes.add(db, visitor, cohort.id, body=body, at=later(minutes), **about, **sent)  # type: ignore[arg-type]


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)
