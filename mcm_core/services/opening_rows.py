"""Rows of the public page and of applications as domain values, and back. No verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Answer, Application, Decision, Form, Says
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.opening import Opening, Plan
from mcm_core.services.visitors import as_meeting
from mcm_core.store.secret import derived_token
from mcm_core.store.tables import ApplicationRow, CohortRow, CohortSessionRow, MessageRow, OpeningRow

NOWHERE = "There is no page at this address. Ask the person who gave it to you for a new one."


def of_slug(db: Session, slug: str) -> OpeningRow:
    """The page at this address, published or not. Raises NotAllowed."""
    row = db.scalar(select(OpeningRow).where(OpeningRow.slug == slug))
    if row is None:
        raise NotAllowed(NOWHERE)
    return row


def as_opening(db: Session, row: OpeningRow) -> Opening:
    """A row as the rules know it."""
    return Opening(
        cohort_id=row.cohort_id,
        slug=row.slug,
        time_zone=db.get_one(CohortRow, row.cohort_id).time_zone,
        plan=Plan(row.closes_local, row.drop_in_local, row.drop_in_minutes, row.drop_in_link),
        words=row.words,
        takes_late=row.takes_late,
        published_at=row.published_at,
        confirmed_at=row.confirmed_at,
        dates_fixed_at=row.dates_fixed_at,
    )


def meetings(db: Session, cohort_id: str) -> tuple[CohortSession, ...]:
    """The six dates of a cohort."""
    zone = db.get_one(CohortRow, cohort_id).time_zone
    rows = select(CohortSessionRow).where(CohortSessionRow.cohort_id == cohort_id).order_by(CohortSessionRow.number)
    return tuple(as_meeting(row, zone) for row in db.scalars(rows))


def as_application(row: ApplicationRow, *, with_aside: bool) -> Application:
    """A row as its readers know it; `with_aside` for its author and the coordinator."""
    return Application(
        id=row.id,
        cohort_id=row.cohort_id,
        name=row.name,
        email=row.email,
        organisation=row.organisation,
        answers=_answers(row.answers),
        aside=_answers(row.aside) if with_aside else (),
        times={time: Says(said) for time, said in row.times.items()},
        version=row.version,
        begun_at=row.begun_at,
        saved_at=row.saved_at,
        sent_at=row.sent_at,
        is_late=row.is_late,
        decision=Decision(row.decision) if row.decision else None,
        decided_at=row.decided_at,
        is_member=row.member_id is not None,
    )


def in_order(said: Mapping[str, tuple[str, str]], form: Form) -> dict[str, Any]:
    """Answers for storing, key → question and answer, in the order of the form."""
    places = {question.key: place for place, question in enumerate(form.questions)}
    return {key: list(said[key]) for key in sorted(said, key=lambda key: (places.get(key, len(places)), key))}


def link_of(application_id: str, version: int = 1) -> str:
    """The token of an applicant's own link. Derived, so that nothing but its digest is kept."""
    return derived_token("application", application_id, str(version))


def messages_about(cohort_id: str, ids: Iterable[str]) -> ColumnElement[bool]:
    """The messages that were drafted for these interests or applications of a cohort."""
    return and_(MessageRow.cohort_id == cohort_id, MessageRow.once.in_(list(ids)))


def _answers(stored: Mapping[str, Any]) -> tuple[Answer, ...]:
    return tuple(Answer(key, asked, said) for key, (asked, said) in stored.items())
