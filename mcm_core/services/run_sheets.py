"""Running a session by its run-sheet: what is on, and the steps from one block to the next.

Every step names the `version` that was on the screen: a stale press is refused, never queued (domain.md §5 row 30).
Phones and the room hear of it as of a round that opens (`cohorts.turn`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain import run_sheet as rules
from mcm_core.domain.block import Block
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.round import ON_STAGE, Round
from mcm_core.domain.run_sheet import Blocks, RunSheet
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, attendance, block_votes, pulses
from mcm_core.services import hindrances as hindrances_
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.services.sheet_rows import as_block, as_sheet, from_programme, keep, taken
from mcm_core.store.engine import announce
from mcm_core.store.tables import BlockRow, CohortSessionRow, PractisedRow, RunSheetRow

IsConnected = Callable[[str], bool]


@dataclass(frozen=True)
class Now:
    """What is on in a cohort, for everybody in it. The facilitators' own notes are not in `block`."""

    session_id: str
    session_number: int
    block: Block
    recorded: bool = False


@dataclass(frozen=True)
class Progress:
    """Which session of a cohort is being run, and when those ended that are over, by their ids."""

    on: str | None
    over: Mapping[str, datetime]


@open_to(FACILITATORS)
def hindrances(db: Session, visitor: Visitor, session_id: str) -> tuple[str, ...]:
    """Everything that has to be done before this session can begin, in words. Empty when it can."""
    meeting = db.get_one(CohortSessionRow, session_id)
    return tuple(said for hindrance in hindrances_.ALL if (said := hindrance(db, meeting)))


@open_to(FACILITATORS)
def of_session(db: Session, visitor: Visitor, session_id: str) -> RunSheet | None:
    """The cohort's own run-sheet of this session; None before somebody has looked at it for the first time."""
    row = db.get(RunSheetRow, session_id)
    return as_sheet(db, row) if row else None


@open_to(FACILITATORS)
def progress(db: Session, visitor: Visitor, cohort_id: str) -> Progress:
    """How far a cohort has come."""
    rows = db.scalars(select(RunSheetRow).where(RunSheetRow.cohort_id == cohort_id)).all()
    on = next((row.session_id for row in rows if row.block_id), None)
    return Progress(on, {row.session_id: row.ended_at for row in rows if row.ended_at})


@open_to(FACILITATORS)
def begun(db: Session, visitor: Visitor, cohort_id: str) -> tuple[RunSheet, ...]:
    """The run-sheets of the sessions that have begun, in order."""
    rows = db.scalars(select(RunSheetRow).where(RunSheetRow.cohort_id == cohort_id)).all()
    sheets = [sheet for sheet in (as_sheet(db, row) for row in rows) if sheet.has_begun]
    return tuple(sorted(sheets, key=lambda sheet: sheet.session_number))


@open_to(FACILITATORS)
def make(db: Session, visitor: Visitor, session_id: str) -> RunSheet:
    """Give the session its own copy of the programme's run-sheet, unless it has one. Two at once make one."""
    meeting = db.get_one(CohortSessionRow, session_id)
    row = RunSheetRow(session_id=session_id, cohort_id=meeting.cohort_id, version=1)
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return as_sheet(db, db.get_one(RunSheetRow, session_id, populate_existing=True))
    keep(db, as_sheet(db, row), row.cohort_id, from_programme(meeting.number))
    return as_sheet(db, row)


@open_to(FACILITATORS)
def unsaved(db: Session, visitor: Visitor, session_id: str) -> RunSheet:
    """What `make` would make, to look at while nothing can be written. Every change of it is refused."""
    meeting = db.get_one(CohortSessionRow, session_id)
    return RunSheet(session_id, meeting.number, meeting.minutes, 0, from_programme(meeting.number))


