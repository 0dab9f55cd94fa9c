"""Rows of run-sheets as domain values and back, for services that have declared who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.block import Activity, Block, Practice, RoundPlan
from mcm_core.domain.errors import Conflict
from mcm_core.domain.mode import Mode
from mcm_core.domain.programme import PlannedBlock
from mcm_core.domain.run_sheet import Blocks, RunSheet
from mcm_core.services import programmes
from mcm_core.store.tables import BlockRow, CohortSessionRow, FacilitatorRow, RunSheetRow, new_id

_SAME = (
    "title", "minutes", "prompt", "screen", "note", "captured", "keeps_picture", "skipped", "extra", "began_at",
    "ended_at", "round_id", "guest_id",
)  # fmt: skip
#: When a session was begun, if it was: a column for whoever selects sessions.
BEGAN_AT = (
    select(func.min(BlockRow.began_at))
    .where(BlockRow.session_id == CohortSessionRow.id)
    .correlate(CohortSessionRow)
    .scalar_subquery()
)


def as_sheet(db: Session, row: RunSheetRow) -> RunSheet:
    """The domain value of a run-sheet, as it stands in the database now."""
    meeting = db.get_one(CohortSessionRow, row.session_id)
    return RunSheet(
        session_id=row.session_id,
        session_number=meeting.number,
        minutes=meeting.minutes,
        version=row.version,
        blocks=tuple(as_block(block) for block in _rows(db, row.session_id)),
        ended_at=row.ended_at,
    )


def as_block(row: BlockRow) -> Block:
    """The domain value of a block."""
    same = {name: getattr(row, name) for name in _SAME}
    return Block(id=row.id, activity=Activity(row.activity), **same, **_details(row.details or {}))


def keep(db: Session, sheet: RunSheet, cohort_id: str, blocks: Blocks) -> None:
    """Store what the blocks of this sheet have become, in their order. New ones are added."""
    known = {row.id: row for row in _rows(db, sheet.session_id)}
    for place, block in enumerate(blocks):
        row = known.get(block.id) or _new(db, block, cohort_id, sheet.session_id)
        row.place = place
        for name in _SAME:
            setattr(row, name, getattr(block, name))
    db.flush()


def from_programme(number: int) -> Blocks:
    """The programme's blocks of this session, as new ones of a cohort's own."""
    return tuple(_copied(block) for block in programmes.offered().session(number).blocks)


def _copied(planned: PlannedBlock) -> Block:
    return Block(
        id=new_id(),
        title=str(planned.title),
        minutes=planned.minutes,
        activity=planned.activity,
        prompt=str(planned.prompt or ""),
        screen=str(planned.screen or ""),
        note=str(planned.note or ""),
        captured=str(planned.captured or ""),
        round_plan=planned.round_plan,
        practice=planned.practice,
        keeps_picture=planned.keeps_picture,
    )


def taken(db: Session, by: str, session_id: str, version: int) -> RunSheetRow:
    """The run-sheet for changing, if nobody has since `version` was drawn: of two facilitators one wins, the other is
    told who it was. Raises Conflict. `by` is the facilitator's id."""
    changing = (
        update(RunSheetRow)
        .where(RunSheetRow.session_id == session_id, RunSheetRow.version == version)
        .values(version=version + 1, moved_by=by)
        .returning(RunSheetRow.session_id)
        .execution_options(synchronize_session=False)
    )
    if db.scalar(changing) is None:
        raise _quicker(db, by, session_id)
    return db.get_one(RunSheetRow, session_id, populate_existing=True)


def _quicker(db: Session, by: str, session_id: str) -> Conflict:
    row = db.get(RunSheetRow, session_id, populate_existing=True)
    name = db.scalar(select(FacilitatorRow.name).where(FacilitatorRow.id == row.moved_by)) if row else None
    who = "You have" if row and row.moved_by == by else f"{name or 'Another facilitator'} has"
    current = as_sheet(db, row).current if row else None
    now = f" “{current.title}” is on now." if current else ""
    return Conflict(f"{who} already changed the plan.{now} Look at the screen again before you decide what is next.")


def _rows(db: Session, session_id: str) -> Sequence[BlockRow]:
    found = select(BlockRow).where(BlockRow.session_id == session_id).order_by(BlockRow.place, BlockRow.id)
    return db.scalars(found.execution_options(populate_existing=True)).all()


def _new(db: Session, block: Block, cohort_id: str, session_id: str) -> BlockRow:
    plan, practice = block.round_plan, block.practice
    details = {"round": asdict(plan)} if plan else {"practice": asdict(practice)} if practice else None
    row = BlockRow(
        id=block.id, cohort_id=cohort_id, session_id=session_id, activity=block.activity.value, details=details
    )
    db.add(row)
    return row


def _details(stored: dict[str, Any]) -> dict[str, Any]:
    if found := stored.get("round"):
        plan = RoundPlan(**{**found, "themes": tuple(found["themes"]), "mode": Mode(found["mode"])})
        return {"round_plan": plan}
    if found := stored.get("practice"):
        return {"practice": Practice(found["question"], tuple(found["choices"]))}
    return {}
