"""That the meeting is being recorded, by another program, as its people agreed: noted by hand, for every screen to say
until the session ends (domain.md §5 row 55). This app records nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.store.tables import RunSheetRow


@open_to(FACILITATORS)
def say(db: Session, visitor: Visitor, session_id: str, *, yes: bool, at: datetime) -> None:
    """Note that everybody agreed to a recording, or that it has ended, on every screen at once.

    Raises Refused for a session that is not on.
    """
    row = db.get(RunSheetRow, session_id, with_for_update=True, populate_existing=True)
    if row is None or row.block_id is None:
        raise Refused("This session is not on. Begin it first, ask everybody, and note then that all agreed.")
    if row.recorded == yes:
        return
    row.recorded = yes
    db.flush()
    deed = Deed.RECORDING_AGREED if yes else Deed.RECORDING_ENDED
    audit.note(db, visitor, deed, session_id, cohort_id=row.cohort_id, at=at)
    turn(db, row.cohort_id)
