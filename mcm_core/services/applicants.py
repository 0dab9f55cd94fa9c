"""Reading applications together: everybody says yes, no or abstains, nobody is scored, at most twenty get a place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain import application as rules
from mcm_core.domain.application import APART, Application, Decision, Fit, Verdict, clean_note
from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, aspirations, audit, members, outcomes, topics
from mcm_core.services.access import ARRIVED, FACILITATORS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.services.members.rows import lock
from mcm_core.services.opening_rows import as_application, meetings, messages_about
from mcm_core.store.tables import (
    ApplicationRow,
    FacilitatorRow,
    FitRow,
    MemberRow,
    MessageRow,
    OpeningRow,
)

GONE = "This application was taken back meanwhile. Nothing is left of it."


@dataclass(frozen=True)
class Line:
    """One application in the list. `place` is theirs on the waiting list; `judged` says whether the visitor has said
    what they think of the fit."""

    id: str
    name: str
    email: str
    organisation: str
    sent_at: datetime
    is_late: bool
    decision: Decision | None
    place: int | None
    judged: bool


@dataclass(frozen=True)
class Reading:
    """One application to read. `fits` are those of the others, and empty until the visitor has said their own: nobody
    should be drawn to another's view. `aside` of the application is for the coordinator alone."""

    application: Application
    mine: Fit | None
    fits: tuple[Fit, ...]
    others: int
    is_coordinator: bool


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Line, ...]:
    """Every application that was sent, in the order in which they came. Half-filled ones are their authors' own."""
    by = access.facilitating(db, visitor, cohort_id)
    judged = FitRow.says.is_not(None).label("judged")
    rows = db.execute(
        select(ApplicationRow, judged)
        .outerjoin(FitRow, (FitRow.application_id == ApplicationRow.id) & (FitRow.facilitator_id == by))
        .where(ApplicationRow.cohort_id == cohort_id, ApplicationRow.sent_at.is_not(None))
        .order_by(ApplicationRow.sent_at, ApplicationRow.id)
    ).all()
    queue = {row.id: row.decided_at for row, _ in rows if row.decision == Decision.WAITING and row.decided_at}
    places = rules.in_order(queue)
    return tuple(
        Line(
            id=row.id,
            name=row.name,
            email=row.email,
            organisation=row.organisation,
            sent_at=row.sent_at,
            is_late=row.is_late,
            decision=Decision(row.decision) if row.decision else None,
            place=places.get(row.id),
            judged=bool(said),
        )
        for row, said in rows
        if row.sent_at
    )


@open_to(FACILITATORS)
def begun(db: Session, visitor: Visitor, cohort_id: str) -> int:
    """How many applications were begun and not sent. Nobody reads them, and nobody learns whose they are."""
    unsent = (ApplicationRow.cohort_id == cohort_id, ApplicationRow.sent_at.is_(None))
    return db.scalars(select(func.count()).where(*unsent)).one()


@open_to(FACILITATORS)
def one(db: Session, visitor: Visitor, application_id: str) -> Reading:
    """One application that was sent. Raises NotAllowed."""
    row = _sent(db, application_id)
    by = access.facilitating(db, visitor, row.cohort_id)
    owns = access.owns(db, visitor, row.cohort_id)
    fits = _fits(db, row.id)
    mine = fits.pop(by, None)
    return Reading(
        application=as_application(row, with_aside=owns),
        mine=mine,
        fits=tuple(fits.values()) if mine else (),
        others=len(fits),
        is_coordinator=owns,
    )


@open_to(FACILITATORS)
def judge(db: Session, visitor: Visitor, application_id: str, *, says: str, note: str, at: datetime) -> None:
    """Say what one thinks of the fit: yes, no, or abstain, and a note. Raises Refused."""
    row = _sent(db, application_id)
    by = access.facilitating(db, visitor, row.cohort_id)
    if says not in list(Verdict):
        raise Refused("Say yes, no, or abstain.")
    fit = db.get(FitRow, (row.id, by)) or FitRow(application_id=row.id, facilitator_id=by, cohort_id=row.cohort_id)
    fit.says, fit.note, fit.said_at = says, clean_note(note), at
    db.add(fit)
    db.flush()


