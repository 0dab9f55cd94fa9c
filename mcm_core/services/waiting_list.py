"""The waiting list: it fills a place that becomes free, and opens the next cohort (domain.md §1C row 68, §5 row 41)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Decision
from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.message import To
from mcm_core.domain.opening import next_plan, spoken
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, messages
from mcm_core.services.access import FACILITATORS, OWNER, open_to
from mcm_core.services.cohorts import new_code, turn
from mcm_core.services.members.rows import lock
from mcm_core.services.messages import NOT_GONE
from mcm_core.services.opening_rows import as_opening, meetings, messages_about
from mcm_core.store.engine import afterwards
from mcm_core.store.scrub import scrub
from mcm_core.store.tables import ApplicationRow, FitRow, MemberRow, MessageRow, OpeningRow

KIND = "carried_over"


@dataclass(frozen=True)
class Places:
    """Places that nobody has, and people who wait for one."""

    free: int
    waiting: int


@open_to(FACILITATORS)
def to_carry(db: Session, visitor: Visitor, cohort_id: str) -> int:
    """How many people wait whom the visitor could carry over: none for who does not own the cohort."""
    return len(_rows(db, cohort_id)) if access.owns(db, visitor, cohort_id) else 0


@open_to(FACILITATORS)
def next_in_line(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> str | None:
    """The name of whoever waits longest while a place is free and may still be given: before session two. Else None."""
    here = db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()
    if here >= MEMBERS_MAX or at >= meetings(db, cohort_id)[1].starts_at:
        return None
    return next((row.name for row in _rows(db, cohort_id)), None)


@open_to(FACILITATORS)
def places(db: Session, visitor: Visitor, cohort_id: str) -> Places:
    """How many places are free, and how many people wait for one."""
    here = db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()
    return Places(max(0, MEMBERS_MAX - here), len(_rows(db, cohort_id)))


@open_to(OWNER)
def carry(db: Session, visitor: Visitor, cohort_id: str, to_cohort: str, *, at: datetime) -> int:
    """Carry everybody who waits over to another cohort that the visitor owns; returns how many they are.

    Each application goes there with its author's words, own link and place, and leaves nothing here: no messages, and
    not what facilitators said of the fit for this group. It is kept as long as the new public page says. A message to
    each is drafted, and the page itself, with the words of this one; nobody sees it before it is published.
    """
    if cohort_id == to_cohort:
        raise Refused("They wait here already. Choose the next cohort.")
    if not access.owns(db, visitor, to_cohort):
        raise NotAllowed
    for one in sorted((cohort_id, to_cohort)):
        lock(db, one)
    waiting = _rows(db, cohort_id)
    if not waiting:
        return 0
    ids = [row.id for row in waiting]
    db.execute(delete(MessageRow).where(messages_about(cohort_id, ids)))
    db.execute(delete(FitRow).where(FitRow.application_id.in_(ids)))
    page = _page(db, cohort_id, to_cohort, at)
    for row in waiting:
        row.cohort_id, row.is_late = to_cohort, False
        _tell(db, page, row, at)
    for one in (cohort_id, to_cohort):
        audit.note(db, visitor, Deed.WAITING_CARRIED, cohort_id=one, at=at)
        turn(db, one)
    afterwards(db, scrub)
    return len(waiting)


def draft_anew(db: Session, page: OpeningRow, *, at: datetime) -> None:
    """After a change of the page: tell those who were carried over, and have not been told yet, its new dates. For
    services that have checked who asks."""
    untold = (MessageRow.cohort_id == page.cohort_id, MessageRow.kind == KIND, MessageRow.state.in_(NOT_GONE))
    ids = db.scalars(delete(MessageRow).where(*untold).returning(MessageRow.once)).all()
    for row in db.scalars(select(ApplicationRow).where(ApplicationRow.id.in_(ids))).all():
        _tell(db, page, row, at)


def _rows(db: Session, cohort_id: str) -> Sequence[ApplicationRow]:
    """Who waits, the longest first."""
    waits = (ApplicationRow.cohort_id == cohort_id, ApplicationRow.decision == Decision.WAITING.value)
    return db.scalars(select(ApplicationRow).where(*waits).order_by(ApplicationRow.decided_at, ApplicationRow.id)).all()


def _page(db: Session, cohort_id: str, to_cohort: str, at: datetime) -> OpeningRow:
    """The public page of the other cohort, made with the words of this one if there is none yet."""
    if page := db.get(OpeningRow, to_cohort):
        return page
    first = meetings(db, to_cohort)[0]
    plan = next_plan(first.starts_local, first.time_zone, at)
    page = OpeningRow(
        cohort_id=to_cohort,
        slug=new_code().lower(),
        words=db.get_one(OpeningRow, cohort_id).words,
        closes_local=plan.closes,
        drop_in_minutes=plan.drop_in_minutes,
    )
    db.add(page)
    db.flush()
    return page


def _tell(db: Session, page: OpeningRow, row: ApplicationRow, at: datetime) -> None:
    opening = as_opening(db, page)
    until = opening.kept_until
    words = {
        "deadline": spoken(opening.plan.closes, opening.time_zone),
        "until": f"{until.day} {until:%B %Y}",
    }
    messages.draft(db, page.cohort_id, KIND, To(row.name, row.email), words, at=at, once=row.id)
