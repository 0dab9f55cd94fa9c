"""Changing a run-sheet, before a session and in the middle of it. What has begun is a record and stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain import run_sheet as rules
from mcm_core.domain.block import Activity, Block, Practice, RoundPlan, clean_words, refuse_minutes
from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.round import refuse_card
from mcm_core.domain.run_sheet import Blocks, RunSheet
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, instruments
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.members.rows import tell_door
from mcm_core.services.run_sheets import make, of_session, unsaved
from mcm_core.services.sheet_rows import as_sheet, from_programme, keep, taken
from mcm_core.store.tables import BlockRow, CohortSessionRow, GuestRow, RunSheetRow, new_id

BEGUN = "This session has begun, so its plan stays. You can still change what is ahead."
TEA = Practice("How do you take your tea?", ("With milk", "Without milk", "With lemon", "I do not drink tea"))


@open_to(FACILITATORS)
def move(db: Session, visitor: Visitor, block_id: str, places: int, *, version: int) -> RunSheet:
    """Put a block one place earlier (-1) or later (1). Raises Conflict when somebody was quicker, and Refused."""
    return _change(db, visitor, block_id, version, lambda sheet: rules.move(sheet, block_id, places))


@open_to(FACILITATORS)
def lengthen(db: Session, visitor: Visitor, block_id: str, minutes: int, *, version: int) -> RunSheet:
    """Make a block longer, or shorter (below 0). Raises Conflict, Refused."""
    return _change(db, visitor, block_id, version, lambda sheet: rules.lengthen(sheet, block_id, minutes))


@open_to(FACILITATORS)
def skip(db: Session, visitor: Visitor, block_id: str, *, version: int) -> RunSheet:
    """Leave a block out, or take it up again. Raises Conflict, Refused."""
    return _change(db, visitor, block_id, version, lambda sheet: rules.skip(sheet, block_id))


@open_to(FACILITATORS)
def write_block(
    db: Session,
    visitor: Visitor,
    block_id: str,
    *,
    version: int,
    title: str,
    minutes: int,
    prompt: str,
    screen: str,
    note: str,
) -> RunSheet:
    """Change the words and the length of a block that is ahead. Raises Conflict, Refused."""
    refuse_minutes(minutes)
    new = {
        "title": clean_name(title, what="title"),
        "minutes": minutes,
        "prompt": clean_words(prompt, what="text for the phones"),
        "screen": clean_words(screen, what="text for the room"),
        "note": clean_words(note, what="note"),
    }

    def written(sheet: RunSheet) -> Blocks:
        block = rules.ahead(sheet, block_id)
        return rules.put(sheet.blocks, replace(block, **new))  # type: ignore[arg-type]

    return _change(db, visitor, block_id, version, written)


@open_to(FACILITATORS)
def add(
    db: Session,
    visitor: Visitor,
    session_id: str,
    *,
    version: int,
    title: str,
    minutes: int,
    activity: Activity,
    instrument_key: str | None = None,
    after: str | None,
) -> RunSheet:
    """Put a new block behind the one with the id `after`, or first. A vote asks all themes of an instrument.

    Raises Conflict, Refused.
    """
    refuse_minutes(minutes)
    block = Block(
        id=new_id(),
        title=clean_name(title, what="title"),
        minutes=minutes,
        activity=activity,
        round_plan=_vote(instrument_key, minutes) if activity is Activity.ROUND else None,
        practice=TEA if activity is Activity.PRACTICE else None,
    )
    row = taken(db, access.facilitator(db, visitor), session_id, version)
    return _keep(db, row, lambda sheet: rules.add(sheet, block, after))


@open_to(FACILITATORS)
def invite_for(db: Session, visitor: Visitor, block_id: str, guest_id: str | None, *, version: int) -> RunSheet:
    """Say which guest of the session helps with this block, or nobody. Raises Conflict, and NotAllowed."""
    block = db.get_one(BlockRow, block_id)
    guest = db.get(GuestRow, guest_id) if guest_id else None
    if guest_id and (guest is None or guest.session_id != block.session_id):
        raise NotAllowed

    def invited(sheet: RunSheet) -> Blocks:
        return rules.put(sheet.blocks, replace(rules.ahead(sheet, block_id), guest_id=guest_id))

    return _change(db, visitor, block_id, version, invited)


@open_to(FACILITATORS)
def lost(db: Session, visitor: Visitor, session_id: str) -> tuple[str, ...]:
    """What of this plan is the cohort's own and goes when it is started over, in words. Empty: nothing."""
    ours = _as_it_stands(db, visitor, session_id)
    return rules.lost(ours, from_programme(ours.session_number))