@open_to(FACILITATORS)
def decide(
    db: Session, visitor: Visitor, application_id: str, *, decision: str, name: str = "", at: datetime
) -> Decision:
    """Decide an application and return what became of it: for a place when all twenty are taken, the waiting list.

    Who gets a place is a member from then on, called `name` or as they applied; nothing is typed twice. Once the group
    is confirmed, the message to the applicant is drafted. Raises Refused, and NotAllowed for one that was taken back.
    """
    lock(db, _sent(db, application_id).cohort_id)
    row = _sent(db, application_id, anew=True)
    if decision not in list(Decision):
        raise Refused("Choose what becomes of this application.")
    second = meetings(db, row.cohort_id)[1].starts_at
    here = db.scalars(select(func.count()).where(MemberRow.cohort_id == row.cohort_id)).one()
    before = Decision(row.decision) if row.decision else None
    found = rules.decide(Decision(decision), members=here, second_session=second, before=before, at=at)
    if found is before:
        return found
    accepted = found is Decision.ACCEPTED
    member = members.accept(db, visitor, row.cohort_id, name or row.name, row.email, at=at) if accepted else None
    row.decision, row.decided_at, row.member_id = found.value, at, member
    db.execute(
        update(MessageRow).where(messages_about(row.cohort_id, [row.id])).values(member_id=member)
    )  # they go with the member
    db.flush()
    if member:
        _bring_along(db, row, member, at)
    audit.note(db, visitor, Deed.APPLICATION_DECIDED, row.id, cohort_id=row.cohort_id, at=at)
    if _is_confirmed(db, row.cohort_id):
        outcomes.tell(db, row, at=at)
    turn(db, row.cohort_id)
    return found


@open_to(FACILITATORS)
def from_one_place(db: Session, visitor: Visitor, cohort_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Organisations from which two or more have a place, with their names: for the coordinator, else nothing
    (domain.md §5 row 33)."""
    if not access.owns(db, visitor, cohort_id):
        return ()
    accepted = (ApplicationRow.cohort_id == cohort_id, ApplicationRow.decision == Decision.ACCEPTED.value)
    wanted = select(ApplicationRow.name, ApplicationRow.organisation).where(*accepted)
    rows = db.execute(wanted.order_by(ApplicationRow.name, ApplicationRow.id)).all()
    return rules.same_organisation({name: organisation for name, organisation in rows})


@open_to(FACILITATORS)
def wished_apart(db: Session, visitor: Visitor, cohort_id: str) -> tuple[tuple[str, str], ...]:
    """With whom people who have a place asked not to be put together, in their own words: for the coordinator, who
    keeps the two apart (services/catch_ups.keep_apart). Else nothing."""
    if not access.owns(db, visitor, cohort_id):
        return ()
    placed = select(ApplicationRow, MemberRow.name).join(MemberRow, MemberRow.id == ApplicationRow.member_id)
    rows = db.execute(placed.where(ApplicationRow.cohort_id == cohort_id).order_by(MemberRow.name_key)).all()
    said = ((name, as_application(row, with_aside=True).said(APART)) for row, name in rows)
    return tuple((name, words) for name, words in said if words)


@open_to(ARRIVED)
def my_application(db: Session, visitor: Visitor) -> tuple[Application, tuple[Fit, ...]] | None:
    """What the signed-in member applied with, and what facilitators noted about it; None for who did not apply."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.scalar(select(ApplicationRow).where(ApplicationRow.member_id == member_id))
    return (as_application(row, with_aside=True), tuple(_fits(db, row.id).values())) if row else None


def _bring_along(db: Session, row: ApplicationRow, member_id: str, at: datetime) -> None:
    """What they hoped for and the question they bring stay theirs as a member; the question is on the group's list of
    topics, and their name beside it, where they ticked that. One that is too long for the list stays with its author.
    """
    applied = as_application(row, with_aside=False)
    question = applied.said(rules.QUESTION)
    aspirations.keep(db, member_id, hope=applied.said(rules.HOPE), brings=question, at=at)
    if question and applied.said(rules.SHARED):
        with suppress(Refused):
            topics.bring(db, row.cohort_id, member_id, question, named=bool(applied.said(rules.NAMED)), at=at)


def _sent(db: Session, application_id: str, *, anew: bool = False) -> ApplicationRow:
    wanted = select(ApplicationRow).where(ApplicationRow.id == application_id, ApplicationRow.sent_at.is_not(None))
    row = db.scalar(wanted.execution_options(populate_existing=anew))
    if row is None:
        raise NotAllowed(GONE)
    return row


def _is_confirmed(db: Session, cohort_id: str) -> bool:
    row = db.get(OpeningRow, cohort_id)
    return row is not None and row.confirmed_at is not None


def _fits(db: Session, application_id: str) -> dict[str, Fit]:
    """What facilitators said, by their id, in the order of their names."""
    rows = db.execute(
        select(FitRow, FacilitatorRow.name)
        .join(FacilitatorRow, FacilitatorRow.id == FitRow.facilitator_id)
        .where(FitRow.application_id == application_id)
        .order_by(FacilitatorRow.name, FacilitatorRow.id)
    )
    return {row.facilitator_id: Fit(name, Verdict(row.says), row.note, row.said_at) for row, name in rows}
