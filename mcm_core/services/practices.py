"""A vote to practise on. Only how many have tapped is ever shown, and the answers go when the block is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ARRIVED, COHORT, MEMBERS, open_to
from mcm_core.services.sheet_rows import as_block
from mcm_core.store.engine import announce
from mcm_core.store.tables import BlockRow, PractisedRow, RunSheetRow

OVER = "This practice vote is over. There is nothing more to do here."


@dataclass(frozen=True)
class Practised:
    """What a member tapped in a practice vote that is on, for their own eyes."""

    question: str
    choice: str


@open_to(MEMBERS)
def tap(db: Session, visitor: Visitor, block_id: str, choice: int, *, at: datetime) -> None:
    """Answer, or change the answer. Raises Refused when the block is over, or there is no such choice."""
    row = db.get_one(BlockRow, block_id)
    block = as_block(row)
    if block.practice is None or not block.is_on(at) or not _held(db, row):
        raise Refused(OVER)
    if not 0 <= choice < len(block.practice.choices):
        raise Refused("Choose one of the answers.")
    member_id = access.member(db, visitor, row.cohort_id)
    tapped = db.get(PractisedRow, (block_id, member_id)) or PractisedRow(
        block_id=block_id, member_id=member_id, cohort_id=row.cohort_id
    )
    tapped.choice = choice
    db.add(tapped)
    announce(db, f"count:{row.cohort_id}")


def _held(db: Session, row: BlockRow) -> bool:
    """Whether the block is on. Until the transaction ends it stays so and nobody else taps: no answer outlives it."""
    on = RunSheetRow.cohort_id == row.cohort_id, RunSheetRow.block_id == row.id
    return db.scalar(select(RunSheetRow.session_id).where(*on).with_for_update()) is not None


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor, block_id: str) -> int | None:
    """What the visitor tapped, or None."""
    tapped = db.get(PractisedRow, (block_id, access.member(db, visitor, visitor.cohort_id or "")))
    return tapped.choice if tapped else None


@open_to(COHORT)
def count(db: Session, visitor: Visitor, block_id: str) -> int:
    """How many have tapped."""
    return db.scalar(select(func.count()).where(PractisedRow.block_id == block_id)) or 0


@open_to(ARRIVED)
def all_mine(db: Session, visitor: Visitor) -> tuple[Practised, ...]:
    """Every practice answer of the visitor's that is kept at this moment."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = db.execute(
        select(PractisedRow.choice, BlockRow)
        .join(BlockRow, BlockRow.id == PractisedRow.block_id)
        .where(PractisedRow.member_id == member_id)
    )
    known = ((choice, as_block(block).practice) for choice, block in rows)
    return tuple(Practised(one.question, one.choices[choice]) for choice, one in known if one)