@open_to(FACILITATORS)
def lost_there(db: Session, visitor: Visitor, session_id: str, to_cohort: str) -> tuple[str, ...]:
    """What goes of the other cohort's own plan when it gets this one, in words. Empty: nothing. Raises NotAllowed."""
    access.facilitating(db, visitor, to_cohort)
    ours = _as_it_stands(db, visitor, session_id)
    theirs = _as_it_stands(db, visitor, _same_session(db, ours, to_cohort).id)
    return rules.lost(theirs, from_programme(ours.session_number), _as_planned(ours))


@open_to(FACILITATORS)
def start_over(db: Session, visitor: Visitor, session_id: str, *, version: int) -> RunSheet:
    """Back to the programme's own run-sheet. Raises Conflict, and Refused once the session has begun."""
    row = taken(db, access.facilitator(db, visitor), session_id, version)
    number = db.get_one(CohortSessionRow, session_id).number
    return _replace(db, row, from_programme(number))


@open_to(FACILITATORS)
def copy(db: Session, visitor: Visitor, session_id: str, to_cohort: str) -> RunSheet:
    """Give the same session of another cohort of the visitor's this plan, without what was done by it.

    Raises Refused once that session has begun, and NotAllowed.
    """
    access.facilitating(db, visitor, to_cohort)
    ours = make(db, visitor, session_id)
    theirs = _same_session(db, ours, to_cohort)
    before = make(db, visitor, theirs.id)
    row = taken(db, access.facilitator(db, visitor), theirs.id, before.version)
    return _replace(db, row, _as_planned(ours))


def copy_all(db: Session, of: str, to: str) -> None:
    """Give the sessions of another cohort, none of which has been looked at, this one's plans. For services that have
    checked who asks."""
    theirs = {row.number: row for row in db.scalars(select(CohortSessionRow).where(CohortSessionRow.cohort_id == to))}
    for mine in db.scalars(select(RunSheetRow).where(RunSheetRow.cohort_id == of)).all():
        ours = as_sheet(db, mine)
        row = RunSheetRow(session_id=theirs[ours.session_number].id, cohort_id=to, version=1)
        db.add(row)
        db.flush()
        keep(db, as_sheet(db, row), to, _as_planned(ours))


def _as_it_stands(db: Session, visitor: Visitor, session_id: str) -> RunSheet:
    """The plan without making one where nobody has looked at it yet."""
    return of_session(db, visitor, session_id) or unsaved(db, visitor, session_id)


def _same_session(db: Session, ours: RunSheet, cohort_id: str) -> CohortSessionRow:
    return db.query(CohortSessionRow).filter_by(cohort_id=cohort_id, number=ours.session_number).one()


def _as_planned(sheet: RunSheet) -> Blocks:
    return tuple(_anew(block) for block in sheet.blocks if not block.skipped)


def _anew(block: Block) -> Block:
    """A block as if nothing had been done by it yet."""
    return replace(block, id=new_id(), extra=0, began_at=None, ended_at=None, round_id=None, guest_id=None)


def _vote(key: str | None, minutes: int) -> RoundPlan:
    instrument = instruments.offered().get(key or "")
    if instrument is None:
        raise Refused("Choose what the vote asks from the list.")
    plan = RoundPlan(instrument.key)
    refuse_card(plan.card(instrument, minutes))
    return plan


def _replace(db: Session, row: RunSheetRow, blocks: Blocks) -> RunSheet:
    if as_sheet(db, row).has_begun:
        raise Refused(BEGUN)
    db.execute(delete(BlockRow).where(BlockRow.session_id == row.session_id))
    return _keep(db, row, lambda _: blocks)


def _change(
    db: Session, visitor: Visitor, block_id: str, version: int, change: Callable[[RunSheet], Blocks]
) -> RunSheet:
    row = taken(db, access.facilitator(db, visitor), db.get_one(BlockRow, block_id).session_id, version)
    return _keep(db, row, change)


def _keep(db: Session, row: RunSheetRow, change: Callable[[RunSheet], Blocks]) -> RunSheet:
    """Store the changed blocks; only the facilitators' screens are drawn anew."""
    sheet = as_sheet(db, row)
    keep(db, sheet, row.cohort_id, change(sheet))
    tell_door(db, row.cohort_id)
    return as_sheet(db, row)
