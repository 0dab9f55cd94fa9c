"""Everything that is stored about a member, for that member's own eyes: on a page, and to take away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed, Line
from mcm_core.domain.consent import Choice, Said
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.note import Note
from mcm_core.domain.reading import NonAnswer
from mcm_core.domain.retention import Keeping
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, bags, cohorts, consents, instruments, note_reading, retention
from mcm_core.services.access import MEMBERS, open_to
from mcm_core.services.members import arrivals, phones
from mcm_core.services.members.arrivals import Arrival
from mcm_core.services.members.phones import Phone
from mcm_core.store.tables import CohortSessionRow, FocusRow, MemberRow, NoteRow, ReadingRow, RoundRow


@dataclass(frozen=True)
class Answer:
    """One stored answer in words. `hoped` is "" where it was not asked or not answered."""

    session_number: int
    vote: int
    question: str
    theme: str
    relationship: str
    now: str
    hoped: str
    saved_at: datetime


@dataclass(frozen=True)
class Relationship:
    """A relationship that the member had in mind. `until` is None for the one they rate at present."""

    label: str
    party: str
    constellation: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Everything:
    """All that is stored about one member; nothing about anybody else.

    `took_part` are the titles of anonymous rounds: that the member answered is kept, and not what. `said` is every yes
    and no, `choices` what stands of those that are no round's own.
    """

    name: str
    cohort: str
    listed_at: datetime
    joined_at: datetime | None
    phones: tuple[Phone, ...]
    came_in: tuple[Arrival, ...]
    relationships: tuple[Relationship, ...]
    answers: tuple[Answer, ...]
    took_part: tuple[str, ...]
    notes: tuple[Note, ...]
    choices: tuple[Choice, ...]
    said: tuple[Said, ...]
    log: tuple[Line, ...]
    keeping: Keeping


@open_to(MEMBERS)
def everything(db: Session, visitor: Visitor, *, at: datetime) -> Everything:
    """What is stored about the signed-in member. Raises NotAllowed for anybody else."""
    cohort_id = visitor.cohort_id or ""
    member_id = access.member(db, visitor, cohort_id)
    row = db.get_one(MemberRow, member_id)
    by = note_reading.reader(db, visitor, cohort_id)
    return Everything(
        name=row.name,
        cohort=cohorts.get(db, visitor, cohort_id).name,
        listed_at=row.created_at,
        joined_at=row.joined_at,
        phones=phones.my_phones(db, visitor, at=at),
        came_in=arrivals.all_arrivals(db, visitor),
        relationships=_relationships(db, member_id),
        answers=_answers(db, member_id),
        took_part=tuple(round_.title for round_ in bags.took_part(db, visitor)),
        notes=tuple(reversed(note_reading.notes(db, by, [NoteRow.cohort_id == cohort_id, by.wrote]))),
        choices=consents.mine(db, visitor),
        said=consents.history(db, visitor),
        log=audit.about_me(db, visitor),
        keeping=retention.of_cohort(db, visitor, cohort_id, at=at),
    )


@open_to(MEMBERS)
def take(db: Session, visitor: Visitor, *, at: datetime) -> Everything:
    """The same to take away. It is written down, so that a member sees whether somebody else took a copy."""
    found = everything(db, visitor, at=at)
    audit.note(db, visitor, Deed.COPY_TAKEN, at=at)
    return found


def _relationships(db: Session, member_id: str) -> tuple[Relationship, ...]:
    rows = db.scalars(select(FocusRow).where(FocusRow.member_id == member_id).order_by(FocusRow.created_at))
    return tuple(Relationship(row.label, row.party, row.constellation, row.created_at, row.closed_at) for row in rows)


def _answers(db: Session, member_id: str) -> tuple[Answer, ...]:
    """Every vote, also those that a later vote of the same session has taken the place of."""
    rows = db.execute(
        select(ReadingRow, RoundRow, CohortSessionRow.number, FocusRow.label)
        .join(RoundRow, RoundRow.id == ReadingRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .outerjoin(FocusRow, FocusRow.id == ReadingRow.focus_id)
        .where(ReadingRow.member_id == member_id)
        .order_by(CohortSessionRow.number, RoundRow.opened_at, ReadingRow.saved_at, ReadingRow.theme)
    )
    return tuple(_answer(db, reading, round_, number, label or "") for reading, round_, number, label in rows)


def _answer(db: Session, reading: ReadingRow, round_: RoundRow, number: int, relationship: str) -> Answer:
    instrument = instruments.stored(db, reading.instrument_id)
    theme = instrument.theme(reading.theme)
    asked = (instrument.title.words, round_.lens, round_.perspective)
    return Answer(
        session_number=number,
        vote=round_.attempt,
        question=" · ".join(part for part in asked if part),
        theme=theme.label.words if theme else reading.theme,
        relationship=relationship,
        now=_said(instrument, reading.current),
        hoped=_said(instrument, reading.desired),
        saved_at=reading.saved_at,
    )


def _said(instrument: Instrument, answer: int | None) -> str:
    if answer is None:
        return ""
    return NonAnswer(answer).label if answer < 0 else instrument.label(answer)
