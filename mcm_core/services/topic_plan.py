"""What comes when: a facilitator writes down what the group decides. Dots advise it, and move nothing by themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.topic import next_planned, refuse_session
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.members.rows import lock
from mcm_core.services.topic_rows import named_in, tell
from mcm_core.store.tables import TopicRow


@open_to(FACILITATORS)
def schedule(
    db: Session, visitor: Visitor, topic_id: str, session_number: int | None, *, was: int | None, at: datetime
) -> None:
    """Plan a topic for a session, or for None take it out of the plan. `was` is where it stood on the screen.

    Raises Refused for a session that takes no topics or is over, Conflict when somebody else was quicker.
    """
    refuse_session(session_number)
    cohort_id = db.get_one(TopicRow, topic_id).cohort_id
    if session_number and cohorts.get(db, visitor, cohort_id).session(session_number).ends_at <= at:
        raise Refused(f"Session {session_number} is over. Choose a later one.")
    lock(db, cohort_id)
    row = named_in(db, cohort_id, topic_id)
    if row.planned_for not in (was, session_number):
        now = f"for session {row.planned_for}" if row.planned_for else "for no session"
        raise Conflict(f"Another facilitator was quicker: this is planned {now} now. Look at the plan again.")
    row.planned_for = session_number
    tell(db, cohort_id)


@open_to(FACILITATORS)
def swap(db: Session, visitor: Visitor, cohort_id: str, session_number: int, *, seen: Collection[str]) -> int:
    """Have the topics of a session change places with those of the next that has any; returns its number.

    For when the person who brought one is away (domain.md §5 row 46): their words are not read out without their OK.
    `seen` are the topics that stood there on the screen. Raises Conflict when others do by now, Refused after the last.
    """
    refuse_session(session_number)
    lock(db, cohort_id)
    planned = select(TopicRow).where(TopicRow.cohort_id == cohort_id, TopicRow.planned_for.is_not(None))
    rows = db.scalars(planned.execution_options(populate_existing=True)).all()
    here = [row for row in rows if row.planned_for == session_number]
    if {row.id for row in here} != set(seen):
        raise Conflict("Another facilitator has just changed the plan. Look at it again.")
    if not here:
        raise Refused(f"Nothing is planned for session {session_number}.")
    other = next_planned(session_number, [row.planned_for for row in rows if row.planned_for])
    for row in rows:
        row.planned_for = {session_number: other, other: session_number}.get(row.planned_for or 0, row.planned_for)
    tell(db, cohort_id)
    return other
