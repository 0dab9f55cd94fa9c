"""What stands in a printed report: one's own journey, or the cohort's. Each holds only what may lie on a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.consent import Purpose
from mcm_core.domain.decision import Decision
from mcm_core.domain.journey import MyJourney, OurJourney
from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, cohorts, consents, decisions, journeys, note_reading, notes
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.services.note_reading import FOR_THE_GROUP


@dataclass(frozen=True)
class MyReport:
    """A member's own readings, and the notes they wrote for others to read; oldest note first."""

    cohort: Cohort
    journeys: tuple[MyJourney, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class OurReport:
    """The cohort's released pictures and shared notes; oldest note first. `to_share` leaves out the cohort's own.

    `kept_inside`: not everybody has said yes to totals that leave the cohort, so a copy to share has none.
    """

    cohort: Cohort
    journeys: tuple[OurJourney, ...]
    notes: tuple[Note, ...]
    to_share: bool = False
    kept_inside: bool = False
    decision: Decision | None = None


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> MyReport:
    """The visitor's own report. Raises NotAllowed for anybody but a member."""
    cohort_id = visitor.cohort_id or ""
    own = journeys.mine(db, visitor)
    written = tuple(note for note in for_everybody(db, visitor, cohort_id) if note.mine)
    return MyReport(cohorts.get(db, visitor, cohort_id), own, written)


@open_to(COHORT)
def ours(db: Session, visitor: Visitor, cohort_id: str, *, to_share: bool = False) -> OurReport:
    """The cohort's report, for its members and facilitators. Raises NotAllowed.

    `to_share` is the version that may leave the cohort: its notes are those that their authors wrote for the network.
    """
    cohort = cohorts.get(db, visitor, cohort_id)
    pictures = journeys.ours(db, visitor, cohort_id)
    decision = decisions.of(db, visitor, cohort_id)
    if not to_share:
        return OurReport(cohort, pictures, for_everybody(db, visitor, cohort_id), decision=decision)
    # All of the pictures or none: to leave some out would tell in which sessions whoever has not said yes was there.
    kept_inside = not consents.does_everybody_agree(db, cohort_id, Purpose.TOTALS_BEYOND)
    found = tuple(reversed(note_reading.beyond(db, visitor, cohort_id)))
    return OurReport(cohort, () if kept_inside else pictures, found, to_share, kept_inside, decision)


@open_to(COHORT)
def take(db: Session, visitor: Visitor, cohort_id: str, *, to_share: bool = False, at: datetime) -> OurReport:
    """The cohort's report to print or to open elsewhere: as `ours`, and written down, once for looks close together.

    Raises Reconfirm for a facilitator who has not said lately who they are.
    """
    report = ours(db, visitor, cohort_id, to_share=to_share)
    access.recently(db, visitor, at=at)
    audit.note_once(db, visitor, Deed.REPORT_TAKEN, cohort_id=cohort_id)
    return report


@open_to(COHORT)
def for_everybody(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Note, ...]:
    """The notes that everybody in the cohort may read, oldest first: never one for its author or facilitators alone.

    For screens and papers that others see, too: what the visitor alone may read does not belong there, nor what a
    facilitator has paused, for its author either.
    """
    wall = reversed(notes.wall(db, visitor, cohort_id))
    return tuple(note for note in wall if note.audience in FOR_THE_GROUP and not note.paused_at)
