"""The votes of a run-sheet's blocks: opened by a press, or by themselves with their block, which then also ends them.

What was opened by a press only a press shows; it may stay open from one block to the next, and the session's end closes
it. Dots open with their block, too, and stay open after it: showing them is a press of its own (`services.dots`).

For services that have checked who asks.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain import run_sheet as rules
from mcm_core.domain.block import Activity, Block
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Lane, Round, RoundState
from mcm_core.domain.run_sheet import Blocks, RunSheet
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, dots, instruments, rounds
from mcm_core.services.round_rows import as_round
from mcm_core.store.tables import BlockRow, ReadingRow, RoundRow

_UNDER_WAY = (RoundRow.lane == Lane.ROOM) & RoundRow.state.in_([RoundState.OPEN, RoundState.CLOSED])


def opened(db: Session, by: Visitor, sheet: RunSheet, block: Block, *, at: datetime) -> tuple[Round, Blocks]:
    """Open the vote that this block describes; the round, and the blocks as they are then. Raises Conflict, Refused."""
    plan = block.round_plan
    instrument = instruments.offered().get(plan.instrument) if plan else None
    if plan is None or instrument is None:
        raise Refused("What this vote asks is not on this server any more. Prepare a round instead.")
    drafted = rounds.draft(db, by, sheet.session_id, plan.card(instrument, block.minutes), at=at)
    open_ = rounds.open_(db, by, drafted.id, version=drafted.version, at=at)
    return open_, rules.put(sheet.blocks, replace(block, round_id=open_.id))


def by_hand(db: Session, session_id: str, *, dots_too: bool) -> None:
    """Let every vote of a session wait for a press, for the demo, which tells its own, also its dots."""
    for row in db.scalars(select(BlockRow).where(BlockRow.session_id == session_id)):
        if row.activity == Activity.DOTS and dots_too:
            row.activity = Activity.TOPICS.value
        if plan := (row.details or {}).get("round"):
            row.details = {"round": {**plan, "by_itself": False}}
    db.flush()


def begun_with(db: Session, by: Visitor, cohort_id: str, sheet: RunSheet, *, onwards: bool, at: datetime) -> Blocks:
    """The blocks after the one that is on has opened its vote, if it does so by itself and can; one that was put aside
    goes on where it was left.

    Where it cannot (another vote is under way, too few people to be anonymous) the session goes on without it, and the
    button that opens it says why. The same with dots, of which the desk says it; going back opens none.
    """
    block = sheet.current
    if block and block.activity is Activity.DOTS and onwards:
        with suppress(Conflict, Refused), db.begin_nested():
            dots.open_(db, by, cohort_id, at=at)
    if block and block.round_plan and block.round_plan.by_itself:
        with suppress(Conflict, Refused, IntegrityError), db.begin_nested():
            if block.round_id is None:
                return opened(db, by, sheet, block, at=at)[1]
            db.get_one(RoundRow, block.round_id, populate_existing=True).aside_at = None
            db.flush()
    return sheet.blocks


def left(db: Session, by: Visitor, block: Block | None, *, onwards: bool, at: datetime) -> None:
    """End the vote that opened by itself with this block, now that the block is not on any more.

    One that nobody answered is discarded. Going on closes and reveals it when enough have answered for a picture. Else,
    and whenever the step is taken back, it is put aside with its answers until its block is on again. An anonymous one
    is always closed by going on: nobody's answers wait in its bag.
    """
    round_id = block.round_id if block and block.round_plan and block.round_plan.by_itself else None
    row = db.get(RoundRow, round_id, populate_existing=True, with_for_update=True) if round_id else None
    if row is None or row.state == RoundState.REVEALED:
        return
    answered = _answered(db, row)
    if not answered:
        db.delete(row)
    elif onwards and (row.mode == Mode.ANONYMOUS or answered >= row.threshold):
        _shown(db, by, row, at=at)
    else:
        row.aside_at = at
    db.flush()


def ended(db: Session, by: Visitor, session_id: str, *, at: datetime) -> None:
    """Close what a session that is over leaves open: it can still be revealed afterwards, by a press.

    What was put aside has too few answers for a picture. It counts as shown, so that who missed it has their week
    (`domain.late`); no screen goes back to it.
    """
    for row in db.scalars(select(RoundRow).where(RoundRow.session_id == session_id, _UNDER_WAY)).all():
        if row.aside_at:
            _shown(db, by, row, at=at)
        elif row.state == RoundState.OPEN:
            rounds.close(db, by, row.id, version=row.version, at=at)


def _answered(db: Session, row: RoundRow) -> int:
    if row.mode == Mode.ANONYMOUS:
        return bags.turnout(db, row.id, RoundState.CLOSED)
    return db.scalars(select(func.count(distinct(ReadingRow.member_id))).where(ReadingRow.round_id == row.id)).one()


def _shown(db: Session, by: Visitor, row: RoundRow, *, at: datetime) -> None:
    round_ = as_round(db, row)
    if round_.state is RoundState.OPEN:
        round_ = rounds.close(db, by, round_.id, version=round_.version, at=at)
    rounds.reveal(db, by, round_.id, version=round_.version, at=at)
