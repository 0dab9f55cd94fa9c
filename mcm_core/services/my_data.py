"""Everything that is stored about a member, for that member's own eyes: on a page, and to take away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Application, Fit
from mcm_core.domain.audit import Deed, Line
from mcm_core.domain.catch_up import CatchUp
from mcm_core.domain.consent import Choice, Said
from mcm_core.domain.document import Held
from mcm_core.domain.entry import Entry
from mcm_core.domain.message import Message
from mcm_core.domain.note import Note
from mcm_core.domain.retention import Keeping
from mcm_core.domain.skills import Skills
from mcm_core.domain.topic import Topic
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    access,
    applicants,
    aspirations,
    attendance,
    audit,
    bags,
    cohorts,
    consents,
    documents,
    dots,
    entries,
    messages,
    my_answers,
    my_catch_ups,
    note_reading,
    offers,
    own_plans,
    practices,
    retention,
    skills,
    topics,
    wishes,
)
from mcm_core.services.access import ARRIVED, open_to
from mcm_core.services.aspirations import Aspiration
from mcm_core.services.attendance import Came
from mcm_core.services.dots import Given
from mcm_core.services.members import arrivals, phones
from mcm_core.services.members.arrivals import Arrival
from mcm_core.services.members.phones import Phone
from mcm_core.services.my_answers import Answer, Evaluated, Relationship
from mcm_core.services.offers import Own
from mcm_core.services.own_plans import Shared
from mcm_core.services.practices import Practised
from mcm_core.services.wishes import Wishes
from mcm_core.store.tables import (
    AgreedRow,
    CalendarRow,
    MemberRow,
    NoteRow,
)


@dataclass(frozen=True)
class Agreed:
    """The version of the group's agreement that the member agreed to."""

    version: int
    at: datetime


@dataclass(frozen=True)
class Everything:
    """All that is stored about one member; nothing about anybody else.

    `took_part` are the titles of anonymous rounds: that the member answered is kept, and not what. `came_to` are the
    sessions that they were noted for; `practised` is what they tapped in a practice vote that is on just now. `said` is
    every yes and no, `choices` what stands of those that are no round's own.
    """

    name: str
    cohort: str
    listed_at: datetime
    joined_at: datetime | None
    email: str | None
    calendar_since: datetime | None
    messages: tuple[Message, ...]
    application: Application | None
    fits: tuple[Fit, ...]
    phones: tuple[Phone, ...]
    came_in: tuple[Arrival, ...]
    relationships: tuple[Relationship, ...]
    answers: tuple[Answer, ...]
    took_part: tuple[str, ...]
    notes: tuple[Note, ...]
    catch_ups: tuple[CatchUp, ...]
    wishes: Wishes
    entries: tuple[Entry, ...]
    wellbeing_since: datetime | None
    topics: tuple[Topic, ...]
    dots: tuple[Given, ...]
    offers: tuple[Own, ...]
    aspiration: Aspiration
    evaluation: tuple[Evaluated, ...]
    agreed: Agreed | None
    documents: tuple[Held, ...]
    skills: Skills | None
    plan: Shared | None
    choices: tuple[Choice, ...]
    said: tuple[Said, ...]
    log: tuple[Line, ...]
    came_to: tuple[Came, ...]
    practised: tuple[Practised, ...]
    keeping: Keeping


@open_to(ARRIVED)
def everything(db: Session, visitor: Visitor, *, at: datetime) -> Everything:
    """What is stored about the signed-in member. Raises NotAllowed for anybody else."""
    cohort_id = visitor.cohort_id or ""
    member_id = access.member(db, visitor, cohort_id)
    row = db.get_one(MemberRow, member_id)
    application, fits = applicants.my_application(db, visitor) or (None, ())
    by = note_reading.reader(db, visitor, cohort_id)
    return Everything(
        name=row.name,
        cohort=cohorts.get(db, visitor, cohort_id).name,
        listed_at=row.created_at,
        joined_at=row.joined_at,
        email=row.email,
        calendar_since=db.scalar(select(CalendarRow.made_at).where(CalendarRow.member_id == member_id)),
        messages=messages.mine(db, visitor),
        application=application,
        fits=fits,
        phones=phones.my_phones(db, visitor, at=at),
        came_in=arrivals.all_arrivals(db, visitor),
        relationships=my_answers.relationships(db, member_id),
        answers=my_answers.answers(db, member_id),
        took_part=tuple(round_.title for round_ in bags.took_part(db, visitor)),
        notes=tuple(reversed(note_reading.notes(db, by, [NoteRow.cohort_id == cohort_id, by.wrote]))),
        catch_ups=my_catch_ups.all_of_mine(db, visitor),
        wishes=wishes.mine(db, visitor),
        entries=entries.mine(db, visitor),
        wellbeing_since=entries.wellbeing_since(db, visitor),
        topics=topics.mine(db, visitor),
        dots=dots.given(db, visitor),
        offers=offers.mine(db, visitor),
        aspiration=aspirations.mine(db, visitor),
        evaluation=my_answers.evaluation(db, member_id),
        agreed=_agreed(db.get(AgreedRow, member_id)),
        documents=documents.all_mine(db, visitor),
        skills=skills.mine(db, visitor),
        plan=own_plans.mine(db, visitor),
        choices=consents.mine(db, visitor),
        said=consents.history(db, visitor),
        log=audit.about_me(db, visitor),
        came_to=attendance.mine(db, visitor),
        practised=practices.all_mine(db, visitor),
        keeping=retention.of_cohort(db, visitor, cohort_id, at=at),
    )


@open_to(ARRIVED)
def take(db: Session, visitor: Visitor, *, at: datetime) -> Everything:
    """The same to take away. It is written down, so that a member sees whether somebody else took a copy."""
    found = everything(db, visitor, at=at)
    audit.note(db, visitor, Deed.COPY_TAKEN, at=at)
    return found


def _agreed(row: AgreedRow | None) -> Agreed | None:
    return Agreed(row.number, row.agreed_at) if row else None
