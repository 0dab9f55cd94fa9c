"""The room's code, and strangers who knock with it. It works around a meeting (domain/door.py), every meeting has
another, and it only knocks (security-and-reliability.md §D2 3: “rotates each session, dies at close”; threat 2).

Nothing has to turn it over: a code is made from the cohort's own beginning and the meeting. Drawing another beginning
makes all of them worthless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import MEMBERS_MAX, CohortSession, clean_name
from mcm_core.domain.door import Door, door, next_door
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import audit, throttle, visitors
from mcm_core.services.access import ANYBODY, COHORT, FACILITATORS, open_to
from mcm_core.services.cohorts import CODE_SYMBOLS, new_code, turn
from mcm_core.services.members.rows import send_away, tell_door
from mcm_core.services.sheet_rows import BEGAN_AT
from mcm_core.services.throttle import HOUR, MINUTE, Limit, Throttled
from mcm_core.services.visitors import as_meeting
from mcm_core.store.secret import keyed
from mcm_core.store.tables import CohortRow, CohortSessionRow, RunSheetRow, SignInRow

CROWD = 2 * MEMBERS_MAX
WAITS = timedelta(hours=1)  # somebody is in the room to answer: who is not let in by then has gone, or knocks again
FAR_OFF = timedelta(days=2)  # from any zone's clock, and longer than any meeting
_MEETINGS = select(CohortSessionRow, RunSheetRow.ended_at, BEGAN_AT).outerjoin(
    RunSheetRow, RunSheetRow.session_id == CohortSessionRow.id
)


@dataclass(frozen=True)
class Room:
    """The door that is open, or opens next: its code, the meeting around which it works, and its hours."""

    code: str
    meeting: CohortSession
    door: Door


@open_to(COHORT)
def room(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Room | None:
    """The cohort's room; None when its last meeting is over."""
    row = db.get_one(CohortRow, cohort_id)
    found = db.execute(_MEETINGS.where(CohortSessionRow.cohort_id == cohort_id))
    nearest = next_door([as_meeting(one, row.time_zone, *ran) for one, *ran in found], at)
    if nearest is None:
        return None
    meeting, hours = nearest
    return Room(_code(row.code, meeting), meeting, hours)


@open_to(ANYBODY)
def knock(db: Session, code: str, name: str, *, network: str, at: datetime) -> str | None:
    """Have a browser wait at the room with this code and return its token. Raises Refused, Throttled.

    None when no open room has the code: that try stays counted, so the transaction must not be rolled back for it.
    """
    called = clean_name(name)
    counted = _counted(db, network, at)
    symbols = "".join(mark for mark in code.upper() if mark.isalnum())
    behind = next((one for one in _open_rooms(db, at) if one.code == symbols), None)
    if behind is None:
        return None
    throttle.forgive(db, counted)  # a whole hall may come through one address
    cohort_id = db.scalars(select(CohortSessionRow.cohort_id).where(CohortSessionRow.id == behind.meeting.id)).one()
    _refuse_crowd(db, cohort_id, at)
    until = min(at + WAITS, behind.door.closes)
    made = visitors.admit(db, cohort_id=cohort_id, waiting=True, knock_name=called, until=until, at=at)
    tell_door(db, cohort_id)
    return made


@open_to(FACILITATORS)
def renew_code(db: Session, visitor: Visitor, cohort_id: str) -> None:
    """Make all codes of the cohort's room worthless, at once; whoever waits with one is sent away."""
    db.get_one(CohortRow, cohort_id, with_for_update=True).code = new_code()
    audit.note(db, visitor, Deed.CODE_RENEWED, cohort_id=cohort_id)
    _send_strangers_away(db, cohort_id)
    turn(db, cohort_id)  # the old code stands on screens


@open_to(FACILITATORS)
def turn_all_away(db: Session, visitor: Visitor, cohort_id: str) -> None:
    """Send everybody away who waits with the code; they may knock again. Phones that came with a link go on waiting."""
    audit.note(db, visitor, Deed.ALL_TURNED_AWAY, cohort_id=cohort_id)
    _send_strangers_away(db, cohort_id)


def _counted(db: Session, network: str, at: datetime) -> tuple[str, ...]:
    """Count a try: ten a minute from one network, and sixty from the whole world.

    Beyond the sixty a network still has three an hour, so that a flood of guesses keeps nobody's right code out. Ten
    thousand networks win 90,000 tries in three hours by that, at one of 30⁸ codes, which only knocks: 1.4·10⁻⁷ a room.
    """
    here = Limit(keyed("knocks from", network), most=10, within=MINUTE)
    everywhere = Limit(keyed("knocks"), most=60, within=MINUTE)
    spare = Limit(keyed("knocks in a flood from", network), most=3, within=HOUR)
    try:
        return throttle.count(db, [here, everywhere], at=at)
    except Throttled as flood:
        try:
            return throttle.count(db, [here, spare], at=at)
        except Throttled:
            raise flood from None


def _code(beginning: str, meeting: CohortSession) -> str:
    """The 8 symbols of one meeting: easy to read aloud, and only this server can tell one from another."""
    number = int(keyed("room code", beginning, meeting.id), 16)
    return "".join(CODE_SYMBOLS[number // len(CODE_SYMBOLS) ** place % len(CODE_SYMBOLS)] for place in range(8))


def _open_rooms(db: Session, at: datetime) -> Iterator[Room]:
    """The rooms at whose doors one can knock now: of what is planned for about now, and of what is being run."""
    clock = at.astimezone(UTC).replace(tzinfo=None)
    near = _MEETINGS.add_columns(CohortRow.code, CohortRow.time_zone)
    near = near.join(CohortRow, CohortRow.id == CohortSessionRow.cohort_id).where(
        or_(CohortSessionRow.starts_local.between(clock - FAR_OFF, clock + FAR_OFF), RunSheetRow.block_id.is_not(None))
    )
    for row, ended_at, began_at, beginning, zone in db.execute(near.where(CohortRow.deleted_at.is_(None))):
        meeting = as_meeting(row, zone, ended_at, began_at)
        hours = door(meeting, at)
        if not meeting.cancelled and hours and hours.is_open(at):
            yield Room(_code(beginning, meeting), meeting, hours)


def _refuse_crowd(db: Session, cohort_id: str, at: datetime) -> None:
    """Raise Refused when far more strangers wait than a cohort has members. Members' own phones are not counted."""
    strangers = select(func.count()).where(
        SignInRow.cohort_id == cohort_id, SignInRow.waiting, SignInRow.member_id.is_(None), SignInRow.expires_at > at
    )
    if db.scalars(strangers).one() >= CROWD:
        raise Refused(
            "Many people are waiting to be let in just now. If you have a link of your own, open that; else tell your "
            "facilitator, who can send everybody away who does not belong here."
        )


def _send_strangers_away(db: Session, cohort_id: str) -> None:
    send_away(db, cohort_id, SignInRow.cohort_id == cohort_id, SignInRow.waiting, SignInRow.member_id.is_(None))
