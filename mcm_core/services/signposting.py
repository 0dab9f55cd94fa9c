"""Where a cohort's people can turn for help."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Refused
from mcm_core.domain.signposting import Signposting, clean_lines
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit
from mcm_core.services.access import FACILITATORS, GUESTS, INSIDE, open_to
from mcm_core.store.tables import CohortRow, SignpostingRow


@open_to(INSIDE | GUESTS)
def of(db: Session, visitor: Visitor, cohort_id: str) -> Signposting | None:
    """What a facilitator has checked and written for this cohort; None until then. Raises NotAllowed."""
    row = db.get(SignpostingRow, cohort_id)
    return Signposting(row.danger, row.contact, row.lines, row.checked_at) if row else None


@open_to(FACILITATORS)
def write_down(
    db: Session, visitor: Visitor, cohort_id: str, *, danger: str, contact: str, lines: str, at: datetime
) -> Signposting:
    """Keep it for everybody in the cohort. Raises Refused while a gap is left, or without a way out of danger."""
    checked = Signposting(
        clean_lines(danger, what="In danger now"),
        clean_lines(contact, what="Whom to tell"),
        clean_lines(lines, what="Helplines"),
        at,
    )
    if not checked.danger or not checked.contact:
        raise Refused("Say what to do in danger, and whom to tell. Helplines may stay empty.")
    db.get_one(CohortRow, cohort_id, with_for_update=True)  # two who save at once take turns
    row = db.get(SignpostingRow, cohort_id) or SignpostingRow(cohort_id=cohort_id)
    row.danger, row.contact, row.lines, row.checked_at = checked.danger, checked.contact, checked.lines, at
    db.add(row)
    audit.note(db, visitor, Deed.SIGNPOSTING_SET, cohort_id, cohort_id=cohort_id, at=at)
    return checked
