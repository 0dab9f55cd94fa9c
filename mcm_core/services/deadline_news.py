"""What applicants are written when applications close at another time than they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.message import To
from mcm_core.domain.opening import Opening, spoken
from mcm_core.services import messages
from mcm_core.services.messages import NOT_GONE
from mcm_core.store.tables import ApplicationRow, MessageRow

KIND = "deadline_moved"
TELL_IT = ("application_link", "application_link_again", "application_received", KIND)


def moved(db: Session, before: Opening, after: Opening, *, at: datetime) -> None:
    """Put the new closing time into what has not gone yet, and draft a message to whoever was told another one and has
    no answer yet. For services that have checked who asks."""
    old, new = (spoken(one.plan.closes, one.time_zone) for one in (before, after))
    if old == new or after.confirmed_at:
        return
    drafts = _messages(db, after.cohort_id, _untouched())
    for draft in drafts:
        draft.body, draft.version = draft.body.replace(old, new), draft.version + 1
        if draft.kind == KIND and draft.body.count(new) > 1:  # back to what they were told: nothing has changed
            db.delete(draft)
    db.flush()
    told = {row.once for row in _messages(db, after.cohort_id, ~_untouched())}
    written = {row.once for row in drafts if row.kind == KIND}
    applied = (ApplicationRow.cohort_id == after.cohort_id, ApplicationRow.decision.is_(None))
    for row in db.scalars(select(ApplicationRow).where(*applied, ApplicationRow.id.in_(told - written))).all():
        db.execute(delete(MessageRow).where(_of(after.cohort_id), MessageRow.kind == KIND, MessageRow.once == row.id))
        words = {"before": old, "deadline": new}
        messages.draft(db, after.cohort_id, KIND, To(row.name, row.email), words, at=at, once=row.id)


def _messages(db: Session, cohort_id: str, which: ColumnElement[bool]) -> Sequence[MessageRow]:
    return db.scalars(select(MessageRow).where(_of(cohort_id), which)).all()


def _of(cohort_id: str) -> ColumnElement[bool]:
    return and_(MessageRow.cohort_id == cohort_id, MessageRow.kind.in_(TELL_IT))


def _untouched() -> ColumnElement[bool]:
    """Nobody can have read them: they have not gone, and were not tried."""
    return and_(MessageRow.state.in_(NOT_GONE), MessageRow.tries == 0)
