"""What may stand in the way of a session's first block: each gives a sentence for the facilitators, or None.

For services that have checked who asks.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.services import news, openings
from mcm_core.store.tables import CohortSessionRow, RunSheetRow


def another_is_on(db: Session, meeting: CohortSessionRow) -> str | None:
    """One session is run at a time."""
    on = RunSheetRow.block_id.is_not(None), RunSheetRow.session_id != meeting.id
    found = select(CohortSessionRow.number).join(RunSheetRow).where(RunSheetRow.cohort_id == meeting.cohort_id, *on)
    number = db.scalar(found)
    return f"Session {number} is still on. End it first, then begin this one." if number else None


def does_not_take_place(db: Session, meeting: CohortSessionRow) -> str | None:
    """A session that was cancelled keeps its number and is not run (domain.md §5 row 37)."""
    if meeting.cancelled_at is None:
        return None
    return f"Session {meeting.number} was cancelled. Give it a date on the page “Cohort”, and it takes place after all."


def dates_are_open(db: Session, meeting: CohortSessionRow) -> str | None:
    """Where people were looked for, the six dates are fixed before the first session (domain.md §1C row 63)."""
    try:
        openings.refuse_open_dates(db, meeting.cohort_id)
    except Refused as refused:
        return str(refused)
    return None


def nothing_said_back(db: Session, meeting: CohortSessionRow) -> str | None:
    """What was said after the last session has its answer before the next one (domain.md §0, 10)."""
    number = news.unanswered(db, meeting)
    if number is None:
        return None
    return (
        f"Nothing has been said back about session {number} yet. On the page “News and views”, write one line: what "
        f"you changed, or why you could not. Then session {meeting.number} can begin."
    )


ALL: list[Callable[[Session, CohortSessionRow], str | None]] = [
    another_is_on,
    does_not_take_place,
    dates_are_open,
    nothing_said_back,
]