@open_to(COHORT)
def now_on(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Now | None:
    """The block that is on in the visitor's cohort, or None."""
    return being_run(db, cohort_id, at=at)


def being_run(db: Session, cohort_id: str, *, at: datetime) -> Now | None:
    """The same for services that have asked who acts."""
    found = db.execute(
        select(BlockRow, CohortSessionRow.number, RunSheetRow.recorded)
        .join(RunSheetRow, RunSheetRow.block_id == BlockRow.id)
        .join(CohortSessionRow, CohortSessionRow.id == BlockRow.session_id)
        .where(RunSheetRow.cohort_id == cohort_id, RunSheetRow.block_id.is_not(None))
    ).one_or_none()
    if found is None:
        return None
    block = replace(as_block(found.BlockRow), note="", captured="")
    return Now(found.BlockRow.session_id, found.number, block, found.recorded) if block.is_on(at) else None


@open_to(COHORT)
def just_ended(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> int | None:
    """The number of the session that ended last, for as long as its last picture stands; None while one is on."""
    if being_run(db, cohort_id, at=at):
        return None
    return db.scalar(
        select(CohortSessionRow.number)
        .join(RunSheetRow, RunSheetRow.session_id == CohortSessionRow.id)
        .where(RunSheetRow.cohort_id == cohort_id, RunSheetRow.ended_at > at - ON_STAGE)
        .order_by(RunSheetRow.ended_at.desc())
        .limit(1)
    )


@open_to(FACILITATORS)
def begin(
    db: Session, visitor: Visitor, session_id: str, *, version: int, at: datetime, is_connected: IsConnected
) -> RunSheet:
    """Begin the session with its first block. Raises Refused when something stands in the way, and Conflict."""
    if in_the_way := hindrances(db, visitor, session_id):
        raise Refused(" ".join(in_the_way))
    return _step(db, visitor, session_id, version, lambda sheet: _first(sheet, at), at, is_connected)


@open_to(FACILITATORS)
def go_on(
    db: Session, visitor: Visitor, session_id: str, *, version: int, at: datetime, is_connected: IsConnected
) -> RunSheet:
    """End the block that is on and begin the next one. Raises Conflict when somebody was quicker, or none is left."""
    return _step(db, visitor, session_id, version, lambda sheet: _next(sheet, at), at, is_connected)


@open_to(FACILITATORS)
def end(
    db: Session, visitor: Visitor, session_id: str, *, version: int, at: datetime, is_connected: IsConnected
) -> RunSheet:
    """End the session and what is still open of its votes, and ask at once how it was. What was not run stays as it was
    planned. Raises Conflict."""
    over = _step(db, visitor, session_id, version, lambda sheet: rules.end(sheet, at), at, is_connected)
    block_votes.ended(db, visitor, session_id, at=at)
    pulses.settle(db, db.get_one(CohortSessionRow, session_id).cohort_id, at=at)
    return over


@open_to(FACILITATORS)
def go_back(db: Session, visitor: Visitor, session_id: str, *, version: int, at: datetime) -> RunSheet:
    """Take the last step back, also that which ended the session. Raises Conflict; Refused while another is on."""
    if in_the_way := hindrances_.another_is_on(db, db.get_one(CohortSessionRow, session_id)):
        raise Refused(in_the_way)
    return _step(db, visitor, session_id, version, rules.go_back, at, None)


@open_to(FACILITATORS)
def give(db: Session, visitor: Visitor, session_id: str, minutes: int, *, version: int, at: datetime) -> RunSheet:
    """Give the block that is on some more minutes. Nothing closes by itself, so this only calms. Raises Conflict."""
    return _step(db, visitor, session_id, version, lambda sheet: rules.give(sheet, minutes, at), at, None)


@open_to(FACILITATORS)
def open_round(db: Session, visitor: Visitor, session_id: str, *, version: int, at: datetime) -> Round:
    """Prepare the vote that the block which is on describes, and let members answer. Raises Conflict, Refused."""
    row = taken(db, access.facilitator(db, visitor), session_id, version)
    sheet = as_sheet(db, row)
    if sheet.current is None or sheet.current.round_plan is None or sheet.current.round_id:
        raise Conflict("This block has no vote to open. Look at the screen again before you decide what is next.")
    opened, blocks = block_votes.opened(db, visitor, sheet, sheet.current, at=at)
    _keep(db, row, sheet, blocks)
    return opened


def _first(sheet: RunSheet, at: datetime) -> Blocks:
    if sheet.has_begun:
        raise Conflict("This session has begun already. Look at the screen again before you decide what is next.")
    return rules.go_on(sheet, at)


def _next(sheet: RunSheet, at: datetime) -> Blocks:
    if sheet.current is None:
        raise Conflict("Nothing is on just now. Look at the screen again before you decide what is next.")
    return rules.go_on(sheet, at)


def _step(
    db: Session,
    visitor: Visitor,
    session_id: str,
    version: int,
    step: Callable[[RunSheet], Blocks],
    at: datetime,
    is_connected: IsConnected | None,
) -> RunSheet:
    """Take one step, forget the practice answers of a block that is over, and tell every screen.

    A step onwards, which is one with `is_connected`, also notes who is here. With every other block that is on after it
    the votes end and begin that open by themselves.
    """
    row = taken(db, access.facilitator(db, visitor), session_id, version)
    sheet = as_sheet(db, row)
    blocks = step(sheet)
    _keep(db, row, sheet, blocks)
    after = as_sheet(db, row)
    row.block_id = after.current.id if after.current else None
    row.ended_at = at if after.has_begun and after.current is None else None
    row.recorded = row.recorded and after.current is not None
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:
        raise Conflict("Another session was begun a moment ago. Look at the screen again before you go on.") from None
    if sheet.current and sheet.current.practice and row.block_id != sheet.current.id:
        db.execute(delete(PractisedRow).where(PractisedRow.block_id == sheet.current.id))
    if is_connected:
        attendance.note(db, after, row.cohort_id, at=at, is_connected=is_connected)
    if row.block_id != (sheet.current.id if sheet.current else None):
        onwards = is_connected is not None
        block_votes.left(db, visitor, sheet.current, onwards=onwards, at=at)
        after = as_sheet(db, row)
        begun = block_votes.begun_with(db, visitor, row.cohort_id, after, onwards=onwards, at=at)
        _keep(db, row, after, begun)
    turn(db, row.cohort_id)
    return as_sheet(db, row)


def _keep(db: Session, row: RunSheetRow, sheet: RunSheet, blocks: Blocks) -> None:
    keep(db, sheet, row.cohort_id, blocks)
    announce(db, f"door:{row.cohort_id}")  # the other facilitators' screens
