"""The public page of a cohort: written, published on purpose, closed to the minute, and confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain import opening as rules
from mcm_core.domain.application import Decision
from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.opening import Opening, Plan, Stage
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, deadline_news, interests, outcomes, waiting_list
from mcm_core.services.access import ANYBODY, FACILITATORS, open_to
from mcm_core.services.cohorts import new_code, turn
from mcm_core.services.members.roster import OVER
from mcm_core.services.members.rows import lock
from mcm_core.services.opening_rows import NOWHERE, as_opening, meetings, of_slug
from mcm_core.store import opening_texts
from mcm_core.store.secret import derived_token
from mcm_core.store.tables import ApplicationRow, CohortRow, OpeningRow


@dataclass(frozen=True)
class Public:
    """What a stranger sees. `meetings` are the six dates, which are provisional until they are fixed."""

    opening: Opening
    stage: Stage
    meetings: tuple[CohortSession, ...]


@open_to(ANYBODY)
def public(db: Session, slug: str, *, at: datetime) -> Public:
    """The published page with this address. Raises NotAllowed; one that is no more and one that never was are alike."""
    opening = as_opening(db, of_slug(db, slug))
    stage = opening.stage(at)
    if stage is Stage.DRAFT:
        raise NotAllowed(NOWHERE)
    shown = replace(opening, plan=replace(opening.plan, drop_in_link=""))
    return Public(shown, stage, meetings(db, opening.cohort_id))


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> Opening | None:
    """The page as its facilitators see it, published or not; None until somebody has written one down."""
    row = db.get(OpeningRow, cohort_id)
    return as_opening(db, row) if row else None


@open_to(FACILITATORS)
def write_down(
    db: Session, visitor: Visitor, cohort_id: str, *, plan: Plan, words: Mapping[str, str], at: datetime
) -> Opening:
    """Say what stands on the page and when it closes. Nobody else sees it before it is published. Raises Refused.

    What was drafted for people who are interested or apply, and has not gone out, is drafted anew; who was told another
    closing time gets a message that says so.
    """
    lock(db, cohort_id)
    cohort = db.get_one(CohortRow, cohort_id)
    if cohort.deleted_at:
        raise Refused(OVER)
    rules.refuse_plan(plan, cohort.time_zone)
    row = db.get(OpeningRow, cohort_id)
    before = as_opening(db, row) if row else None
    row = row or OpeningRow(cohort_id=cohort_id, slug=new_code().lower(), takes_late=False)
    row.words = rules.clean_words(words, frozenset(opening_texts.page().all_))
    row.closes_local, row.drop_in_local = plan.closes, plan.drop_in
    row.drop_in_minutes, row.drop_in_link = plan.drop_in_minutes, plan.drop_in_link.strip()
    if row.published_at:
        _refuse_nameless(row)
    db.add(row)
    db.flush()
    audit.note(db, visitor, Deed.OPENING_WRITTEN, cohort_id=cohort_id, at=at)
    if before:
        deadline_news.moved(db, before, as_opening(db, row), at=at)
    interests.draft_anew(db, row, at=at)
    waiting_list.draft_anew(db, row, at=at)
    turn(db, cohort_id)
    return as_opening(db, row)


@open_to(FACILITATORS)
def publish(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Show the page to whoever has its address. Raises Refused without a contact, or when it would have closed."""
    row = _written(db, cohort_id)
    _refuse_nameless(row)
    opening = as_opening(db, row)
    rules.refuse_past(opening.plan, opening.time_zone, at)
    row.published_at = row.published_at or at
    audit.note(db, visitor, Deed.OPENING_PUBLISHED, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)


@open_to(FACILITATORS)
def take_down(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Show the page to nobody any more. What people sent stays, and their own links work."""
    _written(db, cohort_id).published_at = None
    audit.note(db, visitor, Deed.OPENING_TAKEN_DOWN, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)


@open_to(FACILITATORS)
def take_late(db: Session, visitor: Visitor, cohort_id: str, *, yes: bool, at: datetime) -> None:
    """Take late applications by a link of their own, or no more. They are flagged, and never refused by the machine."""
    _written(db, cohort_id).takes_late = yes
    audit.note(db, visitor, Deed.LATE_TAKEN if yes else Deed.LATE_ENDED, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)


@open_to(FACILITATORS)
def late_token(db: Session, visitor: Visitor, cohort_id: str) -> str | None:
    """The end of the address for late applications; None while none are taken."""
    row = db.get(OpeningRow, cohort_id)
    return derived_token("late application", cohort_id) if row and row.takes_late else None


@open_to(FACILITATORS)
def confirm(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int:
    """Confirm the group: draft a message to everybody who applied, and return how many. From then on every decision
    drafts its own, and nobody is reminded to apply. Raises Refused while applications wait for a decision, or the six
    dates are not fixed."""
    lock(db, cohort_id)
    row = _written(db, cohort_id)
    waiting = select(func.count()).where(
        ApplicationRow.cohort_id == cohort_id, ApplicationRow.sent_at.is_not(None), ApplicationRow.decision.is_(None)
    )
    if undecided := db.scalars(waiting).one():
        some = "1 application waits" if undecided == 1 else f"{undecided} applications wait"
        raise Refused(f"{some} for a decision. Decide first: nobody who wrote to us should be left without an answer.")
    if row.dates_fixed_at is None:
        raise Refused(
            "The six dates are not fixed yet. Choose the weekly time first: people are told it with their place."
        )
    row.confirmed_at = row.confirmed_at or at
    interests.forget_reminders(db, cohort_id)
    decided = (ApplicationRow.cohort_id == cohort_id, ApplicationRow.decision.in_(list(Decision)))
    told = [outcomes.tell(db, one, at=at) for one in db.scalars(select(ApplicationRow).where(*decided)).all()]
    audit.note(db, visitor, Deed.GROUP_CONFIRMED, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)
    return len(told)


def refuse_open_dates(db: Session, cohort_id: str) -> None:
    """Raise Refused while a cohort that looks for its people has no fixed dates: session one cannot start before
    (domain.md §1C row 63). For services that have checked who asks."""
    row = db.get(OpeningRow, cohort_id)
    if row and row.published_at and row.dates_fixed_at is None:
        raise Refused("The six dates are not fixed yet. Fix them on the page “Applicants”, then start session one.")


def _written(db: Session, cohort_id: str) -> OpeningRow:
    row = db.get(OpeningRow, cohort_id)
    if row is None:
        raise Refused("There is no public page yet. Write down what stands on it first.")
    return row


def _refuse_nameless(row: OpeningRow) -> None:
    if not row.words.get("contact", "").strip():
        raise Refused("The page does not say whom to ask. Write a name and an e-mail address under “Any questions”.")
