"""A pause for everybody in the cohort, begun and ended by one tap. Rounds stay as they are: a late tap still counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain import pause
from mcm_core.domain.visitor import Visitor
from mcm_core.services.access import FACILITATORS, GUESTS, INSIDE, open_to
from mcm_core.services.cohorts import turn
from mcm_core.store.tables import PauseRow


@open_to(INSIDE | GUESTS)
def is_on(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> bool:
    """Whether the cohort pauses just now. Raises NotAllowed."""
    return pause.is_on(db.scalar(select(PauseRow.since).where(PauseRow.cohort_id == cohort_id)), at)


@open_to(FACILITATORS)
def begin(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Show the calm screen everywhere. Pressed twice, it is still one pause."""
    turn(db, cohort_id)  # first: it holds the cohort's row, so that two who press at once make one pause
    row = db.get(PauseRow, cohort_id) or PauseRow(cohort_id=cohort_id)
    row.since = at
    db.add(row)


@open_to(FACILITATORS)
def end(db: Session, visitor: Visitor, cohort_id: str) -> None:
    """Go on where everybody was."""
    db.execute(delete(PauseRow).where(PauseRow.cohort_id == cohort_id))
    turn(db, cohort_id)
