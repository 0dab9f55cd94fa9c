"""The record of what a cohort decided: written by its facilitators, read by everybody in it, kept at the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.decision import ALWAYS, AT_THE_END, LAST_SESSION, Decision, cleaned, refuse_unseen
from mcm_core.domain.release import Release
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, releases
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.services.round_rows import as_round
from mcm_core.store.tables import CohortRow, DecisionRow, InstrumentRow, RoundRow


@open_to(COHORT)
def of(db: Session, visitor: Visitor, cohort_id: str) -> Decision | None:
    """What is written down; None while nothing is."""
    row = db.get(DecisionRow, cohort_id)
    return _decision(row) if row else None


@open_to(COHORT)
def checks(db: Session, visitor: Visitor, cohort_id: str) -> tuple[tuple[Round, dict[str, Release]], ...]:
    """The quick checks that came before the decision, with what was revealed of each; of a vote again the last."""
    found = select(RoundRow, InstrumentRow.key).join(InstrumentRow, InstrumentRow.id == RoundRow.instrument_id)
    shown = (RoundRow.cohort_id == cohort_id, RoundRow.state == RoundState.REVEALED)
    asked = InstrumentRow.key.in_([ALWAYS, AT_THE_END])
    rows = db.execute(found.where(*shown, asked).order_by(RoundRow.revealed_at, RoundRow.attempt)).all()
    last = {row.first_id: (as_round(db, row), key) for row, key in rows}
    return tuple(
        (check, releases.of_round(db, visitor, check))
        for check, key in last.values()
        if key == ALWAYS or check.session_number == LAST_SESSION
    )


@open_to(FACILITATORS)
def write_down(
    db: Session, visitor: Visitor, cohort_id: str, *,
    options: str, feedback: str, resources: str, decided: str, who: str, version: int, at: datetime,
) -> Decision:  # fmt: skip
    """Keep the record; `version` is the one that was drawn, 0 for none. Raises Refused, and Conflict where somebody
    else wrote meanwhile: both texts are then before the second of the two."""
    said = {"options": options, "feedback": feedback, "resources": resources, "decided": decided, "who": who}
    kept = cleaned(said)
    db.get_one(CohortRow, cohort_id, with_for_update=True)  # two who write at once take turns
    row = db.get(DecisionRow, cohort_id, populate_existing=True)
    refuse_unseen(_decision(row) if row else None, version)
    row = row or DecisionRow(cohort_id=cohort_id)
    for name, words in kept.items():
        setattr(row, name, words)
    row.version, row.changed_at = version + 1, at
    db.add(row)
    db.flush()
    audit.note(db, visitor, Deed.DECISION_KEPT, cohort_id, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)
    return _decision(row)


def _decision(row: DecisionRow) -> Decision:
    return Decision(row.options, row.feedback, row.resources, row.decided, row.who, row.version, row.changed_at)
