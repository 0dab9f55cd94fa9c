"""The order of a session: what is on, what comes next, and what happens to the rest when something moves.

Blocks that have begun are a record and stay; those ahead may be moved, lengthened, skipped and swapped, and all that
follow take their new times by themselves (domain.md §3; §5 rows 38 and 47). No clock: the moment is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from mcm_core.domain.block import Block, refuse_minutes
from mcm_core.domain.cohort import CohortSession, held
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.round import Round, RoundState

Blocks = tuple[Block, ...]
JUST_NOW = timedelta(hours=1)  # for so long after its end a session stays on the facilitators' screens
SAME_DAY = timedelta(hours=6)  # a session that would end later than this after its time is run on another day


@dataclass(frozen=True)
class RunSheet:
    """The run-sheet of one session. `minutes` is how long the session is; `version` goes up with every change."""

    session_id: str
    session_number: int
    minutes: int
    version: int
    blocks: Blocks
    ended_at: datetime | None = None

    @property
    def current(self) -> Block | None:
        """The block that has begun and not ended."""
        return next((block for block in self.blocks if not block.is_ahead and block.ended_at is None), None)

    @property
    def following(self) -> Block | None:
        """The block that comes next: the first ahead that is not skipped."""
        return None if self.ended_at else next((one for one in self.blocks if one.is_ahead and not one.skipped), None)

    @property
    def previous(self) -> Block | None:
        """The block that was on last."""
        over = [block for block in self.blocks if block.ended_at]
        return max(over, key=lambda block: (block.ended_at, block.began_at), default=None)

    @property
    def has_begun(self) -> bool:
        return any(not block.is_ahead for block in self.blocks)

    @property
    def planned(self) -> int:
        """The minutes of everything that is not skipped."""
        return sum(block.minutes for block in self.blocks if not block.skipped)

    def block(self, block_id: str) -> Block:
        """The block with this id. Raises NotAllowed, as for anything that is not there."""
        found = next((block for block in self.blocks if block.id == block_id), None)
        if found is None:
            raise NotAllowed
        return found


@dataclass(frozen=True)
class Line:
    """A line of the timetable."""

    block: Block
    begins: datetime
    ends: datetime


def timetable(sheet: RunSheet, start: datetime, at: datetime) -> tuple[Line, ...]:
    """When each block begins and ends: as it was for what has begun, one after another for the rest.

    `start` is when the session begins; a block that is on ends when its time is up, or now if that is over.
    """
    lines, clock = [], start
    for block in sheet.blocks:
        begins, ends = block.began_at or clock, clock
        if block.until:
            ends = block.ended_at or max(block.until, at)
        elif not block.skipped:
            ends = begins + timedelta(minutes=block.minutes)
        lines.append(Line(block, begins, ends))
        clock = ends
    return tuple(lines)


def move(sheet: RunSheet, block_id: str, places: int) -> Blocks:
    """Put a block one place earlier (-1) or later (1). Raises Refused where it cannot go."""
    place = sheet.blocks.index(sheet.block(block_id)) + places
    if not 0 <= place < len(sheet.blocks):
        raise Refused(f"“{sheet.block(block_id).title}” is {'first' if places < 0 else 'last'} already.")
    return swap(sheet, block_id, sheet.blocks[place].id)


def swap(sheet: RunSheet, one_id: str, other_id: str) -> Blocks:
    """Let two blocks change places. Raises Refused when one of them has begun."""
    one, other = ahead(sheet, one_id), ahead(sheet, other_id)
    return tuple({one: other, other: one}.get(block, block) for block in sheet.blocks)


def lengthen(sheet: RunSheet, block_id: str, minutes: int) -> Blocks:
    """Make a block that many minutes longer, or shorter. Raises Refused when it has begun or nothing is left of it."""
    block = ahead(sheet, block_id)
    refuse_minutes(block.minutes + minutes)
    return put(sheet.blocks, replace(block, minutes=block.minutes + minutes))


def skip(sheet: RunSheet, block_id: str) -> Blocks:
    """Leave a block out, or take it up again. Raises Refused when it has begun."""
    block = ahead(sheet, block_id)
    return put(sheet.blocks, replace(block, skipped=not block.skipped))


def add(sheet: RunSheet, block: Block, after: str | None) -> Blocks:
    """Put a new block behind another one; None puts it first. Raises Refused in front of one that has begun."""
    place = sheet.blocks.index(sheet.block(after)) + 1 if after else 0
    if any(not later.is_ahead for later in sheet.blocks[place:]):
        raise Refused("What comes after that has begun already. Put the new block further down.")
    return (*sheet.blocks[:place], block, *sheet.blocks[place:])


def lost(sheet: RunSheet, *kept: Blocks) -> tuple[str, ...]:
    """What of a plan that is ahead stands in none of these others: its blocks by their titles, or else their order."""
    ours, *others = ([replace(block, id="") for block in one] for one in (sheet.blocks, *kept))
    if sheet.has_begun or ours in others:
        return ()
    known = [block for blocks in others for block in blocks]
    return tuple(f"“{block.title}”" for block in ours if block not in known) or ("the order of the blocks",)


def go_on(sheet: RunSheet, at: datetime) -> Blocks:
    """End the block that is on and begin the next. Raises Conflict when there is none."""
    following = sheet.following
    if following is None:
        raise Conflict("There is no block after this one. End the session, or add a block.")
    return put(end(sheet, at), replace(following, began_at=at))


def end(sheet: RunSheet, at: datetime) -> Blocks:
    """End the block that is on, if there is one. One that was forgotten ended when its time was up."""
    current = sheet.current
    if current is None:
        return sheet.blocks
    return put(sheet.blocks, replace(current, ended_at=at if current.is_on(at) else current.until))


def go_back(sheet: RunSheet) -> Blocks:
    """Take the last step back: the block before goes on as if it had never ended. Raises Conflict before the first."""
    current, previous = sheet.current, sheet.previous
    if current is None and previous is None:
        raise Conflict("This session has not begun, so there is nothing to go back to.")
    blocks = put(sheet.blocks, replace(current, began_at=None, extra=0)) if current else sheet.blocks
    return put(blocks, replace(previous, ended_at=None)) if previous else blocks


def give(sheet: RunSheet, minutes: int, at: datetime) -> Blocks:
    """Give the block that is on more minutes; when its time is up already, from now on. Raises Conflict."""
    current = sheet.current
    if current is None or current.began_at is None or current.until is None:
        raise Conflict("Nothing is on just now, so there is nothing to give time to.")
    until = max(current.until, at) + timedelta(minutes=minutes)
    whole = ceil((until - current.began_at) / timedelta(minutes=1))
    return put(sheet.blocks, replace(current, extra=whole - current.minutes))


def shown_beside(block: Block | None, round_: Round | None) -> Round | None:
    """The round that the screens show while this block is on: one under way, or the picture that it is about."""
    if round_ is None or block is None or round_.state is not RoundState.REVEALED:
        return round_
    opened = round_.opened_at and block.began_at and round_.opened_at >= block.began_at
    return round_ if opened or block.keeps_picture or block.round_id == round_.id else None


def fits(sheet: RunSheet) -> str:
    """Whether the blocks fill the session, in words. Nothing is left to shorten once it has ended."""
    over = sheet.planned - sheet.minutes
    if sheet.ended_at:
        return f"{in_minutes(sheet.planned)} were planned."
    if over > 0:
        return f"{in_minutes(sheet.planned)} are planned, and the session has {sheet.minutes}: shorten it by {over}."
    return f"{in_minutes(sheet.planned)} are planned." + (f" {in_minutes(-over)} are free." if over else "")


def lateness(sheet: RunSheet, table: Sequence[Line], ends: datetime, clock: Callable[[datetime], str]) -> str:
    """How far a session that is on will run over its end: "Ends about 21:45, 15 minutes late.", or "".

    `clock` says a moment as on the wall. A session that is run on another day than planned is not late.
    """
    end = table[-1].ends if sheet.current else ends
    late = round((end - ends) / timedelta(minutes=1))
    return f"Ends about {clock(end)}, {in_minutes(late)} late." if 0 < late < SAME_DAY / timedelta(minutes=1) else ""


def lesson(sheet: RunSheet) -> str:
    """What a session that was run teaches for the next, such as "planned 120 minutes, took 131"; "" before that."""
    ran = [(block, block.took) for block in sheet.blocks if block.took is not None]
    if not sheet.ended_at or not ran:
        return ""
    said = f"Session {sheet.session_number}: planned {in_minutes(sum(block.minutes for block, _ in ran))}, "
    said += f"took {sum(took for _, took in ran)}."
    over = [(took - block.minutes, block.title) for block, took in ran if took > block.minutes + 1]
    longest = max(over, default=None)
    return said + (f" “{longest[1]}” took {longest[0]} more than planned." if longest else "")


def to_run(
    sessions: Sequence[CohortSession], on: str | None, over: Mapping[str, datetime], at: datetime
) -> CohortSession:
    """The session that the facilitators stand before: the one being run, the one that has just ended, or the next.

    The next is the first by date that is not over, and after the last that one. One that was cancelled is not run.
    """
    here = [one for one in sessions if one.id == on] or [
        one for one in sessions if one.id in over and at - over[one.id] < JUST_NOW
    ]
    ahead = [one for one in held(sessions) if one.id not in over and one.ends_at > at]
    last = max(held(sessions) or sessions, key=lambda one: one.starts_at)
    return min(here or ahead, key=lambda one: one.starts_at, default=last)


def not_run_before(chosen: CohortSession, sessions: Sequence[CohortSession], over: Collection[str]) -> list[int]:
    """The sessions with lower numbers that have not been run. That is allowed, and said (domain.md §5 row 38)."""
    return [one.number for one in held(sessions) if one.number < chosen.number and one.id not in over]


def ahead(sheet: RunSheet, block_id: str) -> Block:
    """The block with this id, for changing. Raises Refused when it has begun."""
    block = sheet.block(block_id)
    if not block.is_ahead:
        raise Refused(f"“{block.title}” has begun already, so it stays as it is.")
    return block


def put(blocks: Blocks, changed: Block) -> Blocks:
    """The blocks with this one in the place of its former self."""
    return tuple(changed if block.id == changed.id else block for block in blocks)


def in_minutes(count: int) -> str:
    """Such as "1 minute"."""
    return f"{count} minute{'' if count == 1 else 's'}"
